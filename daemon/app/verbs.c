/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/control.h"
#include "app/issue.h"
#include "app/watch.h"
#include "archive/person.h"
#include "archive/stored.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/socket.h"
#include "proto/date.h"
#include "proto/rows.h"

/* One request in hand. */
struct call {
    struct core *core;
    struct client *client;
    const struct request *request;
    struct bytes raw;    /* as it came, for the reader */
    struct rows rows;    /* the answer */
    int64_t person;      /* whom it was about, for the act */
    const char *subject; /* likewise; in the arena */
};

typedef enum cii_code answer(struct call *call, struct cii_error *err);

/* --- helpers --------------------------------------------------------------*/

static const char *
argument(const struct call *call, const char *name)
{
    const char *value = request_argument(call->request, name);
    return value && *value ? value : NULL;
}

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
        const char *value = argument(call, def->field[i].name);
        if (!value)
            continue;
        field[count++] = (struct field){def->field[i].name, value};
    }
    const char *local = argument(call, "local-id");
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

/* The person that the arguments name, who must be known here. */
static enum cii_code
known_person(struct call *call, struct person_row *row, struct cii_error *err)
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

/* What an act may be about: an event id, and nothing else that was typed in
 * its place. An AVS number would stand there in clear. */
static const char *
event_subject(const struct call *call, const char *text)
{
    struct event_id id;
    if (!text || event_id_parse(&id, text, NULL) != CII_OK)
        return "";
    char printed[EVENT_ID_TEXT];
    event_id_print(&id, printed);
    const char *kept = arena_text(call->core->turn_arena, printed);
    return kept ? kept : "";
}

/* --- send -----------------------------------------------------------------*/

static enum cii_code
answer_send(struct call *call, struct cii_error *err)
{
    const struct request *request = call->request;
    if (request->draft_count == 0)
        return cii_fail(err, CII_INVALID, "nothing to send");
    for (size_t i = 0; i < request->draft_count; i++)
        CII_TRY(issue_draft(call->core, call->client, request->tag,
                            &request->draft[i], i + 1 == request->draft_count,
                            err));
    char text[96];
    const char *first = event_subject(call, request->draft[0].event_id);
    snprintf(text, sizeof text, "%zu drafts, first %s", request->draft_count,
             *first ? first : "without id");
    call->subject = arena_text(call->core->turn_arena, text);
    return CII_OK;
}

/* --- status, partners, catalogue ------------------------------------------*/

static void
put_links(struct call *call)
{
    for (size_t i = 0; i < call->core->peer_count; i++) {
        const struct peer *peer = call->core->peer[i];
        rows_begin(&call->rows, "link");
        rows_put(&call->rows, "partner", peer->config->id);
        rows_put(&call->rows, "name", peer->config->name);
        rows_put(&call->rows, "state",
                 peer->config->suspended                 ? "suspended"
                 : peer->exchange.state == EXCHANGE_OPEN ? "up"
                                                         : "down");
        rows_put_moment(&call->rows, "since", peer->since);
        rows_put_number(&call->rows, "backlog", (int64_t)peer_backlog(peer));
        rows_put_number(&call->rows, "head", (int64_t)peer->exchange.head);
        rows_put_number(&call->rows, "acked", (int64_t)peer->exchange.acked);
        rows_put_number(&call->rows, "received",
                        (int64_t)peer->exchange.in_seq);
        rows_put(&call->rows, "address", peer->config->address);
    }
}

static enum cii_code
answer_partners(struct call *call, struct cii_error *err)
{
    (void)err;
    put_links(call);
    return CII_OK;
}

static void
put_status(struct call *call, const struct store_figures *figures)
{
    const struct core *core = call->core;
    struct rows *rows = &call->rows;
    rows_begin(rows, "status");
    rows_put(rows, "institution", core->config->institution);
    rows_put(rows, "profile",
             core->config->profile == PROFILE_PILOT ? "pilot" : "production");
    rows_put(rows, "version", CII_VERSION);
    rows_put_moment(rows, "now", core_now(core));
    rows_put_number(rows, "turn", figures->turn);
    rows_put_number(rows, "events", figures->events);
    rows_put_number(rows, "persons", figures->persons);
    rows_put_number(rows, "issued", core->figure[FIGURE_ISSUED]);
    rows_put_number(rows, "arrived", core->figure[FIGURE_ARRIVED]);
    rows_put_number(rows, "refused", core->figure[FIGURE_REFUSED]);
    rows_put_number(rows, "uptime_ms", clock_steady() - core->started);
    rows_put_number(rows, "rules", (int64_t)law_rule_count(core->law));
    rows_put(rows, "gate", core->gate >= 0 ? "up" : "down");
    rows_put(rows, "reader", core->reader >= 0 ? "up" : "down");
    rows_put_number(rows, "pid", getpid());
}

static enum cii_code
answer_status(struct call *call, struct cii_error *err)
{
    struct store_figures figures;
    CII_TRY(store_figures(call->core->store, &figures, err));
    put_status(call, &figures);
    put_links(call);
    rows_begin(&call->rows, "store");
    rows_put(&call->rows, "path", call->core->config->state_dir);
    rows_put_number(&call->rows, "file_bytes", figures.file_bytes);
    rows_put_number(&call->rows, "log_bytes", figures.log_bytes);
    rows_put_number(&call->rows, "schema", figures.schema);
    rows_put(&call->rows, "journal_mode", figures.journal_mode);
    rows_put_number(&call->rows, "synchronous", figures.synchronous);
    rows_put(&call->rows, "room", call->core->full ? "full" : "ok");
    return CII_OK;
}

static void
put_codes(struct rows *rows, char **codes)
{
    char text[512] = "";
    size_t used = 0;
    for (size_t i = 0; codes && codes[i]; i++) {
        const int more = snprintf(text + used, sizeof text - used, "%s%s",
                                  used ? " " : "", codes[i]);
        if (more < 0 || (size_t)more >= sizeof text - used)
            break;
        used += (size_t)more;
    }
    rows_put(rows, "codes", text);
}

static void
put_facet(struct rows *rows, const struct facet_def *facet)
{
    rows_begin(rows, "facet");
    rows_put(rows, "name", facet->name);
    rows_put(rows, "meaning", facet->meaning);
    rows_put(rows, "banned", facet->banned ? "yes" : "no");
    for (size_t i = 0; i < facet->field_count; i++) {
        const struct field_def *field = &facet->field[i];
        rows_begin(rows, "field");
        rows_put(rows, "facet", facet->name);
        rows_put(rows, "name", field->name);
        rows_put(rows, "meaning", field->meaning);
        rows_put(rows, "form", field_form_names[field->form]);
        rows_put(rows, "required", field->required ? "yes" : "no");
        put_codes(rows, field->codes);
    }
}

static void
put_type(struct rows *rows, const struct catalogue *catalogue,
         const struct type_def *type)
{
    char facets[512];
    rows_begin(rows, "type");
    rows_put(rows, "name", type->name);
    rows_put(rows, "meaning", type->meaning);
    rows_put(rows, "line", type->line);
    rows_put(rows, "personal", type->personal ? "yes" : "no");
    facet_set_print(catalogue, type->must, facets, sizeof facets);
    rows_put(rows, "must", facets);
    facet_set_print(catalogue, type->may, facets, sizeof facets);
    rows_put(rows, "may", facets);
}

static enum cii_code
answer_catalogue(struct call *call, struct cii_error *err)
{
    (void)err;
    const struct catalogue *catalogue = call->core->catalogue;
    for (size_t i = 0; i < catalogue->facet_count; i++)
        put_facet(&call->rows, &catalogue->facet[i]);
    for (size_t i = 0; i < catalogue->type_count; i++)
        if (!catalogue->type[i].protocol)
            put_type(&call->rows, catalogue, &catalogue->type[i]);
    return CII_OK;
}

/* --- explain --------------------------------------------------------------*/

static void
put_words(struct rows *rows, const struct verdict_line *line)
{
    rows_put(rows, "partner", line->partner);
    rows_put(rows, "verdict", line->verdict);
    rows_put(rows, "lane", line->lane);
    rows_put(rows, "rule", line->rule);
    rows_put(rows, "citation", line->citation);
    rows_put(rows, "facets", line->facets);
    rows_put(rows, "withheld", line->withheld);
    rows_put(rows, "missing", line->missing);
}

static void
put_verdict(void *context, const struct verdict_row *row)
{
    struct call *call = context;
    const struct catalogue *catalogue = call->core->catalogue;
    char facets[512];
    char withheld[512];
    facet_set_print(catalogue, row->facets, facets, sizeof facets);
    facet_set_print(catalogue, row->withheld, withheld, sizeof withheld);
    rows_begin(&call->rows, "verdict");
    rows_put_moment(&call->rows, "at", row->at);
    rows_put(&call->rows, "arrival", row->arrival ? "yes" : "no");
    rows_put(&call->rows, "ground", ground_name((enum ground)row->ground));
    put_words(&call->rows,
              &(struct verdict_line){
                  .partner = row->partner,
                  .verdict = verdict_name((enum verdict)row->verdict),
                  .lane = row->lane,
                  .rule = row->rule,
                  .citation = row->citation,
                  .facets = facets,
                  .withheld = withheld,
                  .missing = row->missing,
              });
}

static void
match_verdict(void *context, const struct verdict_row *row)
{
    bool *named = context;
    if (!row->arrival)
        *named = true;
}

/* Is the partner concerned: because it was named when the event was sent, or
 * by the dossier? */
static enum cii_code
is_concerned(struct call *call, const struct stored_event *stored,
             const char *partner, bool *concerned, struct cii_error *err)
{
    *concerned = false;
    CII_TRY(store_verdict_each(call->core->store, stored->number, partner,
                               match_verdict, concerned, err));
    if (*concerned)
        return CII_OK;
    return dossier_concerns(call->core, stored->person, partner, concerned,
                            err);
}

static enum cii_code
put_judgement(struct call *call, const struct stored_event *stored,
              const struct peer *peer, struct cii_error *err)
{
    struct core *core = call->core;
    struct case_file file;
    CII_TRY(case_open(core->catalogue, &stored->event.header,
                      stored->event.facet, stored->event.facet_count,
                      core->turn_arena, &file, err));
    bool concerned = false;
    CII_TRY(is_concerned(call, stored, peer->config->id, &concerned, err));
    const struct judgement judgement =
        judge_sending(core, &file, stored->event.header.issuer,
                      peer->config->id, concerned);
    struct verdict_line line;
    CII_TRY(verdict_words(core, &file, peer->config->id, false, concerned,
                          &judgement, &line, err));
    rows_begin(&call->rows, "judgement");
    rows_put(&call->rows, "ground", ground_name(judgement.ground));
    put_words(&call->rows, &line);
    return CII_OK;
}

static enum cii_code
find_event(struct call *call, struct stored_event *stored,
           struct cii_error *err)
{
    const char *text = argument(call, "event");
    if (!text)
        return cii_fail(err, CII_INVALID, "name the event by its id");
    struct event_id id;
    CII_TRY(event_id_parse(&id, text, err));
    call->subject = text;
    const enum cii_code code = stored_find(&call->core->archive, NULL, &id,
                                           call->core->turn_arena, stored, err);
    if (code == CII_UNKNOWN)
        return cii_fail(err, CII_UNKNOWN, "no event %s is stored here", text);
    return code;
}

static enum cii_code
answer_explain(struct call *call, struct cii_error *err)
{
    struct core *core = call->core;
    struct stored_event stored = {0};
    CII_TRY(find_event(call, &stored, err));
    call->person = stored.person;
    const char *to = argument(call, "to");
    if (to && !core_peer(core, to))
        return cii_fail(err, CII_UNKNOWN, "%.63s is no partner", to);

    CII_TRY(store_verdict_each(core->store, stored.number, to, put_verdict,
                               call, err));
    if (stored.origin != ORIGIN_OURS)
        return CII_OK;
    for (size_t i = 0; i < core->peer_count; i++)
        if (!to || strcmp(to, core->peer[i]->config->id) == 0)
            CII_TRY(put_judgement(call, &stored, core->peer[i], err));
    return CII_OK;
}

/* --- dossiers -------------------------------------------------------------*/

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
    return CII_OK;
}

static enum cii_code
answer_dossier_open(struct call *call, struct cii_error *err)
{
    struct core *core = call->core;
    struct content identity;
    CII_TRY(identity_of(call, &identity, err));
    struct digest lookup;
    CII_TRY(person_lookup(&core->archive, &identity, core->config->institution,
                          &lookup, err));
    CII_TRY(check_partners(call, argument(call, "concerned"), err));
    const char *case_ref = argument(call, "case");
    const char *counsellor = argument(call, "counsellor");

    struct person person;
    CII_TRY(person_obtain(&core->archive, &identity, core->config->institution,
                          core_now(core), core->turn_arena, &person, err));
    call->person = person.number;
    struct dossier_row row = {
        .person = person.number,
        .case_ref = case_ref ? case_ref : "",
        .counsellor = counsellor ? counsellor : "",
        .opened_at = core_now(core),
    };
    const enum cii_code opened = store_dossier_open(core->store, &row, err);
    if (opened == CII_DUPLICATE)
        CII_TRY(open_again(call, &row, err));
    else
        CII_TRY(opened);
    CII_TRY(set_concerns(call, person.number, argument(call, "concerned"), true,
                         err));
    return put_dossier(call, &row, &identity, err);
}

static enum cii_code
answer_dossier_close(struct call *call, struct cii_error *err)
{
    struct person_row row;
    CII_TRY(known_person(call, &row, err));
    return store_dossier_close(call->core->store, row.number,
                               core_now(call->core), err);
}

static enum cii_code
answer_dossier_concern(struct call *call, struct cii_error *err)
{
    struct person_row row;
    CII_TRY(known_person(call, &row, err));
    CII_TRY(check_partners(call, argument(call, "add"), err));
    CII_TRY(check_partners(call, argument(call, "remove"), err));
    const int64_t person = row.number;
    CII_TRY(set_concerns(call, person, argument(call, "add"), true, err));
    CII_TRY(set_concerns(call, person, argument(call, "remove"), false, err));

    cii_auto(buffer_done) struct buffer text = {0};
    CII_TRY(
        store_concern_each(call->core->store, person, put_concern, &text, err));
    rows_begin(&call->rows, "dossier");
    rows_put(&call->rows, "concerned", buffer_text(&text));
    return CII_OK;
}

/* --- watch, clock ---------------------------------------------------------*/

static enum cii_code
answer_watch(struct call *call, struct cii_error *err)
{
    const struct core *core = call->core;
    const char *partner = argument(call, "partner");
    const char *type = argument(call, "type");
    if (partner && !core_peer(call->core, partner))
        return cii_fail(err, CII_INVALID,
                        "%.63s is no partner; `cii partner list` shows them",
                        partner);
    if (type && catalogue_type(core->catalogue, type) < 0)
        return cii_fail(err, CII_INVALID,
                        "%.63s is no event type; `cii types` lists them", type);
    return watch_add(call->core, call->client, call->request->tag, partner,
                     type, err);
}

/* 1 January 2000 and 2200: every moment in between can be written. */
#define STORY_FIRST INT64_C(946684800000)
#define STORY_LAST  INT64_C(7258118400000)

static enum cii_code
parse_offset(struct call *call, int64_t *offset, struct cii_error *err)
{
    const char *day = argument(call, "set");
    const char *ms = argument(call, "offset-ms");
    if (day) {
        struct date date;
        CII_TRY(date_parse(&date, day, err));
        /* noon, so that the day is the same in every office */
        *offset = date_to_days(&date) * DAY_MS + DAY_MS / 2 - clock_now();
    } else if (ms) {
        char *end = NULL;
        *offset = strtoll(ms, &end, 10);
        if (end == ms || *end)
            return cii_fail(err, CII_INVALID, "offset-ms is a number");
    }
    if (*offset < STORY_FIRST - clock_now() ||
        *offset > STORY_LAST - clock_now())
        return cii_fail(err, CII_INVALID,
                        "a story takes place between the years 2000 and 2200");
    return CII_OK;
}

static enum cii_code
answer_clock(struct call *call, struct cii_error *err)
{
    struct core *core = call->core;
    int64_t offset = core->story_offset;
    CII_TRY(parse_offset(call, &offset, err));
    if (offset != core->story_offset) {
        if (core->config->profile != PROFILE_PILOT)
            return cii_fail(err, CII_FORBIDDEN,
                            "only a pilot has a story clock");
        CII_TRY(store_value_set(core->store, "story-offset", BYTES_OF(offset),
                                err));
        core->story_offset = offset;
        log_line(LOG_NOTICE, "clock set offset-ms=%" PRId64, offset);
    }
    rows_begin(&call->rows, "clock");
    rows_put_moment(&call->rows, "now", core_now(core));
    rows_put_number(&call->rows, "offset_ms", offset);
    return CII_OK;
}

/* --- handing over to the reader -------------------------------------------*/

/* The reader answers on this very connection, after the commit that records
 * who asked. */
static enum cii_code
answer_by_reader(struct call *call, struct cii_error *err)
{
    call->subject = event_subject(call, argument(call, "event"));
    if (argument(call, "avs") || argument(call, "local-id")) {
        struct person_row row;
        const enum cii_code code = known_person(call, &row, err);
        if (code != CII_OK && code != CII_UNKNOWN)
            return code;
    }
    if (call->core->reader < 0)
        return cii_fail(err, CII_BUSY, "the reader is starting; try again");
    if (call->raw.size > 60000)
        return cii_fail(err, CII_TOO_LARGE, "the question is too long");
    return control_hand_over(call->client, call->request->tag, call->raw, err);
}

/* --- the table ------------------------------------------------------------*/

#define OF(role) (1u << ROLE_##role)

static const struct verb {
    const char *name;
    answer *answer;
    unsigned int roles;
    bool writes;  /* refused while the disk is full */
    bool streams; /* the answer is not one reply of ours */
} verbs[] = {
    {"send", answer_send, OF(OPERATOR) | OF(COUNSELLOR), true, true},
    {"query", answer_by_reader, OF(OPERATOR) | OF(COUNSELLOR) | OF(AUDITOR),
     false, true},
    {"show", answer_by_reader, OF(OPERATOR) | OF(COUNSELLOR) | OF(AUDITOR),
     false, true},
    {"explain", answer_explain, OF(OPERATOR) | OF(COUNSELLOR) | OF(AUDITOR),
     false, false},
    {"watch", answer_watch, OF(OPERATOR) | OF(COUNSELLOR) | OF(AUDITOR), false,
     true},
    {"status", answer_status, ~0u, false, false},
    {"partners", answer_partners, ~0u, false, false},
    {"catalogue", answer_catalogue, ~0u, false, false},
    {"dossier-open", answer_dossier_open, OF(OPERATOR) | OF(COUNSELLOR), true,
     false},
    {"dossier-close", answer_dossier_close, OF(OPERATOR) | OF(COUNSELLOR), true,
     false},
    {"dossier-concern", answer_dossier_concern, OF(OPERATOR) | OF(COUNSELLOR),
     true, false},
    {"dossier-list", answer_by_reader,
     OF(OPERATOR) | OF(COUNSELLOR) | OF(AUDITOR), false, true},
    {"matches", answer_by_reader, OF(OPERATOR) | OF(COUNSELLOR), false, true},
    {"refusals", answer_by_reader, OF(OPERATOR) | OF(AUDITOR), false, true},
    {"acts", answer_by_reader, OF(AUDITOR) | OF(ADMINISTRATOR), false, true},
    {"verify", answer_by_reader, OF(ADMINISTRATOR), false, true},
    {"clock", answer_clock, OF(ADMINISTRATOR) | OF(OPERATOR), true, false},
};

static const struct verb *
find_verb(const char *name)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

/* "auditor, administrator" */
static void
print_roles(const struct verb *verb, char *text, size_t size)
{
    size_t used = 0;
    for (int role = 0; role < ROLE_COUNT && used < size; role++)
        if (verb->roles >> role & 1)
            used +=
                (size_t)snprintf(text + used, size - used, "%s%s",
                                 used ? ", " : "", role_name((enum role)role));
}

static enum cii_code
check_verb(const struct call *call, const struct verb *verb,
           struct cii_error *err)
{
    const enum role role = call->client->role;
    if (!verb)
        return cii_fail(err, CII_UNKNOWN, "no such verb");
    if (!(verb->roles >> role & 1)) {
        char roles[64];
        print_roles(verb, roles, sizeof roles);
        return cii_fail(err, CII_FORBIDDEN,
                        "\"%s\" is not for the role %s: it is for %s",
                        verb->name, role_name(role), roles);
    }
    if (verb->writes && call->core->full)
        return cii_fail(err, CII_FULL,
                        "the disk is full: nothing new is taken until there "
                        "is room; reading goes on");
    return CII_OK;
}

/* Who did what, reading included. */
static enum cii_code
record_act(const struct call *call, const struct verb *verb, const char *result,
           struct cii_error *err)
{
    struct core *core = call->core;
    const struct act_row row = {
        .at = core_now(core),
        .uid = call->client->uid,
        .role = role_name(call->client->role),
        .user = call->request->acting_user,
        .verb = verb ? verb->name : "unknown",
        .subject = call->subject ? call->subject : "",
        .person = call->person,
        .result = result,
    };
    if (!core->full)
        return store_act_add(core->store, &row, err);
    log_line(LOG_NOTICE, "act uid=%u role=%s verb=%s result=%s", row.uid,
             row.role, row.verb, row.result);
    return CII_OK;
}

#define ROWS_A_REPLY 64

/* All rows, in as many replies as needed. */
static void
reply_rows(const struct rows *rows, struct client *client, uint64_t tag)
{
    if (rows->failed) {
        control_fail(client, tag,
                     &(struct cii_error){.code = CII_TOO_LARGE,
                                         .text = "the answer is too large"});
        return;
    }
    size_t done = 0;
    do {
        const size_t left = rows->count - done;
        const size_t now = left < ROWS_A_REPLY ? left : ROWS_A_REPLY;
        control_reply(client, &(struct reply){
                                  .tag = tag,
                                  .last = done + now == rows->count,
                                  .record_count = now,
                                  .record = rows->record + done,
                              });
        done += now;
    } while (done < rows->count);
}

static bool
ends_the_turn(enum cii_code code)
{
    return code == CII_FULL || code == CII_STORE || code == CII_MEMORY;
}

enum cii_code
verb_answer(struct core *core, struct client *client,
            const struct request *request, struct bytes raw,
            struct cii_error *err)
{
    struct call call = {.core = core,
                        .client = client,
                        .request = request,
                        .raw = raw};
    rows_init(&call.rows, core->turn_arena);
    const struct verb *verb = find_verb(request->verb);
    struct cii_error why;
    enum cii_code code = check_verb(&call, verb, &why);
    const bool refused = code != CII_OK;
    if (!refused) {
        assert(verb);
        code = verb->answer(&call, &why);
    }
    if (!refused && ends_the_turn(code)) {
        *err = why;
        return code;
    }
    if (code != CII_OK)
        control_fail(client, request->tag, &why);
    else if (!verb->streams)
        reply_rows(&call.rows, client, request->tag);
    return record_act(&call, verb, cii_code_name(code), err);
}
