/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ciid-reader CONFIG: answers long questions from the store, read-only.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/child.h"
#include "base/log.h"
#include "reader/reader.h"

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
    log_open("reader", LOG_INFO);
    if (argc != 2) {
        fputs("usage: ciid-reader CONFIG\n", stderr);
        return 2;
    }
    if (child_start(&err) != CII_OK)
        return fail(&err);
    struct reader *reader = NULL;
    if (reader_new(&reader, argv[1], &err) != CII_OK ||
        reader_run(reader, &err) != CII_OK)
        return fail(&err);
    return EXIT_SUCCESS;
}
