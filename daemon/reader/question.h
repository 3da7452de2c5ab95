/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READER_QUESTION_H
#define READER_QUESTION_H

/*
 * One question in hand, and what the files that answer questions share.
 *
 * Rows gather in `rows`; question_flush() sends a page of them and begins the
 * next, with a new read transaction. What has to last longer than a page lies
 * in `kept`.
 */

#include "archive/stored.h"
#include "legal/book.h"
#include "proto/rows.h"
#include "reader/reader.h"

#define PAGE        64 /* events of one read transaction */
#define PERSONS_MAX 64 /* of one name */
#define LIST_MAX    4096

struct question {
    struct reader *reader;
    struct archive archive;
    struct arena *arena; /* of the page in hand */
    struct arena *kept;  /* of the whole question */
    int fd;
    struct request request;
    struct rows rows;
    bool gone; /* the client is */
};

/* --- answer.c -------------------------------------------------------------*/

/* Sends the rows of the page and begins the next. No read transaction is open
 * while we wait for the client. */
cii_must_check enum cii_code question_flush(struct question *question,
                                            bool last, struct cii_error *err);
/* NULL when it is absent or empty. */
const char *question_argument(const struct question *question,
                              const char *name);
cii_must_check enum cii_code question_limit(const struct question *question,
                                            size_t *limit,
                                            struct cii_error *err);
/* One of the names of a NULL-terminated list, or absent; else INVALID. */
cii_must_check enum cii_code question_check_one_of(
    const struct question *question, const char *name,
    const char *const *allowed, struct cii_error *err);
bool question_is(const struct question *question, const char *name,
                 const char *value);
/* Lets the writer's log shrink while much is read and nothing is sent. */
cii_must_check enum cii_code question_breathe(struct question *question,
                                              struct cii_error *err);
/* The office's own time, which a pilot may have moved. */
cii_must_check enum cii_code question_now(struct question *question,
                                          int64_t *now, struct cii_error *err);
/* The same, as a day of a calendar in Switzerland; text holds 11. */
cii_must_check enum cii_code question_today(struct question *question,
                                            char text[11],
                                            struct cii_error *err);
bool question_is_protocol(const struct question *question, const char *type);

/* Fields of the row in hand. A zero id is left out. */
void put_id(struct rows *rows, const char *name, const struct event_id *id);
void day_print(int64_t moment, char text[11]);
/* The day of a moment; 0 is none. */
void put_day(struct rows *rows, const char *name, int64_t moment);
/* For store_concern_each() and its like: a struct buffer, names with spaces
 * between. */
void append_name(void *context, const char *name);
/* The same for content, each as prefix.name. */
void put_fields(struct question *question, const char *prefix,
                const struct content *content);

/* --- ask_person.c ---------------------------------------------------------*/

/* Whom a question names; 0 as the only number: it names nobody. */
struct persons {
    int64_t number[PERSONS_MAX];
    size_t count;
};

/* By number (avs, local-id); 0: it names nobody. UNKNOWN when nobody here is
 * it. */
cii_must_check enum cii_code asked_person(struct question *question,
                                          int64_t *person,
                                          struct cii_error *err);
/* By number or by name. */
cii_must_check enum cii_code asked_persons(struct question *question,
                                           struct persons *persons,
                                           struct cii_error *err);
/* The identity that the person was first known by. */
cii_must_check enum cii_code put_identity(struct question *question,
                                          const char *prefix, int64_t person,
                                          struct cii_error *err);

/* "direction", as struct event_filter has it. */
cii_must_check enum cii_code asked_direction(const struct question *question,
                                             int *direction,
                                             struct cii_error *err);

/* --- ask_tasks.c ----------------------------------------------------------*/

#define TASK_EVENTS_MAX 4096

/* The events that a task is about. */
struct task_numbers {
    size_t count;
    int64_t number[TASK_EVENTS_MAX];
};

/* Kept for the whole question. */
cii_must_check enum cii_code task_numbers(struct question *question,
                                          int64_t task,
                                          struct task_numbers **numbers,
                                          struct cii_error *err);
/* "task"; 0: none is named. */
cii_must_check enum cii_code asked_task(const struct question *question,
                                        int64_t *number, struct cii_error *err);

/* --- ask_law.c ------------------------------------------------------------*/

/* A book of what is about this person (0: none) and about nobody. Destroy it
 * with book_destroy(). */
cii_must_check enum cii_code question_book(struct question *question,
                                           int64_t person, struct book **book,
                                           struct cii_error *err);

/* The person of the consents with this reference; UNKNOWN when there is
 * none. */
cii_must_check enum cii_code consent_person(struct question *question,
                                            const char *ref, int64_t *person,
                                            struct cii_error *err);
/* Is it a consent, or (withdrawn) a withdrawal, with this reference? */
bool statement_is_of_consent(const struct question *question,
                             const struct law_statement *statement,
                             const char *ref, bool withdrawn);

/* --- answers --------------------------------------------------------------*/

typedef enum cii_code answer(struct question *question, struct cii_error *err);

/* ask_events.c */
answer ask_query;
answer ask_show;
void put_refusal(void *context, const struct refusal_row *row);

/* ask_law.c */
answer ask_statements;
answer ask_consent;

/* ask_requests.c */
answer ask_requests;

/* ask_tasks.c */
answer ask_tasks;

/* ask_letter.c */
answer ask_letter;

/* ask_diff.c */
answer ask_rules_diff;

/* ask_lists.c */
answer ask_dossiers;
answer ask_matches;
answer ask_refusals;
answer ask_acts;
answer ask_verify;

#endif
