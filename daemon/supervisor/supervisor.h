/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_SUPERVISOR_H
#define SUPERVISOR_SUPERVISOR_H

/*
 * Starts the processes of one institution, starts one again that dies, passes
 * signals on, and tells systemd when all are ready. Children die with it.
 */

#include "cii/error.h"

/* The programs stand in `folder`. Runs until SIGTERM or SIGINT; CII_OK when
 * every child ended in time. */
cii_must_check enum cii_code supervise(const char *config, const char *folder,
                                       struct cii_error *err);

#endif
