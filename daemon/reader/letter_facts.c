/* SPDX-License-Identifier: Apache-2.0 */
#include "reader/letter_facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/person.h"
#include "law/law.h"

#define CONSENT "consentement"
#define ORAL    "echange-oral"

/* --- words ----------------------------------------------------------------*/

static enum cii_code
no_memory(struct cii_error *err)
{
    return cii_fail(err, CII_MEMORY, "no memory for a letter");
}

static const char *
keep(const struct writing *writing, struct buffer *text)
{
    return text->failed
               ? NULL
               : arena_text(writing->question->kept, buffer_text(text));
}

static const char *
word_of_day(const struct writing *writing, const char *day)
{
    char text[WORDS_DAY_SIZE];
    words_day(writing->words, day, text);
    return arena_text(writing->question->kept, text);
}

const char *
writing_day(const struct writing *writing, int64_t moment)
{
    char day[11];
    if (moment == 0)
        return "";
    day_print(moment, day);
    return word_of_day(writing, day);
}

const char *
writing_name(const struct writing *writing, const char *id)
{
    const struct config *config = writing->question->reader->config;
    char key[INSTITUTION_MAX + sizeof "institution."];
    snprintf(key, sizeof key, "institution.%s", id);
    const char *label = words_find(writing->words, key);
    if (label)
        return label;
    if (strcmp(id, config->institution) == 0)
        return config->name;
    const struct partner_config *partner = partner_find(writing->partners, id);
    return partner ? partner->name : arena_text(writing->question->kept, id);
}

const char *
writing_citation(const struct writing *writing, const char *citation)
{
    cii_auto(buffer_done) struct buffer text = {0};
    words_append_citation(writing->words, citation, &text);
    return keep(writing, &text);
}

static const char *
word_of_facets(const struct writing *writing, uint64_t facets)
{
    cii_auto(buffer_done) struct buffer text = {0};
    char names[512];
    facet_set_print(writing->question->reader->catalogue, facets, names,
                    sizeof names);
    words_append_labels(writing->words, "facet", names, &text);
    return keep(writing, &text);
}

/* The value as a letter says it; "" when it is not given. */
static const char *
word_of_field(const struct writing *writing, const char *facet,
              const char *field, const char *value)
{
    const struct catalogue *catalogue = writing->question->reader->catalogue;
    const int number = catalogue_facet(catalogue, facet);
    const int at =
        number < 0 ? -1 : facet_field(&catalogue->facet[number], field);
    cii_auto(buffer_done) struct buffer text = {0};
    if (!value || at < 0)
        return "";
    words_append_value(writing->words, &catalogue->facet[number].field[at],
                       value, &text);
    return keep(writing, &text);
}

/* Names of institutions, with a dash between. */
static const char *
word_of_pair(const struct writing *writing, const char *ids)
{
    cii_auto(buffer_done) struct buffer text = {0};
    struct name_part part;
    while (names_next(&ids, &part)) {
        char id[INSTITUTION_MAX + 1];
        if (part.length > INSTITUTION_MAX)
            continue;
        memcpy(id, part.text, part.length);
        id[part.length] = '\0';
        const char *name = writing_name(writing, id);
        buffer_append_format(&text, "%s%s", text.size ? " – " : "",
                             name ? name : id);
    }
    return keep(writing, &text);
}

/* --- opening --------------------------------------------------------------*/

static enum cii_code
open_words(struct writing *writing, const char *lang, struct cii_error *err)
{
    char path[4096];
    char *data = NULL;
    size_t size = 0;
    snprintf(path, sizeof path, "%s/words.%s.txt",
             writing->question->reader->config->letters, lang);
    CII_TRY(file_read(path, WORDS_SIZE_MAX, false, &data, &size, err));
    const enum cii_code code =
        words_parse(&writing->words, path,
                    (struct bytes){(const uint8_t *)data, size}, err);
    free(data);
    return code;
}

enum cii_code
writing_open(struct writing *writing, struct question *question,
             const char *lang, struct cii_error *err)
{
    struct arena *arena = question->kept;
    *writing =
        (struct writing){.question = question, .partner = "", .citation = ""};
    writing->disclosure =
        arena_take(arena, DISCLOSURES_MAX * sizeof *writing->disclosure);
    writing->consent =
        arena_take(arena, CONSENTS_MAX * sizeof *writing->consent);
    if (!writing->disclosure || !writing->consent)
        return no_memory(err);
    writing->facts.disclosure = writing->disclosure;
    writing->facts.consent = writing->consent;
    CII_TRY(partners_load(&writing->partners, question->reader->config, err));
    return open_words(writing, lang, err);
}

void
writing_done(struct writing *writing)
{
    words_close(&writing->words);
    if (writing->partners)
        partners_destroy(&writing->partners);
}

/* --- head -----------------------------------------------------------------*/

static enum cii_code
find_person(struct writing *writing, int64_t person, struct cii_error *err)
{
    struct question *question = writing->question;
    struct letter_facts *facts = &writing->facts;
    struct content identity;
    CII_TRY(person_identity(&question->archive, person, question->kept,
                            &identity, err));
    facts->person_official_name = content_find(&identity, "officialName");
    facts->person_first_name = content_find(&identity, "firstName");
    facts->person_avs = word_of_field(writing, "identity", "avs",
                                      content_find(&identity, "avs"));
    facts->person_date_of_birth =
        word_of_field(writing, "identity", "dateOfBirth",
                      content_find(&identity, "dateOfBirth"));
    return facts->person_avs && facts->person_date_of_birth ? CII_OK
                                                            : no_memory(err);
}

static enum cii_code
find_dossier(struct writing *writing, int64_t person, struct cii_error *err)
{
    struct question *question = writing->question;
    struct dossier_row row;
    const enum cii_code code =
        store_dossier_get(question->archive.store, person, &row, err);
    if (code == CII_UNKNOWN)
        return CII_OK;
    CII_TRY(code);
    writing->facts.case_ref = arena_text(question->kept, row.case_ref);
    writing->facts.counsellor = arena_text(question->kept, row.counsellor);
    return CII_OK;
}

enum cii_code
writing_head(struct writing *writing, int64_t person, struct cii_error *err)
{
    const struct config *config = writing->question->reader->config;
    int64_t now = 0;
    CII_TRY(question_now(writing->question, &now, err));
    writing->facts.office = writing_name(writing, config->institution);
    writing->facts.office_id = config->institution;
    writing->facts.today = writing_day(writing, now);
    if (person == 0)
        return CII_OK;
    CII_TRY(find_person(writing, person, err));
    return find_dossier(writing, person, err);
}

/* --- who got what ---------------------------------------------------------*/

#define SIDES_MAX 128 /* partners of one event */

/* The newest verdict that let the event go to, or come from, one partner. */
struct side {
    const char *partner;
    const char *citation;
    bool arrival;
    bool holds; /* it left and was not made void */
    uint64_t facets;
    int64_t at;
};

struct sides {
    struct arena *arena;
    size_t count;
    bool failed;
    struct side side[SIDES_MAX];
};

static struct side *
find_side(struct sides *sides, const char *partner, bool arrival)
{
    for (size_t i = 0; i < sides->count; i++)
        if (sides->side[i].arrival == arrival &&
            strcmp(sides->side[i].partner, partner) == 0)
            return &sides->side[i];
    return NULL;
}

static struct side *
obtain_side(struct sides *sides, const char *partner, bool arrival)
{
    struct side *side = find_side(sides, partner, arrival);
    const char *kept = side ? NULL : arena_text(sides->arena, partner);
    if (side)
        return side;
    if (!kept || sides->count == SIDES_MAX) {
        sides->failed = true;
        return NULL;
    }
    side = &sides->side[sides->count++];
    *side = (struct side){.partner = kept, .arrival = arrival};
    return side;
}

static void
see_verdict(void *context, const struct verdict_row *row)
{
    struct sides *sides = context;
    if (row->verdict != VERDICT_TRANSMIT)
        return;
    struct side *side = obtain_side(sides, row->partner, row->arrival);
    if (!side)
        return;
    side->citation = arena_text(sides->arena, row->citation);
    side->facets = row->facets;
    side->at = row->at;
}

static void
see_holder(void *context, const char *partner)
{
    struct side *side = find_side(context, partner, false);
    if (side)
        side->holds = true;
}

static enum cii_code
find_sides(const struct writing *writing, int64_t event, struct sides *sides,
           struct cii_error *err)
{
    struct store *store = writing->question->archive.store;
    CII_TRY(store_verdict_each(store, event,
                               *writing->partner ? writing->partner : NULL,
                               see_verdict, sides, err));
    CII_TRY(store_delivery_each(store, event, see_holder, sides, err));
    return sides->failed ? cii_fail(err, CII_TOO_LARGE,
                                    "an event went to too many institutions")
                         : CII_OK;
}

/* What was said by word of mouth has gone, whether or not its record did. */
static bool
is_told(const struct writing *writing, const struct side *side, bool oral)
{
    if (side->arrival)
        return writing->telling == TELL_BOTH ||
               writing->telling == TELL_RECEIVED;
    return (writing->telling == TELL_BOTH || writing->telling == TELL_SENT) &&
           (side->holds || oral);
}

/* --- for what -------------------------------------------------------------*/

/* An event that is at hand. */
struct opened {
    struct stored_event stored;
    struct case_file file;
};

/* *opened NULL: it cannot be read. In the question's kept arena. */
static enum cii_code
open_event(const struct writing *writing, int64_t number,
           struct opened **result, struct cii_error *err)
{
    struct question *question = writing->question;
    struct opened *opened = arena_take(question->kept, sizeof *opened);
    *result = NULL;
    if (!opened)
        return no_memory(err);
    const enum cii_code code = stored_get(&question->archive, number,
                                          question->kept, &opened->stored, err);
    if (stored_is_damaged(code))
        return CII_OK;
    CII_TRY(code);
    const struct event *event = &opened->stored.event;
    if (case_open(question->reader->catalogue, &event->header, event->facet,
                  event->facet_count, question->kept, &opened->file,
                  NULL) == CII_OK)
        *result = opened;
    return CII_OK;
}

/* What an event itself says that it serves; "" nothing. */
static const char *
purpose_in(const struct writing *writing, const struct opened *opened)
{
    static const struct {
        const char *facet;
        const char *field;
    } where[] = {{"state", "purpose"},
                 {"consent", "purposes"},
                 {"request", "requestPurpose"}};
    const struct catalogue *catalogue = writing->question->reader->catalogue;
    for (size_t i = 0; i < sizeof where / sizeof where[0]; i++) {
        const char *value = case_value(catalogue, &opened->file, where[i].facet,
                                       where[i].field);
        if (value)
            return word_of_field(writing, where[i].facet, where[i].field,
                                 value);
    }
    return "";
}

struct relied {
    const struct side *side;
    size_t count;
    int64_t statement[LAW_RELIED_MAX];
};

static void
see_reliance(void *context, const struct reliance_row *row)
{
    struct relied *relied = context;
    if (row->arrival == relied->side->arrival &&
        strcmp(row->partner, relied->side->partner) == 0 &&
        relied->count < LAW_RELIED_MAX)
        relied->statement[relied->count++] = row->statement;
}

/* Its own word first, then that of the statements that allowed it. */
static enum cii_code
find_purpose(const struct writing *writing, const struct opened *opened,
             const struct side *side, const char **purpose,
             struct cii_error *err)
{
    struct relied relied = {.side = side};
    *purpose = purpose_in(writing, opened);
    if (*purpose && !**purpose)
        CII_TRY(store_reliance_each(writing->question->archive.store,
                                    opened->stored.number, 0, see_reliance,
                                    &relied, err));
    for (size_t i = 0; i < relied.count && *purpose && !**purpose; i++) {
        struct opened *statement = NULL;
        CII_TRY(open_event(writing, relied.statement[i], &statement, err));
        if (statement)
            *purpose = purpose_in(writing, statement);
    }
    return *purpose ? CII_OK : no_memory(err);
}

/* --- disclosures ----------------------------------------------------------*/

static size_t
count_fields(const struct catalogue *catalogue, const struct case_file *file,
             uint64_t facets)
{
    size_t count = 0;
    for (size_t i = 0; i < catalogue->facet_count; i++)
        if (facets >> i & 1 && file->by_number[i])
            count += file->by_number[i]->field_count;
    return count;
}

static bool
put_facet(const struct writing *writing, const struct facet_def *facet,
          const struct content *content, struct letter_content **next)
{
    for (size_t i = 0; i < content->field_count; i++) {
        const char *name = content->field[i].name;
        const char *value =
            word_of_field(writing, facet->name, name, content->field[i].value);
        if (!value)
            return false;
        *(*next)++ = (struct letter_content){
            .facet = words_label(writing->words, "facet", facet->name),
            .field = words_label(writing->words, "field", name),
            .value = value,
        };
    }
    return true;
}

static enum cii_code
put_content(const struct writing *writing, const struct case_file *file,
            uint64_t facets, struct letter_disclosure *out,
            struct cii_error *err)
{
    const struct catalogue *catalogue = writing->question->reader->catalogue;
    const size_t count = count_fields(catalogue, file, facets);
    struct letter_content *content =
        arena_take(writing->question->kept, (count + 1) * sizeof *content);
    struct letter_content *next = content;
    if (!content)
        return no_memory(err);
    for (size_t i = 0; i < catalogue->facet_count; i++)
        if (facets >> i & 1 && file->by_number[i] &&
            !put_facet(writing, &catalogue->facet[i], file->by_number[i],
                       &next))
            return no_memory(err);
    out->content = content;
    out->content_count = count;
    return CII_OK;
}

static enum cii_code
put_disclosure(struct writing *writing, const struct opened *opened,
               const struct side *side, struct cii_error *err)
{
    const struct header *header = &opened->stored.event.header;
    const bool oral = strcmp(header->event_type, ORAL) == 0;
    const uint64_t facets = side->facets & opened->file.facets;
    if (writing->facts.disclosure_count == DISCLOSURES_MAX)
        return cii_fail(err, CII_TOO_LARGE, "the letter would be too long");
    struct letter_disclosure *out =
        &writing->disclosure[writing->facts.disclosure_count++];
    *out = (struct letter_disclosure){
        .type = words_label(writing->words, "type", header->event_type),
        .day = oral || side->at == 0 ? word_of_day(writing, header->occurred_on)
                                     : writing_day(writing, side->at),
        .direction = words_label(writing->words, "direction",
                                 side->arrival ? "received" : "sent"),
        .form = oral ? words_label(writing->words, "form", "oral") : "",
        .partner = writing_name(writing, side->partner),
        .partner_id = side->partner,
        .citation = writing_citation(writing, side->citation),
        .facets = word_of_facets(writing, facets),
    };
    if (!out->day || !out->partner || !out->citation || !out->facets)
        return no_memory(err);
    CII_TRY(find_purpose(writing, opened, side, &out->purpose, err));
    return put_content(writing, &opened->file, facets, out, err);
}

/* What is to go to the task's partner, before anything has. */
static enum cii_code
put_planned(struct writing *writing, const struct opened *opened,
            struct cii_error *err)
{
    const struct side side = {.partner = writing->partner,
                              .citation = writing->citation,
                              .facets = writing->planned};
    return *writing->partner ? put_disclosure(writing, opened, &side, err)
                             : CII_OK;
}

static enum cii_code
put_disclosures(struct writing *writing, const struct opened *opened,
                struct cii_error *err)
{
    const bool oral = strcmp(opened->stored.event.header.event_type, ORAL) == 0;
    struct sides *sides = arena_take(writing->question->kept, sizeof *sides);
    if (!sides)
        return no_memory(err);
    sides->arena = writing->question->kept;
    CII_TRY(find_sides(writing, opened->stored.number, sides, err));
    for (size_t i = 0; i < sides->count; i++)
        if (is_told(writing, &sides->side[i], oral))
            CII_TRY(put_disclosure(writing, opened, &sides->side[i], err));
    return CII_OK;
}

/* --- consents -------------------------------------------------------------*/

static enum cii_code
put_consent(struct writing *writing, const struct opened *opened,
            struct cii_error *err)
{
    const struct catalogue *catalogue = writing->question->reader->catalogue;
    const struct case_file *file = &opened->file;
    const char *between = case_value(catalogue, file, "consent", "between");
    if (writing->facts.consent_count == CONSENTS_MAX)
        return cii_fail(err, CII_TOO_LARGE, "the letter would be too long");
    struct letter_consent *out =
        &writing->consent[writing->facts.consent_count++];
    *out = (struct letter_consent){
        .between = word_of_pair(writing, between ? between : ""),
        .purposes =
            word_of_field(writing, "consent", "purposes",
                          case_value(catalogue, file, "consent", "purposes")),
        .facets =
            word_of_field(writing, "consent", "opens",
                          case_value(catalogue, file, "consent", "opens")),
        .until = word_of_field(writing, "consent", "consentUntil",
                               case_value(catalogue, file, "consent",
                                          "consentUntil")),
    };
    return out->between && out->purposes && out->facets && out->until
               ? CII_OK
               : no_memory(err);
}

enum cii_code
writing_event(struct writing *writing, int64_t event, struct cii_error *err)
{
    struct opened *opened = NULL;
    CII_TRY(open_event(writing, event, &opened, err));
    if (!opened)
        return CII_OK;
    const struct header *header = &opened->stored.event.header;
    if (!writing->facts.case_ref || !*writing->facts.case_ref)
        writing->facts.case_ref = header->case_ref;
    if (strcmp(header->event_type, CONSENT) == 0)
        return put_consent(writing, opened, err);
    if (writing->telling == TELL_PLANNED)
        return put_planned(writing, opened, err);
    return put_disclosures(writing, opened, err);
}
