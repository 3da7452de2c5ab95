/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TOOL_LINE_H
#define CLIENT_TOOL_LINE_H

/*
 * One line of office software, in JSON: an event, or a dossier's verb.
 *
 *     {"type": "fin-de-droits", "on": "2026-12-31", "case": "GE-2016-0815",
 *      "facets": {"identity": {"avs": "756.1234.5678.97"}}}
 *     {"dossier": "open", "case": "GE-2016-0815", "concerned": ["ge.oai"],
 *      "identity": {"avs": "756.1234.5678.97"}}
 */

#include <stdbool.h>
#include <stddef.h>

#include "client/tool/question.h"

#define LINE_FIELD_MAX 160

struct line {
    struct cii_event *event; /* owned; NULL for a dossier's verb */
    bool has_id;
    const char *verb;           /* of a dossier: "dossier-open" */
    struct question *question;  /* owned */
    struct json_t *json;        /* owned; what the question's names are of */
    char field[LINE_FIELD_MAX]; /* at fault; written on failure */
};

/* What every line gets from the command line. */
struct line_defaults {
    bool test;
    bool dry_run;
};

/* MALFORMED when it is no JSON object, INVALID when it says something that
 * an event has not. The sentence repeats no value. */
cii_must_check enum cii_code line_read(struct line *line, const char *text,
                                       size_t size,
                                       const struct line_defaults *defaults,
                                       struct cii_error *err);
void line_done(struct line *line);

#endif
