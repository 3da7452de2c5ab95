/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JURIST_JSON_H
#define JURIST_JSON_H

/*
 * JSON (RFC 8259), written as it comes: open, put, close. A name of NULL is
 * an element of a list.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
    FILE *out; /* borrowed */
    int depth;
    bool behind; /* something stands before: a comma is due */
};

void json_object(struct json *json, const char *name);
void json_list(struct json *json, const char *name);
void json_end_object(struct json *json);
void json_end_list(struct json *json);
/* NULL is null. */
void json_text(struct json *json, const char *name, const char *value);
void json_number(struct json *json, const char *name, int64_t value);
void json_bool(struct json *json, const char *name, bool value);

#endif
