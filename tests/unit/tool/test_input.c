/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/tool/input.h"
#include "tests/support/expect.h"

static struct input *input;
static int ends[2];

static void
begin(void)
{
    cr_assert(pipe(ends) == 0);
    require_ok(input_new(&input, ends[0], NULL));
}

static void
finish(void)
{
    input_destroy(&input);
    close(ends[0]);
}

TestSuite(input, .init = begin, .fini = finish);

static void
put(const char *text)
{
    cr_assert(write(ends[1], text, strlen(text)) == (ssize_t)strlen(text));
}

static struct input_line
next(bool want)
{
    struct input_line line = {0};
    bool found = false;

    require_ok(input_next(input, &line, &found, NULL));
    cr_expect(found == want);
    return line;
}

Test(input, counts_lines_and_takes_the_last_without_a_newline)
{
    put("one\n\nthree");
    close(ends[1]);

    expect_text(next(true).text, "one");
    expect_text(next(true).text, "");
    const struct input_line third = next(true);
    expect_text(third.text, "three");
    cr_expect(eq(u64, third.number, 3));
    next(false);
}

Test(input, knows_whether_it_would_wait)
{
    cr_expect(input_is_ready(input) == false);
    put("one\ntwo\nhal");
    cr_expect(input_is_ready(input));
    next(true);
    cr_expect(input_is_ready(input));
    next(true);
    cr_expect(input_is_ready(input) == false);
    close(ends[1]);
    cr_expect(input_is_ready(input));
    expect_text(next(true).text, "hal");
}

/* A writer in a child, since a pipe holds less than a line. */
static void
write_long(size_t size)
{
    if (fork() != 0) {
        close(ends[1]);
        return;
    }
    char *text = malloc(size);
    memset(text, 'x', size);
    for (size_t sent = 0; sent < size;) {
        const ssize_t count = write(ends[1], text + sent, size - sent);
        if (count <= 0)
            break;
        sent += (size_t)count;
    }
    (void)!write(ends[1], "\nshort\n", 7);
    _exit(0);
}

Test(input, drops_a_line_over_the_limit_and_goes_on)
{
    write_long(3 * INPUT_LINE_MAX);

    const struct input_line line = next(true);
    cr_expect(line.too_long);
    cr_expect(eq(sz, line.size, 3 * INPUT_LINE_MAX));
    expect_text(next(true).text, "short");
    next(false);
}

Test(input, takes_a_line_at_the_limit)
{
    write_long(INPUT_LINE_MAX);

    const struct input_line line = next(true);
    cr_expect(line.too_long == false);
    cr_expect(eq(sz, line.size, INPUT_LINE_MAX));
    expect_text(next(true).text, "short");
}
