/* SPDX-License-Identifier: Apache-2.0 */
#include "base/loop.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/socket.h"

#define EVENTS_AT_ONCE 256

struct loop_watch {
    loop_ready *ready;
    void *context;           /* borrowed */
    struct loop_watch *next; /* in loop->watches, or loop->removed */
    struct loop_watch **link;
    int fd; /* borrowed */
    unsigned int events;
    bool removed;
};

struct loop_timer {
    loop_due *due;
    void *context;            /* borrowed */
    struct loop_timer **slot; /* borrowed: where its owner keeps it */
    int64_t at;
    uint64_t order; /* of two that are due together, the older goes first */
    size_t place;   /* in the heap */
};

struct loop {
    int epoll;
    int signals;
    bool stopped;
    bool again;
    loop_round *round;
    void *round_context; /* borrowed */
    loop_signal *on_signal;
    void *signal_context; /* borrowed */
    struct loop_watch *signal_watch;
    struct loop_watch *watches; /* owned */
    struct loop_watch *removed; /* owned; freed when the round is over */
    struct loop_timer **heap;   /* owned, as are the timers */
    size_t timer_count;
    size_t timer_capacity;
    uint64_t timer_order;
};

enum cii_code
loop_new(struct loop **result, struct cii_error *err)
{
    cii_auto(loop_destroy) struct loop *loop = calloc(1, sizeof *loop);
    if (!loop)
        return cii_fail(err, CII_MEMORY, "cannot make a loop");
    loop->signals = -1;
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epoll < 0)
        return cii_fail(err, CII_SYSTEM, "cannot make a loop: %s",
                        strerror(errno));
    *result = cii_take(loop);
    return CII_OK;
}

static void
sweep(struct loop_watch **list)
{
    while (*list) {
        struct loop_watch *first = *list;
        *list = first->next;
        free(first);
    }
}

void
loop_destroy(struct loop **loop)
{
    struct loop *const gone = *loop;
    *loop = NULL;
    if (!gone)
        return;
    sweep(&gone->watches);
    sweep(&gone->removed);
    for (size_t i = 0; i < gone->timer_count; i++) {
        *gone->heap[i]->slot = NULL;
        free(gone->heap[i]);
    }
    free(gone->heap);
    fd_close(&gone->signals);
    fd_close(&gone->epoll);
    free(gone);
}

/* --- descriptors ---------------------------------------------------------- */

static uint32_t
to_epoll(unsigned int events)
{
    uint32_t mask = 0;
    if (events & LOOP_READ)
        mask |= EPOLLIN;
    if (events & LOOP_WRITE)
        mask |= EPOLLOUT;
    return mask;
}

static unsigned int
from_epoll(uint32_t mask)
{
    unsigned int events = 0;
    if (mask & EPOLLIN)
        events |= LOOP_READ;
    if (mask & EPOLLOUT)
        events |= LOOP_WRITE;
    if (mask & (EPOLLHUP | EPOLLERR))
        events |= LOOP_HUP;
    return events;
}

enum cii_code
loop_add(struct loop *loop, struct loop_watch **watch, int fd,
         unsigned int events, loop_ready *ready, void *context,
         struct cii_error *err)
{
    assert(fd >= 0 && ready);

    struct loop_watch *made = calloc(1, sizeof *made);
    if (!made)
        return cii_fail(err, CII_MEMORY, "cannot watch a descriptor");
    made->fd = fd;
    made->events = events;
    made->ready = ready;
    made->context = context;

    struct epoll_event event = {.events = to_epoll(events), .data.ptr = made};
    if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        free(made);
        return cii_fail(err, CII_SYSTEM, "cannot watch a descriptor: %s",
                        strerror(errno));
    }
    made->next = loop->watches;
    made->link = &loop->watches;
    if (made->next)
        made->next->link = &made->next;
    loop->watches = made;
    *watch = made;
    return CII_OK;
}

void
loop_change(struct loop *loop, struct loop_watch *watch, unsigned int events)
{
    if (watch->events == events)
        return;
    watch->events = events;
    struct epoll_event event = {.events = to_epoll(events), .data.ptr = watch};
    const int rc = epoll_ctl(loop->epoll, EPOLL_CTL_MOD, watch->fd, &event);
    assert(rc == 0);
    (void)rc;
}

void
loop_remove(struct loop *loop, struct loop_watch **watch)
{
    struct loop_watch *const gone = *watch;
    *watch = NULL;
    if (!gone)
        return;
    epoll_ctl(loop->epoll, EPOLL_CTL_DEL, gone->fd, NULL);
    *gone->link = gone->next;
    if (gone->next)
        gone->next->link = gone->link;
    gone->removed = true;
    gone->next = loop->removed;
    loop->removed = gone;
}

/* --- timers: a binary heap, the next one at its top ------------------------ */

static bool
is_before(const struct loop_timer *a, const struct loop_timer *b)
{
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void
put(struct loop *loop, size_t place, struct loop_timer *timer)
{
    loop->heap[place] = timer;
    timer->place = place;
}

static void
rise(struct loop *loop, size_t place)
{
    struct loop_timer *const timer = loop->heap[place];
    while (place > 0 && is_before(timer, loop->heap[(place - 1) / 2])) {
        put(loop, place, loop->heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    put(loop, place, timer);
}

static void
sink(struct loop *loop, size_t place)
{
    struct loop_timer *const timer = loop->heap[place];
    for (;;) {
        size_t child = 2 * place + 1;
        if (child >= loop->timer_count)
            break;
        if (child + 1 < loop->timer_count &&
            is_before(loop->heap[child + 1], loop->heap[child]))
            child++;
        if (!is_before(loop->heap[child], timer))
            break;
        put(loop, place, loop->heap[child]);
        place = child;
    }
    put(loop, place, timer);
}

enum cii_code
loop_timer_add(struct loop *loop, struct loop_timer **timer, int64_t after,
               loop_due *due, void *context, struct cii_error *err)
{
    assert(due && !*timer);

    if (loop->timer_count == loop->timer_capacity) {
        const size_t more = loop->timer_capacity * 2 + 16;
        struct loop_timer **heap =
            reallocarray(loop->heap, more, sizeof *heap); /* NOLINT: checked */
        if (!heap)
            return cii_fail(err, CII_MEMORY, "cannot set a timer");
        loop->heap = heap;
        loop->timer_capacity = more;
    }
    struct loop_timer *made = calloc(1, sizeof *made);
    if (!made)
        return cii_fail(err, CII_MEMORY, "cannot set a timer");
    made->due = due;
    made->context = context;
    made->slot = timer;
    made->at = clock_steady() + (after > 0 ? after : 0);
    made->order = loop->timer_order++;
    put(loop, loop->timer_count++, made);
    rise(loop, made->place);
    *timer = made;
    return CII_OK;
}

void
loop_timer_cancel(struct loop *loop, struct loop_timer **timer)
{
    struct loop_timer *const gone = *timer;
    *timer = NULL;
    if (!gone)
        return;
    struct loop_timer *const last = loop->heap[--loop->timer_count];
    if (last != gone) {
        put(loop, gone->place, last);
        rise(loop, last->place);
        sink(loop, last->place);
    }
    free(gone);
}

/* Only those that were due when it began: a timer that sets itself again
 * does not keep descriptors waiting. */
static void
run_timers(struct loop *loop)
{
    const int64_t now = clock_steady();
    const uint64_t newest = loop->timer_order;
    while (loop->timer_count > 0 && !loop->stopped) {
        const struct loop_timer *next = loop->heap[0];
        if (next->at > now || next->order >= newest)
            return;
        loop_due *const due = next->due;
        void *const context = next->context;
        loop_timer_cancel(loop, next->slot);
        due(context);
    }
}

static int
time_to_wait(const struct loop *loop)
{
    if (loop->again)
        return 0;
    if (loop->timer_count == 0)
        return -1;
    const int64_t left = loop->heap[0]->at - clock_steady();
    if (left <= 0)
        return 0;
    return left > INT_MAX ? INT_MAX : (int)left;
}

/* --- signals ---------------------------------------------------------------- */

static void
on_signalfd(void *context, unsigned int events)
{
    struct loop *const loop = context;
    struct signalfd_siginfo info;

    (void)events;
    while (read(loop->signals, &info, sizeof info) == sizeof info)
        loop->on_signal(loop->signal_context, (int)info.ssi_signo);
}

enum cii_code
loop_signals(struct loop *loop, loop_signal *on_signal, void *context,
             struct cii_error *err)
{
    assert(on_signal && loop->signals < 0);

    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGCHLD);
    loop->on_signal = on_signal;
    loop->signal_context = context;
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR ||
        sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return cii_fail(err, CII_SYSTEM, "cannot block signals: %s",
                        strerror(errno));
    loop->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (loop->signals < 0)
        return cii_fail(err, CII_SYSTEM, "cannot receive signals: %s",
                        strerror(errno));
    return loop_add(loop, &loop->signal_watch, loop->signals, LOOP_READ,
                    on_signalfd, loop, err);
}

/* --- rounds ----------------------------------------------------------------- */

void
loop_on_round(struct loop *loop, loop_round *round, void *context)
{
    loop->round = round;
    loop->round_context = context;
}

void
loop_again(struct loop *loop)
{
    loop->again = true;
}

static void
call(struct loop_watch *watch, uint32_t mask)
{
    if (watch->removed)
        return;
    const unsigned int events = from_epoll(mask) & (watch->events | LOOP_HUP);
    if (events)
        watch->ready(watch->context, events);
}

void
loop_run(struct loop *loop)
{
    struct epoll_event events[EVENTS_AT_ONCE];

    loop->stopped = false;
    while (!loop->stopped) {
        const int wait = time_to_wait(loop);
        loop->again = false;
        const int count = epoll_wait(loop->epoll, events, EVENTS_AT_ONCE, wait);
        assert(count >= 0 || errno == EINTR);

        for (int i = 0; i < count && !loop->stopped; i++)
            call(events[i].data.ptr, events[i].events);
        run_timers(loop);
        if (loop->round && !loop->stopped)
            loop->round(loop->round_context);
        sweep(&loop->removed);
    }
}

void
loop_stop(struct loop *loop)
{
    loop->stopped = true;
}
