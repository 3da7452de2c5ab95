/* SPDX-License-Identifier: Apache-2.0 */
#include "client/channel.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define READ_SIZE       ((size_t)64 * 1024)
#define REPLY_ARENA_MAX ((size_t)32 * 1024 * 1024)
#define CONNECT_SECONDS 10
#define LENGTH_SIZE     4

static enum cii_code
connect_failed(int error, const char *path, struct cii_error *err)
{
    switch (error) {
    case ENOENT:
    case ECONNREFUSED:
    case ENOTDIR:
        return cii_fail(err, CII_OFFLINE,
                        "no daemon listens at %s: start ciid, or name its "
                        "run directory",
                        path);
    case EACCES:
    case EPERM:
        return cii_fail(err, CII_FORBIDDEN,
                        "this user may not open %s: ask for membership of "
                        "the group that owns it, or use another role",
                        path);
    case EAGAIN:
    case EINPROGRESS:
        return cii_fail(err, CII_BUSY,
                        "the daemon at %s takes no more connections now: "
                        "try again",
                        path);
    default:
        return cii_fail(err, CII_SYSTEM, "cannot connect to %s: %s", path,
                        strerror(error));
    }
}

/* The time limit holds for connect() only: afterwards nothing blocks. */
static enum cii_code
connect_within(int fd, const struct sockaddr_un *address, struct cii_error *err)
{
    const struct timeval limit = {.tv_sec = CONNECT_SECONDS};

    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    int rc = 0;
    do
        rc = connect(fd, (const struct sockaddr *)address, sizeof *address);
    while (rc < 0 && errno == EINTR);
    if (rc < 0)
        return connect_failed(errno, address->sun_path, err);

    const int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
        return cii_fail(err, CII_SYSTEM, "cannot set up the connection: %s",
                        strerror(errno));
    return CII_OK;
}

enum cii_code
channel_open(struct channel *channel, const struct sockaddr_un *address,
             struct cii_error *err)
{
    assert(channel->fd < 0);

    if (!channel->arena)
        CII_TRY(arena_new(&channel->arena, REPLY_ARENA_MAX, err));

    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return cii_fail(err, CII_SYSTEM, "cannot make a socket: %s",
                        strerror(errno));
    const enum cii_code code = connect_within(fd, address, err);
    if (code != CII_OK) {
        close(fd);
        return code;
    }
    channel->fd = fd;
    return CII_OK;
}

void
channel_close(struct channel *channel)
{
    if (channel->fd >= 0)
        close(channel->fd);
    channel->fd = -1;
    channel->mute = false;
    buffer_clear(&channel->out);
    channel->sent = 0;
}

void
channel_done(struct channel *channel)
{
    channel_close(channel);
    buffer_done(&channel->out);
    buffer_done(&channel->in);
    arena_destroy(&channel->arena);
}

static bool
is_full_for_now(int error)
{
    return error == EAGAIN || error == EINTR || error == ENOBUFS;
}

/* What is gone makes room once it is more than what is left: a stream whose
 * daemon is slow must not grow. */
static void
forget_sent(struct channel *channel)
{
    if (2 * channel->sent < channel->out.size)
        return;
    buffer_consume(&channel->out, channel->sent);
    channel->sent = 0;
}

static enum cii_code
write_some(struct channel *channel, struct cii_error *err)
{
    if (channel->out.failed)
        return cii_fail(err, CII_MEMORY, "no memory for a request");

    while (!channel->mute && channel->sent < channel->out.size) {
        const ssize_t count =
            send(channel->fd, channel->out.data + channel->sent,
                 channel->out.size - channel->sent,
                 MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && is_full_for_now(errno)) {
            forget_sent(channel);
            return CII_OK;
        }
        if (count < 0)
            channel->mute = true; /* its last words may still be there */
        else
            channel->sent += (size_t)count;
    }
    buffer_clear(&channel->out);
    channel->sent = 0;
    return CII_OK;
}

static enum cii_code
read_some(struct channel *channel, struct cii_error *err)
{
    buffer_consume(&channel->in, channel->used);
    channel->used = 0;

    uint8_t *room = buffer_reserve(&channel->in, READ_SIZE);
    if (!room)
        return cii_fail(err, CII_MEMORY, "no memory for a reply");
    const ssize_t count = recv(channel->fd, room, READ_SIZE, MSG_DONTWAIT);
    if (count < 0 && is_full_for_now(errno))
        return CII_OK;
    if (count <= 0)
        return cii_fail(err, CII_OFFLINE,
                        "the daemon closed the connection before it had "
                        "answered");
    channel->in.size += (size_t)count;
    return CII_OK;
}

enum cii_code
channel_wait(struct channel *channel, int patience, struct cii_error *err)
{
    assert(channel->fd >= 0);

    CII_TRY(write_some(channel, err));
    struct pollfd wait = {.fd = channel->fd, .events = POLLIN};
    if (channel->sent < channel->out.size)
        wait.events |= POLLOUT;

    const int count = poll(&wait, 1, patience);
    if (count < 0 && errno != EINTR)
        return cii_fail(err, CII_SYSTEM, "cannot wait for the daemon: %s",
                        strerror(errno));
    if (count == 0 && patience > 0)
        return cii_fail(err, CII_OFFLINE,
                        "the daemon has not answered for %d s: look whether "
                        "it runs, then try again",
                        (patience + 999) / 1000);
    if (count > 0 && wait.revents & POLLOUT)
        CII_TRY(write_some(channel, err));
    if (count > 0 && wait.revents & (POLLIN | POLLHUP | POLLERR))
        CII_TRY(read_some(channel, err));
    return CII_OK;
}

enum cii_code
channel_next(struct channel *channel, struct reply *reply, bool *found,
             struct cii_error *err)
{
    size_t length = 0;

    *found = false;
    if (channel->in.size - channel->used < LENGTH_SIZE)
        return CII_OK;
    const struct bytes come = {channel->in.data + channel->used,
                               channel->in.size - channel->used};
    if (control_next(come, CONTROL_REPLY_MAX, &length) != CII_OK)
        return cii_fail(err, CII_MALFORMED,
                        "the daemon's reply is over %d bytes: is this ciid?",
                        CONTROL_REPLY_MAX);
    if (length == 0)
        return CII_OK;

    arena_reset(channel->arena);
    const struct bytes message = {come.data + LENGTH_SIZE,
                                  length - LENGTH_SIZE};
    CII_TRY(reply_unpack(reply, message, channel->arena, err));
    channel->used += length;
    *found = true;
    return CII_OK;
}
