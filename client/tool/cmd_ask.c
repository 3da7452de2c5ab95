/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Commands that ask one question and show the rows as a table. What differs
 * between them is data: see commands.c.
 */

#include <stdlib.h>
#include <string.h>

#include "client/tool/glossary.h"
#include "client/tool/question.h"
#include "client/tool/table.h"
#include "client/tool/text.h"
#include "client/tool/tool.h"

struct showing {
    const struct tool *tool;
    struct table *table; /* owned by the caller; NULL with --json */
    size_t count;
    struct cii_error err;
};

/* What the daemon thinks may be the same person is for a human to judge. */
static enum cii_code
show_proposal(struct showing *showing, const struct cii_record *record)
{
    const char *proposal = cii_record_get(record, "proposal");
    char note[512];

    if (*proposal == '\0')
        return CII_OK;
    snprintf(note, sizeof note, "may be the same person as in %.400s",
             proposal);
    return table_note(showing->table, note, &showing->err);
}

static bool
show_row(void *context, const struct cii_record *record)
{
    struct showing *showing = context;

    showing->count++;
    if (!showing->table) {
        json_put_line(showing->tool, record_to_json(record));
        return true;
    }
    return table_add_record(showing->table, record, &showing->err) == CII_OK &&
           show_proposal(showing, record) == CII_OK;
}

#define LIMIT_OF_DAEMON 1000 /* rows, where the question names no limit */

static bool
takes_limit(const struct command *command)
{
    for (const struct flag *flag = command->flag; flag && flag->name; flag++)
        if (strcmp(flag->name, "limit") == 0)
            return true;
    return false;
}

/* An answer that is as long as it may be is perhaps not whole. */
static void
note_limit(const struct tool *tool, const struct question *question,
           size_t count)
{
    size_t limit = LIMIT_OF_DAEMON;
    for (size_t i = 0; i < question->count; i++)
        if (strcmp(question->argument[i].name, "limit") == 0)
            limit = strtoul(question->argument[i].value, NULL, 10);
    if (takes_limit(tool->command) && count == limit)
        fprintf(tool->err,
                "%zu rows, as many as asked for: there may be more "
                "(--limit)\n",
                count);
}

static bool
shows_verdicts(const struct command *command)
{
    for (const struct column *column = command->column; column && column->title;
         column++)
        if (column->form == COLUMN_VERDICT)
            return true;
    return false;
}

static enum cii_code
ask(struct tool *tool, const struct question *question, struct cii_error *err)
{
    const struct command *command = tool->command;
    cii_auto(table_destroy) struct table *table = NULL;
    struct showing showing = {.tool = tool};

    if (!tool->json)
        CII_TRY(table_new(&table, tool, command->column, err));
    showing.table = table;
    CII_TRY(tool_connect(tool, err));
    if (shows_verdicts(command))
        CII_TRY(tool_learn_home(tool, err));
    CII_TRY(cii_ask(tool->client, command->verb, question->argument,
                    question->count, show_row, &showing, err));
    if (showing.err.code != CII_OK)
        return cii_fail(err, showing.err.code, "%s", showing.err.text);
    if (table)
        (void)table_end(table);
    note_limit(tool, question, showing.count);
    if (showing.count == 0 && !tool->json && command->empty)
        fprintf(tool->out, "%s\n", command->empty);
    tool_note_pilot(tool);
    return CII_OK;
}

enum tool_status
cmd_ask(struct tool *tool, const struct args *args)
{
    struct question question;
    struct cii_error err = {0};

    if (question_read(&question, tool->command, args, &err) != CII_OK ||
        ask(tool, &question, &err) != CII_OK)
        return tool_fail(tool, &err);
    return STATUS_DONE;
}

/* --- dossiers ----------------------------------------------------------- */

/* Flags that are named elsewhere are fields of the identity. */
static enum cii_code
add_identity(struct tool *tool, const struct args *args,
             struct glossary *glossary, struct place place[GIVEN_MAX],
             struct question *question, struct cii_error *err)
{
    for (size_t i = 0; i < args->given_count; i++) {
        const struct given *given = &args->given[i];
        if (given->flag)
            continue;
        if (!glossary->rows.arena)
            CII_TRY(glossary_load(glossary, tool, err));
        CII_TRY(glossary_find(glossary, "identity", given->name,
                              tool->command->flag, &place[i], err));
        CII_TRY(question_add(question, place[i].field, given->value, err));
    }
    return CII_OK;
}

static enum cii_code
ask_of_dossier(struct tool *tool, const struct args *args,
               struct question *question, struct cii_error *err)
{
    struct glossary glossary = {0};
    struct place place[GIVEN_MAX] = {0};

    CII_TRY(tool_connect(tool, err));
    enum cii_code code =
        add_identity(tool, args, &glossary, place, question, err);
    cii_disconnect(&tool->client);
    if (code == CII_OK)
        code = ask(tool, question, err);
    glossary_done(&glossary);
    return code;
}

enum tool_status
cmd_dossier(struct tool *tool, const struct args *args)
{
    struct question question;
    struct cii_error err = {0};

    if (!args_has(args, "avs") && !args_has(args, "local-id"))
        return tool_misused(tool, "say whose dossier: --avs N, or "
                                  "--local-id CATEGORY:ID");
    if (question_read(&question, tool->command, args, &err) != CII_OK ||
        ask_of_dossier(tool, args, &question, &err) != CII_OK)
        return tool_fail(tool, &err);
    return STATUS_DONE;
}

/* --- verify ------------------------------------------------------------- */

static bool
show_finding(void *context, const struct cii_record *record)
{
    struct showing *showing = context;
    const char *result = cii_record_get(record, "result");

    if (strcmp(result, "ok") != 0)
        showing->count++;
    if (showing->tool->json) {
        json_put_line(showing->tool, record_to_json(record));
        return true;
    }
    text_put(showing->tool->out, result, 0);
    putc('\n', showing->tool->out);
    return true;
}

enum tool_status
cmd_verify(struct tool *tool, const struct args *args)
{
    struct showing showing = {.tool = tool};
    struct cii_error err = {0};

    (void)args;
    if (tool_connect(tool, &err) != CII_OK ||
        cii_ask(tool->client, "verify", NULL, 0, show_finding, &showing,
                &err) != CII_OK)
        return tool_fail(tool, &err);
    return showing.count > 0 ? STATUS_SOME : STATUS_DONE;
}
