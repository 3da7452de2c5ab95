/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JURIST_FINDINGS_H
#define JURIST_FINDINGS_H

/*
 * What is wrong with a folder of rules, each with its place: errors, with
 * which nothing loads, and warnings, with which it does.
 */

#include <stdbool.h>
#include <stddef.h>

#include "cii/error.h"

struct findings {
    struct finding {
        char *file; /* owned */
        int line;   /* 0: the file as a whole */
        bool error;
        char *what; /* owned */
        size_t number;
    } * item; /* owned */

    size_t count;
    size_t error_count;
    bool full; /* no memory: some are missing */
};

void findings_done(struct findings *findings);

void findings_warn(struct findings *findings, const char *file, int line,
                   const char *format, ...) cii_printf(4, 5);
/* What loading said: a place that it begins with is taken off and kept; else
 * it is of file and line. */
void findings_add_error(struct findings *findings, const char *file, int line,
                        const struct cii_error *err);
/* By file and line; what is of the same place stays as it was found. */
void findings_sort(struct findings *findings);

#endif
