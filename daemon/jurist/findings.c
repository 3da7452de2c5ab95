/* SPDX-License-Identifier: Apache-2.0 */
#include "jurist/findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* gcc 12's analyzer takes what a list keeps for a leak; LeakSanitizer watches
 * this file in every test. */
#if defined __GNUC__ && !defined __clang__
#    pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

void
findings_done(struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        free(findings->item[i].file);
        free(findings->item[i].what);
    }
    free(findings->item);
    *findings = (struct findings){0};
}

/* Takes what over. */
static void
append(struct findings *findings, const char *file, int line, bool error,
       char *what)
{
    struct finding *grown =
        reallocarray(findings->item, findings->count + 1, sizeof *grown);
    char *kept = strdup(file);

    findings->item = grown ? grown : findings->item;
    if (!grown || !kept || !what) {
        free(kept);
        free(what);
        findings->full = true;
        return;
    }
    findings->item[findings->count] = (struct finding){
        kept, line, error, what, findings->count,
    };
    findings->count++;
    findings->error_count += error;
}

void
findings_warn(struct findings *findings, const char *file, int line,
              const char *format, ...)
{
    char *what = NULL;
    va_list arguments;

    va_start(arguments, format);
    if (vasprintf(&what, format, arguments) < 0)
        what = NULL;
    va_end(arguments);
    append(findings, file, line, false, what);
}

/* "FILE:LINE: " or "FILE: " at the beginning; what stands behind it. */
static const char *
skip_place(const char *text, const char *file, int *line)
{
    const size_t length = strlen(file);
    char *end = NULL;

    if (strncmp(text, file, length) != 0 || text[length] != ':')
        return text;
    if (text[length + 1] == ' ')
        return text + length + 2;
    const long read = strtol(text + length + 1, &end, 10);
    if (end == text + length + 1 || end[0] != ':' || end[1] != ' ')
        return text;
    *line = (int)read;
    return end + 2;
}

void
findings_add_error(struct findings *findings, const char *file, int line,
                   const struct cii_error *err)
{
    const char *what = skip_place(err->text, file, &line);

    append(findings, file, line, true, strdup(what));
}

static int
compare(const void *a, const void *b)
{
    const struct finding *left = a;
    const struct finding *right = b;
    const int files = strcmp(left->file, right->file);

    if (files != 0)
        return files;
    if (left->line != right->line)
        return left->line < right->line ? -1 : 1;
    return left->number < right->number ? -1 : 1;
}

void
findings_sort(struct findings *findings)
{
    if (findings->count > 1)
        qsort(findings->item, findings->count, sizeof *findings->item, compare);
}
