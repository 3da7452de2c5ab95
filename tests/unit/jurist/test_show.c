/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/jurist/harness.h"

static void
write_example(void)
{
    write_rules("rules:\n" RULE("A1", "duty",
                                "    needs: [begun, nowhere]\n"
                                "    inform: month\n"
                                "    objection: veto\n"
                                "    within: 20\n"
                                "    answer_within: 30\n"
                                "    answered_by: [mesure]\n"
                                "    fallback: A2\n"
                                "    valid_from: \"2026-01-01\"\n"
                                "    note: A note.\n") RULE("A2", "consent", "")
                    RULE("A3", "deny", "") "predicates:\n" BEGUN PREDICATE(
                        "client", "    statement: [attestation-client]\n"
                                  "    by: receiver\n"
                                  "    same_case: true\n"
                                  "    none: true\n"
                                  "    concerns: true\n"
                                  "    all:\n"
                                  "      - {field: "
                                  "attestation.clientUntil, test: "
                                  "not-past}\n"));
}

Test(show, says_a_rule_in_words)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    write_example();

    cii_auto(run_done) struct run run = RUN("show", "A1", "--rules", "rules");

    cr_expect(eq(int, run.status, OUTCOME_OK));
    expect_says(&run, "Rule A1, of An act\n");
    expect_says(&run, "Who             orp (regional employment office)\n");
    expect_says(&run, "To whom         cch (unemployment fund)\n");
    expect_says(&run, "inscription-orp: Registered");
    expect_says(&run, "duty: the law obliges to tell\n");
    expect_says(&run, "Law             Art. 1\n");
    expect_says(&run, "identity and dates\n");
    expect_says(&run, "begun (Art. 2)\n");
    expect_says(&run, "It is so.\n");
    expect_says(&run, "Else: make it so.\n");
    expect_says(&run, "nowhere: nobody defines it");
    expect_says(&run, "by the receiver, within a month");
    expect_says(&run, "an overriding private interest, or an objection");
    expect_says(&run, "20 days after the day of the event\n");
    expect_says(&run, "within 30 days, by mesure\n");
    expect_says(&run, "A2 may be tried\n");
    expect_says(&run, "from 2026-01-01");
    expect_says(&run, "by A. Example on 2026-01-01\n");
    expect_says(&run, "A note.\n");
    expect_says(&run, "rules/a.yaml:3\n");
}

Test(show, says_of_a_denial_only_what_holds)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    write_example();

    cii_auto(run_done) struct run run = RUN("show", "A3", "--rules", "rules");

    expect_says(&run, "deny: the law forbids it");
    expect_silent_of(&run, "Opens");
    expect_silent_of(&run, "If it fails");
}

Test(show, says_a_predicate_in_words)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    write_example();

    cii_auto(run_done) struct run run =
        RUN("show", "begun", "client", "--rules", "rules");

    expect_says(&run, "Predicate begun\n");
    expect_says(&run, "dates.from is a day no later than the day of sending");
    expect_says(&run, "Needed by       A1");
    expect_says(&run,
                "that there is none of attestation-client, made by the\n");
    expect_says(&run, "the receiver is concerned by the person");
    expect_says(&run, "Needed by       no rule\n");
}

Test(show, names_the_nearest_when_there_is_none)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    write_example();

    cii_auto(run_done) struct run run = RUN("show", "bgun", "--rules", "rules");
    cii_auto(run_done) struct run none = RUN("show", "--rules", "rules");

    cr_expect(eq(int, run.status, OUTCOME_USAGE));
    cr_expect(eq(int, none.status, OUTCOME_USAGE));
    expect_text(run.out, "");
}

Test(show, says_both_as_json)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    write_example();

    cii_auto(run_done) struct run run =
        RUN("show", "A1", "client", "--json", "--rules", "rules");

    expect_says(&run, "\"rule\": \"A1\"");
    expect_says(&run, "\"within\": 20");
    expect_says(&run, "\"meaning\": \"It is so.\"");
    expect_says(&run, "\"meaning\": null");
    expect_says(&run, "\"predicate\": \"client\"");
    expect_says(&run, "\"by\": \"receiver\"");
    expect_says(&run, "\"none\": true");
}

Test(show, keeps_lines_as_short_as_the_terminal_is_wide)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    write_example();
    cr_assert(setenv("COLUMNS", "50", 1) == 0);

    cii_auto(run_done) struct run run = RUN("show", "A1", "--rules", "rules");

    for (const char *line = run.out; *line; line += strcspn(line, "\n") + 1)
        cr_expect(strcspn(line, "\n") <= 50, "%.*s", (int)strcspn(line, "\n"),
                  line);
}

/* --- the words of it ------------------------------------------------------ */

Test(run, refuses_what_it_does_not_know)
{
    cii_auto(run_done) struct run none = RUN("--nothing");
    cii_auto(run_done) struct run command = RUN("shw");
    cii_auto(run_done) struct run option = RUN("show", "--jsn", "A1");
    cii_auto(run_done) struct run help = RUN("--help");
    cii_auto(run_done) struct run more = RUN("show", "--help");

    cr_expect(eq(int, none.status, OUTCOME_USAGE));
    cr_expect(eq(int, command.status, OUTCOME_USAGE));
    cr_expect(eq(int, option.status, OUTCOME_USAGE));
    cr_expect(eq(int, help.status, OUTCOME_OK));
    expect_says(&help, "usage: ciid-law lint");
    expect_says(&more, "usage: ciid-law lint");
}
