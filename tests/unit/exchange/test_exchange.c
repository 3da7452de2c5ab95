/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange/exchange.h"
#include "tests/support/expect.h"

static const struct exchange_terms terms = {.us = "ge.as.hg",
                                            .window_events = 4,
                                            .window_bytes = 1000000};
static const uint8_t link_id[LINK_ID_SIZE] = {7};
static uint32_t ring[64];

/* A partner whose stream to us is `in`, ours to it `out`. */
static struct exchange
fresh(void)
{
    struct exchange exchange;
    exchange_init(&exchange, "ge.orp");
    memset(exchange.out_stream.bytes, 0xaa, STREAM_ID_SIZE);
    memset(ring, 0, sizeof ring);
    return exchange;
}

static struct hello
their_hello(void)
{
    struct hello hello = {
        .version_min = 1,
        .version_max = 1,
        .institution = "ge.orp",
        .stream = {{0xbb}},
        .oldest = 1,
        .head = 0,
        .want = {.seq = 1},
        .window_events = 8,
        .window_bytes = 1000000,
    };
    memcpy(hello.link_id, link_id, LINK_ID_SIZE);
    return hello;
}

static struct exchange
opened(void)
{
    struct exchange exchange = fresh();
    const struct hello hello = their_hello();
    (void)exchange_up(&exchange, link_id);
    (void)exchange_greeted(&exchange, &hello, NULL);
    exchange_lend(&exchange, ring, 8);
    return exchange;
}

/* --- the table ------------------------------------------------------------*/

static struct exchange_step
feed(struct exchange *exchange, enum exchange_input input)
{
    const struct hello hello = their_hello();
    const struct ack ack = {.stream = exchange->out_stream};
    const struct digest zero = {0};
    switch (input) {
    case INPUT_UP:
        return exchange_up(exchange, link_id);
    case INPUT_HELLO:
        return exchange_greeted(exchange, &hello, NULL);
    case INPUT_DELIVER:
        return exchange_delivered(exchange, &terms, exchange->in_seq + 1, 100);
    case INPUT_ACK:
        return exchange_released(exchange, &ack, &zero);
    case INPUT_LOST:
        return exchange_lost(exchange);
    case INPUT_COUNT:
        break;
    }
    abort();
}

static struct exchange
in_state(enum exchange_state state)
{
    struct exchange exchange = opened();
    if (state == EXCHANGE_DOWN)
        exchange = fresh();
    if (state == EXCHANGE_GREETING) {
        exchange = fresh();
        (void)exchange_up(&exchange, link_id);
    }
    if (state == EXCHANGE_CLOSING)
        (void)exchange_greeted(&exchange, &(struct hello){0}, NULL);
    cr_assert(eq(int, (int)exchange.state, (int)state));
    return exchange;
}

Test(exchange, answers_every_input_in_every_state)
{
    static const enum exchange_action want[EXCHANGE_STATE_COUNT][INPUT_COUNT] =
        {
            [EXCHANGE_DOWN] = {ACTION_GREET, ACTION_IGNORE, ACTION_IGNORE,
                               ACTION_IGNORE, ACTION_IGNORE},
            [EXCHANGE_GREETING] = {ACTION_CUT, ACTION_OPEN, ACTION_CUT,
                                   ACTION_CUT, ACTION_FORGET},
            [EXCHANGE_OPEN] = {ACTION_CUT, ACTION_CUT, ACTION_TAKE,
                               ACTION_RELEASE, ACTION_FORGET},
            [EXCHANGE_CLOSING] = {ACTION_CUT, ACTION_IGNORE, ACTION_IGNORE,
                                  ACTION_IGNORE, ACTION_FORGET},
        };

    for (int state = 0; state < EXCHANGE_STATE_COUNT; state++)
        for (int input = 0; input < INPUT_COUNT; input++) {
            struct exchange exchange = in_state((enum exchange_state)state);
            const struct exchange_step step =
                feed(&exchange, (enum exchange_input)input);
            cr_expect(step.action == want[state][input],
                      "state %d, input %d: action %d instead of %d", state,
                      input, (int)step.action, (int)want[state][input]);
            const bool cuts = step.action == ACTION_CUT;
            cr_expect(cuts == (step.reason != NULL),
                      "state %d, input %d: a cut and only a cut has a reason",
                      state, input);
        }
}

/* --- hello ----------------------------------------------------------------*/

typedef void spoil(struct hello *hello);

static void
other_link(struct hello *hello)
{
    hello->link_id[3] ^= 1;
}

static void
other_name(struct hello *hello)
{
    hello->institution = "ge.oai";
}

static void
future_version(struct hello *hello)
{
    hello->version_min = hello->version_max = 2;
}

static void
no_window(struct hello *hello)
{
    hello->window_events = 0;
}

static void
huge_window(struct hello *hello)
{
    hello->window_events = UINT32_MAX;
}

static void
small_bytes(struct hello *hello)
{
    hello->window_bytes = 10;
}

static void
huge_bytes(struct hello *hello)
{
    hello->window_bytes = UINT64_MAX;
}

static void
no_stream(struct hello *hello)
{
    hello->stream = (struct stream_id){{0}};
}

static void
impossible_range(struct hello *hello)
{
    hello->oldest = 9;
    hello->head = 3;
}

static void
wants_zero(struct hello *hello)
{
    hello->want.seq = 0;
}

static void
endless_head(struct hello *hello)
{
    hello->head = UINT64_MAX;
}

Test(exchange, cuts_a_hello_that_lies)
{
    static spoil *const lies[] = {other_link, other_name,  future_version,
                                  no_window,  huge_window, small_bytes,
                                  huge_bytes, no_stream,   impossible_range,
                                  wants_zero, endless_head};
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        struct exchange exchange = fresh();
        struct hello hello = their_hello();
        (void)exchange_up(&exchange, link_id);
        lies[i](&hello);

        const struct exchange_step step =
            exchange_greeted(&exchange, &hello, NULL);

        cr_expect(step.action == ACTION_CUT, "lie %zu was believed", i);
        cr_expect(exchange.state == EXCHANGE_CLOSING);
        const bool works = exchange_has_work(&exchange);
        cr_expect(works == false);
    }
}

/* Our stream holds 1..10, acked to 5; the partner wants `seq` with `chain`. */
static struct exchange_step
wanting(struct exchange *exchange, uint64_t seq, const struct digest *chain,
        const struct digest *known)
{
    *exchange = fresh();
    exchange->head = 10;
    exchange->acked = 5;
    struct hello hello = their_hello();
    hello.want = (struct position){.stream = exchange->out_stream,
                                   .seq = seq,
                                   .chain = *chain};
    (void)exchange_up(exchange, link_id);
    return exchange_greeted(exchange, &hello, known);
}

Test(exchange, goes_on_where_the_partner_stands)
{
    const struct digest chain = {{1}};
    struct exchange exchange;

    const struct exchange_step step = wanting(&exchange, 8, &chain, &chain);

    cr_expect(step.action == ACTION_OPEN);
    cr_expect(step.out_notice == NOTE_NOTHING);
    cr_expect(eq(u64, exchange.next, 8));
    cr_expect(eq(u64, exchange.acked, 5));
}

Test(exchange, delivers_again_what_a_restored_partner_lost)
{
    const struct digest chain = {{1}};
    struct exchange exchange;

    const struct exchange_step step = wanting(&exchange, 3, &chain, &chain);

    cr_expect(step.action == ACTION_OPEN);
    cr_expect(step.out_notice == NOTE_PARTNER_WENT_BACK);
    cr_expect(eq(u64, exchange.next, 3));
    cr_expect(eq(u64, exchange.acked, 2));
}

Test(exchange, begins_a_new_stream_when_chains_disagree)
{
    const struct digest chain = {{1}};
    const struct digest other = {{2}};
    struct exchange exchange;

    struct exchange_step step = wanting(&exchange, 8, &chain, &other);
    cr_expect(step.action == ACTION_RENEW);
    cr_expect(step.out_notice == NOTE_WE_WENT_BACK);

    step = wanting(&exchange, 12, &chain, NULL);
    cr_expect(step.action == ACTION_RENEW);
    cr_expect(step.out_notice == NOTE_WE_WENT_BACK);

    step = wanting(&exchange, 2, &chain, NULL);
    cr_expect(step.action == ACTION_RENEW);
    cr_expect(step.out_notice == NOTE_PARTNER_WENT_BACK);
}

Test(exchange, begins_a_new_stream_when_the_partner_forgot_ours)
{
    struct exchange exchange = fresh();
    exchange.head = 10;
    exchange.acked = 5;
    const struct hello hello = their_hello();
    (void)exchange_up(&exchange, link_id);

    const struct exchange_step step = exchange_greeted(&exchange, &hello, NULL);

    cr_expect(step.action == ACTION_RENEW);
}

Test(exchange, takes_a_new_stream_from_its_first_delivery)
{
    struct exchange exchange = fresh();
    memset(exchange.in_stream.bytes, 0xcc, STREAM_ID_SIZE);
    exchange.in_seq = 42;
    const struct hello hello = their_hello();
    (void)exchange_up(&exchange, link_id);

    const struct exchange_step step = exchange_greeted(&exchange, &hello, NULL);

    cr_expect(step.action == ACTION_OPEN);
    cr_expect(step.in_notice == NOTE_NEW_STREAM);
    cr_expect(eq(u64, exchange.in_seq, 0));
    cr_expect(exchange_delivered(&exchange, &terms, 1, 10).action ==
              ACTION_TAKE);
}

/* --- deliveries and credit ------------------------------------------------*/

Test(exchange, takes_deliveries_in_order_only)
{
    struct exchange exchange = opened();
    const struct digest chain = {{9}};
    cr_assert(exchange_delivered(&exchange, &terms, 1, 10).action ==
              ACTION_TAKE);
    exchange_taken(&exchange, &chain);

    struct exchange copy = exchange;
    cr_expect(exchange_delivered(&copy, &terms, 1, 10).action == ACTION_CUT);
    copy = exchange;
    cr_expect(exchange_delivered(&copy, &terms, 3, 10).action == ACTION_CUT);
    copy = exchange;
    cr_expect(exchange_delivered(&copy, &terms, 2, 10).action == ACTION_TAKE);
}

Test(exchange, cuts_who_delivers_more_than_its_credit)
{
    struct exchange exchange = opened();
    const struct digest chain = {{9}};
    for (uint64_t seq = 1; seq <= terms.window_events; seq++) {
        cr_assert(exchange_delivered(&exchange, &terms, seq, 10).action ==
                  ACTION_TAKE);
        exchange_taken(&exchange, &chain);
    }
    struct exchange acked = exchange;
    exchange_acked(&acked);

    cr_expect(exchange_delivered(&exchange, &terms, 5, 10).action ==
              ACTION_CUT);
    cr_expect(exchange_delivered(&acked, &terms, 5, 10).action == ACTION_TAKE);
}

Test(exchange, cuts_who_delivers_more_bytes_than_its_credit)
{
    struct exchange exchange = opened();
    const struct digest chain = {{9}};
    (void)exchange_delivered(&exchange, &terms, 1, 1000001);
    exchange_taken(&exchange, &chain);

    cr_expect(exchange_delivered(&exchange, &terms, 2, 1).action == ACTION_CUT);
}

Test(exchange, sends_within_the_partners_window)
{
    struct exchange exchange = opened();
    exchange.head = 100;
    int sent = 0;
    while (exchange_may_send(&exchange, 10)) {
        exchange_sent(&exchange, 10);
        sent++;
    }
    cr_expect(eq(int, sent, 8));

    struct ack ack = {.stream = exchange.out_stream, .up_to = 3};
    cr_expect(exchange_released(&exchange, &ack, &ack.chain).action ==
              ACTION_RELEASE);
    cr_expect(eq(u64, exchange.flying_bytes, 50));
    cr_expect(exchange_may_send(&exchange, 10));
    const bool fits = exchange_may_send(&exchange, 1000000);
    cr_expect(fits == false);
}

Test(exchange, cuts_an_ack_that_lies)
{
    struct exchange open = opened();
    open.head = 10;
    exchange_sent(&open, 10);
    exchange_sent(&open, 10);
    open.acked = 1;
    const struct digest chain = {{5}};
    const struct ack honest = {.stream = open.out_stream,
                               .up_to = 2,
                               .chain = chain};
    struct ack lies[4] = {honest, honest, honest, honest};
    lies[0].stream.bytes[0] ^= 1;
    lies[1].up_to = 0;
    lies[2].up_to = 3;
    lies[3].chain.bytes[0] ^= 1;

    for (int i = 0; i < 4; i++) {
        struct exchange exchange = open;
        cr_expect(exchange_released(&exchange, &lies[i], &chain).action ==
                      ACTION_CUT,
                  "lie %d was believed", i);
        cr_expect(eq(u64, exchange.acked, 1));
    }
    struct exchange exchange = open;
    cr_expect(exchange_released(&exchange, &honest, &chain).action ==
              ACTION_RELEASE);
    exchange = open;
    cr_expect(exchange_released(&exchange, &honest, NULL).action == ACTION_CUT);
}

/* --- the documents --------------------------------------------------------*/

Test(exchange, is_drawn_in_the_documents_as_it_is)
{
    cii_auto(buffer_done) struct buffer table = {0};
    exchange_describe(&table);
    FILE *page = fopen(CII_SOURCE_DIR "/docs/flows.md", "r");
    cr_assert(page != NULL);
    static char text[200000];
    const size_t size = fread(text, 1, sizeof text - 1, page);
    fclose(page);
    text[size] = '\0';

    cr_expect(strstr(text, buffer_text(&table)) != NULL,
              "docs/flows.md does not hold the table of the exchange:\n%s",
              buffer_text(&table));
}
