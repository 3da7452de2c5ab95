/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TOOL_QUESTION_H
#define CLIENT_TOOL_QUESTION_H

/*
 * From what was typed to the arguments of a verb.
 */

#include "client/tool/tool.h"

#define QUESTION_ARGUMENTS 48
#define QUESTION_TEXT      4096 /* of flags that may be given several times */

struct question {
    size_t count;
    struct cii_field argument[QUESTION_ARGUMENTS];
    size_t used;
    char text[QUESTION_TEXT];
};

/* INVALID when there are too many. Values are borrowed. */
cii_must_check enum cii_code question_add(struct question *question,
                                          const char *name, const char *value,
                                          struct cii_error *err);
/* The command's own flags and its first word. */
cii_must_check enum cii_code question_read(struct question *question,
                                           const struct command *command,
                                           const struct args *args,
                                           struct cii_error *err);

#endif
