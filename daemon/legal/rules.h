/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LEGAL_RULES_H
#define LEGAL_RULES_H

#include "conf/rules_file.h"
#include "law/law.h"

/* One entry, as its file says it. */
cii_must_check enum cii_code legal_add_basis(struct law *law,
                                             const struct basis_text *text,
                                             struct cii_error *err);
cii_must_check enum cii_code legal_add_predicate(
    struct law *law, const struct predicate_text *text, struct cii_error *err);
cii_must_check enum cii_code legal_add_denial(struct law *law,
                                              const struct denial_text *text,
                                              struct cii_error *err);
cii_must_check enum cii_code legal_add_rule(struct law *law,
                                            const struct rule_text *text,
                                            struct cii_error *err);

/* The law that the texts say; all or nothing. */
cii_must_check enum cii_code legal_build(struct law **law,
                                         const struct rule_texts *texts,
                                         const struct catalogue *catalogue,
                                         bool pilot, struct cii_error *err);
/* Reads every rule file below the folder and builds the law from them; all or
 * nothing. The catalogue is borrowed. */
cii_must_check enum cii_code legal_load(struct law **law, const char *folder,
                                        const struct catalogue *catalogue,
                                        bool pilot, struct cii_error *err);

#endif
