/* SPDX-License-Identifier: Apache-2.0 */
#include "jurist/facts.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define NAMES_TEXT 512

/* --- "facet.field=value" -------------------------------------------------- */

struct split {
    char facet[64];
    char field[64];
    const char *value;
};

static enum cii_code
split(struct split *parts, const char *text, struct cii_error *err)
{
    const size_t facet = strcspn(text, ".=");
    const char *dot = text[facet] == '.' ? text + facet + 1 : NULL;
    const size_t field = dot ? strcspn(dot, "=") : 0;
    const char *equals = dot ? dot + field : text + facet;

    if (*equals != '=' || facet == 0 || (dot && field == 0) ||
        facet >= sizeof parts->facet || field >= sizeof parts->field)
        return cii_fail(err, CII_INVALID,
                        "'%s': write facet.field=value, as in "
                        "dates.from=2026-01-05",
                        text);
    snprintf(parts->facet, sizeof parts->facet, "%.*s", (int)facet, text);
    snprintf(parts->field, sizeof parts->field, "%.*s", (int)field,
             dot ? dot : "");
    parts->value = equals + 1;
    return CII_OK;
}

static enum cii_code
fail_name(const char *what, const char *name, const char *near,
          struct cii_error *err)
{
    return cii_fail(err, CII_INVALID, "'%s' is no %s%s%s%s", name, what,
                    near ? "; did you mean '" : "", near ? near : "",
                    near ? "'?" : "");
}

static enum cii_code
find(const struct facts *facts, const struct split *parts, struct fact *fact,
     struct cii_error *err)
{
    const struct catalogue *catalogue = facts->catalogue;

    fact->facet = catalogue_facet(catalogue, parts->facet);
    if (fact->facet < 0)
        return fail_name("facet", parts->facet,
                         catalogue_nearest_facet(catalogue, parts->facet), err);
    const struct facet_def *def = &catalogue->facet[fact->facet];
    fact->field = *parts->field ? facet_field(def, parts->field) : -1;
    if (*parts->field && fact->field < 0)
        return fail_name("field of that facet", parts->field,
                         facet_nearest_field(def, parts->field), err);
    fact->value = parts->value;
    return CII_OK;
}

/* field -1: all of the facet. */
static void
take_away(struct facts *facts, const struct fact *fact)
{
    size_t kept = 0;

    for (size_t i = 0; i < facts->count; i++) {
        const struct fact *here = &facts->fact[i];
        if (here->facet != fact->facet ||
            (fact->field >= 0 && here->field != fact->field))
            facts->fact[kept++] = *here;
    }
    facts->count = kept;
}

enum cii_code
facts_set(struct facts *facts, const char *text, struct cii_error *err)
{
    struct split parts = {0};
    struct fact fact = {0};

    CII_TRY(split(&parts, text, err));
    CII_TRY(find(facts, &parts, &fact, err));
    assert(fact.value);
    take_away(facts, &fact);
    if (!*fact.value)
        return CII_OK;
    const struct facet_def *def = &facts->catalogue->facet[fact.facet];
    if (fact.field < 0)
        return cii_fail(err, CII_INVALID, "'%s': which field of %s?", text,
                        def->name);
    CII_TRY(field_check(&def->field[fact.field], fact.value, err));
    if (facts->count == FACTS_MAX)
        return cii_fail(err, CII_INVALID, "more than %d fields", FACTS_MAX);
    facts->fact[facts->count++] = fact;
    return CII_OK;
}

/* --- could there be such an event? ---------------------------------------- */

uint64_t
facts_facets(const struct facts *facts)
{
    uint64_t facets = 0;

    for (size_t i = 0; i < facts->count; i++)
        facets |= UINT64_C(1) << facts->fact[i].facet;
    return facets;
}

static uint64_t
banned_facets(const struct catalogue *catalogue)
{
    uint64_t banned = 0;

    for (size_t i = 0; i < catalogue->facet_count; i++)
        if (catalogue->facet[i].banned)
            banned |= UINT64_C(1) << i;
    return banned;
}

static bool
has_field(const struct facts *facts, size_t facet, size_t field)
{
    for (size_t i = 0; i < facts->count; i++)
        if (facts->fact[i].facet == (int)facet &&
            facts->fact[i].field == (int)field)
            return true;
    return false;
}

static enum cii_code
check_fields(const struct facts *facts, struct cii_error *err)
{
    const uint64_t facets = facts_facets(facts);

    for (size_t i = 0; i < facts->catalogue->facet_count; i++) {
        const struct facet_def *def = &facts->catalogue->facet[i];
        for (size_t j = 0; facets >> i & 1 && j < def->field_count; j++)
            if (def->field[j].required && !has_field(facts, i, j))
                return cii_fail(err, CII_INVALID, "%s needs %s.%s", def->name,
                                def->name, def->field[j].name);
    }
    return CII_OK;
}

enum cii_code
facts_check(const struct facts *facts, const struct type_def *type, bool whole,
            struct cii_error *err)
{
    const uint64_t facets = facts_facets(facts);
    const uint64_t more =
        facets & ~type->may & ~banned_facets(facts->catalogue);
    const uint64_t missing = whole ? type->must & ~facets : 0;
    char names[NAMES_TEXT];

    facet_set_print(facts->catalogue, more ? more : missing, names,
                    sizeof names);
    if (more)
        return cii_fail(err, CII_INVALID, "there is no %s with %s", type->name,
                        names);
    if (missing)
        return cii_fail(err, CII_INVALID, "there is no %s without %s",
                        type->name, names);
    return check_fields(facts, err);
}

/* --- as the law reads it -------------------------------------------------- */

const struct content *
facts_content(const struct facts *facts, int facet, struct arena *arena)
{
    struct content *content = arena_take(arena, sizeof *content);
    struct field *field = arena_take(arena, (facts->count + 1) * sizeof *field);

    if (!content || !field)
        return NULL;
    for (size_t i = 0; i < facts->count; i++) {
        const struct fact *fact = &facts->fact[i];
        if (fact->facet != facet)
            continue;
        field[content->field_count++] = (struct field){
            facts->catalogue->facet[facet].field[fact->field].name,
            fact->value};
    }
    content->field = field;
    return content;
}
