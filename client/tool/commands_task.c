/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Commands on what the law leaves to be done: who is to be told, and what is
 * due.
 */

#include "client/tool/commands.h"

static const struct flag list_flags[] = {
    AVS,
    LOCAL_ID,
    {"kind", "KIND",
     "inform-before, inform-after, inform-contact, inform-consent, "
     "inform-month, answer, duty, request or again",
     NULL, FLAG_TEXT, false},
    {"late", NULL, "only those that are late", NULL, FLAG_ALONE, false},
    {"all", NULL, "the closed ones too", NULL, FLAG_ALONE, false},
    END,
};

static const struct flag close_flags[] = {
    {"proof", "REF", "where the proof is kept", NULL, FLAG_TEXT, false},
    END,
};

static const struct flag letter_flags[] = {
    {"lang", "L", "fr, de or it", NULL, FLAG_TEXT, false},
    END,
};

static const struct column task_columns[] = {
    {"No", "number", COLUMN_TEXT, false},
    {"To do", "what", COLUMN_TEXT, false},
    {"Person", "identity", COLUMN_PERSON, false},
    {"Partner", "partner", COLUMN_TEXT, false},
    {"Due", "due", COLUMN_TEXT, false},
    {"Late since", "late_at", COLUMN_MOMENT, false},
    {"Rule", "rule", COLUMN_TEXT, true},
    {"Law", "citation", COLUMN_TEXT, false},
    {"Events", "events", COLUMN_TEXT, true},
    {"Opened", "opened_at", COLUMN_MOMENT, true},
    {"Closed", "closed_at", COLUMN_MOMENT, true},
    {"Proof", "proof", COLUMN_TEXT, true},
    COLUMNS_END,
};

const struct command task_commands[] = {
    {.name = "task list",
     .summary = "what is to be done, and by when",
     .words = "",
     .flag = list_flags,
     .roles = READERS,
     .run = cmd_ask,
     .verb = "tasks",
     .column = task_columns,
     .empty = "Nothing is to be done."},
    {.name = "task show",
     .summary = "one task, and the events that it is about",
     .words = "N",
     .words_min = 1,
     .words_max = 1,
     .word_form = FLAG_NUMBER,
     .word_argument = "task",
     .roles = READERS,
     .run = cmd_task,
     .verb = "tasks"},
    {.name = "task close",
     .summary = "it is done, and here is the proof",
     .words = "N --proof REF",
     .words_min = 1,
     .words_max = 1,
     .word_form = FLAG_NUMBER,
     .word_argument = "task",
     .flag = close_flags,
     .needs = "proof",
     .names = "a task is closed with a proof",
     .roles = WRITERS,
     .run = cmd_ask,
     .verb = "task-close",
     .column = task_columns,
     .empty = "Closed."},
    {.name = "task letter",
     .summary = "the letter that tells the person",
     .words = "N --lang fr|de|it",
     .words_min = 1,
     .words_max = 1,
     .word_form = FLAG_NUMBER,
     .word_argument = "task",
     .flag = letter_flags,
     .needs = "lang",
     .roles = WRITERS,
     .run = cmd_letter,
     .verb = "letter"},
};

const size_t task_command_count =
    sizeof task_commands / sizeof task_commands[0];
