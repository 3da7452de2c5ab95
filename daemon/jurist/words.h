/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JURIST_WORDS_H
#define JURIST_WORDS_H

/*
 * What the words of a rule file mean, for a reader who knows the law and not
 * the program.
 */

#include "conf/rules_file.h"
#include "law/law.h"
#include "proto/bytes.h"

/* The need of the one rule that gives an issuer its own events back. */
#define NEED_RETURN "receiver-is-issuer"

/* What a row is, in the order in which they are tried: the lanes, with deny
 * before them and off behind. */
enum row {
    ROW_DENY,
    ROW_FIRST_LANE,
    ROW_OFF = ROW_FIRST_LANE + LANE_COUNT,
    ROW_COUNT
};

/* ROW_OFF when it is none. */
enum row row_find(const char *lane);
const char *row_name(enum row row);    /* "duty" */
char row_letter(enum row row);         /* 'D', as on a terminal */
const char *row_meaning(enum row row); /* one sentence */

const char *kind_meaning(int kind); /* "regional employment office" */
const char *inform_meaning(const char *inform);
const char *objection_meaning(const char *objection);
/* "says" for equals; NULL: no such test. */
const char *test_meaning(const char *test);
const char *fact_meaning(const char *fact);
const char *maker_meaning(const char *by);

size_t names_count(char *const *names);
bool names_have(char *const *names, const char *name);
/* "a, b and c"; "nothing" of none. Appends. */
void names_print(char *const *names, struct buffer *text);

/* What the test says: "report.informedOn is a day no later than ...". */
void test_print(const struct test_text *test, struct buffer *text);

/* Of every canton? Its two letters in upper case otherwise. */
void canton_print(const char *canton, struct buffer *text);

#endif
