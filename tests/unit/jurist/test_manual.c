/* SPDX-License-Identifier: Apache-2.0 */
/* cii-rules(5) says what the tables of the rule files say, and the words that
 * are shown are all known. */
#include <string.h>

#include <conf/schema.h>
#include <jurist/words.h>

#include "tests/unit/jurist/harness.h"

/* The text of one section, cut out; the caller frees. */
static char *
section(const char *text, const char *name)
{
    char head[64];

    snprintf(head, sizeof head, "\n.Sh %s\n", name);
    const char *begin = strstr(text, head);
    cr_assert(begin != NULL, "%s", name);
    begin += strlen(head);
    const char *end = strstr(begin, "\n.Sh ");
    cr_assert(end != NULL, "%s", name);
    return strndup(begin, (size_t)(end - begin));
}

/* The item of a key, cut out; NULL: there is none. */
static char *
item(const char *text, const char *key)
{
    char head[64];

    snprintf(head, sizeof head, ".It Ic %s\n", key);
    const char *begin = strstr(text, head);
    if (!begin)
        return NULL;
    const char *next = strstr(begin + 4, "\n.It ");
    const char *end = strstr(begin + 4, "\n.El");
    if (!next || (end && end < next))
        next = end;
    return next ? strndup(begin, (size_t)(next - begin)) : strdup(begin);
}

static void
expect_key(const char *text, const struct yaml_key *key, const char *shape)
{
    char range[64];
    char *found = item(text, key->name);

    cr_assert(found != NULL, "%s: '%s' is not in the manual", shape, key->name);
    const bool required = strstr(found, "\nRequired.\n") != NULL;
    cr_expect(required == key->required, "%s: %s", shape, key->name);
    if (key->form == YAML_YESNO)
        cr_expect(strstr(found, key->fallback) != NULL, "%s", key->name);
    if (key->form == YAML_NUMBER) {
        snprintf(range, sizeof range, "From %llu to %llu; %s, the default",
                 (unsigned long long)key->least, (unsigned long long)key->most,
                 key->fallback);
        cr_expect(strstr(found, range) != NULL, "%s: %s", key->name, range);
    }
    free(found);
}

static void
expect_keys(const char *manual, const char *name,
            const struct yaml_shape *shape)
{
    char *text = section(manual, name);

    for (size_t i = 0; i < shape->count; i++)
        if (shape->key[i].form != YAML_HIDDEN)
            expect_key(text, &shape->key[i], shape->name);
    free(text);
}

static const struct yaml_shape *
shape_of(const struct yaml_shape *shape, const char *key)
{
    const struct yaml_key *found = yaml_key_find(shape, key);

    cr_assert(found != NULL && found->shape != NULL, "%s", key);
    return found->shape;
}

Test(manual, names_every_key_of_a_rule_file)
{
    char *text = read_source("docs/man/cii-rules.5");
    const struct yaml_shape *predicates = shape_of(&rules_shape, "predicates");

    expect_keys(text, "RULE FILES", &rules_shape);
    expect_keys(text, "RULES", shape_of(&rules_shape, "rules"));
    expect_keys(text, "PREDICATES", predicates);
    expect_keys(text, "TESTS", shape_of(predicates, "all"));
    expect_keys(text, "DENIALS", shape_of(&rules_shape, "denials"));
    expect_keys(text, "CANTONS", shape_of(&rules_shape, "bases"));
    free(text);
}

/* The words that the shipped files use have a meaning that is shown, and
 * stand in the manual. */
static void
expect_tests(const char *manual, const struct test_text *test, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        cr_expect(test_meaning(test[i].test) != NULL, "%s", test[i].test);
        cr_expect(strstr(manual, test[i].test) != NULL, "%s", test[i].test);
    }
}

Test(manual, names_every_test_that_the_shipped_files_use)
{
    cii_auto(rule_texts_destroy) struct rule_texts *texts = NULL;
    struct cii_error err = {0};
    char *manual = read_source("docs/man/cii-rules.5");

    require_ok(rule_texts_load(&texts, CII_SOURCE_DIR "/config/rules", &err));
    for (size_t i = 0; i < texts->predicate_count; i++) {
        const struct predicate_text *predicate = &texts->predicate[i];
        expect_tests(manual, predicate->all, predicate->all_count);
        expect_tests(manual, predicate->any, predicate->any_count);
        if (predicate->fact)
            cr_expect(fact_meaning(predicate->fact) != predicate->fact, "%s",
                      predicate->fact);
        if (predicate->by)
            cr_expect(maker_meaning(predicate->by) != predicate->by, "%s",
                      predicate->by);
    }
    for (size_t i = 0; i < texts->rule_count; i++) {
        const struct rule_text *rule = &texts->rule[i];
        if (rule->objection)
            cr_expect(objection_meaning(rule->objection) != rule->objection,
                      "%s", rule->objection);
        if (rule->inform)
            cr_expect(inform_meaning(rule->inform) != rule->inform, "%s",
                      rule->inform);
        cr_expect(eq(str, (char *)row_name(row_find(rule->lane)), rule->lane));
    }
    free(manual);
}
