/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two partners over a link that loses, with stores that crash and are
 * restored from old copies; thousands of seeds, each the same every time.
 *
 * The model stands where the core stands: durable state is a struct, a turn
 * commits it or loses it, frames are values in a queue. What must hold, at
 * the end and after every commit:
 *   - what one side issued after the other's last copy arrives, once
 *   - in order within a stream
 *   - what was acked was stored
 */
#include <stdio.h>
#include <string.h>

#include "exchange/exchange.h"
#include "tests/support/expect.h"

#define EVENTS_MAX 512
#define QUEUE_MAX  64
#define WINDOW     6

struct delivery {
    uint64_t event; /* global number, unique over both sides */
    struct digest chain;
};

/* What rests on disk. */
struct disk {
    struct stream_id out_stream;
    struct delivery out[EVENTS_MAX];
    uint64_t head;
    uint64_t acked;
    struct stream_id in_stream;
    uint64_t in_seq;
    struct digest in_chain;
    bool has[EVENTS_MAX]; /* events of both sides that are known here */
};

struct message {
    enum {
        M_HELLO,
        M_DELIVER,
        M_ACK
    } kind;
    struct hello hello;
    uint64_t seq;
    uint64_t event;
    struct ack ack;
};

struct side {
    const char *name;
    struct disk disk; /* committed */
    struct disk turn; /* of the turn under way */
    struct disk copy; /* yesterday's */
    struct exchange exchange;
    uint32_t ring[WINDOW];
    struct message queue[QUEUE_MAX]; /* towards this side */
    size_t queued;
    bool ack_due;
};

struct world {
    struct side side[2];
    uint64_t seed;
    uint64_t issued;
    uint8_t issuer[EVENTS_MAX];
    bool gone[EVENTS_MAX]; /* reached nobody when its disk was restored */
    bool up;
    uint8_t links;
    uint8_t streams;
};

static uint64_t
draw(struct world *world, uint64_t below)
{
    world->seed ^= world->seed << 13;
    world->seed ^= world->seed >> 7;
    world->seed ^= world->seed << 17;
    return world->seed % below;
}

/* Any function of its inputs will do for a chain here. */
static struct digest
chain_after(const struct digest *chain, uint64_t seq, uint64_t event)
{
    struct digest next = *chain;
    uint64_t mixed = 0;
    memcpy(&mixed, next.bytes, sizeof mixed);
    mixed = (mixed ^ (seq * 0x9e3779b97f4a7c15u)) * 0xbf58476d1ce4e5b9u + event;
    memcpy(next.bytes, &mixed, sizeof mixed);
    return next;
}

static struct stream_id
new_stream(struct world *world)
{
    return (struct stream_id){{++world->streams, 1}};
}

static void
load(struct side *side)
{
    struct exchange *exchange = &side->exchange;
    side->turn = side->disk;
    exchange->out_stream = side->disk.out_stream;
    exchange->oldest = 1;
    exchange->head = side->disk.head;
    exchange->acked = side->disk.acked;
    exchange->in_stream = side->disk.in_stream;
    exchange->in_seq = side->disk.in_seq;
    exchange->in_chain = side->disk.in_chain;
}

static void
append(struct side *side, uint64_t event)
{
    struct disk *disk = &side->turn;
    struct digest chain = {0};
    if (disk->head > 0)
        chain = disk->out[disk->head].chain;
    disk->head++;
    disk->out[disk->head] =
        (struct delivery){event, chain_after(&chain, disk->head, event)};
    disk->has[event] = true;
    side->exchange.head = disk->head;
}

static void
cut(struct world *world)
{
    for (int i = 0; i < 2; i++) {
        (void)exchange_lost(&world->side[i].exchange);
        world->side[i].queued = 0;
        world->side[i].ack_due = false;
    }
    world->up = false;
}

static void
put(struct side *to, const struct message *message)
{
    cr_assert(to->queued < QUEUE_MAX);
    to->queue[to->queued++] = *message;
}

static const struct exchange_terms *
terms_of(const struct side *side)
{
    static struct exchange_terms terms[2];
    struct exchange_terms *ours = &terms[side->name[0] == 'b'];
    *ours = (struct exchange_terms){.us = side->name,
                                    .window_events = WINDOW,
                                    .window_bytes = 1u << 20};
    return ours;
}

static void
link_up(struct world *world)
{
    const uint8_t link_id[LINK_ID_SIZE] = {++world->links};
    for (int i = 0; i < 2; i++) {
        struct side *side = &world->side[i];
        load(side);
        (void)exchange_up(&side->exchange, link_id);
    }
    for (int i = 0; i < 2; i++) {
        struct side *side = &world->side[i];
        struct message message = {.kind = M_HELLO};
        exchange_hello(&side->exchange, terms_of(side), NULL, 0,
                       &message.hello);
        put(&world->side[1 - i], &message);
    }
    world->up = true;
}

static void
renew(struct world *world, struct side *side)
{
    struct disk *disk = &side->turn;
    struct digest chain = {0};
    disk->out_stream = new_stream(world);
    disk->acked = 0;
    for (uint64_t seq = 1; seq <= disk->head; seq++) {
        chain = chain_after(&chain, seq, disk->out[seq].event);
        disk->out[seq].chain = chain;
    }
}

/* What the other side issued and we know goes back to it. */
static void
give_back(struct world *world, struct side *side, int other)
{
    for (uint64_t event = 0; event < world->issued; event++) {
        if (world->issuer[event] != other || !side->turn.has[event])
            continue;
        bool held = false;
        for (uint64_t seq = 1; seq <= side->turn.head; seq++)
            held = held || side->turn.out[seq].event == event;
        if (!held)
            append(side, event);
    }
}

/* True when the link must end after the commit. */
static bool
on_hello(struct world *world, int self, const struct hello *hello)
{
    struct side *side = &world->side[self];
    struct digest chain = {0};
    const uint64_t at = hello->want.seq - 1;
    const bool ours = memcmp(&hello->want.stream, &side->exchange.out_stream,
                             STREAM_ID_SIZE) == 0;
    const bool known = ours && at <= side->turn.head;
    if (known && at > 0)
        chain = side->turn.out[at].chain;

    const struct exchange_step step =
        exchange_greeted(&side->exchange, hello, known ? &chain : NULL);

    cr_assert(step.action == ACTION_OPEN || step.action == ACTION_RENEW,
              "honest hello refused: %s", step.reason);
    side->turn.in_stream = side->exchange.in_stream;
    side->turn.in_seq = side->exchange.in_seq;
    side->turn.in_chain = side->exchange.in_chain;
    side->turn.acked = side->exchange.acked;
    if (step.in_notice == NOTE_NEW_STREAM)
        give_back(world, side, 1 - self);
    if (step.action == ACTION_RENEW) {
        renew(world, side);
        return true;
    }
    memset(side->ring, 0, sizeof side->ring);
    exchange_lend(&side->exchange, side->ring, WINDOW);
    side->ack_due = side->exchange.in_seq > 0;
    return false;
}

static void
on_deliver(struct world *world, int self, const struct message *message)
{
    struct side *side = &world->side[self];
    const struct exchange_step step =
        exchange_delivered(&side->exchange, terms_of(side), message->seq, 10);
    cr_assert(step.action == ACTION_TAKE, "honest delivery refused: %s",
              step.reason);
    /* one of ours, recovered: it belongs into our stream again */
    if (world->issuer[message->event] == self &&
        !side->turn.has[message->event])
        append(side, message->event);
    side->turn.has[message->event] = true;
    const struct digest chain =
        chain_after(&side->exchange.in_chain, message->seq, message->event);
    exchange_taken(&side->exchange, &chain);
    side->turn.in_seq = side->exchange.in_seq;
    side->turn.in_chain = chain;
    side->ack_due = true;
}

static void
on_ack(struct side *side, const struct message *message)
{
    const uint64_t at = message->ack.up_to;
    struct digest chain = {0};
    if (at > 0 && at <= side->turn.head)
        chain = side->turn.out[at].chain;
    const struct exchange_step step =
        exchange_released(&side->exchange, &message->ack, &chain);
    cr_assert(step.action == ACTION_RELEASE, "honest ack refused: %s",
              step.reason);
    side->turn.acked = side->exchange.acked;
}

/* After the commit: ack and send, as far as the window goes. */
static void
answer(struct world *world, int self)
{
    struct side *side = &world->side[self];
    struct side *other = &world->side[1 - self];
    struct exchange *exchange = &side->exchange;
    if (exchange->state != EXCHANGE_OPEN)
        return;
    if (side->ack_due && other->queued + WINDOW + 2 < QUEUE_MAX) {
        put(other, &(struct message){.kind = M_ACK,
                                     .ack = {.stream = exchange->in_stream,
                                             .up_to = exchange->in_seq,
                                             .chain = exchange->in_chain}});
        exchange_acked(exchange);
        side->ack_due = false;
    }
    while (exchange_may_send(exchange, 10) && other->queued + 2 < QUEUE_MAX) {
        put(other,
            &(struct message){.kind = M_DELIVER,
                              .seq = exchange->next,
                              .event = side->disk.out[exchange->next].event});
        exchange_sent(exchange, 10);
    }
}

/* One turn of one side: some of what came, then commit or die. */
static void
turn(struct world *world, int self)
{
    struct side *side = &world->side[self];
    size_t taken = draw(world, 8);
    bool end = false;
    side->turn = side->disk;
    if (taken > side->queued)
        taken = side->queued;
    for (size_t i = 0; i < taken && !end; i++) {
        const struct message *message = &side->queue[i];
        if (message->kind == M_HELLO)
            end = on_hello(world, self, &message->hello);
        else if (message->kind == M_DELIVER)
            on_deliver(world, self, message);
        else
            on_ack(side, message);
    }
    memmove(side->queue, side->queue + taken,
            (side->queued - taken) * sizeof side->queue[0]);
    side->queued -= taken;
    if (draw(world, 40) == 0) { /* killed before the commit */
        cut(world);
        load(side);
        return;
    }
    side->disk = side->turn;
    if (end) {
        cut(world);
        return;
    }
    if (draw(world, 40) == 0) { /* killed after it, before the answers */
        cut(world);
        load(side);
        return;
    }
    answer(world, self);
}

static void
issue(struct world *world, int self)
{
    if (world->issued == EVENTS_MAX / 4)
        return;
    struct side *side = &world->side[self];
    side->turn = side->disk;
    world->issuer[world->issued] = (uint8_t)self;
    append(side, world->issued++);
    side->disk = side->turn;
    answer(world, self);
}

/* Yesterday's copy comes back: what had reached nobody is gone. */
static void
restore(struct world *world, int self)
{
    struct side *side = &world->side[self];
    const struct side *other = &world->side[1 - self];
    cut(world);
    for (uint64_t event = 0; event < world->issued; event++)
        if (side->disk.has[event] && !side->copy.has[event] &&
            !other->disk.has[event])
            world->gone[event] = true;
    side->disk = side->copy;
    load(side);
}

static void
begin(struct world *world, uint64_t seed)
{
    memset(world, 0, sizeof *world);
    world->seed = seed * 0x9e3779b97f4a7c15u + 1;
    for (int i = 0; i < 2; i++) {
        struct side *side = &world->side[i];
        side->name = i ? "b" : "a";
        exchange_init(&side->exchange, i ? "a" : "b");
        side->disk.out_stream = new_stream(world);
        side->copy = side->disk;
        load(side);
    }
}

static void
play(struct world *world, int steps, bool restores)
{
    for (int i = 0; i < steps; i++) {
        const int self = (int)draw(world, 2);
        const uint64_t dice = draw(world, 100);
        if (!world->up && world->links < 250) {
            if (dice < 50)
                link_up(world);
        }
        if (dice < 15)
            issue(world, self);
        else if (dice < 17)
            cut(world);
        else if (dice < 19 && restores)
            world->side[self].copy = world->side[self].disk;
        else if (dice < 20 && restores)
            restore(world, self);
        else
            turn(world, self);
    }
}

/* No more faults: everything must come to rest. */
static void
settle(struct world *world)
{
    for (int i = 0; i < 400; i++) {
        if (!world->up)
            link_up(world);
        for (int self = 0; self < 2 && world->up; self++) {
            struct side *side = &world->side[self];
            bool end = false;
            side->turn = side->disk;
            for (size_t j = 0; j < side->queued && !end; j++) {
                const struct message message = side->queue[j];
                if (message.kind == M_HELLO)
                    end = on_hello(world, self, &message.hello);
                else if (message.kind == M_DELIVER)
                    on_deliver(world, self, &message);
                else
                    on_ack(side, &message);
            }
            side->queued = 0;
            side->disk = side->turn;
            if (end)
                cut(world);
            else
                answer(world, self);
        }
    }
}

static void
check(const struct world *world, uint64_t seed)
{
    for (uint64_t event = 0; event < world->issued; event++) {
        if (world->gone[event])
            continue;
        cr_assert(world->side[0].disk.has[event] &&
                      world->side[1].disk.has[event],
                  "seed %llu: event %llu of side %d was lost",
                  (unsigned long long)seed, (unsigned long long)event,
                  world->issuer[event]);
    }
    for (int i = 0; i < 2; i++) {
        const struct disk *ours = &world->side[i].disk;
        const struct disk *theirs = &world->side[1 - i].disk;
        cr_assert(eq(u64, ours->head, ours->acked), "seed %llu",
                  (unsigned long long)seed);
        cr_assert(eq(u64, ours->head, theirs->in_seq), "seed %llu",
                  (unsigned long long)seed);
    }
}

static struct world world;

Test(simulation, nothing_is_lost_when_links_break_and_cores_die, .timeout = 120)
{
    for (uint64_t seed = 1; seed <= 3000; seed++) {
        begin(&world, seed);
        play(&world, 300, false);
        settle(&world);
        check(&world, seed);
    }
}

Test(simulation, what_one_side_still_has_survives_restored_stores,
     .timeout = 120)
{
    for (uint64_t seed = 1; seed <= 3000; seed++) {
        begin(&world, seed);
        play(&world, 300, true);
        settle(&world);
        check(&world, seed);
    }
}
