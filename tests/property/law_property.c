/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Holds the engine against a second statement of the law, over worlds that are
 * made up: never a disclosure that the plain law does not allow, never a facet
 * too many, nothing banned, nothing under what was withdrawn. And the other
 * way: what the plain law allows goes, but where a row was drawn narrower on
 * purpose (narrower[]).
 *
 *   law_property [CASES [SEED]]       without either: 1 000 000, 1
 *   law_property --world N [SEED]     shows one world, and what is wrong in it
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "plain_law.h"
#include "world.h"

#define QUESTIONS_PER_WORLD 24
#define ROWS_MAX            96
#define CASES_FOR_ALL_ROWS  1000000
#define NOT_CONCERNED       "not concerned"

/* --- what differs --------------------------------------------------------*/

enum difference {
    AGREED,
    TOLD_WITHOUT_BASIS,
    FACET_TOO_MANY,
    KEPT_BACK,
    FACET_TOO_FEW,
    DIFFERENCES
};

static const char *const difference_names[] = {"agreed", "told without basis",
                                               "a facet too many", "kept back",
                                               "a facet too few"};

struct finding {
    enum difference difference;
    int row;
    char rule[32];
    char type[64];
    uint64_t count;
    uint64_t world; /* the first */
};

#define FINDINGS_MAX 512

struct tally {
    uint64_t cases;
    uint64_t allowed;
    uint64_t transmitted;
    uint64_t spoken[ROWS_MAX];  /* the row speaks of it */
    uint64_t carried[ROWS_MAX]; /* and carries it, and the engine too */
    uint64_t wrong;
    size_t finding_count;
    struct finding finding[FINDINGS_MAX];
};

/*
 * Where the shipped rules are narrower than the rows, by their own words. No
 * difference in the other direction is ever excused.
 */
static const struct {
    const char *row;
    const char *rule; /* that the engine names */
    const char *why;
} narrower[] = {
    {"R03b", "R03b", "asks for express consent"},
    {"R14", "R14", "asks for express consent"},
    {"R14", "R12", "the same: R12 came nearer"},
    {"R22", "R22", "asks for express consent"},
    {"R31", "R31", "asks for express consent"},
    {"R32", "R32", "asks for express consent"},
    {"R37", "R37", "asks for express consent"},
    {"R38", "R38", "asks for express consent"},
    {"R39", "R39", "asks for express consent"},
    {"R43", "R43", "asks for express consent"},
    {"R10", "R10", "asks for the one reason"},
    {"R13", "R13", "asks for a request to establish the claim"},
    {"R26", "R26", "leaves the way by consent to the institution"},
    {"R41", "R41", "leaves the way by consent to the institution"},
    {"R27", "R27", "asks for all that OASA 82d lists"},
    {"R28", "R28", "asks how the permit ended"},
    {"R47", "none", "goes to social insurers only"},
    {"R48", "R48", "lists the facets that are corrected"},
    {"consent", "S01", "a reference that was withdrawn is used up"},
};

static bool
is_excused(enum difference difference, const char *row, const char *rule)
{
    if (difference != KEPT_BACK && difference != FACET_TOO_FEW)
        return false;
    /* A consent makes concerned only whom its own obtainer names. */
    if (strcmp(rule, NOT_CONCERNED) == 0)
        return true;
    for (size_t i = 0; i < sizeof narrower / sizeof *narrower; i++)
        if (strcmp(narrower[i].row, row) == 0 &&
            strcmp(narrower[i].rule, rule) == 0)
            return true;
    return false;
}

/* --- one world -----------------------------------------------------------*/

struct trial {
    struct engine *engine;
    struct world world;
    uint64_t number;
    enum engine_rules rules;
    bool loud;
    /* by statement of the world */
    bool known[WORLD_STATEMENTS_MAX];
    bool told[WORLD_STATEMENTS_MAX];
    const struct plain_event *shown[WORLD_STATEMENTS_MAX];
    struct tally *tally;
};

static const struct plain_basis canton_basis = {.name = "ai-to-partner",
                                                .canton = "ge"};

static bool
is_ours(const struct trial *trial, const struct telling *telling)
{
    return strcmp(telling->event.issuer, trial->world.us) == 0;
}

/* At arrival the sender knew of ours only what it was told. */
static bool
is_shown(const struct trial *trial, size_t i,
         const struct world_question *question)
{
    const struct telling *telling = &trial->world.statement[i];

    if (!trial->known[i] ||
        (telling->person != 0 && telling->person != question->telling.person))
        return false;
    if (!question->arrival || !is_ours(trial, telling))
        return true;
    return trial->told[i] &&
           strcmp(question->teller, trial->world.partner) == 0;
}

/* Is it the statement of the consent that the withdrawal names? */
static bool
is_withdrawn_by(const struct telling *consent, const struct telling *telling)
{
    const char *ref = NULL;
    const char *named = NULL;

    for (size_t i = 0; i < consent->event.field_count; i++)
        if (!strcmp(consent->event.field[i].name, "consent.consentRef"))
            ref = consent->event.field[i].value;
    for (size_t i = 0; i < telling->event.field_count; i++)
        if (!strcmp(telling->event.field[i].name, "withdrawal.withdrawnRef"))
            named = telling->event.field[i].value;
    return ref && named && strcmp(ref, named) == 0 &&
           consent->person == telling->person;
}

/* Does the partner have the consent that is withdrawn; at arrival: do we? */
static bool
has_consent(const struct trial *trial, const struct world_question *question)
{
    for (size_t i = 0; i < trial->world.count; i++) {
        const struct telling *telling = &trial->world.statement[i];
        if (!trial->known[i] || !is_withdrawn_by(telling, &question->telling))
            continue;
        if (question->arrival ||
            strcmp(telling->event.issuer, question->to) == 0 ||
            (trial->told[i] && strcmp(question->to, trial->world.partner) == 0))
            return true;
    }
    return false;
}

/* What the receiver got of what this one ends or corrects. */
static uint64_t
original_of(struct trial *trial, const struct world_question *question)
{
    uint64_t original = 0;

    if (strcmp(question->telling.event.type, "retrait-consentement") == 0)
        return has_consent(trial, question) ? question->telling.facets : 0;
    if (question->original_percent == 0)
        return 0;
    original |= UINT64_C(1) << trial->world.catalogue->identity;
    for (size_t i = 0; i < trial->world.catalogue->facet_count; i++)
        if (dice_percent(&trial->world.dice, question->original_percent))
            original |= UINT64_C(1) << i;
    return original;
}

static struct plain_answer
ask_plain(struct trial *trial, const struct world_question *question,
          uint64_t original)
{
    size_t count = 0;

    for (size_t i = 0; i < trial->world.count; i++)
        if (is_shown(trial, i, question))
            trial->shown[count++] = &trial->world.statement[i].event;
    const struct plain_question plain = {
        .event = &question->telling.event,
        .teller = question->teller,
        .to = question->to,
        .today = trial->world.today,
        .in_dossier = question->in_dossier,
        .competent = question->arrival || question->competent,
        .has_original = original != 0 || has_consent(trial, question),
        .original = world_plain_facets(trial->world.catalogue, original),
        .arrival = question->arrival,
        .statement = trial->shown,
        .statement_count = count,
        .basis = &canton_basis,
        .basis_count = trial->rules == ENGINE_CANTON ? 1 : 0,
    };
    for (size_t i = 0; i < plain_row_count(); i++)
        if (plain_row_speaks(i, &plain))
            trial->tally->spoken[i]++;
    return plain_law(&plain);
}

/* --- holding one against the other ---------------------------------------*/

static enum difference
compare(const struct plain_answer *plain, const struct engine_verdict *verdict,
        unsigned int facets)
{
    const bool goes = verdict->judgement.verdict == VERDICT_TRANSMIT;

    if (goes && !plain->may)
        return TOLD_WITHOUT_BASIS;
    if (!goes)
        return plain->may ? KEPT_BACK : AGREED;
    if (facets & ~plain->facets)
        return FACET_TOO_MANY;
    return plain->facets & ~facets ? FACET_TOO_FEW : AGREED;
}

static const char *
rule_of(const struct engine_verdict *verdict)
{
    if (verdict->judgement.ground == GROUND_NOT_CONCERNED)
        return NOT_CONCERNED;
    return *verdict->rule ? verdict->rule : "none";
}

static const char *
row_of(const struct plain_answer *plain)
{
    return plain->row >= 0 ? plain_row_id((size_t)plain->row) : "-";
}

static void
show(const struct trial *trial, const struct world_question *question,
     const struct plain_answer *plain, const struct engine_verdict *verdict,
     enum difference difference)
{
    printf("%s%s: %s to %s%s%s: plain %s %s %#x; engine %s %s %s %#llx\n",
           difference == AGREED ? "" : "!! ", difference_names[difference],
           question->teller, question->to, question->arrival ? ", arrival" : "",
           trial->rules == ENGINE_CANTON ? ", canton" : "",
           plain->may ? "may" : "may not", row_of(plain), plain->facets,
           verdict_name(verdict->judgement.verdict), verdict->ground,
           verdict->rule, (unsigned long long)verdict->judgement.facets);
    printf("  dossier %d competent %d\n", question->in_dossier,
           question->competent);
    world_print(&question->telling);
}

static struct finding *
finding_of(struct tally *tally, enum difference difference, int row,
           const char *rule, const char *type)
{
    for (size_t i = 0; i < tally->finding_count; i++) {
        struct finding *finding = &tally->finding[i];
        if (finding->difference == difference && finding->row == row &&
            strcmp(finding->rule, rule) == 0 &&
            strcmp(finding->type, type) == 0)
            return finding;
    }
    if (tally->finding_count == FINDINGS_MAX)
        return NULL;
    struct finding *finding = &tally->finding[tally->finding_count++];
    *finding = (struct finding){.difference = difference, .row = row};
    snprintf(finding->rule, sizeof finding->rule, "%s", rule);
    snprintf(finding->type, sizeof finding->type, "%s", type);
    return finding;
}

static void
count(struct trial *trial, const struct world_question *question,
      const struct plain_answer *plain, const struct engine_verdict *verdict,
      enum difference difference)
{
    struct tally *tally = trial->tally;

    tally->cases++;
    tally->allowed += plain->may;
    if (verdict->judgement.verdict == VERDICT_TRANSMIT) {
        tally->transmitted++;
        if (plain->may)
            tally->carried[plain->row]++;
    }
    if (difference == AGREED)
        return;
    if (!is_excused(difference, row_of(plain), rule_of(verdict)))
        tally->wrong++;
    struct finding *finding =
        finding_of(tally, difference, plain->row, rule_of(verdict),
                   question->telling.event.type);
    if (finding && finding->count++ == 0)
        finding->world = trial->number;
}

/* True: the engine lets it go. */
static bool
try_telling(struct trial *trial, const struct world_question *question)
{
    const struct catalogue *catalogue = trial->world.catalogue;
    const uint64_t original = original_of(trial, question);
    const struct plain_answer plain = ask_plain(trial, question, original);
    const struct engine_verdict verdict =
        engine_judge(trial->engine, question, trial->world.day, original);
    const enum difference difference =
        compare(&plain, &verdict,
                world_plain_facets(catalogue, verdict.judgement.facets));

    count(trial, question, &plain, &verdict, difference);
    if (trial->loud && difference != AGREED)
        show(trial, question, &plain, &verdict, difference);
    return verdict.judgement.verdict == VERDICT_TRANSMIT;
}

/* --- statements come in --------------------------------------------------*/

/* Our own are known; those of others are judged as they come. */
static bool
is_let_in(struct trial *trial, const struct telling *telling)
{
    const struct world_question question = {
        .telling = *telling,
        .teller = telling->event.issuer,
        .to = trial->world.us,
        .arrival = true,
        .original_percent = telling->event.answers ? 100 : 0,
    };

    return is_ours(trial, telling) || try_telling(trial, &question);
}

/* Of what others end, all is told or nothing: an end stops at once, whoever
 * knows of it, and the plain law asks what both know. */
static bool
is_told(struct trial *trial, const struct telling *telling, bool tells_lines)
{
    const struct catalogue *catalogue = trial->world.catalogue;
    const struct type_def *type =
        &catalogue->type[catalogue_type(catalogue, telling->event.type)];

    if (!is_ours(trial, telling) || type->local)
        return false;
    if (strcmp(type->name, "retrait-consentement") == 0 || type->ends_of_all)
        return true;
    return *type->line || type->ends ? tells_lines
                                     : dice_percent(&trial->world.dice, 80);
}

static void
take_statements(struct trial *trial)
{
    struct world *world = &trial->world;
    const bool tells_lines = dice_percent(&world->dice, 80);

    for (size_t i = 0; i < world->count; i++) {
        const struct telling *telling = &world->statement[i];
        if (!engine_takes(trial->engine, telling)) {
            world_print(telling);
            exit(2);
        }
        trial->told[i] = false;
        trial->known[i] = is_let_in(trial, telling);
        if (trial->loud) {
            printf("%s", trial->known[i] ? "known" : "not let in");
            world_print(telling);
        }
        if (!trial->known[i])
            continue;
        engine_know(trial->engine, telling);
        if (telling->again)
            engine_know(trial->engine, telling);
        trial->told[i] = is_told(trial, telling, tells_lines);
        if (trial->told[i])
            engine_tell(trial->engine, telling, world->partner);
    }
}

static void
try_world(struct trial *trial, const struct catalogue *catalogue, uint64_t seed)
{
    struct world_question question;

    world_make(&trial->world, catalogue, seed, trial->number);
    trial->rules =
        dice_percent(&trial->world.dice, 50) ? ENGINE_CANTON : ENGINE_SHIPPED;
    if (trial->loud)
        printf("world %" PRIu64 " seed %" PRIu64 ": row %s, us %s, partner "
               "%s, today %s\n",
               trial->number, seed, plain_row_id(trial->world.row),
               trial->world.us, trial->world.partner, trial->world.today);
    engine_begin(trial->engine, trial->world.us, trial->rules);
    memset(trial->known, 0, sizeof trial->known);
    take_statements(trial);
    for (size_t i = 0; i < QUESTIONS_PER_WORLD; i++) {
        world_ask(&trial->world, &question);
        try_telling(trial, &question);
    }
}

/* --- the end of it -------------------------------------------------------*/

/* True when a row was not reached. */
static bool
print_rows(const struct tally *tally)
{
    bool is_missed = false;

    puts("row          carried   refused  of");
    for (size_t i = 0; i < plain_row_count(); i++) {
        const uint64_t refused = tally->spoken[i] - tally->carried[i];
        const bool missed = refused == 0
                                ? !plain_row_always(i)
                                : tally->carried[i] == 0 && !plain_row_never(i);
        printf("%-11s %8" PRIu64 "  %8" PRIu64 "  %s%s\n", plain_row_id(i),
               tally->carried[i], refused, plain_row_citation(i),
               missed ? "   <- not reached" : "");
        is_missed = is_missed || missed;
    }
    return is_missed;
}

static void
print_findings(const struct tally *tally)
{
    for (size_t i = 0; i < tally->finding_count; i++) {
        const struct finding *finding = &tally->finding[i];
        const char *row =
            finding->row >= 0 ? plain_row_id((size_t)finding->row) : "-";
        printf("%s%s: row %s, rule %s, %s: %" PRIu64 ", first in world "
               "%" PRIu64 "\n",
               is_excused(finding->difference, row, finding->rule)
                   ? "narrower on purpose: "
                   : "",
               difference_names[finding->difference], row, finding->rule,
               finding->type, finding->count, finding->world);
    }
}

static int
report(const struct tally *tally, uint64_t seed)
{
    const bool is_missed = print_rows(tally);

    print_findings(tally);
    printf("%" PRIu64 " cases from seed %" PRIu64 ": %" PRIu64
           " allowed, %" PRIu64 " transmitted, %" PRIu64 " wrong\n",
           tally->cases, seed, tally->allowed, tally->transmitted,
           tally->wrong);
    if (tally->wrong)
        puts("a world again, with all that is in it: --world N SEED");
    return tally->wrong > 0 || tally->allowed * 5 < tally->cases ||
           (is_missed && tally->cases >= CASES_FOR_ALL_ROWS);
}

static uint64_t
number_at(char **argv, int argc, int at, uint64_t otherwise)
{
    return argc > at ? strtoull(argv[at], NULL, 10) : otherwise;
}

int
main(int argc, char **argv)
{
    static struct tally tally;
    static struct trial trial;
    const bool is_one = argc > 2 && strcmp(argv[1], "--world") == 0;
    const uint64_t wanted = is_one ? 1 : number_at(argv, argc, 1, 1000000);
    const uint64_t seed = number_at(argv, argc, is_one ? 3 : 2, 1);

    trial.engine = engine_new();
    trial.tally = &tally;
    trial.loud = is_one;
    trial.number = is_one ? number_at(argv, argc, 2, 0) : 0;
    while (tally.cases < wanted) {
        try_world(&trial, engine_catalogue(trial.engine), seed);
        trial.number++;
    }
    engine_destroy(trial.engine);
    return report(&tally, seed);
}
