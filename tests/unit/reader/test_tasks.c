/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reader/desk.h"

TestSuite(tasks, .init = open_desk, .fini = close_desk);
TestSuite(letter, .init = open_desk, .fini = close_desk);

#define AT INT64_C(1767600000000) /* 2026-01-05, 08:00 UTC */

static int64_t
exchange(uint8_t id, const char *issuer)
{
    return say((struct saying){
        .issuer = issuer,
        .type = "etat-droits",
        .id = id,
        .case_ref = "C-7",
        .said = (const struct said[]){IDENTITY,
                                      {"state", "purpose", "measure"},
                                      {"entitlement", "daysLeft", "40"},
                                      {"entitlement", "endsOn", "2026-12-31"},
                                      {"sanction", "sanctionDays", "12"},
                                      {0}}});
}

static void
told(int64_t event, const char *partner, const char *facets)
{
    rule((struct ruling){.event = event,
                         .partner = partner,
                         .verdict = VERDICT_TRANSMIT,
                         .citation = "LACI 85f al. 3-4",
                         .facets = facets,
                         .at = AT});
}

static int64_t
open_task(const char *kind, const char *partner, int64_t event)
{
    struct task_row row = {.kind = kind,
                           .person = 1,
                           .partner = partner,
                           .opened_at = AT,
                           .due_at = AT + 30 * INT64_C(86400000),
                           .proof = ""};
    require_ok(store_basis(store, "R1", "LACI 85f al. 3-4", "cii", &row.basis,
                           &error));
    require_ok(store_task_open(store, &row, &error));
    require_ok(store_task_add(store, row.number, event, &error));
    return row.number;
}

Test(tasks, are_listed_with_whom_they_are_about)
{
    open_task("inform-after", OAI, exchange(1, US));

    expect_text(ask("tasks", NULL, 0),
                "task number=1 what=inform-after person=1 partner=" OAI
                " rule=R1 citation=LACI 85f al. 3-4"
                " opened_at=2026-01-05T08:00:00.000Z due=2026-02-04 events=1"
                " identity.avs=" ANNA
                " identity.officialName=Muster identity.firstName=Anna\n");
}

Test(tasks, that_are_closed_are_shown_when_asked_for)
{
    const int64_t event = exchange(1, US);
    require_ok(store_task_close(store, open_task("duty", OAI, event), "L-1",
                                AT + 1, &error));
    require_ok(
        store_task_late(store, open_task("duty", CCH, event), AT, &error));

    ask("tasks", NULL, 0);
    expect_no_row("number=1 ");
    expect_row("number=2 ");
    ASK("tasks", {"all", "yes"});
    expect_row("number=1 ");
    expect_row("closed_at=2026-01-05T08:00:00.001Z proof=L-1");
    ASK("tasks", {"all", "yes"}, {"late", "yes"});
    expect_no_row("number=1 ");
    expect_row("late_at=2026-01-05T08:00:00.000Z");
}

Test(tasks, are_chosen_by_person_and_kind)
{
    open_task("inform-after", OAI, exchange(1, US));

    expect_text(ASK("tasks", {"kind", "duty"}), "");
    expect_text(ASK("tasks", {"avs", "7561234567897"}), "");
    ASK("tasks", {"kind", "inform-after"}, {"avs", ANNA});
    expect_row("number=1 ");
    ASK("tasks", {"kind", "holiday"});
    expect_row("INVALID: kind is one of: inform-before inform-after");
}

Test(tasks, tell_the_events_of_one)
{
    const int64_t task = open_task("inform-after", OAI, exchange(1, US));
    require_ok(store_task_add(store, task, exchange(2, OAI), &error));

    ASK("tasks", {"task", "1"});

    expect_row("events=2 ");
    expect_row("task_event task=1 event=" ID(
        "01") " type=etat-droits occurred_on=2026-01-05"
              " facets=identity state entitlement sanction\n");
    expect_row("task_event task=1 event=" ID("02"));
    expect_text(ASK("tasks", {"task", "x"}),
                "INVALID: task is the number of a task\n");
    ASK("tasks", {"task", "9"});
    expect_row("UNKNOWN");
}

/* --- letters --------------------------------------------------------------*/

Test(letter, tells_what_went_to_whom_and_by_which_article)
{
    const int64_t event = exchange(1, US);
    told(event, OAI, "identity entitlement");
    deliver(event, OAI, 1);
    open_task("inform-after", "", event);

    ASK("letter", {"task", "1"}, {"lang", "fr"});

    expect_row("letter lang=fr text=ORP de Genève\n");
    expect_row("Anna Muster\n");
    expect_row("Numéro AVS : 756.9217.0769.85\n");
    expect_row("Référence : C-7\n");
    expect_row("- 5 janvier 2026, transmis à : Office AI de Genève\n"
               "  Objet : état du droit aux indemnités\n"
               "  But : choix de la mesure d'insertion la mieux adaptée\n"
               "  Base légale : LACI 85f al. 3-4\n");
    expect_row(" : 40\n");
    expect_row(" : 31 décembre 2026\n");
}

Test(letter, tells_no_facet_that_stayed_behind)
{
    const int64_t event = exchange(1, US);
    told(event, OAI, "identity entitlement");
    deliver(event, OAI, 1);
    open_task("inform-after", OAI, event);

    ASK("letter", {"task", "1"}, {"lang", "fr"});

    expect_row(" : 40\n");
    expect_no_row(" : 12\n");
}

Test(letter, tells_nothing_of_what_never_left)
{
    const int64_t event = exchange(1, US);
    told(event, OAI, "identity entitlement");
    rule((struct ruling){.event = event,
                         .partner = CCH,
                         .verdict = VERDICT_REFUSE,
                         .ground = GROUND_NO_RULE,
                         .facets = "",
                         .at = AT});
    open_task("inform-after", "", event);

    ASK("letter", {"task", "1"}, {"lang", "de"});

    expect_row("letter lang=de");
    expect_no_row("Office AI");
    expect_no_row(CCH);
}

Test(letter, tells_what_we_received_and_from_whom)
{
    const int64_t event = exchange(1, OAI);
    rule((struct ruling){.event = event,
                         .partner = OAI,
                         .arrival = true,
                         .verdict = VERDICT_TRANSMIT,
                         .citation = "LPD 19 al. 5",
                         .facets = "identity entitlement",
                         .at = AT});
    open_task("inform-month", "", event);

    ASK("letter", {"task", "1"}, {"lang", "fr"});

    expect_row("  Provenance : Office AI de Genève\n");
    expect_row("droit aux indemnités de chômage");
}

Test(letter, sent_beforehand_tells_what_the_rule_would_open)
{
    write_text("rules/a.yaml", "act: Test (RS 0)\n"
                               "rules:\n"
                               "  - id: R1\n"
                               "    from: [orp]\n"
                               "    to: [oai]\n"
                               "    events: [etat-droits]\n"
                               "    lane: duty\n"
                               "    facets: [identity, sanction]\n"
                               "    citation: X 1\n");
    open_task("inform-before", OAI, exchange(1, US));

    ASK("letter", {"task", "1"}, {"lang", "fr"});

    expect_row("(Office AI de Genève)");
    expect_row("- Catégories de données : identité, suspensions et "
               "réductions\n");
}

Test(letter, tells_what_was_said_by_word_of_mouth_on_its_day)
{
    const int64_t event =
        say((struct saying){.issuer = US,
                            .type = "echange-oral",
                            .id = 1,
                            .day = "2025-12-24",
                            .said = (const struct said[]){
                                IDENTITY, {"dates", "on", "2025-12-24"}, {0}}});
    told(event, OAI, "identity dates");
    open_task("inform-after", OAI, event);

    ASK("letter", {"task", "1"}, {"lang", "fr"});

    expect_row("- 24 décembre 2025, oralement, transmis à : Office AI");
}

Test(letter, takes_the_purpose_from_the_statement_that_allowed_it)
{
    const int64_t payer = say(
        (struct saying){.issuer = US,
                        .type = "payeur-indetermine",
                        .id = 1,
                        .said = (const struct said[]){
                            IDENTITY,
                            {"state", "payerUndeterminedUntil", "2099-12-31"},
                            {"state", "purpose", "claims"},
                            {0}}});
    const int64_t event = say(
        (struct saying){.issuer = US,
                        .type = "inscription-orp",
                        .id = 2,
                        .said = (const struct said[]){
                            IDENTITY, {"dates", "from", "2026-01-05"}, {0}}});
    told(event, OAI, "identity dates");
    deliver(event, OAI, 1);
    const struct reliance_row row = {.event = event,
                                     .statement = payer,
                                     .partner = OAI};
    require_ok(store_reliance_add(store, &row, &error));
    open_task("inform-after", OAI, event);

    ASK("letter", {"task", "1"}, {"lang", "fr"});

    expect_row("  But : clarification des droits aux prestations\n");
}

Test(letter, has_a_form_only_for_what_is_told)
{
    open_task("duty", OAI, exchange(1, US));

    expect_text(ASK("letter", {"task", "1"}, {"lang", "fr"}),
                "INVALID: a task of this kind is not met by a letter\n");
    expect_text(ASK("letter", {"lang", "fr"}),
                "INVALID: name a task by its number or a consent by its "
                "reference\n");
    expect_text(ASK("letter", {"task", "1"}, {"lang", "rm"}),
                "INVALID: lang is one of: fr de it\n");
}

static int64_t
agree(uint8_t id)
{
    return say((struct saying){
        .issuer = US,
        .type = "consentement",
        .id = id,
        .said = (const struct said[]){IDENTITY,
                                      {"consent", "consentRef", "K-1"},
                                      {"consent", "obtainedBy", US},
                                      {"consent", "between", US " " OAI},
                                      {"consent", "purposes", "measure"},
                                      {"consent", "opens", "identity plan"},
                                      {"consent", "express", "yes"},
                                      {"consent", "consentForm", "signe"},
                                      {"consent", "consentOn", "2026-01-05"},
                                      {"consent", "consentUntil", "2099-12-31"},
                                      {"consent", "toldOfRights", "yes"},
                                      {0}}});
}

Test(letter, of_a_consent_names_each_pair)
{
    agree(1);

    ASK("letter", {"consent", "K-1"}, {"lang", "fr"});

    expect_row("- Entre : ORP de Genève – Office AI de Genève\n");
    expect_row("  Catégories de données : identité, ");
    expect_row("  Valable jusqu'au : 31 décembre 2099\n");
}

Test(letter, of_a_withdrawal_names_who_was_told)
{
    agree(1);
    const int64_t end =
        say((struct saying){.issuer = US,
                            .type = "retrait-consentement",
                            .id = 2,
                            .said = (const struct said[]){
                                IDENTITY,
                                {"withdrawal", "withdrawnRef", "K-1"},
                                {"withdrawal", "withdrawnOn", "2026-01-06"},
                                {0}}});
    told(end, OAI, "identity withdrawal");
    deliver(end, OAI, 1);

    ASK("letter", {"consent", "K-1"}, {"lang", "fr"});

    expect_row("Retrait de votre consentement\n");
    expect_row("- Office AI de Genève, 5 janvier 2026\n");
}
