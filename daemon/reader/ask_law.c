/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was stated, and who knows of it: statements, consents.
 */
#include <string.h>

#include "reader/question.h"

#define CONSENT    "consentement"
#define WITHDRAWAL "retrait-consentement"

enum cii_code
question_book(struct question *question, int64_t person, struct book **result,
              struct cii_error *err)
{
    const struct reader *reader = question->reader;
    cii_auto(book_destroy) struct book *book = NULL;
    CII_TRY(
        book_new(&book, reader->catalogue, reader->config->institution, err));
    CII_TRY(book_fill_person(book, &question->archive, person, err));
    *result = cii_take(book);
    return CII_OK;
}

/* --- its days -------------------------------------------------------------*/

/* The fields that say from when until when a statement holds. */
static const struct span {
    const char *type; /* NULL: of every type with this facet */
    const char *facet;
    const char *from;
    const char *until;
} spans[] = {
    {NULL, "consent", "consentOn", "consentUntil"},
    {NULL, "attestation", "clientSince", "clientUntil"},
    {"payeur-indetermine", "state", NULL, "payerUndeterminedUntil"},
    {NULL, "request", NULL, "answerBy"},
    {NULL, "objection", NULL, "objectionUntil"},
    {NULL, "reciprocity", "reciprocityFrom", "reciprocityUntil"},
    {NULL, "agreement", "agreementFrom", "agreementUntil"},
    {NULL, "admission", "admittedOn", NULL},
    {NULL, "withdrawal", "withdrawnOn", NULL},
};

static bool
is_about(const struct question *question, const struct span *span,
         const struct law_statement *statement)
{
    return !span->type ||
           strcmp(span->type,
                  question->reader->catalogue->type[statement->type].name) == 0;
}

static const char *
day_in(const struct question *question, const struct span *span,
       const char *field, const struct law_statement *statement)
{
    return field && is_about(question, span, statement)
               ? statement_value(question->reader->catalogue, statement,
                                 span->facet, field)
               : NULL;
}

static const char *
state_of(const struct question *question, const struct law_statement *statement,
         const char *today)
{
    if (statement->ended)
        return "ended";
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        const char *until =
            day_in(question, &spans[i], spans[i].until, statement);
        const char *from =
            day_in(question, &spans[i], spans[i].from, statement);
        if (until && strcmp(until, today) < 0)
            return "over";
        if (from && strcmp(from, today) > 0)
            return "later";
    }
    return "holds";
}

/* --- statements -----------------------------------------------------------*/

static enum cii_code
put_told(struct question *question, int64_t event, struct cii_error *err)
{
    cii_auto(buffer_done) struct buffer told = {0};
    CII_TRY(store_delivery_each(question->archive.store, event, append_name,
                                &told, err));
    rows_put(&question->rows, "told", buffer_text(&told));
    return CII_OK;
}

static enum cii_code
put_statement(struct question *question, const struct law_statement *statement,
              const char *state, struct cii_error *err)
{
    const struct catalogue *catalogue = question->reader->catalogue;
    struct rows *rows = &question->rows;
    struct event_row row;
    bool hidden = false;
    CII_TRY(store_event_is_hidden(question->archive.store, statement->event,
                                  &hidden, err));
    CII_TRY(
        store_event_get(question->archive.store, statement->event, &row, err));
    rows_begin(rows, "statement");
    put_id(rows, "id", &statement->id);
    rows_put(rows, "type", catalogue->type[statement->type].name);
    rows_put(rows, "issuer", statement->issuer);
    rows_put(rows, "case", statement->case_ref);
    rows_put(rows, "occurred_on", row.occurred_on);
    rows_put(rows, "state", state);
    CII_TRY(put_told(question, statement->event, err));
    rows_put(rows, "hidden", hidden ? "yes" : "");
    for (size_t i = 0; !hidden && i < statement->part_count; i++)
        put_fields(question, catalogue->facet[statement->part[i].facet].name,
                   statement->part[i].content);
    return CII_OK;
}

/* Those that are asked for; the view stays as long as the book is not asked
 * again. */
static enum cii_code
put_statements(struct question *question, const struct book_view *view,
               const char *today, struct cii_error *err)
{
    const struct catalogue *catalogue = question->reader->catalogue;
    const bool ended = question_is(question, "ended", "yes");
    const char *type = question_argument(question, "type");
    for (size_t i = 0; i < view->count; i++) {
        const struct law_statement *statement = view->statement[i];
        const char *state = state_of(question, statement, today);
        if (type && strcmp(type, catalogue->type[statement->type].name) != 0)
            continue;
        if (!ended &&
            (strcmp(state, "ended") == 0 || strcmp(state, "over") == 0))
            continue;
        CII_TRY(put_statement(question, statement, state, err));
        if (question->rows.count % PAGE == 0)
            CII_TRY(question_flush(question, false, err));
    }
    return CII_OK;
}

static enum cii_code
check_statement_type(const struct question *question, struct cii_error *err)
{
    const struct catalogue *catalogue = question->reader->catalogue;
    const char *type = question_argument(question, "type");
    const int number = type ? catalogue_type(catalogue, type) : -1;
    if (!type || (number >= 0 && catalogue->type[number].statement))
        return CII_OK;
    return cii_fail(err, CII_INVALID,
                    "type is no type of statements; `cii types` lists them");
}

enum cii_code
ask_statements(struct question *question, struct cii_error *err)
{
    static const char *const yes[] = {"yes", NULL};
    cii_auto(book_destroy) struct book *book = NULL;
    struct book_view view = {0};
    char today[11];
    int64_t person = 0;
    CII_TRY(question_check_one_of(question, "ended", yes, err));
    CII_TRY(check_statement_type(question, err));
    const enum cii_code code = asked_person(question, &person, err);
    if (code == CII_UNKNOWN)
        return question_flush(question, true, err); /* nobody: no rows */
    CII_TRY(code);
    CII_TRY(question_today(question, today, err));
    CII_TRY(question_book(question, person, &book, err));
    CII_TRY(book_all(book, person, &view, err));
    CII_TRY(put_statements(question, &view, today, err));
    return question_flush(question, true, err);
}

/* --- one consent ----------------------------------------------------------*/

static bool
has_type(const struct question *question, const struct law_statement *statement,
         const char *type)
{
    const struct catalogue *catalogue = question->reader->catalogue;
    return strcmp(catalogue->type[statement->type].name, type) == 0;
}

bool
statement_is_of_consent(const struct question *question,
                        const struct law_statement *statement, const char *ref,
                        bool withdrawn)
{
    const char *value =
        statement_value(question->reader->catalogue, statement,
                        withdrawn ? "withdrawal" : "consent",
                        withdrawn ? "withdrawnRef" : "consentRef");
    return has_type(question, statement, withdrawn ? WITHDRAWAL : CONSENT) &&
           value && strcmp(value, ref) == 0;
}

/* Is the event of this number a consent with this reference? */
static enum cii_code
is_consent(struct question *question, int64_t number, const char *ref,
           int64_t *person, struct cii_error *err)
{
    const struct catalogue *catalogue = question->reader->catalogue;
    struct stored_event stored;
    struct case_file file;
    const enum cii_code code =
        stored_get(&question->archive, number, question->arena, &stored, err);
    if (stored_is_damaged(code))
        return CII_OK;
    CII_TRY(code);
    if (case_open(catalogue, &stored.event.header, stored.event.facet,
                  stored.event.facet_count, question->arena, &file,
                  NULL) != CII_OK)
        return CII_OK;
    const char *given = case_value(catalogue, &file, "consent", "consentRef");
    if (given && strcmp(given, ref) == 0)
        *person = stored.person;
    return CII_OK;
}

/* References stand sealed in the events: they are read one after the other. */
enum cii_code
consent_person(struct question *question, const char *ref, int64_t *person,
               struct cii_error *err)
{
    struct event_filter filter = {.type = CONSENT, .hidden = true};
    int64_t numbers[PAGE];
    size_t count = PAGE;
    *person = 0;
    while (count == PAGE && *person == 0) {
        CII_TRY(store_event_list(question->archive.store, &filter, numbers,
                                 PAGE, &count, err));
        for (size_t i = 0; i < count && *person == 0; i++)
            CII_TRY(is_consent(question, numbers[i], ref, person, err));
        filter.after = count ? numbers[count - 1] : filter.after;
        arena_reset(question->arena);
        rows_init(&question->rows, question->arena);
        CII_TRY(question_breathe(question, err));
    }
    if (*person == 0)
        return cii_fail(err, CII_UNKNOWN,
                        "no consent with this reference is stored here");
    return CII_OK;
}

/* Names, each once. */
struct institutions {
    struct arena *arena;
    const char *name[PERSONS_MAX];
    size_t count;
    bool failed;
};

/* What the whole question is about. */
struct consent {
    const char *ref;
    const char *today;
    struct book_view view;
    struct institutions *holders; /* who was told of it */
};

static void
add_institution(void *context, const char *name)
{
    struct institutions *all = context;
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->name[i], name) == 0)
            return;
    const char *kept = arena_text(all->arena, name);
    all->failed = all->failed || !kept || all->count == PERSONS_MAX;
    if (!all->failed)
        all->name[all->count++] = kept;
}

static const struct law_statement *
find_of_consent(const struct question *question, const struct consent *consent,
                bool withdrawn, size_t *at)
{
    for (; *at < consent->view.count; (*at)++)
        if (statement_is_of_consent(question, consent->view.statement[*at],
                                    consent->ref, withdrawn))
            return consent->view.statement[(*at)++];
    return NULL;
}

static const char *
value_of(const struct question *question, const struct law_statement *statement,
         const char *field)
{
    return statement_value(question->reader->catalogue, statement, "consent",
                           field);
}

static void
put_consent(struct question *question, const struct consent *consent)
{
    static const struct {
        const char *name;
        const char *field;
    } shown[] = {
        {"obtained_by", "obtainedBy"}, {"on", "consentOn"},
        {"until", "consentUntil"},     {"form", "consentForm"},
        {"purposes", "purposes"},      {"opens", "opens"},
    };

    size_t first = 0;
    size_t last = 0;
    const struct law_statement *pair =
        find_of_consent(question, consent, false, &first);
    const struct law_statement *withdrawal =
        find_of_consent(question, consent, true, &last);
    struct rows *rows = &question->rows;
    rows_begin(rows, "consent");
    rows_put(rows, "ref", consent->ref);
    rows_put(rows, "case", pair->case_ref);
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
        rows_put(rows, shown[i].name, value_of(question, pair, shown[i].field));
    rows_put(rows, "state",
             withdrawal ? "withdrawn"
                        : state_of(question, pair, consent->today));
    if (withdrawal)
        rows_put(rows, "withdrawn_on",
                 statement_value(question->reader->catalogue, withdrawal,
                                 "withdrawal", "withdrawnOn"));
}

/* Who has something that only this statement allowed. */
static void
see_reliance(void *context, const struct reliance_row *row)
{
    if (!row->arrival)
        add_institution(context, row->partner);
}

static enum cii_code
put_pairs(struct question *question, const struct consent *consent,
          struct cii_error *err)
{
    struct store *store = question->archive.store;
    const struct law_statement *pair = NULL;
    size_t at = 0;
    while ((pair = find_of_consent(question, consent, false, &at))) {
        rows_begin(&question->rows, "pair");
        put_id(&question->rows, "event", &pair->id);
        rows_put(&question->rows, "between",
                 value_of(question, pair, "between"));
        CII_TRY(put_told(question, pair->event, err));
        CII_TRY(store_delivery_each(store, pair->event, add_institution,
                                    consent->holders, err));
        CII_TRY(store_reliance_each(store, 0, pair->event, see_reliance,
                                    consent->holders, err));
    }
    return CII_OK;
}

/* --- its withdrawal -------------------------------------------------------*/

/* The last word of one institution on the withdrawal. */
struct answered {
    const char *partner;
    const char *state;
    int64_t at;
};

/* "seen" says nothing about what was done with it. */
static void
see_receipt(void *context, const struct receipt_row *row)
{
    static const char *const said[] = {"stored", "accepted", "refused"};
    struct answered *answered = context;
    if (strcmp(row->partner, answered->partner) != 0)
        return;
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
        if (strcmp(row->state, said[i]) == 0) {
            answered->state = said[i];
            answered->at = row->at;
        }
}

static enum cii_code
put_withdrawal(struct question *question,
               const struct law_statement *withdrawal, const char *partner,
               struct cii_error *err)
{
    struct answered answered = {.partner = partner, .state = "waiting"};
    CII_TRY(store_receipt_each(question->archive.store, withdrawal->event,
                               see_receipt, &answered, err));
    struct rows *rows = &question->rows;
    rows_begin(rows, "withdrawal");
    rows_put(rows, "partner", partner);
    put_id(rows, "event", &withdrawal->id);
    rows_put(rows, "state", answered.state);
    rows_put_moment(rows, "at", answered.at);
    return CII_OK;
}

static enum cii_code
put_withdrawals(struct question *question, const struct consent *consent,
                struct cii_error *err)
{
    const struct law_statement *withdrawal = NULL;
    size_t at = 0;
    while ((withdrawal = find_of_consent(question, consent, true, &at)))
        for (size_t i = 0; i < consent->holders->count; i++)
            /* who withdrew it need not be told */
            if (strcmp(consent->holders->name[i], withdrawal->issuer) != 0)
                CII_TRY(put_withdrawal(question, withdrawal,
                                       consent->holders->name[i], err));
    return CII_OK;
}

enum cii_code
ask_consent(struct question *question, struct cii_error *err)
{
    cii_auto(book_destroy) struct book *book = NULL;
    struct institutions holders = {.arena = question->kept};
    struct consent consent = {.ref = question_argument(question, "ref"),
                              .holders = &holders};
    char today[11];
    int64_t person = 0;
    if (!consent.ref)
        return cii_fail(err, CII_INVALID, "name the consent by its reference");
    CII_TRY(question_today(question, today, err));
    consent.today = today;
    CII_TRY(consent_person(question, consent.ref, &person, err));
    CII_TRY(question_book(question, person, &book, err));
    CII_TRY(book_all(book, person, &consent.view, err));
    put_consent(question, &consent);
    CII_TRY(put_pairs(question, &consent, err));
    CII_TRY(put_withdrawals(question, &consent, err));
    if (holders.failed)
        return cii_fail(err, CII_TOO_LARGE,
                        "more institutions know of it than can be listed");
    return question_flush(question, true, err);
}
