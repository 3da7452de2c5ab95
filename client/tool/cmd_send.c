/* SPDX-License-Identifier: Apache-2.0 */

/*
 * `cii send`: one event from flags, or many from lines of JSON.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "client/tool/batch.h"
#include "client/tool/glossary.h"
#include "client/tool/outcome.h"
#include "client/tool/text.h"
#include "client/tool/tool.h"

/* --- many --------------------------------------------------------------- */

/* What lines say themselves cannot be said for all of them. */
static const char *
misplaced_flag(const struct args *args)
{
    static const char *const allowed =
        "journal file test dry-run run-dir role as json";

    for (size_t i = 0; i < args->given_count; i++)
        if (!words_hold(allowed, args->given[i].name))
            return args->given[i].name;
    return NULL;
}

static enum tool_status
send_lines(struct tool *tool, const struct args *args, const char *file)
{
    const char *misplaced = misplaced_flag(args);
    struct batch_options options = {
        .fd = tool->in,
        .name = file,
        .journal = args_get(args, "journal"),
        .defaults = {.test = args_has(args, "test"),
                     .dry_run = args_has(args, "dry-run")},
    };
    struct cii_error err = {0};

    if (misplaced)
        return tool_misused(tool,
                            "--%.40s belongs to one event: each line says "
                            "its own",
                            misplaced);
    if (file)
        options.fd = open(file, O_RDONLY | O_CLOEXEC);
    if (options.fd < 0) {
        (void)cii_fail(&err, CII_INVALID, "cannot open %.200s: %s", file,
                       strerror(errno));
        return tool_fail(tool, &err);
    }
    enum tool_status status = STATUS_DONE;
    if (tool_connect(tool, &err) != CII_OK ||
        tool_learn_home(tool, &err) != CII_OK)
        status = tool_fail(tool, &err);
    else
        status = batch_run(tool, &options);
    if (file)
        close(options.fd);
    return status;
}

/* --- one ---------------------------------------------------------------- */

struct sending {
    struct tool *tool;
    const struct args *args;
    const char *type;
    struct cii_event *event; /* owned */
    struct glossary glossary;
    char id[37];
};

/* Flags of the event itself, under the names that libcii has for them. */
static const char *const own_fields[][2] = {
    {"id", "id"},
    {"case", "case"},
    {"to", "to"},
    {"as-of", "as_of"},
    {"reliability", "reliability"},
    {"in-reply-to", "in_reply_to"},
};

static enum cii_code
set_named(struct sending *sending, const char *flag, const char *value,
          struct cii_error *err)
{
    struct cii_error why = {0};

    for (size_t i = 0; i < sizeof own_fields / sizeof own_fields[0]; i++)
        if (!strcmp(own_fields[i][0], flag)) {
            if (cii_event_set(sending->event, NULL, own_fields[i][1], value,
                              &why) == CII_OK)
                return CII_OK;
            return cii_fail(err, why.code, "--%s: %s", flag, why.text);
        }
    if (!strcmp(flag, "test"))
        return cii_event_set(sending->event, NULL, "test", "yes", err);
    if (!strcmp(flag, "dry-run"))
        return cii_event_set(sending->event, NULL, "dry_run", "yes", err);
    if (!strcmp(flag, "avs"))
        return cii_event_set(sending->event, "identity", "avs", value, err);
    return CII_OK;
}

static enum cii_code
set_placed(struct sending *sending, const struct given *given,
           struct cii_error *err)
{
    struct place place;

    if (!sending->glossary.rows.arena)
        CII_TRY(glossary_load(&sending->glossary, sending->tool, err));
    CII_TRY(glossary_check_type(&sending->glossary, sending->type, err));
    CII_TRY(glossary_find(&sending->glossary,
                          glossary_facets(&sending->glossary, sending->type),
                          given->name, sending->tool->command->flag, &place,
                          err));
    return cii_event_set(sending->event, place.facet, place.field, given->value,
                         err);
}

static enum cii_code
make_event(struct sending *sending, struct cii_error *err)
{
    const struct args *args = sending->args;

    CII_TRY(cii_event_new(&sending->event, sending->type, args_get(args, "on"),
                          err));
    CII_TRY(cii_event_id_new(sending->id, err));
    if (!args_has(args, "dry-run"))
        CII_TRY(cii_event_set(sending->event, NULL, "id", sending->id, err));
    for (size_t i = 0; i < args->given_count; i++) {
        const struct given *given = &args->given[i];
        if (given->flag)
            CII_TRY(set_named(sending, given->name, given->value, err));
        else
            CII_TRY(set_placed(sending, given, err));
    }
    if (args_has(args, "id"))
        snprintf(sending->id, sizeof sending->id, "%s", args_get(args, "id"));
    return CII_OK;
}

/* The connection was lost after the event had left. */
static enum tool_status
show_unknown(const struct sending *sending, const struct cii_error *err)
{
    struct cii_error told = {0};

    (void)cii_fail(&told, err->code,
                   "%.300s. Nobody knows whether the event was stored: send "
                   "it again with --id %s, which stores it once",
                   err->text, sending->id);
    return tool_fail(sending->tool, &told);
}

static enum tool_status
send_event(const struct sending *sending)
{
    const struct tool *tool = sending->tool;
    struct cii_outcome outcome;
    struct cii_error err = {0};

    const enum cii_code code =
        cii_send(tool->client, sending->event, &outcome, &err);
    if (code != CII_OK && (outcome.code != code || *outcome.text == '\0'))
        return show_unknown(sending, &err);
    outcome.line = 0;
    if (outcome_print(tool, &outcome, args_has(sending->args, "dry-run"), "",
                      &err) != CII_OK)
        return tool_fail(tool, &err);
    if (outcome.verdict_count > 0)
        tool_note_pilot(tool);
    return status_of_outcome(code);
}

static enum tool_status
send_one(struct tool *tool, const struct args *args)
{
    struct sending sending = {.tool = tool,
                              .args = args,
                              .type = args->word[0]};
    struct cii_error err = {0};
    enum tool_status status = STATUS_DONE;

    if (!args_has(args, "on"))
        return tool_misused(tool, "--on DAY is missing: when did it happen?");
    if (args_has(args, "journal"))
        return tool_misused(tool, "--journal belongs to many lines: one "
                                  "event has --id");
    if (tool_connect(tool, &err) != CII_OK ||
        tool_learn_home(tool, &err) != CII_OK ||
        make_event(&sending, &err) != CII_OK)
        status = tool_fail(tool, &err);
    else
        status = send_event(&sending);
    glossary_done(&sending.glossary);
    cii_event_destroy(&sending.event);
    return status;
}

/* Names of event types have neither dot nor slash: a file's name may. */
enum tool_status
cmd_send(struct tool *tool, const struct args *args)
{
    const char *word = args->word_count > 0 ? args->word[0] : NULL;
    const char *file = args_get(args, "file");

    if (word && file)
        return tool_misused(tool, "give a type, or --file, not both");
    if (!word && !file)
        return tool_misused(tool, "give an event type, a file of lines, or "
                                  "- for standard input");
    if (!file && !strcmp(word, "-"))
        return send_lines(tool, args, NULL);
    if (file || strpbrk(word, "./"))
        return send_lines(tool, args, file ? file : word);
    return send_one(tool, args);
}
