/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tool/glossary.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/tool/text.h"
#include "client/tool/tool.h"
#include "proto/catalogue.h"

enum cii_code
glossary_load(struct glossary *glossary, struct tool *tool,
              struct cii_error *err)
{
    struct rows *rows = &glossary->rows;

    CII_TRY(rows_init(rows, err));
    CII_TRY(cii_ask(tool->client, "catalogue", NULL, 0, rows_keep, rows, err));
    if (rows->code != CII_OK)
        return cii_fail(err, rows->code, "no memory for the catalogue");
    return CII_OK;
}

void
glossary_done(struct glossary *glossary)
{
    rows_done(&glossary->rows);
}

/* --- comparing ---------------------------------------------------------- */

static const char *
skip_dashes(const char *text)
{
    return text + strspn(text, "-_");
}

/* Without regard to case, dashes and underscores; a ends at a_end. */
static bool
same_name(const char *a, const char *a_end, const char *b)
{
    for (;;) {
        a = skip_dashes(a);
        b = skip_dashes(b);
        if (a >= a_end || *b == '\0')
            return a >= a_end && *b == '\0';
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return false;
        a++;
        b++;
    }
}

static const struct cii_record *
next_of(const struct glossary *glossary, const char *kind, size_t *at)
{
    while (*at < glossary->rows.count) {
        const struct cii_record *record = &glossary->rows.record[(*at)++];
        if (!strcmp(record->kind, kind))
            return record;
    }
    return NULL;
}

/* --- the nearest -------------------------------------------------------- */

struct names {
    size_t count;
    const char *name[2048];
};

static const char *
name_at(const void *context, size_t i)
{
    return ((const struct names *)context)->name[i];
}

static void
add_name(struct names *names, const char *name)
{
    if (names->count < sizeof names->name / sizeof names->name[0])
        names->name[names->count++] = name;
}

static const char *
nearest_in(const struct names *names, const char *name)
{
    return nearest_name(name, names->count, name_at, names);
}

/* --- types -------------------------------------------------------------- */

const char *
glossary_facets(const struct glossary *glossary, const char *type)
{
    size_t at = 0;
    const struct cii_record *record = NULL;

    while ((record = next_of(glossary, "type", &at)))
        if (!strcmp(cii_record_get(record, "name"), type))
            return cii_record_get(record, "may");
    return "";
}

enum cii_code
glossary_check_type(const struct glossary *glossary, const char *type,
                    struct cii_error *err)
{
    struct names names = {0};
    size_t at = 0;
    const struct cii_record *record = NULL;

    while ((record = next_of(glossary, "type", &at))) {
        if (!strcmp(cii_record_get(record, "name"), type))
            return CII_OK;
        add_name(&names, cii_record_get(record, "name"));
    }
    const char *nearest = nearest_in(&names, type);
    if (nearest)
        return cii_fail(err, CII_INVALID,
                        "unknown event type '%.64s': did you mean '%s'?", type,
                        nearest);
    return cii_fail(err, CII_INVALID,
                    "unknown event type '%.64s': `cii types` lists them", type);
}

/* --- fields ------------------------------------------------------------- */

struct search {
    const struct glossary *glossary;
    const char *facets;
    const char *name;
    const char *dot; /* NULL: a bare name */
    const struct flag *flag;
};

static bool
is_asked_facet(const struct search *search, const char *facet)
{
    if (!words_hold(search->facets, facet))
        return false;
    return !search->dot || same_name(search->name, search->dot, facet);
}

static bool
is_asked_field(const struct search *search, const char *field)
{
    const char *name = search->dot ? search->dot + 1 : search->name;

    return same_name(name, name + strlen(name), field);
}

/* The sentence lists what the name could mean. */
static enum cii_code
ambiguous(const struct search *search, const struct place *first,
          const struct place *second, struct cii_error *err)
{
    return cii_fail(err, CII_INVALID,
                    "--%.40s could be --%s.%s or --%s.%s: write which",
                    search->name, first->facet, first->field, second->facet,
                    second->field);
}

static const char *
nearest_field(const struct search *search, struct names *names)
{
    size_t at = 0;
    const struct cii_record *record = NULL;
    const char *name = search->dot ? search->dot + 1 : search->name;

    while ((record = next_of(search->glossary, "field", &at)))
        if (is_asked_facet(search, cii_record_get(record, "facet")))
            add_name(names, cii_record_get(record, "name"));
    for (const struct flag *flag = search->flag;
         flag && flag->name && !search->dot; flag++)
        add_name(names, flag->name);
    return nearest_in(names, name);
}

static const char *
nearest_facet(const struct search *search)
{
    struct names names = {0};
    char facet[GLOSSARY_NAME_MAX];
    size_t at = 0;
    const struct cii_record *record = NULL;

    snprintf(facet, sizeof facet, "%.*s", (int)(search->dot - search->name),
             search->name);
    while ((record = next_of(search->glossary, "facet", &at))) {
        if (is_asked_facet(search, cii_record_get(record, "name")))
            return NULL;
        if (words_hold(search->facets, cii_record_get(record, "name")))
            add_name(&names, cii_record_get(record, "name"));
    }
    return nearest_in(&names, facet);
}

static enum cii_code
not_found(const struct search *search, struct cii_error *err)
{
    struct names names = {0};
    const char *facet = search->dot ? nearest_facet(search) : NULL;

    if (facet)
        return cii_fail(err, CII_INVALID,
                        "unknown flag --%.60s: did you mean --%s%.40s?",
                        search->name, facet, search->dot);
    const char *field = nearest_field(search, &names);
    if (field && search->dot)
        return cii_fail(err, CII_INVALID,
                        "unknown flag --%.60s: did you mean --%.*s%s?",
                        search->name, (int)(search->dot + 1 - search->name),
                        search->name, field);
    if (field)
        return cii_fail(err, CII_INVALID,
                        "unknown flag --%.60s: did you mean --%s?",
                        search->name, field);
    return cii_fail(err, CII_INVALID,
                    "unknown flag --%.60s: the facets here are %s",
                    search->name, search->facets);
}

enum cii_code
glossary_find(const struct glossary *glossary, const char *facets,
              const char *name, const struct flag *flag, struct place *place,
              struct cii_error *err)
{
    const struct search search = {.glossary = glossary,
                                  .facets = facets,
                                  .name = name,
                                  .dot = strchr(name, '.'),
                                  .flag = flag};
    struct place found = {0};
    size_t at = 0;
    const struct cii_record *record = NULL;

    while ((record = next_of(glossary, "field", &at))) {
        struct place here;
        if (!is_asked_facet(&search, cii_record_get(record, "facet")) ||
            !is_asked_field(&search, cii_record_get(record, "name")))
            continue;
        snprintf(here.facet, sizeof here.facet, "%.63s",
                 cii_record_get(record, "facet"));
        snprintf(here.field, sizeof here.field, "%.63s",
                 cii_record_get(record, "name"));
        if (*found.field)
            return ambiguous(&search, &found, &here, err);
        found = here;
    }
    if (!*found.field)
        return not_found(&search, err);
    *place = found;
    return CII_OK;
}
