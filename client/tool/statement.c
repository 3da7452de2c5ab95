/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tool/statement.h"

#include <stdlib.h>
#include <string.h>

#include "client/tool/outcome.h"
#include "client/tool/text.h"
#include "proto/bytes.h"

enum cii_code
statement_new(struct statement **statement, struct tool *tool,
              const struct args *args, struct cii_error *err)
{
    cii_auto(statement_destroy) struct statement *made =
        calloc(1, sizeof *made);

    if (!made)
        return cii_fail(err, CII_MEMORY, "no memory for a statement");
    made->tool = tool;
    made->args = args;
    CII_TRY(tool_connect(tool, err));
    CII_TRY(tool_learn_home(tool, err));
    made->day = args_get(args, "on");
    if (!made->day)
        made->day = tool->home.day;

    *statement = cii_take(made);
    return CII_OK;
}

void
statement_destroy(struct statement **statement)
{
    if (!*statement)
        return;
    for (size_t i = 0; i < (*statement)->count; i++)
        cii_event_destroy(&(*statement)->stated[i].event);
    glossary_done(&(*statement)->glossary);
    free(*statement);
    *statement = NULL;
}

/* --- what an event says ------------------------------------------------- */

enum cii_code
event_set_at(struct cii_event *event, const char *name, const char *value,
             struct cii_error *err)
{
    char facet[GLOSSARY_NAME_MAX];
    const char *dot = strchr(name, '.');

    if (!dot)
        return cii_event_set(event, NULL, name, value, err);
    snprintf(facet, sizeof facet, "%.*s", (int)(dot - name), name);
    return cii_event_set(event, facet, dot + 1, value, err);
}

/* Flags that say the same in every command. */
static const char *const own_names[][2] = {
    {"avs", "identity.avs"}, {"case", "case"}, {"id", "id"},
    {"test", "test"},        {"to", "to"},     {"dry-run", "dry_run"},
};

static const char *
own_name(const char *flag)
{
    for (size_t i = 0; i < sizeof own_names / sizeof own_names[0]; i++)
        if (!strcmp(own_names[i][0], flag))
            return own_names[i][1];
    return NULL;
}

/* Sets it, and says by which flag it came when that fails. */
static enum cii_code
set_by_flag(struct cii_event *event, const char *flag, const char *name,
            const char *value, struct cii_error *err)
{
    struct cii_error why = {0};

    if (event_set_at(event, name, value, &why) == CII_OK)
        return CII_OK;
    return cii_fail(err, why.code, "--%s: %s", flag, why.text);
}

/* "CATEGORY:ID" */
static enum cii_code
set_local_id(struct cii_event *event, const char *value, struct cii_error *err)
{
    char category[64];
    const char *colon = strchr(value, ':');

    if (!colon || colon == value || colon[1] == '\0' ||
        (size_t)(colon - value) >= sizeof category)
        return cii_fail(err, CII_INVALID,
                        "--local-id: write CATEGORY:ID, as in orp:4711");
    snprintf(category, sizeof category, "%.*s", (int)(colon - value), value);
    CII_TRY(cii_event_set(event, "identity", "localPersonIdCategory", category,
                          err));
    return cii_event_set(event, "identity", "localPersonId", colon + 1, err);
}

static bool
is_first_of_flag(const struct args *args, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (args->given[i].flag == args->given[at].flag)
            return false;
    return true;
}

/* The first of several values takes the others with it. */
static enum cii_code
set_argument(struct cii_event *event, const struct args *args, size_t at,
             struct cii_error *err)
{
    cii_auto(buffer_done) struct buffer joined = {0};
    const struct given *given = &args->given[at];
    const struct flag *flag = given->flag;

    if (flag->form == FLAG_ALONE)
        return set_by_flag(event, flag->name, flag->argument, "yes", err);
    if (!flag->many)
        return set_by_flag(event, flag->name, flag->argument, given->value,
                           err);
    if (!is_first_of_flag(args, at))
        return CII_OK;
    for (size_t i = at; i < args->given_count; i++)
        if (args->given[i].flag == flag)
            buffer_append_format(&joined, "%s%s", joined.size > 0 ? " " : "",
                                 args->given[i].value);
    return set_by_flag(event, flag->name, flag->argument, buffer_text(&joined),
                       err);
}

static enum cii_code
set_flag(struct cii_event *event, const struct args *args, size_t at,
         struct cii_error *err)
{
    const struct given *given = &args->given[at];
    const char *argument = given->flag->argument;
    const char *own = own_name(given->name);

    if (!strcmp(given->name, "local-id"))
        return set_local_id(event, given->value, err);
    if (own)
        CII_TRY(
            set_by_flag(event, given->name, own,
                        given->flag->form == FLAG_ALONE ? "yes" : given->value,
                        err));
    if (argument && *argument)
        return set_argument(event, args, at, err);
    return CII_OK;
}

/* A flag that names a field of the type, as in `cii send`. */
static enum cii_code
set_placed(struct statement *statement, const char *type,
           struct cii_event *event, const struct given *given,
           struct cii_error *err)
{
    struct glossary *glossary = &statement->glossary;
    struct place place;

    if (!glossary->rows.arena)
        CII_TRY(glossary_load(glossary, statement->tool, err));
    CII_TRY(glossary_check_type(glossary, type, err));
    CII_TRY(glossary_find(glossary, glossary_facets(glossary, type),
                          given->name, statement->tool->command->flag, &place,
                          err));
    return cii_event_set(event, place.facet, place.field, given->value, err);
}

static enum cii_code
set_given(struct statement *statement, const char *type,
          struct cii_event *event, struct cii_error *err)
{
    const struct args *args = statement->args;
    const struct command *command = statement->tool->command;

    for (size_t i = 0; i < args->given_count; i++) {
        const struct given *given = &args->given[i];
        if (!given->flag)
            CII_TRY(set_placed(statement, type, event, given, err));
        else if (command_has(command, given->flag))
            CII_TRY(set_flag(event, args, i, err));
    }
    return CII_OK;
}

/* What the command says whatever its flags are. */
static enum cii_code
set_constant(const struct statement *statement, struct cii_event *event,
             struct cii_error *err)
{
    const struct command *command = statement->tool->command;
    const struct args *args = statement->args;

    for (const struct cii_field *fixed = command->fixed; fixed && fixed->name;
         fixed++)
        CII_TRY(event_set_at(event, fixed->name, fixed->value, err));
    if (command->day)
        CII_TRY(event_set_at(event, command->day, statement->day, err));
    if (command->word_argument && args->word_count > 0)
        CII_TRY(
            event_set_at(event, command->word_argument, args->word[0], err));
    return CII_OK;
}

static enum cii_code
give_id(const struct statement *statement, struct stated *stated,
        struct cii_error *err)
{
    const char *id = args_get(statement->args, "id");

    if (id) {
        snprintf(stated->id, sizeof stated->id, "%s", id);
        return CII_OK;
    }
    CII_TRY(cii_event_id_new(stated->id, err));
    if (args_has(statement->args, "dry-run"))
        return CII_OK;
    return cii_event_set(stated->event, NULL, "id", stated->id, err);
}

enum cii_code
statement_add(struct statement *statement, const char *type,
              struct cii_event **event, struct cii_error *err)
{
    if (statement->count == STATEMENT_EVENTS)
        return cii_fail(err, CII_TOO_LARGE, "at most %d events at once",
                        STATEMENT_EVENTS);
    if (*statement->day == '\0')
        return cii_fail(err, CII_INVALID,
                        "the daemon does not say what day it is: give --on");

    struct stated *stated = &statement->stated[statement->count];
    CII_TRY(cii_event_new(&stated->event, type, statement->day, err));
    statement->count++;
    CII_TRY(set_constant(statement, stated->event, err));
    CII_TRY(set_given(statement, type, stated->event, err));
    CII_TRY(give_id(statement, stated, err));
    *event = stated->event;
    return CII_OK;
}

/* --- sending ------------------------------------------------------------ */

static void
note_refusal(struct statement *statement, enum cii_code code)
{
    const enum tool_status status = status_of_outcome(code);

    statement->refused_alike =
        statement->refusal == STATUS_DONE ||
        (statement->refused_alike && statement->refusal == status);
    statement->refusal = status;
}

/* Outcomes come in order, numbered from 1. */
static void
take_outcome(void *context, const struct cii_outcome *outcome)
{
    struct statement *statement = context;
    const struct tool *tool = statement->tool;
    const struct stated *stated = &statement->stated[outcome->line - 1];
    struct cii_outcome shown = *outcome;
    struct cii_error err = {0};

    shown.line = 0;
    statement->answered++;
    if (cii_code_class(outcome->code) != CII_DONE)
        note_refusal(statement, outcome->code);
    if (outcome_print(tool, &shown, args_has(statement->args, "dry-run"),
                      stated->label, &err) != CII_OK)
        (void)tool_fail(tool, &err);
}

/* The connection was lost after events had left. */
static enum tool_status
fail_unknown(const struct statement *statement, const struct cii_error *err)
{
    struct cii_error told = {0};

    if (statement->count == 1)
        (void)cii_fail(&told, err->code,
                       "%.300s. Nobody knows whether the event was stored: "
                       "`cii show %s` tells",
                       err->text, statement->stated[0].id);
    else
        (void)cii_fail(&told, err->code,
                       "%.300s. Of %zu events nobody knows whether they were "
                       "stored: `cii query` tells",
                       err->text, statement->count - statement->answered);
    return tool_fail(statement->tool, &told);
}

static enum cii_code
submit_all(struct statement *statement, struct cii_error *err)
{
    struct cii_client *client = statement->tool->client;

    CII_TRY(cii_stream(client, STATEMENT_EVENTS, take_outcome, statement, err));
    for (size_t i = 0; i < statement->count; i++)
        CII_TRY(cii_submit(client, i + 1, statement->stated[i].event, err));
    return cii_flush(client, err);
}

enum tool_status
statement_send(struct statement *statement)
{
    struct cii_error err = {0};
    const enum cii_code code = submit_all(statement, &err);

    tool_note_pilot(statement->tool);
    if (code != CII_OK)
        return fail_unknown(statement, &err);
    if (statement->refusal == STATUS_DONE || statement->refused_alike)
        return statement->refusal;
    return STATUS_SOME;
}
