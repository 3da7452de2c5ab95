/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TOOL_INPUT_H
#define CLIENT_TOOL_INPUT_H

/*
 * Lines, as they come: from a file, or from office software that writes one
 * now and one later and wants each sent at once.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cii/error.h"

#define INPUT_LINE_MAX ((size_t)1024 * 1024)

struct input;

/* Borrows fd. */
cii_must_check enum cii_code input_new(struct input **input, int fd,
                                       struct cii_error *err);
void input_destroy(struct input **input);

struct input_line {
    uint64_t number;  /* from 1 */
    const char *text; /* terminated, without the newline; borrowed until the
                         next call */
    size_t size;
    bool too_long; /* text holds nothing; size says how much it was */
};

/* *found is false at the end, or when a signal interrupted the waiting. */
cii_must_check enum cii_code input_next(struct input *input,
                                        struct input_line *line, bool *found,
                                        struct cii_error *err);
/* Would input_next() return at once? */
bool input_is_ready(const struct input *input);

#endif
