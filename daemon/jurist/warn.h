/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JURIST_WARN_H
#define JURIST_WARN_H

/*
 * What loads, and yet is hardly what its author means.
 */

#include "conf/rules_file.h"
#include "jurist/findings.h"
#include "law/law.h"

struct warning {
    const struct rule_texts *texts; /* borrowed, as all here */
    const struct law *law;          /* sealed; made of the texts */
    const struct catalogue *catalogue;
    struct findings *findings;
    int64_t today; /* days since 1970 */
};

/* Rules one by one, and beside one another. */
void warn_of_rules(const struct warning *warning);
/* Predicates, cantonal bases, and who asks for them. */
void warn_of_predicates(const struct warning *warning);

#endif
