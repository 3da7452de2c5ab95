/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/socket.h"
#include "gate/choice.h"
#include "gate/internal.h"

#define BACKOFF_FIRST 100 /* milliseconds */
#define BACKOFF_MOST  5000
#define STOOD_WELL    10000 /* after which the back-off begins anew */
#define ADDRESSES_MAX 64    /* of one name that are tried in turn */
#define LOOKUP_MS     20    /* between two looks whether a name is known */

/* A partner may open a link every half second, and some more at once. */
#define ALLOWANCE_LINK INT64_C(1000)
#define ALLOWANCE_MOST (60 * ALLOWANCE_LINK)
#define ALLOWANCE_RATE 2 /* for each millisecond: 2 links each second */

/* --- addresses ------------------------------------------------------------------ */

/* Copies size bytes as text; false unless they fit. */
static bool
copy(char *out, size_t out_size, const char *text, size_t size)
{
    if (size == 0 || size >= out_size)
        return false;
    memcpy(out, text, size);
    out[size] = '\0';
    return true;
}

enum cii_code
address_split(const char *address, char *host, size_t host_size, char *port,
              size_t port_size, struct cii_error *err)
{
    const char *const colon = strrchr(address, ':');
    const char *start = address;
    size_t size = colon ? (size_t)(colon - address) : 0;
    if (size >= 2 && start[0] == '[' && start[size - 1] == ']') {
        start++;
        size -= 2;
    } else if (size > 0 && memchr(start, ':', size)) {
        size = 0; /* IPv6 without brackets: which colon is the last? */
    }
    if (!colon || !copy(host, host_size, start, size) ||
        !copy(port, port_size, colon + 1, strlen(colon + 1)) ||
        port[strspn(port, "0123456789")] != '\0')
        return cii_fail(err, CII_CONFIG,
                        "address '%s': write host:port, or [IPv6]:port",
                        address);
    return CII_OK;
}

void
address_print(const struct sockaddr *address, socklen_t size, char *out,
              size_t out_size)
{
    char host[INET6_ADDRSTRLEN];
    char port[8];
    if (getnameinfo(address, size, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        snprintf(out, out_size, "?");
        return;
    }
    snprintf(out, out_size, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host,
             port);
}

/* --- dialling ------------------------------------------------------------------- */

static bool
may_dial(const struct partner *partner)
{
    return partner->gate->core >= 0 && !partner->gate->is_stopping &&
           partner->config->address && !partner->config->suspended &&
           !partner->link && !partner->dialling && !partner->looking_up;
}

/* Half to one and a half of it, so that many do not dial at once. */
static int64_t
jitter(int64_t delay)
{
    uint32_t random = 0;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) != sizeof random)
        random = 0;
    return delay / 2 + random % (delay + 1);
}

static void dial(struct partner *partner);

static void
on_redial(void *context)
{
    struct partner *const partner = context;
    if (may_dial(partner))
        dial(partner);
}

void
partner_dial_soon(struct partner *partner)
{
    if (partner->redial || !may_dial(partner))
        return;
    if (partner->backoff == 0)
        partner->backoff = BACKOFF_FIRST;
    const int64_t delay = jitter(partner->backoff);
    partner->backoff *= 2;
    if (partner->backoff > BACKOFF_MOST)
        partner->backoff = BACKOFF_MOST;
    if (loop_timer_add(partner->gate->loop, &partner->redial, delay, on_redial,
                       partner, NULL) != CII_OK)
        log_line(LOG_ERROR, "cannot dial %s again: out of memory",
                 partner->config->id);
}

static void
failed(struct partner *partner, const char *why)
{
    log_line_limited(LOG_INFO, partner->config->id,
                     "cannot reach partner=%s: %s", partner->config->id, why);
    partner_dial_soon(partner);
}

static void
connect_to(struct partner *partner, const struct addrinfo *to)
{
    char text[64];
    cii_auto(fd_close) int fd =
        socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || (connect(fd, to->ai_addr, to->ai_addrlen) != 0 &&
                   errno != EINPROGRESS)) {
        failed(partner, strerror(errno));
        return;
    }
    address_print(to->ai_addr, to->ai_addrlen, text, sizeof text);
    link_dial(partner, fd_take(&fd), text);
}

/* Of several addresses, each attempt takes the next one. */
static void
connect_next(struct partner *partner, struct addrinfo *list)
{
    const struct addrinfo *to = list;
    for (unsigned int i = partner->attempt++ % ADDRESSES_MAX; i > 0; i--)
        to = to->ai_next ? to->ai_next : list;
    connect_to(partner, to);
    freeaddrinfo(list);
}

/* glibc looks a name up in a thread of its own; we look whether it is done. */
static void
on_lookup(void *context)
{
    struct partner *const partner = context;
    const int rc = gai_error(&partner->lookup);
    if (rc == EAI_INPROGRESS) {
        if (loop_timer_add(partner->gate->loop, &partner->redial, LOOKUP_MS,
                           on_lookup, partner, NULL) != CII_OK)
            log_line(LOG_ERROR, "cannot dial %s: out of memory",
                     partner->config->id);
        return;
    }
    partner->looking_up = false;
    struct addrinfo *const list = partner->lookup.ar_result;
    partner->lookup.ar_result = NULL;
    if (rc != 0)
        failed(partner, gai_strerror(rc));
    else if (may_dial(partner))
        connect_next(partner, list);
    else
        freeaddrinfo(list);
}

static void
look_up(struct partner *partner)
{
    struct gaicb *list[] = {&partner->lookup};
    partner->lookup = (struct gaicb){
        .ar_name = partner->host,
        .ar_service = partner->port,
        .ar_request = &partner->lookup_hints,
    };
    const int rc = getaddrinfo_a(GAI_NOWAIT, list, 1, NULL);
    if (rc != 0) {
        failed(partner, gai_strerror(rc));
        return;
    }
    partner->looking_up = true;
    on_lookup(partner);
}

static void
dial(struct partner *partner)
{
    struct addrinfo *list = NULL;
    partner->lookup_hints = (struct addrinfo){
        .ai_family = AF_UNSPEC,
        .ai_socktype = SOCK_STREAM,
        .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
    };
    if (getaddrinfo(partner->host, partner->port, &partner->lookup_hints,
                    &list) == 0) {
        connect_next(partner, list);
        return;
    }
    partner->lookup_hints.ai_flags = AI_NUMERICSERV;
    look_up(partner);
}

/* --- which link stays ------------------------------------------------------------- */

/* Every link costs a handshake and a connection of the core. */
static bool
is_allowed(struct partner *partner)
{
    const int64_t now = clock_steady();
    partner->allowance += (now - partner->allowance_at) * ALLOWANCE_RATE;
    if (partner->allowance > ALLOWANCE_MOST)
        partner->allowance = ALLOWANCE_MOST;
    partner->allowance_at = now;
    if (partner->allowance < ALLOWANCE_LINK)
        return false;
    partner->allowance -= ALLOWANCE_LINK;
    return true;
}

bool
partner_admit(struct partner *partner, struct link *link)
{
    struct link *const older = partner->link;
    if (!link->dialled && !is_allowed(partner)) {
        link_refuse(link, "a partner that opens links too often");
        return false;
    }
    if (older && !choice_newer_stays(partner->gate->config->institution,
                                     partner->config->id, older->dialled,
                                     link->dialled)) {
        link_end(link, LOG_INFO, "another link with this partner stands");
        return false;
    }
    /* Set first, so that the end of the older one does not dial. */
    partner->link = link;
    if (partner->dialling == link)
        partner->dialling = NULL;
    if (partner->greeting == link)
        partner->greeting = NULL;
    if (older)
        link_end(older, LOG_INFO, "replaced by a newer link");
    return true;
}

void
partner_lost(struct partner *partner, struct link *link)
{
    if (partner->dialling == link)
        partner->dialling = NULL;
    if (partner->greeting == link)
        partner->greeting = NULL;
    if (partner->link == link) {
        partner->link = NULL;
        if (clock_steady() - link->up_at >= STOOD_WELL)
            partner->backoff = 0;
    }
    partner_dial_soon(partner);
}

/* --- all of them -------------------------------------------------------------------- */

/* The largest number that a link ever gets has as many digits as this one. */
static enum cii_code
check_path(const struct gate *gate, const char *id, struct cii_error *err)
{
    char path[108];
    if (link_path(path, sizeof path, gate->config->run_dir, id,
                  gate->next_number) != CII_OK)
        return cii_fail(err, CII_CONFIG,
                        "run_dir %s is too long for the sockets of partner "
                        "%s; choose a shorter one",
                        gate->config->run_dir, id);
    return CII_OK;
}

enum cii_code
partners_start(struct gate *gate, struct cii_error *err)
{
    const size_t count = gate->partners->count;
    gate->partner = calloc(count ? count : 1, sizeof *gate->partner);
    if (!gate->partner)
        return cii_fail(err, CII_MEMORY, "cannot hold the partners");
    for (size_t i = 0; i < count; i++) {
        struct partner *const partner = &gate->partner[i];
        partner->gate = gate;
        partner->config = &gate->partners->partner[i];
        partner->allowance = ALLOWANCE_MOST;
        partner->allowance_at = clock_steady();
        CII_TRY(check_path(gate, partner->config->id, err));
        if (partner->config->address)
            CII_TRY(address_split(partner->config->address, partner->host,
                                  sizeof partner->host, partner->port,
                                  sizeof partner->port, err));
    }
    return CII_OK;
}

/* A lookup that cannot be called off writes to its partner: then they stay
 * until the process is gone. */
void
partners_stop(struct gate *gate)
{
    bool is_used = false;
    for (size_t i = 0; gate->partner && i < gate->partners->count; i++) {
        struct partner *const partner = &gate->partner[i];
        if (partner->looking_up &&
            gai_cancel(&partner->lookup) == EAI_NOTCANCELED)
            is_used = true;
        else if (partner->lookup.ar_result)
            freeaddrinfo(partner->lookup.ar_result);
    }
    if (!is_used)
        free(gate->partner);
    gate->partner = NULL;
}

struct partner *
partner_of(struct gate *gate, const char *id)
{
    const struct partner_config *found = partner_find(gate->partners, id);
    return found ? &gate->partner[found - gate->partners->partner] : NULL;
}
