/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TOOL_TOOL_H
#define CLIENT_TOOL_TOOL_H

/*
 * `cii`: what a command is, what it is given, and how it ends.
 *
 * A command is a row of a table (commands.h): its words, its flags, and a
 * function that returns the exit status. Everything is written to the streams
 * of struct tool, so that tests read what a user would.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cii/client.h"
#include "cii/error.h"

#define TOOL_VERSION CII_VERSION
#define TOOL_RUN_DIR "/run/ciid"

/* status, what it means */
#define TOOL_STATUSES(X)                                          \
    X(DONE, 0, "done")                                            \
    X(SOME, 1,                                                    \
      "lines were refused for several reasons, or a check found " \
      "something")                                                \
    X(USAGE, 2, "the command line is wrong")                      \
    X(INPUT, 3, "the input is wrong: correct it")                 \
    X(LAW, 4, "refused by law, or not allowed for this role")     \
    X(UNKNOWN, 5, "not known here")                               \
    X(CONFLICT, 6, "contradicts what is known")                   \
    X(OFFLINE, 7, "the daemon is not reachable: try again")       \
    X(BUSY, 8, "the daemon is busy or has no space: try again")   \
    X(FAULT, 70, "something is broken: look at the message")      \
    X(INTERRUPTED, 130, "interrupted")

enum tool_status {
#define TOOL_STATUS_ENUM(name, number, meaning) STATUS_##name = (number),
    TOOL_STATUSES(TOOL_STATUS_ENUM)
#undef TOOL_STATUS_ENUM
};

enum flag_form {
    FLAG_ALONE, /* takes no value */
    FLAG_TEXT,
    FLAG_DAY,
    FLAG_AVS,
    FLAG_EVENT,
    FLAG_INSTITUTION,
    FLAG_NUMBER,
};

struct flag {
    const char *name;  /* without the dashes; NULL ends a list */
    const char *value; /* what stands for its value in the help */
    const char *meaning;
    const char *argument; /* the verb's argument, if not called the same */
    enum flag_form form;
    bool many;
};

struct given {
    const char *name;        /* borrowed, as all here */
    const char *value;       /* "" when the flag stands alone */
    const struct flag *flag; /* NULL: none of the command's */
};

#define GIVEN_MAX 128
#define WORDS_MAX 256

struct args {
    size_t word_count;
    const char *word[WORDS_MAX]; /* without the command's own words */
    size_t given_count;
    struct given given[GIVEN_MAX];
};

struct tool;
struct column;

struct command {
    const char *name; /* "dossier open" */
    const char *summary;
    const char *words; /* what follows, for the help; "" nothing */
    size_t words_min;
    size_t words_max;
    const struct flag *flag;
    const char *help;  /* a paragraph, or NULL */
    const char *roles; /* who may, by preference */
    enum tool_status (*run)(struct tool *tool, const struct args *args);
    enum flag_form word_form;  /* of the first word; FLAG_ALONE: any */
    bool open;                 /* takes flags that are named elsewhere */
    const char *word_argument; /* what the first word is */
    /* Flags without which the command says nothing, separated by spaces; "a|b"
     * is one of the two. All that are missing are named at once, behind what
     * `names` says ("a consent names ..."). */
    const char *needs;
    const char *names;
    const struct cii_field *fixed; /* always said; a NULL name ends it */
    /* For commands that only ask: */
    const char *verb;
    const char *empty; /* said when there are no rows */
    const struct column *column;
    /* For those that state something: */
    const char *type; /* of the event */
    const char *day;  /* the field that the event's day fills, or NULL */
};

/* Commands of one subject. */
struct command_group {
    const char *title;
    const struct command *command;
    const size_t *count;
};

/* What the daemon says of itself. */
struct home {
    char institution[64];
    char day[11]; /* its clock's, which is a story's in a pilot */
    bool pilot;
};

struct tool {
    int in;
    FILE *out; /* borrowed */
    FILE *err; /* borrowed */
    const char *run_dir;
    const char *role; /* NULL: the first that opens */
    const char *user; /* NULL: nobody else */
    bool json;
    bool colour;   /* of out */
    bool progress; /* err is a terminal */
    size_t width;  /* of out, in columns; 0: not bounded */
    const struct command *command;
    struct cii_client *client; /* owned */
    struct home home;          /* empty before tool_learn_home() */
};

extern const struct command_group command_groups[];
extern const size_t command_group_count;
/* Over all groups. */
size_t command_count(void);
const struct command *command_at(size_t i);
/* Is the flag one of the command's own? */
bool command_has(const struct command *command, const struct flag *flag);
extern const struct flag global_flags[];

/* The whole program; argv as of main(). */
enum tool_status tool_run(struct tool *tool, int argc, char **argv);
/* From the environment and what out and err are. */
void tool_init(struct tool *tool);
void tool_done(struct tool *tool);

/* Connects in the role that was asked for, or the first of the command's. */
cii_must_check enum cii_code tool_connect(struct tool *tool,
                                          struct cii_error *err);

/* Asks whose daemon this is, what day it has and whether it is a pilot; the
 * tool is connected. */
cii_must_check enum cii_code tool_learn_home(struct tool *tool,
                                             struct cii_error *err);
/* In a pilot, says on err what its verdicts are worth; with --json every row
 * that has a verdict says it instead. */
void tool_note_pilot(const struct tool *tool);

/* Prints the sentence on err; returns the status that its code stands for. */
enum tool_status tool_fail(const struct tool *tool,
                           const struct cii_error *err);
enum tool_status tool_misused(const struct tool *tool, const char *format, ...)
    cii_printf(2, 3);
enum tool_status status_of(enum cii_code code);
/* The same for what became of an event: what is unknown is bad input. */
enum tool_status status_of_outcome(enum cii_code code);

/* INVALID with the flag's name unless the value has the flag's form. */
cii_must_check enum cii_code flag_check(const struct flag *flag,
                                        const char *value,
                                        struct cii_error *err);
/* The last value given, or NULL. */
const char *args_get(const struct args *args, const char *name);
bool args_has(const struct args *args, const char *name);
/* How many values the flag was given. */
size_t args_count(const struct args *args, const char *name);
/* USAGE, with one sentence, when what the command needs was not given. */
enum tool_status args_check_needs(const struct tool *tool,
                                  const struct args *args);
/* The sentence names the nearest flag. */
enum tool_status args_read(struct tool *tool, struct args *args, int argc,
                           char **argv);

void help_print(const struct tool *tool);
void help_print_command(const struct tool *tool, const struct command *command);

enum tool_status cmd_ask(struct tool *tool, const struct args *args);
enum tool_status cmd_send(struct tool *tool, const struct args *args);
enum tool_status cmd_show(struct tool *tool, const struct args *args);
enum tool_status cmd_explain(struct tool *tool, const struct args *args);
enum tool_status cmd_status(struct tool *tool, const struct args *args);
enum tool_status cmd_types(struct tool *tool, const struct args *args);
enum tool_status cmd_watch(struct tool *tool, const struct args *args);
enum tool_status cmd_dossier(struct tool *tool, const struct args *args);
enum tool_status cmd_state(struct tool *tool, const struct args *args);
enum tool_status cmd_attest(struct tool *tool, const struct args *args);
enum tool_status cmd_attest_end(struct tool *tool, const struct args *args);
enum tool_status cmd_pairs(struct tool *tool, const struct args *args);
enum tool_status cmd_request(struct tool *tool, const struct args *args);
enum tool_status cmd_answer(struct tool *tool, const struct args *args);
enum tool_status cmd_consent(struct tool *tool, const struct args *args);
enum tool_status cmd_task(struct tool *tool, const struct args *args);
enum tool_status cmd_letter(struct tool *tool, const struct args *args);
enum tool_status cmd_diff(struct tool *tool, const struct args *args);
enum tool_status cmd_verify(struct tool *tool, const struct args *args);
enum tool_status cmd_rules(struct tool *tool, const struct args *args);
enum tool_status cmd_pki_init(struct tool *tool, const struct args *args);
enum tool_status cmd_pki_issue(struct tool *tool, const struct args *args);
enum tool_status cmd_pki_revoke(struct tool *tool, const struct args *args);
enum tool_status cmd_pki_renew(struct tool *tool, const struct args *args);

#endif
