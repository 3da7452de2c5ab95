/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_LOCK_H
#define BASE_LOCK_H

/*
 * One process at a time: a file that is locked (flock(2)) as long as its
 * descriptor is open, so that a process that was killed holds nothing.
 */

#include "cii/error.h"

/* Makes the file, 0600. CONFLICT when another process has the lock. */
cii_must_check enum cii_code lock_take(int *lock, const char *path,
                                       struct cii_error *err);

#endif
