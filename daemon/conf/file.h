/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_FILE_H
#define CONF_FILE_H

/*
 * The files of a folder, and where a relative path leads.
 */

#include <stdbool.h>
#include <stddef.h>

#include "cii/error.h"

#define FOLDER_FILES_MAX 8192
#define FOLDER_DEPTH_MAX 8

/* Paths of files, in the order of their names; both owned. */
struct file_list {
    char **path;
    size_t count;
};

/*
 * The *.yaml files of a folder, of those below too with `deep`. Names that
 * begin with a dot are left out. A *.yml is CONFIG, so that nobody waits for
 * a file that is never read.
 */
cii_must_check enum cii_code file_list_load(struct file_list *list,
                                            const char *folder, bool deep,
                                            struct cii_error *err);
void file_list_done(struct file_list *list);

/* The path from the root on, links left as they are; owned; NULL: no memory. */
char *file_absolute(const char *path);

/* `path` itself when absolute, else beside `file`; owned; NULL: no memory. */
char *file_beside(const char *file, const char *path);

#endif
