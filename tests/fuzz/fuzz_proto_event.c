/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an event is made of, each behind a letter: 'e'vent, 'h'eader,
 * 'c'ontent, 'r'eceipt, 'p'roof, 'f'acets. What unpacks must pack and unpack
 * again.
 */
#include <stdlib.h>

#include "proto/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena *arena;
static struct buffer buffer;

static void
require(enum cii_code code)
{
    if (code != CII_OK)
        abort();
}

static void
read_event(struct bytes bytes)
{
    struct event event;
    struct cii_error err;

    if (event_unpack(&event, bytes, arena, &err) != CII_OK)
        return;
    require(event_pack(&event, &buffer));
    require(event_unpack(&event, buffer_view(&buffer), arena, &err));
}

static void
read_header(struct bytes bytes)
{
    struct header header;
    struct cii_error err;

    if (header_unpack(&header, bytes, arena, &err) != CII_OK)
        return;
    require(header_pack(&header, &buffer));
    require(header_unpack(&header, buffer_view(&buffer), arena, &err));
}

static void
read_content(struct bytes bytes)
{
    struct content content;
    struct cii_error err;

    if (content_unpack(&content, bytes, arena, &err) != CII_OK)
        return;
    require(content_pack(&content, &buffer));
    require(content_unpack(&content, buffer_view(&buffer), arena, &err));
}

static void
read_receipt(struct bytes bytes)
{
    struct receipt receipt;
    struct cii_error err;

    if (receipt_unpack(&receipt, bytes, arena, &err) != CII_OK)
        return;
    require(receipt_pack(&receipt, &buffer));
    require(receipt_unpack(&receipt, buffer_view(&buffer), arena, &err));
}

static void
read_proof(struct bytes bytes)
{
    struct proof proof;
    struct cii_error err;

    if (proof_unpack(&proof, bytes, arena, &err) != CII_OK)
        return;
    require(proof_pack(&proof, &buffer));
    require(proof_unpack(&proof, buffer_view(&buffer), arena, &err));
}

static void
read_facets(struct bytes bytes)
{
    struct facet facet[EVENT_FACETS_MAX];
    struct cii_error err;
    size_t count = 0;

    if (facets_unpack(facet, &count, bytes, arena, &err) != CII_OK)
        return;
    require(facets_pack(facet, count, &buffer));
    require(facets_unpack(facet, &count, buffer_view(&buffer), arena, &err));
}

static const struct {
    char mark;
    void (*read)(struct bytes bytes);
} readers[] = {
    {'e', read_event},   {'h', read_header}, {'c', read_content},
    {'r', read_receipt}, {'p', read_proof},  {'f', read_facets},
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!arena)
        require(arena_new(&arena, (size_t)4 * 1024 * 1024, NULL));
    arena_reset(arena);
    buffer_clear(&buffer);
    for (size_t i = 0; size > 0 && i < sizeof readers / sizeof *readers; i++)
        if (readers[i].mark == (char)data[0])
            readers[i].read((struct bytes){data + 1, size - 1});
    return 0;
}
