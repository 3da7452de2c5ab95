/* SPDX-License-Identifier: Apache-2.0 */
#include "store/log_file.h"

#include <assert.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* SQLite's own layer writes the low 17 bits of a size: 128 KiB would be 0. */
#define GATHERED_MAX (128 * 1024 - 1)

/* SQLite allocates room for this and for the real file after it. */
struct log_file {
    sqlite3_file base;
    uint8_t *gathered;   /* owned; NULL until something is written */
    sqlite3_int64 start; /* where it belongs in the file */
    int size;
};

static sqlite3_vfs *real_vfs;

static struct log_file *
log_of(sqlite3_file *file)
{
    return (struct log_file *)(void *)file;
}

static sqlite3_file *
real_of(sqlite3_file *file)
{
    return (sqlite3_file *)(void *)(log_of(file) + 1);
}

/* A quota or a limit on file sizes is a full disk by another name. */
static int
write_through(sqlite3_file *file, const void *data, int size,
              sqlite3_int64 offset)
{
    sqlite3_file *real = real_of(file);

    errno = 0;
    const int rc = real->pMethods->xWrite(real, data, size, offset);
    if (rc == SQLITE_IOERR_WRITE && (errno == EDQUOT || errno == EFBIG))
        return SQLITE_FULL;
    return rc;
}

/* What cannot be written is forgotten: its transaction fails with it. */
static int
flush(sqlite3_file *file)
{
    struct log_file *log = log_of(file);
    const int size = log->size;

    log->size = 0;
    if (size == 0)
        return SQLITE_OK;
    return write_through(file, log->gathered, size, log->start);
}

static int
log_write(sqlite3_file *file, const void *data, int size, sqlite3_int64 offset)
{
    struct log_file *log = log_of(file);

    if (!log->gathered && !(log->gathered = malloc(GATHERED_MAX)))
        return write_through(file, data, size, offset);
    if (log->size > 0 &&
        (offset != log->start + log->size || size > GATHERED_MAX - log->size)) {
        const int rc = flush(file);
        if (rc != SQLITE_OK)
            return rc;
    }
    if (size > GATHERED_MAX)
        return write_through(file, data, size, offset);
    if (log->size == 0)
        log->start = offset;
    memcpy(log->gathered + log->size, data, (size_t)size);
    log->size += size;
    return SQLITE_OK;
}

static int
log_read(sqlite3_file *file, void *data, int size, sqlite3_int64 offset)
{
    const int rc = flush(file);
    if (rc != SQLITE_OK)
        return rc;
    return real_of(file)->pMethods->xRead(real_of(file), data, size, offset);
}

static int
log_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    const int rc = flush(file);
    if (rc != SQLITE_OK)
        return rc;
    return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int
log_sync(sqlite3_file *file, int flags)
{
    const int rc = flush(file);
    if (rc != SQLITE_OK)
        return rc;
    return real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int
log_size(sqlite3_file *file, sqlite3_int64 *size)
{
    const int rc = flush(file);
    if (rc != SQLITE_OK)
        return rc;
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int
log_close(sqlite3_file *file)
{
    const int flushed = flush(file);
    const int rc = real_of(file)->pMethods->xClose(real_of(file));

    free(log_of(file)->gathered);
    log_of(file)->gathered = NULL;
    return flushed != SQLITE_OK ? flushed : rc;
}

static int
log_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int
log_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int
log_check_lock(sqlite3_file *file, int *locked)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), locked);
}

static int
log_control(sqlite3_file *file, int op, void *argument)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), op, argument);
}

static int
log_sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int
log_characteristics(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = log_close,
    .xRead = log_read,
    .xWrite = log_write,
    .xTruncate = log_truncate,
    .xSync = log_sync,
    .xFileSize = log_size,
    .xLock = log_lock,
    .xUnlock = log_unlock,
    .xCheckReservedLock = log_check_lock,
    .xFileControl = log_control,
    .xSectorSize = log_sector_size,
    .xDeviceCharacteristics = log_characteristics,
};

/* Any other file is SQLite's own from the start. */
static int
open_file(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file,
          int flags, int *flags_out)
{
    (void)vfs;
    if (!(flags & SQLITE_OPEN_WAL))
        return real_vfs->xOpen(real_vfs, name, file, flags, flags_out);

    *log_of(file) = (struct log_file){0};
    real_of(file)->pMethods = NULL;
    const int rc =
        real_vfs->xOpen(real_vfs, name, real_of(file), flags, flags_out);
    if (rc == SQLITE_OK)
        file->pMethods = &methods;
    return rc;
}

const char *
log_file_vfs(void)
{
    static sqlite3_vfs vfs;

    if (real_vfs)
        return vfs.zName;
    real_vfs = sqlite3_vfs_find("unix");
    if (!real_vfs)
        return NULL;
    vfs = *real_vfs;
    vfs.zName = "ciid";
    vfs.szOsFile = real_vfs->szOsFile + (int)sizeof(struct log_file);
    vfs.xOpen = open_file;
    if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK)
        real_vfs = NULL;
    return real_vfs ? vfs.zName : NULL;
}
