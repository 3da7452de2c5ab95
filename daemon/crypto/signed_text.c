/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/signed_text.h"

#include <assert.h>
#include <string.h>

#include "crypto/internal.h"

static uint8_t *
put_institution(uint8_t *at, const char *institution)
{
    const size_t size = strlen(institution);

    assert(size <= INSTITUTION_MAX);
    return hash_bytes(put_u32(at, (uint32_t)size), institution, size);
}

struct signed_text
signed_text_of_batch(const char *issuer, uint32_t size,
                     const struct digest *root)
{
    static const char tag[] = "cii batch v1";
    struct signed_text text;

    static_assert(sizeof tag + 4 + INSTITUTION_MAX + 4 + DIGEST_SIZE <=
                      sizeof text.bytes,
                  "the longest batch text fits");
    uint8_t *at = hash_bytes(text.bytes, tag, sizeof tag - 1);
    at = put_institution(at, issuer);
    at = put_u32(at, size);
    at = hash_bytes(at, root->bytes, DIGEST_SIZE);
    text.size = (size_t)(at - text.bytes);
    return text;
}

struct signed_text
signed_text_of_ack(const struct ack_text *ack)
{
    static const char tag[] = "cii ack v1";
    struct signed_text text;

    static_assert(sizeof tag + 2UL * (4 + INSTITUTION_MAX) + 16 + 8 +
                          DIGEST_SIZE <=
                      sizeof text.bytes,
                  "the longest ack text fits");
    uint8_t *at = hash_bytes(text.bytes, tag, sizeof tag - 1);
    at = put_institution(at, ack->receiver);
    at = put_institution(at, ack->sender);
    at = hash_bytes(at, ack->stream_id, 16);
    at = put_u64(at, ack->up_to);
    at = hash_bytes(at, ack->chain->bytes, DIGEST_SIZE);
    text.size = (size_t)(at - text.bytes);
    return text;
}
