/* SPDX-License-Identifier: Apache-2.0 */
#include "law/parts.h"
#include "tests/unit/law/small_law.h"

/* One test over one field; today is 2026-06-15. */
struct sample {
    int facet; /* of the value; FACETS: the facet is not at hand */
    const char *path;
    const char *test;
    const char *value[3]; /* of the test */
    const char *given;    /* NULL: the facet is there, the field is not */
    const char *want;
};

static const char *const answers[] = {"false", "unknown", "open", "true"};

/* What the law makes of it, through its inside: the answer itself. */
static const char *
answer_to(const struct sample *sample)
{
    const char *const none[] = {NULL};
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    add_predicate(law, .name = "p",
                  .all = TESTS({sample->path, sample->test,
                                sample->value[0] ? sample->value : none}),
                  .all_count = 1);
    seal(law);

    if (sample->facet != FACETS) {
        const int other = sample->facet;
        put(&ask, other, "something", "else");
        if (sample->given)
            put(&ask, other, strchr(sample->path, '.') + 1, sample->given);
    }
    const struct asking asking = asking_of(law, &ask.question);
    const char *answer = answers[answer_predicate(&asking, law->predicate)];
    law_destroy(&law);
    return answer;
}

static void
expect_answers(const struct sample *sample, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *got = answer_to(&sample[i]);
        const bool same = strcmp(got, sample[i].want) == 0;
        cr_expect(same, "%s of %s, given %s: %s, not %s", sample[i].test,
                  sample[i].path, sample[i].given ? sample[i].given : "nothing",
                  got, sample[i].want);
    }
}

#define EXPECT_ANSWERS(...)                                             \
    do {                                                                \
        const struct sample samples_[] = {__VA_ARGS__};                 \
        expect_answers(samples_, sizeof samples_ / sizeof samples_[0]); \
    } while (0)

#define INFORMED "report.informedOn"
#define BORN     "identity.dateOfBirth"

Test(predicates, present_and_absent_look_at_the_field_of_a_facet_at_hand)
{
    EXPECT_ANSWERS({REPORT, INFORMED, "present", {0}, "2026-01-01", "true"},
                   {REPORT, INFORMED, "present", {0}, NULL, "false"},
                   {FACETS, INFORMED, "present", {0}, NULL, "unknown"},
                   {REPORT, INFORMED, "absent", {0}, "2026-01-01", "false"},
                   {REPORT, INFORMED, "absent", {0}, NULL, "true"},
                   {FACETS, INFORMED, "absent", {0}, NULL, "true"});
}

Test(predicates, words_are_compared_whole)
{
    EXPECT_ANSWERS(
        {STATE, "state.step", "equals", {"clos"}, "clos", "true"},
        {STATE, "state.step", "equals", {"clos"}, "demande", "false"},
        {STATE, "state.step", "equals", {"clos"}, NULL, "unknown"},
        {STATE, "state.assessed", "equals", {"yes"}, "no", "false"},
        {STATE, "state.step", "one-of", {"clos", "demande"}, "demande", "true"},
        {STATE,
         "state.step",
         "one-of",
         {"clos", "demande"},
         "decision",
         "false"},
        {FACETS, "state.step", "one-of", {"clos"}, NULL, "unknown"},
        {IDENTITY, "identity.nationality", "none-of", {"CH"}, "PT", "true"},
        {IDENTITY, "identity.nationality", "none-of", {"CH"}, "CH", "false"},
        {IDENTITY, "identity.nationality", "none-of", {"CH"}, NULL, "unknown"});
}

Test(predicates, contains_finds_one_of_several_codes)
{
    EXPECT_ANSWERS(
        {STATE,
         "state.purpose",
         "contains",
         {"claims"},
         "measure claims",
         "true"},
        {STATE,
         "state.purpose",
         "contains",
         {"measure", "claims"},
         "integration",
         "false"},
        {STATE,
         "state.purpose",
         "none-of",
         {"claims"},
         "measure claims",
         "false"},
        {STATE, "state.purpose", "contains", {"claims"}, NULL, "unknown"});
}

Test(predicates, the_day_of_sending_is_as_much_as_a_day_can_prove)
{
    EXPECT_ANSWERS(
        {REPORT, INFORMED, "before-sending", {0}, "2026-06-14", "true"},
        {REPORT, INFORMED, "before-sending", {0}, "2026-06-15", "true"},
        {REPORT, INFORMED, "before-sending", {0}, "2026-06-16", "false"},
        {REPORT, INFORMED, "before-sending", {0}, "no day", "unknown"},
        {REPORT, INFORMED, "before-sending", {0}, NULL, "unknown"},
        {FACETS, INFORMED, "before-sending", {0}, NULL, "unknown"});
}

Test(predicates, days_to_come_include_today)
{
    EXPECT_ANSWERS(
        {STATE, "state.until", "not-past", {0}, "2026-06-15", "true"},
        {STATE, "state.until", "not-past", {0}, "2026-06-14", "false"},
        {STATE, "state.until", "not-past", {0}, NULL, "unknown"},
        {DATES, "dates.on", "within-days", {"90"}, "2026-06-15", "true"},
        {DATES, "dates.on", "within-days", {"90"}, "2026-09-13", "true"},
        {DATES, "dates.on", "within-days", {"90"}, "2026-09-14", "false"},
        {DATES, "dates.on", "within-days", {"90"}, "2026-06-14", "false"});
}

Test(predicates, numbers_are_compared_as_numbers)
{
    EXPECT_ANSWERS({REPORT, "report.days", "at-least", {"9"}, "10", "true"},
                   {REPORT, "report.days", "at-least", {"9"}, "9", "true"},
                   {REPORT, "report.days", "at-least", {"9"}, "8", "false"},
                   {REPORT, "report.days", "at-most", {"9"}, "10", "false"},
                   {REPORT, "report.days", "at-most", {"9"}, "9", "true"},
                   {REPORT, "report.days", "at-most", {"9"}, "nine", "unknown"},
                   {REPORT, "report.days", "at-least", {"9"}, NULL, "unknown"});
}

Test(predicates, an_age_changes_on_the_birthday)
{
    EXPECT_ANSWERS(
        {IDENTITY, BORN, "age-at-least", {"13"}, "2013-06-15", "true"},
        {IDENTITY, BORN, "age-at-least", {"13"}, "2013-06-16", "false"},
        {IDENTITY, BORN, "age-below", {"25"}, "2001-06-16", "true"},
        {IDENTITY, BORN, "age-below", {"25"}, "2001-06-15", "false"},
        {IDENTITY, BORN, "age-below", {"25"}, NULL, "unknown"},
        {IDENTITY, BORN, "age-below", {"25"}, "nothing", "unknown"});
}

Test(predicates, a_partial_birth_date_leaves_an_age_open_only_near_the_limit)
{
    EXPECT_ANSWERS({IDENTITY, BORN, "age-below", {"25"}, "2001", "open"},
                   {IDENTITY, BORN, "age-below", {"25"}, "2000", "false"},
                   {IDENTITY, BORN, "age-below", {"25"}, "2002", "true"},
                   {IDENTITY, BORN, "age-below", {"25"}, "2001-06", "open"},
                   {IDENTITY, BORN, "age-below", {"25"}, "2001-07", "true"},
                   {IDENTITY, BORN, "age-below", {"25"}, "2001-05", "false"},
                   {IDENTITY, BORN, "age-at-least", {"13"}, "2013", "open"},
                   {IDENTITY, BORN, "age-at-least", {"13"}, "2012", "true"},
                   {IDENTITY, BORN, "age-at-least", {"13"}, "2014", "false"});
}

/* The receiver is ge.as.hg. */
Test(predicates, a_receiver_is_named_by_its_kind)
{
    EXPECT_ANSWERS(
        {DECISION, "decision.touches", "names-receiver", {0}, "ac as", "true"},
        {DECISION,
         "decision.touches",
         "names-receiver",
         {0},
         "ac oai",
         "false"},
        {DECISION, "decision.touches", "names-receiver", {0}, NULL, "unknown"});
}

Test(predicates, unemployment_insurance_is_named_as_one)
{
    static const char *const receivers[] = {"ge.orp", "ge.cch", "ge.lmmt"};
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    put(&ask, DECISION, "touches", "ac");
    add_predicate(law, .name = "touched",
                  .all = TESTS({"decision.touches", "names-receiver", NULL}),
                  .all_count = 1);
    seal(law);

    for (size_t i = 0; i < 3; i++) {
        ask.question.to = receivers[i];
        const struct asking asking = asking_of(law, &ask.question);
        cr_expect(eq(int, (int)answer_predicate(&asking, law->predicate),
                     ANSWER_TRUE));
    }
    ask.question.to = "ge.oai";
    const struct asking asking = asking_of(law, &ask.question);
    cr_expect(
        eq(int, (int)answer_predicate(&asking, law->predicate), ANSWER_FALSE));
    law_destroy(&law);
}

/* Every pair of answers that two tests can give, joined both ways. */
Test(predicates, all_is_the_least_and_any_the_greatest)
{
    static const char *const born[] = {"2000", NULL, "2001", "2002"};
    static const char *const days[] = {"1", NULL, "", "10"};
    const struct law_test both[] = {
        {"identity.dateOfBirth", "age-below", NAMES("25")},
        {"report.days", "at-least", NAMES("9")},
    };
    struct law *law = new_law(true);
    add_predicate(law, .name = "all", .all = both, .all_count = 2);
    add_predicate(law, .name = "any", .any = both, .any_count = 2);
    seal(law);

    for (int a = 0; a < 4; a++)
        for (int b = 0; b < 4; b++) {
            struct ask ask;
            ask_init(&ask);
            if (days[b] && !*days[b])
                continue; /* a number leaves nothing open */
            if (born[a])
                put(&ask, IDENTITY, "dateOfBirth", born[a]);
            if (days[b])
                put(&ask, REPORT, "days", days[b]);
            const struct asking asking = asking_of(law, &ask.question);
            cr_expect(eq(int, (int)answer_predicate(&asking, law->predicate),
                         a < b ? a : b));
            cr_expect(eq(int,
                         (int)answer_predicate(&asking, law->predicate + 1),
                         a > b ? a : b));
        }
    law_destroy(&law);
}

Test(predicates, one_may_rest_on_another)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    put(&ask, REPORT, "days", "10");
    add_predicate(law, .name = "long",
                  .all = TESTS({"report.days", "at-least", NAMES("9")}),
                  .all_count = 1);
    add_predicate(law, .name = "case",
                  .any = TESTS({"state.assessed", "equals", NAMES("yes")},
                               {"long", "holds", NULL}),
                  .any_count = 2);
    seal(law);

    const struct asking asking = asking_of(law, &ask.question);
    cr_expect(eq(int, (int)answer_predicate(&asking, law->predicate + 1),
                 ANSWER_TRUE));
    law_destroy(&law);
}

Test(predicates, content_that_is_not_at_hand_is_unknown)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    put(&ask, REPORT, "days", "10");
    add_predicate(law, .name = "long",
                  .all = TESTS({"report.days", "at-least", NAMES("9")}),
                  .all_count = 1);
    seal(law);

    ask.question.content = NULL;
    struct asking asking = asking_of(law, &ask.question);
    cr_expect(eq(int, (int)answer_predicate(&asking, law->predicate),
                 ANSWER_UNKNOWN));
    ask.question.content = ask.at;
    ask.question.facets = 0; /* what was not disclosed says nothing */
    asking = asking_of(law, &ask.question);
    cr_expect(eq(int, (int)answer_predicate(&asking, law->predicate),
                 ANSWER_UNKNOWN));
    law_destroy(&law);
}
