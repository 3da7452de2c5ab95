/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/clock.h"
#include "store/store_private.h"

/* Less than this and a failed write is taken for a full disk. */
#define ROOM_MIN ((uint64_t)1024 * 1024)

static bool
has_no_room(const struct store *store)
{
    const int system = sqlite3_system_errno(store->db);
    if (system == ENOSPC || system == EDQUOT || system == EFBIG)
        return true;

    struct statvfs fs = {0};
    if (statvfs(store->file, &fs) != 0)
        return false;
    return (uint64_t)fs.f_bavail * fs.f_frsize < ROOM_MIN;
}

/* A failed sync is not here: nobody knows what it left behind. */
static bool
is_write(int extended)
{
    return extended == SQLITE_IOERR_WRITE || extended == SQLITE_IOERR_SHMSIZE ||
           extended == SQLITE_IOERR_TRUNCATE;
}

static enum cii_code
code_of(const struct store *store, int extended)
{
    const int primary = extended & 0xff;

    if (primary == SQLITE_FULL)
        return CII_FULL;
    if (primary == SQLITE_NOMEM || extended == SQLITE_IOERR_NOMEM)
        return CII_MEMORY;
    if (primary == SQLITE_BUSY || primary == SQLITE_INTERRUPT)
        return CII_BUSY;
    if (is_write(extended) && has_no_room(store))
        return CII_FULL;
    return CII_STORE;
}

static const char *
remedy_of(enum cii_code code, int extended)
{
    const int primary = extended & 0xff;

    if (code == CII_FULL)
        return "make room on the disk; work goes on by itself";
    if (code == CII_BUSY)
        return "try again, or ask for less";
    if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB)
        return "restore the file from its backup";
    if (primary == SQLITE_IOERR)
        return "check the disk, then start again";
    return "start again";
}

/* After these SQLite may have ended the transaction by itself. */
static bool
breaks_turn(int extended)
{
    switch (extended & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_INTERRUPT:
        return true;
    default:
        return false;
    }
}

enum cii_code
query_fail(struct store *store, struct cii_error *err)
{
    const int extended = sqlite3_extended_errcode(store->db);
    const enum cii_code code = code_of(store, extended);

    if (store->in_turn && !store->reader && breaks_turn(extended))
        store->broken = code;
    return cii_fail(err, code, "%s: %s (%d); %s", store->file,
                    sqlite3_errmsg(store->db), extended,
                    remedy_of(code, extended));
}

enum cii_code
query_exec(struct store *store, const char *sql, struct cii_error *err)
{
    if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return query_fail(store, err);
    return CII_OK;
}

enum cii_code
query_number(struct store *store, const char *sql, int64_t *number,
             struct cii_error *err)
{
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL) != SQLITE_OK)
        return query_fail(store, err);

    const int step = sqlite3_step(stmt);
    if (step == SQLITE_ROW)
        *number = sqlite3_column_int64(stmt, 0);
    const int ended = sqlite3_finalize(stmt);
    if (ended != SQLITE_OK)
        return query_fail(store, err);
    if (step != SQLITE_ROW)
        return cii_fail(err, CII_STORE, "%s: no answer to %s", store->file,
                        sql);
    return CII_OK;
}

void
query_settle(struct store *store)
{
    if (!store->shown)
        return;
    sqlite3_reset(store->shown);
    store->shown = NULL;
}

enum cii_code
query_start_text(struct store *store, const char *sql, sqlite3_stmt **stmt,
                 struct cii_error *err)
{
    query_settle(store);
    if (store->broken != CII_OK)
        return cii_fail(err, store->broken,
                        "%s: this turn has failed before; roll it back",
                        store->file);
    if (store->limit > 0)
        store->deadline = clock_steady() + store->limit;
    if (*stmt)
        return CII_OK;
    if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, stmt,
                           NULL) != SQLITE_OK)
        return query_fail(store, err);
    return CII_OK;
}

enum cii_code
query_start(struct store *store, const struct query *query, sqlite3_stmt **stmt,
            struct cii_error *err)
{
    sqlite3_stmt **kept = &store->statement[query->slot];

    CII_TRY(query_start_text(store, query->sql, kept, err));
    *stmt = *kept;
    return CII_OK;
}

enum cii_code
query_run(struct store *store, sqlite3_stmt *stmt, struct cii_error *err)
{
    bool row = true;

    while (row)
        CII_TRY(query_step(store, stmt, &row, err));
    return CII_OK;
}

enum cii_code
query_step(struct store *store, sqlite3_stmt *stmt, bool *row,
           struct cii_error *err)
{
    const int step = sqlite3_step(stmt);

    *row = step == SQLITE_ROW;
    if (step == SQLITE_ROW)
        return CII_OK;
    if (step == SQLITE_DONE) {
        sqlite3_reset(stmt);
        return CII_OK;
    }
    const enum cii_code code = query_fail(store, err);
    sqlite3_reset(stmt);
    return code;
}

enum cii_code
query_first(struct store *store, sqlite3_stmt *stmt, const char *what,
            struct cii_error *err)
{
    bool row = false;

    CII_TRY(query_step(store, stmt, &row, err));
    if (!row)
        return cii_fail(err, CII_UNKNOWN, "the store holds no such %s", what);
    return CII_OK;
}

void
query_keep(struct store *store, sqlite3_stmt *stmt)
{
    assert(!store->shown);

    store->shown = stmt;
}

void
query_end(sqlite3_stmt *stmt)
{
    sqlite3_reset(stmt);
}

void
bind_number(sqlite3_stmt *stmt, int at, int64_t value)
{
    sqlite3_bind_int64(stmt, at, value);
}

void
bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
    sqlite3_bind_text(stmt, at, text ? text : "", -1, SQLITE_STATIC);
}

void
bind_text_or_null(sqlite3_stmt *stmt, int at, const char *text)
{
    sqlite3_bind_text(stmt, at, text, -1, SQLITE_STATIC);
}

void
bind_bytes(sqlite3_stmt *stmt, int at, struct bytes bytes)
{
    /* A NULL pointer would bind NULL, not nothing. */
    sqlite3_bind_blob64(stmt, at,
                        bytes.size > 0 ? (const void *)bytes.data : "",
                        bytes.size, SQLITE_STATIC);
}

void
bind_digest(sqlite3_stmt *stmt, int at, const struct digest *digest)
{
    sqlite3_bind_blob(stmt, at, digest->bytes, DIGEST_SIZE, SQLITE_STATIC);
}

void
bind_event_id(sqlite3_stmt *stmt, int at, const struct event_id *id)
{
    sqlite3_bind_blob(stmt, at, id->bytes, EVENT_ID_SIZE, SQLITE_STATIC);
}

int64_t
column_number(sqlite3_stmt *stmt, int at)
{
    return sqlite3_column_int64(stmt, at);
}

const char *
column_text(sqlite3_stmt *stmt, int at)
{
    const unsigned char *text = sqlite3_column_text(stmt, at);

    return text ? (const char *)text : "";
}

struct bytes
column_bytes(sqlite3_stmt *stmt, int at)
{
    const void *data = sqlite3_column_blob(stmt, at);

    return (struct bytes){data, (size_t)sqlite3_column_bytes(stmt, at)};
}

void
column_copy(sqlite3_stmt *stmt, int at, void *to, size_t size)
{
    const struct bytes bytes = column_bytes(stmt, at);

    if (bytes.size == size)
        memcpy(to, bytes.data, size);
    else
        memset(to, 0, size);
}
