/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what an office states to an event: every name and value is held
 * against the catalogue, and what is wrong is said with its field and remedy.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "app/pending.h"
#include "archive/person.h"
#include "base/log.h"
#include "proto/avs.h"
#include "proto/date.h"

enum cii_code
pending_settle(struct core *core, struct pending *pending, enum cii_code code,
               const char *field, const char *text)
{
    pending->settled = true;
    pending->outcome = (struct outcome){
        .line = pending->line,
        .event_id = pending->id,
        .code = code,
        .field = field ? arena_text(core->turn_arena, field) : "",
        .text = text ? arena_text(core->turn_arena, text) : "",
    };
    return CII_OK;
}

/* A name that nobody here knows, and where it stands in the input. */
struct unknown_name {
    const char *field;
    const char *what;
    const char *name;
    const char *nearest; /* NULL: none */
    const char *list;    /* the command that lists them */
};

/* "unknown X 'foo'; did you mean 'bar'?" */
static enum cii_code
unknown(struct core *core, struct pending *pending,
        const struct unknown_name *it)
{
    char quoted[80];
    log_quote(it->name, quoted, sizeof quoted);
    char text[256];
    if (it->nearest)
        snprintf(text, sizeof text, "unknown %s %s; did you mean \"%s\"?",
                 it->what, quoted, it->nearest);
    else
        snprintf(text, sizeof text, "unknown %s %s; `%s` lists them", it->what,
                 quoted, it->list);
    return pending_settle(core, pending, CII_INVALID, it->field, text);
}

static enum cii_code
check_day(struct core *core, struct pending *pending, const char *field,
          const char *value)
{
    struct date date;
    struct cii_error why;
    if (date_parse(&date, value, &why) != CII_OK)
        return pending_settle(core, pending, CII_INVALID, field, why.text);
    return CII_OK;
}

/* Names are of facets that may travel, or of event types. */
static enum cii_code
check_names(struct core *core, struct pending *pending, const char *path,
            const char *names)
{
    struct name_part part;
    while (names_next(&names, &part)) {
        char name[64];
        char text[256];
        snprintf(name, sizeof name, "%.*s", (int)part.length, part.text);
        const int facet = catalogue_facet(core->catalogue, name);
        if (facet >= 0 && core->catalogue->facet[facet].banned) {
            snprintf(text, sizeof text,
                     "facet %s is denied to everybody on this bus: nothing "
                     "opens it",
                     name);
            return pending_settle(core, pending, CII_DENIED, path, text);
        }
        if (facet >= 0 || catalogue_type(core->catalogue, name) >= 0)
            continue;
        return unknown(core, pending,
                       &(struct unknown_name){
                           .field = path,
                           .what = "facet or event type",
                           .name = name,
                           .nearest =
                               catalogue_nearest_facet(core->catalogue, name),
                           .list = "cii types",
                       });
    }
    return CII_OK;
}

static enum cii_code
check_field(struct core *core, struct pending *pending,
            const struct facet_def *def, const struct field *field)
{
    char path[160];
    snprintf(path, sizeof path, "%s.%.80s", def->name, field->name);
    const int number = facet_field(def, field->name);
    if (number < 0) {
        char quoted[80];
        log_quote(field->name, quoted, sizeof quoted);
        const char *nearest = facet_nearest_field(def, field->name);
        char text[256];
        snprintf(text, sizeof text, "facet %s has no field %s; %s%s%s",
                 def->name, quoted,
                 nearest ? "did you mean \"" : "`cii types` lists them",
                 nearest ? nearest : "", nearest ? "\"?" : "");
        return pending_settle(core, pending, CII_INVALID, path, text);
    }
    struct cii_error why;
    if (field_check(&def->field[number], field->value, &why) != CII_OK)
        return pending_settle(core, pending, CII_INVALID, path, why.text);
    return def->field[number].form == FIELD_NAMES
               ? check_names(core, pending, path, field->value)
               : CII_OK;
}

/* All that is missing at once: a blanket consent lacks more than one thing. */
static enum cii_code
check_required(struct core *core, struct pending *pending,
               const struct facet_def *def, const struct content *content,
               struct cii_error *err)
{
    cii_auto(buffer_done) struct buffer text = {0};
    char path[160] = "";

    for (size_t i = 0; i < def->field_count; i++) {
        const struct field_def *field = &def->field[i];
        if (!field->required || content_find(content, field->name))
            continue;
        if (!*path) {
            snprintf(path, sizeof path, "%s.%s", def->name, field->name);
            buffer_append_format(&text, "facet %s needs the field ", def->name);
        } else {
            buffer_append_text(&text, ", and ");
        }
        buffer_append_format(&text, "%s (%s)", field->name, field->meaning);
    }
    if (!*path)
        return CII_OK;
    if (text.failed)
        return cii_fail(err, CII_MEMORY, "no memory for an event");
    return pending_settle(core, pending, CII_INVALID, path, buffer_text(&text));
}

static bool
occurs_before(const struct content *content, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (strcmp(content->field[j].name, content->field[i].name) == 0)
            return true;
    return false;
}

static enum cii_code
check_content(struct core *core, struct pending *pending,
              const struct facet_def *def, const struct content *content,
              struct cii_error *err)
{
    for (size_t i = 0; i < content->field_count && !pending->settled; i++) {
        if (occurs_before(content, i))
            return pending_settle(core, pending, CII_INVALID, def->name,
                                  "the same field is given twice");
        CII_TRY(check_field(core, pending, def, &content->field[i]));
    }
    if (pending->settled)
        return CII_OK;
    return check_required(core, pending, def, content, err);
}

/* What was packed last, for the rest of the turn. */
enum cii_code
pending_keep(struct core *core, struct bytes *kept, struct cii_error *err)
{
    *kept = arena_bytes(core->turn_arena, buffer_view(&core->scratch));
    if (kept->size != core->scratch.size)
        return cii_fail(err, CII_MEMORY, "no memory for an event");
    return CII_OK;
}

static enum cii_code
add_facet(struct core *core, struct pending *pending,
          const struct type_def *type, const struct draft_facet *draft,
          struct cii_error *err)
{
    const int number = catalogue_facet(core->catalogue, draft->kind);
    if (number < 0)
        return unknown(core, pending,
                       &(struct unknown_name){
                           .field = draft->kind,
                           .what = "facet",
                           .name = draft->kind,
                           .nearest = catalogue_nearest_facet(core->catalogue,
                                                              draft->kind),
                           .list = "cii types",
                       });
    const struct facet_def *def = &core->catalogue->facet[number];
    char text[256];
    if (def->banned) {
        snprintf(text, sizeof text,
                 "facet %s is denied to everybody on this bus: leave it out; "
                 "nothing is stripped silently",
                 def->name);
        return pending_settle(core, pending, CII_DENIED, def->name, text);
    }
    if (!(type->may >> number & 1)) {
        snprintf(text, sizeof text,
                 "an event of type %s cannot hold the facet %s", type->name,
                 def->name);
        return pending_settle(core, pending, CII_INVALID, def->name, text);
    }
    if (pending->file.facets >> number & 1)
        return pending_settle(core, pending, CII_INVALID, def->name,
                              "the same facet is given twice");
    struct content *content =
        &pending->file.content[pending->event.facet_count];
    CII_TRY(content_normalise(def, &draft->content, core->turn_arena, content,
                              err));
    CII_TRY(check_content(core, pending, def, content, err));
    if (pending->settled)
        return CII_OK;
    buffer_clear(&core->scratch);
    CII_TRY(content_pack(content, &core->scratch));
    if (core->scratch.size > EVENT_PAYLOAD_MAX) {
        snprintf(text, sizeof text, "facet %s takes %zu bytes; at most %d do",
                 def->name, core->scratch.size, EVENT_PAYLOAD_MAX);
        return pending_settle(core, pending, CII_TOO_LARGE, def->name, text);
    }
    struct facet *facet = &pending->event.facet[pending->event.facet_count++];
    CII_TRY(pending_keep(core, &facet->content, err));
    facet->kind = def->name;
    pending->file.facets |= UINT64_C(1) << number;
    pending->file.by_number[number] = content;
    return CII_OK;
}

static enum cii_code
check_musts(struct core *core, struct pending *pending,
            const struct type_def *type)
{
    const uint64_t missing = type->must & ~pending->file.facets;
    if (!missing)
        return CII_OK;
    char names[256];
    char text[400];
    facet_set_print(core->catalogue, missing, names, sizeof names);
    snprintf(text, sizeof text, "an event of type %s needs the facet %s",
             type->name, names);
    return pending_settle(core, pending, CII_INVALID, names, text);
}

static size_t
payload_of(const struct draft *draft)
{
    size_t size = 0;
    for (size_t i = 0; i < draft->facet_count; i++)
        for (size_t j = 0; j < draft->facet[i].content.field_count; j++)
            size += strlen(draft->facet[i].content.field[j].name) +
                    strlen(draft->facet[i].content.field[j].value);
    return size;
}

static enum cii_code
add_facets(struct core *core, struct pending *pending,
           const struct type_def *type, const struct draft *draft,
           struct cii_error *err)
{
    const size_t payload = payload_of(draft);
    if (payload > EVENT_PAYLOAD_MAX) {
        char text[128];
        snprintf(text, sizeof text,
                 "the event holds %zu bytes; at most %d are taken", payload,
                 EVENT_PAYLOAD_MAX);
        return pending_settle(core, pending, CII_TOO_LARGE, "", text);
    }
    if (draft->facet_count > EVENT_FACETS_MAX)
        return pending_settle(core, pending, CII_INVALID, "",
                              "too many facets");
    for (size_t i = 0; i < draft->facet_count && !pending->settled; i++)
        CII_TRY(add_facet(core, pending, type, &draft->facet[i], err));
    return pending->settled ? CII_OK : check_musts(core, pending, type);
}

static enum cii_code
reliability_of(struct core *core, struct pending *pending, const char *text,
               enum reliability *reliability)
{
    static const char *const names[] = {"", "declared", "verified"};
    for (int i = 0; i < 3; i++)
        if (strcmp(text, names[i]) == 0) {
            *reliability = (enum reliability)i;
            return CII_OK;
        }
    return pending_settle(core, pending, CII_INVALID, "reliability",
                          "reliability is \"declared\" or \"verified\"");
}

static enum cii_code
take_id(struct core *core, struct pending *pending, const struct draft *draft,
        struct header *header)
{
    struct cii_error why;
    if (*draft->event_id) {
        if (event_id_parse(&header->event_id, draft->event_id, &why) != CII_OK)
            return pending_settle(core, pending, CII_INVALID, "id", why.text);
    } else {
        uint8_t random[10];
        crypto_random(random, sizeof random);
        header->event_id = event_id_make(core_now(core), random);
    }
    event_id_print(&header->event_id, pending->id);
    if (*draft->in_reply_to &&
        event_id_parse(&header->in_reply_to, draft->in_reply_to, &why) !=
            CII_OK)
        return pending_settle(core, pending, CII_INVALID, "in_reply_to",
                              why.text);
    return CII_OK;
}

static enum cii_code
fill_header(struct core *core, struct pending *pending,
            const struct type_def *type, const struct draft *draft)
{
    struct header *header = &pending->event.header;
    *header = (struct header){
        .issuer = core->config->institution,
        .event_type = type->name,
        .occurred_on = draft->occurred_on,
        .issued_at = (uint64_t)core_now(core),
        .case_ref = draft->case_ref,
        .as_of = draft->as_of,
        .test = draft->test,
    };
    CII_TRY(take_id(core, pending, draft, header));
    if (!pending->settled)
        CII_TRY(check_day(core, pending, "on", draft->occurred_on));
    if (!pending->settled && *draft->as_of)
        CII_TRY(check_day(core, pending, "as_of", draft->as_of));
    if (!pending->settled)
        CII_TRY(reliability_of(core, pending, draft->reliability,
                               &header->reliability));
    if (!pending->settled && strlen(draft->case_ref) > CASE_REF_MAX)
        return pending_settle(core, pending, CII_INVALID, "case",
                              "a case reference has at most 50 bytes");
    if (!pending->settled && avs_stands_in(draft->case_ref))
        return pending_settle(
            core, pending, CII_INVALID, "case",
            "a case reference travels in the open header: it must "
            "not hold an AVS number");
    return CII_OK;
}

static enum cii_code
check_profile(struct core *core, struct pending *pending,
              const struct draft *draft)
{
    const bool pilot = core->config->profile == PROFILE_PILOT;
    if (pilot && !draft->test)
        return pending_settle(core, pending, CII_DENIED, "test",
                              "this institution runs as a pilot: it takes "
                              "test-flagged events only");
    if (!pilot && draft->test)
        return pending_settle(core, pending, CII_DENIED, "test",
                              "this institution is in production: it takes no "
                              "test-flagged events");
    return CII_OK;
}

static enum cii_code
check_type(struct core *core, struct pending *pending,
           const struct draft *draft, const struct type_def **type)
{
    const int number = catalogue_type(core->catalogue, draft->event_type);
    if (number < 0)
        return unknown(core, pending,
                       &(struct unknown_name){
                           .field = "type",
                           .what = "type",
                           .name = draft->event_type,
                           .nearest = catalogue_nearest_type(core->catalogue,
                                                             draft->event_type),
                           .list = "cii types",
                       });
    *type = &core->catalogue->type[number];
    pending->file.type = number;
    if ((*type)->protocol)
        return pending_settle(
            core, pending, CII_INVALID, "type",
            "events of this type are issued by the daemon alone");
    return CII_OK;
}

/* Random slots, random salts; slots that hold nothing are random digests. */
static void
commit_facets(struct event *event, uint32_t slots)
{
    uint8_t order[EVENT_SLOTS_MAX] = {0};
    uint8_t random[EVENT_SLOTS_MAX];
    assert(slots > 0 && slots <= EVENT_SLOTS_MAX);
    assert(event->facet_count <= slots);
    crypto_random(random, sizeof random);
    for (uint32_t i = 0; i < slots; i++)
        order[i] = (uint8_t)i;
    for (uint32_t i = slots - 1; i > 0; i--) {
        const uint32_t j = random[i] % (i + 1);
        const uint8_t kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
    event->header.digest_count = slots;
    crypto_random(event->header.digest, slots * sizeof event->header.digest[0]);
    for (size_t i = 0; i < event->facet_count; i++) {
        struct facet *facet = &event->facet[i];
        facet->slot = order[i];
        crypto_random(facet->salt, sizeof facet->salt);
        event->header.digest[facet->slot] = facet_digest(facet);
    }
}

static void
sort_by_slot(struct event *event)
{
    for (size_t i = 1; i < event->facet_count; i++) {
        const struct facet moving = event->facet[i];
        size_t j = i;
        for (; j > 0 && event->facet[j - 1].slot > moving.slot; j--)
            event->facet[j] = event->facet[j - 1];
        event->facet[j] = moving;
    }
}

enum cii_code
pending_build(struct core *core, struct pending *pending, uint32_t slots,
              struct cii_error *err)
{
    struct event *event = &pending->event;
    commit_facets(event, slots);
    sort_by_slot(event);
    buffer_clear(&core->scratch);
    CII_TRY(header_pack(&event->header, &core->scratch));
    event->header_bytes =
        arena_bytes(core->turn_arena, buffer_view(&core->scratch));
    if (!event->header_bytes.data)
        return cii_fail(err, CII_MEMORY, "no memory for an event");
    pending->leaf = header_digest(event->header_bytes);
    pending->file.header = &event->header;
    return CII_OK;
}

static const char *
partner_name_at(const void *context, size_t i)
{
    const struct core *core = context;
    return core->peer[i]->config->id;
}

/* LAVS 153c to 153f: who may use the number has announced it, on a legal basis
 * and with a person responsible. */
static bool
may_use_avs(const struct core *core)
{
    const struct config_avs_use *use = &core->config->avs_use;
    return use->responsible && use->announced_on && use->legal_basis;
}

static bool
is_avs(const struct facet_def *def, const struct field *field)
{
    const int number = facet_field(def, field->name);
    return number >= 0 && def->field[number].form == FIELD_AVS;
}

/* The fields of the facet without the number. */
static enum cii_code
leave_out_avs(struct core *core, const struct facet_def *def,
              const struct content *in, struct content *out,
              struct cii_error *err)
{
    struct field *field =
        arena_take(core->turn_arena, (in->field_count + 1) * sizeof *field);
    size_t count = 0;
    if (!field)
        return cii_fail(err, CII_MEMORY, "no memory for an event");
    for (size_t i = 0; i < in->field_count; i++)
        if (!is_avs(def, &in->field[i]))
            field[count++] = in->field[i];
    *out = (struct content){.field_count = count, .field = field};
    return CII_OK;
}

/* Without the right to the number an event carries the local id instead. */
static enum cii_code
respect_avs(struct core *core, struct pending *pending, struct draft *draft,
            struct cii_error *err)
{
    const char *identity =
        core->catalogue->facet[core->catalogue->identity].name;
    const struct facet_def *def =
        &core->catalogue->facet[core->catalogue->identity];
    struct draft_facet *facet =
        arena_take(core->turn_arena, (draft->facet_count + 1) * sizeof *facet);
    if (!facet)
        return cii_fail(err, CII_MEMORY, "no memory for an event");
    for (size_t i = 0; i < draft->facet_count; i++) {
        facet[i] = draft->facet[i];
        if (strcmp(facet[i].kind, identity) != 0 ||
            !content_find(&facet[i].content, "avs"))
            continue;
        if (!content_find(&facet[i].content, "localPersonId"))
            return pending_settle(
                core, pending, CII_DENIED, "identity.avs",
                "this institution has not shown its right to use AVS numbers "
                "(avs_use in ciid.yaml; LAVS 153c to 153f): give "
                "localPersonIdCategory and localPersonId instead");
        CII_TRY(leave_out_avs(core, def, &draft->facet[i].content,
                              &facet[i].content, err));
    }
    draft->facet = facet;
    return CII_OK;
}

static enum cii_code
take_addressees(struct core *core, struct pending *pending,
                const struct draft *draft, struct cii_error *err)
{
    pending->narrow = draft->to_count > 0;
    if (pending->narrow && core->catalogue->type[pending->file.type].local)
        return pending_settle(core, pending, CII_INVALID, "to",
                              "events of this type never leave the "
                              "institution");
    for (size_t i = 0; i < draft->to_count && !pending->settled; i++) {
        struct peer *peer = core_peer(core, draft->to[i]);
        if (peer)
            CII_TRY(pending_concern(core, pending, peer, false, err));
        else
            return unknown(core, pending,
                           &(struct unknown_name){
                               .field = "to",
                               .what = "partner",
                               .name = draft->to[i],
                               .nearest =
                                   nearest_name(draft->to[i], core->peer_count,
                                                partner_name_at, core),
                               .list = "cii partner list",
                           });
    }
    return CII_OK;
}

enum cii_code
pending_take(struct core *core, struct pending *pending,
             const struct draft *stated, struct cii_error *err)
{
    struct draft draft = *stated;
    const struct type_def *type = NULL;
    CII_TRY(check_type(core, pending, &draft, &type));
    if (pending->settled)
        return CII_OK;
    assert(type);
    CII_TRY(check_profile(core, pending, &draft));
    if (!pending->settled)
        CII_TRY(fill_header(core, pending, type, &draft));
    if (!pending->settled && !may_use_avs(core))
        CII_TRY(respect_avs(core, pending, &draft, err));
    if (!pending->settled)
        CII_TRY(add_facets(core, pending, type, &draft, err));
    if (!pending->settled)
        CII_TRY(take_addressees(core, pending, &draft, err));
    if (!pending->settled && type->personal) {
        struct digest lookup;
        struct cii_error why;
        if (person_lookup(&core->archive,
                          pending->file.by_number[core->catalogue->identity],
                          core->config->institution, &lookup, &why) != CII_OK)
            return pending_settle(core, pending, CII_INVALID, "identity",
                                  why.text);
    }
    return pending->settled ? CII_OK
                            : pending_build(core, pending, type->slots, err);
}
