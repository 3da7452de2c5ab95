/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "store/store_private.h"

#define COLUMNS "number, lookup, name_lookup, sealed_key, sealed_identity"

static bool
is_zero(const struct digest *digest)
{
    static const struct digest zero = {0};

    return digest_equal(digest, &zero);
}

static void
show(struct store *store, sqlite3_stmt *stmt, struct person_row *row)
{
    row->number = column_number(stmt, 0);
    column_copy(stmt, 1, &row->lookup, sizeof row->lookup);
    column_copy(stmt, 2, &row->name_lookup, sizeof row->name_lookup);
    row->sealed_key = column_bytes(stmt, 3);
    row->sealed_identity = column_bytes(stmt, 4);
    query_keep(store, stmt);
}

enum cii_code
store_person_find(struct store *store, const struct digest *lookup,
                  struct person_row *row, struct cii_error *err)
{
    static const struct query query = {QUERY_PERSON_FIND,
                                       "SELECT " COLUMNS
                                       " FROM person WHERE lookup = ?1"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_digest(stmt, 1, lookup);
    CII_TRY(query_first(store, stmt, "person", err));
    show(store, stmt, row);
    return CII_OK;
}

enum cii_code
store_person_get(struct store *store, int64_t number, struct person_row *row,
                 struct cii_error *err)
{
    static const struct query query = {QUERY_PERSON_GET,
                                       "SELECT " COLUMNS
                                       " FROM person WHERE number = ?1"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, number);
    CII_TRY(query_first(store, stmt, "person", err));
    show(store, stmt, row);
    return CII_OK;
}

enum cii_code
store_person_add(struct store *store, struct person_row *row,
                 struct cii_error *err)
{
    static const struct query query = {
        QUERY_PERSON_ADD,
        "INSERT INTO person (lookup, name_lookup, sealed_key, sealed_identity)"
        " VALUES (?1, ?2, ?3, ?4)"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_digest(stmt, 1, &row->lookup);
    if (is_zero(&row->name_lookup))
        sqlite3_bind_null(stmt, 2);
    else
        bind_digest(stmt, 2, &row->name_lookup);
    bind_bytes(stmt, 3, row->sealed_key);
    bind_bytes(stmt, 4, row->sealed_identity);
    CII_TRY(query_run(store, stmt, err));
    row->number = sqlite3_last_insert_rowid(store->db);
    store->count.persons = row->number;
    return CII_OK;
}

enum cii_code
expect_person(const struct store *store, int64_t number, struct cii_error *err)
{
    if (number < 1 || number > store->count.persons)
        return cii_fail(err, CII_UNKNOWN, "the store holds no such person");
    return CII_OK;
}

enum cii_code
store_person_namesakes(struct store *store, const struct digest *name_lookup,
                       int64_t except, int64_t *numbers, size_t max,
                       size_t *count, struct cii_error *err)
{
    static const struct query query = {
        QUERY_PERSON_NAMESAKES, "SELECT number FROM person"
                                " WHERE name_lookup = ?1 AND number <> ?2"
                                " ORDER BY number LIMIT ?3"};
    sqlite3_stmt *stmt = NULL;
    bool row = true;

    *count = 0;
    if (is_zero(name_lookup))
        return CII_OK;
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_digest(stmt, 1, name_lookup);
    bind_number(stmt, 2, except);
    bind_number(stmt, 3, (int64_t)max);
    for (;;) {
        CII_TRY(query_step(store, stmt, &row, err));
        if (!row)
            return CII_OK;
        numbers[(*count)++] = column_number(stmt, 0);
    }
}

enum cii_code
store_person_list(struct store *store, int64_t after, int64_t *numbers,
                  size_t max, size_t *count, struct cii_error *err)
{
    /* Each person is looked for in every part of the index. */
    static const struct query query = {
        QUERY_PERSON_LIST,
        "WITH RECURSIVE part (number) AS (SELECT 0 UNION ALL"
        " SELECT number + 1 FROM part"
        " WHERE number < (SELECT max(number) >> 16 FROM event))"
        " SELECT p.number FROM person p WHERE p.number > ?1"
        " AND EXISTS (SELECT 1 FROM part CROSS JOIN event e"
        " INDEXED BY event_person ON e.number >> 16 = part.number"
        " AND e.person = p.number WHERE e.origin = 0)"
        " ORDER BY p.number LIMIT ?2"};
    sqlite3_stmt *stmt = NULL;
    bool row = true;

    *count = 0;
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, after);
    bind_number(stmt, 2, (int64_t)max);
    for (;;) {
        CII_TRY(query_step(store, stmt, &row, err));
        if (!row)
            return CII_OK;
        numbers[(*count)++] = column_number(stmt, 0);
    }
}

/* --- proposals ----------------------------------------------------------- */

enum cii_code
store_match_add(struct store *store, int64_t a, int64_t b, const char *reason,
                int64_t at, struct cii_error *err)
{
    static const struct query query = {
        QUERY_MATCH_ADD, "INSERT INTO match (a, b, reason, at)"
                         " VALUES (min(?1, ?2), max(?1, ?2), ?3, ?4)"
                         " ON CONFLICT (a, b) DO NOTHING"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, a);
    bind_number(stmt, 2, b);
    bind_text(stmt, 3, reason);
    bind_number(stmt, 4, at);
    return query_run(store, stmt, err);
}

enum cii_code
store_match_each(struct store *store, int64_t person, size_t max,
                 store_match_seen *seen, void *context, struct cii_error *err)
{
    static const struct query all = {QUERY_MATCH_EACH,
                                     "SELECT a, b, reason, at FROM match"
                                     " ORDER BY rowid LIMIT ?1"};
    static const struct query one = {QUERY_MATCH_EACH_PERSON,
                                     "SELECT a, b, reason, at FROM match"
                                     " WHERE a = ?2 OR b = ?2"
                                     " ORDER BY rowid LIMIT ?1"};
    sqlite3_stmt *stmt = NULL;
    bool row = true;

    CII_TRY(query_start(store, person ? &one : &all, &stmt, err));
    bind_number(stmt, 1, (int64_t)max);
    if (person)
        bind_number(stmt, 2, person);
    for (;;) {
        CII_TRY(query_step(store, stmt, &row, err));
        if (!row)
            return CII_OK;
        const struct match_row match = {
            .a = column_number(stmt, 0),
            .b = column_number(stmt, 1),
            .reason = column_text(stmt, 2),
            .at = column_number(stmt, 3),
        };
        seen(context, &match);
    }
}
