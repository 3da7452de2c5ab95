/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GATE_TLS_H
#define GATE_TLS_H

/*
 * TLS as two gates speak it, and who is at the other end.
 *
 *   TLS 1.3 only; both sides show a certificate (clientAuth where they dial,
 *   serverAuth where they are dialled) that leads to a CA of the configured
 *   authority file; ALPN "cii/1"; no tickets, no resumption, no early data.
 *   The leaf names its institution in exactly one subject alternative name
 *   of the form URI:cii://<institution id>.
 *
 * Both ends know the link by 32 bytes of RFC 8446's exporter, label
 * "EXPORTER-cii-link-v1", no context.
 *
 * Reasons are sentences of ours or of OpenSSL, never text of the peer, and
 * last for ever.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cii/error.h"
#include "conf/config.h"

#define TLS_LINK_ID 32
#define TLS_NAME    64 /* of an institution, with the terminator */

struct ssl_st;
struct tls;

/* What is noted beside a session; it must live as long as the session. */
struct tls_notes {
    char claim[TLS_NAME];  /* who a certificate that was not accepted names:
                             a claim, not a fact; "" without one */
    unsigned int commands; /* handshake messages after the handshake */
    bool established;
};

/* Reads certificate, key (mode 0600 or less), CAs and CRLs. */
cii_must_check enum cii_code tls_load(struct tls **tls,
                                      const struct config_tls *config,
                                      struct cii_error *err);
/* CONFIG unless our own certificate names this institution. */
cii_must_check enum cii_code tls_check_name(const struct tls *tls,
                                            const char *institution,
                                            const char *file,
                                            struct cii_error *err);
void tls_destroy(struct tls **tls);

/* A session over a connected descriptor, which it borrows. */
cii_must_check enum cii_code tls_session_new(struct ssl_st **session,
                                             struct tls *tls, bool dialled,
                                             int fd, struct tls_notes *notes,
                                             struct cii_error *err);
/* Says good-bye if it can be said at once. */
void tls_session_close(struct ssl_st **session);

enum tls_result {
    TLS_DONE,
    TLS_WANTS_READ,
    TLS_WANTS_WRITE,
    TLS_CLOSED, /* the other end is gone, in good order or not */
    TLS_FAILED, /* *reason says why */
};

enum tls_result tls_handshake(struct ssl_st *session, const char **reason);
/* At most one record; *got is 0 unless TLS_DONE. TLS_WANTS_READ with
 * tls_has_more(): call again. */
enum tls_result tls_read(struct ssl_st *session, void *data, size_t size,
                         size_t *got, const char **reason);
/* At most one record; when it did not return TLS_DONE, the next call must
 * begin with the same bytes, and have at least as many. */
enum tls_result tls_write(struct ssl_st *session, const void *data, size_t size,
                          size_t *put, const char **reason);
/* Bytes that were taken from the descriptor and not yet read. */
bool tls_has_more(const struct ssl_st *session);
/* New keys for what we send, as RFC 8446 5.5 asks after many records. */
void tls_new_keys(struct ssl_st *session);

/* The institution that the certificate names. NULL, or the reason why there
 * is none. After the handshake. */
const char *tls_identify(struct ssl_st *session, char name[TLS_NAME]);
cii_must_check enum cii_code tls_link_id(struct ssl_st *session,
                                         uint8_t id[TLS_LINK_ID]);
/* Judges the peer's chain again, by what `tls` holds now. NULL: it holds. */
const char *tls_recheck(struct tls *tls, struct ssl_st *session, bool dialled);

#endif
