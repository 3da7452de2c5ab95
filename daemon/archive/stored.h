/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARCHIVE_STORED_H
#define ARCHIVE_STORED_H

/*
 * Events into the store and out of it: facets are sealed under the person's
 * key, bound to issuer and event id.
 */

#include "archive/archive.h"

struct stored_event {
    int64_t number;
    int64_t person;
    struct digest digest;
    enum event_origin origin;
    int64_t stored_at;
    const char *discloser;
    struct event event; /* whole, as we hold it */
};

/* Does this code say that what is stored cannot be read, and not that the
 * store, the disk or memory failed? One row is damaged then: it must not stop
 * those beside it. */
bool stored_is_damaged(enum cii_code code);

/* Appends the sealed facets. */
cii_must_check enum cii_code facets_seal(
    struct archive *archive, const struct person_key *key, const char *issuer,
    const struct event_id *id, const struct facet *facet, size_t facet_count,
    struct buffer *sealed, struct cii_error *err);

/* Everything lives in the arena. UNKNOWN when there is no such event. */
cii_must_check enum cii_code stored_get(struct archive *archive, int64_t number,
                                        struct arena *arena,
                                        struct stored_event *stored,
                                        struct cii_error *err);
/* issuer NULL: whoever issued it. */
cii_must_check enum cii_code stored_find(
    struct archive *archive, const char *issuer, const struct event_id *id,
    struct arena *arena, struct stored_event *stored, struct cii_error *err);

#endif
