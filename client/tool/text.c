/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tool/text.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistr.h>
#include <uniwidth.h>

#define ELLIPSIS "\xe2\x80\xa6"

struct character {
    const char *text; /* what is shown */
    size_t size;      /* of what is shown */
    size_t width;
    size_t step; /* bytes that it stands for; 0: the end */
};

static bool
turns_direction(ucs4_t code)
{
    return code == 0x200e || code == 0x200f || code == 0x061c ||
           (code >= 0x202a && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069);
}

static struct character
shown_as(const char *text, size_t step)
{
    return (
        struct character){.text = text, .size = 1, .width = 1, .step = step};
}

static struct character
next_character(const char *text)
{
    ucs4_t code = 0;

    if (*text == '\0')
        return (struct character){0};
    const int step = u8_strmbtouc(&code, (const uint8_t *)text);
    if (step <= 0)
        return shown_as("?", 1);
    const size_t size = (size_t)step;
    if (code == '\n' || code == '\t')
        return shown_as(" ", size);
    const int width = uc_width(code, "UTF-8");
    if (width < 0 || turns_direction(code))
        return shown_as("?", size);
    return (struct character){.text = text,
                              .size = size,
                              .width = (size_t)width,
                              .step = size};
}

size_t
text_width(const char *text)
{
    size_t width = 0;
    struct character character = next_character(text);

    for (; character.step > 0; character = next_character(text)) {
        width += character.width;
        text += character.step;
    }
    return width;
}

size_t
text_append(struct buffer *buffer, const char *text, size_t width)
{
    const bool cut = width > 0 && text_width(text) > width;
    const size_t room = cut ? width - 1 : SIZE_MAX;
    size_t used = 0;
    struct character character = next_character(text);

    for (; character.step > 0; character = next_character(text)) {
        if (character.width > room - used)
            break;
        buffer_append(buffer, character.text, character.size);
        used += character.width;
        text += character.step;
    }
    if (!cut)
        return used;
    buffer_append_text(buffer, ELLIPSIS);
    return used + 1;
}

size_t
text_put(FILE *file, const char *text, size_t width)
{
    struct buffer shown = {0};
    const size_t used = text_append(&shown, text, width);

    fputs(buffer_text(&shown), file);
    buffer_done(&shown);
    return used;
}

void
text_pad(FILE *file, size_t columns)
{
    for (size_t i = 0; i < columns; i++)
        putc(' ', file);
}

void
text_wrap(FILE *file, const char *text, size_t indent, size_t width)
{
    const size_t room = width > indent + 20 ? width - indent : SIZE_MAX;
    size_t used = 0;

    while (*text != '\0') {
        char word[512];
        const size_t length = strcspn(text, " ");
        const size_t kept = length < sizeof word ? length : sizeof word - 1;
        memcpy(word, text, kept);
        word[kept] = '\0';
        text += kept + (text[kept] == ' ');

        const size_t columns = text_width(word);
        if (used > 0 && used + 1 + columns > room) {
            putc('\n', file);
            text_pad(file, indent);
            used = 0;
        } else if (used > 0) {
            putc(' ', file);
            used++;
        }
        used += text_put(file, word, 0);
    }
    putc('\n', file);
}

bool
words_hold(const char *words, const char *name)
{
    const size_t length = strlen(name);

    while (*words) {
        const size_t word = strcspn(words, " ");
        if (word == length && !memcmp(words, name, length))
            return true;
        words += word + (words[word] == ' ');
    }
    return false;
}

/* --- colour ------------------------------------------------------------- */

enum colour
verdict_colour(const char *verdict)
{
    if (!strcmp(verdict, "transmit") || !strcmp(verdict, "accepted"))
        return COLOUR_GREEN;
    if (!strcmp(verdict, "refuse") || !strcmp(verdict, "refused"))
        return COLOUR_RED;
    if (!strcmp(verdict, "hold") || !strcmp(verdict, "late"))
        return COLOUR_YELLOW;
    return COLOUR_NONE;
}

void
colour_begin(FILE *file, bool coloured, enum colour colour)
{
    static const char *const codes[] = {
        [COLOUR_NONE] = "",        [COLOUR_BOLD] = "\033[1m",
        [COLOUR_DIM] = "\033[2m",  [COLOUR_GREEN] = "\033[32m",
        [COLOUR_RED] = "\033[31m", [COLOUR_YELLOW] = "\033[33m",
    };

    if (coloured)
        fputs(codes[colour], file);
}

void
colour_end(FILE *file, bool coloured, enum colour colour)
{
    if (coloured && colour != COLOUR_NONE)
        fputs("\033[0m", file);
}

/* --- moments ------------------------------------------------------------ */

void
moment_show(const char *moment, char text[32])
{
    struct tm at = {0};
    struct tm here = {0};

    const char *rest = strptime(moment, "%Y-%m-%dT%H:%M:%S", &at);
    if (!rest || rest[0] != '.' || moment[strlen(moment) - 1] != 'Z') {
        snprintf(text, 32, "%.31s", moment);
        return;
    }
    const time_t seconds = timegm(&at);
    if (!localtime_r(&seconds, &here) ||
        strftime(text, 32, "%Y-%m-%d %H:%M", &here) == 0)
        snprintf(text, 32, "%.31s", moment);
}
