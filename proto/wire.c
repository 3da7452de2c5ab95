/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/wire.h"

#include <assert.h>
#include <inttypes.h>

#define FIELDS_MAX 16

/* The low three bits of a tag (protobuf encoding: varint and LEN). */
#define TAG_NUMBER 0
#define TAG_SIZED  2

/* --- text --------------------------------------------------------------- */

/* The length of the sequence that this byte begins, 0: none does. */
static size_t
sequence_length(uint8_t first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf)
        return 2;
    if (first >= 0xe0 && first <= 0xef)
        return 3;
    return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

/* RFC 3629 narrows the second byte: no long forms, no surrogates, no more
 * than U+10FFFF. */
static bool
is_second(uint8_t first, uint8_t second)
{
    uint8_t least = 0x80;
    uint8_t most = 0xbf;

    if (first == 0xe0)
        least = 0xa0;
    else if (first == 0xed)
        most = 0x9f;
    else if (first == 0xf0)
        least = 0x90;
    else if (first == 0xf4)
        most = 0x8f;
    return second >= least && second <= most;
}

/* The length of the character at the front, 0 when there is none. */
static size_t
character_length(struct bytes text)
{
    const size_t length = sequence_length(text.data[0]);

    if (length == 0 || length > text.size)
        return 0;
    if (length >= 2 && !is_second(text.data[0], text.data[1]))
        return 0;
    for (size_t i = 2; i < length; i++)
        if (text.data[i] >> 6 != 2)
            return 0;
    return length;
}

/* C0 but \n and \t, DEL, and C1, which is C2 80 to C2 9F. */
static bool
is_control(const uint8_t *character, size_t length)
{
    if (length == 1)
        return character[0] == 0x7f ||
               (character[0] < 0x20 && character[0] != '\n' &&
                character[0] != '\t');
    return length == 2 && character[0] == 0xc2 && character[1] < 0xa0;
}

bool
text_is_utf8(struct bytes bytes)
{
    while (bytes.size > 0) {
        const size_t length = character_length(bytes);
        if (length == 0 || bytes.data[0] == 0)
            return false;
        bytes.data += length;
        bytes.size -= length;
    }
    return true;
}

/* How many bytes at the front are printable ASCII: most of most texts. */
static size_t
printable_length(struct bytes text)
{
    size_t length = 0;

    while (length < text.size && text.data[length] >= 0x20 &&
           text.data[length] < 0x7f)
        length++;
    return length;
}

static bool
is_plain_text(struct bytes bytes)
{
    for (;;) {
        const size_t printable = printable_length(bytes);
        bytes.data += printable;
        bytes.size -= printable;
        if (bytes.size == 0)
            return true;
        const size_t length = character_length(bytes);
        if (length == 0 || is_control(bytes.data, length))
            return false;
        bytes.data += length;
        bytes.size -= length;
    }
}

/* --- fields ------------------------------------------------------------- */

/* Takes a varint in its shortest form off the front. */
static bool
take_number(struct bytes *rest, uint64_t *number)
{
    uint64_t value = 0;

    for (unsigned int shift = 0; shift < 64; shift += 7) {
        if (rest->size == 0)
            return false;
        const uint8_t byte = *rest->data++;
        rest->size--;
        if (shift == 63 && byte > 1)
            return false;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *number = value;
            return byte != 0 || shift == 0;
        }
    }
    return false;
}

static bool
take_sized(struct bytes *rest, struct bytes *held)
{
    uint64_t size = 0;

    if (!take_number(rest, &size) || size > rest->size)
        return false;
    *held = (struct bytes){rest->data, (size_t)size};
    rest->data += size;
    rest->size -= (size_t)size;
    return true;
}

bool
wire_next(struct bytes *rest, uint32_t *number, struct bytes *held)
{
    uint64_t tag = 0;
    uint64_t value = 0;

    if (rest->size == 0 || !take_number(rest, &tag))
        return false;
    *number = (uint32_t)(tag >> 3);
    *held = (struct bytes){NULL, 0};
    return (tag & 7) == TAG_SIZED ? take_sized(rest, held)
                                  : take_number(rest, &value);
}

/* --- messages ----------------------------------------------------------- */

/* One message on its way through its table. */
struct walk {
    const struct wire_message *message;
    struct bytes rest;
    size_t next;              /* row where the next field is looked for */
    size_t count[FIELDS_MAX]; /* how often each row was met */
    struct cii_error *err;
};

static enum cii_code
fail_at(const struct walk *walk, const struct wire_field *field,
        enum cii_code code, const char *what)
{
    return cii_fail(walk->err, code, "message %s, field %" PRIu32 ": %s",
                    walk->message->name, field->number, what);
}

/* Fields mostly come in order: the search begins where the last one ended. */
static const struct wire_field *
find_field(struct walk *walk, uint64_t number)
{
    const struct wire_message *message = walk->message;

    for (size_t i = 0; i < message->field_count; i++) {
        const size_t row = (walk->next + i) % message->field_count;
        if (message->field[row].number == number) {
            walk->next = row;
            return &message->field[row];
        }
    }
    return NULL;
}

static enum cii_code
check_count(const struct walk *walk, const struct wire_field *field)
{
    const size_t count = walk->count[field - walk->message->field];

    if (!field->repeated && count > 1)
        return fail_at(walk, field, CII_MALFORMED, "occurs twice");
    if (field->repeated && count > field->count_max)
        return fail_at(walk, field, CII_TOO_LARGE, "occurs too often");
    return CII_OK;
}

static enum cii_code
check_number(struct walk *walk, const struct wire_field *field)
{
    uint64_t value = 0;

    if (!take_number(&walk->rest, &value))
        return fail_at(walk, field, CII_MALFORMED,
                       "is no number in its shortest form");
    if (value > field->max)
        return fail_at(walk, field, CII_MALFORMED,
                       "is a number out of its range");
    return CII_OK;
}

static enum cii_code
check_size(const struct walk *walk, const struct wire_field *field, size_t size)
{
    if (size == field->min)
        return CII_OK;
    if (size < field->min)
        return fail_at(walk, field, CII_MALFORMED, "is too short");
    if (size > field->max && field->min == field->max)
        return fail_at(walk, field, CII_MALFORMED, "has the wrong length");
    if (size > field->max)
        return fail_at(walk, field, CII_TOO_LARGE, "is too long");
    return CII_OK;
}

static enum cii_code
check_sized(struct walk *walk, const struct wire_field *field)
{
    struct bytes held = {NULL, 0};

    if (!take_sized(&walk->rest, &held))
        return fail_at(walk, field, CII_MALFORMED, "is cut off");
    CII_TRY(check_size(walk, field, held.size));
    if (field->form == WIRE_TEXT && !is_plain_text(held))
        return fail_at(walk, field, CII_MALFORMED,
                       "is not UTF-8 without control characters");
    if (field->form == WIRE_MESSAGE)
        return wire_check(field->message, held, walk->err);
    return CII_OK;
}

static enum cii_code
check_field(struct walk *walk)
{
    uint64_t tag = 0;

    if (!take_number(&walk->rest, &tag))
        return cii_fail(walk->err, CII_MALFORMED, "message %s is cut off",
                        walk->message->name);
    const struct wire_field *field = find_field(walk, tag >> 3);
    if (!field)
        return cii_fail(walk->err, CII_MALFORMED,
                        "message %s has no field %" PRIu64, walk->message->name,
                        tag >> 3);

    walk->count[field - walk->message->field]++;
    CII_TRY(check_count(walk, field));
    if (field->form == WIRE_NUMBER && (tag & 7) == TAG_NUMBER)
        return check_number(walk, field);
    if (field->form != WIRE_NUMBER && (tag & 7) == TAG_SIZED)
        return check_sized(walk, field);
    return fail_at(walk, field, CII_MALFORMED, "has the wrong wire type");
}

static enum cii_code
check_absent(const struct walk *walk)
{
    for (size_t i = 0; i < walk->message->field_count; i++) {
        const struct wire_field *field = &walk->message->field[i];
        if (field->min > 0 && !field->repeated && walk->count[i] == 0)
            return fail_at(walk, field, CII_MALFORMED, "is missing");
    }
    return CII_OK;
}

enum cii_code
wire_check(const struct wire_message *message, struct bytes bytes,
           struct cii_error *err)
{
    assert(message->field_count <= FIELDS_MAX);

    struct walk walk = {.message = message, .rest = bytes, .err = err};
    while (walk.rest.size > 0)
        CII_TRY(check_field(&walk));
    return check_absent(&walk);
}
