/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "store/store_private.h"

enum cii_code
store_value_set(struct store *store, const char *name, struct bytes value,
                struct cii_error *err)
{
    static const struct query query = {
        QUERY_VALUE_SET, "INSERT INTO value (name, value) VALUES (?1, ?2)"
                         " ON CONFLICT DO UPDATE SET value = excluded.value"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_text(stmt, 1, name);
    bind_bytes(stmt, 2, value);
    return query_run(store, stmt, err);
}

enum cii_code
store_value_get(struct store *store, const char *name, struct bytes *value,
                struct cii_error *err)
{
    static const struct query query = {
        QUERY_VALUE_GET, "SELECT value FROM value WHERE name = ?1"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_text(stmt, 1, name);
    CII_TRY(query_first(store, stmt, "value", err));
    *value = column_bytes(stmt, 0);
    query_keep(store, stmt);
    return CII_OK;
}
