/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LEGAL_RULES_H
#define LEGAL_RULES_H

#include "conf/rules_file.h"
#include "law/law.h"

/* Reads every rule file below the folder and builds the law from them; all or
 * nothing. The catalogue is borrowed. */
cii_must_check enum cii_code legal_load(struct law **law, const char *folder,
                                        const struct catalogue *catalogue,
                                        bool pilot, struct cii_error *err);

#endif
