/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tool/rows.h"

#include <stdlib.h>
#include <string.h>

#include "client/tool/text.h"
#include "client/tool/tool.h"

#define ROWS_ARENA    ((size_t)512 * 1024 * 1024)
#define MOMENT_LENGTH 24 /* 2026-12-31T23:59:59.123Z */

/* --- JSON --------------------------------------------------------------- */

/* The object that holds names after the dot, made when it is not there. */
static json_t *
nest(json_t *object, const char *name, size_t length)
{
    char key[256];

    if (length >= sizeof key)
        return NULL;
    memcpy(key, name, length);
    key[length] = '\0';
    json_t *inner = json_object_get(object, key);
    if (!inner) {
        inner = json_object();
        if (!inner || json_object_set_new(object, key, inner) < 0)
            return NULL;
    }
    return json_is_object(inner) ? inner : NULL;
}

static bool
put_field(json_t *object, const struct cii_field *field)
{
    const char *dot = strchr(field->name, '.');
    json_t *into = object;
    const char *name = field->name;

    if (dot) {
        json_t *inner = nest(object, name, (size_t)(dot - name));
        into = inner ? inner : object;
        name = inner ? dot + 1 : name;
    }
    return json_object_set_new(into, name, json_string(field->value)) == 0;
}

json_t *
record_to_json(const struct cii_record *record)
{
    json_t *object = json_pack("{s:s}", "kind", record->kind);
    bool good = object != NULL;

    for (size_t i = 0; i < record->field_count && good; i++)
        good = put_field(object, &record->field[i]);
    if (good)
        return object;
    json_decref(object);
    return NULL;
}

/* A verdict of a pilot never stands without this. */
static void
mark_pilot(const struct tool *tool, json_t *object)
{
    if (tool->home.pilot &&
        (json_object_get(object, "verdict") ||
         json_object_get(object, "verdicts") || json_object_get(object, "was")))
        (void)json_object_set_new(object, "profile", json_string("pilot"));
}

void
json_put_line(const struct tool *tool, json_t *object)
{
    if (!object) {
        fputs("{\"error\":\"MEMORY\"}\n", tool->out);
        return;
    }
    mark_pilot(tool, object);
    (void)json_dumpf(object, tool->out, JSON_COMPACT);
    putc('\n', tool->out);
    json_decref(object);
}

/* --- a block ------------------------------------------------------------ */

static size_t
widest_name(const struct cii_record *record, const char *hidden)
{
    size_t widest = 0;

    for (size_t i = 0; i < record->field_count; i++) {
        const size_t width = text_width(record->field[i].name);
        if (!words_hold(hidden, record->field[i].name) && width > widest)
            widest = width;
    }
    return widest;
}

void
record_print_block(const struct tool *tool, const struct cii_record *record,
                   const char *hidden)
{
    const size_t widest = widest_name(record, hidden);

    for (size_t i = 0; i < record->field_count; i++) {
        const struct cii_field *field = &record->field[i];
        if (words_hold(hidden, field->name))
            continue;
        fputs("  ", tool->out);
        const size_t used = text_put(tool->out, field->name, 0);
        text_pad(tool->out, widest - used + 2);
        char moment[32];
        moment_show(field->value, moment);
        const bool is_moment = strlen(field->value) == MOMENT_LENGTH;
        text_wrap(tool->out, is_moment ? moment : field->value, widest + 4,
                  tool->width);
    }
}

/* --- kept rows ---------------------------------------------------------- */

enum cii_code
rows_init(struct rows *rows, struct cii_error *err)
{
    *rows = (struct rows){0};
    return arena_new(&rows->arena, ROWS_ARENA, err);
}

void
rows_done(struct rows *rows)
{
    free(rows->record);
    arena_destroy(&rows->arena);
    *rows = (struct rows){0};
}

static bool
make_room(struct rows *rows)
{
    if (rows->count < rows->room)
        return true;
    const size_t room = rows->room ? 2 * rows->room : 64;
    struct cii_record *record =
        reallocarray(rows->record, room, sizeof *record);
    if (!record)
        return false;
    rows->record = record;
    rows->room = room;
    return true;
}

static bool
copy_record(struct rows *rows, const struct cii_record *record)
{
    const size_t count = record->field_count;
    struct cii_field *field =
        arena_take(rows->arena, count * sizeof *field + 1);
    const char *kind = arena_text(rows->arena, record->kind);

    if (!field || !kind || !make_room(rows))
        return false;
    for (size_t i = 0; i < count; i++) {
        field[i].name = arena_text(rows->arena, record->field[i].name);
        field[i].value = arena_text(rows->arena, record->field[i].value);
        if (!field[i].name || !field[i].value)
            return false;
    }
    rows->record[rows->count++] =
        (struct cii_record){.kind = kind, .field_count = count, .field = field};
    return true;
}

bool
rows_keep(void *context, const struct cii_record *record)
{
    struct rows *rows = context;

    if (copy_record(rows, record))
        return true;
    rows->code = CII_MEMORY;
    return false;
}

enum cii_code
rows_ask(struct rows *rows, struct tool *tool, const char *verb,
         const struct cii_field *argument, size_t argument_count,
         struct cii_error *err)
{
    CII_TRY(tool_connect(tool, err));
    CII_TRY(cii_ask(tool->client, verb, argument, argument_count, rows_keep,
                    rows, err));
    if (rows->code != CII_OK)
        return cii_fail(err, rows->code, "no memory for the answer");
    return CII_OK;
}

enum cii_code
rows_print_json(const struct rows *rows, const struct tool *tool)
{
    for (size_t i = 0; i < rows->count; i++)
        json_put_line(tool, record_to_json(&rows->record[i]));
    return CII_OK;
}
