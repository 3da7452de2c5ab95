/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_PKI_FILE_H
#define CLIENT_PKI_FILE_H

/*
 * Files that are complete and on disk, or not there under their name.
 */

#include <limits.h>
#include <sys/stat.h>

#include "cii/error.h"
#include "proto/bytes.h"

struct path {
    char text[PATH_MAX];
};

/* TOO_LARGE when it is longer than the system takes. */
cii_must_check enum cii_code path_join(struct path *path, const char *folder,
                                       const char *name, struct cii_error *err);

/* Makes the folder unless it is there; only its owner may enter it. */
cii_must_check enum cii_code folder_make(const char *folder,
                                         struct cii_error *err);
/* Waits until nobody else works in the folder; until folder_unlock(). */
cii_must_check enum cii_code folder_lock(int *lock, const char *folder,
                                         struct cii_error *err);
void folder_unlock(int *lock);
/* CONFLICT, with the name, when one of these (NULL at the end) is there. */
cii_must_check enum cii_code folder_lacks(const char *folder,
                                          const char *const names[],
                                          struct cii_error *err);

enum file_kind {
    FILE_NEW_SECRET,  /* for its owner alone; CONFLICT when it is there */
    FILE_NEW_PUBLIC,  /* CONFLICT when it is there */
    FILE_REPLACEMENT, /* may be there; is public */
};

cii_must_check enum cii_code file_write(const char *folder, const char *name,
                                        enum file_kind kind,
                                        struct bytes content,
                                        struct cii_error *err);
/* Appends the whole file. */
cii_must_check enum cii_code file_read(const char *folder, const char *name,
                                       struct buffer *content,
                                       struct cii_error *err);

/* Overwrites what was a secret, then buffer_done(). */
void secret_done(struct buffer *secret);

#endif
