/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_SIGNED_TEXT_H
#define CRYPTO_SIGNED_TEXT_H

/*
 * The very bytes that are signed: each kind begins with words of its own, so
 * that no signature over one can pass for another.
 */

#include "crypto/sign.h"

struct signed_text {
    size_t size;
    uint8_t bytes[240];
};

/* Institutions are at most INSTITUTION_MAX characters. */
struct signed_text signed_text_of_batch(const char *issuer, uint32_t size,
                                        const struct digest *root);
struct signed_text signed_text_of_ack(const struct ack_text *ack);

#endif
