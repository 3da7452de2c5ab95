/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_DUTY_H
#define APP_DUTY_H

/*
 * What the law wants a human to do, as tasks with a day by which.
 *
 * Informing the person (rules with `inform`), answering what a partner asked
 * or reported (`answer_within`, requests), and sending what has to be sent
 * (lane duty, `within`). The rules say all of it; tasks of one kind, person,
 * partner and rule are one task, with every event that it is about. A task
 * closes with its proof: an event, or what a human says.
 *
 * All of these are called within the turn and write in its transaction. They
 * do nothing for events about nobody. FULL, STORE and MEMORY end the turn.
 *
 *   duty.c          what was told, and what came
 *   duty_issued.c   what we have stated ourselves
 *   duty_request.c  what was asked, and is answered
 *   duty_tick.c     what fell due
 *   duty_task.c     tasks: opened, joined, closed
 */

#include "app/core.h"
#include "legal/case_file.h"

/* A need of rules that inform `before`: while nothing else is missing, telling
 * the person is the task. */
#define NEED_TOLD_BEFOREHAND "told-beforehand"

/* After a verdict on sending to one partner was recorded, whatever it is, also
 * when the event was judged again. */
cii_must_check enum cii_code duty_told(struct core *core, int64_t event,
                                       const struct case_file *file,
                                       int64_t person, const char *partner,
                                       const struct judgement *judgement,
                                       struct cii_error *err);

/* Once for each event of ours, after its partners were judged. */
cii_must_check enum cii_code duty_issued(struct core *core, int64_t event,
                                         const struct case_file *file,
                                         int64_t person, struct cii_error *err);

/* After an arrival was accepted and its verdict recorded. */
cii_must_check enum cii_code duty_arrived(struct core *core, int64_t event,
                                          const struct case_file *file,
                                          int64_t person, const char *partner,
                                          const struct judgement *judgement,
                                          struct cii_error *err);

/*
 * From a timer's turn: tasks that fell due are found overdue, once each, and
 * those who watch are told. A duty that was not met gets a verdict `late`
 * for each event that it is about. At most DUTY_TICK_TASKS in one call; *more
 * when some are left.
 */
#define DUTY_TICK_TASKS 64
cii_must_check enum cii_code duty_tick(struct core *core, bool *more,
                                       struct cii_error *err);

#endif
