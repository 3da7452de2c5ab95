/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TOOL_OUTCOME_H
#define CLIENT_TOOL_OUTCOME_H

/*
 * What became of an event that was sent, for people and for programs.
 */

#include "client/tool/tool.h"

/* "stored", "known", "refused" or "unknown". */
const char *outcome_result(enum cii_code code);
/* One line of JSON; line 0: not one of many. */
void outcome_print_json(const struct tool *tool,
                        const struct cii_outcome *outcome);
/* "line 3, identity.avs: the check digit is wrong", on err. */
void outcome_print_refusal(const struct tool *tool,
                           const struct cii_outcome *outcome);
/* All of that for an event that was sent alone: "stored: ID", behind it the
 * label where there is one, and its verdicts; or why it was refused. */
cii_must_check enum cii_code outcome_print(const struct tool *tool,
                                           const struct cii_outcome *outcome,
                                           bool dry_run, const char *label,
                                           struct cii_error *err);
/* A table of verdicts: who gets what, and why not. */
cii_must_check enum cii_code outcome_print_verdicts(
    const struct tool *tool, const struct cii_outcome *outcome,
    struct cii_error *err);

#endif
