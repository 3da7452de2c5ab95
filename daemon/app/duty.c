/* SPDX-License-Identifier: Apache-2.0 */
#include "app/duty.h"

#include <string.h>

#include "app/duty_task.h"
#include "proto/date.h"

/* LACI 85f al. 4 and LAI 68bis al. 4 say "subséquemment" and LAI 6a al. 2
 * nothing: neither gives a number of days. The month of LPD 19 al. 5 is the
 * measure for everything that is told to a person, in days. */
#define INFORM_DAYS 30

static struct duty
duty_of(struct core *core, int64_t event, const struct case_file *file,
        int64_t person, const char *partner, const struct judgement *judgement)
{
    struct duty duty = {
        .core = core,
        .event = event,
        .file = file,
        .person = person,
        .partner = partner,
        .judgement = judgement,
    };
    event_id_print(&file->header->event_id, duty.id);
    return duty;
}

/* --- duties to send -------------------------------------------------------*/

static enum cii_code
owe(const struct duty *duty, int rule, struct cii_error *err)
{
    const unsigned int within = duty_rule(duty->core, rule).within;
    const int64_t due =
        within ? duty_due_after(duty->core, duty->file->header->occurred_on,
                                within)
               : 0;
    return task_join_once(duty, KIND_DUTY, duty->partner, rule, due, err);
}

struct meeting {
    struct law_rule_view rule;
    bool known; /* a task has asked for it */
};

/* For this partner, or opened when it was not yet known for whom. */
static enum cii_code
meet_task(const struct duty *duty, const struct task *task, void *context,
          struct cii_error *err)
{
    struct meeting *meeting = context;
    struct core *core = duty->core;
    if (strcmp(task->rule, meeting->rule.id) != 0 ||
        (task->partner[0] && strcmp(task->partner, duty->partner) != 0))
        return CII_OK;
    meeting->known = true;
    if (task->closed_at != 0)
        return CII_OK;
    if (task->due_at != 0 && task->due_at < core_now(core))
        CII_TRY(
            store_task_late(core->store, task->number, core_now(core), err));
    return store_task_close(core->store, task->number, duty->id, core_now(core),
                            err);
}

/* Met, but later than the law allows: that stays on record. */
static enum cii_code
meet_late(const struct duty *duty, int rule, struct cii_error *err)
{
    struct core *core = duty->core;
    const struct law_rule_view view = duty_rule(core, rule);
    const int64_t due =
        duty_due_after(core, duty->file->header->occurred_on, view.within);
    if (view.within == 0 || due >= core_now(core))
        return CII_OK;
    int64_t task = 0;
    CII_TRY(task_join(duty, KIND_DUTY, duty->partner, rule, due, &task, err));
    CII_TRY(store_task_late(core->store, task, core_now(core), err));
    return store_task_close(core->store, task, duty->id, core_now(core), err);
}

static enum cii_code
meet(const struct duty *duty, int rule, struct cii_error *err)
{
    struct meeting meeting = {.rule = duty_rule(duty->core, rule)};
    const struct task_filter open = {.person = duty->person,
                                     .kind = KIND_DUTY,
                                     .open = true};
    const struct task_filter earlier = {.event = duty->event,
                                        .kind = KIND_DUTY};
    CII_TRY(task_walk(duty, &open, meet_task, &meeting, err));
    CII_TRY(task_walk(duty, &earlier, meet_task, &meeting, err));
    return meeting.known ? CII_OK : meet_late(duty, rule, err);
}

/* --- sending --------------------------------------------------------------*/

/* Tasks of the rule in hand, and of no other. */
static enum cii_code
close_of_rule(const struct duty *duty, const struct task *task, void *context,
              struct cii_error *err)
{
    const char *rule = context;
    if (strcmp(task->rule, rule) != 0)
        return CII_OK;
    return store_task_close(duty->core->store, task->number, duty->id,
                            core_now(duty->core), err);
}

static enum cii_code
close_before(const struct duty *duty, const char *rule, struct cii_error *err)
{
    const struct task_filter filter = {.person = duty->person,
                                       .kind = KIND_INFORM_BEFORE,
                                       .open = true};
    return task_walk(duty, &filter, close_of_rule, (void *)(uintptr_t)rule,
                     err);
}

/* One letter tells of everything that went under a rule, to whomever. */
static enum cii_code
inform_after(const struct duty *duty, int rule, struct cii_error *err)
{
    int64_t task = 0;
    return task_join(duty, KIND_INFORM_AFTER, "", rule,
                     duty_due_after(duty->core, NULL, INFORM_DAYS), &task, err);
}

static enum cii_code
transmitted(const struct duty *duty, int rule, struct cii_error *err)
{
    const struct law_rule_view view = duty_rule(duty->core, rule);
    if (duty_says(view.inform, "after"))
        CII_TRY(inform_after(duty, rule, err));
    if (duty_says(view.inform, "before"))
        CII_TRY(close_before(duty, view.id, err));
    if (view.lane == LANE_DUTY)
        CII_TRY(meet(duty, rule, err));
    return request_answered(duty, duty->partner, err);
}

/* Is nothing else missing for the rule of this finding? */
static bool
lacks_telling_alone(const struct duty *duty, const struct law_finding *finding)
{
    const struct law *law = duty->core->law;
    const struct judgement *judgement = duty->judgement;
    if (!duty_says(law_rule_at(law, finding->rule).inform, "before") ||
        !duty_says(law_rule_need(law, finding->rule, finding->need, &(int){0}),
                   NEED_TOLD_BEFOREHAND))
        return false;
    for (size_t i = 0; i < judgement->finding_count; i++)
        if (&judgement->finding[i] != finding &&
            judgement->finding[i].rule == finding->rule)
            return false;
    return judgement->finding_count < LAW_FINDINGS_MAX;
}

static enum cii_code
refused(const struct duty *duty, struct cii_error *err)
{
    const struct judgement *judgement = duty->judgement;
    for (size_t i = 0; i < judgement->finding_count; i++)
        if (lacks_telling_alone(duty, &judgement->finding[i]))
            CII_TRY(task_join_once(duty, KIND_INFORM_BEFORE, "",
                                   judgement->finding[i].rule, 0, err));
    return CII_OK;
}

enum cii_code
duty_told(struct core *core, int64_t event, const struct case_file *file,
          int64_t person, const char *partner,
          const struct judgement *judgement, struct cii_error *err)
{
    if (person == 0)
        return CII_OK;
    const struct duty duty =
        duty_of(core, event, file, person, partner, judgement);
    if (judgement->verdict == VERDICT_TRANSMIT && judgement->rule >= 0)
        CII_TRY(transmitted(&duty, judgement->rule, err));
    if (judgement->verdict == VERDICT_REFUSE)
        CII_TRY(refused(&duty, err));
    return judgement->owed >= 0 ? owe(&duty, judgement->owed, err) : CII_OK;
}

/* --- arrival --------------------------------------------------------------*/

static enum cii_code
asked(const struct duty *duty, int rule, struct cii_error *err)
{
    const struct core *core = duty->core;
    int64_t task = 0;
    return task_join(duty, KIND_REQUEST, duty->partner, rule,
                     duty_due_after(core,
                                    case_value(core->catalogue, duty->file,
                                               "request", "answerBy"),
                                    0),
                     &task, err);
}

static enum cii_code
arrived(const struct duty *duty, int rule, struct cii_error *err)
{
    const struct core *core = duty->core;
    const struct law_rule_view view = duty_rule(core, rule);
    int64_t task = 0;
    if (duty_says(view.inform, "month"))
        CII_TRY(task_join(duty, KIND_INFORM_MONTH, "", rule,
                          duty_due_in_a_month(core), &task, err));
    if (duty_says(view.inform, "contact"))
        CII_TRY(task_join(duty, KIND_INFORM_CONTACT, "", rule,
                          duty_due_after(core, NULL, INFORM_DAYS), &task, err));
    if (view.answer_within > 0)
        CII_TRY(task_join(duty, KIND_ANSWER, duty->partner, rule,
                          duty_due_after(core, NULL, view.answer_within), &task,
                          err));
    if (strcmp(duty->file->header->event_type, TYPE_REQUEST) == 0)
        CII_TRY(asked(duty, rule, err));
    return CII_OK;
}

enum cii_code
duty_arrived(struct core *core, int64_t event, const struct case_file *file,
             int64_t person, const char *partner,
             const struct judgement *judgement, struct cii_error *err)
{
    if (person == 0 || judgement->rule < 0)
        return CII_OK;
    const struct duty duty =
        duty_of(core, event, file, person, partner, judgement);
    return arrived(&duty, judgement->rule, err);
}
