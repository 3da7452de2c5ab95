/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of a partner's deliveries, as one event for the whole turn.
 */
#include <string.h>

#include "app/issue.h"
#include "app/pending.h"
#include "proto/date.h"

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

    struct pending *pending = issue_pending(core);
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
    CII_TRY(pending_keep(core, &outcome->content, err));
    outcome->kind = core->catalogue->facet[core->catalogue->outcome].name;
    return pending_build(core, pending, type->slots, err);
}
