/* SPDX-License-Identifier: Apache-2.0 */
#include "app/verbs.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/issue.h"
#include "app/peer.h"
#include "app/watch.h"
#include "archive/person.h"
#include "archive/stored.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/socket.h"
#include "proto/date.h"
#include "proto/rows.h"

/* --- helpers --------------------------------------------------------------*/

const char *
call_argument(const struct call *call, const char *name)
{
    const char *value = request_argument(call->request, name);
    return value && *value ? value : NULL;
}

const char *
call_event_subject(const struct call *call, const char *text)
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
    const char *first = call_event_subject(call, request->draft[0].event_id);
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

/* --- watch, clock ---------------------------------------------------------*/

static enum cii_code
answer_watch(struct call *call, struct cii_error *err)
{
    const struct core *core = call->core;
    const char *partner = call_argument(call, "partner");
    const char *type = call_argument(call, "type");
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
    const char *day = call_argument(call, "set");
    const char *ms = call_argument(call, "offset-ms");
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
        core->duties_due = true;
        core_wants_turn(core);
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
    call->subject = call_event_subject(call, call_argument(call, "event"));
    if (call_argument(call, "avs") || call_argument(call, "local-id")) {
        struct person_row row;
        const enum cii_code code = call_person(call, &row, err);
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
    {"again", answer_again, OF(OPERATOR) | OF(COUNSELLOR), true, false},
    {"forward", answer_forward, OF(OPERATOR) | OF(COUNSELLOR), true, false},
    {"task-close", answer_task_close, OF(OPERATOR) | OF(COUNSELLOR), true,
     false},
    {"rules-reload", answer_rules_reload, OF(ADMINISTRATOR), true, false},
    {"statements", answer_by_reader,
     OF(OPERATOR) | OF(COUNSELLOR) | OF(AUDITOR), false, true},
    {"consent", answer_by_reader, OF(OPERATOR) | OF(COUNSELLOR) | OF(AUDITOR),
     false, true},
    {"requests", answer_by_reader, OF(OPERATOR) | OF(COUNSELLOR) | OF(AUDITOR),
     false, true},
    {"tasks", answer_by_reader, OF(OPERATOR) | OF(COUNSELLOR) | OF(AUDITOR),
     false, true},
    {"letter", answer_by_reader, OF(OPERATOR) | OF(COUNSELLOR), false, true},
    {"rules-diff", answer_by_reader, OF(AUDITOR) | OF(ADMINISTRATOR), false,
     true},
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
