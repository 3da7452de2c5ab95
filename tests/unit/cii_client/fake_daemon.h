/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_CII_CLIENT_FAKE_DAEMON_H
#define TESTS_UNIT_CII_CLIENT_FAKE_DAEMON_H

/*
 * A thread that listens where the daemon would and answers from a script: a
 * function that gets each request and appends what is to be written back.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "proto/control.h"
#include "tests/support/expect.h"

struct fake_daemon;
/* False: the connection is closed after what was appended is written. */
typedef bool fake_script(struct fake_daemon *fake,
                         const struct request *request, struct buffer *out);

struct fake_daemon {
    char dir[96];
    char socket[192];
    int listener;
    pthread_t thread;
    fake_script *script;
    size_t connections;
    size_t requests;
    size_t drafts;
    size_t largest;      /* drafts in one request */
    size_t limit;        /* for scripts: what to do after so many */
    struct buffer heard; /* a line for each draft and argument */
};

static inline void
fake_hear(struct fake_daemon *fake, const struct request *request)
{
    fake->requests++;
    fake->drafts += request->draft_count;
    if (request->draft_count > fake->largest)
        fake->largest = request->draft_count;
    if (fake->heard.size > 1024 * 1024)
        return;
    buffer_append_format(&fake->heard, "%s user=%s\n", request->verb,
                         request->acting_user);
    for (size_t i = 0; i < request->argument.field_count; i++)
        buffer_append_format(&fake->heard, "%s=%s\n",
                             request->argument.field[i].name,
                             request->argument.field[i].value);
    for (size_t i = 0; i < request->draft_count; i++) {
        const struct draft *draft = &request->draft[i];
        buffer_append_format(&fake->heard,
                             "%llu %s on=%s id=%s case=%s re=%s as_of=%s "
                             "rel=%s test=%d dry=%d",
                             (unsigned long long)draft->line, draft->event_type,
                             draft->occurred_on, draft->event_id,
                             draft->case_ref, draft->in_reply_to, draft->as_of,
                             draft->reliability, draft->test, draft->dry_run);
        for (size_t j = 0; j < draft->to_count; j++)
            buffer_append_format(&fake->heard, " to=%s", draft->to[j]);
        for (size_t j = 0; j < draft->facet_count; j++)
            for (size_t k = 0; k < draft->facet[j].content.field_count; k++)
                buffer_append_format(&fake->heard, " %s.%s=%s",
                                     draft->facet[j].kind,
                                     draft->facet[j].content.field[k].name,
                                     draft->facet[j].content.field[k].value);
        buffer_append_text(&fake->heard, "\n");
    }
}

static inline bool
fake_write(int fd, const struct buffer *out)
{
    size_t sent = 0;

    while (sent < out->size) {
        const ssize_t count =
            send(fd, out->data + sent, out->size - sent, MSG_NOSIGNAL);
        if (count <= 0)
            return false;
        sent += (size_t)count;
    }
    return true;
}

/* Answers what has come whole; false when the connection is to end. */
static inline bool
fake_answer(struct fake_daemon *fake, int fd, struct buffer *in,
            struct arena *arena)
{
    size_t length = 0;

    while (control_next(buffer_view(in), CONTROL_REQUEST_MAX, &length) ==
               CII_OK &&
           length > 0) {
        struct request request = {0};
        struct buffer out = {0};

        arena_reset(arena);
        if (request_unpack(&request, (struct bytes){in->data + 4, length - 4},
                           arena, NULL) != CII_OK)
            return false;
        fake_hear(fake, &request);
        const bool go_on = fake->script(fake, &request, &out);
        const bool written = fake_write(fd, &out);
        buffer_done(&out);
        buffer_consume(in, length);
        if (!go_on || !written)
            return false;
    }
    return true;
}

static inline void
fake_serve(struct fake_daemon *fake, int fd)
{
    struct buffer in = {0};
    struct arena *arena = NULL;

    if (arena_new(&arena, (size_t)256 * 1024 * 1024, NULL) != CII_OK)
        abort();
    for (;;) {
        uint8_t *room = buffer_reserve(&in, 65536);
        const ssize_t count = recv(fd, room, 65536, 0);
        if (count <= 0)
            break;
        in.size += (size_t)count;
        if (!fake_answer(fake, fd, &in, arena))
            break;
    }
    buffer_done(&in);
    arena_destroy(&arena);
    close(fd);
}

static inline void *
fake_run(void *context)
{
    struct fake_daemon *fake = context;

    for (;;) {
        const int fd = accept(fake->listener, NULL, NULL);
        if (fd < 0)
            return NULL;
        fake->connections++;
        fake_serve(fake, fd);
    }
}

static inline void
fake_make_dir(struct fake_daemon *fake, const char *role)
{
    char path[160];

    snprintf(fake->dir, sizeof fake->dir, "/tmp/cii-fake-%d", getpid());
    mkdir(fake->dir, 0755);
    snprintf(path, sizeof path, "%s/control", fake->dir);
    mkdir(path, 0755);
    snprintf(fake->socket, sizeof fake->socket, "%s/%s.sock", path, role);
}

static inline void
fake_start(struct fake_daemon *fake, const char *role, fake_script *script)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    *fake = (struct fake_daemon){.script = script};
    fake_make_dir(fake, role);
    snprintf(address.sun_path, sizeof address.sun_path, "%.100s", fake->socket);
    unlink(fake->socket);
    fake->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert(fake->listener >= 0);
    cr_assert(
        bind(fake->listener, (struct sockaddr *)&address, sizeof address) == 0);
    cr_assert(listen(fake->listener, 8) == 0);
    cr_assert(pthread_create(&fake->thread, NULL, fake_run, fake) == 0);
}

/* After the client has gone; then the counts and `heard` may be read. */
static inline void
fake_stop(struct fake_daemon *fake)
{
    char path[160];

    shutdown(fake->listener, SHUT_RDWR);
    pthread_join(fake->thread, NULL);
    close(fake->listener);
    unlink(fake->socket);
    snprintf(path, sizeof path, "%s/control", fake->dir);
    rmdir(path);
    rmdir(fake->dir);
}

static inline bool
fake_heard(struct fake_daemon *fake, const char *text)
{
    return strstr(buffer_text(&fake->heard), text) != NULL;
}

/* --- scripts ------------------------------------------------------------ */

#define FAKE_ID "0192d8a4-7c00-7000-8000-00000000abcd"

/* The outcome that a type's name asks for: "refused" is INVALID... */
static inline enum cii_code
fake_code(const struct draft *draft)
{
    if (!strcmp(draft->event_type, "refused"))
        return CII_INVALID;
    if (!strcmp(draft->event_type, "unlawful"))
        return CII_DENIED;
    if (!strcmp(draft->event_type, "conflict"))
        return CII_CONFLICT;
    if (!strcmp(draft->event_type, "known"))
        return CII_DUPLICATE;
    if (!strcmp(draft->event_type, "full"))
        return CII_FULL;
    return CII_OK;
}

static inline void
fake_reply(struct buffer *out, const struct reply *reply)
{
    if (reply_pack(reply, out) != CII_OK)
        abort();
}

/* One reply with an outcome for each draft, a verdict for the first. */
static inline void
fake_outcomes(const struct request *request, const char *text,
              struct buffer *out)
{
    static const struct verdict_line verdict = {
        .partner = "ge.as.hg",
        .verdict = "transmit",
        .lane = "duty",
        .rule = "R19",
        .citation = "LAI 68bis",
        .facets = "identity decision",
        .withheld = "sanction",
        .missing = "",
    };
    struct outcome *outcome = calloc(request->draft_count, sizeof *outcome);

    for (size_t i = 0; i < request->draft_count; i++) {
        const struct draft *draft = &request->draft[i];
        const enum cii_code code = fake_code(draft);
        outcome[i] = (struct outcome){
            .line = draft->line,
            .event_id = *draft->event_id ? draft->event_id : FAKE_ID,
            .code = code,
            .text = code == CII_OK ? text : "the check digit is wrong",
            .field = code == CII_INVALID ? "identity.avs" : "",
            .verdict_count = i == 0 && code == CII_OK,
            .verdict = &verdict,
        };
    }
    fake_reply(out, &(struct reply){.tag = request->tag,
                                    .last = true,
                                    .outcome_count = request->draft_count,
                                    .outcome = outcome});
    free(outcome);
}

static inline bool
fake_stores(struct fake_daemon *fake, const struct request *request,
            struct buffer *out)
{
    (void)fake;
    fake_outcomes(request, "", out);
    return true;
}

#endif
