/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The letter that a task or a consent asks for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "legal/rules.h"
#include "reader/letter_facts.h"

/* Which task is met by which letter, and what that letter tells. */
static const struct form {
    const char *kind; /* also the name of the template */
    enum telling telling;
} forms[] = {
    {"inform-before", TELL_PLANNED}, {"inform-after", TELL_BOTH},
    {"inform-contact", TELL_BOTH},   {"inform-consent", TELL_BOTH},
    {"inform-month", TELL_RECEIVED},
};

static const struct form withdrawal = {"withdrawal", TELL_SENT};

static const struct form *
form_of(const char *kind)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (strcmp(forms[i].kind, kind) == 0)
            return &forms[i];
    return NULL;
}

/* --- the answer -----------------------------------------------------------*/

static const char *
lang_of(const struct question *question)
{
    const char *lang = question_argument(question, "lang");
    return lang ? lang : "fr";
}

static enum cii_code
put_letter(struct writing *writing, const struct form *form,
           struct cii_error *err)
{
    struct question *question = writing->question;
    cii_auto(buffer_done) struct buffer text = {0};
    char path[4096];
    char *data = NULL;
    size_t size = 0;
    snprintf(path, sizeof path, "%s/%s.%s.txt",
             question->reader->config->letters, form->kind, lang_of(question));
    CII_TRY(file_read(path, TEMPLATE_SIZE_MAX, false, &data, &size, err));
    const enum cii_code code =
        letter_write(&(struct letter_template){path,
                                               {(const uint8_t *)data, size}},
                     &writing->facts, &text, err);
    free(data);
    CII_TRY(code);
    rows_begin(&question->rows, "letter");
    rows_put(&question->rows, "lang", lang_of(question));
    rows_put(&question->rows, "text", buffer_text(&text));
    return question_flush(question, true, err);
}

/* --- of a task ------------------------------------------------------------*/

/* What the rule would open, which a letter sent beforehand tells. */
static enum cii_code
find_planned(struct writing *writing, const char *rule, struct cii_error *err)
{
    const struct reader *reader = writing->question->reader;
    cii_auto(law_destroy) struct law *law = NULL;
    CII_TRY(legal_load(&law, reader->config->rules, reader->catalogue,
                       reader->config->profile == PROFILE_PILOT, err));
    const int number = law_rule_find(law, rule);
    writing->planned =
        number < 0 ? UINT64_MAX : law_rule_at(law, (size_t)number).facets;
    return CII_OK;
}

/* The row is gone with the next call on the store. */
static enum cii_code
take_task(struct writing *writing, const struct task_row *row, char **rule,
          struct cii_error *err)
{
    struct arena *arena = writing->question->kept;
    char *partner = arena_text(arena, row->partner);
    char *citation = arena_text(arena, row->citation);
    *rule = arena_text(arena, row->rule);
    if (!partner || !citation || !*rule)
        return cii_fail(err, CII_MEMORY, "no memory for a letter");
    writing->partner = partner;
    writing->citation = citation;
    writing->facts.rule = *rule;
    writing->facts.partner_id = partner;
    writing->facts.partner = *partner ? writing_name(writing, partner) : "";
    writing->facts.citation = writing_citation(writing, citation);
    writing->facts.due = writing_day(writing, row->due_at);
    return CII_OK;
}

static enum cii_code
write_task(struct writing *writing, int64_t number, const struct form **form,
           struct cii_error *err)
{
    struct question *question = writing->question;
    struct task_numbers *events = NULL;
    struct task_row row;
    char *rule = NULL;
    CII_TRY(store_task_get(question->archive.store, number, &row, err));
    const int64_t person = row.person;
    *form = form_of(row.kind);
    if (!*form)
        return cii_fail(err, CII_INVALID,
                        "a task of this kind is not met by a letter");
    writing->telling = (*form)->telling;
    CII_TRY(take_task(writing, &row, &rule, err));
    if (writing->telling == TELL_PLANNED)
        CII_TRY(find_planned(writing, rule, err));
    CII_TRY(writing_head(writing, person, err));
    CII_TRY(task_numbers(question, number, &events, err));
    for (size_t i = 0; i < events->count; i++)
        CII_TRY(writing_event(writing, events->number[i], err));
    return CII_OK;
}

/* --- of a consent ---------------------------------------------------------*/

static enum cii_code
write_statements(struct writing *writing, const struct book_view *view,
                 const char *ref, bool withdrawn, size_t *count,
                 struct cii_error *err)
{
    for (size_t i = 0; i < view->count; i++)
        if (statement_is_of_consent(writing->question, view->statement[i], ref,
                                    withdrawn)) {
            CII_TRY(writing_event(writing, view->statement[i]->event, err));
            (*count)++;
        }
    return CII_OK;
}

static enum cii_code
write_consent(struct writing *writing, const char *ref,
              const struct form **form, struct cii_error *err)
{
    struct question *question = writing->question;
    cii_auto(book_destroy) struct book *book = NULL;
    struct book_view view = {0};
    size_t pairs = 0;
    size_t withdrawals = 0;
    int64_t person = 0;
    CII_TRY(consent_person(question, ref, &person, err));
    CII_TRY(question_book(question, person, &book, err));
    CII_TRY(book_all(book, person, &view, err));
    CII_TRY(writing_head(writing, person, err));
    writing->telling = TELL_SENT;
    CII_TRY(write_statements(writing, &view, ref, false, &pairs, err));
    CII_TRY(write_statements(writing, &view, ref, true, &withdrawals, err));
    *form = withdrawals ? &withdrawal : form_of("inform-consent");
    return CII_OK;
}

enum cii_code
ask_letter(struct question *question, struct cii_error *err)
{
    static const char *const languages[] = {"fr", "de", "it", NULL};
    cii_auto(writing_done) struct writing writing = {0};
    const struct form *form = NULL;
    const char *ref = question_argument(question, "consent");
    int64_t task = 0;
    CII_TRY(question_check_one_of(question, "lang", languages, err));
    CII_TRY(asked_task(question, &task, err));
    if ((task != 0) == (ref != NULL))
        return cii_fail(err, CII_INVALID,
                        "name a task by its number or a consent by its "
                        "reference");
    CII_TRY(writing_open(&writing, question, lang_of(question), err));
    if (ref)
        CII_TRY(write_consent(&writing, ref, &form, err));
    else
        CII_TRY(write_task(&writing, task, &form, err));
    return put_letter(&writing, form, err);
}
