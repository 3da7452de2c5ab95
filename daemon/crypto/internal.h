/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_INTERNAL_H
#define CRYPTO_INTERNAL_H

/*
 * What the files of this folder share, and nobody else includes.
 */

#include <openssl/evp.h>

#include "crypto/crypto.h"

/* A digest or a seal cannot fail but for want of memory: then we stop, since
 * going on would mean answering with bytes that are none. */
void crypto_must(int done);

/* CRYPTO with what OpenSSL says of it; empties its queue of errors. */
enum cii_code crypto_fail(struct cii_error *err, const char *what);

/* Writes value big-endian and returns what comes after it. */
uint8_t *put_u32(uint8_t *at, uint32_t value);
uint8_t *put_u64(uint8_t *at, uint64_t value);
uint8_t *hash_bytes(uint8_t *at, const void *bytes, size_t size);

/* An HMAC key whose two pads are digested already. */
struct hmac_key;

cii_must_check enum cii_code hmac_key_new(struct hmac_key **key,
                                          const uint8_t bytes[32],
                                          struct cii_error *err);
void hmac_key_destroy(struct hmac_key **key);
/* HMAC-SHA-256 of a, then b. */
struct digest hmac_key_digest(const struct hmac_key *key, struct bytes a,
                              struct bytes b);

#endif
