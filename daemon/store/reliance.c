/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "store/store_private.h"

enum cii_code
store_reliance_add(struct store *store, const struct reliance_row *row,
                   struct cii_error *err)
{
    static const struct query query = {
        QUERY_RELIANCE_ADD,
        "INSERT INTO reliance (event, statement, partner, arrival)"
        " VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING"};
    sqlite3_stmt *stmt = NULL;
    int64_t partner = 0;

    CII_TRY(expect_event(store, row->event, err));
    CII_TRY(expect_event(store, row->statement, err));
    CII_TRY(names_make(store, NAME_INSTITUTION, row->partner, &partner, err));
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, row->event);
    bind_number(stmt, 2, row->statement);
    bind_number(stmt, 3, partner);
    bind_number(stmt, 4, row->arrival);
    return query_run(store, stmt, err);
}

#define COLUMNS "r.event, r.statement, i.id, r.arrival"

/* By statement: one look into each part of the index. */
static const char by_statement[] =
    "WITH RECURSIVE part (number) AS (SELECT 0 UNION ALL"
    " SELECT number + 1 FROM part"
    " WHERE number < (SELECT max(event) >> 16 FROM reliance))"
    " SELECT " COLUMNS " FROM part CROSS JOIN reliance r"
    " INDEXED BY reliance_statement ON r.event >> 16 = part.number"
    " AND r.statement = ?2 JOIN institution i ON i.number = r.partner"
    " ORDER BY r.event, r.partner, r.arrival";

enum cii_code
store_reliance_each(struct store *store, int64_t event, int64_t statement,
                    store_reliance_seen *seen, void *context,
                    struct cii_error *err)
{
    static const struct query told = {
        QUERY_RELIANCE_EACH,
        "SELECT " COLUMNS " FROM reliance r"
        " JOIN institution i ON i.number = r.partner WHERE r.event = ?1"
        " AND (?2 = 0 OR r.statement = ?2)"
        " ORDER BY r.statement, r.partner, r.arrival"};
    static const struct query allowed = {QUERY_RELIANCE_EACH_STATEMENT,
                                         by_statement};
    sqlite3_stmt *stmt = NULL;
    bool more = true;

    CII_TRY(query_start(store, event ? &told : &allowed, &stmt, err));
    if (event)
        bind_number(stmt, 1, event);
    bind_number(stmt, 2, statement);
    for (;;) {
        CII_TRY(query_step(store, stmt, &more, err));
        if (!more)
            return CII_OK;
        const struct reliance_row row = {
            .event = column_number(stmt, 0),
            .statement = column_number(stmt, 1),
            .partner = column_text(stmt, 2),
            .arrival = column_number(stmt, 3) != 0,
        };
        seen(context, &row);
    }
}
