/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte chooses the kind of file, the rest is the file. */
#include <stdlib.h>

#include "conf/schema.h"

#define SHAPES 5U

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct yaml_shape *const shapes[SHAPES] = {
        &config_shape, &partner_shape, &facets_shape,
        &types_shape,  &rules_shape,
    };
    struct cii_error err = {0};

    if (size == 0)
        return 0;
    const struct yaml_shape *shape = shapes[data[0] % SHAPES];
    void *target = calloc(1, shape->size);
    if (target && yaml_parse(shape, target, "fuzz.yaml", (const char *)data + 1,
                             size - 1, &err) == CII_OK)
        yaml_release(shape, target);
    free(target);
    return 0;
}
