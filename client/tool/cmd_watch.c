/* SPDX-License-Identifier: Apache-2.0 */

/*
 * `cii watch`: one line for each thing that happens, until Ctrl-C.
 */

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "client/tool/question.h"
#include "client/tool/rows.h"
#include "client/tool/text.h"
#include "client/tool/tool.h"

#define WHAT_WIDTH 8

/* Every line is out before the next is waited for: nothing is left to do. */
static void
leave(int signal_number)
{
    (void)signal_number;
    _exit(STATUS_DONE);
}

static void
put_named(FILE *out, const struct cii_record *record, const char *name)
{
    const char *value = cii_record_get(record, name);

    if (*value == '\0')
        return;
    fprintf(out, " %s=", name);
    text_put(out, value, 0);
}

static void
show_news(const struct tool *tool, const struct cii_record *record)
{
    static const char *const names[] = {"partner",  "verdict", "rule",
                                        "citation", "facets",  "reason",
                                        "event"};
    FILE *out = tool->out;
    const char *what = cii_record_get(record, "what");
    const char *verdict = cii_record_get(record, "verdict");
    const enum colour colour = verdict_colour(*verdict ? verdict : what);
    char moment[32];

    moment_show(cii_record_get(record, "at"), moment);
    fprintf(out, "%s  ", moment);
    colour_begin(out, tool->colour, colour);
    const size_t used = text_put(out, what, 0);
    colour_end(out, tool->colour, colour);
    text_pad(out, used < WHAT_WIDTH ? WHAT_WIDTH - used : 0);
    putc(' ', out);
    text_put(out, cii_record_get(record, "type"), 0);
    if (*cii_record_get(record, "issuer")) {
        fputs(" from ", out);
        text_put(out, cii_record_get(record, "issuer"), 0);
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        put_named(out, record, names[i]);
    putc('\n', out);
}

static bool
show(void *context, const struct cii_record *record)
{
    const struct tool *tool = context;

    if (tool->json)
        json_put_line(tool, record_to_json(record));
    else
        show_news(tool, record);
    return fflush(tool->out) == 0;
}

enum tool_status
cmd_watch(struct tool *tool, const struct args *args)
{
    struct question question;
    struct cii_error err = {0};

    if (question_read(&question, tool->command, args, &err) != CII_OK ||
        tool_connect(tool, &err) != CII_OK ||
        tool_learn_home(tool, &err) != CII_OK)
        return tool_fail(tool, &err);
    tool_note_pilot(tool);
    (void)signal(SIGINT, leave);
    (void)signal(SIGTERM, leave);
    if (cii_ask(tool->client, "watch", question.argument, question.count, show,
                tool, &err) != CII_OK)
        return tool_fail(tool, &err);
    return STATUS_DONE;
}
