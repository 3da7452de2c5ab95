/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdio.h>
#include <sys/stat.h>

#include "store/store_private.h"

static int64_t
size_of(const char *path)
{
    struct stat seen = {0};

    return stat(path, &seen) == 0 ? (int64_t)seen.st_size : 0;
}

enum cii_code
store_figures(struct store *store, struct store_figures *figures,
              struct cii_error *err)
{
    /* Nothing is ever deleted there: the last number is the count. */
    static const struct query query = {
        QUERY_FIGURES, "SELECT (SELECT coalesce(max(number), 0) FROM event),"
                       " (SELECT coalesce(max(number), 0) FROM person),"
                       " (SELECT number FROM turn),"
                       " (SELECT journal_mode FROM pragma_journal_mode),"
                       " (SELECT user_version FROM pragma_user_version)"};
    int64_t synchronous = 0;
    sqlite3_stmt *stmt = NULL;

    query_settle(store);
    CII_TRY(query_number(store, "PRAGMA synchronous", &synchronous, err));
    CII_TRY(query_start(store, &query, &stmt, err));
    CII_TRY(query_first(store, stmt, "figures", err));
    *figures = (struct store_figures){
        .events = column_number(stmt, 0),
        .persons = column_number(stmt, 1),
        .turn = column_number(stmt, 2),
        .file_bytes = size_of(store->file),
        .log_bytes = size_of(store->log),
        .journal_mode = column_text(stmt, 3),
        .synchronous = (int)synchronous,
        .schema = (int)column_number(stmt, 4),
    };
    query_keep(store, stmt);
    return CII_OK;
}

enum cii_code
store_verify(struct store *store, char *finding, size_t size,
             struct cii_error *err)
{
    static const struct query query = {QUERY_VERIFY, "PRAGMA quick_check(1)"};
    sqlite3_stmt *stmt = NULL;

    assert(store->reader);
    CII_TRY(query_start(store, &query, &stmt, err));
    CII_TRY(query_first(store, stmt, "finding", err));
    snprintf(finding, size, "%s", column_text(stmt, 0));
    query_end(stmt);
    return CII_OK;
}
