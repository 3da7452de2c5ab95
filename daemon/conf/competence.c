/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "conf/check.h"
#include "conf/config.h"
#include "conf/schema.h"
#include "proto/id.h"

#define ENTRIES_MAX 10000
#define NAMES_MAX   3000 /* communes of Switzerland, and some more */

#define ANY         "any"

static enum cii_code
check_commune(const char *value, struct cii_error *err)
{
    const size_t digits = strspn(value, "0123456789");

    if (strcmp(value, ANY) == 0 ||
        (digits > 0 && digits <= 6 && value[digits] == '\0'))
        return CII_OK;
    return cii_fail(err, CII_INVALID,
                    "'%s' is no number of a commune (eCH-0007): write at most "
                    "6 digits, or any",
                    value);
}

/* clang-format off */
static const struct yaml_key entry_keys[] = {
    {.name = "communes", .at = offsetof(struct competence_entry, communes),
     .form = YAML_TEXTS, .required = true, .most = NAMES_MAX,
     .check = check_commune,
     .meaning = "numbers of communes of domicile (eCH-0007), or any"},
    {.name = "offices", .at = offsetof(struct competence_entry, offices),
     .form = YAML_TEXTS, .required = true, .most = NAMES_MAX,
     .check = institution_check,
     .meaning = "ids of the institutions that are competent there"},
};

static const struct yaml_shape entry_shape = {
    .name = "the entry", YAML_KEYS(entry_keys),
    .size = sizeof(struct competence_entry)};

static const struct yaml_key competence_keys[] = {
    {.name = "competence", .form = YAML_PARTS, .most = ENTRIES_MAX,
     .at = offsetof(struct competence, entry),
     .count_at = offsetof(struct competence, count), .shape = &entry_shape,
     .meaning = "the list of entries"},
};
/* clang-format on */

const struct yaml_shape competence_shape = {.name = "the competence file",
                                            YAML_KEYS(competence_keys),
                                            .size = sizeof(struct competence)};

enum cii_code
competence_load(struct competence **result, const char *path,
                struct cii_error *err)
{
    cii_auto(competence_destroy) struct competence *competence =
        calloc(1, sizeof *competence);

    if (!competence)
        return cii_fail(err, CII_MEMORY, "no memory for the competence table");
    if (path)
        CII_TRY(yaml_load(&competence_shape, competence, path, err));
    *result = cii_take(competence);
    return CII_OK;
}

void
competence_destroy(struct competence **competence)
{
    if (!*competence)
        return;
    yaml_release(&competence_shape, *competence);
    free(*competence);
    *competence = NULL;
}

static bool
holds(char **names, const char *name)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

bool
is_competent(const struct competence *competence, const char *office,
             const char *commune)
{
    for (size_t i = 0; i < competence->count; i++) {
        const struct competence_entry *entry = &competence->entry[i];
        if (holds(entry->offices, office) &&
            (holds(entry->communes, ANY) ||
             (*commune && holds(entry->communes, commune))))
            return true;
    }
    return false;
}

bool
competence_asks_commune(const struct competence *competence)
{
    for (size_t i = 0; i < competence->count; i++)
        for (char **commune = competence->entry[i].communes; *commune;
             commune++)
            if (strcmp(*commune, ANY) != 0)
                return true;
    return false;
}
