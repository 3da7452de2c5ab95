/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What comes over a control socket: 'q' and a request, 'r' and a reply, each
 * behind its length. What unpacks must pack and unpack again.
 */
#include <stdlib.h>

#include "proto/control.h"

#define LENGTH_SIZE 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena *arena;
static struct buffer buffer;

static void
require(enum cii_code code)
{
    if (code != CII_OK)
        abort();
}

static struct bytes
packed(void)
{
    size_t length = 0;

    require(control_next(buffer_view(&buffer), CONTROL_REQUEST_MAX, &length));
    if (length != buffer.size)
        abort();
    return (struct bytes){buffer.data + LENGTH_SIZE, length - LENGTH_SIZE};
}

static void
read_request(struct bytes bytes)
{
    struct request request;
    struct cii_error err;

    if (request_unpack(&request, bytes, arena, &err) != CII_OK)
        return;
    require(request_pack(&request, &buffer));
    require(request_unpack(&request, packed(), arena, &err));
}

static void
read_reply(struct bytes bytes)
{
    struct reply reply;
    struct cii_error err;

    if (reply_unpack(&reply, bytes, arena, &err) != CII_OK)
        return;
    require(reply_pack(&reply, &buffer));
    require(reply_unpack(&reply, packed(), arena, &err));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t length = 0;

    if (!arena)
        require(arena_new(&arena, (size_t)256 * 1024 * 1024, NULL));
    arena_reset(arena);
    buffer_clear(&buffer);
    if (size == 0 ||
        control_next((struct bytes){data + 1, size - 1}, CONTROL_REQUEST_MAX,
                     &length) != CII_OK ||
        length == 0)
        return 0;

    const struct bytes bytes = {data + 1 + LENGTH_SIZE, length - LENGTH_SIZE};
    if (data[0] == 'q')
        read_request(bytes);
    else
        read_reply(bytes);
    return 0;
}
