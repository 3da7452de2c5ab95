/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reader/desk.h"

/* The rules that differ, line by line. */
#define RULE(facets, needs)                 \
    "act: Test (RS 0)\n"                    \
    "rules:\n"                              \
    "  - id: R1\n"                          \
    "    from: [orp]\n"                     \
    "    to: [cch]\n"                       \
    "    events: [inscription-orp]\n"       \
    "    lane: duty\n"                      \
    "    facets: [" facets "]\n"            \
    "    needs: [" needs "]\n"              \
    "    citation: X 1\n"                   \
    "predicates:\n"                         \
    "  - name: is-client\n"                 \
    "    citation: X 2\n"                   \
    "    meaning: The receiver says so.\n"  \
    "    remedy: let it say so\n"           \
    "    statement: [attestation-client]\n" \
    "    by: receiver\n"                    \
    "    all:\n"                            \
    "      - {field: attestation.clientUntil, test: not-past}\n"

static int64_t base; /* yesterday */

static void
open_courts(void)
{
    open_desk();
    make_folder("other");
    write_text("rules/a.yaml", RULE("identity, dates", "is-client"));
    base = clock_now() - INT64_C(86400000);
}

TestSuite(rules_diff, .init = open_courts, .fini = close_desk);

static const char *
compare(const char *days)
{
    char path[160];
    snprintf(path, sizeof path, "%s/other", folder);
    return ASK("rules-diff", {"rules", path}, {"days", days});
}

static int64_t
enrol(uint8_t id, int64_t at, enum verdict verdict, enum ground ground)
{
    const int64_t event = say(
        (struct saying){.issuer = US,
                        .type = "inscription-orp",
                        .id = id,
                        .stored_at = at,
                        .said = (const struct said[]){
                            IDENTITY, {"dates", "from", "2026-01-05"}, {0}}});
    rule((struct ruling){.event = event,
                         .partner = CCH,
                         .verdict = verdict,
                         .ground = ground,
                         .citation = "X 1",
                         .facets = verdict == VERDICT_TRANSMIT
                                       ? "identity dates"
                                       : "",
                         .at = at});
    return event;
}

static void
attest(uint8_t id, int64_t at)
{
    say((struct saying){.issuer = CCH,
                        .type = "attestation-client",
                        .id = id,
                        .stored_at = at,
                        .said = (const struct said[]){
                            IDENTITY,
                            {"attestation", "clientSince", "2026-01-01"},
                            {"attestation", "clientUntil", "2099-12-31"},
                            {0}}});
}

Test(rules_diff, finds_nothing_between_equal_rules)
{
    write_text("other/a.yaml", RULE("identity, dates", "is-client"));
    enrol(1, base, VERDICT_REFUSE, GROUND_PREDICATE);
    attest(2, base + 1000);
    enrol(3, base + 2000, VERDICT_TRANSMIT, GROUND_RULE);

    expect_text(compare("30"), "differences judged=2 changed=0\n");
}

/* The first was judged before the attestation came: without the need for it,
 * only that one changes. */
Test(rules_diff, judges_with_what_was_known_at_the_time)
{
    write_text("other/a.yaml", RULE("identity, dates", ""));
    enrol(1, base, VERDICT_REFUSE, GROUND_PREDICATE);
    attest(2, base + 1000);
    enrol(3, base + 2000, VERDICT_TRANSMIT, GROUND_RULE);

    compare("30");

    expect_row("difference event=" ID("01") " type=inscription-orp issuer=" US
                                            " partner=" CCH " arrival=no at=");
    expect_row(" was=refuse now=transmit was_rule=R1 now_rule=R1"
               " now_facets=identity dates why=no longer missing: ");
    expect_row("differences judged=2 changed=1\n");
    expect_no_row(ID("03"));
}

Test(rules_diff, tells_facets_that_stay_behind)
{
    write_text("other/a.yaml", RULE("identity", "is-client"));
    attest(1, base);
    enrol(2, base + 1000, VERDICT_TRANSMIT, GROUND_RULE);

    compare("30");

    expect_row(" was=transmit now=transmit was_rule=R1 now_rule=R1"
               " was_facets=identity dates now_facets=identity"
               " why=keeps back dates\n");
}

Test(rules_diff, concerns_nobody_who_was_not_concerned)
{
    write_text("other/a.yaml", RULE("identity, dates", ""));
    enrol(1, base, VERDICT_REFUSE, GROUND_NOT_CONCERNED);

    expect_text(compare("30"), "differences judged=1 changed=0\n");
}

Test(rules_diff, looks_no_further_back_than_asked)
{
    write_text("other/a.yaml", RULE("identity, dates", ""));
    enrol(1, base - 5 * INT64_C(86400000), VERDICT_REFUSE, GROUND_PREDICATE);

    expect_text(compare("3"), "differences judged=0 changed=0\n");
    compare("9");
    expect_row("differences judged=1 changed=1\n");
    compare("0");
    expect_row("INVALID: days is a number from 1 to 36500");
}

Test(rules_diff, says_where_a_folder_is_wrong)
{
    write_text("other/a.yaml", "act: Test (RS 0)\nrulez: []\n");

    compare("30");

    expect_row("CONFIG: ");
    expect_row("other/a.yaml:2");
    expect_text(ASK("rules-diff", {"rules", "other"}),
                "INVALID: rules is a folder of rule files, by its whole "
                "path\n");
}
