/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/tls.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "gate/certificate.h"

#define SECURITY_LEVEL 2
#define CHAIN_DEPTH    4
#define CHAIN_BYTES    32768L
#define READ_AHEAD     32768
#define KEY_FILE_MAX   65536

static const unsigned char protocol[] = "\5cii/1";
#define PROTOCOL_SIZE (sizeof protocol - 1)

static const char exporter[] = "EXPORTER-cii-link-v1";

struct tls {
    SSL_CTX *serve; /* owned */
    SSL_CTX *dial;  /* owned */
};

/* --- why ------------------------------------------------------------------- */

static const struct {
    int reason;
    const char *text;
} failures[] = {
    {SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, "no client certificate"},
    {SSL_R_UNSUPPORTED_PROTOCOL, "a TLS version older than 1.3"},
    {SSL_R_NO_APPLICATION_PROTOCOL, "an ALPN other than cii/1"},
    {SSL_R_WRONG_VERSION_NUMBER, "not TLS"},
    {SSL_R_HTTP_REQUEST, "HTTP instead of TLS"},
    {SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, "the partner refuses TLS 1.3"},
    {SSL_R_TLSV1_ALERT_UNKNOWN_CA, "the partner does not know our CA"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED,
     "the partner says our certificate has expired"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED,
     "the partner says our certificate is revoked"},
    {SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, "the partner refuses our certificate"},
    {SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED,
     "the partner asks for our certificate"},
    {SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL,
     "the partner does not speak cii/1"},
};

static const char *
verify_text(long result)
{
    switch (result) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return "a certificate of an unknown CA";
    case X509_V_ERR_INVALID_PURPOSE:
        return "a certificate that is not made for this side of a link";
    default:
        return X509_verify_cert_error_string(result);
    }
}

/* What the oldest error of the queue means. */
static const char *
failure_text(const SSL *session)
{
    const unsigned long error = ERR_peek_error();
    const int reason = ERR_GET_REASON(error);

    if (ERR_GET_LIB(error) != ERR_LIB_SSL)
        return error ? "TLS failed" : "the connection failed";
    if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED)
        return verify_text(SSL_get_verify_result(session));
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++)
        if (failures[i].reason == reason)
            return failures[i].text;
    const char *const text = ERR_reason_error_string(error);
    return text ? text : "TLS failed";
}

/* The sentence for an operator's error, with OpenSSL's own word. */
static enum cii_code
load_failed(struct cii_error *err, const char *what, const char *path)
{
    const char *const why = ERR_reason_error_string(ERR_peek_last_error());
    enum cii_code code = cii_fail(err, CII_CONFIG, "%s: cannot use this %s: %s",
                                  path, what, why ? why : "nothing in it");
    ERR_clear_error();
    return code;
}

/* --- loading --------------------------------------------------------------- */

static void
bio_close(BIO **bio)
{
    BIO_free(*bio);
    *bio = NULL;
}

static void
key_close(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
    *key = NULL;
}

/* An encrypted key would make OpenSSL ask at the terminal. */
static int
/* NOLINTNEXTLINE(readability-non-const-parameter): the type is OpenSSL's */
no_passphrase(char *buffer, int size, int writing, void *context)
{
    (void)buffer;
    (void)size;
    (void)writing;
    (void)context;
    return -1;
}

static enum cii_code
load_key(SSL_CTX *context, const char *path, struct cii_error *err)
{
    char *pem = NULL;
    size_t size = 0;
    CII_TRY(file_read(path, KEY_FILE_MAX, true, &pem, &size, err));

    cii_auto(bio_close) BIO *bio = BIO_new_mem_buf(pem, (int)size);
    cii_auto(key_close) EVP_PKEY *key =
        bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
    OPENSSL_cleanse(pem, size);
    free(pem);
    if (!key || SSL_CTX_use_PrivateKey(context, key) != 1 ||
        SSL_CTX_check_private_key(context) != 1)
        return load_failed(err, "key with the certificate", path);
    return CII_OK;
}

/* How far CRLs reach: the leaf, or, where there is one of every CA that we
 * know, the whole chain. */
static unsigned long
revocation_flags(const struct authorities *authorities)
{
    return authorities_all_have_lists(authorities)
               ? X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL
               : X509_V_FLAG_CRL_CHECK;
}

static enum cii_code
load_trust(SSL_CTX *context, const struct config_tls *config,
           const struct authorities *authorities, struct cii_error *err)
{
    if (!authorities_add(authorities, SSL_CTX_get_cert_store(context)))
        return load_failed(err, "CA file", config->authority);

    unsigned long flags = X509_V_FLAG_X509_STRICT;
    if (config->revocation)
        flags |= revocation_flags(authorities);
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), flags);
    return CII_OK;
}

/* Notes who a certificate that is being refused says it is. Changes nothing
 * of what OpenSSL decided. */
static int
note_claim(int accepted, X509_STORE_CTX *chain)
{
    const SSL *session =
        X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct tls_notes *notes = session ? SSL_get_app_data(session) : NULL;
    X509 *const leaf = X509_STORE_CTX_get0_cert(chain);
    if (!accepted && notes && leaf)
        certificate_name(leaf, notes->claim);
    return accepted;
}

static int
choose_protocol(SSL *session, const unsigned char **chosen,
                unsigned char *chosen_size, const unsigned char *offered,
                unsigned int offered_size, void *context)
{
    (void)session;
    (void)context;
    for (unsigned int at = 0; at < offered_size; at += offered[at] + 1u)
        if (offered_size - at >= PROTOCOL_SIZE &&
            memcmp(offered + at, protocol, PROTOCOL_SIZE) == 0) {
            *chosen = offered + at + 1;
            *chosen_size = PROTOCOL_SIZE - 1;
            return SSL_TLSEXT_ERR_OK;
        }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static bool
restrict_context(SSL_CTX *context)
{
    SSL_CTX_set_security_level(context, SECURITY_LEVEL);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
                                     SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    /* Or a peer's endless KeyUpdates would keep us inside SSL_read(). */
    SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_default_read_buffer_len(context, READ_AHEAD);
    SSL_CTX_set_max_cert_list(context, CHAIN_BYTES);
    SSL_CTX_set_verify_depth(context, CHAIN_DEPTH);
    SSL_CTX_set_verify(context,
                       SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                       note_claim);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
    return SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_num_tickets(context, 0) == 1 &&
           SSL_CTX_set_max_early_data(context, 0) == 1 &&
           SSL_CTX_set_recv_max_early_data(context, 0) == 1 &&
           SSL_CTX_set_alpn_protos(context, protocol, PROTOCOL_SIZE) == 0;
}

static enum cii_code
load_context(SSL_CTX **result, const SSL_METHOD *method,
             const struct config_tls *config,
             const struct authorities *authorities, struct cii_error *err)
{
    *result = SSL_CTX_new(method);
    if (!*result || !restrict_context(*result))
        return cii_fail(err, CII_CRYPTO, "cannot set up TLS");
    if (SSL_CTX_use_certificate_chain_file(*result, config->certificate) != 1)
        return load_failed(err, "certificate", config->certificate);
    CII_TRY(load_key(*result, config->key, err));
    return load_trust(*result, config, authorities, err);
}

enum cii_code
tls_load(struct tls **result, const struct config_tls *config,
         struct cii_error *err)
{
    cii_auto(tls_destroy) struct tls *tls = calloc(1, sizeof *tls);
    if (!tls)
        return cii_fail(err, CII_MEMORY, "cannot set up TLS");
    ERR_clear_error();
    cii_auto(authorities_destroy) struct authorities *authorities = NULL;
    CII_TRY(authorities_load(&authorities, config->authority,
                             config->revocation, err));
    CII_TRY(load_context(&tls->serve, TLS_server_method(), config, authorities,
                         err));
    CII_TRY(load_context(&tls->dial, TLS_client_method(), config, authorities,
                         err));
    certificate_warn_of_end(SSL_CTX_get0_certificate(tls->serve),
                            config->certificate);
    *result = cii_take(tls);
    return CII_OK;
}

enum cii_code
tls_check_name(const struct tls *tls, const char *institution, const char *file,
               struct cii_error *err)
{
    char name[TLS_NAME];
    X509 *const ours = SSL_CTX_get0_certificate(tls->serve);
    const char *reason = certificate_name(ours, name);
    if (reason)
        return cii_fail(err, CII_CONFIG, "%s: %s", file, reason);
    if (strcmp(name, institution) != 0)
        return cii_fail(err, CII_CONFIG,
                        "%s: the certificate is that of %s; this is %s", file,
                        name, institution);
    return CII_OK;
}

void
tls_destroy(struct tls **tls)
{
    struct tls *const gone = *tls;
    *tls = NULL;
    if (!gone)
        return;
    SSL_CTX_free(gone->serve);
    SSL_CTX_free(gone->dial);
    free(gone);
}

/* --- sessions -------------------------------------------------------------- */

/* Counts what a peer says beside application data: KeyUpdates, tickets. */
static void
count_commands(int written, int version, int content_type, const void *data,
               size_t size, SSL *session, void *argument)
{
    struct tls_notes *const notes = argument;
    (void)version;
    (void)data;
    (void)size;
    (void)session;
    if (!written && content_type == SSL3_RT_HANDSHAKE && notes->established)
        notes->commands++;
}

enum cii_code
tls_session_new(struct ssl_st **session, struct tls *tls, bool dialled, int fd,
                struct tls_notes *notes, struct cii_error *err)
{
    *notes = (struct tls_notes){.established = false};
    SSL *made = SSL_new(dialled ? tls->dial : tls->serve);
    if (!made || SSL_set_fd(made, fd) != 1 ||
        SSL_set_app_data(made, notes) != 1) {
        SSL_free(made);
        ERR_clear_error();
        return cii_fail(err, CII_MEMORY, "cannot begin a TLS session");
    }
    SSL_set_msg_callback(made, count_commands);
    SSL_set_msg_callback_arg(made, notes);
    if (dialled)
        SSL_set_connect_state(made);
    else
        SSL_set_accept_state(made);
    *session = made;
    return CII_OK;
}

void
tls_session_close(struct ssl_st **session)
{
    SSL *const gone = *session;
    *session = NULL;
    if (!gone)
        return;
    ERR_clear_error();
    /* After a fatal error nothing may be sent; OpenSSL knows. */
    if (SSL_is_init_finished(gone))
        SSL_shutdown(gone);
    ERR_clear_error();
    SSL_free(gone);
}

static enum tls_result
result_of(SSL *session, int rc, const char **reason)
{
    switch (SSL_get_error(session, rc)) {
    case SSL_ERROR_NONE:
        return TLS_DONE;
    case SSL_ERROR_WANT_READ:
        return TLS_WANTS_READ;
    case SSL_ERROR_WANT_WRITE:
        return TLS_WANTS_WRITE;
    case SSL_ERROR_ZERO_RETURN:
    case SSL_ERROR_SYSCALL:
        return TLS_CLOSED;
    default:
        if (ERR_GET_REASON(ERR_peek_error()) ==
            SSL_R_UNEXPECTED_EOF_WHILE_READING)
            return TLS_CLOSED;
        *reason = failure_text(session);
        return TLS_FAILED;
    }
}

enum tls_result
tls_handshake(struct ssl_st *session, const char **reason)
{
    ERR_clear_error();
    const enum tls_result result =
        result_of(session, SSL_do_handshake(session), reason);
    struct tls_notes *const notes = SSL_get_app_data(session);
    notes->established = result == TLS_DONE;
    return result;
}

enum tls_result
tls_read(struct ssl_st *session, void *data, size_t size, size_t *got,
         const char **reason)
{
    ERR_clear_error();
    *got = 0;
    return result_of(session, SSL_read_ex(session, data, size, got), reason);
}

enum tls_result
tls_write(struct ssl_st *session, const void *data, size_t size, size_t *put,
          const char **reason)
{
    ERR_clear_error();
    *put = 0;
    return result_of(session, SSL_write_ex(session, data, size, put), reason);
}

bool
tls_has_more(const struct ssl_st *session)
{
    return SSL_has_pending(session) == 1;
}

void
tls_new_keys(struct ssl_st *session)
{
    SSL_key_update(session, SSL_KEY_UPDATE_NOT_REQUESTED);
    ERR_clear_error();
}

/* --- who ------------------------------------------------------------------- */

static bool
speaks_protocol(const SSL *session)
{
    const unsigned char *chosen = NULL;
    unsigned int size = 0;
    SSL_get0_alpn_selected(session, &chosen, &size);
    return size == PROTOCOL_SIZE - 1 && memcmp(chosen, protocol + 1, size) == 0;
}

const char *
tls_identify(struct ssl_st *session, char name[TLS_NAME])
{
    X509 *const leaf = SSL_get0_peer_certificate(session);
    if (!leaf)
        return "no certificate";
    if (SSL_get_verify_result(session) != X509_V_OK)
        return verify_text(SSL_get_verify_result(session));
    if (SSL_version(session) != TLS1_3_VERSION)
        return "a TLS version older than 1.3";
    if (!speaks_protocol(session))
        return "an ALPN other than cii/1";
    return certificate_name(leaf, name);
}

enum cii_code
tls_link_id(struct ssl_st *session, uint8_t id[TLS_LINK_ID])
{
    const int rc =
        SSL_export_keying_material(session, id, TLS_LINK_ID, exporter,
                                   sizeof exporter - 1, NULL, 0, 0);
    ERR_clear_error();
    return rc == 1 ? CII_OK : CII_CRYPTO;
}

const char *
tls_recheck(struct tls *tls, struct ssl_st *session, bool dialled)
{
    SSL_CTX *const context = dialled ? tls->dial : tls->serve;
    X509 *const leaf = SSL_get0_peer_certificate(session);
    X509_STORE_CTX *const chain = X509_STORE_CTX_new();
    const char *reason = "it could not be judged again";

    if (leaf && chain &&
        X509_STORE_CTX_init(chain, SSL_CTX_get_cert_store(context), leaf,
                            SSL_get_peer_cert_chain(session)) == 1 &&
        X509_STORE_CTX_set_default(chain, dialled ? "ssl_server"
                                                  : "ssl_client") == 1 &&
        X509_VERIFY_PARAM_set1(X509_STORE_CTX_get0_param(chain),
                               SSL_CTX_get0_param(context)) == 1)
        reason = X509_verify_cert(chain) == 1
                     ? NULL
                     : verify_text(X509_STORE_CTX_get_error(chain));
    X509_STORE_CTX_free(chain);
    ERR_clear_error();
    return reason;
}
