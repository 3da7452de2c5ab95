/* SPDX-License-Identifier: Apache-2.0 */
#include "client/pki/authority.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "client/pki/file.h"

#define DAY            ((time_t)24 * 60 * 60)
#define AUTHORITY_LIFE (3652 * DAY)
#define LIST_LIFE      (30 * DAY)
#define CLOCKS_DIFFER  ((time_t)5 * 60) /* between two offices */

enum cii_code
openssl_fail(struct cii_error *err, const char *what)
{
    char reason[160] = "no reason given";
    const unsigned long code = ERR_peek_last_error();

    if (code)
        ERR_error_string_n(code, reason, sizeof reason);
    ERR_clear_error();
    return cii_fail(err, CII_CRYPTO, "%s: %s", what, reason);
}

void
key_free(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
    *key = NULL;
}

void
certificate_free(X509 **certificate)
{
    X509_free(*certificate);
    *certificate = NULL;
}

static void
list_free(X509_CRL **list)
{
    X509_CRL_free(*list);
    *list = NULL;
}

static void
revoked_free(X509_REVOKED **revoked)
{
    X509_REVOKED_free(*revoked);
    *revoked = NULL;
}

static void
time_free(ASN1_TIME **time)
{
    ASN1_TIME_free(*time);
    *time = NULL;
}

static void
integer_free(ASN1_INTEGER **integer)
{
    ASN1_INTEGER_free(*integer);
    *integer = NULL;
}

static void
bio_free(BIO **bio)
{
    BIO_free(*bio);
    *bio = NULL;
}

void
serial_make(uint8_t serial[SERIAL_SIZE])
{
    if (RAND_bytes(serial, SERIAL_SIZE) != 1)
        abort(); /* no serial may be guessed, so none is made */
    serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40);
}

/* --- parts of certificates and lists --------------------------------------
 */

static ASN1_INTEGER *
serial_number(const uint8_t serial[SERIAL_SIZE])
{
    BIGNUM *number = BN_bin2bn(serial, SERIAL_SIZE, NULL);
    ASN1_INTEGER *integer = number ? BN_to_ASN1_INTEGER(number, NULL) : NULL;

    BN_free(number);
    return integer;
}

static bool
set_name(X509_NAME *name, const char *common_name)
{
    return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                      (const unsigned char *)common_name, -1,
                                      -1, 0) == 1;
}

static bool
set_times(X509 *certificate, time_t not_before, time_t not_after)
{
    cii_auto(time_free) ASN1_TIME *from = ASN1_TIME_set(NULL, not_before);
    cii_auto(time_free) ASN1_TIME *to = ASN1_TIME_set(NULL, not_after);

    return from && to && X509_set1_notBefore(certificate, from) == 1 &&
           X509_set1_notAfter(certificate, to) == 1;
}

struct extension {
    int nid;
    const char *value;
};

static bool
add_extension(X509 *certificate, X509 *issuer,
              const struct extension *extension)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509V3_set_ctx_nodb(&context);

    X509_EXTENSION *made =
        X509V3_EXT_conf_nid(NULL, &context, extension->nid, extension->value);
    const bool added = made && X509_add_ext(certificate, made, -1) == 1;
    X509_EXTENSION_free(made);
    return added;
}

static bool
add_extensions(X509 *certificate, X509 *issuer,
               const struct extension *extension, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!add_extension(certificate, issuer, &extension[i]))
            return false;
    return true;
}

/* Version 3, and what every certificate has. */
static X509 *
begin_certificate(const uint8_t serial[SERIAL_SIZE], const char *common_name,
                  const X509_NAME *issuer, EVP_PKEY *key)
{
    cii_auto(certificate_free) X509 *certificate = X509_new();
    cii_auto(integer_free) ASN1_INTEGER *number = serial_number(serial);

    if (!certificate || !number ||
        X509_set_version(certificate, X509_VERSION_3) != 1 ||
        X509_set_serialNumber(certificate, number) != 1 ||
        !set_name(X509_get_subject_name(certificate), common_name) ||
        X509_set_issuer_name(certificate, issuer ? issuer
                                                 : X509_get_subject_name(
                                                       certificate)) != 1 ||
        X509_set_pubkey(certificate, key) != 1)
        return NULL;
    return cii_take(certificate);
}

/* --- the authority --------------------------------------------------------
 */

static bool
finish_authority(X509 *certificate, EVP_PKEY *key, time_t now)
{
    static const struct extension extensions[] = {
        {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
        {NID_key_usage, "critical,keyCertSign,cRLSign"},
        {NID_subject_key_identifier, "hash"},
    };

    return set_times(certificate, now - CLOCKS_DIFFER, now + AUTHORITY_LIFE) &&
           add_extensions(certificate, certificate, extensions,
                          sizeof extensions / sizeof extensions[0]) &&
           X509_sign(certificate, key, EVP_sha256()) > 0;
}

enum cii_code
authority_make(struct authority *authority, const char *name, time_t now,
               struct cii_error *err)
{
    uint8_t serial[SERIAL_SIZE];
    const size_t size = strlen(name);
    if (size < 1 || size > 64)
        return cii_fail(err, CII_INVALID,
                        "the name of an authority has 1 to 64 characters");

    serial_make(serial);
    cii_auto(key_free) EVP_PKEY *key = EVP_EC_gen("P-256");
    if (!key)
        return openssl_fail(err, "cannot make a key");
    cii_auto(certificate_free) X509 *certificate =
        begin_certificate(serial, name, NULL, key);
    if (!certificate || !finish_authority(certificate, key, now))
        return openssl_fail(err, "cannot make the authority's certificate");

    authority->key = cii_take(key);
    authority->certificate = cii_take(certificate);
    return CII_OK;
}

void
authority_done(struct authority *authority)
{
    key_free(&authority->key);
    certificate_free(&authority->certificate);
}

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

static BIO *
bio_of(struct bytes pem)
{
    return pem.size <= INT_MAX ? BIO_new_mem_buf(pem.data, (int)pem.size)
                               : NULL;
}

static EVP_PKEY *
load_key(const char *folder, struct cii_error *err)
{
    cii_auto(secret_done) struct buffer pem = {0};
    if (file_read(folder, "ca-key.pem", &pem, err) != CII_OK)
        return NULL;

    cii_auto(bio_free) BIO *bio = bio_of(buffer_view(&pem));
    EVP_PKEY *key =
        bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
    if (!key)
        (void)openssl_fail(err, "ca-key.pem is no private key in PEM; restore "
                                "it from a copy");
    return key;
}

static X509 *
load_certificate(const char *folder, struct cii_error *err)
{
    cii_auto(buffer_done) struct buffer pem = {0};
    if (file_read(folder, "ca.pem", &pem, err) != CII_OK)
        return NULL;

    cii_auto(bio_free) BIO *bio = bio_of(buffer_view(&pem));
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    if (!certificate)
        (void)openssl_fail(err, "ca.pem is no certificate in PEM; restore it "
                                "from a copy");
    return certificate;
}

enum cii_code
authority_load(struct authority *authority, const char *folder,
               struct cii_error *err)
{
    struct cii_error why = {.code = CII_CRYPTO};
    cii_auto(key_free) EVP_PKEY *key = load_key(folder, &why);
    cii_auto(certificate_free) X509 *certificate =
        key ? load_certificate(folder, &why) : NULL;
    if (!certificate)
        return cii_fail(err, why.code, "no authority in %s: %s", folder,
                        why.text);
    if (X509_check_private_key(certificate, key) != 1)
        return openssl_fail(err, "ca.pem and ca-key.pem are not of the same "
                                 "authority");

    authority->key = cii_take(key);
    authority->certificate = cii_take(certificate);
    return CII_OK;
}

/* --- what it signs --------------------------------------------------------
 */

static bool
finish_leaf(X509 *certificate, const struct authority *authority,
            const struct leaf *leaf)
{
    static const struct extension extensions[] = {
        {NID_basic_constraints, "critical,CA:FALSE"},
        {NID_key_usage, "critical,digitalSignature"},
        {NID_ext_key_usage, "serverAuth,clientAuth"},
        {NID_subject_key_identifier, "hash"},
        {NID_authority_key_identifier, "keyid:always"},
    };
    const struct extension names = {NID_subject_alt_name,
                                    leaf->alternative_names};

    return set_times(certificate, leaf->not_before, leaf->not_after) &&
           add_extensions(certificate, authority->certificate, extensions,
                          sizeof extensions / sizeof extensions[0]) &&
           (names.value[0] == '\0' ||
            add_extension(certificate, authority->certificate, &names)) &&
           X509_sign(certificate, authority->key, EVP_sha256()) > 0;
}

enum cii_code
authority_sign_leaf(const struct authority *authority, const struct leaf *leaf,
                    X509 **result, struct cii_error *err)
{
    cii_auto(certificate_free) X509 *certificate =
        begin_certificate(leaf->serial, leaf->institution,
                          X509_get_subject_name(authority->certificate),
                          leaf->key);

    if (!certificate || !finish_leaf(certificate, authority, leaf))
        return openssl_fail(err, "cannot make the certificate");
    *result = cii_take(certificate);
    return CII_OK;
}

static bool
add_revoked(X509_CRL *list, const struct issued *issued)
{
    uint8_t serial[SERIAL_SIZE];
    if (bytes_from_hex(issued->serial, serial, sizeof serial) != CII_OK)
        return false;

    cii_auto(revoked_free) X509_REVOKED *revoked = X509_REVOKED_new();
    cii_auto(integer_free) ASN1_INTEGER *number = serial_number(serial);
    cii_auto(time_free) ASN1_TIME *when = ASN1_TIME_new();
    if (!revoked || !number || !when ||
        ASN1_TIME_set_string_X509(when, issued->revoked) != 1 ||
        X509_REVOKED_set_serialNumber(revoked, number) != 1 ||
        X509_REVOKED_set_revocationDate(revoked, when) != 1 ||
        X509_CRL_add0_revoked(list, revoked) != 1)
        return false;
    revoked = NULL; /* the list owns it */
    return true;
}

static bool
add_all_revoked(X509_CRL *list, const struct index *index)
{
    for (size_t i = 0; i < index->count; i++)
        if (index->issued[i].revoked[0] &&
            !add_revoked(list, &index->issued[i]))
            return false;
    return X509_CRL_sort(list) == 1;
}

static bool
add_list_extensions(X509_CRL *list, X509 *issuer, uint64_t number)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, NULL, NULL, list, 0);
    X509V3_set_ctx_nodb(&context);

    X509_EXTENSION *made =
        X509V3_EXT_conf_nid(NULL, &context, NID_authority_key_identifier,
                            "keyid:always");
    const bool added = made && X509_CRL_add_ext(list, made, -1) == 1;
    X509_EXTENSION_free(made);

    cii_auto(integer_free) ASN1_INTEGER *serial = ASN1_INTEGER_new();
    return added && serial && ASN1_INTEGER_set_uint64(serial, number) == 1 &&
           X509_CRL_add1_ext_i2d(list, NID_crl_number, serial, 0, 0) == 1;
}

static bool
set_list_times(X509_CRL *list, time_t now)
{
    cii_auto(time_free) ASN1_TIME *from =
        ASN1_TIME_set(NULL, now - CLOCKS_DIFFER);
    cii_auto(time_free) ASN1_TIME *to = ASN1_TIME_set(NULL, now + LIST_LIFE);

    return from && to && X509_CRL_set1_lastUpdate(list, from) == 1 &&
           X509_CRL_set1_nextUpdate(list, to) == 1;
}

/* Appends what was written to memory; overwrites it there. */
static enum cii_code
take_pem(BIO *bio, struct buffer *pem, struct cii_error *err)
{
    char *text = NULL;
    const long size = BIO_get_mem_data(bio, &text);

    if (size <= 0)
        return openssl_fail(err, "cannot write PEM");
    buffer_append(pem, text, (size_t)size);
    OPENSSL_cleanse(text, (size_t)size);
    if (pem->failed)
        return cii_fail(err, CII_MEMORY, "no memory for PEM");
    return CII_OK;
}

enum cii_code
authority_sign_list(const struct authority *authority,
                    const struct index *index, uint64_t number, time_t now,
                    struct buffer *pem, struct cii_error *err)
{
    cii_auto(list_free) X509_CRL *list = X509_CRL_new();
    cii_auto(bio_free) BIO *bio = BIO_new(BIO_s_mem());

    if (!list || !bio || X509_CRL_set_version(list, X509_CRL_VERSION_2) != 1 ||
        X509_CRL_set_issuer_name(list, X509_get_subject_name(
                                           authority->certificate)) != 1 ||
        !set_list_times(list, now) || !add_all_revoked(list, index) ||
        !add_list_extensions(list, authority->certificate, number) ||
        X509_CRL_sign(list, authority->key, EVP_sha256()) <= 0 ||
        PEM_write_bio_X509_CRL(bio, list) != 1)
        return openssl_fail(err, "cannot sign the list of the revoked");
    return take_pem(bio, pem, err);
}

enum cii_code
list_number(struct bytes pem, uint64_t *number, struct cii_error *err)
{
    cii_auto(bio_free) BIO *bio = bio_of(pem);
    cii_auto(list_free) X509_CRL *list =
        bio ? PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL) : NULL;
    cii_auto(integer_free) ASN1_INTEGER *integer =
        list ? X509_CRL_get_ext_d2i(list, NID_crl_number, NULL, NULL) : NULL;

    if (!integer || ASN1_INTEGER_get_uint64(number, integer) != 1)
        return openssl_fail(err, "crl.pem is no list of this authority; "
                                 "restore it from a copy");
    return CII_OK;
}

enum cii_code
certificate_pem(X509 *certificate, struct buffer *pem, struct cii_error *err)
{
    cii_auto(bio_free) BIO *bio = BIO_new(BIO_s_mem());

    if (!bio || PEM_write_bio_X509(bio, certificate) != 1)
        return openssl_fail(err, "cannot write the certificate");
    return take_pem(bio, pem, err);
}

enum cii_code
key_pem(EVP_PKEY *key, struct buffer *pem, struct cii_error *err)
{
    cii_auto(bio_free) BIO *bio = BIO_new(BIO_s_mem());

    if (!bio ||
        PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) != 1)
        return openssl_fail(err, "cannot write the key");
    return take_pem(bio, pem, err);
}
