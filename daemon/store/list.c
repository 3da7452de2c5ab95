/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "store/store_private.h"

/*
 * Which events a filter asks for.
 *
 * Every combination is a text of its own, so that each walks the one index
 * that narrows most: person, then case, then partner, then type. Without any
 * of them it walks the events themselves.
 */

enum {
    BY_PERSON = 1,
    BY_CASE = 2,
    BY_TYPE = 4,
    BY_PARTNER = 8,
    FROM_DAY = 16,
    TO_DAY = 32,
    OURS = 64,
    ARRIVED = 128,
    SHOWN = 256, /* what nothing hides */
};

static_assert(2 * SHOWN == LIST_COUNT, "a slot for every combination");

/* The parameters, the same in every text. */
#define AFTER   "?1"
#define MAX     "?2"
#define PERSON  "?3"
#define CASE    "?4"
#define TYPE    "?5"
#define PARTNER "?6"
#define FROM    "?7"
#define TO      "?8"
#define PART    "?9"

static unsigned int
shape_of(const struct event_filter *filter)
{
    unsigned int shape = 0;

    assert(filter->direction >= 0 && filter->direction <= 2);
    shape |= filter->person ? BY_PERSON : 0U;
    shape |= filter->case_ref ? BY_CASE : 0U;
    shape |= filter->type ? BY_TYPE : 0U;
    shape |= filter->partner ? BY_PARTNER : 0U;
    shape |= filter->from_day ? FROM_DAY : 0U;
    shape |= filter->to_day ? TO_DAY : 0U;
    shape |= filter->direction == 1 ? OURS : 0U;
    shape |= filter->direction == 2 ? ARRIVED : 0U;
    shape |= filter->hidden ? 0U : SHOWN;
    return shape;
}

/* All but the partner. */
static void
append_conditions(struct buffer *sql, unsigned int shape)
{
    static const struct {
        unsigned int when;
        const char *condition;
    } conditions[] = {
        {BY_PERSON, " AND e.number >> 16 = " PART " AND e.person = " PERSON},
        {BY_CASE, " AND e.case_ref = " CASE " AND e.case_ref <> ''"},
        {BY_TYPE, " AND e.type = " TYPE},
        {FROM_DAY, " AND e.occurred_on >= " FROM},
        {TO_DAY, " AND e.occurred_on <= " TO},
        {OURS, " AND e.origin = 0"},
        {ARRIVED, " AND e.origin = 1"},
        {SHOWN, " AND NOT EXISTS (SELECT 1 FROM hidden h"
                " WHERE h.event = e.number)"},
    };

    for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++)
        if (shape & conditions[i].when)
            buffer_append_text(sql, conditions[i].condition);
}

static const char *
index_of(unsigned int shape)
{
    if (shape & BY_PERSON)
        return "INDEXED BY event_person";
    if (shape & BY_CASE)
        return "INDEXED BY event_case";
    if (shape & BY_TYPE)
        return "INDEXED BY event_type";
    return "NOT INDEXED";
}

/* The partner is one condition more on few events. */
static void
compose_narrow(struct buffer *sql, unsigned int shape)
{
    buffer_append_format(sql,
                         "SELECT e.number FROM event e %s"
                         " WHERE e.number > " AFTER,
                         index_of(shape));
    append_conditions(sql, shape);
    if (shape & BY_PARTNER)
        buffer_append_text(sql,
                           " AND CASE e.origin"
                           " WHEN 1 THEN " PARTNER " IN (e.issuer, e.discloser)"
                           " ELSE EXISTS (SELECT 1 FROM verdict v"
                           " WHERE v.partner = " PARTNER
                           " AND v.event = e.number) END");
    buffer_append_text(sql, " ORDER BY e.number LIMIT " MAX);
}

/* What it issued, what it relayed and what was judged for it, merged. */
static void
compose_partner(struct buffer *sql, unsigned int shape)
{
    static const char *const arms[] = {
        "SELECT e.number FROM event e INDEXED BY event_issuer"
        " WHERE e.origin = 1 AND e.issuer = " PARTNER " AND e.number > " AFTER,
        " UNION SELECT e.number FROM event e INDEXED BY event_relayed"
        " WHERE e.origin = 1 AND e.discloser <> e.issuer"
        " AND e.discloser = " PARTNER " AND e.number > " AFTER,
        " UNION SELECT v.event FROM verdict v CROSS JOIN event e"
        " ON e.number = v.event WHERE v.partner = " PARTNER
        " AND v.event > " AFTER " AND e.origin = 0",
    };

    for (size_t i = 0; i < sizeof arms / sizeof arms[0]; i++) {
        buffer_append_text(sql, arms[i]);
        append_conditions(sql, shape);
    }
    buffer_append_text(sql, " ORDER BY 1 LIMIT " MAX);
}

static enum cii_code
start(struct store *store, unsigned int shape, sqlite3_stmt **stmt,
      struct cii_error *err)
{
    cii_auto(buffer_done) struct buffer sql = {0};

    if (!store->list[shape]) {
        if ((shape & BY_PARTNER) && !(shape & (BY_PERSON | BY_CASE)))
            compose_partner(&sql, shape);
        else
            compose_narrow(&sql, shape);
    }
    const char *text = store->list[shape] ? "" : buffer_text(&sql);
    if (sql.failed)
        return cii_fail(err, CII_MEMORY, "no memory for a list of events");
    CII_TRY(query_start_text(store, text, &store->list[shape], err));
    *stmt = store->list[shape];
    return CII_OK;
}

/* A name that nobody has is no error: nothing matches it. */
static enum cii_code
number_of(struct store *store, enum name_kind kind, const char *text,
          int64_t *number, struct cii_error *err)
{
    *number = 0;
    return text ? names_find(store, kind, text, number, err) : CII_OK;
}

/* Adds what the statement finds to the caller's numbers. */
static enum cii_code
collect(struct store *store, sqlite3_stmt *stmt, int64_t *numbers,
        size_t *count, struct cii_error *err)
{
    bool row = true;

    for (;;) {
        CII_TRY(query_step(store, stmt, &row, err));
        if (!row)
            return CII_OK;
        numbers[(*count)++] = column_number(stmt, 0);
    }
}

/* One part of the index by person after the other, up to the last. */
static enum cii_code
collect_parts(struct store *store, sqlite3_stmt *stmt, int64_t after,
              int64_t last, int64_t *numbers, size_t max, size_t *count,
              struct cii_error *err)
{
    for (int64_t part = after >> 16; part <= last >> 16 && *count < max;
         part++) {
        bind_number(stmt, 2, (int64_t)(max - *count));
        bind_number(stmt, 9, part);
        CII_TRY(collect(store, stmt, numbers, count, err));
    }
    return CII_OK;
}

/* The statement that knows the last event stays open meanwhile: so all parts
 * are of one moment, and SQLite takes its locks once. */
static enum cii_code
collect_person(struct store *store, sqlite3_stmt *stmt, int64_t after,
               int64_t *numbers, size_t max, size_t *count,
               struct cii_error *err)
{
    static const struct query query = {QUERY_EVENT_LAST,
                                       "SELECT max(number) FROM event"};
    sqlite3_stmt *newest = NULL;

    CII_TRY(query_start(store, &query, &newest, err));
    CII_TRY(query_first(store, newest, "event", err));
    const enum cii_code code =
        collect_parts(store, stmt, after, column_number(newest, 0), numbers,
                      max, count, err);
    query_end(newest);
    return code;
}

enum cii_code
store_event_list(struct store *store, const struct event_filter *filter,
                 int64_t *numbers, size_t max, size_t *count,
                 struct cii_error *err)
{
    sqlite3_stmt *stmt = NULL;
    int64_t partner = 0;
    int64_t type = 0;

    *count = 0;
    CII_TRY(number_of(store, NAME_INSTITUTION, filter->partner, &partner, err));
    CII_TRY(number_of(store, NAME_TYPE, filter->type, &type, err));
    CII_TRY(start(store, shape_of(filter), &stmt, err));
    bind_number(stmt, 1, filter->after);
    bind_number(stmt, 2, (int64_t)max);
    bind_number(stmt, 3, filter->person);
    bind_text(stmt, 4, filter->case_ref);
    bind_number(stmt, 5, type);
    bind_number(stmt, 6, partner);
    bind_text(stmt, 7, filter->from_day);
    bind_text(stmt, 8, filter->to_day);
    if (filter->person)
        return collect_person(store, stmt, filter->after, numbers, max, count,
                              err);
    return collect(store, stmt, numbers, count, err);
}
