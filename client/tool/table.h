/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TOOL_TABLE_H
#define CLIENT_TOOL_TABLE_H

/*
 * Rows as a table that fits the terminal: the widest columns give way first,
 * then those that can be spared.
 * Rows are printed in blocks, so that a long answer needs little memory.
 */

#include <stdbool.h>
#include <stddef.h>

#include "cii/client.h"

#define COLUMNS_MAX 12

enum column_form {
    COLUMN_TEXT,
    COLUMN_ID,      /* cut last: half an id is none */
    COLUMN_MOMENT,  /* in local time */
    COLUMN_VERDICT, /* coloured */
    COLUMN_PERSON,  /* what is known of the identity */
    COLUMN_FIELDS,  /* facet fields that are not identity */
};

struct column {
    const char *title; /* NULL ends a list */
    const char *field;
    enum column_form form;
    bool spare; /* left out where the table would not fit otherwise */
};

struct tool;
struct table;

cii_must_check enum cii_code table_new(struct table **table,
                                       const struct tool *tool,
                                       const struct column *column,
                                       struct cii_error *err);
void table_destroy(struct table **table);
/* Cells in the order of the columns; copied. */
cii_must_check enum cii_code table_add(struct table *table,
                                       const char *const *cell,
                                       struct cii_error *err);
/* What the columns show of a record. */
cii_must_check enum cii_code table_add_record(struct table *table,
                                              const struct cii_record *record,
                                              struct cii_error *err);
/* A line of its own under the last row. */
cii_must_check enum cii_code table_note(struct table *table, const char *text,
                                        struct cii_error *err);
/* Prints what is left; returns how many rows there were. */
size_t table_end(struct table *table);

#endif
