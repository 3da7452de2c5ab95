/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/date.h"

/* --- dice ----------------------------------------------------------------*/

uint64_t
dice_throw(struct dice *dice)
{
    uint64_t z = dice->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

size_t
dice_below(struct dice *dice, size_t limit)
{
    return (size_t)(dice_throw(dice) % limit);
}

bool
dice_percent(struct dice *dice, unsigned int percent)
{
    return dice_below(dice, 100) < percent;
}

/* --- text ----------------------------------------------------------------*/

static const char *
keep(struct world *world, const char *text)
{
    const size_t size = strlen(text) + 1;
    char *kept = world->text + world->text_used;

    if (size > sizeof world->text - world->text_used) {
        fputs("a world has no room for its text\n", stderr);
        exit(2);
    }
    world->text_used += size;
    return memcpy(kept, text, size);
}

/* The day that lies so many days after today. */
static const char *
day_text(struct world *world, int after)
{
    const struct date date = date_from_days(world->day + after);
    char text[11];

    date_print(&date, text);
    return keep(world, text);
}

/* One of the words that spaces separate; "-" stands for none. */
static const char *
word_of(struct world *world, const char *words)
{
    size_t count = 1;
    char word[128];

    for (const char *at = words; *at; at++)
        count += *at == ' ';
    size_t chosen = dice_below(&world->dice, count);
    for (; chosen > 0; chosen--)
        words = strchr(words, ' ') + 1;
    snprintf(word, sizeof word, "%.*s", (int)strcspn(words, " "), words);
    return keep(world, word);
}

#define MOSTLY 94

/* The good one, but for a few that are wrong. */
static const char *
mostly(struct world *world, const char *good, const char *others)
{
    return dice_percent(&world->dice, MOSTLY) ? good : word_of(world, others);
}

static const char *
mostly_day(struct world *world, int good, int wrong)
{
    return day_text(world, dice_percent(&world->dice, MOSTLY) ? good : wrong);
}

/* --- offices -------------------------------------------------------------*/

#define KINDS                                                                \
    "orp cch lmmt oai as aidech migint migaut opuc fp jeunes pc ccavs suva " \
    "addict bureau"

static const char *
office_of(struct world *world, const char *kinds)
{
    const char *kind =
        word_of(world, strcmp(kinds, "any") == 0 ? KINDS : kinds);
    char office[64];

    snprintf(office, sizeof office, "%s.%s%s",
             dice_percent(&world->dice, 75) ? "ge" : "vs", kind,
             dice_percent(&world->dice, 10) ? ".autre" : "");
    return keep(world, office);
}

static const char *
any_office(struct world *world)
{
    return office_of(world, KINDS);
}

static const char *
other_office(struct world *world, const char *than)
{
    const char *office = any_office(world);

    while (strcmp(office, than) == 0)
        office = any_office(world);
    return office;
}

static const char *
pair_text(struct world *world, const char *one, const char *other)
{
    char pair[160];

    snprintf(pair, sizeof pair, "%s %s", one, other);
    return keep(world, pair);
}

/* --- facets --------------------------------------------------------------*/

unsigned int
world_plain_facets(const struct catalogue *catalogue, uint64_t facets)
{
    unsigned int plain = 0;

    for (size_t i = 0; i < catalogue->facet_count; i++)
        if (facets >> i & 1)
            plain |= plain_facet(catalogue->facet[i].name);
    return plain;
}

static void
put_field(struct plain_event *event, const char *name, const char *value)
{
    if (strcmp(value, "-") == 0 || *value == '\0')
        return;
    if (event->field_count == PLAIN_FIELDS_MAX) {
        fputs("an event has no room for its fields\n", stderr);
        exit(2);
    }
    event->field[event->field_count++] =
        (struct plain_field){.name = name, .value = value};
}

#define YES_NO_NONE "yes no -"

/* The names of facets of a consent or a request: most, seldom all. */
static const char *
some_facets(struct world *world)
{
    static const char *const names[] = {
        "contact",  "dates",         "state",    "outcome",    "entitlement",
        "amounts",  "plan",          "function", "permit",     "education",
        "language", "employability", "sanction", "certificate"};
    char text[256] = "identity";
    const bool is_wide = dice_percent(&world->dice, 60);

    if (dice_percent(&world->dice, 3))
        return "contact plan";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!dice_percent(&world->dice, is_wide ? 90 : 40))
            continue;
        strcat(text, " ");
        strcat(text, names[i]);
    }
    return keep(world, text);
}

static void
fill_identity(struct world *world, struct plain_event *event)
{
    const bool is_short = dice_percent(&world->dice, 50);

    put_field(event, "identity.avs",
              is_short ? "-" : mostly(world, "7569217076985", "-"));
    put_field(event, "identity.officialName", mostly(world, "Blanc", "-"));
    put_field(event, "identity.firstName", mostly(world, "Bruno", "-"));
    put_field(event, "identity.sex", is_short ? "-" : "1");
    put_field(event, "identity.dateOfBirth",
              word_of(world, "1990-03-14 2009-05-31 2009-05-31 2011-02-28 "
                             "2003-11-30 2008 2004-06 2001-01 1970 2014-01-01 "
                             "-"));
    put_field(event, "identity.nationality", word_of(world, "PT ER CH -"));
}

static void
fill_report(struct world *world, struct plain_event *event)
{
    put_field(event, "report.informedOn", mostly_day(world, -3, 2));
    put_field(event, "report.informedWhom",
              word_of(world, "personne representant-legal"));
    put_field(event, "report.reason",
              mostly(world, "prestation-indue", "autre absences-repetees -"));
    put_field(event, "report.incapableOfWork", word_of(world, YES_NO_NONE));
    put_field(event, "report.longThreat", word_of(world, YES_NO_NONE));
    put_field(event, "report.threatened", mostly(world, "yes", YES_NO_NONE));
    put_field(event, "report.neverWorked", mostly(world, "yes", YES_NO_NONE));
    put_field(event, "report.followed", mostly(world, "yes", YES_NO_NONE));
    put_field(event, "report.decidedBy", mostly(world, "chef de service", "-"));
}

static void
fill_state(struct world *world, struct plain_event *event)
{
    if (strstr(event->issuer, ".addict") && dice_percent(&world->dice, 80)) {
        put_field(event, "state.inFollowUp", "yes");
        return;
    }
    put_field(event, "state.procedure",
              mostly(world, word_of(world, "detection demande evaluation"),
                     "mesures decision clos conseil preavis -"));
    put_field(event, "state.payerUndeterminedUntil", mostly_day(world, 60, -1));
    put_field(event, "state.purpose",
              mostly(world, word_of(world, "measure claims"), "integration -"));
    put_field(event, "state.earningCapacityUnderAssessment",
              mostly(world, "yes", "no -"));
    put_field(event, "state.regime", word_of(world, "laci lse -"));
}

static void
fill_permit(struct world *world, struct plain_event *event)
{
    put_field(event, "permit.status",
              mostly(world, word_of(world, "refugie-reconnu admis-provisoire"),
                     "protection-provisoire requerant -"));
    put_field(event, "permit.permitEnded",
              mostly(world, "revocation", "non-prolongation -"));
}

static void
fill_employability(struct world *world, struct plain_event *event)
{
    put_field(event, "employability.assessed", mostly(world, "yes", "no -"));
    put_field(event, "employability.positive", mostly(world, "yes", "no -"));
    put_field(event, "employability.withoutWork", mostly(world, "yes", "no -"));
}

static void
fill_decision(struct world *world, struct plain_event *event)
{
    static const char *const touched[] = {"ac as",
                                          "ac",
                                          "as",
                                          "cch migint",
                                          "orp as jeunes fp opuc migint",
                                          "ac as migint jeunes fp opuc pc",
                                          "pc ccavs",
                                          "suva"};

    put_field(event, "decision.touches", touched[dice_below(&world->dice, 8)]);
    put_field(event, "decision.copy",
              mostly(world, "La demande est rejetee.", "-"));
    put_field(event, "decision.withoutMedicalReasons",
              mostly(world, "yes", "no -"));
}

static void
fill_request(struct world *world, struct plain_event *event, const char *to,
             const char *purposes)
{
    put_field(event, "request.requestTo", to);
    put_field(event, "request.requestPurpose",
              mostly(world, word_of(world, purposes),
                     "fixer recours instruction-ai lei cotisations"));
    put_field(event, "request.requestReason", "instruction");
    put_field(event, "request.legalBasis", "LPGA 32");
    put_field(event, "request.asks", some_facets(world));
    put_field(event, "request.answerBy", mostly_day(world, 20, -1));
    put_field(event, "request.claimFiledOn",
              dice_percent(&world->dice, 20) ? "-" : mostly_day(world, -10, 5));
}

/* What a facet holds, as far as the law looks at it. */
static void
fill_facet(struct world *world, struct plain_event *event, const char *facet)
{
    static const struct {
        const char *facet;
        void (*fill)(struct world *world, struct plain_event *event);
    } fills[] = {
        {"identity", fill_identity}, {"report", fill_report},
        {"state", fill_state},       {"permit", fill_permit},
        {"decision", fill_decision}, {"employability", fill_employability},
    };

    for (size_t i = 0; i < sizeof fills / sizeof *fills; i++)
        if (strcmp(fills[i].facet, facet) == 0)
            fills[i].fill(world, event);
    if (strcmp(facet, "amounts") == 0)
        put_field(event, "amounts.benefit",
                  mostly(world, "pc-annuelle", "pc-frais rente -"));
    if (strcmp(facet, "dates") == 0)
        put_field(event, "dates.receivedOn", mostly_day(world, -5, -9));
    if (strcmp(facet, "outcome") == 0)
        put_field(event, "outcome.disposition", "degre-insuffisant");
}

/* --- events --------------------------------------------------------------*/

static int
type_of(const struct world *world, const char *name)
{
    const int type = catalogue_type(world->catalogue, name);

    if (type < 0) {
        fprintf(stderr, "no event type %s\n", name);
        exit(2);
    }
    return type;
}

static void
begin(struct world *world, struct telling *telling, const char *type,
      const char *issuer, int person)
{
    const struct type_def *def = &world->catalogue->type[type_of(world, type)];

    *telling = (struct telling){
        .person = person,
        .facets = def->must,
        .event = {.type = def->name,
                  .issuer = issuer,
                  .case_ref = mostly(world, CASE, "GE-2026-2"),
                  .day = day_text(world, -(int)dice_below(&world->dice, 20)),
                  .number = world->next_number++},
    };
    if (!def->personal || dice_percent(&world->dice, 1))
        telling->event.case_ref = NULL;
}

static void
finish(struct world *world, struct telling *telling)
{
    telling->event.facets =
        world_plain_facets(world->catalogue, telling->facets);
}

/* Something about a person, or what is banned. */
static size_t
stray_facet(struct world *world)
{
    const struct catalogue *catalogue = world->catalogue;
    size_t facet;

    do
        facet = dice_below(&world->dice, catalogue->facet_count);
    while (plain_facet(catalogue->facet[facet].name) &
           (P_NOBODY | P_STATEMENT));
    return facet;
}

/* Facets by lot; their content. */
static void
fill_by_lot(struct world *world, struct telling *telling)
{
    const struct catalogue *catalogue = world->catalogue;
    const struct type_def *type =
        &catalogue->type[type_of(world, telling->event.type)];

    for (size_t i = 0; i < catalogue->facet_count; i++) {
        if (!(type->may >> i & 1))
            continue;
        if (!(type->must >> i & 1) && !dice_percent(&world->dice, 60))
            continue;
        telling->facets |= UINT64_C(1) << i;
        fill_facet(world, &telling->event, catalogue->facet[i].name);
    }
    /* What nobody would send, and what nobody may. */
    if (dice_percent(&world->dice, 3))
        telling->facets |= UINT64_C(1) << stray_facet(world);
    finish(world, telling);
}

/* --- statements ----------------------------------------------------------*/

/* NULL when there is no room. */
static struct telling *
state(struct world *world, const char *type, const char *issuer, int person)
{
    if (world->count == WORLD_STATEMENTS_MAX)
        return NULL;
    struct telling *telling = &world->statement[world->count++];
    begin(world, telling, type, issuer, person);
    telling->again = dice_percent(&world->dice, 3);
    if (person != 0)
        fill_identity(world, &telling->event);
    finish(world, telling);
    return telling;
}

static const char *
one_of_pair(struct world *world)
{
    return dice_percent(&world->dice, 50) ? world->us : world->partner;
}

static const char *
other_of_pair(struct world *world, const char *one)
{
    return one == world->us ? world->partner : world->us;
}

/* A few persons are somebody else. */
static int
person_of(struct world *world)
{
    return dice_percent(&world->dice, 95) ? 1 : 2;
}

/* A few statements come from somebody whose they are not. Of our own we see
 * to that ourselves. */
static const char *
stated_by(struct world *world, const char *office)
{
    return office != world->us && dice_percent(&world->dice, 4)
               ? other_office(world, world->us)
               : office;
}

static void
state_consent(struct world *world)
{
    const char *obtained = mostly(world, one_of_pair(world), "ge.as vs.cch");
    struct telling *telling =
        state(world, "consentement", stated_by(world, obtained),
              person_of(world));
    if (!telling)
        return;
    struct plain_event *event = &telling->event;
    const bool is_theirs = dice_percent(&world->dice, MOSTLY);
    const char *other =
        is_theirs ? world->partner : other_office(world, world->us);

    put_field(event, "consent.consentRef", word_of(world, "c-1 c-2 c-3"));
    put_field(event, "consent.obtainedBy", obtained);
    put_field(event, "consent.between", pair_text(world, world->us, other));
    put_field(event, "consent.purposes",
              mostly(world, word_of(world, "integration measure"),
                     "claims statistics"));
    put_field(event, "consent.opens", some_facets(world));
    put_field(event, "consent.express", mostly(world, "yes", "no"));
    put_field(event, "consent.consentForm",
              mostly(world, word_of(world, "signe ecrit"),
                     "electronique oral"));
    put_field(event, "consent.consentOn", mostly_day(world, -30, 3));
    put_field(event, "consent.consentUntil", mostly_day(world, 100, -2));
    put_field(event, "consent.toldOfRights", mostly(world, "yes", "no"));
}

static void
state_withdrawal(struct world *world)
{
    const char *by = mostly(world, one_of_pair(world), "ge.pc vs.orp ge.as");
    struct telling *telling =
        state(world, "retrait-consentement", by, person_of(world));

    if (!telling)
        return;
    put_field(&telling->event, "withdrawal.withdrawnRef",
              word_of(world, "c-1 c-2 c-3"));
    put_field(&telling->event, "withdrawal.withdrawnOn",
              day_text(world, -(int)dice_below(&world->dice, 5)));
}

static void
state_attestation(struct world *world)
{
    const char *by = one_of_pair(world);
    struct telling *telling = state(world, "attestation-client",
                                    stated_by(world, by), person_of(world));

    if (!telling)
        return;
    put_field(&telling->event, "attestation.clientSince",
              mostly_day(world, -40, 4));
    put_field(&telling->event, "attestation.clientUntil",
              by == world->us                 ? day_text(world, 90)
              : dice_percent(&world->dice, 4) ? day_text(world, 200)
                                              : mostly_day(world, 90, -1));
}

static int
number_of(const struct world *world, const char *type)
{
    for (size_t i = world->count; i > 0; i--)
        if (strcmp(world->statement[i - 1].event.type, type) == 0)
            return world->statement[i - 1].event.number;
    return 0;
}

static void
state_end(struct world *world)
{
    const char *by = one_of_pair(world);
    const int number = number_of(world, "attestation-client");
    struct telling *telling =
        state(world, "fin-attestation", stated_by(world, by), person_of(world));

    if (telling)
        telling->event.answers = dice_percent(&world->dice, 90) ? number : 0;
}

static void
state_reciprocity(struct world *world)
{
    const char *by = one_of_pair(world);
    struct telling *telling =
        state(world, "reciprocite", stated_by(world, by), 0);

    if (!telling)
        return;
    put_field(&telling->event, "reciprocity.grantedTo",
              dice_percent(&world->dice, MOSTLY) ? other_of_pair(world, by)
                                                 : any_office(world));
    put_field(&telling->event, "reciprocity.sends", "inscription-orp mesure");
    put_field(&telling->event, "reciprocity.reciprocityFrom",
              mostly_day(world, -300, 1));
    put_field(&telling->event, "reciprocity.reciprocityUntil",
              mostly_day(world, 300, -1));
}

static void
state_agreement(struct world *world)
{
    const char *by = one_of_pair(world);
    struct telling *telling =
        state(world, "convention", stated_by(world, by), 0);

    if (!telling)
        return;
    put_field(&telling->event, "agreement.agreementWith",
              dice_percent(&world->dice, MOSTLY) ? other_of_pair(world, by)
                                                 : any_office(world));
    put_field(&telling->event, "agreement.agreementKind",
              word_of(world, "convention-68bis prestation-119d"));
    put_field(&telling->event, "agreement.agreementRef", "A-7");
    put_field(&telling->event, "agreement.agreementFrom",
              mostly_day(world, -300, 1));
    put_field(&telling->event, "agreement.agreementUntil",
              mostly_day(world, 300, -1));
}

static void
state_avs_use(struct world *world)
{
    struct telling *telling = state(world, "usage-navs", one_of_pair(world), 0);

    if (!telling)
        return;
    put_field(&telling->event, "avs-use.responsible", "direction");
    put_field(&telling->event, "avs-use.announcedOn",
              mostly_day(world, -300, 1));
    put_field(&telling->event, "avs-use.avsLegalBasis", "LAVS 153c");
}

static void
state_payer(struct world *world)
{
    struct telling *telling = state(world, "payeur-indetermine",
                                    one_of_pair(world), person_of(world));

    if (telling)
        fill_state(world, &telling->event);
}

static const char *
purposes_for(const char *asker)
{
    if (strstr(asker, ".oai"))
        return "instruction-ai instruction-ai instruction-ai fixer";
    if (strstr(asker, ".migaut"))
        return "lei";
    return "fixer modifier restituer prevenir-indu";
}

static void
state_request(struct world *world)
{
    const char *by = one_of_pair(world);
    struct telling *telling = state(world, "demande-renseignements",
                                    stated_by(world, by), person_of(world));

    if (telling)
        fill_request(world, &telling->event,
                     dice_percent(&world->dice, MOSTLY)
                         ? other_of_pair(world, by)
                         : any_office(world),
                     purposes_for(by));
}

static void
state_procedure(struct world *world)
{
    const char *by = one_of_pair(world);
    const char *type =
        strstr(by, ".oai")
            ? word_of(world, "demande-ai etat-procedure mesure-ai "
                             "intervention-precoce demande-ai etat-procedure "
                             "decision-ai cloture-ai")
        /* Some speak of what only that office can know. */
        : dice_percent(&world->dice, 5)
            ? word_of(world, "demande-ai etat-procedure mesure-ai")
            : word_of(world, "detection-precoce detection-precoce-jeune");
    struct telling *telling = state(world, type, by, person_of(world));

    if (!telling)
        return;
    telling->event.field_count = 0;
    fill_by_lot(world, telling);
}

static void
state_admission(struct world *world)
{
    struct telling *telling =
        state(world, "admission-cas", one_of_pair(world), person_of(world));

    if (!telling)
        return;
    put_field(&telling->event, "admission.teamPair",
              pair_text(world, world->us,
                        dice_percent(&world->dice, MOSTLY)
                            ? world->partner
                            : other_office(world, world->us)));
    put_field(&telling->event, "admission.admittedOn",
              mostly_day(world, -4, 2));
    put_field(&telling->event, "admission.admittedBy", "coordination");
}

static void
state_objection(struct world *world)
{
    struct telling *telling = state(world, word_of(world, "veto opposition"),
                                    world->us, person_of(world));

    if (!telling)
        return;
    put_field(&telling->event, "objection.objectionReason", "protection");
    put_field(&telling->event, "objection.objectionAgainst",
              word_of(world, "- ge.as vs.oai ge.orp"));
    if (dice_percent(&world->dice, 30))
        put_field(&telling->event, "objection.objectionUntil",
                  mostly_day(world, 5, -1));
}

static void
state_lifting(struct world *world)
{
    const int number =
        number_of(world, word_of(world, "veto opposition consentement"));
    struct telling *telling =
        state(world, "levee-opposition", world->us, person_of(world));

    if (telling)
        telling->event.answers = number;
}

/* --- worlds --------------------------------------------------------------*/

/* How often each is stated, in a hundred, and how many times it is tried. */
static const struct {
    void (*state)(struct world *world);
    unsigned int percent;
    unsigned int times;
} statements[] = {
    {state_consent, 80, 3},     {state_procedure, 45, 2},
    {state_payer, 50, 2},       {state_attestation, 50, 3},
    {state_reciprocity, 75, 3}, {state_agreement, 60, 3},
    {state_avs_use, 70, 3},     {state_request, 55, 3},
    {state_admission, 70, 1},   {state_withdrawal, 12, 2},
    {state_end, 10, 1},         {state_objection, 4, 2},
    {state_lifting, 30, 1},     {state_procedure, 10, 1},
    {state_consent, 20, 1},     {state_attestation, 10, 1},
};

#define STATEMENT_KINDS (sizeof statements / sizeof *statements)

static void
state_all(struct world *world)
{
    /* Now and then the order is another. */
    const size_t first = dice_percent(&world->dice, 20)
                             ? dice_below(&world->dice, STATEMENT_KINDS)
                             : 0;

    for (size_t i = 0; i < STATEMENT_KINDS; i++) {
        const size_t kind = (first + i) % STATEMENT_KINDS;
        for (unsigned int j = 0; j < statements[kind].times; j++)
            if (dice_percent(&world->dice, statements[kind].percent))
                statements[kind].state(world);
    }
}

void
world_make(struct world *world, const struct catalogue *catalogue,
           uint64_t seed, uint64_t number)
{
    world->dice = (struct dice){.state = seed ^ (number << 20)};
    world->catalogue = catalogue;
    world->count = 0;
    world->next_number = 1;
    world->text_used = 0;
    dice_throw(&world->dice);
    world->day = 20454 + (int)dice_below(&world->dice, 1200);
    world->today = day_text(world, 0);
    world->row = dice_below(&world->dice, plain_row_count());
    world->us = office_of(world, plain_row_from(world->row));
    do
        world->partner = office_of(world, plain_row_to(world->row));
    while (strcmp(world->partner, world->us) == 0);
    world->reversed = dice_percent(&world->dice, 25);
    if (world->reversed) {
        const char *teller = world->us;
        world->us = world->partner;
        world->partner = teller;
    }
    state_all(world);
    world->text_kept = world->text_used;
}

/* --- questions -----------------------------------------------------------*/

/* Statements of our own are told too. */
static bool
pick_statement(struct world *world, struct world_question *question)
{
    if (world->count == 0 || !dice_percent(&world->dice, 12))
        return false;
    const struct telling *telling =
        &world->statement[dice_below(&world->dice, world->count)];
    if (strcmp(telling->event.issuer, world->us) != 0)
        return false;
    question->telling = *telling;
    return true;
}

static void
pick_event(struct world *world, struct world_question *question)
{
    const char *events = plain_row_events(world->row);
    const struct catalogue *catalogue = world->catalogue;
    const char *type = word_of(world, events);
    const char *issuer = question->teller;

    const bool is_aimed =
        strcmp(type, "any") != 0 && dice_percent(&world->dice, 85);

    if (!is_aimed)
        do
            type =
                catalogue->type[dice_below(&world->dice, catalogue->type_count)]
                    .name;
        while (strcmp(type, "recu") == 0);
    /* Some pass on what another office of their kind has issued. */
    if (dice_percent(&world->dice, 4) && !question->arrival && is_aimed)
        do
            issuer = office_of(world, plain_row_from(world->row));
        while (strcmp(issuer, question->to) == 0);
    const struct type_def *def =
        &catalogue->type[catalogue_type(catalogue, type)];
    begin(world, &question->telling, type, issuer,
          def->personal ? person_of(world) : 0);
    fill_by_lot(world, &question->telling);
    if (dice_percent(&world->dice, 85))
        question->telling.event.answers =
            number_of(world, "demande-renseignements");
}

void
world_ask(struct world *world, struct world_question *question)
{
    memset(question, 0, sizeof *question);
    world->text_used = world->text_kept;
    question->arrival = dice_percent(&world->dice, world->reversed ? 90 : 5);
    const bool is_partner = dice_percent(&world->dice, 85);
    const char *other =
        is_partner ? world->partner : other_office(world, world->us);

    question->teller = question->arrival ? other : world->us;
    question->to = question->arrival ? world->us : other;
    if (question->arrival || !pick_statement(world, question))
        pick_event(world, question);
    question->in_dossier = dice_percent(&world->dice, 55);
    question->competent = dice_percent(&world->dice, 25);
    question->original_percent = dice_percent(&world->dice, 60) ? 80 : 0;
}

/* --- printing ------------------------------------------------------------*/

void
world_print(const struct telling *telling)
{
    const struct plain_event *event = &telling->event;

    printf("  #%d %s by %s on %s, person %d, case %s", event->number,
           event->type, event->issuer, event->day, telling->person,
           event->case_ref ? event->case_ref : "none");
    if (event->answers)
        printf(", answers #%d", event->answers);
    printf(", facets %#llx\n", (unsigned long long)telling->facets);
    for (size_t i = 0; i < event->field_count; i++)
        printf("      %s = %s\n", event->field[i].name, event->field[i].value);
}
