/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JURIST_SOURCES_H
#define JURIST_SOURCES_H

/*
 * The files that a question is answered from: the catalogue, and the law in
 * both profiles, each loaded when it is first asked for.
 */

#include "jurist/options.h"
#include "legal/rules.h"

struct sources {
    char *rules;                 /* owned; the folder */
    char *facets;                /* owned */
    char *event_types;           /* owned */
    bool pilot;                  /* what ciid.yaml says; else production */
    struct catalogue *catalogue; /* owned */
    struct rule_texts *texts;    /* owned; may be NULL */
    struct law *law[2];          /* owned; by pilot; may be NULL */
};

/* The folder is `folder`, or --rules, or what --config says; the catalogue is
 * read. */
cii_must_check enum cii_code sources_open(struct sources *sources,
                                          const struct options *options,
                                          const char *folder,
                                          struct cii_error *err);
void sources_done(struct sources *sources);

/* The rules as they are written, and the law that they make: the nth rule and
 * the nth predicate of the one are those of the other. */
cii_must_check enum cii_code sources_texts(struct sources *sources,
                                           const struct rule_texts **texts,
                                           struct cii_error *err);
cii_must_check enum cii_code sources_law(struct sources *sources, bool pilot,
                                         const struct law **law,
                                         struct cii_error *err);

#endif
