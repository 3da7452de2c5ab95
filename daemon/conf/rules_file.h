/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_RULES_FILE_H
#define CONF_RULES_FILE_H

/*
 * The rule files as they are written: text, with the place that each entry
 * has in its file. What they mean is law/'s business.
 */

#include <stddef.h>

#include "cii/error.h"

/* `test` over one field of the event: see cii-rules(5). */
struct test_text {
    char *field;  /* "report.informedOn" */
    char *test;   /* "before-sending", "one-of", "present"... */
    char **value; /* NULL-terminated; may be NULL */
};

struct predicate_text {
    char *name;
    char *citation;
    char *meaning;
    char *remedy;          /* what would make it true */
    struct test_text *all; /* every one must hold */
    size_t all_count;
    struct test_text *any; /* and one of these, where there are some */
    size_t any_count;
    char *file;
    int line;
};

struct rule_text {
    char *id;
    char **from; /* kinds; "any" */
    char **to;
    char **events; /* event types; "any" */
    char *lane;    /* duty request release cii consent deny off */
    char **facets; /* that it opens */
    char **needs;  /* names of predicates */
    char *citation;
    char *inform;     /* none before after contact consent month; NULL: none */
    char *objection;  /* none veto withdraw; NULL: none */
    char *fallback;   /* rule id that may be tried when this one fails */
    char *valid_from; /* YYYY-MM-DD; NULL: always */
    char *valid_to;
    char *checked_by; /* NULL: nobody: the verdict is hold */
    char *checked_on;
    char *note;
    char *act;    /* of the file */
    char *canton; /* of the file; NULL: federal */
    char *file;
    int line;
};

/* Facets that a kind never gets, whatever the rule (law.md section 2). */
struct denial_text {
    char **facets;
    char **to;     /* kinds; "any" */
    char **except; /* kinds; may be NULL */
    char *citation;
    char *file;
    int line;
};

struct rule_texts {
    struct rule_text *rule;
    size_t rule_count;
    struct predicate_text *predicate;
    size_t predicate_count;
    struct denial_text *denial;
    size_t denial_count;
};

/* Every *.yaml below the folder, in the order of their names, or none. */
cii_must_check enum cii_code rule_texts_load(struct rule_texts **texts,
                                             const char *folder,
                                             struct cii_error *err);
void rule_texts_destroy(struct rule_texts **texts);

#endif
