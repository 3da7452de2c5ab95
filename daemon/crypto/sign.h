/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_SIGN_H
#define CRYPTO_SIGN_H

/*
 * Signatures with Ed25519: over batches of headers, and over acks.
 *
 * A verifier knows the keys of each issuer and remembers the roots that it
 * has verified as (issuer, key, size, root): a partner's root never vouches
 * for another's header, since the issuer is part of what is signed and looked
 * up, and the key must be one of that issuer's.
 */

#include <stddef.h>

#include "crypto/commit.h"

#define PUBLIC_KEY_SIZE 32

struct signer;
struct verifier;

/* From a PEM file's text. CONFIG when it is no Ed25519 private key. */
cii_must_check enum cii_code signer_new(struct signer **signer, const char *pem,
                                        size_t size, struct cii_error *err);
void signer_destroy(struct signer **signer);
const uint8_t *signer_public_key(const struct signer *signer);

/*
 * Signs count headers of this issuer in one batch and fills their proofs.
 * leaf[i] is header_digest() of header i.
 */
cii_must_check enum cii_code sign_batch(const struct signer *signer,
                                        const char *issuer,
                                        const struct digest *leaf, size_t count,
                                        struct proof *proof,
                                        struct cii_error *err);

cii_must_check enum cii_code verifier_new(struct verifier **verifier,
                                          struct cii_error *err);
void verifier_destroy(struct verifier **verifier);
/* Trusts this key for this issuer. */
cii_must_check enum cii_code verifier_trust(
    struct verifier *verifier, const char *issuer,
    const uint8_t public_key[PUBLIC_KEY_SIZE], struct cii_error *err);

/*
 * FORGED with a reason: the issuer is not known, the key is not this
 * issuer's, the path does not fit, the signature is wrong, or a facet is not
 * what its slot commits to.
 */
cii_must_check enum cii_code verify_event(struct verifier *verifier,
                                          const struct event *event,
                                          struct cii_error *err);

/* Signed: "cii ack v1", then receiver, sender (each u32 length and text),
 * stream id, up_to as u64, chain. */
struct ack_text {
    const char *receiver;     /* who acks */
    const char *sender;       /* who delivered */
    const uint8_t *stream_id; /* 16 bytes */
    uint64_t up_to;
    const struct digest *chain;
};
cii_must_check enum cii_code ack_sign(const struct signer *signer,
                                      const struct ack_text *ack,
                                      uint8_t signature[SIGNATURE_SIZE],
                                      struct cii_error *err);
cii_must_check enum cii_code ack_verify(const struct verifier *verifier,
                                        const struct ack_text *ack,
                                        const uint8_t signature[SIGNATURE_SIZE],
                                        struct cii_error *err);

/* key_id: first 8 bytes of SHA-256 of the public key. */
void key_id_of(const uint8_t public_key[PUBLIC_KEY_SIZE],
               uint8_t key_id[KEY_ID_SIZE]);
/* "ed25519:" and 64 hex digits. */
cii_must_check enum cii_code public_key_parse(const char *text,
                                              uint8_t key[PUBLIC_KEY_SIZE],
                                              struct cii_error *err);

#endif
