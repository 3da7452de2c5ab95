/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_JUDGING_H
#define APP_JUDGING_H

/*
 * From an event to a question to the law, and from a judgement to a row.
 */

#include "app/core.h"
#include "proto/control.h"

/* An event as the law sees it: its type, and the content of its facets. */
struct case_file {
    const struct header *header;
    int type;
    uint64_t facets;
    struct content content[EVENT_FACETS_MAX];
    const struct content *by_number[CATALOGUE_FACETS_MAX];
};

/*
 * Opens the facets of an event against the catalogue. INVALID when type,
 * facet or field is not in it or a value is not of its form; receipts
 * (type "recu") keep their outcome closed. Lives in the turn's arena.
 */
cii_must_check enum cii_code case_open(struct core *core,
                                       const struct header *header,
                                       const struct facet *facet,
                                       size_t facet_count, struct arena *arena,
                                       struct case_file *file,
                                       struct cii_error *err);

/* The same fields, as they are kept: an AVS number as 13 digits, however it
 * was written. In the turn's arena; what is wrong stays as it is, for the
 * check to say. */
cii_must_check enum cii_code content_normalise(struct core *core,
                                               const struct facet_def *def,
                                               const struct content *in,
                                               struct content *out,
                                               struct cii_error *err);

/* Before it leaves: may we tell this partner? */
struct judgement judge_sending(const struct core *core,
                               const struct case_file *file, const char *issuer,
                               const char *partner, bool concerned);
/* Does our open dossier of this person name the partner? */
cii_must_check enum cii_code dossier_concerns(const struct core *core,
                                              int64_t person,
                                              const char *partner,
                                              bool *concerned,
                                              struct cii_error *err);
/* When it came: may this partner have told us, and this much? */
struct judgement judge_arrival(const struct core *core,
                               const struct case_file *file, const char *issuer,
                               const char *partner);

/* Stores the verdict within the turn and tells those who watch. */
cii_must_check enum cii_code record_verdict(struct core *core, int64_t event,
                                            const struct case_file *file,
                                            const char *partner, bool arrival,
                                            bool concerned,
                                            const struct judgement *judgement,
                                            struct cii_error *err);

/* The judgement in words, in the turn's arena. arrival: it is the partner that
 * told us. MEMORY past its cap. */
cii_must_check enum cii_code verdict_words(
    struct core *core, const struct case_file *file, const char *partner,
    bool arrival, bool concerned, const struct judgement *judgement,
    struct verdict_line *line, struct cii_error *err);

#endif
