/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "client/tool/tool.h"
#include "proto/avs.h"
#include "proto/catalogue.h"
#include "proto/date.h"
#include "proto/id.h"

const struct flag global_flags[] = {
    {"run-dir", "DIR", "where ciid keeps its sockets", NULL, FLAG_TEXT, false},
    {"role", "ROLE", "operator, counsellor, auditor or administrator", NULL,
     FLAG_TEXT, false},
    {"as", "USER", "the person for whom a service account acts", NULL,
     FLAG_TEXT, false},
    {"json", NULL, "one JSON object a line", NULL, FLAG_ALONE, false},
    {"help", NULL, "how to use the command", NULL, FLAG_ALONE, false},
    {"version", NULL, "the version of cii", NULL, FLAG_ALONE, false},
    {NULL, NULL, NULL, NULL, FLAG_ALONE, false},
};

#define GLOBAL_COUNT (sizeof global_flags / sizeof global_flags[0] - 1)

/* --- forms -------------------------------------------------------------- */

static enum cii_code
check_number(const char *value, struct cii_error *err)
{
    const char *digits = *value == '-' ? value + 1 : value;

    if (*digits == '\0' || strlen(digits) > 15 ||
        digits[strspn(digits, "0123456789")] != '\0')
        return cii_fail(err, CII_INVALID, "write a number in digits");
    return CII_OK;
}

static enum cii_code
check_form(enum flag_form form, const char *value, struct cii_error *err)
{
    struct date date;
    struct avs avs;
    struct event_id id;

    switch (form) {
    case FLAG_DAY:
        return date_parse(&date, value, err);
    case FLAG_AVS:
        return avs_parse(&avs, value, err);
    case FLAG_EVENT:
        return event_id_parse(&id, value, err);
    case FLAG_INSTITUTION:
        return institution_check(value, err);
    case FLAG_NUMBER:
        return check_number(value, err);
    case FLAG_TEXT:
        if (*value == '\0') /* an empty variable must not mean everybody */
            return cii_fail(err, CII_INVALID,
                            "the value is empty; leave the flag out if there "
                            "is none");
        break;
    case FLAG_ALONE:
        break;
    }
    return CII_OK;
}

enum cii_code
flag_check(const struct flag *flag, const char *value, struct cii_error *err)
{
    struct cii_error why = {0};

    if (check_form(flag->form, value, &why) == CII_OK)
        return CII_OK;
    return cii_fail(err, CII_INVALID, "--%s: %s", flag->name, why.text);
}

/* --- what was given ----------------------------------------------------- */

const char *
args_get(const struct args *args, const char *name)
{
    for (size_t i = args->given_count; i > 0; i--)
        if (!strcmp(args->given[i - 1].name, name))
            return args->given[i - 1].value;
    return NULL;
}

bool
args_has(const struct args *args, const char *name)
{
    return args_get(args, name) != NULL;
}

size_t
args_count(const struct args *args, const char *name)
{
    size_t count = 0;

    for (size_t i = 0; i < args->given_count; i++)
        count += !strcmp(args->given[i].name, name);
    return count;
}

bool
command_has(const struct command *command, const struct flag *flag)
{
    for (const struct flag *own = command->flag; own && own->name; own++)
        if (own == flag)
            return true;
    return false;
}

/* --- reading ------------------------------------------------------------ */

struct reading {
    struct tool *tool;
    struct args *args;
    int argc;
    char **argv;
    int at;
    bool only_words; /* after "--" */
};

static const struct flag *
find_in(const struct flag *flag, const char *name, size_t length)
{
    for (; flag && flag->name; flag++)
        if (strlen(flag->name) == length && !memcmp(flag->name, name, length))
            return flag;
    return NULL;
}

struct names {
    const struct flag *own;
    size_t own_count;
};

static const char *
flag_name(const void *context, size_t i)
{
    const struct names *names = context;

    return i < names->own_count ? names->own[i].name
                                : global_flags[i - names->own_count].name;
}

static const char *
nearest_flag(const struct reading *reading, const char *name)
{
    struct names names = {0};

    if (reading->tool->command)
        names.own = reading->tool->command->flag;
    while (names.own && names.own[names.own_count].name)
        names.own_count++;
    return nearest_name(name, names.own_count + GLOBAL_COUNT, flag_name,
                        &names);
}

/* A field without its value, or --test misspelt: nobody can tell. */
static enum tool_status
lacks_value(const struct reading *reading, const char *name,
            const struct flag *flag)
{
    const char *nearest = flag ? NULL : nearest_flag(reading, name);

    if (nearest)
        return tool_misused(reading->tool,
                            "--%.40s needs a value, or did you mean --%s?",
                            name, nearest);
    return tool_misused(reading->tool, "--%.40s needs a value", name);
}

static enum tool_status
unknown_flag(const struct reading *reading, const char *name)
{
    const char *nearest = nearest_flag(reading, name);

    if (nearest)
        return tool_misused(reading->tool,
                            "unknown flag --%.40s: did you mean --%s?", name,
                            nearest);
    return tool_misused(reading->tool, "unknown flag --%.40s", name);
}

static void
take_global(struct tool *tool, const struct flag *flag, const char *value)
{
    if (find_in(global_flags, flag->name, strlen(flag->name)) != flag)
        return;
    if (!strcmp(flag->name, "run-dir"))
        tool->run_dir = value;
    if (!strcmp(flag->name, "role"))
        tool->role = value;
    if (!strcmp(flag->name, "as"))
        tool->user = value;
    if (!strcmp(flag->name, "json"))
        tool->json = true;
}

static enum tool_status
keep(struct reading *reading, const char *name, const char *value,
     const struct flag *flag)
{
    struct args *args = reading->args;

    if (flag && !flag->many && args_has(args, name))
        return tool_misused(reading->tool, "--%s is given twice", name);
    if (args->given_count == GIVEN_MAX)
        return tool_misused(reading->tool, "at most %d flags", GIVEN_MAX);
    if (flag)
        take_global(reading->tool, flag, value);
    args->given[args->given_count++] = (struct given){name, value, flag};
    return STATUS_DONE;
}

/* The value after '=' or in the next argument. */
static enum tool_status
read_flag(struct reading *reading, char *text)
{
    const struct command *command = reading->tool->command;
    char *equals = strchr(text, '=');
    const size_t length = equals ? (size_t)(equals - text) : strlen(text);
    const struct flag *flag = find_in(global_flags, text, length);

    if (!flag && command)
        flag = find_in(command->flag, text, length);
    if (equals)
        *equals = '\0';
    if (!flag && !(command && command->open))
        return unknown_flag(reading, text);
    if (flag && flag->form == FLAG_ALONE && equals)
        return tool_misused(reading->tool, "--%s takes no value", text);
    if (flag && flag->form == FLAG_ALONE)
        return keep(reading, flag->name, "", flag);
    if (equals)
        return keep(reading, text, equals + 1, flag);
    const bool last = reading->at + 1 >= reading->argc;
    if (last || (!flag && !strncmp(reading->argv[reading->at + 1], "--", 2)))
        return lacks_value(reading, text, flag);
    return keep(reading, text, reading->argv[++reading->at], flag);
}

static enum tool_status
read_one(struct reading *reading)
{
    char *text = reading->argv[reading->at];

    if (!reading->only_words && !strcmp(text, "--")) {
        reading->only_words = true;
        return STATUS_DONE;
    }
    if (!reading->only_words && !strcmp(text, "-h"))
        return keep(reading, "help", "", find_in(global_flags, "help", 4));
    if (!reading->only_words && !strncmp(text, "--", 2))
        return read_flag(reading, text + 2);
    if (!reading->only_words && text[0] == '-' && text[1] != '\0')
        return tool_misused(reading->tool,
                            "flags have two dashes, as in --help");
    if (reading->args->word_count == WORDS_MAX)
        return tool_misused(reading->tool, "too many words");
    reading->args->word[reading->args->word_count++] = text;
    return STATUS_DONE;
}

enum tool_status
args_read(struct tool *tool, struct args *args, int argc, char **argv)
{
    struct reading reading = {.tool = tool,
                              .args = args,
                              .argc = argc,
                              .argv = argv};

    for (; reading.at < argc; reading.at++) {
        const enum tool_status status = read_one(&reading);
        if (status != STATUS_DONE)
            return status;
    }
    return STATUS_DONE;
}
