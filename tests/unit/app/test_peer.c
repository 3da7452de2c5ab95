/* SPDX-License-Identifier: Apache-2.0 */
#include "archive/person.h"
#include "tests/unit/app/office.h"

TestSuite(peer, .init = open_office, .fini = close_office);

/* A person whom our dossier says to concern the partner. */
static int64_t
person_of(const struct event *event)
{
    struct content identity;
    struct person person;
    require_ok(content_unpack(&identity, event->facet[0].content,
                              core->turn_arena, &error));
    require_ok(person_obtain(&core->archive, &identity, US, core_now(core),
                             core->turn_arena, &person, &error));
    struct dossier_row row = {.person = person.number,
                              .case_ref = "",
                              .counsellor = "",
                              .commune = "",
                              .opened_at = 1};
    const enum cii_code opened = store_dossier_open(core->store, &row, &error);
    cr_assert(opened == CII_OK || opened == CII_DUPLICATE);
    require_ok(store_concern_set(core->store, person.number, PARTNER, true, 1,
                                 &error));
    return person.number;
}

/* Stores an event, as if it had come so, and puts it into the stream to the
 * partner. */
static int64_t
queue_as(uint8_t id, enum event_origin origin)
{
    const struct event event = registration(US, id, true, core->signer);
    const int64_t person = person_of(&event);
    cii_auto(buffer_done) struct buffer sealed = {0};
    cii_auto(buffer_done) struct buffer proof = {0};
    struct person_key key;
    require_ok(person_key_of(&core->archive, person, &key, &error));
    require_ok(facets_seal(&core->archive, &key, US, &event.header.event_id,
                           event.facet, event.facet_count, &sealed, &error));
    require_ok(proof_pack(&event.proof, &proof));
    struct event_row row = {
        .issuer = US,
        .discloser = US,
        .event_id = event.header.event_id,
        .digest = header_digest(event.header_bytes),
        .header = event.header_bytes,
        .proof = buffer_view(&proof),
        .sealed = buffer_view(&sealed),
        .type = event.header.event_type,
        .case_ref = "",
        .occurred_on = event.header.occurred_on,
        .person = person,
        .origin = origin,
        .stored_at = core_now(core),
        .test = true,
    };
    require_ok(store_event_add(core->store, &row, &error));
    require_ok(peer_append(partner, row.number, &row.digest, &error));
    free_event(&event);
    return row.number;
}

static int64_t
queue(uint8_t id)
{
    return queue_as(id, ORIGIN_OURS);
}

static void
send_now(void)
{
    require_ok(store_read_begin(core->store, &error));
    (void)peer_send(partner, 100);
    store_read_end(core->store);
}

static void
see_state(void *context, const struct receipt_row *row)
{
    struct buffer *states = context;
    buffer_append_format(states, "%s ", row->state);
}

static const char *
states_of(int64_t event)
{
    static struct buffer states;
    buffer_clear(&states);
    require_ok(
        store_receipt_each(core->store, event, see_state, &states, &error));
    return buffer_text(&states);
}

/* A partner whose store is older than anything that we still hold. */
Test(peer, a_partner_that_wants_all_again_gets_what_is_left)
{
    static const struct stream_id none;
    begin_turn();
    for (uint8_t id = 1; id <= 3; id++)
        (void)queue(id);
    partner->exchange.acked = 3;
    end_turn();
    struct out_stream out;
    begin_turn();
    require_ok(
        store_outbox_prune(core->store, PARTNER, INT64_MAX, 100, &out, &error));
    cr_assert(out.oldest == 3);
    partner->exchange.oldest = out.oldest;
    end_turn();

    const struct stream_id old = partner->exchange.out_stream;
    link_up();
    const struct frame hello = hello_of(old, 1);
    begin_turn();
    hand(&hello);
    end_turn();
    send_now();
    cr_expect(memcmp(&old, &partner->exchange.out_stream, sizeof old) != 0,
              "a new stream begins");
    cr_expect(partner->exchange.head == 1);

    link_up();
    const struct frame again = hello_of(none, 1);
    begin_turn();
    hand(&again);
    end_turn();
    send_now();
    cr_expect(partner->exchange.next == 2, "what is left leaves");
}

/* One event that no longer opens: its place becomes void, those behind it
 * leave, and everybody can see that it did not. */
Test(peer, an_event_that_no_longer_opens_holds_up_nobody)
{
    begin_turn();
    const int64_t broken = queue(1);
    const int64_t sound = queue(2);
    require_ok(store_event_reseal(core->store, broken,
                                  bytes_of_text("damaged by something that is"
                                                " not us, for ever"),
                                  &error));
    end_turn();
    open_link();
    send_now();
    cr_expect(partner->exchange.next == 1, "nothing is void before it is said");
    begin_turn();
    require_ok(peer_void(partner, &(size_t){100}, &error));
    end_turn();
    send_now();
    cr_expect(partner->exchange.next == 3);
    expect_text(states_of(broken), "void ");
    expect_text(states_of(sound), "");
}

/* What waits by the dossier's word goes no further than the dossier says. */
Test(peer, what_waits_stays_when_the_dossier_names_the_partner_no_longer)
{
    begin_turn();
    const int64_t waiting = queue(1);
    end_turn();
    begin_turn();
    require_ok(store_concern_set(core->store, 1, PARTNER, false, 2, &error));
    end_turn();
    open_link();
    send_now();
    begin_turn();
    require_ok(peer_void(partner, &(size_t){100}, &error));
    end_turn();
    send_now();
    cr_expect(partner->exchange.next == 2);
    expect_text(states_of(waiting), "void ");
}

/* What was lawful when it was stated and is not any more. */
Test(peer, what_may_no_longer_leave_is_recorded_before_its_place_is_void)
{
    begin_turn();
    const int64_t event = queue(1);
    end_turn();
    open_link();
    partner->wants_all = false;
    partner->wants = calloc(CATALOGUE_TYPES_MAX / 64, sizeof *partner->wants);
    send_now();
    begin_turn();
    require_ok(peer_void(partner, &(size_t){100}, &error));
    end_turn();
    send_now();
    cr_expect(partner->exchange.next == 2);
    expect_text(states_of(event), "void ");
    partner->exchange.acked = 1;
    partner->out_dirty = true;
    begin_turn();
    require_ok(store_receipt_range(core->store, PARTNER,
                                   &partner->exchange.out_stream, 1, 1,
                                   core_now(core), &error));
    end_turn();
    expect_text(states_of(event), "void ");
}

/* It waited to be forwarded when the consent was withdrawn by which we had it:
 * whatever else would allow it, nobody gets it from us. */
Test(peer, what_a_withdrawal_hides_is_forwarded_no_more)
{
    begin_turn();
    const int64_t event = queue_as(1, ORIGIN_ARRIVED);
    require_ok(
        store_event_hide(core->store, event, event, core_now(core), &error));
    end_turn();
    open_link();
    send_now();
    begin_turn();
    require_ok(peer_void(partner, &(size_t){100}, &error));
    end_turn();
    expect_text(states_of(event), "void ");
}

Test(peer, a_partner_that_is_suspended_gets_no_link)
{
    core->partners->partner[0].suspended = true;
    struct notice notice = {.kind = NOTICE_UP, .number = 1};
    snprintf(notice.partner, sizeof notice.partner, "%s", PARTNER);
    peer_up(partner, &notice);
    cr_expect(partner->number == 0);
}

/* Windows below what one frame may need would be refused by every partner. */
Test(peer, a_small_window_still_lets_one_frame_through)
{
    core->config->limits.window_bytes = 65536;
    core->config->limits.window_events = 1000000;
    const struct exchange_terms terms = peer_terms(core);
    cr_expect(terms.window_bytes >= EXCHANGE_WINDOW_BYTES_MIN);
    cr_expect(terms.window_events <= EXCHANGE_WINDOW_EVENTS_MAX);
}
