/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "store/store_private.h"

enum cii_code
store_rejudge_add(struct store *store, int64_t person, const char *partner,
                  struct cii_error *err)
{
    /* Beside the same that waits already: who works on that one may be past
     * what this one is about. */
    static const struct query query = {
        QUERY_REJUDGE_ADD, "INSERT INTO rejudge (person, partner, after)"
                           " VALUES (?1, ?2, 0)"};
    sqlite3_stmt *stmt = NULL;
    int64_t number = 0;

    if (person != 0)
        CII_TRY(expect_person(store, person, err));
    if (partner && partner[0])
        CII_TRY(names_make(store, NAME_INSTITUTION, partner, &number, err));
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, person);
    bind_number(stmt, 2, number);
    return query_run(store, stmt, err);
}

enum cii_code
store_rejudge_next(struct store *store, struct rejudge_row *row,
                   struct cii_error *err)
{
    static const struct query query = {
        QUERY_REJUDGE_NEXT, "SELECT number, person, partner, after FROM rejudge"
                            " ORDER BY number LIMIT 1"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &query, &stmt, err));
    CII_TRY(query_first(store, stmt, "work", err));
    *row = (struct rejudge_row){
        .number = column_number(stmt, 0),
        .person = column_number(stmt, 1),
        .partner = names_text(store, NAME_INSTITUTION, column_number(stmt, 2)),
        .after = column_number(stmt, 3),
    };
    query_end(stmt);
    return CII_OK;
}

/* UNKNOWN when the statement found nothing to change. */
static enum cii_code
change(struct store *store, sqlite3_stmt *stmt, struct cii_error *err)
{
    CII_TRY(query_run(store, stmt, err));
    if (sqlite3_changes(store->db) == 0)
        return cii_fail(err, CII_UNKNOWN, "the store holds no such work");
    return CII_OK;
}

enum cii_code
store_rejudge_move(struct store *store, int64_t number, int64_t after,
                   struct cii_error *err)
{
    static const struct query query = {
        QUERY_REJUDGE_MOVE, "UPDATE rejudge SET after = ?2 WHERE number = ?1"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, number);
    bind_number(stmt, 2, after);
    return change(store, stmt, err);
}

enum cii_code
store_rejudge_done(struct store *store, int64_t number, struct cii_error *err)
{
    static const struct query query = {QUERY_REJUDGE_DONE,
                                       "DELETE FROM rejudge WHERE number = ?1"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, number);
    return change(store, stmt, err);
}
