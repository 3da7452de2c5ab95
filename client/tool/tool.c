/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tool/tool.h"

#include <assert.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "client/tool/text.h"
#include "proto/catalogue.h"

#define WIDTH_LEAST 40
#define WIDTH_MOST  2000

/* --- how it ends -------------------------------------------------------- */

enum tool_status
status_of(enum cii_code code)
{
    static const enum tool_status statuses[] = {
        [CII_OK] = STATUS_DONE,         [CII_DUPLICATE] = STATUS_DONE,
        [CII_OFFLINE] = STATUS_OFFLINE, [CII_BUSY] = STATUS_BUSY,
        [CII_FULL] = STATUS_BUSY,       [CII_MALFORMED] = STATUS_INPUT,
        [CII_INVALID] = STATUS_INPUT,   [CII_TOO_LARGE] = STATUS_INPUT,
        [CII_UNKNOWN] = STATUS_UNKNOWN, [CII_CONFLICT] = STATUS_CONFLICT,
        [CII_DENIED] = STATUS_LAW,      [CII_FORBIDDEN] = STATUS_LAW,
        [CII_FORGED] = STATUS_INPUT,    [CII_CONFIG] = STATUS_FAULT,
        [CII_MEMORY] = STATUS_FAULT,    [CII_SYSTEM] = STATUS_FAULT,
        [CII_STORE] = STATUS_FAULT,     [CII_CRYPTO] = STATUS_FAULT,
    };

    static_assert(sizeof statuses / sizeof statuses[0] == CII_CODE_COUNT,
                  "every code has a status");

    return (unsigned int)code < CII_CODE_COUNT ? statuses[code] : STATUS_FAULT;
}

enum tool_status
status_of_outcome(enum cii_code code)
{
    return code == CII_UNKNOWN ? STATUS_INPUT : status_of(code);
}

static void
print_error_json(const struct tool *tool, const char *code, const char *text)
{
    json_t *object =
        json_pack("{s:s, s:s%}", "error", code, "text", text, strlen(text));

    if (object && json_dumpf(object, tool->err, JSON_COMPACT) == 0)
        putc('\n', tool->err);
    json_decref(object);
}

static void
print_error(const struct tool *tool, const char *code, const char *text)
{
    if (tool->json) {
        print_error_json(tool, code, text);
        return;
    }
    fputs("cii: ", tool->err);
    text_put(tool->err, text, 0);
    putc('\n', tool->err);
}

enum tool_status
tool_fail(const struct tool *tool, const struct cii_error *err)
{
    print_error(tool, cii_code_name(err->code), err->text);
    return status_of(err->code);
}

enum tool_status
tool_misused(const struct tool *tool, const char *format, ...)
{
    char text[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);

    print_error(tool, "USAGE", text);
    if (!tool->json && tool->command)
        fprintf(tool->err, "usage: cii %s%s%s\nSee: cii %s --help\n",
                tool->command->name, *tool->command->words ? " " : "",
                tool->command->words, tool->command->name);
    else if (!tool->json)
        fputs("See: cii --help\n", tool->err);
    return STATUS_USAGE;
}

/* --- surroundings ------------------------------------------------------- */

static bool
wants_no_colour(void)
{
    const char *no_colour = getenv("NO_COLOR");
    const char *term = getenv("TERM");

    return (no_colour && *no_colour) || (term && !strcmp(term, "dumb"));
}

/* COLUMNS where it is set, else what the terminal says, else no bound. */
static size_t
find_width(FILE *out)
{
    struct winsize size = {0};
    const char *columns = getenv("COLUMNS");
    const long set = columns ? strtol(columns, NULL, 10) : 0;

    if (set >= WIDTH_LEAST && set <= WIDTH_MOST)
        return (size_t)set;
    if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 &&
        size.ws_col >= WIDTH_LEAST)
        return size.ws_col;
    return 0;
}

void
tool_init(struct tool *tool)
{
    const char *run_dir = getenv("CII_RUN_DIR");
    const char *role = getenv("CII_ROLE");

    *tool = (struct tool){
        .in = STDIN_FILENO,
        .out = stdout,
        .err = stderr,
        .run_dir = run_dir && *run_dir ? run_dir : TOOL_RUN_DIR,
        .role = role && *role ? role : NULL,
    };
    tool->colour = isatty(fileno(tool->out)) && !wants_no_colour();
    tool->progress = isatty(fileno(tool->err)) != 0;
    tool->width = find_width(tool->out);
}

void
tool_done(struct tool *tool)
{
    cii_disconnect(&tool->client);
}

/* --- connecting --------------------------------------------------------- */

/* A closed door says more than one that is not there. */
static void
keep_telling(struct cii_error *kept, const struct cii_error *err)
{
    if (kept->code == CII_OK ||
        (kept->code == CII_OFFLINE && err->code != CII_OFFLINE))
        *kept = *err;
}

static enum cii_code
connect_as_first(struct tool *tool, struct cii_error *err)
{
    const char *rest = tool->command->roles;
    struct cii_error kept = {0};

    while (*rest) {
        char role[32];
        struct cii_error why = {0};
        const size_t length = strcspn(rest, " ");
        snprintf(role, sizeof role, "%.*s", (int)length, rest);
        rest += length + (rest[length] == ' ');
        if (cii_connect(&tool->client, tool->run_dir, role, &why) == CII_OK)
            return CII_OK;
        keep_telling(&kept, &why);
    }
    return cii_fail(err, kept.code, "%s", kept.text);
}

enum cii_code
tool_connect(struct tool *tool, struct cii_error *err)
{
    if (tool->role)
        CII_TRY(cii_connect(&tool->client, tool->run_dir, tool->role, err));
    else
        CII_TRY(connect_as_first(tool, err));
    return tool->user ? cii_act_as(tool->client, tool->user, err) : CII_OK;
}

/* --- finding the command ------------------------------------------------ */

static size_t
words_of(const char *name)
{
    return strchr(name, ' ') ? 2 : 1;
}

static bool
is_named(const struct command *command, const struct args *words)
{
    char name[128];

    if (words_of(command->name) == 1)
        return words->word_count >= 1 && !strcmp(command->name, words->word[0]);
    if (words->word_count < 2)
        return false;
    snprintf(name, sizeof name, "%.50s %.50s", words->word[0], words->word[1]);
    return !strcmp(command->name, name);
}

static const char *
command_name(const void *context, size_t i)
{
    (void)context;
    return command_at(i)->name;
}

/* "dossier" alone names a group. */
static bool
begins_group(const char *word)
{
    const size_t length = strlen(word);

    for (size_t i = 0; i < command_count(); i++)
        if (!strncmp(command_at(i)->name, word, length) &&
            command_at(i)->name[length] == ' ')
            return true;
    return false;
}

static enum tool_status
unknown_command(const struct tool *tool, const struct args *words)
{
    char name[128];

    snprintf(name, sizeof name, "%.50s%s%.50s", words->word[0],
             words->word_count > 1 ? " " : "",
             words->word_count > 1 ? words->word[1] : "");
    const char *nearest =
        nearest_name(name, command_count(), command_name, NULL);
    if (!nearest)
        nearest =
            nearest_name(words->word[0], command_count(), command_name, NULL);
    if (nearest)
        return tool_misused(tool, "unknown command '%s': did you mean '%s'?",
                            name, nearest);
    return tool_misused(tool, "unknown command '%s'", name);
}

/* Flags that precede the command are those that every command takes. */
static const char *const valued[] = {"--run-dir", "--role", "--as"};

static int
skip_globals(int argc, char **argv, int at)
{
    while (at < argc && argv[at][0] == '-' && argv[at][1] != '\0') {
        bool takes_value = false;
        for (size_t i = 0; i < sizeof valued / sizeof valued[0]; i++)
            takes_value = takes_value || !strcmp(argv[at], valued[i]);
        at += takes_value ? 2 : 1;
    }
    return at < argc ? at : argc;
}

/* "request list" goes before "request". */
static void
find_command(struct tool *tool, const struct args *words)
{
    for (size_t i = 0; i < command_count(); i++) {
        const struct command *command = command_at(i);
        if (is_named(command, words) &&
            (!tool->command || words_of(command->name) == 2))
            tool->command = command;
    }
}

/* --- running ------------------------------------------------------------ */

static enum tool_status
check_words(const struct tool *tool, const struct args *args)
{
    const struct command *command = tool->command;

    if (args->word_count < command->words_min)
        return tool_misused(tool, "%s: %s is missing", command->name,
                            command->words);
    if (args->word_count > command->words_max)
        return tool_misused(tool, "%s: '%.40s' is one word too many",
                            command->name, args->word[command->words_max]);
    return STATUS_DONE;
}

/* The first word, where it is a number or an event. */
static enum tool_status
check_first_word(const struct tool *tool, const struct args *args)
{
    const struct command *command = tool->command;
    const struct flag flag = {.name = "", .form = command->word_form};
    struct cii_error why = {0};
    struct cii_error err = {0};

    if (command->word_form == FLAG_ALONE || args->word_count == 0 ||
        flag_check(&flag, args->word[0], &why) == CII_OK)
        return STATUS_DONE;
    (void)cii_fail(&err, why.code, "%.60s: %s", args->word[0],
                   why.text + strlen("--: "));
    return tool_fail(tool, &err);
}

static enum tool_status
check_values(const struct tool *tool, const struct args *args)
{
    struct cii_error err = {0};

    for (size_t i = 0; i < args->given_count; i++)
        if (args->given[i].flag &&
            flag_check(args->given[i].flag, args->given[i].value, &err) !=
                CII_OK)
            return tool_fail(tool, &err);
    return STATUS_DONE;
}

static enum tool_status
run_command(struct tool *tool, int argc, char **argv)
{
    struct args args = {0};

    enum tool_status status = args_read(tool, &args, argc, argv);
    if (status != STATUS_DONE)
        return status;
    if (args_has(&args, "help")) {
        help_print_command(tool, tool->command);
        return STATUS_DONE;
    }
    status = check_words(tool, &args);
    if (status == STATUS_DONE)
        status = args_check_needs(tool, &args);
    if (status == STATUS_DONE)
        status = check_first_word(tool, &args);
    if (status == STATUS_DONE)
        status = check_values(tool, &args);
    if (status == STATUS_DONE)
        status = tool->command->run(tool, &args);
    return status;
}

static enum tool_status
run_alone(struct tool *tool, int argc, char **argv)
{
    struct args args = {0};
    const enum tool_status status = args_read(tool, &args, argc, argv);

    if (status != STATUS_DONE)
        return status;
    if (args_has(&args, "version")) {
        fprintf(tool->out, "cii %s\n", TOOL_VERSION);
        return STATUS_DONE;
    }
    if (args_has(&args, "help")) {
        help_print(tool);
        return STATUS_DONE;
    }
    return tool_misused(tool, "no command was given");
}

/* The flags before the command are moved behind it. */
static enum tool_status
run_found(struct tool *tool, int argc, char **argv, int at)
{
    const int words = (int)words_of(tool->command->name);
    char **rest = calloc((size_t)argc + 1, sizeof *rest);
    int count = 0;

    if (!rest)
        return tool_misused(tool, "out of memory");
    for (int i = 1; i < at; i++)
        rest[count++] = argv[i];
    for (int i = at + words; i < argc; i++)
        rest[count++] = argv[i];
    const enum tool_status status = run_command(tool, count, rest);
    free(rest);
    return status;
}

/* "request lisst" is no request with a word too many. */
static bool
is_misspelt(const struct tool *tool, const struct args *words)
{
    return tool->command->words_max == 0 && words->word_count > 1 &&
           words->word[1][0] != '-' && words_of(tool->command->name) == 1 &&
           begins_group(tool->command->name);
}

static enum tool_status
run_help(struct tool *tool, const struct args *words)
{
    const struct args asked = {.word_count = words->word_count - 1,
                               .word = {words->word[1], words->word_count > 2
                                                            ? words->word[2]
                                                            : ""}};

    if (asked.word_count == 0) {
        help_print(tool);
        return STATUS_DONE;
    }
    find_command(tool, &asked);
    if (!tool->command)
        return unknown_command(tool, &asked);
    help_print_command(tool, tool->command);
    return STATUS_DONE;
}

enum tool_status
tool_run(struct tool *tool, int argc, char **argv)
{
    const int at = skip_globals(argc, argv, 1);
    struct args words = {0};

    for (int i = at; i < argc && i < at + 3; i++)
        words.word[words.word_count++] = argv[i];
    if (words.word_count == 0)
        return run_alone(tool, argc - 1, argv + 1);
    if (!strcmp(words.word[0], "help"))
        return run_help(tool, &words);
    find_command(tool, &words);
    if (tool->command && is_misspelt(tool, &words)) {
        tool->command = NULL;
        return unknown_command(tool, &words);
    }
    if (tool->command)
        return run_found(tool, argc, argv, at);
    if (begins_group(words.word[0]) &&
        (words.word_count == 1 || words.word[1][0] == '-')) {
        help_print(tool);
        return STATUS_USAGE;
    }
    return unknown_command(tool, &words);
}
