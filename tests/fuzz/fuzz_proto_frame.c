/* SPDX-License-Identifier: Apache-2.0 */
/* A link frame that unpacks must pack, and what is packed must unpack. */
#include <stdlib.h>

#include "proto/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(enum cii_code code)
{
    if (code != CII_OK)
        abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *arena;
    static struct buffer buffer;
    struct frame frame;
    struct cii_error err;

    if (!arena)
        require(arena_new(&arena, (size_t)4 * 1024 * 1024, NULL));
    arena_reset(arena);
    buffer_clear(&buffer);
    if (frame_unpack(&frame, (struct bytes){data, size}, arena, &err) != CII_OK)
        return 0;

    require(frame_pack(&frame, &buffer));
    require(frame_unpack(&frame, buffer_view(&buffer), arena, &err));
    return 0;
}
