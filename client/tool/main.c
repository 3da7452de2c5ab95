/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "client/tool/tool.h"

/* What was asked for must have been written: a full disk is no success. */
static enum tool_status
close_output(const struct tool *tool, enum tool_status status)
{
    if (fflush(tool->out) == 0 && !ferror(tool->out))
        return status;
    fprintf(tool->err, "cii: cannot write the answer: %s\n", strerror(errno));
    return status == STATUS_DONE ? STATUS_FAULT : status;
}

int
main(int argc, char **argv)
{
    struct tool tool;

    tool_init(&tool);
    enum tool_status status = tool_run(&tool, argc, argv);
    tool_done(&tool);
    status = close_output(&tool, status);
    return (int)status;
}
