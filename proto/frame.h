/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_FRAME_H
#define PROTO_FRAME_H

/*
 * What frame_event.c, frame_link.c and frame_control.c share; nobody else
 * includes it.
 *
 * Packing writes the wire bytes straight into the buffer, in the order of the
 * schema and without a default value, as protobuf-c would. Unpacking holds
 * the bytes against a table first, then lets protobuf-c unpack into the
 * arena.
 */

#include <proto/event.pb-c.h>

#include "proto/event.h"
#include "proto/wire.h"

/* Rows of a table. */
#define NUMBER(field, most)                                   \
    {                                                         \
        .number = (field), .form = WIRE_NUMBER, .max = (most) \
    }
#define SIZED(field, form_, least, most)                                  \
    {                                                                     \
        .number = (field), .form = (form_), .min = (least), .max = (most) \
    }
#define TEXT(field, least, most)  SIZED(field, WIRE_TEXT, least, most)
#define BYTES(field, least, most) SIZED(field, WIRE_BYTES, least, most)
#define MESSAGE(field, least, most, table)                       \
    {                                                            \
        .number = (field), .form = WIRE_MESSAGE, .min = (least), \
        .max = (most), .message = (table)                        \
    }
#define MANY(field, form_, count, least, most)                \
    {                                                         \
        .number = (field), .form = (form_), .repeated = true, \
        .count_max = (count), .min = (least), .max = (most)   \
    }
#define MANY_MESSAGES(field, count, most, table)                   \
    {                                                              \
        .number = (field), .form = WIRE_MESSAGE, .repeated = true, \
        .count_max = (count), .max = (most), .message = (table)    \
    }
#define TABLE(name_, fields)                                \
    {                                                       \
        .name = (name_), .field = (fields),                 \
        .field_count = sizeof(fields) / sizeof((fields)[0]) \
    }

extern const struct wire_message signed_event_table;

/* A default value (0, NULL or nothing) is not written. */
void put_number(struct buffer *buffer, uint32_t field, uint64_t value);
void put_text(struct buffer *buffer, uint32_t field, const char *text);
void put_bytes(struct buffer *buffer, uint32_t field, const void *data,
               size_t size);
/* Bytes, or nothing when they are all zero. */
void put_nonzero(struct buffer *buffer, uint32_t field, const uint8_t *data,
                 size_t size);
/* An element of a repeated field is written whatever it holds. */
void put_element(struct buffer *buffer, uint32_t field, struct bytes bytes);
/* A message: what is put between the two is inside. */
size_t put_open(struct buffer *buffer, uint32_t field);
void put_close(struct buffer *buffer, size_t open);
void put_field_list(struct buffer *buffer, uint32_t field,
                    const struct content *content);
void put_event(struct buffer *buffer, const struct event *event);
/* OK or MEMORY. */
enum cii_code put_result(const struct buffer *buffer);

/*
 * Unpacks bytes that wire_check() accepted; only the arena's cap can then
 * stand in the way.
 */
cii_must_check enum cii_code message_unpack(
    ProtobufCMessage **message, const ProtobufCMessageDescriptor *descriptor,
    struct bytes bytes, struct arena *arena, struct cii_error *err);
/* TOO_LARGE past max, else wire_check() and message_unpack(). */
cii_must_check enum cii_code message_check_unpack(
    ProtobufCMessage **message, const struct wire_message *table, size_t max,
    const ProtobufCMessageDescriptor *descriptor, struct bytes bytes,
    struct arena *arena, struct cii_error *err);

/* What the field holds, as a view into bytes that wire_check() accepted. */
struct bytes held_by(struct bytes bytes, uint32_t field);
/* Copies size bytes, or leaves zeroes where nothing came. */
void take_fixed(void *to, size_t size, ProtobufCBinaryData from);
/* MALFORMED unless it is an event id; empty is zero where `none` allows. */
cii_must_check enum cii_code take_event_id(struct event_id *id, bool none,
                                           ProtobufCBinaryData from,
                                           struct cii_error *err);
cii_must_check enum cii_code take_field_list(struct content *content,
                                             size_t count,
                                             Cii__Field *const *field,
                                             struct arena *arena,
                                             struct cii_error *err);
cii_must_check enum cii_code take_event(struct event *event,
                                        const Cii__SignedEvent *message,
                                        struct bytes bytes, struct arena *arena,
                                        struct cii_error *err);
enum cii_code fail_memory(struct cii_error *err);

#endif
