/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_LAW_SMALL_LAW_H
#define TESTS_UNIT_LAW_SMALL_LAW_H

/*
 * A catalogue small enough to know by heart, and short ways to write rules,
 * predicates and questions over it.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "law/law.h"
#include "proto/date.h"
#include "tests/support/expect.h"

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})
#define TESTS(...) ((const struct law_test[]){__VA_ARGS__})
/* 2026-06-15 12:00 UTC */
#define NOON INT64_C(1781524800000)

enum {
    IDENTITY,
    DATES,
    STATE,
    OUTCOME,
    REPORT,
    DECISION,
    DIAGNOSIS,
    FACETS
};

enum {
    INSCRIPTION,
    OUVERTURE,
    POSTE,
    RECU,
    TYPES
};

#define BIT(facet) (UINT64_C(1) << (facet))

static inline struct field_def *
field_of(const char *name, enum field_form form, char **codes,
         struct field_def *field)
{
    *field = (struct field_def){(char *)name, NULL, form, false, 200, codes};
    return field;
}

static inline const struct catalogue *
small_catalogue(void)
{
    static char *purposes[] = {"measure", "claims", "integration", NULL};
    static char *steps[] = {"demande", "decision", "clos", NULL};
    static char *touched[] = {"ac", "as", "orp", "oai", NULL};
    static struct field_def identity[3], dates[1], state[4], outcome[1];
    static struct field_def report[2], decision[1], diagnosis[1];
    static struct catalogue made;

    if (made.facet_count)
        return &made;
    field_of("avs", FIELD_AVS, NULL, &identity[0]);
    field_of("dateOfBirth", FIELD_PARTIAL_DATE, NULL, &identity[1]);
    field_of("nationality", FIELD_TEXT, NULL, &identity[2]);
    field_of("on", FIELD_DATE, NULL, &dates[0]);
    field_of("until", FIELD_DATE, NULL, &state[0]);
    field_of("purpose", FIELD_CODES, purposes, &state[1]);
    field_of("step", FIELD_CODE, steps, &state[2]);
    field_of("assessed", FIELD_YESNO, NULL, &state[3]);
    field_of("sufficient", FIELD_YESNO, NULL, &outcome[0]);
    field_of("informedOn", FIELD_DATE, NULL, &report[0]);
    field_of("days", FIELD_NUMBER, NULL, &report[1]);
    field_of("touches", FIELD_CODES, touched, &decision[0]);
    field_of("content", FIELD_TEXT, NULL, &diagnosis[0]);
    made = (struct catalogue){
        .facet = {{"identity", NULL, false, identity, 3},
                  {"dates", NULL, false, dates, 1},
                  {"state", NULL, false, state, 4},
                  {"outcome", NULL, false, outcome, 1},
                  {"report", NULL, false, report, 2},
                  {"decision", NULL, false, decision, 1},
                  {"diagnosis", NULL, true, diagnosis, 1}},
        .facet_count = FACETS,
        .type = {{.name = "inscription",
                  .line = "",
                  .personal = true,
                  .must = 1,
                  .may = 63,
                  .slots = 6},
                 {.name = "ouverture",
                  .line = "",
                  .personal = true,
                  .must = 1,
                  .may = 63,
                  .slots = 6},
                 {.name = "poste", .line = "", .may = 63, .slots = 6},
                 {.name = "recu",
                  .line = "",
                  .protocol = true,
                  .must = 8,
                  .may = 8,
                  .slots = 4}},
        .type_count = TYPES,
        .identity = IDENTITY,
        .outcome = OUTCOME,
    };
    return &made;
}

/* --- laws ---------------------------------------------------------------- */

static inline struct law *
new_law(bool pilot)
{
    struct law *law = NULL;
    struct cii_error err = {0};

    require_ok(law_new(&law, small_catalogue(), pilot, &err));
    return law;
}

static inline enum cii_code
try_rule(struct law *law, struct law_rule rule, struct cii_error *err)
{
    rule.from = rule.from ? rule.from : NAMES("orp");
    rule.to = rule.to ? rule.to : NAMES("as");
    rule.events = rule.events ? rule.events : NAMES("inscription");
    rule.lane = rule.lane ? rule.lane : "release";
    rule.citation = rule.citation ? rule.citation : "art. 1";
    rule.file = "rules.yaml";
    rule.line = 7;
    return law_add_rule(law, &rule, err);
}

/* From an ORP to an AS, about an inscription, lane release, unless said. */
#define add_rule(law, ...)                                              \
    do {                                                                \
        struct cii_error add_err_ = {0};                                \
        enum cii_code add_code_ =                                       \
            try_rule((law), (struct law_rule){__VA_ARGS__}, &add_err_); \
        cr_assert(add_code_ == CII_OK, "%s", add_err_.text);            \
    } while (0)

#define add_predicate(law, ...)                              \
    do {                                                     \
        struct cii_error add_err_ = {0};                     \
        struct law_predicate add_p_ = {__VA_ARGS__};         \
        add_p_.file = "predicates.yaml";                     \
        enum cii_code add_code_ =                            \
            law_add_predicate((law), &add_p_, &add_err_);    \
        cr_assert(add_code_ == CII_OK, "%s", add_err_.text); \
    } while (0)

static inline void
seal(struct law *law)
{
    struct cii_error err = {0};
    const enum cii_code code = law_seal(law, &err);

    cr_assert(code == CII_OK, "%s", err.text);
}

/* --- questions ----------------------------------------------------------- */

struct ask {
    struct law_question question;
    struct field field[FACETS][8];
    struct content content[FACETS];
    const struct content *at[CATALOGUE_FACETS_MAX];
};

/* A test event inside Geneva, at noon, of a person who concerns them. */
static inline void
ask_init(struct ask *ask)
{
    memset(ask, 0, sizeof *ask);
    ask->question = (struct law_question){
        .type = INSCRIPTION,
        .content = ask->at,
        .issuer = "ge.orp",
        .discloser = "ge.orp",
        .to = "ge.as.hg",
        .concerned = true,
        .test = true,
        .now = NOON,
    };
}

static inline void
put(struct ask *ask, int facet, const char *name, const char *value)
{
    struct content *content = &ask->content[facet];

    ask->field[facet][content->field_count++] = (struct field){name, value};
    content->field = ask->field[facet];
    ask->at[facet] = content;
    ask->question.facets |= BIT(facet);
}

static inline const char *
rule_of(const struct law *law, const struct judgement *judgement)
{
    return judgement->rule < 0 ? "none"
                               : law_rule_at(law, (size_t)judgement->rule).id;
}

/* "transmit rule R1" */
static inline char *
said(const struct law *law, const struct judgement *judgement)
{
    static char text[100];

    (void)snprintf(text, sizeof text, "%s %s %s",
                   verdict_name(judgement->verdict),
                   ground_name(judgement->ground), rule_of(law, judgement));
    return text;
}

#define expect_said(law, ask, want)                                    \
    do {                                                               \
        const struct judgement said_ = judge((law), &(ask)->question); \
        expect_text(said((law), &said_), want);                        \
    } while (0)

#endif
