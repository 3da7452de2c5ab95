/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tool/journal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cii/client.h"
#include "client/tool/id_table.h"
#include "proto/bytes.h"
#include "proto/id.h"

#define HEAD "cii journal 1\n"

struct journal {
    int fd;
    char *path;          /* owned */
    struct buffer fresh; /* owned; not yet in the file */
    struct id_table table;
};

static enum cii_code
no_memory(struct cii_error *err)
{
    return cii_fail(err, CII_MEMORY, "no memory for the journal");
}

/* --- the file ----------------------------------------------------------- */

static enum cii_code
cannot(const struct journal *journal, const char *what, struct cii_error *err)
{
    const bool full = errno == ENOSPC || errno == EDQUOT;

    return cii_fail(err, full ? CII_FULL : CII_SYSTEM,
                    "cannot %s the journal %s: %s; name another with "
                    "--journal",
                    what, journal->path, strerror(errno));
}

static enum cii_code
not_ours(const struct journal *journal, uint64_t line, struct cii_error *err)
{
    return cii_fail(err, CII_INVALID,
                    "%s:%" PRIu64 " was not written by cii: name another "
                    "journal with --journal",
                    journal->path, line);
}

static enum cii_code
load_line(struct journal *journal, const char *text, uint64_t number,
          struct cii_error *err)
{
    struct fingerprint print = {{0}};
    struct event_id id;
    uint64_t line = 0;
    char id_text[EVENT_ID_TEXT];

    /* NOLINTNEXTLINE(cert-err34-c): a number too large is only a wrong name */
    if (sscanf(text, "%" SCNu64 " %16" SCNx64 "%16" SCNx64 " %36s", &line,
               &print.half[0], &print.half[1], id_text) != 4 ||
        event_id_parse(&id, id_text, NULL) != CII_OK)
        return not_ours(journal, number, err);

    struct id_entry *entry = id_table_load(&journal->table, &print);
    if (!entry)
        return no_memory(err);
    entry->has_id = true;
    entry->id = id;
    return CII_OK;
}

/* A last line without its newline was being written when power failed: no
 * event went out under its id. */
static enum cii_code
load_text(struct journal *journal, struct buffer *text, struct cii_error *err)
{
    char *rest = (char *)text->data;
    char *end = NULL;
    uint64_t number = 0;

    if (!text->data)
        return CII_OK;
    while ((end = memchr(rest, '\n',
                         text->size - (size_t)(rest - (char *)text->data)))) {
        *end = '\0';
        if (++number == 1 && strcmp(rest, "cii journal 1") != 0)
            return not_ours(journal, 1, err);
        if (number > 1)
            CII_TRY(load_line(journal, rest, number, err));
        rest = end + 1;
    }
    const size_t whole = (size_t)(rest - (char *)text->data);
    if (number == 0 && text->size > 0 &&
        (text->size >= strlen(HEAD) || memcmp(rest, HEAD, text->size) != 0))
        return not_ours(journal, 1, err);
    if (whole < text->size && ftruncate(journal->fd, (off_t)whole) < 0)
        return cannot(journal, "repair", err);
    if (number == 0)
        buffer_append_text(&journal->fresh, HEAD);
    return CII_OK;
}

static enum cii_code
read_all(const struct journal *journal, struct buffer *text,
         struct cii_error *err)
{
    for (;;) {
        uint8_t *room = buffer_reserve(text, 65536);
        if (!room)
            return no_memory(err);
        const ssize_t count = read(journal->fd, room, 65536);
        if (count < 0)
            return cannot(journal, "read", err);
        if (count == 0)
            return CII_OK;
        text->size += (size_t)count;
    }
}

static enum cii_code
load(struct journal *journal, struct cii_error *err)
{
    cii_auto(buffer_done) struct buffer text = {0};

    CII_TRY(read_all(journal, &text, err));
    return load_text(journal, &text, err);
}

/* The name must survive as well as the content. */
static enum cii_code
sync_folder(const struct journal *journal, struct cii_error *err)
{
    char folder[4096];
    const char *slash = strrchr(journal->path, '/');

    snprintf(folder, sizeof folder, "%.*s",
             slash ? (int)(slash - journal->path + 1) : 1,
             slash ? journal->path : ".");
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return cannot(journal, "sync", err);
    const int rc = fsync(fd);
    close(fd);
    return rc < 0 ? cannot(journal, "sync", err) : CII_OK;
}

/* Another cii may have removed the file between our open and our lock. */
static bool
is_still_there(const struct journal *journal)
{
    struct stat ours;
    struct stat named;

    return fstat(journal->fd, &ours) == 0 && stat(journal->path, &named) == 0 &&
           ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
}

static enum cii_code
open_locked(struct journal *journal, struct cii_error *err)
{
    do {
        if (journal->fd >= 0)
            close(journal->fd);
        journal->fd =
            open(journal->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (journal->fd < 0)
            return cannot(journal, "open", err);
        if (flock(journal->fd, LOCK_EX | LOCK_NB) < 0)
            return cii_fail(err, CII_CONFLICT,
                            "another cii is sending this input (journal %s): "
                            "wait for it, or name another with --journal",
                            journal->path);
    } while (!is_still_there(journal));
    return CII_OK;
}

/* --- the interface ------------------------------------------------------ */

enum cii_code
journal_open(struct journal **journal, const char *path, struct cii_error *err)
{
    cii_auto(journal_close) struct journal *made = calloc(1, sizeof *made);

    if (!made)
        return no_memory(err);
    made->fd = -1;
    made->path = strdup(path);
    if (!made->path)
        return no_memory(err);
    CII_TRY(open_locked(made, err));
    CII_TRY(load(made, err));
    CII_TRY(sync_folder(made, err));

    *journal = cii_take(made);
    return CII_OK;
}

static enum cii_code
make_id(struct journal *journal, uint64_t number, struct id_entry *entry,
        struct cii_error *err)
{
    char id[EVENT_ID_TEXT];
    char digest[FINGERPRINT_TEXT];

    CII_TRY(cii_event_id_new(id, err));
    CII_TRY(event_id_parse(&entry->id, id, err));
    entry->has_id = true;
    fingerprint_print(&entry->print, digest);
    buffer_append_format(&journal->fresh, "%" PRIu64 " %s %s\n", number, digest,
                         id);
    return journal->fresh.failed ? no_memory(err) : CII_OK;
}

enum cii_code
journal_id(struct journal *journal, uint64_t number, const char *text,
           size_t size, char id[37], struct cii_error *err)
{
    const struct fingerprint print = fingerprint_of(text, size);
    struct id_entry *entry = id_table_ask(&journal->table, &print);

    if (!entry)
        return no_memory(err);
    if (!entry->has_id)
        CII_TRY(make_id(journal, number, entry, err));
    event_id_print(&entry->id, id);
    return CII_OK;
}

enum cii_code
journal_sync(struct journal *journal, struct cii_error *err)
{
    size_t written = 0;

    if (journal->fresh.size == 0)
        return CII_OK;
    while (written < journal->fresh.size) {
        const ssize_t count = write(journal->fd, journal->fresh.data + written,
                                    journal->fresh.size - written);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return cannot(journal, "write", err);
        written += (size_t)count;
    }
    buffer_clear(&journal->fresh);
    return fdatasync(journal->fd) < 0 ? cannot(journal, "sync", err) : CII_OK;
}

enum cii_code
journal_remove(struct journal **journal, struct cii_error *err)
{
    if (unlink((*journal)->path) < 0)
        return cannot(*journal, "remove", err);
    journal_close(journal);
    return CII_OK;
}

void
journal_close(struct journal **journal)
{
    if (!*journal)
        return;
    if ((*journal)->fd >= 0)
        close((*journal)->fd);
    buffer_done(&(*journal)->fresh);
    id_table_done(&(*journal)->table);
    free((*journal)->path);
    free(*journal);
    *journal = NULL;
}

const char *
journal_path(const struct journal *journal)
{
    return journal->path;
}

/* --- where it lives ----------------------------------------------------- */

static enum cii_code
make_folders(char *path, struct cii_error *err)
{
    for (char *slash = strchr(path + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        const bool made = mkdir(path, 0700) == 0 || errno == EEXIST;
        const int error = errno;
        if (!made)
            return cii_fail(err, CII_SYSTEM,
                            "cannot make the folder %s: %s; name a journal "
                            "with --journal",
                            path, strerror(error));
        *slash = '/';
    }
    return CII_OK;
}

enum cii_code
journal_default_path(const char *text, size_t size, char *path,
                     size_t path_size, struct cii_error *err)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    const struct fingerprint print = fingerprint_of(text, size);
    const bool has_state = state && *state == '/';
    char digest[FINGERPRINT_TEXT];

    if (!has_state && !(home && *home == '/'))
        return cii_fail(err, CII_INVALID,
                        "neither XDG_STATE_HOME nor HOME is set: name a "
                        "journal with --journal");
    fingerprint_print(&print, digest);
    const int length =
        snprintf(path, path_size, "%s%s/cii/send-%s", has_state ? state : home,
                 has_state ? "" : "/.local/state", digest);
    if (length < 0 || (size_t)length >= path_size)
        return cii_fail(err, CII_INVALID,
                        "the state directory's name is too long: name a "
                        "journal with --journal");
    return make_folders(path, err);
}
