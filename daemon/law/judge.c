/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <string.h>

#include "law/parts.h"

static_assert(LAW_MATCHES_MAX <= 32, "a bit for each rule of a span");

struct asking
asking_of(const struct law *law, const struct law_question *question)
{
    struct asking asking = {
        .law = law,
        .question = question,
        .from = institution_kind_of(question->discloser),
        .to = institution_kind_of(question->to),
        .day = swiss_day(question->now),
    };

    for (size_t i = 0; i < question->statement_count; i++) {
        const int type = question->statement[i]->type;
        if (type >= 0 && type < CATALOGUE_TYPES_MAX)
            asking.present[type / 64] |= UINT64_C(1) << type % 64;
    }
    return asking;
}

/* --- which rules --------------------------------------------------------- */

static bool
is_of_canton(const char *institution, const char canton[3])
{
    return !strncmp(institution, canton, 2);
}

/*
 * A canton's rule holds between institutions of that canton; what it denies,
 * as soon as one of them is.
 */
static bool
canton_applies(const struct rule *rule, const struct law_question *question)
{
    const bool from = is_of_canton(question->discloser, rule->canton);
    const bool to = is_of_canton(question->to, rule->canton);

    return rule->row == ROW_DENY ? from || to : from && to;
}

bool
rule_applies(const struct rule *rule, const struct asking *asking)
{
    if (asking->day < rule->first_day || asking->day > rule->last_day)
        return false;
    return !rule->canton[0] || canton_applies(rule, asking->question);
}

static struct span
span_of(const struct asking *asking)
{
    const struct law *law = asking->law;
    const int type = asking->question->type;

    if (type < 0 || (size_t)type >= law->catalogue->type_count ||
        asking->from == KIND_COUNT || asking->to == KIND_COUNT ||
        law->catalogue->type[type].local)
        return (struct span){0, 0};
    return law->span[span_number(law, asking->from, asking->to, type)];
}

/* --- answers ------------------------------------------------------------- */

static void
refuse(struct judgement *judgement, enum ground ground, int rule)
{
    judgement->verdict = VERDICT_REFUSE;
    judgement->ground = ground;
    judgement->rule = rule;
}

static void
hold(struct judgement *judgement, enum ground ground, int rule)
{
    judgement->verdict = VERDICT_HOLD;
    judgement->ground = ground;
    judgement->rule = rule;
}

/* Does a veto or an objection stand against telling this? */
static bool
is_stopped(const struct asking *asking)
{
    const struct law *law = asking->law;
    struct asking again = *asking;

    again.support = NULL;
    for (size_t i = 0; i < law->stop_count; i++)
        if (answer_predicate(&again, &law->predicate[law->stop[i]]) ==
            ANSWER_TRUE)
            return true;
    return false;
}

/* To be sent, and not sent. A duty that nobody signed off is none yet. */
static void
owe(const struct asking *asking, int number, struct judgement *judgement)
{
    const struct rule *rule = &asking->law->rule[number];

    if (rule->view.lane == LANE_DUTY && judgement->owed < 0 &&
        !asking->question->arrival && (rule->checked || asking->law->pilot))
        judgement->owed = number;
}

static void
stop(const struct rule *rule, int number, struct judgement *judgement)
{
    if (rule->view.lane == LANE_DUTY)
        hold(judgement, GROUND_STOPPED, number);
    else
        refuse(judgement, GROUND_STOPPED, number);
}

/* The rule carries it: what goes, and what stays behind? */
static void
take(const struct asking *asking, int number, uint64_t opened,
     struct judgement *judgement)
{
    const struct law *law = asking->law;
    const uint64_t payload = asking->question->facets;

    if (asking->question->arrival && payload & ~opened) {
        refuse(judgement, GROUND_WIDER, number);
        judgement->withheld = payload & ~opened;
        return;
    }
    if (!law->rule[number].immune && is_stopped(asking)) {
        stop(&law->rule[number], number, judgement);
        owe(asking, number, judgement);
        return;
    }
    if (!law->rule[number].checked && !law->pilot) {
        hold(judgement, GROUND_UNCHECKED, number);
        return;
    }
    judgement->verdict = VERDICT_TRANSMIT;
    judgement->ground = GROUND_RULE;
    judgement->rule = number;
    judgement->facets = payload & opened;
    judgement->withheld = payload & ~opened;
    if (!asking->support)
        return;
    judgement->relied_count = asking->support->relied_count;
    memcpy(judgement->relied, asking->support->relied,
           judgement->relied_count * sizeof(struct law_statement *));
}

static enum truth
truth_of(enum answer answer)
{
    switch (answer) {
    case ANSWER_TRUE:
        return TRUTH_TRUE;
    case ANSWER_FALSE:
        return TRUTH_FALSE;
    case ANSWER_UNKNOWN:
    case ANSWER_OPEN:
        break;
    }
    return TRUTH_UNKNOWN;
}

static void
note(struct judgement *judgement, int rule, size_t need, int predicate,
     enum answer answer)
{
    if (judgement->finding_count == LAW_FINDINGS_MAX)
        return;
    judgement->finding[judgement->finding_count++] = (struct law_finding){
        .rule = (uint16_t)rule,
        .predicate = (int16_t)predicate,
        .truth = truth_of(answer),
        .need = (uint16_t)need,
    };
}

/* Is it a matter of form, not a condition of the duty? */
static bool
is_owed(const struct law *law, const struct need *need)
{
    return need->predicate >= 0 && law->predicate[need->predicate].owed;
}

/* The least of its needs; those that are not true are noted. */
static enum answer
answer_rule(const struct asking *asking, int number, size_t *missing,
            struct judgement *judgement)
{
    const struct rule *rule = &asking->law->rule[number];
    enum answer least = ANSWER_TRUE;
    size_t owed = 0;

    *missing = 0;
    for (size_t i = 0; i < rule->need_count; i++) {
        const struct need *need = &rule->need[i];
        const enum answer answer = answer_need(asking, need);
        if (answer == ANSWER_TRUE)
            continue;
        note(judgement, number, i, need->predicate, answer);
        least = answer < least ? answer : least;
        (*missing)++;
        owed += is_owed(asking->law, need);
    }
    if (*missing > 0 && owed == *missing)
        owe(asking, number, judgement);
    return least;
}

/* --- the walk ------------------------------------------------------------ */

struct walk {
    const struct asking *asking;
    struct span span;
    uint32_t tried;       /* bits by place in the span: rules that failed */
    size_t least_missing; /* by the nearest of them */
    int open;             /* failed only by what a human can decide; -1 */
};

static int
number_at(const struct walk *walk, size_t place)
{
    return walk->asking->law->match[walk->span.first + place];
}

/* Does one fall back to the other, by one step or several? */
static bool
falls_back_to(const struct law *law, int special, int general)
{
    int rule = law->rule[special].fallback;

    while (rule >= 0 && rule != general)
        rule = law->rule[rule].fallback;
    return rule == general;
}

/* A special rule that failed bars the lanes behind it, but for the rule that
 * it names. */
static bool
is_barred(const struct walk *walk, size_t place)
{
    const struct law *law = walk->asking->law;
    const int number = number_at(walk, place);

    for (size_t i = 0; i < place; i++) {
        const int earlier = number_at(walk, i);
        if (walk->tried >> i & 1 &&
            law->rule[earlier].view.lane < law->rule[number].view.lane &&
            !falls_back_to(law, earlier, number))
            return true;
    }
    return false;
}

/* The rule did not carry it; is it the one that came nearest? */
static void
fail(struct walk *walk, size_t place, enum answer answer, size_t missing,
     struct judgement *judgement)
{
    const int number = number_at(walk, place);

    if (!walk->tried || missing < walk->least_missing) {
        refuse(judgement, GROUND_PREDICATE, number);
        walk->least_missing = missing;
    }
    if (answer == ANSWER_OPEN && walk->open < 0)
        walk->open = number;
    walk->tried |= UINT32_C(1) << place;
}

/* A statement that does not let say about whom lets tell nothing: the type and
 * the case would go all the same. */
static bool
says_about_whom(const struct asking *asking, const struct rule *rule,
                uint64_t opened)
{
    const int identity = asking->law->catalogue->identity;

    return !((rule->view.facets & ~opened) >> identity & 1);
}

/* True when that is the end of it. */
static bool
try_rule(struct walk *walk, size_t place, struct judgement *judgement)
{
    struct support support = {.opened = UINT64_MAX};
    struct asking about = *walk->asking;
    const struct asking *asking = &about;
    const struct law *law = asking->law;
    const int number = number_at(walk, place);
    size_t missing = 0;

    about.support = &support;

    if (law->rule[number].row == ROW_DENY) {
        refuse(judgement, GROUND_DENIED, number);
        return true;
    }
    const enum answer answer = answer_rule(asking, number, &missing, judgement);
    const uint64_t opened = law->rule[number].view.facets &
                            ~law->denied[asking->to] & support.opened;
    if (answer == ANSWER_TRUE &&
        says_about_whom(asking, &law->rule[number], opened)) {
        take(asking, number, opened, judgement);
        return true;
    }
    fail(walk, place, answer, missing, judgement);
    return false;
}

static void
walk_lanes(const struct asking *asking, struct judgement *judgement)
{
    struct walk walk = {.asking = asking, .span = span_of(asking), .open = -1};

    for (size_t i = 0; i < walk.span.count; i++) {
        if (!rule_applies(&asking->law->rule[number_at(&walk, i)], asking) ||
            is_barred(&walk, i))
            continue;
        if (try_rule(&walk, i, judgement))
            return;
    }
    if (walk.open >= 0)
        hold(judgement, GROUND_PREDICATE, walk.open);
}

/* --- judging ------------------------------------------------------------- */

/* An issuer that lost its own event gets all of it back. */
static bool
returns_to_issuer(const struct law *law, const struct law_question *question)
{
    return law->return_rule >= 0 && !strcmp(question->to, question->issuer);
}

static bool
needs_concern(const struct law *law, const struct law_question *question)
{
    return question->type < 0 ||
           (size_t)question->type >= law->catalogue->type_count ||
           law->catalogue->type[question->type].personal;
}

bool
law_concerns(const struct law *law, const struct law_question *question)
{
    assert(law && law->sealed && question);

    const struct asking asking = asking_of(law, question);
    for (size_t i = 0; i < law->concern_count; i++)
        if (answer_predicate(&asking, &law->predicate[law->concern[i]]) ==
            ANSWER_TRUE)
            return true;
    return false;
}

static bool
is_stated_under(const struct predicate *predicate, int type)
{
    return type >= 0 && type < CATALOGUE_TYPES_MAX &&
           predicate->stated[type / 64] >> type % 64 & 1;
}

bool
law_may_state(const struct law *law, const struct law_question *question,
              struct law_predicate_view *missing)
{
    assert(law && law->sealed && question && missing);

    const struct asking asking = asking_of(law, question);
    for (size_t i = 0; i < law->predicate_count; i++) {
        const struct predicate *predicate = &law->predicate[i];
        if (!is_stated_under(predicate, question->type) ||
            answer_predicate(&asking, predicate) == ANSWER_TRUE)
            continue;
        *missing = law_predicate_at(law, i);
        return false;
    }
    return true;
}

struct judgement
judge(const struct law *law, const struct law_question *question)
{
    assert(law && law->sealed && question);

    struct judgement judgement = {
        .verdict = VERDICT_REFUSE,
        .ground = GROUND_NO_RULE,
        .rule = -1,
        .owed = -1,
        .withheld = question->facets,
    };
    const struct asking asking = asking_of(law, question);

    if (question->facets & law->banned)
        refuse(&judgement, GROUND_BANNED, -1);
    else if (question->test != law->pilot)
        refuse(&judgement, GROUND_PROFILE, -1);
    else if (returns_to_issuer(law, question))
        take(&asking, law->return_rule, UINT64_MAX, &judgement);
    else if (needs_concern(law, question) && !question->concerned)
        refuse(&judgement, GROUND_NOT_CONCERNED, -1);
    else
        walk_lanes(&asking, &judgement);
    return judgement;
}
