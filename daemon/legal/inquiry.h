/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LEGAL_INQUIRY_H
#define LEGAL_INQUIRY_H

/*
 * From an event and a partner to a question to the law: with the statements
 * that bear on it, and whether the partner is concerned.
 *
 * Concerned is whom our open dossier names, who is competent for the domicile,
 * and whom a predicate with `concerns` finds in the statements: who attested,
 * asked, or is named in a consent that we obtained. Nobody else is told about
 * a person, whatever the rules.
 */

#include "conf/config.h"
#include "law/law.h"
#include "legal/book.h"

/* Everything that judging needs. All borrowed. */
struct legal {
    const struct catalogue *catalogue;
    const struct law *law;
    const struct competence *competence;
    struct book *book;
    struct store *store;
    const char *us;
};

struct inquiry {
    const struct case_file *file;
    int64_t person; /* 0: about nobody, or not known here */
    const char *issuer;
    const char *partner; /* whom we tell, or (arrival) who tells us */
    bool arrival;
    bool in_dossier; /* our dossier names the partner: it need not be asked */
    int64_t now;     /* milliseconds since 1970 */
};

/*
 * The question borrows from the inquiry, and its statements from the book: it
 * is asked before the book is asked for something else. At arrival we are
 * concerned: the sender, who knows our statements, says so by sending.
 */
cii_must_check enum cii_code inquire(const struct legal *legal,
                                     const struct inquiry *inquiry,
                                     struct law_question *question,
                                     struct cii_error *err);

/* The facets that the institution got of the event that this one answers or
 * corrects; 0: none. Of a withdrawal, those of the consent. */
cii_must_check enum cii_code inquire_original(const struct legal *legal,
                                              const struct inquiry *inquiry,
                                              uint64_t *facets,
                                              struct cii_error *err);

#endif
