/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JURIST_OPTIONS_H
#define JURIST_OPTIONS_H

/*
 * What the command line of ciid-law asks for.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cii/error.h"

/* How ciid-law ends. */
enum outcome {
    OUTCOME_OK = 0,
    OUTCOME_FOUND = 1,  /* findings, or a case that came out otherwise */
    OUTCOME_USAGE = 2,  /* the command line is wrong */
    OUTCOME_UNREAD = 3, /* something could not be read or written */
};

/* All borrowed from the command line; NULL: not said. */
struct options {
    const char *rules;
    const char *facets;
    const char *event_types;
    const char *config;
    const char *html;
    const char *event;
    const char *canton;
    bool json;
    bool verbose;
    bool strict;
    bool coverage;
    bool help;
    char **operand;
    size_t operand_count;
    FILE *out;
};

/* argv[0] is the name of the command. INVALID names the option. */
cii_must_check enum cii_code options_read(struct options *options, int argc,
                                          char **argv, struct cii_error *err);

#endif
