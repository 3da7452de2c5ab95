/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sandbox.h"
#include "tests/support/expect.h"

/* What a process in the sandbox tries; its answer is the exit status. */
typedef int act(void);

/* The signal that ended it, or 1000 and its status. */
static int
try_in(enum sandbox_role role, act *tried)
{
    const pid_t child = fork();
    if (child == 0) {
        if (sandbox_enter(role, NULL) != CII_OK)
            _exit(99);
        _exit(tried());
    }
    int status = 0;
    cr_assert(eq(int, waitpid(child, &status, 0), child));
    return WIFSIGNALED(status) ? WTERMSIG(status) : 1000 + WEXITSTATUS(status);
}

static int
try_exec(void)
{
    char *const arguments[] = {(char *)"true", NULL};
    execv("/bin/true", arguments);
    return 0;
}

static int
try_internet(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 0 : errno;
}

static int
try_packets(void)
{
    return socket(AF_PACKET, SOCK_RAW, 0) >= 0 ? 0 : errno;
}

static int
try_unix(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0) >= 0 ? 0 : errno;
}

static void *
nothing(void *context)
{
    return context;
}

static int
try_thread(void)
{
    pthread_t thread;
    const int rc = pthread_create(&thread, NULL, nothing, NULL);
    return rc != 0 ? rc : pthread_join(thread, NULL);
}

static int
try_fork(void)
{
    const pid_t child = fork();
    if (child == 0)
        _exit(0);
    int status = 0;
    return waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
}

static int
try_mount_namespace(void)
{
    return unshare(CLONE_NEWNS) == 0 ? 0 : errno;
}

static const enum sandbox_role roles[] = {SANDBOX_GATE, SANDBOX_CORE,
                                          SANDBOX_READER};

Test(sandbox, kills_who_starts_a_program)
{
    for (size_t i = 0; i < 3; i++)
        cr_expect(eq(int, try_in(roles[i], try_exec), SIGSYS));
}

Test(sandbox, kills_who_makes_a_world_of_its_own)
{
    for (size_t i = 0; i < 3; i++)
        cr_expect(eq(int, try_in(roles[i], try_mount_namespace), SIGSYS));
}

Test(sandbox, lets_everybody_make_local_sockets_and_threads)
{
    for (size_t i = 0; i < 3; i++) {
        cr_expect(eq(int, try_in(roles[i], try_unix), 1000));
        cr_expect(eq(int, try_in(roles[i], try_thread), 1000));
    }
}

Test(sandbox, lets_the_gate_alone_reach_the_network)
{
    cr_expect(eq(int, try_in(SANDBOX_GATE, try_internet), 1000));
    cr_expect(eq(int, try_in(SANDBOX_CORE, try_internet), 1000 + EAFNOSUPPORT));
    cr_expect(
        eq(int, try_in(SANDBOX_READER, try_internet), 1000 + EAFNOSUPPORT));
    cr_expect(eq(int, try_in(SANDBOX_GATE, try_packets), 1000 + EAFNOSUPPORT));
}

Test(sandbox, lets_the_reader_fork)
{
    cr_expect(eq(int, try_in(SANDBOX_READER, try_fork), 1000));
}
