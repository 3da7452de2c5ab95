/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUS_BUS_H
#define BUS_BUS_H

/*
 * The one ROUTER socket of the core.
 *
 * Each TLS link that the gate has with a partner is one connection of this
 * socket, made to the gate's local socket under a name that we choose:
 * "partner/number". The name is never used again, so a frame of an older link
 * cannot pass for one of a newer. A send is never a delivery.
 *
 * The socket is never closed while the process lives and its context never
 * terminated: stop with everything committed and _exit().
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cii/error.h"
#include "proto/bytes.h"

struct bus;

/* frame_max: larger frames end their link (ZMQ_MAXMSGSIZE). high_water: of
 * each link in each direction, in frames; above any window. */
cii_must_check enum cii_code bus_open(struct bus **bus, size_t frame_max,
                                      int high_water, struct cii_error *err);

/* Becomes readable when something may have come; read until BUSY. Any other
 * call here may swallow that: ask bus_has_input() after it. */
int bus_fd(const struct bus *bus);
bool bus_has_input(const struct bus *bus);

/* From now on this link may be written to and read from. */
cii_must_check enum cii_code bus_connect(struct bus *bus, const char *partner,
                                         uint64_t number, const char *path,
                                         struct cii_error *err);
/* Frames not yet on their way are dropped. */
void bus_disconnect(struct bus *bus, const char *path);

/* BUSY: the link's queue is full, later. OFFLINE: no such link (any more). */
cii_must_check enum cii_code bus_send(struct bus *bus, const char *partner,
                                      uint64_t number, struct bytes frame,
                                      struct cii_error *err);

struct bus_frame {
    char partner[64];
    uint64_t number;
    struct bytes bytes; /* valid until the next call of bus_receive() */
};
/* BUSY: nothing there. A message that is not one frame is dropped. */
cii_must_check enum cii_code bus_receive(struct bus *bus,
                                         struct bus_frame *frame,
                                         struct cii_error *err);

#endif
