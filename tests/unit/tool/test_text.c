/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tool/text.h"
#include "tests/support/expect.h"

static char *
cut(const char *text, size_t width)
{
    static struct buffer buffer;

    buffer_clear(&buffer);
    (void)text_append(&buffer, text, width);
    static char copy[256];
    snprintf(copy, sizeof copy, "%s", buffer_text(&buffer));
    buffer_done(&buffer);
    return copy;
}

Test(text, is_as_wide_as_it_looks)
{
    cr_expect(eq(sz, text_width("Müller"), 6));
    cr_expect(eq(sz, text_width("e\xcc\x81"), 1));
    cr_expect(eq(sz, text_width("\xe6\xbc\xa2"), 2));
    cr_expect(eq(sz, text_width(""), 0));
}

Test(text, is_cut_with_an_ellipsis)
{
    expect_text(cut("Hospice", 7), "Hospice");
    expect_text(cut("Hospice general", 7), "Hospic\xe2\x80\xa6");
    expect_text(cut("Hospice", 0), "Hospice");
}

Test(text, is_never_cut_within_a_wide_character)
{
    expect_text(cut("\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2", 4),
                "\xe6\xbc\xa2\xe2\x80\xa6");
}

Test(text, cannot_play_with_the_terminal)
{
    expect_text(cut("a\033[2Jb", 0), "a?[2Jb");
    expect_text(cut("a\xc2\x9b"
                    "2Jb",
                    0),
                "a?2Jb");
    expect_text(cut("a\xe2\x80\xae"
                    "b",
                    0),
                "a?b");
    expect_text(cut("a\nb\tc", 0), "a b c");
    expect_text(cut("a\xff"
                    "b",
                    0),
                "a?b");
}

Test(text, shows_a_moment_to_the_minute)
{
    char text[32];

    setenv("TZ", "Europe/Zurich", 1);
    moment_show("2026-07-01T22:59:59.123Z", text);
    expect_text(text, "2026-07-02 00:59");
    moment_show("not known", text);
    expect_text(text, "not known");
    moment_show("", text);
    expect_text(text, "");
}

Test(text, knows_words_by_their_ends)
{
    cr_expect(words_hold("identity dates", "dates"));
    cr_expect(words_hold("identity dates", "date") == false);
    cr_expect(words_hold("", "date") == false);
}
