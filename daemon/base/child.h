/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H

/*
 * How a process of ours tells the supervisor that it is ready: it writes one
 * byte to the descriptor that the environment variable CIID_READY_FD names.
 * Without the variable (started by hand) nothing is written.
 *
 * A child also asks the kernel to be killed when the supervisor dies, and
 * leaves at once if it is an orphan already.
 */

#include "cii/error.h"

/* First thing in main(): opens /dev/null on 0 to 2 where closed, sets
 * PR_SET_PDEATHSIG when CIID_READY_FD is set, ignores SIGPIPE. */
cii_must_check enum cii_code child_start(struct cii_error *err);
void child_ready(void);

#endif
