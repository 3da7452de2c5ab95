/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

/*
 * Descriptors, timers and signals of one thread, over epoll.
 *
 * A loop owns its registrations, never the descriptors. A callback may remove
 * any registration, its own included: nothing of a removed one is called
 * afterwards, also when its event was already fetched.
 */

#include <stdbool.h>
#include <stdint.h>

#include "cii/error.h"

struct loop;
struct loop_watch;
struct loop_timer;

#define LOOP_READ  1u
#define LOOP_WRITE 2u
#define LOOP_HUP   4u /* reported without being asked for: error or hang-up */

typedef void loop_ready(void *context, unsigned int events);
typedef void loop_due(void *context);
/* Return after every round of ready descriptors: where the turn is made. */
typedef void loop_round(void *context);

cii_must_check enum cii_code loop_new(struct loop **loop,
                                      struct cii_error *err);
void loop_destroy(struct loop **loop);

cii_must_check enum cii_code loop_add(struct loop *loop,
                                      struct loop_watch **watch, int fd,
                                      unsigned int events, loop_ready *ready,
                                      void *context, struct cii_error *err);
/* Changes what is waited for; 0 pauses. */
void loop_change(struct loop *loop, struct loop_watch *watch,
                 unsigned int events);
/* Does nothing if *watch is NULL; sets it to NULL. Before the descriptor is
 * closed. */
void loop_remove(struct loop *loop, struct loop_watch **watch);

/* Once, `after` milliseconds from now (steady clock). *timer is NULL before,
 * and stays where it is in memory as long as the timer runs. */
cii_must_check enum cii_code loop_timer_add(struct loop *loop,
                                            struct loop_timer **timer,
                                            int64_t after, loop_due *due,
                                            void *context,
                                            struct cii_error *err);
/* *timer is NULL already when its callback runs. */
void loop_timer_cancel(struct loop *loop, struct loop_timer **timer);

/*
 * Blocks SIGTERM, SIGINT, SIGHUP and SIGCHLD in this thread and calls
 * `on_signal` for each that comes (signalfd). SIGPIPE is ignored.
 */
typedef void loop_signal(void *context, int signal_number);
cii_must_check enum cii_code loop_signals(struct loop *loop,
                                          loop_signal *on_signal, void *context,
                                          struct cii_error *err);

/* Called after each round; one at most. */
void loop_on_round(struct loop *loop, loop_round *round, void *context);
/* The next wait returns at once: there is work left. */
void loop_again(struct loop *loop);

/* Runs until loop_stop(). */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

#endif
