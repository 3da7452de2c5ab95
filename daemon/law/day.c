/* SPDX-License-Identifier: Apache-2.0 */
#include "law/parts.h"
#include "proto/date.h"

#define HOUR_MS INT64_C(3600000)

/* 1970-01-01 was a Thursday; Sunday is 0. */
static int64_t
weekday(int64_t day)
{
    return ((day + 4) % 7 + 7) % 7;
}

/* One o'clock UTC on the last Sunday of a month of 31 days. */
static int64_t
change_of_clocks(int year, int month)
{
    const struct date last = {year, month, 31};
    const int64_t day = date_to_days(&last);

    return (day - weekday(day)) * DAY_MS + HOUR_MS;
}

static int64_t
day_of(int64_t moment)
{
    return moment / DAY_MS - (moment % DAY_MS < 0 ? 1 : 0);
}

/*
 * Summer time from the last Sunday of March to the last Sunday of October.
 * Only the last two hours of a day in UTC can belong to the next one here.
 */
int64_t
swiss_day(int64_t moment)
{
    const int64_t day = day_of(moment);
    const int64_t hours = (moment - day * DAY_MS) / HOUR_MS;

    if (hours < 22)
        return day;
    if (hours == 23)
        return day + 1;

    const int year = date_from_days(day).year;
    const bool summer = moment >= change_of_clocks(year, 3) &&
                        moment < change_of_clocks(year, 10);
    return summer ? day + 1 : day;
}

/* The next day begins two hours before that of UTC, or one. */
int64_t
swiss_day_end(int64_t day)
{
    const int64_t summer = (day + 1) * DAY_MS - 2 * HOUR_MS;

    return (swiss_day(summer) > day ? summer : summer + HOUR_MS) - 1;
}
