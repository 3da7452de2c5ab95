/* SPDX-License-Identifier: Apache-2.0 */
#include "app/control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/issue.h"
#include "app/watch.h"
#include "base/log.h"
#include "base/socket.h"

#define READ_AT_ONCE    ((size_t)256 * 1024)
#define REPLIES_MAX     ((size_t)64 << 20) /* held for one client at most */
#define UNREAD_MAX      (4u << 20)  /* answers that a client has not read */
#define BUFFERED_MAX    (64u << 20) /* requests of all clients together */
#define TAKEN_MAX       64          /* requests of one turn */
#define TAKEN_BYTES_MAX (16u << 20)

struct door {
    struct core *core;
    enum role role;
    int listener;
    struct loop_watch *watch;
    size_t clients;
};

/* A request of this turn, to be told if the turn is undone. */
struct taken {
    struct client *client;
    uint64_t tag;
};

struct control {
    struct core *core;
    struct door door[ROLE_COUNT];
    struct client *clients;
    size_t buffered;
    struct taken taken[TAKEN_MAX];
    size_t taken_count;
    size_t taken_bytes;
};

static const char *const role_names[] = {
#define ROLE_NAME(name, text) text,
    ROLES(ROLE_NAME)
#undef ROLE_NAME
};

const char *
role_name(enum role role)
{
    return role_names[role];
}

/* --- answers --------------------------------------------------------------*/

void
control_reply(struct client *client, const struct reply *reply)
{
    if (reply_pack(reply, &client->held) != CII_OK ||
        client->held.size + client->out.size > REPLIES_MAX)
        client->doomed = true;
}

void
control_fail(struct client *client, uint64_t tag, const struct cii_error *err)
{
    control_reply(client, &(struct reply){.tag = tag,
                                          .last = true,
                                          .code = err->code,
                                          .text = err->text});
}

static void
write_out(struct client *client)
{
    while (client->out.size > 0) {
        const ssize_t sent =
            send(client->fd, client->out.data, client->out.size, MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno == EINTR)
                continue;
            if (errno != EAGAIN)
                client->doomed = true;
            return;
        }
        buffer_consume(&client->out, (size_t)sent);
    }
}

static void
client_close(struct core *core, struct client *client)
{
    struct control *control = core->control;
    struct client **link = &control->clients;
    while (*link != client)
        link = &(*link)->next;
    *link = client->next;

    if (client->watching)
        watch_remove(core, client);
    loop_remove(core->loop, &client->watch);
    fd_close(&client->fd);
    control->door[client->role].clients--;
    control->buffered -= client->in.size;
    buffer_done(&client->in);
    buffer_done(&client->out);
    buffer_done(&client->held);
    buffer_done(&client->handed);
    free(client);
}

/* --- requests -------------------------------------------------------------*/

/* Is there a whole request, or something that never becomes one? */
static bool
has_request(const struct client *client)
{
    size_t length = 0;
    return !client->doomed && !client->handed_over &&
           (control_next(buffer_view(&client->in), CONTROL_REQUEST_MAX,
                         &length) != CII_OK ||
            length > 0);
}

/* Waits for reading only while there is room for what comes. */
static void
adjust(struct client *client)
{
    unsigned int events = 0;
    if (!client->ended && client->out.size < UNREAD_MAX &&
        client->in.size < CONTROL_REQUEST_MAX + 4 &&
        client->core->control->buffered < BUFFERED_MAX)
        events |= LOOP_READ;
    if (client->out.size > 0)
        events |= LOOP_WRITE;
    loop_change(client->core->loop, client->watch, events);
}

static void
read_in(struct client *client)
{
    uint8_t *room = buffer_reserve(&client->in, READ_AT_ONCE);
    if (!room) {
        client->doomed = true;
        return;
    }
    const ssize_t got = recv(client->fd, room, READ_AT_ONCE, 0);
    if (got > 0) {
        client->in.size += (size_t)got;
        client->core->control->buffered += (size_t)got;
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
        client->ended = true;
    }
}

/*
 * All room is taken by requests of which none can be answered: nobody is read
 * any more, so none ever will be. The largest gives way.
 */
static void
make_way(struct control *control)
{
    struct client *largest = NULL;
    for (struct client *client = control->clients; client;
         client = client->next) {
        if (client->doomed ||
            (has_request(client) && client->out.size < UNREAD_MAX))
            return; /* there will be room */
        if (!largest || client->in.size > largest->in.size)
            largest = client;
    }
    if (!largest)
        return;
    struct cii_error err;
    cii_fail(&err, CII_BUSY, "too many large requests at one time; try again");
    control_fail(largest, 0, &err);
    largest->doomed = true;
    core_wants_turn(control->core);
}

static void
client_ready(void *context, unsigned int events)
{
    struct client *client = context;
    if (events & LOOP_READ)
        read_in(client);
    else if (events & LOOP_HUP)
        client->ended = true;
    if (client->core->control->buffered >= BUFFERED_MAX)
        make_way(client->core->control);
    if (events & LOOP_WRITE)
        write_out(client);
    adjust(client);
}

/* A client past the cap is told so, as far as its socket takes it. */
static void
turn_away(int fd)
{
    struct client stranger = {.fd = fd};
    control_reply(&stranger,
                  &(struct reply){.last = true,
                                  .code = CII_BUSY,
                                  .text = "too many clients are connected; "
                                          "try again"});
    (void)!send(fd, stranger.held.data, stranger.held.size,
                MSG_NOSIGNAL | MSG_DONTWAIT);
    buffer_done(&stranger.held);
    close(fd);
}

static enum cii_code
admit(struct door *door, int fd, struct cii_error *err)
{
    struct socket_peer peer;
    CII_TRY(socket_peer(fd, &peer, err));
    struct client *client = calloc(1, sizeof *client);
    if (!client)
        return cii_fail(err, CII_MEMORY, "no memory for a client");
    *client = (struct client){.core = door->core,
                              .fd = fd,
                              .role = door->role,
                              .uid = peer.uid,
                              .next = door->core->control->clients};
    const enum cii_code code = loop_add(door->core->loop, &client->watch, fd,
                                        LOOP_READ, client_ready, client, err);
    if (code != CII_OK) {
        free(client);
        return code;
    }
    door->core->control->clients = client;
    door->clients++;
    return CII_OK;
}

static void
door_ready(void *context, unsigned int events)
{
    (void)events;
    struct door *door = context;
    for (int i = 0; i < 64; i++) {
        int fd = -1;
        if (socket_accept(&fd, door->listener, NULL) != CII_OK)
            return;
        struct cii_error err;
        if (door->clients >= door->core->config->limits.control_clients) {
            turn_away(fd);
        } else if (admit(door, fd, &err) != CII_OK) {
            log_line_limited(LOG_WARNING, "control-admit",
                             "control refused client reason=\"%s\"", err.text);
            close(fd);
        }
    }
}

static enum cii_code
open_door(struct core *core, enum role role, struct cii_error *err)
{
    struct door *door = &core->control->door[role];
    *door = (struct door){.core = core, .role = role, .listener = -1};
    char path[128];
    snprintf(path, sizeof path, "%s/control/%s.sock", core->config->run_dir,
             role_name(role));
    CII_TRY(socket_listen(&door->listener, SOCKET_STREAM, path, 0660, 64, err));
    return loop_add(core->loop, &door->watch, door->listener, LOOP_READ,
                    door_ready, door, err);
}

enum cii_code
control_open(struct core *core, struct cii_error *err)
{
    core->control = calloc(1, sizeof *core->control);
    if (!core->control)
        return cii_fail(err, CII_MEMORY, "no memory for clients");
    core->control->core = core;
    char folder[128];
    snprintf(folder, sizeof folder, "%s/control", core->config->run_dir);
    if (mkdir(folder, 0755) != 0 && errno != EEXIST)
        return cii_fail(err, CII_SYSTEM, "cannot make %s: %s", folder,
                        strerror(errno));
    for (int role = 0; role < ROLE_COUNT; role++)
        CII_TRY(open_door(core, (enum role)role, err));
    return CII_OK;
}

bool
control_has_work(const struct core *core)
{
    for (const struct client *client = core->control->clients; client;
         client = client->next)
        if (has_request(client) || client->doomed || client->handed_over ||
            (client->ended && client->out.size == 0))
            return true;
    return false;
}

static void
remember_request(struct control *control, struct client *client, uint64_t tag)
{
    control->taken[control->taken_count++] =
        (struct taken){.client = client, .tag = tag};
}

/* Takes one request; FULL, STORE and such end the turn. */
static enum cii_code
take_one(struct core *core, struct client *client, struct cii_error *err)
{
    struct control *control = core->control;
    size_t length = 0;
    if (control_next(buffer_view(&client->in), CONTROL_REQUEST_MAX, &length) !=
        CII_OK) {
        cii_fail(err, CII_TOO_LARGE, "a request is at most %d bytes",
                 CONTROL_REQUEST_MAX);
        control_fail(client, 0, err);
        client->ended = client->doomed = true;
        return CII_OK;
    }
    const struct bytes raw = {client->in.data + 4, length - 4};
    struct request request;
    struct cii_error why;
    enum cii_code code = CII_OK;
    if (request_unpack(&request, raw, core->turn_arena, &why) != CII_OK) {
        control_fail(client, 0, &why);
        client->doomed = true;
    } else {
        remember_request(control, client, request.tag);
        code = verb_answer(core, client, &request, raw, err);
    }
    buffer_consume(&client->in, length);
    control->buffered -= length;
    control->taken_bytes += length;
    return code;
}

enum cii_code
control_take(struct core *core, bool *more, struct cii_error *err)
{
    struct control *control = core->control;
    *more = false;
    control->taken_count = 0;
    control->taken_bytes = 0;
    bool took = true;
    while (took) { /* in turns, so that nobody waits for the others' batch */
        took = false;
        for (struct client *client = control->clients; client;
             client = client->next) {
            if (!has_request(client) || client->out.size >= UNREAD_MAX)
                continue;
            if (control->taken_count == TAKEN_MAX ||
                control->taken_bytes >= TAKEN_BYTES_MAX ||
                issue_is_full(core)) {
                *more = true;
                return CII_OK;
            }
            took = true;
            CII_TRY(take_one(core, client, err));
        }
    }
    return CII_OK;
}

static void
release(struct client *client)
{
    if (client->held.size > 0) {
        if (client->out.size == 0) {
            const struct buffer empty = client->out;
            client->out = client->held;
            client->held = empty;
        } else {
            buffer_append(&client->out, client->held.data, client->held.size);
        }
        buffer_clear(&client->held);
    }
    write_out(client);
}

enum cii_code
control_hand_over(struct client *client, uint64_t tag, struct bytes request,
                  struct cii_error *err)
{
    client->handed_tag = tag;
    buffer_clear(&client->handed); /* of a turn that was undone */
    buffer_append(&client->handed, request.data, request.size);
    if (client->handed.failed)
        return cii_fail(err, CII_MEMORY, "no memory for a question");
    client->handed_over = true;
    return CII_OK;
}

/* Answers that were held for this client go first; then it is the reader's. */
static void
pass_to_reader(struct core *core, struct client *client)
{
    struct cii_error err;
    if (client->out.size > 0)
        return; /* again at the next turn */
    if (core->reader >= 0 &&
        socket_send_fd(core->reader, client->handed.data, client->handed.size,
                       client->fd, &err) == CII_OK) {
        client->doomed = true;
        return;
    }
    cii_fail(&err, CII_BUSY, "the reader is busy; try again");
    control_fail(client, client->handed_tag, &err);
    buffer_append(&client->out, client->held.data, client->held.size);
    buffer_clear(&client->held);
    write_out(client);
    client->doomed = true;
}

void
control_commit(struct core *core)
{
    struct client *next = NULL;
    for (struct client *client = core->control->clients; client;
         client = next) {
        next = client->next;
        release(client);
        if (client->handed_over)
            pass_to_reader(core, client);
        const bool idle =
            client->ended && client->out.size == 0 && !has_request(client);
        if (client->doomed || (idle && !client->handed_over))
            client_close(core, client);
    }
    for (struct client *client = core->control->clients; client;
         client = client->next)
        adjust(client); /* there may be room again */
}

void
control_undo(struct core *core, const struct cii_error *err)
{
    struct control *control = core->control;
    for (struct client *client = control->clients; client;
         client = client->next) {
        buffer_clear(&client->held);
        client->handed_over = false;
    }
    for (size_t i = 0; i < control->taken_count; i++) {
        struct client *client = control->taken[i].client;
        control_fail(client, control->taken[i].tag, err);
        if (client->watching)
            client->doomed = true; /* nothing says that it may watch */
    }
}
