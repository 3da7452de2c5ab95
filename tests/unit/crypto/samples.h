/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_CRYPTO_SAMPLES_H
#define TESTS_UNIT_CRYPTO_SAMPLES_H

/*
 * The keys of RFC 8032, section 7.1 (tests 1, 2 and 3), and small helpers.
 */

#include <stdio.h>
#include <string.h>

#include "crypto/sign.h"
#include "tests/support/expect.h"

#define NO_BYTES ((struct bytes){NULL, 0})

static const char *const sample_pem[] = {
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
    "-----END PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIMWqjfQ/n4N77bdELzHct7Fm04U1B28JS4XOOi4LRFj3\n"
    "-----END PRIVATE KEY-----\n",
};

static const char *const sample_public[] = {
    "ed25519:"
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "ed25519:"
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "ed25519:"
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
};

/* Valid until the fourth call from then. */
static inline const char *
hex(const void *data, size_t size)
{
    static char text[4][2 * 256 + 1];
    static size_t turn;

    char *slot = text[turn++ % 4];
    cr_assert(size <= 256);
    bytes_to_hex((struct bytes){data, size}, slot);
    return slot;
}

#define expect_hex(got, want) expect_text(hex(&(got), sizeof(got)), want)

static inline void
flip(void *data, size_t bit)
{
    ((uint8_t *)data)[bit / 8] ^= (uint8_t)(1U << bit % 8);
}

static inline struct signer *
sample_signer(size_t which)
{
    struct signer *signer = NULL;

    require_ok(signer_new(&signer, sample_pem[which], strlen(sample_pem[which]),
                          NULL));
    return signer;
}

static inline void
sample_trust(struct verifier *verifier, const char *issuer, size_t which)
{
    uint8_t key[PUBLIC_KEY_SIZE];

    require_ok(public_key_parse(sample_public[which], key, NULL));
    require_ok(verifier_trust(verifier, issuer, key, NULL));
}

/* The leaf that is number i of the samples. */
static inline struct digest
sample_leaf(size_t i)
{
    char text[32];

    snprintf(text, sizeof text, "header %zu", i);
    return header_digest(bytes_of_text(text));
}

static inline void
start(void)
{
    require_ok(crypto_start(NULL));
}

#endif
