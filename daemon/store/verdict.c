/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "store/store_private.h"

enum cii_code
store_verdict_add(struct store *store, const struct verdict_row *row,
                  struct cii_error *err)
{
    static const struct query query = {
        QUERY_VERDICT_ADD,
        "INSERT INTO verdict (partner, event, nth, arrival, verdict, ground,"
        " basis, facets, withheld, missing, at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"};
    sqlite3_stmt *stmt = NULL;
    int64_t partner = 0;

    CII_TRY(expect_event(store, row->event, err));
    CII_TRY(names_make(store, NAME_INSTITUTION, row->partner, &partner, err));
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, partner);
    bind_number(stmt, 2, row->event);
    bind_number(stmt, 3, ++store->count.verdicts);
    bind_number(stmt, 4, row->arrival);
    bind_number(stmt, 5, row->verdict);
    bind_number(stmt, 6, row->ground);
    bind_number(stmt, 7, row->basis);
    bind_number(stmt, 8, (int64_t)row->facets);
    bind_number(stmt, 9, (int64_t)row->withheld);
    bind_text(stmt, 10, row->missing);
    bind_number(stmt, 11, row->at);
    return query_run(store, stmt, err);
}

#define COLUMNS                                                       \
    "v.event, i.id, v.arrival, v.verdict, v.ground, v.basis, b.rule," \
    " b.citation, b.lane, v.facets, v.withheld, v.missing, v.at"

static struct verdict_row
row_of(sqlite3_stmt *stmt)
{
    return (struct verdict_row){
        .event = column_number(stmt, 0),
        .partner = column_text(stmt, 1),
        .arrival = column_number(stmt, 2) != 0,
        .verdict = (int)column_number(stmt, 3),
        .ground = (int)column_number(stmt, 4),
        .basis = column_number(stmt, 5),
        .rule = column_text(stmt, 6),
        .citation = column_text(stmt, 7),
        .lane = column_text(stmt, 8),
        .facets = (uint64_t)column_number(stmt, 9),
        .withheld = (uint64_t)column_number(stmt, 10),
        .missing = column_text(stmt, 11),
        .at = column_number(stmt, 12),
    };
}

enum cii_code
store_verdict_each(struct store *store, int64_t event, const char *partner,
                   store_verdict_seen *seen, void *context,
                   struct cii_error *err)
{
    /* Verdicts are kept by partner: one look for each institution. */
    static const struct query all = {
        QUERY_VERDICT_EACH,
        "SELECT " COLUMNS " FROM institution i CROSS JOIN verdict v"
        " ON v.partner = i.number AND v.event = ?1"
        " LEFT JOIN basis b ON b.number = v.basis ORDER BY v.nth"};
    static const struct query one = {QUERY_VERDICT_EACH_PARTNER,
                                     "SELECT " COLUMNS
                                     " FROM institution i CROSS JOIN verdict v"
                                     " ON v.partner = i.number AND v.event = ?1"
                                     " LEFT JOIN basis b ON b.number = v.basis"
                                     " WHERE i.id = ?2 ORDER BY v.nth"};
    sqlite3_stmt *stmt = NULL;
    bool more = true;

    CII_TRY(query_start(store, partner ? &one : &all, &stmt, err));
    bind_number(stmt, 1, event);
    if (partner)
        bind_text(stmt, 2, partner);
    for (;;) {
        CII_TRY(query_step(store, stmt, &more, err));
        if (!more)
            return CII_OK;
        const struct verdict_row row = row_of(stmt);
        seen(context, &row);
    }
}

enum cii_code
store_verdict_since(struct store *store, int64_t since,
                    store_verdict_seen *seen, void *context,
                    struct cii_error *err)
{
    static const struct query query = {
        QUERY_VERDICT_SINCE, "SELECT " COLUMNS " FROM verdict v"
                             " JOIN institution i ON i.number = v.partner"
                             " LEFT JOIN basis b ON b.number = v.basis"
                             " WHERE v.at >= ?1 ORDER BY v.nth"};
    sqlite3_stmt *stmt = NULL;
    bool more = true;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, since);
    for (;;) {
        CII_TRY(query_step(store, stmt, &more, err));
        if (!more)
            return CII_OK;
        const struct verdict_row row = row_of(stmt);
        seen(context, &row);
    }
}

enum cii_code
store_verdict_last(struct store *store, int64_t event, const char *partner,
                   bool arrival, struct verdict_row *row, struct cii_error *err)
{
    static const struct query query = {
        QUERY_VERDICT_LAST,
        "SELECT verdict, ground, basis, facets, withheld, missing, at"
        " FROM verdict WHERE partner = ?1 AND event = ?2 AND arrival = ?3"
        " ORDER BY nth DESC LIMIT 1"};
    sqlite3_stmt *stmt = NULL;
    int64_t number = 0;

    CII_TRY(names_find(store, NAME_INSTITUTION, partner, &number, err));
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, number);
    bind_number(stmt, 2, event);
    bind_number(stmt, 3, arrival);
    CII_TRY(query_first(store, stmt, "verdict", err));
    *row = (struct verdict_row){
        .event = event,
        .partner = names_text(store, NAME_INSTITUTION, number),
        .arrival = arrival,
        .verdict = (int)column_number(stmt, 0),
        .ground = (int)column_number(stmt, 1),
        .basis = column_number(stmt, 2),
        .rule = "",
        .citation = "",
        .lane = "",
        .facets = (uint64_t)column_number(stmt, 3),
        .withheld = (uint64_t)column_number(stmt, 4),
        .missing = column_text(stmt, 5),
        .at = column_number(stmt, 6),
    };
    query_keep(store, stmt);
    return CII_OK;
}

/* --- refusals ------------------------------------------------------------ */

enum cii_code
store_refusal_add(struct store *store, const struct refusal_row *row,
                  struct cii_error *err)
{
    static const struct query query = {
        QUERY_REFUSAL_ADD,
        "INSERT INTO refusal (issuer, discloser, event_id, digest, reason,"
        " rule, detail, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_text(stmt, 1, row->issuer);
    bind_text(stmt, 2, row->discloser);
    bind_event_id(stmt, 3, &row->event_id);
    bind_digest(stmt, 4, &row->digest);
    bind_text(stmt, 5, row->reason);
    bind_text(stmt, 6, row->rule);
    bind_text(stmt, 7, row->detail);
    bind_number(stmt, 8, row->at);
    return query_run(store, stmt, err);
}

#define REFUSAL_COLUMNS \
    "issuer, discloser, event_id, digest, reason, rule, detail, at"

static struct refusal_row
refusal_of(sqlite3_stmt *stmt)
{
    struct refusal_row row = {
        .issuer = column_text(stmt, 0),
        .discloser = column_text(stmt, 1),
        .reason = column_text(stmt, 4),
        .rule = column_text(stmt, 5),
        .detail = column_text(stmt, 6),
        .at = column_number(stmt, 7),
    };

    column_copy(stmt, 2, &row.event_id, sizeof row.event_id);
    column_copy(stmt, 3, &row.digest, sizeof row.digest);
    return row;
}

enum cii_code
store_refusal_each(struct store *store, const struct event_id *id, size_t max,
                   store_refusal_seen *seen, void *context,
                   struct cii_error *err)
{
    static const struct query all = {QUERY_REFUSAL_EACH,
                                     "SELECT " REFUSAL_COLUMNS " FROM refusal"
                                     " ORDER BY number DESC LIMIT ?1"};
    static const struct query one = {QUERY_REFUSAL_EACH_ID,
                                     "SELECT " REFUSAL_COLUMNS " FROM refusal"
                                     " WHERE event_id = ?2"
                                     " ORDER BY number DESC LIMIT ?1"};
    sqlite3_stmt *stmt = NULL;
    bool more = true;

    CII_TRY(query_start(store, id ? &one : &all, &stmt, err));
    bind_number(stmt, 1, (int64_t)max);
    if (id)
        bind_event_id(stmt, 2, id);
    for (;;) {
        CII_TRY(query_step(store, stmt, &more, err));
        if (!more)
            return CII_OK;
        const struct refusal_row row = refusal_of(stmt);
        seen(context, &row);
    }
}
