/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_VERBS_H
#define APP_VERBS_H

/*
 * What the control sockets answer: one function for each verb, and what they
 * share. For the files verbs*.c only.
 */

#include "app/control.h"
#include "proto/rows.h"

/* One request in hand. */
struct call {
    struct core *core;
    struct client *client;
    const struct request *request;
    struct bytes raw;    /* as it came, for the reader */
    struct rows rows;    /* the answer */
    int64_t person;      /* whom it was about, for the act */
    const char *subject; /* likewise; in the arena */
};

typedef enum cii_code answer(struct call *call, struct cii_error *err);

/* NULL when it is not given, or empty. */
const char *call_argument(const struct call *call, const char *name);
/* What an act may be about: an event id, and nothing else that was typed in
 * its place. An AVS number would stand there in clear. */
const char *call_event_subject(const struct call *call, const char *text);

/* --- verbs_dossier.c ------------------------------------------------------*/

/* The person that the arguments name, who must be known here. */
cii_must_check enum cii_code call_person(struct call *call,
                                         struct person_row *row,
                                         struct cii_error *err);

answer answer_dossier_open;
answer answer_dossier_close;
answer answer_dossier_concern;

/* --- verbs_law.c ----------------------------------------------------------*/

answer answer_explain;
answer answer_again;
answer answer_forward;
answer answer_rules_reload;

/* --- verbs_task.c ---------------------------------------------------------*/

answer answer_task_close;

#endif
