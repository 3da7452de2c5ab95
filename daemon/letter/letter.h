/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LETTER_LETTER_H
#define LETTER_LETTER_H

/*
 * The text of a letter to a person: a template, filled with what is known.
 *
 * A template is plain UTF-8 text with
 *
 *     {{name}}                a value, or nothing when it is not known
 *     {{?name}}...{{/name}}   printed when the value or list is not empty
 *     {{^name}}...{{/name}}   printed when it is empty
 *     {{#list}}...{{/list}}   printed for each item of the list
 *
 * The names are those of the structs below and no others. Inside a list the item's own names come before those of the letter,
 * and the lists are the item's only. A tag other than {{name}} that stands
 * alone on its line leaves no line behind.
 *
 * Writing is pure and total: no file, no clock; any text, any facts give a
 * letter or a sentence that says what is wrong.
 */

#include <stddef.h>

#include "cii/error.h"
#include "proto/bytes.h"

#define LETTER_SIZE_MAX   ((size_t)256 * 1024) /* of a letter, in bytes */
#define TEMPLATE_SIZE_MAX ((size_t)64 * 1024)  /* of a template */
#define TEMPLATE_NAME_MAX 31                   /* of a name in it */
#define TEMPLATE_DEPTH    8                    /* sections in one another */

/*
 * The facts, as they are to be printed (words.h has the labels). All is
 * borrowed; NULL and "" are both "not known".
 */

/* {{#content}}, inside {{#disclosure}}: one field that was told. */
struct letter_content {
    const char *facet;
    const char *field;
    const char *value;
};

/* {{#disclosure}}: one event that went from one institution to another. */
struct letter_disclosure {
    const char *type;
    const char *day;
    const char *direction; /* "transmis à", "reçu de" */
    const char *form;      /* "oralement"; empty when in writing */
    const char *partner;
    const char *partner_id; /* {{partner.id}} */
    const char *citation;
    const char *purpose;
    const char *facets;                   /* their labels, in one line */
    const struct letter_content *content; /* a list of its own */
    size_t content_count;
};

/* {{#consent}}: what a person consented to. */
struct letter_consent {
    const char *between;
    const char *purposes;
    const char *facets;
    const char *until;
};

/* The whole letter. */
struct letter_facts {
    const char *office;    /* name of the institution that writes */
    const char *office_id; /* {{office.id}} */
    const char *today;
    const char *person_official_name; /* {{person.officialName}} */
    const char *person_first_name;    /* {{person.firstName}} */
    const char *person_avs;           /* {{person.avs}} */
    const char *person_date_of_birth; /* {{person.dateOfBirth}} */
    const char *case_ref;             /* {{case}} */
    const char *counsellor;
    const char *partner;    /* name of the other institution */
    const char *partner_id; /* {{partner.id}} */
    const char *citation;
    const char *rule;
    const char *due;
    const struct letter_disclosure *disclosure; /* a list */
    size_t disclosure_count;
    const struct letter_consent *consent; /* a list */
    size_t consent_count;
};

struct letter_template {
    const char *file; /* borrowed; for sentences */
    struct bytes text;
};

/*
 * Appends the letter to text. The template is checked whole, whatever the
 * facts: CONFIG, with file and line, when a name is not known (and which name
 * is nearest), a tag is not well formed or a section is not closed.
 * TOO_LARGE when the letter would exceed LETTER_SIZE_MAX. On failure the
 * text is as it was.
 *
 * Values go in as they are, but for control characters (line breaks, tabs,
 * escapes) and marks that turn the direction of writing, each of which is
 * replaced by a space, and bytes that are not UTF-8, which become U+FFFD; a
 * value is never read as a template.
 */
cii_must_check enum cii_code letter_write(const struct letter_template *form,
                                          const struct letter_facts *facts,
                                          struct buffer *text,
                                          struct cii_error *err);

/* What letter_write() finds wrong with the template, without facts. */
cii_must_check enum cii_code letter_check(const struct letter_template *form,
                                          struct cii_error *err);

#endif
