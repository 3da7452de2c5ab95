/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_PENDING_H
#define APP_PENDING_H

/*
 * An event between what an office states and the row that it becomes: the
 * parts that issue it (issue.c, draft.c, receipt.c) hand it on.
 */

#include "app/control.h"
#include "app/judging.h"
#include "app/peer.h"

/* An event between its draft and its row. Everything in the turn's arena. */
struct pending {
    struct client *client;  /* NULL: the daemon's own (a receipt) */
    struct peer *addressee; /* of a receipt */
    uint64_t tag;
    bool last; /* the last draft of its request */
    bool dry_run;
    uint64_t line;
    char id[EVENT_ID_TEXT];
    struct event event;
    struct case_file file;
    struct digest leaf;

    struct addressee { /* a dossier may name any number */
        struct peer *peer;
        bool in_dossier;
    } * concerned;

    size_t concerned_count;
    size_t concerned_room;
    bool narrow;    /* --to: those that were named, and nobody else */
    int64_t person; /* 0: about nobody, or not stored */
    uint64_t epoch; /* of the dossiers, when it was judged */
    struct outcome outcome;
    bool settled;   /* the outcome is known already */
    int64_t number; /* of its row, once it is stored */
};

/* --- draft.c --------------------------------------------------------------*/

/*
 * Checks a draft against the catalogue and builds the event, unsigned. What is
 * wrong with it settles it; only MEMORY is returned.
 */
cii_must_check enum cii_code pending_take(struct core *core,
                                          struct pending *pending,
                                          const struct draft *draft,
                                          struct cii_error *err);
/* Commits to the facets, in random slots, and packs the header. */
cii_must_check enum cii_code pending_build(struct core *core,
                                           struct pending *pending,
                                           uint32_t slots,
                                           struct cii_error *err);
/* What was packed into core->scratch, kept in the turn's arena. */
cii_must_check enum cii_code pending_keep(struct core *core, struct bytes *kept,
                                          struct cii_error *err);
/* The outcome is known: nothing more is done for it. field and text are
 * copied; NULL is empty. */
cii_must_check enum cii_code pending_settle(struct core *core,
                                            struct pending *pending,
                                            enum cii_code code,
                                            const char *field,
                                            const char *text);

/* --- issue.c --------------------------------------------------------------*/

/* A new one in the queue of this turn; NULL when there is no room. */
struct pending *issue_pending(struct core *core);
/* Names a partner, once. */
cii_must_check enum cii_code pending_concern(struct core *core,
                                             struct pending *pending,
                                             struct peer *peer, bool in_dossier,
                                             struct cii_error *err);

#endif
