/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_YAML_WALK_H
#define CONF_YAML_WALK_H

/*
 * What libcyaml 1.3.1 leaves to us, done with libyaml itself.
 *
 * libcyaml names the line before a wrong key, none for bad syntax and none
 * for what it took; it passes over zero bytes and anchors, and only warns of
 * a second document. So the file is walked once before it, to check that, and
 * once after it, to note the lines.
 */

#include "conf/yaml_raw.h"

/*
 * CONFIG unless text is one document of known keys, none of them twice. Notes
 * the lines in top, which libcyaml made of the same text, or NULL.
 */
cii_must_check enum cii_code yaml_walk(const struct yaml_shape *shape,
                                       struct raw_part *top, const char *path,
                                       const char *text, size_t size,
                                       struct cii_error *err);

/* Text of a file, cut, and with '?' for what a terminal would act on. */
const char *yaml_shown(const char *text, char *out, size_t size);

#endif
