/* SPDX-License-Identifier: Apache-2.0 */
#include "jurist/coverage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jurist/words.h"

enum cii_code
coverage_init(struct coverage *coverage, const struct law *law,
              struct cii_error *err)
{
    coverage->rule_count = law_rule_count(law);
    coverage->rule = calloc(coverage->rule_count + 1, sizeof *coverage->rule);
    return coverage->rule ? CII_OK : cii_fail(err, CII_MEMORY, "no memory");
}

void
coverage_done(struct coverage *coverage)
{
    free(coverage->rule);
    coverage->rule = NULL;
}

/* --- what a case shows ---------------------------------------------------- */

/* "rule R29 is switched off", as the explanation has it. */
static bool
is_said_to_be_off(struct trial *trial, const char *id)
{
    char words[128];

    snprintf(words, sizeof words, "rule %s is switched off", id);
    return strstr(buffer_text(&trial->explanation), words);
}

static bool
shows_refusal(struct trial *trial, const struct law_rule_view *rule)
{
    const struct judgement *judgement = &trial->judgement;

    if (judgement->verdict != VERDICT_REFUSE)
        return false;
    if (rule->denies)
        return judgement->ground == GROUND_DENIED &&
               judgement->rule == trial->rule;
    if (rule->lane == LANE_COUNT)
        return is_said_to_be_off(trial, rule->id);
    return trial_reached_rule(trial);
}

void
coverage_note(struct coverage *coverage, struct trial *trial)
{
    if (trial->rule < 0 || !trial_is_right(trial))
        return;
    struct shown *shown = &coverage->rule[trial->rule];
    const struct law_rule_view rule =
        law_rule_at(trial->law, (size_t)trial->rule);
    const int need = trial_lone_need(trial);

    if (trial->judgement.verdict == VERDICT_TRANSMIT)
        shown->transmits |= trial->judgement.rule == trial->rule;
    if (shows_refusal(trial, &rule))
        shown->refuses = true;
    if (trial->judgement.verdict == VERDICT_REFUSE &&
        trial->scene->whole.text.fails && need >= 0 &&
        need < COVERAGE_NEEDS_MAX)
        shown->needs |= UINT32_C(1) << need;
}

/* --- what none shows ------------------------------------------------------ */

struct report {
    const struct law *law;
    void (*say)(void *context, const struct law_rule_view *rule,
                const char *what);
    void *context;
    size_t count;
};

static void
miss(struct report *report, const struct law_rule_view *rule, const char *what)
{
    report->say(report->context, rule, what);
    report->count++;
}

static bool
gives_back(const struct law *law, size_t number)
{
    int predicate = -1;
    const char *need = law_rule_need(law, number, 0, &predicate);

    return need && !strcmp(need, NEED_RETURN);
}

/* Alone, only the basis can fail that a rule waits for. */
static bool
can_fail_alone(const struct law *law, size_t number, int predicate)
{
    return !law_rule_waits(law, number) ||
           (predicate >= 0 &&
            law_predicate_at(law, (size_t)predicate).of_basis);
}

static void
look_at_needs(struct report *report, const struct shown *shown, size_t number,
              const struct law_rule_view *rule)
{
    char what[160];
    int predicate = -1;

    for (size_t i = 0; i < COVERAGE_NEEDS_MAX; i++) {
        const char *need = law_rule_need(report->law, number, i, &predicate);
        if (!need)
            return;
        if (shown->needs >> i & 1 ||
            !can_fail_alone(report->law, number, predicate))
            continue;
        snprintf(what, sizeof what, "no case in which %s alone fails", need);
        miss(report, rule, what);
    }
}

static void
look_at_rule(struct report *report, const struct shown *shown, size_t number)
{
    const struct law_rule_view rule = law_rule_at(report->law, number);

    if (gives_back(report->law, number))
        return;
    if (rule.lane != LANE_COUNT && !shown->transmits &&
        !law_rule_waits(report->law, number))
        miss(report, &rule, "no case that it lets through");
    if (!shown->refuses && !law_rule_is_certain(report->law, number))
        miss(report, &rule,
             rule.denies               ? "no case that it denies"
             : rule.lane == LANE_COUNT ? "no case that it would be about"
                                       : "no case that it refuses");
    if (rule.lane != LANE_COUNT)
        look_at_needs(report, shown, number, &rule);
}

size_t
coverage_missing(const struct coverage *coverage, const struct law *law,
                 void (*say)(void *context, const struct law_rule_view *rule,
                             const char *what),
                 void *context)
{
    struct report report = {.law = law, .say = say, .context = context};

    for (size_t i = 0; i < coverage->rule_count; i++)
        look_at_rule(&report, &coverage->rule[i], i);
    return report.count;
}
