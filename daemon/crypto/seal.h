/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_SEAL_H
#define CRYPTO_SEAL_H

/*
 * What rests on disk is sealed: content under a key per person, that key
 * under the master key (AES-256-GCM, random 96-bit nonce in front, tag at the
 * end; what the row is goes in as additional data, so that a sealed value
 * does not open elsewhere). Destroying a person's key erases the person.
 *
 * Persons are looked up by HMAC-SHA-256 under a key derived from the master
 * key, so the file holds no AVS number and no name in clear.
 */

#include "crypto/crypto.h"

#define SEAL_KEY_SIZE 32
#define SEAL_OVERHEAD 28 /* nonce and tag */

struct vault;

struct person_key {
    uint8_t bytes[SEAL_KEY_SIZE];
};

/* master: 32 bytes; copied. */
cii_must_check enum cii_code vault_new(struct vault **vault,
                                       const uint8_t master[SEAL_KEY_SIZE],
                                       struct cii_error *err);
/* Overwrites its keys. */
void vault_destroy(struct vault **vault);

/* Domain separates what is looked up: "avs", "local", "name". */
struct digest vault_lookup(const struct vault *vault, const char *domain,
                           struct bytes value);

/* Makes a key, and its sealed form (SEAL_KEY_SIZE + SEAL_OVERHEAD) for the
 * person with this look-up. */
void vault_person_new(struct vault *vault, const struct digest *lookup,
                      struct person_key *key,
                      uint8_t sealed[SEAL_KEY_SIZE + SEAL_OVERHEAD]);
/* CRYPTO when it was sealed for another person or master key. */
cii_must_check enum cii_code vault_person_open(struct vault *vault,
                                               const struct digest *lookup,
                                               struct bytes sealed,
                                               struct person_key *key,
                                               struct cii_error *err);
/* The key for what is about no person (events without identity). */
const struct person_key *vault_common_key(const struct vault *vault);

/* Appends nonce, ciphertext and tag. */
cii_must_check enum cii_code seal(struct vault *vault,
                                  const struct person_key *key,
                                  struct bytes associated, struct bytes plain,
                                  struct buffer *sealed, struct cii_error *err);
/* Appends the plain bytes; CRYPTO when key, row or bytes are others. */
cii_must_check enum cii_code unseal(struct vault *vault,
                                    const struct person_key *key,
                                    struct bytes associated,
                                    struct bytes sealed, struct buffer *plain,
                                    struct cii_error *err);

#endif
