/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/file.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/config.h"

static void
text_free(char **text)
{
    free(*text);
    *text = NULL;
}

static void
descriptor_close(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

/* --- one file ------------------------------------------------------------- */

static enum cii_code
file_check(int descriptor, const char *path, size_t max, bool secret,
           struct cii_error *err)
{
    struct stat status;

    if (fstat(descriptor, &status) != 0)
        return cii_fail(err, CII_SYSTEM, "cannot look at %s: %s", path,
                        strerror(errno));
    if (!S_ISREG(status.st_mode))
        return cii_fail(err, CII_CONFIG, "%s is not a regular file", path);
    if (secret && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return cii_fail(err, CII_CONFIG,
                        "%s is open to others than its owner (mode %04o); "
                        "run: chmod 0600 %s",
                        path, (unsigned int)status.st_mode & 07777U, path);
    if ((uint64_t)status.st_size > max)
        return cii_fail(err, CII_CONFIG, "%s is larger than %zu bytes", path,
                        max);
    return CII_OK;
}

/* Reads until the end, or until there is one byte more than `max`. */
static enum cii_code
read_all(int descriptor, const char *path, char *data, size_t max, size_t *size,
         struct cii_error *err)
{
    size_t have = 0;

    for (;;) {
        ssize_t got = read(descriptor, data + have, max + 1 - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return cii_fail(err, CII_SYSTEM, "cannot read %s: %s", path,
                            strerror(errno));
        have += (size_t)got;
        if (have > max)
            return cii_fail(err, CII_CONFIG, "%s is larger than %zu bytes",
                            path, max);
        if (got == 0)
            break;
    }
    data[have] = '\0';
    *size = have;
    return CII_OK;
}

static enum cii_code
fail_open(const char *path, struct cii_error *err)
{
    if (errno == ENOENT || errno == ENOTDIR)
        return cii_fail(err, CII_CONFIG, "%s does not exist", path);
    if (errno == EACCES || errno == EPERM)
        return cii_fail(err, CII_CONFIG, "%s may not be read by this user",
                        path);
    return cii_fail(err, CII_SYSTEM, "cannot open %s: %s", path,
                    strerror(errno));
}

enum cii_code
file_read(const char *path, size_t max, bool secret, char **data, size_t *size,
          struct cii_error *err)
{
    assert(max < SIZE_MAX - 1);
    /* Not to wait for the writer of a FIFO that stands in its place. */
    cii_auto(descriptor_close) int descriptor =
        open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0)
        return fail_open(path, err);
    CII_TRY(file_check(descriptor, path, max, secret, err));
    cii_auto(text_free) char *text = malloc(max + 1);
    if (!text)
        return cii_fail(err, CII_MEMORY, "cannot read %s", path);

    size_t have = 0;
    enum cii_code code = read_all(descriptor, path, text, max, &have, err);
    if (code != CII_OK) {
        explicit_bzero(text, max + 1);
        return code;
    }
    *data = cii_take(text);
    *size = have;
    return CII_OK;
}

/* --- the files of a folder ------------------------------------------------ */

void
file_list_done(struct file_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->path[i]);
    free(list->path);
    *list = (struct file_list){0};
}

static bool
ends_with(const char *name, const char *end)
{
    size_t size = strlen(name);

    return size > strlen(end) && strcmp(name + size - strlen(end), end) == 0;
}

static enum cii_code
list_append(struct file_list *list, char **path, struct cii_error *err)
{
    if (ends_with(*path, ".yml"))
        return cii_fail(err, CII_CONFIG,
                        "%s would never be read; name it *.yaml", *path);
    if (!ends_with(*path, ".yaml"))
        return CII_OK;
    if (list->count == FOLDER_FILES_MAX)
        return cii_fail(err, CII_CONFIG, "%s: more than %d files", *path,
                        FOLDER_FILES_MAX);
    char **grown =
        reallocarray(list->path, list->count + 1, sizeof *list->path);
    if (!grown)
        return cii_fail(err, CII_MEMORY, "cannot list %s", *path);
    list->path = grown;
    list->path[list->count++] = cii_take(*path);
    return CII_OK;
}

/* What a scandir() left. */
struct names {
    struct dirent **entry;
    int count;
};

static void
names_done(struct names *names)
{
    for (int i = 0; i < names->count; i++)
        free(names->entry[i]);
    free(names->entry);
}

static int
name_shows(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* By bytes, so that the order is the same in every locale. */
static int
name_compare(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* levels: how many more may lie below; -1: folders are passed over. */
static enum cii_code list_folder(struct file_list *list, const char *folder,
                                 int levels, struct cii_error *err);

static enum cii_code
list_entry(struct file_list *list, const char *folder, const char *name,
           int levels, struct cii_error *err)
{
    cii_auto(text_free) char *path = NULL;
    struct stat status;

    if (asprintf(&path, "%s/%s", folder, name) < 0) {
        path = NULL;
        return cii_fail(err, CII_MEMORY, "cannot list %s", folder);
    }
    if (stat(path, &status) != 0)
        return cii_fail(err, CII_CONFIG, "%s: %s; mend or remove it", path,
                        strerror(errno));
    if (!S_ISDIR(status.st_mode))
        return list_append(list, &path, err);
    if (levels < 0)
        return CII_OK;
    if (levels == 0)
        return cii_fail(err, CII_CONFIG, "%s: more than %d folders deep", path,
                        FOLDER_DEPTH_MAX);
    return list_folder(list, path, levels - 1, err);
}

static enum cii_code
list_folder(struct file_list *list, const char *folder, int levels,
            struct cii_error *err)
{
    cii_auto(names_done) struct names names = {0};
    int count = scandir(folder, &names.entry, name_shows, name_compare);

    if (count < 0)
        return errno == ENOMEM
                   ? cii_fail(err, CII_MEMORY, "cannot list %s", folder)
                   : cii_fail(err, CII_CONFIG, "cannot read the folder %s: %s",
                              folder, strerror(errno));
    names.count = count;
    for (int i = 0; i < count; i++)
        CII_TRY(list_entry(list, folder, names.entry[i]->d_name, levels, err));
    return CII_OK;
}

enum cii_code
file_list_load(struct file_list *list, const char *folder, bool deep,
               struct cii_error *err)
{
    cii_auto(file_list_done) struct file_list found = {0};

    CII_TRY(list_folder(&found, folder, deep ? FOLDER_DEPTH_MAX : -1, err));
    *list = found;
    found = (struct file_list){0};
    return CII_OK;
}

/* --- paths ---------------------------------------------------------------- */

char *
file_absolute(const char *path)
{
    cii_auto(text_free) char *here = getcwd(NULL, 0);
    char *joined = NULL;

    if (path[0] == '/')
        return strdup(path);
    if (!here || asprintf(&joined, "%s/%s", here, path) < 0)
        return NULL;
    return joined;
}

char *
file_beside(const char *file, const char *path)
{
    const char *slash = strrchr(file, '/');
    int folder = slash ? (int)(slash - file) : 0;
    char *joined = NULL;

    if (path[0] == '/')
        return strdup(path);
    if (asprintf(&joined, "%.*s%s%s", folder, file, slash ? "/" : "", path) < 0)
        return NULL;
    return joined;
}
