/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_APP_OFFICE_H
#define TESTS_UNIT_APP_OFFICE_H

/*
 * A core of its own for each test: the office ge.orp, a pilot, which knows
 * one partner, ge.cch. No process runs but the test's: frames are handed to
 * the core as the bus would, and what it sends waits in the bus.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/control.h"
#include "app/issue.h"
#include "app/peer.h"
#include "archive/stored.h"
#include "crypto/commit.h"
#include "proto/link.h"
#include "tests/support/expect.h"

#define US      "ge.orp"
#define PARTNER "ge.cch"

/* The keys of RFC 8032, section 7.1: ours, then the partner's. */
static const char our_pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";
static const char their_pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
    "-----END PRIVATE KEY-----\n";
static const char their_public[] =
    "ed25519:"
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";

static char folder[64];
static struct core *core;
static struct peer *partner;
static struct signer *their_signer;
static struct cii_error error;
static struct stream_id their_stream = {.bytes = {7}};
static struct digest their_chain;
static uint64_t their_seq;
static const uint8_t link_id[LINK_ID_SIZE] = {1, 2, 3};

static inline void
write_file(const char *name, const char *text, size_t size)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    const int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    cr_assert(fd >= 0);
    cr_assert(write(fd, text, size) == (ssize_t)size);
    close(fd);
}

static inline void
write_text(const char *name, const char *text)
{
    write_file(name, text, strlen(text));
}

static inline void
make_folder(const char *name)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    cr_assert(mkdir(path, 0700) == 0);
}

static inline void
write_config(void)
{
    char text[2048];
    snprintf(text, sizeof text,
             "institution: " US "\n"
             "name: an office\n"
             "profile: pilot\n"
             "state_dir: %s/state\n"
             "run_dir: %s\n"
             "signing_key: %s/signing.pem\n"
             "master_key: %s/master\n"
             "facets: " CII_SOURCE_DIR "/config/facets.yaml\n"
             "event_types: " CII_SOURCE_DIR "/config/event-types.yaml\n"
             "rules: " CII_SOURCE_DIR "/config/rules\n"
             "partners: %s/partners\n"
             "competence: %s/competence.yaml\n"
             "avs_use:\n"
             "  responsible: a person\n"
             "  announced_on: 2020-01-01\n"
             "  legal_basis: LACI 96b let. j\n",
             folder, folder, folder, folder, folder, folder);
    write_text("ciid.yaml", text);
    write_text("competence.yaml", "competence:\n"
                                  "  - communes: [\"6621\"]\n"
                                  "    offices: [" PARTNER "]\n");
    snprintf(text, sizeof text,
             "id: " PARTNER "\nname: a partner\nsigning_key: [\"%s\"]\n",
             their_public);
    write_text("partners/" PARTNER ".yaml", text);
}

static inline enum cii_code
start_core(void)
{
    char path[160];
    snprintf(path, sizeof path, "%s/ciid.yaml", folder);
    return core_new(&core, path, &error);
}

static inline void
open_office(void)
{
    snprintf(folder, sizeof folder, "/tmp/ciid-app-XXXXXX");
    cr_assert(mkdtemp(folder) != NULL);
    make_folder("state");
    make_folder("partners");
    write_config();
    write_text("signing.pem", our_pem);
    write_text("master", "0123456789abcdef0123456789abcdef");
    require_ok(start_core());
    partner = core->peer[0];
    require_ok(
        signer_new(&their_signer, their_pem, sizeof their_pem - 1, &error));
}

static inline void
close_office(void)
{
    char command[128];
    if (core && core->store)
        store_close(&core->store);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    cr_assert(system(command) == 0); /* NOLINT: a folder that we have made */
}

/* --- a turn ---------------------------------------------------------------*/

static inline void
begin_turn(void)
{
    arena_reset(core->turn_arena);
    require_ok(store_begin(core->store, &error));
}

static inline void
end_turn(void)
{
    require_ok(issue_receipt(partner, &error));
    require_ok(issue_all(core, &error));
    require_ok(peer_store(partner, &error));
    require_ok(store_commit(core->store, &error));
    partner->pending_frames = 0;
}

/* From now on a turn has no more room than this. */
static inline void
limit_turn(size_t room)
{
    arena_destroy(&core->turn_arena);
    require_ok(arena_new(&core->turn_arena, room, &error));
}

/* --- events ---------------------------------------------------------------*/

/* Signs an event whose facets fill the first slots. */
static inline void
seal_event(struct event *event, const char *issuer, const char *type,
           uint8_t id, bool test, const struct signer *signer)
{
    static struct buffer packed;
    static char day[] = "2026-01-05";
    event->header = (struct header){
        .event_id.bytes = {1, 2, 3, 4, 5, 6, 0x70, 0, 0x80, [15] = id},
        .issuer = issuer,
        .event_type = type,
        .occurred_on = day,
        .issued_at = 1767600000000,
        .case_ref = "",
        .as_of = "",
        .test = test,
        .digest_count = 8,
    };
    for (size_t i = 0; i < event->facet_count; i++)
        event->header.digest[event->facet[i].slot] =
            facet_digest(&event->facet[i]);
    buffer_clear(&packed);
    require_ok(header_pack(&event->header, &packed));
    uint8_t *kept = malloc(packed.size);
    cr_assert(kept != NULL);
    memcpy(kept, packed.data, packed.size);
    event->header_bytes = (struct bytes){kept, packed.size};
    const struct digest leaf = header_digest(event->header_bytes);
    require_ok(sign_batch(signer, issuer, &leaf, 1, &event->proof, &error));
}

static inline void
free_event(const struct event *event)
{
    free((void *)(uintptr_t)event->header_bytes.data);
}

static inline struct facet
facet_of(uint32_t slot, const char *kind, const struct content *content,
         struct buffer *packed)
{
    buffer_clear(packed);
    require_ok(content_pack(content, packed));
    return (struct facet){.slot = slot,
                          .kind = kind,
                          .salt = {9},
                          .content = buffer_view(packed)};
}

/* inscription-orp about a person with a number. */
static inline struct event
registration(const char *issuer, uint8_t id, bool test,
             const struct signer *signer)
{
    static struct buffer identity;
    static struct buffer dates;
    const struct field person[] = {{"avs", "7569217076985"},
                                   {"officialName", "Exemple"}};
    const struct field since[] = {{"from", "2026-01-05"}};
    struct event event = {.facet_count = 2};
    event.facet[0] =
        facet_of(0, "identity", &(struct content){2, person}, &identity);
    event.facet[1] = facet_of(1, "dates", &(struct content){1, since}, &dates);
    seal_event(&event, issuer, "inscription-orp", id, test, signer);
    return event;
}

/* --- what the partner says ------------------------------------------------*/

static inline void
hand(const struct frame *frame)
{
    cii_auto(buffer_done) struct buffer packed = {0};
    require_ok(frame_pack(frame, &packed));
    require_ok(
        peer_frame(partner, partner->number, buffer_view(&packed), &error));
}

static inline void
link_up(void)
{
    static uint64_t number;
    struct notice notice = {.kind = NOTICE_UP, .number = ++number};
    snprintf(notice.partner, sizeof notice.partner, "%s", PARTNER);
    memcpy(notice.link_id, link_id, sizeof notice.link_id);
    peer_up(partner, &notice);
    cr_assert(partner->number == number);
}

static inline struct frame
hello_of(struct stream_id want, uint64_t seq)
{
    struct frame frame = {
        .kind = FRAME_HELLO,
        .hello = {.version_min = LINK_VERSION,
                  .version_max = LINK_VERSION,
                  .institution = PARTNER,
                  .stream = their_stream,
                  .oldest = 1,
                  .head = their_seq,
                  .want = {.stream = want, .seq = seq},
                  .window_events = 1000,
                  .window_bytes = 4 << 20},
    };
    memcpy(frame.hello.link_id, link_id, LINK_ID_SIZE);
    return frame;
}

/* A link, open from the start of both streams. */
static inline void
open_link(void)
{
    static const struct stream_id none;
    link_up();
    const struct frame hello = hello_of(none, 1);
    begin_turn();
    hand(&hello);
    end_turn();
    cr_assert(partner->exchange.state == EXCHANGE_OPEN);
}

static inline void
deliver(const struct event *event)
{
    struct frame frame = {.kind = FRAME_DELIVER,
                          .deliver = {.seq = ++their_seq,
                                      .event = *event,
                                      .disclosure = {.rule = "",
                                                     .citation = "",
                                                     .purpose = "",
                                                     .inform = ""}}};
    const struct digest digest = header_digest(event->header_bytes);
    their_chain = chain_next(&their_chain, their_seq, &digest);
    hand(&frame);
    cr_assert(partner->exchange.in_seq == their_seq, "it was not taken");
}

/* --- what is known --------------------------------------------------------*/

struct refusals {
    size_t count;
    char reason[64];
};

static inline void
see_refusal(void *context, const struct refusal_row *row)
{
    struct refusals *seen = context;
    if (seen->count++ == 0)
        snprintf(seen->reason, sizeof seen->reason, "%s", row->reason);
}

/* How many there are, and why the newest. */
static inline struct refusals
refusals(void)
{
    struct refusals seen = {0};
    require_ok(store_refusal_each(core->store, NULL, 100000, see_refusal, &seen,
                                  &error));
    return seen;
}

#endif
