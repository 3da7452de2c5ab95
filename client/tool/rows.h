/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TOOL_ROWS_H
#define CLIENT_TOOL_ROWS_H

/*
 * Rows of an answer, as JSON or one under the other.
 */

#include <jansson.h>

#include "cii/client.h"
#include "proto/bytes.h"

struct tool;

/* A new object: kind first, then the fields; a dot in a name nests it. NULL
 * when memory is out. */
json_t *record_to_json(const struct cii_record *record);
/* One line of JSON; takes the object. */
void json_put_line(const struct tool *tool, json_t *object);

/* "name  value" for each field but those of `hidden` (separated by spaces). */
void record_print_block(const struct tool *tool,
                        const struct cii_record *record, const char *hidden);

/* A copy of rows, for pages that need all of them. */
struct rows {
    size_t count;
    size_t room;
    struct cii_record *record; /* owned */
    struct arena *arena;       /* owned */
    enum cii_code code;        /* MEMORY when some are missing */
};

cii_must_check enum cii_code rows_init(struct rows *rows,
                                       struct cii_error *err);
void rows_done(struct rows *rows);
/* A cii_record_seen(); context is struct rows. */
bool rows_keep(void *context, const struct cii_record *record);

/* Asks and keeps what came. */
cii_must_check enum cii_code rows_ask(struct rows *rows, struct tool *tool,
                                      const char *verb,
                                      const struct cii_field *argument,
                                      size_t argument_count,
                                      struct cii_error *err);
/* Every row as a line of JSON; CII_OK. */
enum cii_code rows_print_json(const struct rows *rows, const struct tool *tool);

#endif
