/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GATE_CERTIFICATE_H
#define GATE_CERTIFICATE_H

/*
 * What we read in certificates and lists of revoked ones.
 */

#include <stdbool.h>

#include "cii/error.h"
#include "gate/tls.h"

struct x509_st;
struct x509_store_st;
struct authorities;

/* The institution named by exactly one URI cii://<id>; NULL, or why not. */
const char *certificate_name(struct x509_st *certificate, char name[TLS_NAME]);

/* One warning when it ends within 30 days. */
void certificate_warn_of_end(const struct x509_st *certificate,
                             const char *path);

/* CAs, and what they revoked. revocation may be NULL. */
cii_must_check enum cii_code authorities_load(struct authorities **authorities,
                                              const char *path,
                                              const char *revocation,
                                              struct cii_error *err);
void authorities_destroy(struct authorities **authorities);
bool authorities_add(const struct authorities *authorities,
                     struct x509_store_st *store);
/* There is a list of every CA. */
bool authorities_all_have_lists(const struct authorities *authorities);

#endif
