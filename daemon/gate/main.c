/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "base/child.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "gate/gate.h"

static enum cii_code
run(const char *path, struct cii_error *err)
{
    CII_TRY(child_start(err));
    cii_auto(gate_destroy) struct gate *gate = NULL;
    CII_TRY(gate_new(&gate, path, err));
    CII_TRY(sandbox_enter(SANDBOX_GATE, err));
    log_line(LOG_NOTICE, "started");
    gate_run(gate);
    log_line(LOG_NOTICE, "stopped");
    return CII_OK;
}

int
main(int argc, char **argv)
{
    struct cii_error err = {0};
    if (argc != 2) {
        fprintf(stderr, "usage: ciid-gate CONFIG.yaml\n");
        return EXIT_FAILURE;
    }
    log_open("ciid-gate", LOG_INFO);
    if (run(argv[1], &err) == CII_OK)
        return EXIT_SUCCESS;
    log_line(LOG_ERROR, "%s", err.text);
    return EXIT_FAILURE;
}
