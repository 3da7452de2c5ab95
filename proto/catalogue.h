/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_CATALOGUE_H
#define PROTO_CATALOGUE_H

/*
 * Which events, facets and fields there are. This is data (config/facets.yaml
 * and config/event-types.yaml); here is its shape in memory, its checks and
 * its look-ups. conf/ fills it, everybody reads it.
 *
 * Facets are numbered from 0 in the order of the file, so that a set of them
 * is 64 bits. Types likewise.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cii/error.h"

#define CATALOGUE_FACETS_MAX 48
#define CATALOGUE_TYPES_MAX  512
#define CATALOGUE_FIELDS_MAX 32
#define EVENT_SLOTS_MAX      16

enum field_form {
    FIELD_TEXT,         /* UTF-8, at most `max` bytes */
    FIELD_CODE,         /* one of `codes` */
    FIELD_CODES,        /* several of `codes`, separated by spaces */
    FIELD_DATE,         /* YYYY-MM-DD */
    FIELD_PARTIAL_DATE, /* YYYY, YYYY-MM or YYYY-MM-DD */
    FIELD_NUMBER,       /* digits, at most 12 */
    FIELD_YESNO,        /* yes or no */
    FIELD_AVS,          /* AVS number, kept as 13 digits */
    FIELD_INSTITUTION,  /* institution id */
    FIELD_INSTITUTIONS, /* several, separated by spaces; each once */
    FIELD_NAMES,        /* names of facets or types, separated by spaces */
};

/* As facets.yaml writes them, by enum field_form; NULL behind the last. */
extern const char *const field_form_names[];

struct field_def {
    char *name;    /* owned */
    char *meaning; /* owned; one sentence */
    enum field_form form;
    bool required; /* a facet without it is refused */
    uint32_t max;  /* of a text, in bytes */
    char **codes;  /* owned; of a code; NULL-terminated */
};

struct facet_def {
    char *name;              /* owned */
    char *meaning;           /* owned */
    bool banned;             /* `send` refuses an event that holds it */
    struct field_def *field; /* owned */
    size_t field_count;
};

struct type_def {
    char *name;     /* owned */
    char *meaning;  /* owned */
    char *line;     /* owned; line of state that it belongs to; "" none */
    bool personal;  /* about one person: needs identity */
    bool protocol;  /* issued by the daemon alone; `send` refuses it */
    bool statement; /* predicates read it as long as it holds */
    bool kept;      /* told to nobody before its first use */
    bool local;     /* leaves this institution never */
    /* owned; types of statements about the same person that end with it: the
     * issuer's own, or whoever made them; NULL-terminated, or NULL */
    char **ends;
    char **ends_of_all;
    uint64_t must;  /* facets without which it is refused */
    uint64_t may;   /* facets that it may hold, `must` included */
    uint32_t slots; /* digests in its header, EVENT_SLOTS_MAX at most */
};

struct catalogue {
    struct facet_def facet[CATALOGUE_FACETS_MAX];
    size_t facet_count;
    struct type_def type[CATALOGUE_TYPES_MAX];
    size_t type_count;
    int identity; /* number of the facet "identity" */
    int outcome;  /* number of the facet "outcome" */
};

/* The number, or -1. */
int catalogue_facet(const struct catalogue *catalogue, const char *name);
int catalogue_type(const struct catalogue *catalogue, const char *name);
int facet_field(const struct facet_def *facet, const char *name);

/* The name most like this one (edit distance at most 3), or NULL. */
const char *catalogue_nearest_facet(const struct catalogue *catalogue,
                                    const char *name);
const char *catalogue_nearest_type(const struct catalogue *catalogue,
                                   const char *name);
const char *facet_nearest_field(const struct facet_def *facet,
                                const char *name);
/* The general form: the nearest of count names that get() lists. */
const char *nearest_name(const char *name, size_t count,
                         const char *(*get)(const void *context, size_t i),
                         const void *context);

/*
 * INVALID unless value is of the field's form; the sentence names the remedy
 * and never repeats personal data.
 */
cii_must_check enum cii_code field_check(const struct field_def *field,
                                         const char *value,
                                         struct cii_error *err);

/* Is the word among those that single spaces separate? */
bool names_hold(const char *names, const char *name);

/* The next of them from *at on, which moves behind it; false: no more. */
struct name_part {
    const char *text;
    size_t length;
};

bool names_next(const char **at, struct name_part *part);

/* "identity contact dates"; text holds size. */
void facet_set_print(const struct catalogue *catalogue, uint64_t facets,
                     char *text, size_t size);

/* Releases everything it owns, not itself. */
void catalogue_done(struct catalogue *catalogue);

#endif
