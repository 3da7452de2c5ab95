/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "law/parts.h"
#include "proto/date.h"

static const char *const informs[] = {"none",    "before",  "after",
                                      "contact", "consent", "month"};
static const char *const objections[] = {"none", "veto", "withdraw", "immune"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *
word_at(const void *context, size_t i)
{
    return ((const char *const *)context)[i];
}

static enum cii_code
check_word(const char *key, const char *word, const char *const *words,
           size_t count, struct place place, struct cii_error *err)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(word, words[i]))
            return CII_OK;
    return fail_at(err, place, "%s: '%s' is no word for it%s", key, word,
                   hint_of(nearest_name(word, count, word_at, words)).text);
}

/* --- the parts of a row -------------------------------------------------- */

static enum cii_code
read_lane(struct rule *rule, const char *lane, struct place place,
          struct cii_error *err)
{
    static const char *const words[] = {
        "duty", "request", "release", "cii", "consent", "deny", "off",
    };
    static_assert(COUNT(words) == LANE_COUNT + 2, "lanes, deny and off");

    const char *const word = lane ? lane : "";
    CII_TRY(check_word("lane", word, words, COUNT(words), place, err));
    rule->view.lane = LANE_COUNT;
    rule->row = !strcmp(word, "deny") ? ROW_DENY : ROW_OFF;
    for (unsigned int i = 0; i < LANE_COUNT; i++)
        if (!strcmp(word, lane_name((enum lane)i))) {
            rule->view.lane = (enum lane)i;
            rule->row = ROW_LANE;
        }
    return CII_OK;
}

static enum cii_code
read_day(int64_t *day, const char *text, int64_t absent, struct place place,
         struct cii_error *err)
{
    struct cii_error why = {0};
    struct date date = {0};

    *day = absent;
    if (!text)
        return CII_OK;
    if (date_parse(&date, text, &why) != CII_OK)
        return fail_at(err, place, "%s", why.text);
    *day = date_to_days(&date);
    return CII_OK;
}

static enum cii_code
read_dates(struct rule *rule, const struct law_rule *text, struct place place,
           struct cii_error *err)
{
    int64_t checked_on = 0;

    CII_TRY(
        read_day(&rule->first_day, text->valid_from, INT64_MIN, place, err));
    CII_TRY(read_day(&rule->last_day, text->valid_to, INT64_MAX, place, err));
    CII_TRY(read_day(&checked_on, text->checked_on, 0, place, err));
    if (rule->first_day > rule->last_day)
        return fail_at(err, place, "rule %s ends before it begins", text->id);
    rule->checked = text->checked_by && *text->checked_by;
    return CII_OK;
}

enum cii_code
read_canton(char canton[3], const char *text, struct place place,
            struct cii_error *err)
{
    char id[8] = "";

    if (!text || !*text)
        return CII_OK;
    if (strlen(text) == 2) {
        memcpy(id, text, 2);
        memcpy(id + 2, ".orp", 5);
    }
    if (institution_check(id, NULL) != CII_OK)
        return fail_at(err, place,
                       "'%s' is no canton: write its two letters in lower "
                       "case",
                       text);
    memcpy(canton, text, 2);
    return CII_OK;
}

static enum cii_code
read_needs(struct law *law, struct rule *rule, const char *const *needs,
           struct place place, struct cii_error *err)
{
    rule->need_count = list_count(needs);
    if (rule->need_count > LAW_NEEDS_MAX)
        return fail_at(err, place, "a rule has at most %d needs",
                       LAW_NEEDS_MAX);
    for (size_t i = 0; i < rule->need_count; i++) {
        CII_TRY(copy_text(law, &rule->need[i].name, needs[i], err));
        rule->need[i].predicate = -1;
        if (!strcmp(needs[i], NEED_RETURN))
            rule->returns = true;
    }
    return CII_OK;
}

static enum cii_code
read_words(struct law *law, struct rule *rule, const struct law_rule *text,
           struct place place, struct cii_error *err)
{
    const char *const inform = text->inform ? text->inform : "none";
    const char *const objection = text->objection ? text->objection : "none";

    CII_TRY(check_word("inform", inform, informs, COUNT(informs), place, err));
    CII_TRY(check_word("objection", objection, objections, COUNT(objections),
                       place, err));
    CII_TRY(copy_text(law, &rule->view.id, text->id, err));
    CII_TRY(copy_text(law, &rule->view.citation,
                      text->citation ? text->citation : "", err));
    CII_TRY(copy_text(law, &rule->view.inform, inform, err));
    CII_TRY(copy_text(law, &rule->view.objection, objection, err));
    CII_TRY(copy_text(law, &rule->view.act, text->act ? text->act : "", err));
    CII_TRY(copy_text(law, &rule->view.canton, rule->canton, err));
    CII_TRY(copy_text(law, &rule->view.checked_by, text->checked_by, err));
    CII_TRY(copy_text(law, &rule->fallback_id, text->fallback, err));
    rule->immune = !strcmp(objection, "immune");
    return copy_text(law, &rule->view.file, text->file ? text->file : "rules",
                     err);
}

/* What the law wants done, and by when. */
static enum cii_code
read_deadlines(struct law *law, struct rule *rule, const struct law_rule *text,
               struct place place, struct cii_error *err)
{
    rule->view.within = text->within;
    rule->view.answer_within = text->answer_within;
    CII_TRY(read_types(rule->answered_by, law->catalogue, text->answered_by,
                       place, err));
    if (text->within > 0 && rule->view.lane != LANE_DUTY)
        return fail_at(err, place,
                       "rule %s has a deadline (within), but is no duty",
                       text->id);
    if ((text->answer_within > 0) != (list_count(text->answered_by) > 0))
        return fail_at(err, place,
                       "rule %s: answer_within and answered_by belong "
                       "together: what is done, and in how many days",
                       text->id);
    return CII_OK;
}

/* --- what a row may not be ----------------------------------------------- */

static enum cii_code
check_whole(const struct law *law, const struct rule *rule, struct place place,
            struct cii_error *err)
{
    uint64_t types = 0;

    for (size_t i = 0; i < TYPE_WORDS; i++)
        types |= rule->type[i];
    if (!rule->from || !rule->to || (!types && !rule->returns))
        return fail_at(err, place,
                       "rule %s needs from, to and events: who tells what to "
                       "whom",
                       rule->view.id);
    if (rule->view.facets & law->banned)
        return fail_at(err, place,
                       "rule %s opens a facet that is denied to everybody",
                       rule->view.id);
    if (rule->row == ROW_DENY && rule->need_count > 0)
        return fail_at(err, place,
                       "rule %s denies: it has no needs, it always holds",
                       rule->view.id);
    if (rule->fallback_id && rule->row != ROW_LANE)
        return fail_at(err, place,
                       "rule %s has no lane, so nothing falls back from it",
                       rule->view.id);
    return CII_OK;
}

static enum cii_code
compile(struct law *law, struct rule *rule, const struct law_rule *text,
        struct place place, struct cii_error *err)
{
    rule->view.line = text->line;
    rule->fallback = -1;
    CII_TRY(read_lane(rule, text->lane, place, err));
    rule->view.denies = rule->row == ROW_DENY;
    CII_TRY(read_deadlines(law, rule, text, place, err));
    CII_TRY(read_kinds(&rule->from, text->from, place, err));
    CII_TRY(read_kinds(&rule->to, text->to, place, err));
    CII_TRY(read_types(rule->type, law->catalogue, text->events, place, err));
    CII_TRY(read_facets(&rule->view.facets, law->catalogue, text->facets, place,
                        err));
    CII_TRY(read_needs(law, rule, text->needs, place, err));
    CII_TRY(read_dates(rule, text, place, err));
    CII_TRY(read_canton(rule->canton, text->canton, place, err));
    CII_TRY(read_words(law, rule, text, place, err));
    return check_whole(law, rule, place, err);
}

enum cii_code
law_add_rule(struct law *law, const struct law_rule *text,
             struct cii_error *err)
{
    assert(law && !law->sealed && text);

    const struct place place = {text->file, text->line};
    struct rule rule = {0};
    if (!text->id || !*text->id)
        return fail_at(err, place, "a rule needs an id");
    if (rule_find(law, text->id) >= 0)
        return fail_at(err, place, "rule %s is there twice", text->id);
    if (law->rule_count == LAW_RULES_MAX)
        return fail_at(err, place, "there are more than %d rules",
                       LAW_RULES_MAX);
    CII_TRY(compile(law, &rule, text, place, err));

    struct rule *grown =
        reallocarray(law->rule, law->rule_count + 1, sizeof *grown);
    if (!grown)
        return cii_fail(err, CII_MEMORY, "no memory for a rule");
    law->rule = grown;
    law->rule[law->rule_count++] = rule;
    return CII_OK;
}
