/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAW_LAW_H
#define LAW_LAW_H

/*
 * Who may tell what to whom, and why.
 *
 * judge() is pure and total: rules, the event and the moment go in, a verdict
 * comes out; no clock, no store, no allocation. It runs twice, at the sender
 * before anything leaves and at the receiver before anything goes further.
 *
 * The procedure: an explicit DENY first; then the rules that match (from, to,
 * event type, dates in force), lane by lane; the first rule whose predicates
 * are all TRUE is taken. Unknown is not true, and a predicate that the engine
 * does not know is unknown. A rule that failed bars the lanes behind it, but
 * for the rule that it falls back to. Facets that the rule does not open stay
 * behind. No rule: refuse. See cii-rules(5).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cii/error.h"
#include "proto/bytes.h"
#include "proto/catalogue.h"
#include "proto/event.h"
#include "proto/id.h"

/* In the order in which they are tried. */
#define LANES(X)          \
    X(DUTY, "duty")       \
    X(REQUEST, "request") \
    X(RELEASE, "release") \
    X(CII, "cii")         \
    X(CONSENT, "consent")

enum lane {
#define LANE_ENUM(name, text) LANE_##name,
    LANES(LANE_ENUM)
#undef LANE_ENUM
    LANE_COUNT /* none */
};

enum verdict {
    VERDICT_TRANSMIT,
    VERDICT_REFUSE,
    VERDICT_HOLD, /* a human must decide */
    VERDICT_LATE, /* a duty not met */
    VERDICT_COUNT
};

enum truth {
    TRUTH_FALSE,
    TRUTH_UNKNOWN,
    TRUTH_TRUE
};

/* Why it was not transmitted (or, for TRANSMIT, GROUND_RULE). */
enum ground {
    GROUND_RULE,          /* a rule carries it */
    GROUND_NOT_CONCERNED, /* the receiver has nothing to do with the person */
    GROUND_DENIED,        /* an explicit DENY row */
    GROUND_NO_RULE,       /* nothing matches: default deny */
    GROUND_PREDICATE,     /* rules match, none is satisfied */
    GROUND_UNCHECKED,     /* the rule is signed off by nobody */
    GROUND_BANNED,        /* a facet denied to everybody on this bus */
    GROUND_WIDER,         /* (arrival) more facets than the rule opens */
    GROUND_PROFILE,       /* pilot takes test events only, and the reverse */
    GROUND_COUNT
};

const char *lane_name(enum lane lane); /* "duty"; "" for LANE_COUNT */
const char *verdict_name(enum verdict verdict);
const char *ground_name(enum ground ground); /* "not-concerned"... */

/* --- rules ---------------------------------------------------------------*/

struct law; /* owns everything it was given copies of */

/* One test over one field; `value` is NULL-terminated or NULL. */
struct law_test {
    const char *field; /* "report.informedOn" */
    const char *test;
    const char *const *value;
};

struct law_predicate {
    const char *name;
    const char *citation;
    const char *remedy;
    const struct law_test *all;
    size_t all_count;
    const struct law_test *any;
    size_t any_count;
    const char *file; /* for messages */
    int line;
};

/* All text as in cii-rules(5); lists are NULL-terminated; NULL: absent. */
struct law_rule {
    const char *id;
    const char *const *from;
    const char *const *to;
    const char *const *events;
    const char *lane; /* a lane, "deny" or "off" */
    const char *const *facets;
    const char *const *needs;
    const char *citation;
    const char *inform;
    const char *objection;
    const char *fallback;
    const char *valid_from;
    const char *valid_to;
    const char *checked_by;
    const char *checked_on;
    const char *act;
    const char *canton;
    const char *file;
    int line;
};

struct law_denial {
    const char *const *facets;
    const char *const *to;
    const char *const *except;
    const char *citation;
    const char *file;
    int line;
};

/* The catalogue is borrowed: it outlives the law. */
cii_must_check enum cii_code law_new(struct law **law,
                                     const struct catalogue *catalogue,
                                     bool pilot, struct cii_error *err);
void law_destroy(struct law **law);

/* CONFIG with "file:line: ..." and the nearest known name. A predicate that a
 * rule needs and nobody defined is no error: it is never true. */
cii_must_check enum cii_code law_add_predicate(struct law *law,
                                               const struct law_predicate *p,
                                               struct cii_error *err);
cii_must_check enum cii_code law_add_rule(struct law *law,
                                          const struct law_rule *rule,
                                          struct cii_error *err);
cii_must_check enum cii_code law_add_denial(struct law *law,
                                            const struct law_denial *denial,
                                            struct cii_error *err);
/* After the last addition: checks the whole (ids, fallbacks) and builds the
 * index by (from, to, type). */
cii_must_check enum cii_code law_seal(struct law *law, struct cii_error *err);

size_t law_rule_count(const struct law *law);

/* What a verdict shows of a rule; valid as long as the law. */
struct law_rule_view {
    const char *id;
    const char *citation;
    const char *inform;
    enum lane lane; /* LANE_COUNT: deny or off */
    uint64_t facets;
};
struct law_rule_view law_rule_at(const struct law *law, size_t number);

/* --- judging -------------------------------------------------------------*/

struct law_question {
    int type;        /* number in the catalogue */
    uint64_t facets; /* of the payload; at arrival, what came */
    /* content of each facet in `facets`, by number; NULL: not at hand, so
     * what asks for it is unknown */
    const struct content *const *content;
    const char *issuer;    /* whose event it is */
    const char *discloser; /* who tells it: the issuer, or a forwarder */
    const char *to;        /* institution */
    bool concerned;
    bool arrival; /* facets must fit the rule, none is left behind */
    bool test;    /* the event's flag */
    int64_t now;  /* milliseconds since 1970 */
};

#define LAW_FINDINGS_MAX 32

/* Why a rule that matched was not taken. */
struct law_finding {
    uint16_t rule;     /* number */
    int16_t predicate; /* in order of addition; -1: not defined */
    enum truth truth;
    uint16_t need; /* which of the rule's `needs` */
};

struct judgement {
    enum verdict verdict;
    enum ground ground;
    int rule;          /* number of the rule taken or nearest; -1: none */
    uint64_t facets;   /* that go */
    uint64_t withheld; /* that stay behind */
    size_t finding_count;
    struct law_finding finding[LAW_FINDINGS_MAX];
};

/*
 * HOLD: a rule that nobody signed off (GROUND_UNCHECKED), or one that failed
 * only because what is given does not decide it, a birth date of which only
 * the year is known (GROUND_PREDICATE). To the event's own issuer everything
 * goes back, under the rule that needs receiver-is-issuer.
 */
struct judgement judge(const struct law *law,
                       const struct law_question *question);

/* One sentence: what was missing, per lane, and what would make it true; ""
 * when transmitted. Appends. */
void judgement_missing(const struct law *law, const struct judgement *judgement,
                       const struct law_question *question,
                       struct buffer *text);

#endif
