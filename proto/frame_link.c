/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include <proto/link.pb-c.h>

#include "proto/frame.h"
#include "proto/link.h"

#define HELLO_MAX 65536

/* --- what may be on the wire -------------------------------------------- */

static const struct wire_field position_fields[] = {
    BYTES(1, 0, STREAM_ID_SIZE),
    NUMBER(2, INT64_MAX),
    BYTES(3, 0, DIGEST_SIZE),
};
static const struct wire_message position_table =
    TABLE("Position", position_fields);

static const struct wire_field hello_fields[] = {
    BYTES(1, LINK_ID_SIZE, LINK_ID_SIZE),
    NUMBER(2, UINT32_MAX),
    NUMBER(3, UINT32_MAX),
    TEXT(4, 1, INSTITUTION_MAX),
    MANY(5, WIRE_TEXT, SUBSCRIPTIONS_MAX, 1, EVENT_TYPE_MAX),
    BYTES(6, STREAM_ID_SIZE, STREAM_ID_SIZE),
    NUMBER(7, INT64_MAX),
    NUMBER(8, INT64_MAX),
    MESSAGE(9, 0, 128, &position_table),
    NUMBER(10, UINT32_MAX),
    NUMBER(11, INT64_MAX),
};
static const struct wire_message hello_table = TABLE("Hello", hello_fields);

static const struct wire_field disclosure_fields[] = {
    TEXT(1, 0, RULE_ID_MAX),
    TEXT(2, 0, CITATION_MAX),
    MANY(3, WIRE_BYTES, STATEMENTS_MAX, EVENT_ID_SIZE, EVENT_ID_SIZE),
    TEXT(4, 0, PURPOSE_MAX),
    TEXT(5, 0, INFORM_MAX),
};
static const struct wire_message disclosure_table =
    TABLE("Disclosure", disclosure_fields);

static const struct wire_field deliver_fields[] = {
    NUMBER(1, INT64_MAX),
    MESSAGE(2, 1, EVENT_PACKED_MAX, &signed_event_table),
    MESSAGE(3, 0, 4096, &disclosure_table),
};
static const struct wire_message deliver_table =
    TABLE("Deliver", deliver_fields);

static const struct wire_field void_fields[] = {
    NUMBER(1, INT64_MAX),
    BYTES(2, DIGEST_SIZE, DIGEST_SIZE),
};
static const struct wire_message void_table = TABLE("Void", void_fields);

static const struct wire_field ack_fields[] = {
    BYTES(1, STREAM_ID_SIZE, STREAM_ID_SIZE),
    NUMBER(2, INT64_MAX),
    BYTES(3, DIGEST_SIZE, DIGEST_SIZE),
    BYTES(4, SIGNATURE_SIZE, SIGNATURE_SIZE),
};
static const struct wire_message ack_table = TABLE("Ack", ack_fields);

static const struct wire_field frame_fields[] = {
    MESSAGE(1, 0, HELLO_MAX, &hello_table),
    MESSAGE(2, 0, LINK_FRAME_MAX, &deliver_table),
    MESSAGE(3, 0, 128, &void_table),
    MESSAGE(4, 0, 256, &ack_table),
};
static const struct wire_message frame_table = TABLE("Frame", frame_fields);

/* --- hello -------------------------------------------------------------- */

static void
put_position(struct buffer *buffer, uint32_t field,
             const struct position *position)
{
    const size_t open = put_open(buffer, field);
    put_nonzero(buffer, 1, position->stream.bytes, STREAM_ID_SIZE);
    put_number(buffer, 2, position->seq);
    put_nonzero(buffer, 3, position->chain.bytes, DIGEST_SIZE);
    put_close(buffer, open);
}

static void
put_hello(struct buffer *buffer, const struct hello *hello)
{
    put_bytes(buffer, 1, hello->link_id, LINK_ID_SIZE);
    put_number(buffer, 2, hello->version_min);
    put_number(buffer, 3, hello->version_max);
    put_text(buffer, 4, hello->institution);
    for (size_t i = 0; i < hello->subscription_count; i++)
        put_element(buffer, 5, bytes_of_text(hello->subscription[i]));
    put_bytes(buffer, 6, hello->stream.bytes, STREAM_ID_SIZE);
    put_number(buffer, 7, hello->oldest);
    put_number(buffer, 8, hello->head);
    put_position(buffer, 9, &hello->want);
    put_number(buffer, 10, hello->window_events);
    put_number(buffer, 11, hello->window_bytes);
}

/* Empty or whole: the table cannot say that. */
static enum cii_code
check_position(const Cii__Position *message, struct cii_error *err)
{
    if (message->stream_id.len != 0 && message->stream_id.len != STREAM_ID_SIZE)
        return cii_fail(err, CII_MALFORMED,
                        "message Position: stream_id has the wrong length");
    if (message->chain.len != 0 && message->chain.len != DIGEST_SIZE)
        return cii_fail(err, CII_MALFORMED,
                        "message Position: chain has the wrong length");
    return CII_OK;
}

static enum cii_code
take_position(struct position *position, const Cii__Position *message,
              struct cii_error *err)
{
    if (!message)
        return CII_OK;
    CII_TRY(check_position(message, err));
    take_fixed(position->stream.bytes, STREAM_ID_SIZE, message->stream_id);
    position->seq = message->seq;
    take_fixed(position->chain.bytes, DIGEST_SIZE, message->chain);
    return CII_OK;
}

static enum cii_code
take_hello(struct hello *hello, const Cii__Hello *message,
           struct cii_error *err)
{
    if (institution_check(message->institution, NULL) != CII_OK)
        return cii_fail(err, CII_MALFORMED,
                        "message Hello: institution is none");
    CII_TRY(take_position(&hello->want, message->want, err));
    take_fixed(hello->link_id, LINK_ID_SIZE, message->link_id);
    hello->version_min = message->version_min;
    hello->version_max = message->version_max;
    hello->institution = message->institution;
    hello->subscription_count = message->n_subscription;
    hello->subscription = (const char *const *)message->subscription;
    take_fixed(hello->stream.bytes, STREAM_ID_SIZE, message->stream_id);
    hello->oldest = message->oldest;
    hello->head = message->head;
    hello->window_events = message->window_events;
    hello->window_bytes = message->window_bytes;
    return CII_OK;
}

static enum cii_code
hello_unpack(struct hello *hello, struct bytes bytes, struct arena *arena,
             struct cii_error *err)
{
    ProtobufCMessage *message = NULL;

    CII_TRY(
        message_unpack(&message, &cii__hello__descriptor, bytes, arena, err));
    return take_hello(hello, (const Cii__Hello *)message, err);
}

/* --- deliver ------------------------------------------------------------ */

static void
put_disclosure(struct buffer *buffer, uint32_t field,
               const struct disclosure *disclosure)
{
    const size_t open = put_open(buffer, field);
    put_text(buffer, 1, disclosure->rule);
    put_text(buffer, 2, disclosure->citation);
    for (size_t i = 0; i < disclosure->statement_count; i++)
        put_bytes(buffer, 3, disclosure->statement[i].bytes, EVENT_ID_SIZE);
    put_text(buffer, 4, disclosure->purpose);
    put_text(buffer, 5, disclosure->inform);
    put_close(buffer, open);
}

static void
put_deliver(struct buffer *buffer, const struct deliver *deliver)
{
    put_number(buffer, 1, deliver->seq);
    const size_t open = put_open(buffer, 2);
    put_event(buffer, &deliver->event);
    put_close(buffer, open);
    put_disclosure(buffer, 3, &deliver->disclosure);
}

static enum cii_code
take_disclosure(struct disclosure *disclosure, const Cii__Disclosure *message,
                struct cii_error *err)
{
    for (size_t i = 0; i < message->n_statement; i++)
        CII_TRY(take_event_id(&disclosure->statement[i], false,
                              message->statement[i], err));
    disclosure->rule = message->rule;
    disclosure->citation = message->citation;
    disclosure->statement_count = message->n_statement;
    disclosure->purpose = message->purpose;
    disclosure->inform = message->inform;
    return CII_OK;
}

static enum cii_code
deliver_unpack(struct deliver *deliver, struct bytes bytes, struct arena *arena,
               struct cii_error *err)
{
    ProtobufCMessage *message = NULL;

    CII_TRY(
        message_unpack(&message, &cii__deliver__descriptor, bytes, arena, err));
    const Cii__Deliver *from = (const Cii__Deliver *)message;
    deliver->seq = from->seq;
    CII_TRY(take_event(&deliver->event, from->event, held_by(bytes, 2), arena,
                       err));
    deliver->disclosure = (struct disclosure){"", "", 0, {{{0}}}, "", ""};
    if (!from->disclosure)
        return CII_OK;
    return take_disclosure(&deliver->disclosure, from->disclosure, err);
}

/* --- void --------------------------------------------------------------- */

static void
put_void(struct buffer *buffer, const struct void_ *void_)
{
    put_number(buffer, 1, void_->seq);
    put_bytes(buffer, 2, void_->digest.bytes, DIGEST_SIZE);
}

static enum cii_code
void_unpack(struct void_ *void_, struct bytes bytes, struct arena *arena,
            struct cii_error *err)
{
    ProtobufCMessage *message = NULL;

    CII_TRY(
        message_unpack(&message, &cii__void__descriptor, bytes, arena, err));
    const Cii__Void *from = (const Cii__Void *)message;
    void_->seq = from->seq;
    take_fixed(void_->digest.bytes, DIGEST_SIZE, from->digest);
    return CII_OK;
}

/* --- ack ---------------------------------------------------------------- */

static void
put_ack(struct buffer *buffer, const struct ack *ack)
{
    put_bytes(buffer, 1, ack->stream.bytes, STREAM_ID_SIZE);
    put_number(buffer, 2, ack->up_to);
    put_bytes(buffer, 3, ack->chain.bytes, DIGEST_SIZE);
    put_bytes(buffer, 4, ack->signature, SIGNATURE_SIZE);
}

static enum cii_code
ack_unpack(struct ack *ack, struct bytes bytes, struct arena *arena,
           struct cii_error *err)
{
    ProtobufCMessage *message = NULL;

    CII_TRY(message_unpack(&message, &cii__ack__descriptor, bytes, arena, err));
    const Cii__Ack *from = (const Cii__Ack *)message;
    take_fixed(ack->stream.bytes, STREAM_ID_SIZE, from->stream_id);
    ack->up_to = from->up_to;
    take_fixed(ack->chain.bytes, DIGEST_SIZE, from->chain);
    take_fixed(ack->signature, SIGNATURE_SIZE, from->signature);
    return CII_OK;
}

/* --- frame -------------------------------------------------------------- */

static void
put_body(struct buffer *buffer, const struct frame *frame)
{
    switch (frame->kind) {
    case FRAME_HELLO:
        put_hello(buffer, &frame->hello);
        break;
    case FRAME_DELIVER:
        put_deliver(buffer, &frame->deliver);
        break;
    case FRAME_VOID:
        put_void(buffer, &frame->void_);
        break;
    case FRAME_ACK:
        put_ack(buffer, &frame->ack);
        break;
    }
}

enum cii_code
frame_pack(const struct frame *frame, struct buffer *buffer)
{
    assert((unsigned int)frame->kind <= FRAME_ACK);

    /* The fields of the schema are numbered in the order of the kinds. */
    const size_t open = put_open(buffer, (uint32_t)frame->kind + 1);
    put_body(buffer, frame);
    put_close(buffer, open);
    return put_result(buffer);
}

static enum cii_code
body_unpack(struct frame *frame, struct bytes body, struct arena *arena,
            struct cii_error *err)
{
    switch (frame->kind) {
    case FRAME_HELLO:
        return hello_unpack(&frame->hello, body, arena, err);
    case FRAME_DELIVER:
        return deliver_unpack(&frame->deliver, body, arena, err);
    case FRAME_VOID:
        return void_unpack(&frame->void_, body, arena, err);
    case FRAME_ACK:
        return ack_unpack(&frame->ack, body, arena, err);
    }
    return CII_MALFORMED;
}

enum cii_code
frame_unpack(struct frame *frame, struct bytes bytes, struct arena *arena,
             struct cii_error *err)
{
    struct frame taken = {0};
    struct bytes rest = bytes;
    struct bytes body = {NULL, 0};
    uint32_t number = 0;

    if (bytes.size > LINK_FRAME_MAX)
        return cii_fail(err, CII_TOO_LARGE,
                        "message Frame has %zu bytes; %d are allowed",
                        bytes.size, LINK_FRAME_MAX);
    CII_TRY(wire_check(&frame_table, bytes, err));
    if (!wire_next(&rest, &number, &body) || rest.size > 0)
        return cii_fail(err, CII_MALFORMED,
                        "message Frame does not hold exactly one body");

    taken.kind = (enum frame_kind)(number - 1);
    CII_TRY(body_unpack(&taken, body, arena, err));
    *frame = taken;
    return CII_OK;
}
