/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Pages for a consent, a task, a letter, and for what other rules would change.
 */

#include <stdlib.h>
#include <string.h>

#include "client/tool/page.h"
#include "client/tool/text.h"

static const struct column pair_columns[] = {
    {"Between", "between", COLUMN_TEXT, false},
    {"Told", "told", COLUMN_TEXT, false},
    {"Event", "event", COLUMN_ID, false},
    {NULL, NULL, COLUMN_TEXT, false},
};

static const struct column withdrawal_columns[] = {
    {"Partner", "partner", COLUMN_TEXT, false},
    {"State", "state", COLUMN_TEXT, false},
    {"At", "at", COLUMN_MOMENT, false},
    {"Event", "event", COLUMN_ID, true},
    {NULL, NULL, COLUMN_TEXT, false},
};

static const struct column task_event_columns[] = {
    {"Day", "occurred_on", COLUMN_TEXT, false},
    {"Type", "type", COLUMN_TEXT, false},
    {"Event", "event", COLUMN_ID, false},
    {"Told", "facets", COLUMN_TEXT, false},
    {NULL, NULL, COLUMN_TEXT, false},
};

static const struct column difference_columns[] = {
    {"Event", "event", COLUMN_ID, false},
    {"Type", "type", COLUMN_TEXT, false},
    {"Partner", "partner", COLUMN_TEXT, false},
    {"Was", "was", COLUMN_VERDICT, false},
    {"Now", "now", COLUMN_VERDICT, false},
    {"Rule", "was_rule", COLUMN_TEXT, false},
    {"Rule now", "now_rule", COLUMN_TEXT, false},
    {"Went", "was_facets", COLUMN_TEXT, true},
    {"Would go", "now_facets", COLUMN_TEXT, true},
    {"Why", "why", COLUMN_TEXT, false},
    {NULL, NULL, COLUMN_TEXT, false},
};

static const struct cii_record *
first_of(const struct rows *rows, const char *kind)
{
    for (size_t i = 0; i < rows->count; i++)
        if (!strcmp(rows->record[i].kind, kind))
            return &rows->record[i];
    return NULL;
}

/* --- a consent ---------------------------------------------------------- */

static enum cii_code
consent_page(const struct tool *tool, const struct rows *rows,
             const struct args *args, struct cii_error *err)
{
    const struct cii_record *consent = first_of(rows, "consent");

    if (!consent)
        return cii_fail(err, CII_UNKNOWN, "no such consent here");
    if (tool->json)
        return rows_print_json(rows, tool);
    page_title(tool, "Consent ", args->word[0]);
    record_print_block(tool, consent, "ref");
    CII_TRY(page_table(tool, rows, "pair", "Pairs", pair_columns, err));
    return page_table(tool, rows, "withdrawal",
                      "Who was told that it is withdrawn, and has answered",
                      withdrawal_columns, err);
}

enum tool_status
cmd_consent(struct tool *tool, const struct args *args)
{
    return page_run(tool, args, consent_page);
}

/* --- a task ------------------------------------------------------------- */

static enum cii_code
task_page(const struct tool *tool, const struct rows *rows,
          const struct args *args, struct cii_error *err)
{
    const struct cii_record *task = first_of(rows, "task");

    if (!task)
        return cii_fail(err, CII_UNKNOWN, "no such task here");
    if (tool->json)
        return rows_print_json(rows, tool);
    page_title(tool, "Task ", args->word[0]);
    record_print_block(tool, task, "number");
    return page_table(tool, rows, "task_event", "What it is about",
                      task_event_columns, err);
}

enum tool_status
cmd_task(struct tool *tool, const struct args *args)
{
    return page_run(tool, args, task_page);
}

/* --- a letter ----------------------------------------------------------- */

/* Line by line: what a terminal would obey is taken out of each. */
static void
print_letter(const struct tool *tool, const char *text)
{
    while (*text) {
        const size_t length = strcspn(text, "\n");
        char *line = strndup(text, length);
        if (line)
            text_put(tool->out, line, 0);
        free(line);
        putc('\n', tool->out);
        text += length + (text[length] == '\n');
    }
}

static enum cii_code
letter_page(const struct tool *tool, const struct rows *rows,
            const struct args *args, struct cii_error *err)
{
    const struct cii_record *letter = first_of(rows, "letter");

    (void)args;
    if (!letter)
        return cii_fail(err, CII_UNKNOWN, "there is no letter for this");
    if (tool->json)
        return rows_print_json(rows, tool);
    print_letter(tool, cii_record_get(letter, "text"));
    return CII_OK;
}

enum tool_status
cmd_letter(struct tool *tool, const struct args *args)
{
    return page_run(tool, args, letter_page);
}

/* --- other rules -------------------------------------------------------- */

static enum cii_code
diff_page(const struct tool *tool, const struct rows *rows,
          const struct args *args, struct cii_error *err)
{
    const struct cii_record *total = first_of(rows, "differences");

    (void)args;
    if (tool->json)
        return rows_print_json(rows, tool);
    CII_TRY(page_table(tool, rows, "difference", "Verdicts that would change",
                       difference_columns, err));
    if (total)
        fprintf(tool->out, "%s verdicts judged again, %s would change\n",
                cii_record_get(total, "judged"),
                cii_record_get(total, "changed"));
    return CII_OK;
}

enum tool_status
cmd_diff(struct tool *tool, const struct args *args)
{
    struct rows rows = {0};
    struct cii_error err = {0};
    enum tool_status status = STATUS_DONE;

    if (page_ask(&rows, tool, args, &err) != CII_OK ||
        diff_page(tool, &rows, args, &err) != CII_OK)
        status = tool_fail(tool, &err);
    else if (page_count(&rows, "difference") > 0)
        status = STATUS_SOME;
    tool_note_pilot(tool);
    rows_done(&rows);
    return status;
}
