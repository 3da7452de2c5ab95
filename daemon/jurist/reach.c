/* SPDX-License-Identifier: Apache-2.0 */
#include "jurist/reach.h"

#include <assert.h>
#include <string.h>

#include "jurist/words.h"
#include "proto/date.h"

/* More in one place, and every mixture of true and false is too many. */
#define PLACE_MAX 12

/* The rules that speak of one event between the same institutions on one day,
 * in the order in which they are tried. */
struct queue {
    size_t count;
    size_t rule[PLACE_MAX];
};

static int64_t
day_of(const char *text, int64_t absent)
{
    struct date date = {0};

    return text && date_parse(&date, text, NULL) == CII_OK ? date_to_days(&date)
                                                           : absent;
}

void
rule_days(const struct rule_text *rule, int64_t *first, int64_t *last)
{
    *first = day_of(rule->valid_from, INT64_MIN);
    *last = day_of(rule->valid_to, INT64_MAX);
}

static bool
in_force(const struct rule_text *rule, int64_t day)
{
    int64_t first = 0;
    int64_t last = 0;

    rule_days(rule, &first, &last);
    return first <= day && day <= last;
}

/* --- the walk, as judge() goes it ----------------------------------------- */

static bool
falls_back_to(const struct reach *reach, size_t special, size_t general)
{
    const struct rule_text *rule = reach->texts->rule;
    int number = (int)special;

    do {
        const char *next = rule[number].fallback;
        number = next ? law_rule_find(reach->law, next) : -1;
    } while (number >= 0 && (size_t)number != general);
    return number >= 0;
}

static enum row
row_of(const struct reach *reach, size_t number)
{
    return row_find(reach->texts->rule[number].lane);
}

static bool
is_barred(const struct reach *reach, const struct queue *queue, size_t place,
          unsigned int failed)
{
    for (size_t i = 0; i < place; i++)
        if (failed >> i & 1 &&
            row_of(reach, queue->rule[i]) < row_of(reach, queue->rule[place]) &&
            !falls_back_to(reach, queue->rule[i], queue->rule[place]))
            return true;
    return false;
}

/* The place of the rule that is taken when those of `carry` have all their
 * needs; count: none. */
static size_t
walk(const struct reach *reach, const struct queue *queue, unsigned int carry)
{
    unsigned int failed = 0;

    for (size_t i = 0; i < queue->count; i++) {
        if (is_barred(reach, queue, i, failed))
            continue;
        if (carry >> i & 1)
            return i;
        failed |= 1U << i;
    }
    return queue->count;
}

/* Whatever the one needs, the other needs too. */
static bool
needs_no_more(const struct rule_text *one, const struct rule_text *other)
{
    for (size_t i = 0; i < names_count(one->needs); i++)
        if (!names_have(other->needs, one->needs[i]))
            return false;
    return true;
}

/* Where one carries, those that need no more do too. */
static bool
is_possible(const struct reach *reach, const struct queue *queue,
            unsigned int carry)
{
    const struct rule_text *rule = reach->texts->rule;

    for (size_t i = 0; i < queue->count; i++)
        for (size_t j = 0; j < queue->count; j++) {
            if (carry >> i & 1)
                continue;
            if (names_count(rule[queue->rule[i]].needs) == 0 ||
                (carry >> j & 1 &&
                 needs_no_more(&rule[queue->rule[i]], &rule[queue->rule[j]])))
                return false;
        }
    return true;
}

/* Is there any mixture of true and false in which it is taken? */
static bool
may_be_taken(const struct reach *reach, const struct queue *queue, size_t place)
{
    assert(place < queue->count && queue->count <= PLACE_MAX);

    for (unsigned int carry = 0; carry < 1U << queue->count; carry++)
        if (carry >> place & 1 && is_possible(reach, queue, carry) &&
            walk(reach, queue, carry) == place)
            return true;
    return false;
}

/* --- one place ------------------------------------------------------------ */

/* As the law orders them: row by row, in a row by id. */
static bool
is_before(const struct reach *reach, size_t one, size_t other)
{
    const enum row left = row_of(reach, one);
    const enum row right = row_of(reach, other);

    if (left != right)
        return left < right;
    return strcmp(reach->texts->rule[one].id, reach->texts->rule[other].id) < 0;
}

static bool
gives_back(const struct rule_text *rule)
{
    return names_have(rule->needs, NEED_RETURN);
}

struct place {
    int from;
    int to;
    int type;
    int64_t day;
};

static bool
is_there(const struct reach *reach, size_t number, size_t asked,
         const struct place *place)
{
    const struct rule_text *rule = &reach->texts->rule[number];
    const char *canton = reach->texts->rule[asked].canton;

    if (row_find(rule->lane) == ROW_OFF || gives_back(rule) ||
        (rule->canton && (!canton || strcmp(rule->canton, canton) != 0)))
        return false;
    return in_force(rule, place->day) &&
           law_rule_speaks(reach->law, number, place->from, place->to,
                           place->type);
}

/* Those that are tried before it, and it. False: too many to say. */
static bool
queue_up(struct queue *queue, const struct reach *reach, size_t asked,
         const struct place *place)
{
    queue->count = 0;
    for (size_t i = 0; i < reach->texts->rule_count; i++) {
        if (i != asked &&
            (!is_before(reach, i, asked) || !is_there(reach, i, asked, place)))
            continue;
        if (queue->count == PLACE_MAX)
            return false;
        size_t at = queue->count++;
        for (; at > 0 && is_before(reach, i, queue->rule[at - 1]); at--)
            queue->rule[at] = queue->rule[at - 1];
        queue->rule[at] = i;
    }
    return true;
}

/* The one that alone is enough to keep it from being taken, or -1. */
static int
lone_cause(const struct reach *reach, const struct queue *queue)
{
    const size_t asked = queue->rule[queue->count - 1];

    for (size_t i = 0; i + 1 < queue->count; i++) {
        const struct queue two = {2, {queue->rule[i], asked}};
        if (!may_be_taken(reach, &two, 1))
            return (int)queue->rule[i];
    }
    return -1;
}

/* --- every place ---------------------------------------------------------- */

struct search {
    const struct reach *reach;
    size_t asked;
    int64_t first; /* of the rule that is asked for */
    int64_t last;
    int before;
    bool seen; /* a place at all */
};

static bool
reached_on(struct search *search, const struct place *place)
{
    struct queue queue = {0};

    if (place->day < search->first || place->day > search->last)
        return false;
    if (!queue_up(&queue, search->reach, search->asked, place) ||
        may_be_taken(search->reach, &queue, queue.count - 1))
        return true;
    const int cause = lone_cause(search->reach, &queue);
    search->before = !search->seen || cause == search->before ? cause : -1;
    search->seen = true;
    return false;
}

/* What stands before it changes only where a rule begins or has ended. */
static bool
reached_at(struct search *search, struct place place)
{
    const struct rule_texts *texts = search->reach->texts;

    place.day = search->first;
    if (reached_on(search, &place))
        return true;
    for (size_t i = 0; i < texts->rule_count; i++) {
        int64_t first = 0;
        int64_t last = 0;
        rule_days(&texts->rule[i], &first, &last);
        place.day = first;
        if (first != INT64_MIN && reached_on(search, &place))
            return true;
        place.day = last == INT64_MAX ? last : last + 1;
        if (last != INT64_MAX && reached_on(search, &place))
            return true;
    }
    return false;
}

static bool
reached_between(struct search *search, int from, int to)
{
    const struct reach *reach = search->reach;

    for (int type = 0; (size_t)type < reach->catalogue->type_count; type++)
        if (law_rule_speaks(reach->law, search->asked, from, to, type) &&
            reached_at(search, (struct place){from, to, type, 0}))
            return true;
    return false;
}

bool
reach_has(const struct reach *reach, size_t number, int *before)
{
    const struct rule_text *rule = &reach->texts->rule[number];
    struct search search = {.reach = reach, .asked = number, .before = -1};

    *before = -1;
    if (row_find(rule->lane) == ROW_OFF || gives_back(rule))
        return true;
    rule_days(rule, &search.first, &search.last);
    for (int from = 0; from < KIND_COUNT; from++)
        for (int to = 0; to < KIND_COUNT; to++)
            if (reached_between(&search, from, to))
                return true;
    *before = search.before;
    return false;
}
