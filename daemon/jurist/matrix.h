/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JURIST_MATRIX_H
#define JURIST_MATRIX_H

/*
 * Who may tell whom: a row for each kind of institution that tells, a column
 * for each that is told, in each cell the rules that speak of the two, in the
 * order in which they are tried. A rule between everybody and everybody
 * stands beside the cells, or each of them would hold it.
 */

#include <stdio.h>

#include "conf/rules_file.h"
#include "law/law.h"

struct matrix {
    const struct rule_texts *texts; /* borrowed, as all here */
    const struct law *law;          /* sealed; made of the texts */
    const struct catalogue *catalogue;
    const char *folder;
    int type;           /* only rules that speak of this event; -1: all */
    const char *canton; /* only federal rules and those of this canton; NULL:
                           all */
    size_t *order;      /* owned; every rule, as they are tried */
};

cii_must_check enum cii_code matrix_init(struct matrix *matrix,
                                         struct cii_error *err);
void matrix_done(struct matrix *matrix);

/* Of what is asked for? */
bool matrix_shows(const struct matrix *matrix, size_t rule);
bool matrix_is_general(const struct matrix *matrix, size_t rule);
/* Does the cell hold it? */
bool matrix_has(const struct matrix *matrix, size_t rule, int from, int to);
bool rule_has_event(const struct matrix *matrix, size_t rule, int type);

struct json;

void matrix_print(const struct matrix *matrix, bool rules, FILE *out);
void matrix_put_json(const struct matrix *matrix, struct json *json);
void matrix_print_page(const struct matrix *matrix, const char *today,
                       FILE *out);

#endif
