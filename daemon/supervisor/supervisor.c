/* SPDX-License-Identifier: Apache-2.0 */
#include "supervisor/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/socket.h"

#define STOP_MS        8000 /* then what still runs is killed */
#define BACKOFF_MS     100  /* before the first new start; doubles */
#define BACKOFF_MAX_MS 5000

struct supervisor;

struct child {
    struct supervisor *supervisor; /* borrowed */
    const char *program;
    pid_t pid;    /* 0: not running */
    int ready_fd; /* becomes readable when it is ready */
    struct loop_watch *ready_watch;
    struct loop_timer *restart;
    bool ready;
    int64_t backoff;
};

struct supervisor {
    struct loop *loop;
    const char *config;
    const char *folder;
    struct loop_timer *deadline;
    bool stopping;
    bool announced;
    const char *refused; /* the program that did not want to start */
    struct child child[3];
};

/* The core first, the others when it is ready; stopped in reverse. */
static const char *const programs[] = {"ciid-core", "ciid-gate", "ciid-reader"};
#define CHILDREN (sizeof programs / sizeof programs[0])

static void start(struct child *child);

/* --- ready ----------------------------------------------------------------*/

static void
announce(struct supervisor *supervisor)
{
    for (size_t i = 0; i < CHILDREN; i++)
        if (!supervisor->child[i].ready)
            return;
    log_line(LOG_NOTICE, "all ready");
    sd_notify(0, "READY=1\nSTATUS=all processes are ready");
    supervisor->announced = true;
}

/* The others wait for the first core: until it holds the store, they might
 * disturb those of another ciid. */
static void
start_rest(struct supervisor *supervisor)
{
    for (size_t i = 1; i < CHILDREN; i++) {
        struct child *child = &supervisor->child[i];
        if (child->pid == 0 && !child->restart)
            start(child);
    }
}

static void
is_ready(void *context, unsigned int events)
{
    (void)events;
    struct child *child = context;
    uint8_t byte;
    child->ready = read(child->ready_fd, &byte, 1) == 1;
    loop_remove(child->supervisor->loop, &child->ready_watch);
    fd_close(&child->ready_fd);
    if (child->ready && !child->supervisor->stopping)
        start_rest(child->supervisor);
    if (child->ready)
        announce(child->supervisor);
}

/* --- start ----------------------------------------------------------------*/

_Noreturn static void
become(const struct child *child, int ready_fd)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);

    char number[16];
    snprintf(number, sizeof number, "%d", ready_fd);
    setenv("CIID_READY_FD", number, 1);
    unsetenv("NOTIFY_SOCKET");
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", child->supervisor->folder,
             child->program);
    execl(path, child->program, child->supervisor->config, (char *)NULL);
    fprintf(stderr, "<3>ciid: cannot start %s: %s\n", path, strerror(errno));
    _exit(127);
}

static void
restart_due(void *context)
{
    start(context);
}

static void
start_later(struct child *child)
{
    struct cii_error err;
    if (child->restart)
        return;
    if (loop_timer_add(child->supervisor->loop, &child->restart, child->backoff,
                       restart_due, child, &err) != CII_OK) {
        log_line(LOG_ERROR, "cannot start %s again: %s", child->program,
                 err.text);
        _exit(EXIT_FAILURE);
    }
    child->backoff = child->backoff * 2 < BACKOFF_MAX_MS ? child->backoff * 2
                                                         : BACKOFF_MAX_MS;
}

static void
watch_ready(struct child *child, int fd)
{
    struct cii_error err;
    child->ready_fd = fd;
    if (loop_add(child->supervisor->loop, &child->ready_watch, fd, LOOP_READ,
                 is_ready, child, &err) != CII_OK)
        log_line(LOG_ERROR, "cannot watch %s: %s", child->program, err.text);
}

static void
start(struct child *child)
{
    int pipe_fds[2];
    if (pipe2(pipe_fds, O_CLOEXEC) != 0) {
        start_later(child);
        return;
    }
    /* blocked until the child has forgotten our handlers */
    const pid_t pid = fork();
    if (pid == 0) {
        fcntl(pipe_fds[1], F_SETFD, 0);
        become(child, pipe_fds[1]);
    }
    close(pipe_fds[1]);
    if (pid < 0) {
        close(pipe_fds[0]);
        start_later(child);
        return;
    }
    child->pid = pid;
    child->ready = false;
    watch_ready(child, pipe_fds[0]);
    log_line(LOG_INFO, "started program=%s pid=%d", child->program, (int)pid);
}

/* --- stop -----------------------------------------------------------------*/

static bool
any_left(const struct supervisor *supervisor)
{
    for (size_t i = 0; i < CHILDREN; i++)
        if (supervisor->child[i].pid != 0)
            return true;
    return false;
}

static void
signal_all(const struct supervisor *supervisor, int signal_number)
{
    for (size_t i = CHILDREN; i-- > 0;)
        if (supervisor->child[i].pid != 0)
            kill(supervisor->child[i].pid, signal_number);
}

static void
too_late(void *context)
{
    log_line(LOG_WARNING, "killing what has not stopped");
    signal_all(context, SIGKILL);
}

static void
stop(struct supervisor *supervisor)
{
    struct cii_error err;
    if (supervisor->stopping)
        return;
    supervisor->stopping = true;
    sd_notify(0, "STOPPING=1");
    for (size_t i = 0; i < CHILDREN; i++)
        loop_timer_cancel(supervisor->loop, &supervisor->child[i].restart);
    if (!any_left(supervisor)) {
        loop_stop(supervisor->loop);
        return;
    }
    signal_all(supervisor, SIGTERM);
    if (loop_timer_add(supervisor->loop, &supervisor->deadline, STOP_MS,
                       too_late, supervisor, &err) != CII_OK)
        signal_all(supervisor, SIGKILL);
}

/* --- death ----------------------------------------------------------------*/

static void
describe(int status, char *text, size_t size)
{
    if (WIFSIGNALED(status))
        snprintf(text, size, "signal %d", WTERMSIG(status));
    else
        snprintf(text, size, "exit %d", WEXITSTATUS(status));
}

static void
ended(struct child *child, int status)
{
    struct supervisor *supervisor = child->supervisor;
    char how[32];
    describe(status, how, sizeof how);
    log_line(supervisor->stopping ? LOG_INFO : LOG_ERROR,
             "ended program=%s pid=%d how=\"%s\"", child->program,
             (int)child->pid, how);
    /* what once was ready is back soon, however often it dies; only what never
     * gets so far is tried more and more rarely */
    if (child->ready)
        child->backoff = BACKOFF_MS;
    child->pid = 0;
    child->ready = false;
    loop_remove(supervisor->loop, &child->ready_watch);
    fd_close(&child->ready_fd);
    if (supervisor->stopping) {
        if (!any_left(supervisor))
            loop_stop(supervisor->loop);
        return;
    }
    if (!supervisor->announced && WIFEXITED(status) && WEXITSTATUS(status)) {
        supervisor->refused = child->program; /* it has said why */
        stop(supervisor);
        return;
    }
    start_later(child);
}

static void
reap(struct supervisor *supervisor)
{
    int status = 0;
    pid_t pid = 0;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (size_t i = 0; i < CHILDREN; i++)
            if (supervisor->child[i].pid == pid)
                ended(&supervisor->child[i], status);
}

static void
on_signal(void *context, int signal_number)
{
    struct supervisor *supervisor = context;
    switch (signal_number) {
    case SIGCHLD:
        reap(supervisor);
        break;
    case SIGHUP:
        signal_all(supervisor, SIGHUP);
        break;
    default:
        stop(supervisor);
        break;
    }
}

enum cii_code
supervise(const char *config, const char *folder, struct cii_error *err)
{
    struct supervisor supervisor = {.config = config, .folder = folder};
    CII_TRY(loop_new(&supervisor.loop, err));
    CII_TRY(loop_signals(supervisor.loop, on_signal, &supervisor, err));
    for (size_t i = 0; i < CHILDREN; i++)
        supervisor.child[i] = (struct child){.supervisor = &supervisor,
                                             .program = programs[i],
                                             .ready_fd = -1,
                                             .backoff = BACKOFF_MS};
    start(&supervisor.child[0]);
    loop_run(supervisor.loop);
    loop_destroy(&supervisor.loop);
    if (supervisor.refused)
        return cii_fail(err, CII_CONFIG, "%s ended; what it said is above",
                        supervisor.refused);
    return CII_OK;
}
