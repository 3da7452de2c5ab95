/* SPDX-License-Identifier: Apache-2.0 */
#include "bus/bus.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

struct bus {
    void *context; /* owned; never terminated */
    void *router;  /* owned; never closed */
    int fd;
    zmq_msg_t name;
    zmq_msg_t body;
};

static enum cii_code
fail(struct cii_error *err, const char *what)
{
    return cii_fail(err, CII_SYSTEM, "%s: %s", what, zmq_strerror(errno));
}

static enum cii_code
set_int(struct bus *bus, int option, int value, struct cii_error *err)
{
    if (zmq_setsockopt(bus->router, option, &value, sizeof value) != 0)
        return fail(err, "cannot set an option of the bus");
    return CII_OK;
}

/*
 * All options before the first connect. IMMEDIATE stays 0: at 1 the name that
 * the *peer* announces wins over ours (libzmq 4.3.4).
 */
static enum cii_code
set_options(struct bus *bus, size_t frame_max, int high_water,
            struct cii_error *err)
{
    const int64_t largest = (int64_t)frame_max;
    if (zmq_setsockopt(bus->router, ZMQ_MAXMSGSIZE, &largest, sizeof largest) !=
        0)
        return fail(err, "cannot set an option of the bus");
    CII_TRY(set_int(bus, ZMQ_IMMEDIATE, 0, err));
    CII_TRY(set_int(bus, ZMQ_ROUTER_MANDATORY, 1, err));
    CII_TRY(set_int(bus, ZMQ_ROUTER_HANDOVER, 0, err));
    CII_TRY(set_int(bus, ZMQ_LINGER, 0, err));
    CII_TRY(set_int(bus, ZMQ_HANDSHAKE_IVL, 0, err));
    CII_TRY(set_int(bus, ZMQ_RECONNECT_IVL, -1, err));
    CII_TRY(set_int(bus, ZMQ_SNDHWM, high_water, err));
    return set_int(bus, ZMQ_RCVHWM, high_water, err);
}

enum cii_code
bus_open(struct bus **result, size_t frame_max, int high_water,
         struct cii_error *err)
{
    struct bus *bus = calloc(1, sizeof *bus);
    if (!bus)
        return cii_fail(err, CII_MEMORY, "no memory for the bus");
    zmq_msg_init(&bus->name);
    zmq_msg_init(&bus->body);
    bus->context = zmq_ctx_new();
    if (bus->context) {
        zmq_ctx_set(bus->context, ZMQ_MAX_SOCKETS, 16);
        bus->router = zmq_socket(bus->context, ZMQ_ROUTER);
    }
    size_t size = sizeof bus->fd;
    if (!bus->router ||
        zmq_getsockopt(bus->router, ZMQ_FD, &bus->fd, &size) != 0) {
        free(bus);
        return fail(err, "cannot open the bus");
    }
    const enum cii_code code = set_options(bus, frame_max, high_water, err);
    if (code != CII_OK) {
        free(bus);
        return code;
    }
    *result = bus;
    return CII_OK;
}

int
bus_fd(const struct bus *bus)
{
    return bus->fd;
}

bool
bus_has_input(const struct bus *bus)
{
    int events = 0;
    size_t size = sizeof events;
    return zmq_getsockopt(bus->router, ZMQ_EVENTS, &events, &size) == 0 &&
           (events & ZMQ_POLLIN) != 0;
}

/* "partner/number": the routing id of a link. */
static int
print_name(char *name, size_t size, const char *partner, uint64_t number)
{
    return snprintf(name, size, "%s/%" PRIu64, partner, number);
}

enum cii_code
bus_connect(struct bus *bus, const char *partner, uint64_t number,
            const char *path, struct cii_error *err)
{
    char name[96];
    const int size = print_name(name, sizeof name, partner, number);
    char endpoint[128];
    snprintf(endpoint, sizeof endpoint, "ipc://%s", path);

    if (zmq_setsockopt(bus->router, ZMQ_CONNECT_ROUTING_ID, name,
                       (size_t)size) != 0)
        return fail(err, "cannot name a link");
    if (zmq_connect(bus->router, endpoint) != 0)
        return fail(err, "cannot connect to the gate's link");
    return CII_OK;
}

void
bus_disconnect(struct bus *bus, const char *path)
{
    char endpoint[128];
    snprintf(endpoint, sizeof endpoint, "ipc://%s", path);
    /* fails only when the link ended by itself, which is what we want */
    (void)zmq_disconnect(bus->router, endpoint);
}

enum cii_code
bus_send(struct bus *bus, const char *partner, uint64_t number,
         struct bytes frame, struct cii_error *err)
{
    char name[96];
    const int size = print_name(name, sizeof name, partner, number);

    if (zmq_send(bus->router, name, (size_t)size, ZMQ_SNDMORE | ZMQ_DONTWAIT) <
        0) {
        if (errno == EAGAIN)
            return cii_fail(err, CII_BUSY, "the link's queue is full");
        if (errno == EHOSTUNREACH)
            return cii_fail(err, CII_OFFLINE, "the link is gone");
        return fail(err, "cannot send");
    }
    if (zmq_send(bus->router, frame.data, frame.size, ZMQ_DONTWAIT) < 0)
        return fail(err, "cannot send");
    return CII_OK;
}

static void
drop_rest(struct bus *bus)
{
    while (zmq_msg_more(&bus->body)) {
        zmq_msg_close(&bus->body);
        zmq_msg_init(&bus->body);
        if (zmq_msg_recv(&bus->body, bus->router, ZMQ_DONTWAIT) < 0)
            return;
    }
}

/* Reads the name that we gave the link back into its two parts. */
static bool
parse_name(zmq_msg_t *name, struct bus_frame *frame)
{
    char text[96];
    const size_t size = zmq_msg_size(name);
    if (size >= sizeof text)
        return false;
    memcpy(text, zmq_msg_data(name), size);
    text[size] = '\0';

    char *slash = strchr(text, '/');
    if (!slash || (size_t)(slash - text) >= sizeof frame->partner)
        return false;
    *slash = '\0';
    memcpy(frame->partner, text, (size_t)(slash - text) + 1);
    char *end = NULL;
    frame->number = strtoull(slash + 1, &end, 10);
    return end != slash + 1 && *end == '\0';
}

enum cii_code
bus_receive(struct bus *bus, struct bus_frame *frame, struct cii_error *err)
{
    for (;;) {
        zmq_msg_close(&bus->body);
        zmq_msg_init(&bus->body);
        if (zmq_msg_recv(&bus->name, bus->router, ZMQ_DONTWAIT) < 0) {
            if (errno == EAGAIN || errno == EINTR)
                return CII_BUSY;
            return fail(err, "cannot receive");
        }
        if (!zmq_msg_more(&bus->name))
            continue;
        if (zmq_msg_recv(&bus->body, bus->router, ZMQ_DONTWAIT) < 0)
            return fail(err, "cannot receive");
        if (zmq_msg_more(&bus->body)) {
            drop_rest(bus);
            continue;
        }
        if (!parse_name(&bus->name, frame))
            continue;
        frame->bytes =
            (struct bytes){zmq_msg_data(&bus->body), zmq_msg_size(&bus->body)};
        return CII_OK;
    }
}
