/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ciid-law COMMAND: the law as data, for whoever writes and signs it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "jurist/jurist.h"

int
main(int argc, char **argv)
{
    const enum outcome outcome = jurist_run(argc, argv, stdout);

    /* a full disk is no success */
    if (fflush(stdout) == 0 && !ferror(stdout))
        return (int)outcome;
    (void)jurist_fail(OUTCOME_UNREAD, "cannot write the answer: %s",
                      strerror(errno));
    return (int)OUTCOME_UNREAD;
}
