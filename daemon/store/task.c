/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "store/store_private.h"

/* --- writing ------------------------------------------------------------- */

/* The open one of this kind, person, partner and basis; UNKNOWN if none. */
static enum cii_code
find_open(struct store *store, const struct task_row *row, int64_t partner,
          int64_t *task, struct cii_error *err)
{
    static const struct query query = {
        QUERY_TASK_FIND,
        "SELECT number FROM task INDEXED BY task_once WHERE closed_at = 0"
        " AND person = ?1 AND kind = ?2 AND partner = ?3 AND basis = ?4"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, row->person);
    bind_text(stmt, 2, row->kind);
    bind_number(stmt, 3, partner);
    bind_number(stmt, 4, row->basis);
    CII_TRY(query_first(store, stmt, "open task", err));
    *task = column_number(stmt, 0);
    query_end(stmt);
    return CII_OK;
}

static enum cii_code
insert(struct store *store, struct task_row *row, int64_t partner,
       struct cii_error *err)
{
    static const struct query query = {
        QUERY_TASK_OPEN,
        "INSERT INTO task (kind, person, partner, basis, opened_at, due_at,"
        " late_at, closed_at, proof) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0, '')"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_text(stmt, 1, row->kind);
    bind_number(stmt, 2, row->person);
    bind_number(stmt, 3, partner);
    bind_number(stmt, 4, row->basis);
    bind_number(stmt, 5, row->opened_at);
    bind_number(stmt, 6, row->due_at);
    CII_TRY(query_run(store, stmt, err));
    row->number = sqlite3_last_insert_rowid(store->db);
    return CII_OK;
}

enum cii_code
store_task_open(struct store *store, struct task_row *row,
                struct cii_error *err)
{
    int64_t partner = 0;

    if (row->person != 0)
        CII_TRY(expect_person(store, row->person, err));
    if (row->partner && row->partner[0])
        CII_TRY(
            names_make(store, NAME_INSTITUTION, row->partner, &partner, err));
    const enum cii_code code =
        find_open(store, row, partner, &row->number, err);
    if (code == CII_OK)
        return cii_fail(err, CII_DUPLICATE, "such a task is open already");
    if (code != CII_UNKNOWN)
        return code;
    return insert(store, row, partner, err);
}

/* UNKNOWN when there is no such task. */
static enum cii_code
find_state(struct store *store, int64_t task, int64_t *closed_at,
           struct cii_error *err)
{
    static const struct query query = {
        QUERY_TASK_STATE, "SELECT closed_at FROM task WHERE number = ?1"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, task);
    CII_TRY(query_first(store, stmt, "task", err));
    *closed_at = column_number(stmt, 0);
    query_end(stmt);
    return CII_OK;
}

enum cii_code
store_task_add(struct store *store, int64_t task, int64_t event,
               struct cii_error *err)
{
    static const struct query query = {QUERY_TASK_ADD,
                                       "INSERT INTO task_event (task, event)"
                                       " VALUES (?1, ?2)"
                                       " ON CONFLICT DO NOTHING"};
    sqlite3_stmt *stmt = NULL;
    int64_t closed_at = 0;

    CII_TRY(expect_event(store, event, err));
    CII_TRY(find_state(store, task, &closed_at, err));
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, task);
    bind_number(stmt, 2, event);
    return query_run(store, stmt, err);
}

enum cii_code
store_task_close(struct store *store, int64_t task, const char *proof,
                 int64_t at, struct cii_error *err)
{
    static const struct query query = {
        QUERY_TASK_CLOSE, "UPDATE task SET closed_at = ?2, proof = ?3"
                          " WHERE number = ?1"};
    sqlite3_stmt *stmt = NULL;
    int64_t closed_at = 0;

    CII_TRY(find_state(store, task, &closed_at, err));
    if (closed_at != 0)
        return cii_fail(err, CII_DUPLICATE, "the task is closed already");
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, task);
    bind_number(stmt, 2, at);
    bind_text(stmt, 3, proof);
    return query_run(store, stmt, err);
}

/* It is found overdue once. */
enum cii_code
store_task_late(struct store *store, int64_t task, int64_t at,
                struct cii_error *err)
{
    static const struct query query = {QUERY_TASK_LATE,
                                       "UPDATE task SET late_at = ?2"
                                       " WHERE number = ?1 AND late_at = 0"};
    sqlite3_stmt *stmt = NULL;
    int64_t closed_at = 0;

    CII_TRY(find_state(store, task, &closed_at, err));
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, task);
    bind_number(stmt, 2, at);
    return query_run(store, stmt, err);
}

/* --- reading ------------------------------------------------------------- */

#define COLUMNS                                                 \
    "SELECT t.number, t.kind, t.person, i.id, t.basis, b.rule," \
    " b.citation, t.opened_at, t.due_at, t.late_at, t.closed_at, t.proof"
#define NAMES                                          \
    " LEFT JOIN institution i ON i.number = t.partner" \
    " LEFT JOIN basis b ON b.number = t.basis"

static struct task_row
row_of(sqlite3_stmt *stmt)
{
    return (struct task_row){
        .number = column_number(stmt, 0),
        .kind = column_text(stmt, 1),
        .person = column_number(stmt, 2),
        .partner = column_text(stmt, 3),
        .basis = column_number(stmt, 4),
        .rule = column_text(stmt, 5),
        .citation = column_text(stmt, 6),
        .opened_at = column_number(stmt, 7),
        .due_at = column_number(stmt, 8),
        .late_at = column_number(stmt, 9),
        .closed_at = column_number(stmt, 10),
        .proof = column_text(stmt, 11),
    };
}

enum cii_code
store_task_get(struct store *store, int64_t task, struct task_row *row,
               struct cii_error *err)
{
    static const struct query query = {QUERY_TASK_GET,
                                       COLUMNS " FROM task t" NAMES
                                               " WHERE t.number = ?1"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, task);
    CII_TRY(query_first(store, stmt, "task", err));
    *row = row_of(stmt);
    query_keep(store, stmt);
    return CII_OK;
}

/* The same in every text: each walks the index that narrows most, and these
 * hold for what it finds. */
#define CONDITIONS                                       \
    " WHERE t.number > ?1 AND (?3 = 0 OR t.person = ?3)" \
    " AND (?5 IS NULL OR t.kind = ?5)"                   \
    " AND (?6 IS NULL OR t.partner = ?6)"                \
    " AND (NOT ?7 OR t.closed_at = 0)"                   \
    " AND (NOT ?8 OR t.late_at <> 0)"                    \
    " AND (?9 = 0 OR (t.closed_at = 0 AND t.late_at = 0" \
    " AND t.due_at <> 0 AND t.due_at < ?9))"
#define ORDER " ORDER BY t.number LIMIT ?2"

static const struct query *
query_for(const struct task_filter *filter)
{
    static const struct query about = {
        QUERY_TASK_EACH_EVENT,
        COLUMNS " FROM task_event x CROSS JOIN task t"
                " ON t.number = x.task" NAMES CONDITIONS
                " AND x.event = ?4 AND x.task > ?1" ORDER};
    static const struct query person = {
        QUERY_TASK_EACH_PERSON,
        COLUMNS " FROM task t INDEXED BY task_person" NAMES CONDITIONS
                " AND t.person = ?3 AND t.person <> 0" ORDER};
    static const struct query due = {
        QUERY_TASK_EACH_DUE,
        COLUMNS " FROM task t INDEXED BY task_due" NAMES CONDITIONS
                " AND t.closed_at = 0 AND t.late_at = 0 AND t.due_at <> 0"
                " AND t.due_at < ?9" ORDER};
    static const struct query open = {
        QUERY_TASK_EACH_OPEN,
        COLUMNS " FROM task t INDEXED BY task_open" NAMES CONDITIONS
                " AND t.closed_at = 0" ORDER};
    static const struct query all = {QUERY_TASK_EACH, COLUMNS
                                     " FROM task t" NAMES CONDITIONS ORDER};

    if (filter->event != 0)
        return &about;
    if (filter->person != 0)
        return &person;
    if (filter->due_before != 0)
        return &due;
    return filter->open ? &open : &all;
}

/* NULL: any; a partner that nobody has named has no tasks. */
static void
bind_partner(sqlite3_stmt *stmt, int at, const char *partner, int64_t number)
{
    if (!partner)
        sqlite3_bind_null(stmt, at);
    else
        bind_number(stmt, at, partner[0] && number == 0 ? -1 : number);
}

enum cii_code
store_task_each(struct store *store, const struct task_filter *filter,
                size_t max, store_task_seen *seen, void *context,
                struct cii_error *err)
{
    sqlite3_stmt *stmt = NULL;
    int64_t partner = 0;
    bool more = true;

    if (filter->partner)
        CII_TRY(names_find(store, NAME_INSTITUTION, filter->partner, &partner,
                           err));
    CII_TRY(query_start(store, query_for(filter), &stmt, err));
    bind_number(stmt, 1, filter->after);
    bind_number(stmt, 2, (int64_t)max);
    bind_number(stmt, 3, filter->person);
    bind_number(stmt, 4, filter->event);
    bind_text_or_null(stmt, 5, filter->kind);
    bind_partner(stmt, 6, filter->partner, partner);
    bind_number(stmt, 7, filter->open);
    bind_number(stmt, 8, filter->late);
    bind_number(stmt, 9, filter->due_before);
    for (;;) {
        CII_TRY(query_step(store, stmt, &more, err));
        if (!more)
            return CII_OK;
        const struct task_row row = row_of(stmt);
        seen(context, &row);
    }
}

enum cii_code
store_task_events(struct store *store, int64_t task,
                  store_task_event_seen *seen, void *context,
                  struct cii_error *err)
{
    static const struct query query = {QUERY_TASK_EVENTS,
                                       "SELECT event FROM task_event"
                                       " WHERE task = ?1 ORDER BY event"};
    sqlite3_stmt *stmt = NULL;
    bool more = true;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, task);
    for (;;) {
        CII_TRY(query_step(store, stmt, &more, err));
        if (!more)
            return CII_OK;
        seen(context, column_number(stmt, 0));
    }
}
