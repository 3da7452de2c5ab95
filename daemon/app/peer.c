/* SPDX-License-Identifier: Apache-2.0 */
#include "app/peer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "app/issue.h"
#include "app/watch.h"
#include "archive/stored.h"
#include "base/clock.h"
#include "base/log.h"
#include "proto/date.h"

#define RING_MAX 8192u

enum cii_code
peer_new(struct peer **result, struct core *core,
         const struct partner_config *config, struct cii_error *err)
{
    struct peer *peer = calloc(1, sizeof *peer);
    if (!peer)
        return cii_fail(err, CII_MEMORY, "no memory for a partner");
    *peer = (struct peer){.config = config,
                          .core = core,
                          .since = clock_now(),
                          .wants_all = true};
    exchange_init(&peer->exchange, config->id);
    peer->refusal = calloc(PEER_REFUSALS_MAX, sizeof *peer->refusal);
    if (!peer->refusal) {
        free(peer);
        return cii_fail(err, CII_MEMORY, "no memory for a partner");
    }
    *result = peer;
    return CII_OK;
}

/* --- the store's side -----------------------------------------------------*/

static void
take_out(struct peer *peer, const struct out_stream *out)
{
    peer->exchange.out_stream = out->stream;
    peer->exchange.oldest = out->oldest;
    peer->exchange.head = out->head;
    peer->exchange.acked = out->acked;
    peer->head_chain = out->head_chain;
}

static struct out_stream
give_out(const struct peer *peer)
{
    return (struct out_stream){.stream = peer->exchange.out_stream,
                               .oldest = peer->exchange.oldest,
                               .head = peer->exchange.head,
                               .head_chain = peer->head_chain,
                               .acked = peer->exchange.acked};
}

static bool
stream_is_none(const struct stream_id *stream)
{
    static const struct stream_id none;
    return memcmp(stream, &none, sizeof none) == 0;
}

enum cii_code
peer_reload(struct peer *peer, struct cii_error *err)
{
    struct core *core = peer->core;
    struct out_stream out;
    CII_TRY(store_out_load(core->store, peer->config->id, &out, err));
    struct in_stream in;
    CII_TRY(store_in_load(core->store, peer->config->id, &in, err));

    take_out(peer, &out);
    peer->exchange.in_stream = in.stream;
    peer->exchange.in_seq = in.seq;
    peer->exchange.in_chain = in.chain;
    peer->out_dirty = peer->in_dirty = peer->ack_due = false;
    peer->receipt_first = peer->receipt_last = 0;
    peer->receipt_due = false;
    peer->refusal_count = 0;
    peer->void_due = false;
    peer->voids_known = 0;
    if (stream_is_none(&out.stream)) {
        crypto_random(peer->exchange.out_stream.bytes, STREAM_ID_SIZE);
        peer->out_dirty = true;
    }
    if (peer->pending_frames > 0)
        peer_cut(peer, "the turn with its frames was undone");
    peer->pending_frames = 0;
    return CII_OK;
}

enum cii_code
peer_append(struct peer *peer, int64_t event, const struct digest *digest,
            struct cii_error *err)
{
    struct exchange *exchange = &peer->exchange;
    const uint64_t seq = exchange->head + 1;
    const struct outbox_row row = {
        .seq = seq,
        .event = event,
        .digest = *digest,
        .chain = chain_next(&peer->head_chain, seq, digest),
        .at = core_now(peer->core),
    };
    CII_TRY(
        store_outbox_append(peer->core->store, peer->config->id, &row, err));
    buffer_append(&peer->fresh, &row, sizeof row);
    exchange->head = seq;
    peer->head_chain = row.chain;
    peer->out_dirty = true;
    return CII_OK;
}

enum cii_code
peer_store(struct peer *peer, struct cii_error *err)
{
    struct core *core = peer->core;
    if (peer->out_dirty) {
        const struct out_stream out = give_out(peer);
        CII_TRY(store_out_save(core->store, peer->config->id, &out, err));
    }
    if (peer->in_dirty) {
        const struct in_stream in = {.stream = peer->exchange.in_stream,
                                     .seq = peer->exchange.in_seq,
                                     .chain = peer->exchange.in_chain};
        CII_TRY(store_in_save(core->store, peer->config->id, &in, err));
    }
    peer->out_dirty = peer->in_dirty = false;
    return CII_OK;
}

uint64_t
peer_backlog(const struct peer *peer)
{
    return peer->exchange.head - peer->exchange.acked;
}

/* --- the link -------------------------------------------------------------*/

static void
tell_gate(const struct peer *peer, uint64_t number, const char *reason)
{
    struct notice notice = {.kind = NOTICE_CUT, .number = number};
    strncpy(notice.partner, peer->config->id, NOTICE_PARTNER_MAX);
    strncpy(notice.reason, reason, NOTICE_REASON_MAX);
    uint8_t packed[NOTICE_SIZE];
    const size_t size = notice_pack(&notice, packed);
    if (peer->core->gate >= 0)
        (void)!send(peer->core->gate, packed, size,
                    MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void
tell_watchers(const struct peer *peer, const char *what, const char *reason)
{
    watch_tell(peer->core, &(struct news){.what = what,
                                          .partner = peer->config->id,
                                          .reason = reason});
}

void
peer_cut(struct peer *peer, const char *reason)
{
    if (peer->number == 0)
        return;
    log_line(LOG_WARNING,
             "link cut partner=%s number=%" PRIu64 " reason=\"%s\"",
             peer->config->id, peer->number, reason);
    tell_gate(peer, peer->number, reason);
    peer_down(peer, peer->number, reason);
}

void
peer_down(struct peer *peer, uint64_t number, const char *reason)
{
    if (peer->number == 0 || peer->number != number)
        return;
    char quoted[200];
    log_line(LOG_INFO, "link down partner=%s number=%" PRIu64 " reason=%s",
             peer->config->id, number,
             log_quote(reason, quoted, sizeof quoted));
    bus_disconnect(peer->core->bus, peer->path);
    (void)exchange_lost(&peer->exchange);
    free(peer->ring);
    peer->ring = NULL;
    peer->number = 0;
    peer->ack_due = false;
    peer->since = clock_now();
    tell_watchers(peer, "link", "down");
}

static enum cii_code
send_frame(struct peer *peer, const struct frame *frame, size_t *size,
           struct cii_error *err)
{
    struct buffer *packed = &peer->core->scratch;
    buffer_clear(packed);
    CII_TRY(frame_pack(frame, packed));
    *size = packed->size;
    return bus_send(peer->core->bus, peer->config->id, peer->number,
                    buffer_view(packed), err);
}

struct exchange_terms
peer_terms(const struct core *core)
{
    const struct config_limits *limits = &core->config->limits;
    /* outside of this range every partner would end the link */
    return (struct exchange_terms){
        .us = core->config->institution,
        .window_events = limits->window_events < EXCHANGE_WINDOW_EVENTS_MAX
                             ? (uint32_t)limits->window_events
                             : EXCHANGE_WINDOW_EVENTS_MAX,
        .window_bytes = limits->window_bytes > EXCHANGE_WINDOW_BYTES_MIN
                            ? (uint64_t)limits->window_bytes
                            : EXCHANGE_WINDOW_BYTES_MIN,
    };
}

static void
greet(struct peer *peer)
{
    char **wanted = peer->core->config->subscriptions;
    size_t count = 0;
    while (wanted && wanted[count])
        count++;
    const struct exchange_terms terms = peer_terms(peer->core);
    struct frame frame = {.kind = FRAME_HELLO};
    exchange_hello(&peer->exchange, &terms, (const char *const *)wanted, count,
                   &frame.hello);
    size_t size = 0;
    struct cii_error err;
    if (send_frame(peer, &frame, &size, &err) != CII_OK)
        peer_cut(peer, err.text);
}

/* The gate must not keep a link that nobody listens to. */
static void
refuse_link(const struct peer *peer, const struct notice *notice,
            const char *reason)
{
    log_line(LOG_ERROR,
             "link refused partner=%s number=%" PRIu64 " reason=\"%s\"",
             peer->config->id, notice->number, reason);
    tell_gate(peer, notice->number, reason);
}

void
peer_up(struct peer *peer, const struct notice *notice)
{
    struct core *core = peer->core;
    if (peer->number != 0)
        peer_down(peer, peer->number, "replaced by a newer link");
    struct cii_error err = {.text = "the path of its socket is too long"};
    if (peer->config->suspended) {
        refuse_link(peer, notice, "the partner is suspended");
        return;
    }
    if (link_path(peer->path, sizeof peer->path, core->config->run_dir,
                  peer->config->id, notice->number) != CII_OK ||
        bus_connect(core->bus, peer->config->id, notice->number, peer->path,
                    &err) != CII_OK) {
        refuse_link(peer, notice, err.text);
        return;
    }
    peer->number = notice->number;
    peer->since = clock_now();
    peer->void_due = false;
    peer->voids_known = 0;
    log_line(LOG_INFO, "link up partner=%s number=%" PRIu64, peer->config->id,
             peer->number);
    tell_watchers(peer, "link", "up");
    (void)exchange_up(&peer->exchange, notice->link_id);
    greet(peer);
}

/* --- what comes -----------------------------------------------------------*/

/* The chain of our stream after seq; false when the store knows it not. */
static enum cii_code
chain_at(struct peer *peer, uint64_t seq, struct digest *chain, bool *known,
         struct cii_error *err)
{
    *chain = (struct digest){0};
    *known = seq > 0 || peer->exchange.oldest == 1; /* or 1 is there no more */
    if (seq == 0)
        return CII_OK;
    if (seq == peer->exchange.head) {
        *chain = peer->head_chain;
        return CII_OK;
    }
    struct outbox_row row;
    const enum cii_code code =
        store_outbox_get(peer->core->store, peer->config->id, seq, &row, err);
    if (code == CII_UNKNOWN)
        *known = false;
    else if (code == CII_OK)
        *chain = row.chain;
    else
        return code;
    return CII_OK;
}

/* Everything that this partner issued and told us goes back to it: it may
 * have lost it. What it still has it recognises. */
static enum cii_code
give_back(struct peer *peer, struct cii_error *err)
{
    struct core *core = peer->core;
    const int64_t since =
        core_now(core) - core->config->limits.replay_days * DAY_MS;
    int64_t numbers[256];
    int64_t after = 0;
    size_t count = 0;
    size_t given = 0;
    do {
        CII_TRY(store_event_of_issuer(core->store, peer->config->id, since,
                                      after, numbers, 256, &count, err));
        for (size_t i = 0; i < count; i++) {
            bool holds = false;
            CII_TRY(store_outbox_holds(core->store, peer->config->id,
                                       numbers[i], &holds, err));
            if (holds)
                continue;
            struct event_row row;
            CII_TRY(store_event_get(core->store, numbers[i], &row, err));
            const struct digest digest = row.digest;
            CII_TRY(peer_append(peer, numbers[i], &digest, err));
            given++;
        }
        after = count ? numbers[count - 1] : after;
    } while (count == 256);
    log_line(LOG_WARNING, "stream new partner=%s giving-back=%zu",
             peer->config->id, given);
    return CII_OK;
}

/* A partner that names a stream of ours which we never had has it from a
 * store of ours that is no longer there: it is not the partner who forgot. */
static enum cii_code
check_who_went_back(struct peer *peer, const struct hello *hello,
                    struct exchange_step *step, struct cii_error *err)
{
    bool known = true;
    if (step->out_notice != NOTE_PARTNER_WENT_BACK ||
        stream_is_none(&hello->want.stream))
        return CII_OK;
    CII_TRY(store_out_knows(peer->core->store, peer->config->id,
                            &hello->want.stream, &known, err));
    if (known)
        return CII_OK;
    step->out_notice = NOTE_WE_WENT_BACK;
    step->reason = "the partner has a stream of ours that we do not know";
    return CII_OK;
}

/* Says what the hello showed about the two stores. */
static enum cii_code
note_hello(struct peer *peer, const struct hello *hello,
           const struct exchange_step *step, struct cii_error *err)
{
    char text[200];
    const char *us = NULL;
    if (step->out_notice == NOTE_WE_WENT_BACK) {
        snprintf(text, sizeof text,
                 "%s: it stored our deliveries up to %" PRIu64
                 ", our store knows %" PRIu64,
                 step->reason, hello->want.seq - 1, peer->exchange.head);
        us = "our store is older than what the partner holds";
    } else if (step->out_notice == NOTE_PARTNER_WENT_BACK) {
        snprintf(text, sizeof text,
                 "it wants %" PRIu64 " again, deliverable from %" PRIu64,
                 hello->want.seq, peer->exchange.oldest);
        us = "the partner's store is older than what it acknowledged";
    }
    if (!us)
        return CII_OK;
    log_line(LOG_ERROR, "restored partner=%s: %s; %s", peer->config->id, us,
             text);
    tell_watchers(peer, "alert", us);
    return core_note(peer->core, "restored", peer->config->id, text, err);
}

enum cii_code
peer_renew(struct peer *peer, const char *reason, struct cii_error *err)
{
    buffer_clear(&peer->fresh); /* places of the old stream */
    struct stream_id stream;
    crypto_random(stream.bytes, sizeof stream.bytes);
    struct out_stream out;
    CII_TRY(store_outbox_renew(peer->core->store, peer->config->id, &stream,
                               chain_next, &out, err));
    take_out(peer, &out);
    peer->out_dirty = true;
    log_line(LOG_WARNING, "stream renewed partner=%s deliveries=%" PRIu64,
             peer->config->id, out.head);
    peer_cut(peer, reason);
    return CII_OK;
}

static enum cii_code
open_link(struct peer *peer, struct cii_error *err)
{
    const uint32_t window = peer->exchange.window_events;
    const uint32_t room = window < RING_MAX ? window : RING_MAX;
    free(peer->ring);
    peer->ring = calloc(room, sizeof *peer->ring);
    if (!peer->ring)
        return cii_fail(err, CII_MEMORY, "no memory for a link");
    exchange_lend(&peer->exchange, peer->ring, room);
    /* the last ack may have been lost with the last link */
    peer->ack_due = peer->exchange.in_seq > 0;
    log_line(LOG_INFO,
             "link open partner=%s number=%" PRIu64 " next=%" PRIu64
             " head=%" PRIu64 " stored=%" PRIu64,
             peer->config->id, peer->number, peer->exchange.next,
             peer->exchange.head, peer->exchange.in_seq);
    return CII_OK;
}

static enum cii_code
take_wishes(struct peer *peer, const struct hello *hello, struct cii_error *err)
{
    peer->wants_all = hello->subscription_count == 0;
    if (peer->wants_all)
        return CII_OK;
    const size_t words = CATALOGUE_TYPES_MAX / 64;
    if (!peer->wants)
        peer->wants = calloc(words, sizeof *peer->wants);
    if (!peer->wants)
        return cii_fail(err, CII_MEMORY, "no memory for a link");
    memset(peer->wants, 0, words * sizeof *peer->wants);
    for (size_t i = 0; i < hello->subscription_count; i++) {
        const int type =
            catalogue_type(peer->core->catalogue, hello->subscription[i]);
        if (type >= 0)
            peer->wants[type / 64] |= UINT64_C(1) << (type % 64);
    }
    return CII_OK;
}

static enum cii_code
on_hello(struct peer *peer, const struct hello *hello, struct cii_error *err)
{
    struct digest chain;
    bool known = false;
    if (memcmp(&hello->want.stream, &peer->exchange.out_stream,
               sizeof hello->want.stream) == 0)
        CII_TRY(chain_at(peer, hello->want.seq - 1, &chain, &known, err));

    struct exchange_step step =
        exchange_greeted(&peer->exchange, hello, known ? &chain : NULL);
    if (step.action == ACTION_CUT) {
        peer_cut(peer, step.reason);
        return CII_OK;
    }
    if (step.action == ACTION_IGNORE)
        return CII_OK;
    CII_TRY(check_who_went_back(peer, hello, &step, err));
    CII_TRY(note_hello(peer, hello, &step, err));
    CII_TRY(take_wishes(peer, hello, err));
    peer->in_dirty = true;
    if (step.out_notice != NOTE_NOTHING)
        peer->out_dirty = true;
    if (step.in_notice == NOTE_NEW_STREAM)
        CII_TRY(give_back(peer, err));
    if (step.action == ACTION_RENEW)
        return peer_renew(peer, step.reason, err);
    return open_link(peer, err);
}

static enum cii_code
on_ack(struct peer *peer, const struct ack *ack, struct cii_error *err)
{
    struct core *core = peer->core;
    const struct ack_text text = {
        .receiver = peer->config->id,
        .sender = core->config->institution,
        .stream_id = ack->stream.bytes,
        .up_to = ack->up_to,
        .chain = &ack->chain,
    };
    if (ack_verify(core->verifier, &text, ack->signature, NULL) != CII_OK) {
        peer_cut(peer, "ack with a wrong signature");
        return CII_OK;
    }
    struct digest chain;
    bool known = false;
    if (ack->up_to <= peer->exchange.head)
        CII_TRY(chain_at(peer, ack->up_to, &chain, &known, err));
    const struct exchange_step step =
        exchange_released(&peer->exchange, ack, known ? &chain : NULL);
    if (step.action == ACTION_CUT)
        peer_cut(peer, step.reason);
    if (step.action == ACTION_RELEASE)
        peer->out_dirty = true;
    return CII_OK;
}

/* Deliver or void: admitted by the exchange, or the link ends. */
static enum cii_code
on_delivery(struct peer *peer, const struct frame *frame, size_t size,
            struct cii_error *err)
{
    const struct exchange_terms terms = peer_terms(peer->core);
    const uint64_t seq =
        frame->kind == FRAME_DELIVER ? frame->deliver.seq : frame->void_.seq;
    const struct exchange_step step =
        exchange_delivered(&peer->exchange, &terms, seq, size);
    if (step.action == ACTION_CUT)
        peer_cut(peer, step.reason);
    if (step.action != ACTION_TAKE)
        return CII_OK;

    struct digest digest = frame->void_.digest;
    if (frame->kind == FRAME_DELIVER) {
        digest = header_digest(frame->deliver.event.header_bytes);
        CII_TRY(arrive(peer, &frame->deliver, err));
    }
    const struct digest chain =
        chain_next(&peer->exchange.in_chain, seq, &digest);
    exchange_taken(&peer->exchange, &chain);
    peer->in_dirty = true;
    peer->ack_due = true;
    return CII_OK;
}

enum cii_code
peer_frame(struct peer *peer, uint64_t number, struct bytes bytes,
           struct cii_error *err)
{
    if (peer->number == 0 || number != peer->number)
        return CII_OK; /* of an older link */
    peer->pending_frames++;
    struct core *core = peer->core;
    arena_reset(core->frame_arena);
    struct frame frame;
    struct cii_error why;
    if (frame_unpack(&frame, bytes, core->frame_arena, &why) != CII_OK) {
        peer_cut(peer, why.text);
        return CII_OK;
    }
    switch (frame.kind) {
    case FRAME_HELLO:
        return on_hello(peer, &frame.hello, err);
    case FRAME_ACK:
        return on_ack(peer, &frame.ack, err);
    case FRAME_DELIVER:
    case FRAME_VOID:
        return on_delivery(peer, &frame, bytes.size, err);
    }
    return CII_OK;
}

/* --- what leaves ----------------------------------------------------------*/

void
peer_ack(struct peer *peer)
{
    peer->pending_frames = 0;
    if (!peer->ack_due || peer->exchange.state != EXCHANGE_OPEN)
        return;
    struct core *core = peer->core;
    struct frame frame = {.kind = FRAME_ACK,
                          .ack = {.stream = peer->exchange.in_stream,
                                  .up_to = peer->exchange.in_seq,
                                  .chain = peer->exchange.in_chain}};
    const struct ack_text text = {
        .receiver = core->config->institution,
        .sender = peer->config->id,
        .stream_id = frame.ack.stream.bytes,
        .up_to = frame.ack.up_to,
        .chain = &frame.ack.chain,
    };
    struct cii_error err;
    size_t size = 0;
    if (ack_sign(core->signer, &text, frame.ack.signature, &err) != CII_OK ||
        send_frame(peer, &frame, &size, &err) != CII_OK) {
        peer_cut(peer, err.text);
        return;
    }
    peer->ack_due = false;
    exchange_acked(&peer->exchange);
}

/* What may not leave is recorded first, by a turn. */
static bool
wait_for_void(struct peer *peer)
{
    peer->void_due = true;
    if (!peer->core->full)
        core_wants_turn(peer->core);
    return false;
}

/* True when it left. */
static bool
send_next(struct peer *peer)
{
    struct core *core = peer->core;
    struct cii_error err;
    struct parcel parcel;
    struct frame frame;
    arena_reset(core->frame_arena);
    const uint64_t seq = peer->exchange.next;
    enum cii_code code =
        parcel_open(peer, seq, core->frame_arena, &parcel, &err);
    if (code == CII_UNKNOWN ||
        (code == CII_OK && parcel.reason && seq > peer->voids_known))
        return wait_for_void(peer);
    if (code != CII_OK)
        core_abandon(core, &err);

    parcel_frame(peer, &parcel, &frame);
    buffer_clear(&core->scratch);
    if (frame_pack(&frame, &core->scratch) != CII_OK)
        return false;
    const size_t size = core->scratch.size;
    if (!exchange_may_send(&peer->exchange, size))
        return false;
    code = bus_send(core->bus, peer->config->id, peer->number,
                    buffer_view(&core->scratch), &err);
    if (code == CII_BUSY)
        return false;
    if (code != CII_OK) {
        peer_cut(peer, err.text);
        return false;
    }
    exchange_sent(&peer->exchange, size);
    return true;
}

bool
peer_send(struct peer *peer, size_t budget)
{
    for (size_t i = 0; i < budget; i++) {
        if (!exchange_has_work(&peer->exchange))
            return false;
        if (!send_next(peer))
            return false;
    }
    return exchange_has_work(&peer->exchange);
}
