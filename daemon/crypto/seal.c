/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/seal.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "crypto/internal.h"

#define NONCE_SIZE 12
#define TAG_SIZE   16

static_assert(SEAL_OVERHEAD == NONCE_SIZE + TAG_SIZE,
              "nonce in front, tag at the end");

/*
 * The master key itself is not kept: three keys are derived from it, so that
 * none serves two purposes.
 */
struct vault {
    struct person_key wrapping; /* seals the keys of persons */
    struct person_key common;   /* what is about no person */
    struct hmac_key *lookup;    /* owned */
    EVP_CIPHER_CTX *sealing;    /* owned; kept, as a fetch costs more */
    EVP_CIPHER_CTX *opening;    /* owned */
};

static void
derive(struct person_key *key, const uint8_t master[SEAL_KEY_SIZE],
       const char *purpose)
{
    struct digest derived = hmac_sha256(master, bytes_of_text(purpose));

    memcpy(key->bytes, derived.bytes, SEAL_KEY_SIZE);
    OPENSSL_cleanse(&derived, sizeof derived);
}

static enum cii_code
prepare_ciphers(struct vault *vault, struct cii_error *err)
{
    EVP_CIPHER *aes = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    vault->sealing = EVP_CIPHER_CTX_new();
    vault->opening = EVP_CIPHER_CTX_new();

    const bool ready =
        aes && vault->sealing && vault->opening &&
        EVP_EncryptInit_ex2(vault->sealing, aes, NULL, NULL, NULL) == 1 &&
        EVP_DecryptInit_ex2(vault->opening, aes, NULL, NULL, NULL) == 1;
    EVP_CIPHER_free(aes); /* the contexts hold it */
    if (!ready)
        return crypto_fail(err, "OpenSSL offers no AES-256-GCM; check its "
                                "configuration (openssl list -providers)");
    return CII_OK;
}

enum cii_code
vault_new(struct vault **result, const uint8_t master[SEAL_KEY_SIZE],
          struct cii_error *err)
{
    assert(master);

    cii_auto(vault_destroy) struct vault *vault = calloc(1, sizeof *vault);
    if (!vault)
        return cii_fail(err, CII_MEMORY, "no memory for the vault");

    derive(&vault->wrapping, master, "cii person keys v1");
    derive(&vault->common, master, "cii common key v1");
    struct person_key lookup;
    derive(&lookup, master, "cii lookup key v1");
    const enum cii_code code = hmac_key_new(&vault->lookup, lookup.bytes, err);
    OPENSSL_cleanse(&lookup, sizeof lookup);
    CII_TRY(code);
    CII_TRY(prepare_ciphers(vault, err));

    *result = cii_take(vault);
    return CII_OK;
}

void
vault_destroy(struct vault **vault)
{
    if (!*vault)
        return;

    hmac_key_destroy(&(*vault)->lookup);
    EVP_CIPHER_CTX_free((*vault)->sealing); /* overwrites the last key */
    EVP_CIPHER_CTX_free((*vault)->opening);
    OPENSSL_cleanse(*vault, sizeof **vault);
    free(*vault);
    *vault = NULL;
}

struct digest
vault_lookup(const struct vault *vault, const char *domain, struct bytes value)
{
    uint8_t front[4 + 32];
    const size_t size = strlen(domain);

    assert(size <= sizeof front - 4);
    hash_bytes(put_u32(front, (uint32_t)size), domain, size);
    return hmac_key_digest(vault->lookup, (struct bytes){front, 4 + size},
                           value);
}

/* Writes plain.size + SEAL_OVERHEAD bytes. */
static void
seal_into(EVP_CIPHER_CTX *context, const struct person_key *key,
          struct bytes associated, struct bytes plain, uint8_t *out)
{
    uint8_t *text = out + NONCE_SIZE;
    uint8_t *tag = text + plain.size;
    int size = 0;

    crypto_random(out, NONCE_SIZE);
    crypto_must(EVP_EncryptInit_ex2(context, NULL, key->bytes, out, NULL));
    if (associated.size)
        crypto_must(EVP_EncryptUpdate(context, NULL, &size, associated.data,
                                      (int)associated.size));
    if (plain.size)
        crypto_must(EVP_EncryptUpdate(context, text, &size, plain.data,
                                      (int)plain.size));
    crypto_must(EVP_EncryptFinal_ex(context, tag, &size));
    crypto_must(
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, tag));
}

/* Writes sealed.size - SEAL_OVERHEAD bytes, which count only when true. */
static bool
open_into(EVP_CIPHER_CTX *context, const struct person_key *key,
          struct bytes associated, struct bytes sealed, uint8_t *out)
{
    const uint8_t *text = sealed.data + NONCE_SIZE;
    const size_t text_size = sealed.size - SEAL_OVERHEAD;
    uint8_t tag[TAG_SIZE];
    int size = 0;

    memcpy(tag, text + text_size, TAG_SIZE);
    crypto_must(
        EVP_DecryptInit_ex2(context, NULL, key->bytes, sealed.data, NULL));
    crypto_must(
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, tag));
    if (associated.size)
        crypto_must(EVP_DecryptUpdate(context, NULL, &size, associated.data,
                                      (int)associated.size));
    if (text_size)
        crypto_must(
            EVP_DecryptUpdate(context, out, &size, text, (int)text_size));
    return EVP_DecryptFinal_ex(context, tag, &size) == 1;
}

static struct bytes
person_row(const struct digest *lookup, uint8_t row[64])
{
    static const char tag[] = "cii person v1";

    uint8_t *end = hash_bytes(row, tag, sizeof tag - 1);
    end = hash_bytes(end, lookup->bytes, DIGEST_SIZE);
    return (struct bytes){row, (size_t)(end - row)};
}

void
vault_person_new(struct vault *vault, const struct digest *lookup,
                 struct person_key *key,
                 uint8_t sealed[SEAL_KEY_SIZE + SEAL_OVERHEAD])
{
    uint8_t row[64];

    crypto_random(key->bytes, sizeof key->bytes);
    seal_into(vault->sealing, &vault->wrapping, person_row(lookup, row),
              BYTES_OF(key->bytes), sealed);
}

enum cii_code
vault_person_open(struct vault *vault, const struct digest *lookup,
                  struct bytes sealed, struct person_key *key,
                  struct cii_error *err)
{
    uint8_t row[64];
    struct person_key opened;

    if (sealed.size == SEAL_KEY_SIZE + SEAL_OVERHEAD &&
        open_into(vault->opening, &vault->wrapping, person_row(lookup, row),
                  sealed, opened.bytes)) {
        *key = opened;
        OPENSSL_cleanse(&opened, sizeof opened);
        return CII_OK;
    }
    OPENSSL_cleanse(&opened, sizeof opened);
    return cii_fail(err, CII_CRYPTO,
                    "a person's key does not open: it was sealed under "
                    "another master key or for another person; bring back "
                    "the master key and the store of the same backup");
}

const struct person_key *
vault_common_key(const struct vault *vault)
{
    return &vault->common;
}

static enum cii_code
check_sizes(struct bytes associated, struct bytes text, struct cii_error *err)
{
    const size_t most = INT_MAX - SEAL_OVERHEAD;

    if (associated.size > most || text.size > most)
        return cii_fail(err, CII_TOO_LARGE,
                        "a value of %zu bytes is too large to seal", text.size);
    return CII_OK;
}

enum cii_code
seal(struct vault *vault, const struct person_key *key, struct bytes associated,
     struct bytes plain, struct buffer *sealed, struct cii_error *err)
{
    CII_TRY(check_sizes(associated, plain, err));
    uint8_t *out = buffer_reserve(sealed, plain.size + SEAL_OVERHEAD);
    if (!out)
        return cii_fail(err, CII_MEMORY, "no memory for a sealed value");

    seal_into(vault->sealing, key, associated, plain, out);
    sealed->size += plain.size + SEAL_OVERHEAD;
    return CII_OK;
}

enum cii_code
unseal(struct vault *vault, const struct person_key *key,
       struct bytes associated, struct bytes sealed, struct buffer *plain,
       struct cii_error *err)
{
    CII_TRY(check_sizes(associated, sealed, err));
    if (sealed.size < SEAL_OVERHEAD)
        return cii_fail(err, CII_CRYPTO,
                        "a sealed value is cut short (%zu bytes); check the "
                        "store, or restore it from a backup",
                        sealed.size);
    const size_t size = sealed.size - SEAL_OVERHEAD;
    /* One more, so that an empty value has an address too. */
    uint8_t *out = buffer_reserve(plain, size + 1);
    if (!out)
        return cii_fail(err, CII_MEMORY, "no memory for an opened value");

    if (!open_into(vault->opening, key, associated, sealed, out)) {
        OPENSSL_cleanse(out, size); /* what nobody vouches for */
        return cii_fail(err, CII_CRYPTO,
                        "a sealed value does not open: it is of another row "
                        "or person, or was changed; check the store, or "
                        "restore it from a backup");
    }
    plain->size += size;
    return CII_OK;
}
