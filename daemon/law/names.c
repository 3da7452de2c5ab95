/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "law/parts.h"

static const char *const lanes[] = {
#define LANE_TEXT(name, text) text,
    LANES(LANE_TEXT)
#undef LANE_TEXT
};

static const char *const verdicts[] = {
    [VERDICT_TRANSMIT] = "transmit",
    [VERDICT_REFUSE] = "refuse",
    [VERDICT_HOLD] = "hold",
    [VERDICT_LATE] = "late",
};

static const char *const grounds[] = {
    [GROUND_RULE] = "rule",           [GROUND_NOT_CONCERNED] = "not-concerned",
    [GROUND_DENIED] = "denied",       [GROUND_NO_RULE] = "no-rule",
    [GROUND_PREDICATE] = "predicate", [GROUND_UNCHECKED] = "unchecked",
    [GROUND_BANNED] = "banned",       [GROUND_WIDER] = "wider-than-rule",
    [GROUND_PROFILE] = "profile",     [GROUND_STOPPED] = "stopped",
};

static_assert(sizeof lanes / sizeof lanes[0] == LANE_COUNT,
              "every lane has a name");
static_assert(sizeof verdicts / sizeof verdicts[0] == VERDICT_COUNT,
              "every verdict has a name");
static_assert(sizeof grounds / sizeof grounds[0] == GROUND_COUNT,
              "every ground has a name");

const char *
lane_name(enum lane lane)
{
    return (unsigned int)lane < LANE_COUNT ? lanes[lane] : "";
}

const char *
verdict_name(enum verdict verdict)
{
    return (unsigned int)verdict < VERDICT_COUNT ? verdicts[verdict] : "";
}

const char *
ground_name(enum ground ground)
{
    return (unsigned int)ground < GROUND_COUNT ? grounds[ground] : "";
}

/* --- what is wrong, and where -------------------------------------------- */

enum cii_code
fail_at(struct cii_error *err, struct place place, const char *format, ...)
{
    char text[400];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return cii_fail(err, CII_CONFIG, "%s:%d: %s",
                    place.file ? place.file : "rules", place.line, text);
}

struct hint
hint_of(const char *near)
{
    struct hint hint = {""};

    if (near)
        (void)snprintf(hint.text, sizeof hint.text, "; did you mean '%s'?",
                       near);
    return hint;
}

/* --- lists of names ------------------------------------------------------ */

size_t
list_count(const char *const *list)
{
    size_t count = 0;

    while (list && list[count])
        count++;
    return count;
}

static bool
is_any(const char *name)
{
    return !strcmp(name, "any");
}

static const char *
kind_at(const void *context, size_t i)
{
    (void)context;
    return kind_name((enum institution_kind)i);
}

enum cii_code
read_kinds(uint32_t *kinds, const char *const *list, struct place place,
           struct cii_error *err)
{
    uint32_t read = 0;

    for (; list && *list; list++) {
        const enum institution_kind kind = kind_find(*list);
        if (is_any(*list))
            read |= EVERY_KIND;
        else if (kind != KIND_COUNT)
            read |= UINT32_C(1) << kind;
        else
            return fail_at(
                err, place, "'%s' is no kind of institution%s", *list,
                hint_of(nearest_name(*list, KIND_COUNT, kind_at, NULL)).text);
    }
    *kinds |= read;
    return CII_OK;
}

enum cii_code
read_facets(uint64_t *facets, const struct catalogue *catalogue,
            const char *const *list, struct place place, struct cii_error *err)
{
    uint64_t read = 0;

    for (; list && *list; list++) {
        const int facet = catalogue_facet(catalogue, *list);
        if (facet < 0)
            return fail_at(
                err, place, "'%s' is no facet%s", *list,
                hint_of(catalogue_nearest_facet(catalogue, *list)).text);
        read |= UINT64_C(1) << facet;
    }
    *facets |= read;
    return CII_OK;
}

static void
add_type(uint64_t types[TYPE_WORDS], size_t type)
{
    types[type / 64] |= UINT64_C(1) << type % 64;
}

/* What the daemon tells by itself has rules of its own. */
static void
add_every_type(uint64_t types[TYPE_WORDS], const struct catalogue *catalogue)
{
    for (size_t i = 0; i < catalogue->type_count; i++)
        if (!catalogue->type[i].protocol)
            add_type(types, i);
}

enum cii_code
read_types(uint64_t types[TYPE_WORDS], const struct catalogue *catalogue,
           const char *const *list, struct place place, struct cii_error *err)
{
    for (; list && *list; list++) {
        const int type = catalogue_type(catalogue, *list);
        if (is_any(*list))
            add_every_type(types, catalogue);
        else if (type >= 0)
            add_type(types, (size_t)type);
        else
            return fail_at(
                err, place, "'%s' is no type of event%s", *list,
                hint_of(catalogue_nearest_type(catalogue, *list)).text);
    }
    return CII_OK;
}
