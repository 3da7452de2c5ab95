/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "app/control.h"
#include "app/duty.h"
#include "app/issue.h"
#include "app/peer.h"
#include "app/rejudge.h"
#include "app/watch.h"
#include "archive/person.h"
#include "base/log.h"

#define FRAMES_A_TURN PEER_REFUSALS_MAX
/* what is unpacked of these stays well below the turn's arena */
#define FRAMES_A_TURN_BYTES ((size_t)32 << 20)
#define SENDS_A_TURN        2048 /* for each partner: more than a turn issues */
#define SENDS_A_TURN_ALL    8192 /* for all of them: control waits no longer */
#define VOIDS_A_TURN        256  /* looked at for all partners */
#define PERSONS_A_TURN      16   /* judged again; their events are few */

void
core_wants_turn(struct core *core)
{
    core->turn_wanted = true;
    loop_again(core->loop);
}

/* --- receive and decide ---------------------------------------------------*/

static enum cii_code
take_frames(struct core *core, struct cii_error *err)
{
    size_t bytes = 0;
    for (int i = 0;
         core->bus_ready && i < FRAMES_A_TURN && bytes < FRAMES_A_TURN_BYTES;
         i++) {
        struct bus_frame frame;
        const enum cii_code code = bus_receive(core->bus, &frame, err);
        if (code == CII_BUSY) {
            core->bus_ready = false;
            return CII_OK;
        }
        CII_TRY(code);
        bytes += frame.bytes.size;
        struct peer *peer = core_peer(core, frame.partner);
        if (peer)
            CII_TRY(peer_frame(peer, frame.number, frame.bytes, err));
    }
    return CII_OK;
}

static enum cii_code
take(struct core *core, bool *more, struct cii_error *err)
{
    if (!core->full)
        CII_TRY(take_frames(core, err));
    CII_TRY(control_take(core, more, err));
    size_t voids = core->full ? 0 : VOIDS_A_TURN;
    for (size_t i = 0; i < core->peer_count; i++) {
        CII_TRY(issue_receipt(core->peer[i], err));
        CII_TRY(peer_void(core->peer[i], &voids, err));
    }
    return CII_OK;
}

/* --- store and commit -----------------------------------------------------*/

static enum cii_code
store_all(struct core *core, bool *more, struct cii_error *err)
{
    CII_TRY(issue_all(core, err));
    if (!core->full)
        CII_TRY(rejudge_work(core, PERSONS_A_TURN, more, err));
    if (core->duties_due && !core->full) {
        bool left = false;
        CII_TRY(duty_tick(core, &left, err));
        core->duties_due = left;
        *more = *more || left;
    }
    for (size_t i = 0; i < core->peer_count; i++)
        CII_TRY(peer_store(core->peer[i], err));
    return CII_OK;
}

static enum cii_code
take_and_store(struct core *core, bool *more, struct cii_error *err)
{
    issue_forget(core);
    for (size_t i = 0; i < core->peer_count; i++)
        buffer_clear(&core->peer[i]->fresh);
    arena_reset(core->turn_arena);
    CII_TRY(store_begin(core->store, err));
    enum cii_code code = take(core, more, err);
    if (code == CII_OK)
        code = store_all(core, more, err);
    if (code == CII_OK && store_is_dirty(core->store))
        return store_commit(core->store, err); /* or rolls back itself */
    store_rollback(core->store);
    return code;
}

/* --- answer ---------------------------------------------------------------*/

/* One read transaction for all that leaves: its locks cost more than the
 * rows. Partners take turns at being first. True when more could be sent. */
static bool
send_all(struct core *core)
{
    struct cii_error err;
    bool more = false;
    if (store_read_begin(core->store, &err) != CII_OK)
        core_abandon(core, &err);
    uint64_t sent = 0;
    for (size_t i = 0; i < core->peer_count && sent < SENDS_A_TURN_ALL; i++) {
        struct peer *peer = core->peer[core->send_next++ % core->peer_count];
        const uint64_t first = peer->exchange.next;
        if (peer_send(peer, SENDS_A_TURN))
            more = true;
        sent += peer->exchange.next - first;
    }
    if (sent >= SENDS_A_TURN_ALL)
        more = true;
    store_read_end(core->store);
    return more;
}

static bool
any_to_send(const struct core *core)
{
    for (size_t i = 0; i < core->peer_count; i++)
        if (exchange_has_work(&core->peer[i]->exchange))
            return true;
    return false;
}

static void
answer(struct core *core, bool more)
{
    watch_flush(core);
    control_commit(core);
    for (size_t i = 0; i < core->peer_count; i++)
        peer_ack(core->peer[i]);
    if (any_to_send(core) && send_all(core))
        more = true;
    core->figure[FIGURE_TURNS]++;
    if (bus_has_input(core->bus))
        core->bus_ready = true;
    if (more || core->bus_ready)
        loop_again(core->loop);
    store_checkpoint(core->store);
}

/* Nothing of this turn happened: what it held in memory is read again, its
 * clients are told, and the links whose frames it took begin anew. */
static void
undo(struct core *core, const struct cii_error *why)
{
    struct cii_error err;
    issue_forget(core);
    watch_forget(core);
    person_cache_clear(core->archive.persons);
    for (size_t i = 0; i < core->peer_count; i++)
        if (peer_reload(core->peer[i], &err) != CII_OK)
            core_abandon(core, &err);
    if (core_load_story(core, &err) != CII_OK ||
        core_load_book(core, &err) != CII_OK)
        core_abandon(core, &err);
    control_undo(core, why);
    control_commit(core);
}

static bool
has_work(const struct core *core)
{
    return (core->bus_ready && !core->full) || control_has_work(core) ||
           core->turn_wanted;
}

/*
 * The turn: receive, decide, store, commit, answer. Everything that has come
 * shares one transaction, and nothing is said before it is durable.
 */
void
core_turn(void *context)
{
    struct core *core = context;
    if (!has_work(core))
        return;
    core->turn_wanted = false;

    struct cii_error err = {0};
    bool more = false;
    const enum cii_code code = take_and_store(core, &more, &err);
    if (code == CII_OK) {
        answer(core, more);
        return;
    }
    switch (cii_code_class(code)) {
    case CII_RETRY:
        log_line(LOG_ERROR, "turn undone reason=\"%s\"", err.text);
        core->full = true;
        undo(core, &err);
        return;
    case CII_DONE: /* DUPLICATE ends no turn: nothing was committed */
    case CII_REFUSED:
    case CII_FAULT:
        core_abandon(core, &err);
    }
}
