/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/store_private.h"

/* gcc 12's analyzer loses what is stored through an offset and calls it a
 * leak; LeakSanitizer watches this file in every test. */
#if defined __GNUC__ && !defined __clang__
#    pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

/*
 * Institutions, event types and legal bases are few and come with every event:
 * the file holds their small numbers, memory holds them all.
 */

#define SLOTS_FIRST 64

static const struct query load[] = {
    [NAME_INSTITUTION] = {QUERY_INSTITUTION_LOAD,
                          "SELECT id, '', '' FROM institution"
                          " WHERE number > ?1 ORDER BY number"},
    [NAME_TYPE] = {QUERY_TYPE_LOAD, "SELECT name, '', '' FROM type"
                                    " WHERE number > ?1 ORDER BY number"},
    [NAME_BASIS] = {QUERY_BASIS_LOAD, "SELECT rule, citation, lane FROM basis"
                                      " WHERE number > ?1 ORDER BY number"},
};

static const struct query add[] = {
    [NAME_INSTITUTION] = {QUERY_INSTITUTION_ADD,
                          "INSERT INTO institution (number, id)"
                          " VALUES (?1, ?2)"},
    [NAME_TYPE] = {QUERY_TYPE_ADD, "INSERT INTO type (number, name)"
                                   " VALUES (?1, ?2)"},
    [NAME_BASIS] = {QUERY_BASIS_ADD,
                    "INSERT INTO basis (number, rule, citation, lane)"
                    " VALUES (?1, ?2, ?3, ?4)"},
};

static_assert(sizeof load / sizeof load[0] == NAME_KIND_COUNT, "all kinds");
static_assert(sizeof add / sizeof add[0] == NAME_KIND_COUNT, "all kinds");

/* FNV-1a. */
static uint64_t
hash_of(struct bytes key)
{
    uint64_t hash = 0xcbf29ce484222325U;

    for (size_t i = 0; i < key.size; i++)
        hash = (hash ^ key.data[i]) * 0x100000001b3U;
    return hash;
}

/* Where the key is, or the free slot where it would be. */
static uint32_t *
slot_of(const struct names *names, struct bytes key, uint64_t hash)
{
    const size_t mask = names->slot_count - 1;

    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        uint32_t *slot = &names->slot[i];
        if (*slot == 0)
            return slot;
        const struct name *name = &names->list[*slot - 1];
        if (name->hash == hash && name->size == key.size &&
            memcmp(name->key, key.data, key.size) == 0)
            return slot;
    }
}

static void
index_all(struct names *names)
{
    memset(names->slot, 0, names->slot_count * sizeof *names->slot);
    for (size_t i = 0; i < names->count; i++) {
        const struct name *name = &names->list[i];
        const struct bytes key = {(const uint8_t *)name->key, name->size};
        *slot_of(names, key, name->hash) = (uint32_t)(i + 1);
    }
}

/* Room for one more in the list, and slots at most half full. */
static bool
make_room(struct names *names)
{
    if (names->count == names->capacity) {
        const size_t capacity = names->capacity ? 2 * names->capacity : 16;
        struct name *list =
            reallocarray(names->list, capacity, sizeof *names->list);
        if (!list)
            return false;
        names->list = list;
        names->capacity = capacity;
    }
    if (2 * (names->count + 1) <= names->slot_count)
        return true;

    const size_t slots =
        names->slot_count ? 2 * names->slot_count : SLOTS_FIRST;
    uint32_t *slot = reallocarray(names->slot, slots, sizeof *names->slot);
    if (!slot)
        return false;
    names->slot = slot;
    names->slot_count = slots;
    index_all(names);
    return true;
}

static bool
remember(struct names *names, struct bytes key, uint64_t hash)
{
    if (!make_room(names))
        return false;
    char *copy = malloc(key.size);
    if (!copy)
        return false;

    memcpy(copy, key.data, key.size);
    names->list[names->count++] = (struct name){copy, key.size, hash};
    *slot_of(names, key, hash) = (uint32_t)names->count;
    return true;
}

/* The three texts with their terminators; no data when memory is out. */
static struct bytes
key_of(struct store *store, const char *const text[3])
{
    buffer_clear(&store->key);
    for (size_t i = 0; i < 3; i++)
        buffer_append(&store->key, text[i], strlen(text[i]) + 1);
    return store->key.failed ? (struct bytes){NULL, 0}
                             : buffer_view(&store->key);
}

static enum cii_code
no_memory(struct cii_error *err)
{
    return cii_fail(err, CII_MEMORY, "no memory for the store's names");
}

/* What the file has and memory has not. */
static enum cii_code
load_new(struct store *store, enum name_kind kind, struct cii_error *err)
{
    struct names *names = &store->names[kind];
    sqlite3_stmt *stmt = NULL;
    bool row = true;

    CII_TRY(query_start(store, &load[kind], &stmt, err));
    bind_number(stmt, 1, (int64_t)names->count);
    for (;;) {
        CII_TRY(query_step(store, stmt, &row, err));
        if (!row)
            return CII_OK;
        const char *const text[3] = {column_text(stmt, 0), column_text(stmt, 1),
                                     column_text(stmt, 2)};
        const struct bytes key = key_of(store, text);
        if (!key.data || !remember(names, key, hash_of(key))) {
            query_end(stmt);
            return no_memory(err);
        }
    }
}

static uint32_t
look_up(const struct names *names, struct bytes key, uint64_t hash)
{
    return names->slot_count ? *slot_of(names, key, hash) : 0;
}

static enum cii_code
make(struct store *store, enum name_kind kind, const char *const text[3],
     int64_t *number, struct cii_error *err)
{
    struct names *names = &store->names[kind];
    const int64_t next = (int64_t)names->count + 1;
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &add[kind], &stmt, err));
    bind_number(stmt, 1, next);
    for (int i = 0; i < (kind == NAME_BASIS ? 3 : 1); i++)
        bind_text(stmt, 2 + i, text[i]);
    CII_TRY(query_run(store, stmt, err));

    const struct bytes key = key_of(store, text);
    if (!key.data || !remember(names, key, hash_of(key)))
        return no_memory(err);
    *number = next;
    return CII_OK;
}

enum cii_code
names_number(struct store *store, enum name_kind kind,
             const char *const text[3], bool wanted, int64_t *number,
             struct cii_error *err)
{
    struct names *names = &store->names[kind];
    struct bytes key = key_of(store, text);
    if (!key.data)
        return no_memory(err);

    const uint64_t hash = hash_of(key);
    uint32_t found = look_up(names, key, hash);
    /* The writer has loaded them all; a reader may lag behind. */
    if (!found && (store->reader || names->count == 0)) {
        CII_TRY(load_new(store, kind, err));
        key = key_of(store, text);
        if (!key.data)
            return no_memory(err);
        found = look_up(names, key, hash);
    }
    if (!found && wanted)
        return make(store, kind, text, number, err);
    *number = found;
    return CII_OK;
}

enum cii_code
names_find(struct store *store, enum name_kind kind, const char *text,
           int64_t *number, struct cii_error *err)
{
    const char *const texts[3] = {text, "", ""};

    return names_number(store, kind, texts, false, number, err);
}

enum cii_code
names_make(struct store *store, enum name_kind kind, const char *text,
           int64_t *number, struct cii_error *err)
{
    const char *const texts[3] = {text, "", ""};

    return names_number(store, kind, texts, true, number, err);
}

const char *
names_text(struct store *store, enum name_kind kind, int64_t number)
{
    const struct names *names = &store->names[kind];

    if (number > (int64_t)names->count && load_new(store, kind, NULL) != CII_OK)
        return "";
    if (number < 1 || number > (int64_t)names->count)
        return "";
    return names->list[number - 1].key;
}

void
names_mark(const struct store *store, struct mark *mark)
{
    for (size_t i = 0; i < NAME_KIND_COUNT; i++)
        mark->name_count[i] = store->names[i].count;
}

void
names_cut(struct store *store, const struct mark *mark)
{
    for (size_t i = 0; i < NAME_KIND_COUNT; i++) {
        struct names *names = &store->names[i];
        if (names->count == mark->name_count[i])
            continue;
        while (names->count > mark->name_count[i])
            free(names->list[--names->count].key);
        index_all(names);
    }
}

void
names_done(struct store *store)
{
    static const struct mark nothing = {0};

    names_cut(store, &nothing);
    for (size_t i = 0; i < NAME_KIND_COUNT; i++) {
        free(store->names[i].list);
        free(store->names[i].slot);
        store->names[i] = (struct names){0};
    }
    buffer_done(&store->key);
}

enum cii_code
store_institution(struct store *store, const char *id, int64_t *number,
                  struct cii_error *err)
{
    return names_make(store, NAME_INSTITUTION, id, number, err);
}

enum cii_code
store_basis(struct store *store, const char *rule, const char *citation,
            const char *lane, int64_t *number, struct cii_error *err)
{
    const char *const text[3] = {rule, citation, lane};

    return names_number(store, NAME_BASIS, text, true, number, err);
}
