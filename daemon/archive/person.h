/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARCHIVE_PERSON_H
#define ARCHIVE_PERSON_H

/*
 * From the facet "identity" to a person of the store.
 *
 * A person is found by AVS number, or where there is none by the local id of
 * the office that gave it. Names and birth dates never make a match: they
 * make a proposal, for a human.
 */

#include "archive/archive.h"

struct person {
    int64_t number; /* 0: not stored yet */
    struct digest lookup;
    struct person_key key;
};

cii_must_check enum cii_code person_cache_new(struct person_cache **cache,
                                              struct cii_error *err);
void person_cache_destroy(struct person_cache **cache);
/* After a turn that was rolled back. */
void person_cache_clear(struct person_cache *cache);

/* How this identity is looked up. INVALID when it names nobody: neither AVS
 * number nor local id. issuer scopes local ids. */
cii_must_check enum cii_code person_lookup(const struct archive *archive,
                                           const struct content *identity,
                                           const char *issuer,
                                           struct digest *lookup,
                                           struct cii_error *err);

/* The keyed digest of the folded names, under which namesakes are found; zero
 * where one of them is missing. */
cii_must_check enum cii_code person_name_lookup(const struct archive *archive,
                                                const char *official,
                                                const char *first,
                                                struct digest *lookup,
                                                struct cii_error *err);

/* The person who is known here by this; number 0 when nobody is. INVALID as
 * person_lookup(). */
cii_must_check enum cii_code person_find(struct archive *archive,
                                         const struct content *identity,
                                         const char *issuer,
                                         struct person *person,
                                         struct cii_error *err);

/* Finds the person, or adds it within the turn with its proposals. What is
 * unpacked on the way lives in the arena. */
cii_must_check enum cii_code person_obtain(struct archive *archive,
                                           const struct content *identity,
                                           const char *issuer, int64_t now,
                                           struct arena *arena,
                                           struct person *person,
                                           struct cii_error *err);

/* The key of a person that is stored; number 0 gives the common key. */
cii_must_check enum cii_code person_key_of(struct archive *archive,
                                           int64_t number,
                                           struct person_key *key,
                                           struct cii_error *err);

/* The identity that the person was first known by, in the arena. */
cii_must_check enum cii_code person_identity(struct archive *archive,
                                             int64_t number,
                                             struct arena *arena,
                                             struct content *identity,
                                             struct cii_error *err);

#endif
