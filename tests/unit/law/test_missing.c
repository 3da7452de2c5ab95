/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/law/small_law.h"

static void
expect_missing(const struct law *law, const struct ask *ask, const char *want)
{
    const struct judgement judgement = judge(law, &ask->question);
    struct buffer text = {0};

    judgement_missing(law, &judgement, &ask->question, &text);
    expect_text(buffer_text(&text), want);
    buffer_done(&text);
}

Test(missing, is_silent_when_it_is_transmitted)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    add_rule(law, .id = "R1");
    seal(law);

    expect_missing(law, &ask, "");
    law_destroy(&law);
}

Test(missing, names_predicate_citation_and_remedy)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    put(&ask, REPORT, "informedOn", "2026-06-16");
    add_predicate(law, .name = "told", .citation = "LAI 3b al. 3",
                  .remedy = "tell the person first",
                  .all = TESTS({"report.informedOn", "before-sending", NULL}),
                  .all_count = 1);
    add_rule(law, .id = "R11", .citation = "LAI 3b", .needs = NAMES("told"),
             .facets = NAMES("report"));
    seal(law);

    expect_missing(
        law, &ask,
        "release: R11 (LAI 3b) needs told (LAI 3b al. 3): looked for "
        "report.informedOn to be no later than the day of sending, which is "
        "not so (tell the person first).");
    ask.content[REPORT].field_count = 0;
    expect_missing(
        law, &ask,
        "release: R11 (LAI 3b) needs told (LAI 3b al. 3): looked for "
        "report.informedOn to be no later than the day of sending, of which "
        "nothing is known here (tell the person first).");
    law_destroy(&law);
}

Test(missing, has_a_sentence_for_each_lane)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    add_rule(law, .id = "R3b", .lane = "cii", .citation = "LACI 85f al. 2",
             .needs = NAMES("client-attested", "reciprocity"),
             .fallback = "R3");
    add_rule(law, .id = "R3", .lane = "consent", .citation = "LACI 97a",
             .needs = NAMES("consent-written"));
    seal(law);

    expect_missing(
        law, &ask,
        "cii: R3b (LACI 85f al. 2) needs client-attested, which nothing shows "
        "here; and reciprocity, which nothing shows here. consent: R3 "
        "(LACI 97a) needs consent-written, which nothing shows here.");
    law_destroy(&law);
}

Test(missing, lists_what_any_would_have_sufficed)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    put(&ask, REPORT, "days", "3");
    add_predicate(law, .name = "case",
                  .any =
                      TESTS({"report.days", "at-least", NAMES("9")},
                            {"report.informedOn", "within-days", NAMES("5")}),
                  .any_count = 2);
    add_rule(law, .id = "R1", .needs = NAMES("case"),
             .facets = NAMES("report"));
    seal(law);

    expect_missing(law, &ask,
                   "release: R1 (art. 1) needs case: looked for report.days "
                   "to be at least 9 or report.informedOn to be today or in "
                   "the next 5 days, of which nothing is known here.");
    law_destroy(&law);
}

Test(missing, never_repeats_what_the_event_says)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    put(&ask, IDENTITY, "nationality", "PT");
    add_predicate(law, .name = "swiss",
                  .all = TESTS({"identity.nationality", "equals", NAMES("CH")}),
                  .all_count = 1);
    add_rule(law, .id = "R1", .needs = NAMES("swiss"),
             .facets = NAMES("identity"));
    seal(law);

    expect_missing(law, &ask,
                   "release: R1 (art. 1) needs swiss: looked for "
                   "identity.nationality to be CH, which is not so.");
    law_destroy(&law);
}

Test(missing, says_what_stands_before_every_rule)
{
    struct law *law = new_law(true);
    struct ask ask;
    ask_init(&ask);
    add_rule(law, .id = "R1", .lane = "deny", .to = NAMES("oai"));
    add_rule(law, .id = "R2", .facets = NAMES("identity"));
    add_rule(law, .id = "R3", .lane = "off", .to = NAMES("pc"));
    seal(law);

    ask.question.concerned = false;
    expect_missing(law, &ask,
                   "ge.as.hg is not concerned by this person: name it in the "
                   "dossier first.");
    ask.question.concerned = true;
    ask.question.to = "ge.oai";
    expect_missing(law, &ask,
                   "R1 (art. 1) denies inscription to oai, whatever else is "
                   "known.");
    ask.question.to = "ge.pc";
    expect_missing(law, &ask,
                   "No rule lets orp tell pc inscription; rule R3 is switched "
                   "off: what has no rule is not told.");
    ask.question.to = "ge.as.hg";
    ask.question.arrival = true;
    put(&ask, DATES, "on", "2026-01-01");
    expect_missing(law, &ask,
                   "release: R2 (art. 1) does not open dates, but it came: "
                   "the sender has to leave it behind.");
    put(&ask, DIAGNOSIS, "content", "x");
    expect_missing(law, &ask,
                   "diagnosis is denied to everybody here: issue the event "
                   "without it.");
    law_destroy(&law);
}

Test(missing, says_what_keeps_a_profile_back)
{
    struct law *law = new_law(false);
    struct ask ask;
    ask_init(&ask);
    add_rule(law, .id = "R1");
    seal(law);

    expect_missing(law, &ask,
                   "This is a test event, and this office runs with profile "
                   "production.");
    ask.question.test = false;
    expect_missing(law, &ask,
                   "release: R1 (art. 1) would carry it, but nobody has "
                   "signed the rule off: write checked_by and checked_on in "
                   "its file.");
    law_destroy(&law);

    law = new_law(true);
    seal(law);
    expect_missing(law, &ask,
                   "This office runs with profile pilot, which takes test "
                   "events only: set the test flag.");
    law_destroy(&law);
}

Test(names, are_those_of_the_manual)
{
    expect_text(lane_name(LANE_DUTY), "duty");
    expect_text(lane_name(LANE_CONSENT), "consent");
    expect_text(lane_name(LANE_COUNT), "");
    expect_text(verdict_name(VERDICT_LATE), "late");
    expect_text(verdict_name(VERDICT_COUNT), "");
    expect_text(ground_name(GROUND_NO_RULE), "no-rule");
    expect_text(ground_name(GROUND_WIDER), "wider-than-rule");
    expect_text(ground_name(GROUND_COUNT), "");
}
