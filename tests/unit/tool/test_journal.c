/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/tool/journal.h"
#include "proto/id.h"
#include "tests/support/expect.h"

static char path[64];
static struct journal *journal;

static void
begin(void)
{
    snprintf(path, sizeof path, "/tmp/cii-journal-%d", getpid());
    unlink(path);
    require_ok(journal_open(&journal, path, NULL));
}

static void
finish(void)
{
    journal_close(&journal);
    unlink(path);
}

TestSuite(journal, .init = begin, .fini = finish);

static char *
id_of(uint64_t number, const char *text)
{
    static char ids[8][37];
    static size_t next;
    char *id = ids[next++ % 8];

    require_ok(journal_id(journal, number, text, strlen(text), id, NULL));
    return id;
}

static void
reopen(void)
{
    require_ok(journal_sync(journal, NULL));
    journal_close(&journal);
    require_ok(journal_open(&journal, path, NULL));
}

Test(journal, gives_a_line_the_same_id_in_the_next_run)
{
    const char *first = id_of(1, "one");
    const char *second = id_of(2, "two");

    reopen();

    expect_text(id_of(1, "one"), first);
    expect_text(id_of(2, "two"), second);
}

Test(journal, gives_equal_lines_ids_of_their_own)
{
    const char *first = id_of(1, "same");
    const char *second = id_of(2, "same");
    cr_expect(ne(str, (char *)first, (char *)second));

    reopen();

    expect_text(id_of(1, "same"), first);
    expect_text(id_of(2, "same"), second);
}

Test(journal, knows_a_line_that_has_moved)
{
    id_of(1, "wrong");
    const char *second = id_of(2, "right");

    reopen();

    expect_text(id_of(1, "right"), second);
}

Test(journal, gives_a_corrected_line_a_new_id)
{
    const char *before = id_of(1, "wrong");

    reopen();

    cr_expect(ne(str, id_of(1, "corrected"), (char *)before));
}

Test(journal, holds_many_lines)
{
    char text[32];
    char last[37];

    for (int i = 0; i < 20000; i++) {
        snprintf(text, sizeof text, "line %d", i);
        snprintf(last, sizeof last, "%s", id_of((uint64_t)i + 1, text));
    }
    reopen();

    expect_text(id_of(1, "line 19999"), last);
}

Test(journal, forgets_a_line_that_was_cut_by_a_power_loss)
{
    const char *whole = id_of(1, "whole");
    require_ok(journal_sync(journal, NULL));
    const int fd = open(path, O_WRONLY | O_APPEND);
    cr_assert(write(fd, "2 0123", 6) == 6);
    close(fd);

    reopen();
    id_of(2, "next");
    reopen();

    expect_text(id_of(1, "whole"), whole);
}

Test(journal, is_readable_by_its_owner_only)
{
    struct stat status;

    cr_assert(stat(path, &status) == 0);
    cr_expect(eq(u32, status.st_mode & 0777, 0600));
}

Test(journal, is_not_shared_by_two)
{
    struct journal *other = NULL;
    struct cii_error err = {0};

    expect_code(journal_open(&other, path, &err), CONFLICT);
}

Test(journal, is_never_written_into_somebody_elses_file)
{
    struct journal *other = NULL;
    char file[80];
    struct stat status;

    snprintf(file, sizeof file, "%s.other", path);
    const int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    cr_assert(write(fd, "my\nthesis", 9) == 9);
    close(fd);

    expect_code(journal_open(&other, file, NULL), INVALID);
    cr_assert(stat(file, &status) == 0);
    cr_expect(eq(int, (int)status.st_size, 9));
    unlink(file);
}

Test(journal, goes_when_everything_is_stored)
{
    id_of(1, "one");
    require_ok(journal_remove(&journal, NULL));

    cr_expect(access(path, F_OK) != 0);
}

Test(journal, of_an_input_without_a_name_lives_with_the_users_state)
{
    char state[64];
    char found[256];
    char again[256];

    snprintf(state, sizeof state, "/tmp/cii-state-%d", getpid());
    setenv("XDG_STATE_HOME", state, 1);
    require_ok(journal_default_path("one", 3, found, sizeof found, NULL));
    require_ok(journal_default_path("one", 3, again, sizeof again, NULL));

    expect_text(found, again);
    cr_expect(strncmp(found, state, strlen(state)) == 0);
    snprintf(again, sizeof again, "%s/cii", state);
    cr_expect(rmdir(again) == 0);
    rmdir(state);
}
