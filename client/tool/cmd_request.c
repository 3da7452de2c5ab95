/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Requests about one person, questions about nobody, and their answers.
 *
 * An answer looks its request up first: it goes to whoever asked, about the
 * person of the request, and in reply to it.
 */

#include <string.h>

#include "client/tool/rows.h"
#include "client/tool/statement.h"
#include "proto/bytes.h"
#include "proto/id.h"

/* --- asking ------------------------------------------------------------- */

/* An answer holds what was asked and no more: without the identity it would be
 * about nobody. */
static enum cii_code
set_asks(struct cii_event *event, const struct args *args,
         struct cii_error *err)
{
    cii_auto(buffer_done) struct buffer asks = {0};

    buffer_append_format(&asks, "identity");
    for (size_t i = 0; i < args->given_count; i++)
        if (!strcmp(args->given[i].name, "asks") &&
            strcmp(args->given[i].value, "identity") != 0)
            buffer_append_format(&asks, " %s", args->given[i].value);
    return cii_event_set(event, "request", "asks", buffer_text(&asks), err);
}

static enum cii_code
add_request(struct statement **statement, struct tool *tool,
            const struct args *args, struct cii_error *err)
{
    struct cii_event *event = NULL;

    CII_TRY(statement_new(statement, tool, args, err));
    CII_TRY(statement_add(*statement, tool->command->type, &event, err));
    return set_asks(event, args, err);
}

/* Nothing is ever asked in bulk (LPGA 32, LACI 97a: in the single case). */
enum tool_status
cmd_request(struct tool *tool, const struct args *args)
{
    cii_auto(statement_destroy) struct statement *statement = NULL;
    struct cii_error err = {0};

    if (args_count(args, "avs") + args_count(args, "local-id") > 1)
        return tool_misused(tool,
                            "a request is about one person: nothing is asked "
                            "in bulk. Write one request for each, with its "
                            "own reason");
    if (args_count(args, "to") > 1)
        return tool_misused(tool,
                            "a request asks one institution: nothing is asked "
                            "in bulk. Write one request for each, with its "
                            "own reason");
    return add_request(&statement, tool, args, &err) == CII_OK
               ? statement_send(statement)
               : tool_fail(tool, &err);
}

/* --- what is answered --------------------------------------------------- */

struct answering {
    struct statement *statement; /* owned */
    struct rows rows;
    const struct cii_record *request; /* in rows */
};

/* A question has no person; requests and questions are asked for apart. */
static bool
answers_question(const struct tool *tool)
{
    return !strcmp(tool->command->verb, "questions");
}

static enum cii_code
check_asked_of_us(const struct answering *answering, struct cii_error *err)
{
    const char *partner = cii_record_get(answering->request, "partner");

    if (strcmp(cii_record_get(answering->request, "direction"), "arrived") != 0)
        return cii_fail(err, CII_INVALID,
                        "that one is ours: the answer is for the other side "
                        "to give");
    return institution_check(partner, err);
}

static enum cii_code
find_request(struct answering *answering, struct tool *tool,
             const struct args *args, struct cii_error *err)
{
    static const struct cii_field questions = {"questions", "yes"};
    struct rows *rows = &answering->rows;

    CII_TRY(rows_init(rows, err));
    CII_TRY(cii_ask(tool->client, "requests", &questions,
                    answers_question(tool) ? 1 : 0, rows_keep, rows, err));
    if (rows->code != CII_OK)
        return cii_fail(err, rows->code, "no memory for the requests");
    for (size_t i = 0; i < rows->count; i++)
        if (!strcmp(cii_record_get(&rows->record[i], "id"), args->word[0]))
            answering->request = &rows->record[i];
    if (!answering->request)
        return cii_fail(err, CII_UNKNOWN, "no %s with this id arrived here",
                        answers_question(tool) ? "question" : "request");
    return check_asked_of_us(answering, err);
}

/* --- the answer --------------------------------------------------------- */

/* What kind of answer the asker's law knows. */
static const char *
answer_type(const struct answering *answering, const struct tool *tool)
{
    const char *type = args_get(answering->statement->args, "type");

    if (type)
        return type;
    if (tool->command->type)
        return tool->command->type;
    const enum institution_kind asker =
        institution_kind_of(cii_record_get(answering->request, "partner"));
    if (asker == KIND_AS)
        return "reponse-demande-as";
    if (asker == KIND_OAI)
        return "reponse-demande-ai";
    if (asker == KIND_MIGAUT)
        return "reponse-demande-migration";
    return "reponse-demande-assurance";
}

static enum cii_code
copy_identity(struct cii_event *event, const struct cii_record *request,
              struct cii_error *err)
{
    for (size_t i = 0; i < request->field_count; i++)
        if (!strncmp(request->field[i].name, "identity.", 9))
            CII_TRY(event_set_at(event, request->field[i].name,
                                 request->field[i].value, err));
    return CII_OK;
}

static enum cii_code
add_answer(struct answering *answering, struct tool *tool,
           const struct args *args, struct cii_error *err)
{
    struct cii_event *event = NULL;

    CII_TRY(statement_new(&answering->statement, tool, args, err));
    CII_TRY(find_request(answering, tool, args, err));
    CII_TRY(statement_add(answering->statement, answer_type(answering, tool),
                          &event, err));
    CII_TRY(cii_event_set(event, NULL, "to",
                          cii_record_get(answering->request, "partner"), err));
    return copy_identity(event, answering->request, err);
}

enum tool_status
cmd_answer(struct tool *tool, const struct args *args)
{
    struct answering answering = {0};
    struct cii_error err = {0};
    const enum tool_status status =
        add_answer(&answering, tool, args, &err) == CII_OK
            ? statement_send(answering.statement)
            : tool_fail(tool, &err);

    statement_destroy(&answering.statement);
    rows_done(&answering.rows);
    return status;
}
