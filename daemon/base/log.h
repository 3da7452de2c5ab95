/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

/*
 * One line for each change of fact, on standard error, with the level in
 * front as journald reads it ("<6>"). Never personal data; text from a peer
 * only through log_quote().
 */

#include <stddef.h>

#include "cii/attributes.h"

enum log_level {
    LOG_ERROR = 3,   /* act now */
    LOG_WARNING = 4, /* something was given up */
    LOG_NOTICE = 5,  /* start, stop, reload */
    LOG_INFO = 6,    /* the life of events */
    LOG_DEBUG = 7,   /* ours */
};

/* What stands before each line ("core"); borrowed. Lines above `most` are
 * dropped. */
void log_open(const char *program, enum log_level most);

void log_line(enum log_level level, const char *format, ...) cii_printf(2, 3);

/*
 * At most one line in a second for the same `cause` (a string literal); the
 * next one says how many were left out. For what a hostile peer can repeat.
 */
void log_line_limited(enum log_level level, const char *cause,
                      const char *format, ...) cii_printf(3, 4);

/* Text from outside, escaped, in double quotes, cut to fit ("abc...");
 * returns `out`. */
const char *log_quote(const char *text, char *out, size_t size);

#endif
