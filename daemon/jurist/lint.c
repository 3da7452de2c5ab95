/* SPDX-License-Identifier: Apache-2.0 */
#include "jurist/lint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/file.h"
#include "jurist/warn.h"
#include "jurist/words.h"
#include "legal/rules.h"

void
lint_done(struct lint *lint)
{
    findings_done(&lint->findings);
    rule_texts_destroy(&lint->texts);
}

/* --- reading -------------------------------------------------------------- */

static void
read_files(struct lint *lint, const struct file_list *files)
{
    struct cii_error err = {0};

    for (size_t i = 0; i < files->count; i++)
        if (rule_texts_add(lint->texts, files->path[i], &err) != CII_OK)
            findings_add_error(&lint->findings, files->path[i], 0, &err);
}

/* --- what stands twice ---------------------------------------------------- */

static void
say_twice(struct lint *lint, const char *what, const char *name,
          const char *file, int line, const char *first_file, int first_line)
{
    struct cii_error err = {0};

    (void)cii_fail(&err, CII_CONFIG, "%s '%s' stands twice; first in %s:%d",
                   what, name, first_file, first_line);
    findings_add_error(&lint->findings, file, line, &err);
}

/* Does the rule stand above already? */
static bool
rule_stands_twice(struct lint *lint, size_t number)
{
    const struct rule_text *rule = lint->texts->rule;

    for (size_t i = 0; i < number; i++)
        if (!strcmp(rule[i].id, rule[number].id)) {
            say_twice(lint, "rule", rule[number].id, rule[number].file,
                      rule[number].line, rule[i].file, rule[i].line);
            return true;
        }
    return false;
}

static bool
predicate_stands_twice(struct lint *lint, size_t number)
{
    const struct predicate_text *list = lint->texts->predicate;

    for (size_t i = 0; i < number; i++)
        if (!strcmp(list[i].name, list[number].name)) {
            say_twice(lint, "predicate", list[number].name, list[number].file,
                      list[number].line, list[i].file, list[i].line);
            return true;
        }
    return false;
}

/* --- making law of it ----------------------------------------------------- */

/* What is left aside, as something is wrong with it. */
struct building {
    struct lint *lint;
    struct law *law;     /* owned */
    bool *bad_predicate; /* owned; by number */
    bool *bad_rule;      /* owned; by number */
};

static void
building_done(struct building *building)
{
    law_destroy(&building->law);
    free(building->bad_predicate);
    free(building->bad_rule);
}

/* A test that refers to one that is left aside says nothing new. */
static bool
refers_to_bad(const struct building *building, size_t number)
{
    const struct predicate_text *list = building->lint->texts->predicate;

    for (size_t i = 0; i < number; i++) {
        if (!building->bad_predicate[i])
            continue;
        for (size_t j = 0; j < list[number].all_count; j++)
            if (!strcmp(list[number].all[j].field, list[i].name))
                return true;
        for (size_t j = 0; j < list[number].any_count; j++)
            if (!strcmp(list[number].any[j].field, list[i].name))
                return true;
    }
    return false;
}

static void
add_bases(struct building *building)
{
    struct lint *lint = building->lint;
    struct cii_error err = {0};

    for (size_t i = 0; i < lint->texts->basis_count; i++) {
        const struct basis_text *basis = &lint->texts->basis[i];
        if (legal_add_basis(building->law, basis, &err) != CII_OK)
            findings_add_error(&lint->findings, basis->file, basis->line, &err);
    }
}

static void
add_predicates(struct building *building)
{
    struct lint *lint = building->lint;
    struct cii_error err = {0};

    for (size_t i = 0; i < lint->texts->predicate_count; i++) {
        const struct predicate_text *text = &lint->texts->predicate[i];
        building->bad_predicate[i] =
            refers_to_bad(building, i) || predicate_stands_twice(lint, i);
        if (building->bad_predicate[i] ||
            legal_add_predicate(building->law, text, &err) == CII_OK)
            continue;
        building->bad_predicate[i] = true;
        findings_add_error(&lint->findings, text->file, text->line, &err);
    }
}

static void
add_denials(struct building *building)
{
    struct lint *lint = building->lint;
    struct cii_error err = {0};

    for (size_t i = 0; i < lint->texts->denial_count; i++) {
        const struct denial_text *denial = &lint->texts->denial[i];
        if (legal_add_denial(building->law, denial, &err) != CII_OK)
            findings_add_error(&lint->findings, denial->file, denial->line,
                               &err);
    }
}

static void
add_rules(struct building *building)
{
    struct lint *lint = building->lint;
    struct cii_error err = {0};

    for (size_t i = 0; i < lint->texts->rule_count; i++) {
        const struct rule_text *rule = &lint->texts->rule[i];
        building->bad_rule[i] = rule_stands_twice(lint, i);
        if (building->bad_rule[i] ||
            legal_add_rule(building->law, rule, &err) == CII_OK)
            continue;
        building->bad_rule[i] = true;
        findings_add_error(&lint->findings, rule->file, rule->line, &err);
    }
}

static enum cii_code
build(struct building *building, struct cii_error *err)
{
    const struct rule_texts *texts = building->lint->texts;

    building->bad_predicate = calloc(texts->predicate_count + 1, sizeof(bool));
    building->bad_rule = calloc(texts->rule_count + 1, sizeof(bool));
    if (!building->bad_predicate || !building->bad_rule)
        return cii_fail(err, CII_MEMORY, "no memory to look at the rules");
    CII_TRY(law_new(&building->law, building->lint->catalogue, true, err));
    add_bases(building);
    add_predicates(building);
    add_denials(building);
    add_rules(building);
    return CII_OK;
}

/* --- the whole ------------------------------------------------------------ */

/* The law without what is left aside; all of that was added before. */
static enum cii_code
build_again(struct building *building, struct cii_error *err)
{
    const struct rule_texts *texts = building->lint->texts;

    law_destroy(&building->law);
    CII_TRY(law_new(&building->law, building->lint->catalogue, true, err));
    for (size_t i = 0; i < texts->basis_count; i++)
        (void)(legal_add_basis(building->law, &texts->basis[i], NULL) ==
               CII_OK);
    for (size_t i = 0; i < texts->predicate_count; i++)
        if (!building->bad_predicate[i])
            CII_TRY(
                legal_add_predicate(building->law, &texts->predicate[i], err));
    for (size_t i = 0; i < texts->rule_count; i++)
        if (!building->bad_rule[i])
            CII_TRY(legal_add_rule(building->law, &texts->rule[i], err));
    return CII_OK;
}

/* Which rule does the sentence name by its place? */
static bool
set_aside(struct building *building, const struct cii_error *why)
{
    struct lint *lint = building->lint;
    char place[4200];

    for (size_t i = 0; i < lint->texts->rule_count; i++) {
        const struct rule_text *rule = &lint->texts->rule[i];
        const int length =
            snprintf(place, sizeof place, "%s:%d: ", rule->file, rule->line);
        if (building->bad_rule[i] ||
            strncmp(why->text, place, (size_t)length) != 0)
            continue;
        building->bad_rule[i] = true;
        findings_add_error(&lint->findings, rule->file, rule->line, why);
        return true;
    }
    return false;
}

/* A fallback that is only missing because it was set aside says nothing new.
 */
static bool
falls_back_to_bad(const struct building *building, const struct rule_text *rule)
{
    const struct rule_texts *texts = building->lint->texts;

    for (size_t i = 0; rule->fallback && i < texts->rule_count; i++)
        if (building->bad_rule[i] && !strcmp(texts->rule[i].id, rule->fallback))
            return true;
    return false;
}

static void
set_followers_aside(struct building *building)
{
    const struct rule_texts *texts = building->lint->texts;
    bool more = true;

    while (more) {
        more = false;
        for (size_t i = 0; i < texts->rule_count; i++)
            if (!building->bad_rule[i] &&
                falls_back_to_bad(building, &texts->rule[i]))
                building->bad_rule[i] = more = true;
    }
}

/* Each time that the whole does not hold, one rule is set aside. */
static enum cii_code
check_whole(struct building *building, const char *folder,
            struct cii_error *err)
{
    struct lint *lint = building->lint;
    struct cii_error why = {0};

    if (lint->findings.error_count > 0) {
        set_followers_aside(building);
        CII_TRY(build_again(building, err));
    }
    while (law_seal(building->law, &why) != CII_OK) {
        if (!set_aside(building, &why)) {
            findings_add_error(&lint->findings, folder, 0, &why);
            return CII_OK;
        }
        set_followers_aside(building);
        CII_TRY(build_again(building, err));
    }
    return CII_OK;
}

static void
warn(struct building *building)
{
    struct lint *lint = building->lint;
    const struct warning warning = {
        .texts = lint->texts,
        .law = building->law,
        .catalogue = lint->catalogue,
        .findings = &lint->findings,
        .today = lint->today,
    };

    warn_of_rules(&warning);
    warn_of_predicates(&warning);
}

static enum cii_code
look(struct lint *lint, const char *folder, bool complete,
     struct cii_error *err)
{
    cii_auto(building_done) struct building building = {.lint = lint};

    CII_TRY(build(&building, err));
    /* what a file that was not read would have said is missing everywhere */
    if (complete)
        CII_TRY(check_whole(&building, folder, err));
    if (lint->findings.error_count == 0)
        warn(&building);
    findings_sort(&lint->findings);
    return lint->findings.full
               ? cii_fail(err, CII_MEMORY, "no memory for all that is wrong")
               : CII_OK;
}

enum cii_code
lint_folder(struct lint *lint, const char *folder, struct cii_error *err)
{
    cii_auto(file_list_done) struct file_list files = {0};

    CII_TRY(file_list_load(&files, folder, true, err));
    if (files.count == 0)
        return cii_fail(err, CII_CONFIG,
                        "%s holds no rule file (*.yaml): without a rule "
                        "nothing may be disclosed",
                        folder);
    lint->texts = calloc(1, sizeof *lint->texts);
    if (!lint->texts)
        return cii_fail(err, CII_MEMORY, "no memory to look at the rules");
    lint->file_count = files.count;
    read_files(lint, &files);
    return look(lint, folder, lint->findings.error_count == 0, err);
}
