/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TOOL_JOURNAL_H
#define CLIENT_TOOL_JOURNAL_H

/*
 * Which id each line of an input was given, written down before it is sent.
 *
 * When the daemon or the machine stops in the middle, nobody knows which of
 * the last lines were stored. Sent again with the same ids, nothing doubles:
 * so the ids are kept here until everything is stored. A line is recognised
 * by its digest and by how often the same text came before it, so lines may
 * be corrected, taken out or put in between.
 *
 * The file holds line numbers, digests and ids; no content.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cii/error.h"

struct journal;

/* Opens or makes the file, and takes its lock: CONFLICT when another cii is
 * sending this input. INVALID when it is a file of something else. */
cii_must_check enum cii_code journal_open(struct journal **journal,
                                          const char *path,
                                          struct cii_error *err);
/* The id that the line had, or a new one. */
cii_must_check enum cii_code journal_id(struct journal *journal,
                                        uint64_t number, const char *text,
                                        size_t size, char id[37],
                                        struct cii_error *err);
/* Everything handed out so far survives power loss. */
cii_must_check enum cii_code journal_sync(struct journal *journal,
                                          struct cii_error *err);
/* Everything is stored: the file goes. */
cii_must_check enum cii_code journal_remove(struct journal **journal,
                                            struct cii_error *err);
void journal_close(struct journal **journal);
const char *journal_path(const struct journal *journal);

/*
 * Where the journal of an input without a name lives: under the user's state
 * directory, named after the first line that needs one. Makes the folder.
 */
cii_must_check enum cii_code journal_default_path(const char *text, size_t size,
                                                  char *path, size_t path_size,
                                                  struct cii_error *err);

#endif
