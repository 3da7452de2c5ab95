/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROPERTY_PLAIN_FACTS_H
#define PROPERTY_PLAIN_FACTS_H

/*
 * What stands between two offices about a person: the conditions that the
 * rows are made of, one small function each.
 */

#include "plain_law.h"

/* --- words ---*/

/* A field's value; "" when it is not given. */
const char *plain_value(const struct plain_event *event, const char *name);
bool plain_is(const struct plain_event *event, const char *name,
              const char *value);
bool plain_is_yes(const struct plain_event *event, const char *name);
/* Is the word one of those that spaces separate? "any": it is. */
bool plain_in(const char *words, const char *word);
size_t plain_words(const char *words);
unsigned int plain_facets(const char *words);
/* "ge.as.hg" is of kind "as"; the canton is "ge". */
bool plain_kind_in(const char *office, const char *kinds);
bool plain_same_canton(const char *office, const char *canton);

/* --- statements ---*/

typedef const struct plain_event *plain_statement;

/* How well the person agreed. */
enum plain_consent {
    PLAIN_AGREED,  /* specific, told of the rights, in force */
    PLAIN_EXPRESS, /* and expressly */
    PLAIN_WRITTEN  /* and in writing */
};

/* Consent between teller and receiver for the event's case (LPD 6 al. 6-7,
 * LACI 97a al. 4 b); *opens: what the consents found list. */
bool plain_consent(const struct plain_question *q, enum plain_consent how,
                   unsigned int *opens);
/* The same whatever the case. */
bool plain_consent_names(const struct plain_question *q);
/* This consent is a specific one, holds today, and is not withdrawn. */
bool plain_consent_holds(const struct plain_question *q,
                         plain_statement consent);
/* Is it withdrawn by one that it names? */
bool plain_may_withdraw(const struct plain_question *q,
                        plain_statement withdrawal);
/* The attestation is the issuer's own, holds, and for six months at most. */
bool plain_attestation_holds(const struct plain_question *q,
                             plain_statement attestation);
/* The receiver itself attests that the person is its client (85f al. 2 a). */
bool plain_client_of_receiver(const struct plain_question *q);
/* The receiver tells the teller things too (85f al. 2 b, 68bis al. 3). */
bool plain_reciprocity(const struct plain_question *q);
/* The written, reasoned request of the receiver to the teller that the event
 * answers, for one of these purposes; NULL: none. */
plain_statement plain_request(const struct plain_question *q,
                              const char *purposes);
/* Does the event answer a request of the receiver, whatever it is for? */
bool plain_answers_receiver(const struct plain_question *q);
/* Did the receiver ever ask the teller? */
bool plain_has_asked(const struct plain_question *q);
/* One of the two stated that it is not clear who pays, and what exchanging
 * serves (85f al. 3 b); a decision ends it. */
bool plain_payer_undetermined(const struct plain_question *q);
/* It is stated here, with an end to come and a purpose. */
bool plain_says_undetermined(const struct plain_question *q, plain_statement s);
/* Reported for early detection, or claim filed, and not decided. */
bool plain_ai_detection_or_claim(const struct plain_question *q);
/* A claim filed with the receiver that it has not decided (LAI 6a). */
bool plain_claim_open(const struct plain_question *q, plain_statement request);
/* An agreement of this kind between the two. */
bool plain_agreement(const struct plain_question *q, const char *kind);
/* A human admitted a case for these two. */
bool plain_in_team(const struct plain_question *q);
/* And it is this one. */
bool plain_admitted(const struct plain_question *q);
/* The office has announced its use of the number, with who answers for it
 * (LAVS 153d b, 153f). */
bool plain_announced_avs(const struct plain_question *q, const char *office);
/* The canton of the office has such a law. */
bool plain_basis(const struct plain_question *q, const char *name,
                 const char *office);
/* An overriding private interest or an objection stands against it. */
bool plain_stopped(const struct plain_question *q);

/* --- the event ---*/

/* The day in this field is today or to come; today or past. */
bool plain_not_over(const struct plain_question *q, const char *field);
bool plain_begun(const struct plain_question *q, const char *field);

/* The person was told before (LAI 3b al. 3). */
bool plain_told_before(const struct plain_question *q);
/* Incapable of work, threatened for long, or a young person at risk (LAI
 * 3abis al. 2). */
bool plain_early_detection(const struct plain_question *q);
/* 13 to 25, threatened, never worked, followed; who is under age is told
 * through who represents them. */
bool plain_young_at_risk(const struct plain_question *q);
/* There is a copy of the decision, and it holds no medical reason. */
bool plain_copy_without_medical(const struct plain_event *event);
/* No copy with medical reasons is in it: that would be a medical report. */
bool plain_copy_is_clean(const struct plain_event *event);

#endif
