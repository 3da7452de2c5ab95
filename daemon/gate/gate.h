/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GATE_GATE_H
#define GATE_GATE_H

/*
 * The process that faces the network: TLS links with partners on one side,
 * one local socket for each of them towards the core on the other.
 *
 *   gate.c     sets up, listens, accepts, stops
 *   partner.c  dials partners, and says which link with one stays
 *   link.c     one link from its first byte to its last
 *   splice.c   carries the bytes of an open link, past the guard
 *   core.c     tells the core, hears the core
 *
 * What one side can make us hold is bounded: connections in all; handshakes
 * that nobody has finished (the oldest one gives way to a new one, so that
 * who floods us cannot lock others out); one link for each partner; bytes
 * that the core, or the partner, has not taken (then the other side is not
 * read, and TCP slows it down); seconds without any taken.
 *
 * When the core is gone all links end, and nobody is let in until it is back.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"
#include "base/notice.h"
#include "cii/error.h"
#include "conf/config.h"

struct gate;

/* Listens, makes its folder and learns its partners. */
cii_must_check enum cii_code gate_new(struct gate **gate, const char *path,
                                      struct cii_error *err);
/* Ends every link and leaves no socket behind. */
void gate_destroy(struct gate **gate);
/* Until SIGTERM or SIGINT. */
void gate_run(struct gate *gate);

#endif
