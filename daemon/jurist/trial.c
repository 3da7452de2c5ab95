/* SPDX-License-Identifier: Apache-2.0 */
#include "jurist/trial.h"

#include <string.h>

#define NAMES_TEXT 512

void
trial_done(struct trial *trial)
{
    buffer_done(&trial->explanation);
    buffer_done(&trial->wrong);
}

static const struct case_text *
text_of(const struct trial *trial)
{
    return &trial->scene->whole.text;
}

static enum cii_code
fail_case(const struct trial *trial, const char *what, const char *name,
          const char *near, struct cii_error *err)
{
    return cii_fail(err, CII_CONFIG, "%s:%d: '%s' is no %s%s%s%s",
                    trial->scene->whole.table->path, text_of(trial)->line, name,
                    what, near ? "; did you mean '" : "", near ? near : "",
                    near ? "'?" : "");
}

/* --- what the case names -------------------------------------------------- */

static const char *
rule_id(const void *context, size_t i)
{
    return law_rule_at(context, i).id;
}

static const char *
need_name(const struct trial *trial, size_t nth)
{
    int predicate = -1;

    return law_rule_need(trial->law, (size_t)trial->rule, nth, &predicate);
}

static int
need_find(const struct trial *trial, const char *name)
{
    for (int i = 0; trial->rule >= 0; i++) {
        const char *need = need_name(trial, (size_t)i);
        if (!need)
            break;
        if (!strcmp(need, name))
            return i;
    }
    return -1;
}

static enum cii_code
check_ground(const struct trial *trial, struct cii_error *err)
{
    const char *ground = text_of(trial)->ground;

    if (!ground)
        return CII_OK;
    for (int i = 0; i < GROUND_COUNT; i++)
        if (!strcmp(ground, ground_name((enum ground)i)))
            return CII_OK;
    return fail_case(trial, "ground (see cii-rules(5))", ground, NULL, err);
}

/* A case about a rule that never speaks of it would show nothing. */
static enum cii_code
check_rule(struct trial *trial, struct cii_error *err)
{
    const struct law *law = trial->law;
    const struct law_question *question = &trial->scene->question;
    const struct case_text *text = text_of(trial);

    trial->rule = text->rule ? law_rule_find(law, text->rule) : -1;
    if (text->rule && trial->rule < 0)
        return fail_case(trial, "rule", text->rule,
                         nearest_name(text->rule, law_rule_count(law), rule_id,
                                      law),
                         err);
    const enum institution_kind from = institution_kind_of(question->discloser);
    const enum institution_kind to = institution_kind_of(question->to);
    if (trial->rule >= 0 &&
        !law_rule_speaks(law, (size_t)trial->rule, (int)from, (int)to,
                         question->type))
        return cii_fail(err, CII_CONFIG,
                        "%s:%d: rule %s does not speak of %s from %s to %s",
                        trial->scene->whole.table->path, text->line, text->rule,
                        text->event, question->discloser, question->to);
    if (text->fails && need_find(trial, text->fails) < 0)
        return fail_case(trial, "need of that rule", text->fails, NULL, err);
    return check_ground(trial, err);
}

/* --- what is compared ----------------------------------------------------- */

bool
trial_reached_rule(const struct trial *trial)
{
    const struct judgement *judgement = &trial->judgement;

    if (trial->rule < 0)
        return false;
    for (size_t i = 0; i < judgement->finding_count; i++)
        if (judgement->finding[i].rule == trial->rule)
            return true;
    return judgement->rule == trial->rule;
}

int
trial_lone_need(const struct trial *trial)
{
    const struct judgement *judgement = &trial->judgement;
    int need = -1;

    for (size_t i = 0; i < judgement->finding_count; i++) {
        if (judgement->finding[i].rule != trial->rule)
            continue;
        if (need >= 0)
            return -1;
        need = judgement->finding[i].need;
    }
    return need;
}

static void
differs(struct trial *trial, const char *what, const char *expected,
        const char *got)
{
    buffer_append_format(&trial->wrong, "%s%s: expected %s, got %s",
                         trial->wrong.size ? "; " : "", what,
                         *expected ? expected : "nothing",
                         *got ? got : "nothing");
}

static void
compare_verdict(struct trial *trial)
{
    const struct case_text *text = text_of(trial);
    const char *verdict = verdict_name(trial->judgement.verdict);
    const char *ground = ground_name(trial->judgement.ground);

    if (strcmp(text->expect, verdict) != 0)
        differs(trial, "verdict", text->expect, verdict);
    if (text->ground && strcmp(text->ground, ground) != 0)
        differs(trial, "ground", text->ground, ground);
}

/* Whoever carries or denies it must be the rule that the case is about. */
static void
compare_rule(struct trial *trial)
{
    const struct judgement *judgement = &trial->judgement;
    const bool decides = judgement->ground == GROUND_RULE ||
                         judgement->ground == GROUND_DENIED ||
                         judgement->ground == GROUND_STOPPED ||
                         judgement->ground == GROUND_WIDER ||
                         judgement->ground == GROUND_UNCHECKED;

    if (trial->rule >= 0 && decides && judgement->rule != trial->rule)
        differs(trial, "rule", text_of(trial)->rule,
                judgement->rule < 0
                    ? ""
                    : law_rule_at(trial->law, (size_t)judgement->rule).id);
}

static enum cii_code
compare_facets(struct trial *trial, struct cii_error *err)
{
    const struct catalogue *catalogue = trial->scene->catalogue;
    char **opens = text_of(trial)->opens;
    char expected[NAMES_TEXT];
    char got[NAMES_TEXT];
    uint64_t wanted = 0;

    for (size_t i = 0; opens && opens[i]; i++) {
        const int facet = catalogue_facet(catalogue, opens[i]);
        if (facet < 0)
            return fail_case(trial, "facet", opens[i],
                             catalogue_nearest_facet(catalogue, opens[i]), err);
        wanted |= UINT64_C(1) << facet;
    }
    facet_set_print(catalogue, wanted, expected, sizeof expected);
    facet_set_print(catalogue, trial->judgement.facets, got, sizeof got);
    if (opens && wanted != trial->judgement.facets)
        differs(trial, "opens", expected, got);
    return CII_OK;
}

static void
append_failed_needs(const struct trial *trial, struct buffer *text)
{
    const struct judgement *judgement = &trial->judgement;

    for (size_t i = 0; i < judgement->finding_count; i++)
        if (judgement->finding[i].rule == trial->rule)
            buffer_append_format(text, "%s%s", text->size ? ", " : "",
                                 need_name(trial, judgement->finding[i].need));
}

static void
compare_fails(struct trial *trial)
{
    const char *fails = text_of(trial)->fails;
    cii_auto(buffer_done) struct buffer names = {0};

    if (!fails)
        return;
    append_failed_needs(trial, &names);
    if (strcmp(buffer_text(&names), fails) != 0)
        differs(trial, "fails", fails, buffer_text(&names));
}

static void
compare_why(struct trial *trial)
{
    const char *why = text_of(trial)->why;

    if (why && !strstr(buffer_text(&trial->explanation), why))
        differs(trial, "why", why, "an explanation without these words");
}

/* --- what is said of it --------------------------------------------------- */

static void
append_relied(const struct trial *trial, struct buffer *text)
{
    const struct judgement *judgement = &trial->judgement;
    const struct scene *scene = trial->scene;

    for (size_t i = 0; i < judgement->relied_count; i++)
        for (size_t j = 0; j < scene->given_count; j++)
            if (judgement->relied[i] == &scene->given[j])
                buffer_append_format(text, "%s%s", i ? ", " : "; it rests on ",
                                     scene->given_name[j]);
}

/* A verdict that lets it go has no missing part to name: name what carries
 * it. */
static void
explain_transmission(struct trial *trial)
{
    struct buffer *text = &trial->explanation;
    int predicate = -1;

    if (trial->judgement.rule < 0)
        return;
    const size_t number = (size_t)trial->judgement.rule;
    const struct law_rule_view rule = law_rule_at(trial->law, number);
    buffer_append_format(text, "%s: %s (%s) carries it", lane_name(rule.lane),
                         rule.id, rule.citation);
    for (size_t i = 0;; i++) {
        const char *need = law_rule_need(trial->law, number, i, &predicate);
        if (!need)
            break;
        buffer_append_format(text, "%s%s",
                             i ? ", " : "; its needs hold: ", need);
    }
    append_relied(trial, text);
    buffer_append_text(text, ".");
}

static void
explain(struct trial *trial)
{
    if (trial->judgement.verdict == VERDICT_TRANSMIT)
        explain_transmission(trial);
    else
        judgement_missing(trial->law, &trial->judgement,
                          &trial->scene->question, &trial->explanation);
}

void
trial_print_answer(const struct trial *trial, struct buffer *text)
{
    const struct judgement *judgement = &trial->judgement;
    char facets[NAMES_TEXT];

    facet_set_print(trial->scene->catalogue, judgement->facets, facets,
                    sizeof facets);
    if (judgement->verdict == VERDICT_TRANSMIT)
        buffer_append_format(text, "transmit %s", *facets ? facets : "nothing");
    else
        buffer_append_format(text, "%s (%s)", verdict_name(judgement->verdict),
                             ground_name(judgement->ground));
}

static void
append_where(const struct law_question *question, struct buffer *text)
{
    if (question->occurred_on)
        buffer_append_format(text, " of %s", question->occurred_on);
    if (question->case_ref)
        buffer_append_format(text, ", case %s", question->case_ref);
    if (strcmp(question->issuer, question->discloser) != 0)
        buffer_append_format(text, ", issued by %s", question->issuer);
    if (question->arrival)
        buffer_append_text(text, ", on arrival");
    if (!question->concerned)
        buffer_append_text(text, ", which the person does not concern");
}

void
trial_print_case(struct trial *trial, struct buffer *text)
{
    const struct law_question *question = &trial->scene->question;
    const struct scene *scene = trial->scene;

    buffer_append_format(text, "%s tells %s of %s", question->discloser,
                         question->to,
                         scene->catalogue->type[question->type].name);
    append_where(question, text);
    for (size_t i = 0; i < scene->given_count; i++)
        buffer_append_format(text, "%s%s%s",
                             i ? ", " : "; known: ", scene->given_name[i],
                             scene->given[i].ended ? " (ended)" : "");
    buffer_append_text(text, ": ");
    trial_print_answer(trial, text);
    buffer_append_format(text, ". %s", buffer_text(&trial->explanation));
}

/* --- the whole ------------------------------------------------------------ */

bool
trial_is_right(const struct trial *trial)
{
    return trial->wrong.size == 0;
}

enum cii_code
trial_hold(struct trial *trial, const struct law *law,
           const struct scene *scene, struct cii_error *err)
{
    buffer_clear(&trial->explanation);
    buffer_clear(&trial->wrong);
    trial->law = law;
    trial->scene = scene;
    CII_TRY(check_rule(trial, err));
    trial->judgement = judge(law, &scene->question);
    explain(trial);
    compare_verdict(trial);
    compare_rule(trial);
    CII_TRY(compare_facets(trial, err));
    compare_fails(trial);
    compare_why(trial);
    return CII_OK;
}
