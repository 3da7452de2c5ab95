/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "base/clock.h"
#include "base/lock.h"
#include "store/log_file.h"
#include "store/store_private.h"

#define BUSY_MS      2000
#define ROW_MAX      (2 * 1024 * 1024)
#define STEPS_A_LOOK 4096 /* between two looks at the clock */

/* --- the folder ---------------------------------------------------------- */

static enum cii_code
check_private(const char *path, const struct stat *stat, const char *mode,
              struct cii_error *err)
{
    if (stat->st_uid != geteuid())
        return cii_fail(err, CII_CONFIG,
                        "%s belongs to another user; chown it to the user"
                        " that ciid runs as",
                        path);
    if (stat->st_mode & 077)
        return cii_fail(err, CII_CONFIG,
                        "%s is open to other users; chmod %s it", path, mode);
    return CII_OK;
}

/* Locks and shared memory of SQLite are not to be trusted across a network. */
static enum cii_code
check_local(const char *folder, struct cii_error *err)
{
    struct statfs fs = {0};

    if (statfs(folder, &fs) != 0)
        return cii_fail(err, CII_SYSTEM, "%s: %s", folder, strerror(errno));
    const unsigned int magic = (unsigned int)fs.f_type;
    if (magic == NFS_SUPER_MAGIC || magic == SMB_SUPER_MAGIC ||
        magic == SMB2_SUPER_MAGIC || magic == CIFS_SUPER_MAGIC)
        return cii_fail(err, CII_CONFIG,
                        "%s is on a network; put it on a disk of this machine",
                        folder);
    return CII_OK;
}

static enum cii_code
check_folder(const char *folder, struct cii_error *err)
{
    struct stat seen = {0};

    if (stat(folder, &seen) != 0)
        return cii_fail(err, CII_CONFIG, "%s: %s; make it with mode 700",
                        folder, strerror(errno));
    if (!S_ISDIR(seen.st_mode))
        return cii_fail(err, CII_CONFIG, "%s is not a folder", folder);
    CII_TRY(check_private(folder, &seen, "700", err));
    return check_local(folder, err);
}

static enum cii_code
take_lock(int *lock, const char *folder, struct cii_error *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/" LOCK_FILE, folder);

    const enum cii_code code = lock_take(lock, path, err);
    if (code == CII_CONFLICT)
        return cii_fail(err, code,
                        "%s: another ciid has this store; stop it first",
                        folder);
    return code;
}

/* SQLite would make the file with the process's umask. Before it is opened by
 * SQLite: closing it later would drop SQLite's locks. */
static enum cii_code
make_file(const char *path, struct cii_error *err)
{
    struct stat seen = {0};

    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return cii_fail(err, CII_SYSTEM, "%s: %s", path, strerror(errno));
    const int rc = fstat(fd, &seen);
    const int why = errno;
    close(fd);
    if (rc != 0)
        return cii_fail(err, CII_SYSTEM, "%s: %s", path, strerror(why));
    return check_private(path, &seen, "600", err);
}

/* --- the connection ------------------------------------------------------ */

static int
remember_log(void *context, sqlite3 *db, const char *name, int pages)
{
    struct store *store = context;

    (void)db;
    (void)name;
    store->log_pages = pages;
    if (pages < store->log_moved)
        store->log_moved = 0; /* it began again at its start */
    return SQLITE_OK;
}

static int
is_over(void *context)
{
    const struct store *store = context;

    return store->limit > 0 && clock_steady() > store->deadline;
}

static enum cii_code
connect_file(struct store *store, int flags, struct cii_error *err)
{
    static const struct {
        int option;
        int on;
    } options[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
        {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
        {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},
        {SQLITE_DBCONFIG_DQS_DDL, 0},
    };

    /* One thread owns the store; refused after the first open, harmlessly. */
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (sqlite3_open_v2(store->file, &store->db,
                        flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                        store->reader ? NULL : log_file_vfs()) != SQLITE_OK)
        return store->db ? query_fail(store, err)
                         : cii_fail(err, CII_MEMORY, "no memory for SQLite");
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        sqlite3_db_config(store->db, options[i].option, options[i].on, NULL);
    sqlite3_limit(store->db, SQLITE_LIMIT_LENGTH, ROW_MAX);
    sqlite3_busy_timeout(store->db, BUSY_MS);
    return CII_OK;
}

/* What was asked for must be what is: never assume that a pragma took. */
static enum cii_code
expect_number(struct store *store, const char *pragma, int64_t wanted,
              struct cii_error *err)
{
    int64_t number = -1;

    CII_TRY(query_number(store, pragma, &number, err));
    if (number != wanted)
        return cii_fail(err, CII_STORE,
                        "%s: %s is %lld, not %lld; use the SQLite that ciid"
                        " was tested with",
                        store->file, pragma, (long long)number,
                        (long long)wanted);
    return CII_OK;
}

static enum cii_code
check_settings(struct store *store, struct cii_error *err)
{
    CII_TRY(expect_number(store, "PRAGMA synchronous", 2, err));
    CII_TRY(expect_number(store, "PRAGMA foreign_keys", 1, err));
    CII_TRY(expect_number(store, "PRAGMA trusted_schema", 0, err));
    CII_TRY(expect_number(store, "PRAGMA mmap_size", 0, err));
    return expect_number(store,
                         "SELECT journal_mode = 'wal'"
                         " FROM pragma_journal_mode",
                         1, err);
}

static enum cii_code
set_up_writer(struct store *store, struct cii_error *err)
{
    CII_TRY(query_exec(store,
                       "PRAGMA page_size = 8192;"
                       "PRAGMA journal_mode = WAL;"
                       "PRAGMA synchronous = FULL;"
                       "PRAGMA secure_delete = ON;"
                       "PRAGMA mmap_size = 0;"
                       "PRAGMA temp_store = MEMORY;"
                       "PRAGMA cache_size = -16384;"
                       "PRAGMA journal_size_limit = 67108864;"
                       "PRAGMA wal_autocheckpoint = 0",
                       err));
    sqlite3_wal_hook(store->db, remember_log, store);
    CII_TRY(check_settings(store, err));
    return migrate(store, err);
}

static enum cii_code
set_up_reader(struct store *store, struct cii_error *err)
{
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_progress_handler(store->db, STEPS_A_LOOK, is_over, store);
    CII_TRY(query_exec(store,
                       "PRAGMA synchronous = FULL;"
                       "PRAGMA mmap_size = 0;"
                       "PRAGMA temp_store = MEMORY;"
                       "PRAGMA cache_size = -8192;"
                       "PRAGMA query_only = ON",
                       err));
    CII_TRY(check_settings(store, err));
    return migrate_check(store, err);
}

/* --- open and close ------------------------------------------------------ */

static enum cii_code
store_new(struct store **result, const char *folder, struct cii_error *err)
{
    cii_auto(store_close) struct store *store = calloc(1, sizeof *store);
    if (!store)
        return cii_fail(err, CII_MEMORY, "no memory for a store");
    store->lock = -1;

    if (asprintf(&store->file, "%s/" DB_FILE, folder) < 0)
        store->file = NULL;
    if (asprintf(&store->log, "%s/" DB_FILE "-wal", folder) < 0)
        store->log = NULL;
    if (!store->file || !store->log)
        return cii_fail(err, CII_MEMORY, "no memory for a store");
    *result = cii_take(store);
    return CII_OK;
}

static enum cii_code
load_turn(struct store *store, struct cii_error *err)
{
    static const struct query query = {
        QUERY_COUNTS, "SELECT number, verdicts,"
                      " (SELECT coalesce(max(number), 0) FROM person),"
                      " (SELECT coalesce(max(number), 0) FROM event)"
                      " FROM turn"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &query, &stmt, err));
    CII_TRY(query_first(store, stmt, "turn", err));
    store->turn = column_number(stmt, 0);
    store->count.verdicts = column_number(stmt, 1);
    store->count.persons = column_number(stmt, 2);
    store->count.events = column_number(stmt, 3);
    query_end(stmt);
    return CII_OK;
}

enum cii_code
store_open(struct store **result, const char *folder, struct cii_error *err)
{
    assert(result);
    assert(folder);

    cii_auto(store_close) struct store *store = NULL;
    CII_TRY(check_folder(folder, err));
    CII_TRY(store_new(&store, folder, err));
    assert(store);
    CII_TRY(take_lock(&store->lock, folder, err));
    CII_TRY(make_file(store->file, err));
    CII_TRY(connect_file(store, SQLITE_OPEN_READWRITE, err));
    CII_TRY(set_up_writer(store, err));
    CII_TRY(load_turn(store, err));
    *result = cii_take(store);
    return CII_OK;
}

enum cii_code
store_open_reader(struct store **result, const char *folder,
                  struct cii_error *err)
{
    assert(result);
    assert(folder);

    cii_auto(store_close) struct store *store = NULL;
    CII_TRY(store_new(&store, folder, err));
    assert(store);
    store->reader = true;
    if (access(store->file, R_OK) != 0)
        return cii_fail(err, CII_UNKNOWN,
                        "%s cannot be read: %s; start ciid, which makes it",
                        store->file, strerror(errno));
    CII_TRY(connect_file(store, SQLITE_OPEN_READONLY, err));
    CII_TRY(set_up_reader(store, err));
    *result = cii_take(store);
    return CII_OK;
}

static void
finalize_all(sqlite3_stmt **stmt, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sqlite3_finalize(stmt[i]);
        stmt[i] = NULL;
    }
}

void
store_close(struct store **store)
{
    struct store *closed = *store;
    if (!closed)
        return;

    finalize_all(closed->statement, QUERY_COUNT);
    finalize_all(closed->list, LIST_COUNT);
    sqlite3_close(closed->db);
    names_done(closed);
    free(closed->out);
    free(closed->file);
    free(closed->log);
    if (closed->lock >= 0)
        close(closed->lock); /* last: the file is at rest now */
    free(closed);
    *store = NULL;
}
