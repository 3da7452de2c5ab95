/* SPDX-License-Identifier: Apache-2.0 */
#include "client/pki/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define READ_MAX ((off_t)16 * 1024 * 1024)

static enum cii_code
fail(struct cii_error *err, const char *doing, const char *path)
{
    return cii_fail(err, CII_SYSTEM, "cannot %s %s: %s", doing, path,
                    strerror(errno));
}

enum cii_code
path_join(struct path *path, const char *folder, const char *name,
          struct cii_error *err)
{
    const int size =
        snprintf(path->text, sizeof path->text, "%s/%s", folder, name);

    if (size < 0 || (size_t)size >= sizeof path->text)
        return cii_fail(err, CII_TOO_LARGE,
                        "the name of the folder is too long");
    return CII_OK;
}

static void
descriptor_close(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

static enum cii_code
folder_sync(const char *folder, struct cii_error *err)
{
    cii_auto(descriptor_close) int descriptor =
        open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (descriptor < 0 || fsync(descriptor) != 0)
        return fail(err, "write to disk the folder", folder);
    return CII_OK;
}

enum cii_code
folder_make(const char *folder, struct cii_error *err)
{
    struct stat status;

    if (mkdir(folder, S_IRWXU) == 0)
        return CII_OK;
    if (errno != EEXIST || stat(folder, &status) != 0)
        return fail(err, "make the folder", folder);
    if (!S_ISDIR(status.st_mode))
        return cii_fail(err, CII_CONFLICT, "%s is no folder; name another one",
                        folder);
    return CII_OK;
}

enum cii_code
folder_lock(int *lock, const char *folder, struct cii_error *err)
{
    const int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return fail(err, "open the folder", folder);

    while (flock(descriptor, LOCK_EX) != 0) {
        if (errno != EINTR) {
            const enum cii_code code = fail(err, "lock the folder", folder);
            close(descriptor);
            return code;
        }
    }
    *lock = descriptor;
    return CII_OK;
}

void
folder_unlock(int *lock)
{
    descriptor_close(lock);
}

static enum cii_code
fail_because_there(struct cii_error *err, const char *path)
{
    return cii_fail(err, CII_CONFLICT,
                    "%s is there already and is never written over; name "
                    "another folder",
                    path);
}

enum cii_code
folder_lacks(const char *folder, const char *const names[],
             struct cii_error *err)
{
    for (size_t i = 0; names[i]; i++) {
        struct path path;
        struct stat status;
        CII_TRY(path_join(&path, folder, names[i], err));
        if (lstat(path.text, &status) == 0)
            return fail_because_there(err, path.text);
        if (errno != ENOENT)
            return fail(err, "look for", path.text);
    }
    return CII_OK;
}

static bool
write_all(int descriptor, struct bytes content)
{
    while (content.size > 0) {
        const ssize_t size = write(descriptor, content.data, content.size);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return false;
        content.data += size;
        content.size -= (size_t)size;
    }
    return true;
}

static enum cii_code
write_temporary(const struct path *temporary, int descriptor, mode_t mode,
                struct bytes content, struct cii_error *err)
{
    if (fchmod(descriptor, mode) != 0 || !write_all(descriptor, content) ||
        fsync(descriptor) != 0)
        return fail(err, "write", temporary->text);
    return CII_OK;
}

static enum cii_code
give_its_name(const struct path *temporary, const struct path *path,
              enum file_kind kind, struct cii_error *err)
{
    const unsigned int flags = kind == FILE_REPLACEMENT ? 0 : RENAME_NOREPLACE;

    if (renameat2(AT_FDCWD, temporary->text, AT_FDCWD, path->text, flags) == 0)
        return CII_OK;
    if (errno == EEXIST)
        return fail_because_there(err, path->text);
    return fail(err, "write", path->text);
}

enum cii_code
file_write(const char *folder, const char *name, enum file_kind kind,
           struct bytes content, struct cii_error *err)
{
    const mode_t secret = S_IRUSR | S_IWUSR;
    const mode_t public = secret | S_IRGRP | S_IROTH;
    struct path path;
    struct path temporary;
    CII_TRY(path_join(&path, folder, name, err));
    CII_TRY(path_join(&temporary, folder, ".new-XXXXXX", err));

    cii_auto(descriptor_close) int descriptor =
        mkostemp(temporary.text, O_CLOEXEC);
    if (descriptor < 0)
        return fail(err, "write into", folder);
    enum cii_code code =
        write_temporary(&temporary, descriptor,
                        kind == FILE_NEW_SECRET ? secret : public, content,
                        err);
    if (code == CII_OK)
        code = give_its_name(&temporary, &path, kind, err);
    if (code != CII_OK) {
        unlink(temporary.text);
        return code;
    }
    return folder_sync(folder, err);
}

/* In one piece: a buffer that grows leaves copies of a secret behind. */
static enum cii_code
reserve_whole(struct buffer *content, int descriptor, size_t *size,
              const char *path, struct cii_error *err)
{
    struct stat status;

    if (fstat(descriptor, &status) != 0)
        return fail(err, "read", path);
    if (!S_ISREG(status.st_mode) || status.st_size > READ_MAX)
        return cii_fail(err, CII_TOO_LARGE,
                        "%s is no file or is too large to read", path);
    *size = (size_t)status.st_size;
    if (!buffer_reserve(content, *size + 1))
        return cii_fail(err, CII_MEMORY, "no memory to read %s", path);
    return CII_OK;
}

enum cii_code
file_read(const char *folder, const char *name, struct buffer *content,
          struct cii_error *err)
{
    struct path path;
    size_t left = 0;
    CII_TRY(path_join(&path, folder, name, err));
    cii_auto(descriptor_close) int descriptor =
        open(path.text, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return fail(err, "read", path.text);
    CII_TRY(reserve_whole(content, descriptor, &left, path.text, err));

    while (left > 0) {
        const ssize_t size =
            read(descriptor, content->data + content->size, left);
        if (size == 0)
            break;
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return fail(err, "read", path.text);
        content->size += (size_t)size;
        left -= (size_t)size;
    }
    return CII_OK;
}

void
secret_done(struct buffer *secret)
{
    if (secret->data)
        explicit_bzero(secret->data, secret->capacity);
    buffer_done(secret);
}
