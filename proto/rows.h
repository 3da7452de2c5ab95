/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_ROWS_H
#define PROTO_ROWS_H

/*
 * The rows of an answer, put together field by field in an arena.
 */

#include "proto/control.h"

#define ROWS_MAX   8192
#define FIELDS_MAX 64

struct rows {
    struct arena *arena;   /* borrowed */
    struct record *record; /* in the arena */
    struct field *field;   /* of the row in hand */
    size_t count;
    bool failed;
};

void rows_init(struct rows *rows, struct arena *arena);
void rows_begin(struct rows *rows, const char *kind);
/* Copies; an empty or NULL value is left out. */
void rows_put(struct rows *rows, const char *name, const char *value);
/* A number, and a moment as moment_print() writes it; moment 0 is none. */
void rows_put_number(struct rows *rows, const char *name, int64_t value);
void rows_put_moment(struct rows *rows, const char *name, int64_t moment);

#endif
