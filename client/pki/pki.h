/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_PKI_PKI_H
#define CLIENT_PKI_PKI_H

/*
 * A certificate authority for a pilot, in a folder.
 *
 *   ca-key.pem  its key (ECDSA P-256); whoever has it can be anybody
 *   ca.pem      its certificate, ten years
 *   crl.pem     what it has revoked; good for 30 days, then nobody connects
 *               until a newer one is handed out (pki_renew_crl)
 *   index.txt   what it has issued: serial, institution, end, "live" or when
 *               it was revoked
 *
 * What an institution gets is written into a folder of its own: TLS key and
 * certificate, the authority's certificate and list, and, made here for
 * convenience only, its signing key and its master key.
 *
 * No key is ever written over another. A file is complete and on disk, or it
 * is not there under its name. Two calls at once on one authority wait for
 * each other.
 */

#include <stdint.h>

#include "cii/error.h"

struct pki_options {
    int64_t not_before; /* seconds from now; 0: five minutes ago */
    int64_t not_after;  /* seconds from now; 0: one year */
    /* Subject alternative names as x509v3_config(5) writes them. NULL: one
     * URI, cii://<institution>. "": none at all. */
    const char *alternative_names; /* borrowed */
};

/* Makes the folder and the authority in it. CONFLICT when it holds one. */
cii_must_check enum cii_code pki_init(const char *folder, const char *name,
                                      struct cii_error *err);

/*
 * Writes tls-key.pem tls-cert.pem ca.pem crl.pem signing-key.pem
 * signing-key.pub ("ed25519:" and 64 hex digits) and master-key (32 bytes)
 * into out_folder. CONFLICT when it holds one of them; INVALID when it is no
 * institution.
 */
cii_must_check enum cii_code pki_issue(const char *folder,
                                       const char *institution,
                                       const char *out_folder,
                                       struct cii_error *err);
/* With other dates and names than an office would want: tests do. */
cii_must_check enum cii_code pki_issue_with(const char *folder,
                                            const char *institution,
                                            const char *out_folder,
                                            const struct pki_options *options,
                                            struct cii_error *err);

/*
 * Revokes every live certificate of this institution, or the one with this
 * serial, and renews the list; every gate needs the new crl.pem. UNKNOWN when
 * there was never one; OK when it is revoked already.
 */
cii_must_check enum cii_code pki_revoke(const char *folder,
                                        const char *serial_or_institution,
                                        struct cii_error *err);

/* Signs the list anew, for another 30 days. */
cii_must_check enum cii_code pki_renew_crl(const char *folder,
                                           struct cii_error *err);

#endif
