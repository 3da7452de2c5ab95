/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_EXPECT_H
#define TESTS_SUPPORT_EXPECT_H

/*
 * Assertions in our own words, so that a failure prints names, not numbers.
 */

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "cii/error.h"

#define expect_code(call, want) \
    cr_expect(eq(str, (char *)cii_code_name(call), #want))
#define require_ok(call)       cr_assert(eq(str, (char *)cii_code_name(call), "OK"))
#define expect_text(got, want) cr_expect(eq(str, (char *)(got), (char *)(want)))

#endif
