/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tool/id_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 1024 /* a power of two */

/*
 * FNV-1a over two bases. It need not withstand an attacker: two lines of one
 * input that met would still get two ids, since each occurrence has its own.
 */
struct fingerprint
fingerprint_of(const char *text, size_t size)
{
    struct fingerprint print = {
        {UINT64_C(0xcbf29ce484222325), UINT64_C(0x6c62272e07bb0142)}};

    for (size_t i = 0; i < size; i++)
        for (size_t h = 0; h < 2; h++) {
            print.half[h] ^= (uint8_t)text[i];
            print.half[h] *= UINT64_C(0x100000001b3);
        }
    return print;
}

void
fingerprint_print(const struct fingerprint *print, char text[FINGERPRINT_TEXT])
{
    snprintf(text, FINGERPRINT_TEXT, "%016" PRIx64 "%016" PRIx64,
             print->half[0], print->half[1]);
}

static struct id_entry *
slot_of(struct id_entry *entry, size_t room, const struct fingerprint *print,
        uint32_t nth)
{
    size_t at = (size_t)(print->half[0] ^ print->half[1] ^
                         nth * UINT64_C(0x9e3779b97f4a7c15)) &
                (room - 1);

    while (entry[at].used &&
           (entry[at].nth != nth ||
            memcmp(&entry[at].print, print, sizeof *print) != 0))
        at = (at + 1) & (room - 1);
    return &entry[at];
}

static bool
grow(struct id_table *table)
{
    const size_t room = table->room ? 2 * table->room : FIRST_ROOM;
    struct id_entry *entry = calloc(room, sizeof *entry);

    if (!entry)
        return false;
    for (size_t i = 0; i < table->room; i++)
        if (table->entry[i].used)
            *slot_of(entry, room, &table->entry[i].print, table->entry[i].nth) =
                table->entry[i];
    free(table->entry);
    table->entry = entry;
    table->room = room;
    return true;
}

static struct id_entry *
obtain(struct id_table *table, const struct fingerprint *print, uint32_t nth)
{
    if (2 * (table->count + 1) > table->room && !grow(table))
        return NULL;
    struct id_entry *entry = slot_of(table->entry, table->room, print, nth);
    if (!entry->used) {
        *entry = (struct id_entry){.print = *print, .nth = nth, .used = true};
        table->count++;
    }
    return entry;
}

struct id_entry *
id_table_load(struct id_table *table, const struct fingerprint *print)
{
    struct id_entry *first = obtain(table, print, 0);

    return first ? obtain(table, print, first->loaded++) : NULL;
}

struct id_entry *
id_table_ask(struct id_table *table, const struct fingerprint *print)
{
    struct id_entry *first = obtain(table, print, 0);

    return first ? obtain(table, print, first->asked++) : NULL;
}

void
id_table_done(struct id_table *table)
{
    free(table->entry);
    *table = (struct id_table){0};
}
