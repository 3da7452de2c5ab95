/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/law/small_law.h"

/* Rules that need assessed take the event whose state says yes. */
static struct law *
law_with_assessed(bool pilot)
{
    struct law *law = new_law(pilot);

    add_predicate(law, .name = "assessed", .citation = "art. 2",
                  .remedy = "assess first",
                  .all = TESTS({"state.assessed", "equals", NAMES("yes")}),
                  .all_count = 1);
    return law;
}

static void
put_payload(struct ask *ask, const char *assessed)
{
    put(ask, IDENTITY, "avs", "7569217076985");
    put(ask, DATES, "on", "2026-06-01");
    put(ask, STATE, "assessed", assessed);
}

/* --- facets -------------------------------------------------------------- */

Test(judge, opens_what_the_rule_opens_and_leaves_the_rest_behind)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    put_payload(&ask, "yes");
    add_rule(law, .id = "R1", .facets = NAMES("identity", "dates", "outcome"));
    seal(law);

    const struct judgement judgement = judge(law, &ask.question);

    expect_text(said(law, &judgement), "transmit rule R1");
    cr_expect(eq(u64, judgement.facets, BIT(IDENTITY) | BIT(DATES)));
    cr_expect(eq(u64, judgement.withheld, BIT(STATE)));
    law_destroy(&law);
}

Test(judge, never_gives_a_kind_what_is_denied_to_it)
{
    struct cii_error err = {0};
    const struct law_denial denial = {
        .facets = NAMES("dates"),
        .to = NAMES("any"),
        .except = NAMES("orp"),
    };
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    put_payload(&ask, "yes");
    add_rule(law, .id = "R1", .to = NAMES("as", "orp"),
             .facets = NAMES("identity", "dates"));
    require_ok(law_add_denial(law, &denial, &err));
    seal(law);

    cr_expect(eq(u64, judge(law, &ask.question).facets, BIT(IDENTITY)));
    ask.question.to = "ge.orp.eaux-vives";
    cr_expect(
        eq(u64, judge(law, &ask.question).facets, BIT(IDENTITY) | BIT(DATES)));
    law_destroy(&law);
}

Test(judge, refuses_at_arrival_what_is_wider_than_the_rule)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    put_payload(&ask, "yes");
    add_rule(law, .id = "R1", .facets = NAMES("identity", "dates"));
    seal(law);
    ask.question.arrival = true;

    const struct judgement judgement = judge(law, &ask.question);
    expect_text(said(law, &judgement), "refuse wider-than-rule R1");
    cr_expect(eq(u64, judgement.facets, 0));
    cr_expect(eq(u64, judgement.withheld, BIT(STATE)));
    ask.question.facets = BIT(IDENTITY) | BIT(DATES);
    expect_said(law, &ask, "transmit rule R1");
    law_destroy(&law);
}

/* --- before any rule ----------------------------------------------------- */

Test(judge, refuses_the_whole_event_that_holds_a_banned_facet)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    put_payload(&ask, "yes");
    put(&ask, DIAGNOSIS, "content", "x");
    add_rule(law, .id = "R1", .facets = NAMES("identity"));
    seal(law);

    expect_said(law, &ask, "refuse banned none");
    cr_expect(eq(u64, judge(law, &ask.question).facets, 0));
    law_destroy(&law);
}

Test(judge, keeps_test_events_and_real_cases_apart)
{
    for (int pilot = 0; pilot < 2; pilot++) {
        struct law *law = new_law(pilot);
        struct ask ask;
        ask_init(&ask);
        add_rule(law, .id = "R1", .checked_by = "somebody");
        seal(law);

        ask.question.test = pilot;
        expect_said(law, &ask, "transmit rule R1");
        ask.question.test = !pilot;
        expect_said(law, &ask, "refuse profile none");
        law_destroy(&law);
    }
}

Test(judge, tells_nobody_who_is_not_concerned_by_the_person)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    add_rule(law, .id = "R1", .events = NAMES("inscription", "poste"));
    seal(law);
    ask.question.concerned = false;

    expect_said(law, &ask, "refuse not-concerned none");
    ask.question.type = POSTE; /* about no person */
    expect_said(law, &ask, "transmit rule R1");
    law_destroy(&law);
}

/* --- lanes --------------------------------------------------------------- */

Test(judge, denies_before_every_lane)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    add_rule(law, .id = "R1", .lane = "duty");
    add_rule(law, .id = "R2", .lane = "deny");
    seal(law);

    expect_said(law, &ask, "refuse denied R2");
    law_destroy(&law);
}

Test(judge, tries_the_lanes_in_their_order_whatever_that_of_the_files)
{
    static const char *const lanes[] = {"consent", "cii", "release", "request",
                                        "duty"};
    static const char *const ids[] = {"R1", "R2", "R3", "R4", "R5"};

    for (size_t last = 0; last < 5; last++) {
        char want[32] = "";
        struct law *law = new_law(true);
        struct ask ask;
        ask_init(&ask);
        for (size_t i = 0; i <= last; i++)
            add_rule(law, .id = ids[i], .lane = lanes[i]);
        seal(law);

        (void)snprintf(want, sizeof want, "transmit rule %s", ids[last]);
        expect_said(law, &ask, want);
        law_destroy(&law);
    }
}

Test(judge, tries_within_a_lane_by_id)
{
    struct law *law = law_with_assessed(true);
    struct ask ask;
    ask_init(&ask);
    put_payload(&ask, "yes");
    add_rule(law, .id = "R2", .facets = NAMES("identity"));
    add_rule(law, .id = "R1", .facets = NAMES("identity", "state"),
             .needs = NAMES("assessed"));
    seal(law);

    expect_said(law, &ask, "transmit rule R1");
    ask.content[STATE].field_count = 0;
    expect_said(law, &ask, "transmit rule R2");
    law_destroy(&law);
}

Test(judge, refuses_what_has_no_rule)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    add_rule(law, .id = "R1");
    add_rule(law, .id = "R2", .lane = "off", .to = NAMES("oai"));
    seal(law);

    ask.question.to = "ge.oai";
    expect_said(law, &ask, "refuse no-rule none");
    ask.question.to = "ge.as.hg";
    ask.question.type = OUVERTURE;
    expect_said(law, &ask, "refuse no-rule none");
    ask.question.type = -1;
    expect_said(law, &ask, "refuse no-rule none");
    ask.question.type = INSCRIPTION;
    ask.question.discloser = "ge.nobody";
    expect_said(law, &ask, "refuse no-rule none");
    law_destroy(&law);
}

Test(judge, takes_the_discloser_for_the_one_who_tells)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    add_rule(law, .id = "R1", .from = NAMES("oai"));
    seal(law);

    expect_said(law, &ask, "refuse no-rule none");
    ask.question.discloser = "ge.oai";
    expect_said(law, &ask, "transmit rule R1");
    law_destroy(&law);
}

Test(judge, any_event_is_never_what_the_daemon_tells_by_itself)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    add_rule(law, .id = "R1", .from = NAMES("any"), .to = NAMES("any"),
             .events = NAMES("any"));
    seal(law);

    expect_said(law, &ask, "transmit rule R1");
    ask.question.type = RECU;
    expect_said(law, &ask, "refuse no-rule none");
    law_destroy(&law);
}

/* --- predicates ---------------------------------------------------------- */

Test(judge, takes_a_rule_only_when_all_its_needs_are_true)
{
    struct law *law = law_with_assessed(true);
    struct ask ask;
    ask_init(&ask);
    put_payload(&ask, "no");
    add_rule(law, .id = "R1", .facets = NAMES("state"),
             .needs = NAMES("assessed"));
    seal(law);

    const struct judgement judgement = judge(law, &ask.question);
    expect_text(said(law, &judgement), "refuse predicate R1");
    cr_assert(eq(sz, judgement.finding_count, 1));
    cr_expect(eq(int, judgement.finding[0].predicate, 0));
    cr_expect(eq(int, (int)judgement.finding[0].truth, TRUTH_FALSE));
    ask.field[STATE][0].value = "yes";
    expect_said(law, &ask, "transmit rule R1");
    law_destroy(&law);
}

Test(judge, holds_a_need_that_nobody_defined_for_unknown)
{
    struct law *law = law_with_assessed(true);
    struct ask ask;
    ask_init(&ask);
    put_payload(&ask, "yes");
    add_rule(law, .id = "R1", .facets = NAMES("state"),
             .needs = NAMES("assessed", "consent-express"));
    seal(law);

    const struct judgement judgement = judge(law, &ask.question);
    expect_text(said(law, &judgement), "refuse predicate R1");
    cr_assert(eq(sz, judgement.finding_count, 1));
    cr_expect(eq(int, judgement.finding[0].predicate, -1));
    cr_expect(eq(int, (int)judgement.finding[0].truth, TRUTH_UNKNOWN));
    cr_expect(eq(int, judgement.finding[0].need, 1));
    law_destroy(&law);
}

Test(judge, lets_a_human_decide_what_the_event_leaves_open)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    put(&ask, IDENTITY, "dateOfBirth", "2001");
    add_predicate(law, .name = "young",
                  .all =
                      TESTS({"identity.dateOfBirth", "age-below", NAMES("25")}),
                  .all_count = 1);
    add_rule(law, .id = "R1", .facets = NAMES("identity"),
             .needs = NAMES("young"));
    add_rule(law, .id = "R2", .facets = NAMES("identity"),
             .events = NAMES("ouverture"), .needs = NAMES("young", "consent"));
    seal(law);

    const struct judgement judgement = judge(law, &ask.question);
    expect_text(said(law, &judgement), "hold predicate R1");
    cr_expect(eq(u64, judgement.facets, 0));
    ask.question.type = OUVERTURE; /* consent is missing as well */
    expect_said(law, &ask, "refuse predicate R2");
    law_destroy(&law);
}

Test(judge, names_the_rule_that_came_nearest)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    add_rule(law, .id = "R1", .needs = NAMES("a", "b"), .fallback = "R2");
    add_rule(law, .id = "R2", .lane = "consent", .needs = NAMES("c"));
    seal(law);

    expect_said(law, &ask, "refuse predicate R2");
    cr_expect(eq(sz, judge(law, &ask.question).finding_count, 3));
    law_destroy(&law);
}

/* --- special and general ------------------------------------------------- */

Test(judge, offers_no_general_lane_beside_a_special_rule_that_failed)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    add_rule(law, .id = "R1", .lane = "cii", .needs = NAMES("reciprocity"));
    add_rule(law, .id = "R2", .lane = "consent");
    seal(law);

    expect_said(law, &ask, "refuse predicate R1");
    law_destroy(&law);
}

Test(judge, falls_back_where_the_special_rule_says_so)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    add_rule(law, .id = "R1", .lane = "cii", .needs = NAMES("reciprocity"),
             .fallback = "R2");
    add_rule(law, .id = "R2", .lane = "consent");
    seal(law);

    expect_said(law, &ask, "transmit rule R2");
    law_destroy(&law);
}

Test(judge, falls_back_step_by_step)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    add_rule(law, .id = "R1", .lane = "duty", .needs = NAMES("a"),
             .fallback = "R2");
    add_rule(law, .id = "R2", .lane = "cii", .needs = NAMES("b"),
             .fallback = "R3");
    add_rule(law, .id = "R3", .lane = "consent");
    seal(law);

    expect_said(law, &ask, "transmit rule R3");
    law_destroy(&law);
}

Test(judge, needs_every_rule_that_failed_to_name_the_general_one)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    add_rule(law, .id = "R1", .lane = "cii", .needs = NAMES("a"),
             .fallback = "R3");
    add_rule(law, .id = "R2", .lane = "cii", .needs = NAMES("b"));
    add_rule(law, .id = "R3", .lane = "consent");
    seal(law);

    expect_said(law, &ask, "refuse predicate R1");
    law_destroy(&law);
}

Test(judge, is_not_barred_by_a_rule_that_was_itself_barred)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    add_rule(law, .id = "R1", .lane = "duty", .needs = NAMES("a"),
             .fallback = "R3");
    add_rule(law, .id = "R2", .lane = "cii", .needs = NAMES("b"));
    add_rule(law, .id = "R3", .lane = "consent");
    seal(law);

    expect_said(law, &ask, "transmit rule R3");
    law_destroy(&law);
}

/* --- in force, in a canton, signed off ----------------------------------- */

Test(judge, knows_only_rules_in_force_on_the_day)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    add_rule(law, .id = "R1", .valid_from = "2026-06-16");
    add_rule(law, .id = "R2", .lane = "duty", .valid_to = "2026-06-14");
    add_rule(law, .id = "R3", .lane = "deny", .valid_to = "2026-06-14");
    seal(law);

    expect_said(law, &ask, "refuse no-rule none");
    ask.question.now = NOON + DAY_MS;
    expect_said(law, &ask, "transmit rule R1");
    ask.question.now = NOON - DAY_MS;
    expect_said(law, &ask, "refuse denied R3");
    law_destroy(&law);
}

Test(judge, both_days_in_force_count)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    add_rule(law, .id = "R1", .valid_from = "2026-06-15",
             .valid_to = "2026-06-15");
    seal(law);

    expect_said(law, &ask, "transmit rule R1");
    law_destroy(&law);
}

Test(judge, a_cantons_rule_holds_between_its_own_institutions)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    add_rule(law, .id = "R1", .canton = "ge");
    seal(law);

    expect_said(law, &ask, "transmit rule R1");
    ask.question.to = "vs.as.sion";
    expect_said(law, &ask, "refuse no-rule none");
    ask.question.to = "ge.as.hg";
    ask.question.discloser = "vs.orp.sion";
    expect_said(law, &ask, "refuse no-rule none");
    law_destroy(&law);
}

Test(judge, a_canton_denies_as_soon_as_one_of_them_is_its_own)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    add_rule(law, .id = "R1");
    add_rule(law, .id = "R2", .lane = "deny", .canton = "vs");
    seal(law);

    expect_said(law, &ask, "transmit rule R1");
    ask.question.to = "vs.as.sion";
    expect_said(law, &ask, "refuse denied R2");
    law_destroy(&law);
}

Test(judge, holds_under_a_rule_that_nobody_signed_off)
{
    struct law *law = new_law(false);
    struct ask ask;
    ask_init(&ask);
    put_payload(&ask, "yes");
    add_rule(law, .id = "R1", .facets = NAMES("identity"));
    add_rule(law, .id = "R2", .events = NAMES("ouverture"),
             .checked_by = "a jurist", .checked_on = "2026-01-01");
    add_rule(law, .id = "R3", .lane = "deny", .to = NAMES("oai"));
    seal(law);
    ask.question.test = false;

    const struct judgement judgement = judge(law, &ask.question);
    expect_text(said(law, &judgement), "hold unchecked R1");
    cr_expect(eq(u64, judgement.facets, 0));
    ask.question.type = OUVERTURE;
    expect_said(law, &ask, "transmit rule R2");
    ask.question.type = INSCRIPTION; /* denying is the safe side */
    ask.question.to = "ge.oai";
    expect_said(law, &ask, "refuse denied R3");
    law_destroy(&law);
}

/* --- what the daemon tells by itself ------------------------------------- */

static struct law *
law_with_protocol(void)
{
    struct law *law = new_law(false);

    add_rule(law, .id = "P01", .from = NAMES("any"), .to = NAMES("any"),
             .events = NAMES("recu"), .facets = NAMES("outcome"),
             .checked_by = "protocol");
    add_rule(law, .id = "P02", .from = NAMES("any"), .to = NAMES("any"),
             .events = NAMES("any"), .facets = NAMES("identity"),
             .needs = NAMES("receiver-is-issuer"), .checked_by = "protocol");
    add_rule(law, .id = "R1", .lane = "duty", .facets = NAMES("dates"),
             .checked_by = "a jurist");
    seal(law);
    return law;
}

Test(judge, lets_receipts_go_to_everybody_in_production)
{
    struct law *law = law_with_protocol();
    struct ask ask;
    ask_init(&ask);
    ask.question.test = false;
    ask.question.type = RECU;
    ask.question.concerned = false;
    ask.question.facets = BIT(OUTCOME);

    expect_said(law, &ask, "transmit rule P01");
    law_destroy(&law);
}

Test(judge, gives_an_issuer_all_of_its_own_event_back)
{
    struct law *law = law_with_protocol();
    struct ask ask;
    ask_init(&ask);
    put_payload(&ask, "yes");
    ask.question.test = false;
    ask.question.concerned = false;
    ask.question.issuer = "ge.as.hg";

    const struct judgement judgement = judge(law, &ask.question);
    expect_text(said(law, &judgement), "transmit rule P02");
    cr_expect(eq(u64, judgement.facets, ask.question.facets));
    ask.question.issuer = "ge.as";
    expect_said(law, &ask, "refuse not-concerned none");
    ask.question.concerned = true;
    expect_said(law, &ask, "transmit rule R1");
    law_destroy(&law);
}

Test(judge, has_no_use_for_the_return_rule_between_others)
{
    struct law *law = law_with_protocol();
    struct ask ask;
    ask_init(&ask);
    ask.question.test = false;
    ask.question.type = OUVERTURE;

    expect_said(law, &ask, "refuse no-rule none");
    cr_expect(eq(sz, judge(law, &ask.question).finding_count, 0));
    law_destroy(&law);
}
