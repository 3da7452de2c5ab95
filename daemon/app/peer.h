/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_PEER_H
#define APP_PEER_H

/*
 * One partner: its exchange, its link, and what is on its way to it.
 */

#include "app/core.h"
#include "app/judging.h"
#include "archive/stored.h"

/* A refused delivery of this turn, for the receipt. */
struct peer_refusal {
    uint64_t seq;
    struct event_id event_id;
    char reason[24];
    char rule[24];
};

/* more than one turn takes frames: a refusal is never left out */
#define PEER_REFUSALS_MAX 1024

struct peer {
    const struct partner_config *config; /* borrowed */
    struct core *core;                   /* borrowed */
    struct exchange exchange;
    struct digest head_chain; /* of our stream, after head */
    uint64_t number;          /* of the link; 0: none */
    char path[108];           /* of its local socket */
    int64_t since;            /* link up, or down, since */
    uint32_t *ring;           /* owned; of the exchange */
    size_t pending_frames;    /* taken from the bus in this turn */

    /* the partner's wishes, from its hello; all when none was named */
    bool wants_all;
    uint64_t *wants; /* owned: a bit per type of the catalogue */

    /* the places that this turn added to our stream (struct outbox_row) */
    struct buffer fresh;

    /* what this turn changed, to be stored before its commit */
    bool out_dirty;
    bool in_dirty;
    bool ack_due;

    /* this turn's deliveries, for one receipt */
    uint64_t receipt_first;
    uint64_t receipt_last;
    bool receipt_due;             /* at least one was no receipt itself */
    struct peer_refusal *refusal; /* owned, PEER_REFUSALS_MAX */
    size_t refusal_count;

    bool void_due;        /* the next in line may not leave: record it first */
    uint64_t voids_known; /* up to this seq those are recorded */
};

cii_must_check enum cii_code peer_new(struct peer **peer, struct core *core,
                                      const struct partner_config *config,
                                      struct cii_error *err);
/* Reads the streams again from the store: at start and after an undone turn.
 * A link whose frames were taken in that turn is ended. */
cii_must_check enum cii_code peer_reload(struct peer *peer,
                                         struct cii_error *err);

/* The gate has, or has lost, a link. */
void peer_up(struct peer *peer, const struct notice *notice);
void peer_down(struct peer *peer, uint64_t number, const char *reason);
/* Ends the link and says why, to the gate and the log. */
void peer_cut(struct peer *peer, const char *reason);

/* One frame of the link. STORE and FULL end the turn; anything that the
 * partner did wrong ends its link. */
cii_must_check enum cii_code peer_frame(struct peer *peer, uint64_t number,
                                        struct bytes frame,
                                        struct cii_error *err);

/* Puts an event into our stream to the partner, within the turn. */
cii_must_check enum cii_code peer_append(struct peer *peer, int64_t event,
                                         const struct digest *digest,
                                         struct cii_error *err);
/* Stores what this turn changed of the streams. */
cii_must_check enum cii_code peer_store(struct peer *peer,
                                        struct cii_error *err);

/* Begins a new stream with all that can still be delivered; ends the link. */
cii_must_check enum cii_code peer_renew(struct peer *peer, const char *reason,
                                        struct cii_error *err);
/* What we offer to every partner. */
struct exchange_terms peer_terms(const struct core *core);

/* After the commit: acks what was stored, and sends up to `budget` events.
 * Returns true when more could be sent. */
void peer_ack(struct peer *peer);
bool peer_send(struct peer *peer, size_t budget);

uint64_t peer_backlog(const struct peer *peer);

/* --- leave.c --------------------------------------------------------------*/

/* A place of our stream, opened and judged after the last commit. */
struct parcel {
    struct outbox_row row;
    struct stored_event stored;
    bool is_judged;
    struct case_file file; /* when judged */
    struct judged judged;  /* likewise */
    const char *reason;    /* why it may not leave; NULL: it may */
};

/* UNKNOWN when the stream has no such place. The event lives in the arena. */
cii_must_check enum cii_code parcel_open(struct peer *peer, uint64_t seq,
                                         struct arena *arena,
                                         struct parcel *parcel,
                                         struct cii_error *err);
/* What is said in this place: the event, as far as its rule opens it, or a
 * void. */
void parcel_frame(const struct peer *peer, const struct parcel *parcel,
                  struct frame *frame);
/* Records within the turn which of the next places may not leave, and why:
 * before it is committed none of them becomes void. Looks at `budget` places
 * at most, and takes from it. */
cii_must_check enum cii_code peer_void(struct peer *peer, size_t *budget,
                                       struct cii_error *err);

/* --- arrive.c -------------------------------------------------------------*/

/* A delivery that the exchange admitted: verify, judge, store, or refuse.
 * Never fails for what the event is: that is a refusal. */
cii_must_check enum cii_code arrive(struct peer *peer,
                                    const struct deliver *deliver,
                                    struct cii_error *err);

#endif
