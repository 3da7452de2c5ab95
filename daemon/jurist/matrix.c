/* SPDX-License-Identifier: Apache-2.0 */
#include "jurist/matrix.h"

#include <stdlib.h>
#include <string.h>

#include "jurist/json.h"
#include "jurist/words.h"

/* As judge() tries them: row by row, in a row by id. */
static int
compare(const void *a, const void *b, void *context)
{
    const struct rule_text *rule = ((const struct rule_texts *)context)->rule;
    const struct rule_text *left = &rule[*(const size_t *)a];
    const struct rule_text *right = &rule[*(const size_t *)b];
    const enum row left_row = row_find(left->lane);
    const enum row right_row = row_find(right->lane);

    if (left_row != right_row)
        return left_row < right_row ? -1 : 1;
    return strcmp(left->id, right->id);
}

enum cii_code
matrix_init(struct matrix *matrix, struct cii_error *err)
{
    const struct rule_texts *texts = matrix->texts;

    matrix->order = calloc(texts->rule_count + 1, sizeof *matrix->order);
    if (!matrix->order)
        return cii_fail(err, CII_MEMORY, "no memory for the matrix");
    for (size_t i = 0; i < texts->rule_count; i++)
        matrix->order[i] = i;
    qsort_r(matrix->order, texts->rule_count, sizeof *matrix->order, compare,
            (void *)(uintptr_t)texts);
    return CII_OK;
}

void
matrix_done(struct matrix *matrix)
{
    free(matrix->order);
    matrix->order = NULL;
}

bool
rule_has_event(const struct matrix *matrix, size_t rule, int type)
{
    for (int from = 0; from < KIND_COUNT; from++)
        for (int to = 0; to < KIND_COUNT; to++)
            if (law_rule_speaks(matrix->law, rule, from, to, type))
                return true;
    return false;
}

bool
matrix_shows(const struct matrix *matrix, size_t rule)
{
    const char *canton = matrix->texts->rule[rule].canton;

    if (matrix->canton && canton && strcmp(matrix->canton, canton) != 0)
        return false;
    return matrix->type < 0 || rule_has_event(matrix, rule, matrix->type);
}

bool
matrix_is_general(const struct matrix *matrix, size_t rule)
{
    const struct rule_text *text = &matrix->texts->rule[rule];

    return names_have(text->from, "any") && names_have(text->to, "any");
}

static bool
names_kind(char *const *names, int kind)
{
    return names_have(names, "any") ||
           names_have(names, kind_name((enum institution_kind)kind));
}

bool
matrix_has(const struct matrix *matrix, size_t rule, int from, int to)
{
    const struct rule_text *text = &matrix->texts->rule[rule];

    return !matrix_is_general(matrix, rule) && matrix_shows(matrix, rule) &&
           names_kind(text->from, from) && names_kind(text->to, to);
}

/* --- as JSON -------------------------------------------------------------- */

static void
put_rule(const struct matrix *matrix, struct json *json, size_t rule)
{
    const struct rule_text *text = &matrix->texts->rule[rule];

    json_object(json, NULL);
    json_text(json, "rule", text->id);
    json_text(json, "lane", text->lane);
    json_text(json, "citation", text->citation);
    json_text(json, "canton", text->canton);
    json_bool(json, "signed_off", text->checked_by && *text->checked_by);
    json_list(json, "events");
    for (size_t i = 0; i < names_count(text->events); i++)
        json_text(json, NULL, text->events[i]);
    json_end_list(json);
    json_list(json, "facets");
    for (size_t i = 0; i < names_count(text->facets); i++)
        json_text(json, NULL, text->facets[i]);
    json_end_list(json);
    json_end_object(json);
}

static void
put_cell(const struct matrix *matrix, struct json *json, int from, int to)
{
    bool open = false;

    for (size_t i = 0; i < matrix->texts->rule_count; i++) {
        const size_t rule = matrix->order[i];
        if (!matrix_has(matrix, rule, from, to))
            continue;
        if (!open) {
            json_object(json, NULL);
            json_text(json, "from", kind_name((enum institution_kind)from));
            json_text(json, "to", kind_name((enum institution_kind)to));
            json_list(json, "rules");
            open = true;
        }
        json_text(json, NULL, matrix->texts->rule[rule].id);
    }
    if (!open)
        return;
    json_end_list(json);
    json_end_object(json);
}

void
matrix_put_json(const struct matrix *matrix, struct json *json)
{
    json_object(json, NULL);
    json_list(json, "cells");
    for (int from = 0; from < KIND_COUNT; from++)
        for (int to = 0; to < KIND_COUNT; to++)
            put_cell(matrix, json, from, to);
    json_end_list(json);
    json_list(json, "everybody");
    for (size_t i = 0; i < matrix->texts->rule_count; i++)
        if (matrix_is_general(matrix, matrix->order[i]) &&
            matrix_shows(matrix, matrix->order[i]))
            json_text(json, NULL, matrix->texts->rule[matrix->order[i]].id);
    json_end_list(json);
    json_list(json, "rules");
    for (size_t i = 0; i < matrix->texts->rule_count; i++)
        if (matrix_shows(matrix, matrix->order[i]))
            put_rule(matrix, json, matrix->order[i]);
    json_end_list(json);
    json_end_object(json);
}
