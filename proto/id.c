/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/id.h"

#include <assert.h>
#include <string.h>

#include "proto/bytes.h"

#define CANTON_LENGTH 2
#define VARIANT_AT    8 /* byte of a UUID that holds its variant */
#define VERSION_AT    6

static const char *const kinds[] = {
#define KIND_NAME(name, text, meaning) text,
    INSTITUTION_KINDS(KIND_NAME)
#undef KIND_NAME
};

static_assert(sizeof kinds / sizeof kinds[0] == KIND_COUNT,
              "every kind has a name");

static const char cantons[][CANTON_LENGTH + 1] = {
    "ag", "ai", "ar", "be", "bl", "bs", "fr", "ge", "gl",
    "gr", "ju", "lu", "ne", "nw", "ow", "sg", "sh", "so",
    "sz", "tg", "ti", "ur", "vd", "vs", "zg", "zh",
};

const char *
kind_name(enum institution_kind kind)
{
    return (unsigned int)kind < KIND_COUNT ? kinds[kind] : "";
}

static enum institution_kind
kind_of_bytes(const char *name, size_t length)
{
    for (unsigned int i = 0; i < KIND_COUNT; i++)
        if (strlen(kinds[i]) == length && !memcmp(kinds[i], name, length))
            return (enum institution_kind)i;
    return KIND_COUNT;
}

enum institution_kind
kind_find(const char *name)
{
    return kind_of_bytes(name, strlen(name));
}

static bool
has_canton(const char *id)
{
    for (size_t i = 0; i < sizeof cantons / sizeof cantons[0]; i++)
        if (!strncmp(id, cantons[i], CANTON_LENGTH))
            return id[CANTON_LENGTH] == '.';
    return false;
}

enum institution_kind
institution_kind_of(const char *id)
{
    /* "" is nobody; what is no id at all is for institution_check() */
    if (strnlen(id, CANTON_LENGTH + 1) <= CANTON_LENGTH)
        return KIND_COUNT;
    const char *kind = id + CANTON_LENGTH + 1;

    return kind_of_bytes(kind, strcspn(kind, "."));
}

static bool
is_place(const char *place)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

    return *place != '\0' && place[strspn(place, allowed)] == '\0';
}

enum cii_code
institution_check(const char *id, struct cii_error *err)
{
    assert(id);

    if (strlen(id) > INSTITUTION_MAX)
        return cii_fail(err, CII_INVALID,
                        "an institution has at most %d characters",
                        INSTITUTION_MAX);
    if (!has_canton(id))
        return cii_fail(err, CII_INVALID,
                        "institution '%s' does not begin with a canton: "
                        "write canton.kind or canton.kind.place, as in "
                        "\"vs.orp.sion\"",
                        id);
    if (institution_kind_of(id) == KIND_COUNT)
        return cii_fail(err, CII_INVALID,
                        "institution '%s' is of no known kind: write orp, "
                        "cch, oai, as... after the canton",
                        id);

    const char *place = strchr(id + CANTON_LENGTH + 1, '.');
    if (place && !is_place(place + 1))
        return cii_fail(err, CII_INVALID,
                        "the place of institution '%s' may hold a-z, 0-9 "
                        "and '-' only",
                        id);
    return CII_OK;
}

/* --- events ------------------------------------------------------------- */

struct event_id
event_id_make(int64_t now, const uint8_t random[10])
{
    const uint64_t moment = (uint64_t)now;
    struct event_id id;

    for (unsigned int i = 0; i < VERSION_AT; i++)
        id.bytes[i] = (uint8_t)(moment >> (40 - 8 * i));
    memcpy(id.bytes + VERSION_AT, random, EVENT_ID_SIZE - VERSION_AT);
    id.bytes[VERSION_AT] = (uint8_t)(0x70 | (id.bytes[VERSION_AT] & 0x0f));
    id.bytes[VARIANT_AT] = (uint8_t)(0x80 | (id.bytes[VARIANT_AT] & 0x3f));
    return id;
}

bool
event_id_is_valid(const struct event_id *id)
{
    return id->bytes[VERSION_AT] >> 4 == 7 && id->bytes[VARIANT_AT] >> 6 == 2;
}

/* A UUID has its hyphens before bytes 4, 6, 8 and 10. */
static bool
is_hyphen_before(size_t i)
{
    return i == 4 || i == 6 || i == 8 || i == 10;
}

/* Copies the 32 digits of 36 characters; false when they are laid out else. */
static bool
take_hex(char hex[2 * EVENT_ID_SIZE + 1], const char *text)
{
    if (strlen(text) != EVENT_ID_TEXT - 1)
        return false;
    for (size_t i = 0; i < EVENT_ID_SIZE; i++) {
        if (is_hyphen_before(i) && *text++ != '-')
            return false;
        *hex++ = *text++;
        *hex++ = *text++;
    }
    *hex = '\0';
    return true;
}

enum cii_code
event_id_parse(struct event_id *id, const char *text, struct cii_error *err)
{
    struct event_id read = {{0}};
    char hex[2 * EVENT_ID_SIZE + 1];

    assert(id);
    assert(text);

    if (!take_hex(hex, text) ||
        bytes_from_hex(hex, read.bytes, sizeof read.bytes) != CII_OK)
        return cii_fail(err, CII_INVALID,
                        "an event id is a UUID in its 36 characters, as in "
                        "\"0192d8a4-7c00-7000-8000-000000000001\"");
    if (!event_id_is_valid(&read))
        return cii_fail(err, CII_INVALID,
                        "an event id is a UUID of version 7, and this one is "
                        "not; leave it out to have one made");
    *id = read;
    return CII_OK;
}

void
event_id_print(const struct event_id *id, char text[EVENT_ID_TEXT])
{
    for (size_t i = 0; i < EVENT_ID_SIZE; i++) {
        if (is_hyphen_before(i))
            *text++ = '-';
        bytes_to_hex((struct bytes){id->bytes + i, 1}, text);
        text += 2;
    }
}

bool
event_id_equal(const struct event_id *a, const struct event_id *b)
{
    return memcmp(a->bytes, b->bytes, EVENT_ID_SIZE) == 0;
}

bool
event_id_is_zero(const struct event_id *id)
{
    static const struct event_id zero;

    return event_id_equal(id, &zero);
}
