/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "tests/support/expect.h"

static void
name_descriptor(int fd)
{
    char text[16];
    snprintf(text, sizeof text, "%d", fd);
    setenv("CIID_READY_FD", text, 1);
}

Test(child, says_once_that_it_is_ready)
{
    int ends[2];
    char bytes[8];
    cr_assert(eq(int, pipe(ends), 0));
    name_descriptor(ends[1]);
    require_ok(child_start(NULL));
    cr_expect(eq(int, fcntl(ends[1], F_GETFD) & FD_CLOEXEC, FD_CLOEXEC));

    child_ready();
    child_ready();

    cr_expect(eq(long, read(ends[0], bytes, sizeof bytes), 1));
    cr_expect(eq(long, read(ends[0], bytes, sizeof bytes), 0));
    close(ends[0]);
}

Test(child, says_nothing_when_started_by_hand)
{
    unsetenv("CIID_READY_FD");

    expect_code(child_start(NULL), OK);
    child_ready();
}

Test(child, leaves_when_its_supervisor_is_gone)
{
    int ends[2];
    int status = 0;
    cr_assert(eq(int, pipe(ends), 0));
    close(ends[0]);

    const pid_t child = fork();
    if (child == 0) {
        name_descriptor(ends[1]);
        _exit(child_start(NULL) == CII_OK ? 42 : 43);
    }

    cr_assert(eq(int, waitpid(child, &status, 0), child));
    cr_expect(eq(int, WEXITSTATUS(status), EXIT_FAILURE));
    close(ends[1]);
}

Test(child, refuses_a_descriptor_that_is_none)
{
    static const char *const texts[] = {"", "x", "1", "3x", "99999", "-1"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct cii_error err = {0};
        setenv("CIID_READY_FD", texts[i], 1);

        expect_code(child_start(&err), SYSTEM);
        cr_expect(strstr(err.text, "unset it") != NULL);
    }
}

/* What it does to its standard descriptors is seen by a process of its own. */
Test(child, fills_standard_descriptors_that_are_closed)
{
    int status = 0;
    const pid_t child = fork();
    if (child == 0) {
        unsetenv("CIID_READY_FD");
        close(0);
        close(2);
        const bool filled = child_start(NULL) == CII_OK &&
                            fcntl(0, F_GETFD) >= 0 && fcntl(2, F_GETFD) >= 0;
        _exit(filled ? 0 : 1);
    }

    cr_assert(eq(int, waitpid(child, &status, 0), child));
    cr_expect(eq(int, WEXITSTATUS(status), 0));
}
