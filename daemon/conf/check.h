/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_CHECK_H
#define CONF_CHECK_H

/*
 * Checks of single values, for the tables: INVALID with a sentence that says
 * how it should look.
 */

#include "cii/error.h"

#define NAME_MAX_BYTES 63

/* "192.0.2.1:7443", "cii.example.ch:7443", "[2001:db8::1]:7443". */
cii_must_check enum cii_code check_address(const char *value,
                                           struct cii_error *err);
/* "fin-de-droits": a-z, 0-9 and '-', from a letter on. */
cii_must_check enum cii_code check_name(const char *value,
                                        struct cii_error *err);
/* "informedOn": letters and digits, from a letter on. */
cii_must_check enum cii_code check_field_name(const char *value,
                                              struct cii_error *err);
/* One word: nothing that separates. */
cii_must_check enum cii_code check_code(const char *value,
                                        struct cii_error *err);
/* "ed25519:" and 64 hex digits in lower case. */
cii_must_check enum cii_code check_signing_key(const char *value,
                                               struct cii_error *err);

#endif
