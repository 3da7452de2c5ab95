/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/gate.h"

#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/socket.h"
#include "gate/internal.h"

#define BACKLOG          512
#define ACCEPTS_AT_ONCE  32
#define ACCEPT_PAUSE     100 /* milliseconds, when descriptors ran out */
#define FDS_PER_LINK     2
#define FDS_BESIDE_LINKS 64

/* --- the folder of the links' sockets ------------------------------------------- */

static void
remove_stale(const char *folder)
{
    DIR *const listing = opendir(folder);
    if (!listing)
        return;
    for (const struct dirent *entry = readdir(listing); entry;
         entry = readdir(listing)) /* NOLINT: one thread */
        if (entry->d_type == DT_SOCK)
            unlinkat(dirfd(listing), entry->d_name, 0);
    closedir(listing);
}

static enum cii_code
make_folder(const struct gate *gate, struct cii_error *err)
{
    char folder[128];
    snprintf(folder, sizeof folder, "%s/link", gate->config->run_dir);
    if ((mkdir(folder, 0700) != 0 && errno != EEXIST) ||
        chmod(folder, 0700) != 0)
        return cii_fail(err, CII_SYSTEM,
                        "cannot make %s: %s; run_dir must be there and ours",
                        folder, strerror(errno));
    remove_stale(folder);
    return CII_OK;
}

/* --- accepting -------------------------------------------------------------------- */

static void
address_free(struct addrinfo **list)
{
    if (*list)
        freeaddrinfo(*list);
    *list = NULL;
}

static enum cii_code
listen_tcp(struct gate *gate, struct cii_error *err)
{
    const char *const address = gate->config->listen;
    char host[256];
    char port[8];
    CII_TRY(address_split(address, host, sizeof host, port, sizeof port, err));
    const struct addrinfo hints = {
        .ai_socktype = SOCK_STREAM,
        .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
    };
    cii_auto(address_free) struct addrinfo *found = NULL;
    const int rc = getaddrinfo(host, port, &hints, &found);
    if (rc != 0)
        return cii_fail(err, CII_CONFIG, "listen: %s: %s", address,
                        gai_strerror(rc));

    const int yes = 1;
    gate->listener =
        socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (gate->listener < 0 ||
        setsockopt(gate->listener, SOL_SOCKET, SO_REUSEADDR, &yes,
                   sizeof yes) != 0 ||
        bind(gate->listener, found->ai_addr, found->ai_addrlen) != 0 ||
        listen(gate->listener, BACKLOG) != 0)
        return cii_fail(err, CII_SYSTEM, "cannot listen on %s: %s", address,
                        strerror(errno));
    return CII_OK;
}

void
gate_open(struct gate *gate, bool open)
{
    if (gate->listener_watch)
        loop_change(gate->loop, gate->listener_watch,
                    open && !gate->listener_pause ? LOOP_READ : 0);
}

static void
on_pause_over(void *context)
{
    struct gate *const gate = context;
    gate_open(gate, gate->core >= 0);
}

/* Nothing can be accepted, nor turned away: the others' turn. */
static void
pause_accepting(struct gate *gate)
{
    log_line_limited(LOG_WARNING, "cannot accept", "cannot accept: %s",
                     strerror(errno));
    if (!gate->listener_pause &&
        loop_timer_add(gate->loop, &gate->listener_pause, ACCEPT_PAUSE,
                       on_pause_over, gate, NULL) == CII_OK)
        gate_open(gate, false);
}

/* False when there is nothing more to accept. */
static bool
accept_one(struct gate *gate)
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;
    int fd = accept4(gate->listener, (struct sockaddr *)&address, &size,
                     SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
            errno == ENOMEM)
            pause_accepting(gate);
        return errno == EINTR || errno == ECONNABORTED;
    }
    char from[64];
    address_print((const struct sockaddr *)&address, size, from, sizeof from);
    if (gate->link_count < gate->config->limits.connections) {
        link_accept(gate, fd, from);
        return true;
    }
    fd_close(&fd);
    log_line_limited(LOG_WARNING, "too many connections",
                     "no link from=%s: too many connections", from);
    return true;
}

static void
on_listener(void *context, unsigned int events)
{
    struct gate *const gate = context;
    (void)events;
    for (int i = 0; i < ACCEPTS_AT_ONCE; i++)
        if (!accept_one(gate))
            break;
}

/* --- rounds and signals ------------------------------------------------------------ */

static void
free_ended(struct gate *gate)
{
    while (gate->ended) {
        struct link *const link = gate->ended;
        gate->ended = link->next;
        link_free(link);
    }
}

static void
on_round(void *context)
{
    struct gate *const gate = context;
    struct link *again = gate->again;
    gate->again = NULL;
    while (again) {
        struct link *const link = again;
        again = link->next_again;
        link->is_again = false;
        splice_pump(link, true, false);
    }
    if (gate->core_failed)
        core_drop(gate);
    free_ended(gate);
}

/* Links whose certificate does not hold under the new files end. */
static void
recheck_links(struct gate *gate)
{
    struct link *next = NULL;
    for (struct link *link = gate->links; link; link = next) {
        next = link->next;
        if (link->state < LINK_PREAMBLE)
            continue;
        const char *reason =
            tls_recheck(gate->tls, link->session, link->dialled);
        if (reason)
            link_end(link, LOG_WARNING, reason);
    }
}

static void
reload(struct gate *gate)
{
    struct cii_error err = {0};
    struct tls *fresh = NULL;
    if (tls_load(&fresh, &gate->config->tls, &err) != CII_OK ||
        tls_check_name(fresh, gate->config->institution,
                       gate->config->tls.certificate, &err) != CII_OK) {
        tls_destroy(&fresh);
        log_line(LOG_ERROR, "cannot reload, going on as before: %s", err.text);
        return;
    }
    tls_destroy(&gate->tls); /* sessions keep what they need of it */
    gate->tls = fresh;
    log_line(LOG_NOTICE, "certificates reloaded");
    recheck_links(gate);
}

static void
on_signal(void *context, int number)
{
    struct gate *const gate = context;
    if (number == SIGHUP)
        reload(gate);
    else if (number == SIGTERM || number == SIGINT)
        loop_stop(gate->loop);
}

/* --- beginning and end --------------------------------------------------------------- */

/* As many descriptors as we may have, and no more connections than they do
 * for. */
static void
fit_descriptors(struct gate *gate)
{
    struct rlimit limit = {0};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur <= FDS_BESIDE_LINKS + FDS_PER_LINK)
        return;
    const rlim_t fit = (limit.rlim_cur - FDS_BESIDE_LINKS) / FDS_PER_LINK;
    if (fit >= gate->config->limits.connections)
        return;
    log_line(LOG_WARNING,
             "room for %ju connections only: raise LimitNOFILE to %u",
             (uintmax_t)fit,
             gate->config->limits.connections * FDS_PER_LINK +
                 FDS_BESIDE_LINKS);
    gate->config->limits.connections = (uint32_t)fit;
}

static enum cii_code
load(struct gate *gate, const char *path, struct cii_error *err)
{
    CII_TRY(config_load(&gate->config, path, err));
    CII_TRY(partners_load(&gate->partners, gate->config, err));
    log_open("ciid-gate", (enum log_level)gate->config->log_level);
    CII_TRY(tls_load(&gate->tls, &gate->config->tls, err));
    CII_TRY(tls_check_name(gate->tls, gate->config->institution,
                           gate->config->tls.certificate, err));
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    gate->next_number =
        (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
    CII_TRY(partners_start(gate, err));
    fit_descriptors(gate);
    return make_folder(gate, err);
}

enum cii_code
gate_new(struct gate **result, const char *path, struct cii_error *err)
{
    cii_auto(gate_destroy) struct gate *gate = calloc(1, sizeof *gate);
    if (!gate)
        return cii_fail(err, CII_MEMORY, "cannot make a gate");
    gate->listener = -1;
    gate->core = -1;
    gate->last_notice = &gate->first_notice;
    gate->piece = malloc(PIECE);
    if (!gate->piece)
        return cii_fail(err, CII_MEMORY, "cannot make a gate");
    CII_TRY(load(gate, path, err));
    CII_TRY(loop_new(&gate->loop, err));
    CII_TRY(loop_signals(gate->loop, on_signal, gate, err));
    loop_on_round(gate->loop, on_round, gate);
    if (gate->config->listen) {
        CII_TRY(listen_tcp(gate, err));
        CII_TRY(loop_add(gate->loop, &gate->listener_watch, gate->listener, 0,
                         on_listener, gate, err));
    }
    *result = cii_take(gate);
    return CII_OK;
}

void
gate_destroy(struct gate **gate)
{
    struct gate *const gone = *gate;
    *gate = NULL;
    if (!gone)
        return;
    gone->is_stopping = true;
    while (gone->links)
        link_end(gone->links, LOG_INFO, "we stop");
    free_ended(gone);
    if (gone->loop)
        core_drop(gone);
    loop_destroy(&gone->loop);
    fd_close(&gone->listener);
    tls_destroy(&gone->tls);
    partners_stop(gone);
    partners_destroy(&gone->partners);
    config_destroy(&gone->config);
    free(gone->piece);
    free(gone);
}

void
gate_run(struct gate *gate)
{
    core_connect(gate);
    loop_run(gate->loop);
}
