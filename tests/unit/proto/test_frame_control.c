/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <proto/control.pb-c.h>

#include "tests/unit/proto/samples.h"

#define BIG_ARENA ((size_t)64 * 1024 * 1024)

static struct arena *arena;
static struct buffer buffer;

static void
set_up(void)
{
    require_ok(arena_new(&arena, BIG_ARENA, NULL));
}

static void
tear_down(void)
{
    arena_destroy(&arena);
    buffer_done(&buffer);
}

TestSuite(frame_control, .init = set_up, .fini = tear_down);

/* The message behind its four bytes of length. */
static struct bytes
body(size_t max)
{
    size_t length = 0;

    require_ok(control_next(buffer_view(&buffer), max, &length));
    cr_assert(length == buffer.size);
    return (struct bytes){buffer.data + 4, length - 4};
}

static void
expect_packed_by_protobuf(struct bytes bytes, const ProtobufCMessage *message)
{
    uint8_t room[4096];

    cr_assert(message != NULL && message->n_unknown_fields == 0);
    cr_assert(protobuf_c_message_get_packed_size(message) <= sizeof room);
    const size_t size = protobuf_c_message_pack(message, room);
    cr_expect(bytes_equal(bytes, (struct bytes){room, size}));
}

Test(frame_control, protobuf_reads_back_the_request_that_was_packed)
{
    const struct request request = sample_request();
    require_ok(request_pack(&request, &buffer));
    const struct bytes bytes = body(CONTROL_REQUEST_MAX);

    Cii__Request *message = cii__request__unpack(NULL, bytes.size, bytes.data);

    expect_packed_by_protobuf(bytes, &message->base);
    const Cii__Draft *draft = message->draft[0];
    expect_text(draft->occurred_on, "2026-11-30");
    expect_text(draft->as_of, "2026-11-22");
    expect_text(draft->reliability, "verified");
    expect_text(draft->to[1], "ge.oai");
    expect_text(draft->facet[1]->field[0]->value, "2026-11-30");
    cr_expect(draft->test && draft->dry_run);
    cii__request__free_unpacked(message, NULL);
}

Test(frame_control, protobuf_reads_back_the_reply_that_was_packed)
{
    const struct reply reply = sample_reply();
    require_ok(reply_pack(&reply, &buffer));
    const struct bytes bytes = body(CONTROL_REPLY_MAX);

    Cii__Reply *message = cii__reply__unpack(NULL, bytes.size, bytes.data);

    expect_packed_by_protobuf(bytes, &message->base);
    expect_text(message->outcome[0]->verdict[0]->withheld, "sanction");
    expect_text(message->outcome[1]->field, "identity.avs");
    cii__reply__free_unpacked(message, NULL);
}

static void
expect_draft(const struct draft *got, const struct draft *want)
{
    cr_expect(got->line == want->line);
    expect_text(got->event_id, want->event_id ? want->event_id : "");
    expect_text(got->event_type, want->event_type);
    expect_text(got->occurred_on, want->occurred_on ? want->occurred_on : "");
    expect_text(got->case_ref, want->case_ref ? want->case_ref : "");
    expect_text(got->in_reply_to, want->in_reply_to ? want->in_reply_to : "");
    expect_text(got->as_of, want->as_of ? want->as_of : "");
    expect_text(got->reliability, want->reliability ? want->reliability : "");
    cr_expect(got->test == want->test && got->dry_run == want->dry_run);
    cr_assert(got->to_count == want->to_count);
    for (size_t i = 0; i < want->to_count; i++)
        expect_text(got->to[i], want->to[i]);
    cr_assert(got->facet_count == want->facet_count);
    for (size_t i = 0; i < want->facet_count; i++) {
        expect_text(got->facet[i].kind, want->facet[i].kind);
        cr_assert(got->facet[i].content.field_count ==
                  want->facet[i].content.field_count);
        for (size_t j = 0; j < want->facet[i].content.field_count; j++)
            expect_text(got->facet[i].content.field[j].value,
                        want->facet[i].content.field[j].value);
    }
}

Test(frame_control, request_comes_back_as_it_was)
{
    const struct request request = sample_request();
    struct request back = {0};
    require_ok(request_pack(&request, &buffer));

    require_ok(request_unpack(&back, body(CONTROL_REQUEST_MAX), arena, NULL));

    cr_expect(back.tag == UINT64_MAX);
    expect_text(back.verb, "send");
    expect_text(back.acting_user, "counsellor");
    expect_text(request_argument(&back, "limit"), "50");
    cr_expect(request_argument(&back, "since") == NULL);
    cr_assert(back.draft_count == 2);
    expect_draft(&back.draft[0], &request.draft[0]);
    expect_draft(&back.draft[1], &request.draft[1]);
}

Test(frame_control, reply_comes_back_as_it_was)
{
    const struct reply reply = sample_reply();
    struct reply back = {0};
    require_ok(reply_pack(&reply, &buffer));

    require_ok(reply_unpack(&back, body(CONTROL_REPLY_MAX), arena, NULL));

    cr_expect(back.tag == 42 && back.last && back.code == CII_DENIED);
    expect_text(back.text, "one of two was refused");
    cr_assert(back.outcome_count == 2 && back.record_count == 2);
    cr_expect(back.outcome[1].line == 2);
    cr_expect(back.outcome[1].code == CII_INVALID);
    expect_text(back.outcome[1].text, "identity.avs: look again");
    cr_assert(back.outcome[0].verdict_count == 2);
    expect_text(back.outcome[0].verdict[1].missing,
                "no rule opens this event to ge.oai");
    expect_text(back.outcome[0].verdict[0].citation, "LACI 97a");
    expect_text(content_find(&back.record[0].content, "line"),
                "one\ttwo\nthree");
    expect_text(back.record[1].kind, "end");
}

Test(frame_control, draft_over_the_payload_is_unpacked_all_the_same)
{
    const size_t size = 2 * (size_t)EVENT_PAYLOAD_MAX;
    char *value = malloc(size + 1);
    cr_assert(value != NULL);
    memset(value, 'x', size);
    value[size] = '\0';
    const struct field field = {"remark", value};
    const struct draft_facet facet = {"social", {1, &field}};
    const struct draft drafts[2] = {
        {.line = 1, .event_type = "t", .facet_count = 1, .facet = &facet},
        {.line = 2, .event_type = "t"}};
    const struct request request = {.verb = "send",
                                    .draft_count = 2,
                                    .draft = drafts};
    struct request back = {0};
    require_ok(request_pack(&request, &buffer));

    require_ok(request_unpack(&back, body(CONTROL_REQUEST_MAX), arena, NULL));

    cr_expect(strlen(back.draft[0].facet[0].content.field[0].value) == size);
    cr_expect(back.draft[1].line == 2);
    free(value);
}

Test(frame_control, draft_with_bad_words_is_left_to_its_own_outcome)
{
    static const struct field fields[] = {{"avs", ""}, {"avs", "none"}};
    const struct draft_facet facet = {"nonsense", {2, fields}};
    const struct draft draft = {.line = 1,
                                .event_type = "no such type",
                                .event_id = "no id",
                                .occurred_on = "yesterday",
                                .reliability = "perhaps",
                                .facet_count = 1,
                                .facet = &facet};
    const struct request request = {.verb = "send",
                                    .draft_count = 1,
                                    .draft = &draft};
    struct request back = {0};
    require_ok(request_pack(&request, &buffer));

    require_ok(request_unpack(&back, body(CONTROL_REQUEST_MAX), arena, NULL));

    expect_text(back.draft[0].occurred_on, "yesterday");
    expect_text(back.draft[0].facet[0].content.field[0].value, "");
}

Test(frame_control, request_with_the_most_drafts_unpacks)
{
    struct request request = {.verb = "send",
                              .draft_count = CONTROL_DRAFTS_MAX};
    struct request back = {0};
    const struct request one = sample_request();
    struct draft *drafts = calloc(CONTROL_DRAFTS_MAX + 1, sizeof *drafts);
    cr_assert(drafts != NULL);
    for (size_t i = 0; i <= CONTROL_DRAFTS_MAX; i++)
        drafts[i] = one.draft[0];
    request.draft = drafts;

    require_ok(request_pack(&request, &buffer));
    require_ok(request_unpack(&back, body(CONTROL_REQUEST_MAX), arena, NULL));
    cr_expect(back.draft_count == CONTROL_DRAFTS_MAX);
    request.draft_count++;
    buffer_clear(&buffer);
    require_ok(request_pack(&request, &buffer));
    expect_code(request_unpack(&back, body(CONTROL_REQUEST_MAX), arena, NULL),
                TOO_LARGE);
    free(drafts);
}

Test(frame_control, message_past_its_limit_is_not_packed)
{
    char *value = malloc(CONTROL_REPLY_MAX + 1);
    cr_assert(value != NULL);
    memset(value, 'x', CONTROL_REPLY_MAX);
    value[CONTROL_REPLY_MAX] = '\0';
    const struct field field = {"much", value};
    const struct record record = {"row", {1, &field}};
    const struct reply reply = {.record_count = 1, .record = &record};
    buffer_append_text(&buffer, "before");

    expect_code(reply_pack(&reply, &buffer), TOO_LARGE);

    expect_text(buffer_text(&buffer), "before");
    free(value);
}

/* --- lengths ------------------------------------------------------------ */

Test(control_next, waits_for_the_whole_message)
{
    static const char stream[] = "\0\0\0\x03"
                                 "abc\0\0\0\x02x";

    for (size_t have = 0; have < 7; have++) {
        size_t length = 99;
        require_ok(control_next((struct bytes){(const uint8_t *)stream, have},
                                100, &length));
        cr_expect(length == 0);
    }
    size_t length = 0;
    require_ok(control_next((struct bytes){(const uint8_t *)stream, 12}, 100,
                            &length));
    cr_expect(length == 7);
    require_ok(control_next((struct bytes){(const uint8_t *)stream + 7, 5}, 100,
                            &length));
    cr_expect(length == 0);
}

Test(control_next, refuses_a_length_past_the_limit_at_once)
{
    size_t length = 99;

    require_ok(
        control_next(bytes_of_text("\x01\x01\x01\x01"), 0x01010101, &length));
    cr_expect(length == 0);
    expect_code(control_next(bytes_of_text("\x01\x01\x01\x01"), 0x01010100,
                             &length),
                TOO_LARGE);
    expect_code(control_next(bytes_of_text("\xff\xff\xff\xff"),
                             CONTROL_REQUEST_MAX, &length),
                TOO_LARGE);
    cr_expect(length == 0);
}

Test(control_next, gives_a_message_of_no_bytes)
{
    size_t length = 0;

    require_ok(control_next((struct bytes){(const uint8_t *)"\0\0\0\0", 4}, 100,
                            &length));
    cr_expect(length == 4);
}

/* --- what is refused ---------------------------------------------------- */

#define WIRE(text) text, sizeof(text) - 1

struct raw_case {
    const char *what;
    const char *data;
    size_t size;
    enum cii_code code;
};

static const struct raw_case requests[] = {
    {"a verb alone", WIRE("\x12\x04send"), CII_OK},
    {"nothing", WIRE(""), CII_MALFORMED},
    {"an empty verb", WIRE("\x12\x00"), CII_MALFORMED},
    {"two verbs", WIRE("\x12\x04send\x12\x04send"), CII_MALFORMED},
    {"an unknown field", WIRE("\x12\x04send\x30\x01"), CII_MALFORMED},
    {"a tag as text", WIRE("\x0a\x01x\x12\x04send"), CII_MALFORMED},
    {"a cut verb", WIRE("\x12\x05send"), CII_MALFORMED},
    {"a verb that is not UTF-8", WIRE("\x12\x04se\xc3n"), CII_MALFORMED},
    {"an argument without a name", WIRE("\x12\x04send\x22\x03\x12\x01x"),
     CII_MALFORMED},
    {"an argument without a value", WIRE("\x12\x04send\x22\x03\x0a\x01x"),
     CII_OK},
    {"a name twice in one field",
     WIRE("\x12\x04send\x22\x06\x0a\x01x\x0a\x01x"), CII_MALFORMED},
    {"an empty draft", WIRE("\x12\x04send\x2a\x00"), CII_OK},
    {"a draft with an unknown field", WIRE("\x12\x04send\x2a\x02\x68\x01"),
     CII_MALFORMED},
    {"a draft that is half a test", WIRE("\x12\x04send\x2a\x02\x48\x02"),
     CII_MALFORMED},
    {"a facet with an unknown field",
     WIRE("\x12\x04send\x2a\x04\x5a\x02\x18\x01"), CII_MALFORMED},
    {"a facet with an empty field",
     WIRE("\x12\x04send\x2a\x04\x5a\x02\x12\x00"), CII_MALFORMED},
};

static const struct raw_case replies[] = {
    {"nothing", WIRE(""), CII_OK},
    {"a code", WIRE("\x18\x06"), CII_OK},
    {"a code that is none", WIRE("\x18\x7f"), CII_MALFORMED},
    {"half a last", WIRE("\x10\x02"), CII_MALFORMED},
    {"two codes", WIRE("\x18\x06\x18\x06"), CII_MALFORMED},
    {"an unknown field", WIRE("\x38\x01"), CII_MALFORMED},
    {"an outcome with a code that is none", WIRE("\x2a\x02\x18\x7f"),
     CII_MALFORMED},
    {"a verdict with an unknown field", WIRE("\x2a\x04\x32\x02\x48\x01"),
     CII_MALFORMED},
    {"a record with a cut field", WIRE("\x32\x02\x12\x04"), CII_MALFORMED},
    {"a record with control characters", WIRE("\x32\x03\x0a\x01\x07"),
     CII_MALFORMED},
};

Test(frame_control, raw_requests_are_held_against_the_schema)
{
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        const struct raw_case *raw = &requests[i];
        struct cii_error err = {0};
        struct request back;
        const enum cii_code got =
            request_unpack(&back,
                           (struct bytes){(const uint8_t *)raw->data,
                                          raw->size},
                           arena, &err);
        cr_expect(got == raw->code, "%s: %s %s", raw->what, cii_code_name(got),
                  err.text);
    }
}

Test(frame_control, raw_replies_are_held_against_the_schema)
{
    for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++) {
        const struct raw_case *raw = &replies[i];
        struct cii_error err = {0};
        struct reply back;
        const enum cii_code got =
            reply_unpack(&back,
                         (struct bytes){(const uint8_t *)raw->data, raw->size},
                         arena, &err);
        cr_expect(got == raw->code, "%s: %s %s", raw->what, cii_code_name(got),
                  err.text);
    }
}

Test(frame_control, bytes_past_every_limit_are_too_large_at_once)
{
    uint8_t *zeroes = calloc(1, CONTROL_REQUEST_MAX + 1);
    struct request request;
    struct reply reply;
    cr_assert(zeroes != NULL);

    expect_code(request_unpack(&request,
                               (struct bytes){zeroes, CONTROL_REQUEST_MAX + 1},
                               arena, NULL),
                TOO_LARGE);
    expect_code(reply_unpack(&reply,
                             (struct bytes){zeroes, CONTROL_REPLY_MAX + 1},
                             arena, NULL),
                TOO_LARGE);
    free(zeroes);
}

/* Wire bytes that are next to nothing and unpack to very much. */
Test(frame_control, arena_stops_what_expands)
{
    struct arena *small = NULL;
    struct reply back;
    for (int i = 0; i < 16384; i++)
        buffer_append(&buffer, "\x32\x00", 2);
    require_ok(arena_new(&small, (size_t)256 * 1024, NULL));

    expect_code(reply_unpack(&back, buffer_view(&buffer), small, NULL), MEMORY);
    require_ok(reply_unpack(&back, buffer_view(&buffer), arena, NULL));
    cr_expect(back.record_count == 16384);
    arena_destroy(&small);
}
