/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/law/small_law.h"

/* What is a matter of form does not end a duty: it stands, unmet. */

/* A duty that depends on the outcome, and in form on a day. */
static struct law *
law_with_duty(bool pilot, const char *lane)
{
    struct law *law = new_law(pilot);

    add_predicate(law, .name = "insufficient", .citation = "art. 2",
                  .all = TESTS({"outcome.sufficient", "equals", NAMES("no")}),
                  .all_count = 1);
    add_predicate(law, .name = "day-kept", .citation = "art. 3", .owed = true,
                  .all = TESTS({"dates.on", "present", NULL}), .all_count = 1);
    add_predicate(law, .name = "assessed", .citation = "art. 4", .stops = true,
                  .all = TESTS({"state.assessed", "equals", NAMES("no")}),
                  .all_count = 1);
    add_rule(law, .id = "D1", .lane = lane,
             .facets = NAMES("identity", "outcome", "dates"),
             .needs = NAMES("insufficient", "day-kept"), .fallback = "C1",
             .checked_by = pilot ? NULL : "a jurist",
             .checked_on = "2026-01-01");
    add_rule(law, .id = "C1", .lane = "consent", .facets = NAMES("identity"),
             .checked_by = "a jurist", .checked_on = "2026-01-01");
    return law;
}

static void
put_outcome(struct ask *ask, const char *sufficient)
{
    ask_init(ask);
    put(ask, IDENTITY, "avs", "7569217076985");
    put(ask, OUTCOME, "sufficient", sufficient);
}

static const char *
owed(const struct law *law, const struct ask *ask)
{
    const struct judgement judgement = judge(law, &ask->question);

    return judgement.owed < 0 ? "none"
                              : law_rule_at(law, (size_t)judgement.owed).id;
}

Test(owed, form_alone_is_missing_so_the_duty_stands)
{
    struct law *law = law_with_duty(true, "duty");
    struct ask ask;
    put_outcome(&ask, "no");
    seal(law);

    expect_text(owed(law, &ask), "D1");
    expect_said(law, &ask, "transmit rule C1"); /* that is not the duty */
    law_destroy(&law);
}

Test(owed, nothing_when_a_condition_of_the_duty_is_missing)
{
    struct law *law = law_with_duty(true, "duty");
    struct ask ask;
    put_outcome(&ask, "yes");
    seal(law);

    expect_text(owed(law, &ask), "none");
    law_destroy(&law);
}

Test(owed, nothing_when_a_condition_is_unknown)
{
    struct law *law = law_with_duty(true, "duty");
    struct ask ask;
    ask_init(&ask);
    put(&ask, IDENTITY, "avs", "7569217076985");
    seal(law);

    expect_text(owed(law, &ask), "none");
    law_destroy(&law);
}

Test(owed, nothing_once_the_duty_is_met)
{
    struct law *law = law_with_duty(true, "duty");
    struct ask ask;
    put_outcome(&ask, "no");
    put(&ask, DATES, "on", "2026-06-01");
    seal(law);

    expect_said(law, &ask, "transmit rule D1");
    expect_text(owed(law, &ask), "none");
    law_destroy(&law);
}

Test(owed, only_in_the_lane_of_duties)
{
    struct law *law = law_with_duty(true, "release");
    struct ask ask;
    put_outcome(&ask, "no");
    seal(law);

    expect_text(owed(law, &ask), "none");
    law_destroy(&law);
}

Test(owed, only_by_who_sends)
{
    struct law *law = law_with_duty(true, "duty");
    struct ask ask;
    put_outcome(&ask, "no");
    ask.question.arrival = true;
    seal(law);

    expect_text(owed(law, &ask), "none");
    law_destroy(&law);
}

Test(owed, what_a_veto_holds_up_stays_owed)
{
    struct law *law = law_with_duty(true, "duty");
    struct ask ask;
    put_outcome(&ask, "no");
    put(&ask, DATES, "on", "2026-06-01");
    put(&ask, STATE, "assessed", "no");
    seal(law);

    expect_said(law, &ask, "hold stopped D1");
    expect_text(owed(law, &ask), "D1");
    law_destroy(&law);
}

Test(owed, nothing_to_whom_the_person_does_not_concern)
{
    struct law *law = law_with_duty(true, "duty");
    struct ask ask;
    put_outcome(&ask, "no");
    ask.question.concerned = false;
    seal(law);

    expect_text(owed(law, &ask), "none");
    law_destroy(&law);
}

Test(owed, in_production_only_what_somebody_signed_off)
{
    struct law *law = law_with_duty(false, "duty");
    struct ask ask;
    put_outcome(&ask, "no");
    ask.question.test = false;
    add_rule(law, .id = "D2", .to = NAMES("cch"), .lane = "duty",
             .facets = NAMES("identity", "dates"), .needs = NAMES("day-kept"));
    seal(law);

    expect_text(owed(law, &ask), "D1");
    ask.question.to = "ge.cch";
    expect_text(owed(law, &ask), "none");
    law_destroy(&law);
}
