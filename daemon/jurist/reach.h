/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JURIST_REACH_H
#define JURIST_REACH_H

/*
 * Can a rule ever be taken? Not where others that are tried before it always
 * carry the event or bar the lanes behind them, whatever is true of the
 * event and whatever is stated. Whether its needs can be true at all is not
 * asked here.
 */

#include "conf/rules_file.h"
#include "law/law.h"

struct reach {
    const struct law *law;             /* borrowed; sealed */
    const struct rule_texts *texts;    /* borrowed; of which it was built */
    const struct catalogue *catalogue; /* borrowed */
};

/* `before` gets the number of a rule that comes before it everywhere, or -1
 * where it takes several. */
bool reach_has(const struct reach *reach, size_t number, int *before);

/* First and last day in force, days since 1970; INT64_MIN and INT64_MAX where
 * there is none. */
void rule_days(const struct rule_text *rule, int64_t *first, int64_t *last);

#endif
