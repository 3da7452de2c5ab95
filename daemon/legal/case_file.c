/* SPDX-License-Identifier: Apache-2.0 */
#include "legal/case_file.h"

#include <string.h>

#include "proto/avs.h"

static enum cii_code
check_fields(const struct catalogue *catalogue, int number,
             const struct content *content, struct cii_error *err)
{
    const struct facet_def *def = &catalogue->facet[number];
    for (size_t i = 0; i < content->field_count; i++) {
        const struct field *field = &content->field[i];
        const int known = facet_field(def, field->name);
        if (known < 0)
            return cii_fail(err, CII_INVALID,
                            "facet %s has a field that is not in the "
                            "catalogue",
                            def->name);
        CII_TRY(field_check(&def->field[known], field->value, err));
    }
    return CII_OK;
}

enum cii_code
case_open(const struct catalogue *catalogue, const struct header *header,
          const struct facet *facet, size_t facet_count, struct arena *arena,
          struct case_file *file, struct cii_error *err)
{
    memset(file, 0, sizeof *file);
    file->header = header;
    file->type = catalogue_type(catalogue, header->event_type);
    if (file->type < 0)
        return cii_fail(err, CII_INVALID,
                        "the event's type is not in the catalogue");
    const struct type_def *type = &catalogue->type[file->type];

    for (size_t i = 0; i < facet_count; i++) {
        const int number = catalogue_facet(catalogue, facet[i].kind);
        if (number < 0 || !(type->may >> number & 1))
            return cii_fail(err, CII_INVALID,
                            "the event holds a facet that %s cannot hold",
                            type->name);
        if (file->facets >> number & 1)
            return cii_fail(err, CII_INVALID, "the event holds a facet twice");
        file->facets |= UINT64_C(1) << number;
        if (type->protocol)
            continue;
        CII_TRY(
            content_unpack(&file->content[i], facet[i].content, arena, err));
        CII_TRY(check_fields(catalogue, number, &file->content[i], err));
        file->by_number[number] = &file->content[i];
    }
    return CII_OK;
}

enum cii_code
content_normalise(const struct facet_def *def, const struct content *in,
                  struct arena *arena, struct content *out,
                  struct cii_error *err)
{
    struct field *field =
        arena_take(arena, (in->field_count + 1) * sizeof *field);
    if (!field)
        return cii_fail(err, CII_MEMORY, "no memory for an event");
    for (size_t i = 0; i < in->field_count; i++) {
        field[i] = in->field[i];
        const int number = facet_field(def, field[i].name);
        struct avs avs;
        if (number >= 0 && def->field[number].form == FIELD_AVS &&
            avs_parse(&avs, field[i].value, NULL) == CII_OK)
            field[i].value = arena_text(arena, avs.digits);
        if (!field[i].value)
            return cii_fail(err, CII_MEMORY, "no memory for an event");
    }
    *out = (struct content){.field_count = in->field_count, .field = field};
    return CII_OK;
}

const char *
case_value(const struct catalogue *catalogue, const struct case_file *file,
           const char *facet, const char *field)
{
    const int number = catalogue_facet(catalogue, facet);
    const struct content *content =
        number >= 0 ? file->by_number[number] : NULL;

    return content ? content_find(content, field) : NULL;
}

const char *
case_names(const struct catalogue *catalogue, const struct case_file *file)
{
    for (size_t i = 0; i < catalogue->facet_count; i++)
        for (size_t j = 0;
             file->by_number[i] && j < catalogue->facet[i].field_count; j++) {
            const struct field_def *field = &catalogue->facet[i].field[j];
            const char *value =
                field->form == FIELD_INSTITUTION
                    ? content_find(file->by_number[i], field->name)
                    : NULL;
            if (value)
                return value;
        }
    return "";
}
