/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROPERTY_PLAIN_LAW_H
#define PROPERTY_PLAIN_LAW_H

/*
 * The law a second time, in words of its own.
 *
 * It was written from the table of rows and the article sheets alone, and
 * includes nothing of the product: no rule file, no catalogue, no engine. It
 * answers one question, slowly and plainly: may this be told to that office
 * at all, and at most which facets. What the engine lets out beyond it is a
 * disclosure without a basis.
 *
 * An event and a statement have the same shape here: who issued it, when, in
 * which case, and its fields as words ("report.informedOn", "2026-01-31").
 * Lists are words with commas between. Days are written year-month-day, so
 * the older is the smaller word.
 */

#include <stdbool.h>
#include <stddef.h>

/* Facets, as bits of this file. */
enum plain_facet {
    P_IDENTITY = 1 << 0,
    P_CONTACT = 1 << 1,
    P_ADDRESS = 1 << 2,
    P_DATES = 1 << 3,
    P_STATE = 1 << 4,
    P_OUTCOME = 1 << 5,
    P_ENTITLEMENT = 1 << 6,
    P_AMOUNTS = 1 << 7,
    P_PLAN = 1 << 8,
    P_EMPLOYABILITY = 1 << 9,
    P_FUNCTION = 1 << 10,
    P_CERTIFICATE = 1 << 11,
    P_REPORT = 1 << 12,
    P_SOCIAL = 1 << 13,
    P_ASSISTANCE = 1 << 14,
    P_PERMIT = 1 << 15,
    P_LANGUAGE = 1 << 16,
    P_EDUCATION = 1 << 17,
    P_SANCTION = 1 << 18,
    P_DECISION = 1 << 19,
    P_NOBODY = 1 << 20,    /* vacancy, offer, question: about no person */
    P_STATEMENT = 1 << 21, /* consent, attestation, request... */
    P_BANNED = 1 << 22     /* diagnosis, medical-report, genetic... */
};

/* The bit of a facet of this name. 0: there is no such facet. */
unsigned int plain_facet(const char *name);

struct plain_field {
    const char *name; /* "consent.between" */
    const char *value;
};

#define PLAIN_FIELDS_MAX 48

struct plain_event {
    const char *type;
    const char *issuer;
    const char *case_ref; /* NULL: none */
    const char *day;
    int number;  /* of no two the same */
    int answers; /* the number of the event it answers; 0: none */
    unsigned int facets;
    size_t field_count;
    struct plain_field field[PLAIN_FIELDS_MAX];
};

/* What a canton's own law allows: its offices of that kind may tell, or be
 * told, without consent. */
struct plain_basis {
    const char *name; /* "as-to-ac", "as-to-ai", "ai-to-as"... */
    const char *canton;
};

/* Offices are written canton.kind or canton.kind.place. */
struct plain_question {
    const struct plain_event *event;
    const char *teller; /* the issuer, or who passes it on */
    const char *to;
    const char *today;
    bool in_dossier;       /* the teller's dossier names the receiver */
    bool competent;        /* for the domicile of the person */
    bool has_original;     /* the receiver got what this one ends, corrects */
    unsigned int original; /* and these facets of it */
    bool arrival;          /* it has come: the sender knew of the concern */
    /* What both can know of, in the order in which it was said. */
    const struct plain_event *const *statement;
    size_t statement_count;
    const struct plain_basis *basis;
    size_t basis_count;
};

struct plain_answer {
    bool may;
    unsigned int facets; /* at most these of the event's */
    int row;             /* whose it is; -1: none */
};

struct plain_answer plain_law(const struct plain_question *question);

/* The rows, for counting: 0 to plain_row_count() - 1. */
size_t plain_row_count(void);
const char *plain_row_id(size_t row);
const char *plain_row_citation(size_t row);
/* Words; "any": all. */
const char *plain_row_from(size_t row);
const char *plain_row_to(size_t row);
const char *plain_row_events(size_t row);
/* It is a denial, or switched off: it lets nothing go, ever. */
bool plain_row_never(size_t row);
/* It has no condition of its own. */
bool plain_row_always(size_t row);
/* Does the row speak of this telling, whatever its conditions? */
bool plain_row_speaks(size_t row, const struct plain_question *question);

#endif
