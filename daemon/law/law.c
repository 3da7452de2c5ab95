/* SPDX-License-Identifier: Apache-2.0 */
#include "law/law.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "law/parts.h"

static uint64_t
banned_facets(const struct catalogue *catalogue)
{
    uint64_t banned = 0;

    for (size_t i = 0; i < catalogue->facet_count; i++)
        if (catalogue->facet[i].banned)
            banned |= UINT64_C(1) << i;
    return banned;
}

enum cii_code
law_new(struct law **result, const struct catalogue *catalogue, bool pilot,
        struct cii_error *err)
{
    assert(result && catalogue);

    cii_auto(law_destroy) struct law *law = calloc(1, sizeof *law);
    if (!law)
        return cii_fail(err, CII_MEMORY, "no memory for the rules");
    CII_TRY(arena_new(&law->text, LAW_TEXT_MAX, err));
    law->catalogue = catalogue;
    law->pilot = pilot;
    law->banned = banned_facets(catalogue);
    law->return_rule = -1;

    *result = cii_take(law);
    return CII_OK;
}

void
law_destroy(struct law **law)
{
    if (!*law)
        return;
    arena_destroy(&(*law)->text);
    free((*law)->rule);
    free((*law)->predicate);
    free((*law)->basis);
    free((*law)->span);
    free((*law)->match);
    free(*law);
    *law = NULL;
}

enum cii_code
copy_text(struct law *law, const char **copy, const char *text,
          struct cii_error *err)
{
    *copy = text ? arena_text(law->text, text) : NULL;
    if (text && !*copy)
        return cii_fail(err, CII_MEMORY,
                        "the rules hold more than %zu bytes of text",
                        LAW_TEXT_MAX);
    return CII_OK;
}

int
rule_find(const struct law *law, const char *id)
{
    for (size_t i = 0; i < law->rule_count; i++)
        if (!strcmp(law->rule[i].view.id, id))
            return (int)i;
    return -1;
}

int
predicate_find(const struct law *law, const char *name)
{
    for (size_t i = 0; i < law->predicate_count; i++)
        if (!strcmp(law->predicate[i].name, name))
            return (int)i;
    return -1;
}

enum cii_code
law_add_denial(struct law *law, const struct law_denial *denial,
               struct cii_error *err)
{
    assert(law && !law->sealed && denial);

    const struct place place = {denial->file, denial->line};
    uint64_t facets = 0;
    uint32_t to = 0;
    uint32_t except = 0;
    CII_TRY(read_facets(&facets, law->catalogue, denial->facets, place, err));
    CII_TRY(read_kinds(&to, denial->to, place, err));
    CII_TRY(read_kinds(&except, denial->except, place, err));
    if (!facets || !to)
        return fail_at(err, place,
                       "a denial names facets and the kinds of institution "
                       "that never get them");

    for (unsigned int kind = 0; kind < KIND_COUNT; kind++)
        if ((to & ~except) >> kind & 1)
            law->denied[kind] |= facets;
    return CII_OK;
}

enum cii_code
law_add_basis(struct law *law, const struct law_basis *basis,
              struct cii_error *err)
{
    assert(law && !law->sealed && basis);

    const struct place place = {basis->file, basis->line};
    struct basis made = {.checked = basis->checked_by && *basis->checked_by};
    CII_TRY(read_kinds(&made.kinds, basis->kinds, place, err));
    CII_TRY(read_canton(made.canton, basis->canton, place, err));
    if (!basis->name || !*basis->name || !made.kinds || !made.canton[0])
        return fail_at(err, place,
                       "a basis has a name, a canton and the kinds of "
                       "institution that it binds");
    CII_TRY(copy_text(law, &made.name, basis->name, err));

    struct basis *grown =
        reallocarray(law->basis, law->basis_count + 1, sizeof *grown);
    if (!grown)
        return cii_fail(err, CII_MEMORY, "no memory for a basis");
    law->basis = grown;
    law->basis[law->basis_count++] = made;
    return CII_OK;
}

size_t
law_rule_count(const struct law *law)
{
    return law->rule_count;
}

struct law_rule_view
law_rule_at(const struct law *law, size_t number)
{
    assert(number < law->rule_count);

    return law->rule[number].view;
}

static bool
has_type(const uint64_t types[TYPE_WORDS], int type)
{
    return type >= 0 && type < CATALOGUE_TYPES_MAX &&
           types[type / 64] >> type % 64 & 1;
}

bool
law_rule_speaks(const struct law *law, size_t number, int from, int to,
                int type)
{
    assert(number < law->rule_count);

    const struct rule *rule = &law->rule[number];
    return from >= 0 && from < KIND_COUNT && to >= 0 && to < KIND_COUNT &&
           rule->from >> from & 1 && rule->to >> to & 1 &&
           has_type(rule->type, type);
}

bool
law_rule_answered_by(const struct law *law, size_t number, int type)
{
    assert(number < law->rule_count);

    return has_type(law->rule[number].answered_by, type);
}

int
law_rule_find(const struct law *law, const char *id)
{
    return rule_find(law, id);
}

const char *
law_rule_need(const struct law *law, size_t number, size_t nth, int *predicate)
{
    assert(number < law->rule_count);

    const struct rule *rule = &law->rule[number];
    if (nth >= rule->need_count)
        return NULL;
    *predicate = rule->need[nth].predicate;
    return rule->need[nth].name;
}

static bool
is_stated_somewhere(const struct law *law, const char *basis)
{
    for (size_t i = 0; i < law->basis_count; i++)
        if (!strcmp(law->basis[i].name, basis))
            return true;
    return false;
}

bool
law_rule_waits(const struct law *law, size_t number)
{
    assert(number < law->rule_count);

    const struct rule *rule = &law->rule[number];
    for (size_t i = 0; i < rule->need_count; i++) {
        const int predicate = rule->need[i].predicate;
        const char *basis =
            predicate < 0 ? NULL : law->predicate[predicate].basis;
        if (basis && !is_stated_somewhere(law, basis))
            return true;
    }
    return false;
}

bool
law_rule_is_certain(const struct law *law, size_t number)
{
    assert(number < law->rule_count);

    const struct rule *rule = &law->rule[number];
    for (size_t i = 0; i < law->catalogue->type_count; i++)
        if (has_type(rule->type, (int)i) && law->catalogue->type[i].personal)
            return false;
    return rule->view.lane != LANE_COUNT && rule->need_count == 0;
}

size_t
law_predicate_count(const struct law *law)
{
    return law->predicate_count;
}

struct law_predicate_view
law_predicate_at(const struct law *law, size_t number)
{
    assert(number < law->predicate_count);

    const struct predicate *predicate = &law->predicate[number];
    return (struct law_predicate_view){
        .name = predicate->name,
        .citation = predicate->citation ? predicate->citation : "",
        .remedy = predicate->remedy ? predicate->remedy : "",
        .of_basis = predicate->basis != NULL,
    };
}
