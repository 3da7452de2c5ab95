/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_ID_H
#define PROTO_ID_H

/*
 * Who and which: institutions, their kinds, and events.
 *
 * An institution is "canton.kind" or "canton.kind.place": a canton's two
 * letters, a kind of the list below, and a place of a-z, 0-9 and '-'. All in
 * lower case, at most 63 characters.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cii/error.h"

#define INSTITUTION_MAX 63

/* name, what it is (design: the words of law.md section 2) */
#define INSTITUTION_KINDS(X)                               \
    X(ORP, "orp", "regional employment office")            \
    X(CCH, "cch", "unemployment fund")                     \
    X(LMMT, "lmmt", "logistics of labour-market measures") \
    X(OAI, "oai", "invalidity-insurance office")           \
    X(AS, "as", "social service")                          \
    X(AIDECH, "aidech", "cantonal aid to the unemployed")  \
    X(MIGINT, "migint", "asylum or integration body")      \
    X(MIGAUT, "migaut", "migration authority")             \
    X(OPUC, "opuc", "vocational guidance")                 \
    X(FP, "fp", "vocational-training authority")           \
    X(JEUNES, "jeunes", "youth insertion body")            \
    X(PC, "pc", "supplementary benefits")                  \
    X(CCAVS, "ccavs", "old-age insurance fund")            \
    X(SUVA, "suva", "accident insurer")                    \
    X(ADDICT, "addict", "addiction service")               \
    X(BUREAU, "bureau", "bureau of a case team")

enum institution_kind {
#define INSTITUTION_KIND_ENUM(name, text, meaning) KIND_##name,
    INSTITUTION_KINDS(INSTITUTION_KIND_ENUM)
#undef INSTITUTION_KIND_ENUM
    KIND_COUNT
};

const char *kind_name(enum institution_kind kind);
/* KIND_COUNT when there is no such kind. */
enum institution_kind kind_find(const char *name);

/* INVALID with a sentence that names the part that is wrong. */
cii_must_check enum cii_code institution_check(const char *id,
                                               struct cii_error *err);
/* The kind of an id that institution_check() accepts. */
enum institution_kind institution_kind_of(const char *id);

#define EVENT_ID_SIZE 16
#define EVENT_ID_TEXT 37 /* with the terminator */

/* UUIDv7 (RFC 9562): 48 bits of milliseconds, then random. */
struct event_id {
    uint8_t bytes[EVENT_ID_SIZE];
};

/* now in milliseconds since 1970; random from a generator for secrets. */
struct event_id event_id_make(int64_t now, const uint8_t random[10]);
/* INVALID unless it is a UUID of version 7 in its 36 characters. */
cii_must_check enum cii_code event_id_parse(struct event_id *id,
                                            const char *text,
                                            struct cii_error *err);
void event_id_print(const struct event_id *id, char text[EVENT_ID_TEXT]);
bool event_id_equal(const struct event_id *a, const struct event_id *b);
bool event_id_is_zero(const struct event_id *id);
/* Version 7 and the variant of RFC 9562? */
bool event_id_is_valid(const struct event_id *id);

#endif
