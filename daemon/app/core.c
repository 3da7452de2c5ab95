/* SPDX-License-Identifier: Apache-2.0 */
#include "app/core.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/control.h"
#include "app/issue.h"
#include "app/peer.h"
#include "app/watch.h"
#include "archive/person.h"
#include "base/child.h"
#include "base/clock.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "base/socket.h"
#include "legal/rules.h"
#include "proto/date.h"

#define TURN_ARENA_MAX  (512u << 20)
#define FRAME_ARENA_MAX (8u << 20)
#define TICK_MS         1000
#define PRUNE_A_TICK    4096
#define BUS_HIGH_WATER  20000 /* above any window */

int64_t
core_now(const struct core *core)
{
    return clock_now() + core->story_offset;
}

void
core_abandon(const struct core *core, const struct cii_error *err)
{
    (void)core;
    log_line(LOG_ERROR, "core stops code=%s reason=\"%s\"",
             cii_code_name(err->code), err->text);
    _exit(EXIT_FAILURE);
}

struct legal
core_legal(const struct core *core)
{
    return (struct legal){.catalogue = core->catalogue,
                          .law = core->law,
                          .competence = core->competence,
                          .book = core->book,
                          .store = core->store,
                          .us = core->config->institution};
}

struct peer *
core_peer(struct core *core, const char *partner)
{
    size_t low = 0;
    size_t high = core->peer_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(partner, core->peer[middle]->config->id);
        if (order == 0)
            return core->peer[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

enum cii_code
core_note(struct core *core, const char *verb, const char *subject,
          const char *result, struct cii_error *err)
{
    const struct act_row row = {
        .at = core_now(core),
        .uid = UINT32_MAX,
        .role = "daemon",
        .user = "",
        .verb = verb,
        .subject = subject,
        .result = result,
    };
    return store_act_add(core->store, &row, err);
}

/* --- keys and law ---------------------------------------------------------*/

static enum cii_code
load_keys(struct core *core, struct cii_error *err)
{
    char *pem = NULL;
    size_t size = 0;
    CII_TRY(
        file_read(core->config->signing_key, 16384, true, &pem, &size, err));
    struct cii_error why;
    const enum cii_code code = signer_new(&core->signer, pem, size, &why);
    explicit_bzero(pem, size);
    free(pem);
    if (code != CII_OK)
        return cii_fail(err, code, "%.200s: %.250s", core->config->signing_key,
                        why.text);

    char *master = NULL;
    CII_TRY(
        file_read(core->config->master_key, 4096, true, &master, &size, err));
    enum cii_code opened =
        size == SEAL_KEY_SIZE
            ? vault_new(&core->vault, (const uint8_t *)master, err)
            : cii_fail(err, CII_CONFIG, "%s: a master key is %d bytes, not %zu",
                       core->config->master_key, SEAL_KEY_SIZE, size);
    explicit_bzero(master, size);
    free(master);
    return opened;
}

static enum cii_code
trust(struct core *core, const char *issuer, const char *text,
      struct cii_error *err)
{
    uint8_t key[PUBLIC_KEY_SIZE];
    CII_TRY(public_key_parse(text, key, err));
    return verifier_trust(core->verifier, issuer, key, err);
}

static enum cii_code
load_trust(struct core *core, struct cii_error *err)
{
    CII_TRY(verifier_new(&core->verifier, err));
    CII_TRY(verifier_trust(core->verifier, core->config->institution,
                           signer_public_key(core->signer), err));
    for (size_t i = 0; i < core->partners->count; i++) {
        const struct partner_config *partner = &core->partners->partner[i];
        for (char **key = partner->signing_key; key && *key; key++)
            CII_TRY(trust(core, partner->id, *key, err));
    }
    return CII_OK;
}

static enum cii_code
load_law(struct core *core, struct cii_error *err)
{
    CII_TRY(catalogue_load(&core->catalogue, core->config->facets,
                           core->config->event_types, err));
    core->receipt_type = catalogue_type(core->catalogue, RECEIPT_TYPE);
    if (core->receipt_type < 0)
        return cii_fail(err, CII_CONFIG, "%s: the type \"%s\" is missing",
                        core->config->event_types, RECEIPT_TYPE);
    CII_TRY(competence_load(&core->competence, core->config->competence, err));
    return legal_load(&core->law, core->config->rules, core->catalogue,
                      core->config->profile == PROFILE_PILOT, err);
}

/* --- the gate and the reader ----------------------------------------------*/

static void
all_down(struct core *core, const char *reason)
{
    for (size_t i = 0; i < core->peer_count; i++)
        peer_down(core->peer[i], core->peer[i]->number, reason);
}

static void
lose_gate(struct core *core)
{
    log_line(LOG_WARNING, "gate gone");
    loop_remove(core->loop, &core->gate_watch);
    fd_close(&core->gate);
    all_down(core, "the gate is gone");
}

static void
on_notice(struct core *core, const struct notice *notice)
{
    struct peer *peer = core_peer(core, notice->partner);
    char quoted[256];
    switch (notice->kind) {
    case NOTICE_UP:
        if (peer)
            peer_up(peer, notice);
        break;
    case NOTICE_DOWN:
        if (peer)
            peer_down(peer, notice->number, notice->reason);
        break;
    case NOTICE_REFUSED:
        watch_tell(core, &(struct news){.what = "alert",
                                        .partner = notice->partner,
                                        .reason = notice->reason});
        log_line_limited(LOG_INFO, "gate-refused",
                         "link refused partner=%s reason=%s", notice->partner,
                         log_quote(notice->reason, quoted, sizeof quoted));
        break;
    case NOTICE_CUT:
        break;
    }
    core_wants_turn(core);
}

static void
gate_ready(void *context, unsigned int events)
{
    (void)events;
    struct core *core = context;
    for (int i = 0; i < 256 && core->gate >= 0; i++) {
        uint8_t packet[NOTICE_SIZE];
        const ssize_t got =
            recv(core->gate, packet, sizeof packet, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        struct notice notice;
        if (got <= 0 || notice_unpack(&notice, packet, (size_t)got) != CII_OK) {
            lose_gate(core);
            return;
        }
        on_notice(core, &notice);
    }
}

/* One gate, one reader: a newer connection is that of a newer process. */
static void
welcome(struct core *core, int listener, int *fd, struct loop_watch **watch,
        loop_ready *ready, const char *who)
{
    struct cii_error err;
    int fresh = -1;
    if (socket_accept(&fresh, listener, NULL) != CII_OK)
        return;
    struct socket_peer peer;
    if (socket_peer(fresh, &peer, &err) != CII_OK || peer.uid != getuid()) {
        log_line(LOG_WARNING, "%s refused: another user", who);
        fd_close(&fresh);
        return;
    }
    loop_remove(core->loop, watch);
    fd_close(fd);
    *fd = fresh;
    if (loop_add(core->loop, watch, fresh, LOOP_READ, ready, core, &err) !=
        CII_OK)
        core_abandon(core, &err);
    log_line(LOG_INFO, "%s here", who);
}

static void
gate_listener_ready(void *context, unsigned int events)
{
    (void)events;
    struct core *core = context;
    if (core->gate >= 0)
        lose_gate(core);
    welcome(core, core->gate_listener, &core->gate, &core->gate_watch,
            gate_ready, "gate");
}

/* The reader says nothing; that it is readable means that it is gone. */
static void
reader_ready(void *context, unsigned int events)
{
    (void)events;
    struct core *core = context;
    uint8_t byte;
    if (recv(core->reader, &byte, 1, MSG_DONTWAIT) < 0 &&
        (errno == EAGAIN || errno == EINTR))
        return;
    loop_remove(core->loop, &core->reader_watch);
    fd_close(&core->reader);
    log_line(LOG_WARNING, "reader gone");
}

static void
reader_listener_ready(void *context, unsigned int events)
{
    (void)events;
    struct core *core = context;
    welcome(core, core->reader_listener, &core->reader, &core->reader_watch,
            reader_ready, "reader");
}

static enum cii_code
listen_local(struct core *core, const char *name, int *fd,
             struct loop_watch **watch, loop_ready *ready,
             struct cii_error *err)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", core->config->run_dir, name);
    CII_TRY(socket_listen(fd, SOCKET_PACKETS, path, 0600, 4, err));
    return loop_add(core->loop, watch, *fd, LOOP_READ, ready, core, err);
}

/* --- time -----------------------------------------------------------------*/

/* Is there room again? One small write tells. */
static void
try_room(struct core *core)
{
    struct cii_error err;
    const int64_t now = core_now(core);
    if (store_begin(core->store, &err) != CII_OK)
        return;
    enum cii_code code =
        store_value_set(core->store, "room", BYTES_OF(now), &err);
    if (code == CII_OK)
        code = store_commit(core->store, &err);
    else
        store_rollback(core->store);
    if (code == CII_STORE)
        core_abandon(core, &err);
    if (code != CII_OK)
        return;
    log_line(LOG_NOTICE, "disk has room again");
    core->full = false;
    core->bus_ready = true;
    core_wants_turn(core);
}

/* Acked deliveries stay replayable for a while, then go. */
static enum cii_code
prune(struct core *core, struct peer *peer, struct cii_error *err)
{
    const int64_t before =
        core_now(core) - core->config->limits.replay_days * DAY_MS;
    struct out_stream out;
    CII_TRY(store_out_load(core->store, peer->config->id, &out, err));
    CII_TRY(store_outbox_prune(core->store, peer->config->id, before,
                               PRUNE_A_TICK, &out, err));
    if (out.oldest == peer->exchange.oldest)
        return CII_OK;
    peer->exchange.oldest = out.oldest;
    return store_out_save(core->store, peer->config->id, &out, err);
}

static void
prune_all(struct core *core)
{
    struct cii_error err;
    if (store_begin(core->store, &err) != CII_OK)
        core_abandon(core, &err);
    for (size_t i = 0; i < core->peer_count; i++)
        if (prune(core, core->peer[i], &err) != CII_OK) {
            store_rollback(core->store);
            return;
        }
    if (!store_is_dirty(core->store)) {
        store_rollback(core->store);
        return;
    }
    if (store_commit(core->store, &err) == CII_STORE)
        core_abandon(core, &err);
}

static void tick(void *context);

static void
tick_again(struct core *core)
{
    struct cii_error err;
    if (loop_timer_add(core->loop, &core->tick, TICK_MS, tick, core, &err) !=
        CII_OK)
        core_abandon(core, &err);
}

static void
tick(void *context)
{
    struct core *core = context;
    static unsigned int count;
    if (core->full) {
        try_room(core);
    } else if (++count % 60 == 0) {
        prune_all(core);
        core->duties_due = true;
        core_wants_turn(core);
    }
    core->bus_ready = true; /* an edge that was missed costs one second */
    tick_again(core);
}

/* --- start and stop -------------------------------------------------------*/

static void
bus_is_ready(void *context, unsigned int events)
{
    (void)events;
    struct core *core = context;
    core->bus_ready = true;
}

static void
on_signal(void *context, int signal_number)
{
    struct core *core = context;
    if (signal_number == SIGTERM || signal_number == SIGINT)
        loop_stop(core->loop);
}

static enum cii_code
open_peers(struct core *core, struct cii_error *err)
{
    core->peer = calloc(core->partners->count + 1, sizeof(struct peer *));
    if (!core->peer)
        return cii_fail(err, CII_MEMORY, "no memory for partners");
    CII_TRY(store_begin(core->store, err));
    for (size_t i = 0; i < core->partners->count; i++) {
        CII_TRY(
            peer_new(&core->peer[i], core, &core->partners->partner[i], err));
        core->peer_count++;
        CII_TRY(peer_reload(core->peer[i], err));
        CII_TRY(peer_store(core->peer[i], err));
    }
    if (store_is_dirty(core->store))
        return store_commit(core->store, err);
    store_rollback(core->store);
    return CII_OK;
}

enum cii_code
core_load_story(struct core *core, struct cii_error *err)
{
    struct bytes value;
    core->story_offset = 0;
    const enum cii_code code =
        store_value_get(core->store, "story-offset", &value, err);
    if (code == CII_UNKNOWN)
        return CII_OK;
    CII_TRY(code);
    if (value.size == sizeof core->story_offset &&
        core->config->profile == PROFILE_PILOT)
        memcpy(&core->story_offset, value.data, value.size);
    return CII_OK;
}

enum cii_code
core_load_book(struct core *core, struct cii_error *err)
{
    book_clear(core->book);
    core->rejudge_due = true;
    core->duties_due = true;
    core->dossier_epoch++;
    return book_fill(core->book, &core->archive, err);
}

/* From its first start on a store belongs to one institution and is sealed by
 * one master key: with another, nothing in it could be read. */
static enum cii_code
claim_store(struct core *core, struct cii_error *err)
{
    const struct digest owner =
        vault_lookup(core->vault, "store",
                     bytes_of_text(core->config->institution));
    struct bytes known;
    const enum cii_code code =
        store_value_get(core->store, "owner", &known, err);
    if (code == CII_UNKNOWN) {
        CII_TRY(store_begin(core->store, err));
        CII_TRY(store_value_set(core->store, "owner", BYTES_OF(owner), err));
        return store_commit(core->store, err);
    }
    CII_TRY(code);
    if (known.size != sizeof owner ||
        memcmp(known.data, &owner, sizeof owner) != 0)
        return cii_fail(err, CII_CONFIG,
                        "%.200s holds the store of another institution or of "
                        "another master key than %.200s: give each its own",
                        core->config->state_dir, core->config->master_key);
    return CII_OK;
}

static enum cii_code
open_store(struct core *core, struct cii_error *err)
{
    CII_TRY(store_open(&core->store, core->config->state_dir, err));
    CII_TRY(claim_store(core, err));
    CII_TRY(core_load_story(core, err));
    core->archive = (struct archive){.store = core->store,
                                     .vault = core->vault,
                                     .institution = core->config->institution};
    CII_TRY(person_cache_new(&core->archive.persons, err));
    CII_TRY(
        book_new(&core->book, core->catalogue, core->config->institution, err));
    CII_TRY(core_load_book(core, err));
    CII_TRY(issue_queue_new(&core->issue, err));
    CII_TRY(watch_new(&core->watch, err));
    CII_TRY(arena_new(&core->turn_arena, TURN_ARENA_MAX, err));
    return arena_new(&core->frame_arena, FRAME_ARENA_MAX, err);
}

/* A second ciid with other files but the same run_dir would take the sockets
 * of the first, and its partners with them. */
static enum cii_code
lock_run_dir(struct core *core, struct cii_error *err)
{
    char path[128];
    snprintf(path, sizeof path, "%s/ciid.lock", core->config->run_dir);
    const enum cii_code code = lock_take(&core->run_lock, path, err);
    if (code == CII_CONFLICT)
        return cii_fail(err, code,
                        "%s: another ciid has its sockets here; stop it, or "
                        "give this one a run_dir of its own",
                        core->config->run_dir);
    return code;
}

static enum cii_code
open_sockets(struct core *core, struct cii_error *err)
{
    CII_TRY(loop_new(&core->loop, err));
    CII_TRY(loop_signals(core->loop, on_signal, core, err));
    if (mkdir(core->config->run_dir, 0755) != 0 && errno != EEXIST)
        return cii_fail(err, CII_SYSTEM, "cannot make %s: %s",
                        core->config->run_dir, strerror(errno));
    CII_TRY(lock_run_dir(core, err));
    CII_TRY(bus_open(&core->bus, LINK_FRAME_MAX, BUS_HIGH_WATER, err));
    CII_TRY(loop_add(core->loop, &core->bus_watch, bus_fd(core->bus), LOOP_READ,
                     bus_is_ready, core, err));
    CII_TRY(listen_local(core, "gate.sock", &core->gate_listener,
                         &core->gate_listener_watch, gate_listener_ready, err));
    CII_TRY(listen_local(core, "reader.sock", &core->reader_listener,
                         &core->reader_listener_watch, reader_listener_ready,
                         err));
    return control_open(core, err);
}

/* The process ends with its core: nothing of it is ever released. */
static enum cii_code
load(struct core **result, const char *path, struct cii_error *err)
{
    struct core *core = calloc(1, sizeof *core);
    if (!core)
        return cii_fail(err, CII_MEMORY, "no memory");
    *result = core;
    core->gate = core->gate_listener = -1;
    core->reader = core->reader_listener = -1;
    core->started = clock_steady();

    CII_TRY(config_load(&core->config, path, err));
    log_open("core", (enum log_level)core->config->log_level);
    CII_TRY(partners_load(&core->partners, core->config, err));
    CII_TRY(crypto_start(err));
    CII_TRY(load_keys(core, err));
    CII_TRY(load_trust(core, err));
    return load_law(core, err);
}

enum cii_code
core_check(const char *config, struct cii_error *err)
{
    struct core *core = NULL;
    return load(&core, config, err);
}

enum cii_code
core_new(struct core **result, const char *path, struct cii_error *err)
{
    struct core *core = NULL;
    CII_TRY(load(&core, path, err));
    assert(core);
    CII_TRY(open_store(core, err));
    CII_TRY(open_peers(core, err));
    CII_TRY(open_sockets(core, err));
    *result = core;
    return CII_OK;
}

enum cii_code
core_run(struct core *core, struct cii_error *err)
{
    CII_TRY(sandbox_enter(SANDBOX_CORE, err));
    loop_on_round(core->loop, core_turn, core);
    tick_again(core);
    log_line(LOG_NOTICE,
             "ready institution=%s profile=%s partners=%zu rules=%zu",
             core->config->institution,
             core->config->profile == PROFILE_PILOT ? "pilot" : "production",
             core->peer_count, law_rule_count(core->law));
    child_ready();
    loop_run(core->loop);
    all_down(core, "the core stops");
    store_close(&core->store);
    log_line(LOG_NOTICE, "stopped");
    return CII_OK;
}
