/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include <proto/event.pb-c.h>

#include "tests/unit/proto/samples.h"

static struct arena *arena;
static struct buffer buffer;

static void
set_up(void)
{
    require_ok(arena_new(&arena, SAMPLE_ARENA, NULL));
}

static void
tear_down(void)
{
    arena_destroy(&arena);
    buffer_done(&buffer);
}

TestSuite(frame_event, .init = set_up, .fini = tear_down);

static ProtobufCBinaryData
binary(const void *data, size_t size)
{
    union {
        const void *in;
        uint8_t *out;
    } view = {.in = data};

    return (ProtobufCBinaryData){size, view.out};
}

static char *
text(const char *from)
{
    return arena_text(arena, from);
}

static void
expect_packed_by_protobuf(const ProtobufCMessage *message)
{
    uint8_t room[4096];

    cr_assert(protobuf_c_message_get_packed_size(message) <= sizeof room);
    const size_t size = protobuf_c_message_pack(message, room);
    cr_expect(bytes_equal(buffer_view(&buffer), (struct bytes){room, size}));
    buffer_clear(&buffer);
}

/* --- packing is what protobuf-c packs ----------------------------------- */

/* The sample as protobuf-c has it; the arrays belong to the caller. */
static Cii__Header
header_message(const struct header *header, ProtobufCBinaryData digests[])
{
    Cii__Header message = CII__HEADER__INIT;

    message.event_id = binary(header->event_id.bytes, EVENT_ID_SIZE);
    message.issuer = text(header->issuer);
    message.event_type = text(header->event_type);
    message.occurred_on = text(header->occurred_on);
    message.issued_at = header->issued_at;
    message.case_ref = text(header->case_ref);
    message.in_reply_to = binary(header->in_reply_to.bytes, EVENT_ID_SIZE);
    message.as_of = text(header->as_of);
    message.reliability = CII__RELIABILITY__RELIABILITY_VERIFIED;
    message.test = header->test;
    message.n_digest = header->digest_count;
    message.digest = digests;
    for (size_t i = 0; i < header->digest_count; i++)
        digests[i] = binary(header->digest[i].bytes, DIGEST_SIZE);
    return message;
}

static Cii__Proof
proof_message(const struct proof *proof, ProtobufCBinaryData path[])
{
    Cii__Proof message = CII__PROOF__INIT;

    message.n_path = proof->path_count;
    message.path = path;
    for (size_t i = 0; i < proof->path_count; i++)
        path[i] = binary(proof->path[i].bytes, DIGEST_SIZE);
    message.index = proof->index;
    message.size = proof->size;
    message.signature = binary(proof->signature, SIGNATURE_SIZE);
    message.key_id = binary(proof->key_id, KEY_ID_SIZE);
    return message;
}

static Cii__Facet
facet_message(const struct facet *facet)
{
    Cii__Facet message = CII__FACET__INIT;

    message.slot = facet->slot;
    message.kind = text(facet->kind);
    message.salt = binary(facet->salt, SALT_SIZE);
    message.content = binary(facet->content.data, facet->content.size);
    return message;
}

Test(frame_event, header_packs_to_what_protobuf_packs)
{
    ProtobufCBinaryData digests[EVENT_SLOTS_MAX];
    const struct header header = sample_header();

    require_ok(header_pack(&header, &buffer));

    const Cii__Header message = header_message(&header, digests);
    expect_packed_by_protobuf(&message.base);
}

Test(frame_event, event_packs_to_what_protobuf_packs)
{
    ProtobufCBinaryData path[PROOF_PATH_MAX];
    const struct event event = sample_event();

    require_ok(event_pack(&event, &buffer));

    Cii__SignedEvent message = CII__SIGNED_EVENT__INIT;
    Cii__Proof proof = proof_message(&event.proof, path);
    Cii__Facet facets[2] = {facet_message(&event.facet[0]),
                            facet_message(&event.facet[1])};
    Cii__Facet *list[2] = {&facets[0], &facets[1]};
    message.header = binary(event.header_bytes.data, event.header_bytes.size);
    message.proof = &proof;
    message.n_facet = 2;
    message.facet = list;
    expect_packed_by_protobuf(&message.base);
}

Test(frame_event, proof_and_facets_pack_to_what_protobuf_packs)
{
    ProtobufCBinaryData path[PROOF_PATH_MAX];
    const struct event event = sample_event();

    require_ok(proof_pack(&event.proof, &buffer));
    const Cii__Proof proof = proof_message(&event.proof, path);
    expect_packed_by_protobuf(&proof.base);

    require_ok(facets_pack(event.facet, 2, &buffer));
    Cii__SignedEvent message = CII__SIGNED_EVENT__INIT;
    Cii__Facet facets[2] = {facet_message(&event.facet[0]),
                            facet_message(&event.facet[1])};
    Cii__Facet *list[2] = {&facets[0], &facets[1]};
    message.n_facet = 2;
    message.facet = list;
    expect_packed_by_protobuf(&message.base);
}

Test(frame_event, content_packs_to_what_protobuf_packs)
{
    const struct content content = sample_content();
    Cii__Field fields[3];
    Cii__Field *list[3];

    require_ok(content_pack(&content, &buffer));

    for (size_t i = 0; i < 3; i++) {
        fields[i] = (Cii__Field)CII__FIELD__INIT;
        fields[i].name = text(content.field[i].name);
        fields[i].value = text(content.field[i].value);
        list[i] = &fields[i];
    }
    Cii__Content message = CII__CONTENT__INIT;
    message.n_field = 3;
    message.field = list;
    expect_packed_by_protobuf(&message.base);
}

Test(frame_event, receipt_packs_to_what_protobuf_packs)
{
    const struct receipt receipt = sample_receipt();
    Cii__Refusal refusals[2];
    Cii__Refusal *list[2];

    require_ok(receipt_pack(&receipt, &buffer));

    for (size_t i = 0; i < 2; i++) {
        const struct refusal *from = &receipt.refusal[i];
        refusals[i] = (Cii__Refusal)CII__REFUSAL__INIT;
        refusals[i].seq = from->seq;
        refusals[i].event_id = binary(from->event_id.bytes, EVENT_ID_SIZE);
        refusals[i].reason = text(from->reason);
        refusals[i].rule = text(from->rule);
        list[i] = &refusals[i];
    }
    Cii__Receipt message = CII__RECEIPT__INIT;
    message.stream_id = binary(receipt.stream_id, sizeof receipt.stream_id);
    message.first = receipt.first;
    message.last = receipt.last;
    message.n_refusal = 2;
    message.refusal = list;
    expect_packed_by_protobuf(&message.base);
}

/* --- round trips -------------------------------------------------------- */

static void
expect_header(const struct header *got, const struct header *want)
{
    cr_expect(event_id_equal(&got->event_id, &want->event_id));
    expect_text(got->issuer, want->issuer);
    expect_text(got->event_type, want->event_type);
    expect_text(got->occurred_on, want->occurred_on);
    cr_expect(got->issued_at == want->issued_at);
    expect_text(got->case_ref, want->case_ref);
    cr_expect(event_id_equal(&got->in_reply_to, &want->in_reply_to));
    expect_text(got->as_of, want->as_of);
    cr_expect(got->reliability == want->reliability);
    cr_expect(got->test == want->test);
    cr_assert(got->digest_count == want->digest_count);
    for (size_t i = 0; i < want->digest_count; i++)
        cr_expect(digest_equal(&got->digest[i], &want->digest[i]));
}

static void
expect_proof(const struct proof *got, const struct proof *want)
{
    cr_assert(got->path_count == want->path_count);
    for (size_t i = 0; i < want->path_count; i++)
        cr_expect(digest_equal(&got->path[i], &want->path[i]));
    cr_expect(got->index == want->index);
    cr_expect(got->size == want->size);
    cr_expect(memcmp(got->signature, want->signature, SIGNATURE_SIZE) == 0);
    cr_expect(memcmp(got->key_id, want->key_id, KEY_ID_SIZE) == 0);
}

static void
expect_facet(const struct facet *got, const struct facet *want)
{
    cr_expect(got->slot == want->slot);
    expect_text(got->kind, want->kind);
    cr_expect(memcmp(got->salt, want->salt, SALT_SIZE) == 0);
    cr_expect(bytes_equal(got->content, want->content));
}

Test(frame_event, comes_back_as_it_was)
{
    const struct event event = sample_event();
    struct event back = {0};
    require_ok(event_pack(&event, &buffer));

    require_ok(event_unpack(&back, buffer_view(&buffer), arena, NULL));

    expect_header(&back.header, &event.header);
    expect_proof(&back.proof, &event.proof);
    cr_assert(back.facet_count == 2);
    expect_facet(&back.facet[0], &event.facet[0]);
    expect_facet(&back.facet[1], &event.facet[1]);
}

Test(frame_event, header_bytes_are_a_view_of_what_came)
{
    const struct event event = sample_event();
    struct event back = {0};
    require_ok(event_pack(&event, &buffer));

    require_ok(event_unpack(&back, buffer_view(&buffer), arena, NULL));

    cr_expect(bytes_equal(back.header_bytes, event.header_bytes));
    cr_expect(back.header_bytes.data > buffer.data);
    cr_expect(back.header_bytes.data < buffer.data + buffer.size);
}

Test(frame_event, least_header_comes_back_with_empty_texts)
{
    const struct header least = {.event_id = sample_id(1),
                                 .issuer = "ge.oai",
                                 .event_type = "t",
                                 .occurred_on = "2026-01-01",
                                 .case_ref = NULL,
                                 .as_of = NULL};
    struct header back = {0};
    require_ok(header_pack(&least, &buffer));

    require_ok(header_unpack(&back, buffer_view(&buffer), arena, NULL));

    expect_text(back.case_ref, "");
    expect_text(back.as_of, "");
    cr_expect(event_id_is_zero(&back.in_reply_to));
    cr_expect(back.digest_count == 0 && !back.test);
}

Test(frame_event, lists_of_facets_come_back_empty_and_full)
{
    struct event event = sample_event();
    struct facet back[EVENT_FACETS_MAX];
    size_t count = 9;

    require_ok(
        facets_unpack(back, &count, (struct bytes){NULL, 0}, arena, NULL));
    cr_expect(count == 0);
    for (uint32_t i = 0; i < EVENT_FACETS_MAX; i++) {
        event.facet[i] = event.facet[0];
        event.facet[i].slot = i;
    }
    require_ok(facets_pack(event.facet, EVENT_FACETS_MAX, &buffer));
    require_ok(facets_unpack(back, &count, buffer_view(&buffer), arena, NULL));
    cr_assert(count == EVENT_FACETS_MAX);
    for (size_t i = 0; i < count; i++)
        expect_facet(&back[i], &event.facet[i]);
}

Test(frame_event, content_comes_back_and_finds_its_fields)
{
    const struct content content = sample_content();
    struct content back = {0};
    require_ok(content_pack(&content, &buffer));

    require_ok(content_unpack(&back, buffer_view(&buffer), arena, NULL));

    cr_assert(back.field_count == 3);
    expect_text(content_find(&back, "avs"), "7569217076985");
    expect_text(content_find(&back, "officialName"), "Müller-Dürst");
    expect_text(content_find(&back, "dateOfBirth"), "1971-04");
    cr_expect(content_find(&back, "sex") == NULL);
}

Test(frame_event, receipt_comes_back)
{
    const struct receipt receipt = sample_receipt();
    struct receipt back = {0};
    require_ok(receipt_pack(&receipt, &buffer));

    require_ok(receipt_unpack(&back, buffer_view(&buffer), arena, NULL));

    cr_expect(memcmp(back.stream_id, receipt.stream_id, 16) == 0);
    cr_expect(back.first == 5 && back.last == 9);
    cr_assert(back.refusal_count == 2);
    cr_expect(back.refusal[1].seq == 9);
    cr_expect(event_id_equal(&back.refusal[1].event_id,
                             &receipt.refusal[1].event_id));
    expect_text(back.refusal[0].rule, "");
    expect_text(back.refusal[1].reason, "forged");
    expect_text(back.refusal[1].rule, "R03");
}

/* --- what is refused ---------------------------------------------------- */

static void
expect_header_refused(const struct header *header, enum cii_code want,
                      const char *what)
{
    struct cii_error err = {0};
    struct header back = {.issuer = "untouched"};

    buffer_clear(&buffer);
    require_ok(header_pack(header, &buffer));
    const enum cii_code got =
        header_unpack(&back, buffer_view(&buffer), arena, &err);
    cr_expect(got == want, "%s: %s %s", what, cii_code_name(got), err.text);
    cr_expect(err.text[0] != '\0');
    expect_text(back.issuer, "untouched");
}

Test(frame_event, header_with_a_wrong_text_is_malformed)
{
    static const struct {
        const char *what;
        size_t field;
        const char *value;
    } cases[] = {
        {"no issuer", offsetof(struct header, issuer), ""},
        {"an issuer that is none", offsetof(struct header, issuer), "ge.x"},
        {"no type", offsetof(struct header, event_type), ""},
        {"no day", offsetof(struct header, occurred_on), ""},
        {"a day that is none", offsetof(struct header, occurred_on),
         "2026-02-30"},
        {"as of no day", offsetof(struct header, as_of), "2026-02-30"},
        {"as of a month", offsetof(struct header, as_of), "2026-02"},
        {"a reference with a control", offsetof(struct header, case_ref),
         "a\x1b[31m"},
        {"a reference that is not UTF-8", offsetof(struct header, case_ref),
         "\xff"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct header header = sample_header();
        memcpy((char *)&header + cases[i].field, &cases[i].value,
               sizeof cases[i].value);
        expect_header_refused(&header, CII_MALFORMED, cases[i].what);
    }
}

Test(frame_event, header_past_its_limits_is_refused)
{
    static const char long_text[] =
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    struct header header = sample_header();

    header.case_ref = long_text;
    expect_header_refused(&header, CII_TOO_LARGE, "case_ref");
    header = sample_header();
    header.event_type = long_text;
    expect_header_refused(&header, CII_TOO_LARGE, "event_type");
    header = sample_header();
    header.issued_at = UINT64_MAX;
    expect_header_refused(&header, CII_MALFORMED, "issued_at");
    header = sample_header();
    header.reliability = (enum reliability)3;
    expect_header_refused(&header, CII_MALFORMED, "reliability");
}

Test(frame_event, header_with_an_id_that_is_none_is_malformed)
{
    struct header header = sample_header();

    header.event_id = (struct event_id){{0}};
    expect_header_refused(&header, CII_MALFORMED, "a zero id");
    header = sample_header();
    header.event_id.bytes[6] = 0x4f;
    expect_header_refused(&header, CII_MALFORMED, "version 4");
    header = sample_header();
    header.in_reply_to.bytes[8] = 0x0f;
    expect_header_refused(&header, CII_MALFORMED, "another variant");
}

/* What is put behind a good header's bytes makes it a bad one. */
Test(frame_event, header_with_something_more_is_refused)
{
    static const struct {
        const char *what;
        const char *bytes;
        size_t size;
    } cases[] = {
        {"an unknown field", "\x60\x01", 2},
        {"a number twice", "\x28\x01", 2},
        {"text twice", "\x12\x06ge.oai", 8},
        {"a short digest",
         "\x5a\x1f"
         "0123456789012345678901234567890",
         33},
        {"a long digest",
         "\x5a\x21"
         "012345678901234567890123456789012",
         35},
        {"the wrong wire type", "\x58\x01", 2},
        {"half a tag", "\xda", 1},
        {"a group", "\x5b\x5c", 2},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct header back;
        buffer_clear(&buffer);
        const struct bytes good = sample_header_bytes();
        buffer_append(&buffer, good.data, good.size);
        buffer_append(&buffer, cases[i].bytes, cases[i].size);
        cr_expect(header_unpack(&back, buffer_view(&buffer), arena, NULL) ==
                      CII_MALFORMED,
                  "%s", cases[i].what);
    }
}

static void
expect_event_refused(const struct event *event, enum cii_code want,
                     const char *what)
{
    struct cii_error err = {0};
    struct event back = {.facet_count = 77};

    buffer_clear(&buffer);
    require_ok(event_pack(event, &buffer));
    const enum cii_code got =
        event_unpack(&back, buffer_view(&buffer), arena, &err);
    cr_expect(got == want, "%s: %s %s", what, cii_code_name(got), err.text);
    cr_expect(err.text[0] != '\0');
    cr_expect(back.facet_count == 77);
}

Test(frame_event, slots_out_of_order_or_without_a_digest_are_malformed)
{
    struct event event = sample_event();

    event.facet[0].slot = 3;
    expect_event_refused(&event, CII_MALFORMED, "a slot twice");
    event.facet[1].slot = 1;
    expect_event_refused(&event, CII_MALFORMED, "descending slots");
    event = sample_event();
    event.facet[1].slot = 4;
    expect_event_refused(&event, CII_MALFORMED, "a slot without a digest");
    event.facet[1].slot = EVENT_SLOTS_MAX;
    expect_event_refused(&event, CII_MALFORMED, "a slot out of range");
}

Test(frame_event, proof_that_cannot_be_is_malformed)
{
    struct event event = sample_event();

    event.proof.index = 8;
    expect_event_refused(&event, CII_MALFORMED, "index at size");
    event = sample_event();
    event.proof.size = 0;
    expect_event_refused(&event, CII_MALFORMED, "no leaves");
    event.proof.size = PROOF_SIZE_MAX + 1;
    expect_event_refused(&event, CII_MALFORMED, "too many leaves");
}

Test(frame_event, facet_that_cannot_be_is_malformed)
{
    struct event event = sample_event();

    event.facet[0].kind = "";
    expect_event_refused(&event, CII_MALFORMED, "no kind");
    event.facet[0].kind = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    expect_event_refused(&event, CII_TOO_LARGE, "a long kind");
}

Test(frame_event, header_that_is_none_makes_the_event_malformed)
{
    struct event event = sample_event();

    event.header_bytes = bytes_of_text("\x0a\x01x");
    expect_event_refused(&event, CII_MALFORMED, "another header");
}

Test(frame_event, payload_is_counted_over_all_facets)
{
    struct event event = sample_event();
    struct event back = {0};
    uint8_t *half = calloc(1, EVENT_PAYLOAD_MAX / 2 + 1);
    cr_assert(half != NULL);

    event.facet[0].content = (struct bytes){half, EVENT_PAYLOAD_MAX / 2};
    event.facet[1].content = (struct bytes){half, EVENT_PAYLOAD_MAX / 2};
    require_ok(event_pack(&event, &buffer));
    require_ok(event_unpack(&back, buffer_view(&buffer), arena, NULL));
    event.facet[1].content.size++;
    expect_event_refused(&event, CII_TOO_LARGE, "one byte more");
    free(half);
}

Test(frame_event, bytes_past_every_limit_are_too_large_at_once)
{
    const size_t size = EVENT_PACKED_MAX + 1;
    uint8_t *zeroes = calloc(1, size);
    cr_assert(zeroes != NULL);
    const struct bytes bytes = {zeroes, size};
    struct event event;
    struct header header;
    struct content content;
    struct receipt receipt;
    struct proof proof;
    struct facet facets[EVENT_FACETS_MAX];
    size_t count = 0;

    expect_code(event_unpack(&event, bytes, arena, NULL), TOO_LARGE);
    expect_code(header_unpack(&header, bytes, arena, NULL), TOO_LARGE);
    expect_code(content_unpack(&content, bytes, arena, NULL), TOO_LARGE);
    expect_code(receipt_unpack(&receipt, bytes, arena, NULL), TOO_LARGE);
    expect_code(proof_unpack(&proof, bytes, arena, NULL), TOO_LARGE);
    expect_code(facets_unpack(facets, &count, bytes, arena, NULL), TOO_LARGE);
    free(zeroes);
}

Test(frame_event, content_with_a_name_twice_is_malformed)
{
    static const struct field fields[] = {{"avs", "1"},
                                          {"sex", "1"},
                                          {"avs", "2"}};
    const struct content content = {3, fields};
    struct content back;
    require_ok(content_pack(&content, &buffer));

    expect_code(content_unpack(&back, buffer_view(&buffer), arena, NULL),
                MALFORMED);
}

Test(frame_event, content_with_an_empty_value_is_malformed)
{
    static const struct field fields[] = {{"avs", ""}};
    const struct content content = {1, fields};
    struct content back;
    require_ok(content_pack(&content, &buffer));

    expect_code(content_unpack(&back, buffer_view(&buffer), arena, NULL),
                MALFORMED);
}

Test(frame_event, content_with_more_fields_than_any_facet_is_too_large)
{
    struct field fields[CATALOGUE_FIELDS_MAX + 1];
    char names[CATALOGUE_FIELDS_MAX + 1][8];
    struct content content = {CATALOGUE_FIELDS_MAX, fields};
    struct content back;
    for (size_t i = 0; i <= CATALOGUE_FIELDS_MAX; i++) {
        snprintf(names[i], sizeof names[i], "f%zu", i);
        fields[i] = (struct field){names[i], "x"};
    }

    require_ok(content_pack(&content, &buffer));
    require_ok(content_unpack(&back, buffer_view(&buffer), arena, NULL));
    content.field_count++;
    buffer_clear(&buffer);
    require_ok(content_pack(&content, &buffer));
    expect_code(content_unpack(&back, buffer_view(&buffer), arena, NULL),
                TOO_LARGE);
}

static void
expect_receipt_malformed(const struct receipt *receipt)
{
    struct receipt back;

    buffer_clear(&buffer);
    require_ok(receipt_pack(receipt, &buffer));
    expect_code(receipt_unpack(&back, buffer_view(&buffer), arena, NULL),
                MALFORMED);
}

Test(frame_event, receipt_that_cannot_be_is_malformed)
{
    struct refusal refusal = {10, sample_id(7), "no-rule", ""};
    struct receipt receipt = sample_receipt();

    receipt.first = 10;
    expect_receipt_malformed(&receipt);
    receipt = sample_receipt();
    receipt.refusal_count = 1;
    receipt.refusal = &refusal;
    expect_receipt_malformed(&receipt); /* outside first..last */
    refusal.seq = 7;
    refusal.reason = "";
    expect_receipt_malformed(&receipt);
    refusal.reason = "no-rule";
    refusal.event_id = (struct event_id){{0}};
    expect_receipt_malformed(&receipt);
}

Test(frame_event, receipt_of_a_whole_turn_unpacks)
{
    struct receipt receipt = sample_receipt();
    struct receipt back = {0};
    struct refusal *refusals = calloc(REFUSALS_MAX, sizeof *refusals);
    cr_assert(refusals != NULL);
    receipt.first = 1;
    receipt.last = REFUSALS_MAX;
    receipt.refusal_count = REFUSALS_MAX;
    receipt.refusal = refusals;
    for (size_t i = 0; i < REFUSALS_MAX; i++)
        refusals[i] = (struct refusal){i + 1, sample_id((uint8_t)i),
                                       "wider-than-rule", "R03"};

    require_ok(receipt_pack(&receipt, &buffer));
    require_ok(receipt_unpack(&back, buffer_view(&buffer), arena, NULL));

    cr_expect(back.refusal_count == REFUSALS_MAX);
    cr_expect(back.refusal[REFUSALS_MAX - 1].seq == REFUSALS_MAX);
    free(refusals);
}

Test(frame_event, arena_that_is_too_small_is_out_of_memory)
{
    const struct event event = sample_event();
    const enum cii_code refused = CII_MEMORY;
    struct event back = {0};
    size_t cap = 1;
    require_ok(event_pack(&event, &buffer));

    enum cii_code code = refused;
    for (; code == refused && cap < SAMPLE_ARENA; cap += 16) {
        struct arena *small = NULL;
        require_ok(arena_new(&small, cap, NULL));
        code = event_unpack(&back, buffer_view(&buffer), small, NULL);
        arena_destroy(&small);
    }

    cr_expect(code == CII_OK);
    cr_expect(cap > 1024 && cap < (size_t)32 * 1024, "%zu", cap);
}

Test(frame_event, packing_into_a_buffer_that_failed_says_so)
{
    const struct event event = sample_event();
    const struct content content = sample_content();

    buffer.failed = true;

    expect_code(event_pack(&event, &buffer), MEMORY);
    expect_code(header_pack(&event.header, &buffer), MEMORY);
    expect_code(content_pack(&content, &buffer), MEMORY);
}
