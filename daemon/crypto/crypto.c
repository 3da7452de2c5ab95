/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/crypto.h"

#include <assert.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "crypto/internal.h"
#include "crypto/random.h"

#define BLOCK_SIZE 64 /* of SHA-256 */

/*
 * Kept for the life of the process: a fetch costs three times as much as the
 * digest of 64 bytes itself.
 */
static EVP_MD *algorithm;
static EVP_MD_CTX *pristine; /* begun, nothing added */
static EVP_MD_CTX *scratch;

void
crypto_must(int done)
{
    if (done == 1)
        return;

    fputs("cryptography failed where it cannot; stopping\n", stderr);
    abort();
}

enum cii_code
crypto_fail(struct cii_error *err, const char *what)
{
    char reason[160] = "no reason given";
    unsigned long code = ERR_peek_last_error();

    if (code)
        ERR_error_string_n(code, reason, sizeof reason);
    ERR_clear_error();
    return cii_fail(err, CII_CRYPTO, "%s: %s", what, reason);
}

enum cii_code
crypto_start(struct cii_error *err)
{
    if (algorithm)
        return CII_OK;

    EVP_MD *sha = EVP_MD_fetch(NULL, "SHA256", NULL);
    pristine = EVP_MD_CTX_new();
    scratch = EVP_MD_CTX_new();
    if (!sha || !pristine || !scratch ||
        EVP_DigestInit_ex2(pristine, sha, NULL) != 1)
        return crypto_fail(err, "OpenSSL offers no SHA-256; check its "
                                "configuration (openssl list -providers)");
    CII_TRY(random_start(err));
    algorithm = sha;
    return CII_OK;
}

uint8_t *
hash_bytes(uint8_t *at, const void *bytes, size_t size)
{
    memcpy(at, bytes, size);
    return at + size;
}

uint8_t *
put_u32(uint8_t *at, uint32_t value)
{
    value = htobe32(value);
    return hash_bytes(at, &value, sizeof value);
}

uint8_t *
put_u64(uint8_t *at, uint64_t value)
{
    value = htobe64(value);
    return hash_bytes(at, &value, sizeof value);
}

static void
begin(const EVP_MD_CTX *from)
{
    assert(algorithm && "crypto_start() comes first");
    crypto_must(EVP_MD_CTX_copy_ex(scratch, from));
}

static void
add(struct bytes part)
{
    if (part.size)
        crypto_must(EVP_DigestUpdate(scratch, part.data, part.size));
}

static struct digest
end(void)
{
    struct digest digest;
    crypto_must(EVP_DigestFinal_ex(scratch, digest.bytes, NULL));
    return digest;
}

struct digest
sha256(struct bytes a, struct bytes b, struct bytes c, struct bytes d)
{
    begin(pristine);
    add(a);
    add(b);
    add(c);
    add(d);
    return end();
}

struct digest
chain_next(const struct digest *chain, uint64_t seq,
           const struct digest *digest)
{
    static const char tag[] = "cii chain v1";
    uint8_t text[sizeof tag - 1 + DIGEST_SIZE + 8 + DIGEST_SIZE];

    uint8_t *at = hash_bytes(text, tag, sizeof tag - 1);
    at = hash_bytes(at, chain->bytes, DIGEST_SIZE);
    at = put_u64(at, seq);
    hash_bytes(at, digest->bytes, DIGEST_SIZE);

    const struct bytes none = {NULL, 0};
    return sha256(BYTES_OF(text), none, none, none);
}

/* RFC 2104: the key, filled with zeros to one block, XOR the pad's byte. */
static void
hmac_pad(uint8_t pad[BLOCK_SIZE], const uint8_t key[32], uint8_t byte)
{
    memset(pad, byte, BLOCK_SIZE);
    for (size_t i = 0; i < 32; i++)
        pad[i] ^= key[i];
}

struct digest
hmac_sha256(const uint8_t key[32], struct bytes message)
{
    const struct bytes none = {NULL, 0};
    uint8_t pad[BLOCK_SIZE];

    hmac_pad(pad, key, 0x36);
    const struct digest inner = sha256(BYTES_OF(pad), message, none, none);
    hmac_pad(pad, key, 0x5c);
    const struct digest outer =
        sha256(BYTES_OF(pad), BYTES_OF(inner.bytes), none, none);

    OPENSSL_cleanse(pad, sizeof pad);
    return outer;
}

struct hmac_key {
    EVP_MD_CTX *inner; /* owned; has digested the inner pad */
    EVP_MD_CTX *outer; /* owned; has digested the outer pad */
};

static EVP_MD_CTX *
digested_pad(const uint8_t key[32], uint8_t byte)
{
    uint8_t pad[BLOCK_SIZE];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context)
        return NULL;

    hmac_pad(pad, key, byte);
    crypto_must(EVP_DigestInit_ex2(context, algorithm, NULL));
    crypto_must(EVP_DigestUpdate(context, pad, sizeof pad));
    OPENSSL_cleanse(pad, sizeof pad);
    return context;
}

enum cii_code
hmac_key_new(struct hmac_key **result, const uint8_t bytes[32],
             struct cii_error *err)
{
    assert(algorithm && "crypto_start() comes first");

    cii_auto(hmac_key_destroy) struct hmac_key *key = calloc(1, sizeof *key);
    if (!key)
        return cii_fail(err, CII_MEMORY, "no memory for a look-up key");
    key->inner = digested_pad(bytes, 0x36);
    key->outer = digested_pad(bytes, 0x5c);
    if (!key->inner || !key->outer)
        return cii_fail(err, CII_MEMORY, "no memory for a look-up key");

    *result = cii_take(key);
    return CII_OK;
}

void
hmac_key_destroy(struct hmac_key **key)
{
    if (!*key)
        return;

    /* OpenSSL overwrites the state of a digest when it frees it. */
    EVP_MD_CTX_free((*key)->inner);
    EVP_MD_CTX_free((*key)->outer);
    free(*key);
    *key = NULL;
}

struct digest
hmac_key_digest(const struct hmac_key *key, struct bytes a, struct bytes b)
{
    begin(key->inner);
    add(a);
    add(b);
    const struct digest inner = end();

    begin(key->outer);
    add(BYTES_OF(inner.bytes));
    return end();
}
