/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JURIST_TABLES_H
#define JURIST_TABLES_H

/*
 * Tables of cases that a jurist writes: an event, what is stated beside it,
 * and what the law has to answer. As they stand in the file; what a case
 * takes from the one that it is like is put together by table_case().
 */

#include "conf/yaml.h"

#define TABLE_LIKE_MAX 8 /* cases that are like one another, in a chain */

struct statement_text {
    char *name;
    char *type;
    char *by; /* who issued it */
    char *case_ref;
    char **fields; /* "facet.field=value" */
    bool ended;
    int line;
};

/* NULL: not said, so as the case that it is like, or the default. */
struct case_text {
    char *name;
    char *like;
    char *rule;
    char *citation;
    char *from;
    char *issuer;
    char *to;
    char *event;
    char *on;
    char *case_ref;
    char *reply_to;
    char **facets;
    char **given;
    char **original;
    char *competent; /* "true", "false" */
    char *concerned;
    char *arrival;
    char *test;
    char **set;
    char **without;
    char *now;
    char *profile;
    char *expect;
    char **opens;
    char *why;
    char *ground;
    char *fails;
    int line;
};

struct table {
    char *title;
    char *now;
    char *profile;
    struct statement_text *statement;
    size_t statement_count;
    struct case_text *entry;
    size_t entry_count;
    char *path; /* owned; of the file */
};

/* A case with what it takes over: strings and lists borrow from the table. */
struct case_whole {
    const struct table *table;
    struct case_text text;
    const char *const *set[TABLE_LIKE_MAX]; /* in the order of application */
    const char *const *without[TABLE_LIKE_MAX];
    size_t depth;
};

extern const struct yaml_shape table_shape;

cii_must_check enum cii_code table_load(struct table *table, const char *path,
                                        struct cii_error *err);
void table_done(struct table *table);

/* CONFIG with file and line when it is like none that stands above. */
cii_must_check enum cii_code table_case(struct case_whole *whole,
                                        const struct table *table,
                                        size_t number, struct cii_error *err);
/* NULL when the table has none of that name. */
const struct statement_text *table_statement(const struct table *table,
                                             const char *name);

#endif
