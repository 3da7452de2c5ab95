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
