/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/name.h"
#include "tests/support/expect.h"

static void
expect_folded(const char *name, const char *want)
{
    struct buffer folded = {0};

    require_ok(name_fold(name, &folded));
    expect_text(buffer_text(&folded), want);
    buffer_done(&folded);
}

Test(name, folds_case_accents_and_punctuation_away)
{
    expect_folded("Müller-Dürst", "mullerdurst");
    expect_folded("MULLER DURST", "mullerdurst");
    expect_folded("Mu\xcc\x88ller Du\xcc\x88rst", "mullerdurst");
    expect_folded("D'Aoûté, Françoise", "daoutefrancoise");
    expect_folded("Strauß", "strauss");
    expect_folded("STRAUSS", "strauss");
    expect_folded("Jean  Paul 2", "jeanpaul2");
}

Test(name, folds_letters_that_only_look_different)
{
    expect_folded("\xe2\x84\x8c"
                  "ans",
                  "hans");                            /* black-letter H */
    expect_folded("\xef\xbc\xa1\xef\xac\x81", "afi"); /* wide A, ligature fi */
    expect_folded("Őz", "oz");
}

Test(name, keeps_letters_of_every_script)
{
    expect_folded("Ивано́в", "иванов");
    expect_folded("ΣΊΣΥΦΟΣ", "σισυφοσ");
    expect_folded("محمد", "محمد");
}

Test(name, of_nothing_or_signs_alone_is_empty)
{
    expect_folded("", "");
    expect_folded(" -.,'", "");
}

Test(name, appends_to_what_is_there)
{
    struct buffer folded = {0};
    buffer_append_text(&folded, "k:");

    require_ok(name_fold("É", &folded));

    expect_text(buffer_text(&folded), "k:e");
    buffer_done(&folded);
}

Test(name, that_is_not_utf8_is_refused)
{
    struct buffer folded = {0};

    expect_code(name_fold("M\xfcller", &folded), INVALID);
    expect_code(name_fold("\xed\xa0\x80", &folded), INVALID);

    cr_expect(folded.size == 0);
    buffer_done(&folded);
}
