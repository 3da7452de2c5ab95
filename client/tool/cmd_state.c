/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Commands that make one event of their flags. Which flag fills which field is
 * data: see commands_statement.c.
 */

#include <string.h>

#include "client/tool/rows.h"
#include "client/tool/statement.h"
#include "proto/date.h"

#define ATTESTED_MONTHS 6 /* the longest that an attestation may hold */

typedef enum cii_code complete_event(const struct statement *statement,
                                     struct cii_event *event,
                                     struct cii_error *err);

/* NULL: the flags say it all. */
static enum tool_status
state(struct tool *tool, const struct args *args, complete_event *complete)
{
    cii_auto(statement_destroy) struct statement *statement = NULL;
    struct cii_event *event = NULL;
    struct cii_error err = {0};

    enum cii_code code = statement_new(&statement, tool, args, &err);
    if (code == CII_OK)
        code = statement_add(statement, tool->command->type, &event, &err);
    if (code == CII_OK && complete)
        code = complete(statement, event, &err);
    return code == CII_OK ? statement_send(statement) : tool_fail(tool, &err);
}

enum tool_status
cmd_state(struct tool *tool, const struct args *args)
{
    return state(tool, args, NULL);
}

/* --- an attestation ------------------------------------------------------- */

static int
days_of_month(int year, int month)
{
    const struct date first = {year, month, 1};
    const struct date next = {month == 12 ? year + 1 : year,
                              month == 12 ? 1 : month + 1, 1};

    return (int)(date_to_days(&next) - date_to_days(&first));
}

/* The same day of the month, or that month's last. */
static struct date
add_months(struct date date, int months)
{
    const int month = date.month - 1 + months;
    struct date later = {date.year + month / 12, month % 12 + 1, date.day};
    const int last = days_of_month(later.year, later.month);

    if (later.day > last)
        later.day = last;
    return later;
}

static enum cii_code
set_end(const struct statement *statement, struct cii_event *event,
        struct cii_error *err)
{
    struct date day;
    char until[11];

    if (args_has(statement->args, "until"))
        return CII_OK;
    CII_TRY(date_parse(&day, statement->day, err));
    const struct date end = add_months(day, ATTESTED_MONTHS);
    date_print(&end, until);
    return cii_event_set(event, "attestation", "clientUntil", until, err);
}

enum tool_status
cmd_attest(struct tool *tool, const struct args *args)
{
    return state(tool, args, set_end);
}

/* --- the end of one ----------------------------------------------------- */

/* Ours that holds; the newest, where rows of several came. */
static const char *
find_ours(const struct rows *rows, const char *institution)
{
    const char *id = NULL;

    for (size_t i = 0; i < rows->count; i++) {
        const struct cii_record *record = &rows->record[i];
        const char *other = cii_record_get(record, "id");
        if (!strcmp(cii_record_get(record, "issuer"), institution) &&
            !strcmp(cii_record_get(record, "state"), "holds") &&
            (!id || strcmp(other, id) > 0))
            id = other;
    }
    return id;
}

static enum cii_code
ask_attestations(const struct statement *statement, struct rows *rows,
                 struct cii_error *err)
{
    const char *avs = args_get(statement->args, "avs");
    const struct cii_field argument[] = {
        {"type", "attestation-client"},
        {avs ? "avs" : "local-id",
         avs ? avs : args_get(statement->args, "local-id")},
    };

    CII_TRY(rows_init(rows, err));
    CII_TRY(cii_ask(statement->tool->client, "statements", argument, 2,
                    rows_keep, rows, err));
    if (rows->code != CII_OK)
        return cii_fail(err, rows->code, "no memory for the attestations");
    return CII_OK;
}

/* An end goes to whoever got the attestation that it answers. */
static enum cii_code
set_attestation(const struct statement *statement, struct cii_event *event,
                struct cii_error *err)
{
    struct rows rows = {0};

    enum cii_code code = ask_attestations(statement, &rows, err);
    const char *id = find_ours(&rows, statement->tool->home.institution);
    if (code == CII_OK && id)
        code = cii_event_set(event, NULL, "in_reply_to", id, err);
    else if (code == CII_OK)
        code = cii_fail(err, CII_UNKNOWN,
                        "no attestation of ours holds for this person");
    rows_done(&rows);
    return code;
}

enum tool_status
cmd_attest_end(struct tool *tool, const struct args *args)
{
    return state(tool, args, set_attestation);
}
