/* SPDX-License-Identifier: Apache-2.0 */
#include "reader/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/sandbox.h"
#include "base/socket.h"

#define REQUEST_MAX  65536
#define RECONNECT_MS 50

/* The running process; the reader proper stays what a child inherits. */
struct service {
    struct reader *reader;
    struct loop *loop;
    struct loop_watch *core_watch;
    struct loop_timer *reconnect;
    unsigned int children;
    bool ready;
};

static enum cii_code
load_vault(struct reader *reader, struct cii_error *err)
{
    char *master = NULL;
    size_t size = 0;
    CII_TRY(
        file_read(reader->config->master_key, 4096, true, &master, &size, err));
    const enum cii_code code =
        size == SEAL_KEY_SIZE
            ? vault_new(&reader->vault, (const uint8_t *)master, err)
            : cii_fail(err, CII_CONFIG, "%s: a master key is %d bytes, not %zu",
                       reader->config->master_key, SEAL_KEY_SIZE, size);
    explicit_bzero(master, size);
    free(master);
    return code;
}

enum cii_code
reader_new(struct reader **result, const char *config, struct cii_error *err)
{
    struct reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return cii_fail(err, CII_MEMORY, "no memory");
    reader->core = -1;
    *result = reader;
    CII_TRY(config_load(&reader->config, config, err));
    log_open("reader", (enum log_level)reader->config->log_level);
    CII_TRY(crypto_start(err));
    CII_TRY(load_vault(reader, err));
    return catalogue_load(&reader->catalogue, reader->config->facets,
                          reader->config->event_types, err);
}

/* --- questions ------------------------------------------------------------*/

_Noreturn static void
answer_in_child(struct service *service, int fd, struct bytes request)
{
    struct reader *reader = service->reader;
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_UNBLOCK, &all, NULL);
    fd_close(&reader->core);
    /* the default action of SIGALRM ends the child */
    alarm(reader->config->limits.query_seconds);
    fcntl(fd, F_SETFL, 0);
    reader_answer(reader, fd, request);
    _exit(EXIT_SUCCESS);
}

static void
take_question(struct service *service, int fd, struct bytes request)
{
    const struct config_limits *limits = &service->reader->config->limits;
    if (service->children >= limits->queries) {
        reader_refuse(fd, 0, CII_BUSY,
                      "too many questions are being answered; try again");
        return;
    }
    const pid_t pid = fork();
    if (pid == 0)
        answer_in_child(service, fd, request);
    if (pid < 0)
        reader_refuse(fd, 0, CII_BUSY, "no process for the question");
    else
        service->children++;
}

static void connect_later(struct service *service);

static void
lose_core(struct service *service)
{
    loop_remove(service->loop, &service->core_watch);
    fd_close(&service->reader->core);
    connect_later(service);
}

static void
core_ready(void *context, unsigned int events)
{
    (void)events;
    struct service *service = context;
    static uint8_t packet[REQUEST_MAX];
    for (;;) {
        size_t got = 0;
        int fd = -1;
        const enum cii_code code =
            socket_receive_fd(service->reader->core, packet, sizeof packet,
                              &got, &fd, NULL);
        if (code == CII_BUSY)
            return;
        if (code != CII_OK) {
            lose_core(service);
            return;
        }
        if (fd >= 0)
            take_question(service, fd, (struct bytes){packet, got});
        fd_close(&fd);
    }
}

/* --- the connection -------------------------------------------------------*/

static void
connect_now(void *context)
{
    struct service *service = context;
    struct reader *reader = service->reader;
    struct cii_error err;
    char path[128];
    snprintf(path, sizeof path, "%s/reader.sock", reader->config->run_dir);
    if (socket_connect(&reader->core, SOCKET_PACKETS, path, &err) != CII_OK ||
        loop_add(service->loop, &service->core_watch, reader->core, LOOP_READ,
                 core_ready, service, &err) != CII_OK) {
        fd_close(&reader->core);
        connect_later(service);
        return;
    }
    if (!service->ready) {
        log_line(LOG_NOTICE, "ready");
        child_ready();
    }
    service->ready = true;
}

static void
connect_later(struct service *service)
{
    struct cii_error err;
    if (loop_timer_add(service->loop, &service->reconnect, RECONNECT_MS,
                       connect_now, service, &err) != CII_OK) {
        log_line(LOG_ERROR, "reader stops: %s", err.text);
        _exit(EXIT_FAILURE);
    }
}

static void
reap(struct service *service)
{
    int status = 0;
    while (waitpid(-1, &status, WNOHANG) > 0) {
        service->children--;
        if (WIFSIGNALED(status))
            log_line(LOG_WARNING, "question ended signal=%d%s",
                     WTERMSIG(status),
                     WTERMSIG(status) == SIGALRM ? " (took too long)" : "");
    }
}

static void
on_signal(void *context, int signal_number)
{
    struct service *service = context;
    if (signal_number == SIGCHLD)
        reap(service);
    else if (signal_number != SIGHUP)
        loop_stop(service->loop);
}

enum cii_code
reader_run(struct reader *reader, struct cii_error *err)
{
    struct service service = {.reader = reader};
    CII_TRY(loop_new(&service.loop, err));
    CII_TRY(loop_signals(service.loop, on_signal, &service, err));
    CII_TRY(sandbox_enter(SANDBOX_READER, err));
    connect_now(&service);
    loop_run(service.loop);
    log_line(LOG_NOTICE, "stopped");
    return CII_OK;
}
