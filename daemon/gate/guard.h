/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GATE_GUARD_H
#define GATE_GUARD_H

/*
 * Reads what a partner sends towards our core, and stops what libzmq would
 * take: it does not bound an unfinished message of many frames, and knows
 * mechanisms and commands that we have no use for.
 *
 * A link carries, in this order and nothing else:
 *
 *   greeting  64 bytes of ZMTP 3.x: FF, 8 bytes, 7F, major (3 or more),
 *             minor, "NULL" and 16 zeros, as-server 0, 31 zeros
 *   READY     one command of at most 512 bytes with Socket-Type (ROUTER or
 *             DEALER, must be there) and Identity (at most 255 bytes), each
 *             once at most
 *   frames    without MORE and COMMAND, of 1 byte to 384 KiB, the long form
 *             of a length only where the short one does not do
 *
 * So no PING (set no heartbeats), no multipart message, no ERROR.
 *
 * It keeps no content, allocates nothing and does no input or output. Bytes
 * may come in any pieces.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GUARD_GREETING  64
#define GUARD_READY_MAX 512
#define GUARD_FRAME_MAX ((uint64_t)384 * 1024)

enum guard_state {
    GUARD_IN_GREETING,
    GUARD_IN_HEAD, /* flags and length of READY, then of each frame */
    GUARD_IN_READY,
    GUARD_IN_FRAME,
    GUARD_FAILED,
};

struct guard {
    enum guard_state state;
    bool ready;    /* READY has passed */
    size_t have;   /* bytes in held */
    uint64_t left; /* of the READY or frame that is being read */
    uint8_t held[GUARD_READY_MAX];
    const char *reason; /* once failed */
};

void guard_init(struct guard *guard);

/*
 * Takes the next bytes. NULL when they may go on; otherwise why not, in words
 * of ours: then none of these bytes may, and no later ones.
 */
const char *guard_feed(struct guard *guard, const uint8_t *data, size_t size);

/* Greeting and READY have passed. */
bool guard_is_ready(const struct guard *guard);

#endif
