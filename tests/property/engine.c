/* SPDX-License-Identifier: Apache-2.0 */
#include "engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/config.h"
#include "legal/case_file.h"
#include "legal/rules.h"
#include "proto/date.h"

struct engine {
    struct catalogue *catalogue;
    struct law *law[ENGINE_RULES];
    enum engine_rules rules;
    char us[INSTITUTION_MAX + 1];
    struct book *book;
};

static void
must(enum cii_code code, const struct cii_error *err)
{
    if (code == CII_OK)
        return;
    fprintf(stderr, "property: %s\n", err->text);
    exit(2);
}

static void
must_do(bool done, const char *what)
{
    if (done)
        return;
    perror(what);
    exit(2);
}

/* --- the rules -----------------------------------------------------------*/

#define CONFIG CII_SOURCE_DIR "/config"

static void
link_to(const char *folder, const char *name)
{
    char from[256];
    char to[256];

    snprintf(from, sizeof from, CONFIG "/rules/%s", name);
    snprintf(to, sizeof to, "%s/%s", folder, name);
    must_do(symlink(from, to) == 0, to);
}

/* The law of a canton that releases these from their secrecy. */
static const char canton_text[] = "act: A canton's own law\n"
                                  "canton: ge\n"
                                  "bases:\n"
                                  "  - name: releases-secrecy\n"
                                  "    kinds: [as, migint, jeunes, fp]\n"
                                  "    citation: a law of the canton\n";

static void
write_canton(const char *folder)
{
    char path[256];

    snprintf(path, sizeof path, "%s/cantons", folder);
    must_do(mkdir(path, 0700) == 0, path);
    snprintf(path, sizeof path, "%s/cantons/ge.yaml", folder);
    FILE *file = fopen(path, "w");
    must_do(file != NULL, path);
    must_do(fputs(canton_text, file) >= 0 && fclose(file) == 0, path);
}

static const char *const linked[] = {"federal", "cantonal-default.yaml",
                                     "predicates.yaml", "protocol.yaml"};

#define LINKED_COUNT (sizeof linked / sizeof *linked)

static void
remove_below(const char *folder, const char *name)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    must_do(remove(path) == 0, path);
}

static void
load_with_canton(struct engine *engine)
{
    char folder[] = "/tmp/property-rules-XXXXXX";
    struct cii_error err = {0};

    must_do(mkdtemp(folder) != NULL, folder);
    for (size_t i = 0; i < LINKED_COUNT; i++)
        link_to(folder, linked[i]);
    write_canton(folder);
    must(legal_load(&engine->law[ENGINE_CANTON], folder, engine->catalogue,
                    true, &err),
         &err);
    for (size_t i = 0; i < LINKED_COUNT; i++)
        remove_below(folder, linked[i]);
    remove_below(folder, "cantons/ge.yaml");
    remove_below(folder, "cantons");
    must_do(rmdir(folder) == 0, folder);
}

struct engine *
engine_new(void)
{
    struct cii_error err = {0};
    struct engine *engine = calloc(1, sizeof *engine);

    must_do(engine != NULL, "engine");
    must(catalogue_load(&engine->catalogue, CONFIG "/facets.yaml",
                        CONFIG "/event-types.yaml", &err),
         &err);
    must(legal_load(&engine->law[ENGINE_SHIPPED], CONFIG "/rules",
                    engine->catalogue, true, &err),
         &err);
    load_with_canton(engine);
    return engine;
}

void
engine_destroy(struct engine *engine)
{
    book_destroy(&engine->book);
    for (size_t i = 0; i < ENGINE_RULES; i++)
        law_destroy(&engine->law[i]);
    catalogue_destroy(&engine->catalogue);
    free(engine);
}

const struct catalogue *
engine_catalogue(const struct engine *engine)
{
    return engine->catalogue;
}

/* --- an event, as the engine sees it -------------------------------------*/

struct opened {
    struct header header;
    struct case_file file;
    struct content content[CATALOGUE_FACETS_MAX];
    struct field field[PLAIN_FIELDS_MAX];
};

static struct event_id
id_of(int number)
{
    struct event_id id = {{0}};

    id.bytes[14] = (uint8_t)(number >> 8);
    id.bytes[15] = (uint8_t)number;
    return id;
}

/* The fields of one facet stand together. */
static void
open_facet(struct opened *opened, const struct plain_event *event,
           const char *facet, size_t number, size_t *used)
{
    const size_t length = strlen(facet);
    struct content *content = &opened->content[number];

    *content = (struct content){.field = &opened->field[*used]};
    for (size_t i = 0; i < event->field_count; i++) {
        const struct plain_field *field = &event->field[i];
        if (strncmp(field->name, facet, length) != 0 ||
            field->name[length] != '.')
            continue;
        opened->field[(*used)++] =
            (struct field){.name = field->name + length + 1,
                           .value = field->value};
        content->field_count++;
    }
    opened->file.by_number[number] = content;
}

static void
open_event(const struct engine *engine, const struct telling *telling,
           struct opened *opened)
{
    const struct catalogue *catalogue = engine->catalogue;
    const struct plain_event *event = &telling->event;
    size_t used = 0;

    opened->header = (struct header){
        .event_id = id_of(event->number),
        .issuer = event->issuer,
        .event_type = event->type,
        .occurred_on = event->day,
        .case_ref = event->case_ref ? event->case_ref : "",
        .in_reply_to = id_of(event->answers),
        .as_of = "",
        .test = true,
    };
    opened->file = (struct case_file){
        .header = &opened->header,
        .type = catalogue_type(catalogue, event->type),
        .facets = telling->facets,
    };
    for (size_t i = 0; i < catalogue->facet_count; i++)
        if (telling->facets >> i & 1)
            open_facet(opened, event, catalogue->facet[i].name, i, &used);
}

bool
engine_takes(const struct engine *engine, const struct telling *telling)
{
    const struct catalogue *catalogue = engine->catalogue;
    struct opened opened;
    struct cii_error err = {0};

    open_event(engine, telling, &opened);
    for (size_t i = 0; i < catalogue->facet_count; i++) {
        const struct content *content = opened.file.by_number[i];
        for (size_t j = 0; content && j < content->field_count; j++) {
            const int number =
                facet_field(&catalogue->facet[i], content->field[j].name);
            if (number < 0 ||
                field_check(&catalogue->facet[i].field[number],
                            content->field[j].value, &err) != CII_OK) {
                fprintf(stderr, "%s.%s: %s\n", catalogue->facet[i].name,
                        content->field[j].name, err.text);
                return false;
            }
        }
    }
    return true;
}

/* --- the book ------------------------------------------------------------*/

void
engine_begin(struct engine *engine, const char *us, enum engine_rules rules)
{
    struct cii_error err = {0};

    book_destroy(&engine->book);
    engine->rules = rules;
    snprintf(engine->us, sizeof engine->us, "%s", us);
    must(book_new(&engine->book, engine->catalogue, engine->us, &err), &err);
}

void
engine_know(struct engine *engine, const struct telling *telling)
{
    struct opened opened;
    struct cii_error err = {0};

    open_event(engine, telling, &opened);
    const struct book_event event = {
        .person = telling->person,
        .event = telling->event.number,
        .header = &opened.header,
        .file = &opened.file,
    };
    must(book_add(engine->book, &event, &err), &err);
}

void
engine_tell(struct engine *engine, const struct telling *telling,
            const char *partner)
{
    struct cii_error err = {0};

    must(book_tell(engine->book, telling->person, telling->event.number,
                   partner, &err),
         &err);
}

/* --- the verdict ---------------------------------------------------------*/

#define NOON (DAY_MS / 2)

/* As legal/inquiry.c asks, with the dossier and the table of competence told
 * by the world. */
struct engine_verdict
engine_judge(struct engine *engine, const struct world_question *asked, int day,
             uint64_t original)
{
    const struct law *law = engine->law[engine->rules];
    const struct telling *telling = &asked->telling;
    struct opened opened;
    struct book_view view = {0};
    struct cii_error err = {0};

    open_event(engine, telling, &opened);
    must(book_view(engine->book, telling->person,
                   asked->arrival ? asked->teller : asked->to, asked->arrival,
                   &view, &err),
         &err);
    struct law_question question = {
        .type = opened.file.type,
        .facets = telling->facets,
        .content = opened.file.by_number,
        .issuer = telling->event.issuer,
        .discloser = asked->teller,
        .to = asked->to,
        .case_ref = opened.header.case_ref,
        .in_reply_to =
            telling->event.answers ? &opened.header.in_reply_to : NULL,
        .occurred_on = telling->event.day,
        .statement = view.statement,
        .statement_count = view.count,
        .original = original,
        .competent = asked->arrival || asked->competent,
        .arrival = asked->arrival,
        .test = true,
        .now = day * DAY_MS + NOON,
    };
    question.concerned = asked->arrival || asked->competent ||
                         asked->in_dossier || law_concerns(law, &question);
    const struct judgement judgement = judge(law, &question);
    return (struct engine_verdict){
        .judgement = judgement,
        .rule = judgement.rule >= 0
                    ? law_rule_at(law, (size_t)judgement.rule).id
                    : "",
        .ground = ground_name(judgement.ground),
    };
}
