/* SPDX-License-Identifier: Apache-2.0 */
#include "archive/stored.h"

#include "archive/person.h"

bool
stored_is_damaged(enum cii_code code)
{
    return code == CII_CRYPTO || cii_code_class(code) == CII_REFUSED;
}

/* What a sealed value belongs to: it opens nowhere else. */
static void
bind(struct buffer *associated, const char *issuer, const struct event_id *id)
{
    buffer_clear(associated);
    buffer_append_text(associated, "cii event v1");
    buffer_append_sized(associated, bytes_of_text(issuer));
    buffer_append(associated, id->bytes, sizeof id->bytes);
}

enum cii_code
facets_seal(struct archive *archive, const struct person_key *key,
            const char *issuer, const struct event_id *id,
            const struct facet *facet, size_t facet_count,
            struct buffer *sealed, struct cii_error *err)
{
    buffer_clear(&archive->plain);
    CII_TRY(facets_pack(facet, facet_count, &archive->plain));
    bind(&archive->bound, issuer, id);
    return seal(archive->vault, key, buffer_view(&archive->bound),
                buffer_view(&archive->plain), sealed, err);
}

static enum cii_code
open_facets(struct archive *archive, const struct event_row *row,
            struct arena *arena, struct event *event, struct cii_error *err)
{
    const struct bytes sealed = arena_bytes(arena, row->sealed);
    const char *issuer = arena_text(arena, row->issuer);
    if (!sealed.data || !issuer)
        return cii_fail(err, CII_MEMORY, "no memory for an event");
    const struct event_id id = row->event_id;

    /* the row is gone with the next call on the store */
    struct person_key key;
    CII_TRY(person_key_of(archive, row->person, &key, err));
    bind(&archive->bound, issuer, &id);
    buffer_clear(&archive->plain);
    CII_TRY(unseal(archive->vault, &key, buffer_view(&archive->bound), sealed,
                   &archive->plain, err));
    const struct bytes facets =
        arena_bytes(arena, buffer_view(&archive->plain));
    if (archive->plain.size > 0 && !facets.data)
        return cii_fail(err, CII_MEMORY, "no memory for an event");
    return facets_unpack(event->facet, &event->facet_count, facets, arena, err);
}

static enum cii_code
open_row(struct archive *archive, const struct event_row *row,
         struct arena *arena, struct stored_event *stored,
         struct cii_error *err)
{
    *stored = (struct stored_event){
        .number = row->number,
        .person = row->person,
        .digest = row->digest,
        .origin = row->origin,
        .stored_at = row->stored_at,
        .discloser = arena_text(arena, row->discloser),
    };
    struct event *event = &stored->event;
    event->header_bytes = arena_bytes(arena, row->header);
    const struct bytes proof = arena_bytes(arena, row->proof);
    if (!stored->discloser || !event->header_bytes.data || !proof.data)
        return cii_fail(err, CII_MEMORY, "no memory for an event");
    CII_TRY(header_unpack(&event->header, event->header_bytes, arena, err));
    CII_TRY(proof_unpack(&event->proof, proof, arena, err));
    return open_facets(archive, row, arena, event, err);
}

enum cii_code
stored_get(struct archive *archive, int64_t number, struct arena *arena,
           struct stored_event *stored, struct cii_error *err)
{
    struct event_row row;
    CII_TRY(store_event_get(archive->store, number, &row, err));
    return open_row(archive, &row, arena, stored, err);
}

enum cii_code
stored_find(struct archive *archive, const char *issuer,
            const struct event_id *id, struct arena *arena,
            struct stored_event *stored, struct cii_error *err)
{
    struct event_row row;
    CII_TRY(store_event_find(archive->store, issuer, id, &row, err));
    return open_row(archive, &row, arena, stored, err);
}
