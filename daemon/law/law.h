/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAW_LAW_H
#define LAW_LAW_H

/*
 * Who may tell what to whom, and why.
 *
 * judge() is pure and total: rules, statements, the event and the moment go
 * in, a verdict comes out; no clock, no store, no allocation. It runs twice,
 * at the sender before anything leaves and at the receiver before anything
 * goes further.
 *
 * The procedure: an explicit DENY first; then the rules that match (from, to,
 * event type, dates in force), lane by lane; the first rule whose predicates
 * are all TRUE is taken. Unknown is not true, and a predicate that the engine
 * does not know is unknown. A rule that failed bars the lanes behind it, but
 * for the rule that it falls back to. Then what stops: a veto or an objection
 * holds a duty and refuses the rest. Facets that the rule does not open, or
 * that the statements it rests on do not list, stay behind. No rule: refuse.
 * See cii-rules(5).
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
    GROUND_STOPPED,       /* a veto or an objection stands against it */
    GROUND_COUNT
};

const char *lane_name(enum lane lane); /* "duty"; "" for LANE_COUNT */
const char *verdict_name(enum verdict verdict);
const char *ground_name(enum ground ground); /* "not-concerned"... */

/* The day, since 1970, that a calendar in Switzerland shows; and the last
 * millisecond of such a day. */
int64_t swiss_day(int64_t moment);
int64_t swiss_day_end(int64_t day);

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
    /* Types of statements that the tests are about, instead of the event: one
     * that is in force and passes makes it true. NULL: the event. */
    const char *const *statement;
    const char *by;    /* any sender receiver either issuer; NULL: any */
    bool same_case;    /* only those of the event's case */
    bool answered;     /* only the one that the event answers */
    bool narrows;      /* only the facets that they list are opened */
    bool none;         /* true when there is no such statement */
    bool ended;        /* those too that have ended */
    const char *fact;  /* "received-original", "competent",
                          "told-by-issuer"; NULL */
    const char *basis; /* a cantonal basis that names the receiver; NULL */
    bool stops;        /* while true, only a human lets anything go */
    bool concerns;     /* while true, the receiver is concerned */
    bool owed;         /* a matter of form: without it a duty stands */
    /* Types of which nobody states one while this is not true; NULL: none. */
    const char *const *stated;
    const char *file; /* for messages */
    int line;
};

/* What a canton's law allows in general. */
struct law_basis {
    const char *name;
    const char *const *kinds;
    const char *citation;
    const char *checked_by; /* NULL: it does not count */
    const char *canton;
    const char *file;
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
    unsigned int within;            /* days for a duty; 0: none */
    unsigned int answer_within;     /* days for the receiver to act; 0: none */
    const char *const *answered_by; /* event types by which it acts */
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
/* Before the predicates that ask for it. */
cii_must_check enum cii_code law_add_basis(struct law *law,
                                           const struct law_basis *basis,
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
    const char *objection; /* "" none */
    const char *act;
    const char *canton;     /* "" federal */
    const char *checked_by; /* NULL: nobody */
    const char *file;
    int line;
    enum lane lane; /* LANE_COUNT: deny or off */
    bool denies;
    uint64_t facets;
    unsigned int within;
    unsigned int answer_within;
};
struct law_rule_view law_rule_at(const struct law *law, size_t number);
/* Does the rule speak of this? Kinds are enum institution_kind. */
bool law_rule_speaks(const struct law *law, size_t number, int from, int to,
                     int type);
/* Is an event of this type what the rule's answer_within waits for? */
bool law_rule_answered_by(const struct law *law, size_t number, int type);
/* The number, or -1. */
int law_rule_find(const struct law *law, const char *id);
/* The nth need of a rule, NULL behind the last; its predicate, -1: nobody
 * defined it. */
const char *law_rule_need(const struct law *law, size_t number, size_t nth,
                          int *predicate);

/* Does it need what a canton's law has to say, and none of the rule files
 * does? Until one does, nothing can make it let anything through. */
bool law_rule_waits(const struct law *law, size_t number);
/* Does it carry whatever it speaks of? It has no needs, and what it speaks of
 * is about no person. */
bool law_rule_is_certain(const struct law *law, size_t number);

struct law_predicate_view {
    const char *name;
    const char *citation;
    const char *remedy;
    bool of_basis; /* it asks for what a canton's law says */
};

size_t law_predicate_count(const struct law *law);
struct law_predicate_view law_predicate_at(const struct law *law,
                                           size_t number);

/* --- statements ----------------------------------------------------------*/

#define LAW_PARTS_MAX 4 /* facets of a statement that are looked at */

/*
 * A statement as predicates read it; its maker answers for what no predicate
 * asks: that it came from whom it says, and has not been ended. `ended` says
 * that it has.
 */
struct law_statement {
    int type;
    const char *issuer;
    const char *case_ref;
    struct event_id id;
    int64_t event; /* the caller's number for it */
    bool ended;
    size_t part_count;

    struct law_part {
        int facet;
        const struct content *content;
        uint64_t listed; /* facets that a field of form names lists */
    } part[LAW_PARTS_MAX];
};

/* The facets that its fields of form names list, so that judging need not
 * read the words each time. */
uint64_t law_listed(const struct catalogue *catalogue, int facet,
                    const struct content *content);

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
    const char *case_ref;  /* NULL: none */
    const struct event_id *in_reply_to; /* NULL: none */
    const char *occurred_on;            /* NULL: unknown */
    /* About this person, and about nobody; newest first. Only those that both
     * the discloser and the receiver can know of. */
    const struct law_statement *const *statement;
    size_t statement_count;
    /* of each of them, whether telling may rest on it; what stops, or holds
     * for want of a statement, looks at all. NULL: it may on all */
    const bool *usable;
    uint64_t original; /* facets that the receiver got of what this corrects */
    bool competent;    /* the receiver is competent for the domicile */
    bool concerned;
    bool arrival; /* facets must fit the rule, none is left behind */
    bool test;    /* the event's flag */
    int64_t now;  /* milliseconds since 1970 */
};

#define LAW_FINDINGS_MAX 32
#define LAW_RELIED_MAX   8

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
    int owed;          /* (sending) the duty that stands, unmet; -1: none */
    uint64_t facets;   /* that go */
    uint64_t withheld; /* that stay behind */
    size_t finding_count;
    struct law_finding finding[LAW_FINDINGS_MAX];
    /* the statements that the rule taken rests on */
    size_t relied_count;
    const struct law_statement *relied[LAW_RELIED_MAX];
};

/*
 * HOLD: a rule that nobody signed off (GROUND_UNCHECKED), a duty against which
 * a veto or an objection stands (GROUND_STOPPED), or a rule that failed only
 * because what is given does not decide it, a birth date of which only the
 * year is known (GROUND_PREDICATE). To the event's own issuer everything
 * goes back, under the rule that needs receiver-is-issuer.
 *
 * A duty whose every need holds, but for those that are owed, stands: so does
 * one that a veto or an objection holds up. Whatever another rule transmits
 * does not meet it.
 */
struct judgement judge(const struct law *law,
                       const struct law_question *question);

/* Does a predicate with `concerns` hold, so that the receiver is concerned by
 * the person? */
bool law_concerns(const struct law *law, const struct law_question *question);

/* May the discloser state an event of this type? False names the first
 * predicate that has to be true for it (`stated`) and is not. */
bool law_may_state(const struct law *law, const struct law_question *question,
                   struct law_predicate_view *missing);

/* One sentence: what was missing, per lane, and what would make it true; ""
 * when transmitted. Appends. */
void judgement_missing(const struct law *law, const struct judgement *judgement,
                       const struct law_question *question,
                       struct buffer *text);

#endif
