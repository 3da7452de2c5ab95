/* SPDX-License-Identifier: Apache-2.0 */
#include "archive/person.h"
#include "legal/rules.h"
#include "tests/unit/app/office.h"

TestSuite(verbs, .init = open_office, .fini = close_office);

static struct client client;

static enum cii_code
ask(enum role role, const char *verb, const char *name, const char *value)
{
    const struct field field = {name, value};
    const struct request request = {.tag = 1,
                                    .verb = verb,
                                    .acting_user = "",
                                    .argument = {1, &field}};
    buffer_done(&client.held);
    client = (struct client){.core = core, .fd = -1, .role = role};
    return verb_answer(core, &client, &request, (struct bytes){NULL, 0},
                       &error);
}

static enum cii_code
answered(void)
{
    struct reply reply;
    const struct bytes packed = {client.held.data + 4, client.held.size - 4};
    cr_assert(client.held.size > 4, "there is no answer");
    require_ok(reply_unpack(&reply, packed, core->turn_arena, &error));
    buffer_done(&client.held);
    return reply.code;
}

static void
see_act(void *context, const struct act_row *row)
{
    struct buffer *text = context;
    buffer_append_format(text, "[%s|%s]", row->verb, row->subject);
}

static const char *
acts(void)
{
    static struct buffer text;
    buffer_clear(&text);
    require_ok(store_act_each(core->store, 0, 100, see_act, &text, &error));
    return buffer_text(&text);
}

/* Who types a person's number where an event's belongs leaves no trace of it:
 * acts are kept in clear. */
Test(verbs, acts_hold_event_ids_and_nothing_else_that_was_typed)
{
    begin_turn();
    require_ok(ask(ROLE_COUNSELLOR, "show", "event", "756.9217.0769.85"));
    require_ok(ask(ROLE_COUNSELLOR, "7569217076985", "event", "x"));
    require_ok(ask(ROLE_COUNSELLOR, "show", "event",
                   "01020304-0506-7000-8000-000000000001"));
    expect_text(acts(), "[show|01020304-0506-7000-8000-000000000001]"
                        "[unknown|][show|]");
    buffer_done(&client.held);
    store_rollback(core->store);
}

/* Beyond these years moments could no longer be written, nor events read. */
Test(verbs, the_story_stays_within_years_that_can_be_written)
{
    static const char *const wrong[] = {"9223372036854775807",
                                        "-9223372036854775808",
                                        "253402300800000", "-1800000000000"};
    begin_turn();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        require_ok(ask(ROLE_ADMINISTRATOR, "clock", "offset-ms", wrong[i]));
        expect_code(answered(), INVALID);
        cr_expect(core->story_offset == 0);
    }
    require_ok(ask(ROLE_ADMINISTRATOR, "clock", "offset-ms", "86400000"));
    expect_code(answered(), OK);
    cr_expect(core->story_offset == 86400000);
    store_rollback(core->store);
    require_ok(core_load_story(core, &error));
    cr_expect(core->story_offset == 0, "an undone turn moves no clock");
}

/* A facet that is as large as an event may be, before it is packed. */
Test(verbs, what_could_not_be_read_again_is_not_taken)
{
    struct facet_def *identity =
        &core->catalogue->facet[core->catalogue->identity];
    for (size_t i = 0; i < identity->field_count; i++)
        if (strcmp(identity->field[i].name, "officialName") == 0)
            identity->field[i].max = EVENT_PAYLOAD_MAX;
    char *name = calloc(1, EVENT_PAYLOAD_MAX);
    cr_assert(name != NULL);
    memset(name, 'n', EVENT_PAYLOAD_MAX - 42);
    const struct field person[] = {{"avs", "7569217076985"},
                                   {"officialName", name}};
    const struct field dates[] = {{"from", "2026-01-05"}};
    const struct draft_facet facet[] = {{"dates", {1, dates}},
                                        {"identity", {2, person}}};
    const struct draft draft = {.event_id = "",
                                .event_type = "inscription-orp",
                                .occurred_on = "2026-01-05",
                                .case_ref = "",
                                .in_reply_to = "",
                                .as_of = "",
                                .reliability = "",
                                .test = true,
                                .facet_count = 2,
                                .facet = facet};
    client = (struct client){.core = core, .fd = -1};
    begin_turn();
    require_ok(issue_draft(core, &client, 1, &draft, true, &error));
    require_ok(issue_all(core, &error));
    struct reply reply;
    require_ok(
        reply_unpack(&reply,
                     (struct bytes){client.held.data + 4, client.held.size - 4},
                     core->turn_arena, &error));
    cr_assert(reply.outcome_count == 1);
    expect_code(reply.outcome[0].code, TOO_LARGE);
    buffer_done(&client.held);
    free(name);
    store_rollback(core->store);
}

static enum cii_code
issue(const char *name)
{
    const struct field person[] = {{"avs", "7569217076985"},
                                   {"officialName", name}};
    const struct field dates[] = {{"from", "2026-01-05"}};
    const struct draft_facet facet[] = {{"dates", {1, dates}},
                                        {"identity", {2, person}}};
    const struct draft draft = {.event_id =
                                    "01020304-0506-7000-8000-000000000009",
                                .event_type = "inscription-orp",
                                .occurred_on = "2026-01-05",
                                .case_ref = "",
                                .in_reply_to = "",
                                .as_of = "",
                                .reliability = "",
                                .test = true,
                                .facet_count = 2,
                                .facet = facet};
    return issue_draft(core, &client, 1, &draft, true, &error);
}

/* One that gives other content to the id of a large event again and again. */
Test(verbs, what_is_known_takes_no_room_in_the_turn)
{
    static char name[200001];
    struct facet_def *identity =
        &core->catalogue->facet[core->catalogue->identity];
    for (size_t i = 0; i < identity->field_count; i++)
        if (strcmp(identity->field[i].name, "officialName") == 0)
            identity->field[i].max = sizeof name;
    memset(name, 'n', sizeof name - 1);
    client = (struct client){.core = core, .fd = -1};
    begin_turn();
    require_ok(issue(name));
    end_turn();
    limit_turn((size_t)4 << 20);
    begin_turn();
    for (int i = 0; i < 32; i++)
        require_ok(issue("Exemple"));
    end_turn();
    cr_expect(eq(int, (int)core->figure[FIGURE_ISSUED], 1));
    buffer_done(&client.held);
}

/* Somebody whose key here does not open any more. */
static void
add_damaged_person(void)
{
    const struct field field[] = {{"avs", "7569217076985"}};
    const struct content identity = {1, field};
    struct person_row row = {.sealed_key = bytes_of_text(
                                 "damaged by something that is not us"),
                             .sealed_identity = bytes_of_text("likewise")};
    require_ok(
        person_lookup(&core->archive, &identity, US, &row.lookup, &error));
    require_ok(store_person_add(core->store, &row, &error));
}

/* What is damaged is said to who states something: the daemon stays. */
Test(verbs, a_statement_about_a_damaged_person_ends_no_turn)
{
    const struct field person[] = {{"avs", "7569217076985"}};
    const struct field veto[] = {{"objectionReason", "protection"}};
    const struct draft_facet facet[] = {{"identity", {1, person}},
                                        {"objection", {1, veto}}};
    const struct draft draft = {.event_id = "",
                                .event_type = "veto",
                                .occurred_on = "2026-01-05",
                                .case_ref = "",
                                .in_reply_to = "",
                                .as_of = "",
                                .reliability = "",
                                .test = true,
                                .facet_count = 2,
                                .facet = facet};
    client = (struct client){.core = core, .fd = -1};
    begin_turn();
    add_damaged_person();
    require_ok(issue_draft(core, &client, 1, &draft, true, &error));
    require_ok(issue_all(core, &error));
    struct reply reply;
    require_ok(
        reply_unpack(&reply,
                     (struct bytes){client.held.data + 4, client.held.size - 4},
                     core->turn_arena, &error));
    cr_assert(reply.outcome_count == 1);
    expect_text(reply.outcome[0].text,
                "what is stored of this person does not open; bring back the "
                "store from a backup");
    buffer_done(&client.held);
    store_rollback(core->store);
}

/* Many events, each for many offices that may not know: what a client could
 * not read would be sent again and again. */
Test(verbs, outcomes_come_in_replies_that_a_client_takes)
{
    enum {
        EVENTS = 700,
        OFFICES = 60
    };
    static struct draft draft[EVENTS];
    static struct partner_config other[OFFICES];
    static char id[OFFICES][64];
    static const char *to[OFFICES];
    struct peer **peer = calloc(OFFICES, sizeof(void *));
    cr_assert(peer != NULL);
    for (int i = 0; i < OFFICES; i++) {
        snprintf(id[i], sizeof id[i], "ge.oai.office-with-a-long-name-%02d", i);
        other[i] = (struct partner_config){.id = id[i]};
        to[i] = id[i];
        require_ok(peer_new(&peer[i], core, &other[i], &error));
    }
    free(core->peer);
    core->peer = peer;
    core->peer_count = OFFICES;
    const struct field person[] = {{"avs", "7569217076985"}};
    const struct field dates[] = {{"from", "2026-01-05"}};
    const struct draft_facet facet[] = {{"dates", {1, dates}},
                                        {"identity", {1, person}}};
    client = (struct client){.core = core, .fd = -1};
    begin_turn();
    for (int i = 0; i < EVENTS; i++) {
        draft[i] = (struct draft){.line = (uint64_t)i,
                                  .event_id = "",
                                  .event_type = "inscription-orp",
                                  .occurred_on = "2026-01-05",
                                  .case_ref = "",
                                  .in_reply_to = "",
                                  .as_of = "",
                                  .reliability = "",
                                  .test = true,
                                  .dry_run = true,
                                  .to_count = OFFICES,
                                  .to = to,
                                  .facet_count = 2,
                                  .facet = facet};
        require_ok(
            issue_draft(core, &client, 1, &draft[i], i + 1 == EVENTS, &error));
    }
    require_ok(issue_all(core, &error));
    size_t outcomes = 0;
    bool last = false;
    while (client.held.size > 0) {
        size_t length = 0;
        struct reply reply;
        require_ok(control_next(buffer_view(&client.held), CONTROL_REPLY_MAX,
                                &length));
        require_ok(
            reply_unpack(&reply,
                         (struct bytes){client.held.data + 4, length - 4},
                         core->turn_arena, &error));
        outcomes += reply.outcome_count;
        cr_expect(last == false, "nothing follows the last");
        last = reply.last;
        buffer_consume(&client.held, length);
    }
    cr_expect(last && outcomes == EVENTS, "%zu outcomes", outcomes);
    buffer_done(&client.held);
    store_rollback(core->store);
}

static void
write_rule(const char *id)
{
    char text[512];
    snprintf(text, sizeof text,
             "act: an act\nrules:\n  - id: %s\n    from: [orp]\n    to: [oai]\n"
             "    events: [inscription-orp]\n    lane: duty\n"
             "    citation: somewhere\n",
             id);
    write_text("rules/one.yaml", text);
}

/* It travels with every disclosure: a longer one no partner would take. */
Test(verbs, a_rule_id_that_no_partner_takes_is_refused_at_start)
{
    char path[128];
    struct law *law = NULL;
    snprintf(path, sizeof path, "%s/rules", folder);
    make_folder("rules");
    write_rule("R123456789012345678901234567890123456789012345678901234567890"
               "12345");
    expect_code(legal_load(&law, path, core->catalogue, true, &error), CONFIG);
    write_rule("R1");
    expect_code(legal_load(&law, path, core->catalogue, true, &error), OK);
    law_destroy(&law);
}
