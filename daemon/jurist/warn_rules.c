/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "jurist/reach.h"
#include "jurist/warn.h"
#include "jurist/words.h"
#include "proto/date.h"

/* A rule that is looked at. */
struct look {
    const struct warning *warning;
    const struct rule_text *text;
    size_t number;
    enum row row;
    struct law_rule_view view;
};

#define WARN(look, ...)                                          \
    findings_warn((look)->warning->findings, (look)->text->file, \
                  (look)->text->line, __VA_ARGS__)

static bool
is_lane(enum row row)
{
    return row != ROW_DENY && row != ROW_OFF;
}

static bool
is_any(char *const *names)
{
    return names_have(names, "any");
}

/* --- who answers for it, and from when to when ---------------------------- */

/* Signed off with the product, at no day of its own. */
#define PRODUCT "protocol"

static void
look_at_signature(const struct look *look)
{
    const struct rule_text *rule = look->text;
    struct date date = {0};

    if (!rule->checked_by || !*rule->checked_by) {
        if (is_lane(look->row))
            WARN(look,
                 "nobody has signed off rule %s: in production it holds what "
                 "it would let go (checked_by, checked_on)",
                 rule->id);
        if (rule->checked_on)
            WARN(look, "rule %s was checked on %s, and by whom? (checked_by)",
                 rule->id, rule->checked_on);
        return;
    }
    if (!rule->checked_on && strcmp(rule->checked_by, PRODUCT) != 0)
        WARN(look, "rule %s was checked by %s, and when? (checked_on)",
             rule->id, rule->checked_by);
    if (rule->checked_on &&
        date_parse(&date, rule->checked_on, NULL) == CII_OK &&
        date_to_days(&date) > look->warning->today)
        WARN(look, "rule %s was checked on %s, which is still to come",
             rule->id, rule->checked_on);
}

static void
look_at_days(const struct look *look)
{
    int64_t first = 0;
    int64_t last = 0;

    rule_days(look->text, &first, &last);
    if (last < look->warning->today)
        WARN(look, "rule %s ended on %s: it is no longer applied",
             look->text->id, look->text->valid_to);
}

/* --- what it needs -------------------------------------------------------- */

static const char *
predicate_name_at(const void *context, size_t i)
{
    return ((const struct rule_texts *)context)->predicate[i].name;
}

static void
look_at_need(const struct look *look, const char *need)
{
    const struct rule_texts *texts = look->warning->texts;
    const char *near =
        nearest_name(need, texts->predicate_count, predicate_name_at, texts);

    WARN(look,
         "rule %s needs '%s', which nobody defines: it is never true, so the "
         "rule never carries anything%s%s%s",
         look->text->id, need, near ? "; did you mean '" : "", near ? near : "",
         near ? "'?" : "");
}

static void
look_at_needs(const struct look *look)
{
    int predicate = -1;
    const char *need = NULL;

    for (size_t i = 0; (need = law_rule_need(look->warning->law, look->number,
                                             i, &predicate)) != NULL;
         i++)
        if (predicate < 0 && strcmp(need, NEED_RETURN) != 0)
            look_at_need(look, need);
}

static void
look_for_twice(const struct look *look, const char *key, char *const *names)
{
    for (size_t i = 0; i < names_count(names); i++)
        for (size_t j = 0; j < i; j++)
            if (!strcmp(names[i], names[j]))
                WARN(look, "rule %s names '%s' twice in %s", look->text->id,
                     names[i], key);
}

static void
look_at_lists(const struct look *look)
{
    look_for_twice(look, "from", look->text->from);
    look_for_twice(look, "to", look->text->to);
    look_for_twice(look, "events", look->text->events);
    look_for_twice(look, "facets", look->text->facets);
    look_for_twice(look, "needs", look->text->needs);
}

/* --- consent and requests ------------------------------------------------- */

static const struct predicate_text *
need_at(const struct look *look, size_t nth)
{
    int predicate = -1;

    if (!law_rule_need(look->warning->law, look->number, nth, &predicate) ||
        predicate < 0)
        return NULL;
    return &look->warning->texts->predicate[predicate];
}

/* Does one of its needs rest on statements of this type? A need that nobody
 * defines may. */
static bool
rests_on(const struct look *look, const char *type)
{
    for (size_t i = 0; i < names_count(look->text->needs); i++) {
        const struct predicate_text *need = need_at(look, i);
        if (!need || (!need->none && names_have(need->statement, type)))
            return true;
    }
    return false;
}

static bool
answers_a_request(const struct look *look)
{
    for (size_t i = 0; i < names_count(look->text->needs); i++) {
        const struct predicate_text *need = need_at(look, i);
        if (!need || need->answered)
            return true;
    }
    return false;
}

static bool
is_word(const char *text, const char *word)
{
    return text && !strcmp(text, word);
}

/* What a personal disclosure says of consent fits together. */
static void
look_at_consent(const struct look *look)
{
    const struct rule_text *rule = look->text;
    const bool consent = rests_on(look, "consentement") ||
                         names_have(rule->events, "consentement");

    if (is_word(rule->lane, "consent") && !consent)
        WARN(look,
             "rule %s is of the lane consent, but needs no statement of "
             "consent (consentement)",
             rule->id);
    if (is_word(rule->lane, "request") && !answers_a_request(look))
        WARN(look,
             "rule %s is of the lane request, but needs no request that the "
             "event answers",
             rule->id);
    if (is_word(rule->inform, "consent") && !consent)
        WARN(look,
             "rule %s informs the person at consent, but needs no statement "
             "of consent",
             rule->id);
    if (is_word(rule->objection, "withdraw") && !consent &&
        !is_word(rule->lane, "request"))
        WARN(look,
             "rule %s ends with the withdrawal of a consent, but needs no "
             "statement of consent",
             rule->id);
}

/* --- what it opens -------------------------------------------------------- */

static uint64_t
identity_of(const struct catalogue *catalogue)
{
    return catalogue->identity < 0 ? 0 : UINT64_C(1) << catalogue->identity;
}

/* Every facet that one of its events may hold; `personal`: is one of them
 * about a person? */
static uint64_t
held_by_events(const struct look *look, bool *personal)
{
    const struct catalogue *catalogue = look->warning->catalogue;
    uint64_t held = 0;

    *personal = false;
    for (size_t i = 0; i < catalogue->type_count; i++) {
        const struct type_def *type = &catalogue->type[i];
        if (!names_have(look->text->events, type->name) &&
            (!is_any(look->text->events) || type->protocol))
            continue;
        held |= type->may;
        *personal = *personal || type->personal;
    }
    return held;
}

static void
look_at_facets(const struct look *look)
{
    const struct catalogue *catalogue = look->warning->catalogue;
    char names[256] = "";
    bool personal = false;
    const uint64_t held = held_by_events(look, &personal);
    const uint64_t vain = look->view.facets & ~held;

    /* what an issuer gets back is whatever it issued */
    if (vain && !names_have(look->text->needs, NEED_RETURN)) {
        facet_set_print(catalogue, vain, names, sizeof names);
        WARN(look, "rule %s opens %s, which none of its events may hold",
             look->text->id, names);
    }
    if (is_lane(look->row) && personal &&
        !(look->view.facets & identity_of(catalogue)))
        WARN(look,
             "rule %s does not open identity: the receiver cannot know whom "
             "the event is about",
             look->text->id);
}

static bool
names_kind(char *const *names, int kind)
{
    return is_any(names) ||
           names_have(names, kind_name((enum institution_kind)kind));
}

static uint64_t
denied_to(const struct warning *warning, int kind)
{
    uint64_t denied = 0;

    for (size_t i = 0; i < warning->texts->denial_count; i++) {
        const struct denial_text *denial = &warning->texts->denial[i];
        if (!names_kind(denial->to, kind) ||
            (denial->except && names_kind(denial->except, kind)))
            continue;
        for (char **facet = denial->facets; *facet; facet++) {
            const int number = catalogue_facet(warning->catalogue, *facet);
            denied |= number < 0 ? 0 : UINT64_C(1) << number;
        }
    }
    return denied;
}

/* Of a rule for anybody a denial is no surprise. */
static void
look_at_denials(const struct look *look)
{
    char names[256] = "";

    if (is_any(look->text->to))
        return;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        const uint64_t kept =
            names_kind(look->text->to, kind)
                ? look->view.facets & denied_to(look->warning, kind)
                : 0;
        if (!kept)
            continue;
        facet_set_print(look->warning->catalogue, kept, names, sizeof names);
        WARN(look, "rule %s opens %s, which a denial keeps from %s",
             look->text->id, names, kind_name((enum institution_kind)kind));
    }
}

/* An event that can never hold what the need looks at never has it true; what
 * it must not hold it has left out. */
static void
look_at_event(const struct look *look, const struct predicate_text *need,
              const struct type_def *type)
{
    for (size_t i = 0; i < need->all_count; i++) {
        char facet[64] = "";
        const size_t length = strcspn(need->all[i].field, ".");
        snprintf(facet, sizeof facet, "%.*s", (int)length, need->all[i].field);
        const int number = catalogue_facet(look->warning->catalogue, facet);
        if (number < 0 || type->may >> number & 1 ||
            !strcmp(need->all[i].test, "absent"))
            continue;
        WARN(look,
             "rule %s needs %s, which looks at %s: %s may not hold it, so the "
             "rule never carries it",
             look->text->id, need->name, facet, type->name);
        return;
    }
}

static void
look_at_events(const struct look *look)
{
    const struct catalogue *catalogue = look->warning->catalogue;

    for (size_t i = 0; i < names_count(look->text->needs); i++) {
        const struct predicate_text *need = need_at(look, i);
        if (!need || names_count(need->statement) > 0)
            continue;
        for (char **event = look->text->events; *event; event++) {
            const int type = catalogue_type(catalogue, *event);
            if (type >= 0)
                look_at_event(look, need, &catalogue->type[type]);
        }
    }
}

/* --- beside the others ---------------------------------------------------- */

static void
look_at_reach(const struct look *look)
{
    const struct reach reach = {look->warning->law, look->warning->texts,
                                look->warning->catalogue};
    int before = -1;

    if (reach_has(&reach, look->number, &before))
        return;
    if (before < 0) {
        WARN(look,
             "rule %s is never taken: wherever it stands, rules that are "
             "tried before it carry the event or bar the lanes behind them",
             look->text->id);
        return;
    }
    const struct rule_text *other = &look->warning->texts->rule[before];
    WARN(look,
         "rule %s is never taken: %s (%s:%d) is tried before it, and where it "
         "does not carry the event it bars the lanes behind it, as its "
         "fallback is another",
         look->text->id, other->id, other->file, other->line);
}

void
warn_of_rules(const struct warning *warning)
{
    for (size_t i = 0; i < warning->texts->rule_count; i++) {
        const struct look look = {
            .warning = warning,
            .text = &warning->texts->rule[i],
            .number = i,
            .row = row_find(warning->texts->rule[i].lane),
            .view = law_rule_at(warning->law, i),
        };
        look_at_signature(&look);
        look_at_days(&look);
        look_at_needs(&look);
        look_at_lists(&look);
        look_at_consent(&look);
        look_at_facets(&look);
        look_at_denials(&look);
        look_at_events(&look);
        look_at_reach(&look);
    }
}
