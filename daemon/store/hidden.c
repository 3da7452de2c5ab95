/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "store/store_private.h"

enum cii_code
store_event_hide(struct store *store, int64_t event, int64_t because,
                 int64_t at, struct cii_error *err)
{
    static const struct query query = {
        QUERY_HIDE, "INSERT INTO hidden (event, because, at)"
                    " VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(expect_event(store, event, err));
    CII_TRY(expect_event(store, because, err));
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, event);
    bind_number(stmt, 2, because);
    bind_number(stmt, 3, at);
    return query_run(store, stmt, err);
}

enum cii_code
store_event_unhide(struct store *store, int64_t event, struct cii_error *err)
{
    static const struct query query = {QUERY_UNHIDE,
                                       "DELETE FROM hidden WHERE event = ?1"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(expect_event(store, event, err));
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, event);
    return query_run(store, stmt, err);
}

enum cii_code
store_event_hiding(struct store *store, int64_t event, struct hiding *hiding,
                   struct cii_error *err)
{
    static const struct query query = {
        QUERY_HIDING, "SELECT because, at FROM hidden WHERE event = ?1"};
    sqlite3_stmt *stmt = NULL;
    bool row = false;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, event);
    CII_TRY(query_step(store, stmt, &row, err));
    *hiding = (struct hiding){0};
    if (row)
        *hiding = (struct hiding){.because = column_number(stmt, 0),
                                  .at = column_number(stmt, 1)};
    query_end(stmt);
    return CII_OK;
}

enum cii_code
store_event_is_hidden(struct store *store, int64_t event, bool *hidden,
                      struct cii_error *err)
{
    struct hiding hiding;

    CII_TRY(store_event_hiding(store, event, &hiding, err));
    *hidden = hiding.because != 0;
    return CII_OK;
}
