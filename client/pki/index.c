/* SPDX-License-Identifier: Apache-2.0 */
#include "client/pki/index.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "client/pki/file.h"

#define FILE_NAME "index.txt"

static_assert(SERIAL_TEXT == 33 && INSTITUTION_MAX == 63 && TIME_TEXT == 16,
              "the widths in parse_line() are these");

static bool
is_time(const char *text)
{
    return strlen(text) == TIME_TEXT - 1 &&
           strspn(text, "0123456789") == TIME_TEXT - 2 &&
           text[TIME_TEXT - 2] == 'Z';
}

static bool
parse_line(const char *line, struct issued *issued)
{
    char rest = 0;

    if (sscanf(line, "%32[0-9a-f] %63s %15s %15s %c", issued->serial,
               issued->institution, issued->end, issued->revoked, &rest) != 4)
        return false;
    if (strcmp(issued->revoked, "live") == 0)
        issued->revoked[0] = '\0';
    return strlen(issued->serial) == SERIAL_TEXT - 1 && is_time(issued->end) &&
           (issued->revoked[0] == '\0' || is_time(issued->revoked)) &&
           institution_check(issued->institution, NULL) == CII_OK;
}

static enum cii_code
parse(struct index *index, char *text, const char *folder,
      struct cii_error *err)
{
    size_t number = 0;

    for (char *line = text; *line;) {
        char *end = strchr(line, '\n');
        struct issued issued = {0};
        number++;
        if (end)
            *end = '\0';
        if (!end || !parse_line(line, &issued))
            return cii_fail(err, CII_CONFIG,
                            "%s/" FILE_NAME ":%zu: is not \"serial "
                            "institution end live\"; restore the file from "
                            "a copy",
                            folder, number);
        CII_TRY(index_add(index, &issued, err));
        line = end + 1;
    }
    return CII_OK;
}

enum cii_code
index_load(struct index *index, const char *folder, struct cii_error *err)
{
    cii_auto(buffer_done) struct buffer content = {0};
    CII_TRY(file_read(folder, FILE_NAME, &content, err));
    buffer_append(&content, "", 1);
    if (content.failed)
        return cii_fail(err, CII_MEMORY, "no memory for the index");

    return parse(index, (char *)content.data, folder, err);
}

enum cii_code
index_save(const struct index *index, const char *folder, struct cii_error *err)
{
    cii_auto(buffer_done) struct buffer content = {0};

    for (size_t i = 0; i < index->count; i++) {
        const struct issued *issued = &index->issued[i];
        buffer_append_format(&content, "%s %s %s %s\n", issued->serial,
                             issued->institution, issued->end,
                             issued->revoked[0] ? issued->revoked : "live");
    }
    if (content.failed)
        return cii_fail(err, CII_MEMORY, "no memory for the index");
    return file_write(folder, FILE_NAME, FILE_REPLACEMENT,
                      buffer_view(&content), err);
}

enum cii_code
index_add(struct index *index, const struct issued *issued,
          struct cii_error *err)
{
    struct issued *grown =
        reallocarray(index->issued, index->count + 1, sizeof *grown);
    if (!grown)
        return cii_fail(err, CII_MEMORY, "no memory for the index");

    grown[index->count] = *issued;
    index->issued = grown;
    index->count++;
    return CII_OK;
}

bool
index_revoke(struct index *index, const char *serial_or_institution,
             const char now[TIME_TEXT])
{
    bool found = false;

    for (size_t i = 0; i < index->count; i++) {
        struct issued *issued = &index->issued[i];
        if (strcasecmp(issued->serial, serial_or_institution) != 0 &&
            strcmp(issued->institution, serial_or_institution) != 0)
            continue;
        found = true;
        if (issued->revoked[0] == '\0')
            memcpy(issued->revoked, now, TIME_TEXT);
    }
    return found;
}

void
index_done(struct index *index)
{
    free(index->issued);
    *index = (struct index){0};
}
