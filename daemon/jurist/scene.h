/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JURIST_SCENE_H
#define JURIST_SCENE_H

/*
 * A case of a table, made into the question that judge() answers.
 */

#include "jurist/facts.h"
#include "jurist/tables.h"
#include "law/law.h"

#define SCENE_GIVEN_MAX 64

struct scene {
    const struct catalogue *catalogue; /* borrowed */
    struct arena *arena;               /* owned */
    struct case_whole whole;           /* borrows from its table */
    bool pilot;                        /* under which the case is judged */
    struct law_question question;
    const struct content *content[CATALOGUE_FACETS_MAX];
    size_t given_count;
    struct law_statement given[SCENE_GIVEN_MAX];
    const char *given_name[SCENE_GIVEN_MAX];
    const struct law_statement *list[SCENE_GIVEN_MAX];
    struct event_id reply;
};

/* The arena of all the scenes that one after the other are set in it. */
cii_must_check enum cii_code scene_new(struct scene **scene,
                                       const struct catalogue *catalogue,
                                       struct cii_error *err);
void scene_destroy(struct scene **scene);

/* CONFIG or INVALID, with file and line, when there can be no such case. The
 * table is borrowed. */
cii_must_check enum cii_code scene_set(struct scene *scene,
                                       const struct table *table, size_t number,
                                       struct cii_error *err);

#endif
