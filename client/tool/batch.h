/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TOOL_BATCH_H
#define CLIENT_TOOL_BATCH_H

/*
 * `cii send -`: many lines, each of which stands or falls by itself.
 *
 * Every line has an id before it leaves, its own or one from the journal, so
 * that an input of which nobody knows the end can be sent again.
 */

#include "client/tool/line.h"
#include "client/tool/tool.h"

struct batch_options {
    int fd;              /* borrowed */
    const char *name;    /* of the input's file; NULL: standard input */
    const char *journal; /* NULL: the default */
    struct line_defaults defaults;
};

/* The tool is connected. */
enum tool_status batch_run(struct tool *tool,
                           const struct batch_options *options);

#endif
