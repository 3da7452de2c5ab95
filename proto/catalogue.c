/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/catalogue.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/avs.h"
#include "proto/bytes.h"
#include "proto/date.h"
#include "proto/id.h"
#include "proto/wire.h"

#define NEAREST_MAX    3  /* edits */
#define NEAREST_LENGTH 64 /* names longer than this resemble nothing */
#define NUMBER_DIGITS  12

const char *const field_form_names[] = {
    [FIELD_TEXT] = "text",
    [FIELD_CODE] = "code",
    [FIELD_CODES] = "codes",
    [FIELD_DATE] = "date",
    [FIELD_PARTIAL_DATE] = "partial-date",
    [FIELD_NUMBER] = "number",
    [FIELD_YESNO] = "yesno",
    [FIELD_AVS] = "avs",
    [FIELD_INSTITUTION] = "institution",
    [FIELD_INSTITUTIONS] = "institutions",
    [FIELD_NAMES] = "names",
    NULL,
};

/* --- look-up ------------------------------------------------------------ */

static const char *
facet_name(const void *context, size_t i)
{
    return ((const struct catalogue *)context)->facet[i].name;
}

static const char *
type_name(const void *context, size_t i)
{
    return ((const struct catalogue *)context)->type[i].name;
}

static const char *
field_name(const void *context, size_t i)
{
    return ((const struct facet_def *)context)->field[i].name;
}

/* Asked for every field of every event: most names differ at once. */
static bool
is_name(const char *known, const char *name)
{
    return known[0] == name[0] && strcmp(known, name) == 0;
}

int
catalogue_facet(const struct catalogue *catalogue, const char *name)
{
    for (size_t i = 0; i < catalogue->facet_count; i++)
        if (is_name(catalogue->facet[i].name, name))
            return (int)i;
    return -1;
}

int
catalogue_type(const struct catalogue *catalogue, const char *name)
{
    for (size_t i = 0; i < catalogue->type_count; i++)
        if (is_name(catalogue->type[i].name, name))
            return (int)i;
    return -1;
}

int
facet_field(const struct facet_def *facet, const char *name)
{
    for (size_t i = 0; i < facet->field_count; i++)
        if (is_name(facet->field[i].name, name))
            return (int)i;
    return -1;
}

/* --- the nearest name --------------------------------------------------- */

static size_t
smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Three rows of the table of distances: the last two and this one. */
struct rows {
    size_t before[NEAREST_LENGTH + 1];
    size_t last[NEAREST_LENGTH + 1];
    size_t this[NEAREST_LENGTH + 1];
};

/* The distance of a[..i] and b[..j]: change, leave out, put in, swap. */
static size_t
cell(const struct rows *rows, const char *a, size_t i, const char *b, size_t j)
{
    const size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
    size_t best = rows->last[j - 1] + change;

    best = smaller(best, rows->last[j] + 1);
    best = smaller(best, rows->this[j - 1] + 1);
    if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        best = smaller(best, rows->before[j - 2] + 1);
    return best;
}

/* Damerau-Levenshtein (optimal string alignment). */
static size_t
distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    struct rows rows = {0};

    for (size_t j = 0; j <= b_length; j++)
        rows.this[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        memcpy(rows.before, rows.last, sizeof rows.last);
        memcpy(rows.last, rows.this, sizeof rows.this);
        rows.this[0] = i;
        for (size_t j = 1; j <= b_length; j++)
            rows.this[j] = cell(&rows, a, i, b, j);
    }
    return rows.this[b_length];
}

/* Short names that share little are within three edits too: not those. */
static size_t
likeness(const char *name, const char *other)
{
    const size_t length = strlen(name);
    const size_t other_length = strlen(other);

    if (length > NEAREST_LENGTH || other_length > NEAREST_LENGTH)
        return NEAREST_MAX + 1;
    const size_t edits = distance(name, length, other, other_length);
    const size_t longer = length > other_length ? length : other_length;
    return 2 * edits <= longer ? edits : NEAREST_MAX + 1;
}

const char *
nearest_name(const char *name, size_t count,
             const char *(*get)(const void *context, size_t i),
             const void *context)
{
    const char *nearest = NULL;
    size_t least = NEAREST_MAX + 1;

    for (size_t i = 0; i < count; i++) {
        const size_t edits = likeness(name, get(context, i));
        if (edits < least) {
            least = edits;
            nearest = get(context, i);
        }
    }
    return nearest;
}

const char *
catalogue_nearest_facet(const struct catalogue *catalogue, const char *name)
{
    return nearest_name(name, catalogue->facet_count, facet_name, catalogue);
}

const char *
catalogue_nearest_type(const struct catalogue *catalogue, const char *name)
{
    return nearest_name(name, catalogue->type_count, type_name, catalogue);
}

const char *
facet_nearest_field(const struct facet_def *facet, const char *name)
{
    return nearest_name(name, facet->field_count, field_name, facet);
}

/* --- the value of a field ----------------------------------------------- */

static enum cii_code
check_text(const struct field_def *field, const char *value,
           struct cii_error *err)
{
    const struct bytes bytes = bytes_of_text(value);

    if (!text_is_utf8(bytes))
        return cii_fail(err, CII_INVALID, "%s: write it in UTF-8", field->name);
    if (field->max > 0 && bytes.size > field->max)
        return cii_fail(err, CII_INVALID,
                        "%s: %zu bytes are too many; shorten it to %" PRIu32,
                        field->name, bytes.size, field->max);
    return CII_OK;
}

/* The place of the code in the list, or -1. */
static int
find_code(const struct field_def *field, const char *code, size_t length)
{
    for (int i = 0; field->codes && field->codes[i]; i++)
        if (strlen(field->codes[i]) == length &&
            !memcmp(field->codes[i], code, length))
            return i;
    return -1;
}

/* "one of a, b, c", cut where the sentence is full. */
static enum cii_code
fail_code(const struct field_def *field, const char *what,
          struct cii_error *err)
{
    char list[384] = "";
    size_t used = 0;

    for (size_t i = 0; field->codes && field->codes[i]; i++) {
        const int length = snprintf(list + used, sizeof list - used, "%s%s",
                                    i > 0 ? ", " : "", field->codes[i]);
        if (length < 0 || (size_t)length >= sizeof list - used)
            break;
        used += (size_t)length;
    }
    return cii_fail(err, CII_INVALID, "%s: write %s %s", field->name, what,
                    list);
}

static enum cii_code
check_code(const struct field_def *field, const char *value,
           struct cii_error *err)
{
    if (find_code(field, value, strlen(value)) < 0)
        return fail_code(field, "one of", err);
    return CII_OK;
}

/* Is this code also among those before it? */
static bool
is_repeated(const char *value, const char *code, size_t length)
{
    for (const char *at = value; at < code;) {
        const size_t other = strcspn(at, " ");
        if (other == length && !memcmp(at, code, length))
            return true;
        at += other + 1;
    }
    return false;
}

static enum cii_code
check_codes(const struct field_def *field, const char *value,
            struct cii_error *err)
{
    for (const char *code = value;; code++) {
        const size_t length = strcspn(code, " ");
        if (find_code(field, code, length) < 0 ||
            is_repeated(value, code, length))
            return fail_code(field,
                             "each once and with one space between, some of",
                             err);
        code += length;
        if (*code == '\0')
            return CII_OK;
    }
}

/* What date_parse() says is left out: it may repeat a birth date. */
static enum cii_code
check_date(const struct field_def *field, const char *value,
           struct cii_error *err)
{
    struct date date;

    if (date_parse(&date, value, NULL) != CII_OK)
        return cii_fail(err, CII_INVALID,
                        "%s: write a day of the calendar as YYYY-MM-DD",
                        field->name);
    return CII_OK;
}

static enum cii_code
check_partial_date(const struct field_def *field, const char *value,
                   struct cii_error *err)
{
    struct date date;

    if (date_parse_partial(&date, value, NULL) != CII_OK)
        return cii_fail(err, CII_INVALID,
                        "%s: write a date of the calendar as YYYY-MM-DD, "
                        "YYYY-MM or YYYY",
                        field->name);
    return CII_OK;
}

static enum cii_code
check_number(const struct field_def *field, const char *value,
             struct cii_error *err)
{
    const size_t digits = strspn(value, "0123456789");

    if (digits == 0 || digits > NUMBER_DIGITS || value[digits] != '\0')
        return cii_fail(err, CII_INVALID,
                        "%s: write a number with digits alone, at most %d",
                        field->name, NUMBER_DIGITS);
    return CII_OK;
}

static enum cii_code
check_yesno(const struct field_def *field, const char *value,
            struct cii_error *err)
{
    if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
        return cii_fail(err, CII_INVALID, "%s: write yes or no", field->name);
    return CII_OK;
}

static enum cii_code
check_avs(const struct field_def *field, const char *value,
          struct cii_error *err)
{
    struct cii_error why = {0};
    struct avs avs;

    if (avs_parse(&avs, value, &why) != CII_OK)
        return cii_fail(err, CII_INVALID, "%s: %s", field->name, why.text);
    if (strcmp(avs.digits, value) != 0)
        return cii_fail(err, CII_INVALID,
                        "%s: write the AVS number as 13 digits without dots",
                        field->name);
    return CII_OK;
}

static enum cii_code
check_institution(const struct field_def *field, const char *value,
                  struct cii_error *err)
{
    if (institution_check(value, NULL) != CII_OK)
        return cii_fail(err, CII_INVALID,
                        "%s: write an institution as canton.kind or "
                        "canton.kind.place, as in \"vs.orp.sion\"",
                        field->name);
    return CII_OK;
}

/* --- lists of names ----------------------------------------------------- */

bool
names_next(const char **at, struct name_part *part)
{
    *at += strspn(*at, " ");
    part->text = *at;
    part->length = strcspn(*at, " ");
    *at += part->length;
    return part->length > 0;
}

bool
names_hold(const char *names, const char *name)
{
    const size_t length = strlen(name);
    struct name_part part;

    while (names_next(&names, &part))
        if (part.length == length && !memcmp(part.text, name, length))
            return true;
    return false;
}

static bool
is_institution(const char *name)
{
    return institution_check(name, NULL) == CII_OK;
}

static bool
is_plain_name(const char *name)
{
    return name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

#define NAMES_MAX 4096 /* bytes of a list */

/* Each once, one space between, and of the right form. */
static bool
is_list(const char *value, bool (*is_one)(const char *name))
{
    if (strlen(value) > NAMES_MAX)
        return false;
    for (const char *at = value;; at++) {
        char name[128];
        const size_t length = strcspn(at, " ");
        if (length == 0 || length >= sizeof name ||
            is_repeated(value, at, length))
            return false;
        memcpy(name, at, length);
        name[length] = '\0';
        if (!is_one(name))
            return false;
        at += length;
        if (*at == '\0')
            return true;
    }
}

static enum cii_code
check_institutions(const struct field_def *field, const char *value,
                   struct cii_error *err)
{
    if (!is_list(value, is_institution))
        return cii_fail(err, CII_INVALID,
                        "%s: write institutions each once and with one space "
                        "between, as in \"ge.orp ge.as.hg\"",
                        field->name);
    return CII_OK;
}

static enum cii_code
check_names(const struct field_def *field, const char *value,
            struct cii_error *err)
{
    if (!is_list(value, is_plain_name))
        return cii_fail(err, CII_INVALID,
                        "%s: write names each once and with one space "
                        "between, as in \"plan state\"; there is no "
                        "'all'",
                        field->name);
    return CII_OK;
}

typedef enum cii_code (*value_check)(const struct field_def *field,
                                     const char *value, struct cii_error *err);

static const value_check checks[] = {
    [FIELD_TEXT] = check_text,
    [FIELD_CODE] = check_code,
    [FIELD_CODES] = check_codes,
    [FIELD_DATE] = check_date,
    [FIELD_PARTIAL_DATE] = check_partial_date,
    [FIELD_NUMBER] = check_number,
    [FIELD_YESNO] = check_yesno,
    [FIELD_AVS] = check_avs,
    [FIELD_INSTITUTION] = check_institution,
    [FIELD_INSTITUTIONS] = check_institutions,
    [FIELD_NAMES] = check_names,
};

static_assert(sizeof checks / sizeof checks[0] == FIELD_NAMES + 1,
              "every form has a check");

enum cii_code
field_check(const struct field_def *field, const char *value,
            struct cii_error *err)
{
    assert(field && value);

    if (*value == '\0')
        return cii_fail(err, CII_INVALID,
                        "%s: is empty; leave the field out instead",
                        field->name);
    return checks[field->form](field, value, err);
}

/* --- the rest ----------------------------------------------------------- */

void
facet_set_print(const struct catalogue *catalogue, uint64_t facets, char *text,
                size_t size)
{
    size_t used = 0;

    assert(size > 0);
    text[0] = '\0';
    for (size_t i = 0; i < catalogue->facet_count; i++) {
        if (!(facets >> i & 1))
            continue;
        const char *name = catalogue->facet[i].name;
        const size_t gap = used > 0 ? 1 : 0;
        if (gap + strlen(name) >= size - used)
            return;
        used += (size_t)snprintf(text + used, size - used, "%s%s",
                                 gap ? " " : "", name);
    }
}

static void
texts_done(char **texts)
{
    for (size_t i = 0; texts && texts[i]; i++)
        free(texts[i]);
    free(texts);
}

static void
field_done(struct field_def *field)
{
    free(field->name);
    free(field->meaning);
    texts_done(field->codes);
}

static void
facet_done(struct facet_def *facet)
{
    free(facet->name);
    free(facet->meaning);
    for (size_t i = 0; i < facet->field_count; i++)
        field_done(&facet->field[i]);
    free(facet->field);
}

void
catalogue_done(struct catalogue *catalogue)
{
    for (size_t i = 0; i < catalogue->facet_count; i++)
        facet_done(&catalogue->facet[i]);
    for (size_t i = 0; i < catalogue->type_count; i++) {
        free(catalogue->type[i].name);
        free(catalogue->type[i].meaning);
        free(catalogue->type[i].line);
        texts_done(catalogue->type[i].ends);
        texts_done(catalogue->type[i].ends_of_all);
    }
    memset(catalogue, 0, sizeof *catalogue);
}
