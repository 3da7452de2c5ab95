/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/support.h"

TestSuite(stream, .init = begin_turn, .fini = close_store);

/* Stands for chain_next(): depends on all three. */
static struct digest
mix(const struct digest *chain, uint64_t seq, const struct digest *digest)
{
    struct digest next = *chain;

    for (size_t i = 0; i < DIGEST_SIZE; i++)
        next.bytes[i] =
            (uint8_t)(next.bytes[i] * 31 + digest->bytes[i] + (uint8_t)seq + i);
    return next;
}

/* Delivers events first .. last of `partner`, each an event of its own. */
static struct out_stream
deliver(const char *partner, struct out_stream out, int count)
{
    for (int i = 0; i < count; i++) {
        const int seed = (int)out.head + 1;
        const struct digest digest = digest_of(seed);
        const struct outbox_row row = {
            .seq = out.head + 1,
            .event = seed,
            .digest = digest,
            .chain = mix(&out.head_chain, out.head + 1, &digest),
            .at = 1000 + seed,
        };
        require_ok(store_outbox_append(store, partner, &row, &error));
        out.head = row.seq;
        out.head_chain = row.chain;
    }
    require_ok(store_out_save(store, partner, &out, &error));
    return out;
}

static struct out_stream
open_stream(const char *partner, uint8_t id)
{
    const struct out_stream out = {.stream = stream_of(id), .oldest = 1};

    require_ok(store_out_save(store, partner, &out, &error));
    return out;
}

static void
add_events(int count)
{
    for (int i = 1; i <= count; i++)
        add_event(event_of(i));
}

static bool
same_out(const struct out_stream *a, const struct out_stream *b)
{
    return bytes_equal(BYTES_OF(a->stream), BYTES_OF(b->stream)) &&
           a->oldest == b->oldest && a->head == b->head &&
           digest_equal(&a->head_chain, &b->head_chain) && a->acked == b->acked;
}

Test(stream, is_empty_for_a_partner_without_one)
{
    struct out_stream out = {.head = 9};
    struct in_stream in = {.seq = 9};

    require_ok(store_out_load(store, OAI, &out, &error));
    require_ok(store_in_load(store, OAI, &in, &error));

    cr_expect(same_out(&out, &(struct out_stream){.oldest = 1}));
    cr_expect(eq(u64, in.seq, 0));
    cr_expect(eq(int, in.stream.bytes[0], 0));
}

Test(stream, comes_back_as_it_was_saved)
{
    const struct out_stream out = {.stream = stream_of(1),
                                   .oldest = 3,
                                   .head = 9,
                                   .head_chain = digest_of(9),
                                   .acked = 5};
    const struct in_stream in = {.stream = stream_of(2),
                                 .seq = 7,
                                 .chain = digest_of(7)};
    struct out_stream got_out = {0};
    struct in_stream got_in = {0};

    require_ok(store_out_save(store, OAI, &out, &error));
    require_ok(store_in_save(store, OAI, &in, &error));
    require_ok(store_in_save(store, ORP, &(struct in_stream){0}, &error));
    require_ok(store_commit(store, &error));
    store_close(&store);
    require_ok(store_open(&store, folder, &error));

    require_ok(store_out_load(store, OAI, &got_out, &error));
    cr_expect(same_out(&got_out, &out));
    require_ok(store_in_load(store, OAI, &got_in, &error));
    cr_expect(eq(u64, got_in.seq, 7));
    cr_expect(eq(int, got_in.stream.bytes[5], 2));
    cr_expect(digest_equal(&got_in.chain, &in.chain));
}

Test(outbox, gives_back_what_was_appended, .init = begin_turn,
     .fini = close_store)
{
    struct outbox_row row = {0};
    const struct digest digest = digest_of(2);
    add_events(3);
    const struct out_stream out = deliver(OAI, open_stream(OAI, 1), 3);
    open_stream(ORP, 2);

    require_ok(store_outbox_get(store, OAI, 2, &row, &error));
    cr_expect(eq(u64, row.seq, 2));
    cr_expect(eq(i64, row.event, 2));
    cr_expect(eq(i64, row.at, 1002));
    cr_expect(digest_equal(&row.digest, &digest));
    require_ok(store_outbox_get(store, OAI, 3, &row, &error));
    cr_expect(digest_equal(&row.chain, &out.head_chain));
    expect_code(store_outbox_get(store, OAI, 4, &row, &error), UNKNOWN);
    expect_code(store_outbox_get(store, ORP, 1, &row, &error), UNKNOWN);
    expect_code(store_outbox_get(store, ME, 1, &row, &error), UNKNOWN);
}

Test(outbox, knows_what_it_holds, .init = begin_turn, .fini = close_store)
{
    bool holds = true;
    add_events(3);
    deliver(OAI, open_stream(OAI, 1), 2);
    open_stream(ORP, 2);

    require_ok(store_outbox_holds(store, OAI, 2, &holds, &error));
    cr_expect(eq(int, holds, true));
    require_ok(store_outbox_holds(store, OAI, 3, &holds, &error));
    cr_expect(eq(int, holds, false));
    require_ok(store_outbox_holds(store, ORP, 2, &holds, &error));
    cr_expect(eq(int, holds, false));
    require_ok(store_outbox_holds(store, ME, 2, &holds, &error));
    cr_expect(eq(int, holds, false));
}

Test(outbox, needs_a_stream, .init = begin_turn, .fini = close_store)
{
    const struct outbox_row row = {.seq = 1, .event = 1};
    add_events(1);

    expect_code(store_outbox_append(store, OAI, &row, &error), UNKNOWN);
}

Test(outbox, takes_each_seq_once, .init = begin_turn, .fini = close_store)
{
    add_events(2);
    deliver(OAI, open_stream(OAI, 1), 1);
    const struct outbox_row row = {.seq = 1, .event = 2};

    expect_code(store_outbox_append(store, OAI, &row, &error), STORE);
}

/* --- pruning ------------------------------------------------------------- */

static struct out_stream
deliver_ten(uint64_t acked)
{
    add_events(10);
    struct out_stream out = deliver(OAI, open_stream(OAI, 1), 10);

    out.acked = acked;
    require_ok(store_out_save(store, OAI, &out, &error));
    return out;
}

Test(outbox, lets_go_of_what_is_acked_and_old, .init = begin_turn,
     .fini = close_store)
{
    struct out_stream out = {0};
    struct out_stream stored = {0};
    struct outbox_row row = {0};
    deliver_ten(8);

    require_ok(store_outbox_prune(store, OAI, 1004, 100, &out, &error));

    cr_expect(eq(u64, out.oldest, 4));
    cr_expect(eq(u64, out.head, 10));
    require_ok(store_out_load(store, OAI, &stored, &error));
    cr_expect(same_out(&stored, &out));
    expect_code(store_outbox_get(store, OAI, 3, &row, &error), UNKNOWN);
    expect_code(store_outbox_get(store, OAI, 4, &row, &error), OK);
}

Test(outbox, keeps_what_is_not_acked_however_old, .init = begin_turn,
     .fini = close_store)
{
    struct out_stream out = {0};
    struct outbox_row row = {0};
    deliver_ten(4);

    require_ok(store_outbox_prune(store, OAI, INT64_MAX, 100, &out, &error));

    /* The one acked last stays: its chain is what the partner's hello says. */
    cr_expect(eq(u64, out.oldest, 4));
    require_ok(store_outbox_get(store, OAI, 4, &row, &error));
    require_ok(store_outbox_prune(store, OAI, INT64_MAX, 100, &out, &error));
    cr_expect(eq(u64, out.oldest, 4));
}

Test(outbox, is_pruned_a_little_at_a_time, .init = begin_turn,
     .fini = close_store)
{
    struct out_stream out = {0};
    deliver_ten(10);

    require_ok(store_outbox_prune(store, OAI, INT64_MAX, 3, &out, &error));
    cr_expect(eq(u64, out.oldest, 4));
    require_ok(store_outbox_prune(store, OAI, INT64_MAX, 3, &out, &error));
    cr_expect(eq(u64, out.oldest, 7));
}

Test(outbox, of_nobody_is_pruned_without_harm, .init = begin_turn,
     .fini = close_store)
{
    struct out_stream out = {0};

    require_ok(store_outbox_prune(store, OAI, INT64_MAX, 3, &out, &error));

    cr_expect(eq(u64, out.oldest, 1));
}

/* --- renewing ------------------------------------------------------------ */

Test(outbox, begins_again_with_all_that_can_be_delivered, .init = begin_turn,
     .fini = close_store)
{
    const struct stream_id id = stream_of(9);
    struct out_stream out = {0};
    struct out_stream stored = {0};
    struct outbox_row row = {0};
    struct digest chain = {{0}};
    deliver_ten(8);
    require_ok(store_outbox_prune(store, OAI, 1004, 100, &out, &error));

    require_ok(store_outbox_renew(store, OAI, &id, mix, &out, &error));

    cr_expect(eq(int, out.stream.bytes[0], 9));
    cr_expect(eq(u64, out.oldest, 1));
    cr_expect(eq(u64, out.head, 7));
    cr_expect(eq(u64, out.acked, 0));
    for (uint64_t seq = 1; seq <= 7; seq++) {
        require_ok(store_outbox_get(store, OAI, seq, &row, &error));
        chain = mix(&chain, seq, &row.digest);
        cr_expect(eq(i64, row.event, (int64_t)seq + 3));
        cr_expect(eq(i64, row.at, 1003 + (int64_t)seq));
        cr_expect(digest_equal(&row.chain, &chain));
    }
    cr_expect(digest_equal(&out.head_chain, &chain));
    expect_code(store_outbox_get(store, OAI, 8, &row, &error), UNKNOWN);
    require_ok(store_out_load(store, OAI, &stored, &error));
    cr_expect(same_out(&stored, &out));
}

Test(outbox, goes_on_after_it_began_again, .init = begin_turn,
     .fini = close_store)
{
    const struct stream_id id = stream_of(9);
    struct out_stream out = {0};
    struct outbox_row row = {0};
    bool holds = false;
    add_events(3);
    deliver(OAI, open_stream(OAI, 1), 2);
    require_ok(store_outbox_renew(store, OAI, &id, mix, &out, &error));

    out = deliver(OAI, out, 1);

    cr_expect(eq(u64, out.head, 3));
    require_ok(store_outbox_get(store, OAI, 3, &row, &error));
    cr_expect(eq(i64, row.event, 3));
    require_ok(store_outbox_holds(store, OAI, 1, &holds, &error));
    cr_expect(eq(int, holds, true));
}

Test(outbox, begins_for_a_partner_that_had_none, .init = begin_turn,
     .fini = close_store)
{
    const struct stream_id id = stream_of(9);
    struct out_stream out = {0};
    add_events(1);

    require_ok(store_outbox_renew(store, OAI, &id, mix, &out, &error));

    cr_expect(eq(u64, out.head, 0));
    cr_expect(eq(u64, out.oldest, 1));
    deliver(OAI, out, 1);
}

Test(outbox, leaves_other_partners_alone_when_it_begins_again,
     .init = begin_turn, .fini = close_store)
{
    const struct stream_id id = stream_of(9);
    struct out_stream out = {0};
    struct outbox_row row = {0};
    add_events(5);
    const struct out_stream theirs = deliver(ORP, open_stream(ORP, 2), 5);
    deliver(OAI, open_stream(OAI, 1), 5);

    require_ok(store_outbox_renew(store, OAI, &id, mix, &out, &error));

    require_ok(store_out_load(store, ORP, &out, &error));
    cr_expect(same_out(&out, &theirs));
    require_ok(store_outbox_get(store, ORP, 5, &row, &error));
    cr_expect(digest_equal(&row.chain, &theirs.head_chain));
}

Test(outbox, begins_again_with_very_many, .init = begin_turn,
     .fini = close_store)
{
    const struct stream_id id = stream_of(9);
    const int many = 30000;
    struct out_stream out = {0};
    struct outbox_row row = {0};
    for (int i = 1; i <= many; i++)
        add_event(event_of(i));
    deliver(OAI, open_stream(OAI, 1), many);

    require_ok(store_outbox_renew(store, OAI, &id, mix, &out, &error));

    cr_expect(eq(u64, out.head, (uint64_t)many));
    for (int seq = 1; seq <= many; seq++) {
        require_ok(store_outbox_get(store, OAI, (uint64_t)seq, &row, &error));
        cr_assert(eq(i64, row.event, seq));
    }
    require_ok(store_commit(store, &error));
    require_ok(store_outbox_get(store, OAI, (uint64_t)many, &row, &error));
    cr_expect(digest_equal(&row.chain, &out.head_chain));
}

/* --- receipts ------------------------------------------------------------ */

static char seen[512];

static void
see(void *context, const struct receipt_row *row)
{
    const size_t used = strlen(seen);

    (void)context;
    snprintf(seen + used, sizeof seen - used, "%s %s%s%s;", row->partner,
             row->state, row->reason[0] ? " " : "", row->reason);
}

static const char *
receipts(int64_t event)
{
    seen[0] = '\0';
    require_ok(store_receipt_each(store, event, see, NULL, &error));
    return seen;
}

static void
ack(const char *partner, uint64_t up_to)
{
    struct out_stream out = {0};

    require_ok(store_out_load(store, partner, &out, &error));
    out.acked = up_to;
    require_ok(store_out_save(store, partner, &out, &error));
}

static void
accept_range(uint8_t id, uint64_t first, uint64_t last)
{
    const struct stream_id stream = stream_of(id);

    require_ok(
        store_receipt_range(store, OAI, &stream, first, last, 50, &error));
}

static void
say(int64_t event, const char *state, const char *reason)
{
    const struct receipt_row row = {.event = event,
                                    .partner = OAI,
                                    .state = state,
                                    .reason = reason,
                                    .at = 60};

    require_ok(store_receipt_add(store, &row, &error));
}

static void
next_turn(void)
{
    require_ok(store_commit(store, &error));
    require_ok(store_begin(store, &error));
}

static void
deliver_five(void)
{
    begin_turn();
    add_events(5);
    deliver(OAI, open_stream(OAI, 1), 5);
}

TestSuite(receipt, .init = deliver_five, .fini = close_store);

Test(receipt, of_storing_is_the_ack)
{
    ack(OAI, 2);

    expect_text(receipts(2), "vs.oai stored;");
    expect_text(receipts(3), "");
}

Test(receipt, of_a_range_is_for_each_in_it)
{
    ack(OAI, 5);
    accept_range(1, 2, 3);

    expect_text(receipts(1), "vs.oai stored;");
    expect_text(receipts(2), "vs.oai stored;vs.oai accepted;");
    expect_text(receipts(3), "vs.oai stored;vs.oai accepted;");
    expect_text(receipts(4), "vs.oai stored;");
}

Test(receipt, of_refusal_stands_against_the_range)
{
    ack(OAI, 5);
    say(3, "refused", "DENIED");
    accept_range(1, 1, 5);

    expect_text(receipts(2), "vs.oai stored;vs.oai accepted;");
    expect_text(receipts(3), "vs.oai stored;vs.oai refused DENIED;");
}

Test(receipt, of_refusal_gives_way_to_a_later_acceptance)
{
    struct out_stream out = {0};
    ack(OAI, 5);
    say(3, "refused", "DENIED");
    accept_range(1, 1, 5);
    next_turn();
    require_ok(store_out_load(store, OAI, &out, &error));
    const struct outbox_row again = {.seq = 6,
                                     .event = 3,
                                     .digest = digest_of(3),
                                     .at = 2000};
    require_ok(store_outbox_append(store, OAI, &again, &error));
    out.head = 6;
    out.acked = 6;
    require_ok(store_out_save(store, OAI, &out, &error));
    accept_range(1, 6, 6);

    expect_text(receipts(3),
                "vs.oai stored;vs.oai refused DENIED;vs.oai accepted;");
}

Test(receipt, of_seeing_comes_last)
{
    ack(OAI, 5);
    accept_range(1, 1, 5);
    next_turn();
    say(3, "seen", "");

    expect_text(receipts(3), "vs.oai stored;vs.oai accepted;vs.oai seen;");
}

Test(receipt, of_an_old_stream_is_for_the_event_that_it_meant)
{
    const struct stream_id id = stream_of(2);
    struct out_stream out = {0};
    ack(OAI, 4);
    require_ok(store_outbox_prune(store, OAI, 1003, 100, &out, &error));
    require_ok(store_outbox_renew(store, OAI, &id, mix, &out, &error));
    /* Event 3 is now the first of the new stream, and was the third. */
    accept_range(1, 1, 3);
    ack(OAI, 1);

    expect_text(receipts(1), "vs.oai stored;vs.oai accepted;");
    expect_text(receipts(3), "vs.oai stored;vs.oai accepted;");
    expect_text(receipts(4), "");
    expect_text(receipts(5), "");
    accept_range(2, 2, 3);
    expect_text(receipts(4), "vs.oai accepted;");
    expect_text(receipts(5), "vs.oai accepted;");
}

Test(receipt, may_come_twice_or_in_pieces)
{
    accept_range(1, 2, 3);
    accept_range(1, 2, 3);
    accept_range(1, 1, 2);
    accept_range(1, 5, 5);
    accept_range(1, 3, 4);

    for (int64_t event = 1; event <= 5; event++)
        expect_text(receipts(event), "vs.oai accepted;");
}

Test(receipt, that_covers_others_leaves_no_gap)
{
    accept_range(1, 2, 2);
    accept_range(1, 4, 4);
    accept_range(1, 1, 5);

    for (int64_t event = 1; event <= 5; event++)
        expect_text(receipts(event), "vs.oai accepted;");
}

Test(receipt, of_another_partner_stands_beside)
{
    struct out_stream out = open_stream(ORP, 3);
    deliver(ORP, out, 5);
    ack(ORP, 5);
    ack(OAI, 1);

    expect_text(receipts(1), "vs.oai stored;vs.orp.sion stored;");
    expect_text(receipts(2), "vs.orp.sion stored;");
}

Test(receipt, for_no_stream_or_no_delivery_is_refused)
{
    const struct stream_id none = stream_of(77);
    const struct stream_id ours = stream_of(1);

    expect_code(store_receipt_range(store, OAI, &none, 1, 2, 5, &error),
                UNKNOWN);
    expect_code(store_receipt_range(store, ORP, &ours, 1, 2, 5, &error),
                UNKNOWN);
    expect_code(store_receipt_range(store, OAI, &ours, 0, 2, 5, &error),
                INVALID);
    expect_code(store_receipt_range(store, OAI, &ours, 3, 2, 5, &error),
                INVALID);
}

/* --- holders ------------------------------------------------------------- */

static void
see_holder(void *context, const char *partner)
{
    const size_t used = strlen(seen);

    (void)context;
    snprintf(seen + used, sizeof seen - used, "%s;", partner);
}

static const char *
holders(int64_t event)
{
    seen[0] = '\0';
    require_ok(store_delivery_each(store, event, see_holder, NULL, &error));
    return seen;
}

TestSuite(holder, .init = deliver_five, .fini = close_store);

Test(holder, is_whoever_has_a_place_for_it_acked_or_not)
{
    deliver(ORP, open_stream(ORP, 3), 2);
    ack(OAI, 1);

    expect_text(holders(1), "vs.oai;vs.orp.sion;");
    expect_text(holders(2), "vs.oai;vs.orp.sion;");
    expect_text(holders(3), "vs.oai;");
    expect_text(holders(6), "");
}

Test(holder, of_an_old_stream_is_told_once_and_for_ever)
{
    const struct stream_id id = stream_of(2);
    struct out_stream out = {0};
    ack(OAI, 5);
    require_ok(store_outbox_prune(store, OAI, 1003, 100, &out, &error));
    require_ok(store_outbox_renew(store, OAI, &id, mix, &out, &error));

    expect_text(holders(1), "vs.oai;");
    expect_text(holders(4), "vs.oai;");
}

Test(holder, is_not_whose_place_was_void)
{
    deliver(ORP, open_stream(ORP, 3), 5);
    say(3, "void", "DENIED");
    say(3, "void", "DENIED");
    say(4, "refused", "DENIED");

    expect_text(holders(3), "vs.orp.sion;");
    expect_text(holders(4), "vs.oai;vs.orp.sion;");
}

Test(holder, is_whose_place_was_void_before_it_was_delivered)
{
    struct out_stream out = {0};
    say(3, "void", "DENIED");
    require_ok(store_out_load(store, OAI, &out, &error));
    const struct outbox_row again = {.seq = 6, .event = 3};
    require_ok(store_outbox_append(store, OAI, &again, &error));

    expect_text(holders(3), "vs.oai;");
}
