/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/unit/store/support.h"

TestSuite(store, .init = make_folder, .fini = close_store);

static mode_t
mode_of(const char *name)
{
    struct stat seen = {0};
    char path[128];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    cr_assert(eq(int, stat(path, &seen), 0));
    return seen.st_mode & 0777;
}

Test(store, is_made_when_there_is_none_and_syncs_in_full)
{
    struct store_figures figures = {0};

    require_ok(store_open(&store, folder, &error));

    require_ok(store_figures(store, &figures, &error));
    cr_expect(eq(int, figures.synchronous, 2));
    expect_text(figures.journal_mode, "wal");
    cr_expect(eq(int, figures.schema, 2));
    cr_expect(eq(i64, figures.turn, 0));
    cr_expect(eq(i64, figures.events, 0));
    cr_expect(gt(i64, figures.log_bytes, 0));
}

Test(store, is_closed_to_other_users)
{
    umask(0);
    require_ok(store_open(&store, folder, &error));
    require_ok(store_begin(store, &error));
    require_ok(store_commit(store, &error));

    cr_expect(eq(uint, mode_of("ciid.db"), 0600));
    cr_expect(eq(uint, mode_of("ciid.db-wal"), 0600));
    cr_expect(eq(uint, mode_of("ciid.lock"), 0600));
}

Test(store, refuses_a_folder_that_others_can_enter)
{
    cr_assert(eq(int, chmod(folder, 0750), 0));

    expect_code(store_open(&store, folder, &error), CONFIG);
    cr_expect(strstr(error.text, "chmod 700") != NULL);
}

Test(store, refuses_a_file_that_others_can_read)
{
    require_ok(store_open(&store, folder, &error));
    store_close(&store);
    char path[128];
    snprintf(path, sizeof path, "%s/ciid.db", folder);
    cr_assert(eq(int, chmod(path, 0640), 0));

    expect_code(store_open(&store, folder, &error), CONFIG);
    cr_expect(strstr(error.text, "chmod 600") != NULL);
}

Test(store, refuses_a_folder_that_is_not_there)
{
    expect_code(store_open(&store, "/tmp/ciid-store-none", &error), CONFIG);
}

Test(store, refuses_a_file_of_another_program)
{
    char path[128];
    snprintf(path, sizeof path, "%s/ciid.db", folder);
    const int fd = open(path, O_CREAT | O_WRONLY, 0600);
    cr_assert(ge(int, fd, 0));
    static const char text[4096] = "this is a letter, not a store";
    cr_assert(eq(i64, write(fd, text, sizeof text), sizeof text));
    close(fd);

    expect_code(store_open(&store, folder, &error), STORE);
    cr_expect(store == NULL);
}

/* In a process of its own: exits with the code. */
static int
open_elsewhere(void)
{
    int status = 0;
    const pid_t child = fork();
    cr_assert(ge(int, child, 0));
    if (child == 0) {
        struct store *other = NULL;
        const enum cii_code code = store_open(&other, folder, NULL);
        _exit((int)code);
    }
    cr_assert(eq(int, waitpid(child, &status, 0), child));
    return WEXITSTATUS(status);
}

Test(store, belongs_to_one_process_at_a_time)
{
    require_ok(store_open(&store, folder, &error));

    cr_expect(eq(int, open_elsewhere(), (int)CII_CONFLICT));

    store_close(&store);
    cr_expect(eq(int, open_elsewhere(), (int)CII_OK));
}

Test(store, is_not_kept_locked_by_a_program_that_it_started)
{
    int pipes[2] = {0};
    require_ok(store_open(&store, folder, &error));
    cr_assert(eq(int, pipe(pipes), 0));
    const pid_t child = fork();
    if (child == 0) {
        dup2(pipes[0], 0);
        close(pipes[1]);
        execlp("cat", "cat", (char *)NULL);
        _exit(127);
    }
    close(pipes[0]);
    /* cat has begun once it has taken its line: the pipe is empty then. */
    usleep(100 * 1000);

    store_close(&store);
    const enum cii_code code = store_open(&store, folder, &error);

    close(pipes[1]);
    waitpid(child, NULL, 0);
    expect_code(code, OK);
}

Test(store, keeps_what_was_committed_across_a_restart)
{
    struct event_row row = {0};
    struct store_figures figures = {0};
    require_ok(store_open(&store, folder, &error));
    require_ok(store_begin(store, &error));
    const int64_t number = add_event(event_of(1));
    require_ok(store_commit(store, &error));

    store_close(&store);
    require_ok(store_open(&store, folder, &error));

    require_ok(store_event_get(store, number, &row, &error));
    expect_text(row.issuer, ME);
    require_ok(store_figures(store, &figures, &error));
    cr_expect(eq(i64, figures.turn, 1));
    cr_expect(eq(i64, figures.events, 1));
}

Test(store, keeps_what_was_committed_when_the_process_is_killed)
{
    int status = 0;
    const pid_t child = fork();
    cr_assert(ge(int, child, 0));
    if (child == 0) {
        if (store_open(&store, folder, NULL) != CII_OK ||
            store_begin(store, NULL) != CII_OK)
            _exit(1);
        struct event_row row = event_of(1);
        if (store_event_add(store, &row, NULL) != CII_OK ||
            store_commit(store, NULL) != CII_OK ||
            store_begin(store, NULL) != CII_OK)
            _exit(1);
        row = event_of(2);
        if (store_event_add(store, &row, NULL) == CII_OK)
            kill(getpid(), SIGKILL);
        _exit(1);
    }
    cr_assert(eq(int, waitpid(child, &status, 0), child));
    const bool killed = WIFSIGNALED(status);
    cr_assert(killed);

    require_ok(store_open(&store, folder, &error));

    expect_text(list(&(struct event_filter){0}), "1");
}

/* Does the text stand anywhere in the file of this name? */
static bool
holds_text(const char *name, const char *text)
{
    cii_auto(buffer_done) struct buffer bytes = {0};
    char path[128];
    uint8_t piece[4096];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    const int fd = open(path, O_RDONLY);
    if (fd < 0)
        return false;
    for (ssize_t got = 0; (got = read(fd, piece, sizeof piece)) > 0;)
        buffer_append(&bytes, piece, (size_t)got);
    close(fd);
    return memmem(bytes.data, bytes.size, text, strlen(text)) != NULL;
}

Test(store, forgets_what_was_sealed_before)
{
    require_ok(store_open(&store, folder, &error));
    require_ok(store_begin(store, &error));
    struct event_row row = event_of(1);
    row.sealed = bytes_of_text("sealed-first");
    const int64_t number = add_event(row);
    require_ok(store_commit(store, &error));
    require_ok(store_begin(store, &error));
    require_ok(store_event_reseal(store, number,
                                  bytes_of_text("sealed-then-and-longer"),
                                  &error));
    require_ok(store_commit(store, &error));
    store_close(&store);

    cr_expect(eq(int, holds_text("ciid.db", "sealed-then-and-longer"), true));
    cr_expect(eq(int, holds_text("ciid.db", "sealed-first"), false));
    cr_expect(eq(int, holds_text("ciid.db-wal", "sealed-first"), false));
}

Test(store, names_no_content_in_its_errors)
{
    static const char canary[] = "7569217076985";
    struct person_row row = {.lookup = digest_of(1),
                             .sealed_key = bytes_of_text(canary),
                             .sealed_identity = bytes_of_text(canary)};
    require_ok(store_open(&store, folder, &error));
    require_ok(store_begin(store, &error));
    require_ok(store_person_add(store, &row, &error));

    expect_code(store_person_add(store, &row, &error), STORE);

    cr_expect(gt(sz, strlen(error.text), 0));
    cr_expect(eq(ptr, strstr(error.text, canary), NULL));
}
