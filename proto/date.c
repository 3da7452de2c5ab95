/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/date.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#define DAYS_FIRST INT64_C(-719162) /* 0001-01-01 */
#define DAYS_LAST  INT64_C(2932896) /* 9999-12-31 */

static int
days_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

/* Reads exactly count digits; -1 when they are none. */
static int
read_number(const char *text, int count)
{
    int value = 0;

    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = 10 * value + (text[i] - '0');
    }
    return value;
}

/* Reads the form; what is not there is 0, what is not a number is -1. */
static struct date
read_date(const char *text, size_t length)
{
    struct date date = {-1, 0, 0};

    if (length != 4 && length != 7 && length != 10)
        return date;
    date.year = read_number(text, 4);
    if (length >= 7)
        date.month = text[4] == '-' ? read_number(text + 5, 2) : -1;
    if (length == 10)
        date.day = text[7] == '-' ? read_number(text + 8, 2) : -1;
    return date;
}

static bool
is_written(const struct date *date)
{
    return date->year >= 0 && date->month >= 0 && date->day >= 0;
}

static bool
is_in_calendar(const struct date *date, size_t length)
{
    if (date->year < 1)
        return false;
    if (length >= 7 && (date->month < 1 || date->month > 12))
        return false;
    return length < 10 || (date->day >= 1 &&
                           date->day <= days_of_month(date->year, date->month));
}

enum cii_code
date_parse_partial(struct date *date, const char *text, struct cii_error *err)
{
    assert(date);
    assert(text);

    const size_t length = strlen(text);
    const struct date read = read_date(text, length);
    if (!is_written(&read))
        return cii_fail(err, CII_INVALID,
                        "a date is written as YYYY-MM-DD, YYYY-MM or YYYY");
    if (!is_in_calendar(&read, length))
        return cii_fail(err, CII_INVALID, "%s is no day", text);
    *date = read;
    return CII_OK;
}

enum cii_code
date_parse(struct date *date, const char *text, struct cii_error *err)
{
    assert(text);

    const size_t length = strlen(text);
    const struct date read = read_date(text, length);
    if (length != 10 || !is_written(&read))
        return cii_fail(err, CII_INVALID, "a day is written as YYYY-MM-DD");
    if (!is_in_calendar(&read, length))
        return cii_fail(err, CII_INVALID, "%s is no day", text);
    *date = read;
    return CII_OK;
}

/*
 * Years are counted from March, so that the leap day is the last one; an era
 * of 400 years has 146097 days.
 */
int64_t
date_to_days(const struct date *date)
{
    const int64_t year = date->year - (date->month <= 2 ? 1 : 0);
    const int64_t era = year / 400;
    const int64_t year_of_era = year % 400;
    const int64_t month = (date->month + 9) % 12;
    const int64_t day_of_year = (153 * month + 2) / 5 + date->day - 1;
    const int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

struct date
date_from_days(int64_t days)
{
    if (days < DAYS_FIRST)
        days = DAYS_FIRST;
    if (days > DAYS_LAST)
        days = DAYS_LAST;

    const int64_t since = days + 719468;
    const int64_t era = since / 146097;
    const int64_t day_of_era = since % 146097;
    const int64_t year_of_era = (day_of_era - day_of_era / 1460 +
                                 day_of_era / 36524 - day_of_era / 146096) /
                                365;
    const int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int64_t month = (5 * day_of_year + 2) / 153;

    return (struct date){
        .year = (int)(era * 400 + year_of_era + (month >= 10 ? 1 : 0)),
        .month = (int)(month < 10 ? month + 3 : month - 9),
        .day = (int)(day_of_year - (153 * month + 2) / 5 + 1),
    };
}

static void
print_digits(char *text, int count, int64_t value)
{
    while (count-- > 0) {
        text[count] = (char)('0' + value % 10);
        value /= 10;
    }
}

void
date_print(const struct date *date, char text[11])
{
    memcpy(text, "0000-00-00", 11);
    print_digits(text, 4, date->year);
    print_digits(text + 5, 2, date->month);
    print_digits(text + 8, 2, date->day);
    if (date->month == 0)
        text[4] = '\0';
    else if (date->day == 0)
        text[7] = '\0';
}

bool
date_may_equal(const struct date *a, const struct date *b)
{
    if (a->year != b->year)
        return false;
    if (a->month == 0 || b->month == 0)
        return true;
    if (a->month != b->month)
        return false;
    return a->day == 0 || b->day == 0 || a->day == b->day;
}

void
moment_print(int64_t moment, char text[25])
{
    int64_t days = moment / DAY_MS;
    int64_t rest = moment % DAY_MS;

    if (rest < 0) {
        rest += DAY_MS;
        days--;
    }
    const struct date date = date_from_days(days);
    date_print(&date, text);
    memcpy(text + 10, "T00:00:00.000Z", 15);
    print_digits(text + 11, 2, rest / 3600000);
    print_digits(text + 14, 2, rest / 60000 % 60);
    print_digits(text + 17, 2, rest / 1000 % 60);
    print_digits(text + 20, 3, rest % 1000);
}
