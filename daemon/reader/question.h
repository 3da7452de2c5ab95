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
bool question_is_protocol(const struct question *question, const char *type);

/* Fields of the row in hand. A zero id is left out. */
void put_id(struct rows *rows, const char *name, const struct event_id *id);
/* Each as prefix.name. */
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

/* --- answers --------------------------------------------------------------*/

typedef enum cii_code answer(struct question *question, struct cii_error *err);

/* ask_events.c */
answer answer_query;
answer answer_show;
void put_refusal(void *context, const struct refusal_row *row);

/* ask_lists.c */
answer answer_dossiers;
answer answer_matches;
answer answer_refusals;
answer answer_acts;
answer answer_verify;

#endif
