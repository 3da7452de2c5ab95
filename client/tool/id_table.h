/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TOOL_ID_TABLE_H
#define CLIENT_TOOL_ID_TABLE_H

/*
 * Which id belongs to which line, by the line's fingerprint and by how often
 * the same text came before it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/id.h"

#define FINGERPRINT_TEXT 33

struct fingerprint {
    uint64_t half[2];
};

struct fingerprint fingerprint_of(const char *text, size_t size);
void fingerprint_print(const struct fingerprint *print,
                       char text[FINGERPRINT_TEXT]);

struct id_entry {
    struct fingerprint print;
    uint32_t nth;
    uint32_t loaded; /* of nth 0: how many are in the file */
    uint32_t asked;  /* of nth 0: how many were asked for in this run */
    bool used;
    bool has_id;
    struct event_id id;
};

struct id_table {
    struct id_entry *entry; /* owned; open addressing */
    size_t room;
    size_t count;
};

void id_table_done(struct id_table *table);
/*
 * The entry of the next line with this text, in the file or in this run; NULL
 * when memory is out. Valid until the next call.
 */
struct id_entry *id_table_load(struct id_table *table,
                               const struct fingerprint *print);
struct id_entry *id_table_ask(struct id_table *table,
                              const struct fingerprint *print);

#endif
