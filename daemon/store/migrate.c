/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "store/store_private.h"

/*
 * The schema, as numbered steps: step N brings a file of version N-1 to N. A
 * step that was released is never changed.
 *
 * What comes with every event is keyed so that it is appended: the table
 * itself, its id (UUIDv7 grows with time), verdicts and deliveries. Persons
 * come in any order: their index is one part for every 65 536 events, so that
 * only the last part is written to, and a question looks into each part. As
 * one index over everything it took two thirds of the store's time once there
 * were a million events.
 */

#define APPLICATION_ID 0x43494944 /* "CIID" */

static const char names[] =
    "CREATE TABLE turn ("
    " only INTEGER PRIMARY KEY CHECK (only = 1),"
    " number INTEGER NOT NULL,"
    " verdicts INTEGER NOT NULL) STRICT;"
    "INSERT INTO turn (only, number, verdicts) VALUES (1, 0, 0);"

    "CREATE TABLE value ("
    " name TEXT PRIMARY KEY,"
    " value BLOB NOT NULL) STRICT, WITHOUT ROWID;"

    "CREATE TABLE institution ("
    " number INTEGER PRIMARY KEY,"
    " id TEXT NOT NULL UNIQUE) STRICT;"

    "CREATE TABLE type ("
    " number INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL UNIQUE) STRICT;"

    "CREATE TABLE basis ("
    " number INTEGER PRIMARY KEY,"
    " rule TEXT NOT NULL,"
    " citation TEXT NOT NULL,"
    " lane TEXT NOT NULL,"
    " UNIQUE (rule, citation, lane)) STRICT;";

static const char persons[] =
    "CREATE TABLE person ("
    " number INTEGER PRIMARY KEY,"
    " lookup BLOB NOT NULL UNIQUE,"
    " name_lookup BLOB," /* NULL: no name */
    " sealed_key BLOB NOT NULL,"
    " sealed_identity BLOB NOT NULL) STRICT;"
    "CREATE INDEX person_name ON person (name_lookup)"
    " WHERE name_lookup IS NOT NULL;"

    "CREATE TABLE match ("
    " a INTEGER NOT NULL REFERENCES person,"
    " b INTEGER NOT NULL REFERENCES person," /* a < b */
    " reason TEXT NOT NULL,"
    " at INTEGER NOT NULL,"
    " PRIMARY KEY (a, b)) STRICT;"
    "CREATE INDEX match_b ON match (b);";

static const char events[] =
    /* Small columns first: filters never read the long ones. No REFERENCES
     * where each event would pay for them: the store's own counts and names
     * check what is referred to (struct counts). */
    "CREATE TABLE event ("
    " number INTEGER PRIMARY KEY,"
    " origin INTEGER NOT NULL,"
    " test INTEGER NOT NULL,"
    " issuer INTEGER NOT NULL,"    /* institution */
    " discloser INTEGER NOT NULL," /* institution */
    " type INTEGER NOT NULL,"
    " person INTEGER," /* NULL: about nobody */
    " stored_at INTEGER NOT NULL,"
    " occurred_on TEXT NOT NULL,"
    " case_ref TEXT NOT NULL,"
    " event_id BLOB NOT NULL,"
    " in_reply_to BLOB," /* NULL: none */
    " digest BLOB NOT NULL,"
    " header BLOB NOT NULL,"
    " proof BLOB NOT NULL," /* empty: see table proof */
    " sealed BLOB NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX event_known ON event (event_id, issuer);"
    "CREATE INDEX event_person ON event (number >> 16, person)"
    " WHERE person IS NOT NULL;"
    "CREATE INDEX event_case ON event (case_ref) WHERE case_ref <> '';"
    "CREATE INDEX event_type ON event (type);"
    "CREATE INDEX event_issuer ON event (issuer) WHERE origin = 1;"
    "CREATE INDEX event_relayed ON event (discloser)"
    " WHERE origin = 1 AND discloser <> issuer;"

    /* Proofs that came after their event: a longer row in place would move
     * its neighbours. */
    "CREATE TABLE proof ("
    " event INTEGER PRIMARY KEY,"
    " proof BLOB NOT NULL) STRICT;"

    "CREATE TABLE verdict ("
    " partner INTEGER NOT NULL," /* institution */
    " event INTEGER NOT NULL,"
    " nth INTEGER NOT NULL," /* of all verdicts ever */
    " arrival INTEGER NOT NULL,"
    " verdict INTEGER NOT NULL,"
    " ground INTEGER NOT NULL,"
    " basis INTEGER NOT NULL," /* 0: none */
    " facets INTEGER NOT NULL,"
    " withheld INTEGER NOT NULL,"
    " missing TEXT NOT NULL,"
    " at INTEGER NOT NULL,"
    " PRIMARY KEY (partner, event, nth)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE refusal ("
    " number INTEGER PRIMARY KEY,"
    " issuer TEXT NOT NULL,"
    " discloser TEXT NOT NULL,"
    " event_id BLOB NOT NULL,"
    " digest BLOB NOT NULL,"
    " reason TEXT NOT NULL,"
    " rule TEXT NOT NULL,"
    " detail TEXT NOT NULL,"
    " at INTEGER NOT NULL) STRICT;"
    "CREATE INDEX refusal_event ON refusal (event_id);";

static const char streams[] =
    /* The one with the greatest number is the partner's current one. */
    "CREATE TABLE out_stream ("
    " number INTEGER PRIMARY KEY,"
    " partner INTEGER NOT NULL REFERENCES institution,"
    " id BLOB NOT NULL,"
    " oldest INTEGER NOT NULL,"
    " head INTEGER NOT NULL,"
    " head_chain BLOB NOT NULL,"
    " acked INTEGER NOT NULL,"
    " UNIQUE (partner, id)) STRICT;"

    "CREATE TABLE in_stream ("
    " partner INTEGER PRIMARY KEY REFERENCES institution,"
    " id BLOB NOT NULL,"
    " seq INTEGER NOT NULL,"
    " chain BLOB NOT NULL) STRICT;"

    /* What can be delivered again. */
    "CREATE TABLE outbox ("
    " stream INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " event INTEGER NOT NULL,"
    " at INTEGER NOT NULL,"
    " digest BLOB NOT NULL,"
    " chain BLOB NOT NULL,"
    " by_dossier INTEGER NOT NULL,"
    " PRIMARY KEY (stream, seq)) STRICT, WITHOUT ROWID;"

    /* Where each event went, for ever: what receipts speak of. */
    "CREATE TABLE delivery ("
    " event INTEGER NOT NULL,"
    " stream INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " PRIMARY KEY (event, stream, seq)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE receipt ("
    " number INTEGER PRIMARY KEY,"
    " event INTEGER NOT NULL REFERENCES event,"
    " partner INTEGER NOT NULL REFERENCES institution,"
    " state TEXT NOT NULL,"
    " reason TEXT NOT NULL,"
    " at INTEGER NOT NULL,"
    " turn INTEGER NOT NULL) STRICT;"
    "CREATE INDEX receipt_event ON receipt (event);"

    /* Accepted, first to last; ranges of a stream never overlap. */
    "CREATE TABLE receipt_range ("
    " stream INTEGER NOT NULL REFERENCES out_stream,"
    " first INTEGER NOT NULL,"
    " last INTEGER NOT NULL,"
    " at INTEGER NOT NULL,"
    " turn INTEGER NOT NULL,"
    " PRIMARY KEY (stream, first)) STRICT, WITHOUT ROWID;";

static const char work[] =
    "CREATE TABLE dossier ("
    " number INTEGER PRIMARY KEY,"
    " person INTEGER NOT NULL REFERENCES person,"
    " case_ref TEXT NOT NULL,"
    " counsellor TEXT NOT NULL,"
    " opened_at INTEGER NOT NULL,"
    " closed_at INTEGER NOT NULL) STRICT;" /* 0: open */
    "CREATE UNIQUE INDEX dossier_open ON dossier (person)"
    " WHERE closed_at = 0;"

    "CREATE TABLE concern ("
    " dossier INTEGER NOT NULL REFERENCES dossier,"
    " institution INTEGER NOT NULL REFERENCES institution,"
    " since INTEGER NOT NULL,"
    " until INTEGER NOT NULL," /* 0: still */
    " PRIMARY KEY (dossier, institution)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE act ("
    " number INTEGER PRIMARY KEY,"
    " at INTEGER NOT NULL,"
    " uid INTEGER NOT NULL,"
    " role TEXT NOT NULL,"
    " user TEXT NOT NULL,"
    " verb TEXT NOT NULL,"
    " subject TEXT NOT NULL,"
    " person INTEGER NOT NULL," /* 0: none */
    " result TEXT NOT NULL) STRICT;";

static const char *const first[] = {names,   persons, events,
                                    streams, work,    NULL};

/* --- step 2: statements and what follows from them ----------------------- */

static const char communes[] =
    "ALTER TABLE dossier ADD COLUMN commune TEXT NOT NULL DEFAULT '';";

static const char statements[] =
    "CREATE TABLE hidden ("
    " event INTEGER PRIMARY KEY REFERENCES event,"
    " because INTEGER NOT NULL REFERENCES event,"
    " at INTEGER NOT NULL) STRICT;"

    /* Comes with events, as verdicts do: appended, and its index is in parts
     * as the events' index by person is. */
    "CREATE TABLE reliance ("
    " event INTEGER NOT NULL,"
    " statement INTEGER NOT NULL," /* event */
    " partner INTEGER NOT NULL,"   /* institution */
    " arrival INTEGER NOT NULL,"
    " PRIMARY KEY (event, statement, partner, arrival)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX reliance_statement ON reliance (event >> 16, statement);"

    "CREATE TABLE rejudge ("
    " number INTEGER PRIMARY KEY,"
    " person INTEGER NOT NULL,"  /* 0: all that were not told */
    " partner INTEGER NOT NULL," /* institution; 0: all */
    " after INTEGER NOT NULL) STRICT;";

static const char tasks[] =
    "CREATE TABLE task ("
    " number INTEGER PRIMARY KEY,"
    " kind TEXT NOT NULL,"
    " person INTEGER NOT NULL,"  /* 0: none */
    " partner INTEGER NOT NULL," /* institution; 0: none */
    " basis INTEGER NOT NULL,"   /* 0: none */
    " opened_at INTEGER NOT NULL,"
    " due_at INTEGER NOT NULL,"    /* 0: none */
    " late_at INTEGER NOT NULL,"   /* 0: not found overdue */
    " closed_at INTEGER NOT NULL," /* 0: open */
    " proof TEXT NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX task_once ON task (person, kind, partner, basis)"
    " WHERE closed_at = 0;"
    "CREATE INDEX task_person ON task (person) WHERE person <> 0;"
    "CREATE INDEX task_open ON task (closed_at) WHERE closed_at = 0;"
    "CREATE INDEX task_due ON task (due_at)"
    " WHERE closed_at = 0 AND late_at = 0 AND due_at <> 0;"

    "CREATE TABLE task_event ("
    " task INTEGER NOT NULL REFERENCES task,"
    " event INTEGER NOT NULL REFERENCES event,"
    " PRIMARY KEY (task, event)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX task_event_event ON task_event (event);";

/* Whether a partner is concerned is asked anew before anything leaves. */
static const char concerns[] = "ALTER TABLE outbox DROP COLUMN by_dossier;"
                               "CREATE TABLE narrow ("
                               " event INTEGER PRIMARY KEY) STRICT;";

static const char *const second[] = {communes, statements, tasks, concerns,
                                     NULL};

/* Each a list of texts. */
static const char *const *const step[] = {first, second};

#define VERSION ((int64_t)(sizeof step / sizeof step[0]))

static enum cii_code
take_step(struct store *store, int64_t to, struct cii_error *err)
{
    char pragma[96];
    snprintf(pragma, sizeof pragma,
             "PRAGMA user_version = %" PRId64 "; PRAGMA application_id = %d",
             to, APPLICATION_ID);

    CII_TRY(query_exec(store, "BEGIN IMMEDIATE", err));
    enum cii_code code = query_exec(store, pragma, err);
    for (const char *const *sql = step[to - 1]; *sql && code == CII_OK; sql++)
        code = query_exec(store, *sql, err);
    if (code == CII_OK)
        code = query_exec(store, "COMMIT", err);
    if (code != CII_OK && !sqlite3_get_autocommit(store->db))
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return code;
}

static enum cii_code
is_ours(struct store *store, struct cii_error *err)
{
    int64_t id = 0;

    CII_TRY(query_number(store, "PRAGMA application_id", &id, err));
    if (id != APPLICATION_ID)
        return cii_fail(err, CII_CONFIG,
                        "%s is not a store of ciid; move it away", store->file);
    return CII_OK;
}

enum cii_code
migrate(struct store *store, struct cii_error *err)
{
    int64_t version = 0;
    int64_t objects = 0;

    CII_TRY(query_number(store, "PRAGMA user_version", &version, err));
    CII_TRY(query_number(store, "SELECT count(*) FROM sqlite_schema", &objects,
                         err));
    if (objects > 0)
        CII_TRY(is_ours(store, err));
    if (version > VERSION)
        return cii_fail(err, CII_CONFIG,
                        "%s has schema %" PRId64 ", this ciid knows %" PRId64
                        "; install the newer ciid again",
                        store->file, version, VERSION);
    while (version < VERSION)
        CII_TRY(take_step(store, ++version, err));
    return CII_OK;
}

enum cii_code
migrate_check(struct store *store, struct cii_error *err)
{
    int64_t version = 0;

    CII_TRY(is_ours(store, err));
    CII_TRY(query_number(store, "PRAGMA user_version", &version, err));
    if (version != VERSION)
        return cii_fail(err, CII_CONFIG,
                        "%s has schema %" PRId64 ", this reader knows %" PRId64
                        "; start ciid of one version",
                        store->file, version, VERSION);
    return CII_OK;
}
