/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROPERTY_ENGINE_H
#define PROPERTY_ENGINE_H

/*
 * The engine as the daemon uses it: the shipped rules, a book of statements,
 * a question, a verdict.
 */

#include "law/law.h"
#include "legal/book.h"
#include "world.h"

/* Which rules: as they ship, or with the law of one canton (ge) beside them. */
enum engine_rules {
    ENGINE_SHIPPED,
    ENGINE_CANTON,
    ENGINE_RULES
};

struct engine;

/* Ends the program with a sentence when something cannot be read. */
struct engine *engine_new(void);
void engine_destroy(struct engine *engine);
const struct catalogue *engine_catalogue(const struct engine *engine);

/* Another office, that knows nothing yet. */
void engine_begin(struct engine *engine, const char *us,
                  enum engine_rules rules);
/* It is accepted: in the book from here on. */
void engine_know(struct engine *engine, const struct telling *telling);
/* The partner has it in our stream. */
void engine_tell(struct engine *engine, const struct telling *telling,
                 const char *partner);

struct engine_verdict {
    struct judgement judgement;
    const char *rule; /* its id; "" none */
    const char *ground;
};

struct engine_verdict engine_judge(struct engine *engine,
                                   const struct world_question *asked, int day,
                                   uint64_t original);

/* Whether a field's value is one that a facet may hold. */
bool engine_takes(const struct engine *engine, const struct telling *telling);

#endif
