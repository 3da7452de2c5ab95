/* SPDX-License-Identifier: Apache-2.0 */
/* The matrix on a terminal: a letter for each lane, in as many pieces as the
 * width asks for. */
#include <string.h>

#include "jurist/matrix.h"
#include "jurist/screen.h"
#include "jurist/words.h"

#define WIDTH      79
#define NAME_WIDTH 8
#define CELL_WIDTH 7
#define PAIR_WIDTH 18

struct drawing {
    const struct matrix *matrix;
    FILE *out;
    size_t width;
    bool colour;
};

/* --- colours -------------------------------------------------------------- */

static const char *
colour_of(enum row row)
{
    static const char *const colours[ROW_COUNT] = {
        "1;31", "1;34", "36", "32", "33", "35", "2",
    };

    return colours[row];
}

static void
put_row(const struct drawing *drawing, enum row row, const char *text)
{
    if (drawing->colour)
        fprintf(drawing->out, "\033[%sm%s\033[0m", colour_of(row), text);
    else
        fputs(text, drawing->out);
}

static void
put_head(const struct drawing *drawing, const char *text, size_t width)
{
    fprintf(drawing->out, drawing->colour ? "\033[1m%s\033[0m" : "%s", text);
    screen_pad(drawing->out, width > strlen(text) ? width - strlen(text) : 0);
}

/* --- cells ---------------------------------------------------------------- */

/* Bits by row of the rules that the cell holds; those that are off aside. */
static unsigned int
rows_of(const struct matrix *matrix, int from, int to)
{
    unsigned int rows = 0;

    for (size_t i = 0; i < matrix->texts->rule_count; i++)
        if (matrix_has(matrix, i, from, to))
            rows |= 1U << row_find(matrix->texts->rule[i].lane);
    return rows & ~(1U << ROW_OFF);
}

static void
draw_cell(const struct drawing *drawing, int from, int to)
{
    const unsigned int rows = rows_of(drawing->matrix, from, to);
    size_t used = 0;

    for (unsigned int row = 0; row < ROW_OFF; row++) {
        const char letter[2] = {row_letter((enum row)row), '\0'};
        if (!(rows >> row & 1))
            continue;
        put_row(drawing, (enum row)row, letter);
        used++;
    }
    if (used == 0) {
        fputc('.', drawing->out);
        used++;
    }
    screen_pad(drawing->out, CELL_WIDTH - used);
}

static void
draw_piece(const struct drawing *drawing, int first, int last)
{
    put_head(drawing, "", NAME_WIDTH);
    for (int to = first; to < last; to++)
        put_head(drawing, kind_name((enum institution_kind)to), CELL_WIDTH);
    fputc('\n', drawing->out);
    for (int from = 0; from < KIND_COUNT; from++) {
        put_head(drawing, kind_name((enum institution_kind)from), NAME_WIDTH);
        for (int to = first; to < last; to++)
            draw_cell(drawing, from, to);
        fputc('\n', drawing->out);
    }
}

static void
draw_table(const struct drawing *drawing)
{
    const size_t fits = (drawing->width - NAME_WIDTH) / CELL_WIDTH;
    const int step = fits < KIND_COUNT ? (int)fits : (int)KIND_COUNT;

    for (int first = 0; first < KIND_COUNT; first += step) {
        if (first > 0)
            fputc('\n', drawing->out);
        draw_piece(drawing, first,
                   first + step < KIND_COUNT ? first + step : KIND_COUNT);
    }
}

/* --- what stands below ---------------------------------------------------- */

static void
draw_legend(const struct drawing *drawing)
{
    fputs("\nA row tells, a column is told.\n", drawing->out);
    for (unsigned int row = 0; row < ROW_OFF; row++) {
        const char letter[2] = {row_letter((enum row)row), '\0'};
        fputs("  ", drawing->out);
        put_row(drawing, (enum row)row, letter);
        fprintf(drawing->out, "  %-9s", row_name((enum row)row));
        screen_wrap(drawing->out, row_meaning((enum row)row), 14,
                    drawing->width);
    }
}

/* "release R11 R12; cii R14" */
static void
name_rules(const struct drawing *drawing, struct buffer *text,
           bool (*has)(const struct matrix *matrix, size_t rule, int from,
                       int to),
           int from, int to)
{
    const struct matrix *matrix = drawing->matrix;
    enum row before = ROW_COUNT;

    for (size_t i = 0; i < matrix->texts->rule_count; i++) {
        const struct rule_text *rule = &matrix->texts->rule[matrix->order[i]];
        const enum row row = row_find(rule->lane);
        if (!has(matrix, matrix->order[i], from, to))
            continue;
        if (row != before)
            buffer_append_format(text, "%s%s", before == ROW_COUNT ? "" : "; ",
                                 row_name(row));
        buffer_append_format(text, " %s", rule->id);
        if (rule->canton) {
            buffer_append_text(text, "/");
            canton_print(rule->canton, text);
        }
        before = row;
    }
}

static void
list_pair(const struct drawing *drawing, int from, int to)
{
    cii_auto(buffer_done) struct buffer rules = {0};

    name_rules(drawing, &rules, matrix_has, from, to);
    if (rules.size == 0)
        return;
    const int used = fprintf(drawing->out, "%s -> %s",
                             kind_name((enum institution_kind)from),
                             kind_name((enum institution_kind)to));
    screen_pad(drawing->out, PAIR_WIDTH - (size_t)used);
    screen_wrap(drawing->out, buffer_text(&rules), PAIR_WIDTH, drawing->width);
}

static bool
is_for_everybody(const struct matrix *matrix, size_t rule, int from, int to)
{
    (void)from;
    (void)to;
    return matrix_is_general(matrix, rule) && matrix_shows(matrix, rule);
}

static void
list_general(const struct drawing *drawing)
{
    cii_auto(buffer_done) struct buffer rules = {0};

    name_rules(drawing, &rules, is_for_everybody, 0, 0);
    if (rules.size == 0)
        return;
    fputs("\nBetween everybody, and in no cell:\n  ", drawing->out);
    screen_wrap(drawing->out, buffer_text(&rules), 2, drawing->width);
}

void
matrix_print(const struct matrix *matrix, bool rules, FILE *out)
{
    const struct drawing drawing = {
        .matrix = matrix,
        .out = out,
        .width = screen_width(out, WIDTH),
        .colour = screen_has_colour(out),
    };

    draw_table(&drawing);
    draw_legend(&drawing);
    if (rules)
        fputc('\n', out);
    for (int from = 0; rules && from < KIND_COUNT; from++)
        for (int to = 0; to < KIND_COUNT; to++)
            list_pair(&drawing, from, to);
    list_general(&drawing);
    if (rules)
        return;
    fputc('\n', out);
    screen_wrap(out,
                "The rules of each pair: --verbose; one rule: show RULE; as a "
                "page: --html FILE",
                0, drawing.width);
}
