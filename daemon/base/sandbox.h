/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

/*
 * What a process gives up once it is set up (seccomp, no-new-privs). A call
 * outside the list kills the process; clone3 answers ENOSYS, as glibc wants.
 */

#include "cii/error.h"

enum sandbox_role {
    SANDBOX_GATE,   /* sockets, no new programs, no files but unlink of
                       its own sockets and reading certificates again */
    SANDBOX_CORE,   /* files and Unix sockets, threads, no new programs */
    SANDBOX_READER, /* files for reading, Unix sockets, fork, no network */
};

/* Sets PR_SET_NO_NEW_PRIVS, PR_SET_DUMPABLE 0, and the filter, all threads. */
cii_must_check enum cii_code sandbox_enter(enum sandbox_role role,
                                           struct cii_error *err);

#endif
