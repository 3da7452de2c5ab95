/* SPDX-License-Identifier: Apache-2.0 */
#include "jurist/screen.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_LEAST 40
#define WIDTH_MOST  2000

size_t
screen_width(FILE *out, size_t otherwise)
{
    struct winsize size = {0};
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread */
    const char *columns = getenv("COLUMNS");
    const long set = columns ? strtol(columns, NULL, 10) : 0;

    if (set >= WIDTH_LEAST && set <= WIDTH_MOST)
        return (size_t)set;
    if (fileno(out) >= 0 && ioctl(fileno(out), TIOCGWINSZ, &size) == 0 &&
        size.ws_col >= WIDTH_LEAST)
        return size.ws_col;
    return otherwise;
}

bool
screen_has_colour(FILE *out)
{
    /* NOLINTBEGIN(concurrency-mt-unsafe): there is one thread */
    const char *no_colour = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    /* NOLINTEND(concurrency-mt-unsafe) */

    return fileno(out) >= 0 && isatty(fileno(out)) &&
           !(no_colour && *no_colour) && !(term && !strcmp(term, "dumb"));
}

static bool
begins_character(char c)
{
    return ((unsigned char)c & 0xc0U) != 0x80U;
}

size_t
screen_length(const char *text)
{
    size_t length = 0;

    for (; *text; text++)
        length += begins_character(*text);
    return length;
}

void
screen_pad(FILE *out, size_t count)
{
    while (count-- > 0)
        fputc(' ', out);
}

static void
put_word(FILE *out, const char *word, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        const unsigned char c = (unsigned char)word[i];
        fputc(c < 0x20 || c == 0x7f ? '?' : c, out);
    }
}

void
screen_wrap(FILE *out, const char *text, size_t indent, size_t width)
{
    size_t column = indent;

    for (text += strspn(text, " \n"); *text; text += strspn(text, " \n")) {
        const size_t bytes = strcspn(text, " \n");
        size_t length = 0;
        for (size_t i = 0; i < bytes; i++)
            length += begins_character(text[i]);
        if (column > indent && column + 1 + length > width) {
            fputc('\n', out);
            screen_pad(out, indent);
            column = indent;
        } else if (column > indent) {
            fputc(' ', out);
            column++;
        }
        put_word(out, text, bytes);
        column += length;
        text += bytes;
    }
    fputc('\n', out);
}
