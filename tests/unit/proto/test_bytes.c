/* SPDX-License-Identifier: Apache-2.0 */
#include <stdalign.h>
#include <stddef.h>

#include "proto/bytes.h"
#include "tests/support/expect.h"

Test(bytes, become_hex_and_come_back)
{
    const uint8_t data[] = {0x00, 0x7f, 0xa0, 0xff};
    uint8_t back[sizeof data] = {1, 1, 1, 1};
    char text[2 * sizeof data + 1];

    bytes_to_hex(BYTES_OF(data), text);

    expect_text(text, "007fa0ff");
    require_ok(bytes_from_hex("007FA0ff", back, sizeof back));
    cr_expect(bytes_equal(BYTES_OF(data), BYTES_OF(back)));
}

Test(bytes, are_not_made_of_other_text)
{
    static const char *const texts[] = {"",         "0",       "00",
                                        "00112",    "0011223", "001122g3",
                                        "0011 223", "0x112233"};
    uint8_t data[4] = {9, 9, 9, 9};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        expect_code(bytes_from_hex(texts[i], data, sizeof data), INVALID);
    cr_expect(data[0] == 9);
}

Test(bytes, are_equal_only_in_size_and_content)
{
    cr_expect(bytes_equal(bytes_of_text("abc"), bytes_of_text("abc")));
    cr_expect(bytes_equal(bytes_of_text("abc"), bytes_of_text("abd")) == false);
    cr_expect(bytes_equal(bytes_of_text("abc"), bytes_of_text("ab")) == false);
    cr_expect(bytes_equal((struct bytes){NULL, 0}, bytes_of_text("")));
}

Test(digests, differ_in_their_last_byte)
{
    struct digest a = {{0}};
    struct digest b = {{0}};

    cr_expect(digest_equal(&a, &b));
    b.bytes[DIGEST_SIZE - 1] = 1;
    cr_expect(digest_equal(&a, &b) == false);
}

/* --- buffer ------------------------------------------------------------- */

Test(buffer, holds_what_was_appended_in_order)
{
    struct buffer buffer = {0};

    buffer_append_text(&buffer, "a");
    buffer_append_format(&buffer, "%d-%s", 12, "b");
    buffer_append_u32(&buffer, 0x01020304);
    buffer_append_u64(&buffer, UINT64_C(0x1112131415161718));
    buffer_append_sized(&buffer, bytes_of_text("xyz"));

    static const char want[] = "a12-b\x01\x02\x03\x04"
                               "\x11\x12\x13\x14\x15\x16\x17\x18"
                               "\0\0\0\x03xyz";
    cr_expect(
        bytes_equal(buffer_view(&buffer),
                    (struct bytes){(const uint8_t *)want, sizeof want - 1}));
    buffer_done(&buffer);
}

Test(buffer, grows_past_any_first_size)
{
    struct buffer buffer = {0};

    for (int i = 0; i < 100000; i++)
        buffer_append(&buffer, "0123456789", 10);

    cr_expect(buffer.failed == false);
    cr_assert(buffer.size == 1000000);
    cr_expect(buffer.data[999999] == '9');
    buffer_done(&buffer);
    cr_expect(buffer.data == NULL && buffer.size == 0);
}

Test(buffer, text_is_terminated_and_may_go_on)
{
    struct buffer buffer = {0};

    expect_text(buffer_text(&buffer), "");
    buffer_append_text(&buffer, "one");
    expect_text(buffer_text(&buffer), "one");
    buffer_append_text(&buffer, " two");
    expect_text(buffer_text(&buffer), "one two");
    buffer_done(&buffer);
}

Test(buffer, consumes_from_the_front)
{
    struct buffer buffer = {0};
    buffer_append_text(&buffer, "head and rest");

    buffer_consume(&buffer, 9);
    expect_text(buffer_text(&buffer), "rest");
    buffer_consume(&buffer, 4);

    cr_expect(buffer.size == 0);
    buffer_done(&buffer);
}

Test(buffer, reserved_room_counts_only_when_used)
{
    struct buffer buffer = {0};

    uint8_t *room = buffer_reserve(&buffer, 5000);
    cr_assert(room != NULL);
    memset(room, 'x', 5000);
    cr_expect(buffer.size == 0);
    buffer.size += 2;

    expect_text(buffer_text(&buffer), "xx");
    buffer_done(&buffer);
}

Test(buffer, that_failed_ignores_the_rest_until_cleared)
{
    struct buffer buffer = {0};
    buffer_append_text(&buffer, "kept");

    cr_expect(buffer_reserve(&buffer, SIZE_MAX) == NULL);
    buffer_append_text(&buffer, " lost");

    cr_expect(buffer.failed);
    cr_expect(buffer.size == 4);
    buffer_clear(&buffer);
    buffer_append_text(&buffer, "new");
    expect_text(buffer_text(&buffer), "new");
    buffer_done(&buffer);
}

/* --- arena -------------------------------------------------------------- */

static struct arena *
arena_of(size_t cap)
{
    struct arena *arena = NULL;

    require_ok(arena_new(&arena, cap, NULL));
    return arena;
}

Test(arena, gives_its_cap_and_not_a_byte_more)
{
    struct arena *arena = arena_of(1000);

    cr_expect(arena_take(arena, 1001) == NULL);
    cr_expect(arena_take(arena, 1000) != NULL);
    cr_expect(arena_take(arena, 1) == NULL);
    cr_expect(arena_take(arena, SIZE_MAX) == NULL);
    arena_reset(arena);
    cr_expect(arena_take(arena, 1000) != NULL);
    arena_destroy(&arena);
    cr_expect(arena == NULL);
    arena_destroy(&arena);
}

Test(arena, counts_what_alignment_costs)
{
    struct arena *arena = arena_of(alignof(max_align_t) + 8);

    cr_expect(arena_take(arena, 1) != NULL);
    cr_expect(arena_take(arena, 9) == NULL);
    cr_expect(arena_take(arena, 8) != NULL);
    arena_destroy(&arena);
}

Test(arena, keeps_its_cap_over_many_small_pieces)
{
    struct arena *arena = arena_of((size_t)1024 * 1024);
    size_t given = 0;

    while (arena_take(arena, 24))
        given += 24;

    cr_expect(given <= (size_t)1024 * 1024);
    cr_expect(given > (size_t)512 * 1024);
    arena_destroy(&arena);
}

static bool
is_all(const uint8_t *data, size_t size, uint8_t value)
{
    for (size_t i = 0; i < size; i++)
        if (data[i] != value)
            return false;
    return true;
}

Test(arena, pieces_are_zeroed_aligned_and_apart)
{
    struct arena *arena = arena_of((size_t)4 * 1024 * 1024);
    uint8_t *piece[600];

    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < 600; i++) {
            piece[i] = arena_take(arena, 7 * i + 1);
            cr_assert(piece[i] != NULL);
            cr_assert(0 == (uintptr_t)piece[i] % alignof(max_align_t));
            cr_assert(is_all(piece[i], 7 * i + 1, 0));
            memset(piece[i], (int)(i % 255 + 1), 7 * i + 1);
        }
        for (size_t i = 0; i < 600; i++)
            cr_assert(is_all(piece[i], 7 * i + 1, (uint8_t)(i % 255 + 1)));
        arena_reset(arena);
    }
    arena_destroy(&arena);
}

Test(arena, copies_text_and_bytes_within_its_cap)
{
    struct arena *arena = arena_of(32);
    char source[] = "text";

    const char *copy = arena_text(arena, source);
    source[0] = 'n';

    expect_text(copy, "text");
    const struct bytes bytes = arena_bytes(arena, bytes_of_text("bytes"));
    cr_expect(bytes_equal(bytes, bytes_of_text("bytes")));
    cr_expect(arena_bytes(arena, bytes_of_text("too much for it")).data ==
              NULL);
    cr_expect(arena_text(arena, "too much for it") == NULL);
    arena_destroy(&arena);
}
