/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <string.h>

#include <proto/control.pb-c.h>

#include "proto/control.h"
#include "proto/frame.h"

#define LENGTH_SIZE    4
#define ARGUMENTS_MAX  64
#define VERB_MAX       63
#define USER_MAX       255
#define SENTENCE_MAX   4096
#define VERDICTS_MAX   1024
#define RECORDS_MAX    16384
#define ROW_FIELDS_MAX 1024

/* Wide enough that a draft's bad word is refused by its own outcome. */
#define WORD_MAX 1023

/* --- what may be on the wire -------------------------------------------- */

static const struct wire_field field_fields[] = {
    TEXT(1, 1, WORD_MAX),
    TEXT(2, 0, CONTROL_REQUEST_MAX),
};
static const struct wire_message field_table = TABLE("Field", field_fields);

static const struct wire_field draft_facet_fields[] = {
    TEXT(1, 0, WORD_MAX),
    MANY_MESSAGES(2, ROW_FIELDS_MAX, CONTROL_REQUEST_MAX, &field_table),
};
static const struct wire_message draft_facet_table =
    TABLE("DraftFacet", draft_facet_fields);

static const struct wire_field draft_fields[] = {
    NUMBER(1, UINT64_MAX),
    TEXT(2, 0, WORD_MAX),
    TEXT(3, 0, WORD_MAX),
    TEXT(4, 0, WORD_MAX),
    TEXT(5, 0, WORD_MAX),
    TEXT(6, 0, WORD_MAX),
    TEXT(7, 0, WORD_MAX),
    TEXT(8, 0, WORD_MAX),
    NUMBER(9, 1),
    MANY(10, WIRE_TEXT, CONTROL_ADDRESSEES_MAX, 0, WORD_MAX),
    MANY_MESSAGES(11, CATALOGUE_FACETS_MAX, CONTROL_REQUEST_MAX,
                  &draft_facet_table),
    NUMBER(12, 1),
};
static const struct wire_message draft_table = TABLE("Draft", draft_fields);

static const struct wire_field request_fields[] = {
    NUMBER(1, UINT64_MAX),
    TEXT(2, 1, VERB_MAX),
    TEXT(3, 0, USER_MAX),
    MANY_MESSAGES(4, ARGUMENTS_MAX, CONTROL_REQUEST_MAX, &field_table),
    MANY_MESSAGES(5, CONTROL_DRAFTS_MAX, CONTROL_REQUEST_MAX, &draft_table),
};
static const struct wire_message request_table =
    TABLE("Request", request_fields);

static const struct wire_field verdict_fields[] = {
    TEXT(1, 0, SENTENCE_MAX), TEXT(2, 0, SENTENCE_MAX),
    TEXT(3, 0, SENTENCE_MAX), TEXT(4, 0, SENTENCE_MAX),
    TEXT(5, 0, SENTENCE_MAX), TEXT(6, 0, SENTENCE_MAX),
    TEXT(7, 0, SENTENCE_MAX), TEXT(8, 0, SENTENCE_MAX),
};
static const struct wire_message verdict_table =
    TABLE("Verdict", verdict_fields);

static const struct wire_field outcome_fields[] = {
    NUMBER(1, UINT64_MAX),
    TEXT(2, 0, WORD_MAX),
    NUMBER(3, CII_CODE_COUNT - 1),
    TEXT(4, 0, SENTENCE_MAX),
    TEXT(5, 0, WORD_MAX),
    MANY_MESSAGES(6, VERDICTS_MAX, CONTROL_REPLY_MAX, &verdict_table),
};
static const struct wire_message outcome_table =
    TABLE("Outcome", outcome_fields);

static const struct wire_field record_fields[] = {
    TEXT(1, 0, WORD_MAX),
    MANY_MESSAGES(2, ROW_FIELDS_MAX, CONTROL_REPLY_MAX, &field_table),
};
static const struct wire_message record_table = TABLE("Record", record_fields);

static const struct wire_field reply_fields[] = {
    NUMBER(1, UINT64_MAX),
    NUMBER(2, 1),
    NUMBER(3, CII_CODE_COUNT - 1),
    TEXT(4, 0, SENTENCE_MAX),
    MANY_MESSAGES(5, CONTROL_DRAFTS_MAX, CONTROL_REPLY_MAX, &outcome_table),
    MANY_MESSAGES(6, RECORDS_MAX, CONTROL_REPLY_MAX, &record_table),
};
static const struct wire_message reply_table = TABLE("Reply", reply_fields);

/* --- length ------------------------------------------------------------- */

static uint32_t
read_length(const uint8_t data[LENGTH_SIZE])
{
    return (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 |
           (uint32_t)data[2] << 8 | data[3];
}

enum cii_code
control_next(struct bytes bytes, size_t max, size_t *length)
{
    *length = 0;
    if (bytes.size < LENGTH_SIZE)
        return CII_OK;

    const size_t size = read_length(bytes.data);
    if (size > max)
        return CII_TOO_LARGE;
    if (bytes.size - LENGTH_SIZE >= size)
        *length = LENGTH_SIZE + size;
    return CII_OK;
}

/* Writes the length in front of what was put since start, or takes it back. */
static enum cii_code
close_message(struct buffer *buffer, size_t start, size_t max)
{
    if (buffer->failed)
        return CII_MEMORY;

    const size_t size = buffer->size - start - LENGTH_SIZE;
    if (size > max) {
        buffer->size = start;
        return CII_TOO_LARGE;
    }
    uint8_t *length = buffer->data + start;
    for (unsigned int i = 0; i < LENGTH_SIZE; i++)
        length[i] = (uint8_t)(size >> (24 - 8 * i));
    return CII_OK;
}

/* --- request ------------------------------------------------------------ */

static void
put_draft_facet(struct buffer *buffer, uint32_t field,
                const struct draft_facet *facet)
{
    const size_t open = put_open(buffer, field);
    put_text(buffer, 1, facet->kind);
    put_field_list(buffer, 2, &facet->content);
    put_close(buffer, open);
}

static void
put_draft(struct buffer *buffer, uint32_t field, const struct draft *draft)
{
    const size_t open = put_open(buffer, field);
    put_number(buffer, 1, draft->line);
    put_text(buffer, 2, draft->event_id);
    put_text(buffer, 3, draft->event_type);
    put_text(buffer, 4, draft->occurred_on);
    put_text(buffer, 5, draft->case_ref);
    put_text(buffer, 6, draft->in_reply_to);
    put_text(buffer, 7, draft->as_of);
    put_text(buffer, 8, draft->reliability);
    put_number(buffer, 9, draft->test);
    for (size_t i = 0; i < draft->to_count; i++)
        put_element(buffer, 10, bytes_of_text(draft->to[i]));
    for (size_t i = 0; i < draft->facet_count; i++)
        put_draft_facet(buffer, 11, &draft->facet[i]);
    put_number(buffer, 12, draft->dry_run);
    put_close(buffer, open);
}

enum cii_code
request_pack(const struct request *request, struct buffer *buffer)
{
    const size_t start = buffer->size;

    buffer_append_u32(buffer, 0);
    put_number(buffer, 1, request->tag);
    put_text(buffer, 2, request->verb);
    put_text(buffer, 3, request->acting_user);
    put_field_list(buffer, 4, &request->argument);
    for (size_t i = 0; i < request->draft_count; i++)
        put_draft(buffer, 5, &request->draft[i]);
    return close_message(buffer, start, CONTROL_REQUEST_MAX);
}

static enum cii_code
take_draft_facets(struct draft *draft, const Cii__Draft *message,
                  struct arena *arena, struct cii_error *err)
{
    struct draft_facet *facet =
        arena_take(arena, message->n_facet * sizeof *facet);
    if (!facet)
        return fail_memory(err);
    for (size_t i = 0; i < message->n_facet; i++) {
        const Cii__DraftFacet *from = message->facet[i];
        facet[i].kind = from->kind;
        CII_TRY(take_field_list(&facet[i].content, from->n_field, from->field,
                                arena, err));
    }
    draft->facet_count = message->n_facet;
    draft->facet = facet;
    return CII_OK;
}

static enum cii_code
take_draft(struct draft *draft, const Cii__Draft *message, struct arena *arena,
           struct cii_error *err)
{
    *draft = (struct draft){
        .line = message->line,
        .event_id = message->event_id,
        .event_type = message->event_type,
        .occurred_on = message->occurred_on,
        .case_ref = message->case_ref,
        .in_reply_to = message->in_reply_to,
        .as_of = message->as_of,
        .reliability = message->reliability,
        .test = message->test,
        .dry_run = message->dry_run,
        .to_count = message->n_to,
        .to = (const char *const *)message->to,
    };
    return take_draft_facets(draft, message, arena, err);
}

static enum cii_code
take_request(struct request *request, const Cii__Request *message,
             struct arena *arena, struct cii_error *err)
{
    struct draft *draft = arena_take(arena, message->n_draft * sizeof *draft);
    if (!draft)
        return fail_memory(err);
    for (size_t i = 0; i < message->n_draft; i++)
        CII_TRY(take_draft(&draft[i], message->draft[i], arena, err));
    request->tag = message->tag;
    request->verb = message->verb;
    request->acting_user = message->acting_user;
    request->draft_count = message->n_draft;
    request->draft = draft;
    return take_field_list(&request->argument, message->n_argument,
                           message->argument, arena, err);
}

enum cii_code
request_unpack(struct request *request, struct bytes bytes, struct arena *arena,
               struct cii_error *err)
{
    ProtobufCMessage *message = NULL;
    struct request taken = {0};

    CII_TRY(message_check_unpack(&message, &request_table, CONTROL_REQUEST_MAX,
                                 &cii__request__descriptor, bytes, arena, err));
    CII_TRY(take_request(&taken, (const Cii__Request *)message, arena, err));
    *request = taken;
    return CII_OK;
}

const char *
request_argument(const struct request *request, const char *name)
{
    return content_find(&request->argument, name);
}

/* --- reply -------------------------------------------------------------- */

static void
put_verdict(struct buffer *buffer, uint32_t field,
            const struct verdict_line *verdict)
{
    const size_t open = put_open(buffer, field);
    put_text(buffer, 1, verdict->partner);
    put_text(buffer, 2, verdict->verdict);
    put_text(buffer, 3, verdict->lane);
    put_text(buffer, 4, verdict->rule);
    put_text(buffer, 5, verdict->citation);
    put_text(buffer, 6, verdict->facets);
    put_text(buffer, 7, verdict->withheld);
    put_text(buffer, 8, verdict->missing);
    put_close(buffer, open);
}

static void
put_outcome(struct buffer *buffer, uint32_t field,
            const struct outcome *outcome)
{
    const size_t open = put_open(buffer, field);
    put_number(buffer, 1, outcome->line);
    put_text(buffer, 2, outcome->event_id);
    put_number(buffer, 3, outcome->code);
    put_text(buffer, 4, outcome->text);
    put_text(buffer, 5, outcome->field);
    for (size_t i = 0; i < outcome->verdict_count; i++)
        put_verdict(buffer, 6, &outcome->verdict[i]);
    put_close(buffer, open);
}

static void
put_record(struct buffer *buffer, uint32_t field, const struct record *record)
{
    const size_t open = put_open(buffer, field);
    put_text(buffer, 1, record->kind);
    put_field_list(buffer, 2, &record->content);
    put_close(buffer, open);
}

enum cii_code
reply_pack(const struct reply *reply, struct buffer *buffer)
{
    const size_t start = buffer->size;

    buffer_append_u32(buffer, 0);
    put_number(buffer, 1, reply->tag);
    put_number(buffer, 2, reply->last);
    put_number(buffer, 3, reply->code);
    put_text(buffer, 4, reply->text);
    for (size_t i = 0; i < reply->outcome_count; i++)
        put_outcome(buffer, 5, &reply->outcome[i]);
    for (size_t i = 0; i < reply->record_count; i++)
        put_record(buffer, 6, &reply->record[i]);
    return close_message(buffer, start, CONTROL_REPLY_MAX);
}

static enum cii_code
take_verdicts(struct outcome *outcome, const Cii__Outcome *message,
              struct arena *arena, struct cii_error *err)
{
    struct verdict_line *verdict =
        arena_take(arena, message->n_verdict * sizeof *verdict);
    if (!verdict)
        return fail_memory(err);
    for (size_t i = 0; i < message->n_verdict; i++) {
        const Cii__Verdict *from = message->verdict[i];
        verdict[i] = (struct verdict_line){
            .partner = from->partner,
            .verdict = from->verdict,
            .lane = from->lane,
            .rule = from->rule,
            .citation = from->citation,
            .facets = from->facets,
            .withheld = from->withheld,
            .missing = from->missing,
        };
    }
    outcome->verdict_count = message->n_verdict;
    outcome->verdict = verdict;
    return CII_OK;
}

static enum cii_code
take_outcomes(struct reply *reply, const Cii__Reply *message,
              struct arena *arena, struct cii_error *err)
{
    struct outcome *outcome =
        arena_take(arena, message->n_outcome * sizeof *outcome);
    if (!outcome)
        return fail_memory(err);
    for (size_t i = 0; i < message->n_outcome; i++) {
        const Cii__Outcome *from = message->outcome[i];
        outcome[i].line = from->line;
        outcome[i].event_id = from->event_id;
        outcome[i].code = (enum cii_code)from->code;
        outcome[i].text = from->text;
        outcome[i].field = from->field;
        CII_TRY(take_verdicts(&outcome[i], from, arena, err));
    }
    reply->outcome_count = message->n_outcome;
    reply->outcome = outcome;
    return CII_OK;
}

static enum cii_code
take_records(struct reply *reply, const Cii__Reply *message,
             struct arena *arena, struct cii_error *err)
{
    struct record *record =
        arena_take(arena, message->n_record * sizeof *record);
    if (!record)
        return fail_memory(err);
    for (size_t i = 0; i < message->n_record; i++) {
        const Cii__Record *from = message->record[i];
        record[i].kind = from->kind;
        CII_TRY(take_field_list(&record[i].content, from->n_field, from->field,
                                arena, err));
    }
    reply->record_count = message->n_record;
    reply->record = record;
    return CII_OK;
}

enum cii_code
reply_unpack(struct reply *reply, struct bytes bytes, struct arena *arena,
             struct cii_error *err)
{
    ProtobufCMessage *message = NULL;
    struct reply taken = {0};

    CII_TRY(message_check_unpack(&message, &reply_table, CONTROL_REPLY_MAX,
                                 &cii__reply__descriptor, bytes, arena, err));
    const Cii__Reply *from = (const Cii__Reply *)message;
    taken.tag = from->tag;
    taken.last = from->last;
    taken.code = (enum cii_code)from->code;
    taken.text = from->text;
    CII_TRY(take_outcomes(&taken, from, arena, err));
    CII_TRY(take_records(&taken, from, arena, err));
    *reply = taken;
    return CII_OK;
}
