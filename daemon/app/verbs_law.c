/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <string.h>

#include "app/rejudge.h"
#include "app/statement.h"
#include "app/telling.h"
#include "app/verbs.h"
#include "base/log.h"
#include "legal/rules.h"

#define REFUSALS_SHOWN 64 /* of one event */

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

/* As it would be judged now, were it to be told. */
static enum cii_code
put_judgement(struct call *call, const struct told_event *event,
              struct peer *peer, struct cii_error *err)
{
    const struct telling telling = {
        .file = &event->file,
        .person = event->stored.person,
        .issuer = event->stored.event.header.issuer,
        .to = peer,
    };
    struct judged judged;
    struct verdict_line line;
    CII_TRY(telling_judge(call->core, &telling, &judged, err));
    CII_TRY(verdict_words(call->core, &judged, &line, err));
    rows_begin(&call->rows, "judgement");
    rows_put(&call->rows, "ground", ground_name(judged.judgement.ground));
    put_words(&call->rows, &line);
    return CII_OK;
}

static enum cii_code
find_event(struct call *call, struct stored_event *stored,
           struct cii_error *err)
{
    const char *text = call_argument(call, "event");
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

static void
put_refusal(void *context, const struct refusal_row *row)
{
    struct call *call = context;
    char id[EVENT_ID_TEXT];
    event_id_print(&row->event_id, id);
    rows_begin(&call->rows, "refusal");
    rows_put(&call->rows, "id", id);
    rows_put(&call->rows, "issuer", row->issuer);
    rows_put(&call->rows, "discloser", row->discloser);
    rows_put_moment(&call->rows, "at", row->at);
    rows_put(&call->rows, "reason", row->reason);
    rows_put(&call->rows, "rule", row->rule);
    rows_put(&call->rows, "detail", row->detail);
}

/* What a partner sent and was refused here is no event of ours, but why it was
 * refused is on record. */
static enum cii_code
explain_refusal(struct call *call, const struct cii_error *unknown,
                struct cii_error *err)
{
    struct event_id id;
    CII_TRY(event_id_parse(&id, call_argument(call, "event"), err));
    CII_TRY(store_refusal_each(call->core->store, &id, REFUSALS_SHOWN,
                               put_refusal, call, err));
    if (call->rows.count > 0)
        return CII_OK;
    *err = *unknown;
    return err->code;
}

/* A partner's own verdict on what it was told. */
static void
put_receipt(void *context, const struct receipt_row *row)
{
    struct call *call = context;
    const char *to = call_argument(call, "to");
    if (to && strcmp(to, row->partner) != 0)
        return;
    rows_begin(&call->rows, "receipt");
    rows_put(&call->rows, "partner", row->partner);
    rows_put(&call->rows, "state", row->state);
    rows_put(&call->rows, "reason", row->reason);
    rows_put_moment(&call->rows, "at", row->at);
}

static enum cii_code
explain_sending(struct call *call, const struct stored_event *stored,
                struct cii_error *err)
{
    struct core *core = call->core;
    const char *to = call_argument(call, "to");
    struct told_event *event = arena_take(core->turn_arena, sizeof *event);
    if (!event)
        return cii_fail(err, CII_MEMORY, "no memory for an event");
    CII_TRY(store_receipt_each(core->store, stored->number, put_receipt, call,
                               err));
    CII_TRY(told_event_open(core, stored->number, event, err));
    for (size_t i = 0; i < core->peer_count; i++)
        if (!to || strcmp(to, core->peer[i]->config->id) == 0)
            CII_TRY(put_judgement(call, event, core->peer[i], err));
    return CII_OK;
}

enum cii_code
answer_explain(struct call *call, struct cii_error *err)
{
    struct core *core = call->core;
    struct stored_event stored = {0};
    struct cii_error why;
    const enum cii_code code = find_event(call, &stored, &why);
    if (code == CII_UNKNOWN)
        return explain_refusal(call, &why, err);
    if (code != CII_OK) {
        *err = why;
        return code;
    }
    call->person = stored.person;
    const char *to = call_argument(call, "to");
    if (to && !core_peer(core, to))
        return cii_fail(err, CII_UNKNOWN, "%.63s is no partner", to);

    CII_TRY(store_verdict_each(core->store, stored.number, to, put_verdict,
                               call, err));
    return stored.origin == ORIGIN_OURS ? explain_sending(call, &stored, err)
                                        : CII_OK;
}

/* --- again, forward -------------------------------------------------------*/

/* The partner that the arguments name. */
static enum cii_code
named_partner(struct call *call, struct peer **peer, struct cii_error *err)
{
    const char *to = call_argument(call, "to");
    if (!to)
        return cii_fail(err, CII_INVALID, "name the partner: to");
    *peer = core_peer(call->core, to);
    if (!*peer)
        return cii_fail(err, CII_UNKNOWN,
                        "%.63s is no partner; `cii partner list` shows them",
                        to);
    return CII_OK;
}

static enum cii_code
put_judged(struct call *call, const struct judged *judged,
           struct cii_error *err)
{
    struct verdict_line line;
    CII_TRY(verdict_words(call->core, judged, &line, err));
    rows_begin(&call->rows, "judgement");
    rows_put(&call->rows, "ground", ground_name(judged->judgement.ground));
    put_words(&call->rows, &line);
    return CII_OK;
}

/* A human decides: what describes no current state goes only so. */
static enum cii_code
tell_again(struct call *call, enum event_origin origin, const char *other,
           struct cii_error *err)
{
    struct core *core = call->core;
    struct stored_event stored = {0};
    struct told_event *event = arena_take(core->turn_arena, sizeof *event);
    struct peer *peer = NULL;
    struct judged judged;
    if (!event)
        return cii_fail(err, CII_MEMORY, "no memory for an event");
    CII_TRY(find_event(call, &stored, err));
    call->person = stored.person;
    CII_TRY(named_partner(call, &peer, err));
    assert(peer && stored.event.header.issuer);
    if (stored.origin != origin)
        return cii_fail(err, CII_INVALID, "%s", other);
    if (strcmp(stored.event.header.issuer, peer->config->id) == 0)
        return cii_fail(err, CII_INVALID, "%s issued it itself",
                        peer->config->id);
    CII_TRY(told_event_open(core, stored.number, event, err));
    CII_TRY(rejudge_event(core, event, peer, &judged, err));
    return put_judged(call, &judged, err);
}

enum cii_code
answer_again(struct call *call, struct cii_error *err)
{
    return tell_again(call, ORIGIN_OURS,
                      "a partner told us this event: it is forwarded, not "
                      "sent again",
                      err);
}

enum cii_code
answer_forward(struct call *call, struct cii_error *err)
{
    return tell_again(call, ORIGIN_ARRIVED,
                      "this event is ours: it is sent again, not forwarded",
                      err);
}

/* --- the rules ------------------------------------------------------------*/

/* Everything that was not told may be allowed now. */
static enum cii_code
rejudge_everything(struct core *core, struct cii_error *err)
{
    for (size_t i = 0; i < core->peer_count; i++)
        CII_TRY(rejudge_partner(core, core->peer[i]->config->id, err));
    return CII_OK;
}

/* All or nothing: with a bad file the old rules stay, and the answer says
 * which and where. */
enum cii_code
answer_rules_reload(struct call *call, struct cii_error *err)
{
    struct core *core = call->core;
    struct cii_error why;
    struct law *law = NULL;
    if (legal_load(&law, core->config->rules, core->catalogue,
                   core->config->profile == PROFILE_PILOT, &why) != CII_OK) {
        log_line(LOG_ERROR, "rules kept reason=\"%s\"", why.text);
        return cii_fail(err, CII_CONFIG, "the old rules stay: %.450s",
                        why.text);
    }
    law_destroy(&core->law);
    core->law = law;
    log_line(LOG_NOTICE, "rules loaded rules=%zu predicates=%zu",
             law_rule_count(law), law_predicate_count(law));
    CII_TRY(rejudge_everything(core, err));
    rows_begin(&call->rows, "rules");
    rows_put_number(&call->rows, "rules", (int64_t)law_rule_count(law));
    rows_put_number(&call->rows, "predicates",
                    (int64_t)law_predicate_count(law));
    rows_put(&call->rows, "folder", core->config->rules);
    return CII_OK;
}
