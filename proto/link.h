/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_LINK_H
#define PROTO_LINK_H

/*
 * The frames between two cores, as link.proto describes them.
 */

#include "proto/event.h"

#define LINK_VERSION      1
#define LINK_FRAME_MAX    393216
#define LINK_ID_SIZE      32
#define STREAM_ID_SIZE    16
#define SUBSCRIPTIONS_MAX 512
#define STATEMENTS_MAX    16
#define CITATION_MAX      511
#define PURPOSE_MAX       255
#define INFORM_MAX        63

struct stream_id {
    uint8_t bytes[STREAM_ID_SIZE]; /* all zero: none */
};

struct position {
    struct stream_id stream;
    uint64_t seq; /* the next one; everything before is stored */
    struct digest chain;
};

struct hello {
    uint8_t link_id[LINK_ID_SIZE];
    uint32_t version_min;
    uint32_t version_max;
    const char *institution;
    size_t subscription_count;
    const char *const *subscription;
    struct stream_id stream;
    uint64_t oldest;
    uint64_t head;
    struct position want;
    uint32_t window_events;
    uint64_t window_bytes;
};

struct disclosure {
    const char *rule;
    const char *citation;
    size_t statement_count;
    struct event_id statement[STATEMENTS_MAX];
    const char *purpose;
    const char *inform;
};

struct deliver {
    uint64_t seq;
    struct event event;
    struct disclosure disclosure;
};

struct void_ {
    uint64_t seq;
    struct digest digest;
};

struct ack {
    struct stream_id stream;
    uint64_t up_to;
    struct digest chain;
    uint8_t signature[SIGNATURE_SIZE];
};

enum frame_kind {
    FRAME_HELLO,
    FRAME_DELIVER,
    FRAME_VOID,
    FRAME_ACK
};

struct frame {
    enum frame_kind kind;

    union {
        struct hello hello;
        struct deliver deliver;
        struct void_ void_;
        struct ack ack;
    };
};

cii_must_check enum cii_code frame_pack(const struct frame *frame,
                                        struct buffer *buffer);
/* MALFORMED, TOO_LARGE or MEMORY, as event_unpack(). */
cii_must_check enum cii_code frame_unpack(struct frame *frame,
                                          struct bytes bytes,
                                          struct arena *arena,
                                          struct cii_error *err);

#endif
