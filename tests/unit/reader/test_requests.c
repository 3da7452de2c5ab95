/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reader/desk.h"

TestSuite(requests, .init = open_desk, .fini = close_desk);

#define DAY INT64_C(86400000)
#define AT  INT64_C(1767600000000) /* 2026-01-05, 08:00 UTC */

static void
request(uint8_t id, const char *issuer, const char *to, const char *by)
{
    say((struct saying){
        .issuer = issuer,
        .type = "demande-renseignements",
        .id = id,
        .stored_at = AT,
        .said = (const struct said[]){IDENTITY,
                                      {"request", "requestTo", to},
                                      {"request", "requestPurpose", "fixer"},
                                      {"request", "requestReason", "revision"},
                                      {"request", "legalBasis", "LPGA 32"},
                                      {"request", "asks", "dates"},
                                      {"request", "answerBy", by},
                                      {0}}});
}

static void
reply_with(uint8_t id, const char *issuer, const char *type, uint8_t to,
           int64_t at, const struct said *said)
{
    say((struct saying){.issuer = issuer,
                        .type = type,
                        .id = id,
                        .in_reply_to = to,
                        .stored_at = at,
                        .said = said});
}

static const struct said dates[] = {IDENTITY,
                                    {"dates", "from", "2026-01-01"},
                                    {0}};
static const struct said declined[] = {
    IDENTITY, {"declined", "declineReason", "pas-de-donnees"}, {0}};

Test(requests, are_open_until_they_are_late)
{
    request(1, US, CCH, "2099-12-31");
    request(2, OAI, US, "2026-01-20");

    expect_text(
        ask("requests", NULL, 0),
        "request id=" ID(
            "01") " type=demande-renseignements"
                  " direction=ours partner=" CCH " at=2026-01-05T08:00:00.000Z"
                  " purpose=fixer reason=revision basis=LPGA 32 asks=dates"
                  " answer_by=2099-12-31 state=open identity.avs=" ANNA
                  " identity.officialName=Muster identity.firstName=Anna\n"
                  "request id=" ID(
                      "02") " type=demande-renseignements"
                            " direction=arrived partner=" OAI
                            " at=2026-01-05T08:00:00.000Z"
                            " purpose=fixer reason=revision basis=LPGA 32 asks=dates"
                            " answer_by=2026-01-20 state=late identity.avs=" ANNA
                            " identity.officialName=Muster identity.firstName=Anna\n");
}

Test(requests, tell_the_answer_and_the_days_that_it_took)
{
    request(1, US, CCH, "2026-01-20");
    request(2, OAI, US, "2026-01-20");
    reply_with(3, CCH, "reponse-demande-assurance", 1, AT + 30 * DAY, dates);
    reply_with(4, US, "refus-renseignements", 2, AT + 2 * DAY, declined);

    ask("requests", NULL, 0);
    expect_row("state=answered answer=" ID("03") " days=30 ");
    expect_row("state=declined answer=" ID("04") " days=2 ");
    expect_text(ASK("requests", {"open", "yes"}), "");
}

Test(requests, are_not_answered_by_who_asks)
{
    request(1, US, CCH, "2099-12-31");
    reply_with(2, US, "note-contestation", 1, AT + DAY, dates);

    ask("requests", NULL, 0);

    expect_row("state=open");
}

Test(requests, of_one_direction_are_asked_for)
{
    request(1, US, CCH, "2099-12-31");
    request(2, OAI, US, "2099-12-31");

    ASK("requests", {"direction", "arrived"});

    expect_row("id=" ID("02"));
    expect_no_row("id=" ID("01"));
    expect_text(ASK("requests", {"direction", "both"}),
                "INVALID: direction is \"ours\" or \"arrived\"\n");
}

Test(requests, show_questions_to_referents_beside_them)
{
    say((
        struct saying){.issuer = US,
                       .type = "demande-conseil-cii",
                       .id = 1,
                       .stored_at = AT,
                       .said =
                           (const struct said[]){{"question", "topic", "delai"},
                                                 {"question", "expert", "oai"},
                                                 {0}}});
    deliver(1, OAI, 1);
    reply_with(2, OAI, "reponse-conseil-cii", 1, AT + DAY,
               (const struct said[]){{"question", "topic", "delai"},
                                     {"question", "adviceGiven", "oui"},
                                     {0}});
    request(3, US, CCH, "2099-12-31");

    expect_text(ASK("requests", {"questions", "yes"}),
                "request id=" ID(
                    "01") " type=demande-conseil-cii"
                          " direction=ours partner=" OAI
                          " at=2026-01-05T08:00:00.000Z"
                          " topic=delai expert=oai state=answered answer=" ID(
                              "02") " days=1 advice=oui\n");
}
