/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_LOG_FILE_H
#define STORE_LOG_FILE_H

/*
 * How the writer's WAL reaches the disk: in few large writes.
 *
 * SQLite writes two pieces for each page of a transaction, one after the
 * other, and syncs at its end. Here the pieces are gathered and go out as one
 * write before the sync, or before anything else looks at the file. What was
 * not synced was never promised, so nothing is promised later than before.
 *
 * Only with synchronous=FULL: there each commit ends with a sync.
 */

/* The name for sqlite3_open_v2(); NULL when it cannot be had. */
const char *log_file_vfs(void);

#endif
