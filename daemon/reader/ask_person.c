/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "archive/person.h"
#include "reader/question.h"

static void
add_person(struct persons *persons, int64_t number)
{
    for (size_t i = 0; i < persons->count; i++)
        if (persons->number[i] == number)
            return;
    if (persons->count < PERSONS_MAX)
        persons->number[persons->count++] = number;
}

static enum cii_code
add_namesakes(struct question *question, const char *official,
              const char *first, struct persons *persons, struct cii_error *err)
{
    struct digest lookup;
    int64_t number[PERSONS_MAX];
    size_t count = 0;
    CII_TRY(
        person_name_lookup(&question->archive, official, first, &lookup, err));
    CII_TRY(store_person_namesakes(question->archive.store, &lookup, 0, number,
                                   PERSONS_MAX, &count, err));
    for (size_t i = 0; i < count; i++)
        add_person(persons, number[i]);
    return CII_OK;
}

/*
 * Everybody of this name. Only a keyed digest of family name and first names
 * is known, and "Da Silva Ana" may be parted anywhere, in either order.
 */
static enum cii_code
named_persons(struct question *question, const char *name,
              struct persons *persons, struct cii_error *err)
{
    persons->count = 0;
    char *text = arena_text(question->kept, name);
    if (!text)
        return cii_fail(err, CII_MEMORY, "no memory for a name");
    if (!strchr(text, ' '))
        return cii_fail(err, CII_INVALID,
                        "name is family name and first names, as in "
                        "\"Rochat Anne\"");
    for (char *space = strchr(text, ' '); space;
         space = strchr(space + 1, ' ')) {
        *space = '\0';
        CII_TRY(add_namesakes(question, text, space + 1, persons, err));
        CII_TRY(add_namesakes(question, space + 1, text, persons, err));
        *space = ' ';
    }
    return CII_OK;
}

enum cii_code
asked_person(struct question *question, int64_t *person, struct cii_error *err)
{
    const char *avs = question_argument(question, "avs");
    const char *local = question_argument(question, "local-id");
    const char *issuer = question_argument(question, "issuer");
    struct field field[2];
    struct content identity = {.field = field};
    *person = 0;
    if (avs) {
        field[identity.field_count++] = (struct field){"avs", avs};
    } else if (local) {
        char *category = arena_text(question->kept, local);
        char *colon = category ? strchr(category, ':') : NULL;
        if (!colon)
            return cii_fail(err, CII_INVALID,
                            "local-id is written category:id");
        *colon = '\0';
        field[identity.field_count++] =
            (struct field){"localPersonIdCategory", category};
        field[identity.field_count++] =
            (struct field){"localPersonId", colon + 1};
    } else {
        return CII_OK;
    }
    struct digest lookup;
    CII_TRY(
        person_lookup(&question->archive, &identity,
                      issuer ? issuer : question->reader->config->institution,
                      &lookup, err));
    struct person_row row;
    CII_TRY(store_person_find(question->archive.store, &lookup, &row, err));
    *person = row.number;
    return CII_OK;
}

enum cii_code
asked_persons(struct question *question, struct persons *persons,
              struct cii_error *err)
{
    const char *name = question_argument(question, "name");
    if (!name) {
        persons->count = 1;
        return asked_person(question, &persons->number[0], err);
    }
    if (question_argument(question, "avs") ||
        question_argument(question, "local-id"))
        return cii_fail(err, CII_INVALID,
                        "name the person by a number or by name, not by both");
    return named_persons(question, name, persons, err);
}

enum cii_code
put_identity(struct question *question, const char *prefix, int64_t person,
             struct cii_error *err)
{
    struct content identity;
    CII_TRY(person_identity(&question->archive, person, question->arena,
                            &identity, err));
    put_fields(question, prefix, &identity);
    return CII_OK;
}

enum cii_code
asked_direction(const struct question *question, int *direction,
                struct cii_error *err)
{
    const char *text = question_argument(question, "direction");
    *direction = 0;
    if (!text)
        return CII_OK;
    if (strcmp(text, "ours") == 0)
        *direction = 1;
    else if (strcmp(text, "arrived") == 0)
        *direction = 2;
    else
        return cii_fail(err, CII_INVALID,
                        "direction is \"ours\" or \"arrived\"");
    return CII_OK;
}
