/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JURIST_LINT_H
#define JURIST_LINT_H

/*
 * Everything that can be said against a folder of rules. Behind a mistake it
 * goes on: with the next file where one cannot be read, with the next entry
 * where one cannot be law. Warnings are looked for when there is no error.
 */

#include "conf/rules_file.h"
#include "jurist/findings.h"
#include "proto/catalogue.h"

struct lint {
    const struct catalogue *catalogue; /* borrowed */
    int64_t today;                     /* days since 1970 */
    struct findings findings;          /* owned; in order */
    struct rule_texts *texts;          /* owned; of what could be read */
    size_t file_count;
};

void lint_done(struct lint *lint);

/* Fails only when the folder cannot be looked at. */
cii_must_check enum cii_code lint_folder(struct lint *lint, const char *folder,
                                         struct cii_error *err);

#endif
