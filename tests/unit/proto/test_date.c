/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/date.h"
#include "tests/support/expect.h"

Test(date, is_a_day_of_the_calendar)
{
    static const char *const days[] = {"2026-12-31", "2024-02-29", "2000-02-29",
                                       "0001-01-01", "9999-12-31"};

    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        struct date date;
        char text[11];
        require_ok(date_parse(&date, days[i], NULL));
        date_print(&date, text);
        expect_text(text, days[i]);
    }
}

Test(date, is_nothing_else)
{
    static const char *const invalid[] = {
        "",           "2026",        "2026-12",    "2026-02-29", "1900-02-29",
        "2026-02-30", "2026-13-01",  "2026-00-10", "2026-10-00", "0000-01-01",
        "2026-1-01",  "2026-01-1",   "26-01-01",   "2026/01/01", "01.02.2026",
        "2026-01-32", "2026-01-01T", "2026-0a-01", "+026-01-01", "2026- 1-01"};

    for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; i++) {
        struct date date;
        cr_expect(date_parse(&date, invalid[i], NULL) == CII_INVALID, "%s",
                  invalid[i]);
    }
}

Test(date, says_why)
{
    struct cii_error err = {0};
    struct date date;

    expect_code(date_parse(&date, "2026-02-30", &err), INVALID);
    expect_text(err.text, "2026-02-30 is no day");
    expect_code(date_parse(&date, "2026-02", &err), INVALID);
    expect_text(err.text, "a day is written as YYYY-MM-DD");
}

Test(partial_date, may_lack_day_and_month)
{
    static const char *const dates[] = {"1971", "1971-04", "1971-04-30"};

    for (size_t i = 0; i < 3; i++) {
        struct date date;
        char text[11];
        require_ok(date_parse_partial(&date, dates[i], NULL));
        date_print(&date, text);
        expect_text(text, dates[i]);
    }
}

Test(partial_date, is_nothing_else)
{
    static const char *const invalid[] = {"",           "197",     "19711",
                                          "1971-",      "1971-13", "1971-00",
                                          "1971-4",     "0000",    "1971-04-",
                                          "1971-04-31", "197a"};

    for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; i++) {
        struct date date;
        cr_expect(date_parse_partial(&date, invalid[i], NULL) == CII_INVALID,
                  "%s", invalid[i]);
    }
}

Test(date, counts_every_day_of_its_calendar)
{
    int wrong = 0;
    struct date date;
    char text[11];

    cr_expect(date_to_days(&(struct date){1970, 1, 1}) == 0);
    cr_expect(date_to_days(&(struct date){1969, 12, 31}) == -1);
    cr_expect(date_to_days(&(struct date){2000, 3, 1}) == 11017);
    cr_expect(date_to_days(&(struct date){1, 1, 1}) == -719162);
    cr_expect(date_to_days(&(struct date){9999, 12, 31}) == 2932896);
    for (int64_t days = -719162; days <= 2932896; days++) {
        date = date_from_days(days);
        wrong += date_to_days(&date) != days;
    }
    cr_expect(wrong == 0);
    date_print(&date, text);
    expect_text(text, "9999-12-31");
}

Test(date, of_days_beyond_the_calendar_is_its_end)
{
    char text[11];

    struct date date = date_from_days(INT64_MAX);
    date_print(&date, text);
    expect_text(text, "9999-12-31");
    date = date_from_days(INT64_MIN);
    date_print(&date, text);
    expect_text(text, "0001-01-01");
}

Test(partial_dates, may_be_equal_as_far_as_they_are_known)
{
    static const struct {
        struct date a;
        struct date b;
        bool may;
    } cases[] = {
        {{1971, 4, 30}, {1971, 4, 30}, true},
        {{1971, 4, 30}, {1971, 4, 29}, false},
        {{1971, 4, 0}, {1971, 4, 29}, true},
        {{1971, 4, 0}, {1971, 5, 29}, false},
        {{1971, 0, 0}, {1971, 5, 29}, true},
        {{1972, 0, 0}, {1971, 5, 29}, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_expect(date_may_equal(&cases[i].a, &cases[i].b) == cases[i].may);
        cr_expect(date_may_equal(&cases[i].b, &cases[i].a) == cases[i].may);
    }
}

Test(moment, is_printed_in_utc_with_milliseconds)
{
    static const struct {
        int64_t moment;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {-1, "1969-12-31T23:59:59.999Z"},
        {INT64_C(1798761599123), "2026-12-31T23:59:59.123Z"},
        {INT64_C(253402300799999), "9999-12-31T23:59:59.999Z"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[25];
        moment_print(cases[i].moment, text);
        expect_text(text, cases[i].text);
    }
}
