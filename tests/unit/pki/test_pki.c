/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "client/pki/pki.h"
#include "proto/bytes.h"
#include "tests/support/expect.h"

/* Each test works in a folder of its own process. */
static char base[64];

static void
set_up(void)
{
    snprintf(base, sizeof base, "/tmp/test-pki-%d", (int)getpid());
    cr_assert(mkdir(base, 0700) == 0);
}

static void
remove_folder(const char *folder)
{
    DIR *entries = opendir(folder);
    if (!entries)
        return;

    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        char path[512];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (unlink(path) != 0)
            remove_folder(path);
    }
    closedir(entries);
    rmdir(folder);
}

static void
tear_down(void)
{
    remove_folder(base);
}

TestSuite(pki, .init = set_up, .fini = tear_down, .timeout = 60);

/* Valid until the fourth call from then. */
static const char *
at(const char *name)
{
    static char text[4][256];
    static size_t turn;

    char *slot = text[turn++ % 4];
    snprintf(slot, 256, "%s/%s", base, name);
    return slot;
}

static size_t
read_file(const char *name, char content[4096])
{
    FILE *file = fopen(at(name), "re");
    cr_assert(file != NULL, "%s is there", name);
    const size_t size = fread(content, 1, 4095, file);

    content[size] = '\0';
    fclose(file);
    return size;
}

static BIO *
open_pem(const char *name)
{
    BIO *file = BIO_new_file(at(name), "r");

    cr_assert(file != NULL, "%s is there", name);
    return file;
}

static X509 *
load_certificate(const char *name)
{
    BIO *file = open_pem(name);
    X509 *certificate = PEM_read_bio_X509(file, NULL, NULL, NULL);

    BIO_free(file);
    cr_assert(certificate != NULL, "%s is a certificate", name);
    return certificate;
}

static X509_CRL *
load_list(const char *name)
{
    BIO *file = open_pem(name);
    X509_CRL *list = PEM_read_bio_X509_CRL(file, NULL, NULL, NULL);

    BIO_free(file);
    cr_assert(list != NULL, "%s is a list", name);
    return list;
}

static EVP_PKEY *
load_key(const char *name)
{
    BIO *file = open_pem(name);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(file, NULL, NULL, NULL);

    BIO_free(file);
    cr_assert(key != NULL, "%s is a key", name);
    return key;
}

/* As strictly as OpenSSL can, at this time (0: now): X509_V_OK or why not. */
static int
verify(const char *leaf_name, const char *ca_name, const char *list_name,
       int purpose, time_t when)
{
    X509 *leaf = load_certificate(leaf_name);
    X509 *ca = load_certificate(ca_name);
    X509_CRL *list = load_list(list_name);
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    cr_assert(store != NULL && context != NULL);
    cr_assert(X509_STORE_add_cert(store, ca) == 1);
    cr_assert(X509_STORE_add_crl(store, list) == 1);
    cr_assert(X509_STORE_CTX_init(context, store, leaf, NULL) == 1);
    X509_VERIFY_PARAM *how = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_flags(how, X509_V_FLAG_X509_STRICT |
                                         X509_V_FLAG_CRL_CHECK |
                                         X509_V_FLAG_CRL_CHECK_ALL |
                                         X509_V_FLAG_CHECK_SS_SIGNATURE);
    X509_VERIFY_PARAM_set_auth_level(how, 2);
    X509_VERIFY_PARAM_set_purpose(how, purpose);
    if (when)
        X509_VERIFY_PARAM_set_time(how, when);

    const bool passed = X509_verify_cert(context) == 1;
    const int why = X509_STORE_CTX_get_error(context);
    cr_assert(passed == (why == X509_V_OK));
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    X509_CRL_free(list);
    X509_free(ca);
    X509_free(leaf);
    return why;
}

#define expect_verdict(call, want)                           \
    expect_text(X509_verify_cert_error_string((long)(call)), \
                X509_verify_cert_error_string(want))

static void
make_authority(void)
{
    require_ok(pki_init(at("ca"), "Pilot of the canton", NULL));
}

static void
issue(const char *institution, const char *folder)
{
    require_ok(pki_issue(at("ca"), institution, at(folder), NULL));
}

/* --- what is made ---------------------------------------------------------
 */

Test(pki, certificate_passes_strict_checks_as_client_and_server)
{
    make_authority();
    issue("vs.orp.sion", "sion");

    expect_verdict(verify("sion/tls-cert.pem", "sion/ca.pem", "sion/crl.pem",
                          X509_PURPOSE_SSL_CLIENT, 0),
                   X509_V_OK);
    expect_verdict(verify("sion/tls-cert.pem", "sion/ca.pem", "sion/crl.pem",
                          X509_PURPOSE_SSL_SERVER, 0),
                   X509_V_OK);
}

Test(pki, certificate_of_another_authority_does_not_pass)
{
    make_authority();
    issue("vs.orp.sion", "sion");
    require_ok(pki_init(at("other"), "Pilot of the canton", NULL));

    cr_expect(verify("sion/tls-cert.pem", "other/ca.pem", "other/crl.pem",
                     X509_PURPOSE_SSL_CLIENT, 0) != X509_V_OK);
}

Test(pki, certificate_says_who_it_is_and_nothing_else)
{
    make_authority();
    issue("vs.orp.sion", "sion");
    X509 *leaf = load_certificate("sion/tls-cert.pem");

    GENERAL_NAMES *names =
        X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
    cr_assert(names != NULL);
    cr_assert(eq(int, sk_GENERAL_NAME_num(names), 1));
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, 0);
    cr_assert(eq(int, name->type, GEN_URI));
    expect_text(ASN1_STRING_get0_data(name->d.uniformResourceIdentifier),
                "cii://vs.orp.sion");
    cr_expect(eq(int, (int)X509_get_version(leaf), X509_VERSION_3));
    cr_expect(X509_check_ca(leaf) == 0, "it may not sign others");
    cr_expect(eq(u32, X509_get_key_usage(leaf), KU_DIGITAL_SIGNATURE));
    cr_expect(eq(u32, X509_get_extended_key_usage(leaf),
                 XKU_SSL_SERVER | XKU_SSL_CLIENT));
    GENERAL_NAMES_free(names);
    X509_free(leaf);
}

Test(pki, key_is_that_of_the_certificate)
{
    make_authority();
    issue("vs.orp.sion", "sion");
    X509 *leaf = load_certificate("sion/tls-cert.pem");
    EVP_PKEY *key = load_key("sion/tls-key.pem");

    cr_expect(X509_check_private_key(leaf, key) == 1);
    char group[64] = "";
    EVP_PKEY_get_group_name(key, group, sizeof group, NULL);
    expect_text(group, "prime256v1");
    EVP_PKEY_free(key);
    X509_free(leaf);
}

Test(pki, signing_key_and_its_public_form_belong_together)
{
    make_authority();
    issue("vs.orp.sion", "sion");
    EVP_PKEY *key = load_key("sion/signing-key.pem");
    uint8_t public_key[32];
    size_t size = sizeof public_key;

    cr_assert(EVP_PKEY_is_a(key, "ED25519") == 1);
    cr_assert(EVP_PKEY_get_raw_public_key(key, public_key, &size) == 1);
    char want[128] = "ed25519:";
    bytes_to_hex(BYTES_OF(public_key), want + strlen(want));
    want[72] = '\n';
    want[73] = '\0';
    char content[4096];
    read_file("sion/signing-key.pub", content);
    expect_text(content, want);
    EVP_PKEY_free(key);
}

Test(pki, master_key_is_32_bytes_and_another_each_time)
{
    char one[4096];
    char two[4096];
    make_authority();
    issue("vs.orp.sion", "sion");
    issue("ge.as.hg", "hg");

    cr_expect(eq(sz, read_file("sion/master-key", one), 32));
    cr_expect(eq(sz, read_file("hg/master-key", two), 32));
    cr_expect(memcmp(one, two, 32) != 0);
}

static unsigned int
mode_of(const char *name)
{
    struct stat status;

    cr_assert(lstat(at(name), &status) == 0, "%s is there", name);
    return status.st_mode & 07777U;
}

Test(pki, keys_are_for_their_owner_alone)
{
    static const char *const secret[] = {"ca/ca-key.pem", "sion/tls-key.pem",
                                         "sion/signing-key.pem",
                                         "sion/master-key"};
    umask(0);
    make_authority();
    issue("vs.orp.sion", "sion");

    for (size_t i = 0; i < sizeof secret / sizeof secret[0]; i++)
        cr_expect(eq(uint, mode_of(secret[i]), 0600), "%s", secret[i]);
    cr_expect(eq(uint, mode_of("ca"), 0700));
    cr_expect(eq(uint, mode_of("sion"), 0700));
    cr_expect(eq(uint, mode_of("sion/tls-cert.pem"), 0644));
}

static size_t
count_files(const char *folder)
{
    size_t count = 0;
    DIR *entries = opendir(at(folder));
    cr_assert(entries != NULL);

    while (readdir(entries))
        count++;
    closedir(entries);
    return count - 2; /* . and .. */
}

Test(pki, nothing_but_the_named_files_is_left)
{
    make_authority();
    issue("vs.orp.sion", "sion");
    require_ok(pki_revoke(at("ca"), "vs.orp.sion", NULL));

    cr_expect(eq(sz, count_files("ca"), 4));
    cr_expect(eq(sz, count_files("sion"), 7));
}

/* --- what is refused ------------------------------------------------------
 */

Test(pki, authority_is_never_written_over)
{
    struct cii_error err = {0};
    char before[4096];
    char after[4096];
    char want[512];
    make_authority();
    read_file("ca/ca-key.pem", before);

    expect_code(pki_init(at("ca"), "Another", &err), CONFLICT);

    read_file("ca/ca-key.pem", after);
    expect_text(after, before);
    snprintf(want, sizeof want,
             "%s is there already and is never written over; name another "
             "folder",
             at("ca/ca-key.pem"));
    expect_text(err.text, want);
}

Test(pki, keys_of_an_institution_are_never_written_over)
{
    static const char *const keys[] = {"sion/tls-key.pem",
                                       "sion/signing-key.pem",
                                       "sion/master-key"};
    make_authority();

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        char content[4096];
        cr_assert(mkdir(at("sion"), 0700) == 0);
        FILE *file = fopen(at(keys[i]), "we");
        cr_assert(file != NULL);
        fputs("mine", file);
        fclose(file);

        expect_code(pki_issue(at("ca"), "vs.orp.sion", at("sion"), NULL),
                    CONFLICT);

        read_file(keys[i], content);
        expect_text(content, "mine");
        cr_expect(eq(sz, count_files("sion"), 1), "nothing else is written");
        remove_folder(at("sion"));
    }
}

Test(pki, what_is_no_institution_gets_no_certificate)
{
    make_authority();

    expect_code(pki_issue(at("ca"), "vs.orp.sion,DNS:evil", at("x"), NULL),
                INVALID);
    expect_code(pki_issue(at("ca"), "", at("x"), NULL), INVALID);
    cr_expect(access(at("x"), F_OK) != 0);
}

Test(pki, name_of_an_authority_is_neither_empty_nor_long)
{
    char name[66] = "";

    expect_code(pki_init(at("ca"), name, NULL), INVALID);
    memset(name, 'x', 65);
    expect_code(pki_init(at("ca"), name, NULL), INVALID);
    name[64] = '\0';
    expect_code(pki_init(at("ca"), name, NULL), OK);
}

Test(pki, folder_without_authority_issues_nothing)
{
    cr_assert(mkdir(at("empty"), 0700) == 0);

    expect_code(pki_issue(at("empty"), "vs.orp.sion", at("x"), NULL), SYSTEM);
    expect_code(pki_issue(at("nowhere"), "vs.orp.sion", at("x"), NULL), SYSTEM);
    expect_code(pki_revoke(at("empty"), "vs.orp.sion", NULL), SYSTEM);
}

Test(pki, key_of_another_authority_is_noticed)
{
    make_authority();
    require_ok(pki_init(at("other"), "Another", NULL));
    cr_assert(rename(at("other/ca-key.pem"), at("ca/ca-key.pem")) == 0);

    expect_code(pki_issue(at("ca"), "vs.orp.sion", at("x"), NULL), CRYPTO);
}

Test(pki, index_that_is_damaged_is_named_with_its_line)
{
    struct cii_error err = {0};
    char want[512];
    make_authority();
    issue("vs.orp.sion", "sion");
    FILE *index = fopen(at("ca/index.txt"), "ae");
    cr_assert(index != NULL);
    fputs("abc vs.orp.sion 20261231000000Z live\n", index);
    fclose(index);

    expect_code(pki_revoke(at("ca"), "vs.orp.sion", &err), CONFIG);

    snprintf(want, sizeof want,
             "%s:2: is not \"serial institution end live\"; restore the file "
             "from a copy",
             at("ca/index.txt"));
    expect_text(err.text, want);
}

/* --- odd certificates, as tests of the gate want them ---------------------
 */

static void
issue_odd(const char *folder, const struct pki_options *options)
{
    require_ok(
        pki_issue_with(at("ca"), "vs.orp.sion", at(folder), options, NULL));
}

Test(pki, certificate_is_good_between_its_dates_only)
{
    const int64_t day = 24L * 60 * 60;
    make_authority();
    issue("vs.orp.sion", "usual");
    issue_odd("expired",
              &(struct pki_options){.not_before = -2 * day, .not_after = -day});
    issue_odd("future", &(struct pki_options){.not_before = day});

    expect_verdict(verify("expired/tls-cert.pem", "ca/ca.pem", "ca/crl.pem",
                          X509_PURPOSE_SSL_CLIENT, 0),
                   X509_V_ERR_CERT_HAS_EXPIRED);
    expect_verdict(verify("future/tls-cert.pem", "ca/ca.pem", "ca/crl.pem",
                          X509_PURPOSE_SSL_CLIENT, 0),
                   X509_V_ERR_CERT_NOT_YET_VALID);
    expect_verdict(verify("usual/tls-cert.pem", "ca/ca.pem", "ca/crl.pem",
                          X509_PURPOSE_SSL_CLIENT, time(NULL) + 29 * day),
                   X509_V_OK);
    /* Not after that year, nor when the list is too old. */
    X509 *leaf = load_certificate("usual/tls-cert.pem");
    time_t end = time(NULL) + 364 * day;
    cr_expect(X509_cmp_time(X509_get0_notAfter(leaf), &end) > 0);
    end += 2 * day;
    cr_expect(X509_cmp_time(X509_get0_notAfter(leaf), &end) < 0);
    X509_free(leaf);
}

Test(pki, alternative_names_are_those_that_were_asked_for)
{
    make_authority();
    issue_odd("none", &(struct pki_options){.alternative_names = ""});
    issue_odd("two", &(struct pki_options){
                         .alternative_names =
                             "URI:cii://vs.orp.sion,URI:cii://ge.oai"});
    X509 *none = load_certificate("none/tls-cert.pem");
    X509 *two = load_certificate("two/tls-cert.pem");

    GENERAL_NAMES *names =
        X509_get_ext_d2i(two, NID_subject_alt_name, NULL, NULL);

    cr_expect(X509_get_ext_by_NID(none, NID_subject_alt_name, -1) == -1);
    cr_expect(eq(int, sk_GENERAL_NAME_num(names), 2));
    GENERAL_NAMES_free(names);
    X509_free(none);
    X509_free(two);
}

/* --- revoking -------------------------------------------------------------
 */

static int64_t
list_number(const char *name)
{
    X509_CRL *list = load_list(name);
    ASN1_INTEGER *integer =
        X509_CRL_get_ext_d2i(list, NID_crl_number, NULL, NULL);
    int64_t number = 0;

    cr_assert(integer != NULL && ASN1_INTEGER_get_int64(&number, integer));
    ASN1_INTEGER_free(integer);
    X509_CRL_free(list);
    return number;
}

Test(pki, revoked_institution_does_not_pass_and_others_do)
{
    make_authority();
    issue("vs.orp.sion", "sion");
    issue("vs.orp.sion", "again");
    issue("ge.as.hg", "hg");

    expect_code(pki_revoke(at("ca"), "vs.orp.sion", NULL), OK);

    expect_verdict(verify("sion/tls-cert.pem", "ca/ca.pem", "ca/crl.pem",
                          X509_PURPOSE_SSL_CLIENT, 0),
                   X509_V_ERR_CERT_REVOKED);
    expect_verdict(verify("again/tls-cert.pem", "ca/ca.pem", "ca/crl.pem",
                          X509_PURPOSE_SSL_SERVER, 0),
                   X509_V_ERR_CERT_REVOKED);
    expect_verdict(verify("hg/tls-cert.pem", "ca/ca.pem", "ca/crl.pem",
                          X509_PURPOSE_SSL_CLIENT, 0),
                   X509_V_OK);
    expect_verdict(verify("sion/tls-cert.pem", "ca/ca.pem", "sion/crl.pem",
                          X509_PURPOSE_SSL_CLIENT, 0),
                   X509_V_OK); /* by the old list */
}

static void
serial_of(const char *name, char text[64])
{
    X509 *certificate = load_certificate(name);
    BIGNUM *number =
        ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), NULL);
    char *hex = BN_bn2hex(number);

    snprintf(text, 64, "%s", hex);
    OPENSSL_free(hex);
    BN_free(number);
    X509_free(certificate);
}

Test(pki, one_certificate_is_revoked_by_its_serial)
{
    char serial[64];
    make_authority();
    issue("vs.orp.sion", "sion");
    issue("vs.orp.sion", "again");
    serial_of("sion/tls-cert.pem", serial);

    expect_code(pki_revoke(at("ca"), serial, NULL), OK);

    expect_verdict(verify("sion/tls-cert.pem", "ca/ca.pem", "ca/crl.pem",
                          X509_PURPOSE_SSL_CLIENT, 0),
                   X509_V_ERR_CERT_REVOKED);
    expect_verdict(verify("again/tls-cert.pem", "ca/ca.pem", "ca/crl.pem",
                          X509_PURPOSE_SSL_CLIENT, 0),
                   X509_V_OK);
}

Test(pki, institution_comes_back_with_a_new_certificate)
{
    make_authority();
    issue("vs.orp.sion", "sion");
    require_ok(pki_revoke(at("ca"), "vs.orp.sion", NULL));

    issue("vs.orp.sion", "again");

    expect_verdict(verify("again/tls-cert.pem", "again/ca.pem", "again/crl.pem",
                          X509_PURPOSE_SSL_CLIENT, 0),
                   X509_V_OK);
}

Test(pki, list_is_numbered_and_good_for_thirty_days)
{
    const time_t day = (time_t)24 * 60 * 60;
    make_authority();
    issue("vs.orp.sion", "sion");
    cr_expect(eq(i64, list_number("ca/crl.pem"), 1));

    require_ok(pki_revoke(at("ca"), "vs.orp.sion", NULL));
    require_ok(pki_revoke(at("ca"), "vs.orp.sion", NULL));
    require_ok(pki_renew_crl(at("ca"), NULL));

    cr_expect(eq(i64, list_number("ca/crl.pem"), 4));
    issue("ge.as.hg", "hg");
    expect_verdict(verify("hg/tls-cert.pem", "ca/ca.pem", "ca/crl.pem",
                          X509_PURPOSE_SSL_CLIENT, time(NULL) + 29 * day),
                   X509_V_OK);
    expect_verdict(verify("hg/tls-cert.pem", "ca/ca.pem", "ca/crl.pem",
                          X509_PURPOSE_SSL_CLIENT, time(NULL) + 31 * day),
                   X509_V_ERR_CRL_HAS_EXPIRED);
}

Test(pki, renewed_list_forgets_nothing)
{
    make_authority();
    issue("vs.orp.sion", "sion");
    require_ok(pki_revoke(at("ca"), "vs.orp.sion", NULL));

    require_ok(pki_renew_crl(at("ca"), NULL));

    expect_verdict(verify("sion/tls-cert.pem", "ca/ca.pem", "ca/crl.pem",
                          X509_PURPOSE_SSL_CLIENT, 0),
                   X509_V_ERR_CERT_REVOKED);
}

Test(pki, what_was_never_issued_cannot_be_revoked)
{
    struct cii_error err = {0};
    char want[512];
    make_authority();
    issue("vs.orp.sion", "sion");

    expect_code(pki_revoke(at("ca"), "vs.orp", &err), UNKNOWN);
    expect_code(pki_revoke(at("ca"), "vs.orp.sierre", &err), UNKNOWN);

    snprintf(want, sizeof want,
             "no certificate was issued with this serial or to this "
             "institution; %s/index.txt lists all",
             at("ca"));
    expect_text(err.text, want);
    cr_expect(eq(i64, list_number("ca/crl.pem"), 1));
}

Test(pki, two_at_once_lose_nothing)
{
    static const char *const places[] = {"ge.oai", "ge.as", "ge.orp", "ge.cch"};
    pid_t child[4];
    make_authority();

    for (size_t i = 0; i < 4; i++) {
        child[i] = fork();
        if (child[i] == 0)
            _exit((int)pki_issue(at("ca"), places[i], at(places[i]), NULL));
    }
    for (size_t i = 0; i < 4; i++) {
        int status = 1;
        waitpid(child[i], &status, 0);
        cr_expect(eq(int, status, 0));
    }

    for (size_t i = 0; i < 4; i++)
        expect_code(pki_revoke(at("ca"), places[i], NULL), OK);
}
