/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_STORE_PRIVATE_H
#define STORE_STORE_PRIVATE_H

/*
 * What the files of this folder share: the connection, its statements and the
 * names that it knows by number.
 *
 * A statement is prepared once, at first use, and kept. query_start() ends
 * what the last call still shows, so a row that was given out by pointer lives
 * until the next call. Parameters are bound by pointer: what is bound lives
 * until query_run() or query_end().
 */

#include <sqlite3.h>

#include "store/store.h"

#define LOCK_FILE "ciid.lock"
#define DB_FILE   "ciid.db"

/* One for each text of SQL. */
enum query_slot {
    QUERY_BEGIN,
    QUERY_READ_BEGIN,
    QUERY_COMMIT,
    QUERY_ROLLBACK,
    QUERY_SAVEPOINT,
    QUERY_SAVEPOINT_KEEP,
    QUERY_SAVEPOINT_UNDO,
    QUERY_COUNTS,
    QUERY_TURN_GET,
    QUERY_TURN_SET,
    QUERY_VALUE_SET,
    QUERY_VALUE_GET,
    QUERY_INSTITUTION_ADD,
    QUERY_INSTITUTION_LOAD,
    QUERY_TYPE_ADD,
    QUERY_TYPE_LOAD,
    QUERY_BASIS_ADD,
    QUERY_BASIS_LOAD,
    QUERY_PERSON_FIND,
    QUERY_PERSON_GET,
    QUERY_PERSON_ADD,
    QUERY_PERSON_NAMESAKES,
    QUERY_PERSON_LIST,
    QUERY_MATCH_ADD,
    QUERY_MATCH_EACH,
    QUERY_MATCH_EACH_PERSON,
    QUERY_EVENT_ADD,
    QUERY_EVENT_KNOWN,
    QUERY_EVENT_PROVE,
    QUERY_EVENT_RESEAL,
    QUERY_EVENT_GET,
    QUERY_EVENT_FIND,
    QUERY_EVENT_FIND_ANY,
    QUERY_EVENT_OF_ISSUER,
    QUERY_EVENT_LAST,
    QUERY_HIDE,
    QUERY_UNHIDE,
    QUERY_HIDING,
    QUERY_NARROW,
    QUERY_IS_NARROW,
    QUERY_HOLDERS,
    QUERY_VERDICT_ADD,
    QUERY_VERDICT_EACH,
    QUERY_VERDICT_EACH_PARTNER,
    QUERY_VERDICT_LAST,
    QUERY_VERDICT_SINCE,
    QUERY_RELIANCE_ADD,
    QUERY_RELIANCE_EACH,
    QUERY_RELIANCE_EACH_STATEMENT,
    QUERY_REJUDGE_ADD,
    QUERY_REJUDGE_NEXT,
    QUERY_REJUDGE_MOVE,
    QUERY_REJUDGE_DONE,
    QUERY_REFUSAL_ADD,
    QUERY_REFUSAL_EACH,
    QUERY_REFUSAL_EACH_ID,
    QUERY_OUT_LOAD,
    QUERY_OUT_ADD,
    QUERY_OUT_SAVE,
    QUERY_IN_LOAD,
    QUERY_IN_SAVE,
    QUERY_OUTBOX_APPEND,
    QUERY_DELIVERY_ADD,
    QUERY_OUTBOX_GET,
    QUERY_OUTBOX_KEPT,
    QUERY_OUTBOX_DELETE,
    QUERY_OUTBOX_ALL,
    QUERY_OUTBOX_HOLDS,
    QUERY_STREAM_FIND,
    QUERY_RECEIPT_ADD,
    QUERY_RECEIPT_EACH,
    QUERY_RANGE_BEFORE,
    QUERY_RANGE_SWALLOW,
    QUERY_RANGE_AFTER,
    QUERY_RANGE_ADD,
    QUERY_DOSSIER_FIND,
    QUERY_DOSSIER_OPEN,
    QUERY_DOSSIER_CHANGE,
    QUERY_DOSSIER_GET,
    QUERY_DOSSIER_CLOSE,
    QUERY_DOSSIER_EACH,
    QUERY_CONCERN_ON,
    QUERY_CONCERN_OFF,
    QUERY_CONCERN_EACH,
    QUERY_TASK_FIND,
    QUERY_TASK_OPEN,
    QUERY_TASK_STATE,
    QUERY_TASK_ADD,
    QUERY_TASK_CLOSE,
    QUERY_TASK_LATE,
    QUERY_TASK_GET,
    QUERY_TASK_EACH,
    QUERY_TASK_EACH_OPEN,
    QUERY_TASK_EACH_DUE,
    QUERY_TASK_EACH_PERSON,
    QUERY_TASK_EACH_EVENT,
    QUERY_TASK_EVENTS,
    QUERY_ACT_ADD,
    QUERY_ACT_EACH,
    QUERY_FIGURES,
    QUERY_VERIFY,
    QUERY_COUNT
};

struct query {
    enum query_slot slot;
    const char *sql;
};

/* Every combination of what an event_filter may ask for. */
#define LIST_COUNT 512

/* --- names ----------------------------------------------------------------*/

enum name_kind {
    NAME_INSTITUTION,
    NAME_TYPE,
    NAME_BASIS,
    NAME_KIND_COUNT
};

/* Three texts, each with its terminator; the first is the name itself. */
struct name {
    char *key; /* owned */
    size_t size;
    uint64_t hash;
};

/* Numbered from 1 without a gap: list[number - 1]. */
struct names {
    struct name *list; /* owned */
    size_t count;
    size_t capacity;
    uint32_t *slot; /* owned; numbers by hash, 0: free */
    size_t slot_count;
};

/* --- the store ------------------------------------------------------------*/

/* The current stream to one partner, as it stands within this turn. */
struct out_cache {
    bool known;
    int64_t number; /* of the row; 0: there is none */
    struct out_stream out;
};

/* Rows are never deleted from these tables, so the count is the last number
 * and tells without a look whether a number exists. */
struct counts {
    int64_t persons;
    int64_t events;
    int64_t verdicts;
};

/* How far things had gone when a turn or a savepoint began. */
struct mark {
    int64_t changes;
    struct counts count;
    size_t name_count[NAME_KIND_COUNT];
};

struct store {
    sqlite3 *db; /* owned */
    int lock;    /* owned; -1: a reader */
    bool reader;
    char *file; /* owned: path of the file */
    char *log;  /* owned: path of its WAL */

    sqlite3_stmt *statement[QUERY_COUNT]; /* owned, as they are needed */
    sqlite3_stmt *list[LIST_COUNT];       /* owned */
    sqlite3_stmt *shown; /* borrowed: its row is in the caller's hands */

    bool in_turn;
    bool in_savepoint;
    struct mark turn_mark;
    struct mark savepoint_mark;
    /* Not OK: SQLite may have rolled back by itself; nothing more may be
     * written in this turn. */
    enum cii_code broken;
    /* A sync failed: the kernel forgets, so no later one can be trusted. */
    bool lost;

    int64_t turn;        /* number of the last one that was committed */
    struct counts count; /* as they stand within this turn; writer only */

    int64_t log_pages; /* in the WAL */
    int64_t log_moved; /* of these, seen by the last checkpoint */

    struct names names[NAME_KIND_COUNT];
    struct buffer key;     /* scratch of names.c */
    struct out_cache *out; /* owned; [institution number - 1] */
    size_t out_count;

    int64_t limit; /* milliseconds; 0: none */
    int64_t deadline;
};

/* migrate.c: brings the file to this program's schema. */
cii_must_check enum cii_code migrate(struct store *store,
                                     struct cii_error *err);
/* CONFIG unless the schema is this program's. */
cii_must_check enum cii_code migrate_check(struct store *store,
                                           struct cii_error *err);

/* --- query.c --------------------------------------------------------------*/

/* Maps what SQLite just said. Never names a value. */
enum cii_code query_fail(struct store *store, struct cii_error *err);
/* Text without parameters or rows, outside the cache. */
cii_must_check enum cii_code query_exec(struct store *store, const char *sql,
                                        struct cii_error *err);
/* A number from a pragma or a query with one row. */
cii_must_check enum cii_code query_number(struct store *store, const char *sql,
                                          int64_t *number,
                                          struct cii_error *err);
/* Ends what the last call shows. */
void query_settle(struct store *store);
cii_must_check enum cii_code query_start(struct store *store,
                                         const struct query *query,
                                         sqlite3_stmt **stmt,
                                         struct cii_error *err);
/* The same for a statement that is kept elsewhere: *stmt NULL prepares it. */
cii_must_check enum cii_code query_start_text(struct store *store,
                                              const char *sql,
                                              sqlite3_stmt **stmt,
                                              struct cii_error *err);
/* To the end, ignoring rows. */
cii_must_check enum cii_code query_run(struct store *store, sqlite3_stmt *stmt,
                                       struct cii_error *err);
/* *row false: that was all, and the statement is reset. */
cii_must_check enum cii_code query_step(struct store *store, sqlite3_stmt *stmt,
                                        bool *row, struct cii_error *err);
/* The first row; UNKNOWN when there is none. */
cii_must_check enum cii_code query_first(struct store *store,
                                         sqlite3_stmt *stmt, const char *what,
                                         struct cii_error *err);
void query_end(sqlite3_stmt *stmt);
/* Instead of query_end(): the row stays until the next call. */
void query_keep(struct store *store, sqlite3_stmt *stmt);

/* A bind fails only past SQLite's size limit, and then leaves a NULL that the
 * table refuses; so nothing here returns a code. */
void bind_number(sqlite3_stmt *stmt, int at, int64_t value);
void bind_text(sqlite3_stmt *stmt, int at, const char *text);
/* NULL stays NULL. */
void bind_text_or_null(sqlite3_stmt *stmt, int at, const char *text);
void bind_bytes(sqlite3_stmt *stmt, int at, struct bytes bytes);
void bind_digest(sqlite3_stmt *stmt, int at, const struct digest *digest);
void bind_event_id(sqlite3_stmt *stmt, int at, const struct event_id *id);
int64_t column_number(sqlite3_stmt *stmt, int at);
const char *column_text(sqlite3_stmt *stmt, int at); /* never NULL */
struct bytes column_bytes(sqlite3_stmt *stmt, int at);
/* Exactly size bytes, or zeros. */
void column_copy(sqlite3_stmt *stmt, int at, void *to, size_t size);

/* UNKNOWN unless the writer has a row with this number. */
cii_must_check enum cii_code expect_person(const struct store *store,
                                           int64_t number,
                                           struct cii_error *err);
cii_must_check enum cii_code expect_event(const struct store *store,
                                          int64_t number,
                                          struct cii_error *err);

/* --- names.c --------------------------------------------------------------*/

/* The number of three texts; made when there is none and `make`, else 0. */
cii_must_check enum cii_code names_number(struct store *store,
                                          enum name_kind kind,
                                          const char *const text[3], bool make,
                                          int64_t *number,
                                          struct cii_error *err);
/* As names_number(), for a name of one text. */
cii_must_check enum cii_code names_find(struct store *store,
                                        enum name_kind kind, const char *text,
                                        int64_t *number, struct cii_error *err);
cii_must_check enum cii_code names_make(struct store *store,
                                        enum name_kind kind, const char *text,
                                        int64_t *number, struct cii_error *err);
/* The first text; "" when nobody knows the number. */
const char *names_text(struct store *store, enum name_kind kind,
                       int64_t number);
/* Forgets what came after the mark. */
void names_mark(const struct store *store, struct mark *mark);
void names_cut(struct store *store, const struct mark *mark);
void names_done(struct store *store);

/* --- stream.c -------------------------------------------------------------*/

/* The current stream to this partner; number 0 when there is none. */
cii_must_check enum cii_code out_find(struct store *store, int64_t partner,
                                      struct out_cache **found,
                                      struct cii_error *err);
/* Makes a new stream the current one. */
cii_must_check enum cii_code out_add(struct store *store, int64_t partner,
                                     const struct out_stream *out,
                                     struct cii_error *err);
cii_must_check enum cii_code out_update(struct store *store,
                                        struct out_cache *cache,
                                        const struct out_stream *out,
                                        struct cii_error *err);
/* Of any stream to this partner, the current one or an older; or UNKNOWN. */
cii_must_check enum cii_code out_number(struct store *store,
                                        const char *partner,
                                        const struct stream_id *id,
                                        int64_t *stream, struct cii_error *err);
void out_forget(struct store *store);

#endif
