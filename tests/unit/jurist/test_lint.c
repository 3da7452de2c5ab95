/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/jurist/harness.h"

/* --- what does not load --------------------------------------------------- */

Test(lint, finds_nothing_in_good_rules)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    write_rules("rules:\n" RULE("A1", "duty", ""));

    cii_auto(run_done) struct run run = RUN("lint", "rules", "--strict");

    cr_expect(eq(int, run.status, OUTCOME_OK));
    expect_text(run.out,
                "1 rule and 0 predicates in 1 file: no error, 0 warnings\n");
}

Test(lint, goes_on_with_the_next_entry_and_names_what_is_near)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    write_rules("rules:\n" RULE("A1", "dutty", "") RULE("A2", "duty", "")
                    RULE("A3", "duty", "    inform: afer\n"));

    cii_auto(run_done) struct run run = RUN("lint", "rules");

    cr_expect(eq(int, run.status, OUTCOME_FOUND));
    expect_says(&run, "rules/a.yaml:3: lane: 'dutty' is no word for it; did "
                      "you mean 'duty'?\n");
    expect_says(&run, "rules/a.yaml:21: inform: 'afer' is no word for it; did "
                      "you mean 'after'?\n");
    expect_says(&run, "3 rules and 0 predicates in 1 file: 2 errors");
}

Test(lint, goes_on_with_the_next_file)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    write_rules("rulles: []\n");
    write_file("rules/b.yaml", "act: B\nrules:\n" RULE("B1", "off", "") "x\n");
    write_file("rules/c.yaml",
               "act: C\nrules:\n" RULE("C1", "duty", "    canton: vs\n"));

    cii_auto(run_done) struct run run = RUN("lint", "rules");

    cr_expect(eq(int, run.status, OUTCOME_FOUND));
    expect_says(&run, "rules/a.yaml:2: unknown key 'rulles'");
    expect_says(&run, "did you mean 'rules'?");
    expect_says(&run, "rules/b.yaml:");
    expect_says(&run, "rules/c.yaml:12: unknown key 'canton'");
    expect_says(&run, "3 errors");
}

Test(lint, finds_what_stands_twice_and_where_it_stood_first)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    write_rules("rules:\n" RULE("A1", "duty", "    needs: [begun]\n")
                    RULE("A1", "release", "") "predicates:\n" BEGUN BEGUN);

    cii_auto(run_done) struct run run = RUN("lint", "rules");

    expect_says(&run, "rules/a.yaml:13: rule 'A1' stands twice; first in "
                      "rules/a.yaml:3\n");
    expect_says(&run, "predicate 'begun' stands twice; first in");
}

Test(lint, checks_the_whole_and_says_nothing_twice)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    write_rules("rules:\n" RULE("A1", "release", "    fallback: A9\n")
                    RULE("A2", "duty", "    fallback: A1\n")
                        RULE("A3", "cii", "    fallback: A4\n")
                            RULE("A4", "cii", ""));

    cii_auto(run_done) struct run run = RUN("lint", "rules", "--json");

    cr_expect(eq(int, run.status, OUTCOME_FOUND));
    expect_says(&run, "rule A1 falls back to A9, which is none");
    expect_says(&run, "rule A3 falls back to A4, which is of no later lane");
    expect_silent_of(&run, "rule A2");
    expect_says(&run, "\"errors\": 2");
}

Test(lint, does_not_blame_who_refers_to_what_is_wrong)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    write_rules(
        "rules:\n" RULE("A1", "duty", "    needs: [second]\n") "predicates:\n" PREDICATE(
            "first", "    all:\n      - {field: date.from, test: present}\n")
            PREDICATE("second",
                      "    all:\n      - {field: first, test: holds}\n"));

    cii_auto(run_done) struct run run = RUN("lint", "rules");

    expect_says(&run, "'date' is no facet; did you mean 'dates'?");
    expect_says(&run, "1 error;");
    expect_silent_of(&run, "second");
}

Test(lint, cannot_look_at_a_folder_that_is_not_there)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    make_folder("rules");

    cii_auto(run_done) struct run empty = RUN("lint", "rules");
    cii_auto(run_done) struct run missing = RUN("lint", "rulles");
    cii_auto(run_done) struct run two = RUN("lint", "rules", "rules");

    cr_expect(eq(int, empty.status, OUTCOME_UNREAD));
    cr_expect(eq(int, missing.status, OUTCOME_UNREAD));
    cr_expect(eq(int, two.status, OUTCOME_USAGE));
}

/* --- what loads, and is hardly meant -------------------------------------- */

struct doubt {
    const char *entries;
    const char *says; /* NULL: nothing */
};

static void
expect_doubt(const struct doubt *doubt)
{
    write_rules(doubt->entries);
    cii_auto(run_done) struct run run = RUN("lint", "rules");
    cii_auto(run_done) struct run strict = RUN("lint", "rules", "--strict");

    cr_expect(eq(int, run.status, OUTCOME_OK), "%s", run.out);
    cr_expect(eq(int, strict.status, doubt->says ? OUTCOME_FOUND : OUTCOME_OK),
              "%s", run.out);
    if (doubt->says)
        expect_says(&run, doubt->says);
    else
        expect_says(&run, "no error, 0 warnings");
}

#define UNSIGNED(id, more)            \
    "  - id: " id "\n"                \
    "    from: [orp]\n"               \
    "    to: [cch]\n"                 \
    "    events: [inscription-orp]\n" \
    "    lane: duty\n"                \
    "    facets: [identity, dates]\n" \
    "    citation: Art. 1\n" more

#define CONSENT                                 \
    PREDICATE("consent",                        \
              "    statement: [consentement]\n" \
              "    all:\n"                      \
              "      - {field: consent.between, test: names-both}\n")

Test(lint, warns_of_rules)
{
    static const struct doubt doubts[] = {
        {"rules:\n" UNSIGNED("A1", ""), "nobody has signed off rule A1"},
        {"rules:\n" UNSIGNED("A1", "    checked_by: A. Example\n"),
         "rule A1 was checked by A. Example, and when?"},
        {"rules:\n" UNSIGNED("A1", "    checked_on: \"2026-01-01\"\n"),
         "and by whom?"},
        {"rules:\n" UNSIGNED("A1", "    checked_by: A. Example\n"
                                   "    checked_on: \"9999-01-01\"\n"),
         "which is still to come"},
        {"rules:\n" RULE("A1", "duty", "    valid_to: \"2020-12-31\"\n"),
         "rule A1 ended on 2020-12-31"},
        {"rules:\n" RULE("A1", "duty",
                         "    needs: [bgun]\n") "predicates:\n" BEGUN,
         "'bgun', which nobody defines: it is never true, so the rule never "
         "carries anything; did you mean 'begun'?"},
        {"rules:\n" RULE("A1", "consent", ""),
         "but needs no statement of consent"},
        {"rules:\n" RULE("A1", "consent",
                         "    needs: [consent]\n") "predicates:\n" CONSENT,
         NULL},
        {"rules:\n" RULE("A1", "request", ""),
         "but needs no request that the event answers"},
        {"rules:\n" RULE("A1", "duty", "    inform: consent\n"),
         "informs the person at consent"},
        {"rules:\n" RULE("A1", "duty", "    objection: withdraw\n"),
         "ends with the withdrawal of a consent"},
        {"rules:\n" RULE("A1", "duty", "") "denials:\n  - facets: [dates]\n"
                                           "    to: [any]\n"
                                           "    except: [as]\n"
                                           "    citation: Art. 3\n",
         "rule A1 opens dates, which a denial keeps from cch"},
        {"rules:\n" RULE("A1", "duty", "") "denials:\n  - facets: [dates]\n"
                                           "    to: [any]\n"
                                           "    except: [cch]\n"
                                           "    citation: Art. 3\n",
         NULL},
    };

    cii_auto(folder_done) struct folder folder = folder_new();
    for (size_t i = 0; i < sizeof doubts / sizeof doubts[0]; i++)
        expect_doubt(&doubts[i]);
}

#define RULE_OF(event, facets, needs) \
    "rules:\n"                        \
    "  - id: A1\n"                    \
    "    from: [orp, orp]\n"          \
    "    to: [cch]\n"                 \
    "    events: [" event "]\n"       \
    "    lane: duty\n"                \
    "    facets: [" facets "]\n"      \
    "    needs: [" needs "]\n"        \
    "    citation: Art. 1\n"

Test(lint, warns_of_facets_and_of_what_no_event_may_hold)
{
    static const struct doubt doubts[] = {
        {RULE_OF("inscription-orp", "identity, report", ""),
         "rule A1 opens report, which none of its events may hold"},
        {RULE_OF("inscription-orp", "dates", ""),
         "rule A1 does not open identity"},
        {RULE_OF("inscription-orp", "identity", ""),
         "rule A1 names 'orp' twice in from"},
        {RULE_OF("inscription-orp", "identity, report", "told") "predicates:\n" PREDICATE(
             "told",
             "    all:\n"
             "      - {field: report.informedOn, test: before-sending}\n"),
         "rule A1 needs told, which looks at report: inscription-orp may not "
         "hold it"},
    };

    cii_auto(folder_done) struct folder folder = folder_new();
    for (size_t i = 0; i < sizeof doubts / sizeof doubts[0]; i++)
        expect_doubt(&doubts[i]);
}

#define BASED PREDICATE("based", "    basis: releases-secrecy\n")
#define BASIS(name, more)  \
    "canton: vs\n"         \
    "bases:\n"             \
    "  - name: " name "\n" \
    "    kinds: [as]\n"    \
    "    citation: Art. 4\n" more

Test(lint, warns_of_predicates_and_bases)
{
    static const struct doubt doubts[] = {
        {"predicates:\n" BEGUN, "no rule needs predicate begun"},
        {"predicates:\n" PREDICATE("stop", "    statement: [veto]\n"
                                           "    stops: true\n"),
         NULL},
        {"predicates:\n" PREDICATE("odd", "    statement: [veto]\n"
                                          "    stops: true\n"
                                          "    all:\n"
                                          "      - {field: dates.from, test: "
                                          "present}\n"),
         "predicate odd tests dates.from, but none of its statements may hold "
         "dates"},
        {"rules:\n" RULE("A1", "duty",
                         "    needs: [based]\n") "predicates:\n" BASED,
         "'releases-secrecy', which no canton's file gives"},
        {BASIS("release-secrecy",
               "") "rules:\n" RULE("A1", "duty",
                                   "    needs: [based]\n") "predicates:"
                                                           "\n" BASED,
         "did you mean 'release-secrecy'?"},
        {BASIS("releases-secrecy",
               "") "rules:\n" RULE("A1", "duty",
                                   "    needs: [based]\n") "predicates:"
                                                           "\n" BASED,
         "nobody has signed off the basis releases-secrecy"},
        {BASIS("releases-secrecy",
               "    checked_by: A. Example\n") "rules:"
                                               "\n" RULE(
                                                   "A1", "duty",
                                                   "    needs: "
                                                   "[based]\n") "predic"
                                                                "ates:"
                                                                "\n" BASED,
         NULL},
    };

    cii_auto(folder_done) struct folder folder = folder_new();
    for (size_t i = 0; i < sizeof doubts / sizeof doubts[0]; i++)
        expect_doubt(&doubts[i]);
}

/* --- rules that are never taken ------------------------------------------- */

#define NEEDS(id, lane, needs, more) \
    RULE(id, lane, "    needs: [" needs "]\n" more)
#define TWO                          \
    "predicates:\n" BEGUN PREDICATE( \
        "known", "    all:\n      - {field: identity.avs, test: present}\n")

Test(lint, finds_rules_that_are_never_taken)
{
    static const struct doubt doubts[] = {
        {"rules:\n" RULE("A1", "duty", "") RULE("A2", "duty", ""),
         "rule A2 is never taken: A1 (rules/a.yaml:3)"},
        {"rules:\n" RULE("A2", "duty", "") RULE("A1", "release", ""),
         "rule A1 is never taken: A2"},
        /* whatever the one needs, the other needs too */
        {"rules:\n" NEEDS("A1", "duty", "begun", "")
             NEEDS("A2", "duty", "begun, known", "") TWO,
         "rule A2 is never taken: A1"},
        {"rules:\n" NEEDS("A1", "duty", "begun, known", "")
             NEEDS("A2", "duty", "begun", "") TWO,
         NULL},
        /* the first carries, or bars the lanes behind it */
        {"rules:\n" NEEDS("A1", "duty", "begun", "")
             NEEDS("A2", "release", "known", "") TWO,
         "rule A2 is never taken: A1"},
        {"rules:\n" NEEDS("A1", "duty", "begun", "    fallback: A2\n")
             NEEDS("A2", "release", "known", "") TWO,
         NULL},
        /* a rule that was barred itself bars nothing */
        {"rules:\n" NEEDS("A1", "duty", "begun", "    fallback: A3\n")
             NEEDS("A2", "release", "known", "")
                 NEEDS("A3", "cii", "begun, known", "") TWO,
         "rule A2 is never taken: A1"},
        /* never in force on the same day */
        {"rules:\n" RULE("A1", "duty", "    valid_to: \"2999-12-31\"\n")
             RULE("A2", "release", "    valid_from: \"3000-01-01\"\n"),
         NULL},
        {"rules:\n" RULE("A1", "duty", "    valid_to: \"3000-01-01\"\n")
             RULE("A2", "release",
                  "    valid_from: \"2999-12-31\"\n"
                  "    valid_to: \"3000-01-01\"\n"),
         "rule A2 is never taken: A1"},
        /* a row that is off is in nobody's way */
        {"rules:\n" RULE("A1", "off", "") RULE("A2", "release", ""), NULL},
    };

    cii_auto(folder_done) struct folder folder = folder_new();
    for (size_t i = 0; i < sizeof doubts / sizeof doubts[0]; i++)
        expect_doubt(&doubts[i]);
}

Test(lint, leaves_federal_rules_alone_that_only_a_canton_covers)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    write_rules("rules:\n" RULE("A2", "release", ""));
    write_file("rules/vs.yaml",
               "act: VS\ncanton: vs\nrules:\n" RULE("A1", "duty", ""));

    cii_auto(run_done) struct run run = RUN("lint", "rules", "--strict");
    write_file("rules/a.yaml", "act: A\nrules:\n" RULE("A2", "deny", ""));
    cii_auto(run_done) struct run denied = RUN("lint", "rules", "--strict");

    cr_expect(eq(int, run.status, OUTCOME_OK), "%s", run.out);
    expect_says(&denied, "rules/vs.yaml:4: warning: rule A1 is never taken: "
                         "A2");
}

Test(lint, has_nothing_against_the_rules_that_ship_but_who_signs_them)
{
    const char *line = NULL;

    cii_auto(run_done) struct run run =
        RUN("lint", CII_SOURCE_DIR "/config/rules");

    cr_expect(eq(int, run.status, OUTCOME_OK), "%s", run.out);
    expect_silent_of(&run, "never taken");
    for (line = strstr(run.out, "warning: "); line;
         line = strstr(line + 1, "warning: "))
        cr_expect(strstr(line, "warning: nobody has signed off") == line ||
                      strstr(line, "warning: predicate "
                                   "law-releases-receiver asks for the "
                                   "basis") == line,
                  "%.*s", (int)strcspn(line, "\n"), line);
}
