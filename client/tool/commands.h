/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TOOL_COMMANDS_H
#define CLIENT_TOOL_COMMANDS_H

/*
 * What the tables of commands share. There is one table a subject;
 * command_groups.c joins them.
 */

#include "client/tool/table.h"
#include "client/tool/tool.h"

extern const struct command base_commands[];
extern const size_t base_command_count;
extern const struct command consent_commands[];
extern const size_t consent_command_count;
extern const struct command statement_commands[];
extern const size_t statement_command_count;
extern const struct command request_commands[];
extern const size_t request_command_count;
extern const struct command task_commands[];
extern const size_t task_command_count;

#define WRITERS "operator counsellor"
#define READERS "operator counsellor auditor"
#define ALL     "operator counsellor auditor administrator"

#define END                                       \
    {                                             \
        NULL, NULL, NULL, NULL, FLAG_ALONE, false \
    }
#define LIMIT                                                          \
    {                                                                  \
        "limit", "N", "at most so many rows", NULL, FLAG_NUMBER, false \
    }
#define AVS                                                          \
    {                                                                \
        "avs", "N", "the person's AVS number", NULL, FLAG_AVS, false \
    }
#define LOCAL_ID                                                         \
    {                                                                    \
        "local-id", "CATEGORY:ID", "where there is no AVS number", NULL, \
            FLAG_TEXT, false                                             \
    }
#define COLUMNS_END                    \
    {                                  \
        NULL, NULL, COLUMN_TEXT, false \
    }
#define CASE                                                                  \
    {                                                                         \
        "case", "REF", "the offices' reference of the case", NULL, FLAG_TEXT, \
            false                                                             \
    }

/* Of commands that state something; the argument of such a flag is the field
 * that it fills, as "facet.field", or "" where the command does that. */
#define ON                                                                  \
    {                                                                       \
        "on", "DAY", "the day of it. Default: today", NULL, FLAG_DAY, false \
    }
#define TO                                                                \
    {                                                                     \
        "to", "ID",                                                       \
            "an institution that it concerns; may be repeated. Default: " \
            "those that the dossier or the law names",                    \
            NULL, FLAG_INSTITUTION, true                                  \
    }
#define TEST                                                  \
    {                                                         \
        "test", NULL, "test traffic", NULL, FLAG_ALONE, false \
    }
#define DRY_RUN                                                               \
    {                                                                         \
        "dry-run", NULL,                                                      \
            "say what would happen; nothing is stored, nothing leaves", NULL, \
            FLAG_ALONE, false                                                 \
    }
#define ID                                                                  \
    {                                                                       \
        "id", "UUID",                                                       \
            "the event's id (UUIDv7): sent again with it, nothing doubles", \
            NULL, FLAG_EVENT, false                                         \
    }

#endif
