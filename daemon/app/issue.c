/* SPDX-License-Identifier: Apache-2.0 */
#include "app/issue.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/judging.h"
#include "app/watch.h"
#include "archive/person.h"
#include "archive/stored.h"
#include "base/log.h"
#include "proto/avs.h"
#include "proto/date.h"

#define TURN_EVENTS 1024 /* then the turn takes no further request */
/* room for one request more, and a receipt for every partner */
#define QUEUE_MAX (TURN_EVENTS + CONTROL_DRAFTS_MAX + 4096)

/* An event between its draft and its row. Everything in the turn's arena. */
struct pending {
    struct client *client;  /* NULL: the daemon's own (a receipt) */
    struct peer *addressee; /* of a receipt */
    uint64_t tag;
    bool last; /* the last draft of its request */
    bool dry_run;
    uint64_t line;
    char id[EVENT_ID_TEXT];
    struct event event;
    struct case_file file;
    struct digest leaf;
    const struct peer **concerned; /* a dossier may name any number */
    size_t concerned_count;
    size_t concerned_room;
    bool from_dossier; /* who is concerned, the dossier says */
    struct outcome outcome;
    bool settled;   /* the outcome is known already */
    int64_t number; /* of its row, once it is stored */
};

struct issue_queue {
    struct pending *pending[QUEUE_MAX];
    size_t count;
    size_t recent; /* of the last turn, which is committed */
    struct digest leaf[QUEUE_MAX];
    struct proof proof[QUEUE_MAX];
};

enum cii_code
issue_queue_new(struct issue_queue **result, struct cii_error *err)
{
    struct issue_queue *queue = calloc(1, sizeof *queue);
    if (!queue)
        return cii_fail(err, CII_MEMORY, "no memory for events");
    *result = queue;
    return CII_OK;
}

void
issue_queue_destroy(struct issue_queue **queue)
{
    free(*queue);
    *queue = NULL;
}

bool
issue_is_full(const struct core *core)
{
    return core->issue->count >= TURN_EVENTS;
}

void
issue_forget(struct core *core)
{
    core->issue->count = 0;
    core->issue->recent = 0;
}

const struct case_file *
issue_recent(const struct core *core, int64_t number, struct event *event)
{
    const struct issue_queue *queue = core->issue;
    size_t low = 0;
    size_t high = queue->recent;
    while (low < high) { /* rows are numbered in the order of the queue */
        const size_t middle = low + (high - low) / 2;
        const struct pending *pending = queue->pending[middle];
        if (pending->number == number) {
            *event = pending->event;
            return &pending->file;
        }
        if (pending->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* --- from draft to event --------------------------------------------------*/

static enum cii_code
settle(struct core *core, struct pending *pending, enum cii_code code,
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
    return settle(core, pending, CII_INVALID, it->field, text);
}

static enum cii_code
check_day(struct core *core, struct pending *pending, const char *field,
          const char *value)
{
    struct date date;
    struct cii_error why;
    if (date_parse(&date, value, &why) != CII_OK)
        return settle(core, pending, CII_INVALID, field, why.text);
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
        return settle(core, pending, CII_INVALID, path, text);
    }
    struct cii_error why;
    if (field_check(&def->field[number], field->value, &why) != CII_OK)
        return settle(core, pending, CII_INVALID, path, why.text);
    return CII_OK;
}

static enum cii_code
check_required(struct core *core, struct pending *pending,
               const struct facet_def *def, const struct content *content)
{
    for (size_t i = 0; i < def->field_count && !pending->settled; i++)
        if (def->field[i].required &&
            !content_find(content, def->field[i].name)) {
            char path[160];
            char text[256];
            snprintf(path, sizeof path, "%s.%s", def->name, def->field[i].name);
            snprintf(text, sizeof text, "facet %s needs the field %s (%s)",
                     def->name, def->field[i].name, def->field[i].meaning);
            return settle(core, pending, CII_INVALID, path, text);
        }
    return CII_OK;
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
              const struct facet_def *def, const struct content *content)
{
    for (size_t i = 0; i < content->field_count && !pending->settled; i++) {
        if (occurs_before(content, i))
            return settle(core, pending, CII_INVALID, def->name,
                          "the same field is given twice");
        CII_TRY(check_field(core, pending, def, &content->field[i]));
    }
    if (pending->settled)
        return CII_OK;
    return check_required(core, pending, def, content);
}

/* What was packed last, for the rest of the turn. */
static enum cii_code
keep_packed(struct core *core, struct bytes *kept, struct cii_error *err)
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
        return settle(core, pending, CII_DENIED, def->name, text);
    }
    if (!(type->may >> number & 1)) {
        snprintf(text, sizeof text,
                 "an event of type %s cannot hold the facet %s", type->name,
                 def->name);
        return settle(core, pending, CII_INVALID, def->name, text);
    }
    if (pending->file.facets >> number & 1)
        return settle(core, pending, CII_INVALID, def->name,
                      "the same facet is given twice");
    struct content *content =
        &pending->file.content[pending->event.facet_count];
    CII_TRY(content_normalise(core, def, &draft->content, content, err));
    CII_TRY(check_content(core, pending, def, content));
    if (pending->settled)
        return CII_OK;
    buffer_clear(&core->scratch);
    CII_TRY(content_pack(content, &core->scratch));
    if (core->scratch.size > EVENT_PAYLOAD_MAX) {
        snprintf(text, sizeof text, "facet %s takes %zu bytes; at most %d do",
                 def->name, core->scratch.size, EVENT_PAYLOAD_MAX);
        return settle(core, pending, CII_TOO_LARGE, def->name, text);
    }
    struct facet *facet = &pending->event.facet[pending->event.facet_count++];
    CII_TRY(keep_packed(core, &facet->content, err));
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
    return settle(core, pending, CII_INVALID, names, text);
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
        return settle(core, pending, CII_TOO_LARGE, "", text);
    }
    if (draft->facet_count > EVENT_FACETS_MAX)
        return settle(core, pending, CII_INVALID, "", "too many facets");
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
    return settle(core, pending, CII_INVALID, "reliability",
                  "reliability is \"declared\" or \"verified\"");
}

static enum cii_code
take_id(struct core *core, struct pending *pending, const struct draft *draft,
        struct header *header)
{
    struct cii_error why;
    if (*draft->event_id) {
        if (event_id_parse(&header->event_id, draft->event_id, &why) != CII_OK)
            return settle(core, pending, CII_INVALID, "id", why.text);
    } else {
        uint8_t random[10];
        crypto_random(random, sizeof random);
        header->event_id = event_id_make(core_now(core), random);
    }
    event_id_print(&header->event_id, pending->id);
    if (*draft->in_reply_to &&
        event_id_parse(&header->in_reply_to, draft->in_reply_to, &why) !=
            CII_OK)
        return settle(core, pending, CII_INVALID, "in_reply_to", why.text);
    return CII_OK;
}

static bool
holds_avs(const char *text)
{
    int digits = 0;
    for (; *text; text++)
        if (*text >= '0' && *text <= '9')
            digits++;
        else if (*text != '.')
            digits = 0;
        else
            continue;
    return digits >= AVS_DIGITS;
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
        return settle(core, pending, CII_INVALID, "case",
                      "a case reference has at most 50 bytes");
    if (!pending->settled && holds_avs(draft->case_ref))
        return settle(core, pending, CII_INVALID, "case",
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
        return settle(core, pending, CII_DENIED, "test",
                      "this institution runs as a pilot: it takes "
                      "test-flagged events only");
    if (!pilot && draft->test)
        return settle(core, pending, CII_DENIED, "test",
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
        return settle(core, pending, CII_INVALID, "type",
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

static enum cii_code
build(struct core *core, struct pending *pending, uint32_t slots,
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

/* --- whom it concerns -----------------------------------------------------*/

static enum cii_code
make_room(struct core *core, struct pending *pending, struct cii_error *err)
{
    const size_t room = pending->concerned_room * 2 + 8;
    const struct peer **more =
        arena_take(core->turn_arena, room * sizeof *more);
    if (!more)
        return cii_fail(err, CII_MEMORY, "no memory for addressees");
    if (pending->concerned_count > 0)
        memcpy(more, pending->concerned,
               pending->concerned_count * sizeof *more);
    pending->concerned = more;
    pending->concerned_room = room;
    return CII_OK;
}

static enum cii_code
add_concerned(struct core *core, struct pending *pending,
              const struct peer *peer, struct cii_error *err)
{
    for (size_t i = 0; i < pending->concerned_count; i++)
        if (pending->concerned[i] == peer)
            return CII_OK;
    if (pending->concerned_count == pending->concerned_room)
        CII_TRY(make_room(core, pending, err));
    pending->concerned[pending->concerned_count++] = peer;
    return CII_OK;
}

static const char *
partner_name_at(const void *context, size_t i)
{
    const struct core *core = context;
    return core->peer[i]->config->id;
}

static enum cii_code
take_addressees(struct core *core, struct pending *pending,
                const struct draft *draft, struct cii_error *err)
{
    pending->from_dossier = draft->to_count == 0;
    for (size_t i = 0; i < draft->to_count && !pending->settled; i++) {
        const struct peer *peer = core_peer(core, draft->to[i]);
        if (peer)
            CII_TRY(add_concerned(core, pending, peer, err));
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

struct concern_seen {
    struct core *core;
    struct pending *pending;
    enum cii_code code;
    struct cii_error *err;
};

static void
see_concern(void *context, const char *institution)
{
    struct concern_seen *seen = context;
    const struct peer *peer = core_peer(seen->core, institution);
    if (peer && seen->code == CII_OK)
        seen->code = add_concerned(seen->core, seen->pending, peer, seen->err);
}

/* --- taking ---------------------------------------------------------------*/

static struct pending *
new_pending(struct core *core)
{
    struct issue_queue *queue = core->issue;
    struct pending *pending = arena_take(core->turn_arena, sizeof *pending);
    if (pending)
        queue->pending[queue->count++] = pending;
    return pending;
}

static enum cii_code
take_draft(struct core *core, struct pending *pending,
           const struct draft *draft, struct cii_error *err)
{
    const struct type_def *type = NULL;
    CII_TRY(check_type(core, pending, draft, &type));
    if (!pending->settled)
        CII_TRY(check_profile(core, pending, draft));
    if (!pending->settled)
        CII_TRY(fill_header(core, pending, type, draft));
    if (!pending->settled)
        CII_TRY(add_facets(core, pending, type, draft, err));
    if (!pending->settled)
        CII_TRY(take_addressees(core, pending, draft, err));
    if (!pending->settled && type->personal) {
        struct digest lookup;
        struct cii_error why;
        if (person_lookup(&core->archive,
                          pending->file.by_number[core->catalogue->identity],
                          core->config->institution, &lookup, &why) != CII_OK)
            return settle(core, pending, CII_INVALID, "identity", why.text);
    }
    return pending->settled ? CII_OK : build(core, pending, type->slots, err);
}

enum cii_code
issue_draft(struct core *core, struct client *client, uint64_t tag,
            const struct draft *draft, bool last, struct cii_error *err)
{
    struct pending *pending =
        core->issue->count < QUEUE_MAX ? new_pending(core) : NULL;
    if (!pending)
        return cii_fail(err, CII_MEMORY, "no memory for an event");
    pending->client = client;
    pending->tag = tag;
    pending->last = last;
    pending->line = draft->line;
    pending->dry_run = draft->dry_run;
    struct event_id id;
    if (event_id_parse(&id, draft->event_id, NULL) == CII_OK)
        event_id_print(&id, pending->id);
    return take_draft(core, pending, draft, err);
}

/* --- receipts -------------------------------------------------------------*/

static void
fill_receipt(const struct peer *peer, struct refusal *refusal,
             struct receipt *receipt)
{
    *receipt = (struct receipt){
        .first = peer->receipt_first,
        .last = peer->receipt_last,
        .refusal_count = peer->refusal_count,
        .refusal = refusal,
    };
    memcpy(receipt->stream_id, peer->exchange.in_stream.bytes, STREAM_ID_SIZE);
    for (size_t i = 0; i < peer->refusal_count; i++)
        refusal[i] = (struct refusal){.seq = peer->refusal[i].seq,
                                      .event_id = peer->refusal[i].event_id,
                                      .reason = peer->refusal[i].reason,
                                      .rule = peer->refusal[i].rule};
}

enum cii_code
issue_receipt(struct peer *peer, struct cii_error *err)
{
    struct core *core = peer->core;
    const bool due = peer->receipt_due;
    struct receipt receipt;
    struct refusal *refusal =
        arena_take(core->turn_arena,
                   (peer->refusal_count + 1) * sizeof *refusal);
    if (!refusal)
        return cii_fail(err, CII_MEMORY, "no memory for a receipt");
    fill_receipt(peer, refusal, &receipt);
    peer->receipt_first = peer->receipt_last = 0;
    peer->receipt_due = false;
    peer->refusal_count = 0;
    if (!due)
        return CII_OK;

    struct pending *pending =
        core->issue->count < QUEUE_MAX ? new_pending(core) : NULL;
    if (!pending)
        return cii_fail(err, CII_MEMORY, "no memory for a receipt");
    pending->addressee = peer;
    pending->file.type = core->receipt_type;
    pending->file.facets = UINT64_C(1) << core->catalogue->outcome;
    const struct type_def *type = &core->catalogue->type[core->receipt_type];

    const struct date today = date_from_days(core_now(core) / DAY_MS);
    char *day = arena_take(core->turn_arena, 11);
    if (!day)
        return cii_fail(err, CII_MEMORY, "no memory for a receipt");
    date_print(&today, day);
    uint8_t random[10];
    crypto_random(random, sizeof random);
    pending->event.header = (struct header){
        .event_id = event_id_make(core_now(core), random),
        .issuer = core->config->institution,
        .event_type = type->name,
        .occurred_on = day,
        .issued_at = (uint64_t)core_now(core),
        .case_ref = "",
        .as_of = "",
        .reliability = RELIABILITY_VERIFIED,
        .test = core->config->profile == PROFILE_PILOT,
    };
    event_id_print(&pending->event.header.event_id, pending->id);
    buffer_clear(&core->scratch);
    CII_TRY(receipt_pack(&receipt, &core->scratch));
    pending->event.facet_count = 1;
    struct facet *outcome = &pending->event.facet[0];
    CII_TRY(keep_packed(core, &outcome->content, err));
    outcome->kind = core->catalogue->facet[core->catalogue->outcome].name;
    return build(core, pending, type->slots, err);
}

/* --- storing and judging --------------------------------------------------*/

static bool
same_content(const struct content *a, const struct content *b)
{
    if (a->field_count != b->field_count)
        return false;
    for (size_t i = 0; i < a->field_count; i++) {
        const char *value = content_find(b, a->field[i].name);
        if (!value || strcmp(value, a->field[i].value) != 0)
            return false;
    }
    return true;
}

/* Is the event of this id that we hold what this draft states? */
static enum cii_code
same_as_known(struct core *core, const struct pending *pending, bool *same,
              struct cii_error *err)
{
    const struct header *header = &pending->event.header;
    struct stored_event known;
    const enum cii_code found =
        stored_find(&core->archive, header->issuer, &header->event_id,
                    core->turn_arena, &known, err);
    *same = false;
    if (stored_is_damaged(found))
        return CII_OK; /* nobody can say any more that it is */
    CII_TRY(found);
    const struct header *other = &known.event.header;
    struct case_file file;
    *same = strcmp(header->event_type, other->event_type) == 0 &&
            strcmp(header->occurred_on, other->occurred_on) == 0 &&
            strcmp(header->case_ref, other->case_ref) == 0 &&
            strcmp(header->as_of, other->as_of) == 0 &&
            header->reliability == other->reliability &&
            event_id_equal(&header->in_reply_to, &other->in_reply_to) &&
            header->test == other->test &&
            case_open(core, other, known.event.facet, known.event.facet_count,
                      core->turn_arena, &file, NULL) == CII_OK &&
            file.facets == pending->file.facets;
    for (size_t i = 0; *same && i < core->catalogue->facet_count; i++)
        if (file.by_number[i])
            *same = same_content(file.by_number[i], pending->file.by_number[i]);
    return CII_OK;
}

static enum cii_code
settle_known(struct core *core, struct pending *pending, struct cii_error *err)
{
    bool same = false;
    CII_TRY(same_as_known(core, pending, &same, err));
    if (same)
        return settle(core, pending, CII_DUPLICATE, NULL, NULL);
    return settle(core, pending, CII_CONFLICT, "id",
                  "an event of this id is stored already with other content; "
                  "give this one an id of its own");
}

static enum cii_code
obtain_person(struct core *core, const struct pending *pending,
              struct person *person, struct cii_error *err)
{
    *person = (struct person){.key = *vault_common_key(core->vault)};
    const struct content *identity =
        pending->file.by_number[core->catalogue->identity];
    if (!identity)
        return CII_OK;
    return person_obtain(&core->archive, identity, core->config->institution,
                         core_now(core), core->turn_arena, person, err);
}

static enum cii_code
add_event(struct core *core, struct pending *pending,
          const struct person *person, int64_t *number, struct cii_error *err)
{
    const struct event *event = &pending->event;
    const struct header *header = &event->header;
    cii_auto(buffer_done) struct buffer sealed = {0};
    cii_auto(buffer_done) struct buffer proof = {0};
    CII_TRY(facets_seal(&core->archive, &person->key, header->issuer,
                        &header->event_id, event->facet, event->facet_count,
                        &sealed, err));
    CII_TRY(proof_pack(&event->proof, &proof));
    struct event_row row = {
        .issuer = header->issuer,
        .discloser = header->issuer,
        .event_id = header->event_id,
        .digest = pending->leaf,
        .header = event->header_bytes,
        .proof = buffer_view(&proof),
        .sealed = buffer_view(&sealed),
        .type = header->event_type,
        .case_ref = header->case_ref,
        .occurred_on = header->occurred_on,
        .in_reply_to = header->in_reply_to,
        .person = person->number,
        .origin = ORIGIN_OURS,
        .stored_at = core_now(core),
        .test = header->test,
    };
    const enum cii_code code = store_event_add(core->store, &row, err);
    *number = row.number;
    return code;
}

/* One partner: the verdict, its words, and its stream if it may know. */
static enum cii_code
tell_partner(struct core *core, struct pending *pending, int64_t number,
             const struct peer *to, struct verdict_line *line,
             struct cii_error *err)
{
    const struct judgement judgement =
        judge_sending(core, &pending->file, core->config->institution,
                      to->config->id, true);
    if (line)
        CII_TRY(verdict_words(core, &pending->file, to->config->id, false, true,
                              &judgement, line, err));
    if (pending->dry_run)
        return CII_OK;
    CII_TRY(record_verdict(core, number, &pending->file, to->config->id, false,
                           true, &judgement, err));
    if (judgement.verdict != VERDICT_TRANSMIT)
        return CII_OK;
    return peer_append(core_peer(core, to->config->id), number, &pending->leaf,
                       err);
}

static enum cii_code
tell_partners(struct core *core, struct pending *pending, int64_t number,
              struct cii_error *err)
{
    struct verdict_line *line =
        arena_take(core->turn_arena,
                   (pending->concerned_count + 1) * sizeof *line);
    if (!line)
        return cii_fail(err, CII_MEMORY, "no memory for verdicts");
    for (size_t i = 0; i < pending->concerned_count; i++)
        CII_TRY(tell_partner(core, pending, number, pending->concerned[i],
                             &line[i], err));
    CII_TRY(settle(core, pending, CII_OK, NULL, NULL));
    pending->outcome.verdict_count = pending->concerned_count;
    pending->outcome.verdict = line;
    return CII_OK;
}

static void
tell_issued(struct core *core, const struct pending *pending)
{
    char facets[512];
    facet_set_print(core->catalogue, pending->file.facets, facets,
                    sizeof facets);
    watch_tell(core, &(struct news){.what = "issued",
                                    .event = pending->id,
                                    .type = pending->event.header.event_type,
                                    .issuer = core->config->institution,
                                    .facets = facets});
}

static enum cii_code
concern_by_dossier(struct core *core, struct pending *pending, int64_t person,
                   struct cii_error *err)
{
    struct concern_seen seen = {.core = core,
                                .pending = pending,
                                .code = CII_OK,
                                .err = err};
    if (!pending->from_dossier || person == 0)
        return CII_OK;
    CII_TRY(store_concern_each(core->store, person, see_concern, &seen, err));
    return seen.code;
}

static enum cii_code
issue_one(struct core *core, struct pending *pending, struct cii_error *err)
{
    struct person person;
    const enum cii_code found = obtain_person(core, pending, &person, err);
    if (stored_is_damaged(found))
        return settle(core, pending, CII_CRYPTO, "identity",
                      "what is stored of this person does not open; bring back "
                      "the store from a backup");
    CII_TRY(found);
    int64_t number = 0;
    const enum cii_code added = add_event(core, pending, &person, &number, err);
    if (added == CII_DUPLICATE || added == CII_CONFLICT)
        return settle_known(core, pending, err);
    CII_TRY(added);
    pending->number = number;
    if (pending->addressee)
        return tell_partner(core, pending, number, pending->addressee, NULL,
                            err);
    core->figure[FIGURE_ISSUED]++;
    log_line(LOG_DEBUG, "%s event issued type=%s", pending->id,
             pending->event.header.event_type);
    tell_issued(core, pending);
    CII_TRY(concern_by_dossier(core, pending, person.number, err));
    return tell_partners(core, pending, number, err);
}

/* Judged, but nothing is stored and nothing leaves. */
static enum cii_code
rehearse_one(struct core *core, struct pending *pending, struct cii_error *err)
{
    const struct content *identity =
        pending->file.by_number[core->catalogue->identity];
    struct digest lookup;
    struct person_row row = {0};
    if (identity &&
        person_lookup(&core->archive, identity, core->config->institution,
                      &lookup, err) == CII_OK) {
        const enum cii_code found =
            store_person_find(core->store, &lookup, &row, err);
        if (found != CII_OK && found != CII_UNKNOWN)
            return found;
        if (found == CII_UNKNOWN)
            row.number = 0;
    }
    CII_TRY(concern_by_dossier(core, pending, row.number, err));
    return tell_partners(core, pending, 0, err);
}

/* One signature for all headers of the turn. */
static enum cii_code
sign_all(struct core *core, struct cii_error *err)
{
    struct issue_queue *queue = core->issue;
    size_t count = 0;
    for (size_t i = 0; i < queue->count; i++)
        if (!queue->pending[i]->settled && !queue->pending[i]->dry_run)
            queue->leaf[count++] = queue->pending[i]->leaf;
    if (count == 0)
        return CII_OK;
    CII_TRY(sign_batch(core->signer, core->config->institution, queue->leaf,
                       count, queue->proof, err));
    count = 0;
    for (size_t i = 0; i < queue->count; i++)
        if (!queue->pending[i]->settled && !queue->pending[i]->dry_run)
            queue->pending[i]->event.proof = queue->proof[count++];
    return CII_OK;
}

/* The outcomes of one request, in replies that a client takes. */
#define OUTCOMES_A_REPLY 256
#define REPLY_FULL       (CONTROL_REPLY_MAX / 2)

/* Not less than it takes when it is packed. */
static size_t
size_of(const struct outcome *outcome)
{
    size_t size = 64 + strlen(outcome->event_id) + strlen(outcome->text) +
                  strlen(outcome->field);
    for (size_t i = 0; i < outcome->verdict_count; i++) {
        const struct verdict_line *line = &outcome->verdict[i];
        size += 64 + strlen(line->partner) + strlen(line->verdict) +
                strlen(line->lane) + strlen(line->rule) +
                strlen(line->citation) + strlen(line->facets) +
                strlen(line->withheld) + strlen(line->missing);
    }
    return size;
}

static void
hold(const struct pending *pending, bool last, const struct outcome *outcome,
     size_t count)
{
    control_reply(pending->client, &(struct reply){.tag = pending->tag,
                                                   .last = last,
                                                   .outcome_count = count,
                                                   .outcome = outcome});
}

static void
hold_outcomes(struct core *core)
{
    struct issue_queue *queue = core->issue;
    struct outcome outcome[OUTCOMES_A_REPLY];
    size_t count = 0;
    size_t size = 0;
    for (size_t i = 0; i < queue->count; i++) {
        const struct pending *pending = queue->pending[i];
        if (!pending->client)
            continue;
        const size_t more = size_of(&pending->outcome);
        if (count == OUTCOMES_A_REPLY ||
            (count > 0 && size + more > REPLY_FULL)) {
            hold(pending, false, outcome, count);
            count = size = 0;
        }
        outcome[count++] = pending->outcome;
        size += more;
        if (!pending->last)
            continue;
        hold(pending, true, outcome, count);
        count = size = 0;
    }
}

/* Those that were stored; the others have no number. */
static void
keep_recent(struct issue_queue *queue)
{
    queue->recent = 0;
    for (size_t i = 0; i < queue->count; i++)
        if (queue->pending[i]->number != 0)
            queue->pending[queue->recent++] = queue->pending[i];
    queue->count = 0;
}

enum cii_code
issue_all(struct core *core, struct cii_error *err)
{
    struct issue_queue *queue = core->issue;
    CII_TRY(sign_all(core, err));
    for (size_t i = 0; i < queue->count; i++) {
        struct pending *pending = queue->pending[i];
        if (pending->settled)
            continue;
        CII_TRY(pending->dry_run ? rehearse_one(core, pending, err)
                                 : issue_one(core, pending, err));
    }
    hold_outcomes(core);
    keep_recent(queue);
    return CII_OK;
}
