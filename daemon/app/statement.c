/* SPDX-License-Identifier: Apache-2.0 */
#include "app/statement.h"

#include <string.h>

#include "app/telling.h"
#include "base/log.h"
#include "proto/date.h"

#define WITHDRAWAL "retrait-consentement"

/* --- judging again --------------------------------------------------------*/

enum cii_code
rejudge_person(struct core *core, int64_t person, struct cii_error *err)
{
    core->rejudge_due = true;
    core_wants_turn(core);
    return store_rejudge_add(core->store, person, "", err);
}

enum cii_code
rejudge_partner(struct core *core, const char *partner, struct cii_error *err)
{
    core->rejudge_due = true;
    core_wants_turn(core);
    return store_rejudge_add(core->store, 0, partner, err);
}

/* What we state about nobody allows others something, not us. */
static enum cii_code
note_change(struct core *core, const struct stated *stated,
            struct cii_error *err)
{
    if (stated->person != 0)
        return rejudge_person(core, stated->person, err);
    return stated->teller
               ? rejudge_partner(core, stated->teller->config->id, err)
               : CII_OK;
}

/* --- a withdrawal ---------------------------------------------------------*/

static bool
is_withdrawal(const struct case_file *file)
{
    return strcmp(file->header->event_type, WITHDRAWAL) == 0;
}

/* The statements of the consent that it ends, in the turn's arena. */
static enum cii_code
find_withdrawn(struct core *core, const struct stated *stated,
               const struct law_statement ***found, size_t *count,
               struct cii_error *err)
{
    const char *ref =
        case_value(core->catalogue, stated->file, "withdrawal", "withdrawnRef");
    struct book_view view = {0};

    *count = 0;
    CII_TRY(book_all(core->book, stated->person, &view, err));
    *found = arena_take(core->turn_arena,
                        (view.count + 1) * sizeof(struct law_statement *));
    if (!*found)
        return cii_fail(err, CII_MEMORY, "no memory for statements");
    for (size_t i = 0; ref && i < view.count; i++) {
        const char *given = statement_value(core->catalogue, view.statement[i],
                                            "consent", "consentRef");
        if (given && strcmp(given, ref) == 0 && view.statement[i]->ended)
            (*found)[(*count)++] = view.statement[i];
    }
    return CII_OK;
}

struct rested {
    int64_t event[256];
    size_t count;
    int64_t after; /* what is not greater was seen */
};

static void
see_rested(void *context, const struct reliance_row *row)
{
    struct rested *rested = context;

    if (!row->arrival || row->event <= rested->after ||
        rested->count == sizeof rested->event / sizeof rested->event[0])
        return;
    if (rested->count > 0 && rested->event[rested->count - 1] == row->event)
        return;
    rested->event[rested->count++] = row->event;
}

/* What came under the statement is shown no more. */
static enum cii_code
hide_what_rested(struct core *core, int64_t statement, int64_t because,
                 struct cii_error *err)
{
    struct rested rested = {.count = 0};

    do {
        rested.count = 0;
        CII_TRY(store_reliance_each(core->store, 0, statement, see_rested,
                                    &rested, err));
        for (size_t i = 0; i < rested.count; i++) {
            CII_TRY(store_event_hide(core->store, rested.event[i], because,
                                     core_now(core), err));
            rested.after = rested.event[i];
        }
    } while (rested.count > 0);
    return CII_OK;
}

static enum cii_code
withdraw(struct core *core, const struct stated *stated, struct cii_error *err)
{
    const struct law_statement **withdrawn = NULL;
    size_t count = 0;

    CII_TRY(find_withdrawn(core, stated, &withdrawn, &count, err));
    for (size_t i = 0; i < count; i++)
        CII_TRY(
            hide_what_rested(core, withdrawn[i]->event, stated->event, err));
    return CII_OK;
}

enum cii_code
statement_stored(struct core *core, const struct stated *stated,
                 struct cii_error *err)
{
    if (!book_takes(core->catalogue, stated->file->type))
        return CII_OK;
    const struct book_event event = {.person = stated->person,
                                     .event = stated->event,
                                     .header = stated->file->header,
                                     .file = stated->file};
    CII_TRY(book_add(core->book, &event, err));
    if (is_withdrawal(stated->file))
        CII_TRY(withdraw(core, stated, err));
    return note_change(core, stated, err);
}

/* --- passing on -----------------------------------------------------------*/

static enum cii_code
pass_to(struct core *core, const struct stated *stated, struct peer *to,
        bool in_dossier, struct cii_error *err)
{
    struct judged judged;
    const struct telling telling = {.file = stated->file,
                                    .event = stated->event,
                                    .person = stated->person,
                                    .issuer = stated->file->header->issuer,
                                    .digest = stated->digest,
                                    .to = to,
                                    .in_dossier = in_dossier};

    CII_TRY(telling_judge(core, &telling, &judged, err));
    return telling_make(core, &telling, &judged, err);
}

enum cii_code
statement_pass_on(struct core *core, const struct stated *stated,
                  struct cii_error *err)
{
    const char *issuer = stated->file->header->issuer;
    struct telling_round round;

    if (!is_withdrawal(stated->file) &&
        !telling_is_forwarded(core, stated->file->header->event_type))
        return CII_OK;
    CII_TRY(telling_collect(core, stated->file, stated->person, issuer, &round,
                            err));
    for (size_t i = 0; i < round.count; i++)
        if (round.peer[i] != stated->teller &&
            strcmp(round.peer[i]->config->id, issuer) != 0)
            CII_TRY(
                pass_to(core, stated, round.peer[i], round.in_dossier[i], err));
    return CII_OK;
}

/* --- what may be stated ---------------------------------------------------*/

bool
statement_is_ahead(const struct core *core, const struct case_file *file)
{
    struct date day;

    return book_takes(core->catalogue, file->type) &&
           date_parse(&day, file->header->occurred_on, NULL) == CII_OK &&
           date_to_days(&day) > swiss_day(core_now(core));
}

/* Under one reference stands one consent: one person, each pair once. */
static bool
is_taken(const struct core *core, const struct case_file *file, int64_t person)
{
    const char *ref =
        case_value(core->catalogue, file, "consent", "consentRef");
    const char *between =
        case_value(core->catalogue, file, "consent", "between");

    return ref && between &&
           book_has_consent(core->book, core->config->institution, ref, person,
                            between);
}

enum cii_code
statement_check(const struct core *core, const struct case_file *file,
                int64_t person, struct cii_error *err)
{
    const struct legal legal = core_legal(core);
    const struct inquiry inquiry = {.file = file,
                                    .person = person,
                                    .issuer = legal.us,
                                    .partner = "",
                                    .in_dossier = true,
                                    .now = core_now(core)};
    struct law_question question;
    struct law_predicate_view missing;

    if (!book_takes(core->catalogue, file->type))
        return CII_OK;
    if (statement_is_ahead(core, file))
        return cii_fail(err, CII_DENIED,
                        "a statement is of today or of a day before, not of "
                        "%s",
                        file->header->occurred_on);
    if (is_taken(core, file, person))
        return cii_fail(err, CII_DENIED,
                        "there is a consent of this reference already, of "
                        "another person or for the same pair: give this one "
                        "a reference of its own");
    CII_TRY(inquire(&legal, &inquiry, &question, err));
    if (law_may_state(core->law, &question, &missing))
        return CII_OK;
    return cii_fail(err, CII_DENIED, "this cannot be stated: %s (%s): %s",
                    missing.name, missing.citation, missing.remedy);
}
