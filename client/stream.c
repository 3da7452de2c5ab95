/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "client/client.h"

#define LENGTH_SIZE 4

static enum cii_code
no_stream(struct cii_error *err)
{
    return cii_fail(err, CII_OFFLINE,
                    "no stream is open: the last one failed or none was "
                    "begun; begin one with cii_stream()");
}

/* Whatever fails here leaves the rest unknown, and the stream is over. */
static enum cii_code
end_on_failure(struct cii_client *client, enum cii_code code)
{
    if (code != CII_OK)
        client_drop(client);
    return code;
}

/* --- what comes back ---------------------------------------------------- */

static struct asked *
find_asked(const struct cii_client *client, uint64_t tag)
{
    struct asked *asked = client->oldest;

    while (asked && asked->tag != tag)
        asked = asked->next;
    return asked;
}

static void
forget(struct cii_client *client, const struct asked *done)
{
    struct asked *before = NULL;
    struct asked **link = &client->oldest;

    while (*link != done) {
        before = *link;
        link = &before->next;
    }
    struct asked *gone = *link;
    *link = gone->next;
    if (client->newest == gone)
        client->newest = before;
    free(gone);
}

static enum cii_code
copy_verdicts(struct cii_client *client, struct cii_outcome *outcome,
              const struct outcome *from, struct cii_error *err)
{
    struct cii_verdict *verdict =
        arena_take(client->channel.arena,
                   from->verdict_count * sizeof *verdict);

    if (!verdict)
        return cii_fail(err, CII_MEMORY, "no memory for verdicts");
    for (size_t i = 0; i < from->verdict_count; i++)
        verdict[i] = (struct cii_verdict){
            .partner = from->verdict[i].partner,
            .verdict = from->verdict[i].verdict,
            .lane = from->verdict[i].lane,
            .rule = from->verdict[i].rule,
            .citation = from->verdict[i].citation,
            .facets = from->verdict[i].facets,
            .withheld = from->verdict[i].withheld,
            .missing = from->verdict[i].missing,
        };
    outcome->verdict_count = from->verdict_count;
    outcome->verdict = verdict;
    return CII_OK;
}

static enum cii_code
take_outcome(struct cii_client *client, struct asked *asked,
             const struct outcome *from, struct cii_error *err)
{
    if (asked->answered == asked->count ||
        asked->line[asked->answered] != from->line)
        return cii_fail(err, CII_MALFORMED,
                        "the daemon answered for an event that was not "
                        "asked: are both of the same version?");
    struct cii_outcome outcome = {
        .line = from->line,
        .event_id = from->event_id,
        .code = from->code,
        .text = from->text,
        .field = from->field,
    };
    if (from->verdict_count > 0)
        CII_TRY(copy_verdicts(client, &outcome, from, err));
    asked->answered++;
    client->under_way--;
    client->seen(client->context, &outcome);
    return CII_OK;
}

/* A request refused as a whole: nothing of what was left is stored. */
static void
refuse_rest(struct cii_client *client, struct asked *asked,
            const struct reply *reply)
{
    while (asked->answered < asked->count) {
        const struct cii_outcome outcome = {
            .line = asked->line[asked->answered++],
            .event_id = "",
            .code = reply->code,
            .text = reply->text,
            .field = "",
        };
        client->under_way--;
        client->seen(client->context, &outcome);
    }
}

static enum cii_code
take_reply(struct cii_client *client, const struct reply *reply,
           struct cii_error *err)
{
    CII_TRY(client_heed(reply, err));
    struct asked *asked = find_asked(client, reply->tag);
    if (!asked)
        return cii_fail(err, CII_MALFORMED,
                        "the daemon answered what was not asked: are both "
                        "of the same version?");
    for (size_t i = 0; i < reply->outcome_count; i++)
        CII_TRY(take_outcome(client, asked, &reply->outcome[i], err));
    if (!reply->last)
        return CII_OK;
    if (reply->code != CII_OK)
        refuse_rest(client, asked, reply);
    if (asked->answered < asked->count)
        return cii_fail(err, CII_MALFORMED,
                        "the daemon left %zu events without an answer",
                        asked->count - asked->answered);
    forget(client, asked);
    return CII_OK;
}

static enum cii_code
take_replies(struct cii_client *client, struct cii_error *err)
{
    for (;;) {
        struct reply reply = {0};
        bool found = false;

        CII_TRY(channel_next(&client->channel, &reply, &found, err));
        if (!found)
            return CII_OK;
        CII_TRY(take_reply(client, &reply, err));
    }
}

static enum cii_code
move(struct cii_client *client, int patience, struct cii_error *err)
{
    CII_TRY(channel_wait(&client->channel, patience, err));
    return take_replies(client, err);
}

/* --- what goes out ------------------------------------------------------ */

/*
 * A request grows draft by draft: protobuf messages written one after the
 * other are one message. So each draft is packed once, straight from the
 * caller's event, and nothing is copied in between.
 */
static enum cii_code
append_message(struct cii_client *client, const struct request *request,
               struct cii_error *err)
{
    buffer_clear(&client->draft);
    const enum cii_code code = request_pack(request, &client->draft);
    if (code == CII_TOO_LARGE)
        return cii_fail(err, code, "the event is over %d bytes",
                        CONTROL_REQUEST_MAX);
    if (code != CII_OK)
        return cii_fail(err, code, "no memory for a request");
    buffer_append(&client->body, client->draft.data + LENGTH_SIZE,
                  client->draft.size - LENGTH_SIZE);
    if (client->body.failed)
        return cii_fail(err, CII_MEMORY, "no memory for a request");
    return CII_OK;
}

static enum cii_code
open_request(struct cii_client *client, struct cii_error *err)
{
    if (client->under_way == 0)
        CII_TRY(client_ready(client, err));

    client->filling = calloc(1, sizeof *client->filling);
    if (!client->filling)
        return cii_fail(err, CII_MEMORY, "no memory for a request");
    client->filling->tag = ++client->tag;
    const struct request request = {
        .tag = client->filling->tag,
        .verb = "send",
        .acting_user = client->user,
    };
    buffer_clear(&client->body);
    return append_message(client, &request, err);
}

/* The request that grew is put on its way; nothing waits here. */
static enum cii_code
seal_request(struct cii_client *client, struct cii_error *err)
{
    struct asked *asked = cii_take(client->filling);

    if (!asked)
        return CII_OK;
    *(client->newest ? &client->newest->next : &client->oldest) = asked;
    client->newest = asked;
    buffer_append_sized(&client->channel.out, buffer_view(&client->body));
    return move(client, 0, err);
}

static enum cii_code
submit(struct cii_client *client, uint64_t line, const struct cii_event *event,
       struct cii_error *err)
{
    if (!client->filling)
        CII_TRY(open_request(client, err));
    struct draft draft = event->draft;
    draft.line = line;
    CII_TRY(append_message(client,
                           &(struct request){.draft_count = 1, .draft = &draft},
                           err));
    client->filling->line[client->filling->count++] = line;
    client->under_way++;

    if (client->filling->count == CLIENT_BATCH_MAX ||
        client->body.size >= CLIENT_BODY_MAX)
        CII_TRY(seal_request(client, err));
    if (client->under_way >= client->window)
        CII_TRY(seal_request(client, err));
    while (client->under_way >= client->window)
        CII_TRY(move(client, client->patience, err));
    return CII_OK;
}

/* --- the interface ------------------------------------------------------ */

enum cii_code
cii_stream(struct cii_client *client, size_t window, cii_outcome_seen *seen,
           void *context, struct cii_error *err)
{
    assert(client);
    assert(window > 0);
    assert(seen);

    CII_TRY(cii_flush(client, err));
    CII_TRY(client_ready(client, err));
    client->window = window;
    client->seen = seen;
    client->context = context;
    return CII_OK;
}

enum cii_code
cii_submit(struct cii_client *client, uint64_t line,
           const struct cii_event *event, struct cii_error *err)
{
    assert(client);
    assert(event);

    if (client->window == 0)
        return no_stream(err);
    return end_on_failure(client, submit(client, line, event, err));
}

static enum cii_code
flush(struct cii_client *client, struct cii_error *err)
{
    CII_TRY(seal_request(client, err));
    while (client->under_way > 0)
        CII_TRY(move(client, client->patience, err));
    return CII_OK;
}

enum cii_code
cii_flush(struct cii_client *client, struct cii_error *err)
{
    assert(client);

    if (client->under_way == 0 && !client->filling)
        return CII_OK;
    return end_on_failure(client, flush(client, err));
}

/* --- one event ---------------------------------------------------------- */

static void
keep_outcome(void *context, const struct cii_outcome *outcome)
{
    *(struct cii_outcome *)context = *outcome;
}

static enum cii_code
send_one(struct cii_client *client, const struct cii_event *event,
         struct cii_outcome *outcome, struct cii_error *err)
{
    CII_TRY(cii_stream(client, 2, keep_outcome, outcome, err));
    CII_TRY(cii_submit(client, 1, event, err));
    return cii_flush(client, err);
}

enum cii_code
cii_send(struct cii_client *client, const struct cii_event *event,
         struct cii_outcome *outcome, struct cii_error *err)
{
    assert(client);
    assert(event);
    assert(outcome);

    *outcome = (struct cii_outcome){.line = 1,
                                    .event_id = "",
                                    .code = CII_OFFLINE,
                                    .text = "",
                                    .field = ""};
    CII_TRY(cii_flush(client, err));
    const size_t window = client->window;
    cii_outcome_seen *const seen = client->seen;
    void *const context = client->context;

    CII_TRY(send_one(client, event, outcome, err));
    client->window = window;
    client->seen = seen;
    client->context = context;
    if (cii_code_class(outcome->code) == CII_DONE)
        return CII_OK;
    return cii_fail(err, outcome->code, "%s", outcome->text);
}
