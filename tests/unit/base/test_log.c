/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "tests/support/expect.h"

static char captured[8192];
static int reading;

static void
capture(void)
{
    int ends[2];
    cr_assert(eq(int, pipe(ends), 0));
    cr_assert(dup2(ends[1], STDERR_FILENO) >= 0);
    close(ends[1]);
    reading = ends[0];
}

static const char *
lines(void)
{
    const ssize_t got = read(reading, captured, sizeof captured - 1);
    captured[got > 0 ? got : 0] = '\0';
    return captured;
}

Test(log, begins_a_line_with_level_and_program)
{
    capture();
    log_open("core", LOG_INFO);

    log_line(LOG_WARNING, "partner=%s", "ge.as.hg");

    expect_text(lines(), "<4>core: partner=ge.as.hg\n");
}

Test(log, drops_what_is_above_its_level)
{
    capture();
    log_open("core", LOG_INFO);

    log_line(LOG_DEBUG, "unseen");
    log_line(LOG_INFO, "seen");

    expect_text(lines(), "<6>core: seen\n");
}

Test(log, stays_one_line_whatever_it_is_given)
{
    char long_text[4000];
    capture();
    log_open("core", LOG_INFO);
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';

    log_line(LOG_INFO, "a\nb\x1b[31m");
    log_line(LOG_INFO, "%s", long_text);

    const char *got = lines();
    const char *second = strchr(got, '\n') + 1;
    cr_expect(strncmp(got, "<6>core: a b [31m\n", 18) == 0);
    cr_expect(strncmp(second, "<6>core: xxx", 12) == 0);
    cr_expect(strchr(second, '\n') == second + strlen(second) - 1);
}

Test(log, says_how_many_it_left_out)
{
    capture();
    log_open("core", LOG_INFO);

    for (int i = 0; i < 5; i++)
        log_line_limited(LOG_INFO, "flood", "line %d", i);
    log_line_limited(LOG_INFO, "other", "not left out");
    usleep(1100 * 1000);
    log_line_limited(LOG_INFO, "flood", "line 5");

    expect_text(lines(), "<6>core: line 0\n"
                         "<6>core: not left out\n"
                         "<6>core: line 5 (and 4 more like it)\n");
}

static const struct {
    const char *text;
    size_t size;
    const char *want;
} quotes[] = {
    {"plain", 64, "\"plain\""},
    {"", 64, "\"\""},
    {"a\nb\t\x7f", 64, "\"a\\x0ab\\x09\\x7f\""},
    {"say \"x\\y\"", 64, "\"say \\\"x\\\\y\\\"\""},
    {"\xc3\xa9", 64, "\"\\xc3\\xa9\""},
    {"abcdef", 9, "\"abcdef\""},
    {"abcdefg", 9, "\"abc...\""},
    {"\n\n\n", 12, "\"\\x0a...\""},
    {"abc", 4, ""},
};

Test(log, quotes_what_others_wrote)
{
    for (size_t i = 0; i < sizeof quotes / sizeof quotes[0]; i++) {
        char out[64] = "untouched";
        expect_text(log_quote(quotes[i].text, out, quotes[i].size),
                    quotes[i].want);
    }
}
