/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_REJUDGE_H
#define APP_REJUDGE_H

/*
 * Judged again: when a statement about a person changed, what was refused or
 * held for want of it is looked at again, and goes if it now may.
 *
 * Of a line of state only the newest goes out by itself; an event of a type
 * that describes no current state waits for a human. What was meant for some
 * partners alone goes to no other. A verdict that differs stands beside the
 * earlier one. The work is kept by the store until it is done.
 */

#include "app/judging.h"
#include "app/peer.h"
#include "app/telling.h"

/* Does so many persons at most, within the turn; *more when some are left. */
cii_must_check enum cii_code rejudge_work(struct core *core, size_t persons,
                                          bool *more, struct cii_error *err);

/*
 * One event for one partner, because a human asks: whatever its type, and for
 * whomever it was meant. It is told again only if it may tell more, or was
 * refused there. *judged borrows from the event.
 */
cii_must_check enum cii_code rejudge_event(struct core *core,
                                           const struct told_event *event,
                                           struct peer *to,
                                           struct judged *judged,
                                           struct cii_error *err);

#endif
