/* SPDX-License-Identifier: Apache-2.0 */
/* A table of cases, and what each case takes over from the one it is like. */
#include <stdlib.h>
#include <string.h>

#include "jurist/tables.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct table table = {0};
    struct case_whole whole;
    struct cii_error err = {0};

    if (yaml_parse(&table_shape, &table, "fuzz.yaml", (const char *)data, size,
                   &err) != CII_OK)
        return 0;
    table.path = strdup("fuzz.yaml");
    for (size_t i = 0; table.path && i < table.entry_count; i++)
        (void)(table_case(&whole, &table, i, &err) == CII_OK);
    table_done(&table);
    return 0;
}
