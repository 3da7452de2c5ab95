/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tool/question.h"

#include <string.h>

enum cii_code
question_add(struct question *question, const char *name, const char *value,
             struct cii_error *err)
{
    if (question->count == QUESTION_ARGUMENTS)
        return cii_fail(err, CII_INVALID, "at most %d flags here",
                        QUESTION_ARGUMENTS);
    question->argument[question->count++] = (struct cii_field){name, value};
    return CII_OK;
}

/* All values of a flag that may be given several times, with spaces. */
static enum cii_code
join(struct question *question, const struct args *args,
     const struct flag *flag, struct cii_error *err)
{
    char *start = question->text + question->used;
    size_t used = 0;

    for (size_t i = 0; i < args->given_count; i++) {
        if (args->given[i].flag != flag)
            continue;
        const size_t room = QUESTION_TEXT - question->used - used;
        const int length = snprintf(start + used, room, "%s%s",
                                    used > 0 ? " " : "", args->given[i].value);
        if (length < 0 || (size_t)length >= room)
            return cii_fail(err, CII_INVALID, "--%s: too many", flag->name);
        used += (size_t)length;
    }
    question->used += used + 1;
    return question_add(question, flag->argument ? flag->argument : flag->name,
                        start, err);
}

static bool
is_first(const struct args *args, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (args->given[i].flag == args->given[at].flag)
            return false;
    return true;
}

static enum cii_code
read_flag(struct question *question, const struct args *args, size_t i,
          struct cii_error *err)
{
    const struct given *given = &args->given[i];

    if (given->flag->many)
        return is_first(args, i) ? join(question, args, given->flag, err)
                                 : CII_OK;
    return question_add(question,
                        given->flag->argument ? given->flag->argument
                                              : given->flag->name,
                        given->flag->form == FLAG_ALONE ? "yes" : given->value,
                        err);
}

enum cii_code
question_read(struct question *question, const struct command *command,
              const struct args *args, struct cii_error *err)
{
    *question = (struct question){0};
    for (const struct cii_field *fixed = command->fixed; fixed && fixed->name;
         fixed++)
        CII_TRY(question_add(question, fixed->name, fixed->value, err));
    if (command->word_argument && args->word_count > 0)
        CII_TRY(
            question_add(question, command->word_argument, args->word[0], err));
    for (size_t i = 0; i < args->given_count; i++)
        if (args->given[i].flag && command_has(command, args->given[i].flag))
            CII_TRY(read_flag(question, args, i, err));
    return CII_OK;
}
