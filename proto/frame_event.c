/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <string.h>

#include "proto/date.h"
#include "proto/frame.h"

#define PROOF_PACKED_MAX 1024
#define MOMENT_MAX       UINT64_C(253402300799999) /* end of the year 9999 */
#define DATE_LENGTH      10

/* --- what may be on the wire -------------------------------------------- */

static const struct wire_field header_fields[] = {
    BYTES(1, EVENT_ID_SIZE, EVENT_ID_SIZE),
    TEXT(2, 1, INSTITUTION_MAX),
    TEXT(3, 1, EVENT_TYPE_MAX),
    TEXT(4, DATE_LENGTH, DATE_LENGTH),
    NUMBER(5, MOMENT_MAX),
    TEXT(6, 0, CASE_REF_MAX),
    BYTES(7, 0, EVENT_ID_SIZE),
    TEXT(8, 0, DATE_LENGTH),
    NUMBER(9, RELIABILITY_VERIFIED),
    NUMBER(10, 1),
    MANY(11, WIRE_BYTES, EVENT_SLOTS_MAX, DIGEST_SIZE, DIGEST_SIZE),
};
static const struct wire_message header_table = TABLE("Header", header_fields);

static const struct wire_field proof_fields[] = {
    MANY(1, WIRE_BYTES, PROOF_PATH_MAX, DIGEST_SIZE, DIGEST_SIZE),
    NUMBER(2, PROOF_SIZE_MAX - 1),
    NUMBER(3, PROOF_SIZE_MAX),
    BYTES(4, SIGNATURE_SIZE, SIGNATURE_SIZE),
    BYTES(5, KEY_ID_SIZE, KEY_ID_SIZE),
};
static const struct wire_message proof_table = TABLE("Proof", proof_fields);

static const struct wire_field facet_fields[] = {
    NUMBER(1, EVENT_SLOTS_MAX - 1),
    TEXT(2, 1, FACET_KIND_MAX),
    BYTES(3, SALT_SIZE, SALT_SIZE),
    BYTES(4, 0, EVENT_PAYLOAD_MAX),
};
static const struct wire_message facet_table = TABLE("Facet", facet_fields);

#define FACETS_ROW \
    MANY_MESSAGES(3, EVENT_FACETS_MAX, EVENT_PACKED_MAX, &facet_table)

static const struct wire_field signed_event_fields[] = {
    BYTES(1, 1, EVENT_HEADER_MAX),
    MESSAGE(2, 1, PROOF_PACKED_MAX, &proof_table),
    FACETS_ROW,
};
const struct wire_message signed_event_table =
    TABLE("SignedEvent", signed_event_fields);

/* A list of facets is a SignedEvent that holds nothing else. */
static const struct wire_field facets_fields[] = {FACETS_ROW};
static const struct wire_message facets_table =
    TABLE("list of facets", facets_fields);

static const struct wire_field field_fields[] = {
    TEXT(1, 1, FIELD_NAME_MAX),
    TEXT(2, 1, EVENT_PAYLOAD_MAX),
};
static const struct wire_message field_table = TABLE("Field", field_fields);

static const struct wire_field content_fields[] = {
    MANY_MESSAGES(1, CATALOGUE_FIELDS_MAX, EVENT_PAYLOAD_MAX, &field_table),
};
static const struct wire_message content_table =
    TABLE("Content", content_fields);

static const struct wire_field refusal_fields[] = {
    NUMBER(1, INT64_MAX),
    BYTES(2, EVENT_ID_SIZE, EVENT_ID_SIZE),
    TEXT(3, 1, REASON_MAX),
    TEXT(4, 0, RULE_ID_MAX),
};
static const struct wire_message refusal_table =
    TABLE("Refusal", refusal_fields);

static const struct wire_field receipt_fields[] = {
    BYTES(1, 16, 16),
    NUMBER(2, INT64_MAX),
    NUMBER(3, INT64_MAX),
    MANY_MESSAGES(4, REFUSALS_MAX, 256, &refusal_table),
};
static const struct wire_message receipt_table =
    TABLE("Receipt", receipt_fields);

/* --- header ------------------------------------------------------------- */

enum cii_code
header_pack(const struct header *header, struct buffer *buffer)
{
    put_bytes(buffer, 1, header->event_id.bytes, EVENT_ID_SIZE);
    put_text(buffer, 2, header->issuer);
    put_text(buffer, 3, header->event_type);
    put_text(buffer, 4, header->occurred_on);
    put_number(buffer, 5, header->issued_at);
    put_text(buffer, 6, header->case_ref);
    put_nonzero(buffer, 7, header->in_reply_to.bytes, EVENT_ID_SIZE);
    put_text(buffer, 8, header->as_of);
    put_number(buffer, 9, header->reliability);
    put_number(buffer, 10, header->test);
    for (size_t i = 0; i < header->digest_count; i++)
        put_bytes(buffer, 11, header->digest[i].bytes, DIGEST_SIZE);
    return put_result(buffer);
}

static enum cii_code
check_date(const char *text, const char *what, struct cii_error *err)
{
    struct date date;

    if (date_parse(&date, text, NULL) != CII_OK)
        return cii_fail(err, CII_MALFORMED, "message Header: %s is no day",
                        what);
    return CII_OK;
}

static enum cii_code
check_header(const Cii__Header *message, struct cii_error *err)
{
    if (institution_check(message->issuer, NULL) != CII_OK)
        return cii_fail(err, CII_MALFORMED,
                        "message Header: issuer is no institution");
    CII_TRY(check_date(message->occurred_on, "occurred_on", err));
    if (message->as_of[0] == '\0')
        return CII_OK;
    return check_date(message->as_of, "as_of", err);
}

static enum cii_code
take_header(struct header *header, const Cii__Header *message,
            struct cii_error *err)
{
    CII_TRY(check_header(message, err));
    CII_TRY(take_event_id(&header->event_id, false, message->event_id, err));
    CII_TRY(
        take_event_id(&header->in_reply_to, true, message->in_reply_to, err));
    header->issuer = message->issuer;
    header->event_type = message->event_type;
    header->occurred_on = message->occurred_on;
    header->issued_at = message->issued_at;
    header->case_ref = message->case_ref;
    header->as_of = message->as_of;
    header->reliability = (enum reliability)message->reliability;
    header->test = message->test;
    header->digest_count = message->n_digest;
    for (size_t i = 0; i < message->n_digest; i++)
        take_fixed(header->digest[i].bytes, DIGEST_SIZE, message->digest[i]);
    return CII_OK;
}

enum cii_code
header_unpack(struct header *header, struct bytes bytes, struct arena *arena,
              struct cii_error *err)
{
    ProtobufCMessage *message = NULL;
    struct header taken = {0};

    CII_TRY(message_check_unpack(&message, &header_table, EVENT_HEADER_MAX,
                                 &cii__header__descriptor, bytes, arena, err));
    CII_TRY(take_header(&taken, (const Cii__Header *)message, err));
    *header = taken;
    return CII_OK;
}

/* --- proof -------------------------------------------------------------- */

static void
put_proof(struct buffer *buffer, const struct proof *proof)
{
    for (size_t i = 0; i < proof->path_count; i++)
        put_bytes(buffer, 1, proof->path[i].bytes, DIGEST_SIZE);
    put_number(buffer, 2, proof->index);
    put_number(buffer, 3, proof->size);
    put_bytes(buffer, 4, proof->signature, SIGNATURE_SIZE);
    put_bytes(buffer, 5, proof->key_id, KEY_ID_SIZE);
}

enum cii_code
proof_pack(const struct proof *proof, struct buffer *buffer)
{
    put_proof(buffer, proof);
    return put_result(buffer);
}

static enum cii_code
take_proof(struct proof *proof, const Cii__Proof *message,
           struct cii_error *err)
{
    if (message->index >= message->size)
        return cii_fail(err, CII_MALFORMED,
                        "message Proof: index is not below size");
    proof->path_count = message->n_path;
    for (size_t i = 0; i < message->n_path; i++)
        take_fixed(proof->path[i].bytes, DIGEST_SIZE, message->path[i]);
    proof->index = message->index;
    proof->size = message->size;
    take_fixed(proof->signature, SIGNATURE_SIZE, message->signature);
    take_fixed(proof->key_id, KEY_ID_SIZE, message->key_id);
    return CII_OK;
}

enum cii_code
proof_unpack(struct proof *proof, struct bytes bytes, struct arena *arena,
             struct cii_error *err)
{
    ProtobufCMessage *message = NULL;
    struct proof taken = {0};

    CII_TRY(message_check_unpack(&message, &proof_table, PROOF_PACKED_MAX,
                                 &cii__proof__descriptor, bytes, arena, err));
    CII_TRY(take_proof(&taken, (const Cii__Proof *)message, err));
    *proof = taken;
    return CII_OK;
}

/* --- facets ------------------------------------------------------------- */

static void
put_facets(struct buffer *buffer, const struct facet *facet, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const size_t open = put_open(buffer, 3);
        put_number(buffer, 1, facet[i].slot);
        put_text(buffer, 2, facet[i].kind);
        put_bytes(buffer, 3, facet[i].salt, SALT_SIZE);
        put_bytes(buffer, 4, facet[i].content.data, facet[i].content.size);
        put_close(buffer, open);
    }
}

enum cii_code
facets_pack(const struct facet *facet, size_t count, struct buffer *buffer)
{
    put_facets(buffer, facet, count);
    return put_result(buffer);
}

/* In ascending order of slot, and together under the payload's limit. */
static enum cii_code
take_facets(struct facet *facet, size_t count, Cii__Facet *const *message,
            struct cii_error *err)
{
    size_t payload = 0;

    for (size_t i = 0; i < count; i++) {
        if (i > 0 && message[i]->slot <= message[i - 1]->slot)
            return cii_fail(err, CII_MALFORMED,
                            "message Facet: slots are not in order");
        payload += message[i]->content.len;
        facet[i].slot = message[i]->slot;
        facet[i].kind = message[i]->kind;
        take_fixed(facet[i].salt, SALT_SIZE, message[i]->salt);
        facet[i].content =
            (struct bytes){message[i]->content.data, message[i]->content.len};
    }
    if (payload > EVENT_PAYLOAD_MAX)
        return cii_fail(err, CII_TOO_LARGE,
                        "the facets have %zu bytes; %d are allowed", payload,
                        EVENT_PAYLOAD_MAX);
    return CII_OK;
}

enum cii_code
facets_unpack(struct facet *facet, size_t *count, struct bytes bytes,
              struct arena *arena, struct cii_error *err)
{
    ProtobufCMessage *message = NULL;
    struct facet taken[EVENT_FACETS_MAX] = {0};

    CII_TRY(message_check_unpack(&message, &facets_table, EVENT_PACKED_MAX,
                                 &cii__signed_event__descriptor, bytes, arena,
                                 err));
    const Cii__SignedEvent *list = (const Cii__SignedEvent *)message;
    CII_TRY(take_facets(taken, list->n_facet, list->facet, err));
    memcpy(facet, taken, list->n_facet * sizeof *facet);
    *count = list->n_facet;
    return CII_OK;
}

/* --- event -------------------------------------------------------------- */

void
put_event(struct buffer *buffer, const struct event *event)
{
    assert(event->header_bytes.size > 0);

    put_bytes(buffer, 1, event->header_bytes.data, event->header_bytes.size);
    const size_t open = put_open(buffer, 2);
    put_proof(buffer, &event->proof);
    put_close(buffer, open);
    put_facets(buffer, event->facet, event->facet_count);
}

enum cii_code
event_pack(const struct event *event, struct buffer *buffer)
{
    put_event(buffer, event);
    return put_result(buffer);
}

enum cii_code
take_event(struct event *event, const Cii__SignedEvent *message,
           struct bytes bytes, struct arena *arena, struct cii_error *err)
{
    event->header_bytes = held_by(bytes, 1);
    CII_TRY(header_unpack(&event->header, event->header_bytes, arena, err));
    CII_TRY(take_proof(&event->proof, message->proof, err));
    CII_TRY(take_facets(event->facet, message->n_facet, message->facet, err));
    event->facet_count = message->n_facet;

    if (event->facet_count > 0 &&
        event->facet[event->facet_count - 1].slot >= event->header.digest_count)
        return cii_fail(err, CII_MALFORMED,
                        "message Facet: the header has no digest for a slot");
    return CII_OK;
}

enum cii_code
event_unpack(struct event *event, struct bytes bytes, struct arena *arena,
             struct cii_error *err)
{
    ProtobufCMessage *message = NULL;
    struct event taken = {0};

    CII_TRY(message_check_unpack(&message, &signed_event_table,
                                 EVENT_PACKED_MAX,
                                 &cii__signed_event__descriptor, bytes, arena,
                                 err));
    CII_TRY(take_event(&taken, (const Cii__SignedEvent *)message, bytes, arena,
                       err));
    *event = taken;
    return CII_OK;
}

/* --- content ------------------------------------------------------------ */

void
put_field_list(struct buffer *buffer, uint32_t field,
               const struct content *content)
{
    for (size_t i = 0; i < content->field_count; i++) {
        const size_t open = put_open(buffer, field);
        put_text(buffer, 1, content->field[i].name);
        put_text(buffer, 2, content->field[i].value);
        put_close(buffer, open);
    }
}

enum cii_code
content_pack(const struct content *content, struct buffer *buffer)
{
    put_field_list(buffer, 1, content);
    return put_result(buffer);
}

enum cii_code
take_field_list(struct content *content, size_t count, Cii__Field *const *field,
                struct arena *arena, struct cii_error *err)
{
    struct field *taken = arena_take(arena, count * sizeof *taken);
    if (!taken)
        return fail_memory(err);
    for (size_t i = 0; i < count; i++)
        taken[i] = (struct field){field[i]->name, field[i]->value};
    *content = (struct content){count, taken};
    return CII_OK;
}

/* "A name occurs once." A content has 32 fields at most. */
static enum cii_code
check_names(const struct content *content, struct cii_error *err)
{
    for (size_t i = 0; i < content->field_count; i++)
        for (size_t j = 0; j < i; j++)
            if (!strcmp(content->field[i].name, content->field[j].name))
                return cii_fail(err, CII_MALFORMED,
                                "message Content: a name occurs twice");
    return CII_OK;
}

enum cii_code
content_unpack(struct content *content, struct bytes bytes, struct arena *arena,
               struct cii_error *err)
{
    ProtobufCMessage *message = NULL;
    struct content taken = {0};

    CII_TRY(message_check_unpack(&message, &content_table, EVENT_PAYLOAD_MAX,
                                 &cii__content__descriptor, bytes, arena, err));
    const Cii__Content *list = (const Cii__Content *)message;
    CII_TRY(take_field_list(&taken, list->n_field, list->field, arena, err));
    CII_TRY(check_names(&taken, err));
    *content = taken;
    return CII_OK;
}

const char *
content_find(const struct content *content, const char *name)
{
    /* names of the catalogue are mostly the very same text */
    for (size_t i = 0; i < content->field_count; i++)
        if (content->field[i].name == name)
            return content->field[i].value;
    for (size_t i = 0; i < content->field_count; i++)
        if (!strcmp(content->field[i].name, name))
            return content->field[i].value;
    return NULL;
}

/* --- receipt ------------------------------------------------------------ */

enum cii_code
receipt_pack(const struct receipt *receipt, struct buffer *buffer)
{
    put_bytes(buffer, 1, receipt->stream_id, sizeof receipt->stream_id);
    put_number(buffer, 2, receipt->first);
    put_number(buffer, 3, receipt->last);
    for (size_t i = 0; i < receipt->refusal_count; i++) {
        const struct refusal *refusal = &receipt->refusal[i];
        const size_t open = put_open(buffer, 4);
        put_number(buffer, 1, refusal->seq);
        put_bytes(buffer, 2, refusal->event_id.bytes, EVENT_ID_SIZE);
        put_text(buffer, 3, refusal->reason);
        put_text(buffer, 4, refusal->rule);
        put_close(buffer, open);
    }
    return put_result(buffer);
}

static enum cii_code
take_refusal(struct refusal *refusal, const Cii__Refusal *message,
             struct cii_error *err)
{
    CII_TRY(take_event_id(&refusal->event_id, false, message->event_id, err));
    refusal->seq = message->seq;
    refusal->reason = message->reason;
    refusal->rule = message->rule;
    return CII_OK;
}

static enum cii_code
take_receipt(struct receipt *receipt, const Cii__Receipt *message,
             struct arena *arena, struct cii_error *err)
{
    struct refusal *refusal =
        arena_take(arena, message->n_refusal * sizeof *refusal);
    if (!refusal)
        return fail_memory(err);
    if (message->first > message->last)
        return cii_fail(err, CII_MALFORMED,
                        "message Receipt: first is after last");
    for (size_t i = 0; i < message->n_refusal; i++) {
        CII_TRY(take_refusal(&refusal[i], message->refusal[i], err));
        if (refusal[i].seq < message->first || refusal[i].seq > message->last)
            return cii_fail(err, CII_MALFORMED,
                            "message Refusal: seq is outside the receipt");
    }
    take_fixed(receipt->stream_id, sizeof receipt->stream_id,
               message->stream_id);
    receipt->first = message->first;
    receipt->last = message->last;
    receipt->refusal_count = message->n_refusal;
    receipt->refusal = refusal;
    return CII_OK;
}

enum cii_code
receipt_unpack(struct receipt *receipt, struct bytes bytes, struct arena *arena,
               struct cii_error *err)
{
    ProtobufCMessage *message = NULL;
    struct receipt taken = {0};

    CII_TRY(message_check_unpack(&message, &receipt_table, EVENT_PAYLOAD_MAX,
                                 &cii__receipt__descriptor, bytes, arena, err));
    CII_TRY(take_receipt(&taken, (const Cii__Receipt *)message, arena, err));
    *receipt = taken;
    return CII_OK;
}
