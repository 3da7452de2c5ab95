/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "client/tool/text.h"
#include "client/tool/tool.h"

#define NAME_COLUMN 26
#define HELP_WIDTH  79

static size_t
help_width(const struct tool *tool)
{
    return tool->width > 0 && tool->width < HELP_WIDTH ? tool->width
                                                       : HELP_WIDTH;
}

static void
print_pair(const struct tool *tool, const char *name, const char *meaning)
{
    fputs("  ", tool->out);
    const size_t used = 2 + text_put(tool->out, name, 0);

    if (used + 1 < NAME_COLUMN) {
        text_pad(tool->out, NAME_COLUMN - used);
    } else {
        putc('\n', tool->out);
        text_pad(tool->out, NAME_COLUMN);
    }
    text_wrap(tool->out, meaning, NAME_COLUMN, help_width(tool));
}

static void
print_head(const struct tool *tool, const char *title)
{
    putc('\n', tool->out);
    colour_begin(tool->out, tool->colour, COLOUR_BOLD);
    fputs(title, tool->out);
    colour_end(tool->out, tool->colour, COLOUR_BOLD);
    putc('\n', tool->out);
}

static void
print_flags(const struct tool *tool, const struct flag *flag)
{
    for (; flag && flag->name; flag++) {
        char name[64];
        snprintf(name, sizeof name, "--%s%s%s", flag->name,
                 flag->value ? " " : "", flag->value ? flag->value : "");
        print_pair(tool, name, flag->meaning);
    }
}

static void
print_statuses(const struct tool *tool)
{
    static const struct {
        int number;
        const char *meaning;
    } statuses[] = {

#define HELP_STATUS(name, number, meaning) {number, meaning},
        TOOL_STATUSES(HELP_STATUS)
#undef HELP_STATUS
    };

    print_head(tool, "Exit status");
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        char number[16];
        snprintf(number, sizeof number, "%d", statuses[i].number);
        print_pair(tool, number, statuses[i].meaning);
    }
}

static void
print_group(const struct tool *tool, const struct command_group *group)
{
    print_head(tool, group->title);
    for (size_t i = 0; i < *group->count; i++)
        print_pair(tool, group->command[i].name, group->command[i].summary);
}

void
help_print(const struct tool *tool)
{
    fputs("cii: send and query events of shared cases\n"
          "\n"
          "usage: cii COMMAND [FLAGS]\n",
          tool->out);
    for (size_t i = 0; i < command_group_count; i++)
        print_group(tool, &command_groups[i]);
    print_head(tool, "Flags of every command");
    print_flags(tool, global_flags);
    print_statuses(tool);
    fputs("\nMore: cii COMMAND --help, cii(1)\n", tool->out);
}

void
help_print_command(const struct tool *tool, const struct command *command)
{
    fprintf(tool->out, "cii %s: %s\n\nusage: cii %s%s%s%s\n", command->name,
            command->summary, command->name, *command->words ? " " : "",
            command->words, command->flag ? " [FLAGS]" : "");
    if (command->help) {
        putc('\n', tool->out);
        text_wrap(tool->out, command->help, 0, help_width(tool));
    }
    if (command->flag && command->flag->name) {
        print_head(tool, "Flags");
        print_flags(tool, command->flag);
    }
    print_head(tool, "Flags of every command");
    print_flags(tool, global_flags);
    print_statuses(tool);
}
