/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "law/parts.h"

#define NUMBER_DIGITS 12

/* --- a test's field ------------------------------------------------------ */

/* The facet before the point; NULL when it is none, and says why. */
static const struct facet_def *
find_facet(const struct law *law, const char *path, int *facet,
           struct place place, struct cii_error *err)
{
    char name[FACET_KIND_MAX + 1] = "";
    const size_t length = strcspn(path, ".");

    *facet = -1;
    if (path[length] == '\0' || length > FACET_KIND_MAX) {
        (void)fail_at(err, place,
                      "'%s' is no field: write facet.field, as in "
                      "\"report.informedOn\"",
                      path);
        return NULL;
    }
    memcpy(name, path, length);
    *facet = catalogue_facet(law->catalogue, name);
    if (*facet >= 0)
        return &law->catalogue->facet[*facet];
    (void)fail_at(err, place, "'%s' is no facet%s", name,
                  hint_of(catalogue_nearest_facet(law->catalogue, name)).text);
    return NULL;
}

/* "report.informedOn"; NULL when there is no such field, and says why. */
static const struct field_def *
find_field(const struct law *law, const char *path, int *facet,
           struct place place, struct cii_error *err)
{
    const struct facet_def *def = find_facet(law, path, facet, place, err);
    if (!def)
        return NULL;

    const char *name = path + strlen(def->name) + 1;
    const int number = facet_field(def, name);
    if (number >= 0)
        return &def->field[number];
    (void)fail_at(err, place, "facet %s has no field '%s'%s", def->name, name,
                  hint_of(facet_nearest_field(def, name)).text);
    return NULL;
}

/* --- a test's values ----------------------------------------------------- */

static enum cii_code
read_number(struct test *test, const char *value, struct place place,
            struct cii_error *err)
{
    const size_t digits = strspn(value, "0123456789");

    if (digits == 0 || digits > NUMBER_DIGITS || value[digits] != '\0')
        return fail_at(err, place, "the value of %s is a number, not '%s'",
                       test->def->name, value);
    test->number = strtoll(value, NULL, 10);
    return CII_OK;
}

static enum cii_code
check_value(struct test *test, const struct field_def *field, const char *value,
            struct place place, struct cii_error *err)
{
    struct cii_error why = {0};

    if (test->def->takes_number)
        return read_number(test, value, place, err);
    if (field_check(field, value, &why) != CII_OK)
        return fail_at(err, place, "'%s' is no value of %s", value, why.text);
    return CII_OK;
}

static enum cii_code
copy_values(struct law *law, struct test *test, const char *const *value,
            struct cii_error *err)
{
    test->value_count = list_count(value);
    test->value =
        arena_take(law->text, (test->value_count + 1) * sizeof *test->value);
    if (!test->value)
        return cii_fail(err, CII_MEMORY, "no memory for a predicate");
    for (size_t i = 0; i < test->value_count; i++)
        CII_TRY(copy_text(law, &test->value[i], value[i], err));
    return CII_OK;
}

/* --- a test -------------------------------------------------------------- */

static enum cii_code
compile_field_test(struct law *law, struct test *test,
                   const struct law_test *text, struct place place,
                   struct cii_error *err)
{
    const struct field_def *field =
        find_field(law, text->field, &test->facet, place, err);

    if (!field)
        return CII_CONFIG;
    test->field = field->name;
    if (!(test->def->forms >> field->form & 1))
        return fail_at(err, place, "%s cannot be tested with %s", text->field,
                       text->test);
    for (size_t i = 0; i < test->value_count; i++)
        CII_TRY(check_value(test, field, test->value[i], place, err));
    return CII_OK;
}

/* Only what stands above: so there are no circles. */
static enum cii_code
compile_reference(struct law *law, struct test *test,
                  const struct law_test *text, struct place place,
                  struct cii_error *err)
{
    test->predicate = predicate_find(law, text->field);
    if (test->predicate < 0)
        return fail_at(err, place,
                       "no predicate '%s' stands above this one: define it "
                       "first",
                       text->field);
    return CII_OK;
}

static enum cii_code
compile_test(struct law *law, struct test *test, const struct law_test *text,
             struct place place, struct cii_error *err)
{
    const size_t count = list_count(text->value);

    *test = (struct test){.facet = -1, .predicate = -1};
    test->def = test_find(text->test ? text->test : "");
    if (!text->field || !test->def)
        return fail_at(
            err, place, "'%s' is no test%s", text->test ? text->test : "",
            hint_of(test_nearest(text->test ? text->test : "")).text);
    if (count < test->def->least || count > test->def->most)
        return fail_at(err, place,
                       "%s of %s has %zu values: see "
                       "cii-rules(5)",
                       text->test, text->field, count);
    CII_TRY(copy_values(law, test, text->value, err));
    if (test->def->target == TARGET_PREDICATE)
        return compile_reference(law, test, text, place, err);
    return compile_field_test(law, test, text, place, err);
}

static enum cii_code
compile_tests(struct law *law, struct test **tests, size_t *count,
              const struct law_test *text, size_t text_count,
              struct place place, struct cii_error *err)
{
    *tests = arena_take(law->text, (text_count + 1) * sizeof **tests);
    if (!*tests)
        return cii_fail(err, CII_MEMORY, "no memory for a predicate");
    for (size_t i = 0; i < text_count; i++)
        CII_TRY(compile_test(law, &(*tests)[i], &text[i], place, err));
    *count = text_count;
    return CII_OK;
}

/* --- a predicate --------------------------------------------------------- */

static uint64_t
facets_of_tests(const struct law *law, const struct test *test, size_t count)
{
    uint64_t facets = 0;

    for (size_t i = 0; i < count; i++)
        if (test[i].predicate >= 0)
            facets |= law->predicate[test[i].predicate].facets;
        else if (test[i].facet >= 0)
            facets |= UINT64_C(1) << test[i].facet;
    return facets;
}

static enum cii_code
compile(struct law *law, struct predicate *made, const struct law_predicate *p,
        struct cii_error *err)
{
    const struct place place = {p->file, p->line};

    CII_TRY(copy_text(law, &made->name, p->name, err));
    CII_TRY(copy_text(law, &made->citation, p->citation, err));
    CII_TRY(copy_text(law, &made->remedy, p->remedy, err));
    CII_TRY(compile_tests(law, &made->all, &made->all_count, p->all,
                          p->all_count, place, err));
    CII_TRY(compile_tests(law, &made->any, &made->any_count, p->any,
                          p->any_count, place, err));
    made->facets = facets_of_tests(law, made->all, made->all_count) |
                   facets_of_tests(law, made->any, made->any_count);
    return CII_OK;
}

static enum cii_code
check_predicate(const struct law *law, const struct law_predicate *p,
                struct cii_error *err)
{
    const struct place place = {p->file, p->line};

    if (!p->name || !*p->name)
        return fail_at(err, place, "a predicate needs a name");
    if (predicate_find(law, p->name) >= 0 || !strcmp(p->name, NEED_RETURN))
        return fail_at(err, place, "predicate %s is defined twice", p->name);
    if (p->all_count + p->any_count == 0)
        return fail_at(err, place,
                       "predicate %s tests nothing: give it all: or any:",
                       p->name);
    return CII_OK;
}

enum cii_code
law_add_predicate(struct law *law, const struct law_predicate *p,
                  struct cii_error *err)
{
    assert(law && !law->sealed && p);

    struct predicate made = {0};
    CII_TRY(check_predicate(law, p, err));
    CII_TRY(compile(law, &made, p, err));

    struct predicate *grown =
        reallocarray(law->predicate, law->predicate_count + 1, sizeof *grown);
    if (!grown)
        return cii_fail(err, CII_MEMORY, "no memory for a predicate");
    law->predicate = grown;
    law->predicate[law->predicate_count++] = made;
    return CII_OK;
}
