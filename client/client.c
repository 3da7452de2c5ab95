/* SPDX-License-Identifier: Apache-2.0 */
#include "client/client.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>

#include "proto/wire.h"

static const char *const roles[] = {"operator", "counsellor", "auditor",
                                    "administrator"};

static bool
is_role(const char *name)
{
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (!strcmp(roles[i], name))
            return true;
    return false;
}

static enum cii_code
set_address(struct sockaddr_un *address, const char *run_dir, const char *role,
            struct cii_error *err)
{
    address->sun_family = AF_UNIX;
    const int length = snprintf(address->sun_path, sizeof address->sun_path,
                                "%s/control/%s.sock", run_dir, role);
    if (length < 0 || (size_t)length >= sizeof address->sun_path)
        return cii_fail(err, CII_INVALID,
                        "the run directory's name is too long: a socket's "
                        "path has at most %zu characters",
                        sizeof address->sun_path - 1);
    return CII_OK;
}

enum cii_code
cii_connect(struct cii_client **client, const char *run_dir, const char *role,
            struct cii_error *err)
{
    assert(client);
    assert(run_dir);
    assert(role);

    if (!is_role(role))
        return cii_fail(err, CII_INVALID,
                        "role '%s' is none: use operator, counsellor, "
                        "auditor or administrator",
                        role);
    cii_auto(cii_disconnect) struct cii_client *made = calloc(1, sizeof *made);
    if (!made)
        return cii_fail(err, CII_MEMORY, "no memory for a connection");
    made->channel.fd = -1;
    made->patience = CLIENT_PATIENCE;
    CII_TRY(set_address(&made->address, run_dir, role, err));
    CII_TRY(client_ready(made, err));

    *client = cii_take(made);
    return CII_OK;
}

void
cii_disconnect(struct cii_client **client)
{
    if (!*client)
        return;
    client_drop(*client);
    channel_done(&(*client)->channel);
    buffer_done(&(*client)->body);
    buffer_done(&(*client)->draft);
    free(*client);
    *client = NULL;
}

enum cii_code
cii_act_as(struct cii_client *client, const char *user, struct cii_error *err)
{
    assert(client);
    assert(user);

    if (*user == '\0' || strlen(user) > CLIENT_USER_MAX)
        return cii_fail(err, CII_INVALID,
                        "a user's name has 1 to %d characters",
                        CLIENT_USER_MAX);
    if (!client_text_is_plain(user))
        return cii_fail(err, CII_INVALID,
                        "a user's name is UTF-8 without control characters");
    snprintf(client->user, sizeof client->user, "%s", user);
    return CII_OK;
}

/* Nearly all text is this; a loop without an exit runs many bytes at once. */
static bool
is_printable_ascii(const uint8_t *text, size_t size)
{
    unsigned int other = 0;

    for (size_t i = 0; i < size; i++)
        other |= (unsigned int)(text[i] < 0x20) | (text[i] > 0x7e);
    return other == 0;
}

bool
client_text_is_plain(const char *text)
{
    const struct bytes bytes = bytes_of_text(text);

    if (is_printable_ascii(bytes.data, bytes.size))
        return true;
    if (!text_is_utf8(bytes))
        return false;
    for (const uint8_t *byte = bytes.data; *byte; byte++) {
        if (*byte < 0x20 && *byte != '\n' && *byte != '\t')
            return false;
        if (*byte == 0x7f || (*byte == 0xc2 && byte[1] < 0xa0))
            return false;
    }
    return true;
}

enum cii_code
client_ready(struct cii_client *client, struct cii_error *err)
{
    if (client->channel.fd >= 0)
        return CII_OK;
    return channel_open(&client->channel, &client->address, err);
}

enum cii_code
client_put(struct cii_client *client, const struct request *request,
           struct cii_error *err)
{
    struct buffer *out = &client->channel.out;

    if (request_pack(request, out) != CII_OK || out->failed)
        return cii_fail(err, CII_MEMORY, "no memory for a request");
    return CII_OK;
}

enum cii_code
client_heed(const struct reply *reply, struct cii_error *err)
{
    if (reply->tag != 0 || reply->code == CII_OK)
        return CII_OK;
    return cii_fail(err, reply->code, "%s",
                    *reply->text ? reply->text : cii_code_text(reply->code));
}

void
client_drop(struct cii_client *client)
{
    channel_close(&client->channel);
    free(client->filling);
    client->filling = NULL;
    while (client->oldest) {
        struct asked *next = client->oldest->next;
        free(client->oldest);
        client->oldest = next;
    }
    client->newest = NULL;
    client->under_way = 0;
    client->window = 0;
    buffer_clear(&client->body);
}

enum cii_code
cii_event_id_new(char text[37], struct cii_error *err)
{
    struct timespec now = {0};
    uint8_t random[10];

    assert(text);
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return cii_fail(err, CII_SYSTEM, "no random bytes: %s",
                        strerror(errno));
    clock_gettime(CLOCK_REALTIME, &now);

    const struct event_id id =
        event_id_make((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000,
                      random);
    event_id_print(&id, text);
    return CII_OK;
}
