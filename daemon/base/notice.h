/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_NOTICE_H
#define BASE_NOTICE_H

/*
 * What gate and core tell each other about links, over one local
 * SOCK_SEQPACKET connection (the core listens on <run_dir>/gate.sock, the
 * gate connects, again and again). One notice is one packet.
 *
 *   gate -> core   UP partner number link_id      a TLS link stands; its local
 *                                                 socket is link_path()
 *   gate -> core   DOWN partner number reason     it is gone
 *   core -> gate   CUT partner number reason      the partner lied; end it
 *   gate -> core   REFUSED partner reason         a handshake failed (partner
 *                                                 may be empty): to be recorded
 *
 * When the connection ends, all links end: the gate closes them, the core
 * forgets them. Numbers are never used again during a gate's life, and start
 * from the gate's start time in microseconds, so that no later gate repeats
 * one.
 */

#include <stddef.h>
#include <stdint.h>

#include "cii/error.h"

enum notice_kind {
    NOTICE_UP = 1,
    NOTICE_DOWN,
    NOTICE_CUT,
    NOTICE_REFUSED,
};

#define NOTICE_PARTNER_MAX 63
#define NOTICE_REASON_MAX  127
#define NOTICE_LINK_ID     32
#define NOTICE_SIZE        256 /* packed, at most */

struct notice {
    enum notice_kind kind;
    uint64_t number;
    char partner[NOTICE_PARTNER_MAX + 1];
    char reason[NOTICE_REASON_MAX + 1];
    uint8_t link_id[NOTICE_LINK_ID];
};

/* Returns the size; out holds NOTICE_SIZE. */
size_t notice_pack(const struct notice *notice, uint8_t *out);
/* MALFORMED unless it is exactly one notice of known kind. */
cii_must_check enum cii_code notice_unpack(struct notice *notice,
                                           const uint8_t *data, size_t size);

/* "<run_dir>/link/<partner>.<number>" */
cii_must_check enum cii_code link_path(char *out, size_t size,
                                       const char *run_dir, const char *partner,
                                       uint64_t number);

#endif
