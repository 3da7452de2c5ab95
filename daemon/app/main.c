/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ciid-core [--check] CONFIG: the one process that decides, signs and stores.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/core.h"
#include "base/child.h"
#include "base/log.h"

static int
fail(const struct cii_error *err)
{
    log_line(LOG_ERROR, "cannot start: %s", err->text);
    return EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
    struct cii_error err;
    log_open("core", LOG_INFO);
    const bool only_check = argc == 3 && strcmp(argv[1], "--check") == 0;
    if (argc != 2 && !only_check) {
        fputs("usage: ciid-core [--check] CONFIG\n", stderr);
        return 2;
    }
    if (only_check) {
        if (core_check(argv[2], &err) != CII_OK)
            return fail(&err);
        puts("configuration, keys and rules are well formed");
        fflush(stdout);
        _exit(EXIT_SUCCESS);
    }
    if (child_start(&err) != CII_OK)
        return fail(&err);
    struct core *core = NULL;
    if (core_new(&core, argv[1], &err) != CII_OK ||
        core_run(core, &err) != CII_OK)
        return fail(&err);
    /* libzmq's context is never terminated (bus.h): all is committed, leave */
    _exit(EXIT_SUCCESS);
}
