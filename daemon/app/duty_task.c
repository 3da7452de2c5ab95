/* SPDX-License-Identifier: Apache-2.0 */
#include "app/duty_task.h"

#include <stdio.h>
#include <string.h>

#include "proto/date.h"

#define PAGE 64

bool
duty_says(const char *text, const char *word)
{
    return text && strcmp(text, word) == 0;
}

struct law_rule_view
duty_rule(const struct core *core, int rule)
{
    return law_rule_at(core->law, (size_t)rule);
}

/* --- by which day ---------------------------------------------------------*/

int64_t
duty_due_after(const struct core *core, const char *from, unsigned int days)
{
    struct date date;
    const bool dated = from && date_parse(&date, from, NULL) == CII_OK;
    const int64_t first =
        dated ? date_to_days(&date) : swiss_day(core_now(core));
    return swiss_day_end(first + days);
}

int64_t
duty_due_in_a_month(const struct core *core)
{
    const struct date today = date_from_days(swiss_day(core_now(core)));
    const struct date next = {
        .year = today.month == 12 ? today.year + 1 : today.year,
        .month = today.month % 12 + 1,
        .day = 1,
    };
    const struct date behind = {
        .year = next.month == 12 ? next.year + 1 : next.year,
        .month = next.month % 12 + 1,
        .day = 1,
    };
    const int64_t first = date_to_days(&next);
    const int64_t last = date_to_days(&behind) - 1;
    const int64_t same = first + today.day - 1;
    return swiss_day_end(same < last ? same : last);
}

/* --- opening --------------------------------------------------------------*/

static enum cii_code
basis_of(struct core *core, int rule, int64_t *basis, struct cii_error *err)
{
    *basis = 0;
    if (rule < 0)
        return CII_OK;
    const struct law_rule_view view = duty_rule(core, rule);
    return store_basis(core->store, view.id, view.citation,
                       lane_name(view.lane), basis, err);
}

enum cii_code
task_join(const struct duty *duty, const char *kind, const char *partner,
          int rule, int64_t due_at, int64_t *task, struct cii_error *err)
{
    struct core *core = duty->core;
    struct task_row row = {
        .kind = kind,
        .person = duty->person,
        .partner = partner,
        .opened_at = core_now(core),
        .due_at = due_at,
    };
    CII_TRY(basis_of(core, rule, &row.basis, err));
    const enum cii_code opened = store_task_open(core->store, &row, err);
    if (opened != CII_DUPLICATE)
        CII_TRY(opened);
    *task = row.number;
    return store_task_add(core->store, row.number, duty->event, err);
}

/* --- walking --------------------------------------------------------------*/

struct task
task_of(const struct task_row *row)
{
    struct task task = {
        .number = row->number,
        .basis = row->basis,
        .due_at = row->due_at,
        .closed_at = row->closed_at,
    };
    snprintf(task.kind, sizeof task.kind, "%s", row->kind);
    snprintf(task.partner, sizeof task.partner, "%s",
             row->partner ? row->partner : "");
    snprintf(task.rule, sizeof task.rule, "%s", row->rule ? row->rule : "");
    snprintf(task.proof, sizeof task.proof, "%s", row->proof ? row->proof : "");
    return task;
}

struct page {
    struct task task[PAGE];
    size_t count;
};

static void
see_task(void *context, const struct task_row *row)
{
    struct page *page = context;
    if (page->count < PAGE)
        page->task[page->count++] = task_of(row);
}

/* The rows of a page are copied first: what is done to one would end the walk
 * over the others. */
enum cii_code
task_walk(const struct duty *duty, const struct task_filter *filter,
          task_seen *seen, void *context, struct cii_error *err)
{
    struct task_filter from = *filter;
    struct page page;
    do {
        page.count = 0;
        CII_TRY(store_task_each(duty->core->store, &from, PAGE, see_task, &page,
                                err));
        for (size_t i = 0; i < page.count; i++)
            CII_TRY(seen(duty, &page.task[i], context, err));
        if (page.count > 0)
            from.after = page.task[page.count - 1].number;
    } while (page.count == PAGE);
    return CII_OK;
}

/* --- closing --------------------------------------------------------------*/

enum cii_code
task_close(const struct duty *duty, const struct task *task, void *context,
           struct cii_error *err)
{
    struct core *core = duty->core;
    const char *proof = context;
    return store_task_close(core->store, task->number, proof, core_now(core),
                            err);
}

/* --- once -----------------------------------------------------------------*/

struct asked {
    const char *partner;
    const char *rule;
    bool done;
};

static enum cii_code
match_done(const struct duty *duty, const struct task *task, void *context,
           struct cii_error *err)
{
    struct asked *asked = context;
    (void)duty;
    (void)err;
    if (task->closed_at != 0 && strcmp(task->partner, asked->partner) == 0 &&
        strcmp(task->rule, asked->rule) == 0)
        asked->done = true;
    return CII_OK;
}

enum cii_code
task_join_once(const struct duty *duty, const char *kind, const char *partner,
               int rule, int64_t due_at, struct cii_error *err)
{
    const struct task_filter filter = {.event = duty->event, .kind = kind};
    struct asked asked = {.partner = partner,
                          .rule = duty_rule(duty->core, rule).id};
    int64_t task = 0;
    CII_TRY(task_walk(duty, &filter, match_done, &asked, err));
    if (asked.done)
        return CII_OK;
    return task_join(duty, kind, partner, rule, due_at, &task, err);
}
