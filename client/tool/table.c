/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tool/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "client/tool/text.h"
#include "client/tool/tool.h"
#include "proto/bytes.h"

#define BLOCK_ROWS 1000
#define GAP        2
#define NARROWEST  6
#define READABLE   14 /* narrower only where nothing can be spared */

struct row {
    char *cell[COLUMNS_MAX]; /* owned */
    char *note;              /* owned, or NULL */
};

struct table {
    const struct tool *tool;     /* borrowed */
    const struct column *column; /* borrowed */
    size_t column_count;
    bool begun;                /* the head is out and the widths stand */
    size_t width[COLUMNS_MAX]; /* 0: left out */
    size_t printed;
    size_t row_count;
    struct row row[BLOCK_ROWS];
};

static void
clear_rows(struct table *table)
{
    for (size_t i = 0; i < table->row_count; i++) {
        for (size_t j = 0; j < table->column_count; j++)
            free(table->row[i].cell[j]);
        free(table->row[i].note);
        table->row[i] = (struct row){0};
    }
    table->row_count = 0;
}

enum cii_code
table_new(struct table **table, const struct tool *tool,
          const struct column *column, struct cii_error *err)
{
    struct table *made = calloc(1, sizeof *made);

    if (!made)
        return cii_fail(err, CII_MEMORY, "no memory for a table");
    made->tool = tool;
    made->column = column;
    while (column[made->column_count].title)
        made->column_count++;
    assert(made->column_count <= COLUMNS_MAX);
    *table = made;
    return CII_OK;
}

void
table_destroy(struct table **table)
{
    if (!*table)
        return;
    clear_rows(*table);
    free(*table);
    *table = NULL;
}

/* --- printing ----------------------------------------------------------- */

static void
measure(struct table *table)
{
    for (size_t j = 0; j < table->column_count; j++) {
        table->width[j] = text_width(table->column[j].title);
        for (size_t i = 0; i < table->row_count; i++) {
            const size_t width = text_width(table->row[i].cell[j]);
            if (width > table->width[j])
                table->width[j] = width;
        }
    }
}

static size_t
total_width(const struct table *table)
{
    size_t total = 0;

    for (size_t j = 0; j < table->column_count; j++)
        if (table->width[j] > 0)
            total += table->width[j] + (total > 0 ? GAP : 0);
    return total;
}

/* The widest column that may be cut to the floor, or column_count. */
static size_t
widest_column(const struct table *table, size_t floor)
{
    size_t widest = table->column_count;

    for (size_t j = 0; j < table->column_count; j++) {
        const enum column_form form = table->column[j].form;
        if (form == COLUMN_ID || form == COLUMN_MOMENT ||
            table->width[j] <= floor)
            continue;
        if (widest == table->column_count ||
            table->width[j] >= table->width[widest])
            widest = j;
    }
    return widest;
}

/* The last column that can be spared, or column_count. */
static size_t
spare_column(const struct table *table)
{
    for (size_t j = table->column_count; j > 0; j--)
        if (table->column[j - 1].spare && table->width[j - 1] > 0)
            return j - 1;
    return table->column_count;
}

/*
 * Cuts the widest while it stays readable, then leaves out what can be
 * spared, then cuts further; what is still too wide is for the terminal to
 * break.
 */
static void
fit(struct table *table)
{
    while (table->tool->width > 0 && total_width(table) > table->tool->width) {
        const size_t none = table->column_count;
        const size_t spare = spare_column(table);
        const size_t widest =
            widest_column(table, spare < none ? READABLE : NARROWEST);
        if (widest < none)
            table->width[widest]--;
        else if (spare < none)
            table->width[spare] = 0;
        else
            return;
    }
}

static void
print_cell(const struct table *table, size_t j, const char *text,
           enum colour colour)
{
    FILE *out = table->tool->out;
    bool last = true;

    if (table->width[j] == 0)
        return;
    for (size_t k = j + 1; k < table->column_count; k++)
        last = last && table->width[k] == 0;
    colour_begin(out, table->tool->colour, colour);
    const size_t used = text_put(out, text, table->width[j]);
    colour_end(out, table->tool->colour, colour);
    if (!last)
        text_pad(out, table->width[j] - used + GAP);
}

static void
print_row(const struct table *table, const struct row *row)
{
    for (size_t j = 0; j < table->column_count; j++)
        print_cell(table, j, row->cell[j],
                   table->column[j].form == COLUMN_VERDICT
                       ? verdict_colour(row->cell[j])
                       : COLOUR_NONE);
    putc('\n', table->tool->out);
    if (row->note) {
        fputs("  ", table->tool->out);
        text_wrap(table->tool->out, row->note, 2, table->tool->width);
    }
}

static void
print_block(struct table *table)
{
    if (!table->begun) {
        measure(table);
        fit(table);
        for (size_t j = 0; j < table->column_count; j++)
            print_cell(table, j, table->column[j].title, COLOUR_BOLD);
        putc('\n', table->tool->out);
        table->begun = true;
    }
    for (size_t i = 0; i < table->row_count; i++)
        print_row(table, &table->row[i]);
    table->printed += table->row_count;
    clear_rows(table);
}

size_t
table_end(struct table *table)
{
    if (table->row_count > 0)
        print_block(table);
    return table->printed;
}

/* --- filling ------------------------------------------------------------ */

static enum cii_code
no_memory(struct cii_error *err)
{
    return cii_fail(err, CII_MEMORY, "no memory for a table");
}

enum cii_code
table_add(struct table *table, const char *const *cell, struct cii_error *err)
{
    if (table->row_count == BLOCK_ROWS)
        print_block(table);

    struct row *row = &table->row[table->row_count++];
    for (size_t j = 0; j < table->column_count; j++) {
        /* NOLINTNEXTLINE(clang-analyzer-core.*): there are column_count */
        row->cell[j] = strdup(cell[j]);
        if (!row->cell[j]) {
            clear_rows(table);
            return no_memory(err);
        }
    }
    return CII_OK;
}

enum cii_code
table_note(struct table *table, const char *text, struct cii_error *err)
{
    assert(table->row_count > 0);

    struct row *row = &table->row[table->row_count - 1];
    free(row->note);
    row->note = strdup(text);
    return row->note ? CII_OK : no_memory(err);
}

static void
append_joined(struct buffer *buffer, const char *separator, const char *text)
{
    if (*text == '\0')
        return;
    if (buffer->size > 0)
        buffer_append_text(buffer, separator);
    buffer_append_text(buffer, text);
}

/* "756.1234.5678.97 Rochat Anne 1990-03-14", as far as it is known. */
static void
show_person(const struct cii_record *record, struct buffer *buffer)
{
    static const char *const names[] = {"identity.avs", "identity.officialName",
                                        "identity.firstName",
                                        "identity.dateOfBirth"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        append_joined(buffer, " ", cii_record_get(record, names[i]));
    for (size_t i = 0; i < record->field_count && buffer->size == 0; i++)
        if (!strncmp(record->field[i].name, "identity.", 9))
            append_joined(buffer, " ", record->field[i].value);
}

static void
show_fields(const struct cii_record *record, struct buffer *buffer)
{
    for (size_t i = 0; i < record->field_count; i++) {
        const char *name = record->field[i].name;
        const char *dot = strchr(name, '.');
        if (!dot || !strncmp(name, "identity.", 9))
            continue;
        append_joined(buffer, ", ", dot + 1);
        buffer_append_text(buffer, "=");
        buffer_append_text(buffer, record->field[i].value);
    }
}

static void
show_cell(const struct column *column, const struct cii_record *record,
          struct buffer *buffer)
{
    char moment[32];

    switch (column->form) {
    case COLUMN_PERSON:
        show_person(record, buffer);
        return;
    case COLUMN_FIELDS:
        show_fields(record, buffer);
        return;
    case COLUMN_MOMENT:
        moment_show(cii_record_get(record, column->field), moment);
        buffer_append_text(buffer, moment);
        return;
    case COLUMN_TEXT:
    case COLUMN_ID:
    case COLUMN_VERDICT:
        buffer_append_text(buffer, cii_record_get(record, column->field));
        return;
    }
}

enum cii_code
table_add_record(struct table *table, const struct cii_record *record,
                 struct cii_error *err)
{
    struct buffer shown[COLUMNS_MAX] = {0};
    const char *cell[COLUMNS_MAX];

    for (size_t j = 0; j < table->column_count; j++) {
        show_cell(&table->column[j], record, &shown[j]);
        cell[j] = buffer_text(&shown[j]);
    }
    const enum cii_code code = table_add(table, cell, err);
    for (size_t j = 0; j < table->column_count; j++)
        buffer_done(&shown[j]);
    return code;
}
