/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Random laws, judged twice: by the engine, and by a plain reading of the
 * manual that indexes nothing and shortens nothing.
 */

#include "tests/unit/law/small_law.h"

#define LAWS      150
#define QUESTIONS 60
#define RULES     14

static uint64_t seed = 20261231;

static unsigned int
random_below(unsigned int limit)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned int)(seed >> 33) % limit;
}

/* --- random rules -------------------------------------------------------- */

static const char *const kinds[] = {"orp", "as", "oai"};
static const char *const types[] = {"inscription", "ouverture", "poste",
                                    "recu"};
static const char *const lanes[] = {"duty",    "request", "release", "cii",
                                    "consent", "deny",    "off"};
static const char *const facets[] = {"identity", "dates", "outcome",
                                     "decision"};
/* p0 and p1 are of the event, open may be left open, p9 is undefined. */
static const char *const needs[] = {"p0", "p1", "open", "p9"};

struct draft {
    char id[8];
    const char *from[4];
    const char *to[4];
    const char *events[5];
    const char *facets[8];
    const char *needs[5];
    unsigned int lane;
    const char *fallback;
    const char *valid_from;
    const char *canton;
    const char *checked_by;
};

static void
draw(const char **list, const char *const *from, unsigned int count)
{
    const unsigned int one = random_below(count);
    size_t drawn = 0;

    for (unsigned int i = 0; i < count; i++)
        if (i == one || random_below(3) == 0)
            list[drawn++] = from[i];
    list[drawn] = NULL;
}

static void
draw_needs(struct draft *draft)
{
    size_t drawn = 0;

    for (unsigned int i = 0; i < 4 && draft->lane < 5; i++)
        if (random_below(4) == 0)
            draft->needs[drawn++] = needs[i];
    draft->needs[drawn] = NULL;
}

static struct draft
draw_rule(unsigned int number)
{
    struct draft draft = {.lane = random_below(7)};

    (void)snprintf(draft.id, sizeof draft.id, "R%02u", random_below(50));
    (void)snprintf(draft.id + 3, 5, "%c", (char)('a' + number));
    if (draft.lane == 5 && random_below(3))
        draft.lane = 2; /* fewer denials: they end everything */
    draw(draft.from, kinds, 3);
    draw(draft.to, kinds, 3);
    draw(draft.events, types, 4);
    draw(draft.facets, facets, 4);
    size_t count = 0;
    while (draft.facets[count])
        count++;
    draft.facets[count++] = "state"; /* what the predicates look at */
    draft.facets[count++] = "report";
    if (strcmp(draft.facets[0], "identity") != 0)
        draft.facets[count++] = "identity";
    draft.facets[count] = NULL;
    draw_needs(&draft);
    draft.valid_from = random_below(5) ? NULL : "2026-06-16";
    draft.canton = random_below(4) ? NULL : "ge";
    draft.checked_by = random_below(2) ? "a jurist" : NULL;
    return draft;
}

static bool
lists(const char *const *list, const char *name)
{
    for (; *list; list++)
        if (!strcmp(*list, name))
            return true;
    return false;
}

static bool
overlap(const char *const *a, const char *const *b)
{
    for (; *a; a++)
        if (lists(b, *a))
            return true;
    return false;
}

static void
draw_fallbacks(struct draft *draft)
{
    for (int i = 0; i < RULES; i++) {
        const struct draft *to = &draft[random_below(RULES)];
        if (draft[i].lane < to->lane && to->lane < 5 &&
            overlap(draft[i].from, to->from) && overlap(draft[i].to, to->to) &&
            overlap(draft[i].events, to->events))
            draft[i].fallback = to->id;
    }
}

static struct law *
law_of(const struct draft *draft, bool pilot)
{
    struct law *law = new_law(pilot);

    add_predicate(law, .name = "p0",
                  .all = TESTS({"state.assessed", "equals", NAMES("yes")}),
                  .all_count = 1);
    add_predicate(law, .name = "p1",
                  .all = TESTS({"report.days", "at-least", NAMES("9")}),
                  .all_count = 1);
    add_predicate(law, .name = "open",
                  .all =
                      TESTS({"identity.dateOfBirth", "age-below", NAMES("25")}),
                  .all_count = 1);
    for (int i = 0; i < RULES; i++)
        add_rule(law, .id = draft[i].id, .from = draft[i].from,
                 .to = draft[i].to, .events = draft[i].events,
                 .lane = lanes[draft[i].lane], .facets = draft[i].facets,
                 .needs = draft[i].needs, .fallback = draft[i].fallback,
                 .valid_from = draft[i].valid_from, .canton = draft[i].canton,
                 .checked_by = draft[i].checked_by);
    seal(law);
    return law;
}

/* --- random questions ---------------------------------------------------- */

static const char *const offices[] = {"ge.orp", "ge.as.hg", "vs.oai", "ge.oai",
                                      "vs.orp"};

static void
draw_question(struct ask *ask, bool pilot)
{
    static const char *const assessed[] = {"yes", "no"};
    static const char *const days[] = {"1", "20"};
    static const char *const born[] = {"1980", "2001", "2010"};

    ask_init(ask);
    ask->question.type = (int)random_below(TYPES);
    ask->question.discloser = offices[random_below(5)];
    ask->question.issuer = "be.orp";
    ask->question.to = offices[random_below(5)];
    ask->question.concerned = random_below(8) != 0;
    ask->question.arrival = random_below(3) == 0;
    ask->question.test = random_below(12) ? pilot : !pilot;
    ask->question.now = NOON + random_below(3) * DAY_MS;
    if (random_below(4))
        put(ask, STATE, "assessed", assessed[random_below(2)]);
    if (random_below(4))
        put(ask, REPORT, "days", days[random_below(2)]);
    if (random_below(4))
        put(ask, IDENTITY, "dateOfBirth", born[random_below(3)]);
    if (random_below(2))
        put(ask, DATES, "on", "2026-01-01");
    if (random_below(20) == 0)
        put(ask, DIAGNOSIS, "content", "x");
}

/* --- the plain reading --------------------------------------------------- */

/* 0 false, 1 unknown, 2 open, 3 true */
static int
plain_need(const struct ask *ask, const char *need)
{
    const char *state = ask->at[STATE] ? ask->field[STATE][0].value : NULL;
    const char *days = ask->at[REPORT] ? ask->field[REPORT][0].value : NULL;
    const char *born = ask->at[IDENTITY] ? ask->field[IDENTITY][0].value : NULL;

    if (!strcmp(need, "p0"))
        return !state ? 1 : (!strcmp(state, "yes") ? 3 : 0);
    if (!strcmp(need, "p1"))
        return !days ? 1 : (!strcmp(days, "20") ? 3 : 0);
    if (!strcmp(need, "open") && born)
        return !strcmp(born, "1980") ? 0 : (!strcmp(born, "2001") ? 2 : 3);
    return 1;
}

static int
plain_rule(const struct ask *ask, const struct draft *draft, size_t *missing)
{
    int least = 3;

    *missing = 0;
    for (const char *const *need = draft->needs; *need; need++) {
        const int answer = plain_need(ask, *need);
        least = answer < least ? answer : least;
        *missing += answer != 3;
    }
    return least;
}

static bool
plain_match(const struct ask *ask, const struct draft *draft)
{
    const struct law_question *question = &ask->question;
    const bool from_here = !strncmp(question->discloser, "ge", 2);
    const bool to_here = !strncmp(question->to, "ge", 2);
    const enum institution_kind from = institution_kind_of(question->discloser);
    const enum institution_kind to = institution_kind_of(question->to);

    if (draft->lane == 6 || !lists(draft->from, kind_name(from)) ||
        !lists(draft->to, kind_name(to)) ||
        !lists(draft->events, types[question->type]))
        return false;
    if (draft->valid_from && question->now < NOON + DAY_MS)
        return false;
    if (draft->canton)
        return draft->lane == 5 ? from_here || to_here : from_here && to_here;
    return true;
}

static const struct draft *
plain_find(const struct draft *draft, const char *id)
{
    for (int i = 0; i < RULES; i++)
        if (id && !strcmp(draft[i].id, id))
            return &draft[i];
    return NULL;
}

static bool
plain_chain(const struct draft *draft, const struct draft *from,
            const struct draft *to)
{
    while (from && from != to)
        from = plain_find(draft, from->fallback);
    return from == to;
}

/* Matching rules in the order of lane, then id. */
static int
by_lane_and_id(const void *a, const void *b)
{
    const struct draft *left = *(const struct draft *const *)a;
    const struct draft *right = *(const struct draft *const *)b;

    if (left->lane != right->lane)
        return left->lane < right->lane ? -1 : 1;
    return strcmp(left->id, right->id);
}

static uint64_t
plain_facets(const struct draft *draft)
{
    uint64_t set = 0;

    for (const char *const *name = draft->facets; *name; name++)
        set |= BIT(catalogue_facet(small_catalogue(), *name));
    return set;
}

struct plain {
    const char *verdict;
    const char *ground;
    const char *rule;
    uint64_t facets;
};

static struct plain
plain_take(const struct ask *ask, const struct draft *draft, bool pilot)
{
    const uint64_t opened = plain_facets(draft);

    if (ask->question.arrival && (ask->question.facets & ~opened))
        return (struct plain){"refuse", "wider-than-rule", draft->id, 0};
    if (!draft->checked_by && !pilot)
        return (struct plain){"hold", "unchecked", draft->id, 0};
    return (struct plain){"transmit", "rule", draft->id,
                          ask->question.facets & opened};
}

static struct plain
plain_walk(const struct ask *ask, const struct draft *draft, bool pilot)
{
    const struct draft *match[RULES];
    const struct draft *failed[RULES];
    const struct draft *open = NULL;
    struct plain nearest = {"refuse", "no-rule", "none", 0};
    size_t best = 99;
    size_t matches = 0;
    size_t fails = 0;

    for (int i = 0; i < RULES; i++)
        if (plain_match(ask, &draft[i])) {
            if (draft[i].lane == 5)
                continue;
            match[matches++] = &draft[i];
        }
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): they are pointers */
    qsort(match, matches, sizeof *match, by_lane_and_id);
    for (size_t i = 0; i < matches; i++) {
        bool barred = false;
        size_t missing = 0;
        for (size_t j = 0; j < fails; j++)
            barred |= failed[j]->lane < match[i]->lane &&
                      !plain_chain(draft, failed[j], match[i]);
        if (barred)
            continue;
        const int answer = plain_rule(ask, match[i], &missing);
        if (answer == 3)
            return plain_take(ask, match[i], pilot);
        failed[fails++] = match[i];
        open = answer == 2 && !open ? match[i] : open;
        if (missing < best)
            nearest = (struct plain){"refuse", "predicate", match[i]->id, 0};
        best = missing < best ? missing : best;
    }
    return open ? (struct plain){"hold", "predicate", open->id, 0} : nearest;
}

static const char *
plain_denial(const struct ask *ask, const struct draft *draft)
{
    const char *first = NULL;

    for (int i = 0; i < RULES; i++)
        if (draft[i].lane == 5 && plain_match(ask, &draft[i]) &&
            (!first || strcmp(draft[i].id, first) < 0))
            first = draft[i].id;
    return first;
}

static struct plain
plain_judge(const struct ask *ask, const struct draft *draft, bool pilot)
{
    const struct law_question *question = &ask->question;
    const char *denial = plain_denial(ask, draft);

    if (ask->at[DIAGNOSIS])
        return (struct plain){"refuse", "banned", "none", 0};
    if (question->test != pilot)
        return (struct plain){"refuse", "profile", "none", 0};
    if (!question->concerned && question->type != POSTE &&
        question->type != RECU)
        return (struct plain){"refuse", "not-concerned", "none", 0};
    if (denial)
        return (struct plain){"refuse", "denied", denial, 0};
    return plain_walk(ask, draft, pilot);
}

/* --- the same ------------------------------------------------------------ */

static void
compare(const struct law *law, const struct draft *draft, bool pilot)
{
    struct ask ask;
    char want[100] = "";
    draw_question(&ask, pilot);

    const struct plain plain = plain_judge(&ask, draft, pilot);
    const struct judgement judgement = judge(law, &ask.question);

    (void)snprintf(want, sizeof want, "%s %s %s", plain.verdict, plain.ground,
                   plain.rule);
    expect_text(said(law, &judgement), want);
    cr_expect(eq(u64, judgement.facets, plain.facets));
    const bool transmitted = judgement.verdict == VERDICT_TRANSMIT;
    cr_expect(eq(int, transmitted, judgement.ground == GROUND_RULE));
    cr_expect(eq(u64, judgement.facets & judgement.withheld, 0));
    cr_expect(eq(u64, judgement.facets & ~ask.question.facets, 0));
}

Test(judge, agrees_with_a_plain_reading_of_random_laws)
{
    for (int i = 0; i < LAWS; i++) {
        struct draft draft[RULES];
        const bool pilot = random_below(2);
        for (unsigned int j = 0; j < RULES; j++)
            draft[j] = draw_rule(j);
        draw_fallbacks(draft);
        struct law *law = law_of(draft, pilot);

        for (int j = 0; j < QUESTIONS; j++)
            compare(law, draft, pilot);
        law_destroy(&law);
    }
}
