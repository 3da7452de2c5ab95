/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tool/page.h"

#include <string.h>

#include "client/tool/question.h"
#include "client/tool/text.h"

void
page_title(const struct tool *tool, const char *title, const char *name)
{
    colour_begin(tool->out, tool->colour, COLOUR_BOLD);
    fputs(title, tool->out);
    text_put(tool->out, name, 0);
    colour_end(tool->out, tool->colour, COLOUR_BOLD);
    putc('\n', tool->out);
}

size_t
page_count(const struct rows *rows, const char *kind)
{
    size_t count = 0;

    for (size_t i = 0; i < rows->count; i++)
        count += !strcmp(rows->record[i].kind, kind);
    return count;
}

enum cii_code
page_table(const struct tool *tool, const struct rows *rows, const char *kind,
           const char *title, const struct column *column,
           struct cii_error *err)
{
    cii_auto(table_destroy) struct table *table = NULL;

    if (page_count(rows, kind) == 0)
        return CII_OK;
    CII_TRY(table_new(&table, tool, column, err));
    putc('\n', tool->out);
    page_title(tool, title, "");
    for (size_t i = 0; i < rows->count; i++)
        if (!strcmp(rows->record[i].kind, kind))
            CII_TRY(table_add_record(table, &rows->record[i], err));
    (void)table_end(table);
    return CII_OK;
}

static bool
hold_verdicts(const struct rows *rows)
{
    return page_count(rows, "verdict") > 0 ||
           page_count(rows, "judgement") > 0 ||
           page_count(rows, "difference") > 0;
}

enum cii_code
page_ask(struct rows *rows, struct tool *tool, const struct args *args,
         struct cii_error *err)
{
    struct question question;

    CII_TRY(question_read(&question, tool->command, args, err));
    CII_TRY(rows_init(rows, err));
    CII_TRY(rows_ask(rows, tool, tool->command->verb, question.argument,
                     question.count, err));
    return hold_verdicts(rows) ? tool_learn_home(tool, err) : CII_OK;
}

enum tool_status
page_run(struct tool *tool, const struct args *args, page_print *page)
{
    struct rows rows = {0};
    struct cii_error err = {0};
    enum tool_status status = STATUS_DONE;

    if (page_ask(&rows, tool, args, &err) != CII_OK ||
        page(tool, &rows, args, &err) != CII_OK)
        status = tool_fail(tool, &err);
    tool_note_pilot(tool);
    rows_done(&rows);
    return status;
}
