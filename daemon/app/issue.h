/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_ISSUE_H
#define APP_ISSUE_H

/*
 * What an office states becomes an event: checked against the catalogue,
 * built, signed together with all others of the turn, stored, judged for
 * every concerned partner, and put into their streams.
 */

#include "app/control.h"
#include "app/peer.h"

cii_must_check enum cii_code issue_queue_new(struct issue_queue **queue,
                                             struct cii_error *err);
void issue_queue_destroy(struct issue_queue **queue);

/*
 * Takes one draft of a client's request. What is wrong with it becomes its
 * outcome; only FULL, STORE and MEMORY are returned.
 */
cii_must_check enum cii_code issue_draft(struct core *core,
                                         struct client *client, uint64_t tag,
                                         const struct draft *draft, bool last,
                                         struct cii_error *err);

/* A receipt for what the peer delivered in this turn. */
cii_must_check enum cii_code issue_receipt(struct peer *peer,
                                           struct cii_error *err);

/* Signs, stores and judges all that was taken; holds the outcomes. */
cii_must_check enum cii_code issue_all(struct core *core,
                                       struct cii_error *err);
/* Before a turn, whose arena is then reset, and after one that was undone. */
void issue_forget(struct core *core);
struct pending;

/* An event that the last turn issued, without asking the store; NULL when it
 * is not at hand. Until issue_forget(). */
const struct pending *issue_recent(const struct core *core, int64_t number);
bool issue_is_full(const struct core *core);

#endif
