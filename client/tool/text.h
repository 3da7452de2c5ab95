/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TOOL_TEXT_H
#define CLIENT_TOOL_TEXT_H

/*
 * Text on a terminal: how wide it is, and that it cannot play with it.
 *
 * What partners wrote comes here too. Control characters and the marks that
 * turn the direction of writing are shown as '?', line breaks as a space.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "proto/bytes.h"

enum colour {
    COLOUR_NONE,
    COLOUR_BOLD,
    COLOUR_DIM,
    COLOUR_GREEN,
    COLOUR_RED,
    COLOUR_YELLOW,
};

/* In columns of the terminal. */
size_t text_width(const char *text);
/* Writes at most `width` columns (0: all), with an ellipsis if cut; returns
 * the columns written. */
size_t text_put(FILE *file, const char *text, size_t width);
/* The same, into memory. */
size_t text_append(struct buffer *buffer, const char *text, size_t width);
void text_pad(FILE *file, size_t columns);
/* Breaks at spaces; every line but the first begins after `indent`. */
void text_wrap(FILE *file, const char *text, size_t indent, size_t width);

/* Is name one of the words, which spaces separate? */
bool words_hold(const char *words, const char *name);

/* "transmit" is green... */
enum colour verdict_colour(const char *verdict);
void colour_begin(FILE *file, bool coloured, enum colour colour);
void colour_end(FILE *file, bool coloured, enum colour colour);

/* "2026-12-31T22:59:59.123Z" in local time, to the minute: 16 characters.
 * Anything else is copied as it is. */
void moment_show(const char *moment, char text[32]);

#endif
