/* SPDX-License-Identifier: Apache-2.0 */
#include "client/pki/pki.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "client/pki/authority.h"
#include "client/pki/file.h"
#include "client/pki/index.h"

#define YEAR            ((int64_t)365 * 24 * 60 * 60)
#define CLOCKS_DIFFER   ((int64_t)5 * 60) /* between two offices */
#define MASTER_KEY_SIZE 32
#define PUBLIC_KEY_SIZE 32

/* What is read and written on a folder that is locked meanwhile. */
struct work {
    int lock;
    const char *folder; /* borrowed */
    time_t now;
    struct authority authority;
    struct index index;
};

static void
work_done(struct work *work)
{
    authority_done(&work->authority);
    index_done(&work->index);
    folder_unlock(&work->lock);
}

#define NO_WORK(where) ((struct work){.lock = -1, .folder = (where)})

static enum cii_code
work_begin(struct work *work, struct cii_error *err)
{
    CII_TRY(folder_lock(&work->lock, work->folder, err));
    work->now = time(NULL);
    CII_TRY(authority_load(&work->authority, work->folder, err));
    return index_load(&work->index, work->folder, err);
}

static void
print_time(char text[TIME_TEXT], time_t time)
{
    struct tm parts = {0};

    gmtime_r(&time, &parts);
    if (strftime(text, TIME_TEXT, "%Y%m%d%H%M%SZ", &parts) != TIME_TEXT - 1)
        memcpy(text, "99991231235959Z", TIME_TEXT);
}

static enum cii_code
write_key(const char *folder, const char *name, EVP_PKEY *key,
          struct cii_error *err)
{
    cii_auto(secret_done) struct buffer pem = {0};
    CII_TRY(key_pem(key, &pem, err));

    return file_write(folder, name, FILE_NEW_SECRET, buffer_view(&pem), err);
}

static enum cii_code
write_certificate(const char *folder, const char *name, X509 *certificate,
                  struct cii_error *err)
{
    cii_auto(buffer_done) struct buffer pem = {0};
    CII_TRY(certificate_pem(certificate, &pem, err));

    return file_write(folder, name, FILE_NEW_PUBLIC, buffer_view(&pem), err);
}

static enum cii_code
write_list(const struct work *work, uint64_t number, struct cii_error *err)
{
    cii_auto(buffer_done) struct buffer pem = {0};
    CII_TRY(authority_sign_list(&work->authority, &work->index, number,
                                work->now, &pem, err));

    return file_write(work->folder, "crl.pem", FILE_REPLACEMENT,
                      buffer_view(&pem), err);
}

enum cii_code
pki_init(const char *folder, const char *name, struct cii_error *err)
{
    static const char *const files[] = {"ca-key.pem", "ca.pem", "crl.pem",
                                        "index.txt", NULL};
    cii_auto(work_done) struct work work = NO_WORK(folder);

    CII_TRY(folder_make(folder, err));
    CII_TRY(folder_lock(&work.lock, folder, err));
    CII_TRY(folder_lacks(folder, files, err));
    work.now = time(NULL);
    CII_TRY(authority_make(&work.authority, name, work.now, err));

    CII_TRY(write_key(folder, "ca-key.pem", work.authority.key, err));
    CII_TRY(
        write_certificate(folder, "ca.pem", work.authority.certificate, err));
    CII_TRY(index_save(&work.index, folder, err));
    return write_list(&work, 1, err);
}

/* --- issuing --------------------------------------------------------------
 */

static enum cii_code
write_signing_key(const char *folder, struct cii_error *err)
{
    uint8_t public_key[PUBLIC_KEY_SIZE];
    size_t size = sizeof public_key;
    cii_auto(key_free) EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    if (!key || EVP_PKEY_get_raw_public_key(key, public_key, &size) != 1)
        return openssl_fail(err, "cannot make a signing key");

    char hex[2 * PUBLIC_KEY_SIZE + 1];
    char text[sizeof "ed25519:\n" + sizeof hex];
    bytes_to_hex(BYTES_OF(public_key), hex);
    snprintf(text, sizeof text, "ed25519:%s\n", hex);
    CII_TRY(write_key(folder, "signing-key.pem", key, err));
    return file_write(folder, "signing-key.pub", FILE_NEW_PUBLIC,
                      bytes_of_text(text), err);
}

static enum cii_code
write_master_key(const char *folder, struct cii_error *err)
{
    uint8_t key[MASTER_KEY_SIZE];
    if (RAND_priv_bytes(key, sizeof key) != 1)
        return openssl_fail(err, "cannot make a master key");

    const enum cii_code code =
        file_write(folder, "master-key", FILE_NEW_SECRET, BYTES_OF(key), err);
    OPENSSL_cleanse(key, sizeof key);
    return code;
}

static enum cii_code
copy_file(const char *from, const char *to, const char *name,
          struct cii_error *err)
{
    cii_auto(buffer_done) struct buffer content = {0};
    CII_TRY(file_read(from, name, &content, err));

    return file_write(to, name, FILE_NEW_PUBLIC, buffer_view(&content), err);
}

/* In the index before it is signed: what exists can be revoked. */
static enum cii_code
record(struct work *work, const struct leaf *leaf, struct cii_error *err)
{
    struct issued issued = {0};

    bytes_to_hex(BYTES_OF(leaf->serial), issued.serial);
    snprintf(issued.institution, sizeof issued.institution, "%s",
             leaf->institution);
    print_time(issued.end, leaf->not_after);
    CII_TRY(index_add(&work->index, &issued, err));
    return index_save(&work->index, work->folder, err);
}

static enum cii_code
write_tls(struct work *work, struct leaf *leaf, const char *out_folder,
          struct cii_error *err)
{
    cii_auto(key_free) EVP_PKEY *key = EVP_EC_gen("P-256");
    if (!key)
        return openssl_fail(err, "cannot make a TLS key");

    leaf->key = key;
    serial_make(leaf->serial);
    CII_TRY(record(work, leaf, err));
    cii_auto(certificate_free) X509 *certificate = NULL;
    CII_TRY(authority_sign_leaf(&work->authority, leaf, &certificate, err));
    CII_TRY(write_key(out_folder, "tls-key.pem", key, err));
    return write_certificate(out_folder, "tls-cert.pem", certificate, err);
}

static struct leaf
leaf_of(const char *institution, const char *own_name, time_t now,
        const struct pki_options *options)
{
    const int64_t from =
        options->not_before ? options->not_before : -CLOCKS_DIFFER;
    const int64_t to = options->not_after ? options->not_after : YEAR;

    return (struct leaf){
        .institution = institution,
        .alternative_names =
            options->alternative_names ? options->alternative_names : own_name,
        .not_before = now + from,
        .not_after = now + to,
    };
}

enum cii_code
pki_issue_with(const char *folder, const char *institution,
               const char *out_folder, const struct pki_options *options,
               struct cii_error *err)
{
    static const char *const files[] = {"tls-key.pem",     "tls-cert.pem",
                                        "ca.pem",          "crl.pem",
                                        "signing-key.pem", "signing-key.pub",
                                        "master-key",      NULL};
    char own_name[sizeof "URI:cii://" + INSTITUTION_MAX];
    cii_auto(work_done) struct work work = NO_WORK(folder);

    CII_TRY(institution_check(institution, err));
    snprintf(own_name, sizeof own_name, "URI:cii://%s", institution);
    CII_TRY(work_begin(&work, err));
    CII_TRY(folder_make(out_folder, err));
    CII_TRY(folder_lacks(out_folder, files, err));

    struct leaf leaf = leaf_of(institution, own_name, work.now, options);
    CII_TRY(write_tls(&work, &leaf, out_folder, err));
    CII_TRY(copy_file(folder, out_folder, "ca.pem", err));
    CII_TRY(copy_file(folder, out_folder, "crl.pem", err));
    CII_TRY(write_signing_key(out_folder, err));
    return write_master_key(out_folder, err);
}

enum cii_code
pki_issue(const char *folder, const char *institution, const char *out_folder,
          struct cii_error *err)
{
    const struct pki_options usual = {0};

    return pki_issue_with(folder, institution, out_folder, &usual, err);
}

/* --- revoking -------------------------------------------------------------
 */

static enum cii_code
renew_list(const struct work *work, struct cii_error *err)
{
    cii_auto(buffer_done) struct buffer pem = {0};
    uint64_t number = 0;

    CII_TRY(file_read(work->folder, "crl.pem", &pem, err));
    CII_TRY(list_number(buffer_view(&pem), &number, err));
    return write_list(work, number + 1, err);
}

enum cii_code
pki_revoke(const char *folder, const char *serial_or_institution,
           struct cii_error *err)
{
    char now[TIME_TEXT];
    cii_auto(work_done) struct work work = NO_WORK(folder);

    CII_TRY(work_begin(&work, err));
    print_time(now, work.now);
    if (!index_revoke(&work.index, serial_or_institution, now))
        return cii_fail(err, CII_UNKNOWN,
                        "no certificate was issued with this serial or to "
                        "this institution; %s/index.txt lists all",
                        folder);

    /* The index first: after a crash between the two, the same call again
     * brings the list up to date. */
    CII_TRY(index_save(&work.index, folder, err));
    return renew_list(&work, err);
}

enum cii_code
pki_renew_crl(const char *folder, struct cii_error *err)
{
    cii_auto(work_done) struct work work = NO_WORK(folder);

    CII_TRY(work_begin(&work, err));
    return renew_list(&work, err);
}
