/* SPDX-License-Identifier: Apache-2.0 */
#include "jurist/html.h"

#include <ctype.h>
#include <string.h>

void
html_text(FILE *out, const char *text)
{
    static const struct {
        char character;
        const char *written;
    } written[] = {
        {'&', "&amp;"},  {'<', "&lt;"},   {'>', "&gt;"},
        {'"', "&quot;"}, {'\'', "&#39;"},
    };

    for (; *text; text++) {
        const char *instead = NULL;
        for (size_t i = 0; i < sizeof written / sizeof written[0]; i++)
            if (*text == written[i].character)
                instead = written[i].written;
        if (instead)
            fputs(instead, out);
        else
            fputc(*text, out);
    }
}

void
html_address(FILE *out, const char *text)
{
    for (; *text; text++) {
        const unsigned char c = (unsigned char)*text;
        if (c < 0x80 && (isalnum(c) || strchr("-_", c)))
            fputc(c, out);
        else
            fprintf(out, "%%%02X", c);
    }
}

void
html_element(FILE *out, const char *tag, const char *text)
{
    fprintf(out, "<%s>", tag);
    html_text(out, text);
    fprintf(out, "</%.*s>", (int)strcspn(tag, " "), tag);
}
