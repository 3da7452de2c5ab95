/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_YAML_RAW_H
#define CONF_YAML_RAW_H

/*
 * A YAML file as libcyaml read it: every value still text, in the order of
 * its shape's keys, with its line. Only yaml.c looks in here.
 */

#include "conf/yaml.h"

/* data is NULL where the file is silent. */
struct raw_value {
    void *data;     /* char *, char **, struct raw_part *, or an array of
                       struct raw_part * */
    uint32_t count; /* of a list */
    int32_t line;
};

struct raw_part {
    int32_t line;
    uint32_t unused;
    struct raw_value value[]; /* one for each key of the shape */
};

struct raw;

/* CONFIG unless text is one document that the shape allows. */
cii_must_check enum cii_code raw_load(struct raw **raw,
                                      const struct yaml_shape *shape,
                                      const char *path, const char *text,
                                      size_t size, struct cii_error *err);
const struct raw_part *raw_top(const struct raw *raw);
void raw_destroy(struct raw **raw);

#endif
