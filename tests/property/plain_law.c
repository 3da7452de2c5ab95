/* SPDX-License-Identifier: Apache-2.0 */
#include "plain_law.h"

#include <string.h>

#include "plain_facts.h"

/* --- names ---------------------------------------------------------------*/

static const struct {
    const char *name;
    unsigned int facet;
} facet_names[] = {
    {"identity", P_IDENTITY},
    {"contact", P_CONTACT},
    {"address", P_ADDRESS},
    {"dates", P_DATES},
    {"state", P_STATE},
    {"outcome", P_OUTCOME},
    {"entitlement", P_ENTITLEMENT},
    {"amounts", P_AMOUNTS},
    {"plan", P_PLAN},
    {"employability", P_EMPLOYABILITY},
    {"function", P_FUNCTION},
    {"certificate", P_CERTIFICATE},
    {"report", P_REPORT},
    {"social", P_SOCIAL},
    {"assistance", P_ASSISTANCE},
    {"permit", P_PERMIT},
    {"language", P_LANGUAGE},
    {"education", P_EDUCATION},
    {"sanction", P_SANCTION},
    {"decision", P_DECISION},
    {"vacancy", P_NOBODY},
    {"offer", P_NOBODY},
    {"question", P_NOBODY},
    {"consent", P_STATEMENT},
    {"withdrawal", P_STATEMENT},
    {"attestation", P_STATEMENT},
    {"request", P_STATEMENT},
    {"declined", P_STATEMENT},
    {"admission", P_STATEMENT},
    {"reciprocity", P_STATEMENT},
    {"agreement", P_STATEMENT},
    {"avs-use", P_STATEMENT},
    {"objection", P_STATEMENT},
    {"information", P_STATEMENT},
    {"diagnosis", P_BANNED},
    {"medical-report", P_BANNED},
    {"genetic", P_BANNED},
    {"biometric", P_BANNED},
    {"religion", P_BANNED},
};

unsigned int
plain_facet(const char *name)
{
    for (size_t i = 0; i < sizeof facet_names / sizeof *facet_names; i++)
        if (strcmp(facet_names[i].name, name) == 0)
            return facet_names[i].facet;
    return 0;
}

#define AC          "orp lmmt cch"
#define INSURERS    "orp lmmt cch oai pc ccavs suva"

#define CORRECTIONS "rectification fin-attestation"
#define NOTES       "effacement note-contestation"
#define STATEMENTS                                                          \
    "consentement retrait-consentement attestation-client fin-attestation " \
    "payeur-indetermine demande-renseignements refus-renseignements "       \
    "admission-cas poste-vacant catalogue-mesures demande-conseil-cii "     \
    "reponse-conseil-cii reciprocite convention usage-navs"

/* --- conditions that rows share ------------------------------------------*/

/* What a row says of a telling: no, or these facets. */
#define NOTHING 0U
#define ALL     (~0U)

static unsigned int
if_true(bool condition)
{
    return condition ? ALL : NOTHING;
}

static unsigned int
always(const struct plain_question *q)
{
    (void)q;
    return ALL;
}

static unsigned int
never(const struct plain_question *q)
{
    (void)q;
    return NOTHING;
}

/* What the person agreed to, and nothing else. */
static unsigned int
by_consent(const struct plain_question *q, enum plain_consent how)
{
    unsigned int opens = 0;

    return plain_consent(q, how, &opens) ? opens : NOTHING;
}

static unsigned int
written_consent(const struct plain_question *q)
{
    return by_consent(q, PLAIN_WRITTEN);
}

static unsigned int
express_consent(const struct plain_question *q)
{
    return by_consent(q, PLAIN_EXPRESS);
}

static unsigned int
simple_consent(const struct plain_question *q)
{
    return by_consent(q, PLAIN_AGREED);
}

/* The narrow way of LACI 85f al. 2: client there, consent, reciprocity. */
static unsigned int
by_85f2(const struct plain_question *q, enum plain_consent how)
{
    return plain_client_of_receiver(q) && plain_reciprocity(q)
               ? by_consent(q, how)
               : NOTHING;
}

static unsigned int
simple_85f2(const struct plain_question *q)
{
    return by_85f2(q, PLAIN_AGREED);
}

static unsigned int
express_85f2(const struct plain_question *q)
{
    return by_85f2(q, PLAIN_EXPRESS);
}

static unsigned int
consent_and_reciprocity(const struct plain_question *q)
{
    return plain_reciprocity(q) ? simple_consent(q) : NOTHING;
}

/* The answer holds what the request names. */
static unsigned int
by_request(const struct plain_question *q, const char *purposes)
{
    const struct plain_event *request = plain_request(q, purposes);

    if (!request)
        return NOTHING;
    return plain_facets(plain_value(request, "request.asks"));
}

/* LACI 97a al. 1 f ch. 1, LAVS 50a al. 1 e ch. 1, LAA 97 al. 1 i ch. 1. */
static unsigned int
asked_by_assistance(const struct plain_question *q)
{
    return by_request(q, "fixer modifier restituer prevenir-indu");
}

/* LPGA 32 al. 1 a to d. */
static unsigned int
asked_by_insurer(const struct plain_question *q)
{
    return by_request(q, "fixer modifier restituer prevenir-indu cotisations "
                         "recours");
}

static unsigned int
asked_for_released(const struct plain_question *q)
{
    return plain_copy_is_clean(q->event) ? asked_by_assistance(q) : NOTHING;
}

static unsigned int
asked_by_migration(const struct plain_question *q)
{
    return by_request(q, "lei");
}

static unsigned int
asked_for_claim(const struct plain_question *q)
{
    const char *purposes = "instruction-ai fixer modifier restituer "
                           "prevenir-indu cotisations recours";
    const struct plain_event *request = plain_request(q, purposes);

    return request && plain_claim_open(q, request) ? by_request(q, purposes)
                                                   : NOTHING;
}

static unsigned int
asked_or_written_consent(const struct plain_question *q)
{
    const unsigned int asked = asked_by_insurer(q);

    return asked ? asked : written_consent(q);
}

/* --- rows ----------------------------------------------------------------*/

/* R03: written, and not yet a client there. */
static unsigned int
first_hand_over(const struct plain_question *q)
{
    return plain_client_of_receiver(q) ? NOTHING : written_consent(q);
}

static unsigned int
as_to_ac(const struct plain_question *q)
{
    if (!plain_client_of_receiver(q) || !plain_reciprocity(q))
        return NOTHING;
    return plain_basis(q, "as-to-ac", q->teller) ? ALL : express_consent(q);
}

static unsigned int
refugee_without_work(const struct plain_question *q)
{
    const struct plain_event *e = q->event;

    return if_true(plain_in("refugie-reconnu admis-provisoire",
                            plain_value(e, "permit.status")) &&
                   plain_is_yes(e, "employability.withoutWork") &&
                   plain_is_yes(e, "employability.assessed") &&
                   plain_is_yes(e, "employability.positive"));
}

static unsigned int
a_human_decided(const struct plain_question *q)
{
    return if_true(plain_value(q->event, "report.decidedBy")[0] != '\0');
}

static unsigned int
early_detection(const struct plain_question *q)
{
    return if_true(plain_told_before(q) && plain_early_detection(q));
}

static unsigned int
early_detection_of_young(const struct plain_question *q)
{
    return if_true(plain_told_before(q) && plain_young_at_risk(q));
}

/* LACI 85f al. 3, LAI 68bis al. 2. */
static unsigned int
who_pays_is_open(const struct plain_question *q)
{
    return if_true(plain_payer_undetermined(q) &&
                   plain_ai_detection_or_claim(q));
}

/* The office says so in the event itself. */
static unsigned int
says_who_pays_is_open(const struct plain_question *q)
{
    return if_true(plain_says_undetermined(q, q->event) &&
                   plain_in("detection demande evaluation",
                            plain_value(q->event, "state.procedure")));
}

static unsigned int
clean_copy(const struct plain_question *q)
{
    return if_true(plain_copy_is_clean(q->event));
}

static unsigned int
touches_ac(const struct plain_question *q)
{
    const char *touches = plain_value(q->event, "decision.touches");

    return if_true((plain_in(touches, "ac") || plain_in(touches, "cch")) &&
                   plain_copy_is_clean(q->event));
}

/* The receiver's own kind is among those that the decision touches, and there
 * is a copy that may go. */
static unsigned int
touches_receiver(const struct plain_question *q)
{
    return if_true(
        plain_kind_in(q->to, plain_value(q->event, "decision.touches")) &&
        plain_copy_without_medical(q->event));
}

/* LAI 68bis al. 3: their own law releases them, and they tell us things. */
static bool
is_released(const struct plain_question *q)
{
    return plain_basis(q, "ai-to-partner", q->to);
}

static bool
for_measure_or_claims(const struct plain_question *q)
{
    const char *purpose = plain_value(q->event, "state.purpose");

    return plain_in(purpose, "measure") || plain_in(purpose, "claims");
}

static unsigned int
released_by_canton(const struct plain_question *q)
{
    return if_true(
        is_released(q) && plain_reciprocity(q) &&
        plain_is_yes(q->event, "state.earningCapacityUnderAssessment") &&
        for_measure_or_claims(q));
}

static unsigned int
released_under_convention(const struct plain_question *q)
{
    return plain_agreement(q, "convention-68bis") ? released_by_canton(q)
                                                  : NOTHING;
}

static unsigned int
as_to_ai(const struct plain_question *q)
{
    if (!plain_reciprocity(q))
        return NOTHING;
    return plain_basis(q, "as-to-ai", q->teller) ? ALL : simple_consent(q);
}

static unsigned int
pension_paid_to_foreigner(const struct plain_question *q)
{
    const struct plain_event *e = q->event;
    const char *nationality = plain_value(e, "identity.nationality");

    return if_true(nationality[0] && strcmp(nationality, "CH") != 0 &&
                   plain_is(e, "amounts.benefit", "pc-annuelle") &&
                   !plain_value(e, "identity.avs")[0] &&
                   !plain_value(e, "identity.sex")[0] &&
                   !plain_value(e, "identity.originalName")[0]);
}

static unsigned int
under_mandate(const struct plain_question *q)
{
    return plain_agreement(q, "prestation-119d") ? simple_85f2(q) : NOTHING;
}

/* R45: being a client is asked for where 85f al. 2 carries it. */
static unsigned int
to_addiction_service(const struct plain_question *q)
{
    if (plain_kind_in(q->teller, AC) && !plain_client_of_receiver(q))
        return NOTHING;
    return plain_reciprocity(q) ? express_consent(q) : NOTHING;
}

/* Of the state no more than that the person is followed. */
static bool
says_only_followed(const struct plain_event *event)
{
    for (size_t i = 0; i < event->field_count; i++)
        if (strncmp(event->field[i].name, "state.", 6) == 0 &&
            strcmp(event->field[i].name, "state.inFollowUp") != 0)
            return false;
    return true;
}

/* Any fact of its own; statements and corrections have rows of their own. */
static unsigned int
from_addiction_service(const struct plain_question *q)
{
    return plain_in(CORRECTIONS " " NOTES " " STATEMENTS, q->event->type) ||
                   !says_only_followed(q->event)
               ? NOTHING
               : express_consent(q);
}

static unsigned int
both_announced(const struct plain_question *q)
{
    return if_true(plain_announced_avs(q, q->teller) &&
                   plain_announced_avs(q, q->to));
}

/* LPGA 30: with its day of receipt, to the office that is competent. */
static unsigned int
to_the_competent(const struct plain_question *q)
{
    return if_true(q->competent &&
                   plain_value(q->event, "dates.receivedOn")[0]);
}

/* OACI 126 al. 3: to those who got it, what they got of it. */
static unsigned int
to_who_got_it(const struct plain_question *q)
{
    return q->has_original ? P_IDENTITY | q->original : NOTHING;
}

static unsigned int
end_to_who_got_it(const struct plain_question *q)
{
    return if_true(q->has_original);
}

static unsigned int
to_the_bureau(const struct plain_question *q)
{
    return plain_basis(q, "to-bureau", q->teller) ? ALL : express_consent(q);
}

static unsigned int
in_the_team(const struct plain_question *q)
{
    return plain_admitted(q) ? express_consent(q) : NOTHING;
}

/* --- statements ----------------------------------------------------------*/

/* Nobody states for another. */
static bool
is_its_own(const struct plain_question *q)
{
    return strcmp(q->event->issuer, q->teller) == 0;
}

static unsigned int
own_statement(const struct plain_question *q)
{
    return if_true(is_its_own(q));
}

/* Each partner gets only its own pair's: from who obtained it, or from the
 * other of the pair. */
static unsigned int
consent_of_pair(const struct plain_question *q)
{
    const struct plain_event *e = q->event;
    const char *between = plain_value(e, "consent.between");

    return if_true((is_its_own(q) || plain_in(between, q->teller)) &&
                   plain_words(between) == 2 && plain_in(between, q->to) &&
                   plain_consent_holds(q, e));
}

/* To the two of whom it speaks, who are told by consent only. */
static unsigned int
admission_of_pair(const struct plain_question *q)
{
    const char *pair = plain_value(q->event, "admission.teamPair");

    return if_true(plain_words(pair) == 2 && plain_in(pair, q->to) &&
                   plain_begun(q, "admission.admittedOn") &&
                   plain_consent_names(q));
}

static unsigned int
withdrawal_to_who_got_it(const struct plain_question *q)
{
    return if_true(q->has_original && plain_may_withdraw(q, q->event));
}

/* That somebody is a client is itself told by consent only. */
static unsigned int
own_attestation(const struct plain_question *q)
{
    return if_true(is_its_own(q) && plain_attestation_holds(q, q->event) &&
                   plain_consent_names(q));
}

static unsigned int
to_whom_it_asks(const struct plain_question *q)
{
    return if_true(is_its_own(q) &&
                   plain_is(q->event, "request.requestTo", q->to) &&
                   plain_not_over(q, "request.answerBy"));
}

static unsigned int
to_who_asked(const struct plain_question *q)
{
    return if_true(is_its_own(q) && plain_answers_receiver(q));
}

static unsigned int
granted_to_receiver(const struct plain_question *q)
{
    return if_true(is_its_own(q) &&
                   plain_is(q->event, "reciprocity.grantedTo", q->to) &&
                   plain_not_over(q, "reciprocity.reciprocityUntil"));
}

static unsigned int
agreed_with_receiver(const struct plain_question *q)
{
    return if_true(is_its_own(q) &&
                   plain_is(q->event, "agreement.agreementWith", q->to) &&
                   plain_not_over(q, "agreement.agreementUntil"));
}

/* 85f al. 3: its own word, with an end and a purpose. */
static unsigned int
own_word_on_payer(const struct plain_question *q)
{
    return if_true(is_its_own(q) && plain_says_undetermined(q, q->event));
}

/* The office has to know of the person already. */
static unsigned int
word_on_known_person(const struct plain_question *q)
{
    return plain_ai_detection_or_claim(q) ? own_word_on_payer(q) : NOTHING;
}

/* --- the table -----------------------------------------------------------*/

enum plain_lane {
    P_NEVER, /* DENY and OFF: before all */
    P_DUTY,
    P_REQUEST,
    P_RELEASE,
    P_CII,
    P_RESIDUAL,
};

struct plain_row {
    const char *id;
    enum plain_lane lane;
    const char *from;
    const char *to;
    const char *events;
    unsigned int opens;
    unsigned int (*allows)(const struct plain_question *q);
    const char *citation;
};

#define FIRST    (P_IDENTITY | P_CONTACT)
#define FOLLOWED (P_IDENTITY | P_STATE | P_DATES | P_PLAN | P_FUNCTION)
#define REPORTED (FIRST | P_REPORT | P_CERTIFICATE)
#define WELCOME  (FIRST | P_PERMIT | P_LANGUAGE | P_EDUCATION | P_EMPLOYABILITY)
#define TEAM     (FIRST | P_DATES | P_PLAN | P_EMPLOYABILITY | P_FUNCTION)

/* clang-format off */
static const struct plain_row rows[] = {
    {"R00", P_RELEASE, AC, AC,
     "inscription-orp desinscription-orp mesure etat-droits "
     "preavis-fin-de-droits fin-de-droits",
     FIRST | P_DATES | P_ENTITLEMENT | P_PLAN | P_EMPLOYABILITY | P_AMOUNTS |
         P_SANCTION,
     always, "LACI 97a al. 1 a; LSE 34a al. 2"},
    {"R01", P_CII, AC, "as",
     "inscription-orp desinscription-orp mesure etat-droits mesure-59d "
     "evaluation-employabilite garantie-couts",
     FIRST | P_DATES | P_ENTITLEMENT | P_PLAN | P_EMPLOYABILITY,
     express_85f2, "LACI 85f al. 2; LSE 35a al. 1"},
    {"R02", P_REQUEST, AC, "as", "reponse-demande-as",
     P_IDENTITY | P_DATES | P_ENTITLEMENT | P_AMOUNTS | P_SANCTION,
     asked_by_assistance, "LACI 97a al. 1 f ch. 1; LSE 34a al. 1 b"},
    {"R03", P_RESIDUAL, "orp cch", "as", "preavis-fin-de-droits fin-de-droits",
     FIRST | P_ENTITLEMENT | P_PLAN, first_hand_over, "LACI 97a al. 4 b"},
    {"R03b", P_CII, "orp cch", "as", "preavis-fin-de-droits fin-de-droits",
     P_IDENTITY | P_ENTITLEMENT | P_PLAN, simple_85f2, "LACI 85f al. 2"},
    {"R04", P_RELEASE, AC, "aidech", "fin-de-droits inscription-orp",
     FIRST | P_ENTITLEMENT | P_PLAN, always, "LACI 97a al. 1 abis"},
    {"R05", P_NEVER, "orp cch", "as", "soupcon-prestation-indue", 0, never,
     "LPGA 32 al. 2bis names social insurers and pension funds only"},
    {"R06", P_REQUEST, "as", "orp cch oai pc suva", "reponse-demande-assurance",
     P_IDENTITY | P_DATES | P_AMOUNTS, asked_by_insurer, "LPGA 32 al. 1"},
    {"R07", P_CII, "as", "orp lmmt",
     "ouverture-as cloture-as inscription-beneficiaire-as "
     "evaluation-employabilite garantie-couts",
     FIRST | P_DATES | P_PLAN | P_EMPLOYABILITY, as_to_ac,
     "cantonal law, else consent; mirror of LACI 85f"},
    {"R08", P_DUTY, "as", "orp", "annonce-rap", WELCOME, refugee_without_work,
     "LEI 53 al. 5; OIE 9"},
    {"R09", P_NEVER, "as migint", "orp", "annonce-statut-s", 0, never,
     "no basis seen"},
    {"R10", P_RELEASE, "as", "orp cch oai pc suva",
     "signalement-prestation-indue", P_IDENTITY | P_REPORT, a_human_decided,
     "LPGA 32 al. 2bis"},
    {"R11", P_RELEASE, AC, "oai", "detection-precoce", REPORTED,
     early_detection, "LAI 3b al. 1-3, 3abis al. 2"},
    {"R12", P_RELEASE, AC, "oai",
     "echange-cii echange-oral inscription-orp mesure etat-droits",
     P_IDENTITY | P_DATES | P_ENTITLEMENT | P_PLAN | P_EMPLOYABILITY |
         P_FUNCTION,
     who_pays_is_open, "LACI 85f al. 3-4; LAI 68bis al. 2, 4"},
    {"R13", P_DUTY, AC " as pc suva fp", "oai", "reponse-demande-ai",
     FIRST | P_DATES | P_ENTITLEMENT | P_AMOUNTS | P_PLAN | P_EMPLOYABILITY |
         P_FUNCTION | P_CERTIFICATE,
     asked_for_claim, "LAI 6a al. 1-2; LPGA 32; LSE 34a al. 1 a"},
    {"R14", P_CII, AC, "oai",
     "inscription-orp desinscription-orp mesure etat-droits",
     P_IDENTITY | P_DATES | P_ENTITLEMENT | P_PLAN, simple_85f2,
     "LACI 85f al. 2"},
    {"R15", P_RELEASE, "oai", AC,
     "demande-ai intervention-precoce etat-procedure mesure-ai echange-oral",
     FOLLOWED, says_who_pays_is_open, "LAI 68bis al. 2, 4; LACI 85f al. 3-4"},
    {"R16", P_DUTY, "oai", "cch", "decision-ai preavis-ai",
     P_IDENTITY | P_OUTCOME | P_DECISION | P_AMOUNTS | P_DATES, touches_ac,
     "LPGA 49 al. 4; LAI 57a al. 2"},
    {"R16b", P_RELEASE, "oai", "orp", "cloture-ai decision-ai preavis-ai",
     P_IDENTITY | P_STATE | P_OUTCOME | P_FUNCTION | P_DATES, says_who_pays_is_open,
     "LAI 68bis al. 2, 4"},
    {"R17", P_NEVER, "oai", "orp as", "resultat-detection-precoce", 0, never,
     "LAI 3c al. 5 does not list them"},
    {"R18", P_RELEASE, "oai", "as",
     "demande-ai etat-procedure mesure-ai intervention-precoce echange-oral",
     FOLLOWED,
     released_by_canton, "LAI 68bis al. 3, al. 2 b-c, al. 4"},
    {"R19", P_DUTY, "oai", "as migint jeunes fp opuc", "decision-ai",
     P_IDENTITY | P_DECISION, touches_receiver, "LAI 68bis al. 5"},
    {"R20", P_REQUEST, "oai ccavs pc", "as", "reponse-demande-as",
     P_IDENTITY | P_DATES | P_AMOUNTS | P_DECISION, asked_for_released,
     "LAI 66a al. 2; LPC 26; LAVS 50a al. 1 e ch. 1"},
    {"R21", P_RELEASE, "as", "oai", "detection-precoce", REPORTED,
     early_detection, "LAI 3b al. 2 j, al. 3"},
    {"R22", P_CII, "as", "oai", "echange-cii ouverture-as cloture-as",
     P_IDENTITY | P_DATES | P_PLAN | P_EMPLOYABILITY, as_to_ai,
     "cantonal law and LAI 68bis al. 3, else consent"},
    {"R23", P_RELEASE, "oai", "ccavs pc", "decision-rente",
     P_IDENTITY | P_DECISION | P_AMOUNTS, clean_copy,
     "LAVS 50a al. 1 a; LAI 66a al. 2; LPGA 49 al. 4"},
    {"R24", P_RESIDUAL, "orp", "pc",
     "desinscription-orp absence-longue-maladie",
     P_IDENTITY | P_DATES | P_STATE, written_consent,
     "LACI 97a al. 4 b; LSE 34a al. 4"},
    {"R25", P_RESIDUAL, "pc ccavs", "orp", "orientation-pc", FIRST | P_PLAN,
     written_consent, "LPC 26; LAVS 50a al. 4 b"},
    {"R26", P_REQUEST, "orp", "pc", "recherches-emploi entretien-pc",
     P_IDENTITY | P_DATES | P_OUTCOME, asked_or_written_consent,
     "LPGA 32 al. 2; else LACI 97a al. 4 b; LSE 34a al. 4"},
    {"R27", P_DUTY, "pc", "migaut", "versement-pc-etranger",
     P_IDENTITY | P_ADDRESS | P_AMOUNTS, pension_paid_to_foreigner,
     "LPC 26a; LEI 97 al. 3 dter; OASA 82d"},
    {"R28", P_DUTY, "migaut", "pc", "revocation-permis",
     P_IDENTITY | P_PERMIT | P_DATES, always, "LEI 97 al. 4; OASA 82d al. 4"},
    {"R29", P_NEVER, "cch", "migaut", "versement-ac-etranger", 0, never,
     "OASA 82c was not read"},
    {"R30", P_REQUEST, "orp cch", "migaut", "reponse-demande-migration",
     P_IDENTITY | P_DATES | P_ENTITLEMENT | P_AMOUNTS, asked_by_migration,
     "LACI 97a al. 1 f ch. 7; LEI 97 al. 2"},
    {"R31", P_CII, "orp lmmt", "migint",
     "inscription-orp mesure desinscription-orp",
     FIRST | P_DATES | P_PLAN | P_EMPLOYABILITY | P_LANGUAGE, simple_85f2,
     "LACI 85f al. 2; LSE 35a al. 1"},
    {"R32", P_CII, "migint", "orp", "evaluation-potentiel inscription",
     WELCOME, consent_and_reciprocity, "cantonal law, consent"},
    {"R33", P_RELEASE, "oai", "migint", "etat-procedure mesure-ai echange-oral", FOLLOWED,
     released_by_canton, "LAI 68bis al. 1 ebis, al. 3"},
    {"R34", P_NEVER, "migint pc opuc addict", "oai", "detection-precoce", 0,
     never, "not in LAI 3b al. 2"},
    {"R35", P_RELEASE, "jeunes", "oai", "detection-precoce-jeune",
     FIRST | P_REPORT, early_detection_of_young,
     "LAI 3b al. 2 m, 3abis al. 2 a"},
    {"R36", P_RELEASE, "oai", "jeunes fp", "mesure-ai etat-procedure echange-oral",
     P_IDENTITY | P_STATE | P_PLAN | P_FUNCTION, released_under_convention,
     "LAI 68bis al. 1bis, 3, 4"},
    {"R37", P_CII, "orp lmmt", "opuc fp", "mandat-orientation plan-formation",
     FIRST | P_PLAN | P_EDUCATION, under_mandate,
     "LACI 85f al. 2; LSE 35a al. 1; OACI 119d al. 2"},
    {"R38", P_CII, "opuc fp", "orp as oai", "bilan-competences "
     "rupture-formation", P_IDENTITY | P_EDUCATION | P_PLAN, simple_consent,
     "cantonal law, consent"},
    {"R39", P_CII, "as", "fp jeunes", "accompagnement-formation bourse",
     P_IDENTITY | P_PLAN | P_DATES, simple_consent, "cantonal law, consent"},
    {"R40", P_RELEASE, "suva", "oai", "detection-precoce", REPORTED,
     early_detection, "LAI 3b al. 2 g, al. 3"},
    {"R41", P_REQUEST, "suva", "orp cch", "reponse-demande-assurance capacite",
     P_IDENTITY | P_DATES | P_FUNCTION | P_AMOUNTS, asked_or_written_consent,
     "LPGA 32 al. 2; LAA 97 al. 1 b, al. 6 b"},
    {"R42", P_REQUEST, "suva", "as", "reponse-demande-as",
     P_IDENTITY | P_DATES | P_AMOUNTS, asked_by_assistance,
     "LAA 97 al. 1 i ch. 1"},
    {"R43", P_CII, "orp lmmt", "suva", "inscription-orp mesure",
     P_IDENTITY | P_DATES | P_PLAN, simple_85f2, "LACI 85f al. 2"},
    {"R44", P_RESIDUAL, "addict", "any", "any", FIRST | P_STATE,
     from_addiction_service, "consent only (CP 321)"},
    {"R45", P_CII, "orp as oai", "addict", "orientation-addiction", FIRST,
     to_addiction_service, "LACI 85f al. 2; LAI 68bis al. 3; canton"},
    {"R46", P_RELEASE, INSURERS, "any", "verif-navs", P_IDENTITY,
     both_announced, "LACI 97a al. 1 bbis; LAVS 50a al. 1 bbis, 153g a"},
    {"R47", P_DUTY, INSURERS, "any", "transmission-erronee",
     P_IDENTITY | P_DATES | P_REPORT, to_the_competent, "LPGA 30"},
    {"R48", P_DUTY, "any", "any", CORRECTIONS,
     ALL & ~(unsigned)P_BANNED, to_who_got_it,
     "OACI 126 al. 3; LPD 41; LAVS 153f c"},
    {"R48b", P_DUTY, "any", "any", NOTES, P_IDENTITY | P_OUTCOME | P_DATES,
     end_to_who_got_it, "OACI 126 al. 3; LPD 41"},
    {"R49", P_NEVER, "any", "any", "cas-cii", 0, never,
     "never one common payload"},
    {"R50", P_NEVER, "any", "any", "liste-navs", 0, never,
     "LACI 85f: case by case; PPDT-JUNE 2013.0476"},
    {"R51", P_RELEASE, "any", "any", "poste-vacant catalogue-mesures",
     P_NOBODY, always, "no personal data"},
    {"R52", P_RESIDUAL, "oai", AC " as",
     "demande-ai intervention-precoce etat-procedure mesure-ai cloture-ai "
     "preavis-ai decision-ai",
     FOLLOWED | P_OUTCOME, written_consent, "LAI 66a al. 2; LAVS 50a al. 4 b"},
    {"R53", P_RELEASE, AC " as oai", "any",
     "demande-conseil-cii reponse-conseil-cii", P_NOBODY, always,
     "no personal data"},
    {"R54", P_RESIDUAL, "orp lmmt", "as opuc fp jeunes addict", "orientation",
     FIRST | P_PLAN, first_hand_over, "LACI 97a al. 4 b; LSE 34a al. 4"},
    {"R55", P_RESIDUAL, "oai", "as opuc fp addict", "orientation",
     FIRST | P_PLAN, first_hand_over, "LAI 66a al. 2; LAVS 50a al. 4 b"},
    {"R56", P_RESIDUAL, "any", "bureau", "annonce-cii",
     FIRST | P_STATE | P_PLAN | P_EMPLOYABILITY | P_FUNCTION, to_the_bureau,
     "cantonal law or convention, else express consent"},
    {"R57", P_RESIDUAL, "any", "any",
     "retour-annonce convocation compte-rendu plan-commun", TEAM, in_the_team,
     "express consent, case admitted by a human"},
    /* The bureau passes it on to one member after the other (R49). */
    {"R57b", P_RESIDUAL, "bureau", "any", "annonce-cii",
     FIRST | P_PLAN | P_EMPLOYABILITY | P_FUNCTION, in_the_team,
     "express consent, case admitted by a human"},

    /* Statements: each pair its own; an end to who got the beginning. */
    {"consent", P_DUTY, "any", "any", "consentement", P_IDENTITY | P_STATEMENT,
     consent_of_pair, "LPD 6 al. 6-7"},
    {"withdrawal", P_DUTY, "any", "any", "retrait-consentement",
     P_IDENTITY | P_STATEMENT, withdrawal_to_who_got_it, "LPD 6 al. 6"},
    {"attestation", P_RESIDUAL, "any", "any", "attestation-client",
     P_IDENTITY | P_STATEMENT, own_attestation, "LACI 85f al. 2 a"},
    {"payer", P_RELEASE, AC, "oai", "payeur-indetermine",
     P_IDENTITY | P_STATE, word_on_known_person, "LACI 85f al. 3"},
    {"payer-ai", P_RELEASE, "oai", AC, "payeur-indetermine",
     P_IDENTITY | P_STATE, own_word_on_payer, "LACI 85f al. 3"},
    {"request-1", P_RELEASE, "as", "orp lmmt cch oai ccavs pc suva",
     "demande-renseignements", P_IDENTITY | P_STATEMENT, to_whom_it_asks,
     "LACI 97a al. 1 f ch. 1; LAVS 50a al. 1 e ch. 1; LAA 97 al. 1 i ch. 1"},
    {"request-2", P_RELEASE, "orp cch oai pc suva", "as",
     "demande-renseignements", P_IDENTITY | P_STATEMENT, to_whom_it_asks,
     "LPGA 32 al. 1"},
    {"request-3", P_RELEASE, "oai", "orp lmmt cch pc suva fp",
     "demande-renseignements", P_IDENTITY | P_STATEMENT, to_whom_it_asks,
     "LAI 6a al. 2"},
    {"request-4", P_RELEASE, "pc", "orp",
     "demande-renseignements", P_IDENTITY | P_STATEMENT, to_whom_it_asks,
     "LPGA 32 al. 2"},
    {"request-5", P_RELEASE, "migaut", "orp cch",
     "demande-renseignements", P_IDENTITY | P_STATEMENT, to_whom_it_asks,
     "LEI 97 al. 2"},
    {"request-6", P_RELEASE, "orp cch", "suva",
     "demande-renseignements", P_IDENTITY | P_STATEMENT, to_whom_it_asks,
     "LPGA 32 al. 2"},
    {"declined", P_RELEASE, "any", "any", "refus-renseignements",
     P_IDENTITY | P_STATEMENT, to_who_asked, "LPGA 32"},
    {"admission", P_DUTY, "any", "any", "admission-cas",
     P_IDENTITY | P_STATEMENT, admission_of_pair, "cantonal law"},
    {"reciprocity", P_RELEASE, "any", "any", "reciprocite", P_STATEMENT,
     granted_to_receiver, "LACI 85f al. 2 b"},
    {"agreement", P_RELEASE, "any", "any", "convention", P_STATEMENT,
     agreed_with_receiver, "OACI 119d al. 2; LAI 68bis al. 1ter"},
    {"avs-use", P_RELEASE, "any", "any", "usage-navs", P_STATEMENT, own_statement,
     "LAVS 153d-153f"},
    {"kept-here", P_NEVER, "any", "any",
     "veto opposition levee-opposition information-donnee", 0, never,
     "an office's own"},
};
/* clang-format on */

#define ROW_COUNT (sizeof rows / sizeof *rows)

size_t
plain_row_count(void)
{
    return ROW_COUNT;
}

const char *
plain_row_id(size_t row)
{
    return rows[row].id;
}

const char *
plain_row_citation(size_t row)
{
    return rows[row].citation;
}

const char *
plain_row_from(size_t row)
{
    return rows[row].from;
}

const char *
plain_row_to(size_t row)
{
    return rows[row].to;
}

const char *
plain_row_events(size_t row)
{
    return rows[row].events;
}

bool
plain_row_never(size_t row)
{
    return rows[row].lane == P_NEVER;
}

bool
plain_row_always(size_t row)
{
    return rows[row].allows == always;
}

bool
plain_row_speaks(size_t row, const struct plain_question *q)
{
    return plain_in(rows[row].events, q->event->type) &&
           plain_kind_in(q->teller, rows[row].from) &&
           plain_kind_in(q->to, rows[row].to);
}

/* --- the answer ----------------------------------------------------------*/

static const struct plain_answer no = {.may = false, .row = -1};

static bool
is_about_nobody(const struct plain_event *event)
{
    return plain_in("poste-vacant catalogue-mesures demande-conseil-cii "
                    "reponse-conseil-cii reciprocite convention usage-navs",
                    event->type);
}

/* Nothing is broadcast: the receiver has something to do with the person. */
static bool
is_concerned(const struct plain_question *q)
{
    return q->arrival || q->in_dossier || q->competent || q->has_original ||
           plain_client_of_receiver(q) || plain_has_asked(q) ||
           plain_consent_names(q) || plain_in_team(q) || consent_of_pair(q) ||
           to_whom_it_asks(q) || admission_of_pair(q);
}

/* That a consent ends, or a request is declined, tells nothing of what an
 * objection protects. */
static bool
is_immune(const struct plain_event *event)
{
    return is_about_nobody(event) ||
           plain_in("retrait-consentement refus-renseignements", event->type);
}

/* Of whom nobody can be told what it is about: that serves nothing. */
static bool
is_enough(const struct plain_event *event, unsigned int opens)
{
    return is_about_nobody(event) ? opens != 0 : (opens & P_IDENTITY) != 0;
}

static struct plain_answer
by_lane(const struct plain_question *q, enum plain_lane lane)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (rows[i].lane != lane || !plain_row_speaks(i, q))
            continue;
        const unsigned int opens = rows[i].opens & rows[i].allows(q);
        if (is_enough(q->event, opens))
            return (struct plain_answer){.may = true,
                                         .facets = q->event->facets & opens,
                                         .row = (int)i};
    }
    return no;
}

struct plain_answer
plain_law(const struct plain_question *q)
{
    if (q->event->facets & P_BANNED)
        return no;
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (rows[i].lane == P_NEVER && plain_row_speaks(i, q))
            return no;
    if (!is_about_nobody(q->event) && !is_concerned(q))
        return no;
    if (!is_immune(q->event) && plain_stopped(q))
        return no;
    for (int lane = P_DUTY; lane <= P_RESIDUAL; lane++) {
        struct plain_answer answer = by_lane(q, (enum plain_lane)lane);
        if (!answer.may)
            continue;
        /* What has come stays whole or not at all. */
        if (q->arrival && (q->event->facets & ~answer.facets))
            return no;
        return answer;
    }
    return no;
}
