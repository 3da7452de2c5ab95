/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

#define LINE_SIZE      1024
#define CAUSES         64
#define CAUSE_INTERVAL 1000 /* milliseconds */

static const char *program_name = "ciid";
static enum log_level most_level = LOG_INFO;

static struct cause {
    const char *name; /* borrowed, for ever */
    int64_t last;
    unsigned int left_out;
} causes[CAUSES];

void
log_open(const char *program, enum log_level most)
{
    program_name = program;
    most_level = most;
}

/* One write for one line, so that lines of several processes do not mix. */
static void
put(char *line, size_t length, size_t size)
{
    if (length > size - 2)
        length = size - 2;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = ' ';
    line[length] = '\n';

    const ssize_t written = write(STDERR_FILENO, line, length + 1);
    (void)written; /* there is nobody left to tell */
}

static void cii_printf(3, 0)
    put_line(enum log_level level, unsigned int left_out, const char *format,
             va_list arguments)
{
    char line[LINE_SIZE];
    const int saved = errno;

    int length =
        snprintf(line, sizeof line, "<%d>%s: ", (int)level, program_name);
    if (length < 0 || (size_t)length >= sizeof line)
        return;
    size_t used = (size_t)length;
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): started above */
    length = vsnprintf(line + used, sizeof line - used, format, arguments);
    if (length > 0)
        used += (size_t)length;
    if (left_out > 0 && used < sizeof line) {
        length = snprintf(line + used, sizeof line - used,
                          " (and %u more like it)", left_out);
        if (length > 0)
            used += (size_t)length;
    }
    put(line, used, sizeof line);
    errno = saved;
}

void
log_line(enum log_level level, const char *format, ...)
{
    if (level > most_level)
        return;

    va_list arguments;
    va_start(arguments, format);
    put_line(level, 0, format, arguments);
    va_end(arguments);
}

/* The row of this cause; the one unused for longest when it is new. */
static struct cause *
cause_find(const char *name)
{
    struct cause *oldest = &causes[0];
    for (size_t i = 0; i < CAUSES; i++) {
        if (causes[i].name && strcmp(causes[i].name, name) == 0)
            return &causes[i];
        if (!causes[i].name || causes[i].last < oldest->last)
            oldest = &causes[i];
        if (!causes[i].name)
            break;
    }
    *oldest = (struct cause){.name = name, .last = INT64_MIN / 2};
    return oldest;
}

void
log_line_limited(enum log_level level, const char *cause, const char *format,
                 ...)
{
    if (level > most_level)
        return;

    struct cause *row = cause_find(cause);
    const int64_t now = clock_steady();
    if (now - row->last < CAUSE_INTERVAL) {
        row->left_out++;
        return;
    }
    const unsigned int left_out = row->left_out;
    row->last = now;
    row->left_out = 0;

    va_list arguments;
    va_start(arguments, format);
    put_line(level, left_out, format, arguments);
    va_end(arguments);
}

/* Writes one byte as it may stand in a log; returns how many characters. */
static size_t
escape(unsigned char byte, char out[5])
{
    static const char digits[] = "0123456789abcdef";

    if (byte == '"' || byte == '\\') {
        out[0] = '\\';
        out[1] = (char)byte;
        return 2;
    }
    if (byte >= 0x20 && byte < 0x7f) {
        out[0] = (char)byte;
        return 1;
    }
    out[0] = '\\';
    out[1] = 'x';
    out[2] = digits[byte >> 4];
    out[3] = digits[byte & 15];
    return 4;
}

/* Of the whole text, escaped. */
static size_t
escaped_length(const char *text)
{
    char piece[5];
    size_t length = 0;
    for (; *text; text++)
        length += escape((unsigned char)*text, piece);
    return length;
}

const char *
log_quote(const char *text, char *out, size_t size)
{
    static const char whole[] = "\"";
    static const char cut[] = "...\"";
    const bool fits = escaped_length(text) + 1 + sizeof whole <= size;
    const char *const end = fits ? whole : cut;
    const size_t end_size = fits ? sizeof whole : sizeof cut;

    if (size < 1 + end_size) {
        if (size > 0)
            out[0] = '\0';
        return out;
    }
    size_t used = 0;
    out[used++] = '"';
    for (; *text; text++) {
        char piece[5];
        const size_t length = escape((unsigned char)*text, piece);
        if (used + length + end_size > size)
            break;
        memcpy(out + used, piece, length);
        used += length;
    }
    memcpy(out + used, end, end_size);
    return out;
}
