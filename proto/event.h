/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_EVENT_H
#define PROTO_EVENT_H

/*
 * The event in memory: views into the bytes that came, never a re-made copy.
 *
 * Pack and unpack stand beside each other in frame_event.c. Unpacked objects
 * live in the arena that was given and borrow from the bytes that were given:
 * keep both as long as the object.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cii/error.h"
#include "proto/bytes.h"
#include "proto/catalogue.h"
#include "proto/id.h"

#define EVENT_HEADER_MAX  2048
#define EVENT_PAYLOAD_MAX 262144 /* all facets of one event */
#define EVENT_PACKED_MAX  327680
#define EVENT_FACETS_MAX  EVENT_SLOTS_MAX
#define PROOF_PATH_MAX    16
#define PROOF_SIZE_MAX    65536
#define SIGNATURE_SIZE    64
#define KEY_ID_SIZE       8
#define SALT_SIZE         32
#define CASE_REF_MAX      50
#define EVENT_TYPE_MAX    63
#define FACET_KIND_MAX    31
#define FIELD_NAME_MAX    63
#define RULE_ID_MAX       63
#define REASON_MAX        63   /* of a refusal */
#define REFUSALS_MAX      4096 /* in one receipt */

enum reliability {
    RELIABILITY_UNKNOWN,
    RELIABILITY_DECLARED,
    RELIABILITY_VERIFIED,
};

struct header {
    struct event_id event_id;
    const char *issuer; /* borrowed, as all text here */
    const char *event_type;
    const char *occurred_on;
    uint64_t issued_at;
    const char *case_ref;        /* "": none */
    struct event_id in_reply_to; /* zero: none */
    const char *as_of;           /* "": unknown */
    enum reliability reliability;
    bool test;
    size_t digest_count;
    struct digest digest[EVENT_SLOTS_MAX];
};

struct proof {
    size_t path_count;
    struct digest path[PROOF_PATH_MAX];
    uint32_t index;
    uint32_t size;
    uint8_t signature[SIGNATURE_SIZE];
    uint8_t key_id[KEY_ID_SIZE];
};

struct facet {
    uint32_t slot;
    const char *kind;
    uint8_t salt[SALT_SIZE];
    struct bytes content;
};

struct event {
    struct bytes header_bytes; /* exactly as the issuer made them */
    struct header header;
    struct proof proof;
    size_t facet_count;
    struct facet facet[EVENT_FACETS_MAX]; /* ascending by slot */
};

struct field {
    const char *name;
    const char *value;
};

struct content {
    size_t field_count;
    const struct field *field;
};

struct refusal {
    uint64_t seq;
    struct event_id event_id;
    const char *reason;
    const char *rule;
};

struct receipt {
    uint8_t stream_id[16];
    uint64_t first;
    uint64_t last;
    size_t refusal_count;
    const struct refusal *refusal;
};

/* Appends to the buffer; MEMORY is the only failure. */
cii_must_check enum cii_code header_pack(const struct header *header,
                                         struct buffer *buffer);
cii_must_check enum cii_code event_pack(const struct event *event,
                                        struct buffer *buffer);
cii_must_check enum cii_code content_pack(const struct content *content,
                                          struct buffer *buffer);
cii_must_check enum cii_code receipt_pack(const struct receipt *receipt,
                                          struct buffer *buffer);
/* What the store keeps: a proof, and a list of facets. */
cii_must_check enum cii_code proof_pack(const struct proof *proof,
                                        struct buffer *buffer);
cii_must_check enum cii_code facets_pack(const struct facet *facet,
                                         size_t count, struct buffer *buffer);

/*
 * MALFORMED or TOO_LARGE when the bytes are not what the schema and the
 * limits above allow (unknown fields, wrong lengths, text that is not UTF-8,
 * slots out of order or without a digest, ids and dates that are none);
 * MEMORY past the arena's cap. Nothing here checks digests or signatures.
 */
cii_must_check enum cii_code event_unpack(struct event *event,
                                          struct bytes bytes,
                                          struct arena *arena,
                                          struct cii_error *err);
cii_must_check enum cii_code header_unpack(struct header *header,
                                           struct bytes bytes,
                                           struct arena *arena,
                                           struct cii_error *err);
cii_must_check enum cii_code content_unpack(struct content *content,
                                            struct bytes bytes,
                                            struct arena *arena,
                                            struct cii_error *err);
cii_must_check enum cii_code receipt_unpack(struct receipt *receipt,
                                            struct bytes bytes,
                                            struct arena *arena,
                                            struct cii_error *err);
cii_must_check enum cii_code proof_unpack(struct proof *proof,
                                          struct bytes bytes,
                                          struct arena *arena,
                                          struct cii_error *err);
/* At most EVENT_FACETS_MAX. */
cii_must_check enum cii_code facets_unpack(struct facet *facet, size_t *count,
                                           struct bytes bytes,
                                           struct arena *arena,
                                           struct cii_error *err);

/* The value of a field, or NULL. */
const char *content_find(const struct content *content, const char *name);

#endif
