/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_PKI_INDEX_H
#define CLIENT_PKI_INDEX_H

/*
 * What an authority has issued, a line each:
 *
 *   <serial in hex> <institution> <end> live
 *   <serial in hex> <institution> <end> <when it was revoked>
 *
 * Times are YYYYMMDDHHMMSSZ. A certificate is in here before it is handed
 * out, so whatever exists can be revoked.
 */

#include <stdbool.h>
#include <stddef.h>

#include "cii/error.h"
#include "proto/id.h"

#define SERIAL_SIZE 16
#define SERIAL_TEXT (2 * SERIAL_SIZE + 1)
#define TIME_TEXT   16 /* with the terminator */

struct issued {
    char serial[SERIAL_TEXT]; /* lower case */
    char institution[INSTITUTION_MAX + 1];
    char end[TIME_TEXT];
    char revoked[TIME_TEXT]; /* "": live */
};

struct index {
    size_t count;
    struct issued *issued; /* owned */
};

/* CONFIG, with file and line, when it is not written as above. */
cii_must_check enum cii_code index_load(struct index *index, const char *folder,
                                        struct cii_error *err);
cii_must_check enum cii_code index_save(const struct index *index,
                                        const char *folder,
                                        struct cii_error *err);
cii_must_check enum cii_code index_add(struct index *index,
                                       const struct issued *issued,
                                       struct cii_error *err);
/* Marks what has this serial or institution; false when nothing has. */
bool index_revoke(struct index *index, const char *serial_or_institution,
                  const char now[TIME_TEXT]);
void index_done(struct index *index);

#endif
