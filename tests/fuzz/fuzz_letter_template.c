/* SPDX-License-Identifier: Apache-2.0 */
/* Up to the first NUL a template, behind it a value and a words file. */
#include <stdlib.h>
#include <string.h>

#include "letter/letter.h"
#include "letter/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
write_letter(struct bytes template, const char *value)
{
    const struct letter_content content[] = {{"facet", "field", value},
                                             {value, NULL, ""}};
    const struct letter_disclosure disclosure[] = {
        {.type = value, .content = content, .content_count = 2}, {.day = ""}};
    const struct letter_consent consent = {.between = value};
    const struct letter_facts facts = {.office = value,
                                       .disclosure = disclosure,
                                       .disclosure_count = 2,
                                       .consent = &consent,
                                       .consent_count = 1};
    const struct letter_template form = {"fuzz.txt", template};
    struct cii_error err = {0};
    struct buffer text = {0};

    const enum cii_code code = letter_write(&form, &facts, &text, &err);
    if (text.size > LETTER_SIZE_MAX || (code != CII_OK && text.size > 0) ||
        (code == CII_CONFIG) != (letter_check(&form, NULL) == CII_CONFIG))
        abort();
    buffer_done(&text);
}

static void
read_words(struct bytes text, const char *value)
{
    struct words *words = NULL;
    struct cii_error err = {0};
    struct buffer said = {0};
    char day[WORDS_DAY_SIZE] = "";

    if (words_parse(&words, "fuzz.txt", text, &err) != CII_OK)
        return;
    words_append_labels(words, "facet", value, &said);
    words_append_citation(words, value, &said);
    words_day(words, value, day);
    words_day(words, "2026-12-31", day);
    buffer_done(&said);
    words_close(&words);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size > 0 ? memchr(data, '\0', size) : NULL;
    const size_t first = end ? (size_t)(end - data) : size;
    const size_t rest = end ? size - first - 1 : 0;
    char *value = calloc(rest + 1, 1);

    if (!value)
        return 0;
    if (rest > 0)
        memcpy(value, end + 1, rest);
    write_letter((struct bytes){data, first}, value);
    read_words((struct bytes){(const uint8_t *)value, rest}, value);
    free(value);
    return 0;
}
