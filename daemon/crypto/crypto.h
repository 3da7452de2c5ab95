/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_CRYPTO_H
#define CRYPTO_CRYPTO_H

/*
 * Digests, randomness and the keyed look-up of persons. OpenSSL's algorithms,
 * fetched once (crypto_start); one thread.
 */

#include <stddef.h>
#include <stdint.h>

#include "cii/error.h"
#include "proto/bytes.h"

/* Once, before anything else here. */
cii_must_check enum cii_code crypto_start(struct cii_error *err);

/* From OpenSSL's generator for secrets; aborts if it fails (it cannot go on). */
void crypto_random(void *out, size_t size);

/* SHA-256 of up to four parts, one after the other. */
struct digest sha256(struct bytes a, struct bytes b, struct bytes c,
                     struct bytes d);

/* HMAC-SHA-256. */
struct digest hmac_sha256(const uint8_t key[32], struct bytes message);

/* The next value of a stream's chain:
 * SHA-256("cii chain v1" || chain || seq as u64 || digest). */
struct digest chain_next(const struct digest *chain, uint64_t seq,
                         const struct digest *digest);

#endif
