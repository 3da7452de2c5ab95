/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_CONTROL_H
#define PROTO_CONTROL_H

/*
 * What is said on the control sockets, as control.proto describes it.
 */

#include "proto/event.h"

#define CONTROL_REQUEST_MAX    8388608
#define CONTROL_REPLY_MAX      1048576
#define CONTROL_DRAFTS_MAX     2048 /* in one request */
#define CONTROL_ADDRESSEES_MAX 64

struct draft_facet {
    const char *kind;
    struct content content;
};

struct draft {
    uint64_t line;
    const char *event_id;
    const char *event_type;
    const char *occurred_on;
    const char *case_ref;
    const char *in_reply_to;
    const char *as_of;
    const char *reliability;
    bool test;
    bool dry_run;
    size_t to_count;
    const char *const *to;
    size_t facet_count;
    const struct draft_facet *facet;
};

struct request {
    uint64_t tag;
    const char *verb;
    const char *acting_user;
    struct content argument;
    size_t draft_count;
    const struct draft *draft;
};

struct verdict_line {
    const char *partner;
    const char *verdict;
    const char *lane;
    const char *rule;
    const char *citation;
    const char *facets;
    const char *withheld;
    const char *missing;
};

struct outcome {
    uint64_t line;
    const char *event_id;
    enum cii_code code;
    const char *text;
    const char *field;
    size_t verdict_count;
    const struct verdict_line *verdict;
};

struct record {
    const char *kind;
    struct content content;
};

struct reply {
    uint64_t tag;
    bool last;
    enum cii_code code;
    const char *text;
    size_t outcome_count;
    const struct outcome *outcome;
    size_t record_count;
    const struct record *record;
};

/* Each appends the four bytes of length and the message. NULL text is "". */
cii_must_check enum cii_code request_pack(const struct request *request,
                                          struct buffer *buffer);
cii_must_check enum cii_code reply_pack(const struct reply *reply,
                                        struct buffer *buffer);
/*
 * Of the message without its length. MALFORMED, TOO_LARGE or MEMORY. A draft
 * with facets over EVENT_PAYLOAD_MAX is unpacked all the same: it is refused
 * by its own outcome, with its size.
 */
cii_must_check enum cii_code request_unpack(struct request *request,
                                            struct bytes bytes,
                                            struct arena *arena,
                                            struct cii_error *err);
cii_must_check enum cii_code reply_unpack(struct reply *reply,
                                          struct bytes bytes,
                                          struct arena *arena,
                                          struct cii_error *err);

/*
 * The length of the message at the front of what has come, the four bytes
 * included; 0: not there yet. TOO_LARGE past max.
 */
cii_must_check enum cii_code control_next(struct bytes bytes, size_t max,
                                          size_t *length);

/* The argument's value, or NULL. */
const char *request_argument(const struct request *request, const char *name);

#endif
