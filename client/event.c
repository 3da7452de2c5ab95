/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "client/client.h"
#include "proto/date.h"

/*
 * What would make the daemon refuse a whole request, and not only the event
 * at fault, is refused here: long words, too many of anything, bytes that are
 * not text. The rest is for the daemon, which has the catalogue.
 */
#define WORD_MAX    1023
#define EVENT_ARENA ((size_t)6 * 1024 * 1024)
#define PAYLOAD_MAX ((size_t)2 * 1024 * 1024) /* so that a sentence is said */
#define FIELDS_MAX  256                       /* of one facet */

static enum cii_code
check_text(const char *what, const char *text, size_t max,
           struct cii_error *err)
{
    const size_t size = strlen(text);

    if (size == 0)
        return cii_fail(err, CII_INVALID, "'%.64s' is empty: leave it out",
                        what);
    if (size > max)
        return cii_fail(err, CII_TOO_LARGE,
                        "'%.64s' has %zu bytes and may have %zu", what, size,
                        max);
    if (!client_text_is_plain(text))
        return cii_fail(err, CII_INVALID,
                        "'%.64s' is not UTF-8 without control characters",
                        what);
    return CII_OK;
}

/*
 * A value set again goes where the old one was, if it fits: an event that is
 * used over and over must not fill its arena.
 */
static enum cii_code
keep(struct cii_event *event, const char **kept, const char *text,
     struct cii_error *err)
{
    const size_t size = strlen(text) + 1;

    if (*kept && strlen(*kept) + 1 >= size) {
        char *ours = NULL;
        memcpy(&ours, kept, sizeof ours); /* from our arena: not const */
        memmove(ours, text, size);
        return CII_OK;
    }
    const char *copy = arena_text(event->arena, text);

    if (!copy)
        return cii_fail(err, CII_MEMORY, "no memory for an event");
    *kept = copy;
    return CII_OK;
}

static enum cii_code
set_day(struct cii_event *event, const char **kept, const char *what,
        const char *day, struct cii_error *err)
{
    struct date date;
    struct cii_error why = {0};

    if (date_parse(&date, day, &why) != CII_OK)
        return cii_fail(err, CII_INVALID, "%s: %s", what, why.text);
    return keep(event, kept, day, err);
}

enum cii_code
cii_event_new(struct cii_event **event, const char *type,
              const char *occurred_on, struct cii_error *err)
{
    assert(event);
    assert(type);
    assert(occurred_on);

    cii_auto(cii_event_destroy) struct cii_event *made =
        calloc(1, sizeof *made);
    if (!made)
        return cii_fail(err, CII_MEMORY, "no memory for an event");
    CII_TRY(arena_new(&made->arena, EVENT_ARENA, err));
    CII_TRY(check_text("type", type, WORD_MAX, err));
    CII_TRY(keep(made, &made->draft.event_type, type, err));
    CII_TRY(set_day(made, &made->draft.occurred_on, "on", occurred_on, err));
    made->draft.to = made->to;
    made->draft.facet = made->facet;

    *event = cii_take(made);
    return CII_OK;
}

void
cii_event_destroy(struct cii_event **event)
{
    if (!*event)
        return;
    arena_destroy(&(*event)->arena);
    free(*event);
    *event = NULL;
}

/* --- what is said of the event itself ----------------------------------- */

static enum cii_code
set_id(struct cii_event *event, const char **kept, const char *what,
       const char *text, struct cii_error *err)
{
    struct event_id id;
    struct cii_error why = {0};

    if (event_id_parse(&id, text, &why) != CII_OK)
        return cii_fail(err, CII_INVALID, "%s: %s", what, why.text);
    return keep(event, kept, text, err);
}

static enum cii_code
set_flag(bool *flag, const char *what, const char *value, struct cii_error *err)
{
    if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
        return cii_fail(err, CII_INVALID, "%s is yes or no", what);
    *flag = strcmp(value, "yes") == 0;
    return CII_OK;
}

static enum cii_code
add_addressee(struct cii_event *event, const char *id, struct cii_error *err)
{
    struct cii_error why = {0};

    for (size_t i = 0; i < event->draft.to_count; i++)
        if (!strcmp(event->to[i], id))
            return CII_OK;
    if (institution_check(id, &why) != CII_OK)
        return cii_fail(err, CII_INVALID, "to: %s", why.text);
    if (event->draft.to_count == CONTROL_ADDRESSEES_MAX)
        return cii_fail(err, CII_TOO_LARGE,
                        "an event concerns at most %d institutions",
                        CONTROL_ADDRESSEES_MAX);
    CII_TRY(keep(event, &event->to[event->draft.to_count], id, err));
    event->draft.to_count++;
    return CII_OK;
}

static enum cii_code
set_reliability(struct cii_event *event, const char *value,
                struct cii_error *err)
{
    if (strcmp(value, "declared") != 0 && strcmp(value, "verified") != 0)
        return cii_fail(err, CII_INVALID,
                        "reliability is declared or verified; leave it out "
                        "when it is unknown");
    return keep(event, &event->draft.reliability, value, err);
}

static enum cii_code
set_case(struct cii_event *event, const char *value, struct cii_error *err)
{
    CII_TRY(check_text("case", value, CASE_REF_MAX, err));
    return keep(event, &event->draft.case_ref, value, err);
}

static enum cii_code
set_own(struct cii_event *event, const char *field, const char *value,
        struct cii_error *err)
{
    struct draft *draft = &event->draft;

    if (!strcmp(field, "id"))
        return set_id(event, &draft->event_id, field, value, err);
    if (!strcmp(field, "in_reply_to"))
        return set_id(event, &draft->in_reply_to, field, value, err);
    if (!strcmp(field, "case"))
        return set_case(event, value, err);
    if (!strcmp(field, "as_of"))
        return set_day(event, &draft->as_of, field, value, err);
    if (!strcmp(field, "reliability"))
        return set_reliability(event, value, err);
    if (!strcmp(field, "test"))
        return set_flag(&draft->test, field, value, err);
    if (!strcmp(field, "dry_run"))
        return set_flag(&draft->dry_run, field, value, err);
    if (!strcmp(field, "to"))
        return add_addressee(event, value, err);
    return cii_fail(err, CII_INVALID,
                    "an event has no '%.64s': set id, case, in_reply_to, "
                    "as_of, reliability, test, to or dry_run",
                    field);
}

/* --- facets ------------------------------------------------------------- */

static enum cii_code
find_facet(struct cii_event *event, const char *kind, size_t *found,
           struct cii_error *err)
{
    size_t i = 0;

    while (i < event->draft.facet_count &&
           strcmp(event->facet[i].kind, kind) != 0)
        i++;
    if (i == CATALOGUE_FACETS_MAX)
        return cii_fail(err, CII_TOO_LARGE, "an event has at most %d facets",
                        CATALOGUE_FACETS_MAX);
    if (i == event->draft.facet_count) {
        CII_TRY(check_text("facet", kind, WORD_MAX, err));
        CII_TRY(keep(event, &event->facet[i].kind, kind, err));
        event->draft.facet_count++;
    }
    *found = i;
    return CII_OK;
}

/* Room doubles from 8; an arena cannot grow in place, so the fields move. */
static enum cii_code
make_room(struct cii_event *event, size_t facet, struct cii_error *err)
{
    const size_t count = event->facet[facet].content.field_count;
    const bool full = count == 0 || (count >= 8 && !(count & (count - 1)));

    if (count == FIELDS_MAX)
        return cii_fail(err, CII_TOO_LARGE, "a facet has at most %d fields",
                        FIELDS_MAX);
    if (!full)
        return CII_OK;
    struct field *field =
        arena_take(event->arena, (count ? 2 * count : 8) * sizeof *field);
    if (!field)
        return cii_fail(err, CII_MEMORY, "no memory for an event");
    if (count > 0)
        memcpy(field, event->field[facet], count * sizeof *field);
    event->field[facet] = field;
    event->facet[facet].content.field = field;
    return CII_OK;
}

static enum cii_code
find_field(struct cii_event *event, size_t facet, const char *name,
           struct field **found, struct cii_error *err)
{
    struct content *content = &event->facet[facet].content;
    size_t i = 0;

    while (i < content->field_count &&
           strcmp(event->field[facet][i].name, name) != 0)
        i++;
    if (i == content->field_count) {
        struct field made = {0};
        CII_TRY(make_room(event, facet, err));
        CII_TRY(keep(event, &made.name, name, err));
        event->field[facet][i] = made;
        content->field_count++;
        event->payload += strlen(name);
    }
    *found = &event->field[facet][i];
    return CII_OK;
}

static enum cii_code
set_in_facet(struct cii_event *event, const char *kind, const char *name,
             const char *value, struct cii_error *err)
{
    size_t facet = 0;
    struct field *field = NULL;

    CII_TRY(check_text("field", name, WORD_MAX, err));
    CII_TRY(check_text(name, value, PAYLOAD_MAX, err));
    if (event->payload + strlen(name) + strlen(value) > PAYLOAD_MAX)
        return cii_fail(err, CII_TOO_LARGE,
                        "the facets have over %zu bytes and may have %d",
                        PAYLOAD_MAX, EVENT_PAYLOAD_MAX);

    CII_TRY(find_facet(event, kind, &facet, err));
    CII_TRY(find_field(event, facet, name, &field, err));
    const size_t before = field->value ? strlen(field->value) : 0;
    CII_TRY(keep(event, &field->value, value, err));
    event->payload += strlen(value) - before;
    return CII_OK;
}

enum cii_code
cii_event_set(struct cii_event *event, const char *facet, const char *field,
              const char *value, struct cii_error *err)
{
    assert(event);
    assert(field);
    assert(value);

    if (!facet)
        return set_own(event, field, value, err);
    return set_in_facet(event, facet, field, value, err);
}
