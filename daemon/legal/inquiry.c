/* SPDX-License-Identifier: Apache-2.0 */
#include "legal/inquiry.h"

#include <string.h>

/* --- what is corrected ---------------------------------------------------*/

struct received {
    const char *partner;
    uint64_t facets;
    bool found;
};

static void
see_verdict(void *context, const struct verdict_row *row)
{
    struct received *received = context;

    if (!row->arrival && row->verdict == VERDICT_TRANSMIT)
        received->facets |= row->facets;
}

static void
see_holder(void *context, const char *partner)
{
    struct received *received = context;

    if (strcmp(partner, received->partner) == 0)
        received->found = true;
}

/* What of it went to the partner, and was not made void. */
static enum cii_code
told_of(const struct legal *legal, int64_t event, const char *partner,
        uint64_t *facets, struct cii_error *err)
{
    struct received received = {.partner = partner};

    CII_TRY(
        store_delivery_each(legal->store, event, see_holder, &received, err));
    if (received.found)
        CII_TRY(store_verdict_each(legal->store, event, partner, see_verdict,
                                   &received, err));
    *facets = received.facets;
    return CII_OK;
}

/* At arrival: what came of it once, as the newest verdict says. */
static enum cii_code
came_of(const struct legal *legal, int64_t event, const char *partner,
        uint64_t *facets, struct cii_error *err)
{
    struct verdict_row row;
    const enum cii_code code =
        store_verdict_last(legal->store, event, partner, true, &row, err);

    if (code == CII_UNKNOWN)
        return CII_OK;
    CII_TRY(code);
    *facets = row.facets;
    return CII_OK;
}

/* Of a withdrawal: the statements of that consent that the partner has; at
 * arrival, that we have. */
static enum cii_code
of_consent(const struct legal *legal, const struct inquiry *inquiry,
           uint64_t *facets, struct cii_error *err)
{
    const char *ref = case_value(legal->catalogue, inquiry->file, "withdrawal",
                                 "withdrawnRef");
    struct book_view view = {0};

    if (!ref)
        return CII_OK;
    CII_TRY(book_all(legal->book, inquiry->person, &view, err));
    for (size_t i = 0; i < view.count; i++) {
        const struct law_statement *statement = view.statement[i];
        const char *given = statement_value(legal->catalogue, statement,
                                            "consent", "consentRef");
        if (!given || strcmp(given, ref) != 0)
            continue;
        if (inquiry->arrival ||
            strcmp(statement->issuer, inquiry->partner) == 0 ||
            book_is_told(legal->book, inquiry->person, statement->event,
                         inquiry->partner))
            *facets |= inquiry->file->facets;
    }
    return CII_OK;
}

static enum cii_code
of_answered(const struct legal *legal, const struct inquiry *inquiry,
            uint64_t *facets, struct cii_error *err)
{
    struct event_row row;
    const enum cii_code code =
        store_event_find(legal->store, inquiry->issuer,
                         &inquiry->file->header->in_reply_to, &row, err);

    if (code == CII_UNKNOWN)
        return CII_OK;
    CII_TRY(code);
    return inquiry->arrival
               ? came_of(legal, row.number, inquiry->partner, facets, err)
               : told_of(legal, row.number, inquiry->partner, facets, err);
}

enum cii_code
inquire_original(const struct legal *legal, const struct inquiry *inquiry,
                 uint64_t *facets, struct cii_error *err)
{
    *facets = 0;
    if (!event_id_is_zero(&inquiry->file->header->in_reply_to))
        return of_answered(legal, inquiry, facets, err);
    if (book_knows(legal->book, inquiry->person))
        return of_consent(legal, inquiry, facets, err);
    return CII_OK;
}

/* --- who is concerned ----------------------------------------------------*/

struct asked {
    const char *partner;
    bool found;
};

static void
see_concern(void *context, const char *institution)
{
    struct asked *asked = context;

    if (strcmp(asked->partner, institution) == 0)
        asked->found = true;
}

static enum cii_code
by_dossier(const struct legal *legal, const struct inquiry *inquiry,
           bool *concerned, struct cii_error *err)
{
    struct asked asked = {.partner = inquiry->partner};

    if (inquiry->person != 0)
        CII_TRY(store_concern_each(legal->store, inquiry->person, see_concern,
                                   &asked, err));
    *concerned = asked.found;
    return CII_OK;
}

static enum cii_code
by_competence(const struct legal *legal, const struct inquiry *inquiry,
              bool *competent, struct cii_error *err)
{
    struct dossier_row row = {.commune = ""};

    if (inquiry->person != 0 && competence_asks_commune(legal->competence)) {
        const enum cii_code code =
            store_dossier_get(legal->store, inquiry->person, &row, err);
        if (code != CII_OK && code != CII_UNKNOWN)
            return code;
        if (code == CII_UNKNOWN)
            row.commune = "";
    }
    *competent = is_competent(legal->competence, inquiry->partner, row.commune);
    return CII_OK;
}

/* The cheapest first: most events are about nobody in the book. */
static enum cii_code
find_concern(const struct legal *legal, const struct inquiry *inquiry,
             struct law_question *question, struct cii_error *err)
{
    CII_TRY(by_competence(legal, inquiry, &question->competent, err));
    question->concerned = question->competent || inquiry->in_dossier ||
                          law_concerns(legal->law, question);
    if (question->concerned)
        return CII_OK;
    return by_dossier(legal, inquiry, &question->concerned, err);
}

enum cii_code
inquire(const struct legal *legal, const struct inquiry *inquiry,
        struct law_question *question, struct cii_error *err)
{
    const struct case_file *file = inquiry->file;
    struct book_view view = {0};

    *question = (struct law_question){
        .type = file->type,
        .facets = file->facets,
        .content = file->by_number,
        .issuer = inquiry->issuer,
        .discloser = inquiry->arrival ? inquiry->partner : legal->us,
        .to = inquiry->arrival ? legal->us : inquiry->partner,
        .case_ref = file->header->case_ref,
        .in_reply_to = event_id_is_zero(&file->header->in_reply_to)
                           ? NULL
                           : &file->header->in_reply_to,
        .occurred_on = file->header->occurred_on,
        .arrival = inquiry->arrival,
        .test = file->header->test,
        .now = inquiry->now,
    };
    CII_TRY(inquire_original(legal, inquiry, &question->original, err));
    CII_TRY(book_view(legal->book, inquiry->person, inquiry->partner,
                      inquiry->arrival, &view, err));
    question->statement = view.statement;
    question->statement_count = view.count;
    if (inquiry->arrival) {
        question->concerned = true;
        question->competent = true;
        return CII_OK;
    }
    return find_concern(legal, inquiry, question, err);
}
