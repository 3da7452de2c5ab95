/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "app/duty.h"
#include "app/judging.h"
#include "app/peer.h"
#include "app/statement.h"
#include "app/watch.h"
#include "archive/person.h"
#include "archive/stored.h"
#include "base/log.h"

/* A delivery on its way into the store. */
struct arrival {
    struct peer *peer;
    const struct deliver *deliver;
    const struct event *event;
    char id[EVENT_ID_TEXT];
    struct case_file file;
    struct judged judged;
    const struct judgement *judgement; /* of it */
    struct person person; /* number 0: not known before, or nobody */
};

/* --- refusals -------------------------------------------------------------*/

/* For the receipt; past its room the receipt says "refused" no more in
 * detail than the store does. */
static void
add_to_receipt(struct arrival *arrival, const char *reason, const char *rule)
{
    struct peer *peer = arrival->peer;
    if (peer->refusal_count == PEER_REFUSALS_MAX)
        return;
    struct peer_refusal *refusal = &peer->refusal[peer->refusal_count++];
    *refusal = (struct peer_refusal){
        .seq = arrival->deliver->seq,
        .event_id = arrival->event->header.event_id,
    };
    snprintf(refusal->reason, sizeof refusal->reason, "%s", reason);
    snprintf(refusal->rule, sizeof refusal->rule, "%s", rule);
}

/* Kept as a refusal, without content; told to the sender by receipt. */
static enum cii_code
refuse(struct arrival *arrival, const char *reason, const char *rule,
       const char *detail, struct cii_error *err)
{
    struct core *core = arrival->peer->core;
    const struct header *header = &arrival->event->header;
    const struct refusal_row row = {
        .issuer = header->issuer,
        .discloser = arrival->peer->config->id,
        .event_id = header->event_id,
        .digest = header_digest(arrival->event->header_bytes),
        .reason = reason,
        .rule = rule,
        .detail = detail,
        .at = core_now(core),
    };
    CII_TRY(store_refusal_add(core->store, &row, err));
    add_to_receipt(arrival, reason, rule);
    core->figure[FIGURE_REFUSED]++;
    log_line_limited(LOG_WARNING, "refused",
                     "%s event refused partner=%s reason=%s rule=%s",
                     arrival->id, arrival->peer->config->id, reason, rule);
    watch_tell(core, &(struct news){.what = "refused",
                                    .event = arrival->id,
                                    .type = header->event_type,
                                    .issuer = header->issuer,
                                    .partner = arrival->peer->config->id,
                                    .rule = rule,
                                    .reason = reason});
    return CII_OK;
}

static enum cii_code
refuse_by_law(struct arrival *arrival, struct cii_error *err)
{
    struct core *core = arrival->peer->core;
    struct verdict_line line;
    CII_TRY(verdict_words(core, &arrival->judged, &line, err));
    return refuse(arrival, ground_name(arrival->judgement->ground), line.rule,
                  line.missing, err);
}

/* --- receipts -------------------------------------------------------------*/

static enum cii_code
store_refused(struct arrival *arrival, const struct refusal *refusal,
              struct cii_error *err)
{
    struct core *core = arrival->peer->core;
    struct event_row row;
    const enum cii_code found =
        store_event_find(core->store, core->config->institution,
                         &refusal->event_id, &row, err);
    if (found == CII_UNKNOWN)
        return CII_OK; /* of a store that is no longer here */
    CII_TRY(found);
    const struct receipt_row receipt = {
        .event = row.number,
        .partner = arrival->peer->config->id,
        .state = "refused",
        .reason = refusal->reason,
        .at = core_now(core),
    };
    CII_TRY(store_receipt_add(core->store, &receipt, err));
    char id[EVENT_ID_TEXT];
    event_id_print(&refusal->event_id, id);
    watch_tell(core, &(struct news){.what = "receipt",
                                    .event = id,
                                    .partner = receipt.partner,
                                    .verdict = "refused",
                                    .rule = refusal->rule,
                                    .reason = refusal->reason});
    return CII_OK;
}

/* Was this place of our stream ever on the link? Of a stream before the
 * current one only the store can tell. */
static bool
may_be_sent(const struct exchange *exchange, const struct stream_id *stream,
            uint64_t seq)
{
    return memcmp(stream, &exchange->out_stream, sizeof *stream) != 0 ||
           seq < exchange->next;
}

/* What the partner says of our deliveries. */
static enum cii_code
take_receipt(struct arrival *arrival, struct cii_error *err)
{
    struct core *core = arrival->peer->core;
    if (arrival->event->facet_count != 1)
        return CII_OK;
    struct receipt receipt;
    if (receipt_unpack(&receipt, arrival->event->facet[0].content,
                       core->turn_arena, NULL) != CII_OK)
        return refuse(arrival, "malformed", "", "receipt not well formed", err);
    struct stream_id stream;
    memcpy(stream.bytes, receipt.stream_id, sizeof stream.bytes);
    if (!may_be_sent(&arrival->peer->exchange, &stream, receipt.last))
        return refuse(arrival, "malformed", "",
                      "a receipt for what was not delivered", err);
    const enum cii_code code =
        store_receipt_range(core->store, arrival->peer->config->id, &stream,
                            receipt.first, receipt.last, core_now(core), err);
    if (code == CII_INVALID)
        return refuse(arrival, "malformed", "", "a receipt for no delivery",
                      err);
    if (code != CII_UNKNOWN) /* of a stream that a restored store forgot */
        CII_TRY(code);
    for (size_t i = 0; i < receipt.refusal_count; i++)
        CII_TRY(store_refused(arrival, &receipt.refusal[i], err));
    return CII_OK;
}

/* --- storing --------------------------------------------------------------*/

/* The facets of both, by slot: those we have, and those that came. */
static size_t
unite(const struct event *known, const struct event *came,
      struct facet out[EVENT_FACETS_MAX])
{
    size_t count = 0;
    size_t i = 0;
    size_t j = 0;
    while (count < EVENT_FACETS_MAX &&
           (i < known->facet_count || j < came->facet_count)) {
        const bool first = j >= came->facet_count ||
                           (i < known->facet_count &&
                            known->facet[i].slot <= came->facet[j].slot);
        if (first && j < came->facet_count &&
            known->facet[i].slot == came->facet[j].slot)
            j++;
        out[count++] = first ? known->facet[i++] : came->facet[j++];
    }
    return count;
}

/* Would it still be an event that everybody can read? */
static bool
fits(const struct event *known, const struct facet *facet, size_t count)
{
    struct event whole = *known;
    cii_auto(buffer_done) struct buffer packed = {0};
    memcpy(whole.facet, facet, count * sizeof *facet);
    whole.facet_count = count;
    return event_pack(&whole, &packed) == CII_OK &&
           packed.size <= EVENT_PACKED_MAX;
}

static enum cii_code
add_facets(struct arrival *arrival, const struct stored_event *known,
           const struct facet *facet, size_t count, struct cii_error *err)
{
    struct core *core = arrival->peer->core;
    const struct header *header = &known->event.header;
    struct person_key key;
    CII_TRY(person_key_of(&core->archive, known->person, &key, err));
    cii_auto(buffer_done) struct buffer sealed = {0};
    CII_TRY(facets_seal(&core->archive, &key, header->issuer, &header->event_id,
                        facet, count, &sealed, err));
    log_line(LOG_INFO, "%s event completed partner=%s facets=%zu", arrival->id,
             arrival->peer->config->id, count);
    return store_event_reseal(core->store, known->number, buffer_view(&sealed),
                              err);
}

/* More facets of an event that is known already are merged into it; where a
 * withdrawal hid those that are known, what came takes their place. */
static enum cii_code
merge(struct arrival *arrival, int64_t number, bool hidden,
      struct cii_error *err)
{
    struct core *core = arrival->peer->core;
    struct stored_event known;
    struct cii_error why;
    /* needed no longer than the frame: a turn has room for few of them */
    const enum cii_code code =
        stored_get(&core->archive, number, core->frame_arena, &known, &why);
    if (stored_is_damaged(code))
        return refuse(arrival, "unreadable", "", why.text, err);
    if (code != CII_OK) {
        *err = why;
        return code;
    }
    if (hidden)
        known.event.facet_count = 0;
    struct facet both[EVENT_FACETS_MAX];
    const size_t count = unite(&known.event, arrival->event, both);
    if (count == known.event.facet_count)
        return CII_OK;
    if (!fits(&known.event, both, count))
        return refuse(arrival, "too-large", "",
                      "with the facets that are known already it is larger "
                      "than an event may be",
                      err);
    return add_facets(arrival, &known, both, count, err);
}

/* Was it accepted from this partner, with all that came now? */
static enum cii_code
is_on_record(struct arrival *arrival, int64_t number, bool *same,
             struct cii_error *err)
{
    struct verdict_row last;
    const enum cii_code code =
        store_verdict_last(arrival->peer->core->store, number,
                           arrival->peer->config->id, true, &last, err);
    *same = code == CII_OK && !(arrival->judgement->facets & ~last.facets);
    return code == CII_UNKNOWN ? CII_OK : code;
}

/* Told once more, by the same or by another, and perhaps more of it: what a
 * withdrawal hid is shown again where there is a basis for it now. */
static enum cii_code
accept_again(struct arrival *arrival, int64_t number, struct cii_error *err)
{
    struct core *core = arrival->peer->core;
    bool hidden = false;

    CII_TRY(store_event_is_hidden(core->store, number, &hidden, err));
    if (hidden)
        CII_TRY(store_event_unhide(core->store, number, err));
    CII_TRY(merge(arrival, number, hidden, err));
    if (arrival->file.type == core->receipt_type)
        return CII_OK;
    bool same = false;
    CII_TRY(is_on_record(arrival, number, &same, err));
    return same && !hidden
               ? CII_OK
               : record_verdict(core, number, &arrival->judged, err);
}

/* Whoever is not known yet is from now on. */
static enum cii_code
obtain_person(struct arrival *arrival, struct cii_error *err)
{
    struct core *core = arrival->peer->core;
    const struct content *identity =
        arrival->file.by_number[core->catalogue->identity];
    if (!identity)
        arrival->person =
            (struct person){.key = *vault_common_key(core->vault)};
    if (!identity || arrival->person.number != 0)
        return CII_OK;
    return person_obtain(&core->archive, identity,
                         arrival->event->header.issuer, core_now(core),
                         core->turn_arena, &arrival->person, err);
}

/* DUPLICATE and CONFLICT as store_event_add() has them. */
static enum cii_code
add_event(struct arrival *arrival, int64_t *number, struct cii_error *err)
{
    struct core *core = arrival->peer->core;
    const struct event *event = arrival->event;
    const struct header *header = &event->header;
    CII_TRY(obtain_person(arrival, err));
    cii_auto(buffer_done) struct buffer sealed = {0};
    cii_auto(buffer_done) struct buffer proof = {0};
    CII_TRY(facets_seal(&core->archive, &arrival->person.key, header->issuer,
                        &header->event_id, event->facet, event->facet_count,
                        &sealed, err));
    CII_TRY(proof_pack(&event->proof, &proof));

    const bool ours = strcmp(header->issuer, core->config->institution) == 0;
    struct event_row row = {
        .issuer = header->issuer,
        .discloser = arrival->peer->config->id,
        .event_id = header->event_id,
        .digest = header_digest(event->header_bytes),
        .header = event->header_bytes,
        .proof = buffer_view(&proof),
        .sealed = buffer_view(&sealed),
        .type = header->event_type,
        .case_ref = header->case_ref,
        .occurred_on = header->occurred_on,
        .in_reply_to = header->in_reply_to,
        .person = arrival->person.number,
        .origin = ours ? ORIGIN_OURS : ORIGIN_ARRIVED,
        .stored_at = core_now(core),
        .test = header->test,
    };
    const enum cii_code code = store_event_add(core->store, &row, err);
    *number = row.number;
    return code;
}

static struct stated
stated_by(const struct arrival *arrival, int64_t number,
          const struct digest *digest)
{
    return (struct stated){.file = &arrival->file,
                           .event = number,
                           .person = arrival->person.number,
                           .digest = digest,
                           .teller = arrival->peer};
}

static void
tell_arrived(const struct arrival *arrival, const char *what)
{
    struct core *core = arrival->peer->core;
    const struct header *header = &arrival->event->header;
    char facets[512];
    facet_set_print(core->catalogue, arrival->file.facets, facets,
                    sizeof facets);
    log_line(LOG_DEBUG, "%s event %s partner=%s type=%s", arrival->id, what,
             arrival->peer->config->id, header->event_type);
    watch_tell(core, &(struct news){.what = what,
                                    .event = arrival->id,
                                    .type = header->event_type,
                                    .issuer = header->issuer,
                                    .partner = arrival->peer->config->id,
                                    .rule = arrival->deliver->disclosure.rule,
                                    .facets = facets});
}

/* It goes further only now: to the statements, to others, to a counsellor. */
static enum cii_code
take_effect(struct arrival *arrival, int64_t number, struct cii_error *err)
{
    struct core *core = arrival->peer->core;
    const struct digest digest = header_digest(arrival->event->header_bytes);
    const struct stated stated = stated_by(arrival, number, &digest);

    CII_TRY(statement_stored(core, &stated, err));
    CII_TRY(statement_pass_on(core, &stated, err));
    return duty_arrived(core, number, &arrival->file, arrival->person.number,
                        arrival->peer->config->id, arrival->judgement, err);
}

static enum cii_code
store_accepted(struct arrival *arrival, struct cii_error *err)
{
    struct core *core = arrival->peer->core;
    int64_t number = 0;
    const enum cii_code added = add_event(arrival, &number, err);
    if (added == CII_CONFLICT) {
        CII_TRY(core_note(core, "conflict", arrival->id,
                          "an event of this id is known with other content",
                          err));
        return refuse(arrival, "conflict", "",
                      "an event of this id is known with other content", err);
    }
    if (added == CII_DUPLICATE)
        return accept_again(arrival, number, err);
    if (added == CII_INVALID)
        return refuse(arrival, "no-person", "",
                      "its identity has neither avs nor localPersonId", err);
    if (stored_is_damaged(added))
        return refuse(arrival, "unreadable", "",
                      "what is stored of this person here does not open", err);
    CII_TRY(added);

    CII_TRY(record_verdict(core, number, &arrival->judged, err));
    core->figure[FIGURE_ARRIVED]++;
    tell_arrived(arrival, "arrived");
    if (arrival->file.type == core->receipt_type)
        return take_receipt(arrival, err);
    return take_effect(arrival, number, err);
}

/* One of ours comes back from a partner that still had it: see ARCHITECTURE,
 * "Restored stores". */
static enum cii_code
recover(struct arrival *arrival, struct cii_error *err)
{
    struct core *core = arrival->peer->core;
    int64_t number = 0;
    const enum cii_code added = add_event(arrival, &number, err);
    if (added == CII_DUPLICATE)
        return merge(arrival, number, false, err);
    if (added == CII_CONFLICT)
        return refuse(arrival, "conflict", "",
                      "an event of ours has other content here", err);
    if (stored_is_damaged(added))
        return refuse(arrival, "unreadable", "",
                      "what is stored of this person here does not open", err);
    CII_TRY(added);
    log_line(LOG_WARNING, "%s event recovered partner=%s", arrival->id,
             arrival->peer->config->id);
    /* it belongs into our stream again: the partner may lose it one day */
    const struct digest digest = header_digest(arrival->event->header_bytes);
    const struct stated stated = stated_by(arrival, number, &digest);
    CII_TRY(statement_stored(core, &stated, err));
    CII_TRY(peer_append(arrival->peer, number, &digest, err));
    CII_TRY(book_tell(core->book, arrival->person.number, number,
                      arrival->peer->config->id, err));
    tell_arrived(arrival, "recovered");
    return core_note(core, "recovered", arrival->id, arrival->peer->config->id,
                     err);
}

/* One of ours. No rule is needed to hear it again, but what no institution
 * may hold, or not under this profile, has no way back either. */
static bool
comes_back(const struct arrival *arrival)
{
    const struct core *core = arrival->peer->core;
    return strcmp(arrival->event->header.issuer, core->config->institution) ==
               0 &&
           arrival->judgement->ground != GROUND_BANNED &&
           arrival->judgement->ground != GROUND_PROFILE;
}

static void
count_for_receipt(struct arrival *arrival)
{
    struct peer *peer = arrival->peer;
    if (peer->receipt_first == 0)
        peer->receipt_first = arrival->deliver->seq;
    peer->receipt_last = arrival->deliver->seq;
    if (strcmp(arrival->event->header.event_type, RECEIPT_TYPE) != 0)
        peer->receipt_due = true;
}

static enum cii_code
find_person(struct arrival *arrival, struct cii_error *err)
{
    struct core *core = arrival->peer->core;
    const struct content *identity =
        arrival->file.by_number[core->catalogue->identity];
    if (!identity)
        return CII_OK;
    struct cii_error why;
    const enum cii_code code =
        person_find(&core->archive, identity, arrival->event->header.issuer,
                    &arrival->person, &why);
    /* what names nobody, or does not open, is refused when it is stored */
    if (code == CII_OK || code == CII_INVALID || stored_is_damaged(code))
        return CII_OK;
    *err = why;
    return code;
}

static enum cii_code
judge_it(struct arrival *arrival, struct cii_error *err)
{
    struct core *core = arrival->peer->core;
    CII_TRY(find_person(arrival, err));
    const struct inquiry inquiry = {
        .file = &arrival->file,
        .person = arrival->person.number,
        .issuer = arrival->event->header.issuer,
        .partner = arrival->peer->config->id,
    };
    CII_TRY(judge_arrival(core, &inquiry, &arrival->judged, err));
    arrival->judgement = &arrival->judged.judgement;
    return CII_OK;
}

enum cii_code
arrive(struct peer *peer, const struct deliver *deliver, struct cii_error *err)
{
    struct core *core = peer->core;
    struct arrival arrival = {.peer = peer,
                              .deliver = deliver,
                              .event = &deliver->event};
    const struct header *header = &deliver->event.header;
    event_id_print(&header->event_id, arrival.id);
    count_for_receipt(&arrival);

    struct cii_error why;
    if (verify_event(core->verifier, &deliver->event, &why) != CII_OK)
        return refuse(&arrival, "forged", "", why.text, err);
    if (case_open(core->catalogue, header, deliver->event.facet,
                  deliver->event.facet_count, core->turn_arena, &arrival.file,
                  &why) != CII_OK)
        return refuse(&arrival, "not-in-catalogue", "", why.text, err);
    CII_TRY(judge_it(&arrival, err));
    if (comes_back(&arrival))
        return recover(&arrival, err);
    if (arrival.judgement->verdict != VERDICT_TRANSMIT)
        return refuse_by_law(&arrival, err);
    if (statement_is_ahead(core, &arrival.file))
        return refuse(&arrival, "in-the-future", "",
                      "a statement of a day to come", err);
    if (arrival.file.type == core->receipt_type &&
        strcmp(header->issuer, peer->config->id) != 0)
        return refuse(&arrival, "malformed", "",
                      "a receipt of another than who sends it", err);
    return store_accepted(&arrival, err);
}
