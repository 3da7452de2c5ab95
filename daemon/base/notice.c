/* SPDX-License-Identifier: Apache-2.0 */
#include "base/notice.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define PATH_SIZE 108 /* of sockaddr_un */

/* kind (1), number (8, big-endian), then partner and reason, each a length
 * (1) and text, then the link id. */
#define FIXED (1 + 8 + 1 + 1 + NOTICE_LINK_ID)

static_assert(FIXED + NOTICE_PARTNER_MAX + NOTICE_REASON_MAX <= NOTICE_SIZE,
              "the largest notice fits");

static uint8_t *
put_text(uint8_t *out, const char *text, size_t max)
{
    const size_t length = strnlen(text, max);
    *out++ = (uint8_t)length;
    for (size_t i = 0; i < length; i++) {
        const uint8_t byte = (uint8_t)text[i];
        *out++ = byte >= 0x20 && byte < 0x7f ? byte : '?';
    }
    return out;
}

size_t
notice_pack(const struct notice *notice, uint8_t *out)
{
    uint8_t *next = out;
    *next++ = (uint8_t)notice->kind;
    for (int shift = 56; shift >= 0; shift -= 8)
        *next++ = (uint8_t)(notice->number >> shift);
    next = put_text(next, notice->partner, NOTICE_PARTNER_MAX);
    next = put_text(next, notice->reason, NOTICE_REASON_MAX);
    memcpy(next, notice->link_id, NOTICE_LINK_ID);
    next += NOTICE_LINK_ID;
    return (size_t)(next - out);
}

/* Reads a length and so many printable characters; NULL if there are not. */
static const uint8_t *
take_text(const uint8_t *next, const uint8_t *end, char *text, size_t max)
{
    if (next == end)
        return NULL;
    const size_t length = *next++;
    if (length > max || length > (size_t)(end - next))
        return NULL;
    for (size_t i = 0; i < length; i++) {
        if (next[i] < 0x20 || next[i] >= 0x7f)
            return NULL;
        text[i] = (char)next[i];
    }
    text[length] = '\0';
    return next + length;
}

/* What becomes a part of a path: an institution id has only these. */
static bool
is_partner(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";
    return *text != '\0' && *text != '.' && text[strspn(text, letters)] == 0;
}

enum cii_code
notice_unpack(struct notice *notice, const uint8_t *data, size_t size)
{
    struct notice read = {.kind = NOTICE_REFUSED};
    if (size < FIXED || data[0] < NOTICE_UP || data[0] > NOTICE_REFUSED)
        return CII_MALFORMED;
    read.kind = (enum notice_kind)data[0];
    for (size_t i = 1; i <= 8; i++)
        read.number = read.number << 8 | data[i];

    const uint8_t *const end = data + size;
    const uint8_t *next =
        take_text(data + 9, end, read.partner, NOTICE_PARTNER_MAX);
    if (next)
        next = take_text(next, end, read.reason, NOTICE_REASON_MAX);
    if (!next || end - next != NOTICE_LINK_ID)
        return CII_MALFORMED;
    memcpy(read.link_id, next, NOTICE_LINK_ID);

    if (!is_partner(read.partner) &&
        !(read.kind == NOTICE_REFUSED && read.partner[0] == '\0'))
        return CII_MALFORMED;
    *notice = read;
    return CII_OK;
}

enum cii_code
link_path(char *out, size_t size, const char *run_dir, const char *partner,
          uint64_t number)
{
    if (!is_partner(partner))
        return CII_INVALID;

    char path[PATH_SIZE];
    const int length = snprintf(path, sizeof path, "%s/link/%s.%" PRIu64,
                                run_dir, partner, number);
    if (length < 0 || (size_t)length >= sizeof path || (size_t)length >= size)
        return CII_TOO_LARGE;
    memcpy(out, path, (size_t)length + 1);
    return CII_OK;
}
