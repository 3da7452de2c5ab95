/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests about one person, and questions to referents about nobody: with
 * what became of them.
 */
#include <string.h>

#include "law/law.h"
#include "legal/case_file.h"
#include "proto/date.h"
#include "reader/question.h"

#define REQUEST  "demande-renseignements"
#define DECLINED "refus-renseignements"
#define QUESTION "demande-conseil-cii"
#define ADVICE   "reponse-conseil-cii"

/* One request, opened, with the event that answers it. */
struct asked {
    struct stored_event stored;
    struct case_file file;
    int64_t answer; /* number of the event; 0: none yet */
    struct event_id answer_id;
    bool declined;
    int64_t answered_at;
};

/* --- its answer -----------------------------------------------------------*/

/* Does the event of this row answer it, and does it come from whom was
 * asked? */
static bool
answers(const struct asked *asked, const struct event_row *row)
{
    const bool ours = asked->stored.origin == ORIGIN_OURS;
    return event_id_equal(&row->in_reply_to,
                          &asked->stored.event.header.event_id) &&
           (row->origin == ORIGIN_OURS) != ours;
}

/* An answer of ours that the law kept back has answered nothing; a refusal to
 * answer goes in any case. */
static enum cii_code
has_gone(struct question *question, int64_t number, const struct asked *asked,
         const struct event_row *row, bool *gone, struct cii_error *err)
{
    struct verdict_row verdict;
    *gone = true;
    if (row->origin != ORIGIN_OURS || strcmp(row->type, DECLINED) == 0)
        return CII_OK;
    const enum cii_code found =
        store_verdict_last(question->archive.store, number,
                           asked->stored.event.header.issuer, false, &verdict,
                           err);
    *gone = found == CII_OK && verdict.verdict == VERDICT_TRANSMIT;
    return found == CII_UNKNOWN ? CII_OK : found;
}

/* The first answer counts. */
static enum cii_code
see_event(struct question *question, int64_t number, struct asked *asked,
          struct cii_error *err)
{
    struct event_row row;
    CII_TRY(store_event_get(question->archive.store, number, &row, err));
    if (!answers(asked, &row) || question_is_protocol(question, row.type))
        return CII_OK;
    bool gone = false;
    CII_TRY(has_gone(question, number, asked, &row, &gone, err));
    if (!gone)
        return CII_OK;
    asked->answer = number;
    asked->answer_id = row.event_id;
    asked->declined = strcmp(row.type, DECLINED) == 0;
    asked->answered_at = row.stored_at;
    return CII_OK;
}

/* Answers stand among what came later about the same person; advice is about
 * nobody. */
static enum cii_code
find_answer(struct question *question, struct asked *asked,
            struct cii_error *err)
{
    struct event_filter filter = {
        .person = asked->stored.person,
        .type = asked->stored.person ? NULL : ADVICE,
        .direction = asked->stored.origin == ORIGIN_OURS ? 2 : 1,
        .hidden = true,
    };
    int64_t numbers[PAGE];
    size_t count = PAGE;
    while (count == PAGE && asked->answer == 0) {
        CII_TRY(store_event_list(question->archive.store, &filter, numbers,
                                 PAGE, &count, err));
        for (size_t i = 0; i < count && asked->answer == 0; i++)
            CII_TRY(see_event(question, numbers[i], asked, err));
        filter.after = count ? numbers[count - 1] : filter.after;
    }
    return CII_OK;
}

/* --- rows -----------------------------------------------------------------*/

static const char *
value_of(const struct question *question, const struct asked *asked,
         const char *facet, const char *field)
{
    return case_value(question->reader->catalogue, &asked->file, facet, field);
}

static const char *
state_of(const struct question *question, const struct asked *asked,
         const char *today)
{
    const char *by = value_of(question, asked, "request", "answerBy");
    if (asked->answer)
        return asked->declined ? "declined" : "answered";
    return by && strcmp(by, today) < 0 ? "late" : "open";
}

static bool
is_open(const char *state)
{
    return strcmp(state, "open") == 0 || strcmp(state, "late") == 0;
}

/* Whom we asked, or who asked us. */
static enum cii_code
put_partner(struct question *question, const struct asked *asked,
            struct cii_error *err)
{
    cii_auto(buffer_done) struct buffer holders = {0};
    const char *to = value_of(question, asked, "request", "requestTo");
    if (asked->stored.origin == ORIGIN_ARRIVED) {
        rows_put(&question->rows, "partner", asked->stored.event.header.issuer);
        return CII_OK;
    }
    if (to) {
        rows_put(&question->rows, "partner", to);
        return CII_OK;
    }
    CII_TRY(store_delivery_each(question->archive.store, asked->stored.number,
                                append_name, &holders, err));
    rows_put(&question->rows, "partner", buffer_text(&holders));
    return CII_OK;
}

static void
put_answer(struct question *question, const struct asked *asked)
{
    if (asked->answer == 0)
        return;
    put_id(&question->rows, "answer", &asked->answer_id);
    rows_put_number(&question->rows, "days",
                    swiss_day(asked->answered_at) -
                        swiss_day(asked->stored.stored_at));
}

/* What the referent said. */
static enum cii_code
put_advice(struct question *question, const struct asked *asked,
           struct cii_error *err)
{
    struct stored_event stored;
    struct case_file file;
    if (asked->answer == 0)
        return CII_OK;
    const enum cii_code code = stored_get(&question->archive, asked->answer,
                                          question->arena, &stored, err);
    if (stored_is_damaged(code))
        return CII_OK;
    CII_TRY(code);
    if (case_open(question->reader->catalogue, &stored.event.header,
                  stored.event.facet, stored.event.facet_count, question->arena,
                  &file, NULL) == CII_OK)
        rows_put(&question->rows, "advice",
                 case_value(question->reader->catalogue, &file, "question",
                            "adviceGiven"));
    return CII_OK;
}

static void
put_named(struct question *question, const struct asked *asked)
{
    static const struct {
        const char *name;
        const char *facet;
        const char *field;
    } shown[] = {
        {"purpose", "request", "requestPurpose"},
        {"reason", "request", "requestReason"},
        {"basis", "request", "legalBasis"},
        {"asks", "request", "asks"},
        {"answer_by", "request", "answerBy"},
        {"topic", "question", "topic"},
        {"expert", "question", "expert"},
    };

    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
        rows_put(&question->rows, shown[i].name,
                 value_of(question, asked, shown[i].facet, shown[i].field));
}

static enum cii_code
put_request(struct question *question, const struct asked *asked,
            const char *state, struct cii_error *err)
{
    const struct header *header = &asked->stored.event.header;
    struct rows *rows = &question->rows;
    rows_begin(rows, "request");
    put_id(rows, "id", &header->event_id);
    rows_put(rows, "type", header->event_type);
    rows_put(rows, "direction",
             asked->stored.origin == ORIGIN_OURS ? "ours" : "arrived");
    CII_TRY(put_partner(question, asked, err));
    rows_put_moment(rows, "at", asked->stored.stored_at);
    put_named(question, asked);
    rows_put(rows, "state", state);
    put_answer(question, asked);
    if (asked->stored.person)
        return put_identity(question, "identity", asked->stored.person, err);
    return put_advice(question, asked, err);
}

static enum cii_code
put_one(struct question *question, int64_t number, const char *today,
        struct cii_error *err)
{
    struct asked *asked = arena_take(question->arena, sizeof *asked);
    if (!asked)
        return cii_fail(err, CII_MEMORY, "no memory for the answer");
    const enum cii_code code = stored_get(&question->archive, number,
                                          question->arena, &asked->stored, err);
    if (stored_is_damaged(code))
        return CII_OK;
    CII_TRY(code);
    const struct event *event = &asked->stored.event;
    if (case_open(question->reader->catalogue, &event->header, event->facet,
                  event->facet_count, question->arena, &asked->file,
                  NULL) != CII_OK)
        return CII_OK;
    CII_TRY(find_answer(question, asked, err));
    const char *state = state_of(question, asked, today);
    if (question_is(question, "open", "yes") && !is_open(state))
        return CII_OK;
    return put_request(question, asked, state, err);
}

enum cii_code
ask_requests(struct question *question, struct cii_error *err)
{
    static const char *const yes[] = {"yes", NULL};
    struct event_filter filter = {.type = REQUEST};
    char today[11];
    int64_t numbers[PAGE];
    size_t count = PAGE;
    CII_TRY(question_check_one_of(question, "open", yes, err));
    CII_TRY(question_check_one_of(question, "questions", yes, err));
    CII_TRY(asked_direction(question, &filter.direction, err));
    CII_TRY(question_today(question, today, err));
    if (question_is(question, "questions", "yes"))
        filter.type = QUESTION;
    while (count == PAGE) {
        CII_TRY(store_event_list(question->archive.store, &filter, numbers,
                                 PAGE, &count, err));
        for (size_t i = 0; i < count; i++)
            CII_TRY(put_one(question, numbers[i], today, err));
        filter.after = count ? numbers[count - 1] : filter.after;
        CII_TRY(question_flush(question, count < PAGE, err));
    }
    return CII_OK;
}
