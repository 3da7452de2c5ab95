/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/avs.h"
#include "tests/support/expect.h"

Test(avs, accepts_numbers_whose_check_digit_is_right)
{
    static const char *const valid[] = {
        "756.9217.0769.85", "756.1234.5678.97", "756.3047.5009.62",
        "756.0000.0000.02", "756.1111.1111.13", "756.8888.8888.80",
        "756.9999.9999.91", "7561234567897",    "7568888888880",
    };

    for (size_t i = 0; i < sizeof valid / sizeof valid[0]; i++) {
        struct avs avs;
        cr_expect(avs_parse(&avs, valid[i], NULL) == CII_OK, "%s", valid[i]);
    }
}

Test(avs, refuses_what_is_none)
{
    static const char *const invalid[] = {
        "756.9217.0769.84",
        "756.1234.5678.90",
        "756.1234.5678.95",
        "123.4567.8910.19",
        "756.8888.8888.8:",
        "756.8888.8888.8",
        "",
        "756",
        "75612345678970",
        "756-1234-5678-97",
        "756 1234 5678 97",
        "7561.234.5678.97",
        "756.1234.5678.97 ",
        " 756.1234.5678.97",
        "756123456789X",
        "756.1234.5678..97",
        "756..1234.5678.9",
        "7561234567897\n",
        "756123.4567897000",
        "7560000000000000",
        "-56.1234.5678.97",
        "\xef\xbc\x97vvvvvvvvvv",
    };

    for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; i++) {
        struct avs avs = {"untouched"};
        cr_expect(avs_parse(&avs, invalid[i], NULL) == CII_INVALID, "%s",
                  invalid[i]);
        expect_text(avs.digits, "untouched");
    }
}

Test(avs, detects_every_single_wrong_digit)
{
    const char right[] = "7569217076985";

    for (size_t i = 0; i < AVS_DIGITS; i++) {
        for (char digit = '0'; digit <= '9'; digit++) {
            struct avs avs;
            char text[AVS_DIGITS + 1];
            memcpy(text, right, sizeof text);
            text[i] = digit;
            const bool accepted = avs_parse(&avs, text, NULL) == CII_OK;
            cr_expect(accepted == (digit == right[i]));
        }
    }
}

Test(avs, is_kept_as_digits_and_printed_with_dots)
{
    struct avs avs;
    char text[17];

    require_ok(avs_parse(&avs, "756.1234.5678.97", NULL));
    expect_text(avs.digits, "7561234567897");
    avs_print(&avs, text);
    expect_text(text, "756.1234.5678.97");
}

Test(avs, says_what_is_wrong_without_the_number)
{
    static const char *const wrong[] = {"756.9217.0769.84", "1234567891019",
                                        "756.9217.0769"};
    static const char *const words[] = {"check digit", "begins with 756",
                                        "13 digits"};

    for (size_t i = 0; i < 3; i++) {
        struct cii_error err = {0};
        struct avs avs;
        expect_code(avs_parse(&avs, wrong[i], &err), INVALID);
        cr_expect(strstr(err.text, words[i]) != NULL, "%s", err.text);
        cr_expect(strstr(err.text, "9217") == NULL);
        cr_expect(strstr(err.text, "1019") == NULL);
    }
}

Test(avs, is_seen_in_text_with_points_and_without)
{
    cr_expect(avs_stands_in("7569217076985"));
    cr_expect(avs_stands_in("letter 756.9217.0769.85 of May"));
    cr_expect(avs_stands_in("letter of 2026-01-05, no. 12345") == false);
    cr_expect(avs_stands_in("756-9217-0769-85") == false);
    cr_expect(avs_stands_in("") == false);
}
