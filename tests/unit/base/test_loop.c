/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/loop.h"
#include "tests/support/expect.h"

struct bench {
    struct loop *loop;
    int pipes[2][2];
    struct loop_watch *watch[2];
    struct loop_timer *timer[3];
    int calls;
    unsigned int seen;
    int order[8];
    int signal;
};

static void
bench_open(struct bench *bench)
{
    require_ok(loop_new(&bench->loop, NULL));
    for (int i = 0; i < 2; i++)
        cr_assert(eq(int, pipe(bench->pipes[i]), 0));
}

static void
bench_close(struct bench *bench)
{
    for (int i = 0; i < 4; i++)
        close(bench->pipes[i / 2][i % 2]);
    loop_destroy(&bench->loop);
}

static void
stop(void *context)
{
    struct bench *bench = context;
    loop_stop(bench->loop);
}

static void
stop_soon(struct bench *bench)
{
    require_ok(
        loop_timer_add(bench->loop, &bench->timer[2], 30, stop, bench, NULL));
}

static void
remove_both(void *context, unsigned int events)
{
    struct bench *bench = context;
    (void)events;
    bench->calls++;
    loop_remove(bench->loop, &bench->watch[0]);
    loop_remove(bench->loop, &bench->watch[1]);
}

Test(loop, calls_nothing_of_a_watch_removed_in_the_same_round)
{
    struct bench bench = {0};
    bench_open(&bench);
    for (int i = 0; i < 2; i++) {
        cr_assert(eq(long, write(bench.pipes[i][1], "x", 1), 1));
        require_ok(loop_add(bench.loop, &bench.watch[i], bench.pipes[i][0],
                            LOOP_READ, remove_both, &bench, NULL));
    }
    stop_soon(&bench);

    loop_run(bench.loop);

    cr_expect(eq(int, bench.calls, 1));
    cr_expect(bench.watch[0] == NULL);
    bench_close(&bench);
}

static void
read_one(void *context, unsigned int events)
{
    struct bench *bench = context;
    char byte = 0;
    bench->seen |= events;
    bench->calls++;
    if (events & LOOP_READ)
        cr_expect(eq(long, read(bench->pipes[0][0], &byte, 1), 1));
    else
        loop_stop(bench->loop);
}

Test(loop, waits_for_nothing_while_a_watch_is_paused)
{
    struct bench bench = {0};
    bench_open(&bench);
    cr_assert(eq(long, write(bench.pipes[0][1], "x", 1), 1));
    require_ok(loop_add(bench.loop, &bench.watch[0], bench.pipes[0][0],
                        LOOP_READ, read_one, &bench, NULL));
    loop_change(bench.loop, bench.watch[0], 0);
    stop_soon(&bench);
    loop_run(bench.loop);
    cr_expect(eq(int, bench.calls, 0));

    loop_change(bench.loop, bench.watch[0], LOOP_READ);
    stop_soon(&bench);
    loop_run(bench.loop);
    cr_expect(eq(int, bench.calls, 1));
    bench_close(&bench);
}

Test(loop, reports_a_hang_up_without_being_asked)
{
    struct bench bench = {0};
    bench_open(&bench);
    require_ok(loop_add(bench.loop, &bench.watch[0], bench.pipes[0][0], 0,
                        read_one, &bench, NULL));
    close(bench.pipes[0][1]);

    loop_run(bench.loop);

    cr_expect(eq(uint, bench.seen, LOOP_HUP));
    bench.pipes[0][1] = dup(0);
    bench_close(&bench);
}

static void
note_first(void *context)
{
    struct bench *bench = context;
    cr_expect(bench->timer[0] == NULL);
    bench->order[bench->calls++] = 1;
}

static void
note_second(void *context)
{
    struct bench *bench = context;
    bench->order[bench->calls++] = 2;
}

Test(loop, runs_timers_in_the_order_of_their_times)
{
    struct bench bench = {0};
    bench_open(&bench);
    require_ok(loop_timer_add(bench.loop, &bench.timer[1], 10, note_second,
                              &bench, NULL));
    require_ok(loop_timer_add(bench.loop, &bench.timer[0], 5, note_first,
                              &bench, NULL));
    stop_soon(&bench);
    const int64_t start = clock_steady();

    loop_run(bench.loop);

    cr_expect(eq(int, bench.calls, 2));
    cr_expect(eq(int, bench.order[0], 1));
    cr_expect(eq(int, bench.order[1], 2));
    cr_expect(clock_steady() - start >= 29);
    bench_close(&bench);
}

Test(loop, never_runs_a_cancelled_timer)
{
    struct bench bench = {0};
    bench_open(&bench);
    require_ok(loop_timer_add(bench.loop, &bench.timer[1], 1, note_second,
                              &bench, NULL));
    loop_timer_cancel(bench.loop, &bench.timer[1]);
    loop_timer_cancel(bench.loop, &bench.timer[1]);
    stop_soon(&bench);

    loop_run(bench.loop);

    cr_expect(eq(int, bench.calls, 0));
    bench_close(&bench);
}

#define MANY 500

struct many {
    struct loop *loop;
    struct loop_timer *timer[MANY];
    int64_t earliest; /* when the last one was due, at the earliest */
    int calls;
    bool disordered;
};

struct due {
    struct many *many;
    int64_t earliest;
    int64_t latest;
};

static void
note_due(void *context)
{
    const struct due *due = context;
    struct many *many = due->many;
    many->disordered = many->disordered || due->latest < many->earliest;
    many->earliest = due->earliest;
    if (++many->calls == MANY / 2)
        loop_stop(many->loop);
}

Test(loop, keeps_many_timers_in_order_while_others_are_cancelled)
{
    struct many many = {0};
    static struct due due[MANY];
    require_ok(loop_new(&many.loop, NULL));
    for (int i = 0; i < MANY; i++) {
        const int64_t after = i * 37 % 41;
        due[i].many = &many;
        due[i].earliest = clock_steady() + after;
        require_ok(loop_timer_add(many.loop, &many.timer[i], after, note_due,
                                  &due[i], NULL));
        due[i].latest = clock_steady() + after;
    }
    for (int i = 0; i < MANY; i += 2)
        loop_timer_cancel(many.loop, &many.timer[i]);

    loop_run(many.loop);

    cr_expect(eq(int, many.calls, MANY / 2));
    cr_expect(many.disordered == false);
    loop_destroy(&many.loop);
}

static void
count_round(void *context)
{
    struct bench *bench = context;
    if (++bench->calls < 3)
        loop_again(bench->loop);
    else
        loop_stop(bench->loop);
}

Test(loop, comes_round_again_at_once_when_asked)
{
    struct bench bench = {0};
    bench_open(&bench);
    loop_on_round(bench.loop, count_round, &bench);
    loop_again(bench.loop);

    loop_run(bench.loop);

    cr_expect(eq(int, bench.calls, 3));
    bench_close(&bench);
}

static void
note_signal(void *context, int number)
{
    struct bench *bench = context;
    bench->signal = number;
    loop_stop(bench->loop);
}

Test(loop, hands_out_signals)
{
    struct bench bench = {0};
    bench_open(&bench);
    require_ok(loop_signals(bench.loop, note_signal, &bench, NULL));
    raise(SIGTERM);

    loop_run(bench.loop);

    cr_expect(eq(int, bench.signal, SIGTERM));
    bench_close(&bench);
}
