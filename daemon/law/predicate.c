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

/* A field of the event, of the same form. */
static enum cii_code
read_other_field(const struct law *law, struct test *test,
                 const struct field_def *field, const char *path,
                 struct place place, struct cii_error *err)
{
    const struct field_def *other =
        find_field(law, path, &test->other_facet, place, err);

    if (!other)
        return CII_CONFIG;
    test->other_field = other->name;
    if (other->form != field->form)
        return fail_at(err, place,
                       "%s is of another form than %s: they are never the "
                       "same",
                       path, field->name);
    return CII_OK;
}

static enum cii_code
check_value(const struct law *law, struct test *test,
            const struct field_def *field, const char *value,
            struct place place, struct cii_error *err)
{
    struct cii_error why = {0};

    if (test->def->takes_number)
        return read_number(test, value, place, err);
    if (test->def->takes_field)
        return read_other_field(law, test, field, value, place, err);
    if (field->form == FIELD_INSTITUTIONS || field->form == FIELD_NAMES)
        return CII_OK; /* a test of them takes one of many */
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
        CII_TRY(check_value(law, test, field, test->value[i], place, err));
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

    *test = (struct test){.facet = -1, .predicate = -1, .other_facet = -1};
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

/* The fields of the event that tests of a statement compare with. */
static uint64_t
facets_compared(const struct test *test, size_t count)
{
    uint64_t facets = 0;

    for (size_t i = 0; i < count; i++)
        if (test[i].other_facet >= 0)
            facets |= UINT64_C(1) << test[i].other_facet;
    return facets;
}

/* --- what it rests on, if not on the event ------------------------------- */

static enum cii_code
read_maker(enum maker *by, const char *text, struct place place,
           struct cii_error *err)
{
    static const char *const words[] = {"any", "sender", "receiver", "either",
                                        "issuer"};

    *by = MAKER_ANY;
    if (!text)
        return CII_OK;
    for (unsigned int i = 0; i < sizeof words / sizeof words[0]; i++)
        if (!strcmp(text, words[i])) {
            *by = (enum maker)i;
            return CII_OK;
        }
    return fail_at(err, place,
                   "by: '%s' is nobody; write any, sender, receiver, either "
                   "or issuer",
                   text);
}

static enum cii_code
read_fact(enum fact *fact, const char *text, struct place place,
          struct cii_error *err)
{
    *fact = FACT_NONE;
    if (!text)
        return CII_OK;
    if (!strcmp(text, "received-original"))
        *fact = FACT_ORIGINAL;
    else if (!strcmp(text, "competent"))
        *fact = FACT_COMPETENT;
    else if (!strcmp(text, "told-by-issuer"))
        *fact = FACT_OWN;
    else
        return fail_at(err, place,
                       "fact: '%s' is none; write received-original, "
                       "competent or told-by-issuer",
                       text);
    return CII_OK;
}

/* Types that are no statements never make it true. */
static enum cii_code
check_statements(const struct law *law, const struct predicate *made,
                 struct place place, struct cii_error *err)
{
    for (size_t i = 0; i < law->catalogue->type_count; i++)
        if (made->type[i / 64] >> i % 64 & 1 &&
            !law->catalogue->type[i].statement)
            return fail_at(err, place,
                           "predicate %s rests on %s, which is no type of "
                           "statement",
                           made->name, law->catalogue->type[i].name);
    for (size_t i = 0; i < made->all_count + made->any_count; i++) {
        const struct test *test = i < made->all_count
                                      ? &made->all[i]
                                      : &made->any[i - made->all_count];
        if (test->predicate >= 0)
            return fail_at(err, place,
                           "predicate %s rests on statements: its tests are "
                           "of their fields alone",
                           made->name);
    }
    return CII_OK;
}

static enum cii_code
compile_rest(struct law *law, struct predicate *made,
             const struct law_predicate *p, struct place place,
             struct cii_error *err)
{
    made->of_statements = list_count(p->statement) > 0;
    made->same_case = p->same_case;
    made->answered = p->answered;
    made->narrows = p->narrows;
    made->none = p->none;
    made->ended = p->ended;
    made->stops = p->stops;
    made->concerns = p->concerns;
    made->owed = p->owed;
    CII_TRY(read_types(made->type, law->catalogue, p->statement, place, err));
    CII_TRY(read_types(made->stated, law->catalogue, p->stated, place, err));
    CII_TRY(read_maker(&made->by, p->by, place, err));
    CII_TRY(read_fact(&made->fact, p->fact, place, err));
    CII_TRY(copy_text(law, &made->basis, p->basis, err));
    if (!made->of_statements &&
        (p->by || p->same_case || p->answered || p->none || p->ended ||
         (p->narrows && made->fact != FACT_ORIGINAL)))
        return fail_at(err, place,
                       "predicate %s says which statements it means, but not "
                       "their type: add statement:",
                       made->name);
    if (!made->of_statements)
        return CII_OK;
    made->facets = facets_compared(made->all, made->all_count) |
                   facets_compared(made->any, made->any_count);
    return check_statements(law, made, place, err);
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
    return compile_rest(law, made, p, place, err);
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
    const int rests = (p->all_count + p->any_count > 0) + (p->fact != NULL) +
                      (p->basis != NULL);
    if (rests == 0 && list_count(p->statement) == 0)
        return fail_at(err, place,
                       "predicate %s tests nothing: give it all: or any:",
                       p->name);
    if (rests > 1)
        return fail_at(err, place,
                       "predicate %s rests on more than one thing: tests, a "
                       "fact, or a basis",
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
