/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <inttypes.h>

#include "store/store_private.h"

/* --- one delivery -------------------------------------------------------- */

/* The current stream of a partner that must have one. */
static enum cii_code
current(struct store *store, const char *partner, struct out_cache **cache,
        struct cii_error *err)
{
    int64_t number = 0;

    CII_TRY(names_find(store, NAME_INSTITUTION, partner, &number, err));
    if (number != 0)
        CII_TRY(out_find(store, number, cache, err));
    if (number == 0 || (*cache)->number == 0)
        return cii_fail(err, CII_UNKNOWN, "%s has no stream yet", partner);
    return CII_OK;
}

static enum cii_code
append(struct store *store, int64_t stream, const struct outbox_row *row,
       struct cii_error *err)
{
    static const struct query outbox = {
        QUERY_OUTBOX_APPEND,
        "INSERT INTO outbox (stream, seq, event, at, digest, chain)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"};
    static const struct query delivery = {
        QUERY_DELIVERY_ADD, "INSERT INTO delivery (event, stream, seq)"
                            " VALUES (?1, ?2, ?3)"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &outbox, &stmt, err));
    bind_number(stmt, 1, stream);
    bind_number(stmt, 2, (int64_t)row->seq);
    bind_number(stmt, 3, row->event);
    bind_number(stmt, 4, row->at);
    bind_digest(stmt, 5, &row->digest);
    bind_digest(stmt, 6, &row->chain);
    CII_TRY(query_run(store, stmt, err));

    CII_TRY(query_start(store, &delivery, &stmt, err));
    bind_number(stmt, 1, row->event);
    bind_number(stmt, 2, stream);
    bind_number(stmt, 3, (int64_t)row->seq);
    return query_run(store, stmt, err);
}

enum cii_code
store_outbox_append(struct store *store, const char *partner,
                    const struct outbox_row *row, struct cii_error *err)
{
    struct out_cache *cache = NULL;

    CII_TRY(expect_event(store, row->event, err));
    CII_TRY(current(store, partner, &cache, err));
    assert(cache);
    return append(store, cache->number, row, err);
}

static struct outbox_row
row_of(sqlite3_stmt *stmt)
{
    struct outbox_row row = {
        .seq = (uint64_t)column_number(stmt, 0),
        .event = column_number(stmt, 1),
        .at = column_number(stmt, 2),
    };

    column_copy(stmt, 3, &row.digest, sizeof row.digest);
    column_copy(stmt, 4, &row.chain, sizeof row.chain);
    return row;
}

enum cii_code
store_outbox_get(struct store *store, const char *partner, uint64_t seq,
                 struct outbox_row *row, struct cii_error *err)
{
    static const struct query query = {QUERY_OUTBOX_GET,
                                       "SELECT seq, event, at, digest, chain"
                                       " FROM outbox"
                                       " WHERE stream = ?1 AND seq = ?2"};
    struct out_cache *cache = NULL;
    sqlite3_stmt *stmt = NULL;

    CII_TRY(current(store, partner, &cache, err));
    assert(cache);
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, cache->number);
    bind_number(stmt, 2, (int64_t)seq);
    CII_TRY(query_first(store, stmt, "delivery", err));
    *row = row_of(stmt);
    query_end(stmt);
    return CII_OK;
}

enum cii_code
store_outbox_holds(struct store *store, const char *partner, int64_t event,
                   bool *holds, struct cii_error *err)
{
    static const struct query query = {
        QUERY_OUTBOX_HOLDS, "SELECT 1 FROM delivery"
                            " WHERE event = ?1 AND stream = ?2 LIMIT 1"};
    struct out_cache *cache = NULL;
    sqlite3_stmt *stmt = NULL;

    const enum cii_code code = current(store, partner, &cache, err);
    *holds = false;
    if (code == CII_UNKNOWN)
        return CII_OK;
    CII_TRY(code);
    assert(cache);
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, event);
    bind_number(stmt, 2, cache->number);
    CII_TRY(query_step(store, stmt, holds, err));
    query_end(stmt);
    return CII_OK;
}

/* --- many ---------------------------------------------------------------- */

/* The first of oldest .. end-1 that is not older than `before`; end if none. */
static enum cii_code
first_kept(struct store *store, const struct out_cache *cache, uint64_t end,
           int64_t before, uint64_t *kept, struct cii_error *err)
{
    static const struct query query = {
        QUERY_OUTBOX_KEPT, "SELECT seq FROM outbox WHERE stream = ?1"
                           " AND seq >= ?2 AND seq < ?3 AND at >= ?4"
                           " ORDER BY seq LIMIT 1"};
    sqlite3_stmt *stmt = NULL;
    bool row = false;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, cache->number);
    bind_number(stmt, 2, (int64_t)cache->out.oldest);
    bind_number(stmt, 3, (int64_t)end);
    bind_number(stmt, 4, before);
    CII_TRY(query_step(store, stmt, &row, err));
    *kept = row ? (uint64_t)column_number(stmt, 0) : end;
    query_end(stmt);
    return CII_OK;
}

/* Deletes what is below `end`; INT64_MAX: everything. */
static enum cii_code
delete_below(struct store *store, int64_t stream, int64_t end,
             struct cii_error *err)
{
    static const struct query query = {QUERY_OUTBOX_DELETE,
                                       "DELETE FROM outbox"
                                       " WHERE stream = ?1 AND seq < ?2"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, stream);
    bind_number(stmt, 2, end);
    return query_run(store, stmt, err);
}

/*
 * The delivery that was acked last stays, however old: the partner's next
 * hello names the chain after it, and a chain that we cannot show begins a new
 * stream.
 */
enum cii_code
store_outbox_prune(struct store *store, const char *partner, int64_t before,
                   size_t max, struct out_stream *out, struct cii_error *err)
{
    struct out_cache *cache = NULL;
    uint64_t kept = 0;

    const enum cii_code code = current(store, partner, &cache, err);
    if (code == CII_UNKNOWN)
        return store_out_load(store, partner, out, err);
    CII_TRY(code);
    assert(cache);

    uint64_t end = cache->out.acked;
    if (end > cache->out.oldest && end - cache->out.oldest > max)
        end = cache->out.oldest + max;
    if (end > cache->out.oldest) {
        CII_TRY(first_kept(store, cache, end, before, &kept, err));
        CII_TRY(delete_below(store, cache->number, (int64_t)kept, err));
        struct out_stream pruned = cache->out;
        pruned.oldest = kept;
        CII_TRY(out_update(store, cache, &pruned, err));
    }
    *out = cache->out;
    return CII_OK;
}

/* Row by row, so that memory does not grow with the stream. */
static enum cii_code
copy_all(struct store *store, int64_t from, int64_t to, store_chain *chain,
         struct out_stream *out, struct cii_error *err)
{
    static const struct query query = {QUERY_OUTBOX_ALL,
                                       "SELECT seq, event, at, digest, chain"
                                       " FROM outbox"
                                       " WHERE stream = ?1 ORDER BY seq"};
    sqlite3_stmt *all = NULL;
    bool more = true;

    CII_TRY(query_start(store, &query, &all, err));
    bind_number(all, 1, from);
    for (;;) {
        CII_TRY(query_step(store, all, &more, err));
        if (!more)
            return CII_OK;
        struct outbox_row row = row_of(all);
        row.seq = out->head + 1;
        row.chain = chain(&out->head_chain, row.seq, &row.digest);
        const enum cii_code code = append(store, to, &row, err);
        if (code != CII_OK) {
            query_end(all);
            return code;
        }
        out->head = row.seq;
        out->head_chain = row.chain;
    }
}

enum cii_code
store_outbox_renew(struct store *store, const char *partner,
                   const struct stream_id *stream, store_chain *chain,
                   struct out_stream *out, struct cii_error *err)
{
    struct out_stream made = {.stream = *stream, .oldest = 1};
    struct out_cache *cache = NULL;
    int64_t number = 0;

    CII_TRY(names_make(store, NAME_INSTITUTION, partner, &number, err));
    CII_TRY(out_find(store, number, &cache, err));
    assert(cache);
    const int64_t old = cache->number;
    CII_TRY(out_add(store, number, &made, err));
    if (old != 0) {
        CII_TRY(copy_all(store, old, cache->number, chain, &made, err));
        CII_TRY(delete_below(store, old, INT64_MAX, err));
        CII_TRY(out_update(store, cache, &made, err));
    }
    *out = made;
    return CII_OK;
}
