/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "client/client.h"

struct question {
    struct cii_client *client; /* borrowed */
    uint64_t tag;
    cii_record_seen *seen;
    void *context; /* borrowed */
    bool over;     /* the last reply has come, or the caller has enough */
};

static enum cii_code
put_question(struct question *question, const char *verb,
             const struct cii_field *argument, size_t count,
             struct cii_error *err)
{
    struct field *field = calloc(count ? count : 1, sizeof *field);

    if (!field)
        return cii_fail(err, CII_MEMORY, "no memory for a request");
    for (size_t i = 0; i < count; i++)
        field[i] = (struct field){argument[i].name, argument[i].value};
    const struct request request = {
        .tag = question->tag,
        .verb = verb,
        .acting_user = question->client->user,
        .argument = {.field_count = count, .field = field},
    };
    const enum cii_code code = client_put(question->client, &request, err);
    free(field);
    return code;
}

static enum cii_code
show_record(struct question *question, const struct record *record,
            struct cii_error *err)
{
    const size_t count = record->content.field_count;
    struct cii_field *field =
        arena_take(question->client->channel.arena, count * sizeof *field + 1);

    if (!field)
        return cii_fail(err, CII_MEMORY, "no memory for an answer");
    for (size_t i = 0; i < count; i++)
        field[i] = (struct cii_field){record->content.field[i].name,
                                      record->content.field[i].value};
    const struct cii_record shown = {.kind = record->kind,
                                     .field_count = count,
                                     .field = field};
    if (question->seen && !question->seen(question->context, &shown))
        question->over = true;
    return CII_OK;
}

static enum cii_code
take_answer(struct question *question, const struct reply *reply,
            struct cii_error *err)
{
    CII_TRY(client_heed(reply, err));
    if (reply->tag != question->tag)
        return cii_fail(err, CII_MALFORMED,
                        "the daemon answered what was not asked: are both "
                        "of the same version?");
    for (size_t i = 0; i < reply->record_count && !question->over; i++)
        CII_TRY(show_record(question, &reply->record[i], err));
    if (question->over)
        return CII_OK;
    question->over = reply->last;
    if (reply->last && cii_code_class(reply->code) != CII_DONE)
        return cii_fail(err, reply->code, "%s",
                        *reply->text ? reply->text
                                     : cii_code_text(reply->code));
    return CII_OK;
}

static enum cii_code
hear_answer(struct question *question, struct cii_error *err)
{
    struct channel *channel = &question->client->channel;

    while (!question->over) {
        struct reply reply = {0};
        bool found = false;

        CII_TRY(channel_next(channel, &reply, &found, err));
        if (found)
            CII_TRY(take_answer(question, &reply, err));
        else
            CII_TRY(channel_wait(channel, -1, err));
    }
    return CII_OK;
}

static enum cii_code
ask(struct question *question, const char *verb,
    const struct cii_field *argument, size_t count, struct cii_error *err)
{
    CII_TRY(put_question(question, verb, argument, count, err));
    return hear_answer(question, err);
}

enum cii_code
cii_ask(struct cii_client *client, const char *verb,
        const struct cii_field *argument, size_t argument_count,
        cii_record_seen *seen, void *context, struct cii_error *err)
{
    assert(client);
    assert(verb);
    assert(argument || argument_count == 0);

    CII_TRY(cii_flush(client, err));
    CII_TRY(client_ready(client, err));
    struct question question = {.client = client,
                                .tag = ++client->tag,
                                .seen = seen,
                                .context = context};
    const enum cii_code code =
        ask(&question, verb, argument, argument_count, err);
    /*
     * What the reader answers leaves a closed connection behind, and what was
     * stopped leaves rows on the way: the next question opens its own.
     */
    channel_close(&client->channel);
    return code;
}

const char *
cii_record_get(const struct cii_record *record, const char *name)
{
    assert(record);
    assert(name);

    for (size_t i = 0; i < record->field_count; i++)
        if (!strcmp(record->field[i].name, name))
            return record->field[i].value;
    return "";
}
