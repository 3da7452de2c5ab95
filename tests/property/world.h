/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROPERTY_WORLD_H
#define PROPERTY_WORLD_H

/*
 * Worlds that are made up: one office (us), a partner, and what was stated
 * about a person and about nobody, in the order in which we come to know it;
 * then tellings, one after the other. All of it follows from one number.
 *
 * Each world aims at one row of the plain law, so that rows which ask for much
 * are reached too; one field in some is wrong.
 */

#include "plain_law.h"
#include "proto/catalogue.h"

#define WORLD_STATEMENTS_MAX 48
#define WORLD_TEXT_SIZE      32768

struct dice {
    uint64_t state;
};

uint64_t dice_throw(struct dice *dice);
/* From 0 to below limit. */
size_t dice_below(struct dice *dice, size_t limit);
/* True in so many of a hundred. */
bool dice_percent(struct dice *dice, unsigned int percent);

struct telling {
    struct plain_event event;
    int person;      /* 0: about nobody */
    uint64_t facets; /* numbers in the catalogue, as bits */
    bool again;      /* it came twice */
};

struct world {
    struct dice dice;
    const struct catalogue *catalogue;
    size_t row; /* of the plain law, aimed at */
    const char *us;
    const char *partner;
    const char *today;
    int day; /* since 1970 */
    size_t count;
    struct telling statement[WORLD_STATEMENTS_MAX];
    int next_number;
    bool reversed; /* the row's receiver is us */
    size_t text_used;
    size_t text_kept;           /* the statements' */
    char text[WORLD_TEXT_SIZE]; /* of what is made up */
};

#define PERSONS 2
#define CASE    "GE-2026-1"

/* The seed and the number make the world. */
void world_make(struct world *world, const struct catalogue *catalogue,
                uint64_t seed, uint64_t number);

/* What is told next. The telling stays until the next one. */
struct world_question {
    struct telling telling;
    const char *teller;
    const char *to;
    bool arrival; /* to us */
    bool in_dossier;
    bool competent;
    unsigned int original_percent; /* of facets of what it corrects */
};

void world_ask(struct world *world, struct world_question *question);

void world_print(const struct telling *telling);

/* The facets of the plain law for these of the catalogue. */
unsigned int world_plain_facets(const struct catalogue *catalogue,
                                uint64_t facets);

#endif
