/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "crypto/internal.h"
#include "crypto/sign.h"
#include "crypto/signed_text.h"

#define SETS 256 /* a power of two */
#define WAYS 4

struct trusted {
    char issuer[INSTITUTION_MAX + 1];
    uint8_t key_id[KEY_ID_SIZE];
    uint8_t public_key[PUBLIC_KEY_SIZE];
    EVP_PKEY *key; /* owned; each issuer's is an object of its own */
};

/* What was verified: this signature, by this key of this issuer. */
struct remembered {
    const EVP_PKEY *by; /* borrowed: one of the trusted; NULL: free */
    uint64_t used;      /* when last, in look-ups */
    uint32_t size;
    struct digest root;
    uint8_t signature[SIGNATURE_SIZE];
};

struct verifier {
    size_t trusted_count;
    struct trusted *trusted; /* owned; by issuer, then key id */
    EVP_MD_CTX *context;     /* owned */
    uint64_t lookups;
    uint64_t salt; /* so that no partner chooses whom it pushes out */
    struct remembered root[SETS][WAYS];
};

enum cii_code
verifier_new(struct verifier **result, struct cii_error *err)
{
    cii_auto(verifier_destroy) struct verifier *verifier =
        calloc(1, sizeof *verifier);
    if (!verifier)
        return cii_fail(err, CII_MEMORY, "no memory for the verifier");
    verifier->context = EVP_MD_CTX_new();
    if (!verifier->context)
        return cii_fail(err, CII_MEMORY, "no memory for the verifier");
    crypto_random(&verifier->salt, sizeof verifier->salt);

    *result = cii_take(verifier);
    return CII_OK;
}

static void
trusted_done(struct trusted *trusted)
{
    EVP_PKEY_free(trusted->key);
    trusted->key = NULL;
}

void
verifier_destroy(struct verifier **verifier)
{
    if (!*verifier)
        return;

    for (size_t i = 0; i < (*verifier)->trusted_count; i++)
        trusted_done(&(*verifier)->trusted[i]);
    free((*verifier)->trusted);
    EVP_MD_CTX_free((*verifier)->context);
    free(*verifier);
    *verifier = NULL;
}

/*
 * Under a key of small order anybody can make a signature. These are all the
 * ways to write one, but for the sign bit.
 */
static bool
is_of_small_order(const uint8_t public_key[PUBLIC_KEY_SIZE])
{
    static const char *const small[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    uint8_t key[PUBLIC_KEY_SIZE];
    char text[2 * PUBLIC_KEY_SIZE + 1];

    memcpy(key, public_key, sizeof key);
    key[PUBLIC_KEY_SIZE - 1] &= 0x7f;
    bytes_to_hex(BYTES_OF(key), text);
    for (size_t i = 0; i < sizeof small / sizeof small[0]; i++)
        if (strcmp(text, small[i]) == 0)
            return true;
    return false;
}

static int
compare(const struct trusted *trusted, const char *issuer,
        const uint8_t key_id[KEY_ID_SIZE])
{
    const int order = strcmp(trusted->issuer, issuer);

    return order ? order : memcmp(trusted->key_id, key_id, KEY_ID_SIZE);
}

/* The first that does not come before (issuer, key id). */
static size_t
place_of(const struct verifier *verifier, const char *issuer,
         const uint8_t key_id[KEY_ID_SIZE])
{
    size_t low = 0;
    size_t high = verifier->trusted_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare(&verifier->trusted[middle], issuer, key_id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Is there a key of this issuer at this place? */
static bool
is_of_issuer(const struct verifier *verifier, size_t place, const char *issuer)
{
    return place < verifier->trusted_count &&
           strcmp(verifier->trusted[place].issuer, issuer) == 0;
}

static size_t
first_of_issuer(const struct verifier *verifier, const char *issuer)
{
    static const uint8_t lowest[KEY_ID_SIZE];

    return place_of(verifier, issuer, lowest);
}

static const struct trusted *
find_trusted(const struct verifier *verifier, const char *issuer,
             const uint8_t key_id[KEY_ID_SIZE])
{
    const size_t place = place_of(verifier, issuer, key_id);

    if (place < verifier->trusted_count &&
        compare(&verifier->trusted[place], issuer, key_id) == 0)
        return &verifier->trusted[place];
    return NULL;
}

static enum cii_code
trusted_init(struct trusted *trusted, const char *issuer,
             const uint8_t public_key[PUBLIC_KEY_SIZE], struct cii_error *err)
{
    const size_t size = strlen(issuer);
    if (size > INSTITUTION_MAX)
        return cii_fail(err, CII_INVALID,
                        "an issuer's name is longer than %d characters",
                        INSTITUTION_MAX);
    if (is_of_small_order(public_key))
        return cii_fail(err, CII_INVALID,
                        "the public key of %s is one under which anybody can "
                        "sign; ask them for a true one",
                        issuer);

    memcpy(trusted->issuer, issuer, size + 1);
    memcpy(trusted->public_key, public_key, PUBLIC_KEY_SIZE);
    key_id_of(public_key, trusted->key_id);
    trusted->key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
                                               public_key, PUBLIC_KEY_SIZE);
    if (!trusted->key)
        return crypto_fail(err, "a public key cannot be used");
    return CII_OK;
}

/* Takes what trusted owns. */
static enum cii_code
insert(struct verifier *verifier, struct trusted *trusted,
       struct cii_error *err)
{
    const size_t count = verifier->trusted_count;
    const size_t place = place_of(verifier, trusted->issuer, trusted->key_id);
    struct trusted *grown =
        reallocarray(verifier->trusted, count + 1, sizeof *grown);
    if (!grown)
        return cii_fail(err, CII_MEMORY, "no memory for a public key");

    memmove(&grown[place + 1], &grown[place], (count - place) * sizeof *grown);
    grown[place] = *trusted;
    trusted->key = NULL;
    verifier->trusted = grown;
    verifier->trusted_count = count + 1;
    return CII_OK;
}

enum cii_code
verifier_trust(struct verifier *verifier, const char *issuer,
               const uint8_t public_key[PUBLIC_KEY_SIZE], struct cii_error *err)
{
    cii_auto(trusted_done) struct trusted trusted = {.key = NULL};
    CII_TRY(trusted_init(&trusted, issuer, public_key, err));

    const struct trusted *known =
        find_trusted(verifier, issuer, trusted.key_id);
    if (!known)
        return insert(verifier, &trusted, err);
    if (memcmp(known->public_key, public_key, PUBLIC_KEY_SIZE) != 0)
        return cii_fail(err, CII_CONFLICT,
                        "two keys of %s have the same short name; ask them "
                        "for another key",
                        issuer);
    return CII_OK;
}

static bool
signature_is_true(const struct verifier *verifier, EVP_PKEY *key,
                  const struct signed_text *text,
                  const uint8_t signature[SIGNATURE_SIZE])
{
    /* Without the reset, OpenSSL 3.0 goes on with the key of the last time. */
    const bool is_true =
        EVP_MD_CTX_reset(verifier->context) == 1 &&
        EVP_DigestVerifyInit(verifier->context, NULL, NULL, NULL, key) == 1 &&
        EVP_DigestVerify(verifier->context, signature, SIGNATURE_SIZE,
                         text->bytes, text->size) == 1;

    if (!is_true)
        ERR_clear_error();
    return is_true;
}

static struct remembered *
set_of(struct verifier *verifier, const struct digest *root)
{
    uint64_t hash;

    memcpy(&hash, root->bytes, sizeof hash);
    hash = (hash ^ verifier->salt) * UINT64_C(0x9e3779b97f4a7c15);
    return verifier->root[hash >> 56 & (SETS - 1)];
}

static bool
is_same(const struct remembered *remembered, const EVP_PKEY *by,
        const struct proof *proof, const struct digest *root)
{
    return remembered->by == by && remembered->size == proof->size &&
           digest_equal(&remembered->root, root) &&
           memcmp(remembered->signature, proof->signature, SIGNATURE_SIZE) == 0;
}

static struct remembered *
find_remembered(struct remembered set[WAYS], const EVP_PKEY *by,
                const struct proof *proof, const struct digest *root)
{
    for (size_t i = 0; i < WAYS; i++)
        if (is_same(&set[i], by, proof, root))
            return &set[i];
    return NULL;
}

static struct remembered *
least_used(struct remembered set[WAYS])
{
    struct remembered *least = &set[0];

    for (size_t i = 1; i < WAYS; i++)
        if (set[i].used < least->used)
            least = &set[i];
    return least;
}

static bool
root_is_signed(struct verifier *verifier, const struct trusted *by,
               const struct proof *proof, const struct digest *root)
{
    struct remembered *set = set_of(verifier, root);
    struct remembered *known = find_remembered(set, by->key, proof, root);

    if (!known) {
        const struct signed_text text =
            signed_text_of_batch(by->issuer, proof->size, root);
        if (!signature_is_true(verifier, by->key, &text, proof->signature))
            return false;
        known = least_used(set);
        known->by = by->key;
        known->size = proof->size;
        known->root = *root;
        memcpy(known->signature, proof->signature, SIGNATURE_SIZE);
    }
    known->used = ++verifier->lookups;
    return true;
}

static enum cii_code
no_such_key(const struct verifier *verifier, const char *issuer,
            struct cii_error *err)
{
    if (is_of_issuer(verifier, first_of_issuer(verifier, issuer), issuer))
        return cii_fail(err, CII_FORGED,
                        "signed with a key that is not known as one of %s; "
                        "compare fingerprints and add it to its partner file",
                        issuer);
    return cii_fail(err, CII_FORGED,
                    "issuer %.*s is not known here; add its key to a partner "
                    "file",
                    INSTITUTION_MAX, issuer);
}

enum cii_code
verify_event(struct verifier *verifier, const struct event *event,
             struct cii_error *err)
{
    const char *issuer = event->header.issuer;
    const struct proof *proof = &event->proof;
    const struct trusted *by = find_trusted(verifier, issuer, proof->key_id);
    if (!by)
        return no_such_key(verifier, issuer, err);

    struct digest root;
    const struct digest leaf = header_digest(event->header_bytes);
    if (!merkle_climb(&leaf, proof, &root))
        return cii_fail(err, CII_FORGED, "the proof does not fit a batch of %u",
                        proof->size);
    if (!root_is_signed(verifier, by, proof, &root))
        return cii_fail(err, CII_FORGED, "this is not what %s signed", issuer);
    return facets_check(event, err);
}

enum cii_code
ack_verify(const struct verifier *verifier, const struct ack_text *ack,
           const uint8_t signature[SIGNATURE_SIZE], struct cii_error *err)
{
    size_t place = first_of_issuer(verifier, ack->receiver);
    if (!is_of_issuer(verifier, place, ack->receiver))
        return no_such_key(verifier, ack->receiver, err);

    const struct signed_text text = signed_text_of_ack(ack);
    for (; is_of_issuer(verifier, place, ack->receiver); place++)
        if (signature_is_true(verifier, verifier->trusted[place].key, &text,
                              signature))
            return CII_OK;
    return cii_fail(err, CII_FORGED, "this ack is not what %s signed",
                    ack->receiver);
}
