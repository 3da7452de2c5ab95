/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Pages for one event: `cii show` tells what it is and what became of it,
 * `cii explain` what the law says of each partner.
 */

#include <string.h>

#include "client/tool/page.h"
#include "client/tool/rows.h"
#include "client/tool/table.h"
#include "client/tool/text.h"
#include "client/tool/tool.h"

#define LABEL_COLUMN 16
#define REFUSED_HERE \
    "It was refused when it arrived: nothing of its content was kept.\n"

static const struct column verdict_columns[] = {
    {"Partner", "partner", COLUMN_TEXT, false},
    {"Verdict", "verdict", COLUMN_VERDICT, false},
    {"Lane", "lane", COLUMN_TEXT, true},
    {"Rule", "rule", COLUMN_TEXT, false},
    {"Goes", "facets", COLUMN_TEXT, false},
    {"Stays", "withheld", COLUMN_TEXT, false},
    {"Missing", "missing", COLUMN_TEXT, false},
    {"At", "at", COLUMN_MOMENT, true},
    {NULL, NULL, COLUMN_TEXT, false},
};

static const struct column receipt_columns[] = {
    {"Partner", "partner", COLUMN_TEXT, false},
    {"State", "state", COLUMN_VERDICT, false},
    {"Reason", "reason", COLUMN_TEXT, false},
    {"At", "at", COLUMN_MOMENT, true},
    {NULL, NULL, COLUMN_TEXT, false},
};

static const struct column refusal_columns[] = {
    {"From", "discloser", COLUMN_TEXT, false},
    {"Reason", "reason", COLUMN_TEXT, false},
    {"Rule", "rule", COLUMN_TEXT, false},
    {"Detail", "detail", COLUMN_TEXT, false},
    {"At", "at", COLUMN_MOMENT, true},
    {NULL, NULL, COLUMN_TEXT, false},
};

static const struct column link_columns[] = {
    {"Partner", "partner", COLUMN_TEXT, false},
    {"State", "state", COLUMN_TEXT, false},
    {"Since", "since", COLUMN_MOMENT, false},
    {"Backlog", "backlog", COLUMN_TEXT, false},
    {"Received", "received", COLUMN_TEXT, false},
    {"Name", "name", COLUMN_TEXT, false},
    {NULL, NULL, COLUMN_TEXT, false},
};

static const struct column process_columns[] = {
    {"Process", "name", COLUMN_TEXT, false},
    {"Pid", "pid", COLUMN_TEXT, false},
    {NULL, NULL, COLUMN_TEXT, false},
};

static const struct column type_columns[] = {
    {"Type", "name", COLUMN_TEXT, false},
    {"Must hold", "must", COLUMN_TEXT, false},
    {"May hold", "may", COLUMN_TEXT, false},
    {"Meaning", "meaning", COLUMN_TEXT, true},
    {NULL, NULL, COLUMN_TEXT, false},
};

static const struct column field_columns[] = {
    {"Field", "name", COLUMN_TEXT, false},
    {"Form", "form", COLUMN_TEXT, false},
    {"Required", "required", COLUMN_TEXT, false},
    {"Codes", "codes", COLUMN_TEXT, false},
    {"Meaning", "meaning", COLUMN_TEXT, true},
    {NULL, NULL, COLUMN_TEXT, false},
};

static void
print_label(const struct tool *tool, const char *label, const char *value)
{
    if (*value == '\0')
        return;
    fprintf(tool->out, "  %-*s", LABEL_COLUMN - 2, label);
    text_wrap(tool->out, value, LABEL_COLUMN, tool->width);
}

/* The page is about the event that was named. */
static enum tool_status
run_event_page(struct tool *tool, const struct args *args, page_print *page)
{
    static const struct flag event = {"EVENT", NULL,       NULL,
                                      NULL,    FLAG_EVENT, false};
    struct cii_error err = {0};

    if (flag_check(&event, args->word[0], &err) != CII_OK) {
        (void)cii_fail(&err, CII_INVALID,
                       "%.100s: an event's id is a UUID; "
                       "`cii query` lists them",
                       args->word[0]);
        return tool_fail(tool, &err);
    }
    return page_run(tool, args, page);
}

/* --- show --------------------------------------------------------------- */

static void
print_event(const struct tool *tool, const struct cii_record *record)
{
    page_title(tool, "", cii_record_get(record, "type"));
    record_print_block(tool, record, "type");
    if (*cii_record_get(record, "hidden_at"))
        fputs("\nA consent that it came under was withdrawn: its content is "
              "shown no more.\n",
              tool->out);
    if (*cii_record_get(record, "proposal"))
        fputs("\nThe proposal names events of persons who may be the same; a "
              "human decides.\n",
              tool->out);
}

static enum cii_code
show_page(const struct tool *tool, const struct rows *rows,
          const struct args *args, struct cii_error *err)
{
    if (rows->count == 0)
        return cii_fail(err, CII_UNKNOWN, "no such event here");
    if (tool->json)
        return rows_print_json(rows, tool);
    if (page_count(rows, "event") == 0) {
        page_title(tool, "Event ", args->word[0]);
        fputs(REFUSED_HERE, tool->out);
    }
    for (size_t i = 0; i < rows->count; i++)
        if (!strcmp(rows->record[i].kind, "event"))
            print_event(tool, &rows->record[i]);
    CII_TRY(
        page_table(tool, rows, "verdict", "Verdicts", verdict_columns, err));
    CII_TRY(
        page_table(tool, rows, "receipt", "Receipts", receipt_columns, err));
    return page_table(tool, rows, "refusal", "Refusals", refusal_columns, err);
}

enum tool_status
cmd_show(struct tool *tool, const struct args *args)
{
    return run_event_page(tool, args, show_page);
}

/* --- explain ------------------------------------------------------------ */

static void
print_reasons(const struct tool *tool, const struct cii_record *record)
{
    print_label(tool, "rule", cii_record_get(record, "rule"));
    print_label(tool, "law", cii_record_get(record, "citation"));
    print_label(tool, "lane", cii_record_get(record, "lane"));
    print_label(tool, "because", cii_record_get(record, "ground"));
    print_label(tool, "goes", cii_record_get(record, "facets"));
    print_label(tool, "stays behind", cii_record_get(record, "withheld"));
    print_label(tool, "missing", cii_record_get(record, "missing"));
}

/* "To ge.as.hg, today: transmit" and why. */
static void
print_explanation(const struct tool *tool, const struct cii_record *record)
{
    const bool now = !strcmp(record->kind, "judgement");
    const bool arrival = !strcmp(cii_record_get(record, "arrival"), "yes");
    const char *verdict = cii_record_get(record, "verdict");
    char moment[32];

    fputs(arrival ? "\nFrom " : "\nTo ", tool->out);
    text_put(tool->out, cii_record_get(record, "partner"), 0);
    moment_show(cii_record_get(record, "at"), moment);
    if (now)
        fputs(", as the law says now: ", tool->out);
    else
        fprintf(tool->out, ", as recorded%s%s: ", *moment ? " on " : "",
                moment);
    colour_begin(tool->out, tool->colour, verdict_colour(verdict));
    text_put(tool->out, verdict, 0);
    colour_end(tool->out, tool->colour, verdict_colour(verdict));
    putc('\n', tool->out);
    print_reasons(tool, record);
}

static enum cii_code
explain_page(const struct tool *tool, const struct rows *rows,
             const struct args *args, struct cii_error *err)
{
    if (tool->json)
        return rows_print_json(rows, tool);
    page_title(tool, "Event ", args->word[0]);
    if (page_count(rows, "refusal") > 0)
        fputs(REFUSED_HERE, tool->out);
    for (size_t i = 0; i < rows->count; i++)
        if (!strcmp(rows->record[i].kind, "verdict") ||
            !strcmp(rows->record[i].kind, "judgement"))
            print_explanation(tool, &rows->record[i]);
    if (rows->count == 0)
        fputs("No partner: no dossier or sender names one as concerned.\n",
              tool->out);
    CII_TRY(
        page_table(tool, rows, "receipt", "Receipts", receipt_columns, err));
    return page_table(tool, rows, "refusal", "Refusals", refusal_columns, err);
}

enum tool_status
cmd_explain(struct tool *tool, const struct args *args)
{
    return run_event_page(tool, args, explain_page);
}

/* --- status ------------------------------------------------------------- */

static enum cii_code
status_page(const struct tool *tool, const struct rows *rows,
            const struct args *args, struct cii_error *err)
{
    (void)args;
    if (tool->json)
        return rows_print_json(rows, tool);
    for (size_t i = 0; i < rows->count; i++) {
        const struct cii_record *record = &rows->record[i];
        if (!strcmp(record->kind, "status")) {
            page_title(tool, "", cii_record_get(record, "institution"));
            record_print_block(tool, record, "institution");
        } else if (!strcmp(record->kind, "store")) {
            putc('\n', tool->out);
            page_title(tool, "Store", "");
            record_print_block(tool, record, "");
        }
    }
    CII_TRY(page_table(tool, rows, "link", "Partners", link_columns, err));
    return page_table(tool, rows, "process", "Processes", process_columns, err);
}

enum tool_status
cmd_status(struct tool *tool, const struct args *args)
{
    return page_run(tool, args, status_page);
}

/* --- types -------------------------------------------------------------- */

static const struct cii_record *
find_row(const struct rows *rows, const char *kind, const char *name)
{
    for (size_t i = 0; i < rows->count; i++)
        if (!strcmp(rows->record[i].kind, kind) &&
            !strcmp(cii_record_get(&rows->record[i], "name"), name))
            return &rows->record[i];
    return NULL;
}

static enum cii_code
print_facet(const struct tool *tool, const struct rows *rows, const char *name,
            bool required, struct cii_error *err)
{
    cii_auto(table_destroy) struct table *table = NULL;
    const struct cii_record *facet = find_row(rows, "facet", name);

    putc('\n', tool->out);
    page_title(tool, name, required ? " (must be there)" : "");
    if (facet)
        text_wrap(tool->out, cii_record_get(facet, "meaning"), 0, tool->width);
    CII_TRY(table_new(&table, tool, field_columns, err));
    for (size_t i = 0; i < rows->count; i++)
        if (!strcmp(rows->record[i].kind, "field") &&
            !strcmp(cii_record_get(&rows->record[i], "facet"), name))
            CII_TRY(table_add_record(table, &rows->record[i], err));
    (void)table_end(table);
    return CII_OK;
}

/* The type's row, and those of the facets that it may hold. */
static void
print_type_json(const struct tool *tool, const struct rows *rows,
                const struct cii_record *type)
{
    const char *may = cii_record_get(type, "may");

    json_put_line(tool, record_to_json(type));
    for (size_t i = 0; i < rows->count; i++) {
        const struct cii_record *record = &rows->record[i];
        const bool facet = !strcmp(record->kind, "facet");
        if (strcmp(record->kind, "type") != 0 &&
            words_hold(may, cii_record_get(record, facet ? "name" : "facet")))
            json_put_line(tool, record_to_json(record));
    }
}

static enum cii_code
print_type(const struct tool *tool, const struct rows *rows, const char *name,
           struct cii_error *err)
{
    const struct cii_record *type = find_row(rows, "type", name);

    if (!type)
        return cii_fail(err, CII_UNKNOWN,
                        "no event type '%.64s': `cii types` lists them", name);
    if (tool->json) {
        print_type_json(tool, rows, type);
        return CII_OK;
    }
    page_title(tool, "", name);
    text_wrap(tool->out, cii_record_get(type, "meaning"), 0, tool->width);
    const char *rest = cii_record_get(type, "may");
    while (*rest) {
        char facet[64];
        const size_t length = strcspn(rest, " ");
        snprintf(facet, sizeof facet, "%.*s", (int)(length < 63 ? length : 63),
                 rest);
        rest += length + (rest[length] == ' ');
        CII_TRY(print_facet(tool, rows, facet,
                            words_hold(cii_record_get(type, "must"), facet),
                            err));
    }
    return CII_OK;
}

static enum cii_code
types_page(const struct tool *tool, const struct rows *rows,
           const struct args *args, struct cii_error *err)
{
    cii_auto(table_destroy) struct table *table = NULL;

    if (args->word_count > 0)
        return print_type(tool, rows, args->word[0], err);
    if (tool->json)
        return rows_print_json(rows, tool);
    CII_TRY(table_new(&table, tool, type_columns, err));
    for (size_t i = 0; i < rows->count; i++)
        if (!strcmp(rows->record[i].kind, "type"))
            CII_TRY(table_add_record(table, &rows->record[i], err));
    (void)table_end(table);
    fputs("\nOne type and its fields: cii types TYPE\n", tool->out);
    return CII_OK;
}

enum tool_status
cmd_types(struct tool *tool, const struct args *args)
{
    return page_run(tool, args, types_page);
}
