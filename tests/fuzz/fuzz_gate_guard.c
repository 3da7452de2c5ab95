/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "gate/guard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever comes: bytes one by one and all at once get the same answer. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct guard whole;
    struct guard pieces;
    guard_init(&whole);
    guard_init(&pieces);

    const char *all = guard_feed(&whole, data, size);
    const char *one = NULL;
    for (size_t i = 0; i < size && !one; i++)
        one = guard_feed(&pieces, data + i, 1);
    if ((all != one && (!all || !one || strcmp(all, one) != 0)) ||
        guard_is_ready(&whole) != guard_is_ready(&pieces))
        abort();
    return 0;
}
