/* SPDX-License-Identifier: Apache-2.0 */
#include "reader/question.h"

struct listed {
    struct question *question;
    struct cii_error *err;
    enum cii_code code;
    size_t count;
    int64_t after;
    struct dossier_row dossier[PAGE];
    struct match_row match[PAGE];
};

static void
keep_dossier(void *context, const struct dossier_row *row)
{
    struct listed *listed = context;
    struct dossier_row *kept = &listed->dossier[listed->count++];
    *kept = *row;
    kept->case_ref = arena_text(listed->question->arena, row->case_ref);
    kept->counsellor = arena_text(listed->question->arena, row->counsellor);
    listed->after = row->number;
}

static enum cii_code
put_dossier(struct question *question, const struct dossier_row *row,
            struct cii_error *err)
{
    cii_auto(buffer_done) struct buffer concerned = {0};
    CII_TRY(store_concern_each(question->archive.store, row->person,
                               append_name, &concerned, err));
    rows_begin(&question->rows, "dossier");
    rows_put_number(&question->rows, "person", row->person);
    rows_put(&question->rows, "case", row->case_ref);
    rows_put(&question->rows, "counsellor", row->counsellor);
    rows_put_moment(&question->rows, "opened_at", row->opened_at);
    if (row->closed_at)
        rows_put_moment(&question->rows, "closed_at", row->closed_at);
    rows_put(&question->rows, "concerned", buffer_text(&concerned));
    return put_identity(question, "identity", row->person, err);
}

enum cii_code
ask_dossiers(struct question *question, struct cii_error *err)
{
    size_t left = 0;
    CII_TRY(question_limit(question, &left, err));
    struct listed *listed = arena_take(question->kept, sizeof *listed);
    if (!listed)
        return cii_fail(err, CII_MEMORY, "no memory for the answer");
    listed->question = question;
    do {
        const size_t most = left < PAGE ? left : PAGE;
        listed->count = 0;
        CII_TRY(store_dossier_each(question->archive.store, listed->after, most,
                                   keep_dossier, listed, err));
        for (size_t i = 0; i < listed->count; i++)
            CII_TRY(put_dossier(question, &listed->dossier[i], err));
        left -= listed->count;
        if (listed->count == PAGE && left > 0)
            CII_TRY(question_flush(question, false, err));
    } while (listed->count == PAGE && left > 0);
    return question_flush(question, true, err);
}

static void
keep_match(void *context, const struct match_row *row)
{
    struct listed *listed = context;
    struct match_row *kept = &listed->match[listed->count++];
    *kept = *row;
    kept->reason = arena_text(listed->question->arena, row->reason);
}

enum cii_code
ask_matches(struct question *question, struct cii_error *err)
{
    struct listed *listed = arena_take(question->kept, sizeof *listed);
    if (!listed)
        return cii_fail(err, CII_MEMORY, "no memory for the answer");
    listed->question = question;
    CII_TRY(store_match_each(question->archive.store, 0, PAGE, keep_match,
                             listed, err));
    for (size_t i = 0; i < listed->count; i++) {
        const struct match_row *row = &listed->match[i];
        rows_begin(&question->rows, "match");
        rows_put_number(&question->rows, "a.person", row->a);
        rows_put_number(&question->rows, "b.person", row->b);
        rows_put(&question->rows, "reason", row->reason);
        rows_put_moment(&question->rows, "at", row->at);
        CII_TRY(put_identity(question, "a", row->a, err));
        CII_TRY(put_identity(question, "b", row->b, err));
    }
    return question_flush(question, true, err);
}

enum cii_code
ask_refusals(struct question *question, struct cii_error *err)
{
    size_t limit = 0;
    CII_TRY(question_limit(question, &limit, err));
    CII_TRY(store_refusal_each(question->archive.store, NULL,
                               limit < LIST_MAX ? limit : LIST_MAX, put_refusal,
                               question, err));
    return question_flush(question, true, err);
}

static void
put_act(void *context, const struct act_row *row)
{
    struct question *question = context;
    struct rows *rows = &question->rows;
    rows_begin(rows, "act");
    rows_put_number(rows, "number", row->number);
    rows_put_moment(rows, "at", row->at);
    if (row->uid != UINT32_MAX)
        rows_put_number(rows, "uid", row->uid);
    rows_put(rows, "role", row->role);
    rows_put(rows, "user", row->user);
    rows_put(rows, "verb", row->verb);
    rows_put(rows, "subject", row->subject);
    if (row->person)
        rows_put_number(rows, "person", row->person);
    rows_put(rows, "result", row->result);
}

enum cii_code
ask_acts(struct question *question, struct cii_error *err)
{
    size_t limit = 0;
    CII_TRY(question_limit(question, &limit, err));
    CII_TRY(store_act_each(question->archive.store, 0,
                           limit < LIST_MAX ? limit : LIST_MAX, put_act,
                           question, err));
    return question_flush(question, true, err);
}

enum cii_code
ask_verify(struct question *question, struct cii_error *err)
{
    char finding[256];
    CII_TRY(
        store_verify(question->archive.store, finding, sizeof finding, err));
    rows_begin(&question->rows, "verify");
    rows_put(&question->rows, "result", finding);
    return question_flush(question, true, err);
}
