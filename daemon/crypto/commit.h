/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_COMMIT_H
#define CRYPTO_COMMIT_H

/*
 * How a header commits to facets, and a signature to headers.
 *
 *   digest of a facet = SHA-256("cii facet v1" || salt || u32 length of kind
 *                       || kind || u32 length of content || content)
 *   digest of a header = SHA-256(0x00 || header bytes)   (RFC 6962 leaf)
 *   inner node         = SHA-256(0x01 || left || right)  (RFC 6962 node)
 *   signed             = "cii batch v1" || u32 length of issuer || issuer
 *                        || u32 size || root
 */

#include <stdbool.h>
#include <stddef.h>

#include "crypto/crypto.h"
#include "proto/event.h"

struct digest facet_digest(const struct facet *facet);
/* Also the identity of the event, beside issuer and id. */
struct digest header_digest(struct bytes header_bytes);

/* FORGED when a disclosed facet is not what its slot commits to. */
cii_must_check enum cii_code facets_check(const struct event *event,
                                          struct cii_error *err);

/* Root over count leaves (1 to PROOF_SIZE_MAX), and with it the path of every
 * leaf: path[i] holds what leaf i needs, in the order of struct proof. */
struct merkle;
cii_must_check enum cii_code merkle_new(struct merkle **merkle,
                                        const struct digest *leaf, size_t count,
                                        struct cii_error *err);
void merkle_destroy(struct merkle **merkle);
struct digest merkle_root(const struct merkle *merkle);
/* Fills path, path_count, index and size. */
void merkle_path(const struct merkle *merkle, size_t index,
                 struct proof *proof);
/* The root that the proof leads to from this leaf; false when index, size and
 * length of the path do not fit together. */
bool merkle_climb(const struct digest *leaf, const struct proof *proof,
                  struct digest *root);

#endif
