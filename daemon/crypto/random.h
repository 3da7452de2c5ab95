/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_RANDOM_H
#define CRYPTO_RANDOM_H

/*
 * Random bytes from a pool: one call of OpenSSL's generator costs 1.7 us
 * whatever its size, and an event needs some ten small ones (salts, unused
 * slots, nonces).
 *
 * What was handed out is overwritten in the pool at once. The pool is empty
 * in a forked child (the kernel wipes it), so that parent and child never
 * seal under the same nonce.
 */

#include "cii/error.h"

/* crypto_start() calls it. */
cii_must_check enum cii_code random_start(struct cii_error *err);

#endif
