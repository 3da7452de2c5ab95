/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_STATEMENT_H
#define APP_STATEMENT_H

/*
 * What a statement changes, in the turn that stores it: the book learns it,
 * what it may allow is noted to be judged again, and a withdrawal hides what
 * came under the consent and is passed on to whoever was told of it.
 */

#include "app/judging.h"
#include "app/peer.h"

/* An event that was stored, ours or accepted. */
struct stated {
    const struct case_file *file;
    int64_t event;
    int64_t person;
    const struct digest *digest; /* of its header */
    const struct peer *teller;   /* NULL: ours */
};

/* Before its partners are judged. Types that are no statements change
 * nothing. */
cii_must_check enum cii_code statement_stored(struct core *core,
                                              const struct stated *stated,
                                              struct cii_error *err);
/* One that arrived: a withdrawal goes on to those whom we told of the
 * consent, and what a bureau passes on to its team, each by its own rules. */
cii_must_check enum cii_code statement_pass_on(struct core *core,
                                               const struct stated *stated,
                                               struct cii_error *err);

/* Is it a statement of a day to come? Then nobody may make it. */
bool statement_is_ahead(const struct core *core, const struct case_file *file);

/* May we state this? DENIED says what has to be true first. */
cii_must_check enum cii_code statement_check(const struct core *core,
                                             const struct case_file *file,
                                             int64_t person,
                                             struct cii_error *err);

/* What was not told to the partner is judged again: what it stated about
 * itself has changed. */
cii_must_check enum cii_code rejudge_partner(struct core *core,
                                             const char *partner,
                                             struct cii_error *err);
/* Likewise everything of this person. */
cii_must_check enum cii_code rejudge_person(struct core *core, int64_t person,
                                            struct cii_error *err);

#endif
