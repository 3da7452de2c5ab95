/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/app/office.h"

TestSuite(arrive, .init = open_office, .fini = close_office);

static struct event
receipt_of(const char *issuer, const struct signer *signer, uint8_t id)
{
    static struct buffer packed;
    const struct receipt receipt = {.first = 1, .last = 1};
    buffer_clear(&packed);
    require_ok(receipt_pack(&receipt, &packed));
    struct event event = {.facet_count = 1};
    event.facet[0] = (struct facet){.slot = 0,
                                    .kind = "outcome",
                                    .content = buffer_view(&packed)};
    seal_event(&event, issuer, "recu", id, true, signer);
    return event;
}

Test(arrive, what_a_partner_tells_is_stored_and_acknowledged)
{
    const struct event event = registration(PARTNER, 1, true, their_signer);
    open_link();
    begin_turn();
    deliver(&event);
    end_turn();
    cr_expect(refusals().count == 0, "%s", refusals().reason);
    struct event_row row;
    expect_code(store_event_find(core->store, PARTNER, &event.header.event_id,
                                 &row, &error),
                OK);
    cr_expect(partner->ack_due);
    free_event(&event);
}

/* Every refusal of a turn is told: what a receipt does not name was accepted. */
Test(arrive, receipts_tell_every_refusal_of_a_turn)
{
    const size_t many = PEER_REFUSALS_MAX;
    struct event event = registration(PARTNER, 1, true, their_signer);
    event.proof.signature[0] ^= 1;
    open_link();
    begin_turn();
    for (size_t i = 0; i < many; i++)
        deliver(&event);
    end_turn();

    size_t told = 0;
    uint64_t next = 1;
    for (uint64_t seq = 1; seq <= partner->exchange.head; seq++) {
        struct outbox_row row;
        struct stored_event stored;
        struct receipt receipt;
        require_ok(store_outbox_get(core->store, PARTNER, seq, &row, &error));
        require_ok(stored_get(&core->archive, row.event, core->turn_arena,
                              &stored, &error));
        require_ok(receipt_unpack(&receipt, stored.event.facet[0].content,
                                  core->turn_arena, &error));
        cr_expect(receipt.first == next, "ranges follow one another");
        next = receipt.last + 1;
        told += receipt.refusal_count;
    }
    cr_expect(told == many, "%zu of %zu refusals were told", told, many);
    cr_expect(next == many + 1);
    free_event(&event);
}

/* An event of three large parts, each told alone: together they are more than
 * one event may hold, and than could ever be read again. */
Test(arrive, an_event_does_not_grow_past_what_can_be_read)
{
    static uint8_t filler[EVENT_PAYLOAD_MAX - 1000];
    struct event whole = {.facet_count = 4};
    for (uint32_t i = 0; i < 4; i++)
        whole.facet[i] = (struct facet){.slot = i,
                                        .kind = "outcome",
                                        .content = {filler, sizeof filler}};
    seal_event(&whole, PARTNER, "recu", 1, true, their_signer);
    open_link();
    for (size_t i = 0; i < 4; i++) {
        struct event part = whole;
        part.facet_count = 1;
        part.facet[0] = whole.facet[i];
        begin_turn();
        deliver(&part);
        end_turn();
    }
    struct stored_event stored;
    expect_code(stored_find(&core->archive, PARTNER, &whole.header.event_id,
                            core->turn_arena, &stored, &error),
                OK);
    expect_text(refusals().reason, "too-large");
    free_event(&whole);
}

/* What is damaged here is not the partner's fault, and stops no stream. */
Test(arrive, a_known_event_that_no_longer_opens_stops_nothing)
{
    const struct event event = registration(PARTNER, 1, true, their_signer);
    const struct event next = registration(PARTNER, 2, true, their_signer);
    open_link();
    begin_turn();
    deliver(&event);
    require_ok(
        store_event_reseal(core->store, 1,
                           bytes_of_text("damaged by"
                                         " something that is not us, for ever"),
                           &error));
    end_turn();
    begin_turn();
    deliver(&event);
    deliver(&next);
    end_turn();
    struct event_row row;
    expect_code(store_event_find(core->store, PARTNER, &next.header.event_id,
                                 &row, &error),
                OK);
    free_event(&event);
    free_event(&next);
}

Test(arrive, our_own_events_come_back_into_the_profile_that_they_were_of)
{
    const struct event real = registration(US, 1, false, core->signer);
    const struct event test = registration(US, 2, true, core->signer);
    open_link();
    begin_turn();
    deliver(&real);
    expect_text(refusals().reason, "profile");
    deliver(&test);
    end_turn();
    cr_expect(refusals().count == 1);
    struct event_row row;
    expect_code(store_event_find(core->store, US, &real.header.event_id, &row,
                                 &error),
                UNKNOWN);
    expect_code(store_event_find(core->store, US, &test.header.event_id, &row,
                                 &error),
                OK);
    free_event(&real);
    free_event(&test);
}

Test(arrive, a_receipt_of_another_is_none)
{
    uint8_t key[PUBLIC_KEY_SIZE];
    require_ok(public_key_parse(their_public, key, &error));
    require_ok(verifier_trust(core->verifier, "ge.oai", key, &error));
    const struct event event = receipt_of("ge.oai", their_signer, 1);
    open_link();
    begin_turn();
    deliver(&event);
    end_turn();
    cr_expect(refusals().count == 1, "it was taken");
    struct event_row row;
    expect_code(store_event_find(core->store, "ge.oai", &event.header.event_id,
                                 &row, &error),
                UNKNOWN);
    free_event(&event);
}

/* What a withdrawal hid, told again on another basis and for less: the rest
 * came under the consent, and does not come back with it. */
Test(arrive, what_is_shown_again_is_what_was_told_again)
{
    struct event event = registration(PARTNER, 1, true, their_signer);
    struct event_row row;
    struct stored_event stored;
    bool hidden = true;
    open_link();
    begin_turn();
    deliver(&event);
    end_turn();
    begin_turn();
    require_ok(store_event_find(core->store, PARTNER, &event.header.event_id,
                                &row, &error));
    const int64_t number = row.number;
    require_ok(
        store_event_hide(core->store, number, number, core_now(core), &error));
    event.facet_count = 1;
    deliver(&event);
    end_turn();

    cr_assert(refusals().count == 0, "%s", refusals().reason);
    require_ok(store_event_is_hidden(core->store, number, &hidden, &error));
    cr_expect(hidden == false);
    require_ok(
        stored_get(&core->archive, number, core->turn_arena, &stored, &error));
    cr_assert(eq(sz, stored.event.facet_count, 1));
    expect_text(stored.event.facet[0].kind, "identity");
    free_event(&event);
}

/* A partner that tells the small part of a large event again and again ends no
 * turn. */
Test(arrive, what_is_known_takes_no_room_in_the_turn)
{
    static uint8_t filler[EVENT_PAYLOAD_MAX - 1000];
    struct event large = {.facet_count = 2};
    large.facet[0] =
        (struct facet){.kind = "outcome", .content = {filler, sizeof filler}};
    large.facet[1] =
        (struct facet){.slot = 1, .kind = "outcome", .content = {filler, 1}};
    seal_event(&large, PARTNER, "recu", 1, true, their_signer);
    struct event small = large;
    small.facet_count = 1;
    small.facet[0] = large.facet[1];
    large.facet_count = 1;
    open_link();
    begin_turn();
    deliver(&large);
    deliver(&small);
    end_turn();
    limit_turn((size_t)4 << 20);
    begin_turn();
    for (int i = 0; i < 32; i++)
        deliver(&small);
    end_turn();
    free_event(&large);
}

/* Nor one that has stated very much about a person. */
Test(arrive, what_was_stated_takes_no_room_for_each_arrival)
{
    const struct event event = registration(PARTNER, 1, true, their_signer);
    const struct case_file file = {
        .header = &event.header,
        .type = catalogue_type(core->catalogue, "demande-renseignements"),
    };
    open_link();
    begin_turn();
    deliver(&event);
    end_turn();
    for (int64_t i = 0; i < 1000; i++)
        require_ok(book_add(core->book,
                            &(struct book_event){.person = 1,
                                                 .event = 1000 + i,
                                                 .header = &event.header,
                                                 .file = &file},
                            &error));
    limit_turn((size_t)1 << 20);
    begin_turn();
    for (int i = 0; i < 200; i++)
        deliver(&event);
    end_turn();
    free_event(&event);
}
