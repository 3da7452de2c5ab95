/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "jurist/warn.h"
#include "jurist/words.h"

/* --- who asks for it ------------------------------------------------------ */

static bool
is_asked_by_predicate(const struct rule_texts *texts, const char *name)
{
    for (size_t i = 0; i < texts->predicate_count; i++) {
        const struct predicate_text *other = &texts->predicate[i];
        for (size_t j = 0; j < other->all_count; j++)
            if (!strcmp(other->all[j].field, name))
                return true;
        for (size_t j = 0; j < other->any_count; j++)
            if (!strcmp(other->any[j].field, name))
                return true;
    }
    return false;
}

static bool
is_asked(const struct rule_texts *texts, const char *name)
{
    for (size_t i = 0; i < texts->rule_count; i++)
        if (names_have(texts->rule[i].needs, name))
            return true;
    return is_asked_by_predicate(texts, name);
}

static void
look_at_use(const struct warning *warning, const struct predicate_text *text)
{
    if (text->stops || text->concerns || (text->stated && *text->stated) ||
        is_asked(warning->texts, text->name))
        return;
    findings_warn(warning->findings, text->file, text->line,
                  "no rule needs predicate %s", text->name);
}

/* --- what it tests -------------------------------------------------------- */

static bool
may_hold(const struct warning *warning, const struct predicate_text *text,
         int facet)
{
    const struct catalogue *catalogue = warning->catalogue;

    for (char **name = text->statement; *name; name++) {
        const int type = catalogue_type(catalogue, *name);
        if (type >= 0 && catalogue->type[type].may >> facet & 1)
            return true;
    }
    return false;
}

static void
look_at_test(const struct warning *warning, const struct predicate_text *text,
             const struct test_text *test)
{
    char facet[64] = "";
    const size_t length = strcspn(test->field, ".");

    snprintf(facet, sizeof facet, "%.*s", (int)length, test->field);
    const int number = catalogue_facet(warning->catalogue, facet);
    if (number >= 0 && !may_hold(warning, text, number))
        findings_warn(warning->findings, text->file, text->line,
                      "predicate %s tests %s, but none of its statements may "
                      "hold %s",
                      text->name, test->field, facet);
}

static void
look_at_tests(const struct warning *warning, const struct predicate_text *text)
{
    if (names_count(text->statement) == 0)
        return;
    for (size_t i = 0; i < text->all_count; i++)
        look_at_test(warning, text, &text->all[i]);
    for (size_t i = 0; i < text->any_count; i++)
        look_at_test(warning, text, &text->any[i]);
}

/* --- cantonal bases ------------------------------------------------------- */

static const char *
basis_name_at(const void *context, size_t i)
{
    return ((const struct rule_texts *)context)->basis[i].name;
}

static void
look_for_basis(const struct warning *warning, const struct predicate_text *text)
{
    const struct rule_texts *texts = warning->texts;

    if (!text->basis)
        return;
    for (size_t i = 0; i < texts->basis_count; i++)
        if (!strcmp(texts->basis[i].name, text->basis))
            return;
    const char *near =
        nearest_name(text->basis, texts->basis_count, basis_name_at, texts);
    findings_warn(warning->findings, text->file, text->line,
                  "predicate %s asks for the basis '%s', which no canton's "
                  "file gives: it is never true%s%s%s",
                  text->name, text->basis, near ? "; did you mean '" : "",
                  near ? near : "", near ? "'?" : "");
}

static const char *
asked_basis_at(const void *context, size_t i)
{
    const char *name = ((const struct rule_texts *)context)->predicate[i].basis;

    return name ? name : "";
}

static void
look_at_basis(const struct warning *warning, const struct basis_text *basis)
{
    const struct rule_texts *texts = warning->texts;

    if (!basis->checked_by || !*basis->checked_by)
        findings_warn(warning->findings, basis->file, basis->line,
                      "nobody has signed off the basis %s: it does not count "
                      "(checked_by, checked_on)",
                      basis->name);
    for (size_t i = 0; i < texts->predicate_count; i++)
        if (texts->predicate[i].basis &&
            !strcmp(texts->predicate[i].basis, basis->name))
            return;
    const char *near = nearest_name(basis->name, texts->predicate_count,
                                    asked_basis_at, texts);
    findings_warn(warning->findings, basis->file, basis->line,
                  "no predicate asks for the basis '%s'%s%s%s", basis->name,
                  near ? "; did you mean '" : "", near ? near : "",
                  near ? "'?" : "");
}

void
warn_of_predicates(const struct warning *warning)
{
    for (size_t i = 0; i < warning->texts->predicate_count; i++) {
        const struct predicate_text *text = &warning->texts->predicate[i];
        look_at_use(warning, text);
        look_at_tests(warning, text);
        look_for_basis(warning, text);
    }
    for (size_t i = 0; i < warning->texts->basis_count; i++)
        look_at_basis(warning, &warning->texts->basis[i]);
}
