/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JURIST_SCREEN_H
#define JURIST_SCREEN_H

/*
 * Text on a terminal, or in a file: how wide it is, whether it has colours,
 * and lines that end between words.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* COLUMNS where it is set, else what the terminal says, else `otherwise`. */
size_t screen_width(FILE *out, size_t otherwise);
/* A terminal, and neither NO_COLOR nor a dumb one. */
bool screen_has_colour(FILE *out);

/* Characters, not bytes. */
size_t screen_length(const char *text);
void screen_pad(FILE *out, size_t count);
/* From column `indent`, where the cursor stands, to `width`; every further
 * line is indented. What a terminal would act on becomes '?'. Ends the line.
 */
void screen_wrap(FILE *out, const char *text, size_t indent, size_t width);

#endif
