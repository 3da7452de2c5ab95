/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a command cannot do without, said in one sentence.
 */

#include <string.h>

#include "client/tool/tool.h"
#include "proto/bytes.h"

/* "a|b" as "--a or --b". */
static void
append_flags(struct buffer *sentence, const char *need, size_t length)
{
    buffer_append_text(sentence, "--");
    for (size_t i = 0; i < length; i++)
        if (need[i] == '|')
            buffer_append_text(sentence, " or --");
        else
            buffer_append(sentence, need + i, 1);
}

/* Does the need, which is "a" or "a|b", name the flag? */
static bool
need_names(const char *need, size_t length, const char *flag)
{
    const size_t size = strlen(flag);

    for (size_t at = 0; at < length;) {
        size_t end = at;
        while (end < length && need[end] != '|')
            end++;
        if (end - at == size && !memcmp(need + at, flag, size))
            return true;
        at = end + 1;
    }
    return false;
}

static bool
is_wildcard(const char *value)
{
    static const char *const wildcards[] = {"*", "all", "any", "tout", "tous"};

    for (size_t i = 0; i < sizeof wildcards / sizeof wildcards[0]; i++)
        if (!strcasecmp(value, wildcards[i]))
            return true;
    return false;
}

struct need {
    bool met;
    const char *wildcard; /* a value that stands for everything, or NULL */
};

static struct need
look_at(const struct args *args, const char *text, size_t length)
{
    struct need need = {0};

    for (size_t i = 0; i < args->given_count; i++) {
        const struct given *given = &args->given[i];
        if (!need_names(text, length, given->name))
            continue;
        need.met = true;
        if (is_wildcard(given->value))
            need.wildcard = given->value;
    }
    return need;
}

/* What stands for everything names nothing, and is missing as well. */
static bool
append_need(struct buffer *sentence, const struct args *args, const char *text,
            size_t length, bool first)
{
    const struct need need = look_at(args, text, length);

    if (need.met && !need.wildcard)
        return false;
    buffer_append_text(sentence, first ? "" : ", ");
    append_flags(sentence, text, length);
    if (need.wildcard)
        buffer_append_format(sentence, " ('%s' names nothing)", need.wildcard);
    return true;
}

enum tool_status
args_check_needs(const struct tool *tool, const struct args *args)
{
    const struct command *command = tool->command;
    struct buffer sentence = {0};
    enum tool_status status = STATUS_DONE;
    bool missing = false;

    for (const char *rest = command->needs ? command->needs : ""; *rest;) {
        const size_t length = strcspn(rest, " ");
        if (append_need(&sentence, args, rest, length, !missing))
            missing = true;
        rest += length + (rest[length] == ' ');
    }
    if (missing)
        status = tool_misused(tool, "%s: missing: %s",
                              command->names ? command->names : command->name,
                              buffer_text(&sentence));
    buffer_done(&sentence);
    return status;
}
