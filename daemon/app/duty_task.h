/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_DUTY_TASK_H
#define APP_DUTY_TASK_H

/*
 * Tasks, for the files duty_*.c alone: opened or joined, walked, closed.
 */

#include "app/duty.h"

#define KIND_INFORM_BEFORE  "inform-before"
#define KIND_INFORM_AFTER   "inform-after"
#define KIND_INFORM_CONTACT "inform-contact"
#define KIND_INFORM_CONSENT "inform-consent"
#define KIND_INFORM_MONTH   "inform-month"
#define KIND_ANSWER         "answer"
#define KIND_DUTY           "duty"
#define KIND_REQUEST        "request"

#define TYPE_REQUEST        "demande-renseignements"

/* The event in hand. */
struct duty {
    struct core *core;
    int64_t event;
    const struct case_file *file;
    int64_t person;
    const char *partner; /* "" none */
    const struct judgement *judgement;
    char id[EVENT_ID_TEXT]; /* of the event: a proof */
};

/* What a walk over tasks sees, copied out of the store. */
struct task {
    int64_t number;
    int64_t basis;
    int64_t due_at;
    int64_t closed_at;
    char kind[32];
    char partner[64];
    char rule[RULE_ID_MAX + 1];
    char proof[201];
};

/* "after" and the like; NULL is none. */
bool duty_says(const char *text, const char *word);
/* The rule that a verdict rests on; its id and citation. */
struct law_rule_view duty_rule(const struct core *core, int rule);

/* Days and moments: the last moment of the day that is so many days later.
 * from NULL or no day: from today. */
int64_t duty_due_after(const struct core *core, const char *from,
                       unsigned int days);
/* Of the day, a month later, with this number; or the last of that month. */
int64_t duty_due_in_a_month(const struct core *core);

/* A task of this kind about the event in hand, for the partner (""), under a
 * rule. One that is open already takes the event in. */
cii_must_check enum cii_code task_join(const struct duty *duty,
                                       const char *kind, const char *partner,
                                       int rule, int64_t due_at, int64_t *task,
                                       struct cii_error *err);

/* The same, unless a task that asked for just this, about the event in hand,
 * was closed: judging the event again asks for nothing new. */
cii_must_check enum cii_code task_join_once(const struct duty *duty,
                                            const char *kind,
                                            const char *partner, int rule,
                                            int64_t due_at,
                                            struct cii_error *err);

typedef enum cii_code task_seen(const struct duty *duty,
                                const struct task *task, void *context,
                                struct cii_error *err);
/* Each task that the filter finds, ascending; the callback may write. */
cii_must_check enum cii_code task_walk(const struct duty *duty,
                                       const struct task_filter *filter,
                                       task_seen *seen, void *context,
                                       struct cii_error *err);
struct task task_of(const struct task_row *row);

/* Closes what a walk found, with the text that context points to as proof. */
cii_must_check enum cii_code task_close(const struct duty *duty,
                                        const struct task *task, void *context,
                                        struct cii_error *err);

/* --- duty_request.c -------------------------------------------------------*/

/* The event in hand answers the request that it replies to: the tasks that
 * ask for no other answer close. partner NULL: whoever asked. */
cii_must_check enum cii_code request_answered(const struct duty *duty,
                                              const char *partner,
                                              struct cii_error *err);

#endif
