/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_CORE_H
#define APP_CORE_H

/*
 * The core: everything that knows everything.
 *
 * One thread, one loop. What has come is taken in one turn: receive, decide,
 * store, commit; then answer (turn.c). Nothing is acknowledged, delivered or
 * handed on before the commit returned.
 *
 * The parts, each in its own file:
 *   turn.c      the turn itself, and what happens when the disk is full
 *   peer.c      one partner: its exchange and its link
 *   leave.c     what leaves: each place of a stream, judged again and stripped
 *   telling.c   one event for one partner: judged, recorded, put into its
 *               stream behind the statements that it rests on
 *   statement.c what a statement changes: the book, what is hidden, whom to
 *               pass it on to
 *   rejudge.c   what a statement changed is judged again
 *   arrive.c    what a partner delivered: verify, judge, store
 *   draft.c     what an office states: checked, and built into an event
 *   issue.c     events of the turn: signed, stored, judged, put into streams
 *   receipt.c   what became of a partner's deliveries, as an event
 *   duty.c      what the law wants a human to do, and by when (duty_*.c)
 *   judging.c   from an event to a question to the law
 *   control.c   the control sockets; verbs*.c what they answer
 *   watch.c     news for those who watch
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "archive/archive.h"
#include "base/loop.h"
#include "base/notice.h"
#include "bus/bus.h"
#include "conf/config.h"
#include "crypto/seal.h"
#include "crypto/sign.h"
#include "exchange/exchange.h"
#include "law/law.h"
#include "legal/book.h"
#include "legal/inquiry.h"
#include "store/store.h"

struct peer;
struct control;
struct client;
struct watch;
struct issue_queue;

/* The type of the events that say what became of deliveries. */
#define RECEIPT_TYPE "recu"

enum core_figure {
    FIGURE_ISSUED,
    FIGURE_ARRIVED,
    FIGURE_REFUSED,
    FIGURE_TURNS,
    FIGURE_COUNT
};

struct core {
    struct config *config; /* owned, as all here unless said */
    struct partner_list *partners;
    struct catalogue *catalogue;
    struct law *law;
    struct competence *competence;
    struct book *book; /* the statements that may decide something */
    struct signer *signer;
    struct verifier *verifier;
    struct vault *vault;
    struct store *store;
    struct archive archive; /* store and vault together */
    struct bus *bus;
    struct loop *loop;

    struct peer **peer; /* one for each partner, in its order */
    size_t peer_count;
    size_t send_next; /* who is first, modulo peer_count */
    struct control *control;
    struct watch *watch;
    struct issue_queue *issue;

    struct arena *turn_arena;  /* lives until the end of the turn */
    struct arena *frame_arena; /* of the frame or request in hand */
    struct buffer scratch;     /* whoever needs it last */

    int run_lock; /* one core for each run_dir */
    int gate_listener;
    int gate; /* connection with the gate; -1: none */
    int reader_listener;
    int reader; /* connection with the reader; -1: none */
    struct loop_watch *gate_listener_watch;
    struct loop_watch *gate_watch;
    struct loop_watch *reader_listener_watch;
    struct loop_watch *reader_watch;
    struct loop_watch *bus_watch;
    struct loop_timer *tick;

    int receipt_type;       /* number of RECEIPT_TYPE in the catalogue */
    uint64_t dossier_epoch; /* grows whenever a dossier changes */
    bool rejudge_due;       /* the store may hold something to judge again */
    bool duties_due;        /* a while has passed: what fell due? */
    bool bus_ready;         /* something may wait in the bus */
    bool turn_wanted;       /* something else waits for one */
    bool full;              /* the disk is full: nothing new is taken */
    bool stopping;
    int64_t story_offset; /* milliseconds; 0 outside pilots */
    int64_t started;      /* steady clock */
    int64_t figure[FIGURE_COUNT];
};

/* Reads everything that is read at start, and opens nothing: what is wrong
 * with configuration, partners, keys, catalogue or rules. */
cii_must_check enum cii_code core_check(const char *config,
                                        struct cii_error *err);

/* Reads the configuration and opens everything; runs until a signal. */
cii_must_check enum cii_code core_new(struct core **core, const char *config,
                                      struct cii_error *err);
cii_must_check enum cii_code core_run(struct core *core, struct cii_error *err);

/* The moment as this institution sees it: the clock, or the story's. */
int64_t core_now(const struct core *core);

/* Everything that judging needs, as it stands now. */
struct legal core_legal(const struct core *core);

/* Reads the statements again from the store: at start and after an undone
 * turn. */
cii_must_check enum cii_code core_load_book(struct core *core,
                                            struct cii_error *err);

/* Reads the story's clock again from the store: at start and after an undone
 * turn. */
cii_must_check enum cii_code core_load_story(struct core *core,
                                             struct cii_error *err);

/* Logs, and leaves at once: the file tells the rest. */
_Noreturn void core_abandon(const struct core *core,
                            const struct cii_error *err);

/* NULL when it is no partner. */
struct peer *core_peer(struct core *core, const char *partner);

/* Records an act of the daemon itself within the turn. */
cii_must_check enum cii_code core_note(struct core *core, const char *verb,
                                       const char *subject, const char *result,
                                       struct cii_error *err);

/* --- turn.c ---------------------------------------------------------------*/

/* Called after every round of the loop. */
void core_turn(void *context);
/* Asks for a turn even if no descriptor becomes ready. */
void core_wants_turn(struct core *core);

#endif
