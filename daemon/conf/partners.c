/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "conf/check.h"
#include "conf/config.h"
#include "conf/file.h"
#include "conf/schema.h"
#include "proto/id.h"

#define SIGNING_KEYS_MAX 16

#define AT(member) \
    .name = #member, .at = offsetof(struct partner_config, member)

/* clang-format off */
static const struct yaml_key partner_keys[] = {
    {AT(id), .form = YAML_TEXT, .required = true, .most = INSTITUTION_MAX,
     .check = institution_check,
     .meaning = "the partner's id; the file is named after it"},
    {AT(name), .form = YAML_TEXT, .required = true,
     .meaning = "its name, as people read it"},
    {AT(address), .form = YAML_TEXT, .most = 300, .check = check_address,
     .meaning = "host:port to dial; without it the partner dials us"},
    {AT(signing_key), .form = YAML_TEXTS, .required = true,
     .most = SIGNING_KEYS_MAX, .check = check_signing_key,
     .meaning = "the keys that it signs with, compared by voice or on paper"},
    {AT(suspended), .form = YAML_YESNO, .fallback = "false",
     .meaning = "true: nothing is sent and nothing is taken"},
};
/* clang-format on */

const struct yaml_shape partner_shape = {.name = "the partner file",
                                         YAML_KEYS(partner_keys),
                                         .size = sizeof(struct partner_config)};

/* The file's name says who it is about: nobody edits the wrong one. */
static enum cii_code
check_file_name(const struct partner_config *partner, const char *path,
                struct cii_error *err)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t size = strlen(partner->id);

    if (strncmp(name, partner->id, size) == 0 &&
        strcmp(name + size, ".yaml") == 0)
        return CII_OK;
    return cii_fail(err, CII_CONFIG,
                    "%s: the file of partner %s must be named %s.yaml", path,
                    partner->id, partner->id);
}

static const char *
shared_key(const struct partner_config *a, const struct partner_config *b)
{
    for (char **of_a = a->signing_key; *of_a; of_a++)
        for (char **of_b = b->signing_key; *of_b; of_b++)
            if (strcmp(*of_a, *of_b) == 0)
                return *of_a;
    return NULL;
}

/* A key that two partners hold would let one sign for the other. */
static enum cii_code
check_keys(const struct partner_list *list, size_t last, const char *path,
           struct cii_error *err)
{
    for (size_t i = 0; i < last; i++)
        if (shared_key(&list->partner[i], &list->partner[last]))
            return cii_fail(err, CII_CONFIG,
                            "%s: %s and %s have the same signing_key; ask "
                            "both which one is theirs",
                            path, list->partner[last].id, list->partner[i].id);
    return CII_OK;
}

static enum cii_code
load_one(struct partner_list *list, const struct config *config,
         const char *path, struct cii_error *err)
{
    struct partner_config *partner = &list->partner[list->count];

    CII_TRY(yaml_load(&partner_shape, partner, path, err));
    list->count++;
    CII_TRY(check_file_name(partner, path, err));
    if (strcmp(partner->id, config->institution) == 0)
        return cii_fail(err, CII_CONFIG,
                        "%s: %s is our own institution, not a partner", path,
                        partner->id);
    return check_keys(list, list->count - 1, path, err);
}

static int
partner_compare(const void *a, const void *b)
{
    const struct partner_config *left = a;
    const struct partner_config *right = b;

    return strcmp(left->id, right->id);
}

enum cii_code
partners_load(struct partner_list **result, const struct config *config,
              struct cii_error *err)
{
    cii_auto(file_list_done) struct file_list files = {0};
    cii_auto(partners_destroy) struct partner_list *list =
        calloc(1, sizeof *list);

    CII_TRY(file_list_load(&files, config->partners, false, err));
    if (list)
        list->partner = calloc(files.count + 1, sizeof *list->partner);
    if (!list || !list->partner)
        return cii_fail(err, CII_MEMORY, "cannot load %s", config->partners);
    for (size_t i = 0; i < files.count; i++)
        CII_TRY(load_one(list, config, files.path[i], err));
    qsort(list->partner, list->count, sizeof *list->partner, partner_compare);

    *result = cii_take(list);
    return CII_OK;
}

void
partners_destroy(struct partner_list **partners)
{
    if (!*partners)
        return;
    for (size_t i = 0; i < (*partners)->count; i++)
        yaml_release(&partner_shape, &(*partners)->partner[i]);
    free((*partners)->partner);
    free(*partners);
    *partners = NULL;
}

const struct partner_config *
partner_find(const struct partner_list *partners, const char *id)
{
    size_t low = 0;
    size_t high = partners->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(id, partners->partner[middle].id);
        if (order == 0)
            return &partners->partner[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
