/* SPDX-License-Identifier: Apache-2.0 */
#include "cii/error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

static const struct {
    const char *name;
    const char *text;
    enum cii_class class;
} codes[] = {

#define CODE_ROW(name, class, text) {#name, text, CII_##class},
    CII_CODES(CODE_ROW)
#undef CODE_ROW
};

static_assert(sizeof codes / sizeof codes[0] == CII_CODE_COUNT,
              "every code has a row");

enum cii_code
cii_fail(struct cii_error *err, enum cii_code code, const char *format, ...)
{
    if (!err)
        return code;

    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err->text, sizeof err->text, format, arguments);
    va_end(arguments);
    err->code = code;
    return code;
}

static unsigned int
row_of(enum cii_code code)
{
    return (unsigned int)code < CII_CODE_COUNT ? (unsigned int)code
                                               : (unsigned int)CII_SYSTEM;
}

const char *
cii_code_name(enum cii_code code)
{
    return codes[row_of(code)].name;
}

const char *
cii_code_text(enum cii_code code)
{
    return codes[row_of(code)].text;
}

enum cii_class
cii_code_class(enum cii_code code)
{
    return codes[row_of(code)].class;
}
