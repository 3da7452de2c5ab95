/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tool/input.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/bytes.h"

#define READ_SIZE ((size_t)64 * 1024)

struct input {
    int fd; /* borrowed */
    bool ended;
    uint64_t number;
    struct buffer read; /* owned */
    size_t used;        /* at its front, handed out */
    size_t searched;    /* after used, known to hold no newline */
    size_t dropped;     /* of a line that is too long */
};

enum cii_code
input_new(struct input **input, int fd, struct cii_error *err)
{
    struct input *made = calloc(1, sizeof *made);

    if (!made)
        return cii_fail(err, CII_MEMORY, "no memory for the input");
    made->fd = fd;
    *input = made;
    return CII_OK;
}

void
input_destroy(struct input **input)
{
    if (!*input)
        return;
    buffer_done(&(*input)->read);
    free(*input);
    *input = NULL;
}

static const uint8_t *
find_newline(const struct input *input)
{
    const size_t start = input->used + input->searched;

    if (start >= input->read.size)
        return NULL;
    return memchr(input->read.data + start, '\n', input->read.size - start);
}

bool
input_is_ready(const struct input *input)
{
    struct pollfd wait = {.fd = input->fd, .events = POLLIN};

    if (input->ended || find_newline(input))
        return true;
    return poll(&wait, 1, 0) > 0;
}

/* Reads more; a line over the limit is dropped as it comes. */
static enum cii_code
fill(struct input *input, bool *interrupted, struct cii_error *err)
{
    input->searched = input->read.size - input->used;
    if (input->searched > INPUT_LINE_MAX) {
        input->dropped += input->searched;
        input->used = input->read.size;
        input->searched = 0;
    }
    buffer_consume(&input->read, input->used);
    input->used = 0;

    uint8_t *room = buffer_reserve(&input->read, READ_SIZE);
    if (!room)
        return cii_fail(err, CII_MEMORY, "no memory for the input");
    const ssize_t count = read(input->fd, room, READ_SIZE);
    *interrupted = count < 0 && errno == EINTR;
    if (count < 0 && errno != EINTR && errno != EAGAIN)
        return cii_fail(err, CII_SYSTEM, "cannot read the input: %s",
                        strerror(errno));
    if (count == 0)
        input->ended = true;
    if (count > 0)
        input->read.size += (size_t)count;
    return CII_OK;
}

/* The line ends before `end` bytes after what was used. */
static void
hand_out(struct input *input, struct input_line *line, size_t size)
{
    char *text = (char *)input->read.data + input->used;

    line->number = ++input->number;
    line->too_long = input->dropped > 0 || size > INPUT_LINE_MAX;
    line->size = line->too_long ? input->dropped + size : size;
    line->text = line->too_long ? "" : text;
    text[size] = '\0'; /* where the newline was, or room kept after the end */
    input->dropped = 0;
    input->searched = 0;
    input->used += size;
    if (input->used < input->read.size)
        input->used++;
}

enum cii_code
input_next(struct input *input, struct input_line *line, bool *found,
           struct cii_error *err)
{
    bool interrupted = false;

    *found = false;
    const uint8_t *newline = find_newline(input);
    while (!newline && !input->ended && !interrupted) {
        CII_TRY(fill(input, &interrupted, err));
        newline = find_newline(input);
    }
    const size_t left = input->read.size - input->used;
    if (!newline && (interrupted || (left == 0 && input->dropped == 0)))
        return CII_OK;
    if (!newline && !buffer_reserve(&input->read, 1))
        return cii_fail(err, CII_MEMORY, "no memory for the input");
    hand_out(input, line,
             newline ? (size_t)(newline - input->read.data) - input->used
                     : left);
    *found = true;
    return CII_OK;
}
