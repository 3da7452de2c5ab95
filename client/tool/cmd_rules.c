/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cii rules lint, show, matrix and test: ciid-law does it. It reads rule files
 * with the daemon's own code, which the client never includes, and needs no
 * daemon that runs; what it says and how it ends are its own.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/tool/tool.h"

#define PROGRAM     "ciid-law"
#define PROGRAM_MAX 4096

/* The verb, the flags with their values, --json, "--", the words, the end. */
#define WORDS_OF_ALL (2 + 2 * GIVEN_MAX + 2 + WORDS_MAX + 1)

/* --- where it is ---------------------------------------------------------- */

/* In the folder of this program; false: it is not there. */
static bool
find_beside(char path[PROGRAM_MAX])
{
    const ssize_t size = readlink("/proc/self/exe", path, PROGRAM_MAX - 1);

    if (size <= 0)
        return false;
    path[size] = '\0';
    char *name = strrchr(path, '/');
    if (!name || name + 1 + sizeof PROGRAM > path + PROGRAM_MAX)
        return false;
    memcpy(name + 1, PROGRAM, sizeof PROGRAM);
    return access(path, X_OK) == 0;
}

/* What CIID_LAW says, else beside this program, as in a build tree, else
 * where it is installed. */
static const char *
find_program(char path[PROGRAM_MAX])
{
    const char *set = getenv("CIID_LAW");

    if (set && *set)
        return set;
    return find_beside(path) ? path : CII_LIBEXEC_DIR "/" PROGRAM;
}

/* --- what it is asked ----------------------------------------------------- */

/* Flags that are cii's own are not for it. */
static bool
is_of_command(const struct tool *tool, const struct given *given)
{
    const struct flag *flag = tool->command->flag;

    for (; flag && flag->name; flag++)
        if (flag == given->flag)
            return true;
    return false;
}

static void
write_command(const struct tool *tool, const struct args *args,
              char *command[WORDS_OF_ALL], char flags[GIVEN_MAX][64])
{
    size_t count = 0;

    command[count++] = (char *)(uintptr_t)PROGRAM;
    command[count++] =
        (char *)(uintptr_t)(strchr(tool->command->name, ' ') + 1);
    if (tool->json)
        command[count++] = (char *)(uintptr_t) "--json";
    for (size_t i = 0; i < args->given_count; i++) {
        const struct given *given = &args->given[i];
        if (!is_of_command(tool, given))
            continue;
        snprintf(flags[i], sizeof flags[i], "--%s", given->name);
        command[count++] = flags[i];
        if (given->flag->form != FLAG_ALONE)
            command[count++] = (char *)(uintptr_t)given->value;
    }
    command[count++] = (char *)(uintptr_t) "--";
    for (size_t i = 0; i < args->word_count; i++)
        command[count++] = (char *)(uintptr_t)args->word[i];
    command[count] = NULL;
}

enum tool_status
cmd_rules(struct tool *tool, const struct args *args)
{
    char path[PROGRAM_MAX];
    char flags[GIVEN_MAX][64];
    char *command[WORDS_OF_ALL];
    struct cii_error err = {0};

    const char *program = find_program(path);
    write_command(tool, args, command, flags);
    fflush(tool->out);
    (void)execv(program, command);
    (void)cii_fail(&err, CII_SYSTEM, "cannot run %s: %s", program,
                   strerror(errno));
    return tool_fail(tool, &err);
}
