/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXCHANGE_EXCHANGE_H
#define EXCHANGE_EXCHANGE_H

/*
 * The link protocol between two cores, as a pure state machine.
 *
 *   link = hello hello *( deliver / void / ack )
 *
 * Each direction is an ordered stream with a random id, sequence numbers from
 * 1 and a running digest (chain). One struct exchange is one partner; inputs
 * go in one by one, each answered by a step that says what to do. Nothing
 * here reads, writes, waits or allocates; the caller looks chains up in its
 * store and checks signatures before it asks.
 *
 * What a partner may not do (skip, repeat, exceed its credit, ack what was
 * not sent) ends the link with a reason; it never changes what is stored.
 */

#include <stdbool.h>
#include <stdint.h>

#include "proto/link.h"

#define EXCHANGE_WINDOW_EVENTS_MAX 65536u
#define EXCHANGE_WINDOW_BYTES_MIN  LINK_FRAME_MAX
#define EXCHANGE_WINDOW_BYTES_MAX  (UINT64_C(1) << 32)

#define EXCHANGE_STATES(X)                                        \
    X(DOWN, "no link")                                            \
    X(GREETING, "our hello is sent, theirs has not come")         \
    X(OPEN, "both hellos came: deliveries and acks go both ways") \
    X(CLOSING, "the link is being ended; what still comes is dropped")

enum exchange_state {
#define EXCHANGE_STATE_ENUM(name, meaning) EXCHANGE_##name,
    EXCHANGE_STATES(EXCHANGE_STATE_ENUM)
#undef EXCHANGE_STATE_ENUM
    EXCHANGE_STATE_COUNT
};

#define EXCHANGE_INPUTS(X)               \
    X(UP, "the gate has a link")         \
    X(HELLO, "hello")                    \
    X(DELIVER, "deliver or void")        \
    X(ACK, "ack, its signature checked") \
    X(LOST, "the gate has lost the link, or we ended it")

enum exchange_input {
#define EXCHANGE_INPUT_ENUM(name, meaning) INPUT_##name,
    EXCHANGE_INPUTS(EXCHANGE_INPUT_ENUM)
#undef EXCHANGE_INPUT_ENUM
    INPUT_COUNT
};

enum exchange_action {
    ACTION_IGNORE,  /* nothing */
    ACTION_GREET,   /* send our hello */
    ACTION_OPEN,    /* deliver from `next`; ack what is stored already */
    ACTION_RENEW,   /* begin a new out stream in the store, end the link */
    ACTION_TAKE,    /* store the delivery, then exchange_taken() */
    ACTION_RELEASE, /* store that everything up to `acked` is acked */
    ACTION_CUT,     /* end the link: `reason` says what the partner did */
    ACTION_FORGET,  /* the link is gone */
};

/* What the hello showed about the two stores, beside the action. */
enum exchange_notice {
    NOTE_NOTHING,
    NOTE_PARTNER_WENT_BACK, /* it has less than it acked */
    NOTE_WE_WENT_BACK,      /* it has what our store never delivered */
    NOTE_NEW_STREAM,        /* it begins a new stream; give back its own */
};

struct exchange_step {
    enum exchange_action action;
    enum exchange_notice out_notice; /* about our stream */
    enum exchange_notice in_notice;  /* about theirs */
    const char *reason;              /* static; with CUT and RENEW */
};

/* Our own offer, the same for every partner. */
struct exchange_terms {
    const char *us;
    uint32_t window_events;
    uint64_t window_bytes;
};

struct exchange {
    enum exchange_state state;
    const char *partner; /* borrowed */
    uint8_t link_id[LINK_ID_SIZE];

    /* our stream to the partner: what the store says */
    struct stream_id out_stream;
    uint64_t oldest;
    uint64_t head;
    uint64_t acked;
    uint64_t next; /* the next to be sent on this link */

    /* what the partner allows us */
    uint32_t window_events;
    uint64_t window_bytes;
    uint64_t flying_bytes; /* sent on this link, not acked */
    uint32_t *flying;      /* owned by the caller: sizes of what flies, a
                              ring of window_events; NULL while not open */
    uint32_t flying_room;

    /* the partner's stream to us: what the store says */
    struct stream_id in_stream;
    uint64_t in_seq;
    struct digest in_chain;
    uint32_t pending_events; /* came since our last ack */
    uint64_t pending_bytes;
};

/* The streams as the store has them; state DOWN. */
void exchange_init(struct exchange *exchange, const char *partner);

struct exchange_step exchange_up(struct exchange *exchange,
                                 const uint8_t link_id[LINK_ID_SIZE]);

/* Fills what we say first. subscriptions is borrowed. */
void exchange_hello(const struct exchange *exchange,
                    const struct exchange_terms *terms,
                    const char *const *subscription, size_t subscription_count,
                    struct hello *hello);

/*
 * chain_at_want: the chain of our stream after want.seq - 1, when want names
 * our stream and the store knows it; else NULL. After ACTION_OPEN the caller
 * gives the ring (exchange_lend) before it sends.
 */
struct exchange_step exchange_greeted(struct exchange *exchange,
                                      const struct hello *hello,
                                      const struct digest *chain_at_want);
void exchange_lend(struct exchange *exchange, uint32_t *ring, uint32_t room);

/* A deliver or void came; size is that of its frame. */
struct exchange_step exchange_delivered(struct exchange *exchange,
                                        const struct exchange_terms *terms,
                                        uint64_t seq, size_t size);
/* It is stored within the turn: the chain after it. */
void exchange_taken(struct exchange *exchange, const struct digest *chain);
/* We have acked everything that is stored. */
void exchange_acked(struct exchange *exchange);

/* chain_at: of our stream after up_to, or NULL when the store knows none. */
struct exchange_step exchange_released(struct exchange *exchange,
                                       const struct ack *ack,
                                       const struct digest *chain_at);

struct exchange_step exchange_lost(struct exchange *exchange);

/* May a frame of this size leave now? */
bool exchange_may_send(const struct exchange *exchange, size_t size);
/* Is there something to send, and credit for at least one event? */
bool exchange_has_work(const struct exchange *exchange);
void exchange_sent(struct exchange *exchange, size_t size);

/* The table as rows of Markdown, for docs/flows.md. */
void exchange_describe(struct buffer *text);

#endif
