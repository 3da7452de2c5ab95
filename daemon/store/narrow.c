/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "store/store_private.h"

enum cii_code
store_event_narrow(struct store *store, int64_t event, struct cii_error *err)
{
    static const struct query query = {
        QUERY_NARROW,
        "INSERT INTO narrow (event) VALUES (?1) ON CONFLICT DO NOTHING"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(expect_event(store, event, err));
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, event);
    return query_run(store, stmt, err);
}

enum cii_code
store_event_is_narrow(struct store *store, int64_t event, bool *narrow,
                      struct cii_error *err)
{
    static const struct query query = {QUERY_IS_NARROW,
                                       "SELECT 1 FROM narrow WHERE event = ?1"};
    sqlite3_stmt *stmt = NULL;
    bool row = false;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, event);
    CII_TRY(query_step(store, stmt, &row, err));
    query_end(stmt);
    *narrow = row;
    return CII_OK;
}
