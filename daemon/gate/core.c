/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/child.h"
#include "base/socket.h"
#include "gate/internal.h"

#define RETRY_MS    50
#define NOTICES_MAX 4096 /* for a core that lives but does not listen */

static void
drop_notices(struct gate *gate)
{
    while (gate->first_notice) {
        struct waiting_notice *first = gate->first_notice;
        gate->first_notice = first->next;
        free(first);
    }
    gate->last_notice = &gate->first_notice;
    gate->notice_count = 0;
}

static void
on_retry(void *context)
{
    core_connect(context);
}

static void
retry_later(struct gate *gate)
{
    struct cii_error err = {0};
    if (!gate->is_stopping &&
        loop_timer_add(gate->loop, &gate->core_retry, RETRY_MS, on_retry, gate,
                       &err) != CII_OK)
        log_line(LOG_ERROR, "cannot look for the core again: %s", err.text);
}

void
core_drop(struct gate *gate)
{
    gate->core_failed = false;
    if (gate->core < 0)
        return;

    log_line(LOG_NOTICE, "the core is gone: all links end");
    loop_remove(gate->loop, &gate->core_watch);
    fd_close(&gate->core);
    drop_notices(gate);
    gate_open(gate, false);
    while (gate->links)
        link_end(gate->links, LOG_INFO, "the core is gone");
    retry_later(gate);
}

/* Links may be in the middle of something: they are ended after the round. */
static void
fail_core(struct gate *gate)
{
    gate->core_failed = true;
    loop_again(gate->loop);
}

static void
send_notices(struct gate *gate)
{
    while (gate->first_notice) {
        struct waiting_notice *first = gate->first_notice;
        const enum cii_code code =
            socket_send_fd(gate->core, first->data, first->size, -1, NULL);
        if (code == CII_BUSY)
            break;
        if (code != CII_OK) {
            fail_core(gate);
            return;
        }
        gate->first_notice = first->next;
        if (!gate->first_notice)
            gate->last_notice = &gate->first_notice;
        gate->notice_count--;
        free(first);
    }
    loop_change(gate->loop, gate->core_watch,
                LOOP_READ | (gate->first_notice ? LOOP_WRITE : 0));
}

void
core_tell(struct gate *gate, const struct notice *notice)
{
    if (gate->core < 0 || gate->core_failed)
        return;
    struct waiting_notice *made =
        gate->notice_count < NOTICES_MAX ? malloc(sizeof *made) : NULL;
    if (!made) {
        log_line(LOG_ERROR, "the core does not take its notices");
        fail_core(gate);
        return;
    }
    made->next = NULL;
    made->size = notice_pack(notice, made->data);
    *gate->last_notice = made;
    gate->last_notice = &made->next;
    gate->notice_count++;
    send_notices(gate);
}

static void
cut(struct gate *gate, const struct notice *notice)
{
    char reason[2 * NOTICE_REASON_MAX];
    struct partner *partner = partner_of(gate, notice->partner);
    struct link *link = partner ? partner->link : NULL;
    if (!link || link->number != notice->number)
        return; /* it has ended meanwhile */
    log_line(LOG_WARNING, "the core cuts the link with %s: %s", notice->partner,
             log_quote(notice->reason, reason, sizeof reason));
    link_end(link, LOG_WARNING, "cut by the core");
}

static void
on_core(void *context, unsigned int events)
{
    struct gate *const gate = context;
    (void)events;
    for (;;) {
        uint8_t data[NOTICE_SIZE];
        size_t size = 0;
        cii_auto(fd_close) int passed = -1;
        struct notice notice = {.kind = NOTICE_CUT};
        const enum cii_code code =
            socket_receive_fd(gate->core, data, sizeof data, &size, &passed,
                              NULL);
        if (code == CII_BUSY)
            break;
        if (code != CII_OK || notice_unpack(&notice, data, size) != CII_OK ||
            notice.kind != NOTICE_CUT) {
            fail_core(gate);
            return;
        }
        cut(gate, &notice);
    }
    send_notices(gate);
}

/* The folder is closed to others; this is the second lock. */
static bool
is_our_core(int fd)
{
    struct socket_peer peer = {0};
    return socket_peer(fd, &peer, NULL) == CII_OK && peer.uid == geteuid();
}

static enum cii_code
open_core(struct gate *gate)
{
    char path[128];
    snprintf(path, sizeof path, "%s/gate.sock", gate->config->run_dir);
    CII_TRY(socket_connect(&gate->core, SOCKET_PACKETS, path, NULL));
    if (is_our_core(gate->core) &&
        loop_add(gate->loop, &gate->core_watch, gate->core, LOOP_READ, on_core,
                 gate, NULL) == CII_OK)
        return CII_OK;
    fd_close(&gate->core);
    log_line_limited(LOG_ERROR, "strange core",
                     "%s is not held by our own user", path);
    return CII_FORBIDDEN;
}

void
core_connect(struct gate *gate)
{
    if (open_core(gate) != CII_OK) {
        retry_later(gate);
        return;
    }
    log_line(LOG_NOTICE, "connected to the core");
    gate_open(gate, true);
    for (size_t i = 0; i < gate->partners->count; i++) {
        gate->partner[i].backoff = 0;
        partner_dial_soon(&gate->partner[i]);
    }
    child_ready();
}
