/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange/exchange.h"

#include <assert.h>
#include <string.h>

/* What every state answers to every input. CHECK: the input is looked at. */
enum answer {
    CHECK,
    CUT,
    DROP
};

struct row {
    enum answer answer;
    enum exchange_state next; /* when it is accepted */
    const char *says;         /* for docs/flows.md, and the reason of a cut */
};

/* clang-format off */
static const struct row table[EXCHANGE_STATE_COUNT][INPUT_COUNT] = {
    [EXCHANGE_DOWN] = {
        [INPUT_UP]      = {CHECK, EXCHANGE_GREETING, "send our hello"},
        [INPUT_HELLO]   = {DROP, EXCHANGE_DOWN, "frame of an older link"},
        [INPUT_DELIVER] = {DROP, EXCHANGE_DOWN, "frame of an older link"},
        [INPUT_ACK]     = {DROP, EXCHANGE_DOWN, "frame of an older link"},
        [INPUT_LOST]    = {DROP, EXCHANGE_DOWN, "nothing to lose"},
    },
    [EXCHANGE_GREETING] = {
        [INPUT_UP]      = {CUT, EXCHANGE_CLOSING, "a second link without an end of the first"},
        [INPUT_HELLO]   = {CHECK, EXCHANGE_OPEN, "compare streams: deliver, or begin a new stream"},
        [INPUT_DELIVER] = {CUT, EXCHANGE_CLOSING, "delivery before hello"},
        [INPUT_ACK]     = {CUT, EXCHANGE_CLOSING, "ack before hello"},
        [INPUT_LOST]    = {CHECK, EXCHANGE_DOWN, "forget the link"},
    },
    [EXCHANGE_OPEN] = {
        [INPUT_UP]      = {CUT, EXCHANGE_CLOSING, "a second link without an end of the first"},
        [INPUT_HELLO]   = {CUT, EXCHANGE_CLOSING, "second hello"},
        [INPUT_DELIVER] = {CHECK, EXCHANGE_OPEN, "store; ack after the commit"},
        [INPUT_ACK]     = {CHECK, EXCHANGE_OPEN, "let go of what is acked"},
        [INPUT_LOST]    = {CHECK, EXCHANGE_DOWN, "forget the link"},
    },
    [EXCHANGE_CLOSING] = {
        [INPUT_UP]      = {CUT, EXCHANGE_CLOSING, "a second link without an end of the first"},
        [INPUT_HELLO]   = {DROP, EXCHANGE_CLOSING, "the link is being ended"},
        [INPUT_DELIVER] = {DROP, EXCHANGE_CLOSING, "the link is being ended"},
        [INPUT_ACK]     = {DROP, EXCHANGE_CLOSING, "the link is being ended"},
        [INPUT_LOST]    = {CHECK, EXCHANGE_DOWN, "forget the link"},
    },
};
/* clang-format on */

static const char *const state_names[] = {
#define STATE_NAME(name, meaning) #name,
    EXCHANGE_STATES(STATE_NAME)
#undef STATE_NAME
};

static const char *const input_names[] = {
#define INPUT_NAME(name, meaning) meaning,
    EXCHANGE_INPUTS(INPUT_NAME)
#undef INPUT_NAME
};

static const char *const answer_names[] = {
    [CHECK] = "take", [CUT] = "cut", [DROP] = "drop"};

static_assert(sizeof state_names / sizeof state_names[0] ==
                  EXCHANGE_STATE_COUNT,
              "every state has a name");
static_assert(sizeof input_names / sizeof input_names[0] == INPUT_COUNT,
              "every input has a name");

static struct exchange_step
cut(struct exchange *exchange, const char *reason)
{
    exchange->state = EXCHANGE_CLOSING;
    return (struct exchange_step){.action = ACTION_CUT, .reason = reason};
}

/* True when the table lets the input be looked at; otherwise *step is all. */
static bool
admits(struct exchange *exchange, enum exchange_input input,
       struct exchange_step *step)
{
    const struct row *row = &table[exchange->state][input];
    if (row->answer == CHECK)
        return true;
    *step = row->answer == CUT
                ? cut(exchange, row->says)
                : (struct exchange_step){.action = ACTION_IGNORE};
    return false;
}

static void
enter(struct exchange *exchange, enum exchange_input input)
{
    exchange->state = table[exchange->state][input].next;
}

static bool
stream_equal(const struct stream_id *a, const struct stream_id *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static bool
stream_is_none(const struct stream_id *stream)
{
    static const struct stream_id none;
    return stream_equal(stream, &none);
}

void
exchange_init(struct exchange *exchange, const char *partner)
{
    *exchange = (struct exchange){.state = EXCHANGE_DOWN,
                                  .partner = partner,
                                  .oldest = 1,
                                  .next = 1};
}

struct exchange_step
exchange_up(struct exchange *exchange, const uint8_t link_id[LINK_ID_SIZE])
{
    struct exchange_step step;
    if (!admits(exchange, INPUT_UP, &step))
        return step;

    memcpy(exchange->link_id, link_id, LINK_ID_SIZE);
    exchange->flying = NULL;
    exchange->flying_bytes = 0;
    exchange->pending_events = 0;
    exchange->pending_bytes = 0;
    enter(exchange, INPUT_UP);
    return (struct exchange_step){.action = ACTION_GREET};
}

void
exchange_hello(const struct exchange *exchange,
               const struct exchange_terms *terms,
               const char *const *subscription, size_t subscription_count,
               struct hello *hello)
{
    *hello = (struct hello){
        .version_min = LINK_VERSION,
        .version_max = LINK_VERSION,
        .institution = terms->us,
        .subscription_count = subscription_count,
        .subscription = subscription,
        .stream = exchange->out_stream,
        .oldest = exchange->oldest,
        .head = exchange->head,
        .want = {.stream = exchange->in_stream,
                 .seq = exchange->in_seq + 1,
                 .chain = exchange->in_chain},
        .window_events = terms->window_events,
        .window_bytes = terms->window_bytes,
    };
    memcpy(hello->link_id, exchange->link_id, LINK_ID_SIZE);
}

/* Why this hello is a lie, or NULL. */
static const char *
hello_fault(const struct exchange *exchange, const struct hello *hello)
{
    if (memcmp(hello->link_id, exchange->link_id, LINK_ID_SIZE) != 0)
        return "hello names another link";
    if (strcmp(hello->institution, exchange->partner) != 0)
        return "hello names another institution than the certificate";
    if (hello->version_min > LINK_VERSION || hello->version_max < LINK_VERSION)
        return "no version of the protocol in common";
    if (hello->window_events == 0 ||
        hello->window_events > EXCHANGE_WINDOW_EVENTS_MAX)
        return "window in events out of range";
    if (hello->window_bytes < EXCHANGE_WINDOW_BYTES_MIN ||
        hello->window_bytes > EXCHANGE_WINDOW_BYTES_MAX)
        return "window in bytes out of range";
    if (stream_is_none(&hello->stream))
        return "hello without a stream";
    if (hello->oldest == 0 || hello->head == UINT64_MAX ||
        hello->oldest > hello->head + 1)
        return "hello with an impossible range";
    if (hello->want.seq == 0)
        return "hello wants number 0";
    return NULL;
}

static struct exchange_step
renew(struct exchange *exchange, enum exchange_notice notice,
      const char *reason)
{
    exchange->state = EXCHANGE_CLOSING;
    return (struct exchange_step){.action = ACTION_RENEW,
                                  .out_notice = notice,
                                  .reason = reason};
}

/*
 * Where our stream goes on. "A chain that does not match means that one side
 * has gone back in time: a new stream begins and carries everything
 * replayable."
 */
static struct exchange_step
resume_out(struct exchange *exchange, const struct hello *hello,
           const struct digest *chain_at_want)
{
    const struct position *want = &hello->want;
    const struct exchange_step open = {.action = ACTION_OPEN};

    if (!stream_equal(&want->stream, &exchange->out_stream)) {
        /* our stream is new to the partner, unless it acked some of it */
        if (exchange->acked > 0)
            return renew(exchange, NOTE_PARTNER_WENT_BACK,
                         "the partner no longer knows our stream");
        exchange->next = exchange->oldest;
        return open;
    }
    if (want->seq - 1 > exchange->head)
        return renew(exchange, NOTE_WE_WENT_BACK,
                     "the partner has more of our stream than we delivered");
    if (!chain_at_want)
        return renew(exchange, NOTE_PARTNER_WENT_BACK,
                     "the partner wants what can no longer be delivered");
    if (memcmp(chain_at_want, &want->chain, sizeof *chain_at_want) != 0)
        return renew(exchange, NOTE_WE_WENT_BACK,
                     "the partner's chain is not ours");

    exchange->next = want->seq;
    if (want->seq - 1 >= exchange->acked)
        return open;
    /* Its acks are of a store that is no longer there: take them back. */
    exchange->acked = want->seq - 1;
    return (struct exchange_step){.action = ACTION_OPEN,
                                  .out_notice = NOTE_PARTNER_WENT_BACK};
}

/* Where their stream goes on, or that it begins anew. */
static enum exchange_notice
resume_in(struct exchange *exchange, const struct hello *hello)
{
    if (stream_equal(&hello->stream, &exchange->in_stream))
        return hello->head < exchange->in_seq ? NOTE_PARTNER_WENT_BACK
                                              : NOTE_NOTHING;
    const bool knew = exchange->in_seq > 0;
    exchange->in_stream = hello->stream;
    exchange->in_seq = 0;
    exchange->in_chain = (struct digest){0};
    return knew ? NOTE_NEW_STREAM : NOTE_NOTHING;
}

struct exchange_step
exchange_greeted(struct exchange *exchange, const struct hello *hello,
                 const struct digest *chain_at_want)
{
    struct exchange_step step;
    if (!admits(exchange, INPUT_HELLO, &step))
        return step;
    const char *fault = hello_fault(exchange, hello);
    if (fault)
        return cut(exchange, fault);

    exchange->window_events = hello->window_events;
    exchange->window_bytes = hello->window_bytes;
    const enum exchange_notice in_notice = resume_in(exchange, hello);
    step = resume_out(exchange, hello, chain_at_want);
    step.in_notice = in_notice;
    if (step.action == ACTION_OPEN)
        enter(exchange, INPUT_HELLO);
    return step;
}

void
exchange_lend(struct exchange *exchange, uint32_t *ring, uint32_t room)
{
    assert(ring && room > 0);
    exchange->flying = ring;
    exchange->flying_room = room;
    exchange->flying_bytes = 0;
}

struct exchange_step
exchange_delivered(struct exchange *exchange,
                   const struct exchange_terms *terms, uint64_t seq,
                   size_t size)
{
    struct exchange_step step;
    if (!admits(exchange, INPUT_DELIVER, &step))
        return step;
    if (seq <= exchange->in_seq)
        return cut(exchange, "delivery repeated");
    if (seq != exchange->in_seq + 1)
        return cut(exchange, "delivery out of order");
    if (exchange->pending_events >= terms->window_events)
        return cut(exchange, "more deliveries than our credit");
    /* one frame may always come: its size was not known when credit was given */
    if (exchange->pending_bytes > terms->window_bytes)
        return cut(exchange, "more bytes than our credit");

    exchange->pending_events++;
    exchange->pending_bytes += size;
    return (struct exchange_step){.action = ACTION_TAKE};
}

void
exchange_taken(struct exchange *exchange, const struct digest *chain)
{
    exchange->in_seq++;
    exchange->in_chain = *chain;
}

void
exchange_acked(struct exchange *exchange)
{
    exchange->pending_events = 0;
    exchange->pending_bytes = 0;
}

struct exchange_step
exchange_released(struct exchange *exchange, const struct ack *ack,
                  const struct digest *chain_at)
{
    struct exchange_step step;
    if (!admits(exchange, INPUT_ACK, &step))
        return step;
    if (!stream_equal(&ack->stream, &exchange->out_stream))
        return cut(exchange, "ack for another stream");
    if (ack->up_to < exchange->acked)
        return cut(exchange, "ack goes backwards");
    if (ack->up_to >= exchange->next)
        return cut(exchange, "ack for what was not sent");
    if (!chain_at || memcmp(chain_at, &ack->chain, sizeof *chain_at) != 0)
        return cut(exchange, "ack with another chain");

    for (uint64_t seq = exchange->acked + 1; seq <= ack->up_to; seq++) {
        uint32_t *size = &exchange->flying[seq % exchange->flying_room];
        exchange->flying_bytes -= *size;
        *size = 0;
    }
    exchange->acked = ack->up_to;
    return (struct exchange_step){.action = ACTION_RELEASE};
}

struct exchange_step
exchange_lost(struct exchange *exchange)
{
    struct exchange_step step;
    if (!admits(exchange, INPUT_LOST, &step))
        return step;
    exchange->flying = NULL;
    enter(exchange, INPUT_LOST);
    return (struct exchange_step){.action = ACTION_FORGET};
}

static uint64_t
flying_events(const struct exchange *exchange)
{
    return exchange->next - 1 - exchange->acked;
}

bool
exchange_has_work(const struct exchange *exchange)
{
    return exchange->state == EXCHANGE_OPEN && exchange->flying &&
           exchange->next <= exchange->head &&
           flying_events(exchange) < exchange->window_events &&
           flying_events(exchange) < exchange->flying_room &&
           exchange->flying_bytes < exchange->window_bytes;
}

bool
exchange_may_send(const struct exchange *exchange, size_t size)
{
    return exchange_has_work(exchange) &&
           exchange->flying_bytes + size <= exchange->window_bytes;
}

void
exchange_sent(struct exchange *exchange, size_t size)
{
    exchange->flying[exchange->next % exchange->flying_room] = (uint32_t)size;
    exchange->flying_bytes += size;
    exchange->next++;
}

void
exchange_describe(struct buffer *text)
{
    for (int state = 0; state < EXCHANGE_STATE_COUNT; state++)
        for (int input = 0; input < INPUT_COUNT; input++) {
            const struct row *row = &table[state][input];
            buffer_append_format(text, "| %s | %s | %s | %s | %s |\n",
                                 state_names[state], input_names[input],
                                 answer_names[row->answer],
                                 state_names[row->next], row->says);
        }
}
