/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "gate/guard.h"
#include "tests/support/expect.h"

/*
 * What libzmq 4.3.4 sends, as it was captured from a DEALER with identity
 * "me" and from a ROUTER: 64 bytes of greeting, then READY.
 */
#define DEALER_READY                             \
    "\x04\x2b\x05READY\x0bSocket-Type\0\0\0\x06" \
    "DEALER\x08Identity\0\0\0\x02me"
#define ROUTER_READY                             \
    "\x04\x29\x05READY\x0bSocket-Type\0\0\0\x06" \
    "ROUTER\x08Identity\0\0\0\0"

struct stream {
    uint8_t data[4096];
    size_t size;
};

static void
add(struct stream *stream, const void *data, size_t size)
{
    cr_assert(stream->size + size <= sizeof stream->data);
    memcpy(stream->data + stream->size, data, size);
    stream->size += size;
}

#define ADD(stream, literal) add(stream, literal, sizeof(literal) - 1)

static void
add_greeting(struct stream *stream, uint8_t filler_of_signature)
{
    uint8_t greeting[GUARD_GREETING] = {0xff};
    greeting[8] = filler_of_signature;
    greeting[9] = 0x7f;
    greeting[10] = 3;
    greeting[11] = 1;
    memcpy(greeting + 12, "NULL", 4);
    add(stream, greeting, sizeof greeting);
}

static struct stream
opening(void)
{
    struct stream stream = {.size = 0};
    add_greeting(&stream, 3);
    ADD(&stream, DEALER_READY);
    return stream;
}

static const char *
feed_whole(const struct stream *stream)
{
    struct guard guard;
    guard_init(&guard);
    return guard_feed(&guard, stream->data, stream->size);
}

static const char *
feed_by_bytes(const struct stream *stream)
{
    struct guard guard;
    guard_init(&guard);
    const char *reason = NULL;
    for (size_t i = 0; i < stream->size && !reason; i++)
        reason = guard_feed(&guard, stream->data + i, 1);
    return reason;
}

static void
expect_reason(const struct stream *stream, const char *want)
{
    const char *whole = feed_whole(stream);
    const char *bytes = feed_by_bytes(stream);
    expect_text(whole ? whole : "passes", want);
    expect_text(bytes ? bytes : "passes", want);
}

Test(guard, passes_what_a_dealer_of_libzmq_sends)
{
    struct stream stream = opening();
    ADD(&stream, "\0\x05hello");
    ADD(&stream, "\x02\0\0\0\0\0\0\x01\x2c");
    static const uint8_t body[300];
    add(&stream, body, sizeof body);
    ADD(&stream, "\0\x01x");

    expect_reason(&stream, "passes");
}

Test(guard, passes_what_a_router_of_libzmq_sends)
{
    struct stream stream = {.size = 0};
    add_greeting(&stream, 1);
    ADD(&stream, ROUTER_READY);
    ADD(&stream, "\0\x05hello");

    expect_reason(&stream, "passes");
}

Test(guard, is_ready_with_the_last_byte_of_ready)
{
    const struct stream stream = opening();
    struct guard guard;
    guard_init(&guard);

    cr_expect(guard_feed(&guard, stream.data, stream.size - 1) == NULL);
    cr_expect(guard_is_ready(&guard) == false);
    cr_expect(guard_feed(&guard, stream.data + stream.size - 1, 1) == NULL);
    cr_expect(guard_is_ready(&guard));
}

Test(guard, is_not_ready_any_more_once_it_refused)
{
    struct stream stream = opening();
    ADD(&stream, "\x01");
    struct guard guard;
    guard_init(&guard);

    cr_expect(guard_feed(&guard, stream.data, stream.size) != NULL);
    cr_expect(guard_is_ready(&guard) == false);
    cr_expect(guard_feed(&guard, stream.data, 1) != NULL);
}

/* One byte of the greeting changed. */
static const struct {
    size_t at;
    uint8_t byte;
    const char *want;
} greetings[] = {
    {0, 0x01, "not a ZMTP greeting"},
    {0, 'G', "not a ZMTP greeting"},
    {4, 0x77, "passes"}, /* these eight say nothing */
    {9, 0x00, "not a ZMTP greeting"},
    {10, 0, "ZMTP older than 3.0"},
    {10, 1, "ZMTP older than 3.0"},
    {10, 2, "ZMTP older than 3.0"},
    {10, 4, "passes"},
    {11, 0, "passes"},
    {12, 'C', "a ZMTP mechanism other than NULL"},
    {16, 'X', "a ZMTP mechanism other than NULL"},
    {31, 1, "a ZMTP mechanism other than NULL"},
    {32, 1, "a ZMTP greeting that says as-server"},
    {33, 1, "a ZMTP greeting with a filler that is not zero"},
    {63, 1, "a ZMTP greeting with a filler that is not zero"},
};

Test(guard, judges_every_part_of_the_greeting)
{
    for (size_t i = 0; i < sizeof greetings / sizeof greetings[0]; i++) {
        struct stream stream = opening();
        stream.data[greetings[i].at] = greetings[i].byte;

        expect_reason(&stream, greetings[i].want);
    }
}

#define SOCKET_TYPE "\x0bSocket-Type\0\0\0\6"
#define CASE(bytes, want)              \
    {                                  \
        bytes, sizeof(bytes) - 1, want \
    }

/* What comes in the place of READY. */
static const struct {
    const char *data;
    size_t size;
    const char *want;
} readies[] = {
    CASE("\x04\x1c\5READY" SOCKET_TYPE "ROUTER", "passes"),
    CASE("\x04\x1c\5READY\x0bsocket-type\0\0\0\6ROUTER", "passes"),
    CASE("\x00\x05hello", "a ZMTP frame before READY"),
    CASE("\x01\x05hello", "a ZMTP message of several frames"),
    CASE("\x05\x1c\5READY" SOCKET_TYPE "ROUTER",
         "a ZMTP message of several frames"),
    CASE("\x08\x01x", "a ZMTP frame with flags that are not known"),
    CASE("\x84\x01x", "a ZMTP frame with flags that are not known"),
    CASE("\x04\x00", "an empty ZMTP frame"),
    CASE("\x04\x06\5READY", "a ZMTP READY without a socket type"),
    CASE("\x04\x07\5ERROR\0", "a ZMTP command other than READY"),
    CASE("\x04\x05\4PING", "a ZMTP command other than READY"),
    CASE("\x04\x05READY", "a ZMTP command other than READY"),
    CASE("\x04\x1c\5READY" SOCKET_TYPE "DEALUR",
         "a ZMTP socket type other than ROUTER and DEALER"),
    CASE("\x04\x19\5READY\x0bSocket-Type\0\0\0\3SUB",
         "a ZMTP socket type other than ROUTER and DEALER"),
    CASE("\x04\x1c\5READY\x0bSocket-Type\0\0\0\7ROUTER",
         "a ZMTP READY that is not well formed"),
    CASE("\x04\x1c\5READY\x0bSocket-Type\xff\xff\xff\xffROUTER",
         "a ZMTP READY that is not well formed"),
    CASE("\x04\x07\5READY\0", "a ZMTP READY that is not well formed"),
    CASE("\x04\x08\5READY\x09x", "a ZMTP READY that is not well formed"),
    CASE("\x04\x09\5READY\1x\0", "a ZMTP READY that is not well formed"),
    CASE("\x04\x0c\5READY\1x\0\0\0\0",
         "a ZMTP READY with a property that is not known"),
    CASE("\x04\x32\5READY" SOCKET_TYPE "ROUTER" SOCKET_TYPE "ROUTER",
         "a ZMTP READY with a property that is not known"),
    CASE("\x04\x20\5READY\x08Identity\0\0\0\0\x08Identity\0\0\0\0",
         "a ZMTP READY with a property that is not known"),
    CASE("\x06\0\0\0\0\0\0\0\x1c\5READY" SOCKET_TYPE "ROUTER",
         "a ZMTP length that is longer than needed"),
    CASE("\x06\0\0\0\0\0\0\2\1", "a ZMTP frame that is too large"),
    CASE("\x06\xff\xff\xff\xff\xff\xff\xff\xff",
         "a ZMTP frame that is too large"),
};

Test(guard, judges_every_part_of_ready)
{
    for (size_t i = 0; i < sizeof readies / sizeof readies[0]; i++) {
        struct stream stream = {.size = 0};
        add_greeting(&stream, 1);
        add(&stream, readies[i].data, readies[i].size);

        expect_reason(&stream, readies[i].want);
    }
}

static struct stream
ready_with_identity(size_t size)
{
    struct stream stream = {.size = 0};
    const size_t length = 6 + 12 + 4 + 6 + 9 + 4 + size;
    add_greeting(&stream, 1);
    const uint8_t head[9] = {6, [7] = (uint8_t)(length >> 8), (uint8_t)length};
    add(&stream, head, sizeof head);
    ADD(&stream, "\5READY" SOCKET_TYPE "ROUTER\x08Identity\0\0");
    const uint8_t value[257] = {(uint8_t)(size >> 8), (uint8_t)size};
    add(&stream, value, 2 + (size < 255 ? size : 255));
    for (size_t i = 255; i < size; i++)
        ADD(&stream, "x");
    return stream;
}

Test(guard, takes_an_identity_of_255_bytes_and_no_more)
{
    const struct stream longest = ready_with_identity(255);
    const struct stream longer = ready_with_identity(256);

    expect_reason(&longest, "passes");
    expect_reason(&longer, "a ZMTP identity that is too long");
}

static const struct {
    const char *data;
    size_t size;
    const char *want;
} frames[] = {
    CASE("\x00\x01x", "passes"),
    CASE("\x01\x01x", "a ZMTP message of several frames"),
    CASE("\x03\0\0\0\0\0\0\1\0", "a ZMTP message of several frames"),
    CASE("\x04\x05\4PING", "a ZMTP command after READY"),
    CASE("\x08\x01x", "a ZMTP frame with flags that are not known"),
    CASE("\x00\x00", "an empty ZMTP frame"),
    CASE("\x02\0\0\0\0\0\0\0\xff", "a ZMTP length that is longer than needed"),
    CASE("\x02\0\0\0\0\0\0\0\0", "a ZMTP length that is longer than needed"),
    CASE("\x02\0\0\0\0\0\0\1\0", "passes"),
    CASE("\x02\0\0\0\0\0\6\0\0", "passes"), /* 384 KiB */
    CASE("\x02\0\0\0\0\0\6\0\1", "a ZMTP frame that is too large"),
    CASE("\x02\xff\xff\xff\xff\xff\xff\xff\xff",
         "a ZMTP frame that is too large"),
};

Test(guard, judges_the_head_of_every_frame)
{
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        struct stream stream = opening();
        ADD(&stream, "\0\x05hello");
        add(&stream, frames[i].data, frames[i].size);

        expect_reason(&stream, frames[i].want);
    }
}

/* Ready, one frame of the largest size, and the head of a second one that is
 * only read as such if the first was counted rightly. */
Test(guard, counts_a_large_frame_in_any_pieces)
{
    struct stream stream = opening();
    ADD(&stream, "\x02\0\0\0\0\0\6\0\0");
    static const uint8_t body[GUARD_FRAME_MAX];
    for (size_t piece = 1; piece < 300000; piece = piece * 7 + 1) {
        struct guard guard;
        guard_init(&guard);
        cr_expect(guard_feed(&guard, stream.data, stream.size) == NULL);

        for (size_t at = 0; at < sizeof body; at += piece) {
            const size_t left = sizeof body - at;
            cr_assert(guard_feed(&guard, body, left < piece ? left : piece) ==
                      NULL);
        }

        expect_text(guard_feed(&guard, (const uint8_t *)"\x04", 1),
                    "a ZMTP command after READY");
    }
}
