/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_CHANNEL_H
#define CLIENT_CHANNEL_H

/*
 * The bytes between libcii and the daemon.
 *
 * Reading and writing never wait for each other: a daemon that is busy
 * writing replies to us would otherwise never read the request that we are
 * writing. All waiting is in channel_wait(), which moves bytes both ways.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/un.h>

#include "cii/error.h"
#include "proto/bytes.h"
#include "proto/control.h"

struct channel {
    int fd;              /* -1: closed */
    bool mute;           /* the daemon no longer reads; it may still speak */
    struct buffer out;   /* owned */
    size_t sent;         /* bytes at its front that are gone */
    struct buffer in;    /* owned */
    size_t used;         /* bytes at its front that were handed out */
    struct arena *arena; /* owned; what the last reply was unpacked into */
};

/* OFFLINE when nobody listens at path, FORBIDDEN when we may not. */
cii_must_check enum cii_code channel_open(struct channel *channel,
                                          const struct sockaddr_un *address,
                                          struct cii_error *err);
/* Forgets what was under way; keeps the memory. */
void channel_close(struct channel *channel);
void channel_done(struct channel *channel);

/*
 * Waits until bytes have moved, for patience milliseconds (-1: for ever;
 * 0: not at all, which is no failure). OFFLINE when the daemon is gone.
 */
cii_must_check enum cii_code channel_wait(struct channel *channel, int patience,
                                          struct cii_error *err);
/*
 * The next whole reply of what has come; *found says whether there is one.
 * It is valid until the next call on this channel.
 */
cii_must_check enum cii_code channel_next(struct channel *channel,
                                          struct reply *reply, bool *found,
                                          struct cii_error *err);

#endif
