/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TOOL_GLOSSARY_H
#define CLIENT_TOOL_GLOSSARY_H

/*
 * The daemon's catalogue, for those who type: which facet a bare field name
 * means, and what somebody may have meant who mistyped one.
 *
 * Case and dashes do not matter: --end-date, --endDate and --enddate are one.
 */

#include "client/tool/rows.h"

#define GLOSSARY_NAME_MAX 64

struct flag;

struct glossary {
    struct rows rows;
};

struct place {
    char facet[GLOSSARY_NAME_MAX];
    char field[GLOSSARY_NAME_MAX];
};

/* Asks over the tool's connection, which must be open. */
cii_must_check enum cii_code glossary_load(struct glossary *glossary,
                                           struct tool *tool,
                                           struct cii_error *err);
void glossary_done(struct glossary *glossary);

/* INVALID when the type is not known; the sentence names the nearest. */
cii_must_check enum cii_code glossary_check_type(
    const struct glossary *glossary, const char *type, struct cii_error *err);

/*
 * Where "facet.field" or a bare "field" belongs, among the facets that are
 * named in `facets`, separated by spaces. `flag` lists what else could have
 * been meant. INVALID when there is none or several.
 */
cii_must_check enum cii_code glossary_find(const struct glossary *glossary,
                                           const char *facets, const char *name,
                                           const struct flag *flag,
                                           struct place *place,
                                           struct cii_error *err);
/* The facets that the type may hold; "" when it is not known. */
const char *glossary_facets(const struct glossary *glossary, const char *type);

#endif
