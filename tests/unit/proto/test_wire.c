/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/wire.h"
#include "tests/support/expect.h"

/* message Outer { number = 1 (at most 300), text = 2 (2 to 4 bytes),
 * bytes = 3 (3 bytes, two at most), Inner = 4 (5 bytes), bytes = 16 } */
static const struct wire_field inner_fields[] = {
    {.number = 1, .form = WIRE_NUMBER, .max = UINT64_MAX},
};
static const struct wire_message inner = {"Inner", inner_fields, 1};

static const struct wire_field outer_fields[] = {
    {.number = 1, .form = WIRE_NUMBER, .max = 300},
    {.number = 2, .form = WIRE_TEXT, .min = 2, .max = 4},
    {.number = 3,
     .form = WIRE_BYTES,
     .repeated = true,
     .count_max = 2,
     .min = 3,
     .max = 3},
    {.number = 4, .form = WIRE_MESSAGE, .max = 11, .message = &inner},
    {.number = 16, .form = WIRE_BYTES, .max = 200},
};
static const struct wire_message outer = {"Outer", outer_fields, 5};

struct wire_case {
    const char *what;
    const char *data;
    size_t size;
    enum cii_code code;
};

#define CASE(what, data, code)                   \
    {                                            \
        what, data, sizeof(data) - 1, CII_##code \
    }

static const struct wire_case cases[] = {
    CASE("the least", "\x12\x02no", OK),
    CASE("every field", "\x08\x05\x12\x02no\x1a\x03xyz\x22\x02\x08\x01", OK),
    CASE("any order", "\x1a\x03xyz\x12\x02no\x1a\x03uvw\x08\x05", OK),
    CASE("a tag of two bytes", "\x12\x02no\x82\x01\x01z", OK),
    CASE("a number of two bytes", "\x08\xac\x02\x12\x02no", OK),
    CASE("an explicit zero", "\x08\x00\x12\x02no", OK),
    CASE("an empty message", "\x12\x02no\x22\x00", OK),
    CASE("the largest number",
         "\x12\x02no\x22\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", OK),

    CASE("nothing", "", MALFORMED),
    CASE("a missing field", "\x08\x05", MALFORMED),
    CASE("an unknown field", "\x12\x02no\x28\x01", MALFORMED),
    CASE("field zero", "\x12\x02no\x00\x01", MALFORMED),
    CASE("a huge field number", "\x12\x02no\xf8\xff\xff\xff\xff\x01\x01",
         MALFORMED),
    CASE("a number as text", "\x12\x02no\x0a\x01x", MALFORMED),
    CASE("text as a number", "\x10\x01", MALFORMED),
    CASE("fixed 64", "\x12\x02no\x09\x01\x01\x01\x01\x01\x01\x01\x01",
         MALFORMED),
    CASE("fixed 32", "\x12\x02no\x0d\x01\x01\x01\x01", MALFORMED),
    CASE("a group", "\x12\x02no\x0b\x0c", MALFORMED),
    CASE("wire type 7", "\x12\x02no\x0f", MALFORMED),
    CASE("a number twice", "\x08\x05\x08\x05\x12\x02no", MALFORMED),
    CASE("text twice", "\x12\x02no\x12\x02no", MALFORMED),
    CASE("a message twice", "\x12\x02no\x22\x00\x22\x00", MALFORMED),
    CASE("a number too large", "\x08\xad\x02\x12\x02no", MALFORMED),
    CASE("a long zero", "\x08\x80\x00\x12\x02no", MALFORMED),
    CASE("a long number", "\x08\x85\x00\x12\x02no", MALFORMED),
    CASE("a long tag", "\x88\x00\x05\x12\x02no", MALFORMED),
    CASE("a long length", "\x12\x82\x00no", MALFORMED),
    CASE("65 bits",
         "\x12\x02no\x22\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",
         MALFORMED),
    CASE("a number that never ends",
         "\x12\x02no\x22\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
         MALFORMED),
    CASE("a cut tag", "\x12\x02no\x82", MALFORMED),
    CASE("a cut number", "\x12\x02no\x08", MALFORMED),
    CASE("a cut length", "\x12", MALFORMED),
    CASE("cut text", "\x12\x02n", MALFORMED),
    CASE("a length without end",
         "\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01no", MALFORMED),
    CASE("short text", "\x12\x01n", MALFORMED),
    CASE("long text", "\x12\x05nnnnn", TOO_LARGE),
    CASE("the wrong length", "\x12\x02no\x1a\x04wxyz", MALFORMED),
    CASE("too many", "\x12\x02no\x1a\x03xyz\x1a\x03xyz\x1a\x03xyz", TOO_LARGE),
    CASE("a long message",
         "\x12\x02no\x22\x0c\x08\x01\x08\x01\x08\x01\x08\x01\x08\x01\x08\x01",
         TOO_LARGE),
    CASE("an unknown field inside", "\x12\x02no\x22\x02\x10\x01", MALFORMED),
    CASE("a cut message inside", "\x12\x02no\x22\x01\x08", MALFORMED),
    CASE("text that is not UTF-8", "\x12\x02\xc3\x28", MALFORMED),
    CASE("text with NUL", "\x12\x02n\x00", MALFORMED),
    CASE("text with an escape", "\x12\x02n\x1b", MALFORMED),
    CASE("text with DEL", "\x12\x02n\x7f", MALFORMED),
    CASE("text with a C1 control", "\x12\x02\xc2\x85", MALFORMED),
    CASE("text with a tab and a line", "\x12\x02\t\n", OK),
    CASE("text with the first character after C1", "\x12\x02\xc2\xa0", OK),
};

Test(wire, holds_every_message_against_its_table)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cii_error err = {0};
        const struct bytes bytes = {(const uint8_t *)cases[i].data,
                                    cases[i].size};
        const enum cii_code got = wire_check(&outer, bytes, &err);
        cr_expect(got == cases[i].code, "%s: %s, %s", cases[i].what,
                  cii_code_name(got), err.text);
    }
}

Test(wire, error_names_message_and_field)
{
    struct cii_error err = {0};

    expect_code(wire_check(&outer, bytes_of_text("\x12\x05nnnnn"), &err),
                TOO_LARGE);
    expect_text(err.text, "message Outer, field 2: is too long");
    expect_code(wire_check(&outer, bytes_of_text("\x12\x02no\x22\x01\x10"),
                           &err),
                MALFORMED);
    expect_text(err.text, "message Inner has no field 2");
}

Test(wire, gives_the_fields_of_what_it_accepted_as_they_came)
{
    struct bytes rest = bytes_of_text("\x12\x02no\x08\x05\x1a\x03xyz");
    struct bytes held = {NULL, 0};
    uint32_t number = 0;

    cr_expect(wire_next(&rest, &number, &held));
    cr_expect(number == 2 && bytes_equal(held, bytes_of_text("no")));
    cr_expect(wire_next(&rest, &number, &held));
    cr_expect(number == 1 && held.size == 0);
    cr_expect(wire_next(&rest, &number, &held));
    cr_expect(number == 3 && bytes_equal(held, bytes_of_text("xyz")));
    cr_expect(wire_next(&rest, &number, &held) == false);
}

/* --- text --------------------------------------------------------------- */

static struct bytes
encode(uint8_t room[4], uint32_t character)
{
    if (character < 0x80) {
        room[0] = (uint8_t)character;
        return (struct bytes){room, 1};
    }
    if (character < 0x800) {
        room[0] = (uint8_t)(0xc0 | character >> 6);
        room[1] = (uint8_t)(0x80 | (character & 63));
        return (struct bytes){room, 2};
    }
    if (character < 0x10000) {
        room[0] = (uint8_t)(0xe0 | character >> 12);
        room[1] = (uint8_t)(0x80 | (character >> 6 & 63));
        room[2] = (uint8_t)(0x80 | (character & 63));
        return (struct bytes){room, 3};
    }
    room[0] = (uint8_t)(0xf0 | character >> 18);
    room[1] = (uint8_t)(0x80 | (character >> 12 & 63));
    room[2] = (uint8_t)(0x80 | (character >> 6 & 63));
    room[3] = (uint8_t)(0x80 | (character & 63));
    return (struct bytes){room, 4};
}

Test(utf8, holds_every_character_but_surrogates_and_nul)
{
    for (uint32_t character = 0; character < 0x120000; character++) {
        uint8_t room[4];
        const bool surrogate = character >= 0xd800 && character < 0xe000;
        const bool want = character != 0 && !surrogate && character <= 0x10ffff;
        if (text_is_utf8(encode(room, character)) != want)
            cr_fail("U+%X", character);
    }
}

Test(utf8, has_no_second_form_and_no_half_character)
{
    static const char *const wrong[] = {"\x80",
                                        "\xbf",
                                        "\xc0\x80",
                                        "\xc1\xbf",
                                        "\xc3",
                                        "\xe2\x82",
                                        "\xe0\x80\x80",
                                        "\xe0\x9f\xbf",
                                        "\xed\xa0\x80",
                                        "\xf0\x8f\xbf\xbf",
                                        "\xf4\x90\x80\x80",
                                        "\xf5\x80",
                                        "\xff",
                                        "a\xc3",
                                        "\xc3\xc3",
                                        "\xe2\x28\xa1",
                                        "\xe2\x82\x28",
                                        "\xf0\x90\x80",
                                        "\xf0\x90\x28\x80",
                                        "\xfe\xff"};

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        cr_expect(text_is_utf8(bytes_of_text(wrong[i])) == false, "case %zu",
                  i);
    cr_expect(text_is_utf8(bytes_of_text("")));
    cr_expect(text_is_utf8(bytes_of_text("Zürich \xf0\x9f\x87\xa8")));
}
