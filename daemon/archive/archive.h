/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARCHIVE_ARCHIVE_H
#define ARCHIVE_ARCHIVE_H

/*
 * The store, opened: persons and events with their content unsealed.
 *
 * The store knows rows and the vault knows keys; here they meet. The core
 * writes through an archive, the reader reads through one of its own.
 */

#include "crypto/seal.h"
#include "store/store.h"

struct person_cache;

struct archive {
    struct store *store;          /* borrowed */
    struct vault *vault;          /* borrowed */
    const char *institution;      /* borrowed; ours */
    struct person_cache *persons; /* owned; NULL: nothing is remembered */
    struct buffer bound;          /* owned: what a sealed value belongs to */
    struct buffer plain;          /* owned: unsealed content */
};

/* Overwrites what it unsealed last. */
void archive_done(struct archive *archive);

#endif
