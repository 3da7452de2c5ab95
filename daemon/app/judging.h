/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_JUDGING_H
#define APP_JUDGING_H

/*
 * From an event to a question to the law, and from a judgement to a row.
 */

#include "app/core.h"
#include "legal/case_file.h"
#include "proto/control.h"

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
