/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reader/desk.h"

TestSuite(statements, .init = open_desk, .fini = close_desk);
TestSuite(consent, .init = open_desk, .fini = close_desk);

static int64_t
attest(uint8_t id, const char *issuer, const char *day, const char *since,
       const char *until)
{
    return say((struct saying){
        .issuer = issuer,
        .type = "attestation-client",
        .id = id,
        .day = day,
        .said = (const struct said[]){IDENTITY,
                                      {"attestation", "clientSince", since},
                                      {"attestation", "clientUntil", until},
                                      {0}}});
}

Test(statements, of_a_person_are_those_that_hold)
{
    attest(1, CCH, "2026-01-05", "2026-01-01", "2099-12-31");
    attest(2, OAI, "2026-01-06", "2025-01-01", "2025-06-30");
    attest(3, AS, "2026-01-07", "2098-01-01", "2099-12-31");

    expect_text(ASK("statements", {"avs", ANNA}),
                "statement id=" ID(
                    "03") " type=attestation-client issuer=" AS
                          " occurred_on=2026-01-07 state=later"
                          " attestation.clientSince=2098-01-01"
                          " attestation.clientUntil=2099-12-31\n"
                          "statement id=" ID(
                              "01") " type=attestation-client issuer=" CCH
                                    " occurred_on=2026-01-05 state=holds"
                                    " attestation.clientSince=2026-01-01"
                                    " attestation.clientUntil=2099-12-31\n");
}

Test(statements, that_hold_no_more_are_shown_when_asked_for)
{
    attest(1, CCH, "2026-01-05", "2026-01-01", "2099-12-31");
    attest(2, CCH, "2026-01-06", "2026-01-01", "2099-12-31");
    attest(3, OAI, "2026-01-06", "2025-01-01", "2025-06-30");

    ASK("statements", {"avs", ANNA}, {"ended", "yes"});

    expect_row("id=" ID("01") " type=attestation-client issuer=" CCH
                              " occurred_on=2026-01-05 state=ended");
    expect_row("id=" ID("02") " type=attestation-client issuer=" CCH
                              " occurred_on=2026-01-06 state=holds");
    expect_row("id=" ID("03") " type=attestation-client issuer=" OAI
                              " occurred_on=2026-01-06 state=over");
}

Test(statements, say_whom_we_told_of_them)
{
    const int64_t event =
        attest(1, US, "2026-01-05", "2026-01-01", "2099-12-31");
    deliver(event, OAI, 1);
    deliver(event, CCH, 1);

    ASK("statements", {"avs", ANNA});

    expect_row("state=holds told=" CCH " " OAI " ");
}

Test(statements, about_nobody_are_no_persons)
{
    attest(1, CCH, "2026-01-05", "2026-01-01", "2099-12-31");
    say((struct saying){.issuer = OAI,
                        .type = "reciprocite",
                        .id = 2,
                        .said = (const struct said[]){
                            {"reciprocity", "grantedTo", US},
                            {"reciprocity", "sends", "fin-de-droits"},
                            {"reciprocity", "reciprocityFrom", "2026-01-01"},
                            {"reciprocity", "reciprocityUntil", "2026-01-02"},
                            {0}}});

    expect_text(ask("statements", NULL, 0), "");
    ASK("statements", {"ended", "yes"});

    expect_row("type=reciprocite issuer=" OAI);
    expect_row("state=over");
    expect_no_row("attestation-client");
}

Test(statements, of_others_are_left_out)
{
    attest(1, CCH, "2026-01-05", "2026-01-01", "2099-12-31");
    say((struct saying){.issuer = CCH,
                        .type = "attestation-client",
                        .id = 2,
                        .said = (const struct said[]){
                            {"identity", "avs", "7561234567897"},
                            {"attestation", "clientSince", "2026-01-01"},
                            {"attestation", "clientUntil", "2099-12-31"},
                            {0}}});

    ASK("statements", {"avs", "7561234567897"});
    expect_row("id=" ID("02"));
    expect_no_row("id=" ID("01"));
    ASK("statements", {"avs", ANNA}, {"ended", "yes"});
    expect_row("id=" ID("01") " type=attestation-client issuer=" CCH
                              " occurred_on=2026-01-05 state=holds");
}

Test(statements, of_one_type_are_asked_for_by_its_name)
{
    attest(1, CCH, "2026-01-05", "2026-01-01", "2099-12-31");

    expect_text(ASK("statements", {"avs", ANNA}, {"type", "consentement"}), "");
    expect_text(ASK("statements", {"avs", ANNA}, {"type", "fin-de-droits"}),
                "INVALID: type is no type of statements; `cii types` lists "
                "them\n");
    expect_text(ASK("statements", {"avs", "7561234567897"}), "");
}

/* --- one consent ----------------------------------------------------------*/

static int64_t
agree(uint8_t id, const char *between)
{
    return say((struct saying){
        .issuer = US,
        .type = "consentement",
        .id = id,
        .case_ref = "C-1",
        .said = (const struct said[]){IDENTITY,
                                      {"consent", "consentRef", "K-1"},
                                      {"consent", "obtainedBy", US},
                                      {"consent", "between", between},
                                      {"consent", "purposes", "measure"},
                                      {"consent", "opens", "identity plan"},
                                      {"consent", "express", "yes"},
                                      {"consent", "consentForm", "signe"},
                                      {"consent", "consentOn", "2026-01-05"},
                                      {"consent", "consentUntil", "2099-12-31"},
                                      {"consent", "toldOfRights", "yes"},
                                      {0}}});
}

static int64_t
withdraw(uint8_t id, const char *ref)
{
    return say((struct saying){.issuer = US,
                               .type = "retrait-consentement",
                               .id = id,
                               .said = (const struct said[]){
                                   IDENTITY,
                                   {"withdrawal", "withdrawnRef", ref},
                                   {"withdrawal", "withdrawnOn", "2026-01-06"},
                                   {0}}});
}

static void
acknowledge(int64_t event, const char *partner, const char *state, int64_t at)
{
    const struct receipt_row row = {.event = event,
                                    .partner = partner,
                                    .state = state,
                                    .reason = "",
                                    .at = at};
    require_ok(store_receipt_add(store, &row, &error));
}

Test(consent, is_shown_with_its_pairs_and_who_knows)
{
    deliver(agree(1, US " " OAI), OAI, 1);
    agree(2, US " " AS);

    expect_text(ASK("consent", {"ref", "K-1"}),
                "consent ref=K-1 case=C-1 obtained_by=" US
                " on=2026-01-05 until=2099-12-31 form=signe purposes=measure"
                " opens=identity plan state=holds\n"
                "pair event=" ID("02") " between=" US " " AS "\n"
                                       "pair event=" ID("01") " between=" US
                                                              " " OAI
                                                              " told=" OAI
                                                              "\n");
}

Test(consent, that_was_withdrawn_tells_who_has_answered)
{
    const int64_t pair = agree(1, US " " OAI);
    deliver(pair, OAI, 1);
    deliver(pair, CCH, 1);
    deliver(pair, AS, 1);
    const int64_t end = withdraw(2, "K-1");
    deliver(end, OAI, 2);
    deliver(end, CCH, 2);
    acknowledge(end, OAI, "accepted", 1767700000000);
    acknowledge(end, OAI, "seen", 1767800000000);
    acknowledge(end, CCH, "refused", 1767700000001);

    ASK("consent", {"ref", "K-1"});

    expect_row("state=withdrawn withdrawn_on=2026-01-06\n");
    expect_row("withdrawal partner=" OAI " event=" ID(
        "02") " state=accepted at=2026-01-06T11:46:40.000Z\n");
    expect_row("withdrawal partner=" CCH " event=" ID(
        "02") " state=refused at=2026-01-06T11:46:40.001Z\n");
    expect_row("withdrawal partner=" AS " event=" ID("02") " state=waiting\n");
}

Test(consent, is_not_ended_by_the_withdrawal_of_another)
{
    agree(1, US " " OAI);
    withdraw(2, "K-2");

    ASK("consent", {"ref", "K-1"});

    expect_row("state=holds\n");
    expect_no_row("withdrawal");
}

Test(consent, that_nobody_knows_is_unknown)
{
    agree(1, US " " OAI);

    expect_text(ASK("consent", {"ref", "K-2"}),
                "UNKNOWN: no consent with this reference is stored here\n");
    expect_text(ask("consent", NULL, 0),
                "INVALID: name the consent by its reference\n");
}
