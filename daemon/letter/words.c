/* SPDX-License-Identifier: Apache-2.0 */
#include "letter/words.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/avs.h"
#include "proto/catalogue.h"
#include "proto/date.h"
#include "proto/wire.h"

struct word {
    const char *key;   /* borrowed from the text */
    const char *label; /* borrowed from the text */
    size_t line;
};

struct words {
    char *text;        /* owned; cut into keys and labels */
    struct word *word; /* owned; sorted by key */
    size_t count;
};

/* What words_parse() reads, for the sentence of a failure. */
struct reading {
    const char *file;
    size_t line;
    struct cii_error *err;
};

/* --- one line ----------------------------------------------------------- */

static bool
is_blank(char character)
{
    return character == ' ' || character == '\t' || character == '\r';
}

static bool
is_key_character(char character)
{
    return (character >= 'a' && character <= 'z') ||
           (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || character == '.' ||
           character == '-';
}

/* The text without blanks around it; cuts it in its place. */
static char *
trim(char *text)
{
    while (is_blank(*text))
        text++;
    char *end = text + strlen(text);
    while (end > text && is_blank(end[-1]))
        end--;
    *end = '\0';
    return text;
}

static enum cii_code
check_key(const struct reading *at, const char *key)
{
    const size_t size = strlen(key);

    if (size == 0 || size > WORDS_KEY_MAX)
        return cii_fail(at->err, CII_CONFIG,
                        "%s:%zu: a key has 1 to %d characters", at->file,
                        at->line, WORDS_KEY_MAX);
    for (size_t i = 0; i < size; i++)
        if (!is_key_character(key[i]))
            return cii_fail(at->err, CII_CONFIG,
                            "%s:%zu: a key is of letters without accent, "
                            "digits, dots and hyphens",
                            at->file, at->line);
    return CII_OK;
}

static enum cii_code
check_label(const struct reading *at, const char *label)
{
    const size_t size = strlen(label);

    if (size == 0 || size > WORDS_LABEL_MAX)
        return cii_fail(at->err, CII_CONFIG,
                        "%s:%zu: a label has 1 to %d bytes", at->file, at->line,
                        WORDS_LABEL_MAX);
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)label[i] < ' ')
            return cii_fail(at->err, CII_CONFIG,
                            "%s:%zu: a label holds no control character",
                            at->file, at->line);
    return CII_OK;
}

static enum cii_code
read_word(const struct reading *at, char *line, struct word *word)
{
    char *equals = strchr(line, '=');
    if (!equals)
        return cii_fail(at->err, CII_CONFIG,
                        "%s:%zu: write it as `key = label`", at->file,
                        at->line);
    *equals = '\0';

    const char *key = trim(line);
    const char *label = trim(equals + 1);
    CII_TRY(check_key(at, key));
    CII_TRY(check_label(at, label));
    *word = (struct word){key, label, at->line};
    return CII_OK;
}

/* --- the whole file ----------------------------------------------------- */

static size_t
count_lines(const char *text)
{
    size_t lines = 1;

    for (; *text; text++)
        lines += *text == '\n' ? 1 : 0;
    return lines;
}

/* The words' array holds a place for every line of their text. */
static enum cii_code
read_lines(struct reading *at, struct words *words)
{
    char *line = words->text;

    while (line) {
        char *next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        at->line++;
        char *kept = trim(line);
        if (*kept && *kept != '#')
            CII_TRY(read_word(at, kept, &words->word[words->count++]));
        line = next;
    }
    return CII_OK;
}

/* By key, then by line: the later one of two is the one that is named. */
static int
compare_words(const void *a, const void *b)
{
    const struct word *first = a;
    const struct word *second = b;
    const int order = strcmp(first->key, second->key);

    if (order != 0)
        return order;
    return (first->line > second->line) - (first->line < second->line);
}

static enum cii_code
sort_words(const struct reading *at, struct words *words)
{
    if (words->count == 0)
        return CII_OK;
    qsort(words->word, words->count, sizeof *words->word, compare_words);
    for (size_t i = 1; i < words->count; i++) {
        const struct word *word = &words->word[i];
        if (!strcmp(word[-1].key, word->key))
            return cii_fail(at->err, CII_CONFIG,
                            "%s:%zu: %s has a label already, on line %zu",
                            at->file, word->line, word->key, word[-1].line);
    }
    return CII_OK;
}

static enum cii_code
copy_text(struct words *words, struct bytes text, struct cii_error *err)
{
    words->text = calloc(text.size + 1, 1);
    if (!words->text)
        return cii_fail(err, CII_MEMORY, "no memory for the words of letters");
    if (text.size > 0)
        memcpy(words->text, text.data, text.size);

    words->word = calloc(count_lines(words->text), sizeof *words->word);
    if (!words->word)
        return cii_fail(err, CII_MEMORY, "no memory for the words of letters");
    return CII_OK;
}

enum cii_code
words_parse(struct words **words, const char *file, struct bytes text,
            struct cii_error *err)
{
    assert(words);
    assert(file);

    if (text.size > WORDS_SIZE_MAX)
        return cii_fail(err, CII_CONFIG, "%s: larger than %zu bytes", file,
                        WORDS_SIZE_MAX);
    if (!text_is_utf8(text))
        return cii_fail(err, CII_CONFIG, "%s: write it in UTF-8", file);

    cii_auto(words_close) struct words *made = calloc(1, sizeof *made);
    if (!made)
        return cii_fail(err, CII_MEMORY, "no memory for the words of letters");
    CII_TRY(copy_text(made, text, err));
    struct reading at = {.file = file, .err = err};
    CII_TRY(read_lines(&at, made));
    CII_TRY(sort_words(&at, made));

    *words = cii_take(made);
    return CII_OK;
}

void
words_close(struct words **words)
{
    if (!*words)
        return;
    free((*words)->text);
    free((*words)->word);
    free(*words);
    *words = NULL;
}

/* --- labels ------------------------------------------------------------- */

static int
compare_key(const void *key, const void *word)
{
    return strcmp(key, ((const struct word *)word)->key);
}

const char *
words_find(const struct words *words, const char *key)
{
    assert(words);
    assert(key);

    if (words->count == 0)
        return NULL;
    const struct word *found = bsearch(key, words->word, words->count,
                                       sizeof *words->word, compare_key);
    return found ? found->label : NULL;
}

const char *
words_label(const struct words *words, const char *family, const char *name)
{
    assert(family);
    assert(name);

    char key[WORDS_KEY_MAX + 1] = "";
    const int size = snprintf(key, sizeof key, "%s.%s", family, name);
    if (size < 0 || (size_t)size >= sizeof key)
        return name;
    const char *label = words_find(words, key);
    return label ? label : name;
}

/* The families in which a name is looked up, in this order. */
struct families {
    const char *first;
    const char *second; /* NULL: none */
};

static void
append_label(const struct words *words, const struct families *families,
             const char *name, size_t size, struct buffer *text)
{
    char word[WORDS_KEY_MAX + 1] = "";

    if (size >= sizeof word) { /* no key is so long */
        buffer_append(text, name, size);
        return;
    }
    memcpy(word, name, size);
    const char *label = words_label(words, families->first, word);
    if (label == word && families->second)
        label = words_label(words, families->second, word);
    buffer_append_text(text, label);
}

static void
append_labels(const struct words *words, const struct families *families,
              const char *names, struct buffer *text)
{
    const char *between = "";

    for (const char *name = names; *name;) {
        const size_t size = strcspn(name, " ");
        if (size > 0) {
            buffer_append_text(text, between);
            append_label(words, families, name, size, text);
            between = ", ";
        }
        name += size;
        name += strspn(name, " ");
    }
}

void
words_append_labels(const struct words *words, const char *family,
                    const char *names, struct buffer *text)
{
    assert(family);
    assert(names);

    append_labels(words, &(struct families){family, NULL}, names, text);
}

/* --- values ------------------------------------------------------------- */

static void
append_codes(const struct words *words, const char *field, const char *codes,
             struct buffer *text)
{
    char family[WORDS_KEY_MAX + 1] = "";

    snprintf(family, sizeof family, "code.%s", field);
    words_append_labels(words, family, codes, text);
}

static void
append_day(const struct words *words, const char *day, struct buffer *text)
{
    char written[WORDS_DAY_SIZE] = "";

    words_day(words, day, written);
    buffer_append_text(text, written);
}

static void
append_avs(const char *value, struct buffer *text)
{
    struct avs avs = {0};
    char written[17] = "";

    if (avs_parse(&avs, value, NULL) != CII_OK) {
        buffer_append_text(text, value);
        return;
    }
    avs_print(&avs, written);
    buffer_append_text(text, written);
}

void
words_append_value(const struct words *words, const struct field_def *field,
                   const char *value, struct buffer *text)
{
    assert(field);
    assert(value);

    switch (field->form) {
    case FIELD_CODE:
    case FIELD_CODES:
        append_codes(words, field->name, value, text);
        return;
    case FIELD_YESNO:
        words_append_labels(words, "yesno", value, text);
        return;
    case FIELD_DATE:
    case FIELD_PARTIAL_DATE:
        append_day(words, value, text);
        return;
    case FIELD_AVS:
        append_avs(value, text);
        return;
    case FIELD_NAMES:
        append_labels(words, &(struct families){"facet", "type"}, value, text);
        return;
    case FIELD_INSTITUTION:
    case FIELD_INSTITUTIONS:
        words_append_labels(words, "institution", value, text);
        return;
    case FIELD_TEXT:
    case FIELD_NUMBER:
    default: /* a form that letters do not know yet */
        buffer_append_text(text, value);
    }
}

/* --- citations ---------------------------------------------------------- */

void
words_append_citation(const struct words *words, const char *citation,
                      struct buffer *text)
{
    static const char run[] = "abcdefghijklmnopqrstuvwxyz"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.";

    assert(citation);

    const struct families law = {"law", NULL};
    while (*citation) {
        size_t size = strspn(citation, run);
        if (size > 0) {
            append_label(words, &law, citation, size, text);
        } else {
            size = strcspn(citation, run);
            buffer_append(text, citation, size);
        }
        citation += size;
    }
}

/* --- days --------------------------------------------------------------- */

/* Puts the parts of a date where the form has {day}, {month} and {year}. */
static void
fill_form(const char *form, const char *const part[3], struct buffer *text)
{
    static const char *const mark[] = {"{day}", "{month}", "{year}"};

    while (*form) {
        size_t i = 0;
        while (i < 3 && strncmp(form, mark[i], strlen(mark[i])) != 0)
            i++;
        if (i < 3) {
            buffer_append_text(text, part[i]);
            form += strlen(mark[i]);
        } else {
            buffer_append(text, form++, 1);
        }
    }
}

static const char *
form_of(const struct words *words, const struct date *date)
{
    if (date->month == 0)
        return "{year}";
    if (date->day == 0)
        return "{month} {year}";
    const char *form = words_find(words, "date.form");
    return form ? form : "{day} {month} {year}";
}

/* As much of the text as fits, cut between two characters. */
static void
copy_cut(char text[WORDS_DAY_SIZE], const char *from)
{
    size_t size = strlen(from);

    if (size >= WORDS_DAY_SIZE) {
        size = WORDS_DAY_SIZE - 1;
        while (size > 0 && ((unsigned char)from[size] & 0xc0) == 0x80)
            size--;
    }
    memmove(text, from, size);
    text[size] = '\0';
}

void
words_day(const struct words *words, const char *day, char text[WORDS_DAY_SIZE])
{
    assert(words);
    assert(day);

    struct date date = {0};
    if (date_parse_partial(&date, day, NULL) != CII_OK) {
        copy_cut(text, day);
        return;
    }
    char number[3][12];
    snprintf(number[0], sizeof number[0], "%d", date.day);
    snprintf(number[1], sizeof number[1], "%d", date.month);
    snprintf(number[2], sizeof number[2], "%d", date.year);
    const char *const part[3] = {
        words_label(words, "day", number[0]),
        words_label(words, "month", number[1]),
        number[2],
    };

    cii_auto(buffer_done) struct buffer written = {0};
    fill_form(form_of(words, &date), part, &written);
    copy_cut(text, written.failed ? day : buffer_text(&written));
}
