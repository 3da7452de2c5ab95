/* SPDX-License-Identifier: Apache-2.0 */
#include <proto/link.pb-c.h>

#include "tests/unit/proto/samples.h"

static struct arena *arena;
static struct buffer buffer;

static void
set_up(void)
{
    require_ok(arena_new(&arena, SAMPLE_ARENA, NULL));
}

static void
tear_down(void)
{
    arena_destroy(&arena);
    buffer_done(&buffer);
}

TestSuite(frame_link, .init = set_up, .fini = tear_down);

static void
round_trip(const struct frame *frame, struct frame *back)
{
    struct cii_error err = {0};

    buffer_clear(&buffer);
    require_ok(frame_pack(frame, &buffer));
    cr_assert(frame_unpack(back, buffer_view(&buffer), arena, &err) == CII_OK,
              "%s", err.text);
    cr_assert(back->kind == frame->kind);
}

/* Also proves that nothing is left out: what protobuf-c packs again after it
 * unpacked is what we packed. */
Test(frame_link, protobuf_reads_back_what_was_packed)
{
    for (unsigned int kind = FRAME_HELLO; kind <= FRAME_ACK; kind++) {
        const struct frame frame = sample_frame((enum frame_kind)kind);
        uint8_t room[4096];
        buffer_clear(&buffer);
        require_ok(frame_pack(&frame, &buffer));

        Cii__Frame *message =
            cii__frame__unpack(NULL, buffer.size, buffer.data);
        cr_assert(message != NULL);
        cr_expect(message->base.n_unknown_fields == 0);
        cr_expect(message->body_case == kind + 1);
        const size_t size = cii__frame__pack(message, room);
        cr_expect(
            bytes_equal(buffer_view(&buffer), (struct bytes){room, size}));
        cii__frame__free_unpacked(message, NULL);
    }
}

Test(frame_link, protobuf_finds_each_value_under_its_name)
{
    const struct frame deliver = sample_deliver();
    require_ok(frame_pack(&deliver, &buffer));

    Cii__Frame *message = cii__frame__unpack(NULL, buffer.size, buffer.data);

    cr_assert(message != NULL && message->deliver);
    const Cii__Disclosure *disclosure = message->deliver->disclosure;
    cr_expect(message->deliver->seq == 300);
    cr_expect(message->deliver->event->n_facet == 2);
    expect_text(disclosure->rule, "R03");
    expect_text(disclosure->citation, "LACI 97a al. 4 let. b");
    expect_text(disclosure->purpose, "coordination");
    expect_text(disclosure->inform, "after");
    cr_expect(disclosure->n_statement == 2);
    cii__frame__free_unpacked(message, NULL);
}

Test(frame_link, hello_comes_back_as_it_was)
{
    const struct frame frame = sample_hello();
    struct frame back = {0};

    round_trip(&frame, &back);

    const struct hello *want = &frame.hello;
    const struct hello *got = &back.hello;
    cr_expect(memcmp(got->link_id, want->link_id, LINK_ID_SIZE) == 0);
    cr_expect(got->version_min == 1 && got->version_max == 1);
    expect_text(got->institution, "ge.as.hg");
    cr_assert(got->subscription_count == 2);
    expect_text(got->subscription[0], "fin-de-droits");
    expect_text(got->subscription[1], "decision-ai");
    cr_expect(memcmp(&got->stream, &want->stream, STREAM_ID_SIZE) == 0);
    cr_expect(got->oldest == 12 && got->head == 4711);
    cr_expect(memcmp(&got->want.stream, &want->want.stream, STREAM_ID_SIZE) ==
              0);
    cr_expect(got->want.seq == 815);
    cr_expect(digest_equal(&got->want.chain, &want->want.chain));
    cr_expect(got->window_events == 1024);
    cr_expect(got->window_bytes == 8388608);
}

Test(frame_link, first_hello_of_all_wants_nothing_yet)
{
    struct frame frame = sample_hello();
    struct frame back = {0};
    const struct position none = {0};
    frame.hello.want = none;
    frame.hello.subscription_count = 0;
    frame.hello.subscription = NULL;

    round_trip(&frame, &back);

    cr_expect(memcmp(&back.hello.want, &none, sizeof none) == 0);
    cr_expect(back.hello.subscription_count == 0);
}

Test(frame_link, deliver_comes_back_as_it_was)
{
    const struct frame frame = sample_deliver();
    struct frame back = {0};

    round_trip(&frame, &back);

    const struct deliver *got = &back.deliver;
    cr_expect(got->seq == 300);
    cr_expect(bytes_equal(got->event.header_bytes, sample_header_bytes()));
    cr_expect(got->event.header_bytes.data > buffer.data);
    cr_expect(got->event.header_bytes.data < buffer.data + buffer.size);
    expect_text(got->event.header.event_type, "fin-de-droits");
    cr_assert(got->event.facet_count == 2);
    cr_expect(bytes_equal(got->event.facet[0].content, sample_content_bytes()));
    expect_text(got->disclosure.citation, "LACI 97a al. 4 let. b");
    cr_assert(got->disclosure.statement_count == 2);
    cr_expect(event_id_equal(&got->disclosure.statement[1],
                             &frame.deliver.disclosure.statement[1]));
    expect_text(got->disclosure.inform, "after");
}

Test(frame_link, void_and_ack_come_back_as_they_were)
{
    const struct frame voided = sample_void();
    const struct frame ack = sample_ack();
    struct frame back = {0};

    round_trip(&voided, &back);
    cr_expect(back.void_.seq == 301);
    cr_expect(digest_equal(&back.void_.digest, &voided.void_.digest));
    round_trip(&ack, &back);
    cr_expect(memcmp(&back.ack, &ack.ack, sizeof ack.ack) == 0);
}

Test(frame_link, largest_event_fits_in_a_frame)
{
    struct frame frame = sample_deliver();
    struct frame back = {0};
    static uint8_t payload[EVENT_PAYLOAD_MAX];
    frame.deliver.event.facet_count = 1;
    frame.deliver.event.facet[0].content = BYTES_OF(payload);

    round_trip(&frame, &back);

    cr_expect(buffer.size <= LINK_FRAME_MAX);
    cr_expect(back.deliver.event.facet[0].content.size == EVENT_PAYLOAD_MAX);
}

/* --- what is refused ---------------------------------------------------- */

static void
expect_refused(const struct frame *frame, enum cii_code want, const char *what)
{
    struct cii_error err = {0};
    struct frame back = {.kind = FRAME_ACK, .ack = {.up_to = 77}};

    buffer_clear(&buffer);
    require_ok(frame_pack(frame, &buffer));
    const enum cii_code got =
        frame_unpack(&back, buffer_view(&buffer), arena, &err);
    cr_expect(got == want, "%s: %s %s", what, cii_code_name(got), err.text);
    cr_expect(err.text[0] != '\0');
    cr_expect(back.ack.up_to == 77);
}

Test(frame_link, hello_that_cannot_be_is_refused)
{
    static const char *const no_name[] = {""};
    const char *list[SUBSCRIPTIONS_MAX + 1];
    struct frame frame = sample_hello();

    frame.hello.institution = "ge.nobody";
    expect_refused(&frame, CII_MALFORMED, "no institution");
    frame.hello.institution = "";
    expect_refused(&frame, CII_MALFORMED, "an empty institution");
    frame = sample_hello();
    frame.hello.head = UINT64_MAX;
    expect_refused(&frame, CII_MALFORMED, "a head that is no row id");
    frame = sample_hello();
    frame.hello.subscription = no_name;
    frame.hello.subscription_count = 1;
    expect_refused(&frame, CII_MALFORMED, "an empty subscription");
    for (size_t i = 0; i <= SUBSCRIPTIONS_MAX; i++)
        list[i] = "fin-de-droits";
    frame.hello.subscription = list;
    frame.hello.subscription_count = SUBSCRIPTIONS_MAX + 1;
    expect_refused(&frame, CII_TOO_LARGE, "too many subscriptions");
}

Test(frame_link, deliver_that_cannot_be_is_refused)
{
    struct frame frame = sample_deliver();

    frame.deliver.event.facet[0].slot = 9;
    expect_refused(&frame, CII_MALFORMED, "slots out of order");
    frame = sample_deliver();
    frame.deliver.event.header_bytes = bytes_of_text("x");
    expect_refused(&frame, CII_MALFORMED, "no header");
    frame = sample_deliver();
    frame.deliver.seq = (uint64_t)INT64_MAX + 1;
    expect_refused(&frame, CII_MALFORMED, "a seq that is no row id");
    frame = sample_deliver();
    frame.deliver.disclosure.statement[1] = (struct event_id){{0}};
    expect_refused(&frame, CII_MALFORMED, "a statement that is none");
    frame = sample_deliver();
    frame.deliver.disclosure.rule = "R\x1b";
    expect_refused(&frame, CII_MALFORMED, "a rule with a control");
}

#define WIRE(text) text, sizeof(text) - 1
#define ID16       "0123456789abcdef"
#define ID32       ID16 ID16
#define ID64       ID32 ID32

/* Frames as bytes: what a pack function of ours would never write. */
static const struct {
    const char *what;
    const char *data;
    size_t size;
    enum cii_code code;
} raw[] = {
    {"a void", WIRE("\x1a\x24\x08\x01\x12\x20" ID32), CII_OK},
    {"an ack",
     WIRE("\x22\x78\x0a\x10" ID16 "\x10\x01\x1a\x20" ID32 "\x22\x40" ID64),
     CII_OK},
    {"nothing", WIRE(""), CII_MALFORMED},
    {"an unknown body", WIRE("\x2a\x00"), CII_MALFORMED},
    {"an empty hello", WIRE("\x0a\x00"), CII_MALFORMED},
    {"an empty deliver", WIRE("\x12\x00"), CII_MALFORMED},
    {"an empty void", WIRE("\x1a\x00"), CII_MALFORMED},
    {"an empty ack", WIRE("\x22\x00"), CII_MALFORMED},
    {"a body that is a number", WIRE("\x18\x01"), CII_MALFORMED},
    {"two bodies of one kind",
     WIRE("\x1a\x24\x08\x01\x12\x20" ID32 "\x1a\x24\x08\x01\x12\x20" ID32),
     CII_MALFORMED},
    {"two bodies of two kinds",
     WIRE("\x1a\x24\x08\x01\x12\x20" ID32 "\x22\x78\x0a\x10" ID16
          "\x10\x01\x1a\x20" ID32 "\x22\x40" ID64),
     CII_MALFORMED},
    {"a void and a byte", WIRE("\x1a\x24\x08\x01\x12\x20" ID32 "\x00"),
     CII_MALFORMED},
    {"a void with an unknown field",
     WIRE("\x1a\x26\x08\x01\x12\x20" ID32 "\x18\x01"), CII_MALFORMED},
    {"a void with seq twice", WIRE("\x1a\x26\x08\x01\x08\x01\x12\x20" ID32),
     CII_MALFORMED},
    {"a void with a short digest", WIRE("\x1a\x14\x08\x01\x12\x10" ID16),
     CII_MALFORMED},
    {"a void with a long seq", WIRE("\x1a\x25\x08\x81\x00\x12\x20" ID32),
     CII_MALFORMED},
    {"a void with a long length", WIRE("\x1a\xa4\x00\x08\x01\x12\x20" ID32),
     CII_MALFORMED},
    {"a void with seq of fixed size",
     WIRE("\x1a\x27\x0d\x01\x01\x01\x01\x12\x20" ID32), CII_MALFORMED},
    {"an ack without a signature",
     WIRE("\x22\x36\x0a\x10" ID16 "\x10\x01\x1a\x20" ID32), CII_MALFORMED},
    {"an ack without a stream",
     WIRE("\x22\x66\x10\x01\x1a\x20" ID32 "\x22\x40" ID64), CII_MALFORMED},
    {"an ack with half a signature",
     WIRE("\x22\x58\x0a\x10" ID16 "\x10\x01\x1a\x20" ID32 "\x22\x20" ID32),
     CII_MALFORMED},
    {"a deliver without an event", WIRE("\x12\x02\x08\x01"), CII_MALFORMED},
    {"a deliver with an empty event", WIRE("\x12\x02\x12\x00"), CII_MALFORMED},
    {"an event without a proof", WIRE("\x12\x05\x12\x03\x0a\x01x"),
     CII_MALFORMED},
    {"a hello with half a position",
     WIRE("\x0a\x47\x0a\x20" ID32 "\x22\x06ge.oai\x32\x10" ID16
          "\x4a\x09\x0a\x07half-id"),
     CII_MALFORMED},
    {"a hello with half a chain",
     WIRE("\x0a\x44\x0a\x20" ID32 "\x22\x06ge.oai\x32\x10" ID16
          "\x4a\x06\x1a\x04half"),
     CII_MALFORMED},
    {"a hello with nothing but what it must",
     WIRE("\x0a\x3c\x0a\x20" ID32 "\x22\x06ge.oai\x32\x10" ID16), CII_OK},
};

Test(frame_link, raw_bytes_are_held_against_the_schema)
{
    for (size_t i = 0; i < sizeof raw / sizeof raw[0]; i++) {
        struct cii_error err = {0};
        struct frame frame;
        const struct bytes bytes = {(const uint8_t *)raw[i].data, raw[i].size};
        const enum cii_code got = frame_unpack(&frame, bytes, arena, &err);
        cr_expect(got == raw[i].code, "%s: %s %s", raw[i].what,
                  cii_code_name(got), err.text);
    }
}

/* An event and a proof by hand, so that the disclosure can be left out. */
Test(frame_link, deliver_without_a_disclosure_has_empty_texts)
{
    const struct event event = sample_event();
    struct buffer inner = {0};
    struct buffer body = {0};
    struct frame back = {0};
    require_ok(event_pack(&event, &inner));
    cr_assert(inner.size >= 128 && inner.size < 16384);
    const uint8_t length[] = {0x12, (uint8_t)(inner.size | 0x80),
                              (uint8_t)(inner.size >> 7)};
    buffer_append(&body, length, sizeof length);
    buffer_append(&body, inner.data, inner.size);
    const uint8_t outer[] = {0x12, (uint8_t)(body.size | 0x80),
                             (uint8_t)(body.size >> 7)};
    buffer_append(&buffer, outer, sizeof outer);
    buffer_append(&buffer, body.data, body.size);

    require_ok(frame_unpack(&back, buffer_view(&buffer), arena, NULL));

    expect_text(back.deliver.disclosure.rule, "");
    expect_text(back.deliver.disclosure.purpose, "");
    cr_expect(back.deliver.disclosure.statement_count == 0);
    buffer_done(&inner);
    buffer_done(&body);
}

Test(frame_link, frame_past_its_limit_is_too_large)
{
    static uint8_t zeroes[LINK_FRAME_MAX + 1];
    struct frame frame;

    expect_code(frame_unpack(&frame, BYTES_OF(zeroes), arena, NULL), TOO_LARGE);
}

Test(frame_link, arena_that_is_too_small_is_out_of_memory)
{
    const struct frame deliver = sample_deliver();
    struct arena *small = NULL;
    struct frame back;
    require_ok(frame_pack(&deliver, &buffer));
    require_ok(arena_new(&small, 1024, NULL));

    expect_code(frame_unpack(&back, buffer_view(&buffer), small, NULL), MEMORY);
    arena_destroy(&small);
}
