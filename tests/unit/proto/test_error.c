/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/expect.h"

Test(error, holds_the_sentence_and_the_code)
{
    struct cii_error err = {0};

    expect_code(cii_fail(&err, CII_CONFIG, "%s:%d: no", "file", 3), CONFIG);

    expect_text(err.text, "file:3: no");
    cr_expect(err.code == CII_CONFIG);
}

Test(error, is_cut_when_too_long_and_may_be_left_out)
{
    struct cii_error err = {0};

    expect_code(cii_fail(&err, CII_BUSY, "%0999d", 1), BUSY);
    cr_expect(strlen(err.text) == sizeof err.text - 1);
    expect_code(cii_fail(NULL, CII_BUSY, "nobody listens"), BUSY);
}

Test(codes, out_of_range_are_faults)
{
    cr_expect(cii_code_class((enum cii_code)CII_CODE_COUNT) == CII_FAULT);
    expect_text(cii_code_name((enum cii_code)9999), "SYSTEM");
    expect_text(cii_code_text(CII_DENIED), "not lawful");
}
