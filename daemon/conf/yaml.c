/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/yaml.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "conf/config.h"
#include "conf/file.h"
#include "conf/yaml_raw.h"
#include "conf/yaml_walk.h"
#include "proto/catalogue.h"

#define SHOWN 64

/* gcc 12's analyzer loses what is stored through an offset and calls it a
 * leak; LeakSanitizer watches this file in every test. */
#if defined __GNUC__ && !defined __clang__
#    pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

/* --- keys ----------------------------------------------------------------- */

const struct yaml_key *
yaml_key_find(const struct yaml_shape *shape, const char *name)
{
    for (size_t i = 0; i < shape->count; i++)
        if (shape->key[i].form != YAML_HIDDEN &&
            strcmp(shape->key[i].name, name) == 0)
            return &shape->key[i];
    return NULL;
}

static const char *
key_name(const void *context, size_t i)
{
    const struct yaml_shape *shape = context;

    return shape->key[i].form == YAML_HIDDEN ? "" : shape->key[i].name;
}

const char *
yaml_key_nearest(const struct yaml_shape *shape, const char *name)
{
    const char *nearest = nearest_name(name, shape->count, key_name, shape);

    return nearest && *nearest ? nearest : NULL;
}

static void *
member(void *target, size_t at)
{
    return (char *)target + at;
}

/* The array of a member of any pointer type. */
static char *
array_get(const struct yaml_key *key, void *target)
{
    char *array = NULL;

    memcpy(&array, member(target, key->at), sizeof array);
    return array;
}

/* --- release -------------------------------------------------------------- */

static void
release_texts(char ***texts)
{
    for (char **text = *texts; text && *text; text++)
        free(*text);
    free(*texts);
    *texts = NULL;
}

static void
release_parts(const struct yaml_key *key, void *target)
{
    char *parts = array_get(key, target);
    const size_t *count = member(target, key->count_at);

    for (size_t i = 0; i < *count; i++)
        yaml_release(key->shape, parts + i * key->shape->size);
    free(parts);
}

static void
release_key(const struct yaml_key *key, void *target)
{
    switch (key->form) {
    case YAML_HIDDEN:
    case YAML_TEXT:
    case YAML_PATH:
        free(*(char **)member(target, key->at));
        break;
    case YAML_TEXTS:
        release_texts(member(target, key->at));
        break;
    case YAML_PART:
        yaml_release(key->shape, member(target, key->at));
        break;
    case YAML_PARTS:
        release_parts(key, target);
        break;
    case YAML_NUMBER:
    case YAML_YESNO:
    case YAML_WORD:
        break;
    }
}

void
yaml_release(const struct yaml_shape *shape, void *target)
{
    for (size_t i = 0; i < shape->count; i++)
        release_key(&shape->key[i], target);
    memset(target, 0, shape->size);
}

/* --- from text to members ------------------------------------------------- */

/* One key of one place in one file. */
struct place {
    const struct yaml_key *key;
    const char *path;
    int line;
    struct cii_error *err;
};

static enum cii_code
fail_memory(const struct place *place)
{
    return cii_fail(place->err, CII_MEMORY, "cannot load %s", place->path);
}

static enum cii_code
check(const struct place *place, const char *text)
{
    struct cii_error why = {0};

    if (!place->key->check || place->key->check(text, &why) == CII_OK)
        return CII_OK;
    return cii_fail(place->err, CII_CONFIG, "%s:%d: %s: %s", place->path,
                    place->line, place->key->name, why.text);
}

/* A copy without the line feed that a folded text ends with. */
static char *
copy_trimmed(const char *text)
{
    size_t size = strlen(text);

    while (size > 0 && isspace((unsigned char)text[size - 1]))
        size--;
    return strndup(text, size);
}

static enum cii_code
fill_text(const struct place *place, const char *text, char **result)
{
    if (!text) {
        *result = NULL;
        return CII_OK;
    }
    *result = place->key->form == YAML_PATH ? file_beside(place->path, text)
                                            : copy_trimmed(text);
    if (!*result)
        return fail_memory(place);
    if (**result == '\0' && place->key->required)
        return cii_fail(place->err, CII_CONFIG, "%s:%d: %s: it is empty",
                        place->path, place->line, place->key->name);
    return **result ? check(place, *result) : CII_OK;
}

static enum cii_code
fill_texts(const struct place *place, const struct raw_value *value,
           char ***result)
{
    char **texts = value->data;

    if (value->count == 0 && !place->key->fallback)
        return CII_OK;
    *result = calloc((size_t)value->count + 1, sizeof **result);
    if (!*result)
        return fail_memory(place);
    for (size_t i = 0; i < value->count; i++) {
        (*result)[i] = strdup(texts[i]);
        if (!(*result)[i])
            return fail_memory(place);
        CII_TRY(check(place, texts[i]));
    }
    return CII_OK;
}

static enum cii_code
fail_number(const struct place *place, const char *text)
{
    const struct yaml_key *key = place->key;
    char shown[SHOWN];

    return cii_fail(place->err, CII_CONFIG,
                    "%s:%d: %s: '%s' is no number from %llu to %llu%s%s",
                    place->path, place->line, key->name,
                    yaml_shown(text, shown, sizeof shown),
                    (unsigned long long)key->least,
                    (unsigned long long)key->most, key->unit ? " " : "",
                    key->unit ? key->unit : "");
}

static void
number_store(const struct yaml_key *key, uint64_t number, void *target)
{
    const uint32_t narrow = (uint32_t)number;

    assert(key->width == sizeof number || key->width == sizeof narrow);
    if (key->width == sizeof number)
        memcpy(member(target, key->at), &number, sizeof number);
    else
        memcpy(member(target, key->at), &narrow, sizeof narrow);
}

/* Decimal digits only: no sign, no octal, nothing behind them. */
static enum cii_code
fill_number(const struct place *place, const char *text, bool given,
            void *target)
{
    const struct yaml_key *key = place->key;
    size_t digits = strspn(text, "0123456789");

    if (digits == 0 || digits > 18 || text[digits] != '\0')
        return fail_number(place, text);
    const uint64_t number = strtoull(text, NULL, 10);
    if (given && (number < key->least || number > key->most))
        return fail_number(place, text);
    number_store(key, number, target);
    return CII_OK;
}

static enum cii_code
fill_yesno(const struct place *place, const char *text, bool *result)
{
    char shown[SHOWN];

    if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
        return cii_fail(place->err, CII_CONFIG,
                        "%s:%d: %s: '%s' is neither true nor false",
                        place->path, place->line, place->key->name,
                        yaml_shown(text, shown, sizeof shown));
    *result = strcmp(text, "true") == 0;
    return CII_OK;
}

static const char *
word_name(const void *context, size_t i)
{
    const char *const *words = context;

    return words[i];
}

static enum cii_code
fill_word(const struct place *place, const char *text, void *target)
{
    const char *const *words = place->key->words;
    char shown[SHOWN];
    unsigned int count = 0;

    for (; words[count]; count++)
        if (strcmp(words[count], text) == 0) {
            memcpy(member(target, place->key->at), &count, sizeof count);
            return CII_OK;
        }
    const char *nearest = nearest_name(text, count, word_name, words);
    return cii_fail(place->err, CII_CONFIG,
                    "%s:%d: %s: '%s' is not known; did you mean '%s'?",
                    place->path, place->line, place->key->name,
                    yaml_shown(text, shown, sizeof shown),
                    nearest ? nearest : words[0]);
}

static enum cii_code fill_shape(const struct yaml_shape *shape, void *target,
                                const struct raw_part *part,
                                const struct place *place);

static enum cii_code
fill_parts(const struct place *place, const struct raw_value *value,
           void *target)
{
    const struct yaml_shape *shape = place->key->shape;
    struct raw_part **parts = value->data;
    size_t *count = member(target, place->key->count_at);

    if (value->count == 0)
        return CII_OK;
    char *array = calloc(value->count, shape->size);
    if (!array)
        return fail_memory(place);
    memcpy(member(target, place->key->at), &array, sizeof array);
    *count = value->count;
    for (size_t i = 0; i < *count; i++)
        CII_TRY(fill_shape(shape, array + i * shape->size, parts[i], place));
    return CII_OK;
}

static enum cii_code
fill_key(const struct place *place, const struct raw_value *value, void *target)
{
    const struct yaml_key *key = place->key;
    void *at = member(target, key->at);

    if (key->form == YAML_HIDDEN)
        return CII_OK;
    if (key->form == YAML_PART)
        return fill_shape(key->shape, at, value->data, place);
    if (key->form == YAML_PARTS)
        return fill_parts(place, value, target);
    if (key->form == YAML_TEXTS)
        return fill_texts(place, value, at);

    const char *given = value->data;
    bool is_given = given && *given;
    const char *text = is_given ? given : key->fallback;
    if (key->form == YAML_TEXT || key->form == YAML_PATH)
        return fill_text(place, text, at);
    assert(text);
    if (key->form == YAML_NUMBER)
        return fill_number(place, text, is_given, target);
    return key->form == YAML_YESNO ? fill_yesno(place, text, at)
                                   : fill_word(place, text, target);
}

/* part is NULL where the file is silent about all of it. */
static enum cii_code
fill_shape(const struct yaml_shape *shape, void *target,
           const struct raw_part *part, const struct place *place)
{
    static const struct raw_value silent;
    const int line = part ? part->line : place->line;

    if (shape->line_at)
        memcpy(member(target, shape->line_at), &line, sizeof line);
    for (size_t i = 0; i < shape->count; i++) {
        const struct raw_value *value = part ? &part->value[i] : &silent;
        const struct place here = {
            .key = &shape->key[i],
            .path = place->path,
            .line = value->line > 0 ? value->line : line,
            .err = place->err,
        };
        CII_TRY(fill_key(&here, value, target));
    }
    return CII_OK;
}

/* --- a file --------------------------------------------------------------- */

enum cii_code
yaml_parse(const struct yaml_shape *shape, void *target, const char *path,
           const char *text, size_t size, struct cii_error *err)
{
    const struct place place = {.path = path, .line = 1, .err = err};
    cii_auto(raw_destroy) struct raw *raw = NULL;

    if (size > YAML_FILE_MAX)
        return cii_fail(err, CII_CONFIG, "%s: larger than %zu bytes", path,
                        YAML_FILE_MAX);
    CII_TRY(raw_load(&raw, shape, path, text, size, err));
    memset(target, 0, shape->size);
    enum cii_code code = fill_shape(shape, target, raw_top(raw), &place);
    if (code != CII_OK)
        yaml_release(shape, target);
    return code;
}

static void
text_free(char **text)
{
    free(*text);
    *text = NULL;
}

enum cii_code
yaml_load(const struct yaml_shape *shape, void *target, const char *path,
          struct cii_error *err)
{
    cii_auto(text_free) char *text = NULL;
    size_t size = 0;

    CII_TRY(file_read(path, YAML_FILE_MAX, false, &text, &size, err));
    return yaml_parse(shape, target, path, text, size, err);
}
