/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/socket.h"
#include "tests/support/expect.h"

static void
path_of(char *path, size_t size, const char *name)
{
    snprintf(path, size, "/tmp/ciid-unit-%s-%d.sock", name, getpid());
}

static void
connect_pair(enum socket_kind kind, const char *name, int pair[2])
{
    char path[64];
    int listener = -1;
    path_of(path, sizeof path, name);
    require_ok(socket_listen(&listener, kind, path, 0600, 1, NULL));
    require_ok(socket_connect(&pair[0], kind, path, NULL));
    require_ok(socket_accept(&pair[1], listener, NULL));
    fd_close(&listener);
    unlink(path);
}

Test(socket, is_for_those_that_its_mode_lets_in_and_closed_on_exec)
{
    char path[64];
    struct stat found;
    int fd = -1;
    path_of(path, sizeof path, "mode");
    umask(077);

    require_ok(socket_listen(&fd, SOCKET_STREAM, path, 0660, 1, NULL));

    cr_assert(eq(int, stat(path, &found), 0));
    cr_expect(eq(uint, found.st_mode & 07777, 0660));
    cr_expect(eq(int, fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC));
    cr_expect(eq(int, fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK));
    fd_close(&fd);
    unlink(path);
}

Test(socket, replaces_the_socket_of_an_earlier_process)
{
    char path[64];
    int older = -1;
    int newer = -1;
    path_of(path, sizeof path, "stale");
    require_ok(socket_listen(&older, SOCKET_STREAM, path, 0600, 1, NULL));
    fd_close(&older);

    expect_code(socket_listen(&newer, SOCKET_STREAM, path, 0600, 1, NULL), OK);

    fd_close(&newer);
    unlink(path);
}

Test(socket, never_replaces_a_file)
{
    char path[64];
    int fd = -1;
    path_of(path, sizeof path, "file");
    FILE *file = fopen(path, "w");
    cr_assert(file != NULL);
    fclose(file);

    expect_code(socket_listen(&fd, SOCKET_STREAM, path, 0600, 1, NULL), SYSTEM);

    cr_expect(eq(int, access(path, F_OK), 0));
    cr_expect(eq(int, fd, -1));
    unlink(path);
}

Test(socket, says_offline_where_nobody_listens)
{
    char path[64];
    int listener = -1;
    int fd = -1;
    path_of(path, sizeof path, "offline");
    expect_code(socket_connect(&fd, SOCKET_PACKETS, path, NULL), OFFLINE);

    require_ok(socket_listen(&listener, SOCKET_PACKETS, path, 0600, 1, NULL));
    fd_close(&listener);
    expect_code(socket_connect(&fd, SOCKET_PACKETS, path, NULL), OFFLINE);
    unlink(path);
}

Test(socket, says_busy_when_nobody_waits)
{
    char path[64];
    int listener = -1;
    int fd = -1;
    path_of(path, sizeof path, "busy");
    require_ok(socket_listen(&listener, SOCKET_STREAM, path, 0600, 1, NULL));

    expect_code(socket_accept(&fd, listener, NULL), BUSY);

    fd_close(&listener);
    unlink(path);
}

Test(socket, refuses_a_path_that_does_not_fit)
{
    char path[200];
    struct cii_error err = {0};
    int fd = -1;
    memset(path, 'a', sizeof path - 1);
    path[sizeof path - 1] = '\0';

    expect_code(socket_listen(&fd, SOCKET_STREAM, path, 0600, 1, &err), CONFIG);
    cr_expect(strstr(err.text, "choose a shorter run_dir") != NULL);
}

Test(socket, knows_who_is_at_the_other_end)
{
    int pair[2] = {-1, -1};
    struct socket_peer peer = {0};
    connect_pair(SOCKET_STREAM, "peer", pair);

    require_ok(socket_peer(pair[1], &peer, NULL));

    cr_expect(eq(uint, peer.uid, geteuid()));
    cr_expect(eq(int, peer.pid, getpid()));
    fd_close(&pair[0]);
    fd_close(&pair[1]);
}

Test(socket, passes_a_descriptor_beside_a_message)
{
    int pair[2] = {-1, -1};
    int pipes[2];
    int passed = -1;
    char data[8];
    size_t got = 0;
    char byte = 0;
    connect_pair(SOCKET_PACKETS, "pass", pair);
    cr_assert(eq(int, pipe(pipes), 0));

    require_ok(socket_send_fd(pair[0], "abc", 3, pipes[1], NULL));
    close(pipes[1]);
    require_ok(
        socket_receive_fd(pair[1], data, sizeof data, &got, &passed, NULL));

    cr_expect(eq(sz, got, 3));
    cr_assert(passed >= 0);
    cr_expect(eq(int, fcntl(passed, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC));
    cr_assert(eq(long, write(passed, "x", 1), 1));
    cr_expect(eq(long, read(pipes[0], &byte, 1), 1));
    close(passed);
    close(pipes[0]);
    fd_close(&pair[0]);
    fd_close(&pair[1]);
}

Test(socket, tells_apart_nothing_yet_and_nothing_any_more)
{
    int pair[2] = {-1, -1};
    int passed = -1;
    char data[8];
    size_t got = 0;
    connect_pair(SOCKET_PACKETS, "end", pair);

    expect_code(socket_receive_fd(pair[1], data, sizeof data, &got, &passed,
                                  NULL),
                BUSY);
    require_ok(socket_send_fd(pair[0], "abc", 3, -1, NULL));
    fd_close(&pair[0]);
    expect_code(socket_receive_fd(pair[1], data, sizeof data, &got, &passed,
                                  NULL),
                OK);
    cr_expect(eq(int, passed, -1));
    expect_code(socket_receive_fd(pair[1], data, sizeof data, &got, &passed,
                                  NULL),
                OFFLINE);
    expect_code(socket_send_fd(pair[1], "abc", 3, -1, NULL), OFFLINE);
    fd_close(&pair[1]);
}

static int
count_open(void)
{
    int count = 0;
    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

Test(socket, keeps_nothing_of_a_message_with_many_descriptors)
{
    int pair[2] = {-1, -1};
    int passed = -1;
    char data[8];
    size_t got = 0;
    connect_pair(SOCKET_PACKETS, "many", pair);

    union {
        char bytes[CMSG_SPACE(8 * sizeof(int))];
        struct cmsghdr align;
    } control = {{0}};
    struct iovec part = {.iov_base = data, .iov_len = 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(8 * sizeof(int));
    const int fds[8] = {0};
    memcpy(CMSG_DATA(head), fds, sizeof fds);
    cr_assert(eq(long, sendmsg(pair[0], &message, 0), 1));
    const int before = count_open();

    expect_code(socket_receive_fd(pair[1], data, sizeof data, &got, &passed,
                                  NULL),
                MALFORMED);

    cr_expect(eq(int, count_open(), before));
    fd_close(&pair[0]);
    fd_close(&pair[1]);
}
