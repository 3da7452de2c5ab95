/* SPDX-License-Identifier: Apache-2.0 */
#include "base/socket.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define FDS_MAX 4 /* a sender of ours passes one; a few are closed politely */

void
fd_close(int *fd)
{
    const int saved = errno;
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
    errno = saved;
}

int
fd_take(int *fd)
{
    const int taken = *fd;
    *fd = -1;
    return taken;
}

static enum cii_code
address_of(struct sockaddr_un *address, const char *path, struct cii_error *err)
{
    const size_t length = strlen(path);
    if (length == 0 || length >= sizeof address->sun_path)
        return cii_fail(err, CII_CONFIG,
                        "%s: a socket's path has 1 to %zu bytes; choose a "
                        "shorter run_dir",
                        path, sizeof address->sun_path - 1);
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(address->sun_path, path, length + 1);
    return CII_OK;
}

static enum cii_code
open_socket(int *fd, enum socket_kind kind, struct cii_error *err)
{
    const int type = kind == SOCKET_STREAM ? SOCK_STREAM : SOCK_SEQPACKET;
    *fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd >= 0)
        return CII_OK;
    return cii_fail(err,
                    errno == EMFILE || errno == ENFILE ? CII_BUSY : CII_SYSTEM,
                    "cannot make a socket: %s", strerror(errno));
}

/* Only a socket is replaced: a path given wrongly may name a file. */
static void
remove_stale(const char *path)
{
    struct stat found;
    if (lstat(path, &found) == 0 && S_ISSOCK(found.st_mode))
        unlink(path);
}

/* Gives back what the umask took away. */
static int
undo_umask(const char *path, mode_t mode)
{
    struct stat found;
    if (lstat(path, &found) == 0 && (found.st_mode & 07777) == mode)
        return 0;
    return chmod(path, mode);
}

enum cii_code
socket_listen(int *fd, enum socket_kind kind, const char *path, mode_t mode,
              int backlog, struct cii_error *err)
{
    struct sockaddr_un address;
    CII_TRY(address_of(&address, path, err));
    cii_auto(fd_close) int made = -1;
    CII_TRY(open_socket(&made, kind, err));
    remove_stale(path);

    /* The mode is taken over by bind(), so there is no moment in which others
     * may connect. */
    if (fchmod(made, mode) != 0 ||
        bind(made, (const struct sockaddr *)&address, sizeof address) != 0 ||
        undo_umask(path, mode) != 0 || listen(made, backlog) != 0)
        return cii_fail(err, CII_SYSTEM, "cannot listen on %s: %s", path,
                        strerror(errno));
    *fd = fd_take(&made);
    return CII_OK;
}

enum cii_code
socket_connect(int *fd, enum socket_kind kind, const char *path,
               struct cii_error *err)
{
    struct sockaddr_un address;
    CII_TRY(address_of(&address, path, err));
    cii_auto(fd_close) int made = -1;
    CII_TRY(open_socket(&made, kind, err));

    if (connect(made, (const struct sockaddr *)&address, sizeof address) != 0) {
        const int why = errno;
        enum cii_code code = CII_SYSTEM;
        if (why == ENOENT || why == ECONNREFUSED)
            code = CII_OFFLINE;
        else if (why == EAGAIN)
            code = CII_BUSY;
        return cii_fail(err, code, "cannot connect to %s: %s", path,
                        strerror(why));
    }
    *fd = fd_take(&made);
    return CII_OK;
}

enum cii_code
socket_accept(int *fd, int listener, struct cii_error *err)
{
    int got = -1;
    do
        got = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    while (got < 0 && errno == EINTR);
    if (got >= 0) {
        *fd = got;
        return CII_OK;
    }
    switch (errno) {
    case EAGAIN:
    case ECONNABORTED:
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        return cii_fail(err, CII_BUSY, "cannot accept: %s", strerror(errno));
    default:
        return cii_fail(err, CII_SYSTEM, "cannot accept: %s", strerror(errno));
    }
}

enum cii_code
socket_peer(int fd, struct socket_peer *peer, struct cii_error *err)
{
    struct ucred who = {0};
    socklen_t size = sizeof who;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0 ||
        size != sizeof who)
        return cii_fail(err, CII_SYSTEM, "cannot tell who connected: %s",
                        strerror(errno));
    *peer = (struct socket_peer){who.uid, who.gid, who.pid};
    return CII_OK;
}

static enum cii_code
transfer_failed(const char *what, struct cii_error *err)
{
    const int why = errno;
    enum cii_code code = CII_SYSTEM;
    if (why == EAGAIN || why == ENOBUFS)
        code = CII_BUSY;
    else if (why == EPIPE || why == ECONNRESET || why == ENOTCONN)
        code = CII_OFFLINE;
    return cii_fail(err, code, "cannot %s: %s", what, strerror(why));
}

enum cii_code
socket_send_fd(int fd, const void *data, size_t size, int passed,
               struct cii_error *err)
{
    union {
        char bytes[CMSG_SPACE(sizeof passed)];
        struct cmsghdr align;
    } control = {{0}};
    /* NOLINTNEXTLINE: sendmsg() only reads, but its type says otherwise */
    struct iovec part = {.iov_base = (void *)(uintptr_t)data, .iov_len = size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

    if (passed >= 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof passed);
        memcpy(CMSG_DATA(head), &passed, sizeof passed);
    }
    ssize_t sent = 0;
    do
        sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent < 0)
        return transfer_failed("send", err);
    if ((size_t)sent != size)
        return cii_fail(err, CII_SYSTEM, "a message was sent in part");
    return CII_OK;
}

/* Keeps the first descriptor of the message and closes the others. */
static int
take_fds(struct msghdr *message, size_t *count)
{
    int first = -1;
    *count = 0;
    for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head;
         head = CMSG_NXTHDR(message, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS)
            continue;
        const size_t here = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < here; i++) {
            int fd = -1;
            memcpy(&fd, CMSG_DATA(head) + i * sizeof fd, sizeof fd);
            if (++*count == 1)
                first = fd;
            else
                fd_close(&fd);
        }
    }
    return first;
}

enum cii_code
socket_receive_fd(int fd, void *data, size_t size, size_t *got, int *passed,
                  struct cii_error *err)
{
    union {
        char bytes[CMSG_SPACE(FDS_MAX * sizeof(int))];
        struct cmsghdr align;
    } control = {{0}};
    struct iovec part = {.iov_base = data, .iov_len = size};
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof control.bytes,
    };

    ssize_t count = 0;
    do
        count = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return transfer_failed("receive", err);

    size_t fds = 0;
    cii_auto(fd_close) int taken = take_fds(&message, &fds);
    if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) || fds > 1)
        return cii_fail(err, CII_MALFORMED,
                        "a local message is larger than agreed");
    if (count == 0)
        return cii_fail(err, CII_OFFLINE, "the other end is gone");
    *got = (size_t)count;
    *passed = fd_take(&taken);
    return CII_OK;
}
