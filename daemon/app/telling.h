/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_TELLING_H
#define APP_TELLING_H

/*
 * One event for one partner: judged, recorded, and put into its stream behind
 * the statements that it rests on.
 *
 * Whom it may concern is our dossier, the table of competence, and what the
 * statements say; nobody else is judged. What a verdict rests on and the
 * partner does not have yet goes first, if the partner may have it; if not,
 * nothing may rest on it. With the first thing told in a case goes what is
 * kept for a first use: the consents that name the partner.
 */

#include "app/judging.h"
#include "app/peer.h"

struct telling {
    const struct case_file *file;
    int64_t event; /* number; 0: only a rehearsal */
    int64_t person;
    const char *issuer;
    const struct digest *digest; /* of its header; NULL in a rehearsal */
    struct peer *to;
    bool in_dossier; /* as struct inquiry has it */
};

/* May it be told? In the turn's arena. */
cii_must_check enum cii_code telling_judge(struct core *core,
                                           const struct telling *telling,
                                           struct judged *judged,
                                           struct cii_error *err);
/* Records what telling_judge() said and, when it may go, puts it into the
 * stream. */
cii_must_check enum cii_code telling_make(struct core *core,
                                          const struct telling *telling,
                                          const struct judged *judged,
                                          struct cii_error *err);

/* Calls for each partner that the person concerns, once; of an event about
 * nobody, for each that it names, or that may want to know. */
typedef enum cii_code telling_seen(void *context, struct peer *peer,
                                   bool in_dossier, struct cii_error *err);
cii_must_check enum cii_code telling_concerned(
    struct core *core, const struct case_file *file, int64_t person,
    const char *issuer, telling_seen *seen, void *context,
    struct cii_error *err);

/* The same, collected in the turn's arena: the store may be asked further. */
struct telling_round {
    struct peer **peer;
    bool *in_dossier;
    size_t count;
};
cii_must_check enum cii_code telling_collect(struct core *core,
                                             const struct case_file *file,
                                             int64_t person, const char *issuer,
                                             struct telling_round *round,
                                             struct cii_error *err);

/* Do we pass events of this type on, as a bureau does? */
bool telling_is_forwarded(const struct core *core, const char *type);

/* What is stored, opened as the law sees it; its content lives in the turn's
 * arena. UNKNOWN: it cannot be read, or the catalogue does not know it. */
struct told_event {
    struct stored_event stored;
    struct case_file file;
};
cii_must_check enum cii_code told_event_open(struct core *core, int64_t number,
                                             struct told_event *event,
                                             struct cii_error *err);

#endif
