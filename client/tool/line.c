/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tool/line.h"

#include <assert.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "client/tool/text.h"
#include "proto/bytes.h"
#include "proto/catalogue.h"

/* --- names -------------------------------------------------------------- */

static const char *const event_keys[] = {
    "type", "on",    "occurred_on", "id",          "case",   "to",
    "test", "as_of", "reliability", "in_reply_to", "facets", "dossier",
};

static const char *const dossier_keys[] = {
    "dossier",   "case", "counsellor", "commune",
    "concerned", "add",  "remove",     "identity",
};

struct keys {
    const char *const *name;
    size_t count;
};

static const struct keys keys_of_event = {event_keys, sizeof event_keys /
                                                          sizeof event_keys[0]};
static const struct keys keys_of_dossier = {dossier_keys,
                                            sizeof dossier_keys /
                                                sizeof dossier_keys[0]};

static const char *
key_at(const void *context, size_t i)
{
    return ((const struct keys *)context)->name[i];
}

static bool
is_key(const struct keys *keys, const char *name)
{
    for (size_t i = 0; i < keys->count; i++)
        if (!strcmp(keys->name[i], name))
            return true;
    return false;
}

/* Names come from outside and end on a terminal: shown, never obeyed. */
static void
name_field(struct line *line, const char *facet, const char *name)
{
    struct buffer shown = {0};

    if (facet)
        (void)text_append(&shown, facet, 60);
    if (facet && *name)
        buffer_append_text(&shown, ".");
    (void)text_append(&shown, name, 60);
    snprintf(line->field, sizeof line->field, "%s", buffer_text(&shown));
    buffer_done(&shown);
}

static enum cii_code
check_keys(struct line *line, json_t *object, const struct keys *keys,
           struct cii_error *err)
{
    const char *key = NULL;
    json_t *value = NULL;

    json_object_foreach(object, key, value)
    {
        if (is_key(keys, key))
            continue;
        name_field(line, NULL, key);
        const char *nearest = nearest_name(key, keys->count, key_at, keys);
        if (nearest)
            return cii_fail(err, CII_INVALID,
                            "unknown key: did you mean \"%s\"?", nearest);
        return cii_fail(err, CII_INVALID,
                        "unknown key: what belongs to a facet stands under "
                        "\"facets\"");
    }
    return CII_OK;
}

/* --- JSON --------------------------------------------------------------- */

/* The text of the parser without the piece of input that it quotes, which
 * may be somebody's number. */
static enum cii_code
not_json(struct line *line, const char *text, const json_error_t *error,
         struct cii_error *err)
{
    const char *near = strstr(error->text, " near ");
    const int length =
        near ? (int)(near - error->text) : (int)strlen(error->text);

    if (json_error_code(error) == json_error_duplicate_key &&
        error->position > 1) {
        const char *end = text + error->position - 1;
        const char *start = end;
        while (start > text && start[-1] != '"')
            start--;
        char key[64];
        snprintf(key, sizeof key, "%.*s",
                 (int)(end - start < 63 ? end - start : 63), start);
        name_field(line, NULL, key);
        return cii_fail(err, CII_MALFORMED,
                        "the key stands there twice: leave one out");
    }
    return cii_fail(err, CII_MALFORMED, "not JSON at character %d: %.*s",
                    error->column, length, error->text);
}

static enum cii_code
parse(struct line *line, const char *text, size_t size, json_t **object,
      struct cii_error *err)
{
    json_error_t error;
    json_t *parsed =
        json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);

    if (!parsed)
        return not_json(line, text, &error, err);
    if (!json_is_object(parsed)) {
        json_decref(parsed);
        return cii_fail(err, CII_MALFORMED,
                        "a line is one JSON object, in braces");
    }
    *object = parsed;
    return CII_OK;
}

/* A string without NUL, borrowed from the value. */
static enum cii_code
plain_string(const json_t *value, const char **text, struct cii_error *err)
{
    if (!json_is_string(value))
        return cii_fail(err, CII_INVALID, "write a text, in quotes");
    if (strlen(json_string_value(value)) != json_string_length(value))
        return cii_fail(err, CII_INVALID, "a text may not hold NUL");
    *text = json_string_value(value);
    return CII_OK;
}

/* Several codes, with spaces between them. */
static enum cii_code
join_codes(const json_t *array, struct buffer *buffer, struct cii_error *err)
{
    size_t i = 0;
    json_t *value = NULL;

    json_array_foreach(array, i, value)
    {
        const char *text = "";
        CII_TRY(plain_string(value, &text, err));
        if (strpbrk(text, " \n\t") || *text == '\0')
            return cii_fail(err, CII_INVALID,
                            "a list holds codes, without spaces");
        if (buffer->size > 0)
            buffer_append_text(buffer, " ");
        buffer_append_text(buffer, text);
    }
    return CII_OK;
}

/* The one written form of a value: true is yes, 85 is "85". */
static enum cii_code
scalar_text(const json_t *value, struct buffer *buffer, struct cii_error *err)
{
    const char *text = "";

    switch (json_typeof(value)) {
    case JSON_STRING:
        CII_TRY(plain_string(value, &text, err));
        buffer_append_text(buffer, text);
        return CII_OK;
    case JSON_INTEGER:
        buffer_append_format(buffer, "%" JSON_INTEGER_FORMAT,
                             json_integer_value(value));
        return CII_OK;
    case JSON_REAL:
        buffer_append_format(buffer, "%.15g", json_real_value(value));
        return CII_OK;
    case JSON_TRUE:
    case JSON_FALSE:
        buffer_append_text(buffer, json_is_true(value) ? "yes" : "no");
        return CII_OK;
    case JSON_ARRAY:
        return join_codes(value, buffer, err);
    case JSON_NULL:
        return cii_fail(err, CII_INVALID,
                        "null says nothing: leave the field out");
    case JSON_OBJECT:
        break;
    }
    return cii_fail(err, CII_INVALID,
                    "a field holds a text, a number, true or false: nothing "
                    "is nested deeper");
}

/* --- an event ----------------------------------------------------------- */

static enum cii_code
set_facet_field(struct line *line, const char *facet, const char *name,
                const json_t *value, struct cii_error *err)
{
    cii_auto(buffer_done) struct buffer text = {0};

    name_field(line, facet, name);
    CII_TRY(scalar_text(value, &text, err));
    return cii_event_set(line->event, facet, name, buffer_text(&text), err);
}

static enum cii_code
set_facet(struct line *line, const char *facet, json_t *fields,
          struct cii_error *err)
{
    const char *name = NULL;
    json_t *value = NULL;

    name_field(line, facet, "");
    if (!json_is_object(fields))
        return cii_fail(err, CII_INVALID,
                        "a facet is an object of fields, in braces");
    if (json_object_size(fields) == 0)
        return cii_fail(err, CII_INVALID,
                        "the facet holds no field: leave it out");
    json_object_foreach(fields, name, value)
        CII_TRY(set_facet_field(line, facet, name, value, err));
    return CII_OK;
}

static enum cii_code
set_facets(struct line *line, json_t *facets, struct cii_error *err)
{
    const char *name = NULL;
    json_t *value = NULL;

    name_field(line, NULL, "facets");
    if (!json_is_object(facets))
        return cii_fail(err, CII_INVALID,
                        "facets are an object of objects, in braces");
    json_object_foreach(facets, name, value)
        CII_TRY(set_facet(line, name, value, err));
    return CII_OK;
}

static enum cii_code
set_own(struct line *line, const char *key, const json_t *value,
        struct cii_error *err)
{
    const char *text = "";

    name_field(line, NULL, key);
    if (!strcmp(key, "test")) {
        if (!json_is_boolean(value))
            return cii_fail(err, CII_INVALID, "write true or false");
        return cii_event_set(line->event, NULL, key,
                             json_is_true(value) ? "yes" : "no", err);
    }
    CII_TRY(plain_string(value, &text, err));
    return cii_event_set(line->event, NULL, key, text, err);
}

/* One institution, or a list of them. */
static enum cii_code
set_addressees(struct line *line, const json_t *value, struct cii_error *err)
{
    size_t i = 0;
    json_t *element = NULL;

    if (json_is_string(value))
        return set_own(line, "to", value, err);
    name_field(line, NULL, "to");
    if (!json_is_array(value))
        return cii_fail(err, CII_INVALID,
                        "write a list of institutions, as in [\"ge.oai\"]");
    json_array_foreach(value, i, element)
        CII_TRY(set_own(line, "to", element, err));
    return CII_OK;
}

static enum cii_code
required_text(struct line *line, const json_t *object, const char *key,
              const char **text, struct cii_error *err)
{
    const json_t *value = json_object_get(object, key);

    name_field(line, NULL, key);
    if (!value)
        return cii_fail(err, CII_INVALID, "the line needs \"%s\"", key);
    return plain_string(value, text, err);
}

static enum cii_code
new_event(struct line *line, const json_t *object, struct cii_error *err)
{
    const bool other = json_object_get(object, "occurred_on") != NULL;
    const char *type = "";
    const char *day = "";

    CII_TRY(required_text(line, object, "type", &type, err));
    if (other && json_object_get(object, "on")) {
        name_field(line, NULL, "occurred_on");
        return cii_fail(err, CII_INVALID,
                        "\"on\" and \"occurred_on\" are the same: leave one "
                        "out");
    }
    CII_TRY(
        required_text(line, object, other ? "occurred_on" : "on", &day, err));
    return cii_event_new(&line->event, type, day, err);
}

static enum cii_code
set_defaults(struct line *line, const struct line_defaults *defaults,
             struct cii_error *err)
{
    if (defaults->test)
        CII_TRY(cii_event_set(line->event, NULL, "test", "yes", err));
    if (defaults->dry_run)
        CII_TRY(cii_event_set(line->event, NULL, "dry_run", "yes", err));
    return CII_OK;
}

static enum cii_code
read_event(struct line *line, json_t *object,
           const struct line_defaults *defaults, struct cii_error *err)
{
    static const char *const own[] = {"id",    "case",        "test",
                                      "as_of", "reliability", "in_reply_to"};
    json_t *value = NULL;

    CII_TRY(check_keys(line, object, &keys_of_event, err));
    CII_TRY(new_event(line, object, err));
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if ((value = json_object_get(object, own[i])))
            CII_TRY(set_own(line, own[i], value, err));
    if ((value = json_object_get(object, "to")))
        CII_TRY(set_addressees(line, value, err));
    if ((value = json_object_get(object, "facets")))
        CII_TRY(set_facets(line, value, err));
    line->has_id = json_object_get(object, "id") != NULL;
    return set_defaults(line, defaults, err);
}

/* --- a dossier ---------------------------------------------------------- */

static const char *
dossier_verb(const char *word)
{
    static const char *const verbs[][2] = {
        {"open", "dossier-open"},
        {"close", "dossier-close"},
        {"concern", "dossier-concern"},
    };

    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (!strcmp(verbs[i][0], word))
            return verbs[i][1];
    return NULL;
}

/* Values are copied: what a number is written as belongs to nobody else. */
static enum cii_code
add_text(struct line *line, const char *name, const struct buffer *text,
         struct cii_error *err)
{
    struct question *question = line->question;
    char *kept = question->text + question->used;

    if (text->size >= QUESTION_TEXT - question->used)
        return cii_fail(err, CII_TOO_LARGE, "the line says too much");
    if (text->size == 0)
        return CII_OK;
    memcpy(kept, text->data, text->size);
    kept[text->size] = '\0';
    question->used += text->size + 1;
    return question_add(question, name, kept, err);
}

static enum cii_code
add_argument(struct line *line, const char *facet, const char *name,
             const json_t *value, struct cii_error *err)
{
    cii_auto(buffer_done) struct buffer text = {0};

    name_field(line, facet, name);
    CII_TRY(scalar_text(value, &text, err));
    return add_text(line, name, &text, err);
}

static enum cii_code
add_identity(struct line *line, json_t *identity, struct cii_error *err)
{
    const char *name = NULL;
    json_t *value = NULL;

    name_field(line, NULL, "identity");
    if (!json_is_object(identity))
        return cii_fail(err, CII_INVALID,
                        "the line needs \"identity\", in braces: whose "
                        "dossier is it?");
    json_object_foreach(identity, name, value)
        CII_TRY(add_argument(line, "identity", name, value, err));
    return CII_OK;
}

static enum cii_code
read_dossier(struct line *line, json_t *object,
             const struct line_defaults *defaults, struct cii_error *err)
{
    static const char *const own[] = {"case",      "counsellor", "commune",
                                      "concerned", "add",        "remove"};
    const char *word = "";

    CII_TRY(check_keys(line, object, &keys_of_dossier, err));
    CII_TRY(required_text(line, object, "dossier", &word, err));
    if (defaults->dry_run)
        return cii_fail(err, CII_INVALID,
                        "a dossier cannot be tried out: leave --dry-run or "
                        "this line out");
    line->verb = dossier_verb(word);
    if (!line->verb)
        return cii_fail(err, CII_INVALID, "write open, close or concern");
    line->question = calloc(1, sizeof *line->question);
    if (!line->question)
        return cii_fail(err, CII_MEMORY, "no memory for a line");
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        const json_t *value = json_object_get(object, own[i]);
        if (value)
            CII_TRY(add_argument(line, NULL, own[i], value, err));
    }
    return add_identity(line, json_object_get(object, "identity"), err);
}

/* --- the interface ------------------------------------------------------ */

enum cii_code
line_read(struct line *line, const char *text, size_t size,
          const struct line_defaults *defaults, struct cii_error *err)
{
    json_t *object = NULL;

    *line = (struct line){0};
    CII_TRY(parse(line, text, size, &object, err));
    line->json = object;
    const enum cii_code code = json_object_get(object, "dossier")
                                   ? read_dossier(line, object, defaults, err)
                                   : read_event(line, object, defaults, err);
    if (code == CII_OK)
        line->field[0] = '\0';
    if (code == CII_OK && line->event) {
        json_decref(line->json);
        line->json = NULL;
    }
    return code;
}

void
line_done(struct line *line)
{
    cii_event_destroy(&line->event);
    free(line->question);
    line->question = NULL;
    json_decref(line->json);
    line->json = NULL;
}
