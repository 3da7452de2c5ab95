/* SPDX-License-Identifier: Apache-2.0 */
#include "plain_facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- words ---------------------------------------------------------------*/

const char *
plain_value(const struct plain_event *event, const char *name)
{
    for (size_t i = 0; i < event->field_count; i++)
        if (strcmp(event->field[i].name, name) == 0)
            return event->field[i].value;
    return "";
}

static bool
is_given(const struct plain_event *event, const char *name)
{
    return plain_value(event, name)[0] != '\0';
}

bool
plain_is(const struct plain_event *event, const char *name, const char *value)
{
    return strcmp(plain_value(event, name), value) == 0;
}

bool
plain_is_yes(const struct plain_event *event, const char *name)
{
    return plain_is(event, name, "yes");
}

bool
plain_in(const char *words, const char *word)
{
    const size_t length = strlen(word);

    if (strcmp(words, "any") == 0)
        return true;
    for (const char *at = words; length > 0 && (at = strstr(at, word));
         at += length) {
        const bool begins = at == words || at[-1] == ' ';
        const bool ends = at[length] == '\0' || at[length] == ' ';
        if (begins && ends)
            return true;
    }
    return false;
}

size_t
plain_words(const char *words)
{
    size_t count = 0;

    for (const char *at = words; *at; at += strspn(at, " ")) {
        count++;
        at += strcspn(at, " ");
    }
    return count;
}

/* Up to count words, cut out. */
static size_t
cut_words(const char *words, size_t count, char (*word)[64])
{
    size_t found = 0;

    for (const char *at = words; *at && found < count; at += strspn(at, " ")) {
        const size_t length = strcspn(at, " ");
        snprintf(word[found++], sizeof *word, "%.*s", (int)length, at);
        at += length;
    }
    return found;
}

unsigned int
plain_facets(const char *words)
{
    char word[32][64];
    const size_t count = cut_words(words, 32, word);
    unsigned int facets = 0;

    for (size_t i = 0; i < count; i++)
        facets |= plain_facet(word[i]);
    return facets;
}

bool
plain_kind_in(const char *office, const char *kinds)
{
    char kind[64];
    const char *at = strchr(office, '.');

    if (!at)
        return false;
    at++;
    snprintf(kind, sizeof kind, "%.*s", (int)strcspn(at, "."), at);
    return plain_in(kinds, kind);
}

bool
plain_same_canton(const char *office, const char *canton)
{
    const size_t length = strlen(canton);

    return strncmp(office, canton, length) == 0 && office[length] == '.';
}

/* --- statements ----------------------------------------------------------*/

static bool
is_type(plain_statement s, const char *type)
{
    return strcmp(s->type, type) == 0;
}

static bool
is_by(plain_statement s, const char *office)
{
    return strcmp(s->issuer, office) == 0;
}

static bool
is_day(const char *day)
{
    return strlen(day) == 10;
}

static bool
is_past(const struct plain_question *q, const char *day)
{
    return is_day(day) && strcmp(day, q->today) <= 0;
}

static bool
is_over(const struct plain_question *q, const char *last_day)
{
    return !is_day(last_day) || strcmp(last_day, q->today) < 0;
}

/* A statement that is itself dated in the future says nothing yet. */
static bool
is_made(const struct plain_question *q, plain_statement s)
{
    return is_past(q, s->day);
}

/* By the day that they speak of; of one day, by when they were said. The list
 * is in the order of saying, so the place in it decides. */
static bool
is_newer(plain_statement one, plain_statement other, bool said_later)
{
    const int order = strcmp(one->day, other->day);

    return order > 0 || (order == 0 && said_later);
}

/* The newest that is meant; NULL: none. */
static plain_statement
newest(const struct plain_question *q, const char *office,
       bool (*is_meant)(const struct plain_question *q, plain_statement s,
                        const char *office))
{
    plain_statement found = NULL;

    for (size_t i = 0; i < q->statement_count; i++) {
        plain_statement s = q->statement[i];
        if (is_meant(q, s, office) && (!found || is_newer(s, found, true)))
            found = s;
    }
    return found;
}

/* Does anything end it: something newer, or what names it? */
static bool
is_ended(const struct plain_question *q, plain_statement statement,
         bool (*ends)(plain_statement s, plain_statement statement))
{
    bool said_later = false;

    for (size_t i = 0; i < q->statement_count; i++) {
        plain_statement s = q->statement[i];
        if (s == statement) {
            said_later = true;
            continue;
        }
        if (ends(s, statement) && (is_newer(s, statement, said_later) ||
                                   s->answers == statement->number))
            return true;
    }
    return false;
}

/* --- consent -------------------------------------------------------------*/

static bool
is_named(plain_statement consent, const char *office)
{
    return plain_in(plain_value(consent, "consent.between"), office) ||
           plain_is(consent, "consent.obtainedBy", office);
}

/* The same consent: its reference, with whoever obtained it. */
static bool
is_same_consent(plain_statement one, plain_statement other)
{
    return is_type(other, "consentement") && is_by(other, one->issuer) &&
           plain_is(other, "consent.consentRef",
                    plain_value(one, "consent.consentRef"));
}

/* Only an institution that it names withdraws a consent. */
static bool
may_withdraw(const struct plain_question *q, plain_statement consent,
             const char *office)
{
    for (size_t i = 0; i < q->statement_count; i++)
        if (is_same_consent(consent, q->statement[i]) &&
            is_named(q->statement[i], office))
            return true;
    return false;
}

/* Before or after: nothing that comes again gives it new life. */
static bool
is_withdrawn(const struct plain_question *q, plain_statement consent)
{
    for (size_t i = 0; i < q->statement_count; i++) {
        plain_statement s = q->statement[i];
        if (is_type(s, "retrait-consentement") &&
            plain_is(s, "withdrawal.withdrawnRef",
                     plain_value(consent, "consent.consentRef")) &&
            may_withdraw(q, consent, s->issuer))
            return true;
    }
    return false;
}

/* LPD 6 al. 6: for specific processing, after information, freely. */
static bool
is_specific(plain_statement s)
{
    const char *purposes = plain_value(s, "consent.purposes");

    return is_given(s, "consent.consentRef") &&
           plain_words(plain_value(s, "consent.between")) == 2 &&
           plain_words(purposes) > 0 &&
           plain_facets(plain_value(s, "consent.opens")) != 0 &&
           plain_is_yes(s, "consent.toldOfRights");
}

static bool
is_given_so(plain_statement s, enum plain_consent how)
{
    if (how == PLAIN_EXPRESS)
        return plain_is_yes(s, "consent.express");
    if (how == PLAIN_WRITTEN)
        return plain_in("signe ecrit electronique",
                        plain_value(s, "consent.consentForm"));
    return true;
}

bool
plain_consent_holds(const struct plain_question *q, plain_statement s)
{
    return is_made(q, s) && is_specific(s) &&
           plain_is(s, "consent.obtainedBy", s->issuer) &&
           is_past(q, plain_value(s, "consent.consentOn")) &&
           !is_over(q, plain_value(s, "consent.consentUntil")) &&
           !is_withdrawn(q, s);
}

bool
plain_may_withdraw(const struct plain_question *q, plain_statement withdrawal)
{
    for (size_t i = 0; i < q->statement_count; i++) {
        plain_statement s = q->statement[i];
        if (is_type(s, "consentement") &&
            plain_is(s, "consent.consentRef",
                     plain_value(withdrawal, "withdrawal.withdrawnRef")) &&
            is_named(s, withdrawal->issuer))
            return true;
    }
    return false;
}

static bool
consents(const struct plain_question *q, plain_statement s,
         enum plain_consent how)
{
    const char *between = plain_value(s, "consent.between");

    /* Statistics never carry a case. */
    return is_type(s, "consentement") && plain_consent_holds(q, s) &&
           !plain_is(s, "consent.purposes", "statistics") &&
           plain_in(between, q->teller) && plain_in(between, q->to) &&
           is_given_so(s, how);
}

bool
plain_consent(const struct plain_question *q, enum plain_consent how,
              unsigned int *opens)
{
    const char *case_ref = q->event->case_ref;
    bool found = false;

    *opens = 0;
    for (size_t i = 0; i < q->statement_count; i++) {
        plain_statement s = q->statement[i];
        if (!consents(q, s, how) || !case_ref || !s->case_ref ||
            strcmp(s->case_ref, case_ref) != 0)
            continue;
        *opens |= plain_facets(plain_value(s, "consent.opens"));
        found = true;
    }
    return found;
}

bool
plain_consent_names(const struct plain_question *q)
{
    for (size_t i = 0; i < q->statement_count; i++)
        if (consents(q, q->statement[i], PLAIN_AGREED))
            return true;
    return false;
}

/* --- attestation ---------------------------------------------------------*/

/* An end that names one ends that one; else all. */
static bool
ends_attestation(plain_statement s, plain_statement attestation)
{
    if (!is_by(s, attestation->issuer))
        return false;
    return is_type(s, "attestation-client") ||
           (is_type(s, "fin-attestation") &&
            (s->answers == 0 || s->answers == attestation->number));
}

/* "2026-08-31" and six months. The last day of a short month would do for the
 * days that it does not have; comparing words gives the same. */
static void
six_months_later(const char *day, char text[static 16])
{
    int year = (int)strtol(day, NULL, 10);
    int month = (int)strtol(day + 5, NULL, 10) + 6;

    if (month > 12) {
        month -= 12;
        year++;
    }
    snprintf(text, 16, "%04d-%02d-%.2s", year % 10000, month % 100, day + 8);
}

static bool
lasts_six_months_at_most(plain_statement s)
{
    char last[16];

    six_months_later(s->day, last);
    return strcmp(plain_value(s, "attestation.clientUntil"), last) <= 0;
}

bool
plain_attestation_holds(const struct plain_question *q, plain_statement s)
{
    return is_made(q, s) &&
           is_past(q, plain_value(s, "attestation.clientSince")) &&
           !is_over(q, plain_value(s, "attestation.clientUntil")) &&
           lasts_six_months_at_most(s);
}

bool
plain_client_of_receiver(const struct plain_question *q)
{
    for (size_t i = 0; i < q->statement_count; i++) {
        plain_statement s = q->statement[i];
        if (is_type(s, "attestation-client") && is_by(s, q->to) &&
            plain_attestation_holds(q, s) && !is_ended(q, s, ends_attestation))
            return true;
    }
    return false;
}

/* --- between offices -----------------------------------------------------*/

bool
plain_reciprocity(const struct plain_question *q)
{
    for (size_t i = 0; i < q->statement_count; i++) {
        plain_statement s = q->statement[i];
        if (is_type(s, "reciprocite") && is_by(s, q->to) && is_made(q, s) &&
            plain_is(s, "reciprocity.grantedTo", q->teller) &&
            is_given(s, "reciprocity.sends") &&
            is_past(q, plain_value(s, "reciprocity.reciprocityFrom")) &&
            !is_over(q, plain_value(s, "reciprocity.reciprocityUntil")))
            return true;
    }
    return false;
}

static bool
is_agreement_of(const struct plain_question *q, plain_statement s,
                const char *one, const char *other)
{
    (void)q;
    return is_by(s, one) && plain_is(s, "agreement.agreementWith", other);
}

bool
plain_agreement(const struct plain_question *q, const char *kind)
{
    for (size_t i = 0; i < q->statement_count; i++) {
        plain_statement s = q->statement[i];
        if (is_type(s, "convention") && is_made(q, s) &&
            (is_agreement_of(q, s, q->teller, q->to) ||
             is_agreement_of(q, s, q->to, q->teller)) &&
            plain_is(s, "agreement.agreementKind", kind) &&
            is_given(s, "agreement.agreementRef") &&
            is_past(q, plain_value(s, "agreement.agreementFrom")) &&
            !is_over(q, plain_value(s, "agreement.agreementUntil")))
            return true;
    }
    return false;
}

static bool
is_announcement(const struct plain_question *q, plain_statement s,
                const char *office)
{
    (void)q;
    return is_type(s, "usage-navs") && is_by(s, office);
}

bool
plain_announced_avs(const struct plain_question *q, const char *office)
{
    plain_statement s = newest(q, office, is_announcement);

    return s && is_made(q, s) && is_given(s, "avs-use.responsible") &&
           is_given(s, "avs-use.avsLegalBasis") &&
           is_past(q, plain_value(s, "avs-use.announcedOn"));
}

bool
plain_basis(const struct plain_question *q, const char *name,
            const char *office)
{
    for (size_t i = 0; i < q->basis_count; i++)
        if (strcmp(q->basis[i].name, name) == 0 &&
            plain_same_canton(office, q->basis[i].canton))
            return true;
    return false;
}

/* --- requests ------------------------------------------------------------*/

static bool
is_request_between(const struct plain_question *q, plain_statement s)
{
    return is_type(s, "demande-renseignements") && is_by(s, q->to) &&
           is_made(q, s) && plain_is(s, "request.requestTo", q->teller);
}

/* Written it is; reasoned, with its basis, and it names what it needs. */
static bool
is_reasoned(plain_statement s)
{
    return is_given(s, "request.requestReason") &&
           is_given(s, "request.legalBasis") &&
           plain_facets(plain_value(s, "request.asks")) != 0;
}

plain_statement
plain_request(const struct plain_question *q, const char *purposes)
{
    for (size_t i = 0; i < q->statement_count; i++) {
        plain_statement s = q->statement[i];
        if (is_request_between(q, s) && s->number == q->event->answers &&
            is_reasoned(s) &&
            plain_in(purposes, plain_value(s, "request.requestPurpose")))
            return s;
    }
    return NULL;
}

bool
plain_answers_receiver(const struct plain_question *q)
{
    for (size_t i = 0; i < q->statement_count; i++)
        if (is_request_between(q, q->statement[i]) &&
            q->statement[i]->number == q->event->answers)
            return true;
    return false;
}

bool
plain_has_asked(const struct plain_question *q)
{
    for (size_t i = 0; i < q->statement_count; i++)
        if (is_request_between(q, q->statement[i]))
            return true;
    return false;
}

/* --- the procedure of the invalidity insurance ---------------------------*/

static bool
closes_procedure(plain_statement s)
{
    return plain_kind_in(s->issuer, "oai") &&
           (is_type(s, "decision-ai") || is_type(s, "cloture-ai"));
}

static bool
is_of_procedure(plain_statement s)
{
    if (plain_in("detection-precoce detection-precoce-jeune", s->type))
        return true;
    return plain_kind_in(s->issuer, "oai") &&
           plain_in("demande-ai intervention-precoce etat-procedure mesure-ai "
                    "preavis-ai decision-ai cloture-ai",
                    s->type);
}

/* The office's newer word takes the place of its older one. */
static bool
ends_payer(plain_statement s, plain_statement payer)
{
    if (closes_procedure(s))
        return true;
    if (!is_by(s, payer->issuer))
        return false;
    return is_type(payer, "payeur-indetermine")
               ? is_type(s, "payeur-indetermine")
               : is_of_procedure(s);
}

static bool
is_of_pair(const struct plain_question *q, plain_statement s)
{
    return is_by(s, q->teller) || is_by(s, q->to);
}

/* What the invalidity office says in its own events, or somebody states. */
bool
plain_says_undetermined(const struct plain_question *q, plain_statement s)
{
    return (is_type(s, "payeur-indetermine") ||
            plain_kind_in(s->issuer, "oai")) &&
           is_made(q, s) &&
           !is_over(q, plain_value(s, "state.payerUndeterminedUntil")) &&
           (plain_in(plain_value(s, "state.purpose"), "measure") ||
            plain_in(plain_value(s, "state.purpose"), "claims"));
}

bool
plain_payer_undetermined(const struct plain_question *q)
{
    /* The newest word: of the event itself. */
    if (plain_says_undetermined(q, q->event))
        return true;
    for (size_t i = 0; i < q->statement_count; i++) {
        plain_statement s = q->statement[i];
        if (is_of_pair(q, s) && !closes_procedure(s) &&
            plain_says_undetermined(q, s) && !is_ended(q, s, ends_payer))
            return true;
    }
    return false;
}

static bool
is_report(plain_statement s)
{
    return plain_in("detection-precoce detection-precoce-jeune", s->type);
}

static bool
is_word_on_procedure(const struct plain_question *q, plain_statement s,
                     const char *office)
{
    (void)office;
    return is_of_procedure(s) && is_of_pair(q, s) && !is_report(s);
}

/* By the decision, or by the reporter's own newer word on the procedure. */
static bool
ends_report(plain_statement s, plain_statement report)
{
    return closes_procedure(s) ||
           (is_by(s, report->issuer) &&
            (is_report(s) || plain_in("demande-ai intervention-precoce "
                                      "etat-procedure mesure-ai",
                                      s->type)));
}

bool
plain_ai_detection_or_claim(const struct plain_question *q)
{
    plain_statement word = newest(q, NULL, is_word_on_procedure);

    for (size_t i = 0; i < q->statement_count; i++) {
        plain_statement s = q->statement[i];
        if (is_report(s) && is_of_pair(q, s) && !is_ended(q, s, ends_report))
            return true;
    }
    return word && !closes_procedure(word) &&
           plain_in("detection demande evaluation",
                    plain_value(word, "state.procedure"));
}

static bool
ends_claim(plain_statement s, plain_statement request)
{
    return is_by(s, request->issuer) && closes_procedure(s);
}

bool
plain_claim_open(const struct plain_question *q, plain_statement request)
{
    return is_past(q, plain_value(request, "request.claimFiledOn")) &&
           !is_ended(q, request, ends_claim);
}

/* --- case teams ----------------------------------------------------------*/

static bool
admits(const struct plain_question *q, plain_statement s)
{
    const char *pair = plain_value(s, "admission.teamPair");

    return is_type(s, "admission-cas") && is_made(q, s) &&
           plain_in(pair, q->teller) && plain_in(pair, q->to) &&
           (is_of_pair(q, s) || plain_kind_in(s->issuer, "bureau")) &&
           is_given(s, "admission.admittedBy") &&
           is_past(q, plain_value(s, "admission.admittedOn"));
}

bool
plain_in_team(const struct plain_question *q)
{
    for (size_t i = 0; i < q->statement_count; i++)
        if (admits(q, q->statement[i]))
            return true;
    return false;
}

bool
plain_admitted(const struct plain_question *q)
{
    const char *case_ref = q->event->case_ref;

    for (size_t i = 0; i < q->statement_count; i++) {
        plain_statement s = q->statement[i];
        if (admits(q, s) && case_ref && s->case_ref &&
            strcmp(s->case_ref, case_ref) == 0)
            return true;
    }
    return false;
}

/* --- what stops ----------------------------------------------------------*/

static bool
lifts(plain_statement s, plain_statement objection)
{
    return is_type(s, "levee-opposition") && is_by(s, objection->issuer) &&
           s->answers == objection->number;
}

/* Against nobody in particular: against everybody. */
static bool
is_against(plain_statement s, const char *office)
{
    const char *against = plain_value(s, "objection.objectionAgainst");

    return against[0] == '\0' || plain_in(against, office);
}

bool
plain_stopped(const struct plain_question *q)
{
    for (size_t i = 0; i < q->statement_count; i++) {
        plain_statement s = q->statement[i];
        const char *until = plain_value(s, "objection.objectionUntil");
        if ((is_type(s, "veto") || is_type(s, "opposition")) &&
            is_by(s, q->teller) && is_against(s, q->to) &&
            (until[0] == '\0' || !is_over(q, until)) && !is_ended(q, s, lifts))
            return true;
    }
    return false;
}

/* --- the event -----------------------------------------------------------*/

bool
plain_not_over(const struct plain_question *q, const char *field)
{
    return !is_over(q, plain_value(q->event, field));
}

bool
plain_begun(const struct plain_question *q, const char *field)
{
    return is_past(q, plain_value(q->event, field));
}

/* Days are all that is written down: told on the day of sending counts. */
bool
plain_told_before(const struct plain_question *q)
{
    return is_past(q, plain_value(q->event, "report.informedOn"));
}

/* Of a day that is known. */
static int
years_between(const char *born, const char *today)
{
    const int years = (int)(strtol(today, NULL, 10) - strtol(born, NULL, 10));

    return strcmp(today + 5, born + 5) < 0 ? years - 1 : years;
}

/* The day itself, or the first and last that it may have been. */
static void
read_birth(const char *born, char first[static 16], char last[static 16])
{
    const size_t length = strlen(born);

    snprintf(first, 16, "%.10s%s", born, &"-01-01"[length <= 4 ? 0 : 3]);
    snprintf(last, 16, "%.10s%s", born, &"-12-31"[length <= 4 ? 0 : 3]);
    first[10] = '\0';
    last[10] = '\0';
}

/* What of a birth date is not known must not matter. */
static bool
is_aged(const struct plain_question *q, int from, int below)
{
    const char *born = plain_value(q->event, "identity.dateOfBirth");
    char first[16];
    char last[16];

    if (born[0] == '\0')
        return false;
    read_birth(born, first, last);
    return years_between(last, q->today) >= from &&
           years_between(first, q->today) < below;
}

static bool
is_at_risk(const struct plain_event *event)
{
    return plain_is_yes(event, "report.threatened") &&
           plain_is_yes(event, "report.neverWorked") &&
           plain_is_yes(event, "report.followed");
}

static bool
is_young_at_risk(const struct plain_question *q)
{
    return is_aged(q, 13, 25) && is_at_risk(q->event);
}

bool
plain_young_at_risk(const struct plain_question *q)
{
    return is_young_at_risk(q) &&
           (is_aged(q, 18, 25) ||
            plain_is(q->event, "report.informedWhom", "representant-legal"));
}

bool
plain_early_detection(const struct plain_question *q)
{
    return plain_is_yes(q->event, "report.incapableOfWork") ||
           plain_is_yes(q->event, "report.longThreat") || is_young_at_risk(q);
}

bool
plain_copy_without_medical(const struct plain_event *event)
{
    return is_given(event, "decision.copy") &&
           plain_is_yes(event, "decision.withoutMedicalReasons");
}

bool
plain_copy_is_clean(const struct plain_event *event)
{
    return !(event->facets & P_DECISION) || !is_given(event, "decision.copy") ||
           plain_copy_without_medical(event);
}
