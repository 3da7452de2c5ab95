/* SPDX-License-Identifier: Apache-2.0 */
#include "jurist/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/date.h"

#define ARENA_MAX ((size_t)16 * 1024 * 1024)
#define NOON_MS   INT64_C(39600000) /* 11:00 UTC: in summer it is past noon */

/* --- what is wrong, and where --------------------------------------------- */

static enum cii_code
fail_case(const struct scene *scene, const char *why, struct cii_error *err)
{
    const struct case_whole *whole = &scene->whole;

    return cii_fail(err, CII_CONFIG, "%s:%d: %s", whole->table->path,
                    whole->text.line, why);
}

/* Puts the place before what went wrong inside. */
#define TRY_CASE(scene, call, why, err)                 \
    do {                                                \
        if ((call) != CII_OK)                           \
            return fail_case((scene), (why).text, err); \
    } while (0)

/* --- statements ----------------------------------------------------------- */

static const char *
statement_name(const void *context, size_t i)
{
    return ((const struct table *)context)->statement[i].name;
}

static enum cii_code
find_statement(const struct scene *scene, const char *name,
               const struct statement_text **text, struct cii_error *err)
{
    const struct table *table = scene->whole.table;
    char why[256];

    *text = table_statement(table, name);
    if (*text)
        return CII_OK;
    const char *near =
        nearest_name(name, table->statement_count, statement_name, table);
    snprintf(why, sizeof why, "no statement '%s' in this file%s%s%s", name,
             near ? "; did you mean '" : "", near ? near : "",
             near ? "'?" : "");
    return fail_case(scene, why, err);
}

/* The same text has the same id wherever it is given. */
static struct event_id
id_of(const struct table *table, const struct statement_text *text)
{
    uint8_t number[10] = {0};
    const size_t place = (size_t)(text - table->statement);

    number[8] = (uint8_t)(place >> 8);
    number[9] = (uint8_t)place;
    return event_id_make(1, number);
}

/* Behind "NAME: ", or NULL when the change is not about that statement. */
static const char *
change_of(const char *change, const char *name)
{
    const char *colon = strstr(change, ": ");
    const char *equals = strchr(change, '=');

    if (!colon || (equals && equals < colon))
        return NULL; /* of the event */
    if (!name)
        return change;
    return (size_t)(colon - change) == strlen(name) &&
                   !strncmp(change, name, strlen(name))
               ? colon + 2
               : NULL;
}

/* by=, case=, ended=: what is no field. */
static bool
change_statement(struct statement_text *text, const char *change)
{
    static char none[] = "";
    char *const value = strchr(change, '=');

    if (!value)
        return false;
    if (!strncmp(change, "by=", 3))
        text->by = value + 1;
    else if (!strncmp(change, "case=", 5))
        text->case_ref = value[1] ? value + 1 : none;
    else if (!strncmp(change, "ended=", 6))
        text->ended = !strcmp(value + 1, "true");
    else
        return false;
    return true;
}

static enum cii_code
change_all(const struct scene *scene, struct statement_text *text,
           struct facts *facts, struct cii_error *err)
{
    const struct case_whole *whole = &scene->whole;
    struct cii_error why = {0};

    for (size_t i = 0; i < whole->depth; i++)
        for (const char *const *at = whole->set[i]; at && *at; at++) {
            const char *change = change_of(*at, text->name);
            if (change && !change_statement(text, change))
                TRY_CASE(scene, facts_set(facts, change, &why), why, err);
        }
    return CII_OK;
}

static enum cii_code
add_parts(struct scene *scene, struct law_statement *made,
          const struct facts *facts, struct cii_error *err)
{
    const struct catalogue *catalogue = scene->catalogue;
    const uint64_t facets =
        facts_facets(facts) & ~(UINT64_C(1) << catalogue->identity);

    for (size_t i = 0; i < catalogue->facet_count; i++) {
        if (!(facets >> i & 1))
            continue;
        if (made->part_count == LAW_PARTS_MAX)
            return fail_case(scene,
                             "a statement of more facets than are "
                             "looked at",
                             err);
        struct law_part *part = &made->part[made->part_count++];
        part->facet = (int)i;
        part->content = facts_content(facts, part->facet, scene->arena);
        if (!part->content)
            return cii_fail(err, CII_MEMORY, "no memory for a case");
        part->listed = law_listed(catalogue, part->facet, part->content);
    }
    return CII_OK;
}

static enum cii_code
check_statement(const struct scene *scene, const struct statement_text *text,
                const struct facts *facts, int *type, struct cii_error *err)
{
    char why[640];
    struct cii_error inner = {0};

    *type = catalogue_type(scene->catalogue, text->type);
    if (*type < 0) {
        const char *near = catalogue_nearest_type(scene->catalogue, text->type);
        snprintf(why, sizeof why, "statement %s: '%s' is no type%s%s%s",
                 text->name, text->type, near ? "; did you mean '" : "",
                 near ? near : "", near ? "'?" : "");
        return fail_case(scene, why, err);
    }
    uint64_t seen = facts_facets(facts);
    struct type_def def = scene->catalogue->type[*type];
    /* who it is about goes without saying */
    if (def.personal && !(seen >> scene->catalogue->identity & 1))
        def.must &= ~(UINT64_C(1) << scene->catalogue->identity);
    if (institution_check(text->by, &inner) == CII_OK &&
        facts_check(facts, &def, true, &inner) == CII_OK)
        return CII_OK;
    snprintf(why, sizeof why, "statement %s: %s", text->name, inner.text);
    return fail_case(scene, why, err);
}

static enum cii_code
make_statement(struct scene *scene, const struct statement_text *original,
               struct cii_error *err)
{
    struct facts facts = {.catalogue = scene->catalogue};
    struct statement_text text = *original;
    struct law_statement *made = &scene->given[scene->given_count];
    struct cii_error why = {0};
    int type = -1;

    for (size_t i = 0; text.fields && text.fields[i]; i++)
        TRY_CASE(scene, facts_set(&facts, text.fields[i], &why), why, err);
    CII_TRY(change_all(scene, &text, &facts, err));
    CII_TRY(check_statement(scene, &text, &facts, &type, err));
    *made = (struct law_statement){
        .type = type,
        .issuer = text.by,
        .case_ref = text.case_ref,
        .id = id_of(scene->whole.table, original),
        .ended = text.ended,
    };
    CII_TRY(add_parts(scene, made, &facts, err));
    scene->list[scene->given_count] = made;
    scene->given_name[scene->given_count++] = text.name;
    return CII_OK;
}

static bool
is_without(const struct case_whole *whole, const char *name)
{
    for (size_t i = 0; i < whole->depth; i++)
        for (const char *const *at = whole->without[i]; at && *at; at++)
            if (!strcmp(*at, name))
                return true;
    return false;
}

/* A name that nothing has is a slip of the hand. */
static enum cii_code
check_names(const struct scene *scene, struct cii_error *err)
{
    const struct case_whole *whole = &scene->whole;
    const struct statement_text *text = NULL;

    for (size_t i = 0; i < whole->depth; i++) {
        for (const char *const *at = whole->without[i]; at && *at; at++)
            CII_TRY(find_statement(scene, *at, &text, err));
        for (const char *const *at = whole->set[i]; at && *at; at++) {
            char name[128];
            if (!change_of(*at, NULL))
                continue;
            snprintf(name, sizeof name, "%.*s", (int)(strstr(*at, ": ") - *at),
                     *at);
            CII_TRY(find_statement(scene, name, &text, err));
        }
    }
    return CII_OK;
}

static enum cii_code
set_statements(struct scene *scene, struct cii_error *err)
{
    const struct case_whole *whole = &scene->whole;
    char **given = whole->text.given;

    scene->given_count = 0;
    CII_TRY(check_names(scene, err));
    for (size_t i = 0; given && given[i]; i++) {
        const struct statement_text *text = NULL;
        CII_TRY(find_statement(scene, given[i], &text, err));
        if (is_without(whole, given[i]))
            continue;
        if (scene->given_count == SCENE_GIVEN_MAX)
            return fail_case(scene, "too many statements", err);
        CII_TRY(make_statement(scene, text, err));
    }
    scene->question.statement = scene->list;
    scene->question.statement_count = scene->given_count;
    return CII_OK;
}

/* --- the event ------------------------------------------------------------ */

static enum cii_code
read_event(const struct scene *scene, struct facts *facts,
           struct cii_error *err)
{
    const struct case_whole *whole = &scene->whole;
    struct cii_error why = {0};

    for (size_t i = 0; whole->text.facets && whole->text.facets[i]; i++)
        TRY_CASE(scene, facts_set(facts, whole->text.facets[i], &why), why,
                 err);
    for (size_t i = 0; i < whole->depth; i++)
        for (const char *const *at = whole->set[i]; at && *at; at++)
            if (!change_of(*at, NULL))
                TRY_CASE(scene, facts_set(facts, *at, &why), why, err);
    return CII_OK;
}

static enum cii_code
set_event(struct scene *scene, struct cii_error *err)
{
    struct facts facts = {.catalogue = scene->catalogue};
    const struct type_def *type = &scene->catalogue->type[scene->question.type];
    struct cii_error why = {0};

    CII_TRY(read_event(scene, &facts, err));
    TRY_CASE(scene, facts_check(&facts, type, !scene->question.arrival, &why),
             why, err);
    memset(scene->content, 0, sizeof scene->content);
    scene->question.facets = facts_facets(&facts);
    for (size_t i = 0; i < scene->catalogue->facet_count; i++) {
        if (!(scene->question.facets >> i & 1))
            continue;
        scene->content[i] = facts_content(&facts, (int)i, scene->arena);
        if (!scene->content[i])
            return cii_fail(err, CII_MEMORY, "no memory for a case");
    }
    scene->question.content = scene->content;
    return CII_OK;
}

/* --- who, when, and what is known ----------------------------------------- */

static bool
says(const char *text, bool silent)
{
    return text ? !strcmp(text, "true") : silent;
}

static const char *
first_of(const char *text, const char *other)
{
    return text ? text : other;
}

static enum cii_code
set_type(struct scene *scene, struct cii_error *err)
{
    const char *name = scene->whole.text.event;
    char why[256];

    if (!name || !scene->whole.text.from || !scene->whole.text.to)
        return fail_case(scene,
                         "a case says from, to and event, or is like "
                         "another (as)",
                         err);
    scene->question.type = catalogue_type(scene->catalogue, name);
    if (scene->question.type >= 0)
        return CII_OK;
    const char *near = catalogue_nearest_type(scene->catalogue, name);
    snprintf(why, sizeof why, "'%s' is no type of event%s%s%s", name,
             near ? "; did you mean '" : "", near ? near : "",
             near ? "'?" : "");
    return fail_case(scene, why, err);
}

static enum cii_code
set_original(struct scene *scene, struct cii_error *err)
{
    char **names = scene->whole.text.original;
    char why[256];

    for (size_t i = 0; names && names[i]; i++) {
        const int facet = catalogue_facet(scene->catalogue, names[i]);
        if (facet < 0) {
            snprintf(why, sizeof why, "original: '%s' is no facet", names[i]);
            return fail_case(scene, why, err);
        }
        scene->question.original |= UINT64_C(1) << facet;
    }
    return CII_OK;
}

static enum cii_code
set_reply(struct scene *scene, struct cii_error *err)
{
    const struct statement_text *text = NULL;

    if (!scene->whole.text.reply_to)
        return CII_OK;
    CII_TRY(find_statement(scene, scene->whole.text.reply_to, &text, err));
    scene->reply = id_of(scene->whole.table, text);
    scene->question.in_reply_to = &scene->reply;
    return CII_OK;
}

static enum cii_code
set_day(struct scene *scene, struct cii_error *err)
{
    const struct case_whole *whole = &scene->whole;
    const char *now = first_of(whole->text.now, whole->table->now);
    struct date date = {0};

    CII_TRY(date_parse(&date, now, err));
    scene->question.now = date_to_days(&date) * DAY_MS + NOON_MS;
    return CII_OK;
}

static enum cii_code
set_frame(struct scene *scene, struct cii_error *err)
{
    const struct case_text *text = &scene->whole.text;
    const char *profile = first_of(text->profile, scene->whole.table->profile);

    scene->pilot = !strcmp(profile, "pilot");
    scene->question = (struct law_question){
        .discloser = text->from,
        .issuer = first_of(text->issuer, text->from),
        .to = text->to,
        .case_ref = text->case_ref,
        .occurred_on = text->on,
        .competent = says(text->competent, false),
        .concerned = says(text->concerned, true),
        .arrival = says(text->arrival, false),
        .test = says(text->test, scene->pilot),
    };
    CII_TRY(set_type(scene, err));
    CII_TRY(set_original(scene, err));
    CII_TRY(set_reply(scene, err));
    return set_day(scene, err);
}

/* --- the whole ------------------------------------------------------------ */

enum cii_code
scene_new(struct scene **result, const struct catalogue *catalogue,
          struct cii_error *err)
{
    cii_auto(scene_destroy) struct scene *scene = calloc(1, sizeof *scene);

    if (!scene)
        return cii_fail(err, CII_MEMORY, "no memory for a case");
    scene->catalogue = catalogue;
    CII_TRY(arena_new(&scene->arena, ARENA_MAX, err));
    *result = cii_take(scene);
    return CII_OK;
}

void
scene_destroy(struct scene **scene)
{
    if (!*scene)
        return;
    arena_destroy(&(*scene)->arena);
    free(*scene);
    *scene = NULL;
}

enum cii_code
scene_set(struct scene *scene, const struct table *table, size_t number,
          struct cii_error *err)
{
    arena_reset(scene->arena);
    CII_TRY(table_case(&scene->whole, table, number, err));
    CII_TRY(set_frame(scene, err));
    CII_TRY(set_event(scene, err));
    return set_statements(scene, err);
}
