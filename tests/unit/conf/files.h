/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_CONF_FILES_H
#define TESTS_UNIT_CONF_FILES_H

/*
 * A folder of this test alone, with files as it needs them. Paths are
 * relative to it while it stands, and it goes with everything in it.
 */

#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/expect.h"

struct __attribute__((unused)) folder {
    char path[64];
};

static int
remove_one(const char *path, const struct stat *status, int type,
           struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

__attribute__((unused)) static void
folder_done(struct folder *folder)
{
    cr_assert(chdir("/") == 0);
    (void)nftw(folder->path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Makes it and goes there. */
__attribute__((unused)) static struct folder
folder_new(void)
{
    struct folder folder = {"/tmp/ciid-conf-XXXXXX"};

    cr_assert(mkdtemp(folder.path) != NULL);
    cr_assert(chdir(folder.path) == 0);
    return folder;
}

__attribute__((unused)) static void
write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    cr_assert(file != NULL, "%s", path);
    cr_assert(fputs(text, file) >= 0);
    cr_assert(fclose(file) == 0);
}

__attribute__((unused)) static void
make_folder(const char *path)
{
    cr_assert(mkdir(path, 0700) == 0);
}

/* A whole file of the sources, terminated; the caller frees. */
__attribute__((unused)) static char *
read_source(const char *path)
{
    char whole[512];
    char *text = calloc(1, 262144);

    snprintf(whole, sizeof whole, "%s/%s", CII_SOURCE_DIR, path);
    FILE *file = fopen(whole, "r");
    cr_assert(file != NULL, "%s", whole);
    cr_assert(fread(text, 1, 262143, file) > 0);
    fclose(file);
    return text;
}

#endif
