/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Every command of `cii`: the tables of all subjects, in the order of the help.
 */

#include <assert.h>

#include "client/tool/commands.h"

const struct command_group command_groups[] = {
    {"Events, dossiers and the daemon", base_commands, &base_command_count},
    {"Consents and attestations", consent_commands, &consent_command_count},
    {"Other statements", statement_commands, &statement_command_count},
    {"Requests and questions", request_commands, &request_command_count},
    {"Duties", task_commands, &task_command_count},
};

const size_t command_group_count =
    sizeof command_groups / sizeof command_groups[0];

size_t
command_count(void)
{
    size_t count = 0;

    for (size_t i = 0; i < command_group_count; i++)
        count += *command_groups[i].count;
    return count;
}

const struct command *
command_at(size_t i)
{
    const struct command_group *group = command_groups;

    assert(i < command_count());
    for (; i >= *group->count; group++)
        i -= *group->count;
    return &group->command[i];
}
