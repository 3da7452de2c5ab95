/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/certificate.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/log.h"

#define SCHEME              "cii://"
#define FILE_MAX            ((size_t)64 * 1024 * 1024)

#define CERTIFICATE_WARNING (30L * 86400)
#define LIST_WARNING        (3L * 86400)

/* --- the name -------------------------------------------------------------- */

/* Copies what follows the scheme; false unless it looks like an id. */
static bool
copy_name(const ASN1_STRING *uri, char name[TLS_NAME])
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";
    const char *const text = (const char *)ASN1_STRING_get0_data(uri);
    const size_t scheme = sizeof SCHEME - 1;
    const size_t size = (size_t)ASN1_STRING_length(uri) - scheme;

    if (size == 0 || size >= TLS_NAME)
        return false;
    for (size_t i = 0; i < size; i++)
        if (text[scheme + i] == '\0' || !strchr(letters, text[scheme + i]))
            return false;
    memcpy(name, text + scheme, size);
    name[size] = '\0';
    return true;
}

static bool
is_ours(const GENERAL_NAME *name)
{
    const size_t scheme = sizeof SCHEME - 1;
    if (name->type != GEN_URI)
        return false;
    const ASN1_STRING *uri = name->d.uniformResourceIdentifier;
    return (size_t)ASN1_STRING_length(uri) >= scheme &&
           memcmp(ASN1_STRING_get0_data(uri), SCHEME, scheme) == 0;
}

const char *
certificate_name(struct x509_st *certificate, char name[TLS_NAME])
{
    GENERAL_NAMES *const names =
        X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    const GENERAL_NAME *only = NULL;
    int count = 0;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
        if (is_ours(sk_GENERAL_NAME_value(names, i))) {
            only = sk_GENERAL_NAME_value(names, i);
            count++;
        }

    const char *reason = NULL;
    name[0] = '\0';
    if (count == 0)
        reason = "a certificate without a URI cii://";
    else if (count > 1)
        reason = "a certificate with several URIs cii://";
    else if (!copy_name(only->d.uniformResourceIdentifier, name))
        reason = "a certificate whose URI cii:// names no institution";
    GENERAL_NAMES_free(names);
    return reason;
}

static bool
ends_within(const ASN1_TIME *end, long seconds)
{
    time_t limit = time(NULL) + seconds;
    return end && X509_cmp_time(end, &limit) < 0;
}

void
certificate_warn_of_end(const struct x509_st *certificate, const char *path)
{
    if (ends_within(X509_get0_notAfter(certificate), CERTIFICATE_WARNING))
        log_line(LOG_WARNING,
                 "%s ends within 30 days: order a new one, then SIGHUP", path);
}

/* --- CAs and their lists ---------------------------------------------------- */

struct authorities {
    STACK_OF(X509) * certificates; /* owned */
    STACK_OF(X509_CRL) * lists;    /* owned */
};

static enum cii_code
open_pem(BIO **bio, const char *path, char **data, struct cii_error *err)
{
    size_t size = 0;
    CII_TRY(file_read(path, FILE_MAX, false, data, &size, err));
    *bio = BIO_new_mem_buf(*data, (int)size);
    return *bio ? CII_OK : cii_fail(err, CII_MEMORY, "cannot read %s", path);
}

/* Reading stops for good only at the end of the file. */
static enum cii_code
check_end(int count, const char *path, struct cii_error *err)
{
    const unsigned long last = ERR_peek_last_error();
    const bool at_end = ERR_GET_LIB(last) == ERR_LIB_PEM &&
                        ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (count > 0 && at_end)
        return CII_OK;
    return cii_fail(err, CII_CONFIG,
                    "%s: holds nothing that is wanted here in PEM, or "
                    "something broken",
                    path);
}

static enum cii_code
load_certificates(struct authorities *authorities, const char *path,
                  struct cii_error *err)
{
    char *data = NULL;
    BIO *bio = NULL;
    enum cii_code code = open_pem(&bio, path, &data, err);
    X509 *next = NULL;
    while (code == CII_OK && (next = PEM_read_bio_X509(bio, NULL, NULL, NULL)))
        if (sk_X509_push(authorities->certificates, next) <= 0) {
            X509_free(next);
            code = cii_fail(err, CII_MEMORY, "cannot read %s", path);
        }
    if (code == CII_OK)
        code = check_end(sk_X509_num(authorities->certificates), path, err);
    BIO_free(bio);
    free(data);
    return code;
}

static enum cii_code
load_lists(struct authorities *authorities, const char *path,
           struct cii_error *err)
{
    char *data = NULL;
    BIO *bio = NULL;
    enum cii_code code = open_pem(&bio, path, &data, err);
    X509_CRL *next = NULL;
    while (code == CII_OK &&
           (next = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL))) {
        if (ends_within(X509_CRL_get0_nextUpdate(next), LIST_WARNING))
            log_line(LOG_WARNING,
                     "%s: a revocation list ends within 3 days: without a "
                     "newer one all its certificates are refused",
                     path);
        if (sk_X509_CRL_push(authorities->lists, next) <= 0) {
            X509_CRL_free(next);
            code = cii_fail(err, CII_MEMORY, "cannot read %s", path);
        }
    }
    if (code == CII_OK)
        code = check_end(sk_X509_CRL_num(authorities->lists), path, err);
    BIO_free(bio);
    free(data);
    return code;
}

enum cii_code
authorities_load(struct authorities **result, const char *path,
                 const char *revocation, struct cii_error *err)
{
    cii_auto(authorities_destroy) struct authorities *authorities =
        calloc(1, sizeof *authorities);
    if (!authorities)
        return cii_fail(err, CII_MEMORY, "cannot read %s", path);
    authorities->certificates = sk_X509_new_null();
    authorities->lists = sk_X509_CRL_new_null();
    if (!authorities->certificates || !authorities->lists)
        return cii_fail(err, CII_MEMORY, "cannot read %s", path);
    CII_TRY(load_certificates(authorities, path, err));
    if (revocation)
        CII_TRY(load_lists(authorities, revocation, err));
    *result = cii_take(authorities);
    return CII_OK;
}

void
authorities_destroy(struct authorities **authorities)
{
    struct authorities *const gone = *authorities;
    *authorities = NULL;
    if (!gone)
        return;
    sk_X509_pop_free(gone->certificates, X509_free);
    sk_X509_CRL_pop_free(gone->lists, X509_CRL_free);
    free(gone);
}

bool
authorities_add(const struct authorities *authorities,
                struct x509_store_st *store)
{
    for (int i = 0; i < sk_X509_num(authorities->certificates); i++)
        if (X509_STORE_add_cert(store, sk_X509_value(authorities->certificates,
                                                     i)) != 1)
            return false;
    for (int i = 0; i < sk_X509_CRL_num(authorities->lists); i++)
        if (X509_STORE_add_crl(store,
                               sk_X509_CRL_value(authorities->lists, i)) != 1)
            return false;
    return true;
}

static bool
has_list(const struct authorities *authorities, const X509 *certificate)
{
    for (int i = 0; i < sk_X509_CRL_num(authorities->lists); i++) {
        const X509_CRL *list = sk_X509_CRL_value(authorities->lists, i);
        if (X509_NAME_cmp(X509_CRL_get_issuer(list),
                          X509_get_subject_name(certificate)) == 0)
            return true;
    }
    return false;
}

bool
authorities_all_have_lists(const struct authorities *authorities)
{
    for (int i = 0; i < sk_X509_num(authorities->certificates); i++)
        if (!has_list(authorities, sk_X509_value(authorities->certificates, i)))
            return false;
    return true;
}
