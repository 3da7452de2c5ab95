/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_PKI_AUTHORITY_H
#define CLIENT_PKI_AUTHORITY_H

/*
 * What an authority signs: its own certificate, those of institutions, and
 * the list of what it revoked. They pass OpenSSL's strict checks (RFC 5280).
 */

#include <time.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "client/pki/index.h"
#include "proto/bytes.h"

struct authority {
    EVP_PKEY *key;     /* owned */
    X509 *certificate; /* owned */
};

/* What a certificate of an institution says. */
struct leaf {
    const char *institution;
    const char *alternative_names; /* "": none */
    uint8_t serial[SERIAL_SIZE];
    time_t not_before;
    time_t not_after;
    EVP_PKEY *key; /* borrowed */
};

void key_free(EVP_PKEY **key);
void certificate_free(X509 **certificate);

/* Positive and never zero, as RFC 5280 asks. */
void serial_make(uint8_t serial[SERIAL_SIZE]);

cii_must_check enum cii_code authority_make(struct authority *authority,
                                            const char *name, time_t now,
                                            struct cii_error *err);
cii_must_check enum cii_code authority_load(struct authority *authority,
                                            const char *folder,
                                            struct cii_error *err);
void authority_done(struct authority *authority);

cii_must_check enum cii_code authority_sign_leaf(
    const struct authority *authority, const struct leaf *leaf,
    X509 **certificate, struct cii_error *err);
/* Appends the list, as PEM: revoked of the index, with this number. */
cii_must_check enum cii_code authority_sign_list(
    const struct authority *authority, const struct index *index,
    uint64_t number, time_t now, struct buffer *pem, struct cii_error *err);
/* The number of a list in PEM. */
cii_must_check enum cii_code list_number(struct bytes pem, uint64_t *number,
                                         struct cii_error *err);

cii_must_check enum cii_code certificate_pem(X509 *certificate,
                                             struct buffer *pem,
                                             struct cii_error *err);
/* PKCS #8, not encrypted: overwrite the buffer after use. */
cii_must_check enum cii_code key_pem(EVP_PKEY *key, struct buffer *pem,
                                     struct cii_error *err);

/* CRYPTO with what OpenSSL says of it. */
enum cii_code openssl_fail(struct cii_error *err, const char *what);

#endif
