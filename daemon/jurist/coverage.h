/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JURIST_COVERAGE_H
#define JURIST_COVERAGE_H

/*
 * What the cases show of every rule: that it lets through, that it refuses,
 * and that each of its needs matters by itself. A case that came out otherwise
 * than expected shows nothing. Nobody is asked for what there cannot be: a rule
 * that waits for a canton's basis lets nothing through, and of its needs only
 * that basis can fail alone; one that is certain refuses nothing.
 */

#include "jurist/trial.h"

#define COVERAGE_NEEDS_MAX 32

struct coverage {
    struct shown {
        bool transmits;
        bool refuses;
        uint32_t needs; /* bits: shown to fail alone */
    } * rule;           /* owned; by number */

    size_t rule_count;
};

cii_must_check enum cii_code coverage_init(struct coverage *coverage,
                                           const struct law *law,
                                           struct cii_error *err);
void coverage_done(struct coverage *coverage);

void coverage_note(struct coverage *coverage, struct trial *trial);

/* Calls for each thing that no case shows; returns how many. */
size_t coverage_missing(const struct coverage *coverage, const struct law *law,
                        void (*say)(void *context,
                                    const struct law_rule_view *rule,
                                    const char *what),
                        void *context);

#endif
