/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "app/statement.h"
#include "app/verbs.h"
#include "archive/person.h"

/* --- whom it is about -----------------------------------------------------*/

#define IDENTITY_FIELDS_MAX 24

static enum cii_code
check_identity(const struct facet_def *def, const struct content *identity,
               struct cii_error *err)
{
    for (size_t i = 0; i < identity->field_count; i++) {
        const struct field *field = &identity->field[i];
        const int number = facet_field(def, field->name);
        struct cii_error why;
        if (number < 0)
            return cii_fail(err, CII_INVALID,
                            "identity has no field %s in the catalogue",
                            field->name);
        if (field_check(&def->field[number], field->value, &why) != CII_OK)
            return cii_fail(err, CII_INVALID, "identity.%.400s", why.text);
    }
    return CII_OK;
}

/* The identity that the arguments give: `avs`, or `local-id` as
 * "category:id", and any field of the facet by its name. */
static enum cii_code
identity_of(struct call *call, struct content *identity, struct cii_error *err)
{
    struct core *core = call->core;
    const struct facet_def *def =
        &core->catalogue->facet[core->catalogue->identity];
    struct field *field =
        arena_take(core->turn_arena, IDENTITY_FIELDS_MAX * sizeof *field);
    if (!field)
        return cii_fail(err, CII_MEMORY, "no memory for a person");
    size_t count = 0;
    for (size_t i = 0; i < def->field_count && count < IDENTITY_FIELDS_MAX;
         i++) {
        const char *value = call_argument(call, def->field[i].name);
        if (!value)
            continue;
        field[count++] = (struct field){def->field[i].name, value};
    }
    const char *local = call_argument(call, "local-id");
    if (local && count + 2 <= IDENTITY_FIELDS_MAX) {
        char *category = arena_text(core->turn_arena, local);
        char *colon = category ? strchr(category, ':') : NULL;
        if (!colon)
            return cii_fail(err, CII_INVALID,
                            "local-id is written category:id");
        *colon = '\0';
        field[count++] = (struct field){"localPersonIdCategory", category};
        field[count++] = (struct field){"localPersonId", colon + 1};
    }
    const struct content given = {.field_count = count, .field = field};
    CII_TRY(content_normalise(def, &given, core->turn_arena, identity, err));
    return check_identity(def, identity, err);
}

enum cii_code
call_person(struct call *call, struct person_row *row, struct cii_error *err)
{
    struct content identity;
    CII_TRY(identity_of(call, &identity, err));
    struct digest lookup;
    CII_TRY(person_lookup(&call->core->archive, &identity,
                          call->core->config->institution, &lookup, err));
    CII_TRY(store_person_find(call->core->store, &lookup, row, err));
    call->person = row->number;
    return CII_OK;
}

/* --- whom it concerns -----------------------------------------------------*/

/* Whom the person concerns is another question now. */
static enum cii_code
dossier_changed(struct core *core, int64_t person, struct cii_error *err)
{
    core->dossier_epoch++;
    return rejudge_person(core, person, err);
}

/* check_partners() has seen these ids. */
static enum cii_code
set_concerns(struct call *call, int64_t person, const char *ids, bool on,
             struct cii_error *err)
{
    if (!ids)
        return CII_OK;
    char *list = arena_text(call->core->turn_arena, ids);
    if (!list)
        return cii_fail(err, CII_MEMORY, "no memory for a dossier");
    char *rest = NULL;
    for (char *id = strtok_r(list, " ,", &rest); id;
         id = strtok_r(NULL, " ,", &rest)) {
        CII_TRY(store_concern_set(call->core->store, person, id, on,
                                  core_now(call->core), err));
    }
    return CII_OK;
}

/* Checked before anything is stored: the turn has others in it. */
static enum cii_code
check_partners(struct call *call, const char *ids, struct cii_error *err)
{
    char *list = arena_text(call->core->turn_arena, ids ? ids : "");
    if (!list)
        return cii_fail(err, CII_MEMORY, "no memory for a dossier");
    char *rest = NULL;
    for (char *id = strtok_r(list, " ,", &rest); id;
         id = strtok_r(NULL, " ,", &rest))
        if (!core_peer(call->core, id))
            return cii_fail(err, CII_INVALID,
                            "%.63s is no partner; `cii partner list` shows "
                            "them",
                            id);
    return CII_OK;
}

static void
put_concern(void *context, const char *institution)
{
    struct buffer *text = context;
    if (text->size)
        buffer_append_text(text, " ");
    buffer_append_text(text, institution);
}

static enum cii_code
put_dossier(struct call *call, const struct dossier_row *row,
            const struct content *identity, struct cii_error *err)
{
    struct rows *rows = &call->rows;
    cii_auto(buffer_done) struct buffer text = {0};
    CII_TRY(store_concern_each(call->core->store, row->person, put_concern,
                               &text, err));
    rows_begin(rows, "dossier");
    rows_put(rows, "case", row->case_ref);
    rows_put(rows, "counsellor", row->counsellor);
    rows_put(rows, "commune", row->commune);
    rows_put_moment(rows, "opened_at", row->opened_at);
    rows_put(rows, "concerned", buffer_text(&text));
    for (size_t i = 0; i < identity->field_count; i++) {
        char name[96];
        snprintf(name, sizeof name, "identity.%.80s", identity->field[i].name);
        const char *kept = arena_text(call->core->turn_arena, name);
        rows_put(rows, kept ? kept : "", identity->field[i].value);
    }
    return CII_OK;
}

struct dossier_asked {
    struct call *call;
    struct dossier_row *row;
    bool differs;
};

/* What is not said stays as it is. */
static void
match_dossier(void *context, const struct dossier_row *known)
{
    struct dossier_asked *asked = context;
    struct arena *arena = asked->call->core->turn_arena;
    struct dossier_row *row = asked->row;
    asked->differs =
        (*row->case_ref && strcmp(row->case_ref, known->case_ref) != 0) ||
        (*row->counsellor && strcmp(row->counsellor, known->counsellor) != 0);
    row->opened_at = known->opened_at;
    row->case_ref = arena_text(arena, known->case_ref);
    row->counsellor = arena_text(arena, known->counsellor);
    if (!*row->commune)
        row->commune = arena_text(arena, known->commune);
}

/* Opened before: said again, it adds whom it names. */
static enum cii_code
open_again(struct call *call, struct dossier_row *row, struct cii_error *err)
{
    struct dossier_asked asked = {.call = call, .row = row};
    CII_TRY(store_dossier_each(call->core->store, row->number - 1, 1,
                               match_dossier, &asked, err));
    if (asked.differs)
        return cii_fail(err, CII_CONFLICT,
                        "the person has an open dossier with another case or "
                        "counsellor: close that one first");
    return store_dossier_change(call->core->store, row->person, NULL, NULL,
                                row->commune, err);
}

static enum cii_code
check_commune(const char *commune, struct cii_error *err)
{
    if (!commune || (strlen(commune) <= 6 &&
                     commune[strspn(commune, "0123456789")] == '\0'))
        return CII_OK;
    return cii_fail(err, CII_INVALID,
                    "a commune is its number (eCH-0007), at most 6 digits");
}

enum cii_code
answer_dossier_open(struct call *call, struct cii_error *err)
{
    struct core *core = call->core;
    struct content identity;
    CII_TRY(identity_of(call, &identity, err));
    struct digest lookup;
    CII_TRY(person_lookup(&core->archive, &identity, core->config->institution,
                          &lookup, err));
    CII_TRY(check_partners(call, call_argument(call, "concerned"), err));
    const char *case_ref = call_argument(call, "case");
    const char *counsellor = call_argument(call, "counsellor");
    const char *commune = call_argument(call, "commune");
    CII_TRY(check_commune(commune, err));

    struct person person;
    CII_TRY(person_obtain(&core->archive, &identity, core->config->institution,
                          core_now(core), core->turn_arena, &person, err));
    call->person = person.number;
    struct dossier_row row = {
        .person = person.number,
        .case_ref = case_ref ? case_ref : "",
        .counsellor = counsellor ? counsellor : "",
        .commune = commune ? commune : "",
        .opened_at = core_now(core),
    };
    const enum cii_code opened = store_dossier_open(core->store, &row, err);
    if (opened == CII_DUPLICATE)
        CII_TRY(open_again(call, &row, err));
    else
        CII_TRY(opened);
    CII_TRY(set_concerns(call, person.number, call_argument(call, "concerned"),
                         true, err));
    CII_TRY(dossier_changed(core, person.number, err));
    return put_dossier(call, &row, &identity, err);
}

enum cii_code
answer_dossier_close(struct call *call, struct cii_error *err)
{
    struct person_row row;
    CII_TRY(call_person(call, &row, err));
    const int64_t person = row.number;
    CII_TRY(store_dossier_close(call->core->store, person, core_now(call->core),
                                err));
    return dossier_changed(call->core, person, err);
}

enum cii_code
answer_dossier_concern(struct call *call, struct cii_error *err)
{
    struct person_row row;
    CII_TRY(call_person(call, &row, err));
    CII_TRY(check_partners(call, call_argument(call, "add"), err));
    CII_TRY(check_partners(call, call_argument(call, "remove"), err));
    const int64_t person = row.number;
    CII_TRY(set_concerns(call, person, call_argument(call, "add"), true, err));
    CII_TRY(
        set_concerns(call, person, call_argument(call, "remove"), false, err));
    CII_TRY(dossier_changed(call->core, person, err));

    cii_auto(buffer_done) struct buffer text = {0};
    CII_TRY(
        store_concern_each(call->core->store, person, put_concern, &text, err));
    rows_begin(&call->rows, "dossier");
    rows_put(&call->rows, "concerned", buffer_text(&text));
    return CII_OK;
}
