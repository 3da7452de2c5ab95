/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reader/desk.h"

TestSuite(show, .init = open_desk, .fini = close_desk);

static int64_t
attestation(void)
{
    return say((struct saying){.issuer = CCH,
                               .type = "attestation-client",
                               .id = 1,
                               .said = (const struct said[]){
                                   IDENTITY,
                                   {"attestation", "clientSince", "2026-01-01"},
                                   {"attestation", "clientUntil", "2099-12-31"},
                                   {0}}});
}

static void
withdraw(int64_t event)
{
    const int64_t because =
        say((struct saying){.issuer = CCH,
                            .type = "retrait-consentement",
                            .id = 2,
                            .said = (const struct said[]){
                                IDENTITY,
                                {"withdrawal", "withdrawnRef", "C-1"},
                                {"withdrawal", "withdrawnOn", "2026-01-06"},
                                {0}}});
    require_ok(store_event_hide(store, event, because, 1, &error));
}

Test(show, tells_what_an_event_says)
{
    (void)attestation();

    ASK("show", {"event", ID("01")});

    expect_row("attestation.clientSince=2026-01-01");
    expect_row("identity.officialName=Muster");
    expect_no_row("hidden");
}

/* That it came stays on record; what it said is shown no more. */
Test(show, tells_nothing_that_came_under_a_withdrawn_consent)
{
    withdraw(attestation());

    ASK("show", {"event", ID("01")});

    expect_row("event id=" ID("01") " issuer=" CCH " type=attestation-client");
    expect_row("hidden_at=");
    expect_no_row("attestation.");
    expect_no_row("identity.");
}

Test(show, lists_no_statement_that_came_under_a_withdrawn_consent)
{
    withdraw(attestation());

    ASK("statements", {"avs", ANNA}, {"ended", "yes"});

    expect_row("type=retrait-consentement");
    expect_no_row("attestation.");
}
