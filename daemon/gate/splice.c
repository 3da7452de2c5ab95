/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "gate/internal.h"

#define RECORD 16384 /* of TLS */

/* Reads of one record for one link in one round. */
#define READS_AT_ONCE 64

/* RFC 8446 5.5: AES-GCM holds for 2^24.5 records under one key. */
#define RECORDS_PER_KEY (UINT32_C(1) << 23)

/* KeyUpdates and the like that a peer may send in one period. */
#define COMMANDS_MAX    32
#define COMMANDS_PERIOD 10000 /* milliseconds */

void
pending_free(struct pending *pending)
{
    free(pending->data);
    *pending = (struct pending){0};
}

/* Keeps what was not taken; false when memory is out. */
static bool
keep(struct pending *pending, const uint8_t *data, size_t size)
{
    pending->data = malloc(size);
    if (!pending->data)
        return false;
    memcpy(pending->data, data, size);
    pending->size = size;
    pending->at = 0;
    return true;
}

static bool
is_open(const struct link *link)
{
    return link->state == LINK_OPEN;
}

/* --- towards the core -------------------------------------------------------- */

static void
on_stall(void *context)
{
    struct link *const link = context;
    const int64_t limit =
        (int64_t)link->gate->config->limits.silence_seconds * 1000;
    const int64_t waited = clock_steady() - link->taken_at;

    if (!link->to_core.data)
        return;
    if (waited >= limit) {
        link_end(link, LOG_WARNING, "the core does not take its bytes");
        return;
    }
    if (loop_timer_add(link->gate->loop, &link->stall, limit - waited, on_stall,
                       link, NULL) != CII_OK)
        link_end(link, LOG_ERROR, "out of memory");
}

static void
watch_stall(struct link *link)
{
    link->taken_at = clock_steady();
    if (link->stall)
        return;
    const int64_t limit =
        (int64_t)link->gate->config->limits.silence_seconds * 1000;
    if (loop_timer_add(link->gate->loop, &link->stall, limit, on_stall, link,
                       NULL) != CII_OK)
        link_end(link, LOG_ERROR, "out of memory");
}

/* As much as the core takes; the link may have ended afterwards. */
static size_t
give_core(struct link *link, const uint8_t *data, size_t size)
{
    size_t given = 0;
    while (given < size) {
        const ssize_t sent = send(link->local, data + given, size - given,
                                  MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            given += (size_t)sent;
            continue;
        }
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            link_end(link, LOG_INFO, "closed by the core");
        break;
    }
    if (given > 0)
        link->taken_at = clock_steady();
    return given;
}

/* False while some still wait. */
static bool
flush_to_core(struct link *link)
{
    struct pending *const pending = &link->to_core;
    if (!pending->data)
        return true;
    pending->at += give_core(link, pending->data + pending->at,
                             pending->size - pending->at);
    if (!is_open(link) || pending->at < pending->size)
        return false;
    pending_free(pending);
    return true;
}

/* A peer that only renews keys would have us work for nothing. */
static bool
is_flooded(struct link *link)
{
    if (link->notes.commands == 0)
        return false;
    const int64_t now = clock_steady();
    if (now - link->commands_since > COMMANDS_PERIOD) {
        link->commands_since = now;
        link->notes.commands = 1;
    }
    return link->notes.commands > COMMANDS_MAX;
}

static size_t
piece_limit(const struct link *link)
{
    const uint64_t limit = link->gate->config->limits.untaken_bytes;
    if (limit >= PIECE)
        return PIECE;
    return limit > RECORD ? (size_t)limit : RECORD;
}

/* Fills the gate's piece from the partner. */
static size_t
read_partner(struct link *link, enum tls_result *result, const char **reason)
{
    uint8_t *const piece = link->gate->piece;
    const size_t limit = piece_limit(link);
    size_t size = 0;

    for (int i = 0; i < READS_AT_ONCE && size < limit; i++) {
        size_t got = 0;
        *result =
            tls_read(link->session, piece + size, limit - size, &got, reason);
        size += got;
        if (is_flooded(link)) {
            *result = TLS_FAILED;
            *reason = "too many TLS messages beside its data";
        }
        if (tls_has_more(link->session) &&
            (*result == TLS_DONE || *result == TLS_WANTS_READ))
            continue;
        /* A little was all there was: save the call that only says so. */
        if (*result != TLS_DONE || size < RECORD)
            break;
    }
    return size;
}

/* OpenSSL holds bytes that epoll does not know of. */
static void
come_again(struct link *link)
{
    if (link->is_again)
        return;
    link->is_again = true;
    link->next_again = link->gate->again;
    link->gate->again = link;
    loop_again(link->gate->loop);
}

static void
pass_to_core(struct link *link, size_t size)
{
    const uint8_t *const piece = link->gate->piece;
    const char *refused = guard_feed(&link->guard, piece, size);
    if (refused) {
        link_end(link, LOG_WARNING, refused);
        return;
    }
    if (link->deadline && guard_is_ready(&link->guard))
        loop_timer_cancel(link->gate->loop, &link->deadline);

    const size_t given = give_core(link, piece, size);
    if (!is_open(link) || given == size)
        return;
    if (!keep(&link->to_core, piece + given, size - given))
        link_end(link, LOG_ERROR, "out of memory");
    else
        watch_stall(link);
}

static void
pump_to_core(struct link *link)
{
    if (!flush_to_core(link))
        return;

    const char *reason = NULL;
    enum tls_result result = TLS_WANTS_READ;
    const size_t size = read_partner(link, &result, &reason);
    link->read_wants_write = result == TLS_WANTS_WRITE;
    if (size > 0)
        pass_to_core(link, size);
    if (!is_open(link))
        return;
    if (result == TLS_FAILED)
        link_end(link, LOG_WARNING, reason);
    else if (link->to_core.data)
        return; /* the end is met again when these are taken */
    else if (result == TLS_CLOSED)
        link_end(link, LOG_INFO, "closed by the partner");
    else if (tls_has_more(link->session))
        come_again(link);
}

/* --- towards the partner ------------------------------------------------------ */

static size_t
give_partner(struct link *link, const uint8_t *data, size_t size)
{
    size_t given = 0;
    while (given < size) {
        const char *reason = NULL;
        size_t put = 0;
        const enum tls_result result =
            tls_write(link->session, data + given, size - given, &put, &reason);
        given += put;
        if (result == TLS_CLOSED || result == TLS_FAILED) {
            link_end(link, LOG_INFO, reason ? reason : "closed by the partner");
            break;
        }
        link->write_wants_read = result == TLS_WANTS_READ;
        if (result != TLS_DONE)
            break;
        if (++link->records == RECORDS_PER_KEY) {
            link->records = 0;
            tls_new_keys(link->session);
        }
    }
    return given;
}

static bool
flush_to_partner(struct link *link)
{
    struct pending *const pending = &link->to_partner;
    if (!pending->data)
        return true;
    pending->at += give_partner(link, pending->data + pending->at,
                                pending->size - pending->at);
    if (!is_open(link) || pending->at < pending->size)
        return false;
    pending_free(pending);
    return true;
}

/* Gathers what the core wrote, so that it leaves in few large records. */
static size_t
read_core(struct link *link, bool *at_end)
{
    uint8_t *const piece = link->gate->piece;
    size_t size = 0;
    *at_end = false;
    while (size < PIECE) {
        const ssize_t got =
            recv(link->local, piece + size, PIECE - size, MSG_DONTWAIT);
        if (got > 0) {
            size += (size_t)got;
            if ((size_t)got < RECORD)
                break; /* that was all there was */
            continue;
        }
        if (got < 0 && errno == EINTR)
            continue;
        *at_end = got == 0 || errno != EAGAIN;
        break;
    }
    return size;
}

static void
pump_to_partner(struct link *link)
{
    if (!flush_to_partner(link))
        return;

    bool at_end = false;
    const size_t size = read_core(link, &at_end);
    const size_t given =
        size > 0 ? give_partner(link, link->gate->piece, size) : 0;
    if (!is_open(link))
        return;
    if (at_end)
        link_end(link, LOG_INFO, "closed by the core");
    else if (given < size &&
             !keep(&link->to_partner, link->gate->piece + given, size - given))
        link_end(link, LOG_ERROR, "out of memory");
}

/* --- both ------------------------------------------------------------------- */

void
splice_pump(struct link *link, bool to_core, bool to_partner)
{
    if (to_core && is_open(link))
        pump_to_core(link);
    if (to_partner && is_open(link))
        pump_to_partner(link);
    if (is_open(link))
        link_interest(link);
}

void
splice_begin(struct link *link)
{
    guard_init(&link->guard);
    link->commands_since = clock_steady();
    link->state = LINK_OPEN;
    splice_pump(link, true, true);
}
