/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JURIST_FACTS_H
#define JURIST_FACTS_H

/*
 * What an event or a statement says, written as "facet.field=value" and made
 * into contents as the law reads them.
 */

#include "proto/catalogue.h"
#include "proto/event.h"

#define FACTS_MAX 256

struct facts {
    const struct catalogue *catalogue; /* borrowed */
    size_t count;

    struct fact {
        int facet;
        int field;
        const char *value; /* borrowed */
    } fact[FACTS_MAX];
};

/*
 * Adds or replaces one; a fact without a value takes it away, and a facet's
 * name without a field takes away the facet. INVALID with the nearest name.
 */
cii_must_check enum cii_code facts_set(struct facts *facts, const char *text,
                                       struct cii_error *err);

uint64_t facts_facets(const struct facts *facts);

/* INVALID unless an event of this type may say this; `whole`: and says all
 * that it must. */
cii_must_check enum cii_code facts_check(const struct facts *facts,
                                         const struct type_def *type,
                                         bool whole, struct cii_error *err);

/* The content of one facet, in the arena; NULL: no memory. */
const struct content *facts_content(const struct facts *facts, int facet,
                                    struct arena *arena);

#endif
