/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_PROTO_SAMPLES_H
#define TESTS_UNIT_PROTO_SAMPLES_H

/*
 * One real object of each kind, with every field set, for round trips,
 * mutations and seeds. They borrow from static memory and from each other.
 */

#include <string.h>

#include "proto/control.h"
#include "proto/link.h"
#include "tests/support/expect.h"

#define SAMPLE_ARENA ((size_t)4 * 1024 * 1024)

static inline struct event_id
sample_id(uint8_t seed)
{
    const uint8_t random[10] = {seed, 1, 2, 3, 4, 5, 6, 7, 8, 9};

    return event_id_make(INT64_C(1790000000000) + seed, random);
}

static inline struct digest
sample_digest(uint8_t seed)
{
    struct digest digest;

    memset(digest.bytes, seed, sizeof digest.bytes);
    digest.bytes[0] = 1;
    return digest;
}

static inline struct header
sample_header(void)
{
    struct header header = {
        .event_id = sample_id(1),
        .issuer = "ge.orp.centre",
        .event_type = "fin-de-droits",
        .occurred_on = "2026-11-30",
        .issued_at = UINT64_C(1790000000123),
        .case_ref = "GE-2026-0042",
        .in_reply_to = sample_id(2),
        .as_of = "2026-11-22",
        .reliability = RELIABILITY_VERIFIED,
        .test = true,
        .digest_count = 4,
    };

    for (uint8_t i = 0; i < 4; i++)
        header.digest[i] = sample_digest((uint8_t)(0x10 + i));
    return header;
}

static inline struct content
sample_content(void)
{
    static const struct field fields[] = {
        {"avs", "7569217076985"},
        {"officialName", "Müller-Dürst"},
        {"dateOfBirth", "1971-04"},
    };

    return (struct content){3, fields};
}

/* The header packed once for the whole process. */
static inline struct bytes
sample_header_bytes(void)
{
    static uint8_t room[EVENT_HEADER_MAX];
    struct buffer buffer = {0};
    const struct header header = sample_header();

    require_ok(header_pack(&header, &buffer));
    const size_t size = buffer.size;
    memcpy(room, buffer.data, size);
    buffer_done(&buffer);
    return (struct bytes){room, size};
}

static inline struct bytes
sample_content_bytes(void)
{
    static uint8_t room[1024];
    struct buffer buffer = {0};
    const struct content content = sample_content();

    require_ok(content_pack(&content, &buffer));
    const size_t size = buffer.size;
    memcpy(room, buffer.data, size);
    buffer_done(&buffer);
    return (struct bytes){room, size};
}

static inline struct proof
sample_proof(void)
{
    struct proof proof = {.path_count = 3, .index = 5, .size = 8};

    for (uint8_t i = 0; i < 3; i++)
        proof.path[i] = sample_digest((uint8_t)(0x20 + i));
    memset(proof.signature, 0x5a, sizeof proof.signature);
    memset(proof.key_id, 0xa5, sizeof proof.key_id);
    return proof;
}

static inline struct event
sample_event(void)
{
    struct event event = {
        .header_bytes = sample_header_bytes(),
        .header = sample_header(),
        .proof = sample_proof(),
        .facet_count = 2,
        .facet = {{.slot = 0, .kind = "identity"},
                  {.slot = 3, .kind = "dates"}},
    };

    event.facet[0].content = sample_content_bytes();
    event.facet[1].content = bytes_of_text("\x01\x02");
    memset(event.facet[0].salt, 0x77, SALT_SIZE);
    memset(event.facet[1].salt, 0x78, SALT_SIZE);
    return event;
}

static inline struct receipt
sample_receipt(void)
{
    static struct refusal refusals[2];

    refusals[0] = (struct refusal){7, sample_id(7), "no-rule", ""};
    refusals[1] = (struct refusal){9, sample_id(9), "forged", "R03"};
    struct receipt receipt = {.first = 5,
                              .last = 9,
                              .refusal_count = 2,
                              .refusal = refusals};
    memset(receipt.stream_id, 0x33, sizeof receipt.stream_id);
    return receipt;
}

static inline struct stream_id
sample_stream(uint8_t seed)
{
    struct stream_id stream;

    memset(stream.bytes, seed, sizeof stream.bytes);
    return stream;
}

static inline struct frame
sample_hello(void)
{
    static const char *const wanted[] = {"fin-de-droits", "decision-ai"};
    struct frame frame = {.kind = FRAME_HELLO,
                          .hello = {
                              .version_min = 1,
                              .version_max = 1,
                              .institution = "ge.as.hg",
                              .subscription_count = 2,
                              .subscription = wanted,
                              .stream = sample_stream(0x41),
                              .oldest = 12,
                              .head = 4711,
                              .want = {sample_stream(0x42), 815,
                                       sample_digest(0x43)},
                              .window_events = 1024,
                              .window_bytes = 8388608,
                          }};

    memset(frame.hello.link_id, 0x44, LINK_ID_SIZE);
    return frame;
}

static inline struct frame
sample_deliver(void)
{
    return (struct frame){.kind = FRAME_DELIVER,
                          .deliver = {.seq = 300,
                                      .event = sample_event(),
                                      .disclosure = {
                                          .rule = "R03",
                                          .citation = "LACI 97a al. 4 let. b",
                                          .statement_count = 2,
                                          .statement = {sample_id(11),
                                                        sample_id(12)},
                                          .purpose = "coordination",
                                          .inform = "after",
                                      }}};
}

static inline struct frame
sample_void(void)
{
    return (struct frame){.kind = FRAME_VOID,
                          .void_ = {301, sample_digest(0x51)}};
}

static inline struct frame
sample_ack(void)
{
    struct frame frame = {.kind = FRAME_ACK,
                          .ack = {.stream = sample_stream(0x61),
                                  .up_to = 300,
                                  .chain = sample_digest(0x62)}};

    memset(frame.ack.signature, 0x63, SIGNATURE_SIZE);
    return frame;
}

static inline struct frame
sample_frame(enum frame_kind kind)
{
    switch (kind) {
    case FRAME_HELLO:
        return sample_hello();
    case FRAME_DELIVER:
        return sample_deliver();
    case FRAME_VOID:
        return sample_void();
    case FRAME_ACK:
        break;
    }
    return sample_ack();
}

static inline struct request
sample_request(void)
{
    static const char *const to[] = {"ge.as.hg", "ge.oai"};
    static const struct field dates[] = {{"endsOn", "2026-11-30"}};
    static const struct field arguments[] = {{"person", "7569217076985"},
                                             {"limit", "50"}};
    static struct draft_facet facets[2];
    static struct draft drafts[2];

    facets[0] = (struct draft_facet){"identity", sample_content()};
    facets[1] = (struct draft_facet){"dates", {1, dates}};
    drafts[0] = (struct draft){
        .line = 1,
        .event_id = "01a0c2b9-ee01-7101-8203-040506070809",
        .event_type = "fin-de-droits",
        .occurred_on = "2026-11-30",
        .case_ref = "GE-2026-0042",
        .in_reply_to = "01a0c2b9-ee02-7101-8203-040506070809",
        .as_of = "2026-11-22",
        .reliability = "verified",
        .test = true,
        .dry_run = true,
        .to_count = 2,
        .to = to,
        .facet_count = 2,
        .facet = facets,
    };
    drafts[1] = (struct draft){.line = 2, .event_type = "orientation"};
    return (struct request){
        .tag = UINT64_MAX,
        .verb = "send",
        .acting_user = "counsellor",
        .argument = {2, arguments},
        .draft_count = 2,
        .draft = drafts,
    };
}

static inline struct reply
sample_reply(void)
{
    static const struct verdict_line verdicts[] = {
        {"ge.as.hg", "transmit", "consent", "R03", "LACI 97a", "identity",
         "sanction", ""},
        {"ge.oai", "refuse", "", "", "", "", "identity dates",
         "no rule opens this event to ge.oai"},
    };
    static const struct field fields[] = {{"identity.avs", "7569217076985"},
                                          {"line", "one\ttwo\nthree"}};
    static struct outcome outcomes[2];
    static struct record records[2];

    outcomes[0] = (struct outcome){
        1, "01a0c2b9-ee01-7101-8203-040506070809", CII_OK, "", "", 2, verdicts};
    outcomes[1] = (struct outcome){
        2, "",  CII_INVALID, "identity.avs: look again", "identity.avs",
        0, NULL};
    records[0] = (struct record){"event", {2, fields}};
    records[1] = (struct record){"end", {0, NULL}};
    return (struct reply){
        .tag = 42,
        .last = true,
        .code = CII_DENIED,
        .text = "one of two was refused",
        .outcome_count = 2,
        .outcome = outcomes,
        .record_count = 2,
        .record = records,
    };
}

#endif
