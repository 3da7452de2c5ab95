/* SPDX-License-Identifier: Apache-2.0 */
#include "archive/person.h"

#include <stdlib.h>
#include <string.h>

#include "archive/stored.h"
#include "proto/avs.h"
#include "proto/date.h"
#include "proto/name.h"

#define CACHE_SLOTS   8192 /* a power of two */
#define NAMESAKES_MAX 16

/* Two direct-mapped tables over the same persons: by look-up, by number. */
struct person_cache {
    struct person by_lookup[CACHE_SLOTS];
    struct person by_number[CACHE_SLOTS];
};

enum cii_code
person_cache_new(struct person_cache **result, struct cii_error *err)
{
    struct person_cache *cache = calloc(1, sizeof *cache);
    if (!cache)
        return cii_fail(err, CII_MEMORY, "no memory for persons");
    *result = cache;
    return CII_OK;
}

void
person_cache_destroy(struct person_cache **cache)
{
    if (!*cache)
        return;
    explicit_bzero(*cache, sizeof **cache);
    free(*cache);
    *cache = NULL;
}

void
person_cache_clear(struct person_cache *cache)
{
    explicit_bzero(cache, sizeof *cache);
}

static struct person *
slot_by_lookup(struct person_cache *cache, const struct digest *lookup)
{
    const unsigned int place =
        (unsigned int)(lookup->bytes[0] << 8 | lookup->bytes[1]);
    return &cache->by_lookup[place & (CACHE_SLOTS - 1)];
}

static struct person *
slot_by_number(struct person_cache *cache, int64_t number)
{
    return &cache->by_number[(uint64_t)number & (CACHE_SLOTS - 1)];
}

static void
remember(struct archive *archive, const struct person *person)
{
    struct person_cache *cache = archive->persons;
    if (!cache)
        return;
    *slot_by_lookup(cache, &person->lookup) = *person;
    *slot_by_number(cache, person->number) = *person;
}

static bool
recall_lookup(const struct archive *archive, struct person *person)
{
    if (!archive->persons)
        return false;
    const struct person *cached =
        slot_by_lookup(archive->persons, &person->lookup);
    if (!cached->number || !digest_equal(&cached->lookup, &person->lookup))
        return false;
    *person = *cached;
    return true;
}

static bool
recall_number(const struct archive *archive, int64_t number,
              struct person_key *key)
{
    if (!archive->persons)
        return false;
    const struct person *cached = slot_by_number(archive->persons, number);
    if (cached->number != number)
        return false;
    *key = cached->key;
    return true;
}

enum cii_code
person_lookup(const struct archive *archive, const struct content *identity,
              const char *issuer, struct digest *lookup, struct cii_error *err)
{
    const char *number = content_find(identity, "avs");
    if (number) {
        struct avs avs;
        CII_TRY(avs_parse(&avs, number, err));
        *lookup =
            vault_lookup(archive->vault, "avs", bytes_of_text(avs.digits));
        return CII_OK;
    }
    const char *id = content_find(identity, "localPersonId");
    if (!id)
        return cii_fail(err, CII_INVALID,
                        "identity: give avs, or localPersonId where there is "
                        "no AVS number");
    const char *category = content_find(identity, "localPersonIdCategory");

    cii_auto(buffer_done) struct buffer text = {0};
    buffer_append_sized(&text, bytes_of_text(issuer));
    buffer_append_sized(&text, bytes_of_text(category ? category : ""));
    buffer_append_sized(&text, bytes_of_text(id));
    if (text.failed)
        return cii_fail(err, CII_MEMORY, "no memory for a person");
    *lookup = vault_lookup(archive->vault, "local", buffer_view(&text));
    return CII_OK;
}

enum cii_code
person_name_lookup(const struct archive *archive, const char *official,
                   const char *first, struct digest *lookup,
                   struct cii_error *err)
{
    *lookup = (struct digest){0};
    if (!official || !first)
        return CII_OK;

    cii_auto(buffer_done) struct buffer folded = {0};
    if (name_fold(official, &folded) != CII_OK)
        return CII_OK;
    buffer_append(&folded, "|", 1);
    if (name_fold(first, &folded) != CII_OK)
        return CII_OK;
    if (folded.failed)
        return cii_fail(err, CII_MEMORY, "no memory for a name");
    *lookup = vault_lookup(archive->vault, "name", buffer_view(&folded));
    return CII_OK;
}

/* Could these two be one person, as a human would want to be asked? */
static bool
may_be_same(const struct content *a, const struct content *b)
{
    const char *avs_a = content_find(a, "avs");
    const char *avs_b = content_find(b, "avs");
    if (avs_a && avs_b)
        return false; /* two numbers are two persons */

    const char *born_a = content_find(a, "dateOfBirth");
    const char *born_b = content_find(b, "dateOfBirth");
    struct date date_a;
    struct date date_b;
    if (!born_a || !born_b)
        return true;
    return date_parse_partial(&date_a, born_a, NULL) == CII_OK &&
           date_parse_partial(&date_b, born_b, NULL) == CII_OK &&
           date_may_equal(&date_a, &date_b);
}

enum cii_code
person_identity(struct archive *archive, int64_t number, struct arena *arena,
                struct content *identity, struct cii_error *err)
{
    struct person_row row;
    CII_TRY(store_person_get(archive->store, number, &row, err));
    struct person_key key;
    CII_TRY(vault_person_open(archive->vault, &row.lookup, row.sealed_key, &key,
                              err));
    buffer_clear(&archive->plain);
    CII_TRY(unseal(archive->vault, &key, BYTES_OF(row.lookup),
                   row.sealed_identity, &archive->plain, err));
    const struct bytes plain = arena_bytes(arena, buffer_view(&archive->plain));
    return content_unpack(identity, plain, arena, err);
}

static enum cii_code
propose_one(struct archive *archive, int64_t number, int64_t other,
            const struct content *identity, int64_t now, struct arena *arena,
            struct cii_error *err)
{
    struct content known;
    const enum cii_code code =
        person_identity(archive, other, arena, &known, err);
    if (stored_is_damaged(code))
        return CII_OK; /* whoever that was: it is no reason to stop here */
    CII_TRY(code);
    if (!may_be_same(identity, &known))
        return CII_OK;
    return store_match_add(archive->store, number, other,
                           "same name, and birth dates that may be equal", now,
                           err);
}

static enum cii_code
propose_matches(struct archive *archive, const struct person_row *row,
                const struct content *identity, int64_t now,
                struct arena *arena, struct cii_error *err)
{
    static const struct digest none;
    if (digest_equal(&row->name_lookup, &none))
        return CII_OK;
    int64_t others[NAMESAKES_MAX];
    size_t count = 0;
    CII_TRY(store_person_namesakes(archive->store, &row->name_lookup,
                                   row->number, others, NAMESAKES_MAX, &count,
                                   err));
    for (size_t i = 0; i < count; i++)
        CII_TRY(propose_one(archive, row->number, others[i], identity, now,
                            arena, err));
    return CII_OK;
}

static enum cii_code
add_person(struct archive *archive, const struct content *identity, int64_t now,
           struct arena *arena, struct person *person, struct cii_error *err)
{
    uint8_t sealed_key[SEAL_KEY_SIZE + SEAL_OVERHEAD];
    vault_person_new(archive->vault, &person->lookup, &person->key, sealed_key);

    cii_auto(buffer_done) struct buffer packed = {0};
    cii_auto(buffer_done) struct buffer sealed = {0};
    CII_TRY(content_pack(identity, &packed));
    CII_TRY(seal(archive->vault, &person->key, BYTES_OF(person->lookup),
                 buffer_view(&packed), &sealed, err));

    struct person_row row = {
        .lookup = person->lookup,
        .sealed_key = {sealed_key, sizeof sealed_key},
        .sealed_identity = buffer_view(&sealed),
    };
    CII_TRY(person_name_lookup(archive, content_find(identity, "officialName"),
                               content_find(identity, "firstName"),
                               &row.name_lookup, err));
    CII_TRY(store_person_add(archive->store, &row, err));
    person->number = row.number;
    return propose_matches(archive, &row, identity, now, arena, err);
}

static enum cii_code
open_person(struct archive *archive, const struct person_row *row,
            struct person *person, struct cii_error *err)
{
    person->number = row->number;
    person->lookup = row->lookup;
    return vault_person_open(archive->vault, &row->lookup, row->sealed_key,
                             &person->key, err);
}

enum cii_code
person_find(struct archive *archive, const struct content *identity,
            const char *issuer, struct person *person, struct cii_error *err)
{
    struct person_row row;

    *person = (struct person){0};
    CII_TRY(person_lookup(archive, identity, issuer, &person->lookup, err));
    if (recall_lookup(archive, person))
        return CII_OK;
    const enum cii_code code =
        store_person_find(archive->store, &person->lookup, &row, err);
    if (code == CII_UNKNOWN)
        return CII_OK;
    CII_TRY(code);
    CII_TRY(open_person(archive, &row, person, err));
    remember(archive, person);
    return CII_OK;
}

enum cii_code
person_obtain(struct archive *archive, const struct content *identity,
              const char *issuer, int64_t now, struct arena *arena,
              struct person *person, struct cii_error *err)
{
    CII_TRY(person_lookup(archive, identity, issuer, &person->lookup, err));
    if (recall_lookup(archive, person))
        return CII_OK;

    struct person_row row;
    const enum cii_code found =
        store_person_find(archive->store, &person->lookup, &row, err);
    if (found == CII_UNKNOWN)
        CII_TRY(add_person(archive, identity, now, arena, person, err));
    else if (found == CII_OK)
        CII_TRY(open_person(archive, &row, person, err));
    else
        return found;
    remember(archive, person);
    return CII_OK;
}

enum cii_code
person_key_of(struct archive *archive, int64_t number, struct person_key *key,
              struct cii_error *err)
{
    if (number == 0) {
        *key = *vault_common_key(archive->vault);
        return CII_OK;
    }
    if (recall_number(archive, number, key))
        return CII_OK;
    struct person_row row;
    CII_TRY(store_person_get(archive->store, number, &row, err));
    struct person person;
    CII_TRY(open_person(archive, &row, &person, err));
    *key = person.key;
    remember(archive, &person);
    return CII_OK;
}

void
archive_done(struct archive *archive)
{
    person_cache_destroy(&archive->persons);
    if (archive->plain.data)
        explicit_bzero(archive->plain.data, archive->plain.capacity);
    buffer_done(&archive->plain);
    buffer_done(&archive->bound);
}
