/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_WIRE_H
#define PROTO_WIRE_H

/*
 * Walks protobuf wire bytes before anybody unpacks them.
 *
 * protobuf-c has no recursion limit, keeps unknown fields, expands hostile
 * input up to 28 times and takes text that is not UTF-8. So each message that
 * comes from outside is first held against a table of what may be there:
 * field numbers, wire types, lengths, how often. Anything else is MALFORMED.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cii/error.h"
#include "proto/bytes.h"

enum wire_form {
    WIRE_NUMBER, /* varint, within 64 bits, shortest form */
    WIRE_TEXT,   /* UTF-8 without NUL and control characters but \n and \t */
    WIRE_BYTES,
    WIRE_MESSAGE, /* held against `message` */
};

struct wire_message;

struct wire_field {
    uint32_t number;
    enum wire_form form;
    bool repeated;
    size_t min;       /* of all but a number, in bytes; 0 allows absence */
    size_t max;       /* of text, bytes or a message; of a number: value */
    size_t count_max; /* of a repeated field */
    const struct wire_message *message;
};

struct wire_message {
    const char *name;
    const struct wire_field *field;
    size_t field_count; /* 16 at most */
};

/*
 * OK, or MALFORMED / TOO_LARGE with a sentence that names message and field.
 * A singular field may occur once only. Never allocates; depth is that of the
 * table, which must not be recursive.
 */
cii_must_check enum cii_code wire_check(const struct wire_message *message,
                                        struct bytes bytes,
                                        struct cii_error *err);

/*
 * Takes the next field off the front of bytes that wire_check() accepted:
 * its number, and what it holds (nothing for a WIRE_NUMBER). False at the
 * end. For those who need the bytes exactly as they came.
 */
bool wire_next(struct bytes *rest, uint32_t *number, struct bytes *held);

/* Is this well-formed UTF-8 (RFC 3629) without NUL? */
bool text_is_utf8(struct bytes bytes);

#endif
