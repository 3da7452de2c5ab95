/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/verbs.h"
#include "archive/person.h"
#include "archive/stored.h"
#include "proto/avs.h"
#include "proto/date.h"

#define PROOF_MAX 200 /* bytes */

/* --- the row --------------------------------------------------------------*/

static void
count_event(void *context, int64_t event)
{
    int64_t *count = context;
    (void)event;
    ++*count;
}

static void
put_day(struct rows *rows, const char *name, int64_t moment)
{
    char text[11];
    if (moment == 0)
        return;
    const struct date date = date_from_days(swiss_day(moment));
    date_print(&date, text);
    rows_put(rows, name, text);
}

/* What is stored of the person may be damaged: the task is none the less. */
static enum cii_code
put_identity(struct call *call, int64_t person, struct cii_error *err)
{
    struct core *core = call->core;
    struct content identity;
    const enum cii_code read =
        person_identity(&core->archive, person, core->turn_arena, &identity,
                        err);
    if (stored_is_damaged(read))
        return CII_OK;
    CII_TRY(read);
    for (size_t i = 0; i < identity.field_count; i++) {
        char name[96];
        snprintf(name, sizeof name, "identity.%.80s", identity.field[i].name);
        const char *kept = arena_text(core->turn_arena, name);
        rows_put(&call->rows, kept ? kept : "", identity.field[i].value);
    }
    return CII_OK;
}

static enum cii_code
put_task(struct call *call, int64_t number, struct cii_error *err)
{
    struct store *store = call->core->store;
    struct rows *rows = &call->rows;
    struct task_row task;
    int64_t events = 0;
    CII_TRY(store_task_events(store, number, count_event, &events, err));
    CII_TRY(store_task_get(store, number, &task, err));
    call->person = task.person;
    rows_begin(rows, "task");
    rows_put_number(rows, "number", task.number);
    rows_put(rows, "what", task.kind);
    if (task.person)
        rows_put_number(rows, "person", task.person);
    rows_put(rows, "partner", task.partner);
    rows_put(rows, "rule", task.rule);
    rows_put(rows, "citation", task.citation);
    rows_put_moment(rows, "opened_at", task.opened_at);
    put_day(rows, "due", task.due_at);
    rows_put_moment(rows, "late_at", task.late_at);
    rows_put_moment(rows, "closed_at", task.closed_at);
    rows_put(rows, "proof", task.proof);
    rows_put_number(rows, "events", events);
    return task.person ? put_identity(call, task.person, err) : CII_OK;
}

/* --- closing --------------------------------------------------------------*/

static enum cii_code
parse_number(const char *text, int64_t *number, struct cii_error *err)
{
    char *end = NULL;
    *number = text ? strtoll(text, &end, 10) : 0;
    if (!text || *end || *number <= 0)
        return cii_fail(err, CII_INVALID,
                        "task is the number of a task; `cii task list` shows "
                        "them");
    return CII_OK;
}

/* It is kept in clear, and shown in every list. */
static enum cii_code
check_proof(const char *proof, struct cii_error *err)
{
    if (!proof)
        return cii_fail(err, CII_INVALID,
                        "a task closes with its proof: the letter, the entry "
                        "in the file, the event");
    if (strlen(proof) > PROOF_MAX)
        return cii_fail(err, CII_INVALID, "a proof has at most %d bytes",
                        PROOF_MAX);
    if (avs_stands_in(proof))
        return cii_fail(err, CII_INVALID,
                        "a proof is kept in clear: it must not hold an AVS "
                        "number");
    return CII_OK;
}

/* Said again, it is done; with another proof, it contradicts what is known. */
static enum cii_code
closed_before(struct call *call, int64_t number, const char *proof,
              struct cii_error *err)
{
    struct task_row task;
    CII_TRY(store_task_get(call->core->store, number, &task, err));
    if (strcmp(task.proof, proof) == 0)
        return CII_OK;
    return cii_fail(err, CII_CONFLICT,
                    "task %" PRId64
                    " is closed already; its first proof stands",
                    number);
}

static enum cii_code
close_task(struct call *call, int64_t number, const char *proof,
           struct cii_error *err)
{
    struct core *core = call->core;
    const enum cii_code code =
        store_task_close(core->store, number, proof, core_now(core), err);
    if (code == CII_UNKNOWN)
        return cii_fail(err, CII_UNKNOWN,
                        "there is no task %" PRId64
                        "; `cii task list` shows them",
                        number);
    if (code == CII_DUPLICATE)
        return closed_before(call, number, proof, err);
    return code;
}

enum cii_code
answer_task_close(struct call *call, struct cii_error *err)
{
    const char *proof = call_argument(call, "proof");
    int64_t number = 0;
    CII_TRY(parse_number(call_argument(call, "task"), &number, err));
    char subject[32];
    snprintf(subject, sizeof subject, "task %" PRId64, number);
    call->subject = arena_text(call->core->turn_arena, subject);
    CII_TRY(check_proof(proof, err));
    CII_TRY(close_task(call, number, proof, err));
    return put_task(call, number, err);
}
