/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "store/store_private.h"

enum cii_code
store_act_add(struct store *store, const struct act_row *row,
              struct cii_error *err)
{
    static const struct query query = {
        QUERY_ACT_ADD,
        "INSERT INTO act (at, uid, role, user, verb, subject, person, result)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, row->at);
    bind_number(stmt, 2, row->uid);
    bind_text(stmt, 3, row->role);
    bind_text(stmt, 4, row->user);
    bind_text(stmt, 5, row->verb);
    bind_text(stmt, 6, row->subject);
    bind_number(stmt, 7, row->person);
    bind_text(stmt, 8, row->result);
    return query_run(store, stmt, err);
}

static struct act_row
row_of(sqlite3_stmt *stmt)
{
    return (struct act_row){
        .number = column_number(stmt, 0),
        .at = column_number(stmt, 1),
        .uid = (uint32_t)column_number(stmt, 2),
        .role = column_text(stmt, 3),
        .user = column_text(stmt, 4),
        .verb = column_text(stmt, 5),
        .subject = column_text(stmt, 6),
        .person = column_number(stmt, 7),
        .result = column_text(stmt, 8),
    };
}

enum cii_code
store_act_each(struct store *store, int64_t before, size_t max,
               store_act_seen *seen, void *context, struct cii_error *err)
{
    static const struct query query = {
        QUERY_ACT_EACH,
        "SELECT number, at, uid, role, user, verb, subject, person, result"
        " FROM act WHERE number < ?1 ORDER BY number DESC LIMIT ?2"};
    sqlite3_stmt *stmt = NULL;
    bool more = true;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, before > 0 ? before : INT64_MAX);
    bind_number(stmt, 2, (int64_t)max);
    for (;;) {
        CII_TRY(query_step(store, stmt, &more, err));
        if (!more)
            return CII_OK;
        const struct act_row row = row_of(stmt);
        seen(context, &row);
    }
}
