/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TOOL_PROGRESS_H
#define CLIENT_TOOL_PROGRESS_H

/*
 * How far a batch is: the state of each of its lines.
 */

#include <stddef.h>
#include <stdint.h>

#include "client/tool/tool.h"

enum line_state {
    LINE_EMPTY, /* nothing but spaces */
    LINE_HELD,  /* read, not sent or sent back: not stored */
    LINE_ASKED, /* sent; not answered: nobody knows */
    LINE_STORED,
    LINE_KNOWN, /* stored before */
    LINE_REFUSED,
    LINE_STATES,
};

struct progress {
    uint8_t *state; /* owned; by line, from 1 */
    size_t room;
    uint64_t last; /* line read */
    uint64_t count[LINE_STATES];
    int64_t shown; /* when it was last on the terminal */
};

cii_must_check enum cii_code progress_add(struct progress *progress,
                                          uint64_t line, enum line_state state,
                                          struct cii_error *err);
void progress_set(struct progress *progress, uint64_t line,
                  enum line_state state);
void progress_done(struct progress *progress);

/* On a terminal, now and then. */
void progress_show(struct progress *progress, const struct tool *tool);
/* Takes the line off the terminal. */
void progress_clear(const struct progress *progress, const struct tool *tool);
/* How many of each; with the lines where some are not stored. */
void progress_summary(const struct progress *progress, const struct tool *tool,
                      bool whole);

#endif
