/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "store/store_private.h"

/*
 * What partners said of our deliveries. What is said of most is kept as
 * ranges of a stream; what is said of one, as a row. Turns, not clocks, tell
 * which came later.
 */

enum cii_code
store_receipt_add(struct store *store, const struct receipt_row *row,
                  struct cii_error *err)
{
    static const struct query query = {
        QUERY_RECEIPT_ADD,
        "INSERT INTO receipt (event, partner, state, reason, at, turn)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"};
    sqlite3_stmt *stmt = NULL;
    int64_t partner = 0;

    CII_TRY(names_make(store, NAME_INSTITUTION, row->partner, &partner, err));
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, row->event);
    bind_number(stmt, 2, partner);
    bind_text(stmt, 3, row->state);
    bind_text(stmt, 4, row->reason);
    bind_number(stmt, 5, row->at);
    bind_number(stmt, 6, store->turn + 1);
    return query_run(store, stmt, err);
}

/* --- ranges -------------------------------------------------------------- */

/* A number, or `otherwise` when the query finds none. */
static enum cii_code
ask(struct store *store, const struct query *query, int64_t stream,
    uint64_t first, uint64_t last, uint64_t *answer, struct cii_error *err)
{
    sqlite3_stmt *stmt = NULL;
    bool row = false;

    CII_TRY(query_start(store, query, &stmt, err));
    bind_number(stmt, 1, stream);
    bind_number(stmt, 2, (int64_t)first);
    bind_number(stmt, 3, (int64_t)last);
    CII_TRY(query_step(store, stmt, &row, err));
    if (row)
        *answer = (uint64_t)column_number(stmt, 0);
    query_end(stmt);
    return CII_OK;
}

/* Cuts first .. last to what no range covers yet; what lies wholly within is
 * swallowed. first > last: nothing is left. */
static enum cii_code
make_disjoint(struct store *store, int64_t stream, uint64_t *first,
              uint64_t *last, struct cii_error *err)
{
    static const struct query before = {
        QUERY_RANGE_BEFORE,
        "SELECT last FROM receipt_range WHERE stream = ?1 AND first <= ?2"
        " AND ?3 > 0 ORDER BY first DESC LIMIT 1"};
    static const struct query swallow = {
        QUERY_RANGE_SWALLOW,
        "DELETE FROM receipt_range"
        " WHERE stream = ?1 AND first >= ?2 AND first <= ?3 AND last <= ?3"};
    static const struct query after = {
        QUERY_RANGE_AFTER,
        "SELECT first FROM receipt_range WHERE stream = ?1 AND first >= ?2"
        " AND first <= ?3 ORDER BY first LIMIT 1"};
    uint64_t covered = 0;
    uint64_t next = *last + 1;
    uint64_t ignored = 0;

    CII_TRY(ask(store, &before, stream, *first, *last, &covered, err));
    if (covered >= *first)
        *first = covered + 1;
    CII_TRY(ask(store, &swallow, stream, *first, *last, &ignored, err));
    CII_TRY(ask(store, &after, stream, *first, *last, &next, err));
    *last = next - 1;
    return CII_OK;
}

enum cii_code
store_receipt_range(struct store *store, const char *partner,
                    const struct stream_id *id, uint64_t first, uint64_t last,
                    int64_t at, struct cii_error *err)
{
    static const struct query query = {
        QUERY_RANGE_ADD,
        "INSERT INTO receipt_range (stream, first, last, at, turn)"
        " VALUES (?1, ?2, ?3, ?4, ?5)"};
    sqlite3_stmt *stmt = NULL;
    int64_t stream = 0;

    if (first < 1 || first > last || last >= INT64_MAX)
        return cii_fail(err, CII_INVALID, "a receipt for no delivery");
    CII_TRY(out_number(store, partner, id, &stream, err));
    CII_TRY(make_disjoint(store, stream, &first, &last, err));
    if (first > last)
        return CII_OK;
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, stream);
    bind_number(stmt, 2, (int64_t)first);
    bind_number(stmt, 3, (int64_t)last);
    bind_number(stmt, 4, at);
    bind_number(stmt, 5, store->turn + 1);
    return query_run(store, stmt, err);
}

/* --- what is known ------------------------------------------------------- */

/*
 * "stored" is what the newest stream with this event says: after a partner
 * has lost its store, an older ack proves nothing. "accepted" was true once
 * and stays, until a refusal of the same turn or a later one. Both speak of
 * places in a stream: of an event whose place was void they say nothing.
 */
static const char each[] =
    "WITH held AS (SELECT d.stream, d.seq, s.partner, s.acked"
    " FROM delivery d JOIN out_stream s ON s.number = d.stream"
    " WHERE d.event = ?1)"
    " SELECT i.id, k.state, k.reason, k.at FROM ("
    "SELECT h.partner AS partner, 'stored' AS state, '' AS reason, 0 AS at,"
    " 0 AS turn, 0 AS number FROM held h WHERE h.seq <= h.acked"
    " AND h.stream = (SELECT max(n.stream) FROM held n"
    " WHERE n.partner = h.partner)"
    " AND NOT EXISTS (SELECT 1 FROM receipt v WHERE v.event = ?1"
    " AND v.partner = h.partner AND v.state = 'void') GROUP BY h.partner"
    " UNION ALL "
    "SELECT h.partner, 'accepted', '', r.at, max(r.turn), 0"
    " FROM held h JOIN receipt_range r ON r.stream = h.stream"
    " AND r.first = (SELECT max(m.first) FROM receipt_range m"
    " WHERE m.stream = h.stream AND m.first <= h.seq) AND r.last >= h.seq"
    " WHERE NOT EXISTS (SELECT 1 FROM receipt x WHERE x.event = ?1"
    " AND x.partner = h.partner AND (x.state = 'void'"
    " OR x.state = 'refused' AND x.turn >= r.turn))"
    " GROUP BY h.partner"
    " UNION ALL "
    "SELECT partner, state, reason, at, turn, number FROM receipt"
    " WHERE event = ?1) k JOIN institution i ON i.number = k.partner"
    " ORDER BY k.partner, k.turn, k.number";

enum cii_code
store_receipt_each(struct store *store, int64_t event, store_receipt_seen *seen,
                   void *context, struct cii_error *err)
{
    static const struct query query = {QUERY_RECEIPT_EACH, each};
    sqlite3_stmt *stmt = NULL;
    bool more = true;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, event);
    for (;;) {
        CII_TRY(query_step(store, stmt, &more, err));
        if (!more)
            return CII_OK;
        const struct receipt_row row = {
            .event = event,
            .partner = column_text(stmt, 0),
            .state = column_text(stmt, 1),
            .reason = column_text(stmt, 2),
            .at = column_number(stmt, 3),
        };
        seen(context, &row);
    }
}
