/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_DATE_H
#define PROTO_DATE_H

/*
 * Days and moments, in the Gregorian calendar and UTC.
 *
 * A day may be partial, as a birth date is where papers are lost (eCH-0044:
 * yearMonthDay, yearMonth or year).
 */

#include <stdbool.h>
#include <stdint.h>

#include "cii/error.h"

#define DAY_MS INT64_C(86400000)

struct date {
    int year;  /* 1 .. 9999 */
    int month; /* 1 .. 12; 0: not known */
    int day;   /* 1 .. 31; 0: not known */
};

/* "2026-12-31" only. INVALID says why ("2026-02-30 is no day"). */
cii_must_check enum cii_code date_parse(struct date *date, const char *text,
                                        struct cii_error *err);
/* Also "2026-12" and "2026". */
cii_must_check enum cii_code date_parse_partial(struct date *date,
                                                const char *text,
                                                struct cii_error *err);
/* Days since 1970-01-01 of a whole date, negative before. */
int64_t date_to_days(const struct date *date);
struct date date_from_days(int64_t days);
/* "2026-12-31"; partial dates as they are. text holds 11. */
void date_print(const struct date *date, char text[11]);
/* Could both be the same day, as far as each is known? */
bool date_may_equal(const struct date *a, const struct date *b);

/* Milliseconds since 1970 as "2026-12-31T23:59:59.123Z"; text holds 25. */
void moment_print(int64_t moment, char text[25]);

#endif
