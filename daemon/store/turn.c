/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "base/clock.h"
#include "store/store_private.h"

/*
 * The WAL is moved into the file when it has grown by 16 MiB, without waiting
 * for readers; past 64 MiB it is also cut, when no reader is in the way.
 */
#define PAGES_OF(mebibytes) ((int64_t)(mebibytes)*1024 * 1024 / 8192)
#define LOG_STEP            PAGES_OF(16)
#define LOG_LONG            PAGES_OF(64)
#define BUSY_MS             2000

static enum cii_code
run(struct store *store, enum query_slot slot, const char *sql,
    struct cii_error *err)
{
    const struct query query = {slot, sql};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &query, &stmt, err));
    return query_run(store, stmt, err);
}

static void
set_mark(const struct store *store, struct mark *mark)
{
    mark->changes = sqlite3_total_changes64(store->db);
    mark->count = store->count;
    names_mark(store, mark);
}

static void
go_back(struct store *store, const struct mark *mark)
{
    store->count = mark->count;
    names_cut(store, mark);
    out_forget(store);
}

/* --- a turn -------------------------------------------------------------- */

enum cii_code
store_begin(struct store *store, struct cii_error *err)
{
    assert(!store->reader);
    assert(!store->in_turn);

    if (store->lost)
        return cii_fail(err, CII_STORE,
                        "%s: the disk failed before; check it, then start"
                        " again",
                        store->file);
    CII_TRY(run(store, QUERY_BEGIN, "BEGIN IMMEDIATE", err));
    store->in_turn = true;
    set_mark(store, &store->turn_mark);
    return CII_OK;
}

static enum cii_code
write_turn(struct store *store, struct cii_error *err)
{
    static const struct query query = {
        QUERY_TURN_SET, "UPDATE turn SET number = ?1, verdicts = ?2"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, store->turn + 1);
    bind_number(stmt, 2, store->count.verdicts);
    return query_run(store, stmt, err);
}

static enum cii_code
read_turn(struct store *store, int64_t *turn)
{
    static const struct query query = {QUERY_TURN_GET,
                                       "SELECT number FROM turn"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &query, &stmt, NULL));
    CII_TRY(query_first(store, stmt, "turn", NULL));
    *turn = column_number(stmt, 0);
    query_end(stmt);
    return CII_OK;
}

/* FULL only when the file itself says that nothing of the turn is there. */
static enum cii_code
give_up(struct store *store, enum cii_code code, struct cii_error *err)
{
    int64_t turn = 0;

    store_rollback(store);
    store->log_moved = store->log_pages - LOG_STEP; /* it may make room */
    if (code == CII_FULL && read_turn(store, &turn) == CII_OK &&
        turn == store->turn)
        return CII_FULL;
    if (code == CII_FULL)
        return cii_fail(err, CII_STORE,
                        "%s: nobody knows whether the last turn was stored;"
                        " start again",
                        store->file);
    if (err)
        err->code = CII_STORE;
    return CII_STORE;
}

enum cii_code
store_commit(struct store *store, struct cii_error *err)
{
    assert(store->in_turn);
    assert(!store->in_savepoint);

    enum cii_code code = write_turn(store, err);
    if (code == CII_OK)
        code = run(store, QUERY_COMMIT, "COMMIT", err);
    if (code != CII_OK)
        return give_up(store, code, err);
    store->in_turn = false;
    store->turn++;
    return CII_OK;
}

void
store_rollback(struct store *store)
{
    if (!store->in_turn)
        return;

    query_settle(store);
    store->broken = CII_OK;
    if (!sqlite3_get_autocommit(store->db) &&
        run(store, QUERY_ROLLBACK, "ROLLBACK", NULL) != CII_OK)
        store->lost = true;
    store->broken = CII_OK;
    store->in_turn = false;
    store->in_savepoint = false;
    go_back(store, &store->turn_mark);
}

bool
store_is_dirty(const struct store *store)
{
    return store->in_turn &&
           sqlite3_total_changes64(store->db) != store->turn_mark.changes;
}

/* --- a point within it --------------------------------------------------- */

enum cii_code
store_savepoint(struct store *store, struct cii_error *err)
{
    assert(store->in_turn);
    assert(!store->in_savepoint);

    CII_TRY(run(store, QUERY_SAVEPOINT, "SAVEPOINT point", err));
    store->in_savepoint = true;
    set_mark(store, &store->savepoint_mark);
    return CII_OK;
}

void
store_savepoint_keep(struct store *store)
{
    assert(store->in_savepoint);

    store->in_savepoint = false;
    if (run(store, QUERY_SAVEPOINT_KEEP, "RELEASE point", NULL) != CII_OK &&
        store->broken == CII_OK)
        store->broken = CII_STORE;
}

void
store_savepoint_undo(struct store *store)
{
    assert(store->in_savepoint);

    store->in_savepoint = false;
    if (run(store, QUERY_SAVEPOINT_UNDO, "ROLLBACK TO point", NULL) != CII_OK ||
        run(store, QUERY_SAVEPOINT_KEEP, "RELEASE point", NULL) != CII_OK) {
        if (store->broken == CII_OK)
            store->broken = CII_STORE;
        return;
    }
    store->turn_mark.changes +=
        sqlite3_total_changes64(store->db) - store->savepoint_mark.changes;
    go_back(store, &store->savepoint_mark);
}

/* --- between turns ------------------------------------------------------- */

/* A sync that failed is never tried again: the kernel has forgotten what it
 * could not write, and would say that all is well. */
static bool
is_lost(int extended)
{
    return (extended & 0xff) == SQLITE_IOERR &&
           extended != SQLITE_IOERR_WRITE && extended != SQLITE_IOERR_NOMEM;
}

void
store_checkpoint(struct store *store)
{
    assert(!store->in_turn);

    if (store->log_pages - store->log_moved < LOG_STEP)
        return;
    query_settle(store);

    const int mode = store->log_pages > LOG_LONG ? SQLITE_CHECKPOINT_TRUNCATE
                                                 : SQLITE_CHECKPOINT_PASSIVE;
    int pages = 0;
    int moved = 0;
    sqlite3_busy_timeout(store->db, 0);
    const int rc =
        sqlite3_wal_checkpoint_v2(store->db, NULL, mode, &pages, &moved);
    sqlite3_busy_timeout(store->db, BUSY_MS);
    if (is_lost(rc))
        store->lost = true;
    store->log_moved = store->log_pages;
}

/* --- readers ------------------------------------------------------------- */

enum cii_code
store_read_begin(struct store *store, struct cii_error *err)
{
    store_read_end(store);
    CII_TRY(run(store, QUERY_READ_BEGIN, "BEGIN", err));
    store->in_turn = true;
    return CII_OK;
}

void
store_read_end(struct store *store)
{
    query_settle(store);
    store->broken = CII_OK;
    store->in_turn = false;
    if (!sqlite3_get_autocommit(store->db) &&
        run(store, QUERY_ROLLBACK, "ROLLBACK", NULL) != CII_OK)
        store->lost = true;
}

void
store_limit_time(struct store *store, int64_t milliseconds)
{
    store->limit = milliseconds;
    store->deadline = clock_steady() + milliseconds;
}
