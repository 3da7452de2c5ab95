/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "conf/check.h"
#include "conf/config.h"
#include "conf/schema.h"

#define MEANING_MAX  1000
#define CODES_MAX    256
#define LEAST_SLOTS  4U
#define TEXT_LIMIT   65536
#define TEXT_DEFAULT 200

/* --- facets.yaml ---------------------------------------------------------- */

struct field_entry {
    struct field_def def;
    int line;
};

struct facet_entry {
    struct facet_def def; /* its fields are filled last */
    struct field_entry *field;
    size_t field_count;
    int line;
};

struct facets_file {
    struct facet_entry *facet;
    size_t facet_count;
};

#define FIELD_AT(member) \
    .name = #member, .at = offsetof(struct field_entry, def.member)
#define FACET_AT(member) \
    .name = #member, .at = offsetof(struct facet_entry, def.member)

/* clang-format off */
static const struct yaml_key field_keys[] = {
    {FIELD_AT(name), .form = YAML_TEXT, .required = true,
     .check = check_field_name,
     .meaning = "the field's name"},
    {FIELD_AT(meaning), .form = YAML_TEXT, .required = true,
     .most = MEANING_MAX,
     .meaning = "one sentence that says what it is"},
    {FIELD_AT(form), .form = YAML_WORD, .words = field_form_names,
     .fallback = "text",
     .meaning = "text, code, codes, date, partial-date, number, yesno, avs, "
                "institution, institutions or names"},
    {FIELD_AT(required), .form = YAML_YESNO, .fallback = "false",
     .meaning = "true: a facet without it is refused"},
    {FIELD_AT(max), .form = YAML_NUMBER, .width = sizeof(uint32_t),
     .least = 1, .most = TEXT_LIMIT, .fallback = "200", .unit = "bytes",
     .meaning = "length of a text"},
    {FIELD_AT(codes), .form = YAML_TEXTS, .most = CODES_MAX,
     .check = check_code,
     .meaning = "what a field of form code or codes may hold"},
};

static const struct yaml_shape field_shape = {
    .name = "fields", YAML_KEYS(field_keys),
    .size = sizeof(struct field_entry),
    .line_at = offsetof(struct field_entry, line)};

static const struct yaml_key facet_keys[] = {
    {FACET_AT(name), .form = YAML_TEXT, .required = true,
     .check = check_name,
     .meaning = "the facet's name"},
    {FACET_AT(meaning), .form = YAML_TEXT, .required = true,
     .most = MEANING_MAX,
     .meaning = "one sentence that says what it is"},
    {FACET_AT(banned), .form = YAML_YESNO, .fallback = "false",
     .meaning = "true: an event that holds it is refused"},
    {.name = "fields", .form = YAML_PARTS,
     .at = offsetof(struct facet_entry, field),
     .count_at = offsetof(struct facet_entry, field_count),
     .most = CATALOGUE_FIELDS_MAX, .shape = &field_shape,
     .meaning = "the list of its fields; only a banned facet may do "
                "without"},
};

static const struct yaml_shape facet_shape = {
    .name = "facets", YAML_KEYS(facet_keys),
    .size = sizeof(struct facet_entry),
    .line_at = offsetof(struct facet_entry, line)};

static const struct yaml_key facets_keys[] = {
    {.name = "facets", .form = YAML_PARTS, .required = true,
     .at = offsetof(struct facets_file, facet),
     .count_at = offsetof(struct facets_file, facet_count),
     .most = CATALOGUE_FACETS_MAX, .shape = &facet_shape,
     .meaning = "the list of facets; append only, since stores number them"},
};
/* clang-format on */

const struct yaml_shape facets_shape = {.name = "the facets file",
                                        YAML_KEYS(facets_keys),
                                        .size = sizeof(struct facets_file)};

/* --- event-types.yaml ----------------------------------------------------- */

struct type_entry {
    struct type_def def; /* its sets are filled last */
    char **must;
    char **may;
    int line;
};

struct types_file {
    struct type_entry *type;
    size_t type_count;
};

#define TYPE_AT(member) \
    .name = #member, .at = offsetof(struct type_entry, def.member)

/* clang-format off */
static const struct yaml_key type_keys[] = {
    {TYPE_AT(name), .form = YAML_TEXT, .required = true,
     .check = check_name,
     .meaning = "the type's name, as the offices say it"},
    {TYPE_AT(meaning), .form = YAML_TEXT, .required = true,
     .most = MEANING_MAX,
     .meaning = "one sentence that says what happened"},
    {TYPE_AT(line), .form = YAML_TEXT, .fallback = "",
     .check = check_name,
     .meaning = "the line of state that it belongs to"},
    {TYPE_AT(personal), .form = YAML_YESNO, .fallback = "true",
     .meaning = "true: it is about one person"},
    {TYPE_AT(protocol), .form = YAML_YESNO, .fallback = "false",
     .meaning = "true: the daemon alone issues it"},
    {TYPE_AT(statement), .form = YAML_YESNO, .fallback = "false",
     .meaning = "true: predicates read it, as long as it holds"},
    {TYPE_AT(kept), .form = YAML_YESNO, .fallback = "false",
     .meaning = "true: a partner gets it at its first use, not before"},
    {TYPE_AT(local), .form = YAML_YESNO, .fallback = "false",
     .meaning = "true: it never leaves the institution"},
    {TYPE_AT(ends), .form = YAML_TEXTS, .most = CATALOGUE_TYPES_MAX,
     .meaning = "types of the issuer's statements about the same person that "
                "end with it"},
    {TYPE_AT(ends_of_all), .form = YAML_TEXTS, .most = CATALOGUE_TYPES_MAX,
     .meaning = "likewise, whoever made them"},
    {.name = "must", .at = offsetof(struct type_entry, must),
     .form = YAML_TEXTS, .most = CATALOGUE_FACETS_MAX, .fallback = "",
     .meaning = "facets without which it is refused"},
    {.name = "may", .at = offsetof(struct type_entry, may),
     .form = YAML_TEXTS, .most = CATALOGUE_FACETS_MAX, .fallback = "",
     .meaning = "facets that it may hold besides"},
    {TYPE_AT(slots), .form = YAML_NUMBER, .width = sizeof(uint32_t),
     .least = 1, .most = EVENT_SLOTS_MAX, .fallback = "0",
     .meaning = "digests in its header; by itself 4, or as many as the "
                "facets it may hold"},
};

static const struct yaml_shape type_shape = {
    .name = "types", YAML_KEYS(type_keys),
    .size = sizeof(struct type_entry),
    .line_at = offsetof(struct type_entry, line)};

static const struct yaml_key types_keys[] = {
    {.name = "types", .form = YAML_PARTS, .required = true,
     .at = offsetof(struct types_file, type),
     .count_at = offsetof(struct types_file, type_count),
     .most = CATALOGUE_TYPES_MAX, .shape = &type_shape,
     .meaning = "the list of event types"},
};
/* clang-format on */

const struct yaml_shape types_shape = {.name = "the event types file",
                                       YAML_KEYS(types_keys),
                                       .size = sizeof(struct types_file)};

/* --- what a table cannot say ---------------------------------------------- */

/* Where a sentence belongs. */
struct at {
    const char *path;
    int line;
    struct cii_error *err;
};

static enum cii_code
fail_twice(const struct at *at, const char *what, const char *name, int first)
{
    return cii_fail(at->err, CII_CONFIG,
                    "%s:%d: %s '%s' stands twice; the first is in line %d",
                    at->path, at->line, what, name, first);
}

static enum cii_code
check_codes(const struct at *at, const struct field_def *field)
{
    bool coded = field->form == FIELD_CODE || field->form == FIELD_CODES;

    if (coded && !field->codes)
        return cii_fail(at->err, CII_CONFIG,
                        "%s:%d: field '%s' lacks 'codes': the list of what "
                        "it may hold",
                        at->path, at->line, field->name);
    if (!coded && field->codes)
        return cii_fail(at->err, CII_CONFIG,
                        "%s:%d: field '%s' has codes, so its form must be "
                        "code or codes",
                        at->path, at->line, field->name);
    if (field->form != FIELD_TEXT && field->max != TEXT_DEFAULT)
        return cii_fail(at->err, CII_CONFIG,
                        "%s:%d: field '%s' has a max, so its form must be "
                        "text",
                        at->path, at->line, field->name);
    return CII_OK;
}

static enum cii_code
check_fields(const char *path, const struct facet_entry *facet,
             struct cii_error *err)
{
    if (facet->field_count == 0 && !facet->def.banned)
        return cii_fail(err, CII_CONFIG,
                        "%s:%d: facet '%s' lacks 'fields': the list of what "
                        "it may hold",
                        path, facet->line, facet->def.name);
    for (size_t i = 0; i < facet->field_count; i++) {
        const struct field_entry *entry = &facet->field[i];
        const struct at at = {path, entry->line, err};
        CII_TRY(check_codes(&at, &entry->def));
        for (size_t j = 0; j < i; j++)
            if (strcmp(facet->field[j].def.name, entry->def.name) == 0)
                return fail_twice(&at, "field", entry->def.name,
                                  facet->field[j].line);
    }
    return CII_OK;
}

static enum cii_code
check_facets(const struct facets_file *file, const char *path,
             struct cii_error *err)
{
    for (size_t i = 0; i < file->facet_count; i++) {
        const struct facet_entry *entry = &file->facet[i];
        const struct at at = {path, entry->line, err};
        CII_TRY(check_fields(path, entry, err));
        for (size_t j = 0; j < i; j++)
            if (strcmp(file->facet[j].def.name, entry->def.name) == 0)
                return fail_twice(&at, "facet", entry->def.name,
                                  file->facet[j].line);
    }
    return CII_OK;
}

/* Moves one facet out; what was taken is empty in the entry. */
static enum cii_code
take_facet(struct catalogue *catalogue, struct facet_entry *entry,
           struct cii_error *err)
{
    struct facet_def *facet = &catalogue->facet[catalogue->facet_count];
    struct field_def *field = calloc(entry->field_count + 1, sizeof *field);

    if (!field)
        return cii_fail(err, CII_MEMORY, "cannot load the facets");
    for (size_t i = 0; i < entry->field_count; i++) {
        field[i] = entry->field[i].def;
        entry->field[i].def = (struct field_def){0};
    }
    *facet = entry->def;
    facet->field = field;
    facet->field_count = entry->field_count;
    entry->def = (struct facet_def){0};
    catalogue->facet_count++;
    return CII_OK;
}

static void
facets_file_done(struct facets_file *file)
{
    yaml_release(&facets_shape, file);
}

static enum cii_code
need_facet(const struct catalogue *catalogue, const char *name,
           const char *path, int *number, struct cii_error *err)
{
    *number = catalogue_facet(catalogue, name);
    if (*number >= 0)
        return CII_OK;
    return cii_fail(err, CII_CONFIG, "%s: lacks the facet '%s'", path, name);
}

static enum cii_code
facets_load(struct catalogue *catalogue, const char *path,
            struct cii_error *err)
{
    cii_auto(facets_file_done) struct facets_file file = {0};

    CII_TRY(yaml_load(&facets_shape, &file, path, err));
    CII_TRY(check_facets(&file, path, err));
    for (size_t i = 0; i < file.facet_count; i++)
        CII_TRY(take_facet(catalogue, &file.facet[i], err));
    CII_TRY(need_facet(catalogue, "identity", path, &catalogue->identity, err));
    return need_facet(catalogue, "outcome", path, &catalogue->outcome, err);
}

static enum cii_code
fail_facet(const struct at *at, const struct catalogue *catalogue,
           const char *name)
{
    const char *nearest = catalogue_nearest_facet(catalogue, name);

    return cii_fail(at->err, CII_CONFIG, "%s:%d: unknown facet '%s'%s%s%s",
                    at->path, at->line, name, nearest ? "; did you mean '" : "",
                    nearest ? nearest : "", nearest ? "'?" : "");
}

static enum cii_code
take_set(const struct at *at, const struct catalogue *catalogue, char **names,
         uint64_t *set)
{
    for (; *names; names++) {
        const int number = catalogue_facet(catalogue, *names);
        if (number < 0)
            return fail_facet(at, catalogue, *names);
        *set |= UINT64_C(1) << number;
    }
    return CII_OK;
}

static enum cii_code
check_must(const struct at *at, const struct catalogue *catalogue,
           const struct type_def *type)
{
    for (size_t i = 0; i < catalogue->facet_count; i++)
        if (catalogue->facet[i].banned && (type->must >> i & 1) != 0)
            return cii_fail(at->err, CII_CONFIG,
                            "%s:%d: type '%s' must hold '%s', which is "
                            "banned: it could never be sent",
                            at->path, at->line, type->name,
                            catalogue->facet[i].name);
    if (type->personal && (type->must >> catalogue->identity & 1) == 0)
        return cii_fail(at->err, CII_CONFIG,
                        "%s:%d: type '%s' is about a person, so 'must' needs "
                        "identity; or say personal: false",
                        at->path, at->line, type->name);
    return CII_OK;
}

static enum cii_code
settle_slots(const struct at *at, struct type_def *type)
{
    const uint32_t facets = (uint32_t)__builtin_popcountll(type->may);

    if (type->slots == 0)
        type->slots = facets > LEAST_SLOTS ? facets : LEAST_SLOTS;
    if (facets <= type->slots && type->slots <= EVENT_SLOTS_MAX)
        return CII_OK;
    return cii_fail(at->err, CII_CONFIG,
                    "%s:%d: type '%s' may hold %u facets in %u slots; %d are "
                    "the most",
                    at->path, at->line, type->name, facets, type->slots,
                    EVENT_SLOTS_MAX);
}

static enum cii_code
take_type(const struct at *at, struct catalogue *catalogue,
          struct type_entry *entry)
{
    struct type_def *type = &entry->def;

    CII_TRY(take_set(at, catalogue, entry->must, &type->must));
    CII_TRY(take_set(at, catalogue, entry->may, &type->may));
    type->may |= type->must;
    CII_TRY(check_must(at, catalogue, type));
    CII_TRY(settle_slots(at, type));
    catalogue->type[catalogue->type_count++] = *type;
    *type = (struct type_def){0};
    return CII_OK;
}

static void
types_file_done(struct types_file *file)
{
    yaml_release(&types_shape, file);
}

static enum cii_code
types_load(struct catalogue *catalogue, const char *path, struct cii_error *err)
{
    cii_auto(types_file_done) struct types_file file = {0};

    CII_TRY(yaml_load(&types_shape, &file, path, err));
    for (size_t i = 0; i < file.type_count; i++) {
        struct type_entry *entry = &file.type[i];
        const struct at at = {path, entry->line, err};
        int twin = catalogue_type(catalogue, entry->def.name);
        if (twin >= 0)
            return fail_twice(&at, "type", entry->def.name,
                              file.type[twin].line);
        CII_TRY(take_type(&at, catalogue, entry));
    }
    return CII_OK;
}

/* What it ends are types of statements, wherever in the file they stand. */
static enum cii_code
check_ended(const struct catalogue *catalogue, const char *path,
            const char *name, char **ended, struct cii_error *err)
{
    for (; ended && *ended; ended++) {
        const int other = catalogue_type(catalogue, *ended);
        if (other < 0 || !catalogue->type[other].statement)
            return cii_fail(err, CII_CONFIG,
                            "%s: type '%s' ends '%s', which is no type of "
                            "statement",
                            path, name, *ended);
    }
    return CII_OK;
}

static enum cii_code
check_ends(const struct catalogue *catalogue, const char *path,
           struct cii_error *err)
{
    for (size_t i = 0; i < catalogue->type_count; i++) {
        const struct type_def *type = &catalogue->type[i];
        CII_TRY(check_ended(catalogue, path, type->name, type->ends, err));
        CII_TRY(
            check_ended(catalogue, path, type->name, type->ends_of_all, err));
    }
    return CII_OK;
}

enum cii_code
catalogue_load(struct catalogue **result, const char *facets,
               const char *event_types, struct cii_error *err)
{
    cii_auto(catalogue_destroy) struct catalogue *catalogue =
        calloc(1, sizeof *catalogue);

    if (!catalogue)
        return cii_fail(err, CII_MEMORY, "cannot load %s", facets);
    CII_TRY(facets_load(catalogue, facets, err));
    CII_TRY(types_load(catalogue, event_types, err));
    CII_TRY(check_ends(catalogue, event_types, err));
    *result = cii_take(catalogue);
    return CII_OK;
}

void
catalogue_destroy(struct catalogue **catalogue)
{
    if (!*catalogue)
        return;
    catalogue_done(*catalogue);
    free(*catalogue);
    *catalogue = NULL;
}
