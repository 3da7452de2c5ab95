/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/duty_task.h"
#include "app/watch.h"
#include "base/log.h"
#include "proto/date.h"

struct overdue {
    struct task task[DUTY_TICK_TASKS];
    size_t count;
};

static void
see_overdue(void *context, const struct task_row *row)
{
    struct overdue *overdue = context;
    if (overdue->count < DUTY_TICK_TASKS)
        overdue->task[overdue->count++] = task_of(row);
}

/* --- duties ---------------------------------------------------------------*/

#define EVENTS_MAX 64 /* of one task: the verdicts of more say nothing new */

struct events {
    int64_t number[EVENTS_MAX];
    size_t count;
};

static void
see_event(void *context, int64_t event)
{
    struct events *events = context;
    if (events->count < EVENTS_MAX)
        events->number[events->count++] = event;
}

/* Why it was not sent, as was said last. */
static enum cii_code
last_verdict(struct core *core, const struct task *task, int64_t event,
             struct verdict_row *row, struct cii_error *err)
{
    const enum cii_code found =
        store_verdict_last(core->store, event, task->partner, false, row, err);
    if (found != CII_UNKNOWN)
        return found;
    *row = (struct verdict_row){.ground = GROUND_NOT_CONCERNED};
    return CII_OK;
}

static enum cii_code
add_late(struct core *core, const struct task *task, int64_t event,
         struct cii_error *err)
{
    struct verdict_row last;
    CII_TRY(last_verdict(core, task, event, &last, err));
    char missing[64];
    char day[11];
    const struct date due = date_from_days(swiss_day(task->due_at));
    date_print(&due, day);
    snprintf(missing, sizeof missing, "due %s, not sent", day);
    const struct verdict_row row = {
        .event = event,
        .partner = task->partner,
        .verdict = VERDICT_LATE,
        .ground = last.ground,
        .basis = task->basis,
        .withheld = last.withheld,
        .missing = missing,
        .at = core_now(core),
    };
    return store_verdict_add(core->store, &row, err);
}

static enum cii_code
add_verdicts(struct core *core, const struct task *task, struct cii_error *err)
{
    struct events events = {.count = 0};
    if (strcmp(task->kind, KIND_DUTY) != 0 || !task->partner[0])
        return CII_OK;
    CII_TRY(
        store_task_events(core->store, task->number, see_event, &events, err));
    for (size_t i = 0; i < events.count; i++)
        CII_TRY(add_late(core, task, events.number[i], err));
    return CII_OK;
}

/* --- the tick -------------------------------------------------------------*/

static void
tell_late(struct core *core, const struct task *task)
{
    const bool duty = strcmp(task->kind, KIND_DUTY) == 0;
    log_line(LOG_WARNING, "task late number=%" PRId64 " kind=%s rule=%s",
             task->number, task->kind, task->rule);
    watch_tell(core,
               &(struct news){.what = "alert",
                              .partner = task->partner,
                              .verdict = duty ? verdict_name(VERDICT_LATE) : "",
                              .rule = task->rule,
                              .reason = "late"});
}

enum cii_code
duty_tick(struct core *core, bool *more, struct cii_error *err)
{
    const int64_t now = core_now(core);
    const struct task_filter filter = {.due_before = now};
    struct overdue overdue = {.count = 0};
    CII_TRY(store_task_each(core->store, &filter, DUTY_TICK_TASKS, see_overdue,
                            &overdue, err));
    for (size_t i = 0; i < overdue.count; i++) {
        const struct task *task = &overdue.task[i];
        CII_TRY(store_task_late(core->store, task->number, now, err));
        CII_TRY(add_verdicts(core, task, err));
        tell_late(core, task);
    }
    *more = overdue.count == DUTY_TICK_TASKS;
    return CII_OK;
}
