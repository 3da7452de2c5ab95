/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "store/store_private.h"

/* The person's open dossier; UNKNOWN when there is none. */
static enum cii_code
find_open(struct store *store, int64_t person, int64_t *dossier,
          struct cii_error *err)
{
    static const struct query query = {QUERY_DOSSIER_FIND,
                                       "SELECT number FROM dossier"
                                       " WHERE person = ?1 AND closed_at = 0"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, person);
    CII_TRY(query_first(store, stmt, "open dossier", err));
    *dossier = column_number(stmt, 0);
    query_end(stmt);
    return CII_OK;
}

enum cii_code
store_dossier_open(struct store *store, struct dossier_row *row,
                   struct cii_error *err)
{
    static const struct query query = {
        QUERY_DOSSIER_OPEN,
        "INSERT INTO dossier (person, case_ref, counsellor, commune,"
        " opened_at, closed_at) VALUES (?1, ?2, ?3, ?4, ?5, 0)"};
    sqlite3_stmt *stmt = NULL;

    const enum cii_code code = find_open(store, row->person, &row->number, err);
    if (code == CII_OK)
        return cii_fail(err, CII_DUPLICATE, "the person has an open dossier");
    if (code != CII_UNKNOWN)
        return code;
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, row->person);
    bind_text(stmt, 2, row->case_ref);
    bind_text(stmt, 3, row->counsellor);
    bind_text(stmt, 4, row->commune);
    bind_number(stmt, 5, row->opened_at);
    CII_TRY(query_run(store, stmt, err));
    row->number = sqlite3_last_insert_rowid(store->db);
    return CII_OK;
}

enum cii_code
store_dossier_change(struct store *store, int64_t person, const char *case_ref,
                     const char *counsellor, const char *commune,
                     struct cii_error *err)
{
    static const struct query query = {
        QUERY_DOSSIER_CHANGE,
        "UPDATE dossier SET case_ref = coalesce(?2, case_ref),"
        " counsellor = coalesce(?3, counsellor),"
        " commune = coalesce(?4, commune) WHERE number = ?1"};
    sqlite3_stmt *stmt = NULL;
    int64_t dossier = 0;

    CII_TRY(find_open(store, person, &dossier, err));
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, dossier);
    bind_text_or_null(stmt, 2, case_ref);
    bind_text_or_null(stmt, 3, counsellor);
    bind_text_or_null(stmt, 4, commune);
    return query_run(store, stmt, err);
}

enum cii_code
store_dossier_close(struct store *store, int64_t person, int64_t at,
                    struct cii_error *err)
{
    static const struct query query = {QUERY_DOSSIER_CLOSE,
                                       "UPDATE dossier SET closed_at = ?2"
                                       " WHERE number = ?1"};
    sqlite3_stmt *stmt = NULL;
    int64_t dossier = 0;

    CII_TRY(find_open(store, person, &dossier, err));
    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, dossier);
    bind_number(stmt, 2, at);
    return query_run(store, stmt, err);
}

#define COLUMNS \
    "number, person, case_ref, counsellor, commune, opened_at, closed_at"

static struct dossier_row
row_of(sqlite3_stmt *stmt)
{
    return (struct dossier_row){
        .number = column_number(stmt, 0),
        .person = column_number(stmt, 1),
        .case_ref = column_text(stmt, 2),
        .counsellor = column_text(stmt, 3),
        .commune = column_text(stmt, 4),
        .opened_at = column_number(stmt, 5),
        .closed_at = column_number(stmt, 6),
    };
}

enum cii_code
store_dossier_get(struct store *store, int64_t person, struct dossier_row *row,
                  struct cii_error *err)
{
    static const struct query query = {QUERY_DOSSIER_GET,
                                       "SELECT " COLUMNS " FROM dossier"
                                       " WHERE person = ?1 AND closed_at = 0"};
    sqlite3_stmt *stmt = NULL;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, person);
    CII_TRY(query_first(store, stmt, "open dossier", err));
    *row = row_of(stmt);
    query_keep(store, stmt);
    return CII_OK;
}

enum cii_code
store_dossier_each(struct store *store, int64_t after, size_t max,
                   store_dossier_seen *seen, void *context,
                   struct cii_error *err)
{
    static const struct query query = {
        QUERY_DOSSIER_EACH,
        "SELECT " COLUMNS
        " FROM dossier WHERE number > ?1 ORDER BY number LIMIT ?2"};
    sqlite3_stmt *stmt = NULL;
    bool more = true;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, after);
    bind_number(stmt, 2, (int64_t)max);
    for (;;) {
        CII_TRY(query_step(store, stmt, &more, err));
        if (!more)
            return CII_OK;
        const struct dossier_row row = row_of(stmt);
        seen(context, &row);
    }
}

/* --- concerned offices --------------------------------------------------- */

enum cii_code
store_concern_set(struct store *store, int64_t person, const char *institution,
                  bool on, int64_t at, struct cii_error *err)
{
    static const struct query add = {
        QUERY_CONCERN_ON,
        "INSERT INTO concern (dossier, institution, since, until)"
        " VALUES (?1, ?2, ?3, 0) ON CONFLICT DO UPDATE"
        " SET since = excluded.since, until = 0 WHERE until <> 0"};
    static const struct query end = {QUERY_CONCERN_OFF,
                                     "UPDATE concern SET until = ?3"
                                     " WHERE dossier = ?1 AND institution = ?2"
                                     " AND until = 0"};
    sqlite3_stmt *stmt = NULL;
    int64_t dossier = 0;
    int64_t number = 0;

    CII_TRY(find_open(store, person, &dossier, err));
    CII_TRY(names_make(store, NAME_INSTITUTION, institution, &number, err));
    CII_TRY(query_start(store, on ? &add : &end, &stmt, err));
    bind_number(stmt, 1, dossier);
    bind_number(stmt, 2, number);
    bind_number(stmt, 3, at);
    return query_run(store, stmt, err);
}

enum cii_code
store_concern_each(struct store *store, int64_t person,
                   store_concern_seen *seen, void *context,
                   struct cii_error *err)
{
    static const struct query query = {
        QUERY_CONCERN_EACH,
        "SELECT i.id FROM dossier d JOIN concern c ON c.dossier = d.number"
        " JOIN institution i ON i.number = c.institution"
        " WHERE d.person = ?1 AND d.closed_at = 0 AND c.until = 0"
        " ORDER BY i.id"};
    sqlite3_stmt *stmt = NULL;
    bool more = true;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, person);
    for (;;) {
        CII_TRY(query_step(store, stmt, &more, err));
        if (!more)
            return CII_OK;
        seen(context, column_text(stmt, 0));
    }
}
