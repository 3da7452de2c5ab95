/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/duty_task.h"

/*
 * Requests of one partner about one person are one task, however many there
 * are: it closes when the last of them is answered.
 */

#define TYPE_DECLINED "refus-renseignements"
#define PAGE          64

/* --- is it answered? ------------------------------------------------------*/

/* An event of ours, in reply to the request: told to who asked, or a refusal
 * to answer. */
static enum cii_code
is_answer(struct core *core, int64_t number, const struct event_id *request,
          const char *partner, bool *answered, struct cii_error *err)
{
    struct event_row row;
    CII_TRY(store_event_get(core->store, number, &row, err));
    if (!event_id_equal(&row.in_reply_to, request))
        return CII_OK;
    if (strcmp(row.type, TYPE_DECLINED) == 0) {
        *answered = true;
        return CII_OK;
    }
    struct verdict_row verdict;
    const enum cii_code found =
        store_verdict_last(core->store, number, partner, false, &verdict, err);
    if (found == CII_UNKNOWN)
        return CII_OK;
    CII_TRY(found);
    *answered = verdict.verdict == VERDICT_TRANSMIT;
    return CII_OK;
}

static enum cii_code
find_answer(const struct duty *duty, const struct event_id *request,
            const char *partner, bool *answered, struct cii_error *err)
{
    struct event_filter filter = {.person = duty->person, .direction = 1};
    int64_t number[PAGE];
    size_t count = 0;
    *answered = false;
    do {
        CII_TRY(store_event_list(duty->core->store, &filter, number, PAGE,
                                 &count, err));
        for (size_t i = 0; i < count && !*answered; i++)
            CII_TRY(is_answer(duty->core, number[i], request, partner, answered,
                              err));
        if (count > 0)
            filter.after = number[count - 1];
    } while (count == PAGE && !*answered);
    return CII_OK;
}

/* --- the tasks ------------------------------------------------------------*/

struct requests {
    int64_t event[PAGE];
    size_t count;
};

static void
see_event(void *context, int64_t event)
{
    struct requests *requests = context;
    if (requests->count < PAGE)
        requests->event[requests->count++] = event;
}

/* More than a page of requests at once: a human closes the task. */
static enum cii_code
all_answered(const struct duty *duty, const struct task *task, bool *all,
             struct cii_error *err)
{
    struct store *store = duty->core->store;
    struct requests requests = {.count = 0};
    CII_TRY(store_task_events(store, task->number, see_event, &requests, err));
    *all = requests.count < PAGE;
    for (size_t i = 0; i < requests.count && *all; i++) {
        struct event_row row;
        CII_TRY(store_event_get(store, requests.event[i], &row, err));
        const struct event_id id = row.event_id;
        if (!event_id_equal(&id, &duty->file->header->in_reply_to))
            CII_TRY(find_answer(duty, &id, task->partner, all, err));
    }
    return CII_OK;
}

static enum cii_code
close_answered(const struct duty *duty, const struct task *task, void *context,
               struct cii_error *err)
{
    const char *partner = context;
    bool all = false;
    if (partner && strcmp(task->partner, partner) != 0)
        return CII_OK;
    CII_TRY(all_answered(duty, task, &all, err));
    if (!all)
        return CII_OK;
    return store_task_close(duty->core->store, task->number, duty->id,
                            core_now(duty->core), err);
}

enum cii_code
request_answered(const struct duty *duty, const char *partner,
                 struct cii_error *err)
{
    const struct event_id *request = &duty->file->header->in_reply_to;
    if (event_id_is_zero(request))
        return CII_OK;
    struct event_row row;
    const enum cii_code found =
        store_event_find(duty->core->store, partner, request, &row, err);
    if (found == CII_UNKNOWN)
        return CII_OK;
    CII_TRY(found);
    const struct task_filter filter = {.event = row.number,
                                       .kind = KIND_REQUEST,
                                       .open = true};
    return task_walk(duty, &filter, close_answered, (void *)(uintptr_t)partner,
                     err);
}
