/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READER_LETTER_FACTS_H
#define READER_LETTER_FACTS_H

/*
 * The facts of a letter, found in the store and put into words.
 *
 * Everything lives in the question's `kept` arena. What went to whom is what
 * the newest verdict that let it go says, and only where it left; what is not
 * known stays empty, for the template to leave out or blank.
 */

#include "conf/config.h"
#include "letter/letter.h"
#include "letter/words.h"
#include "reader/question.h"

#define DISCLOSURES_MAX 4096
#define CONSENTS_MAX    64 /* pairs of one letter */

/* What of an event belongs into the letter. */
enum telling {
    TELL_BOTH,     /* what went and what came */
    TELL_SENT,     /* what went */
    TELL_RECEIVED, /* what came */
    TELL_PLANNED   /* what is to go */
};

struct writing {
    struct question *question;
    struct words *words;           /* owned */
    struct partner_list *partners; /* owned */
    enum telling telling;
    const char *partner;  /* only what concerns this one; "": all */
    const char *citation; /* of the task; "" none */
    uint64_t planned;     /* facets that the rule would open */
    struct letter_facts facts;
    struct letter_disclosure *disclosure;
    struct letter_consent *consent;
};

/* Reads the words of this language and the names of the partners. */
cii_must_check enum cii_code writing_open(struct writing *writing,
                                          struct question *question,
                                          const char *lang,
                                          struct cii_error *err);
void writing_done(struct writing *writing);

/* The office, the day, and (person not 0) the person and the dossier. */
cii_must_check enum cii_code writing_head(struct writing *writing,
                                          int64_t person,
                                          struct cii_error *err);
/* An event of the store: its disclosures, or the consent that it states. */
cii_must_check enum cii_code writing_event(struct writing *writing,
                                           int64_t event,
                                           struct cii_error *err);

/* Words, for what else a letter says; NULL when memory is out. */
const char *writing_day(const struct writing *writing, int64_t moment);
const char *writing_name(const struct writing *writing, const char *id);
const char *writing_citation(const struct writing *writing,
                             const char *citation);

#endif
