/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/bytes.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_FIRST 256
#define ARENA_FIRST  ((size_t)32 * 1024)
#define ARENA_ALIGN  alignof(max_align_t)

struct bytes
bytes_of_text(const char *text)
{
    return (struct bytes){(const uint8_t *)text, text ? strlen(text) : 0};
}

bool
bytes_equal(struct bytes a, struct bytes b)
{
    if (a.size != b.size)
        return false;
    return a.size == 0 || memcmp(a.data, b.data, a.size) == 0;
}

bool
digest_equal(const struct digest *a, const struct digest *b)
{
    return memcmp(a->bytes, b->bytes, DIGEST_SIZE) == 0;
}

void
bytes_to_hex(struct bytes bytes, char *text)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < bytes.size; i++) {
        *text++ = digits[bytes.data[i] >> 4];
        *text++ = digits[bytes.data[i] & 15];
    }
    *text = '\0';
}

/* 0 to 15, or -1. */
static int
hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

enum cii_code
bytes_from_hex(const char *text, uint8_t *bytes, size_t size)
{
    assert(text);

    if (strlen(text) != 2 * size)
        return CII_INVALID;
    for (size_t i = 0; i < 2 * size; i++)
        if (hex_value(text[i]) < 0)
            return CII_INVALID;

    for (size_t i = 0; i < size; i++)
        bytes[i] =
            (uint8_t)(16 * hex_value(text[2 * i]) + hex_value(text[2 * i + 1]));
    return CII_OK;
}

/* --- buffer ------------------------------------------------------------- */

static bool
buffer_grow(struct buffer *buffer, size_t wanted)
{
    size_t capacity = buffer->capacity ? buffer->capacity : BUFFER_FIRST;
    while (capacity < wanted)
        if (__builtin_mul_overflow(capacity, 2, &capacity))
            return false;

    uint8_t *data = realloc(buffer->data, capacity);
    if (!data)
        return false;
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

uint8_t *
buffer_reserve(struct buffer *buffer, size_t size)
{
    size_t wanted = 0;

    if (buffer->failed)
        return NULL;
    if (__builtin_add_overflow(buffer->size, size, &wanted) ||
        ((wanted > buffer->capacity || !buffer->data) &&
         !buffer_grow(buffer, wanted))) {
        buffer->failed = true;
        return NULL;
    }
    return buffer->data + buffer->size;
}

void
buffer_append(struct buffer *buffer, const void *data, size_t size)
{
    if (size == 0)
        return;
    uint8_t *room = buffer_reserve(buffer, size);
    if (!room)
        return;
    memcpy(room, data, size);
    buffer->size += size;
}

void
buffer_append_text(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}

void
buffer_append_format(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);

    if (length < 0) {
        buffer->failed = true;
        return;
    }
    const size_t size = (size_t)length;
    uint8_t *room = buffer_reserve(buffer, size + 1);
    if (!room)
        return;

    va_start(arguments, format);
    vsnprintf((char *)room, size + 1, format, arguments);
    va_end(arguments);
    buffer->size += size;
}

void
buffer_append_u32(struct buffer *buffer, uint32_t value)
{
    const uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16),
                              (uint8_t)(value >> 8), (uint8_t)value};

    buffer_append(buffer, bytes, sizeof bytes);
}

void
buffer_append_u64(struct buffer *buffer, uint64_t value)
{
    buffer_append_u32(buffer, (uint32_t)(value >> 32));
    buffer_append_u32(buffer, (uint32_t)value);
}

void
buffer_append_sized(struct buffer *buffer, struct bytes bytes)
{
    if (bytes.size > UINT32_MAX) {
        buffer->failed = true;
        return;
    }
    buffer_append_u32(buffer, (uint32_t)bytes.size);
    buffer_append(buffer, bytes.data, bytes.size);
}

void
buffer_consume(struct buffer *buffer, size_t size)
{
    assert(size <= buffer->size);

    if (size == 0)
        return;
    buffer->size -= size;
    memmove(buffer->data, buffer->data + size, buffer->size);
}

void
buffer_clear(struct buffer *buffer)
{
    buffer->size = 0;
    buffer->failed = false;
}

void
buffer_done(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct buffer){0};
}

struct bytes
buffer_view(const struct buffer *buffer)
{
    return (struct bytes){buffer->data, buffer->size};
}

const char *
buffer_text(struct buffer *buffer)
{
    uint8_t *end = buffer_reserve(buffer, 1);
    if (!end)
        return "";
    *end = '\0';
    return (const char *)buffer->data;
}

/* --- arena -------------------------------------------------------------- */

struct chunk {
    struct chunk *older; /* owned; NULL for the first */
    size_t size;
    size_t used;
    alignas(max_align_t) uint8_t room[];
};

struct arena {
    struct chunk *newest; /* owned */
    size_t cap;
    size_t taken; /* since the last reset, with what alignment costs */
};

enum cii_code
arena_new(struct arena **arena, size_t cap, struct cii_error *err)
{
    assert(arena);
    assert(cap > 0);

    struct arena *made = calloc(1, sizeof *made);
    if (!made)
        return cii_fail(err, CII_MEMORY, "no memory for an arena");
    made->cap = cap;
    *arena = made;
    return CII_OK;
}

void
arena_destroy(struct arena **arena)
{
    if (!*arena)
        return;
    arena_reset(*arena);
    free((*arena)->newest);
    free(*arena);
    *arena = NULL;
}

/* Chunks double, so that their number stays small up to any cap. */
static bool
arena_grow(struct arena *arena, size_t size)
{
    const size_t last = arena->newest ? arena->newest->size : 0;
    size_t wanted = last ? 2 * last : ARENA_FIRST;
    if (wanted > arena->cap)
        wanted = arena->cap;
    if (wanted < size)
        wanted = size;

    struct chunk *chunk = malloc(sizeof *chunk + wanted);
    if (!chunk)
        return false;
    chunk->older = arena->newest;
    chunk->size = wanted;
    chunk->used = 0;
    arena->newest = chunk;
    return true;
}

/* Like arena_take(), for those who write all of it at once. */
static void *
take_raw(struct arena *arena, size_t size)
{
    const size_t used = arena->newest ? arena->newest->used : 0;
    const size_t skip = -used & (ARENA_ALIGN - 1);

    if (size > arena->cap || arena->taken > arena->cap - size ||
        skip > arena->cap - size - arena->taken)
        return NULL;
    if (arena->newest && skip + size <= arena->newest->size - used) {
        arena->newest->used += skip + size;
        arena->taken += skip + size;
        return arena->newest->room + used + skip;
    }
    if (!arena_grow(arena, size))
        return NULL;
    arena->newest->used = size;
    arena->taken += size;
    return arena->newest->room;
}

void *
arena_take(struct arena *arena, size_t size)
{
    void *room = take_raw(arena, size);
    if (room)
        memset(room, 0, size);
    return room;
}

char *
arena_text(struct arena *arena, const char *text)
{
    const size_t size = strlen(text) + 1;
    char *copy = take_raw(arena, size);
    if (copy)
        memcpy(copy, text, size);
    return copy;
}

struct bytes
arena_bytes(struct arena *arena, struct bytes bytes)
{
    uint8_t *copy = take_raw(arena, bytes.size);
    if (!copy)
        return (struct bytes){NULL, 0};
    if (bytes.size > 0)
        memcpy(copy, bytes.data, bytes.size);
    return (struct bytes){copy, bytes.size};
}

void
arena_reset(struct arena *arena)
{
    while (arena->newest && arena->newest->older) {
        struct chunk *older = arena->newest->older;
        free(arena->newest);
        arena->newest = older;
    }
    if (arena->newest)
        arena->newest->used = 0;
    arena->taken = 0;
}
