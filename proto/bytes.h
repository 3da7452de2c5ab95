/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_BYTES_H
#define PROTO_BYTES_H

/*
 * Views of bytes, a buffer that grows, and an arena.
 *
 * A view borrows: it is valid as long as what it looks at. A buffer owns. An
 * arena hands out memory that is released all at once: what is unpacked from
 * one frame lives in one arena, under one cap, and goes with it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cii/error.h"

#define DIGEST_SIZE 32 /* SHA-256 */

struct bytes {
    const uint8_t *data; /* borrowed */
    size_t size;
};

struct digest {
    uint8_t bytes[DIGEST_SIZE];
};

#define BYTES_OF(object) \
    ((struct bytes){(const uint8_t *)&(object), sizeof(object)})

struct bytes bytes_of_text(const char *text);
bool bytes_equal(struct bytes a, struct bytes b);
bool digest_equal(const struct digest *a, const struct digest *b);

/* Lower-case hexadecimal; text holds 2 * bytes.size + 1. */
void bytes_to_hex(struct bytes bytes, char *text);
/* INVALID unless text is exactly 2 * size hexadecimal digits. */
cii_must_check enum cii_code bytes_from_hex(const char *text, uint8_t *bytes,
                                            size_t size);

struct buffer {
    uint8_t *data; /* owned */
    size_t size;
    size_t capacity;
    bool failed; /* an append ran out of memory; the rest is ignored */
};

void buffer_append(struct buffer *buffer, const void *data, size_t size);
void buffer_append_text(struct buffer *buffer, const char *text);
void buffer_append_format(struct buffer *buffer, const char *format, ...)
    cii_printf(2, 3);
/* Big-endian. */
void buffer_append_u32(struct buffer *buffer, uint32_t value);
void buffer_append_u64(struct buffer *buffer, uint64_t value);
/* A length as u32, then the bytes: what signatures and digests are made of. */
void buffer_append_sized(struct buffer *buffer, struct bytes bytes);
/* Room for size more; NULL when memory is out. Add to size what is used. */
uint8_t *buffer_reserve(struct buffer *buffer, size_t size);
/* Removes size bytes at the front. */
void buffer_consume(struct buffer *buffer, size_t size);
/* Empties, keeps the memory. */
void buffer_clear(struct buffer *buffer);
void buffer_done(struct buffer *buffer);
struct bytes buffer_view(const struct buffer *buffer);
/* The text so far, always terminated. */
const char *buffer_text(struct buffer *buffer);

struct arena;

/* An arena that hands out at most cap bytes between two resets. */
cii_must_check enum cii_code arena_new(struct arena **arena, size_t cap,
                                       struct cii_error *err);
void arena_destroy(struct arena **arena);
/* Zeroed, aligned for any object; NULL past the cap. */
void *arena_take(struct arena *arena, size_t size);
/* A copy; NULL past the cap. */
char *arena_text(struct arena *arena, const char *text);
struct bytes arena_bytes(struct arena *arena, struct bytes bytes);
/* Everything handed out is gone; the memory is kept for the next frame. */
void arena_reset(struct arena *arena);

#endif
