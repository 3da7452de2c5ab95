/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/frame.h"

#include <string.h>

#define NUMBER_SIZE_MAX 10
#define TAG_SIZED       2

/* --- writing ------------------------------------------------------------ */

/* Writes a varint; how many bytes it took. */
static size_t
write_number(uint8_t room[NUMBER_SIZE_MAX], uint64_t value)
{
    size_t size = 0;

    while (value >= 0x80) {
        room[size++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    room[size++] = (uint8_t)value;
    return size;
}

static void
append_number(struct buffer *buffer, uint64_t value)
{
    uint8_t *room = buffer_reserve(buffer, NUMBER_SIZE_MAX);
    if (room)
        buffer->size += write_number(room, value);
}

void
put_number(struct buffer *buffer, uint32_t field, uint64_t value)
{
    if (value == 0)
        return;
    append_number(buffer, (uint64_t)field << 3);
    append_number(buffer, value);
}

void
put_element(struct buffer *buffer, uint32_t field, struct bytes bytes)
{
    append_number(buffer, (uint64_t)field << 3 | TAG_SIZED);
    append_number(buffer, bytes.size);
    buffer_append(buffer, bytes.data, bytes.size);
}

void
put_bytes(struct buffer *buffer, uint32_t field, const void *data, size_t size)
{
    if (size > 0)
        put_element(buffer, field, (struct bytes){data, size});
}

void
put_text(struct buffer *buffer, uint32_t field, const char *text)
{
    const struct bytes bytes = bytes_of_text(text);

    put_bytes(buffer, field, bytes.data, bytes.size);
}

void
put_nonzero(struct buffer *buffer, uint32_t field, const uint8_t *data,
            size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (data[i] != 0) {
            put_bytes(buffer, field, data, size);
            return;
        }
    }
}

size_t
put_open(struct buffer *buffer, uint32_t field)
{
    append_number(buffer, (uint64_t)field << 3 | TAG_SIZED);
    return buffer->size;
}

/* The length is known only now: what was put makes room for it. */
void
put_close(struct buffer *buffer, size_t open)
{
    uint8_t length[NUMBER_SIZE_MAX];

    if (!buffer_reserve(buffer, NUMBER_SIZE_MAX))
        return;
    const size_t held = buffer->size - open;
    const size_t size = write_number(length, held);
    memmove(buffer->data + open + size, buffer->data + open, held);
    memcpy(buffer->data + open, length, size);
    buffer->size += size;
}

enum cii_code
put_result(const struct buffer *buffer)
{
    return buffer->failed ? CII_MEMORY : CII_OK;
}

/* --- reading ------------------------------------------------------------ */

enum cii_code
fail_memory(struct cii_error *err)
{
    return cii_fail(err, CII_MEMORY,
                    "a message unpacks to more than its memory allows");
}

/* protobuf-c's view of an arena. */
struct door {
    struct arena *arena;
    bool full;
};

static void *
door_take(void *context, size_t size)
{
    struct door *door = context;

    void *room = arena_take(door->arena, size);
    if (!room)
        door->full = true;
    return room;
}

static void
door_free(void *context, void *room)
{
    (void)context; /* goes with the arena */
    (void)room;
}

enum cii_code
message_unpack(ProtobufCMessage **message,
               const ProtobufCMessageDescriptor *descriptor, struct bytes bytes,
               struct arena *arena, struct cii_error *err)
{
    struct door door = {.arena = arena};
    ProtobufCAllocator allocator = {door_take, door_free, &door};

    ProtobufCMessage *made = protobuf_c_message_unpack(descriptor, &allocator,
                                                       bytes.size, bytes.data);
    if (!made && door.full)
        return fail_memory(err);
    if (!made)
        return cii_fail(err, CII_MALFORMED, "message %s cannot be unpacked",
                        descriptor->short_name);
    *message = made;
    return CII_OK;
}

enum cii_code
message_check_unpack(ProtobufCMessage **message,
                     const struct wire_message *table, size_t max,
                     const ProtobufCMessageDescriptor *descriptor,
                     struct bytes bytes, struct arena *arena,
                     struct cii_error *err)
{
    if (bytes.size > max)
        return cii_fail(err, CII_TOO_LARGE,
                        "message %s has %zu bytes; %zu are allowed",
                        table->name, bytes.size, max);
    CII_TRY(wire_check(table, bytes, err));
    return message_unpack(message, descriptor, bytes, arena, err);
}

struct bytes
held_by(struct bytes bytes, uint32_t field)
{
    struct bytes held = {NULL, 0};
    uint32_t number = 0;

    while (wire_next(&bytes, &number, &held))
        if (number == field)
            return held;
    return (struct bytes){NULL, 0};
}

void
take_fixed(void *to, size_t size, ProtobufCBinaryData from)
{
    memset(to, 0, size);
    if (from.len == size)
        memcpy(to, from.data, size);
}

enum cii_code
take_event_id(struct event_id *id, bool none, ProtobufCBinaryData from,
              struct cii_error *err)
{
    struct event_id taken = {{0}};

    take_fixed(taken.bytes, sizeof taken.bytes, from);
    if (!(none && from.len == 0) &&
        (from.len != sizeof taken.bytes || !event_id_is_valid(&taken)))
        return cii_fail(err, CII_MALFORMED,
                        "an event id is not a UUID of version 7");
    *id = taken;
    return CII_OK;
}
