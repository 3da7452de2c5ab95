/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READER_READER_H
#define READER_READER_H

/*
 * Long questions, so that the turn does not wait for them.
 *
 * The core checks who asks, records it, commits, and hands the connection
 * over with the request. Each question is answered by a child of its own,
 * which opens the store read-only, in short read transactions, and is ended
 * when it takes too long; the client's answer comes on the same connection.
 */

#include "archive/archive.h"
#include "conf/config.h"

struct reader {
    struct config *config; /* owned, as all here */
    struct catalogue *catalogue;
    struct vault *vault;
    int core; /* connection with the core; -1: none */
};

cii_must_check enum cii_code reader_new(struct reader **reader,
                                        const char *config,
                                        struct cii_error *err);
/* Connects to the core, again whenever it is gone; until SIGTERM. */
cii_must_check enum cii_code reader_run(struct reader *reader,
                                        struct cii_error *err);

/* --- answer.c -------------------------------------------------------------*/

/* Answers one request on fd, which is blocking. In a child. */
void reader_answer(struct reader *reader, int fd, struct bytes bytes);

/* Tells the client why there is no answer. */
void reader_refuse(int fd, uint64_t tag, enum cii_code code, const char *text);

#endif
