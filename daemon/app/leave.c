/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/issue.h"
#include "app/judging.h"
#include "app/peer.h"
#include "app/pending.h"
#include "app/statement.h"
#include "app/watch.h"
#include "base/log.h"

/* --- may it leave? --------------------------------------------------------*/

static bool
is_wanted(const struct peer *peer, int type, const struct judgement *judgement)
{
    if (peer->wants_all || peer->wants[type / 64] >> (type % 64) & 1)
        return true;
    const struct core *core = peer->core;
    /* without the statements nobody could judge what rests on them */
    return core->catalogue->type[type].protocol ||
           core->catalogue->type[type].statement ||
           law_rule_at(core->law, (size_t)judgement->rule).lane == LANE_DUTY;
}

/* After the last commit, and with no more than what the partner has. */
static enum cii_code
judge_opened(const struct peer *peer, const struct inquiry *inquiry,
             struct arena *arena, struct parcel *parcel, struct cii_error *err)
{
    const struct judgement *judgement = &parcel->judged.judgement;
    CII_TRY(judge_sending(peer->core, inquiry, RELY_ON_WHAT_THEY_HAVE, arena,
                          &parcel->judged, err));
    parcel->is_judged = true;
    if (judgement->verdict != VERDICT_TRANSMIT)
        parcel->reason = ground_name(judgement->ground);
    else if (!is_wanted(peer, parcel->file.type, judgement))
        parcel->reason = "not-wanted";
    return CII_OK;
}

static struct inquiry
inquiry_of(const struct peer *peer, const struct parcel *parcel)
{
    return (struct inquiry){.file = &parcel->file,
                            .person = parcel->stored.person,
                            .issuer = parcel->stored.event.header.issuer,
                            .partner = peer->config->id};
}

static bool
was_in_dossier(const struct peer *peer, const struct pending *pending)
{
    for (size_t i = 0; i < pending->concerned_count; i++)
        if (pending->concerned[i].peer == peer)
            return pending->concerned[i].in_dossier &&
                   pending->epoch == peer->core->dossier_epoch;
    return false;
}

/* What the turn issued is still at hand, opened. */
static enum cii_code
judge_recent(const struct peer *peer, const struct pending *pending,
             struct arena *arena, struct parcel *parcel, struct cii_error *err)
{
    parcel->stored.event = pending->event;
    parcel->stored.person = pending->person;
    parcel->file = pending->file;
    struct inquiry inquiry = inquiry_of(peer, parcel);
    inquiry.file = &pending->file;
    inquiry.in_dossier = was_in_dossier(peer, pending);
    return judge_opened(peer, &inquiry, arena, parcel, err);
}

/* What a withdrawal hides goes to nobody any more, but back to its issuer. */
static enum cii_code
is_withdrawn(const struct peer *peer, const struct parcel *parcel,
             bool *withdrawn, struct cii_error *err)
{
    const struct stored_event *stored = &parcel->stored;
    *withdrawn = false;
    if (stored->origin == ORIGIN_OURS ||
        strcmp(stored->event.header.issuer, peer->config->id) == 0)
        return CII_OK;
    return store_event_is_hidden(peer->core->store, stored->number, withdrawn,
                                 err);
}

static enum cii_code
judge_stored(const struct peer *peer, struct arena *arena,
             struct parcel *parcel, struct cii_error *err)
{
    const struct event *event = &parcel->stored.event;
    bool withdrawn = false;
    CII_TRY(is_withdrawn(peer, parcel, &withdrawn, err));
    if (withdrawn) {
        parcel->reason = "withdrawn";
        return CII_OK;
    }
    if (case_open(peer->core->catalogue, &event->header, event->facet,
                  event->facet_count, arena, &parcel->file, NULL) != CII_OK) {
        parcel->reason = "not-in-catalogue";
        return CII_OK;
    }
    const struct inquiry inquiry = inquiry_of(peer, parcel);
    return judge_opened(peer, &inquiry, arena, parcel, err);
}

/* The place in our stream: of this turn, or from the store. */
static enum cii_code
find_row(const struct peer *peer, uint64_t seq, struct outbox_row *row,
         struct cii_error *err)
{
    const struct outbox_row *fresh =
        (const struct outbox_row *)(const void *)peer->fresh.data;
    const size_t count =
        peer->fresh.failed ? 0 : peer->fresh.size / sizeof *fresh;
    if (count > 0 && seq >= fresh[0].seq && seq - fresh[0].seq < count &&
        fresh[seq - fresh[0].seq].seq == seq) {
        *row = fresh[seq - fresh[0].seq];
        return CII_OK;
    }
    return store_outbox_get(peer->core->store, peer->config->id, seq, row, err);
}

enum cii_code
parcel_open(struct peer *peer, uint64_t seq, struct arena *arena,
            struct parcel *parcel, struct cii_error *err)
{
    struct core *core = peer->core;
    parcel->is_judged = false;
    parcel->reason = NULL;
    parcel->stored.person = 0;
    CII_TRY(find_row(peer, seq, &parcel->row, err));
    const struct pending *recent = issue_recent(core, parcel->row.event);
    if (recent)
        return judge_recent(peer, recent, arena, parcel, err);
    const enum cii_code code = stored_get(&core->archive, parcel->row.event,
                                          arena, &parcel->stored, err);
    if (stored_is_damaged(code)) {
        parcel->reason = "unreadable";
        return CII_OK;
    }
    CII_TRY(code);
    return judge_stored(peer, arena, parcel, err);
}

/* Only the facets that the rule opens. */
static void
strip(const struct core *core, struct event *event, uint64_t opened)
{
    size_t kept = 0;
    for (size_t i = 0; i < event->facet_count; i++) {
        const int number =
            catalogue_facet(core->catalogue, event->facet[i].kind);
        if (number >= 0 && opened >> number & 1)
            event->facet[kept++] = event->facet[i];
    }
    event->facet_count = kept;
}

void
parcel_frame(const struct peer *peer, const struct parcel *parcel,
             struct frame *frame)
{
    const struct core *core = peer->core;
    if (parcel->reason) {
        *frame = (struct frame){.kind = FRAME_VOID,
                                .void_ = {parcel->row.seq, parcel->row.digest}};
        return;
    }
    const struct judgement *judgement = &parcel->judged.judgement;
    const struct law_rule_view rule =
        law_rule_at(core->law, (size_t)judgement->rule);
    frame->kind = FRAME_DELIVER;
    frame->deliver.seq = parcel->row.seq;
    frame->deliver.event = parcel->stored.event;
    strip(core, &frame->deliver.event, judgement->facets);
    frame->deliver.disclosure = (struct disclosure){
        .rule = rule.id,
        .citation = rule.citation ? rule.citation : "",
        .purpose = "",
        .inform = rule.inform ? rule.inform : "",
        .statement_count = judgement->relied_count,
    };
    for (size_t i = 0; i < judgement->relied_count; i++)
        frame->deliver.disclosure.statement[i] = judgement->relied[i]->id;
}

/* --- what may not ---------------------------------------------------------*/

static enum cii_code
event_name(struct core *core, int64_t number, char id[EVENT_ID_TEXT],
           struct cii_error *err)
{
    struct event_row row;
    CII_TRY(store_event_get(core->store, number, &row, err));
    event_id_print(&row.event_id, id);
    return CII_OK;
}

/* An office that waits for an answer has to see that nothing was asked. */
static enum cii_code
record_void(struct peer *peer, const struct parcel *parcel,
            struct cii_error *err)
{
    struct core *core = peer->core;
    const char *partner = peer->config->id;
    char id[EVENT_ID_TEXT];
    CII_TRY(event_name(core, parcel->row.event, id, err));
    if (parcel->is_judged &&
        parcel->judged.judgement.verdict != VERDICT_TRANSMIT)
        CII_TRY(record_verdict(core, parcel->row.event, &parcel->judged, err));
    book_untell(core->book, parcel->stored.person, parcel->row.event, partner);
    CII_TRY(store_receipt_add(core->store,
                              &(struct receipt_row){.event = parcel->row.event,
                                                    .partner = partner,
                                                    .state = "void",
                                                    .reason = parcel->reason,
                                                    .at = core_now(core)},
                              err));
    log_line_limited(LOG_WARNING, "void", "%s event void partner=%s reason=%s",
                     id, partner, parcel->reason);
    watch_tell(core, &(struct news){.what = "void",
                                    .event = id,
                                    .partner = partner,
                                    .reason = parcel->reason});
    if (parcel->is_judged)
        return parcel->stored.person != 0 &&
                       parcel->judged.judgement.verdict != VERDICT_TRANSMIT
                   ? rejudge_person(core, parcel->stored.person, err)
                   : CII_OK;
    return core_note(core, "void", id, parcel->reason, err);
}

static enum cii_code
void_one(struct peer *peer, uint64_t seq, struct cii_error *err)
{
    struct core *core = peer->core;
    struct parcel *parcel = arena_take(core->turn_arena, sizeof *parcel);
    if (!parcel)
        return cii_fail(err, CII_MEMORY, "no memory for a delivery");
    arena_reset(core->frame_arena);
    const enum cii_code code =
        parcel_open(peer, seq, core->frame_arena, parcel, err);
    if (code == CII_UNKNOWN)
        return peer_renew(peer, "a delivery is missing in our store", err);
    CII_TRY(code);
    return parcel->reason ? record_void(peer, parcel, err) : CII_OK;
}

enum cii_code
peer_void(struct peer *peer, size_t *budget, struct cii_error *err)
{
    const struct exchange *exchange = &peer->exchange;
    if (!peer->void_due || *budget == 0)
        return CII_OK;
    peer->void_due = false;
    uint64_t seq = exchange->next;
    for (; *budget > 0 && exchange->state == EXCHANGE_OPEN &&
           seq <= exchange->head;
         seq++, (*budget)--)
        CII_TRY(void_one(peer, seq, err));
    peer->voids_known = seq - 1;
    return CII_OK;
}
