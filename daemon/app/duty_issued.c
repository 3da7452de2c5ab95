/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "app/duty_task.h"
#include "proto/avs.h"

#define TYPE_CONSENT  "consentement"
#define TYPE_TOLD     "information-donnee"
#define TYPE_DECLINED "refus-renseignements"

static bool
is_of_type(const struct duty *duty, const char *type)
{
    return strcmp(duty->file->header->event_type, type) == 0;
}

static const char *
value_of(const struct duty *duty, const char *facet, const char *field)
{
    return case_value(duty->core->catalogue, duty->file, facet, field);
}

static bool
speaks(const struct duty *duty, size_t rule, enum institution_kind to)
{
    const struct core *core = duty->core;
    const enum institution_kind from =
        institution_kind_of(core->config->institution);
    return law_rule_speaks(core->law, rule, (int)from, (int)to,
                           duty->file->type);
}

/* Tasks are kept in clear: what could name the person stays in the event. */
static const char *
fit_for_proof(const struct duty *duty, const char *text)
{
    return text && !avs_stands_in(text) ? text : duty->id;
}

/* --- a consent ------------------------------------------------------------*/

/* The rule by which its person is told; -1: none. */
static int
rule_of_consent(const struct duty *duty)
{
    const struct law *law = duty->core->law;
    for (size_t i = 0; i < law_rule_count(law); i++)
        for (int to = 0; to < KIND_COUNT; to++)
            if (duty_says(law_rule_at(law, i).inform, "consent") &&
                speaks(duty, i, (enum institution_kind)to))
                return (int)i;
    return -1;
}

struct consent {
    const char *text; /* that was signed */
    bool told;        /* a task says so */
};

/* A consent comes as an event for each pair of institutions: signed on one
 * day, with one text, they are one to its person. */
static enum cii_code
take_in_pair(const struct duty *duty, const struct task *task, void *context,
             struct cii_error *err)
{
    struct consent *consent = context;
    const int64_t today = swiss_day(core_now(duty->core));
    if (consent->told || task->closed_at == 0 ||
        swiss_day(task->closed_at) != today ||
        strcmp(task->proof, consent->text) != 0)
        return CII_OK;
    consent->told = true;
    return store_task_add(duty->core->store, task->number, duty->event, err);
}

/* What the person signed says it all, if it says which text that was. */
static const char *
signed_text(const struct duty *duty)
{
    const char *told = value_of(duty, "consent", "toldOfRights");
    const char *text = value_of(duty, "consent", "textVersion");
    if (!duty_says(told, "yes") || !text)
        return NULL;
    return fit_for_proof(duty, text);
}

static enum cii_code
consented(const struct duty *duty, struct cii_error *err)
{
    struct core *core = duty->core;
    struct consent consent = {.text = signed_text(duty)};
    const struct task_filter filter = {.person = duty->person,
                                       .kind = KIND_INFORM_CONSENT};
    if (consent.text)
        CII_TRY(task_walk(duty, &filter, take_in_pair, &consent, err));
    if (consent.told)
        return CII_OK;
    int64_t task = 0;
    CII_TRY(task_join(duty, KIND_INFORM_CONSENT, "", rule_of_consent(duty),
                      duty_due_after(core, NULL, 0), &task, err));
    if (!consent.text)
        return CII_OK;
    return store_task_close(core->store, task, consent.text, core_now(core),
                            err);
}

/* --- the person was told --------------------------------------------------*/

static enum cii_code
told(const struct duty *duty, struct cii_error *err)
{
    const char *about = value_of(duty, "information", "toldAbout");
    const char *proof =
        fit_for_proof(duty, value_of(duty, "information", "proofRef"));
    char kind[32];
    snprintf(kind, sizeof kind, "inform-%.20s", about ? about : "");
    const struct task_filter filter = {.person = duty->person,
                                       .kind = kind,
                                       .open = true};
    return task_walk(duty, &filter, task_close, (void *)(uintptr_t)proof, err);
}

/* --- what a partner waits for ---------------------------------------------*/

static enum cii_code
close_answered(const struct duty *duty, const struct task *task, void *context,
               struct cii_error *err)
{
    const struct law *law = duty->core->law;
    const int rule = law_rule_find(law, task->rule);
    (void)context;
    if (rule < 0 || !law_rule_answered_by(law, (size_t)rule, duty->file->type))
        return CII_OK;
    return store_task_close(duty->core->store, task->number, duty->id,
                            core_now(duty->core), err);
}

static bool
may_answer(const struct duty *duty)
{
    const struct law *law = duty->core->law;
    for (size_t i = 0; i < law_rule_count(law); i++)
        if (law_rule_answered_by(law, i, duty->file->type))
            return true;
    return false;
}

static enum cii_code
answered(const struct duty *duty, struct cii_error *err)
{
    if (!may_answer(duty))
        return CII_OK;
    const struct task_filter filter = {.person = duty->person,
                                       .kind = KIND_ANSWER,
                                       .open = true};
    return task_walk(duty, &filter, close_answered, NULL, err);
}

/* --- nobody is concerned --------------------------------------------------*/

static void
see_verdict(void *context, const struct verdict_row *row)
{
    bool *judged = context;
    if (!row->arrival)
        *judged = true;
}

static bool
is_duty(const struct law *law, int rule)
{
    return rule >= 0 && law_rule_at(law, (size_t)rule).lane == LANE_DUTY &&
           law_rule_at(law, (size_t)rule).within > 0;
}

/* The duty that there would be towards an institution of this kind, if one
 * were named; -1: none. What rests on statements is not known of nobody. */
static int
duty_towards(const struct duty *duty, enum institution_kind kind)
{
    const struct core *core = duty->core;
    const struct header *header = duty->file->header;
    char to[64];
    snprintf(to, sizeof to, "%.2s.%s", core->config->institution,
             kind_name(kind));
    const struct law_question question = {
        .type = duty->file->type,
        .facets = duty->file->facets,
        .content = duty->file->by_number,
        .issuer = header->issuer,
        .discloser = core->config->institution,
        .to = to,
        .occurred_on = header->occurred_on,
        .competent = true,
        .concerned = true,
        .test = header->test,
        .now = core_now(core),
    };
    const struct judgement judgement = judge(core->law, &question);
    if (judgement.owed >= 0)
        return is_duty(core->law, judgement.owed) ? judgement.owed : -1;
    return judgement.verdict == VERDICT_TRANSMIT &&
                   is_duty(core->law, judgement.rule)
               ? judgement.rule
               : -1;
}

/* To whom it has to be sent, somebody must still say. */
static enum cii_code
owe_to_somebody(const struct duty *duty, struct cii_error *err)
{
    const struct core *core = duty->core;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        const int rule = duty_towards(duty, (enum institution_kind)kind);
        if (rule < 0)
            continue;
        int64_t task = 0;
        CII_TRY(task_join(duty, KIND_DUTY, "", rule,
                          duty_due_after(core, duty->file->header->occurred_on,
                                         duty_rule(core, rule).within),
                          &task, err));
    }
    return CII_OK;
}

static bool
may_be_duty(const struct duty *duty)
{
    const struct law *law = duty->core->law;
    for (size_t i = 0; i < law_rule_count(law); i++)
        for (int to = 0; is_duty(law, (int)i) && to < KIND_COUNT; to++)
            if (speaks(duty, i, (enum institution_kind)to))
                return true;
    return false;
}

static enum cii_code
addressed(const struct duty *duty, struct cii_error *err)
{
    bool judged = false;
    if (!may_be_duty(duty))
        return CII_OK;
    CII_TRY(store_verdict_each(duty->core->store, duty->event, NULL,
                               see_verdict, &judged, err));
    return judged ? CII_OK : owe_to_somebody(duty, err);
}

/* --- all of it ------------------------------------------------------------*/

enum cii_code
duty_issued(struct core *core, int64_t event, const struct case_file *file,
            int64_t person, struct cii_error *err)
{
    if (person == 0)
        return CII_OK;
    struct duty duty = {
        .core = core,
        .event = event,
        .file = file,
        .person = person,
        .partner = "",
    };
    event_id_print(&file->header->event_id, duty.id);
    if (is_of_type(&duty, TYPE_CONSENT))
        CII_TRY(consented(&duty, err));
    if (is_of_type(&duty, TYPE_TOLD))
        CII_TRY(told(&duty, err));
    if (is_of_type(&duty, TYPE_DECLINED))
        CII_TRY(request_answered(&duty, NULL, err));
    CII_TRY(answered(&duty, err));
    return addressed(&duty, err);
}
