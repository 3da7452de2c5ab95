/* SPDX-License-Identifier: Apache-2.0 */
#include "app/issue.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/duty.h"
#include "app/pending.h"
#include "app/statement.h"
#include "app/telling.h"
#include "app/watch.h"
#include "archive/person.h"
#include "archive/stored.h"
#include "base/log.h"

#define TURN_EVENTS 1024 /* then the turn takes no further request */
/* room for one request more, and a receipt for every partner */
#define QUEUE_MAX (TURN_EVENTS + CONTROL_DRAFTS_MAX + 4096)

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

const struct pending *
issue_recent(const struct core *core, int64_t number)
{
    const struct issue_queue *queue = core->issue;
    size_t low = 0;
    size_t high = queue->recent;
    while (low < high) { /* rows are numbered in the order of the queue */
        const size_t middle = low + (high - low) / 2;
        const struct pending *pending = queue->pending[middle];
        if (pending->number == number)
            return pending;
        if (pending->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* --- whom it concerns -----------------------------------------------------*/

static enum cii_code
make_room(struct core *core, struct pending *pending, struct cii_error *err)
{
    const size_t room = pending->concerned_room * 2 + 8;
    const size_t one = sizeof *pending->concerned;
    struct addressee *more = arena_take(core->turn_arena, room * one);
    if (!more)
        return cii_fail(err, CII_MEMORY, "no memory for addressees");
    if (pending->concerned_count > 0)
        memcpy(more, pending->concerned, pending->concerned_count * one);
    pending->concerned = more;
    pending->concerned_room = room;
    return CII_OK;
}

enum cii_code
pending_concern(struct core *core, struct pending *pending, struct peer *peer,
                bool in_dossier, struct cii_error *err)
{
    for (size_t i = 0; i < pending->concerned_count; i++)
        if (pending->concerned[i].peer == peer)
            return CII_OK;
    if (pending->concerned_count == pending->concerned_room)
        CII_TRY(make_room(core, pending, err));
    pending->concerned[pending->concerned_count++] =
        (struct addressee){peer, in_dossier};
    return CII_OK;
}

struct concern_seen {
    struct core *core;
    struct pending *pending;
};

static enum cii_code
see_concern(void *context, struct peer *peer, bool in_dossier,
            struct cii_error *err)
{
    const struct concern_seen *seen = context;
    return pending_concern(seen->core, seen->pending, peer, in_dossier, err);
}

/* Without --to, everybody whom it concerns. */
static enum cii_code
find_concerned(struct core *core, struct pending *pending,
               struct cii_error *err)
{
    struct concern_seen seen = {.core = core, .pending = pending};
    const struct type_def *type = &core->catalogue->type[pending->file.type];
    /* what is kept for its first use goes to nobody before */
    if (pending->narrow || type->kept)
        return CII_OK;
    return telling_concerned(core, &pending->file, pending->person,
                             core->config->institution, see_concern, &seen,
                             err);
}

/* --- taking ---------------------------------------------------------------*/

struct pending *
issue_pending(struct core *core)
{
    struct issue_queue *queue = core->issue;
    struct pending *pending =
        queue->count < QUEUE_MAX ? arena_take(core->turn_arena, sizeof *pending)
                                 : NULL;
    if (pending)
        queue->pending[queue->count++] = pending;
    return pending;
}

enum cii_code
issue_draft(struct core *core, struct client *client, uint64_t tag,
            const struct draft *draft, bool last, struct cii_error *err)
{
    struct pending *pending = issue_pending(core);
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
    return pending_take(core, pending, draft, err);
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
    /* needed no longer than here: a turn has room for few of them */
    struct arena *arena = core->frame_arena;
    struct stored_event known;
    arena_reset(arena);
    const enum cii_code found =
        stored_find(&core->archive, header->issuer, &header->event_id, arena,
                    &known, err);
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
            case_open(core->catalogue, other, known.event.facet,
                      known.event.facet_count, arena, &file, NULL) == CII_OK &&
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
        return pending_settle(core, pending, CII_DUPLICATE, NULL, NULL);
    return pending_settle(
        core, pending, CII_CONFLICT, "id",
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
tell_partner(struct core *core, const struct pending *pending, int64_t number,
             const struct addressee *to, struct verdict_line *line,
             struct cii_error *err)
{
    const struct telling telling = {
        .file = &pending->file,
        .event = number,
        .person = pending->person,
        .issuer = core->config->institution,
        .digest = &pending->leaf,
        .to = to->peer,
        .in_dossier = to->in_dossier,
    };
    struct judged judged;
    CII_TRY(telling_judge(core, &telling, &judged, err));
    if (line)
        CII_TRY(verdict_words(core, &judged, line, err));
    return pending->dry_run ? CII_OK
                            : telling_make(core, &telling, &judged, err);
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
        CII_TRY(tell_partner(core, pending, number, &pending->concerned[i],
                             &line[i], err));
    CII_TRY(pending_settle(core, pending, CII_OK, NULL, NULL));
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

/* Who is known already, without adding anybody. */
static enum cii_code
find_person(struct core *core, struct pending *pending, struct cii_error *err)
{
    const struct content *identity =
        pending->file.by_number[core->catalogue->identity];
    struct person person = {0};
    struct cii_error why;
    pending->person = 0;
    if (!identity)
        return CII_OK;
    const enum cii_code code =
        person_find(&core->archive, identity, core->config->institution,
                    &person, &why);
    /* what does not open is refused when it is stored */
    if (stored_is_damaged(code))
        return CII_OK;
    if (code != CII_OK)
        *err = why;
    pending->person = person.number;
    return code;
}

/* A statement is checked when it takes effect: what it rests on may stand
 * before it in the same turn. Said again, it is what it was. */
static enum cii_code
check_statement(struct core *core, struct pending *pending,
                struct cii_error *err)
{
    const struct header *header = &pending->event.header;
    struct event_row known;
    struct cii_error why;
    if (!book_takes(core->catalogue, pending->file.type))
        return CII_OK;
    enum cii_code code = store_event_find(core->store, header->issuer,
                                          &header->event_id, &known, err);
    if (code != CII_UNKNOWN)
        return code;
    CII_TRY(find_person(core, pending, err));
    code = statement_check(core, &pending->file, pending->person, &why);
    if (code == CII_DENIED)
        return pending_settle(core, pending, CII_DENIED, "", why.text);
    if (code != CII_OK)
        *err = why;
    return code;
}

/* What it changes for others, before they are judged. */
static enum cii_code
take_effect(struct core *core, const struct pending *pending,
            struct cii_error *err)
{
    if (pending->narrow)
        CII_TRY(store_event_narrow(core->store, pending->number, err));
    return statement_stored(core,
                            &(struct stated){.file = &pending->file,
                                             .event = pending->number,
                                             .person = pending->person,
                                             .digest = &pending->leaf},
                            err);
}

static enum cii_code
issue_one(struct core *core, struct pending *pending, struct cii_error *err)
{
    CII_TRY(check_statement(core, pending, err));
    if (pending->settled)
        return CII_OK;
    struct person person;
    const enum cii_code found = obtain_person(core, pending, &person, err);
    if (stored_is_damaged(found))
        return pending_settle(
            core, pending, CII_CRYPTO, "identity",
            "what is stored of this person does not open; bring back "
            "the store from a backup");
    CII_TRY(found);
    int64_t number = 0;
    const enum cii_code added = add_event(core, pending, &person, &number, err);
    if (added == CII_DUPLICATE || added == CII_CONFLICT)
        return settle_known(core, pending, err);
    CII_TRY(added);
    pending->number = number;
    pending->person = person.number;
    pending->epoch = core->dossier_epoch;
    if (pending->addressee)
        return tell_partner(core, pending, number,
                            &(struct addressee){pending->addressee, false},
                            NULL, err);
    core->figure[FIGURE_ISSUED]++;
    log_line(LOG_DEBUG, "%s event issued type=%s", pending->id,
             pending->event.header.event_type);
    tell_issued(core, pending);
    CII_TRY(take_effect(core, pending, err));
    CII_TRY(find_concerned(core, pending, err));
    CII_TRY(tell_partners(core, pending, number, err));
    return duty_issued(core, number, &pending->file, pending->person, err);
}

/* Judged, but nothing is stored and nothing leaves. */
static enum cii_code
rehearse_one(struct core *core, struct pending *pending, struct cii_error *err)
{
    CII_TRY(find_person(core, pending, err));
    CII_TRY(check_statement(core, pending, err));
    if (pending->settled)
        return CII_OK;
    CII_TRY(find_concerned(core, pending, err));
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
