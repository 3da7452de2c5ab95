/* SPDX-License-Identifier: Apache-2.0 */
#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define READY_VARIABLE "CIID_READY_FD"

static int ready_fd = -1;

/* A descriptor of ours on 0 to 2 would get what others print there. */
static enum cii_code
fill_standard(struct cii_error *err)
{
    for (int fd = 0; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            continue;
        const int got = open("/dev/null", O_RDWR); /* NOLINT: kept over exec */
        if (got != fd)
            return cii_fail(err, CII_SYSTEM, "cannot open /dev/null: %s",
                            strerror(errno));
    }
    return CII_OK;
}

static enum cii_code
parse_ready(const char *text, struct cii_error *err)
{
    char *end = NULL;
    errno = 0;
    const long value = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value <= STDERR_FILENO ||
        value > INT_MAX || fcntl((int)value, F_SETFD, FD_CLOEXEC) != 0)
        return cii_fail(err, CII_SYSTEM,
                        READY_VARIABLE " names no open descriptor; unset it "
                                       "to start by hand");
    ready_fd = (int)value;
    return CII_OK;
}

/* Nobody reads the pipe any more: the supervisor died before we asked the
 * kernel to watch it. */
static bool
is_orphan(void)
{
    struct pollfd pipe = {.fd = ready_fd, .events = POLLOUT};
    return poll(&pipe, 1, 0) == 1 && (pipe.revents & (POLLERR | POLLNVAL));
}

enum cii_code
child_start(struct cii_error *err)
{
    CII_TRY(fill_standard(err));
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        return cii_fail(err, CII_SYSTEM, "cannot ignore SIGPIPE: %s",
                        strerror(errno));

    const char *text = getenv(READY_VARIABLE); /* NOLINT: before any thread */
    if (!text)
        return CII_OK;
    CII_TRY(parse_ready(text, err));
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        return cii_fail(err, CII_SYSTEM, "cannot follow the supervisor: %s",
                        strerror(errno));
    if (is_orphan())
        _exit(EXIT_FAILURE);
    return CII_OK;
}

void
child_ready(void)
{
    if (ready_fd < 0)
        return;

    const ssize_t written = write(ready_fd, "R", 1);
    (void)written; /* a supervisor that is gone takes us along */
    close(ready_fd);
    ready_fd = -1;
}
