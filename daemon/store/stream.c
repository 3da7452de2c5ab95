/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/store_private.h"

/*
 * Streams by partner. A partner has had one stream or several; the one with
 * the greatest number is current, the others are kept for their receipts. The
 * writer keeps the current ones in memory, a reader asks each time.
 */

/* --- ours ---------------------------------------------------------------- */

static bool
out_make_room(struct store *store, int64_t partner)
{
    const size_t wanted = (size_t)partner;
    if (wanted <= store->out_count)
        return true;

    struct out_cache *out =
        reallocarray(store->out, wanted, sizeof *store->out);
    if (!out)
        return false;
    memset(out + store->out_count, 0,
           (wanted - store->out_count) * sizeof *out);
    store->out = out;
    store->out_count = wanted;
    return true;
}

static enum cii_code
out_read(struct store *store, int64_t partner, struct out_cache *cache,
         struct cii_error *err)
{
    static const struct query query = {
        QUERY_OUT_LOAD, "SELECT number, id, oldest, head, head_chain, acked"
                        " FROM out_stream WHERE partner = ?1"
                        " ORDER BY number DESC LIMIT 1"};
    sqlite3_stmt *stmt = NULL;
    bool row = false;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, partner);
    CII_TRY(query_step(store, stmt, &row, err));
    *cache = (struct out_cache){.known = true, .out.oldest = 1};
    if (!row)
        return CII_OK;
    cache->number = column_number(stmt, 0);
    column_copy(stmt, 1, &cache->out.stream, sizeof cache->out.stream);
    cache->out.oldest = (uint64_t)column_number(stmt, 2);
    cache->out.head = (uint64_t)column_number(stmt, 3);
    column_copy(stmt, 4, &cache->out.head_chain, sizeof cache->out.head_chain);
    cache->out.acked = (uint64_t)column_number(stmt, 5);
    query_end(stmt);
    return CII_OK;
}

enum cii_code
out_find(struct store *store, int64_t partner, struct out_cache **found,
         struct cii_error *err)
{
    assert(partner > 0);

    if (!out_make_room(store, partner))
        return cii_fail(err, CII_MEMORY, "no memory for a stream");
    struct out_cache *cache = &store->out[partner - 1];
    if (!cache->known || store->reader)
        CII_TRY(out_read(store, partner, cache, err));
    *found = cache;
    return CII_OK;
}

void
out_forget(struct store *store)
{
    for (size_t i = 0; i < store->out_count; i++)
        store->out[i].known = false;
}

enum cii_code
out_add(struct store *store, int64_t partner, const struct out_stream *out,
        struct cii_error *err)
{
    static const struct query query = {
        QUERY_OUT_ADD, "INSERT INTO out_stream"
                       " (partner, id, oldest, head, head_chain, acked)"
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"};
    struct out_cache *cache = NULL;
    sqlite3_stmt *stmt = NULL;

    CII_TRY(out_find(store, partner, &cache, err));
    assert(cache);
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, partner);
    bind_bytes(stmt, 2, BYTES_OF(out->stream));
    bind_number(stmt, 3, (int64_t)out->oldest);
    bind_number(stmt, 4, (int64_t)out->head);
    bind_digest(stmt, 5, &out->head_chain);
    bind_number(stmt, 6, (int64_t)out->acked);
    CII_TRY(query_run(store, stmt, err));
    cache->number = sqlite3_last_insert_rowid(store->db);
    cache->out = *out;
    return CII_OK;
}

enum cii_code
out_update(struct store *store, struct out_cache *cache,
           const struct out_stream *out, struct cii_error *err)
{
    static const struct query query = {
        QUERY_OUT_SAVE, "UPDATE out_stream SET oldest = ?2, head = ?3,"
                        " head_chain = ?4, acked = ?5 WHERE number = ?1"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, cache->number);
    bind_number(stmt, 2, (int64_t)out->oldest);
    bind_number(stmt, 3, (int64_t)out->head);
    bind_digest(stmt, 4, &out->head_chain);
    bind_number(stmt, 5, (int64_t)out->acked);
    CII_TRY(query_run(store, stmt, err));
    cache->out = *out;
    return CII_OK;
}

enum cii_code
store_out_load(struct store *store, const char *partner, struct out_stream *out,
               struct cii_error *err)
{
    struct out_cache *cache = NULL;
    int64_t number = 0;

    CII_TRY(names_find(store, NAME_INSTITUTION, partner, &number, err));
    if (number == 0) {
        *out = (struct out_stream){.oldest = 1};
        return CII_OK;
    }
    CII_TRY(out_find(store, number, &cache, err));
    assert(cache);
    *out = cache->out;
    return CII_OK;
}

enum cii_code
store_out_save(struct store *store, const char *partner,
               const struct out_stream *out, struct cii_error *err)
{
    struct out_cache *cache = NULL;
    int64_t number = 0;

    CII_TRY(names_make(store, NAME_INSTITUTION, partner, &number, err));
    CII_TRY(out_find(store, number, &cache, err));
    assert(cache);
    if (cache->number != 0 &&
        bytes_equal(BYTES_OF(cache->out.stream), BYTES_OF(out->stream)))
        return out_update(store, cache, out, err);
    return out_add(store, number, out, err);
}

enum cii_code
out_number(struct store *store, const char *partner, const struct stream_id *id,
           int64_t *stream, struct cii_error *err)
{
    static const struct query query = {
        QUERY_STREAM_FIND,
        "SELECT number FROM out_stream WHERE partner = ?1 AND id = ?2"};
    sqlite3_stmt *stmt = NULL;
    int64_t number = 0;

    CII_TRY(names_find(store, NAME_INSTITUTION, partner, &number, err));
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, number);
    bind_bytes(stmt, 2, BYTES_OF(*id));
    CII_TRY(query_first(store, stmt, "stream", err));
    *stream = column_number(stmt, 0);
    query_end(stmt);
    return CII_OK;
}

enum cii_code
store_out_knows(struct store *store, const char *partner,
                const struct stream_id *stream, bool *known,
                struct cii_error *err)
{
    int64_t number = 0;

    const enum cii_code code = out_number(store, partner, stream, &number, err);
    if (code != CII_UNKNOWN)
        CII_TRY(code);
    *known = code == CII_OK;
    return CII_OK;
}

/* --- theirs -------------------------------------------------------------- */

enum cii_code
store_in_load(struct store *store, const char *partner, struct in_stream *in,
              struct cii_error *err)
{
    static const struct query query = {QUERY_IN_LOAD,
                                       "SELECT id, seq, chain FROM in_stream"
                                       " WHERE partner = ?1"};
    sqlite3_stmt *stmt = NULL;
    int64_t number = 0;
    bool row = false;

    CII_TRY(names_find(store, NAME_INSTITUTION, partner, &number, err));
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, number);
    CII_TRY(query_step(store, stmt, &row, err));
    *in = (struct in_stream){0};
    if (!row)
        return CII_OK;
    column_copy(stmt, 0, &in->stream, sizeof in->stream);
    in->seq = (uint64_t)column_number(stmt, 1);
    column_copy(stmt, 2, &in->chain, sizeof in->chain);
    query_end(stmt);
    return CII_OK;
}

enum cii_code
store_in_save(struct store *store, const char *partner,
              const struct in_stream *in, struct cii_error *err)
{
    static const struct query query = {
        QUERY_IN_SAVE, "INSERT INTO in_stream (partner, id, seq, chain)"
                       " VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET"
                       " id = excluded.id, seq = excluded.seq,"
                       " chain = excluded.chain"};
    sqlite3_stmt *stmt = NULL;
    int64_t number = 0;

    CII_TRY(names_make(store, NAME_INSTITUTION, partner, &number, err));
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, number);
    bind_bytes(stmt, 2, BYTES_OF(in->stream));
    bind_number(stmt, 3, (int64_t)in->seq);
    bind_digest(stmt, 4, &in->chain);
    return query_run(store, stmt, err);
}
