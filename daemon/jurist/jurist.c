/* SPDX-License-Identifier: Apache-2.0 */
#include "jurist/jurist.h"

#include <stdarg.h>
#include <string.h>

static const char usage[] =
    "usage: ciid-law lint [--strict] [--json] [FOLDER]\n"
    "       ciid-law show [--json] RULE | PREDICATE ...\n"
    "       ciid-law matrix [--event TYPE] [--canton XX] [--html FILE | --json]\n"
    "       ciid-law test [--coverage] [--verbose] [--json] FILE...\n"
    "The law is that of --rules FOLDER, with --facets FILE and\n"
    "--event-types FILE or those beside the folder; or that of\n"
    "--config FILE, by default /etc/ciid/ciid.yaml. See ciid-law(8).\n";

struct command {
    const char *name;
    enum outcome (*run)(const struct options *options);
};

static const struct command commands[] = {
    {"lint", jurist_lint},
    {"show", jurist_show},
    {"matrix", jurist_matrix},

    {"test", jurist_test},
};

enum outcome
jurist_fail(enum outcome outcome, const char *format, ...)
{
    va_list arguments;

    fputs("ciid-law: ", stderr);
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return outcome;
}

static const struct command *
command_find(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (!strcmp(commands[i].name, name))
            return &commands[i];
    return NULL;
}

enum outcome
jurist_run(int argc, char **argv, FILE *out)
{
    struct options options = {.out = out};
    struct cii_error err = {0};

    if (argc < 2) {
        fputs(usage, stderr);
        return OUTCOME_USAGE;
    }
    if (!strcmp(argv[1], "--help")) {
        fputs(usage, out);
        return OUTCOME_OK;
    }
    const struct command *command = command_find(argv[1]);
    if (!command)
        return jurist_fail(
            OUTCOME_USAGE,
            "'%s' is no command; write lint, show, matrix or test", argv[1]);
    if (options_read(&options, argc - 1, argv + 1, &err) != CII_OK)
        return jurist_fail(OUTCOME_USAGE, "%s: %s", command->name, err.text);
    if (options.help) {
        fputs(usage, out);
        return OUTCOME_OK;
    }
    return command->run(&options);
}
