/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/rows.h"

#include <inttypes.h>
#include <stdio.h>

#include "proto/date.h"

void
rows_init(struct rows *rows, struct arena *arena)
{
    *rows = (struct rows){.arena = arena};
}

void
rows_begin(struct rows *rows, const char *kind)
{
    if (!rows->record)
        rows->record = arena_take(rows->arena, ROWS_MAX * sizeof *rows->record);
    rows->field = arena_take(rows->arena, FIELDS_MAX * sizeof *rows->field);
    if (!rows->record || !rows->field || rows->count == ROWS_MAX) {
        rows->failed = true;
        return;
    }
    rows->record[rows->count++] =
        (struct record){.kind = kind, .content = {.field = rows->field}};
}

void
rows_put(struct rows *rows, const char *name, const char *value)
{
    if (rows->failed || !value || !*value)
        return;
    struct content *content = &rows->record[rows->count - 1].content;
    const char *kept = arena_text(rows->arena, value);
    if (!kept || content->field_count == FIELDS_MAX) {
        rows->failed = true;
        return;
    }
    rows->field[content->field_count++] = (struct field){name, kept};
}

void
rows_put_number(struct rows *rows, const char *name, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, value);
    rows_put(rows, name, text);
}

void
rows_put_moment(struct rows *rows, const char *name, int64_t moment)
{
    char text[25];
    if (moment == 0)
        return;
    moment_print(moment, text);
    rows_put(rows, name, text);
}
