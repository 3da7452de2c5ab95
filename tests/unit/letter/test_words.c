/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "letter/words.h"
#include "proto/catalogue.h"
#include "tests/support/expect.h"

static struct words *
words_of(const char *text)
{
    struct words *words = NULL;
    struct cii_error err = {0};

    cr_assert(eq(str,
                 (char *)cii_code_name(
                     words_parse(&words, "w.txt", bytes_of_text(text), &err)),
                 "OK"),
              "%s", err.text);
    return words;
}

static void
expect_wrong(const char *text, const char *why)
{
    struct words *words = NULL;
    struct cii_error err = {0};

    expect_code(words_parse(&words, "w.txt", bytes_of_text(text), &err),
                CONFIG);
    expect_text(err.text, why);
    cr_expect(eq(ptr, words, NULL));
}

static const char sample[] = "# comment\n"
                             "\n"
                             "  facet.dates =  Daten und Tage \r\n"
                             "type.mesure=Massnahme\n"
                             "code.cause.quota = Höchstzahl = erreicht\n"
                             "code.limits.nuit = Nacht\n"
                             "code.limits.froid = Kälte\n"
                             "institution.ge.oai = IV-Stelle Genf\n"
                             "yesno.yes = ja\n"
                             "law.LACI = AVIG\n"
                             "law.al. = Abs.\n"
                             "day.1 = 1er\n"
                             "month.3 = März\n"
                             "month.12 = Dezember\n"
                             "date.form = {day}. {month} {year}";

/* --- the file ------------------------------------------------------------- */

Test(words, finds_the_label_of_a_key_without_blanks_around_it)
{
    cii_auto(words_close) struct words *words = words_of(sample);

    expect_text(words_find(words, "facet.dates"), "Daten und Tage");
    expect_text(words_find(words, "type.mesure"), "Massnahme");
}

Test(words, keeps_an_equals_sign_in_a_label)
{
    cii_auto(words_close) struct words *words = words_of(sample);

    expect_text(words_find(words, "code.cause.quota"), "Höchstzahl = erreicht");
}

Test(words, knows_nothing_else)
{
    cii_auto(words_close) struct words *words = words_of(sample);
    cii_auto(words_close) struct words *none = words_of("");

    cr_expect(eq(ptr, (void *)words_find(words, "facet"), NULL));
    cr_expect(eq(ptr, (void *)words_find(words, ""), NULL));
    cr_expect(eq(ptr, (void *)words_find(none, "facet.dates"), NULL));
}

Test(words, outlive_the_text_they_were_read_from)
{
    char text[] = "kind.orp = RAV";
    cii_auto(words_close) struct words *words = words_of(text);

    memset(text, 'x', sizeof text - 1);

    expect_text(words_find(words, "kind.orp"), "RAV");
}

Test(words, names_the_line_that_is_wrong)
{
    expect_wrong("# a\nfacet.dates", "w.txt:2: write it as `key = label`");
    expect_wrong("\n = x", "w.txt:2: a key has 1 to 80 characters");
    expect_wrong("a b = x", "w.txt:1: a key is of letters without accent, "
                            "digits, dots and hyphens");
    expect_wrong("a =", "w.txt:1: a label has 1 to 240 bytes");
    expect_wrong("a = x\x1b[1m", "w.txt:1: a label holds no control "
                                 "character");
    expect_wrong("a = \xff", "w.txt: write it in UTF-8");
}

Test(words, refuses_a_key_that_comes_twice)
{
    expect_wrong("b = 1\na = 1\nc = 1\na = 2",
                 "w.txt:4: a has a label already, on line 2");
}

Test(words, refuses_what_is_too_long)
{
    static char text[WORDS_SIZE_MAX + 2];
    memset(text, 'k', WORDS_SIZE_MAX + 1);

    expect_wrong(text, "w.txt: larger than 262144 bytes");
    memset(text, '\0', sizeof text);
    memset(text, 'k', WORDS_KEY_MAX + 1);
    memcpy(text + WORDS_KEY_MAX + 1, "=x", 3);
    expect_wrong(text, "w.txt:1: a key has 1 to 80 characters");
    memset(text, '\0', sizeof text);
    memcpy(text, "k=", 2);
    memset(text + 2, 'x', WORDS_LABEL_MAX + 1);
    expect_wrong(text, "w.txt:1: a label has 1 to 240 bytes");
}

/* --- labels --------------------------------------------------------------- */

Test(words, fall_back_on_the_name_itself)
{
    cii_auto(words_close) struct words *words = words_of(sample);
    char name[2 * WORDS_KEY_MAX];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';

    expect_text(words_label(words, "type", "mesure"), "Massnahme");
    expect_text(words_label(words, "type", "unheard-of"), "unheard-of");
    expect_text(words_label(words, "type", name), name);
}

Test(words, never_take_a_key_for_a_longer_one)
{
    char line[WORDS_KEY_MAX + 4] = "type.";
    char name[WORDS_KEY_MAX] = "";
    memset(line + 5, 'n', WORDS_KEY_MAX - 5);
    memcpy(line + WORDS_KEY_MAX, "=x", 3);
    memset(name, 'n', WORDS_KEY_MAX - 4);
    cii_auto(words_close) struct words *words = words_of(line);

    expect_text(words_label(words, "type", name), name);
    expect_text(words_label(words, "type", name + 1), "x");
}

Test(words, put_commas_between_several_labels)
{
    cii_auto(words_close) struct words *words = words_of(sample);
    cii_auto(buffer_done) struct buffer text = {0};

    words_append_labels(words, "code.limits", " nuit  froid bruit ", &text);

    expect_text(buffer_text(&text), "Nacht, Kälte, bruit");
}

Test(words, append_nothing_where_there_is_no_name)
{
    cii_auto(words_close) struct words *words = words_of(sample);
    cii_auto(buffer_done) struct buffer text = {0};

    words_append_labels(words, "code.limits", "  ", &text);

    cr_expect(eq(sz, text.size, 0));
}

static void
expect_value(enum field_form form, const char *name, const char *value,
             const char *want)
{
    cii_auto(words_close) struct words *words = words_of(sample);
    cii_auto(buffer_done) struct buffer text = {0};
    char named[32] = "";
    snprintf(named, sizeof named, "%s", name);
    const struct field_def field = {.name = named, .form = form};

    words_append_value(words, &field, value, &text);

    expect_text(buffer_text(&text), want);
}

Test(words, say_a_value_as_its_form_asks)
{
    expect_value(FIELD_CODE, "cause", "quota", "Höchstzahl = erreicht");
    expect_value(FIELD_CODES, "limits", "nuit froid", "Nacht, Kälte");
    expect_value(FIELD_YESNO, "debts", "yes", "ja");
    expect_value(FIELD_DATE, "on", "2026-12-31", "31. Dezember 2026");
    expect_value(FIELD_PARTIAL_DATE, "dateOfBirth", "1980-03", "März 1980");
    expect_value(FIELD_AVS, "avs", "7569217076985", "756.9217.0769.85");
    expect_value(FIELD_NUMBER, "daysLeft", "40", "40");
    expect_value(FIELD_TEXT, "town", "quota yes", "quota yes");
    expect_value(FIELD_NAMES, "opens", "dates mesure plan",
                 "Daten und Tage, Massnahme, plan");
    expect_value(FIELD_INSTITUTION, "obtainedBy", "ge.oai", "IV-Stelle Genf");
    expect_value(FIELD_INSTITUTIONS, "between", "ge.oai ge.orp",
                 "IV-Stelle Genf, ge.orp");
}

Test(words, say_a_value_as_it_is_when_it_has_not_its_form)
{
    expect_value(FIELD_DATE, "on", "soon", "soon");
    expect_value(FIELD_AVS, "avs", "12", "12");
    expect_value(FIELD_YESNO, "debts", "maybe", "maybe");
    expect_value(FIELD_CODE, "cause", "", "");
}

Test(words, translate_the_citation_of_a_rule)
{
    cii_auto(words_close) struct words *words = words_of(sample);
    cii_auto(buffer_done) struct buffer text = {0};

    words_append_citation(words, "LACI 85f al. 3-4 (a); LAI 68bis al. 4",
                          &text);

    expect_text(buffer_text(&text), "AVIG 85f Abs. 3-4 (a); LAI 68bis Abs. 4");
}

/* --- days ----------------------------------------------------------------- */

static void
expect_day(const char *file, const char *day, const char *want)
{
    cii_auto(words_close) struct words *words = words_of(file);
    char text[WORDS_DAY_SIZE] = "";

    words_day(words, day, text);

    expect_text(text, want);
}

Test(words_day, is_written_in_the_form_of_the_language)
{
    expect_day(sample, "2026-12-31", "31. Dezember 2026");
    expect_day("month.12 = décembre", "2026-12-31", "31 décembre 2026");
}

Test(words_day, has_its_own_word_where_the_language_has_one)
{
    expect_day("day.1 = 1er\nmonth.3 = mars", "2026-03-01", "1er mars 2026");
    expect_day("day.1 = 1er\nmonth.3 = mars", "2026-03-21", "21 mars 2026");
}

Test(words_day, says_no_more_than_is_known)
{
    expect_day(sample, "2026-03", "März 2026");
    expect_day(sample, "2026", "2026");
}

Test(words_day, without_a_label_has_the_number_of_the_month)
{
    expect_day("", "2026-12-31", "31 12 2026");
}

Test(words_day, that_is_none_is_written_as_it_is)
{
    expect_day(sample, "2026-02-30", "2026-02-30");
    expect_day(sample, "", "");
}

Test(words_day, is_cut_between_two_characters)
{
    char day[2 * WORDS_DAY_SIZE] = "";
    char want[WORDS_DAY_SIZE] = "";
    for (size_t i = 0; i < WORDS_DAY_SIZE - 1; i++)
        memcpy(day + 2 * i, "é", 2);
    memcpy(want, day, WORDS_DAY_SIZE - 2);

    expect_day(sample, day, want);
}
