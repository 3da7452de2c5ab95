/* SPDX-License-Identifier: Apache-2.0 */
#include "jurist/json.h"

#include <inttypes.h>

static void
print_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        const unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            fprintf(out, "\\u%04x", c);
        else
            fputc(c, out);
    }
    fputc('"', out);
}

static void
indent(const struct json *json)
{
    fputc('\n', json->out);
    for (int i = 0; i < json->depth; i++)
        fputs("  ", json->out);
}

static void
begin(struct json *json, const char *name)
{
    if (json->behind)
        fputc(',', json->out);
    if (json->depth > 0)
        indent(json);
    if (name) {
        print_text(json->out, name);
        fputs(": ", json->out);
    }
    json->behind = true;
}

static void
open_up(struct json *json, const char *name, char mark)
{
    begin(json, name);
    fputc(mark, json->out);
    json->depth++;
    json->behind = false;
}

static void
close_up(struct json *json, char mark)
{
    json->depth--;
    if (json->behind)
        indent(json);
    fputc(mark, json->out);
    json->behind = true;
    if (json->depth == 0)
        fputc('\n', json->out);
}

void
json_object(struct json *json, const char *name)
{
    open_up(json, name, '{');
}

void
json_end_object(struct json *json)
{
    close_up(json, '}');
}

void
json_list(struct json *json, const char *name)
{
    open_up(json, name, '[');
}

void
json_end_list(struct json *json)
{
    close_up(json, ']');
}

void
json_text(struct json *json, const char *name, const char *value)
{
    begin(json, name);
    if (value)
        print_text(json->out, value);
    else
        fputs("null", json->out);
}

void
json_number(struct json *json, const char *name, int64_t value)
{
    begin(json, name);
    fprintf(json->out, "%" PRId64, value);
}

void
json_bool(struct json *json, const char *name, bool value)
{
    begin(json, name);
    fputs(value ? "true" : "false", json->out);
}
