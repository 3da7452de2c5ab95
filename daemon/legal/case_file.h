/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LEGAL_CASE_FILE_H
#define LEGAL_CASE_FILE_H

/*
 * An event, opened against the catalogue: as the law sees it.
 */

#include "proto/bytes.h"
#include "proto/catalogue.h"
#include "proto/event.h"

/* Its type, and the content of its facets. by_number points into the same
 * struct: it is never copied. */
struct case_file {
    const struct header *header;
    int type;
    uint64_t facets;
    struct content content[EVENT_FACETS_MAX];
    const struct content *by_number[CATALOGUE_FACETS_MAX];
};

/*
 * Opens the facets of an event. INVALID when type, facet or field is not in
 * the catalogue or a value is not of its form; types of the protocol ("recu")
 * keep their content closed. Content lives in the arena; the header is
 * borrowed.
 */
cii_must_check enum cii_code case_open(const struct catalogue *catalogue,
                                       const struct header *header,
                                       const struct facet *facet,
                                       size_t facet_count, struct arena *arena,
                                       struct case_file *file,
                                       struct cii_error *err);

/* A field's value; NULL when it is not given. */
const char *case_value(const struct catalogue *catalogue,
                       const struct case_file *file, const char *facet,
                       const char *field);

/* The institution that a field of it names, where the type has such a field;
 * "" none. */
const char *case_names(const struct catalogue *catalogue,
                       const struct case_file *file);

/* The same fields, as they are kept: an AVS number as 13 digits, however it
 * was written. In the arena; what is wrong stays as it is, for the check to
 * say. */
cii_must_check enum cii_code content_normalise(const struct facet_def *def,
                                               const struct content *in,
                                               struct arena *arena,
                                               struct content *out,
                                               struct cii_error *err);

#endif
