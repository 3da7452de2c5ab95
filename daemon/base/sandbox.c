/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/sandbox_build.h"

/* What every process of ours needs to run, wait, and end. */
static const char *const common_calls[] = {
    /* memory */
    "brk",
    "mmap",
    "munmap",
    "mremap",
    "mprotect",
    "madvise",
    "membarrier",
    /* threads; clone has a rule of its own */
    "futex",
    "set_robust_list",
    "get_robust_list",
    "set_tid_address",
    "rseq",
    "sched_yield",
    "sched_getaffinity",
    "sched_getparam",
    "sched_getscheduler",
    "getcpu",
    "gettid",
    "exit",
    /* signals; tgkill has a rule of its own */
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "rt_sigpending",
    "rt_sigtimedwait",
    "sigaltstack",
    "signalfd4",
    "restart_syscall",
    "exit_group",
    /* time */
    "clock_gettime",
    "clock_getres",
    "clock_nanosleep",
    "nanosleep",
    "gettimeofday",
    "time",
    "times",
    /* who and how much */
    "getpid",
    "getppid",
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "getresuid",
    "getresgid",
    "getrlimit",
    "prlimit64",
    "getrusage",
    "sysinfo",
    "uname",
    "getrandom",
    "prctl",
    /* descriptors */
    "read",
    "write",
    "readv",
    "writev",
    "close",
    "close_range",
    "dup",
    "dup2",
    "dup3",
    "fcntl",
    "pipe2",
    "eventfd2",
    "epoll_create1",
    "epoll_ctl",
    "epoll_wait",
    "epoll_pwait",
    "poll",
    "ppoll",
    "select",
    "pselect6",
    "fstat",
    "newfstatat",
    "stat",
    "lstat",
    "statx",
    "lseek",
    /* sockets; socket has a rule of its own */
    "socketpair",
    "bind",
    "listen",
    "accept",
    "accept4",
    "connect",
    "shutdown",
    "sendto",
    "sendmsg",
    "sendmmsg",
    "recvfrom",
    "recvmsg",
    "recvmmsg",
    "getsockopt",
    "setsockopt",
    "getsockname",
    "getpeername",
    /* paths, as far as they are only looked at */
    "access",
    "faccessat",
    "faccessat2",
    "readlink",
    "readlinkat",
    "getcwd",
    "getdents64",
    "statfs",
    "fstatfs",
    /* our own sockets leave no path behind */
    "unlink",
    "unlinkat",
};

/* What a file that is written to needs. */
static const char *const file_calls[] = {
    "pread64",   "pwrite64",        "preadv",    "pwritev",   "fsync",
    "fdatasync", "sync_file_range", "ftruncate", "fallocate", "fadvise64",
    "flock",     "rename",          "renameat",  "renameat2", "link",
    "linkat",    "mkdir",           "mkdirat",   "rmdir",     "chmod",
    "fchmod",    "fchmodat",        "chown",     "fchown",    "fchownat",
    "utimensat", "umask",           "open",      "openat",
};

/* libzmq sets what its threads have already, and gives them names. */
static const char *const thread_calls[] = {
    "sched_setscheduler", "sched_setparam",         "sched_setaffinity",
    "setpriority",        "sched_get_priority_max", "sched_get_priority_min",
};

/* A reader forks for each long query, and ends the one that takes too long. */
static const char *const fork_calls[] = {
    "fork",       "wait4", "waitid",      "kill",        "tgkill",
    "setitimer",  "alarm", "setpriority", "getpriority", "sched_setscheduler",
    "ioprio_set",
};

static const int local_families[] = {AF_UNIX};
/* AF_NETLINK is how the resolver learns which addresses this host has. */
static const int network_families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};

static const unsigned long harmless_requests[] = {FIONREAD, FIONBIO, FIOCLEX,
                                                  TCGETS, TIOCGWINSZ};

/* Processes and threads may be made, new worlds for them not. */
#define CLONE_WORLDS                                               \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | \
     CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_PTRACE)

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* A call that this kernel's or machine's table does not have is skipped. */
static int
allow(scmp_filter_ctx filter, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const int call = seccomp_syscall_resolve_name(names[i]);
        if (call == __NR_SCMP_ERROR)
            continue;
        const int rc =
            seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 0, NULL);
        if (rc != 0 && rc != -EDOM && rc != -EEXIST)
            return rc;
    }
    return 0;
}

/* One rule about one argument: `operator` compares it with a (and b). */
static int
rule(scmp_filter_ctx filter, uint32_t action, int call, unsigned int argument,
     enum scmp_compare operator, uint64_t a, uint64_t b)
{
    const struct scmp_arg_cmp compare = {argument, operator, a, b};
    return seccomp_rule_add_array(filter, action, call, 1, &compare);
}

/* The C library tries families that may be missing, and goes on: what is not
 * allowed is answered, not punished. */
static int
allow_families(scmp_filter_ctx filter, const int *families, size_t count)
{
    const uint32_t refuse = SCMP_ACT_ERRNO(EAFNOSUPPORT);
    const uint64_t highest = AF_NETLINK;
    int rc = 0;
    for (uint64_t family = 0; family <= highest && rc == 0; family++) {
        bool is_allowed = false;
        for (size_t i = 0; i < count; i++)
            is_allowed = is_allowed || (uint64_t)families[i] == family;
        rc = rule(filter, is_allowed ? SCMP_ACT_ALLOW : refuse,
                  SCMP_SYS(socket), 0, SCMP_CMP_EQ, family, 0);
    }
    if (rc == 0)
        rc = rule(filter, refuse, SCMP_SYS(socket), 0, SCMP_CMP_GT, highest, 0);
    return rc;
}

static int
allow_threads(scmp_filter_ctx filter)
{
    int rc = seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(ENOSYS),
                                    SCMP_SYS(clone3), 0, NULL);
    if (rc == 0)
        rc = rule(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 0,
                  SCMP_CMP_MASKED_EQ, CLONE_WORLDS, 0);
    return rc;
}

static int
allow_requests(scmp_filter_ctx filter)
{
    int rc = 0;
    for (size_t i = 0; i < COUNT(harmless_requests) && rc == 0; i++)
        rc = rule(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_CMP_EQ,
                  harmless_requests[i], 0);
    return rc;
}

/* abort() is how an assertion ends us; nobody else is ours to signal. */
static int
allow_abort(scmp_filter_ctx filter)
{
    return rule(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 0, SCMP_CMP_EQ,
                (uint64_t)getpid(), 0);
}

/* Files are read again (certificates, the resolver's), none is written. */
static int
allow_reading(scmp_filter_ctx filter)
{
    const uint64_t bits[] = {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC};
    const uint64_t writing = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;
    int rc = rule(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 2,
                  SCMP_CMP_MASKED_EQ, writing, 0);
    for (size_t i = 0; i < COUNT(bits) && rc == 0; i++)
        rc = rule(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(openat), 2,
                  SCMP_CMP_MASKED_EQ, bits[i], bits[i]);
    const char *const names[] = {"pread64", "fchmod"};
    return rc != 0 ? rc : allow(filter, names, COUNT(names));
}

static int
allow_role(scmp_filter_ctx filter, enum sandbox_role role)
{
    int rc = 0;
    switch (role) {
    case SANDBOX_GATE:
        rc = allow_families(filter, network_families, COUNT(network_families));
        if (rc == 0)
            rc = allow_reading(filter);
        return rc != 0 ? rc : allow_abort(filter);
    case SANDBOX_CORE:
        rc = allow_families(filter, local_families, COUNT(local_families));
        if (rc == 0)
            rc = allow(filter, file_calls, COUNT(file_calls));
        if (rc == 0)
            rc = allow(filter, thread_calls, COUNT(thread_calls));
        return rc != 0 ? rc : allow_abort(filter);
    case SANDBOX_READER:
        rc = allow_families(filter, local_families, COUNT(local_families));
        if (rc == 0)
            rc = allow(filter, file_calls, COUNT(file_calls));
        return rc != 0 ? rc : allow(filter, fork_calls, COUNT(fork_calls));
    }
    return -EINVAL;
}

static int
fill(scmp_filter_ctx filter, enum sandbox_role role)
{
    int rc = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    if (rc == 0)
        rc = allow(filter, common_calls, COUNT(common_calls));
    if (rc == 0)
        rc = allow(filter, sandbox_build_calls, sandbox_build_call_count);
    if (rc == 0)
        rc = allow_threads(filter);
    if (rc == 0)
        rc = allow_requests(filter);
    return rc != 0 ? rc : allow_role(filter, role);
}

enum cii_code
sandbox_enter(enum sandbox_role role, struct cii_error *err)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_DUMPABLE, sandbox_build_dumpable, 0, 0, 0) != 0)
        return cii_fail(err, CII_SYSTEM, "cannot give up privileges: %s",
                        strerror(errno));

    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!filter)
        return cii_fail(err, CII_MEMORY, "cannot make a call filter");
    int rc = fill(filter, role);
    if (rc == 0)
        rc = seccomp_load(filter);
    seccomp_release(filter);
    if (rc != 0)
        return cii_fail(err, CII_SYSTEM, "cannot enter the sandbox: %s",
                        strerror(-rc));
    return CII_OK;
}
