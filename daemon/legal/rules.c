/* SPDX-License-Identifier: Apache-2.0 */
#include "legal/rules.h"

#include <stdlib.h>
#include <string.h>

#include "proto/event.h"

/* A list that conf/ owns, as law/ reads it. */
static const char *const *
list(char **texts)
{
    return (const char *const *)texts;
}

static void
copy_tests(struct law_test *out, const struct test_text *in, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = (struct law_test){.field = in[i].field,
                                   .test = in[i].test,
                                   .value = list(in[i].value)};
}

#define TESTS_MAX 32

enum cii_code
legal_add_predicate(struct law *law, const struct predicate_text *text,
                    struct cii_error *err)
{
    struct law_test all[TESTS_MAX];
    struct law_test any[TESTS_MAX];
    if (text->all_count > TESTS_MAX || text->any_count > TESTS_MAX)
        return cii_fail(err, CII_CONFIG, "%s:%d: more than %d tests",
                        text->file, text->line, TESTS_MAX);

    copy_tests(all, text->all, text->all_count);
    copy_tests(any, text->any, text->any_count);
    const struct law_predicate predicate = {
        .name = text->name,
        .citation = text->citation,
        .remedy = text->remedy,
        .all = all,
        .all_count = text->all_count,
        .any = any,
        .any_count = text->any_count,
        .statement = list(text->statement),
        .by = text->by,
        .same_case = text->same_case,
        .answered = text->answered,
        .narrows = text->narrows,
        .none = text->none,
        .ended = text->ended,
        .fact = text->fact,
        .basis = text->basis,
        .stops = text->stops,
        .concerns = text->concerns,
        .owed = text->owed,
        .stated = list(text->stated),
        .file = text->file,
        .line = text->line,
    };
    return law_add_predicate(law, &predicate, err);
}

enum cii_code
legal_add_rule(struct law *law, const struct rule_text *text,
               struct cii_error *err)
{
    /* it travels with every disclosure: partners take no longer one */
    if (strlen(text->id) > RULE_ID_MAX)
        return cii_fail(err, CII_CONFIG,
                        "%s:%d: an id has at most %d bytes; shorten it",
                        text->file, text->line, RULE_ID_MAX);
    const struct law_rule rule = {
        .id = text->id,
        .from = list(text->from),
        .to = list(text->to),
        .events = list(text->events),
        .lane = text->lane,
        .facets = list(text->facets),
        .needs = list(text->needs),
        .citation = text->citation,
        .inform = text->inform,
        .objection = text->objection,
        .fallback = text->fallback,
        .within = text->within,
        .answer_within = text->answer_within,
        .answered_by = list(text->answered_by),
        .valid_from = text->valid_from,
        .valid_to = text->valid_to,
        .checked_by = text->checked_by,
        .checked_on = text->checked_on,
        .act = text->act,
        .canton = text->canton,
        .file = text->file,
        .line = text->line,
    };
    return law_add_rule(law, &rule, err);
}

enum cii_code
legal_add_denial(struct law *law, const struct denial_text *text,
                 struct cii_error *err)
{
    const struct law_denial denial = {
        .facets = list(text->facets),
        .to = list(text->to),
        .except = list(text->except),
        .citation = text->citation,
        .file = text->file,
        .line = text->line,
    };
    return law_add_denial(law, &denial, err);
}

enum cii_code
legal_add_basis(struct law *law, const struct basis_text *text,
                struct cii_error *err)
{
    const struct law_basis basis = {
        .name = text->name,
        .kinds = list(text->kinds),
        .citation = text->citation,
        .checked_by = text->checked_by,
        .canton = text->canton,
        .file = text->file,
        .line = text->line,
    };
    return law_add_basis(law, &basis, err);
}

enum cii_code
legal_build(struct law **result, const struct rule_texts *texts,
            const struct catalogue *catalogue, bool pilot,
            struct cii_error *err)
{
    cii_auto(law_destroy) struct law *law = NULL;
    CII_TRY(law_new(&law, catalogue, pilot, err));

    for (size_t i = 0; i < texts->basis_count; i++)
        CII_TRY(legal_add_basis(law, &texts->basis[i], err));
    for (size_t i = 0; i < texts->predicate_count; i++)
        CII_TRY(legal_add_predicate(law, &texts->predicate[i], err));
    for (size_t i = 0; i < texts->denial_count; i++)
        CII_TRY(legal_add_denial(law, &texts->denial[i], err));
    for (size_t i = 0; i < texts->rule_count; i++)
        CII_TRY(legal_add_rule(law, &texts->rule[i], err));
    CII_TRY(law_seal(law, err));

    *result = cii_take(law);
    return CII_OK;
}

enum cii_code
legal_load(struct law **result, const char *folder,
           const struct catalogue *catalogue, bool pilot, struct cii_error *err)
{
    cii_auto(rule_texts_destroy) struct rule_texts *texts = NULL;

    CII_TRY(rule_texts_load(&texts, folder, err));
    return legal_build(result, texts, catalogue, pilot, err);
}
