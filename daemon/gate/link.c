/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One link, from TCP to its end.
 *
 * What a partner's gate must speak, also one that is not ours:
 *
 *   1. TCP; either side dials, one side dialling is enough
 *   2. TLS 1.3 as tls.h says it: mutual, ALPN "cii/1"
 *   3. the preamble: each side sends one byte 01 as soon as its handshake is
 *      over, and goes on when it has read the other's 01. A TLS 1.3 client
 *      is through with its handshake before the server has judged its
 *      certificate; the byte tells it that it was accepted
 *   4. ZMTP 3.x as guard.h says it, in plain, until one side closes
 *
 * Steps 2 to 4, up to the READY of ZMTP, have handshake_seconds in all. Then
 * a link may be silent for as long as it likes; TCP's keepalive finds out
 * when the other end is gone.
 */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/socket.h"
#include "gate/internal.h"

#define PREAMBLE 0x01

/* Notices of refused handshakes in one second; a log line tells the rest. */
#define REFUSED_PER_SECOND 20

static void on_tcp(void *context, unsigned int events);

/* --- the end ----------------------------------------------------------------- */

static void
close_core_side(struct link *link)
{
    struct loop *const loop = link->gate->loop;
    loop_remove(loop, &link->listener_watch);
    loop_remove(loop, &link->local_watch);
    if (link->listener >= 0) {
        char path[108];
        if (link_path(path, sizeof path, link->gate->config->run_dir,
                      link->partner->config->id, link->number) == CII_OK)
            unlink(path);
    }
    fd_close(&link->listener);
    fd_close(&link->local);
}

static void
leave_lists(struct link *link)
{
    struct gate *const gate = link->gate;
    *link->place = link->next;
    if (link->next)
        link->next->place = link->place;
    link->next = gate->ended;
    gate->ended = link;
    gate->link_count--;
    for (struct link **at = &gate->again; *at; at = &(*at)->next_again)
        if (*at == link) {
            *at = link->next_again;
            break;
        }
    if (!link->dialled && link->state < LINK_WAITING)
        gate->unfinished--;
}

static void
tell_end(struct link *link, const char *reason)
{
    struct notice notice = {.kind = NOTICE_DOWN, .number = link->number};
    snprintf(notice.partner, sizeof notice.partner, "%s",
             link->partner->config->id);
    snprintf(notice.reason, sizeof notice.reason, "%s", reason);
    core_tell(link->gate, &notice);
}

static void
log_end(const struct link *link, enum log_level level, const char *reason)
{
    const char *const who = link->partner ? link->partner->config->id : "?";
    if (link->state >= LINK_WAITING)
        log_line(level, "link down partner=%s number=%" PRIu64 " from=%s: %s",
                 who, link->number, link->from, reason);
    else
        log_line_limited(level, reason, "no link partner=%s from=%s: %s", who,
                         link->from, reason);
}

void
link_end(struct link *link, enum log_level level, const char *reason)
{
    if (link->state == LINK_ENDED)
        return;
    struct loop *const loop = link->gate->loop;
    log_end(link, level, reason);
    loop_timer_cancel(loop, &link->deadline);
    loop_timer_cancel(loop, &link->stall);
    loop_remove(loop, &link->tcp_watch);
    tls_session_close(&link->session);
    close_core_side(link);
    fd_close(&link->tcp);
    pending_free(&link->to_core);
    pending_free(&link->to_partner);
    leave_lists(link);
    loop_again(loop);

    const bool was_announced = link->state >= LINK_WAITING;
    link->state = LINK_ENDED;
    if (was_announced)
        tell_end(link, reason);
    if (link->partner)
        partner_lost(link->partner, link);
}

void
link_free(struct link *link)
{
    assert(link->state == LINK_ENDED);
    free(link);
}

static bool
may_tell_refused(struct gate *gate)
{
    const int64_t second = clock_steady() / 1000;
    if (gate->refused_at != second)
        gate->refused_count = 0;
    gate->refused_at = second;
    return gate->refused_count++ < REFUSED_PER_SECOND;
}

void
link_refuse(struct link *link, const char *reason)
{
    struct notice notice = {.kind = NOTICE_REFUSED};
    const char *const claim = link->notes.claim;
    if (link->partner)
        snprintf(notice.partner, sizeof notice.partner, "%s",
                 link->partner->config->id);
    snprintf(notice.reason, sizeof notice.reason, "%s%s%s%s", reason,
             claim[0] ? " (says it is " : "", claim, claim[0] ? ")" : "");
    if (may_tell_refused(link->gate))
        core_tell(link->gate, &notice);

    char quoted[TLS_NAME + 2];
    log_line_limited(LOG_WARNING, reason,
                     "refused partner=%s from=%s says=%s: %s",
                     notice.partner[0] ? notice.partner : "?", link->from,
                     log_quote(claim, quoted, sizeof quoted), reason);
    link_end(link, LOG_DEBUG, reason);
}

/* --- towards the core ----------------------------------------------------------- */

static void
on_local(void *context, unsigned int events)
{
    struct link *const link = context;
    if (events & LOOP_HUP)
        events |= LOOP_READ;
    if (link->to_partner.data && (events & LOOP_HUP)) {
        link_end(link, LOG_INFO, "closed by the core");
        return;
    }
    splice_pump(link, events & LOOP_WRITE, events & LOOP_READ);
}

static void
stop_listening(struct link *link)
{
    char path[108];
    loop_remove(link->gate->loop, &link->listener_watch);
    if (link_path(path, sizeof path, link->gate->config->run_dir,
                  link->partner->config->id, link->number) == CII_OK)
        unlink(path);
    fd_close(&link->listener);
}

static void
on_listener(void *context, unsigned int events)
{
    struct link *const link = context;
    struct socket_peer peer = {0};
    (void)events;

    if (socket_accept(&link->local, link->listener, NULL) != CII_OK)
        return;
    if (socket_peer(link->local, &peer, NULL) != CII_OK ||
        peer.uid != geteuid()) {
        fd_close(&link->local);
        return;
    }
    stop_listening(link);
    if (loop_add(link->gate->loop, &link->local_watch, link->local, LOOP_READ,
                 on_local, link, NULL) != CII_OK) {
        link_end(link, LOG_ERROR, "out of memory");
        return;
    }
    splice_begin(link);
}

static enum cii_code
listen_for_core(struct link *link, struct cii_error *err)
{
    char path[108];
    CII_TRY(link_path(path, sizeof path, link->gate->config->run_dir,
                      link->partner->config->id, link->number));
    CII_TRY(socket_listen(&link->listener, SOCKET_STREAM, path, 0600, 1, err));
    return loop_add(link->gate->loop, &link->listener_watch, link->listener,
                    LOOP_READ, on_listener, link, err);
}

/* The link stands: the core may have it. */
static void
announce(struct link *link)
{
    struct gate *const gate = link->gate;
    struct cii_error err = {0};
    struct notice notice = {.kind = NOTICE_UP, .number = gate->next_number++};

    if (!link->dialled)
        gate->unfinished--;
    link->number = notice.number;
    link->state = LINK_WAITING;
    link->up_at = clock_steady();
    if (tls_link_id(link->session, notice.link_id) != CII_OK ||
        listen_for_core(link, &err) != CII_OK) {
        log_line_limited(LOG_ERROR, "cannot offer", "cannot offer a link: %s",
                         err.text);
        link_end(link, LOG_ERROR, "cannot offer it to the core");
        return;
    }
    snprintf(notice.partner, sizeof notice.partner, "%s",
             link->partner->config->id);
    log_line(LOG_INFO, "link up partner=%s number=%" PRIu64 " %s=%s",
             notice.partner, link->number, link->dialled ? "to" : "from",
             link->from);
    link_interest(link);
    core_tell(gate, &notice);
}

/* --- TLS and preamble ------------------------------------------------------------ */

static void
give_up(struct link *link, enum tls_result result, const char *reason)
{
    if (result == TLS_FAILED)
        link_refuse(link, reason);
    else
        link_end(link, LOG_INFO, "the other end closed before it stood");
}

static void
preamble(struct link *link)
{
    static const uint8_t ours = PREAMBLE;
    const char *reason = NULL;
    enum tls_result result = TLS_DONE;
    size_t size = 0;

    if (!link->preamble_sent)
        result = tls_write(link->session, &ours, 1, &size, &reason);
    link->preamble_sent = link->preamble_sent || result == TLS_DONE;
    if (link->preamble_sent) {
        uint8_t theirs = 0;
        do
            result = tls_read(link->session, &theirs, 1, &size, &reason);
        while (result == TLS_WANTS_READ && tls_has_more(link->session) &&
               link->notes.commands < 8);
        if (result == TLS_DONE && theirs != PREAMBLE) {
            link_refuse(link, "a wrong byte after the handshake");
            return;
        }
        link->preamble_received = result == TLS_DONE;
    }
    link->write_wants_read = false;
    link->read_wants_write = result == TLS_WANTS_WRITE;
    if (result == TLS_CLOSED || result == TLS_FAILED)
        give_up(link, result, reason);
    else if (!link->preamble_received)
        link_interest(link);
    else if (partner_admit(link->partner, link))
        announce(link);
}

/* Whose certificate it is, and whether it may be here. NULL: it may. */
static const char *
identify(struct link *link)
{
    char name[TLS_NAME] = "";
    const char *const reason = tls_identify(link->session, name);
    if (reason)
        return reason;
    if (link->dialled) {
        if (strcmp(name, link->partner->config->id) == 0)
            return NULL;
        memcpy(link->notes.claim, name, sizeof name);
        return "another institution answers there";
    }
    struct partner *const partner = partner_of(link->gate, name);
    if (!partner) {
        memcpy(link->notes.claim, name, sizeof name);
        return "an institution that is not a partner";
    }
    link->partner = partner;
    return partner->config->suspended ? "a partner that is suspended" : NULL;
}

static void
handshake(struct link *link)
{
    const char *reason = NULL;
    const enum tls_result result = tls_handshake(link->session, &reason);
    link->read_wants_write = result == TLS_WANTS_WRITE;
    if (result == TLS_WANTS_READ || result == TLS_WANTS_WRITE) {
        link_interest(link);
        return;
    }
    if (result == TLS_DONE)
        reason = identify(link);
    if (reason || result != TLS_DONE) {
        give_up(link, reason ? TLS_FAILED : result, reason);
        return;
    }
    link->state = LINK_PREAMBLE;
    if (!link->dialled) {
        struct link *const older = link->partner->greeting;
        if (older)
            link_end(older, LOG_INFO, "replaced by a newer link");
        link->partner->greeting = link;
    }
    preamble(link);
}

static void
connected(struct link *link)
{
    int why = 0;
    socklen_t size = sizeof why;
    if (getsockopt(link->tcp, SOL_SOCKET, SO_ERROR, &why, &size) != 0)
        why = errno;
    if (why != 0) {
        log_line_limited(LOG_INFO, link->partner->config->id,
                         "cannot reach partner=%s to=%s: %s",
                         link->partner->config->id, link->from, strerror(why));
        link_end(link, LOG_DEBUG, "not reachable");
        return;
    }
    link->state = LINK_HANDSHAKE;
    handshake(link);
}

/* --- events -------------------------------------------------------------------- */

void
link_interest(struct link *link)
{
    struct loop *const loop = link->gate->loop;
    unsigned int tcp = 0;
    if (link->state == LINK_CONNECTING || link->read_wants_write ||
        link->to_partner.data)
        tcp |= LOOP_WRITE;
    if ((link->state != LINK_CONNECTING && link->state != LINK_WAITING &&
         !link->to_core.data) ||
        link->write_wants_read)
        tcp |= LOOP_READ;
    loop_change(loop, link->tcp_watch, tcp);
    if (link->local_watch)
        loop_change(loop, link->local_watch,
                    (link->to_partner.data ? 0 : LOOP_READ) |
                        (link->to_core.data ? LOOP_WRITE : 0));
}

static void
carry(struct link *link, unsigned int events)
{
    if ((events & LOOP_HUP) && link->to_core.data) {
        link_end(link, LOG_INFO, "closed by the partner");
        return;
    }
    splice_pump(link,
                (events & (LOOP_READ | LOOP_HUP)) || link->read_wants_write,
                (events & LOOP_WRITE) || link->write_wants_read);
}

static void
on_tcp(void *context, unsigned int events)
{
    struct link *const link = context;
    switch (link->state) {
    case LINK_CONNECTING:
        connected(link);
        break;
    case LINK_HANDSHAKE:
        handshake(link);
        break;
    case LINK_PREAMBLE:
        preamble(link);
        break;
    case LINK_WAITING:
        if (events & LOOP_HUP)
            link_end(link, LOG_INFO, "closed by the partner");
        break;
    case LINK_OPEN:
        carry(link, events);
        break;
    case LINK_ENDED:
        break;
    }
}

static void
on_deadline(void *context)
{
    struct link *const link = context;
    if (link->state == LINK_CONNECTING)
        link_end(link, LOG_INFO, "not reachable in time");
    else if (link->state == LINK_WAITING)
        link_end(link, LOG_WARNING, "the core did not take it in time");
    else if (link->state == LINK_OPEN)
        link_end(link, LOG_WARNING, "no ZMTP in time");
    else
        link_refuse(link, "no handshake in time");
}

/* --- the beginning -------------------------------------------------------------- */

static bool
set(int fd, int level, int name, int value)
{
    return setsockopt(fd, level, name, &value, sizeof value) == 0;
}

/* A silent link may stand for ever, a dead one not. */
static bool
set_tcp(int fd, uint32_t silence_seconds)
{
    const int silence = (int)silence_seconds;
    const int step = silence >= 4 ? silence / 4 : 1;
    return set(fd, IPPROTO_TCP, TCP_NODELAY, 1) &&
           set(fd, SOL_SOCKET, SO_KEEPALIVE, 1) &&
           set(fd, IPPROTO_TCP, TCP_KEEPIDLE, step) &&
           set(fd, IPPROTO_TCP, TCP_KEEPINTVL, step) &&
           set(fd, IPPROTO_TCP, TCP_KEEPCNT, 3) &&
           set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, silence * 1000);
}

static void
join_lists(struct link *link)
{
    struct gate *const gate = link->gate;
    link->next = gate->links;
    link->place = &gate->links;
    if (link->next)
        link->next->place = &link->next;
    gate->links = link;
    gate->link_count++;
    if (!link->dialled)
        gate->unfinished++;
}

/* Takes the descriptor in any case; NULL when the link cannot begin. */
static struct link *
begin(struct gate *gate, struct partner *partner, int fd, const char *from)
{
    cii_auto(fd_close) int tcp = fd;
    struct link *link = calloc(1, sizeof *link);
    if (!link)
        return NULL;
    link->gate = gate;
    link->partner = partner;
    link->dialled = partner != NULL;
    link->state = partner ? LINK_CONNECTING : LINK_HANDSHAKE;
    link->local = -1;
    link->listener = -1;
    snprintf(link->from, sizeof link->from, "%s", from);

    const int64_t limit = (int64_t)gate->config->limits.handshake_seconds;
    const unsigned int events = partner ? LOOP_WRITE : LOOP_READ;
    if (!set_tcp(tcp, gate->config->limits.silence_seconds) ||
        tls_session_new(&link->session, gate->tls, link->dialled, tcp,
                        &link->notes, NULL) != CII_OK ||
        loop_add(gate->loop, &link->tcp_watch, tcp, events, on_tcp, link,
                 NULL) != CII_OK ||
        loop_timer_add(gate->loop, &link->deadline, limit * 1000, on_deadline,
                       link, NULL) != CII_OK) {
        log_line_limited(LOG_ERROR, "cannot begin", "cannot begin a link: %s",
                         strerror(errno));
        loop_remove(gate->loop, &link->tcp_watch);
        tls_session_close(&link->session);
        free(link);
        return NULL;
    }
    link->tcp = fd_take(&tcp);
    join_lists(link);
    return link;
}

/* The links are in the order of their age, the newest first. */
static struct link *
oldest_unfinished(const struct gate *gate)
{
    struct link *found = NULL;
    for (struct link *link = gate->links; link; link = link->next)
        if (!link->dialled && link->state < LINK_WAITING)
            found = link;
    return found;
}

void
link_accept(struct gate *gate, int fd, const char *from)
{
    struct link *const oldest =
        gate->unfinished >= gate->config->limits.handshakes
            ? oldest_unfinished(gate)
            : NULL;
    if (oldest)
        link_end(oldest, LOG_WARNING,
                 "too many handshakes that nobody finishes");
    begin(gate, NULL, fd, from);
}

void
link_dial(struct partner *partner, int fd, const char *to)
{
    partner->dialling = begin(partner->gate, partner, fd, to);
    if (!partner->dialling)
        partner_dial_soon(partner);
}
