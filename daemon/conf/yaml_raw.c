/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/yaml_raw.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cyaml/cyaml.h>

#include "conf/yaml_walk.h"

#define FIELDS_MAX  128
#define ENTRIES_MAX 64
#define TRACE_MAX   8
#define SHOWN       64

/* --- memory ---------------------------------------------------------------
 * libcyaml 1.3.1 leaks the list entry that it was reading when it fails, so
 * everything that it takes is ours and goes in one sweep. */

struct chunk {
    struct chunk *next;
    struct chunk *prev;
};

struct raw {
    struct chunk chunks; /* head of the ring */
    struct raw_part *top;
};

static void
chunk_leave(struct chunk *chunk)
{
    chunk->prev->next = chunk->next;
    chunk->next->prev = chunk->prev;
}

static void
chunk_enter(struct raw *raw, struct chunk *chunk)
{
    chunk->next = &raw->chunks;
    chunk->prev = raw->chunks.prev;
    chunk->prev->next = chunk;
    chunk->next->prev = chunk;
}

/* libcyaml's one function for memory: size 0 frees. */
static void *
raw_memory(void *context, void *pointer, size_t size)
{
    struct raw *raw = context;
    struct chunk *old = pointer ? (struct chunk *)pointer - 1 : NULL;

    if (old)
        chunk_leave(old);
    if (size == 0) {
        free(old);
        return NULL;
    }
    struct chunk *chunk = realloc(old, sizeof *chunk + size);
    if (chunk)
        chunk_enter(raw, chunk);
    else if (old)
        chunk_enter(raw, old);
    return chunk ? chunk + 1 : NULL;
}

void
raw_destroy(struct raw **raw)
{
    if (!*raw)
        return;
    struct chunk *chunk = (*raw)->chunks.next;
    while (chunk != &(*raw)->chunks) {
        struct chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    free(*raw);
    *raw = NULL;
}

const struct raw_part *
raw_top(const struct raw *raw)
{
    return raw->top;
}

/* --- the shape in libcyaml's words ---------------------------------------- */

struct plan {
    cyaml_schema_value_t top;
    cyaml_schema_field_t field[FIELDS_MAX];
    size_t fields;
    cyaml_schema_value_t entry[ENTRIES_MAX];
    size_t entries;
};

static cyaml_schema_value_t plan_part(struct plan *plan,
                                      const struct yaml_shape *shape);

static enum cyaml_flag
plan_flags(const struct yaml_key *key)
{
    return (enum cyaml_flag)(key->required ? CYAML_FLAG_POINTER
                                           : CYAML_FLAG_POINTER_NULL_STR |
                                                 CYAML_FLAG_OPTIONAL);
}

static cyaml_schema_value_t
plan_text(const struct yaml_key *key)
{
    bool is_text = key->form == YAML_TEXT || key->form == YAML_PATH;
    bool says = is_text && key->most > 0;

    return (cyaml_schema_value_t){
        .type = CYAML_STRING,
        .flags = plan_flags(key),
        .data_size = sizeof(char),
        .string = {.min = key->required ? 1 : 0,
                   .max = says ? (uint32_t)key->most : YAML_TEXT_MAX},
    };
}

static cyaml_schema_value_t
plan_list(struct plan *plan, const struct yaml_key *key)
{
    assert(plan->entries < ENTRIES_MAX);
    assert(key->most > 0);
    cyaml_schema_value_t *entry = &plan->entry[plan->entries++];

    *entry = key->form == YAML_PARTS
                 ? plan_part(plan, key->shape)
                 : (cyaml_schema_value_t){CYAML_VALUE_STRING(CYAML_FLAG_POINTER,
                                                             char, 1,
                                                             YAML_TEXT_MAX)};
    return (cyaml_schema_value_t){
        .type = CYAML_SEQUENCE,
        .flags = plan_flags(key),
        .data_size = sizeof(void *),
        .sequence = {.entry = entry,
                     .min = key->required ? 1 : 0,
                     .max = (uint32_t)key->most},
    };
}

static cyaml_schema_value_t
plan_value(struct plan *plan, const struct yaml_key *key)
{
    if (key->form == YAML_TEXTS || key->form == YAML_PARTS)
        return plan_list(plan, key);
    if (key->form != YAML_PART)
        return plan_text(key);
    cyaml_schema_value_t value = plan_part(plan, key->shape);
    value.flags = plan_flags(key);
    return value;
}

/* The fields of a mapping stand together, so they are taken before any that
 * lie deeper; what stays zero behind the last one is the end. */
static cyaml_schema_value_t
plan_part(struct plan *plan, const struct yaml_shape *shape)
{
    cyaml_schema_field_t *first = &plan->field[plan->fields];
    cyaml_schema_field_t *field = first;

    plan->fields += shape->count + 1;
    assert(plan->fields <= FIELDS_MAX);
    for (size_t i = 0; i < shape->count; i++) {
        if (shape->key[i].form == YAML_HIDDEN)
            continue;
        size_t at =
            offsetof(struct raw_part, value) + i * sizeof(struct raw_value);
        *field++ = (cyaml_schema_field_t){
            .key = shape->key[i].name,
            .data_offset = (uint32_t)(at + offsetof(struct raw_value, data)),
            .count_offset = (uint32_t)(at + offsetof(struct raw_value, count)),
            .count_size = sizeof(uint32_t),
            .value = plan_value(plan, &shape->key[i]),
        };
    }
    return (cyaml_schema_value_t){
        .type = CYAML_MAPPING,
        .flags = CYAML_FLAG_POINTER,
        .data_size = (uint32_t)(offsetof(struct raw_part, value) +
                                shape->count * sizeof(struct raw_value)),
        .mapping = {.fields = first},
    };
}

/* --- what libcyaml says of a failure --------------------------------------
 * It tells its log one sentence, then where it was, from the inside out. */

struct trace {
    char sentence[SHOWN * 2]; /* "Unexpected key: limts" */
    char field[TRACE_MAX][SHOWN];
    int depth;
    int line; /* of the innermost place; 0: none given */
};

/* What stands behind the mark, or NULL. */
static const char *
behind(const char *text, const char *mark)
{
    const char *found = strstr(text, mark);

    return found ? found + strlen(mark) : NULL;
}

static void
trace_place(struct trace *trace, const char *text)
{
    const char *line = behind(text, "(line: ");
    const char *name = behind(text, "in mapping field '");

    if (line && trace->line == 0)
        trace->line = (int)strtol(line, NULL, 10);
    if (!name || trace->depth == TRACE_MAX)
        return;
    snprintf(trace->field[trace->depth++], SHOWN, "%.*s",
             (int)strcspn(name, "'"), name);
}

cii_printf(3, 0) static void trace_log(cyaml_log_t level, void *context,
                                       const char *format, va_list args)
{
    struct trace *trace = context;
    char text[256];

    if (level < CYAML_LOG_ERROR)
        return;
    (void)vsnprintf(text, sizeof text, format, args);
    text[strcspn(text, "\n")] = '\0';
    const char *sentence = behind(text, "Load: ");
    if (!sentence)
        trace_place(trace, text);
    else if (strcmp(sentence, "Backtrace:") != 0)
        yaml_shown(sentence, trace->sentence, sizeof trace->sentence);
}

/* The shape that the fields lead to, without the innermost `skip`. */
static const struct yaml_shape *
trace_shape(const struct trace *trace, int skip, const struct yaml_shape *shape)
{
    for (int i = trace->depth - 1; i >= skip; i--) {
        const struct yaml_key *key = yaml_key_find(shape, trace->field[i]);
        if (key && key->shape)
            shape = key->shape;
    }
    return shape;
}

/* The innermost field of the trace is the one read last, not the one that
 * is missing: that stands in the sentence. */
static enum cii_code
fail_missing(const struct trace *trace, const struct yaml_shape *shape,
             const char *path, struct cii_error *err)
{
    const struct yaml_shape *in = trace_shape(trace, 1, shape);
    const char *name = behind(trace->sentence, "field: ");
    const struct yaml_key *key = name ? yaml_key_find(in, name) : NULL;

    return cii_fail(err, CII_CONFIG, "%s:%d: %s lacks '%s': %s", path,
                    trace->line, in->name, name ? name : "a key",
                    key ? key->meaning : "it must be given");
}

static const char *
wanted(const struct yaml_key *key)
{
    if (!key || key->form == YAML_PART)
        return "keys with values";
    if (key->form == YAML_PARTS)
        return "a list of entries, each with keys";
    return key->form == YAML_TEXTS ? "a list, as in [a, b]" : "one value";
}

/* What is wrong with the value of `key` (NULL: the whole file). */
static void
describe(cyaml_err_t code, const struct yaml_key *key, char *text, size_t size)
{
    unsigned long long most = key && key->most ? key->most : YAML_TEXT_MAX;
    bool in_list = key && key->form == YAML_TEXTS;

    if (code == CYAML_ERR_STRING_LENGTH_MAX)
        (void)snprintf(text, size, "more than %llu bytes",
                       in_list ? (unsigned long long)YAML_TEXT_MAX : most);
    else if (code == CYAML_ERR_STRING_LENGTH_MIN)
        (void)snprintf(text, size, "it is empty");
    else if (code == CYAML_ERR_SEQUENCE_ENTRIES_MAX)
        (void)snprintf(text, size, "more than %llu entries", most);
    else if (code == CYAML_ERR_SEQUENCE_ENTRIES_MIN)
        (void)snprintf(text, size, "it needs one entry at least");
    else if (code == CYAML_ERR_INVALID_VALUE)
        (void)snprintf(text, size, "it wants %s", wanted(key));
    else
        (void)snprintf(text, size, "%s", cyaml_strerror(code));
}

static enum cii_code
fail_cyaml(cyaml_err_t code, const struct trace *trace,
           const struct yaml_shape *shape, const char *path,
           struct cii_error *err)
{
    char text[SHOWN * 2];

    if (code == CYAML_ERR_OOM)
        return cii_fail(err, CII_MEMORY, "cannot load %s", path);
    if (code == CYAML_ERR_MAPPING_FIELD_MISSING && trace->depth > 0)
        return fail_missing(trace, shape, path, err);

    const char *name = trace->depth > 0 ? trace->field[0] : shape->name;
    describe(code, yaml_key_find(trace_shape(trace, 1, shape), name), text,
             sizeof text);
    return cii_fail(err, CII_CONFIG, "%s:%d: %s: %s", path,
                    trace->line > 0 ? trace->line : 1, name, text);
}

/* --- both ----------------------------------------------------------------- */

static enum cii_code
raw_read(struct raw *raw, const struct yaml_shape *shape, const char *path,
         const char *text, size_t size, struct cii_error *err)
{
    struct trace trace = {0};
    struct plan plan = {0};
    const cyaml_config_t config = {
        .log_fn = trace_log,
        .log_ctx = &trace,
        .mem_fn = raw_memory,
        .mem_ctx = raw,
        .log_level = CYAML_LOG_ERROR,
        .flags = CYAML_CFG_NO_ALIAS,
    };
    cyaml_data_t *top = NULL;

    plan.top = plan_part(&plan, shape);
    cyaml_err_t code = cyaml_load_data((const uint8_t *)text, size, &config,
                                       &plan.top, &top, NULL);
    if (code != CYAML_OK)
        return fail_cyaml(code, &trace, shape, path, err);
    if (!top)
        return cii_fail(err, CII_CONFIG, "%s:1: the file holds no key", path);
    raw->top = top;
    return CII_OK;
}

enum cii_code
raw_load(struct raw **result, const struct yaml_shape *shape, const char *path,
         const char *text, size_t size, struct cii_error *err)
{
    CII_TRY(yaml_walk(shape, NULL, path, text, size, err));
    cii_auto(raw_destroy) struct raw *raw = calloc(1, sizeof *raw);
    if (!raw)
        return cii_fail(err, CII_MEMORY, "cannot load %s", path);
    raw->chunks.next = raw->chunks.prev = &raw->chunks;

    CII_TRY(raw_read(raw, shape, path, text, size, err));
    CII_TRY(yaml_walk(shape, raw->top, path, text, size, err));
    *result = cii_take(raw);
    return CII_OK;
}
