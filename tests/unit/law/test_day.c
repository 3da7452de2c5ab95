/* SPDX-License-Identifier: Apache-2.0 */
#include "law/parts.h"
#include "proto/date.h"
#include "tests/support/expect.h"

static int64_t
moment(const char *day, int64_t hours, int64_t minutes)
{
    struct date date = {0};

    require_ok(date_parse(&date, day, NULL));
    return date_to_days(&date) * DAY_MS + hours * 3600000 + minutes * 60000;
}

static void
expect_day(const char *utc, int64_t hours, int64_t minutes, const char *want)
{
    const int64_t days = swiss_day(moment(utc, hours, minutes));
    const struct date date = date_from_days(days);
    char text[11] = "";

    date_print(&date, text);
    expect_text(text, want);
}

Test(swiss_day, begins_one_hour_before_utc_in_winter)
{
    expect_day("2026-01-10", 22, 59, "2026-01-10");
    expect_day("2026-01-10", 23, 0, "2026-01-11");
    expect_day("2026-12-31", 23, 30, "2027-01-01");
}

Test(swiss_day, begins_two_hours_before_utc_in_summer)
{
    expect_day("2026-07-10", 21, 59, "2026-07-10");
    expect_day("2026-07-10", 22, 0, "2026-07-11");
}

Test(swiss_day, changes_on_the_last_sunday_of_march_and_october)
{
    expect_day("2026-03-28", 22, 30, "2026-03-28"); /* still winter */
    expect_day("2026-03-29", 22, 30, "2026-03-30"); /* summer since 01:00 */
    expect_day("2026-10-24", 22, 30, "2026-10-25"); /* still summer */
    expect_day("2026-10-25", 22, 30, "2026-10-25"); /* winter since 01:00 */
    expect_day("2027-10-31", 22, 30, "2027-10-31"); /* the 31st is a Sunday */
}

Test(swiss_day, goes_on_before_1970)
{
    cr_expect(eq(i64, swiss_day(-1), 0));
    cr_expect(eq(i64, swiss_day(-12 * INT64_C(3600000)), -1));
    cr_expect(eq(i64, swiss_day(-DAY_MS), -1));
}

static void
expect_end(const char *day, int64_t hours)
{
    struct date date = {0};

    require_ok(date_parse(&date, day, NULL));
    cr_expect(
        eq(i64, swiss_day_end(date_to_days(&date)), moment(day, hours, 0) - 1));
}

Test(swiss_day, ends_when_the_next_one_begins)
{
    expect_end("2026-01-10", 23);
    expect_end("2026-07-10", 22);
    expect_end("2026-03-28", 23);
    expect_end("2026-03-29", 22);
    expect_end("2026-10-24", 22);
    expect_end("2026-10-25", 23);
}
