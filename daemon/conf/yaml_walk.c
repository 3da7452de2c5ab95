/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/yaml_walk.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>
#include <yaml.h>

#define SHOWN     64
#define DEPTH_MAX 16

const char *
yaml_shown(const char *text, char *out, size_t size)
{
    size_t i = 0;

    for (; text[i] && i + 1 < size; i++)
        out[i] = iscntrl((unsigned char)text[i]) ? '?' : text[i];
    out[i] = '\0';
    return out;
}

struct walk {
    yaml_parser_t parser;
    const char *path;
    const char *text;
    size_t documents;
    int depth;
    struct cii_error *err;
};

static enum cii_code
walk_fail(const struct walk *walk, size_t line, const char *sentence)
{
    return cii_fail(walk->err, CII_CONFIG, "%s:%zu: %s", walk->path, line + 1,
                    sentence);
}

static void
walk_done(struct walk *walk)
{
    yaml_parser_delete(&walk->parser);
}

static enum cii_code
walk_init(struct walk *walk, const char *text, size_t size)
{
    if (!yaml_parser_initialize(&walk->parser))
        return cii_fail(walk->err, CII_MEMORY, "cannot read %s", walk->path);
    yaml_parser_set_input_string(&walk->parser, (const unsigned char *)text,
                                 size);
    walk->text = text;
    return CII_OK;
}

/* A byte that is no UTF-8 has an offset only. */
static size_t
problem_line(const struct walk *walk)
{
    const yaml_parser_t *parser = &walk->parser;
    size_t line = 0;

    if (parser->error != YAML_READER_ERROR)
        return parser->problem_mark.line;
    for (size_t i = 0; i < parser->problem_offset; i++)
        line += walk->text[i] == '\n';
    return line;
}

static const yaml_char_t *
anchor_of(const yaml_event_t *event)
{
    if (event->type == YAML_SCALAR_EVENT)
        return event->data.scalar.anchor;
    if (event->type == YAML_SEQUENCE_START_EVENT)
        return event->data.sequence_start.anchor;
    if (event->type == YAML_MAPPING_START_EVENT)
        return event->data.mapping_start.anchor;
    return NULL;
}

/* What an event opens (1), closes (-1), or neither. */
static int
step_of(const yaml_event_t *event)
{
    if (event->type == YAML_SEQUENCE_START_EVENT ||
        event->type == YAML_MAPPING_START_EVENT)
        return 1;
    return event->type == YAML_SEQUENCE_END_EVENT ||
                   event->type == YAML_MAPPING_END_EVENT
               ? -1
               : 0;
}

/* libyaml 0.2.5 bounds no depth, and its time grows with the square of it. */
static enum cii_code
check_event(struct walk *walk, const yaml_event_t *event)
{
    size_t line = event->start_mark.line;

    walk->depth += step_of(event);
    if (walk->depth > DEPTH_MAX)
        return walk_fail(walk, line, "nested too deeply");
    if (event->type == YAML_ALIAS_EVENT || anchor_of(event))
        return walk_fail(walk, line,
                         "anchors and aliases are not taken; write the value "
                         "out, or quote it");
    if (event->type == YAML_SCALAR_EVENT &&
        strlen((const char *)event->data.scalar.value) !=
            event->data.scalar.length)
        return walk_fail(walk, line, "the value holds a zero byte");
    if (event->type == YAML_DOCUMENT_START_EVENT && ++walk->documents > 1)
        return walk_fail(walk, line,
                         "a second document; only one may stand in a file");
    return CII_OK;
}

static enum cii_code
walk_next(struct walk *walk, yaml_event_t *event)
{
    const yaml_parser_t *parser = &walk->parser;

    if (yaml_parser_parse(&walk->parser, event))
        return check_event(walk, event);
    if (parser->error == YAML_MEMORY_ERROR)
        return cii_fail(walk->err, CII_MEMORY, "cannot read %s", walk->path);
    return walk_fail(walk, problem_line(walk),
                     parser->problem ? parser->problem : "not YAML");
}

/* The rest of a list or mapping that the shape has no place for. */
static enum cii_code
walk_over(struct walk *walk)
{
    for (int depth = 1; depth > 0;) {
        cii_auto(yaml_event_delete) yaml_event_t event = {0};
        CII_TRY(walk_next(walk, &event));
        depth += step_of(&event);
    }
    return CII_OK;
}

static enum cii_code
fail_key(const struct walk *walk, const struct yaml_shape *shape,
         const yaml_event_t *event)
{
    const char *name = (const char *)event->data.scalar.value;
    const char *nearest = yaml_key_nearest(shape, name);
    char shown[SHOWN];

    return cii_fail(walk->err, CII_CONFIG,
                    "%s:%zu: unknown key '%s' in %s%s%s%s", walk->path,
                    event->start_mark.line + 1,
                    yaml_shown(name, shown, sizeof shown), shape->name,
                    nearest ? "; did you mean '" : "", nearest ? nearest : "",
                    nearest ? "'?" : "");
}

/* The key that the event names; *seen holds one bit for each key. */
static enum cii_code
walk_key(struct walk *walk, const struct yaml_shape *shape,
         const yaml_event_t *event, uint64_t *seen, size_t *result)
{
    if (event->type != YAML_SCALAR_EVENT)
        return walk_fail(walk, event->start_mark.line,
                         "a list or mapping stands where a key should");
    const char *name = (const char *)event->data.scalar.value;
    const struct yaml_key *key = yaml_key_find(shape, name);
    if (!key)
        return fail_key(walk, shape, event);

    size_t i = (size_t)(key - shape->key);
    assert(i < 64);
    if ((*seen >> i & 1) != 0)
        return cii_fail(walk->err, CII_CONFIG,
                        "%s:%zu: %s: it stands twice in %s", walk->path,
                        event->start_mark.line + 1, key->name, shape->name);
    *seen |= UINT64_C(1) << i;
    *result = i;
    return CII_OK;
}

static enum cii_code walk_part(struct walk *walk,
                               const struct yaml_shape *shape,
                               struct raw_part *part, size_t line);

/* Here and below, what gets the lines is NULL on the first reading. */
static enum cii_code
walk_list(struct walk *walk, const struct yaml_key *key,
          struct raw_value *value)
{
    struct raw_part **parts = value ? value->data : NULL;

    for (size_t i = 0;; i++) {
        cii_auto(yaml_event_delete) yaml_event_t event = {0};
        CII_TRY(walk_next(walk, &event));
        if (event.type == YAML_SEQUENCE_END_EVENT)
            return CII_OK;
        if (event.type == YAML_MAPPING_START_EVENT && key->form == YAML_PARTS)
            CII_TRY(walk_part(walk, key->shape, parts ? parts[i] : NULL,
                              event.start_mark.line));
        else if (event.type != YAML_SCALAR_EVENT)
            CII_TRY(walk_over(walk));
    }
}

static enum cii_code
walk_value(struct walk *walk, const struct yaml_key *key,
           struct raw_value *value)
{
    cii_auto(yaml_event_delete) yaml_event_t event = {0};

    CII_TRY(walk_next(walk, &event));
    if (event.type == YAML_SCALAR_EVENT)
        return CII_OK;
    if (event.type == YAML_SEQUENCE_START_EVENT)
        return walk_list(walk, key, value);
    if (key->form != YAML_PART)
        return walk_over(walk);
    return walk_part(walk, key->shape, value ? value->data : NULL,
                     event.start_mark.line);
}

static enum cii_code
walk_part(struct walk *walk, const struct yaml_shape *shape,
          struct raw_part *part, size_t line)
{
    uint64_t seen = 0;

    if (part)
        part->line = (int32_t)line + 1;
    for (;;) {
        cii_auto(yaml_event_delete) yaml_event_t event = {0};
        CII_TRY(walk_next(walk, &event));
        if (event.type == YAML_MAPPING_END_EVENT)
            return CII_OK;
        size_t i = 0;
        CII_TRY(walk_key(walk, shape, &event, &seen, &i));
        if (part)
            part->value[i].line = (int32_t)event.start_mark.line + 1;
        CII_TRY(
            walk_value(walk, &shape->key[i], part ? &part->value[i] : NULL));
    }
}

enum cii_code
yaml_walk(const struct yaml_shape *shape, struct raw_part *top,
          const char *path, const char *text, size_t size,
          struct cii_error *err)
{
    cii_auto(walk_done) struct walk walk = {.path = path, .err = err};

    CII_TRY(walk_init(&walk, text, size));
    for (;;) {
        cii_auto(yaml_event_delete) yaml_event_t event = {0};
        CII_TRY(walk_next(&walk, &event));
        if (event.type == YAML_STREAM_END_EVENT)
            break;
        if (event.type == YAML_MAPPING_START_EVENT)
            CII_TRY(walk_part(&walk, shape, top, event.start_mark.line));
        else if (event.type == YAML_SEQUENCE_START_EVENT)
            CII_TRY(walk_over(&walk));
    }
    return walk.documents > 0 ? CII_OK
                              : walk_fail(&walk, 0, "the file is empty");
}
