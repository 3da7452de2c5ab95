/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_AVS_H
#define PROTO_AVS_H

/*
 * The AVS number (NAVS13, RAVS 133): 756, nine digits without meaning, and
 * the EAN-13 check digit. Written 756.NNNN.NNNN.NC, kept as 13 digits.
 *
 * A right check digit does not prove that the number exists, nor that it is
 * this person's (LAVS 153f).
 */

#include <stdbool.h>

#include "cii/error.h"

#define AVS_DIGITS 13

struct avs {
    char digits[AVS_DIGITS + 1]; /* terminated */
};

/*
 * Reads "756.1234.5678.97" or "7561234567897". INVALID with a sentence that
 * says what is wrong; the sentence never repeats the number.
 */
cii_must_check enum cii_code avs_parse(struct avs *avs, const char *text,
                                       struct cii_error *err);

/* Do 13 digits stand in it, with or without points? Text that travels or is
 * kept in clear may not hold what could be such a number. */
bool avs_stands_in(const char *text);

/* Writes 756.NNNN.NNNN.NC; text holds 17. */
void avs_print(const struct avs *avs, char text[17]);

#endif
