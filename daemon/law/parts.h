/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAW_PARTS_H
#define LAW_PARTS_H

/*
 * What a law is made of, for the files of this folder only. Text and tests
 * live in the law's arena and go with it.
 */

#include "law/law.h"

#define LAW_TEXT_MAX  ((size_t)16 * 1024 * 1024)
#define LAW_RULES_MAX 4096
#define LAW_NEEDS_MAX 16
#define LAW_STOPS_MAX 8
/* Rules that one (from, to, type) may have: the walk keeps a bit for each. */
#define LAW_MATCHES_MAX 32
#define TYPE_WORDS      (CATALOGUE_TYPES_MAX / 64)
#define EVERY_KIND      ((UINT32_C(1) << KIND_COUNT) - 1)

/* The need of the one rule that gives an issuer its own events back. */
#define NEED_RETURN "receiver-is-issuer"

/* How a test answers. OPEN: what is given does not decide it (a birth date
 * of which only the year is known), so a human may. `all` is the least of its
 * tests and `any` the greatest. */
enum answer {
    ANSWER_FALSE,
    ANSWER_UNKNOWN,
    ANSWER_OPEN,
    ANSWER_TRUE
};

struct asking;
struct test;

enum test_target {
    TARGET_FIELD,
    TARGET_PRESENCE,
    TARGET_PREDICATE
};

/* A word that a rule file may write behind `test:`. */
struct test_def {
    const char *name;
    enum test_target target;
    unsigned int forms; /* a bit for each enum field_form that it reads */
    unsigned int least; /* values that it takes */
    unsigned int most;
    bool takes_number; /* its value is a number, whatever the field's form */
    bool takes_field;  /* its value is a field of the event */
    /* of a field that has a value; NULL for other targets */
    enum answer (*answer)(const struct asking *asking, const struct test *test,
                          const char *value);
    const char *sought; /* "to be one of": what stands before the values */
    const char *behind; /* " days": what stands behind them */
};

struct test {
    const struct test_def *def;
    int facet;         /* number; -1: none */
    const char *field; /* borrowed from the catalogue */
    const char **value;
    size_t value_count;
    int64_t number;  /* the value of a test that takes one */
    int predicate;   /* that has to hold */
    int other_facet; /* the value of a test that takes a field; -1: none */
    const char *other_field;
};

/* Who made the statement. */
enum maker {
    MAKER_ANY,
    MAKER_SENDER,
    MAKER_RECEIVER,
    MAKER_EITHER,
    MAKER_ISSUER
};

enum fact {
    FACT_NONE,
    FACT_ORIGINAL,  /* the receiver got what this event corrects */
    FACT_COMPETENT, /* the receiver is competent for the domicile */
    FACT_OWN        /* who tells it issued it */
};

struct predicate {
    const char *name;
    const char *citation;
    const char *remedy;
    struct test *all;
    size_t all_count;
    struct test *any;
    size_t any_count;
    uint64_t facets; /* of the event that it looks at */
    bool of_statements;
    uint64_t type[TYPE_WORDS]; /* of the statements */
    enum maker by;
    bool same_case;
    bool answered;
    bool narrows;
    bool none;
    bool ended;
    bool stops;
    bool concerns;
    bool owed;
    uint64_t stated[TYPE_WORDS]; /* types that are stated only while true */
    enum fact fact;
    const char *basis; /* NULL: none */
};

struct basis {
    const char *name;
    char canton[3];
    uint32_t kinds;
    bool checked;
};

enum row {
    ROW_DENY,
    ROW_LANE,
    ROW_OFF
};

struct need {
    const char *name;
    int predicate; /* -1: nobody defined it */
};

struct rule {
    struct law_rule_view view;
    enum row row;
    bool checked;
    bool returns;   /* an issuer's own events */
    bool immune;    /* no veto, no objection stops it */
    char canton[3]; /* "": every canton */
    uint32_t from;  /* bits by kind */
    uint32_t to;
    uint64_t type[TYPE_WORDS];
    int64_t first_day; /* in force, both days included */
    int64_t last_day;
    struct need need[LAW_NEEDS_MAX];
    size_t need_count;
    const char *fallback_id; /* NULL: none */
    int fallback;            /* number, -1: none */
    uint64_t answered_by[TYPE_WORDS];
};

/* The rules of one (from, to, type), in the order in which they are tried. */
struct span {
    uint32_t first; /* in law.match */
    uint32_t count;
};

struct law {
    const struct catalogue *catalogue; /* borrowed */
    bool pilot;
    bool sealed;
    struct arena *text; /* owned */
    struct rule *rule;  /* owned */
    size_t rule_count;
    struct predicate *predicate; /* owned */
    size_t predicate_count;
    struct basis *basis; /* owned */
    size_t basis_count;
    int stop[LAW_STOPS_MAX]; /* predicates that stop */
    size_t stop_count;
    int concern[LAW_STOPS_MAX]; /* predicates that concern */
    size_t concern_count;
    uint64_t denied[KIND_COUNT]; /* facets that a kind never gets */
    uint64_t banned;             /* facets that nobody gets */
    struct span *span;           /* owned; by from, to, type */
    uint16_t *match;             /* owned; numbers of rules */
    size_t match_count;
    int return_rule; /* -1: none */
};

/* Where something is written. */
struct place {
    const char *file;
    int line;
};

/* CONFIG, "file:line: ..." */
enum cii_code fail_at(struct cii_error *err, struct place place,
                      const char *format, ...) cii_printf(3, 4);

/* "; did you mean 'orp'?", or "" when near is NULL. */
struct hint {
    char text[112];
};
struct hint hint_of(const char *near);

/* A copy in the law's arena; absent text stays NULL. */
cii_must_check enum cii_code copy_text(struct law *law, const char **copy,
                                       const char *text, struct cii_error *err);

size_t list_count(const char *const *list);
/* Adds what the lists name to a set; "any" is all of them. */
cii_must_check enum cii_code read_kinds(uint32_t *kinds,
                                        const char *const *list,
                                        struct place place,
                                        struct cii_error *err);
cii_must_check enum cii_code read_facets(uint64_t *facets,
                                         const struct catalogue *catalogue,
                                         const char *const *list,
                                         struct place place,
                                         struct cii_error *err);
cii_must_check enum cii_code read_types(uint64_t types[TYPE_WORDS],
                                        const struct catalogue *catalogue,
                                        const char *const *list,
                                        struct place place,
                                        struct cii_error *err);

/* Numbers, or -1. */
int rule_find(const struct law *law, const char *id);
int predicate_find(const struct law *law, const char *name);

/* The word's meaning, or NULL. */
const struct test_def *test_find(const char *name);
const char *test_nearest(const char *name);

/* A canton's two letters; CONFIG when it is none. */
cii_must_check enum cii_code read_canton(char canton[3], const char *text,
                                         struct place place,
                                         struct cii_error *err);

/* What a rule rests on, filled in by what is asked for it. */
struct support {
    uint64_t opened; /* what its statements let through */
    size_t relied_count;
    const struct law_statement *relied[LAW_RELIED_MAX];
};

/* One question, and what is worked out once for it. */
struct asking {
    const struct law *law;
    const struct law_question *question;
    enum institution_kind from;
    enum institution_kind to;
    int64_t day; /* today in Switzerland, since 1970 */
    const struct law_statement *statement; /* that tests are about; NULL: the
                                              event */
    struct support *support;               /* NULL: nobody asks */
    uint64_t present[TYPE_WORDS]; /* types of the question's statements */
};

struct asking asking_of(const struct law *law,
                        const struct law_question *question);
/* --- statement.c ---------------------------------------------------------*/

/* One in force that passes, or none of them; a fact; a basis. */
enum answer answer_statements(const struct asking *asking,
                              const struct predicate *predicate);
enum answer answer_fact(const struct asking *asking,
                        const struct predicate *predicate);
enum answer answer_basis(const struct asking *asking,
                         const struct predicate *predicate);
/* Is it one that the predicate is about at all? */
bool statement_is_meant(const struct asking *asking,
                        const struct predicate *predicate,
                        const struct law_statement *statement);
/* May the predicate rest on the nth statement of the question? */
bool statement_is_usable(const struct asking *asking,
                         const struct predicate *predicate, size_t nth);
/* The statement's facet; NULL when it has none. */
const struct content *statement_content(const struct law_statement *statement,
                                        int facet);

/* --- evaluate.c ----------------------------------------------------------*/

/* Of its tests alone. */
enum answer answer_tests(const struct asking *asking,
                         const struct predicate *predicate);
enum answer answer_test(const struct asking *asking, const struct test *test);
enum answer answer_predicate(const struct asking *asking,
                             const struct predicate *predicate);
enum answer answer_need(const struct asking *asking, const struct need *need);

/* In force on that day, and of their canton? */
bool rule_applies(const struct rule *rule, const struct asking *asking);
/* The place in law.span, which must exist. */
size_t span_number(const struct law *law, enum institution_kind from,
                   enum institution_kind to, int type);

#endif
