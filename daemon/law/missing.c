/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <string.h>

#include "law/parts.h"

#define FACETS_TEXT 512

/* --- one test ------------------------------------------------------------ */

static void
append_sought(const struct law *law, const struct test *test,
              struct buffer *text)
{
    if (test->def->target == TARGET_PREDICATE) {
        buffer_append_format(text, "%s %s",
                             law->predicate[test->predicate].name,
                             test->def->sought);
        return;
    }
    buffer_append_format(text, "%s.%s %s",
                         law->catalogue->facet[test->facet].name, test->field,
                         test->def->sought);
    for (size_t i = 0; i < test->value_count; i++)
        buffer_append_format(text, "%s%s", i ? ", " : "", test->value[i]);
    buffer_append_text(text, test->def->behind ? test->def->behind : "");
}

static const char *
found(enum answer answer)
{
    switch (answer) {
    case ANSWER_FALSE:
        return "which is not so";
    case ANSWER_OPEN:
        return "which what is given leaves open";
    case ANSWER_UNKNOWN:
        return "of which nothing is known here";
    case ANSWER_TRUE:
        break;
    }
    return "which is so";
}

/* --- one predicate ------------------------------------------------------- */

/* The first of `all` that is not true. */
static const struct test *
first_failed(const struct asking *asking, const struct predicate *predicate)
{
    for (size_t i = 0; i < predicate->all_count; i++)
        if (answer_test(asking, &predicate->all[i]) != ANSWER_TRUE)
            return &predicate->all[i];
    return NULL;
}

static void
append_any(const struct law *law, const struct predicate *predicate,
           struct buffer *text)
{
    for (size_t i = 0; i < predicate->any_count; i++) {
        buffer_append_text(text, i ? " or " : "");
        append_sought(law, &predicate->any[i], text);
    }
}

/* --- one that rests on statements ---------------------------------------- */

/* "a consentement of this case by ge.as.hg" */
static void
append_meant(const struct asking *asking, const struct predicate *predicate,
             struct buffer *text)
{
    const struct catalogue *catalogue = asking->law->catalogue;
    const struct law_question *question = asking->question;
    const char *between = "";

    for (size_t i = 0; i < catalogue->type_count; i++)
        if (predicate->type[i / 64] >> i % 64 & 1) {
            buffer_append_format(text, "%s%s", between,
                                 catalogue->type[i].name);
            between = " or ";
        }
    if (predicate->same_case)
        buffer_append_text(text, question->case_ref && *question->case_ref
                                     ? " of this case"
                                     : " of the event's case, which it does "
                                       "not name");
    if (predicate->answered)
        buffer_append_text(text, " that this event answers");
    if (predicate->by == MAKER_SENDER || predicate->by == MAKER_EITHER)
        buffer_append_format(text, " by %s", question->discloser);
    if (predicate->by == MAKER_EITHER)
        buffer_append_text(text, " or");
    if (predicate->by == MAKER_RECEIVER || predicate->by == MAKER_EITHER)
        buffer_append_format(text, " by %s", question->to);
    if (predicate->by == MAKER_ISSUER)
        buffer_append_format(text, " by %s", question->issuer);
}

/* What was known of that kind, and has ended; NULL when nothing was. */
static const struct law_statement *
find_ended(const struct asking *asking, const struct predicate *predicate)
{
    const struct law_question *question = asking->question;
    struct predicate ended = *predicate;

    ended.ended = true;
    for (size_t i = 0; i < question->statement_count; i++) {
        const struct law_statement *statement = question->statement[i];
        assert(statement);
        if (statement->ended && statement_is_meant(asking, &ended, statement))
            return statement;
    }
    return NULL;
}

/* How many of its tests a statement passes before the first that it fails. */
static size_t
passed(const struct asking *asking, const struct predicate *predicate,
       const struct law_statement *statement)
{
    struct asking about = *asking;
    size_t count = 0;

    about.statement = statement;
    while (count < predicate->all_count &&
           answer_test(&about, &predicate->all[count]) == ANSWER_TRUE)
        count++;
    return count;
}

/* The one that came nearest; NULL when there is none to look at. */
static const struct law_statement *
nearest_statement(const struct asking *asking,
                  const struct predicate *predicate, size_t *most)
{
    const struct law_question *question = asking->question;
    const struct law_statement *nearest = NULL;

    *most = 0;
    for (size_t i = 0; i < question->statement_count; i++) {
        const struct law_statement *statement = question->statement[i];
        if (!statement_is_usable(asking, predicate, i) ||
            !statement_is_meant(asking, predicate, statement))
            continue;
        const size_t count = passed(asking, predicate, statement);
        if (!nearest || count > *most) {
            nearest = statement;
            *most = count;
        }
    }
    return nearest;
}

static void
append_statements(const struct asking *asking,
                  const struct predicate *predicate, struct buffer *text)
{
    size_t passes = 0;
    const struct law_statement *nearest =
        nearest_statement(asking, predicate, &passes);

    buffer_append_text(text, predicate->none ? "there is a " : "looked for a ");
    append_meant(asking, predicate, text);
    if (predicate->none)
        return;
    char id[EVENT_ID_TEXT];
    const struct law_statement *ended =
        nearest ? NULL : find_ended(asking, predicate);
    if (ended) {
        event_id_print(&ended->id, id);
        buffer_append_format(text, ", and %s of %s has ended", id,
                             ended->issuer);
        return;
    }
    if (!nearest) {
        buffer_append_text(text, ", and none is known here");
        return;
    }
    event_id_print(&nearest->id, id);
    buffer_append_format(text, "; the nearest, %s of %s, would need ", id,
                         nearest->issuer);
    if (passes < predicate->all_count)
        append_sought(asking->law, &predicate->all[passes], text);
    else
        append_any(asking->law, predicate, text);
}

static void
append_fact(const struct asking *asking, const struct predicate *predicate,
            struct buffer *text)
{
    const char *to = asking->question->to;

    if (predicate->fact == FACT_ORIGINAL)
        buffer_append_format(text,
                             "looked for the event that this one answers, "
                             "among what went to %s: it did not",
                             to);
    else if (predicate->fact == FACT_OWN)
        buffer_append_format(text, "%s issued it, not %s",
                             asking->question->issuer,
                             asking->question->discloser);
    else
        buffer_append_format(text,
                             "%s is not the one competent for the "
                             "person's domicile",
                             to);
}

static void
append_tests(const struct asking *asking, const struct predicate *predicate,
             struct buffer *text)
{
    const struct test *test = first_failed(asking, predicate);
    const enum answer answer =
        test ? answer_test(asking, test) : answer_predicate(asking, predicate);

    buffer_append_text(text, "looked for ");
    if (test)
        append_sought(asking->law, test, text);
    else
        append_any(asking->law, predicate, text);
    buffer_append_format(text, ", %s", found(answer));
}

static void
append_predicate(const struct asking *asking, const struct predicate *predicate,
                 struct buffer *text)
{
    buffer_append_format(text, "%s", predicate->name);
    if (predicate->citation)
        buffer_append_format(text, " (%s)", predicate->citation);
    buffer_append_text(text, ": ");
    if (predicate->of_statements)
        append_statements(asking, predicate, text);
    else if (predicate->fact != FACT_NONE)
        append_fact(asking, predicate, text);
    else if (predicate->basis)
        buffer_append_format(text,
                             "looked for a cantonal basis \"%s\" that "
                             "names %s: none is in the rules",
                             predicate->basis, kind_name(asking->to));
    else
        append_tests(asking, predicate, text);
    if (predicate->remedy)
        buffer_append_format(text, " (%s)", predicate->remedy);
}

/* --- one rule ------------------------------------------------------------ */

static void
append_rule(const struct law *law, int number, struct buffer *text)
{
    const struct rule *rule = &law->rule[number];

    buffer_append_format(text, "%s%s%s", lane_name(rule->view.lane),
                         rule->row == ROW_LANE ? ": " : "", rule->view.id);
    if (*rule->view.citation)
        buffer_append_format(text, " (%s)", rule->view.citation);
}

static void
append_need(const struct asking *asking, const struct need *need,
            struct buffer *text)
{
    if (need->predicate < 0)
        buffer_append_format(text, "%s, which nothing shows here", need->name);
    else
        append_predicate(asking, &asking->law->predicate[need->predicate],
                         text);
}

/* A sentence for each rule that was tried, in the order of the lanes. */
static void
append_findings(const struct asking *asking, const struct judgement *judgement,
                struct buffer *text)
{
    int last = -1;

    for (size_t i = 0; i < judgement->finding_count; i++) {
        const struct law_finding *finding = &judgement->finding[i];
        if (finding->rule == last) {
            buffer_append_text(text, "; and ");
        } else {
            buffer_append_text(text, last >= 0 ? ". " : "");
            append_rule(asking->law, finding->rule, text);
            buffer_append_text(text, " needs ");
        }
        append_need(asking,
                    &asking->law->rule[finding->rule].need[finding->need],
                    text);
        last = finding->rule;
    }
    buffer_append_text(text, ".");
}

/* --- the other grounds --------------------------------------------------- */

static const char *
type_text(const struct asking *asking)
{
    const struct catalogue *catalogue = asking->law->catalogue;
    const int type = asking->question->type;

    return type >= 0 && (size_t)type < catalogue->type_count
               ? catalogue->type[type].name
               : "an event of unknown type";
}

static bool
is_switched_off(const struct rule *rule, const struct asking *asking)
{
    const int type = asking->question->type;

    return rule->row == ROW_OFF && type >= 0 && type < CATALOGUE_TYPES_MAX &&
           asking->from != KIND_COUNT && asking->to != KIND_COUNT &&
           rule->from >> asking->from & 1 && rule->to >> asking->to & 1 &&
           rule->type[type / 64] >> type % 64 & 1;
}

static void
append_no_rule(const struct asking *asking, struct buffer *text)
{
    const struct law *law = asking->law;

    buffer_append_format(text, "No rule lets %s tell %s %s",
                         kind_name(asking->from), kind_name(asking->to),
                         type_text(asking));
    for (size_t i = 0; i < law->rule_count; i++)
        if (is_switched_off(&law->rule[i], asking))
            buffer_append_format(text, "; rule %s is switched off",
                                 law->rule[i].view.id);
    buffer_append_text(text, ": what has no rule is not told.");
}

static void
append_facets(const struct law *law, uint64_t facets, struct buffer *text)
{
    char names[FACETS_TEXT] = "";

    facet_set_print(law->catalogue, facets, names, sizeof names);
    buffer_append_text(text, names);
}

static void
append_denied(const struct asking *asking, int rule, struct buffer *text)
{
    append_rule(asking->law, rule, text);
    buffer_append_format(text, " denies %s to %s, whatever else is known.",
                         type_text(asking), kind_name(asking->to));
}

static void
append_wider(const struct asking *asking, const struct judgement *judgement,
             struct buffer *text)
{
    append_rule(asking->law, judgement->rule, text);
    buffer_append_text(text, " does not open ");
    append_facets(asking->law, judgement->withheld, text);
    buffer_append_text(text, ", but it came: the sender has to leave it "
                             "behind.");
}

static void
append_unchecked(const struct asking *asking, int rule, struct buffer *text)
{
    append_rule(asking->law, rule, text);
    buffer_append_text(text, " would carry it, but nobody has signed the rule "
                             "off: write checked_by and checked_on in its "
                             "file.");
}

static void
append_stopped(const struct asking *asking, int rule, struct buffer *text)
{
    const struct law *law = asking->law;

    append_rule(law, rule, text);
    buffer_append_text(text, " would carry it, but");
    for (size_t i = 0; i < law->stop_count; i++) {
        const struct predicate *stop = &law->predicate[law->stop[i]];
        if (answer_predicate(asking, stop) != ANSWER_TRUE)
            continue;
        buffer_append_format(text, " %s (%s) stands against it", stop->name,
                             stop->citation ? stop->citation : "");
        if (stop->remedy)
            buffer_append_format(text, ": %s", stop->remedy);
        break;
    }
    buffer_append_text(text, ".");
}

static void
append_profile(const struct law *law, struct buffer *text)
{
    buffer_append_text(text, law->pilot
                                 ? "This office runs with profile pilot, "
                                   "which takes test events only: set the "
                                   "test flag."
                                 : "This is a test event, and this office "
                                   "runs with profile production.");
}

/* --- the whole ----------------------------------------------------------- */

static void
append_ground(const struct asking *asking, const struct judgement *judgement,
              struct buffer *text)
{
    switch (judgement->ground) {
    case GROUND_NOT_CONCERNED:
        buffer_append_format(text,
                             "%s is not concerned by this person: name it in "
                             "the dossier first.",
                             asking->question->to);
        return;
    case GROUND_DENIED:
        append_denied(asking, judgement->rule, text);
        return;
    case GROUND_NO_RULE:
        append_no_rule(asking, text);
        return;
    case GROUND_PREDICATE:
        append_findings(asking, judgement, text);
        return;
    case GROUND_UNCHECKED:
        append_unchecked(asking, judgement->rule, text);
        return;
    case GROUND_BANNED:
        append_facets(asking->law,
                      asking->question->facets & asking->law->banned, text);
        buffer_append_text(text, " is denied to everybody here: issue the "
                                 "event without it.");
        return;
    case GROUND_WIDER:
        append_wider(asking, judgement, text);
        return;
    case GROUND_PROFILE:
        append_profile(asking->law, text);
        return;
    case GROUND_STOPPED:
        append_stopped(asking, judgement->rule, text);
        return;
    case GROUND_RULE:
    case GROUND_COUNT:
        return;
    }
}

void
judgement_missing(const struct law *law, const struct judgement *judgement,
                  const struct law_question *question, struct buffer *text)
{
    assert(law && judgement && question && text);

    if (judgement->verdict == VERDICT_TRANSMIT)
        return;
    const struct asking asking = asking_of(law, question);
    append_ground(&asking, judgement, text);
}
