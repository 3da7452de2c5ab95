/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/law/small_law.h"

#define expect_rule_refused(sentence, ...)                                 \
    do {                                                                   \
        struct cii_error err_ = {0};                                       \
        struct law *law_ = new_law(true);                                  \
        expect_code(try_rule(law_, (struct law_rule){__VA_ARGS__}, &err_), \
                    CONFIG);                                               \
        expect_text(err_.text, "rules.yaml:7: " sentence);                 \
        law_destroy(&law_);                                                \
    } while (0)

#define expect_predicate_refused(sentence, ...)                   \
    do {                                                          \
        struct cii_error err_ = {0};                              \
        struct law *law_ = new_law(true);                         \
        const struct law_predicate p_ = {.file = "p.yaml",        \
                                         .line = 3,               \
                                         __VA_ARGS__};            \
        expect_code(law_add_predicate(law_, &p_, &err_), CONFIG); \
        expect_text(err_.text, "p.yaml:3: " sentence);            \
        law_destroy(&law_);                                       \
    } while (0)

/* What is wrong only between rules shows when all are there. */
static void
expect_seal_refused(struct law **law, const char *sentence)
{
    struct cii_error err = {0};

    expect_code(law_seal(*law, &err), CONFIG);
    expect_text(err.text, sentence);
    law_destroy(law);
}

Test(rules, unknown_names_are_refused_with_the_nearest_one)
{
    expect_rule_refused("'opr' is no kind of institution; did you mean 'orp'?",
                        .id = "R1", .from = NAMES("opr"));
    expect_rule_refused(
        "'inscripton' is no type of event; did you mean 'inscription'?",
        .id = "R1", .events = NAMES("inscripton"));
    expect_rule_refused("'dats' is no facet; did you mean 'dates'?", .id = "R1",
                        .facets = NAMES("dats"));
    expect_rule_refused(
        "lane: 'realease' is no word for it; did you mean 'release'?",
        .id = "R1", .lane = "realease");
    expect_rule_refused(
        "inform: 'befor' is no word for it; did you mean 'before'?", .id = "R1",
        .inform = "befor");
    expect_rule_refused(
        "objection: 'vetoo' is no word for it; did you mean 'veto'?",
        .id = "R1", .objection = "vetoo");
    expect_rule_refused(
        "'Geneva' is no canton: write its two letters in lower case",
        .id = "R1", .canton = "Geneva");
}

Test(rules, a_rule_says_who_tells_what_to_whom)
{
    expect_rule_refused("a rule needs an id", .id = "");
    expect_rule_refused(
        "rule R1 needs from, to and events: who tells what to whom", .id = "R1",
        .to = (const char *const[]){NULL});
    expect_rule_refused(
        "rule R1 needs from, to and events: who tells what to whom", .id = "R1",
        .events = (const char *const[]){NULL});
}

Test(rules, dates_are_days_in_their_order)
{
    expect_rule_refused("2026-02-30 is no day", .id = "R1",
                        .valid_from = "2026-02-30");
    expect_rule_refused("rule R1 ends before it begins", .id = "R1",
                        .valid_from = "2026-02-02", .valid_to = "2026-02-01");
}

Test(rules, what_everybody_is_denied_no_rule_opens)
{
    expect_rule_refused("rule R1 opens a facet that is denied to everybody",
                        .id = "R1", .facets = NAMES("identity", "diagnosis"));
}

Test(rules, a_denying_row_holds_always)
{
    expect_rule_refused("rule R1 denies: it has no needs, it always holds",
                        .id = "R1", .lane = "deny", .needs = NAMES("consent"));
    expect_rule_refused("rule R1 has no lane, so nothing falls back from it",
                        .id = "R1", .lane = "deny", .fallback = "R2");
}

Test(rules, an_id_stands_once)
{
    struct cii_error err = {0};
    struct law *law = new_law(true);
    add_rule(law, .id = "R1");

    expect_code(try_rule(law, (struct law_rule){.id = "R1"}, &err), CONFIG);
    expect_text(err.text, "rules.yaml:7: rule R1 is there twice");
    law_destroy(&law);
}

Test(rules, a_test_suits_its_field)
{
    expect_predicate_refused(
        "facet report has no field 'informdOn'; did you mean 'informedOn'?",
        .name = "p", .all = TESTS({"report.informdOn", "present", NULL}),
        .all_count = 1);
    expect_predicate_refused("'report' is no field: write facet.field, as in "
                             "\"report.informedOn\"",
                             .name = "p",
                             .all = TESTS({"report", "present", NULL}),
                             .all_count = 1);
    expect_predicate_refused("'presnt' is no test; did you mean 'present'?",
                             .name = "p",
                             .all = TESTS({"report.days", "presnt", NULL}),
                             .all_count = 1);
    expect_predicate_refused("report.days cannot be tested with not-past",
                             .name = "p",
                             .all = TESTS({"report.days", "not-past", NULL}),
                             .all_count = 1);
    expect_predicate_refused(
        "at-least of report.days has 0 values: see cii-rules(5)", .name = "p",
        .all = TESTS({"report.days", "at-least", NULL}), .all_count = 1);
    expect_predicate_refused("the value of at-least is a number, not 'nine'",
                             .name = "p",
                             .all = TESTS(
                                 {"report.days", "at-least", NAMES("nine")}),
                             .all_count = 1);
}

Test(rules, a_code_that_the_field_never_has_is_refused)
{
    struct cii_error err = {0};
    struct law *law = new_law(true);
    const struct law_predicate p = {
        .name = "p",
        .all = TESTS({"state.step", "one-of", NAMES("demand")}),
        .all_count = 1,
        .file = "p.yaml",
        .line = 3,
    };

    expect_code(law_add_predicate(law, &p, &err), CONFIG);
    const char *found =
        strstr(err.text, "p.yaml:3: 'demand' is no value of step");
    cr_expect(found != NULL, "%s", err.text);
    law_destroy(&law);
}

Test(rules, a_predicate_rests_only_on_what_stands_above)
{
    expect_predicate_refused(
        "no predicate 'p' stands above this one: define it first", .name = "p",
        .all = TESTS({"p", "holds", NULL}), .all_count = 1);
    expect_predicate_refused("predicate p tests nothing: give it all: or any:",
                             .name = "p");
}

Test(rules, a_receiver_must_be_able_to_judge_what_it_gets)
{
    struct law *law = new_law(true);
    add_predicate(law, .name = "told",
                  .all = TESTS({"report.informedOn", "present", NULL}),
                  .all_count = 1);
    add_rule(law, .id = "R1", .facets = NAMES("identity"),
             .needs = NAMES("told"));

    expect_seal_refused(&law, "rules.yaml:7: rule R1 needs told, which looks "
                              "at report, but does not open it: the receiver "
                              "could never judge it");
}

Test(rules, a_fallback_is_a_later_lane_about_the_same)
{
    struct law *law = new_law(true);
    add_rule(law, .id = "R1", .fallback = "R9");
    expect_seal_refused(&law, "rules.yaml:7: rule R1 falls back to R9, which "
                              "is none");

    law = new_law(true);
    add_rule(law, .id = "R1", .fallback = "R2");
    add_rule(law, .id = "R2", .lane = "duty");
    expect_seal_refused(&law, "rules.yaml:7: rule R1 falls back to R2, which "
                              "is of no later lane");

    law = new_law(true);
    add_rule(law, .id = "R1", .fallback = "R2");
    add_rule(law, .id = "R2", .lane = "consent", .to = NAMES("oai"));
    expect_seal_refused(&law, "rules.yaml:7: rule R1 falls back to R2, which "
                              "is never about the same event between the same "
                              "institutions");
}

Test(rules, more_than_the_walk_can_hold_are_refused)
{
    static char ids[33][16];
    struct law *law = new_law(true);

    for (int i = 0; i < 33; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "R%02d", i);
        add_rule(law, .id = ids[i], .needs = NAMES("nothing"));
    }
    expect_seal_refused(&law, "rules.yaml:7: more than 32 rules speak of "
                              "inscription between the same kinds of "
                              "institution: join some");
}

Test(rules, all_rows_stay_visible)
{
    struct law *law = new_law(true);
    add_rule(law, .id = "R1", .facets = NAMES("identity", "dates"),
             .inform = "after");
    add_rule(law, .id = "R2", .lane = "deny");
    add_rule(law, .id = "R3", .lane = "off");
    seal(law);

    cr_assert(eq(sz, law_rule_count(law), 3));
    const struct law_rule_view first = law_rule_at(law, 0);
    expect_text(first.inform, "after");
    expect_text(first.citation, "art. 1");
    cr_expect(eq(u64, first.facets, BIT(IDENTITY) | BIT(DATES)));
    cr_expect(eq(int, (int)first.lane, LANE_RELEASE));
    cr_expect(eq(int, (int)law_rule_at(law, 1).lane, LANE_COUNT));
    cr_expect(eq(int, (int)law_rule_at(law, 2).lane, LANE_COUNT));
    law_destroy(&law);
}

/* R1 rests on a canton's basis, which nothing states unless asked. */
static struct law *
law_over_a_basis(bool stated)
{
    const struct law_basis basis = {.name = "releases",
                                    .kinds = NAMES("as"),
                                    .citation = "art. 2",
                                    .canton = "ge",
                                    .file = "ge.yaml"};
    struct law *law = new_law(true);
    struct cii_error err = {0};

    add_predicate(law, .name = "released", .citation = "art. 2",
                  .basis = "releases");
    add_rule(law, .id = "R1", .needs = NAMES("released"));
    add_rule(law, .id = "R2", .lane = "consent", .needs = NAMES("nothing"));
    if (stated)
        require_ok(law_add_basis(law, &basis, &err));
    seal(law);
    return law;
}

Test(rules, a_rule_waits_until_a_canton_states_its_basis)
{
    struct law *silent = law_over_a_basis(false);
    struct law *stated = law_over_a_basis(true);

    cr_expect(law_rule_waits(silent, 0));
    cr_expect(law_rule_waits(silent, 1) == false);
    cr_expect(law_rule_waits(stated, 0) == false);
    law_destroy(&silent);
    law_destroy(&stated);
}

Test(rules, only_what_is_about_no_person_is_certain)
{
    struct law *law = new_law(true);
    add_rule(law, .id = "R1", .events = NAMES("poste"));
    add_rule(law, .id = "R2", .events = NAMES("poste", "inscription"));
    add_rule(law, .id = "R3", .events = NAMES("poste"), .lane = "consent",
             .needs = NAMES("nothing"));
    add_rule(law, .id = "R4", .events = NAMES("poste"), .lane = "deny");
    seal(law);

    cr_expect(law_rule_is_certain(law, 0));
    cr_expect(law_rule_is_certain(law, 1) == false);
    cr_expect(law_rule_is_certain(law, 2) == false);
    cr_expect(law_rule_is_certain(law, 3) == false);
    law_destroy(&law);
}
