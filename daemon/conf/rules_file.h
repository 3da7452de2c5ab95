/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_RULES_FILE_H
#define CONF_RULES_FILE_H

/*
 * The rule files as they are written: text, with the place that each entry
 * has in its file. What they mean is law/'s business.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
    /* of statements instead of the event: see cii-rules(5) */
    char **statement; /* types; NULL: of the event */
    char *by;         /* any sender receiver either issuer; NULL: any */
    bool same_case;
    bool answered;
    bool narrows;
    bool none;
    bool ended;
    char *fact;    /* what the daemon itself knows; NULL: nothing */
    char *basis;   /* a cantonal basis that names the receiver; NULL: none */
    bool concerns; /* where it is true, the receiver is concerned */
    char **stated; /* types that nobody states while it is not true */
    bool stops;    /* where it is true, only a human lets anything go */
    bool owed; /* a matter of form: while only it is missing, a duty stands */
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
    char *inform;    /* none before after contact consent month; NULL: none */
    char *objection; /* none veto withdraw; NULL: none */
    char *fallback;  /* rule id that may be tried when this one fails */
    uint32_t within; /* days in which a duty is to be done; 0: no deadline */
    uint32_t answer_within; /* days in which the receiver acts; 0: none */
    char **answered_by;     /* by an event of one of these types */
    char *valid_from;       /* YYYY-MM-DD; NULL: always */
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

/* What a canton's law allows in general: predicates ask for it by name. */
struct basis_text {
    char *name;
    char **kinds; /* of institution, whom it binds */
    char *citation;
    char *checked_by; /* NULL: nobody: it does not count */
    char *checked_on;
    char *note;
    char *canton; /* of the file */
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
    struct basis_text *basis;
    size_t basis_count;
};

/* Adds what one file says; nothing on failure. */
cii_must_check enum cii_code rule_texts_add(struct rule_texts *texts,
                                            const char *path,
                                            struct cii_error *err);
/* Every *.yaml below the folder, in the order of their names, or none. */
cii_must_check enum cii_code rule_texts_load(struct rule_texts **texts,
                                             const char *folder,
                                             struct cii_error *err);
void rule_texts_destroy(struct rule_texts **texts);

#endif
