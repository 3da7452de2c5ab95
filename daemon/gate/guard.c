/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/guard.h"

#include <string.h>
#include <strings.h>

#define FLAG_MORE    1u
#define FLAG_LONG    2u
#define FLAG_COMMAND 4u
#define FLAGS_KNOWN  (FLAG_MORE | FLAG_LONG | FLAG_COMMAND)

#define HEAD_SHORT   2 /* flags, length in one byte */
#define HEAD_LONG    9 /* flags, length in eight */
#define SHORT_MAX    255

void
guard_init(struct guard *guard)
{
    *guard = (struct guard){.state = GUARD_IN_GREETING};
}

bool
guard_is_ready(const struct guard *guard)
{
    return guard->ready && guard->state != GUARD_FAILED;
}

static size_t
smaller(size_t a, uint64_t b)
{
    return a < b ? a : (size_t)b;
}

static bool
is_zero(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (data[i] != 0)
            return false;
    return true;
}

static const char *
check_greeting(const uint8_t *greeting)
{
    if (greeting[0] != 0xff || greeting[9] != 0x7f)
        return "not a ZMTP greeting";
    if (greeting[10] < 3)
        return "ZMTP older than 3.0";
    if (memcmp(greeting + 12, "NULL", 4) != 0 || !is_zero(greeting + 16, 16))
        return "a ZMTP mechanism other than NULL";
    if (greeting[32] != 0)
        return "a ZMTP greeting that says as-server";
    if (!is_zero(greeting + 33, 31))
        return "a ZMTP greeting with a filler that is not zero";
    return NULL;
}

/* A part of READY: what has not been looked at yet. */
struct rest {
    const uint8_t *data; /* borrowed */
    size_t size;
};

static const uint8_t *
take(struct rest *rest, size_t size)
{
    if (size > rest->size)
        return NULL;
    const uint8_t *const taken = rest->data;
    rest->data += size;
    rest->size -= size;
    return taken;
}

static bool
is_text(const uint8_t *data, size_t size, const char *text)
{
    return size == strlen(text) &&
           strncasecmp((const char *)data, text, size) == 0;
}

struct properties {
    bool has_type;
    bool has_identity;
};

static const char *
check_value(struct properties *seen, const uint8_t *name, size_t name_size,
            const uint8_t *value, size_t size)
{
    if (is_text(name, name_size, "Socket-Type") && !seen->has_type) {
        seen->has_type = true;
        if (size == 6 && (memcmp(value, "ROUTER", 6) == 0 ||
                          memcmp(value, "DEALER", 6) == 0))
            return NULL;
        return "a ZMTP socket type other than ROUTER and DEALER";
    }
    if (is_text(name, name_size, "Identity") && !seen->has_identity) {
        seen->has_identity = true;
        return size <= SHORT_MAX ? NULL : "a ZMTP identity that is too long";
    }
    return "a ZMTP READY with a property that is not known";
}

static const char *
check_property(struct properties *seen, struct rest *rest)
{
    static const char malformed[] = "a ZMTP READY that is not well formed";

    const uint8_t *byte = take(rest, 1);
    const size_t name_size = byte ? *byte : 0;
    const uint8_t *name = take(rest, name_size);
    if (name_size == 0 || !name)
        return malformed;
    byte = take(rest, 4);
    if (!byte)
        return malformed;
    const size_t size = (size_t)byte[0] << 24 | (size_t)byte[1] << 16 |
                        (size_t)byte[2] << 8 | byte[3];
    const uint8_t *value = take(rest, size);
    if (!value)
        return malformed;
    return check_value(seen, name, name_size, value, size);
}

static const char *
check_ready(const uint8_t *data, size_t size)
{
    static const char name[] = "\5READY";
    struct properties seen = {0};
    struct rest rest = {data, size};

    const uint8_t *const command = take(&rest, sizeof name - 1);
    if (!command || memcmp(command, name, sizeof name - 1) != 0)
        return "a ZMTP command other than READY";
    while (rest.size > 0) {
        const char *reason = check_property(&seen, &rest);
        if (reason)
            return reason;
    }
    return seen.has_type ? NULL : "a ZMTP READY without a socket type";
}

static const char *
check_flags(const struct guard *guard, unsigned int flags)
{
    if (flags & ~FLAGS_KNOWN)
        return "a ZMTP frame with flags that are not known";
    if (flags & FLAG_MORE)
        return "a ZMTP message of several frames";
    if (!guard->ready && !(flags & FLAG_COMMAND))
        return "a ZMTP frame before READY";
    if (guard->ready && (flags & FLAG_COMMAND))
        return "a ZMTP command after READY";
    return NULL;
}

static const char *
check_length(const struct guard *guard, bool is_long, uint64_t length)
{
    if (is_long && length <= SHORT_MAX)
        return "a ZMTP length that is longer than needed";
    if (length == 0)
        return "an empty ZMTP frame";
    if (length > (guard->ready ? GUARD_FRAME_MAX : GUARD_READY_MAX))
        return "a ZMTP frame that is too large";
    return NULL;
}

/* Looks at as much of flags and length as is there; sets left once it is. */
static const char *
check_head(struct guard *guard)
{
    const uint8_t *const head = guard->held;
    const bool is_long = head[0] & FLAG_LONG;
    const char *reason = check_flags(guard, head[0]);
    if (reason)
        return reason;
    if (guard->have < (is_long ? HEAD_LONG : HEAD_SHORT))
        return NULL;

    uint64_t length = 0;
    for (size_t i = 1; i < guard->have; i++)
        length = length << 8 | head[i];
    reason = check_length(guard, is_long, length);
    if (reason)
        return reason;
    guard->left = length;
    guard->have = 0;
    guard->state = guard->ready ? GUARD_IN_FRAME : GUARD_IN_READY;
    return NULL;
}

/* Holds more bytes until there are `want`. */
static size_t
hold(struct guard *guard, const uint8_t *data, size_t size, size_t want)
{
    const size_t part = smaller(size, want - guard->have);
    memcpy(guard->held + guard->have, data, part);
    guard->have += part;
    return part;
}

static size_t
feed_greeting(struct guard *guard, const uint8_t *data, size_t size)
{
    const size_t used = hold(guard, data, size, GUARD_GREETING);
    if (guard->held[0] != 0xff)
        guard->reason = "not a ZMTP greeting";
    if (guard->have < GUARD_GREETING || guard->reason)
        return used;
    guard->reason = check_greeting(guard->held);
    guard->have = 0;
    guard->state = GUARD_IN_HEAD;
    return used;
}

static size_t
feed_head(struct guard *guard, const uint8_t *data, size_t size)
{
    size_t used = 0;
    while (used < size && guard->state == GUARD_IN_HEAD && !guard->reason) {
        guard->held[guard->have++] = data[used++];
        guard->reason = check_head(guard);
    }
    return used;
}

static size_t
feed_ready(struct guard *guard, const uint8_t *data, size_t size)
{
    const size_t used = hold(guard, data, size, (size_t)guard->left);
    if (guard->have < guard->left)
        return used;
    guard->reason = check_ready(guard->held, guard->have);
    guard->ready = guard->reason == NULL;
    guard->have = 0;
    guard->left = 0;
    guard->state = GUARD_IN_HEAD;
    return used;
}

static size_t
feed_frame(struct guard *guard, size_t size)
{
    const size_t used = smaller(size, guard->left);
    guard->left -= used;
    if (guard->left == 0)
        guard->state = GUARD_IN_HEAD;
    return used;
}

static size_t
feed(struct guard *guard, const uint8_t *data, size_t size)
{
    switch (guard->state) {
    case GUARD_IN_GREETING:
        return feed_greeting(guard, data, size);
    case GUARD_IN_HEAD:
        return feed_head(guard, data, size);
    case GUARD_IN_READY:
        return feed_ready(guard, data, size);
    case GUARD_IN_FRAME:
        return feed_frame(guard, size);
    case GUARD_FAILED:
        break;
    }
    return size;
}

const char *
guard_feed(struct guard *guard, const uint8_t *data, size_t size)
{
    while (size > 0 && !guard->reason) {
        const size_t used = feed(guard, data, size);
        data += used;
        size -= used;
    }
    if (guard->reason)
        guard->state = GUARD_FAILED;
    return guard->reason;
}
