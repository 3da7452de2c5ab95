/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the law wants somebody to do.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "reader/question.h"

/* --- rows -----------------------------------------------------------------*/

/* Rows borrow from the store until its next call: the page keeps copies. */
struct task_page {
    struct question *question;
    size_t count;
    bool failed;
    struct task_row task[PAGE];
};

static void
keep_task(void *context, const struct task_row *row)
{
    struct task_page *page = context;
    struct arena *arena = page->question->arena;
    struct task_row *kept = &page->task[page->count++];
    *kept = *row;
    kept->kind = arena_text(arena, row->kind);
    kept->partner = arena_text(arena, row->partner);
    kept->rule = arena_text(arena, row->rule);
    kept->citation = arena_text(arena, row->citation);
    kept->proof = arena_text(arena, row->proof);
    page->failed = page->failed || !kept->kind || !kept->partner ||
                   !kept->rule || !kept->citation || !kept->proof;
}

static void
count_event(void *context, int64_t event)
{
    (void)event;
    ++*(int64_t *)context;
}

static enum cii_code
put_task(struct question *question, const struct task_row *task,
         struct cii_error *err)
{
    struct rows *rows = &question->rows;
    int64_t events = 0;
    CII_TRY(store_task_events(question->archive.store, task->number,
                              count_event, &events, err));
    rows_begin(rows, "task");
    rows_put_number(rows, "number", task->number);
    rows_put(rows, "what", task->kind);
    if (task->person)
        rows_put_number(rows, "person", task->person);
    rows_put(rows, "partner", task->partner);
    rows_put(rows, "rule", task->rule);
    rows_put(rows, "citation", task->citation);
    rows_put_moment(rows, "opened_at", task->opened_at);
    put_day(rows, "due", task->due_at);
    rows_put_moment(rows, "late_at", task->late_at);
    rows_put_moment(rows, "closed_at", task->closed_at);
    rows_put(rows, "proof", task->proof);
    rows_put_number(rows, "events", events);
    return task->person ? put_identity(question, "identity", task->person, err)
                        : CII_OK;
}

/* --- one task -------------------------------------------------------------*/

enum cii_code
asked_task(const struct question *question, int64_t *number,
           struct cii_error *err)
{
    const char *text = question_argument(question, "task");
    char *end = NULL;
    *number = 0;
    if (!text)
        return CII_OK;
    *number = strtoll(text, &end, 10);
    if (end == text || *end || *number <= 0)
        return cii_fail(err, CII_INVALID, "task is the number of a task");
    return CII_OK;
}

static void
keep_event(void *context, int64_t event)
{
    struct task_numbers *list = context;
    if (list->count < TASK_EVENTS_MAX)
        list->number[list->count] = event;
    list->count++;
}

enum cii_code
task_numbers(struct question *question, int64_t task,
             struct task_numbers **result, struct cii_error *err)
{
    struct task_numbers *list = arena_take(question->kept, sizeof *list);
    if (!list)
        return cii_fail(err, CII_MEMORY, "no memory for the answer");
    CII_TRY(store_task_events(question->archive.store, task, keep_event, list,
                              err));
    if (list->count > TASK_EVENTS_MAX)
        return cii_fail(err, CII_TOO_LARGE,
                        "the task is about too many events");
    *result = list;
    return CII_OK;
}

static enum cii_code
put_task_event(struct question *question, int64_t task, int64_t number,
               struct cii_error *err)
{
    struct stored_event stored;
    struct rows *rows = &question->rows;
    cii_auto(buffer_done) struct buffer facets = {0};
    const enum cii_code code =
        stored_get(&question->archive, number, question->arena, &stored, err);
    if (stored_is_damaged(code))
        return CII_OK;
    CII_TRY(code);
    for (size_t i = 0; i < stored.event.facet_count; i++)
        append_name(&facets, stored.event.facet[i].kind);
    rows_begin(rows, "task_event");
    rows_put_number(rows, "task", task);
    put_id(rows, "event", &stored.event.header.event_id);
    rows_put(rows, "type", stored.event.header.event_type);
    rows_put(rows, "occurred_on", stored.event.header.occurred_on);
    rows_put(rows, "facets", buffer_text(&facets));
    return CII_OK;
}

static enum cii_code
put_one_task(struct question *question, int64_t number, struct cii_error *err)
{
    struct task_page *page = arena_take(question->kept, sizeof *page);
    struct task_numbers *events = NULL;
    struct task_row row;
    if (!page)
        return cii_fail(err, CII_MEMORY, "no memory for the answer");
    page->question = question;
    CII_TRY(store_task_get(question->archive.store, number, &row, err));
    keep_task(page, &row);
    if (page->failed)
        return cii_fail(err, CII_MEMORY, "no memory for the answer");
    CII_TRY(put_task(question, &page->task[0], err));
    CII_TRY(task_numbers(question, number, &events, err));
    assert(events);
    for (size_t i = 0; i < events->count; i++) {
        CII_TRY(put_task_event(question, number, events->number[i], err));
        if (question->rows.count % PAGE == 0)
            CII_TRY(question_flush(question, false, err));
    }
    return question_flush(question, true, err);
}

/* --- lists ----------------------------------------------------------------*/

static enum cii_code
put_tasks(struct question *question, struct task_filter filter,
          struct cii_error *err)
{
    struct task_page *page = arena_take(question->kept, sizeof *page);
    if (!page)
        return cii_fail(err, CII_MEMORY, "no memory for the answer");
    page->question = question;
    do {
        page->count = 0;
        CII_TRY(store_task_each(question->archive.store, &filter, PAGE,
                                keep_task, page, err));
        if (page->failed)
            return cii_fail(err, CII_MEMORY, "no memory for the answer");
        for (size_t i = 0; i < page->count; i++)
            CII_TRY(put_task(question, &page->task[i], err));
        if (page->count > 0)
            filter.after = page->task[page->count - 1].number;
        CII_TRY(question_flush(question, page->count < PAGE, err));
    } while (page->count == PAGE);
    return CII_OK;
}

enum cii_code
ask_tasks(struct question *question, struct cii_error *err)
{
    static const char *const yes[] = {"yes", NULL};
    static const char *const kinds[] = {"inform-before",  "inform-after",
                                        "inform-contact", "inform-consent",
                                        "inform-month",   "answer",
                                        "duty",           "request",
                                        "again",          NULL};
    struct task_filter filter = {0};
    int64_t number = 0;
    CII_TRY(question_check_one_of(question, "all", yes, err));
    CII_TRY(question_check_one_of(question, "late", yes, err));
    CII_TRY(question_check_one_of(question, "kind", kinds, err));
    CII_TRY(asked_task(question, &number, err));
    if (number)
        return put_one_task(question, number, err);
    const enum cii_code code = asked_person(question, &filter.person, err);
    if (code == CII_UNKNOWN)
        return question_flush(question, true, err); /* nobody: no rows */
    CII_TRY(code);
    filter.kind = question_argument(question, "kind");
    filter.late = question_is(question, "late", "yes");
    filter.open = !question_is(question, "all", "yes");
    return put_tasks(question, filter, err);
}
