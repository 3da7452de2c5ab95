/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/avs.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define DOTTED_LENGTH 16

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* 756.NNNN.NNNN.NC has its dots at 3, 8 and 13. */
static bool
is_dot_place(size_t i)
{
    return i == 3 || i == 8 || i == 13;
}

/* Fills digits from either written form; false when it is neither. */
static bool
read_digits(char digits[AVS_DIGITS + 1], const char *text)
{
    const size_t length = strlen(text);
    const bool dotted = length == DOTTED_LENGTH;
    size_t count = 0;

    if (!dotted && length != AVS_DIGITS)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (dotted && is_dot_place(i) && text[i] == '.')
            continue;
        if (!is_digit(text[i]) || count == AVS_DIGITS)
            return false;
        digits[count++] = text[i];
    }
    digits[count] = '\0';
    return count == AVS_DIGITS;
}

/*
 * EAN-13: weights 1, 3, 1, 3... over the first twelve digits. The second
 * modulo matters: without it, numbers whose check digit is 0 are refused.
 */
static char
check_digit(const char digits[AVS_DIGITS + 1])
{
    int sum = 0;

    for (int i = 0; i < AVS_DIGITS - 1; i++)
        sum += (digits[i] - '0') * (i % 2 == 0 ? 1 : 3);
    return (char)('0' + (10 - sum % 10) % 10);
}

enum cii_code
avs_parse(struct avs *avs, const char *text, struct cii_error *err)
{
    struct avs read = {{0}};

    assert(avs);
    assert(text);

    if (!read_digits(read.digits, text))
        return cii_fail(err, CII_INVALID,
                        "an AVS number is written as 13 digits or as "
                        "756.NNNN.NNNN.NC, and this is neither");
    if (strncmp(read.digits, "756", 3) != 0)
        return cii_fail(err, CII_INVALID,
                        "an AVS number begins with 756, and this does not");
    if (read.digits[AVS_DIGITS - 1] != check_digit(read.digits))
        return cii_fail(err, CII_INVALID,
                        "the check digit of the AVS number is wrong: look "
                        "for a mistyped digit");
    *avs = read;
    return CII_OK;
}

void
avs_print(const struct avs *avs, char text[17])
{
    const char *digit = avs->digits;

    for (size_t i = 0; i < DOTTED_LENGTH; i++) {
        text[i] = '.';
        if (!is_dot_place(i))
            text[i] = *digit++;
    }
    text[DOTTED_LENGTH] = '\0';
}

bool
avs_stands_in(const char *text)
{
    int digits = 0;
    for (; *text && digits < AVS_DIGITS; text++)
        if (is_digit(*text))
            digits++;
        else if (*text != '.')
            digits = 0;
    return digits == AVS_DIGITS;
}
