/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "archive/stored.h"
#include "law/law.h"
#include "proto/date.h"
#include "reader/question.h"

/* --- events ---------------------------------------------------------------*/

static const char *const reliability_names[] = {"", "declared", "verified"};

static void
put_header(struct rows *rows, const struct stored_event *stored)
{
    const struct header *header = &stored->event.header;
    put_id(rows, "id", &header->event_id);
    rows_put(rows, "issuer", header->issuer);
    rows_put(rows, "type", header->event_type);
    rows_put(rows, "occurred_on", header->occurred_on);
    rows_put_moment(rows, "issued_at", (int64_t)header->issued_at);
    rows_put(rows, "case", header->case_ref);
    rows_put(rows, "direction",
             stored->origin == ORIGIN_OURS ? "ours" : "arrived");
    rows_put(rows, "discloser", stored->discloser);
    rows_put_moment(rows, "stored_at", stored->stored_at);
    rows_put(rows, "reliability", reliability_names[header->reliability]);
    rows_put(rows, "as_of", header->as_of);
    put_id(rows, "in_reply_to", &header->in_reply_to);
    rows_put(rows, "test", header->test ? "yes" : "");
}

#define PROPOSALS_MAX 16

struct namesakes {
    int64_t person;
    int64_t other[PROPOSALS_MAX];
    size_t count;
};

static void
see_match(void *context, const struct match_row *row)
{
    struct namesakes *seen = context;
    if (seen->count < PROPOSALS_MAX)
        seen->other[seen->count++] = row->a == seen->person ? row->b : row->a;
}

/* The first event of this person, for a human to look at; there may be none,
 * only a dossier. */
static enum cii_code
append_event_of(struct question *question, int64_t person, struct buffer *text,
                struct cii_error *err)
{
    struct store *store = question->archive.store;
    int64_t number = 0;
    size_t count = 0;
    CII_TRY(store_event_list(store, &(struct event_filter){.person = person},
                             &number, 1, &count, err));
    if (count == 0)
        return CII_OK;
    struct event_row row;
    CII_TRY(store_event_get(store, number, &row, err));
    char id[EVENT_ID_TEXT];
    event_id_print(&row.event_id, id);
    buffer_append_format(text, "%s%s", text->size ? " " : "", id);
    return CII_OK;
}

/* Who this might also be: a proposal for a human, never made. */
static enum cii_code
put_proposals(struct question *question, const struct stored_event *stored,
              struct cii_error *err)
{
    struct namesakes seen = {.person = stored->person};
    if (stored->person)
        CII_TRY(store_match_each(question->archive.store, stored->person,
                                 PROPOSALS_MAX, see_match, &seen, err));
    cii_auto(buffer_done) struct buffer text = {0};
    for (size_t i = 0; i < seen.count; i++)
        CII_TRY(append_event_of(question, seen.other[i], &text, err));
    if (text.size)
        rows_put(&question->rows, "proposal", buffer_text(&text));
    return CII_OK;
}

static enum cii_code
put_event(struct question *question, const struct stored_event *stored,
          struct cii_error *err)
{
    rows_begin(&question->rows, "event");
    put_header(&question->rows, stored);
    if (stored->person)
        rows_put_number(&question->rows, "person", stored->person);
    CII_TRY(put_proposals(question, stored, err));
    if (question_is_protocol(question, stored->event.header.event_type))
        return CII_OK;
    for (size_t i = 0; i < stored->event.facet_count; i++) {
        struct content content;
        CII_TRY(content_unpack(&content, stored->event.facet[i].content,
                               question->arena, err));
        put_fields(question, stored->event.facet[i].kind, &content);
    }
    return CII_OK;
}

/* --- query ----------------------------------------------------------------*/

static enum cii_code
check_day(const struct question *question, const char *name,
          struct cii_error *err)
{
    const char *text = question_argument(question, name);
    struct date date;
    return text ? date_parse(&date, text, err) : CII_OK;
}

static enum cii_code
check_type(const struct question *question, struct cii_error *err)
{
    const struct catalogue *catalogue = question->reader->catalogue;
    const char *type = question_argument(question, "type");
    if (!type || catalogue_type(catalogue, type) >= 0)
        return CII_OK;
    const char *nearest = catalogue_nearest_type(catalogue, type);
    return cii_fail(err, CII_INVALID, "unknown type; %s%s%s",
                    nearest ? "did you mean \"" : "`cii types` lists them",
                    nearest ? nearest : "", nearest ? "\"?" : "");
}

/* An empty filter is a mistake of whoever asks, and not everybody. */
static enum cii_code
check_filters(const struct question *question, struct cii_error *err)
{
    static const char *const names[] = {"avs",  "local-id", "issuer",  "name",
                                        "case", "type",     "partner", "from",
                                        "to",   "direction"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = request_argument(&question->request, names[i]);
        if (value && *value == '\0')
            return cii_fail(err, CII_INVALID,
                            "%s is empty; leave it out if it does not matter",
                            names[i]);
    }
    return CII_OK;
}

static enum cii_code
filter_of(struct question *question, struct event_filter *filter,
          struct persons *persons, struct cii_error *err)
{
    CII_TRY(check_filters(question, err));
    CII_TRY(check_day(question, "from", err));
    CII_TRY(check_day(question, "to", err));
    CII_TRY(check_type(question, err));
    *filter = (struct event_filter){
        .case_ref = question_argument(question, "case"),
        .type = question_argument(question, "type"),
        .partner = question_argument(question, "partner"),
        .from_day = question_argument(question, "from"),
        .to_day = question_argument(question, "to"),
    };
    CII_TRY(asked_direction(question, &filter->direction, err));
    return asked_persons(question, persons, err);
}

/* Receipts are shown with the events that they are about. */
static enum cii_code
put_page(struct question *question, const int64_t *numbers, size_t count,
         bool all, size_t *left, struct cii_error *err)
{
    for (size_t i = 0; i<count && * left> 0; i++) {
        struct stored_event stored;
        CII_TRY(stored_get(&question->archive, numbers[i], question->arena,
                           &stored, err));
        if (!all &&
            question_is_protocol(question, stored.event.header.event_type))
            continue;
        CII_TRY(put_event(question, &stored, err));
        (*left)--;
    }
    return CII_OK;
}

static enum cii_code
put_events(struct question *question, struct event_filter filter, size_t *left,
           struct cii_error *err)
{
    int64_t numbers[PAGE];
    size_t count = 0;
    do {
        CII_TRY(store_event_list(question->archive.store, &filter, numbers,
                                 PAGE, &count, err));
        CII_TRY(
            put_page(question, numbers, count, filter.type != NULL, left, err));
        filter.after = count ? numbers[count - 1] : filter.after;
        if (count == PAGE && *left > 0)
            CII_TRY(question_flush(question, false, err));
    } while (count == PAGE && *left > 0);
    return CII_OK;
}

enum cii_code
ask_query(struct question *question, struct cii_error *err)
{
    size_t left = 0;
    CII_TRY(question_limit(question, &left, err));
    struct event_filter filter;
    struct persons persons = {0};
    const enum cii_code code = filter_of(question, &filter, &persons, err);
    if (code == CII_UNKNOWN)
        return question_flush(question, true, err); /* nobody: no rows */
    CII_TRY(code);
    for (size_t i = 0; i < persons.count; i++) {
        filter.person = persons.number[i];
        CII_TRY(put_events(question, filter, &left, err));
    }
    return question_flush(question, true, err);
}

/* --- show -----------------------------------------------------------------*/

static void
put_verdict(void *context, const struct verdict_row *row)
{
    struct question *question = context;
    struct rows *rows = &question->rows;
    char facets[512];
    rows_begin(rows, "verdict");
    rows_put(rows, "partner", row->partner);
    rows_put_moment(rows, "at", row->at);
    rows_put(rows, "arrival", row->arrival ? "yes" : "no");
    rows_put(rows, "verdict", verdict_name((enum verdict)row->verdict));
    rows_put(rows, "lane", row->lane);
    rows_put(rows, "rule", row->rule);
    rows_put(rows, "citation", row->citation);
    rows_put(rows, "ground", ground_name((enum ground)row->ground));
    facet_set_print(question->reader->catalogue, row->facets, facets,
                    sizeof facets);
    rows_put(rows, "facets", facets);
    facet_set_print(question->reader->catalogue, row->withheld, facets,
                    sizeof facets);
    rows_put(rows, "withheld", facets);
    rows_put(rows, "missing", row->missing);
}

static void
put_receipt(void *context, const struct receipt_row *row)
{
    struct question *question = context;
    rows_begin(&question->rows, "receipt");
    rows_put(&question->rows, "partner", row->partner);
    rows_put(&question->rows, "state", row->state);
    rows_put(&question->rows, "reason", row->reason);
    if (row->at) /* "stored" is known by the ack cursor, without a moment */
        rows_put_moment(&question->rows, "at", row->at);
}

void
put_refusal(void *context, const struct refusal_row *row)
{
    struct question *question = context;
    struct rows *rows = &question->rows;
    rows_begin(rows, "refusal");
    put_id(rows, "id", &row->event_id);
    rows_put(rows, "issuer", row->issuer);
    rows_put(rows, "discloser", row->discloser);
    rows_put_moment(rows, "at", row->at);
    rows_put(rows, "reason", row->reason);
    rows_put(rows, "rule", row->rule);
    rows_put(rows, "detail", row->detail);
}

/* What a withdrawal hides is shown to nobody: that it is, since when, and
 * because of which event. */
static enum cii_code
put_hidden(struct question *question, const struct stored_event *stored,
           const struct hiding *hiding, struct cii_error *err)
{
    const struct header *header = &stored->event.header;
    struct rows *rows = &question->rows;
    struct event_row because;
    CII_TRY(store_event_get(question->archive.store, hiding->because, &because,
                            err));
    rows_begin(rows, "event");
    put_id(rows, "id", &header->event_id);
    rows_put(rows, "issuer", header->issuer);
    rows_put(rows, "type", header->event_type);
    rows_put(rows, "direction",
             stored->origin == ORIGIN_OURS ? "ours" : "arrived");
    rows_put(rows, "discloser", stored->discloser);
    rows_put_moment(rows, "hidden_at", hiding->at);
    put_id(rows, "hidden_because", &because.event_id);
    return CII_OK;
}

static enum cii_code
put_shown(struct question *question, const struct stored_event *stored,
          struct cii_error *err)
{
    struct hiding hiding;
    CII_TRY(store_event_hiding(question->archive.store, stored->number, &hiding,
                               err));
    return hiding.because ? put_hidden(question, stored, &hiding, err)
                          : put_event(question, stored, err);
}

static enum cii_code
put_stored(struct question *question, const struct event_id *id, bool *found,
           struct cii_error *err)
{
    struct stored_event stored;
    const enum cii_code code = stored_find(&question->archive, NULL, id,
                                           question->arena, &stored, err);
    *found = code == CII_OK;
    if (code == CII_UNKNOWN)
        return CII_OK;
    CII_TRY(code);
    CII_TRY(put_shown(question, &stored, err));
    CII_TRY(store_verdict_each(question->archive.store, stored.number, NULL,
                               put_verdict, question, err));
    return store_receipt_each(question->archive.store, stored.number,
                              put_receipt, question, err);
}

enum cii_code
ask_show(struct question *question, struct cii_error *err)
{
    const char *text = question_argument(question, "event");
    if (!text)
        return cii_fail(err, CII_INVALID, "name the event by its id");
    struct event_id id;
    CII_TRY(event_id_parse(&id, text, err));
    bool found = false;
    CII_TRY(put_stored(question, &id, &found, err));
    CII_TRY(store_refusal_each(question->archive.store, &id, 16, put_refusal,
                               question, err));
    if (question->rows.count == 0)
        return cii_fail(err, CII_UNKNOWN, "no event %s is stored here", text);
    return question_flush(question, true, err);
}
