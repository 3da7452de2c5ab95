/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SOCKET_H
#define BASE_SOCKET_H

/*
 * Unix sockets of this machine. All descriptors are non-blocking and
 * close-on-exec from birth; paths are at most 107 bytes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "cii/error.h"

enum socket_kind {
    SOCKET_STREAM,  /* bytes */
    SOCKET_PACKETS, /* SOCK_SEQPACKET: each message whole */
};

/* Replaces what is left at the path of an earlier process. mode as chmod(2). */
cii_must_check enum cii_code socket_listen(int *fd, enum socket_kind kind,
                                           const char *path, mode_t mode,
                                           int backlog, struct cii_error *err);
/* OFFLINE when nobody listens there. */
cii_must_check enum cii_code socket_connect(int *fd, enum socket_kind kind,
                                            const char *path,
                                            struct cii_error *err);
/* BUSY when nobody waits, or descriptors ran out. */
cii_must_check enum cii_code socket_accept(int *fd, int listener,
                                           struct cii_error *err);

/* Who is at the other end, as the kernel saw it when it connected. */
struct socket_peer {
    uid_t uid;
    gid_t gid;
    pid_t pid;
};
cii_must_check enum cii_code socket_peer(int fd, struct socket_peer *peer,
                                         struct cii_error *err);

/* One message with one descriptor beside it (SCM_RIGHTS). The descriptor
 * stays the sender's; the receiver gets its own. *passed is -1 without one.
 * BUSY: would block. OFFLINE: the other end is gone. */
cii_must_check enum cii_code socket_send_fd(int fd, const void *data,
                                            size_t size, int passed,
                                            struct cii_error *err);
cii_must_check enum cii_code socket_receive_fd(int fd, void *data, size_t size,
                                               size_t *got, int *passed,
                                               struct cii_error *err);

/* Closes and sets to -1; does nothing if already -1. Keeps errno. */
void fd_close(int *fd);
/* Gives it away: its value, leaving -1 for the cleanup to find. */
int fd_take(int *fd);

#endif
