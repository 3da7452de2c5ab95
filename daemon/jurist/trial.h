/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JURIST_TRIAL_H
#define JURIST_TRIAL_H

/*
 * One case, judged by the engine itself, and compared with what its author
 * expects.
 */

#include "jurist/scene.h"
#include "law/law.h"

struct trial {
    const struct law *law;      /* borrowed */
    const struct scene *scene;  /* borrowed */
    struct judgement judgement; /* borrows from both */
    int rule;                   /* that the case is about; -1: none */
    struct buffer explanation;  /* owned */
    struct buffer wrong;        /* owned; what came otherwise; "" nothing */
};

void trial_done(struct trial *trial);

/* CONFIG, with file and line, when the case names what the law has not. */
cii_must_check enum cii_code trial_hold(struct trial *trial,
                                        const struct law *law,
                                        const struct scene *scene,
                                        struct cii_error *err);
bool trial_is_right(const struct trial *trial);

/* Was the rule that the case is about tried, or is it the one that decided? */
bool trial_reached_rule(const struct trial *trial);
/* The one need of that rule that is not true; -1: none, or several. */
int trial_lone_need(const struct trial *trial);
/* "refuse, predicate: ..." */
void trial_print_answer(const struct trial *trial, struct buffer *text);
/* The case as one sentence. */
void trial_print_case(struct trial *trial, struct buffer *text);

#endif
