/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/name.h"

#include <assert.h>
#include <stdlib.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "proto/wire.h"

static void
text_free(uint8_t **text)
{
    free(*text);
    *text = NULL;
}

static void
append_letters(struct buffer *folded, const uint8_t *text, size_t size)
{
    const uc_general_category_t kept =
        uc_general_category_or(UC_CATEGORY_L, UC_CATEGORY_N);

    while (size > 0) {
        ucs4_t character = 0;
        const int length = u8_mbtouc(&character, text, size);
        if (uc_is_general_category(character, kept))
            buffer_append(folded, text, (size_t)length);
        text += length;
        size -= (size_t)length;
    }
}

/*
 * NFKD comes first, since it makes capitals that folding has yet to see
 * (U+210C is a black-letter H).
 */
enum cii_code
name_fold(const char *name, struct buffer *folded)
{
    assert(name);

    const struct bytes bytes = bytes_of_text(name);
    if (!text_is_utf8(bytes))
        return CII_INVALID;
    if (bytes.size == 0)
        return CII_OK;

    size_t size = 0;
    cii_auto(text_free) uint8_t *apart =
        u8_normalize(UNINORM_NFKD, bytes.data, bytes.size, NULL, &size);
    if (!apart)
        return CII_MEMORY;
    cii_auto(text_free) uint8_t *lower =
        u8_casefold(apart, size, NULL, UNINORM_NFKD, NULL, &size);
    if (!lower)
        return CII_MEMORY;
    append_letters(folded, lower, size);
    return folded->failed ? CII_MEMORY : CII_OK;
}
