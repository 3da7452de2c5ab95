/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "law/parts.h"

/* --- names become numbers ------------------------------------------------ */

/*
 * A receiver judges what came: were the facet that a predicate looks at left
 * behind, it could never come to the sender's verdict.
 */
static enum cii_code
check_need(const struct law *law, const struct rule *rule,
           const struct need *need, struct cii_error *err)
{
    const uint64_t unseen =
        law->predicate[need->predicate].facets & ~rule->view.facets;
    char facets[128] = "";

    if (!unseen)
        return CII_OK;
    facet_set_print(law->catalogue, unseen, facets, sizeof facets);
    return fail_at(err, (struct place){rule->view.file, rule->view.line},
                   "rule %s needs %s, which looks at %s, but does not open "
                   "it: the receiver could never judge it",
                   rule->view.id, need->name, facets);
}

static enum cii_code
resolve_needs(struct law *law, struct rule *rule, struct cii_error *err)
{
    for (size_t i = 0; i < rule->need_count; i++) {
        struct need *need = &rule->need[i];
        need->predicate = predicate_find(law, need->name);
        if (need->predicate >= 0)
            CII_TRY(check_need(law, rule, need, err));
    }
    return CII_OK;
}

static bool
share_a_type(const struct rule *a, const struct rule *b)
{
    for (size_t i = 0; i < TYPE_WORDS; i++)
        if (a->type[i] & b->type[i])
            return true;
    return false;
}

/* Always to a later lane: so there are no circles. */
static enum cii_code
resolve_fallback(struct law *law, struct rule *rule, struct cii_error *err)
{
    const struct place place = {rule->view.file, rule->view.line};

    if (!rule->fallback_id)
        return CII_OK;
    rule->fallback = rule_find(law, rule->fallback_id);
    if (rule->fallback < 0)
        return fail_at(err, place, "rule %s falls back to %s, which is none",
                       rule->view.id, rule->fallback_id);

    const struct rule *general = &law->rule[rule->fallback];
    if (general->row != ROW_LANE || general->view.lane <= rule->view.lane)
        return fail_at(err, place,
                       "rule %s falls back to %s, which is of no later lane",
                       rule->view.id, rule->fallback_id);
    if (!(general->from & rule->from) || !(general->to & rule->to) ||
        !share_a_type(general, rule))
        return fail_at(err, place,
                       "rule %s falls back to %s, which is never about the "
                       "same event between the same institutions",
                       rule->view.id, rule->fallback_id);
    return CII_OK;
}

static enum cii_code
resolve(struct law *law, struct cii_error *err)
{
    for (size_t i = 0; i < law->rule_count; i++) {
        struct rule *rule = &law->rule[i];
        CII_TRY(resolve_needs(law, rule, err));
        CII_TRY(resolve_fallback(law, rule, err));
        if (!rule->returns)
            continue;
        if (law->return_rule >= 0)
            return fail_at(err,
                           (struct place){rule->view.file, rule->view.line},
                           "rule %s: there is already one with need %s",
                           rule->view.id, NEED_RETURN);
        law->return_rule = (int)i;
    }
    return CII_OK;
}

/* --- the index ----------------------------------------------------------- */

/* DENY first, then lane by lane, within a lane by id: whatever the files. */
static int
compare_rules(const void *a, const void *b, void *context)
{
    const struct law *law = context;
    const struct rule *left = &law->rule[*(const uint16_t *)a];
    const struct rule *right = &law->rule[*(const uint16_t *)b];

    if (left->row != right->row)
        return left->row < right->row ? -1 : 1;
    if (left->view.lane != right->view.lane)
        return left->view.lane < right->view.lane ? -1 : 1;
    return strcmp(left->view.id, right->view.id);
}

struct order {
    uint16_t *rule; /* owned; the ones that may be taken or deny */
    size_t count;
};

static void
order_done(struct order *order)
{
    free(order->rule);
}

static enum cii_code
order_init(struct order *order, struct law *law, struct cii_error *err)
{
    order->rule = calloc(law->rule_count + 1, sizeof *order->rule);
    if (!order->rule)
        return cii_fail(err, CII_MEMORY, "no memory to order the rules");
    for (size_t i = 0; i < law->rule_count; i++)
        if (law->rule[i].row != ROW_OFF && !law->rule[i].returns)
            order->rule[order->count++] = (uint16_t)i;
    qsort_r(order->rule, order->count, sizeof *order->rule, compare_rules, law);
    return CII_OK;
}

size_t
span_number(const struct law *law, enum institution_kind from,
            enum institution_kind to, int type)
{
    return ((size_t)from * KIND_COUNT + (size_t)to) *
               law->catalogue->type_count +
           (size_t)type;
}

static bool
rule_has_type(const struct rule *rule, size_t type)
{
    return rule->type[type / 64] >> type % 64 & 1;
}

static enum cii_code
reserve_matches(struct law *law, size_t *capacity, size_t more,
                struct cii_error *err)
{
    if (law->match_count + more <= *capacity)
        return CII_OK;
    const size_t wanted = 2 * *capacity + more + 1024;
    uint16_t *grown = reallocarray(law->match, wanted, sizeof *grown);
    if (!grown)
        return cii_fail(err, CII_MEMORY, "no memory to index the rules");
    law->match = grown;
    *capacity = wanted;
    return CII_OK;
}

/* Those of the pair that speak of this type. */
static enum cii_code
index_type(struct law *law, const struct order *pair, size_t type,
           struct span *span, struct cii_error *err)
{
    span->first = (uint32_t)law->match_count;
    for (size_t i = 0; i < pair->count; i++)
        if (rule_has_type(&law->rule[pair->rule[i]], type))
            law->match[law->match_count++] = pair->rule[i];
    span->count = (uint32_t)law->match_count - span->first;
    if (span->count <= LAW_MATCHES_MAX)
        return CII_OK;

    const struct rule *last = &law->rule[law->match[law->match_count - 1]];
    return fail_at(err, (struct place){last->view.file, last->view.line},
                   "more than %d rules speak of %s between the same kinds of "
                   "institution: join some",
                   LAW_MATCHES_MAX, law->catalogue->type[type].name);
}

static void
select_pair(const struct law *law, const struct order *all, unsigned int from,
            unsigned int to, struct order *pair)
{
    pair->count = 0;
    for (size_t i = 0; i < all->count; i++) {
        const struct rule *rule = &law->rule[all->rule[i]];
        if (rule->from >> from & 1 && rule->to >> to & 1)
            pair->rule[pair->count++] = all->rule[i];
    }
}

static enum cii_code
index_rules(struct law *law, const struct order *all, struct order *pair,
            struct cii_error *err)
{
    const size_t types = law->catalogue->type_count;
    size_t capacity = 0;

    for (unsigned int from = 0; from < KIND_COUNT; from++)
        for (unsigned int to = 0; to < KIND_COUNT; to++) {
            select_pair(law, all, from, to, pair);
            for (size_t type = 0; type < types; type++) {
                struct span *span =
                    &law->span[span_number(law, (enum institution_kind)from,
                                           (enum institution_kind)to,
                                           (int)type)];
                CII_TRY(reserve_matches(law, &capacity, pair->count, err));
                CII_TRY(index_type(law, pair, type, span, err));
            }
        }
    return CII_OK;
}

static enum cii_code
collect(int list[LAW_STOPS_MAX], size_t *count, size_t predicate,
        const char *what, struct cii_error *err)
{
    if (*count == LAW_STOPS_MAX)
        return cii_fail(err, CII_CONFIG,
                        "more than %d predicates %s: join some", LAW_STOPS_MAX,
                        what);
    list[(*count)++] = (int)predicate;
    return CII_OK;
}

/* Those that are asked whatever the rule. */
static enum cii_code
collect_general(struct law *law, struct cii_error *err)
{
    for (size_t i = 0; i < law->predicate_count; i++) {
        if (law->predicate[i].stops)
            CII_TRY(collect(law->stop, &law->stop_count, i, "stop", err));
        if (law->predicate[i].concerns)
            CII_TRY(
                collect(law->concern, &law->concern_count, i, "concern", err));
    }
    return CII_OK;
}

static enum cii_code
build_index(struct law *law, struct cii_error *err)
{
    cii_auto(order_done) struct order all = {0};
    cii_auto(order_done) struct order pair = {0};

    CII_TRY(order_init(&all, law, err));
    CII_TRY(order_init(&pair, law, err));
    law->span =
        calloc((size_t)KIND_COUNT * KIND_COUNT * law->catalogue->type_count + 1,
               sizeof *law->span);
    if (!law->span)
        return cii_fail(err, CII_MEMORY, "no memory to index the rules");
    return index_rules(law, &all, &pair, err);
}

enum cii_code
law_seal(struct law *law, struct cii_error *err)
{
    assert(law && !law->sealed);

    CII_TRY(resolve(law, err));
    CII_TRY(collect_general(law, err));
    CII_TRY(build_index(law, err));
    law->sealed = true;
    return CII_OK;
}
