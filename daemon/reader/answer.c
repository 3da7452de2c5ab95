/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "archive/person.h"
#include "archive/stored.h"
#include "law/law.h"
#include "proto/date.h"
#include "proto/rows.h"
#include "reader/reader.h"

#define PAGE          64 /* events of one read transaction */
#define LIMIT_DEFAULT 1000
#define LIMIT_MAX     1000000
#define ARENA_MAX     (256u << 20)
#define PERSONS_MAX   64 /* of one name */

/* One question in hand. */
struct question {
    struct reader *reader;
    struct archive archive;
    struct arena *arena; /* of the page in hand */
    struct arena *kept;  /* of the whole question */
    int fd;
    struct request request;
    struct rows rows;
    bool gone; /* the client is */
};

typedef enum cii_code answer(struct question *question, struct cii_error *err);

/* --- replies --------------------------------------------------------------*/

static bool
write_all(int fd, struct bytes bytes)
{
    while (bytes.size > 0) {
        const ssize_t sent = send(fd, bytes.data, bytes.size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        bytes.data += sent;
        bytes.size -= (size_t)sent;
    }
    return true;
}

static bool
write_reply(int fd, const struct reply *reply)
{
    cii_auto(buffer_done) struct buffer packed = {0};
    return reply_pack(reply, &packed) == CII_OK &&
           write_all(fd, buffer_view(&packed));
}

void
reader_refuse(int fd, uint64_t tag, enum cii_code code, const char *text)
{
    (void)write_reply(fd, &(struct reply){.tag = tag,
                                          .last = true,
                                          .code = code,
                                          .text = text});
}

/* Sends the rows of the page and begins the next. No read transaction is open
 * while we wait for the client. */
static enum cii_code
flush(struct question *question, bool last, struct cii_error *err)
{
    store_read_end(question->archive.store);
    if (question->rows.failed)
        return cii_fail(err, CII_TOO_LARGE,
                        "a page of the answer is too large");
    if (!write_reply(question->fd,
                     &(struct reply){.tag = question->request.tag,
                                     .last = last,
                                     .record_count = question->rows.count,
                                     .record = question->rows.record})) {
        question->gone = true;
        return cii_fail(err, CII_OFFLINE, "the client is gone");
    }
    arena_reset(question->arena);
    rows_init(&question->rows, question->arena);
    return last ? CII_OK : store_read_begin(question->archive.store, err);
}

static const char *
argument(const struct question *question, const char *name)
{
    const char *value = request_argument(&question->request, name);
    return value && *value ? value : NULL;
}

static enum cii_code
limit_of(const struct question *question, size_t *limit, struct cii_error *err)
{
    *limit = LIMIT_DEFAULT;
    const char *text = argument(question, "limit");
    if (!text)
        return CII_OK;
    char *end = NULL;
    const unsigned long value = strtoul(text, &end, 10);
    if (end == text || *end || value == 0 || value > LIMIT_MAX)
        return cii_fail(err, CII_INVALID, "limit is a number from 1 to %d",
                        LIMIT_MAX);
    *limit = value;
    return CII_OK;
}

/* --- events ---------------------------------------------------------------*/

static const char *const reliability_names[] = {"", "declared", "verified"};

static void
put_id(struct rows *rows, const char *name, const struct event_id *id)
{
    char text[EVENT_ID_TEXT];
    if (event_id_is_zero(id))
        return;
    event_id_print(id, text);
    rows_put(rows, name, text);
}

static void
put_fields(struct question *question, const char *prefix,
           const struct content *content)
{
    for (size_t i = 0; i < content->field_count; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s.%s", prefix, content->field[i].name);
        const char *kept = arena_text(question->arena, name);
        rows_put(&question->rows, kept ? kept : "", content->field[i].value);
    }
}

static void
put_header(struct rows *rows, const struct stored_event *stored)
{
    const struct header *header = &stored->event.header;
    put_id(rows, "id", &header->event_id);
    rows_put(rows, "issuer", header->issuer);
    rows_put(rows, "type", header->event_type);
    rows_put(rows, "occurred_on", header->occurred_on);
    rows_put_moment(rows, "issued_at", (int64_t)header->issued_at);
    rows_put(rows, "case", header->case_ref);
    rows_put(rows, "direction",
             stored->origin == ORIGIN_OURS ? "ours" : "arrived");
    rows_put(rows, "discloser", stored->discloser);
    rows_put_moment(rows, "stored_at", stored->stored_at);
    rows_put(rows, "reliability", reliability_names[header->reliability]);
    rows_put(rows, "as_of", header->as_of);
    put_id(rows, "in_reply_to", &header->in_reply_to);
    rows_put(rows, "test", header->test ? "yes" : "");
}

#define PROPOSALS_MAX 16

struct namesakes {
    int64_t person;
    int64_t other[PROPOSALS_MAX];
    size_t count;
};

static void
see_match(void *context, const struct match_row *row)
{
    struct namesakes *seen = context;
    if (seen->count < PROPOSALS_MAX)
        seen->other[seen->count++] = row->a == seen->person ? row->b : row->a;
}

/* The first event of this person, for a human to look at; there may be none,
 * only a dossier. */
static enum cii_code
append_event_of(struct question *question, int64_t person, struct buffer *text,
                struct cii_error *err)
{
    struct store *store = question->archive.store;
    int64_t number = 0;
    size_t count = 0;
    CII_TRY(store_event_list(store, &(struct event_filter){.person = person},
                             &number, 1, &count, err));
    if (count == 0)
        return CII_OK;
    struct event_row row;
    CII_TRY(store_event_get(store, number, &row, err));
    char id[EVENT_ID_TEXT];
    event_id_print(&row.event_id, id);
    buffer_append_format(text, "%s%s", text->size ? " " : "", id);
    return CII_OK;
}

/* Who this might also be: a proposal for a human, never made. */
static enum cii_code
put_proposals(struct question *question, const struct stored_event *stored,
              struct cii_error *err)
{
    struct namesakes seen = {.person = stored->person};
    if (stored->person)
        CII_TRY(store_match_each(question->archive.store, stored->person,
                                 PROPOSALS_MAX, see_match, &seen, err));
    cii_auto(buffer_done) struct buffer text = {0};
    for (size_t i = 0; i < seen.count; i++)
        CII_TRY(append_event_of(question, seen.other[i], &text, err));
    if (text.size)
        rows_put(&question->rows, "proposal", buffer_text(&text));
    return CII_OK;
}

static bool
is_protocol(const struct question *question, const char *type)
{
    const struct catalogue *catalogue = question->reader->catalogue;
    const int number = catalogue_type(catalogue, type);
    return number >= 0 && catalogue->type[number].protocol;
}

static enum cii_code
put_event(struct question *question, const struct stored_event *stored,
          struct cii_error *err)
{
    rows_begin(&question->rows, "event");
    put_header(&question->rows, stored);
    if (stored->person)
        rows_put_number(&question->rows, "person", stored->person);
    CII_TRY(put_proposals(question, stored, err));
    if (is_protocol(question, stored->event.header.event_type))
        return CII_OK;
    for (size_t i = 0; i < stored->event.facet_count; i++) {
        struct content content;
        CII_TRY(content_unpack(&content, stored->event.facet[i].content,
                               question->arena, err));
        put_fields(question, stored->event.facet[i].kind, &content);
    }
    return CII_OK;
}

/* --- query ----------------------------------------------------------------*/

/* Whom a question names; 0 as the only number: it names nobody. */
struct persons {
    int64_t number[PERSONS_MAX];
    size_t count;
};

static void
add_person(struct persons *persons, int64_t number)
{
    for (size_t i = 0; i < persons->count; i++)
        if (persons->number[i] == number)
            return;
    if (persons->count < PERSONS_MAX)
        persons->number[persons->count++] = number;
}

static enum cii_code
add_namesakes(struct question *question, const char *official,
              const char *first, struct persons *persons, struct cii_error *err)
{
    struct digest lookup;
    int64_t number[PERSONS_MAX];
    size_t count = 0;
    CII_TRY(
        person_name_lookup(&question->archive, official, first, &lookup, err));
    CII_TRY(store_person_namesakes(question->archive.store, &lookup, 0, number,
                                   PERSONS_MAX, &count, err));
    for (size_t i = 0; i < count; i++)
        add_person(persons, number[i]);
    return CII_OK;
}

/*
 * Everybody of this name. Only a keyed digest of family name and first names
 * is known, and "Da Silva Ana" may be parted anywhere, in either order.
 */
static enum cii_code
named_persons(struct question *question, const char *name,
              struct persons *persons, struct cii_error *err)
{
    persons->count = 0;
    char *text = arena_text(question->kept, name);
    if (!text)
        return cii_fail(err, CII_MEMORY, "no memory for a name");
    if (!strchr(text, ' '))
        return cii_fail(err, CII_INVALID,
                        "name is family name and first names, as in "
                        "\"Rochat Anne\"");
    for (char *space = strchr(text, ' '); space;
         space = strchr(space + 1, ' ')) {
        *space = '\0';
        CII_TRY(add_namesakes(question, text, space + 1, persons, err));
        CII_TRY(add_namesakes(question, space + 1, text, persons, err));
        *space = ' ';
    }
    return CII_OK;
}

/* The person that the question names; UNKNOWN when nobody here is it. */
static enum cii_code
asked_person(struct question *question, int64_t *person, struct cii_error *err)
{
    const char *avs = argument(question, "avs");
    const char *local = argument(question, "local-id");
    const char *issuer = argument(question, "issuer");
    struct field field[2];
    struct content identity = {.field = field};
    *person = 0;
    if (avs) {
        field[identity.field_count++] = (struct field){"avs", avs};
    } else if (local) {
        char *category = arena_text(question->kept, local);
        char *colon = category ? strchr(category, ':') : NULL;
        if (!colon)
            return cii_fail(err, CII_INVALID,
                            "local-id is written category:id");
        *colon = '\0';
        field[identity.field_count++] =
            (struct field){"localPersonIdCategory", category};
        field[identity.field_count++] =
            (struct field){"localPersonId", colon + 1};
    } else {
        return CII_OK;
    }
    struct digest lookup;
    CII_TRY(
        person_lookup(&question->archive, &identity,
                      issuer ? issuer : question->reader->config->institution,
                      &lookup, err));
    struct person_row row;
    CII_TRY(store_person_find(question->archive.store, &lookup, &row, err));
    *person = row.number;
    return CII_OK;
}

static enum cii_code
direction_of(const struct question *question, int *direction,
             struct cii_error *err)
{
    const char *text = argument(question, "direction");
    *direction = 0;
    if (!text)
        return CII_OK;
    if (strcmp(text, "ours") == 0)
        *direction = 1;
    else if (strcmp(text, "arrived") == 0)
        *direction = 2;
    else
        return cii_fail(err, CII_INVALID,
                        "direction is \"ours\" or \"arrived\"");
    return CII_OK;
}

static enum cii_code
check_day(const struct question *question, const char *name,
          struct cii_error *err)
{
    const char *text = argument(question, name);
    struct date date;
    return text ? date_parse(&date, text, err) : CII_OK;
}

static enum cii_code
check_type(const struct question *question, struct cii_error *err)
{
    const struct catalogue *catalogue = question->reader->catalogue;
    const char *type = argument(question, "type");
    if (!type || catalogue_type(catalogue, type) >= 0)
        return CII_OK;
    const char *nearest = catalogue_nearest_type(catalogue, type);
    return cii_fail(err, CII_INVALID, "unknown type; %s%s%s",
                    nearest ? "did you mean \"" : "`cii types` lists them",
                    nearest ? nearest : "", nearest ? "\"?" : "");
}

static enum cii_code
asked_persons(struct question *question, struct persons *persons,
              struct cii_error *err)
{
    const char *name = argument(question, "name");
    if (!name) {
        persons->count = 1;
        return asked_person(question, &persons->number[0], err);
    }
    if (argument(question, "avs") || argument(question, "local-id"))
        return cii_fail(err, CII_INVALID,
                        "name the person by a number or by name, not by both");
    return named_persons(question, name, persons, err);
}

/* An empty filter is a mistake of whoever asks, and not everybody. */
static enum cii_code
check_filters(const struct question *question, struct cii_error *err)
{
    static const char *const names[] = {"avs",  "local-id", "issuer",  "name",
                                        "case", "type",     "partner", "from",
                                        "to",   "direction"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = request_argument(&question->request, names[i]);
        if (value && *value == '\0')
            return cii_fail(err, CII_INVALID,
                            "%s is empty; leave it out if it does not matter",
                            names[i]);
    }
    return CII_OK;
}

static enum cii_code
filter_of(struct question *question, struct event_filter *filter,
          struct persons *persons, struct cii_error *err)
{
    CII_TRY(check_filters(question, err));
    CII_TRY(check_day(question, "from", err));
    CII_TRY(check_day(question, "to", err));
    CII_TRY(check_type(question, err));
    *filter = (struct event_filter){
        .case_ref = argument(question, "case"),
        .type = argument(question, "type"),
        .partner = argument(question, "partner"),
        .from_day = argument(question, "from"),
        .to_day = argument(question, "to"),
    };
    CII_TRY(direction_of(question, &filter->direction, err));
    return asked_persons(question, persons, err);
}

/* Receipts are shown with the events that they are about. */
static enum cii_code
put_page(struct question *question, const int64_t *numbers, size_t count,
         bool all, size_t *left, struct cii_error *err)
{
    for (size_t i = 0; i<count && * left> 0; i++) {
        struct stored_event stored;
        CII_TRY(stored_get(&question->archive, numbers[i], question->arena,
                           &stored, err));
        if (!all && is_protocol(question, stored.event.header.event_type))
            continue;
        CII_TRY(put_event(question, &stored, err));
        (*left)--;
    }
    return CII_OK;
}

static enum cii_code
put_events(struct question *question, struct event_filter filter, size_t *left,
           struct cii_error *err)
{
    int64_t numbers[PAGE];
    size_t count = 0;
    do {
        CII_TRY(store_event_list(question->archive.store, &filter, numbers,
                                 PAGE, &count, err));
        CII_TRY(
            put_page(question, numbers, count, filter.type != NULL, left, err));
        filter.after = count ? numbers[count - 1] : filter.after;
        if (count == PAGE && *left > 0)
            CII_TRY(flush(question, false, err));
    } while (count == PAGE && *left > 0);
    return CII_OK;
}

static enum cii_code
answer_query(struct question *question, struct cii_error *err)
{
    size_t left = 0;
    CII_TRY(limit_of(question, &left, err));
    struct event_filter filter;
    struct persons persons = {0};
    const enum cii_code code = filter_of(question, &filter, &persons, err);
    if (code == CII_UNKNOWN)
        return flush(question, true, err); /* nobody: no rows */
    CII_TRY(code);
    for (size_t i = 0; i < persons.count; i++) {
        filter.person = persons.number[i];
        CII_TRY(put_events(question, filter, &left, err));
    }
    return flush(question, true, err);
}

/* --- show -----------------------------------------------------------------*/

static void
put_verdict(void *context, const struct verdict_row *row)
{
    struct question *question = context;
    struct rows *rows = &question->rows;
    char facets[512];
    rows_begin(rows, "verdict");
    rows_put(rows, "partner", row->partner);
    rows_put_moment(rows, "at", row->at);
    rows_put(rows, "arrival", row->arrival ? "yes" : "no");
    rows_put(rows, "verdict", verdict_name((enum verdict)row->verdict));
    rows_put(rows, "lane", row->lane);
    rows_put(rows, "rule", row->rule);
    rows_put(rows, "citation", row->citation);
    rows_put(rows, "ground", ground_name((enum ground)row->ground));
    facet_set_print(question->reader->catalogue, row->facets, facets,
                    sizeof facets);
    rows_put(rows, "facets", facets);
    facet_set_print(question->reader->catalogue, row->withheld, facets,
                    sizeof facets);
    rows_put(rows, "withheld", facets);
    rows_put(rows, "missing", row->missing);
}

static void
put_receipt(void *context, const struct receipt_row *row)
{
    struct question *question = context;
    rows_begin(&question->rows, "receipt");
    rows_put(&question->rows, "partner", row->partner);
    rows_put(&question->rows, "state", row->state);
    rows_put(&question->rows, "reason", row->reason);
    if (row->at) /* "stored" is known by the ack cursor, without a moment */
        rows_put_moment(&question->rows, "at", row->at);
}

static void
put_refusal(void *context, const struct refusal_row *row)
{
    struct question *question = context;
    struct rows *rows = &question->rows;
    rows_begin(rows, "refusal");
    put_id(rows, "id", &row->event_id);
    rows_put(rows, "issuer", row->issuer);
    rows_put(rows, "discloser", row->discloser);
    rows_put_moment(rows, "at", row->at);
    rows_put(rows, "reason", row->reason);
    rows_put(rows, "rule", row->rule);
    rows_put(rows, "detail", row->detail);
}

static enum cii_code
put_stored(struct question *question, const struct event_id *id, bool *found,
           struct cii_error *err)
{
    struct stored_event stored;
    const enum cii_code code = stored_find(&question->archive, NULL, id,
                                           question->arena, &stored, err);
    *found = code == CII_OK;
    if (code == CII_UNKNOWN)
        return CII_OK;
    CII_TRY(code);
    CII_TRY(put_event(question, &stored, err));
    CII_TRY(store_verdict_each(question->archive.store, stored.number, NULL,
                               put_verdict, question, err));
    return store_receipt_each(question->archive.store, stored.number,
                              put_receipt, question, err);
}

static enum cii_code
answer_show(struct question *question, struct cii_error *err)
{
    const char *text = argument(question, "event");
    if (!text)
        return cii_fail(err, CII_INVALID, "name the event by its id");
    struct event_id id;
    CII_TRY(event_id_parse(&id, text, err));
    bool found = false;
    CII_TRY(put_stored(question, &id, &found, err));
    CII_TRY(store_refusal_each(question->archive.store, &id, 16, put_refusal,
                               question, err));
    if (question->rows.count == 0)
        return cii_fail(err, CII_UNKNOWN, "no event %s is stored here", text);
    return flush(question, true, err);
}

/* --- lists ----------------------------------------------------------------*/

/* The identity that the person was first known by. */
static enum cii_code
put_identity(struct question *question, const char *prefix, int64_t person,
             struct cii_error *err)
{
    struct content identity;
    CII_TRY(person_identity(&question->archive, person, question->arena,
                            &identity, err));
    put_fields(question, prefix, &identity);
    return CII_OK;
}

struct listed {
    struct question *question;
    struct cii_error *err;
    enum cii_code code;
    size_t count;
    int64_t after;
    struct dossier_row dossier[PAGE];
    struct match_row match[PAGE];
};

static void
keep_dossier(void *context, const struct dossier_row *row)
{
    struct listed *listed = context;
    struct dossier_row *kept = &listed->dossier[listed->count++];
    *kept = *row;
    kept->case_ref = arena_text(listed->question->arena, row->case_ref);
    kept->counsellor = arena_text(listed->question->arena, row->counsellor);
    listed->after = row->number;
}

static void
put_concern(void *context, const char *institution)
{
    struct buffer *text = context;
    if (text->size)
        buffer_append_text(text, " ");
    buffer_append_text(text, institution);
}

static enum cii_code
put_dossier(struct question *question, const struct dossier_row *row,
            struct cii_error *err)
{
    cii_auto(buffer_done) struct buffer concerned = {0};
    CII_TRY(store_concern_each(question->archive.store, row->person,
                               put_concern, &concerned, err));
    rows_begin(&question->rows, "dossier");
    rows_put_number(&question->rows, "person", row->person);
    rows_put(&question->rows, "case", row->case_ref);
    rows_put(&question->rows, "counsellor", row->counsellor);
    rows_put_moment(&question->rows, "opened_at", row->opened_at);
    if (row->closed_at)
        rows_put_moment(&question->rows, "closed_at", row->closed_at);
    rows_put(&question->rows, "concerned", buffer_text(&concerned));
    return put_identity(question, "identity", row->person, err);
}

static enum cii_code
answer_dossiers(struct question *question, struct cii_error *err)
{
    size_t left = 0;
    CII_TRY(limit_of(question, &left, err));
    struct listed *listed = arena_take(question->kept, sizeof *listed);
    if (!listed)
        return cii_fail(err, CII_MEMORY, "no memory for the answer");
    listed->question = question;
    do {
        const size_t most = left < PAGE ? left : PAGE;
        listed->count = 0;
        CII_TRY(store_dossier_each(question->archive.store, listed->after, most,
                                   keep_dossier, listed, err));
        for (size_t i = 0; i < listed->count; i++)
            CII_TRY(put_dossier(question, &listed->dossier[i], err));
        left -= listed->count;
        if (listed->count == PAGE && left > 0)
            CII_TRY(flush(question, false, err));
    } while (listed->count == PAGE && left > 0);
    return flush(question, true, err);
}

static void
keep_match(void *context, const struct match_row *row)
{
    struct listed *listed = context;
    struct match_row *kept = &listed->match[listed->count++];
    *kept = *row;
    kept->reason = arena_text(listed->question->arena, row->reason);
}

static enum cii_code
answer_matches(struct question *question, struct cii_error *err)
{
    struct listed *listed = arena_take(question->kept, sizeof *listed);
    if (!listed)
        return cii_fail(err, CII_MEMORY, "no memory for the answer");
    listed->question = question;
    CII_TRY(store_match_each(question->archive.store, 0, PAGE, keep_match,
                             listed, err));
    for (size_t i = 0; i < listed->count; i++) {
        const struct match_row *row = &listed->match[i];
        rows_begin(&question->rows, "match");
        rows_put_number(&question->rows, "a.person", row->a);
        rows_put_number(&question->rows, "b.person", row->b);
        rows_put(&question->rows, "reason", row->reason);
        rows_put_moment(&question->rows, "at", row->at);
        CII_TRY(put_identity(question, "a", row->a, err));
        CII_TRY(put_identity(question, "b", row->b, err));
    }
    return flush(question, true, err);
}

#define LIST_MAX 4096

static enum cii_code
answer_refusals(struct question *question, struct cii_error *err)
{
    size_t limit = 0;
    CII_TRY(limit_of(question, &limit, err));
    CII_TRY(store_refusal_each(question->archive.store, NULL,
                               limit < LIST_MAX ? limit : LIST_MAX, put_refusal,
                               question, err));
    return flush(question, true, err);
}

static void
put_act(void *context, const struct act_row *row)
{
    struct question *question = context;
    struct rows *rows = &question->rows;
    rows_begin(rows, "act");
    rows_put_number(rows, "number", row->number);
    rows_put_moment(rows, "at", row->at);
    if (row->uid != UINT32_MAX)
        rows_put_number(rows, "uid", row->uid);
    rows_put(rows, "role", row->role);
    rows_put(rows, "user", row->user);
    rows_put(rows, "verb", row->verb);
    rows_put(rows, "subject", row->subject);
    if (row->person)
        rows_put_number(rows, "person", row->person);
    rows_put(rows, "result", row->result);
}

static enum cii_code
answer_acts(struct question *question, struct cii_error *err)
{
    size_t limit = 0;
    CII_TRY(limit_of(question, &limit, err));
    CII_TRY(store_act_each(question->archive.store, 0,
                           limit < LIST_MAX ? limit : LIST_MAX, put_act,
                           question, err));
    return flush(question, true, err);
}

static enum cii_code
answer_verify(struct question *question, struct cii_error *err)
{
    char finding[256];
    CII_TRY(
        store_verify(question->archive.store, finding, sizeof finding, err));
    rows_begin(&question->rows, "verify");
    rows_put(&question->rows, "result", finding);
    return flush(question, true, err);
}

/* --- the table ------------------------------------------------------------*/

static const struct {
    const char *verb;
    answer *answer;
} answers[] = {
    {"query", answer_query},           {"show", answer_show},
    {"dossier-list", answer_dossiers}, {"matches", answer_matches},
    {"refusals", answer_refusals},     {"acts", answer_acts},
    {"verify", answer_verify},
};

static enum cii_code
open_question(struct question *question, struct cii_error *err)
{
    struct reader *reader = question->reader;
    struct store *store = NULL;
    CII_TRY(store_open_reader(&store, reader->config->state_dir, err));
    store_limit_time(store,
                     (int64_t)reader->config->limits.query_seconds * 1000);
    question->archive =
        (struct archive){.store = store,
                         .vault = reader->vault,
                         .institution = reader->config->institution};
    rows_init(&question->rows, question->arena);
    return store_read_begin(store, err);
}

static enum cii_code
dispatch(struct question *question, struct cii_error *err)
{
    CII_TRY(open_question(question, err));
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        if (strcmp(answers[i].verb, question->request.verb) == 0)
            return answers[i].answer(question, err);
    return cii_fail(err, CII_UNKNOWN, "no such question");
}

void
reader_answer(struct reader *reader, int fd, struct bytes bytes)
{
    struct question question = {.reader = reader, .fd = fd};
    struct cii_error err;
    if (arena_new(&question.arena, ARENA_MAX, &err) != CII_OK ||
        arena_new(&question.kept, ARENA_MAX, &err) != CII_OK ||
        request_unpack(&question.request, bytes, question.kept, &err) !=
            CII_OK) {
        reader_refuse(fd, 0, err.code, err.text);
        return;
    }
    const enum cii_code code = dispatch(&question, &err);
    if (code != CII_OK && !question.gone)
        reader_refuse(fd, question.request.tag, code, err.text);
}
