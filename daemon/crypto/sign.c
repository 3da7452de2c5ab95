/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/sign.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "crypto/internal.h"
#include "crypto/signed_text.h"

struct signer {
    EVP_PKEY *key;       /* owned; OpenSSL overwrites it when it is freed */
    EVP_MD_CTX *context; /* owned */
    uint8_t public_key[PUBLIC_KEY_SIZE];
    uint8_t key_id[KEY_ID_SIZE];
};

/* Instead of OpenSSL's own, which would ask at the terminal. */
static int /* NOLINTNEXTLINE(readability-non-const-parameter): OpenSSL's */
no_passphrase(char *text, int size, int rwflag, void *context)
{
    (void)text;
    (void)size;
    (void)rwflag;
    (void)context;
    return -1;
}

static EVP_PKEY *
read_private_key(const char *pem, size_t size)
{
    if (size > INT_MAX)
        return NULL;
    BIO *file = BIO_new_mem_buf(pem, (int)size);
    if (!file)
        return NULL;

    EVP_PKEY *key = PEM_read_bio_PrivateKey(file, NULL, no_passphrase, NULL);
    BIO_free(file);
    ERR_clear_error();
    return key;
}

enum cii_code
signer_new(struct signer **result, const char *pem, size_t size,
           struct cii_error *err)
{
    assert(pem);

    cii_auto(signer_destroy) struct signer *signer = calloc(1, sizeof *signer);
    if (!signer)
        return cii_fail(err, CII_MEMORY, "no memory for the signing key");
    signer->context = EVP_MD_CTX_new();
    if (!signer->context)
        return cii_fail(err, CII_MEMORY, "no memory for the signing key");
    signer->key = read_private_key(pem, size);
    size_t public_size = PUBLIC_KEY_SIZE;
    if (!signer->key || !EVP_PKEY_is_a(signer->key, "ED25519") ||
        EVP_PKEY_get_raw_public_key(signer->key, signer->public_key,
                                    &public_size) != 1)
        return cii_fail(err, CII_CONFIG,
                        "the signing key is no Ed25519 private key in PEM "
                        "without passphrase; make one with: openssl genpkey "
                        "-algorithm ed25519");

    key_id_of(signer->public_key, signer->key_id);
    *result = cii_take(signer);
    return CII_OK;
}

void
signer_destroy(struct signer **signer)
{
    if (!*signer)
        return;

    EVP_MD_CTX_free((*signer)->context);
    EVP_PKEY_free((*signer)->key);
    free(*signer);
    *signer = NULL;
}

const uint8_t *
signer_public_key(const struct signer *signer)
{
    return signer->public_key;
}

static enum cii_code
sign_text(const struct signer *signer, const struct signed_text *text,
          uint8_t signature[SIGNATURE_SIZE], struct cii_error *err)
{
    size_t size = SIGNATURE_SIZE;

    if (EVP_MD_CTX_reset(signer->context) != 1 ||
        EVP_DigestSignInit(signer->context, NULL, NULL, NULL, signer->key) !=
            1 ||
        EVP_DigestSign(signer->context, signature, &size, text->bytes,
                       text->size) != 1)
        return crypto_fail(err, "signing failed; the core must be restarted");
    assert(size == SIGNATURE_SIZE);
    return CII_OK;
}

enum cii_code
sign_batch(const struct signer *signer, const char *issuer,
           const struct digest *leaf, size_t count, struct proof *proof,
           struct cii_error *err)
{
    cii_auto(merkle_destroy) struct merkle *merkle = NULL;
    CII_TRY(merkle_new(&merkle, leaf, count, err));

    const struct digest root = merkle_root(merkle);
    const struct signed_text text =
        signed_text_of_batch(issuer, (uint32_t)count, &root);
    uint8_t signature[SIGNATURE_SIZE];
    CII_TRY(sign_text(signer, &text, signature, err));

    for (size_t i = 0; i < count; i++) {
        merkle_path(merkle, i, &proof[i]);
        memcpy(proof[i].signature, signature, SIGNATURE_SIZE);
        memcpy(proof[i].key_id, signer->key_id, KEY_ID_SIZE);
    }
    return CII_OK;
}

enum cii_code
ack_sign(const struct signer *signer, const struct ack_text *ack,
         uint8_t signature[SIGNATURE_SIZE], struct cii_error *err)
{
    const struct signed_text text = signed_text_of_ack(ack);

    return sign_text(signer, &text, signature, err);
}

void
key_id_of(const uint8_t public_key[PUBLIC_KEY_SIZE],
          uint8_t key_id[KEY_ID_SIZE])
{
    const struct bytes none = {NULL, 0};
    const struct digest digest =
        sha256((struct bytes){public_key, PUBLIC_KEY_SIZE}, none, none, none);

    memcpy(key_id, digest.bytes, KEY_ID_SIZE);
}

enum cii_code
public_key_parse(const char *text, uint8_t key[PUBLIC_KEY_SIZE],
                 struct cii_error *err)
{
    static const char prefix[] = "ed25519:";
    uint8_t parsed[PUBLIC_KEY_SIZE];

    if (strncmp(text, prefix, sizeof prefix - 1) != 0 ||
        bytes_from_hex(text + sizeof prefix - 1, parsed, sizeof parsed) !=
            CII_OK)
        return cii_fail(err, CII_INVALID,
                        "a public key is written ed25519: and 64 hexadecimal "
                        "digits");
    memcpy(key, parsed, sizeof parsed);
    return CII_OK;
}
