/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every real message, cut at every byte and with every bit turned, is either
 * refused or understood; what was understood packs and unpacks again. The
 * sanitizers watch.
 */
#include <stdlib.h>

#include "tests/unit/proto/samples.h"

static struct arena *arena;
static struct buffer packed;
static struct buffer again;

static void
set_up(void)
{
    require_ok(arena_new(&arena, SAMPLE_ARENA, NULL));
}

static void
tear_down(void)
{
    arena_destroy(&arena);
    buffer_done(&packed);
    buffer_done(&again);
}

TestSuite(mutations, .init = set_up, .fini = tear_down, .timeout = 120);

/* Unpacks; when that goes well, packs and unpacks again. */
typedef enum cii_code (*reader)(struct bytes bytes);

static enum cii_code
read_frame(struct bytes bytes)
{
    struct frame frame;

    CII_TRY(frame_unpack(&frame, bytes, arena, NULL));
    require_ok(frame_pack(&frame, &again));
    require_ok(frame_unpack(&frame, buffer_view(&again), arena, NULL));
    return CII_OK;
}

static enum cii_code
read_event(struct bytes bytes)
{
    struct event event;

    CII_TRY(event_unpack(&event, bytes, arena, NULL));
    require_ok(event_pack(&event, &again));
    require_ok(event_unpack(&event, buffer_view(&again), arena, NULL));
    return CII_OK;
}

static enum cii_code
read_header(struct bytes bytes)
{
    struct header header;

    CII_TRY(header_unpack(&header, bytes, arena, NULL));
    require_ok(header_pack(&header, &again));
    require_ok(header_unpack(&header, buffer_view(&again), arena, NULL));
    return CII_OK;
}

static enum cii_code
read_content(struct bytes bytes)
{
    struct content content;

    CII_TRY(content_unpack(&content, bytes, arena, NULL));
    require_ok(content_pack(&content, &again));
    require_ok(content_unpack(&content, buffer_view(&again), arena, NULL));
    return CII_OK;
}

static enum cii_code
read_receipt(struct bytes bytes)
{
    struct receipt receipt;

    CII_TRY(receipt_unpack(&receipt, bytes, arena, NULL));
    require_ok(receipt_pack(&receipt, &again));
    require_ok(receipt_unpack(&receipt, buffer_view(&again), arena, NULL));
    return CII_OK;
}

static struct bytes
after_length(const struct buffer *buffer)
{
    return (struct bytes){buffer->data + 4, buffer->size - 4};
}

static enum cii_code
read_request(struct bytes bytes)
{
    struct request request;

    CII_TRY(request_unpack(&request, bytes, arena, NULL));
    require_ok(request_pack(&request, &again));
    require_ok(request_unpack(&request, after_length(&again), arena, NULL));
    return CII_OK;
}

static enum cii_code
read_reply(struct bytes bytes)
{
    struct reply reply;

    CII_TRY(reply_unpack(&reply, bytes, arena, NULL));
    require_ok(reply_pack(&reply, &again));
    require_ok(reply_unpack(&reply, after_length(&again), arena, NULL));
    return CII_OK;
}

/* Reads a copy of exactly this size, so that reading past it is seen. */
static enum cii_code
read_copy(reader read, const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);

    cr_assert(copy != NULL);
    memcpy(copy, data, size);
    buffer_clear(&again);
    arena_reset(arena);
    const enum cii_code code = read((struct bytes){copy, size});
    free(copy);
    return code;
}

static void
expect_survives(reader read, struct bytes bytes)
{
    uint8_t room[4096];

    cr_assert(bytes.size > 8 && bytes.size < sizeof room);
    memcpy(room, bytes.data, bytes.size);
    require_ok(read_copy(read, room, bytes.size));
    for (size_t size = 0; size < bytes.size; size++) {
        const enum cii_code code = read_copy(read, room, size);
        cr_assert(code != CII_MEMORY);
    }
    for (size_t bit = 0; bit < 8 * bytes.size; bit++) {
        room[bit / 8] ^= (uint8_t)(1 << bit % 8);
        const enum cii_code code = read_copy(read, room, bytes.size);
        cr_assert(code == CII_OK || code == CII_MALFORMED ||
                  code == CII_TOO_LARGE);
        room[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

Test(mutations, of_frames_are_refused_or_understood)
{
    for (unsigned int kind = FRAME_HELLO; kind <= FRAME_ACK; kind++) {
        const struct frame frame = sample_frame((enum frame_kind)kind);
        buffer_clear(&packed);
        require_ok(frame_pack(&frame, &packed));
        expect_survives(read_frame, buffer_view(&packed));
    }
}

Test(mutations, of_frames_cut_anywhere_are_refused)
{
    for (unsigned int kind = FRAME_HELLO; kind <= FRAME_ACK; kind++) {
        const struct frame frame = sample_frame((enum frame_kind)kind);
        buffer_clear(&packed);
        require_ok(frame_pack(&frame, &packed));
        for (size_t size = 0; size < packed.size; size++)
            expect_code(read_copy(read_frame, packed.data, size), MALFORMED);
    }
}

Test(mutations, of_events_are_refused_or_understood)
{
    const struct event event = sample_event();

    require_ok(event_pack(&event, &packed));
    expect_survives(read_event, buffer_view(&packed));
    expect_survives(read_header, sample_header_bytes());
    expect_survives(read_content, sample_content_bytes());
}

Test(mutations, of_receipts_are_refused_or_understood)
{
    const struct receipt receipt = sample_receipt();

    require_ok(receipt_pack(&receipt, &packed));
    expect_survives(read_receipt, buffer_view(&packed));
}

Test(mutations, of_requests_and_replies_are_refused_or_understood)
{
    const struct request request = sample_request();
    const struct reply reply = sample_reply();

    require_ok(request_pack(&request, &packed));
    expect_survives(read_request, after_length(&packed));
    buffer_clear(&packed);
    require_ok(reply_pack(&reply, &packed));
    expect_survives(read_reply, after_length(&packed));
}

/* Two kinds of noise: plain, and every byte of a real frame now and then
 * replaced by one that often means something on the wire. */
Test(mutations, of_many_bytes_at_once_are_refused_or_understood)
{
    static const uint8_t telling[] = {0x00, 0x01, 0x7f, 0x80, 0xff,
                                      0x0a, 0x12, 0x1a, 0x22, 0x08};
    const struct frame frame = sample_deliver();
    uint8_t room[4096];
    unsigned int seed = 12345;
    require_ok(frame_pack(&frame, &packed));

    for (int round = 0; round < 20000; round++) {
        memcpy(room, packed.data, packed.size);
        for (int i = 0; i < 3; i++) {
            const size_t at = (size_t)rand_r(&seed) % packed.size;
            room[at] = telling[(size_t)rand_r(&seed) % sizeof telling];
        }
        const enum cii_code code = read_copy(read_frame, room, packed.size);
        cr_assert(code == CII_OK || code == CII_MALFORMED ||
                  code == CII_TOO_LARGE);
    }
}
