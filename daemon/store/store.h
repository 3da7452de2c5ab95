/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

/*
 * The file that holds everything: SQLite, WAL, synchronous=FULL.
 *
 * One process writes, with one connection, in one transaction per turn
 * (store_begin ... store_commit). Others read, read-only. The store knows
 * rows, not meaning: content arrives sealed, persons as keyed look-ups.
 *
 * Rows borrow their bytes: what a function returns by pointer is valid until
 * the next call on the same store.
 *
 * What refers to an event or a person that is not there is UNKNOWN. Callbacks
 * may call other functions of the store, not the one that called them.
 *
 * FULL means that the disk has no room: the turn must be rolled back, and may
 * be tried again later. STORE from anything but commit: roll back. STORE from
 * store_commit() means that nobody knows: stop acknowledging and exit.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cii/error.h"
#include "proto/bytes.h"
#include "proto/link.h"

struct store;

/* Opens for writing: takes the lock (CONFLICT when another daemon has it),
 * creates or migrates. `folder` holds ciid.db, 0600, and ciid.lock. */
cii_must_check enum cii_code store_open(struct store **store,
                                        const char *folder,
                                        struct cii_error *err);
/* Opens for reading only; never checkpoints, never creates. */
cii_must_check enum cii_code store_open_reader(struct store **store,
                                               const char *folder,
                                               struct cii_error *err);
void store_close(struct store **store);

cii_must_check enum cii_code store_begin(struct store *store,
                                         struct cii_error *err);
/* Stores the number of this turn and commits, or rolls back. Verified after
 * FULL by reading the number back. */
cii_must_check enum cii_code store_commit(struct store *store,
                                          struct cii_error *err);
void store_rollback(struct store *store);
/* Has this transaction written anything? */
bool store_is_dirty(const struct store *store);
/* A point within the turn to go back to, when one event of many fails. */
cii_must_check enum cii_code store_savepoint(struct store *store,
                                             struct cii_error *err);
void store_savepoint_keep(struct store *store);
void store_savepoint_undo(struct store *store);
/* Between turns: moves the log into the file when it has grown. */
void store_checkpoint(struct store *store);
/* Short read transactions: a reader ends one and begins the next; the writer
 * may read between turns in one. */
cii_must_check enum cii_code store_read_begin(struct store *store,
                                              struct cii_error *err);
void store_read_end(struct store *store);
/* Ends each statement of a reader that runs for so many milliseconds, with
 * BUSY; 0: none is ended. */
void store_limit_time(struct store *store, int64_t milliseconds);

/* --- small things ---------------------------------------------------------*/

/* Named values ("story-offset", "epoch"). UNKNOWN when there is none. */
cii_must_check enum cii_code store_value_set(struct store *store,
                                             const char *name,
                                             struct bytes value,
                                             struct cii_error *err);
cii_must_check enum cii_code store_value_get(struct store *store,
                                             const char *name,
                                             struct bytes *value,
                                             struct cii_error *err);

/* A small number for an institution's id, and for a (rule, citation) pair;
 * made at first use, kept for ever. */
cii_must_check enum cii_code store_institution(struct store *store,
                                               const char *id, int64_t *number,
                                               struct cii_error *err);
cii_must_check enum cii_code store_basis(struct store *store, const char *rule,
                                         const char *citation, const char *lane,
                                         int64_t *number,
                                         struct cii_error *err);

/* --- persons --------------------------------------------------------------*/

struct person_row {
    int64_t number;
    struct digest lookup;
    struct digest name_lookup; /* zero: no name */
    struct bytes sealed_key;
    struct bytes sealed_identity; /* first identity seen, sealed */
};

/* UNKNOWN when nobody is found. */
cii_must_check enum cii_code store_person_find(struct store *store,
                                               const struct digest *lookup,
                                               struct person_row *row,
                                               struct cii_error *err);
cii_must_check enum cii_code store_person_get(struct store *store,
                                              int64_t number,
                                              struct person_row *row,
                                              struct cii_error *err);
/* Sets row->number. */
cii_must_check enum cii_code store_person_add(struct store *store,
                                              struct person_row *row,
                                              struct cii_error *err);
/* Others with the same folded name: at most max numbers. */
cii_must_check enum cii_code store_person_namesakes(
    struct store *store, const struct digest *name_lookup, int64_t except,
    int64_t *numbers, size_t max, size_t *count, struct cii_error *err);
/* Proposals for a human ("same name, birth dates may be equal"): never made,
 * only shown. Adding one twice does nothing. */
cii_must_check enum cii_code store_match_add(struct store *store, int64_t a,
                                             int64_t b, const char *reason,
                                             int64_t at, struct cii_error *err);

/* --- events ---------------------------------------------------------------*/

enum event_origin {
    ORIGIN_OURS,
    ORIGIN_ARRIVED
};

struct event_row {
    int64_t number;
    const char *issuer;    /* institution id */
    const char *discloser; /* who told us; for ours, the issuer */
    struct event_id event_id;
    struct digest digest; /* header_digest() */
    struct bytes header;  /* exact bytes */
    struct bytes proof;   /* proof_pack() */
    struct bytes sealed;  /* facets_pack(), sealed */
    const char *type;
    const char *case_ref;
    const char *occurred_on;
    struct event_id in_reply_to;
    int64_t person; /* 0: about nobody */
    enum event_origin origin;
    int64_t stored_at;
    bool test;
};

/*
 * Sets row->number. DUPLICATE when issuer and id are known with this digest
 * (row->number is then the known one), CONFLICT with another digest.
 */
cii_must_check enum cii_code store_event_add(struct store *store,
                                             struct event_row *row,
                                             struct cii_error *err);
/* The batch's signature comes after its members: fills in the proof. */
cii_must_check enum cii_code store_event_prove(struct store *store,
                                               int64_t number,
                                               struct bytes proof,
                                               struct cii_error *err);
/* More facets of an event that is known. */
cii_must_check enum cii_code store_event_reseal(struct store *store,
                                                int64_t number,
                                                struct bytes sealed,
                                                struct cii_error *err);
cii_must_check enum cii_code store_event_get(struct store *store,
                                             int64_t number,
                                             struct event_row *row,
                                             struct cii_error *err);
/* issuer NULL: whoever issued it (the first, if several). */
cii_must_check enum cii_code store_event_find(struct store *store,
                                              const char *issuer,
                                              const struct event_id *id,
                                              struct event_row *row,
                                              struct cii_error *err);

/* Which events, newest last. Zero and NULL: any. */
struct event_filter {
    int64_t person;
    const char *case_ref;
    const char *type;
    const char *partner;  /* issuer or discloser of arrived ones; for ours,
                              a partner that it was judged for */
    int direction;        /* 0 both, 1 ours, 2 arrived */
    const char *from_day; /* occurred_on >= */
    const char *to_day;   /* occurred_on <= */
    int64_t after;        /* number >: where the last page ended */
    bool hidden;          /* those too that a withdrawal hides */
};
/* Up to max numbers in ascending order. */
cii_must_check enum cii_code store_event_list(struct store *store,
                                              const struct event_filter *filter,
                                              int64_t *numbers, size_t max,
                                              size_t *count,
                                              struct cii_error *err);

/* Whoever got it in one of our streams, acked or not, voids left out. */
typedef void store_holder_seen(void *context, const char *partner);
cii_must_check enum cii_code store_delivery_each(struct store *store,
                                                 int64_t event,
                                                 store_holder_seen *seen,
                                                 void *context,
                                                 struct cii_error *err);

/* What came under a consent that was withdrawn: no list shows it any more
 * (struct event_filter), nothing else changes. `because` is the event that
 * hides it. Hiding twice does nothing; showing again undoes it. */
cii_must_check enum cii_code store_event_hide(struct store *store,
                                              int64_t event, int64_t because,
                                              int64_t at,
                                              struct cii_error *err);
cii_must_check enum cii_code store_event_unhide(struct store *store,
                                                int64_t event,
                                                struct cii_error *err);

/* Why it is hidden and since when; all zero when it is shown. */
struct hiding {
    int64_t because; /* event; 0: not hidden */
    int64_t at;
};
cii_must_check enum cii_code store_event_hiding(struct store *store,
                                                int64_t event,
                                                struct hiding *hiding,
                                                struct cii_error *err);
cii_must_check enum cii_code store_event_is_hidden(struct store *store,
                                                   int64_t event, bool *hidden,
                                                   struct cii_error *err);

/* The event was meant for those alone that it was judged for when it was
 * stored: it goes to nobody else by itself. Twice does nothing. */
cii_must_check enum cii_code store_event_narrow(struct store *store,
                                                int64_t event,
                                                struct cii_error *err);
cii_must_check enum cii_code store_event_is_narrow(struct store *store,
                                                   int64_t event, bool *narrow,
                                                   struct cii_error *err);

/* --- verdicts and refusals ------------------------------------------------*/

struct verdict_row {
    int64_t event; /* number */
    const char *partner;
    bool arrival;         /* judged when it came, not before it left */
    int verdict;          /* enum verdict */
    int ground;           /* enum ground */
    int64_t basis;        /* store_basis(); 0: none */
    const char *rule;     /* filled when read */
    const char *citation; /* filled when read */
    const char *lane;     /* filled when read */
    uint64_t facets;
    uint64_t withheld;
    const char *missing;
    int64_t at;
};

/* A later verdict on the same event and partner stands beside the earlier. */
cii_must_check enum cii_code store_verdict_add(struct store *store,
                                               const struct verdict_row *row,
                                               struct cii_error *err);
typedef void store_verdict_seen(void *context, const struct verdict_row *row);
/* In the order in which they were given; partner NULL: all. */
cii_must_check enum cii_code store_verdict_each(
    struct store *store, int64_t event, const char *partner,
    store_verdict_seen *seen, void *context, struct cii_error *err);

/* All that were given at this moment or later, in their order: a look through
 * the whole table, for readers. */
cii_must_check enum cii_code store_verdict_since(struct store *store,
                                                 int64_t since,
                                                 store_verdict_seen *seen,
                                                 void *context,
                                                 struct cii_error *err);

/* The newest verdict on the event and partner; UNKNOWN when there is none.
 * Rule, citation and lane are not filled in. */
cii_must_check enum cii_code store_verdict_last(
    struct store *store, int64_t event, const char *partner, bool arrival,
    struct verdict_row *row, struct cii_error *err);

/* The statements (numbers of their events) that a verdict rested on. */
struct reliance_row {
    int64_t event;     /* that was told */
    int64_t statement; /* that allowed it */
    const char *partner;
    bool arrival;
};
/* Adding one twice does nothing. */
cii_must_check enum cii_code store_reliance_add(struct store *store,
                                                const struct reliance_row *row,
                                                struct cii_error *err);
typedef void store_reliance_seen(void *context, const struct reliance_row *row);
/* By what was told, or (event 0) by what allowed it. */
cii_must_check enum cii_code store_reliance_each(
    struct store *store, int64_t event, int64_t statement,
    store_reliance_seen *seen, void *context, struct cii_error *err);

/*
 * What has to be judged again because a statement changed: one person, or
 * (person 0) everything that was not told to one partner. Kept until it is
 * done, across restarts.
 */
struct rejudge_row {
    int64_t number;
    int64_t person;
    const char *partner; /* "": all */
    int64_t after;       /* of person 0: persons up to here are done */
};
cii_must_check enum cii_code store_rejudge_add(struct store *store,
                                               int64_t person,
                                               const char *partner,
                                               struct cii_error *err);
/* The oldest; UNKNOWN when there is nothing. */
cii_must_check enum cii_code store_rejudge_next(struct store *store,
                                                struct rejudge_row *row,
                                                struct cii_error *err);
/* UNKNOWN when there is no such work; so too store_rejudge_done(). */
cii_must_check enum cii_code store_rejudge_move(struct store *store,
                                                int64_t number, int64_t after,
                                                struct cii_error *err);
cii_must_check enum cii_code store_rejudge_done(struct store *store,
                                                int64_t number,
                                                struct cii_error *err);
/* The numbers, ascending and greater than `after`, of at most max persons of
 * whom we issued events. */
cii_must_check enum cii_code store_person_list(struct store *store,
                                               int64_t after, int64_t *numbers,
                                               size_t max, size_t *count,
                                               struct cii_error *err);

/* What was refused at arrival: kept as a refusal, without content. */
struct refusal_row {
    const char *issuer; /* as its header says; may be empty */
    const char *discloser;
    struct event_id event_id;
    struct digest digest;
    const char *reason; /* code */
    const char *rule;
    const char *detail;
    int64_t at;
};
cii_must_check enum cii_code store_refusal_add(struct store *store,
                                               const struct refusal_row *row,
                                               struct cii_error *err);
typedef void store_refusal_seen(void *context, const struct refusal_row *row);
/* Newest first; id NULL: all. */
cii_must_check enum cii_code store_refusal_each(
    struct store *store, const struct event_id *id, size_t max,
    store_refusal_seen *seen, void *context, struct cii_error *err);

/* --- streams --------------------------------------------------------------*/

/* Our deliveries to a partner: numbered from 1, chained, kept until acked and
 * then replay_days longer. */
struct out_stream {
    struct stream_id stream;
    uint64_t oldest;          /* first that can be delivered again */
    uint64_t head;            /* last; 0: none */
    struct digest head_chain; /* after head */
    uint64_t acked;           /* up to here */
};

struct in_stream {
    struct stream_id stream; /* zero: nothing was ever received */
    uint64_t seq;            /* last stored; 0: none */
    struct digest chain;     /* after seq */
};

/* A partner without streams: out has a zero id and head 0, oldest 1. */
cii_must_check enum cii_code store_out_load(struct store *store,
                                            const char *partner,
                                            struct out_stream *out,
                                            struct cii_error *err);
cii_must_check enum cii_code store_out_save(struct store *store,
                                            const char *partner,
                                            const struct out_stream *out,
                                            struct cii_error *err);
/* Was this stream ever ours to this partner? */
cii_must_check enum cii_code store_out_knows(struct store *store,
                                             const char *partner,
                                             const struct stream_id *stream,
                                             bool *known,
                                             struct cii_error *err);
cii_must_check enum cii_code store_in_load(struct store *store,
                                           const char *partner,
                                           struct in_stream *in,
                                           struct cii_error *err);
cii_must_check enum cii_code store_in_save(struct store *store,
                                           const char *partner,
                                           const struct in_stream *in,
                                           struct cii_error *err);

struct outbox_row {
    uint64_t seq;
    int64_t event;        /* number */
    struct digest digest; /* of the event's header */
    struct digest chain;  /* after this delivery */
    int64_t at;
};

/* For the partner's current stream. */
cii_must_check enum cii_code store_outbox_append(struct store *store,
                                                 const char *partner,
                                                 const struct outbox_row *row,
                                                 struct cii_error *err);
/* UNKNOWN when there is none with this seq. */
cii_must_check enum cii_code store_outbox_get(struct store *store,
                                              const char *partner, uint64_t seq,
                                              struct outbox_row *row,
                                              struct cii_error *err);
/* Deletes what was acked and is older than `before`; moves oldest. The one
 * acked last stays: its chain is what the partner's next hello names. */
cii_must_check enum cii_code store_outbox_prune(struct store *store,
                                                const char *partner,
                                                int64_t before, size_t max,
                                                struct out_stream *out,
                                                struct cii_error *err);
/*
 * A new stream for the partner: everything that the old one can still deliver,
 * acked or not, in order, from 1; out is filled anew with this stream id.
 * chain() is chain_next().
 */
typedef struct digest store_chain(const struct digest *chain, uint64_t seq,
                                  const struct digest *digest);
cii_must_check enum cii_code store_outbox_renew(
    struct store *store, const char *partner, const struct stream_id *stream,
    store_chain *chain, struct out_stream *out, struct cii_error *err);
/* Is this event in the partner's current stream already? */
cii_must_check enum cii_code store_outbox_holds(struct store *store,
                                                const char *partner,
                                                int64_t event, bool *holds,
                                                struct cii_error *err);
/* Events of this issuer that came from it and are ours to give back when its
 * store has lost them: numbers after `after`, stored since `since`. */
cii_must_check enum cii_code store_event_of_issuer(
    struct store *store, const char *issuer, int64_t since, int64_t after,
    int64_t *numbers, size_t max, size_t *count, struct cii_error *err);

/* What became of our deliveries at the partner. */
struct receipt_row {
    int64_t event;
    const char *partner;
    const char *state; /* "stored", "accepted", "refused", "seen"; "void": its
                          place was sent without it */
    const char *reason;
    int64_t at;
};
cii_must_check enum cii_code store_receipt_add(struct store *store,
                                               const struct receipt_row *row,
                                               struct cii_error *err);
/* "accepted" for all deliveries first..last of the current stream but those
 * with a refusal: one row for the range. */
cii_must_check enum cii_code store_receipt_range(
    struct store *store, const char *partner, const struct stream_id *stream,
    uint64_t first, uint64_t last, int64_t at, struct cii_error *err);
typedef void store_receipt_seen(void *context, const struct receipt_row *row);
/* Ranges and the ack cursor included: what is known for this event, by partner
 * and in the order in which it was said. "stored" has at 0: cursors keep no
 * time. */
cii_must_check enum cii_code store_receipt_each(struct store *store,
                                                int64_t event,
                                                store_receipt_seen *seen,
                                                void *context,
                                                struct cii_error *err);

/* --- dossiers -------------------------------------------------------------*/

struct dossier_row {
    int64_t number;
    int64_t person;
    const char *case_ref;
    const char *counsellor;
    const char *commune; /* of domicile, eCH-0007 number; "" unknown */
    int64_t opened_at;
    int64_t closed_at; /* 0: open */
};
/* DUPLICATE when the person has an open one: row->number is its number. */
cii_must_check enum cii_code store_dossier_open(struct store *store,
                                                struct dossier_row *row,
                                                struct cii_error *err);
/* Of the open dossier: case, counsellor or commune said anew; NULL stays as it
 * is. UNKNOWN when none is open. */
cii_must_check enum cii_code store_dossier_change(
    struct store *store, int64_t person, const char *case_ref,
    const char *counsellor, const char *commune, struct cii_error *err);
/* The person's open dossier; UNKNOWN when there is none. */
cii_must_check enum cii_code store_dossier_get(struct store *store,
                                               int64_t person,
                                               struct dossier_row *row,
                                               struct cii_error *err);
/* UNKNOWN when none is open; so too store_concern_set(). */
cii_must_check enum cii_code store_dossier_close(struct store *store,
                                                 int64_t person, int64_t at,
                                                 struct cii_error *err);
/* Adds or (on = false) ends that this office is concerned by the person. */
cii_must_check enum cii_code store_concern_set(struct store *store,
                                               int64_t person,
                                               const char *institution, bool on,
                                               int64_t at,
                                               struct cii_error *err);
typedef void store_concern_seen(void *context, const char *institution);
/* Of an open dossier only. */
cii_must_check enum cii_code store_concern_each(struct store *store,
                                                int64_t person,
                                                store_concern_seen *seen,
                                                void *context,
                                                struct cii_error *err);
typedef void store_dossier_seen(void *context, const struct dossier_row *row);
cii_must_check enum cii_code store_dossier_each(struct store *store,
                                                int64_t after, size_t max,
                                                store_dossier_seen *seen,
                                                void *context,
                                                struct cii_error *err);

struct match_row {
    int64_t a;
    int64_t b;
    const char *reason;
    int64_t at;
};

typedef void store_match_seen(void *context, const struct match_row *row);
/* person 0: all. */
cii_must_check enum cii_code store_match_each(struct store *store,
                                              int64_t person, size_t max,
                                              store_match_seen *seen,
                                              void *context,
                                              struct cii_error *err);

/* --- tasks ----------------------------------------------------------------*/

/* What the law wants a human to do: inform, answer, send by a day. */
struct task_row {
    int64_t number;
    const char *kind;     /* "inform-after", "duty", "answer"... */
    int64_t person;       /* 0: none */
    const char *partner;  /* "" none */
    int64_t basis;        /* store_basis(); 0: none */
    const char *rule;     /* filled when read */
    const char *citation; /* filled when read */
    int64_t opened_at;
    int64_t due_at;    /* 0: none */
    int64_t late_at;   /* when it was found overdue; 0: it was not */
    int64_t closed_at; /* 0: open */
    const char *proof; /* what closed it */
};
/* Sets row->number. DUPLICATE when one of this kind, person, partner and basis
 * is open: row->number is its number, and it stays as it is. */
cii_must_check enum cii_code store_task_open(struct store *store,
                                             struct task_row *row,
                                             struct cii_error *err);
/* An event that the task is about; twice does nothing. */
cii_must_check enum cii_code store_task_add(struct store *store, int64_t task,
                                            int64_t event,
                                            struct cii_error *err);
/* UNKNOWN when there is no such task; DUPLICATE when it is closed. */
cii_must_check enum cii_code store_task_close(struct store *store, int64_t task,
                                              const char *proof, int64_t at,
                                              struct cii_error *err);
/* UNKNOWN when there is none. */
cii_must_check enum cii_code store_task_get(struct store *store, int64_t task,
                                            struct task_row *row,
                                            struct cii_error *err);
/* UNKNOWN when there is none; a second time does nothing. */
cii_must_check enum cii_code store_task_late(struct store *store, int64_t task,
                                             int64_t at, struct cii_error *err);

/* Zero and NULL: any. */
struct task_filter {
    int64_t person;
    int64_t event; /* that it is about */
    const char *kind;
    const char *partner;
    bool open;          /* open ones only */
    bool late;          /* overdue ones only */
    int64_t due_before; /* open, due, and not found overdue yet, before this */
    int64_t after;      /* number > */
};

typedef void store_task_seen(void *context, const struct task_row *row);
/* Ascending, at most max. */
cii_must_check enum cii_code store_task_each(struct store *store,
                                             const struct task_filter *filter,
                                             size_t max, store_task_seen *seen,
                                             void *context,
                                             struct cii_error *err);
typedef void store_task_event_seen(void *context, int64_t event);
cii_must_check enum cii_code store_task_events(struct store *store,
                                               int64_t task,
                                               store_task_event_seen *seen,
                                               void *context,
                                               struct cii_error *err);

/* --- acts -----------------------------------------------------------------*/

/* What users did, reading included, and what went wrong with partners. */
struct act_row {
    int64_t number;
    int64_t at;
    uint32_t uid;     /* UINT32_MAX: the daemon itself */
    const char *role; /* control socket */
    const char *user; /* acting user named by a service account; "" none */
    const char *verb;
    const char *subject; /* event id, partner...; never personal data */
    int64_t person;      /* 0: none */
    const char *result;
};
cii_must_check enum cii_code store_act_add(struct store *store,
                                           const struct act_row *row,
                                           struct cii_error *err);
typedef void store_act_seen(void *context, const struct act_row *row);
/* Newest first, numbers below `before`; 0: from the newest. */
cii_must_check enum cii_code store_act_each(struct store *store, int64_t before,
                                            size_t max, store_act_seen *seen,
                                            void *context,
                                            struct cii_error *err);

/* --- figures --------------------------------------------------------------*/

struct store_figures {
    int64_t events;
    int64_t persons;
    int64_t turn;
    int64_t file_bytes;
    int64_t log_bytes; /* the WAL */
    const char *journal_mode;
    int synchronous; /* 2: FULL */
    int schema;
};
cii_must_check enum cii_code store_figures(struct store *store,
                                           struct store_figures *figures,
                                           struct cii_error *err);
/* quick_check of the whole file: "ok", or the first finding. Readers only. */
cii_must_check enum cii_code store_verify(struct store *store, char *finding,
                                          size_t size, struct cii_error *err);

#endif
