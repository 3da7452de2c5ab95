/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "store/store_private.h"

/* --- writing ------------------------------------------------------------- */

/* The numbers of what an event names. */
struct references {
    int64_t issuer;
    int64_t discloser;
    int64_t type;
};

static enum cii_code
refer(struct store *store, const struct event_row *row, struct references *refs,
      struct cii_error *err)
{
    CII_TRY(
        names_make(store, NAME_INSTITUTION, row->issuer, &refs->issuer, err));
    CII_TRY(names_make(store, NAME_INSTITUTION, row->discloser,
                       &refs->discloser, err));
    return names_make(store, NAME_TYPE, row->type, &refs->type, err);
}

/* Known already: the same, or something else under the same id? */
static enum cii_code
compare(struct store *store, struct event_row *row, int64_t issuer,
        struct cii_error *err)
{
    static const struct query query = {QUERY_EVENT_KNOWN,
                                       "SELECT number, digest FROM event"
                                       " WHERE event_id = ?1 AND issuer = ?2"};
    sqlite3_stmt *stmt = NULL;
    struct digest digest = {0};

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_event_id(stmt, 1, &row->event_id);
    bind_number(stmt, 2, issuer);
    CII_TRY(query_first(store, stmt, "event", err));
    const int64_t number = column_number(stmt, 0);
    column_copy(stmt, 1, &digest, sizeof digest);
    query_end(stmt);

    if (!digest_equal(&digest, &row->digest)) {
        char id[EVENT_ID_TEXT];
        event_id_print(&row->event_id, id);
        return cii_fail(err, CII_CONFLICT,
                        "event %s of %s is known with other content; its"
                        " issuer must give the correction an id of its own",
                        id, row->issuer);
    }
    row->number = number;
    return CII_DUPLICATE;
}

static void
bind_row(sqlite3_stmt *stmt, const struct event_row *row,
         const struct references *refs)
{
    bind_number(stmt, 1, row->origin == ORIGIN_ARRIVED);
    bind_number(stmt, 2, row->test);
    bind_number(stmt, 3, refs->issuer);
    bind_number(stmt, 4, refs->discloser);
    bind_number(stmt, 5, refs->type);
    if (row->person != 0)
        bind_number(stmt, 6, row->person);
    else
        sqlite3_bind_null(stmt, 6);
    bind_number(stmt, 7, row->stored_at);
    bind_text(stmt, 8, row->occurred_on);
    bind_text(stmt, 9, row->case_ref);
    bind_event_id(stmt, 10, &row->event_id);
    if (event_id_is_zero(&row->in_reply_to))
        sqlite3_bind_null(stmt, 11);
    else
        bind_event_id(stmt, 11, &row->in_reply_to);
    bind_digest(stmt, 12, &row->digest);
    bind_bytes(stmt, 13, row->header);
    bind_bytes(stmt, 14, row->proof);
    bind_bytes(stmt, 15, row->sealed);
}

enum cii_code
store_event_add(struct store *store, struct event_row *row,
                struct cii_error *err)
{
    static const struct query query = {
        QUERY_EVENT_ADD,
        "INSERT INTO event (origin, test, issuer, discloser, type, person,"
        " stored_at, occurred_on, case_ref, event_id, in_reply_to, digest,"
        " header, proof, sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
        " ?10, ?11, ?12, ?13, ?14, ?15)"
        " ON CONFLICT (event_id, issuer) DO NOTHING"};
    struct references refs = {0};
    sqlite3_stmt *stmt = NULL;

    if (row->person != 0)
        CII_TRY(expect_person(store, row->person, err));
    CII_TRY(refer(store, row, &refs, err));
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_row(stmt, row, &refs);
    CII_TRY(query_run(store, stmt, err));
    if (sqlite3_changes(store->db) == 0)
        return compare(store, row, refs.issuer, err);
    row->number = sqlite3_last_insert_rowid(store->db);
    store->count.events = row->number;
    return CII_OK;
}

enum cii_code
expect_event(const struct store *store, int64_t number, struct cii_error *err)
{
    if (number < 1 || number > store->count.events)
        return cii_fail(err, CII_UNKNOWN, "the store holds no such event");
    return CII_OK;
}

enum cii_code
store_event_prove(struct store *store, int64_t number, struct bytes proof,
                  struct cii_error *err)
{
    static const struct query query = {
        QUERY_EVENT_PROVE, "INSERT INTO proof (event, proof) VALUES (?1, ?2)"
                           " ON CONFLICT DO UPDATE SET proof = excluded.proof"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(expect_event(store, number, err));
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, number);
    bind_bytes(stmt, 2, proof);
    return query_run(store, stmt, err);
}

enum cii_code
store_event_reseal(struct store *store, int64_t number, struct bytes sealed,
                   struct cii_error *err)
{
    static const struct query query = {
        QUERY_EVENT_RESEAL, "UPDATE event SET sealed = ?2 WHERE number = ?1"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(expect_event(store, number, err));
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, number);
    bind_bytes(stmt, 2, sealed);
    return query_run(store, stmt, err);
}

/* --- reading ------------------------------------------------------------- */

#define COLUMNS                                                            \
    "e.number, e.origin, e.test, e.issuer, e.discloser, e.type, e.person," \
    " e.stored_at, e.occurred_on, e.case_ref, e.event_id, e.in_reply_to,"  \
    " e.digest, e.header,"                                                 \
    " coalesce((SELECT p.proof FROM proof p WHERE p.event = e.number),"    \
    " e.proof), e.sealed"

static void
show(struct store *store, sqlite3_stmt *stmt, struct event_row *row)
{
    *row = (struct event_row){
        .number = column_number(stmt, 0),
        .origin = column_number(stmt, 1) ? ORIGIN_ARRIVED : ORIGIN_OURS,
        .test = column_number(stmt, 2) != 0,
        .issuer = names_text(store, NAME_INSTITUTION, column_number(stmt, 3)),
        .discloser =
            names_text(store, NAME_INSTITUTION, column_number(stmt, 4)),
        .type = names_text(store, NAME_TYPE, column_number(stmt, 5)),
        .person = column_number(stmt, 6),
        .stored_at = column_number(stmt, 7),
        .occurred_on = column_text(stmt, 8),
        .case_ref = column_text(stmt, 9),
        .header = column_bytes(stmt, 13),
        .proof = column_bytes(stmt, 14),
        .sealed = column_bytes(stmt, 15),
    };
    column_copy(stmt, 10, &row->event_id, sizeof row->event_id);
    column_copy(stmt, 11, &row->in_reply_to, sizeof row->in_reply_to);
    column_copy(stmt, 12, &row->digest, sizeof row->digest);
    query_keep(store, stmt);
}

enum cii_code
store_event_get(struct store *store, int64_t number, struct event_row *row,
                struct cii_error *err)
{
    static const struct query query = {QUERY_EVENT_GET,
                                       "SELECT " COLUMNS
                                       " FROM event e WHERE e.number = ?1"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, number);
    CII_TRY(query_first(store, stmt, "event", err));
    show(store, stmt, row);
    return CII_OK;
}

enum cii_code
store_event_find(struct store *store, const char *issuer,
                 const struct event_id *id, struct event_row *row,
                 struct cii_error *err)
{
    static const struct query of_issuer = {
        QUERY_EVENT_FIND, "SELECT " COLUMNS " FROM event e"
                          " WHERE e.event_id = ?1 AND e.issuer = ?2"};
    static const struct query of_any = {QUERY_EVENT_FIND_ANY,
                                        "SELECT " COLUMNS " FROM event e"
                                        " WHERE e.event_id = ?1"
                                        " ORDER BY e.number LIMIT 1"};
    sqlite3_stmt *stmt = NULL;
    int64_t number = 0;

    if (issuer)
        CII_TRY(names_find(store, NAME_INSTITUTION, issuer, &number, err));
    CII_TRY(query_start(store, issuer ? &of_issuer : &of_any, &stmt, err));
    bind_event_id(stmt, 1, id);
    if (issuer)
        bind_number(stmt, 2, number);
    CII_TRY(query_first(store, stmt, "event", err));
    show(store, stmt, row);
    return CII_OK;
}

enum cii_code
store_event_of_issuer(struct store *store, const char *issuer, int64_t since,
                      int64_t after, int64_t *numbers, size_t max,
                      size_t *count, struct cii_error *err)
{
    static const struct query query = {
        QUERY_EVENT_OF_ISSUER,
        "SELECT number FROM event INDEXED BY event_issuer"
        " WHERE origin = 1 AND issuer = ?1 AND discloser = ?1"
        " AND number > ?2 AND stored_at >= ?3 ORDER BY number LIMIT ?4"};
    sqlite3_stmt *stmt = NULL;
    int64_t number = 0;
    bool row = true;

    *count = 0;
    CII_TRY(names_find(store, NAME_INSTITUTION, issuer, &number, err));
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, number);
    bind_number(stmt, 2, after);
    bind_number(stmt, 3, since);
    bind_number(stmt, 4, (int64_t)max);
    for (;;) {
        CII_TRY(query_step(store, stmt, &row, err));
        if (!row)
            return CII_OK;
        numbers[(*count)++] = column_number(stmt, 0);
    }
}
