/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>

#include "client/client.h"
#include "tests/unit/cii_client/fake_daemon.h"

#define MANY 5000

static struct fake_daemon fake;
static struct cii_client *client;

static void
meet(fake_script *script)
{
    fake_start(&fake, "operator", script);
    require_ok(cii_connect(&client, fake.dir, "operator", NULL));
}

static void
part(void)
{
    cii_disconnect(&client);
    fake_stop(&fake);
}

static struct cii_event *
make_event(const char *type)
{
    struct cii_event *event = NULL;

    require_ok(cii_event_new(&event, type, "2026-12-31", NULL));
    require_ok(
        cii_event_set(event, "identity", "avs", "756.1234.5678.97", NULL));
    return event;
}

static enum cii_code
send_type(const char *type, struct cii_outcome *outcome, struct cii_error *err)
{
    struct cii_event *event = make_event(type);
    const enum cii_code code = cii_send(client, event, outcome, err);

    cii_event_destroy(&event);
    return code;
}

/* What a stream has told us. */
struct told {
    size_t count;
    size_t stored;
    uint64_t last_line;
    bool in_order;
    size_t submitted;
    size_t most; /* under way at one time */
    enum cii_code last_code;
};

static void
tell(void *context, const struct cii_outcome *outcome)
{
    struct told *told = context;

    told->in_order = (told->count == 0 || told->in_order) &&
                     outcome->line == told->last_line + 1;
    told->last_line = outcome->line;
    told->last_code = outcome->code;
    told->count++;
    told->stored += outcome->code == CII_OK;
    if (told->submitted - told->count > told->most)
        told->most = told->submitted - told->count;
}

static enum cii_code
stream(struct told *told, size_t window, size_t count, struct cii_error *err)
{
    enum cii_code code = cii_stream(client, window, tell, told, err);
    struct cii_event *event = make_event("good");

    for (size_t i = 1; i <= count && code == CII_OK; i++) {
        told->submitted = i;
        code = cii_submit(client, i, event, err);
    }
    if (code == CII_OK)
        code = cii_flush(client, err);
    cii_event_destroy(&event);
    return code;
}

/* --- connecting --------------------------------------------------------- */

Test(client, says_that_no_daemon_listens)
{
    struct cii_error err = {0};

    expect_code(cii_connect(&client, "/tmp/cii-nowhere", "operator", &err),
                OFFLINE);

    cr_expect(strstr(err.text, "no daemon listens at") != NULL);
}

Test(client, knows_four_roles)
{
    expect_code(cii_connect(&client, "/tmp", "director", NULL), INVALID);
}

Test(client, refuses_a_run_directory_that_no_socket_can_have)
{
    char dir[128];

    memset(dir, 'a', sizeof dir - 1);
    dir[sizeof dir - 1] = '\0';
    expect_code(cii_connect(&client, dir, "operator", NULL), INVALID);
}

Test(client, says_that_a_role_is_closed_to_this_user)
{
    fake_start(&fake, "operator", fake_stores);
    cr_assert(chmod(fake.socket, 0) == 0);
    if (geteuid() == 0)
        cr_assert(seteuid(65534) == 0);

    expect_code(cii_connect(&client, fake.dir, "operator", NULL), FORBIDDEN);

    if (getuid() == 0)
        cr_assert(seteuid(0) == 0);
    fake_stop(&fake);
}

/* --- one event ---------------------------------------------------------- */

Test(client, sends_everything_that_was_set)
{
    struct cii_outcome outcome;
    struct cii_event *event = NULL;
    static const char *const own[][2] = {
        {"id", FAKE_ID},         {"case", "GE-1"}, {"in_reply_to", FAKE_ID},
        {"as_of", "2026-01-02"}, {"test", "yes"},  {"reliability", "verified"},
        {"to", "ge.as.hg"},      {"to", "ge.oai"}, {"to", "ge.as.hg"},
        {"dry_run", "yes"},
    };

    meet(fake_stores);
    event = make_event("mesure");
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        require_ok(cii_event_set(event, NULL, own[i][0], own[i][1], NULL));
    require_ok(cii_event_set(event, "dates", "endsOn", "2026-03-01", NULL));
    require_ok(cii_event_set(event, "dates", "endsOn", "2026-03-31", NULL));
    require_ok(cii_act_as(client, "a.rochat", NULL));
    require_ok(cii_send(client, event, &outcome, NULL));
    cii_event_destroy(&event);
    part();

    cr_expect(fake_heard(&fake, "send user=a.rochat\n"));
    cr_expect(
        fake_heard(&fake,
                   "1 mesure on=2026-12-31 id=" FAKE_ID " case=GE-1 re=" FAKE_ID
                   " as_of=2026-01-02 rel=verified test=1 dry=1 to=ge.as.hg "
                   "to=ge.oai identity.avs=756.1234.5678.97 "
                   "dates.endsOn=2026-03-31\n"));
    buffer_done(&fake.heard);
}

Test(client, tells_what_the_law_said)
{
    struct cii_outcome outcome;

    meet(fake_stores);
    require_ok(send_type("good", &outcome, NULL));

    expect_text(outcome.event_id, FAKE_ID);
    cr_assert(eq(sz, outcome.verdict_count, 1));
    expect_text(outcome.verdict[0].partner, "ge.as.hg");
    expect_text(outcome.verdict[0].withheld, "sanction");
    part();
    buffer_done(&fake.heard);
}

Test(client, takes_what_was_stored_before_as_stored)
{
    struct cii_outcome outcome;

    meet(fake_stores);
    require_ok(send_type("known", &outcome, NULL));

    expect_code(outcome.code, DUPLICATE);
    part();
    buffer_done(&fake.heard);
}

Test(client, returns_the_refusal_of_the_event)
{
    struct cii_outcome outcome;
    struct cii_error err = {0};

    meet(fake_stores);
    expect_code(send_type("refused", &outcome, &err), INVALID);

    expect_text(err.text, "the check digit is wrong");
    expect_text(outcome.field, "identity.avs");
    part();
    buffer_done(&fake.heard);
}

/* --- many --------------------------------------------------------------- */

Test(client, streams_many_events_in_few_requests)
{
    struct told told = {0};

    meet(fake_stores);
    require_ok(stream(&told, 1024, MANY, NULL));
    part();

    cr_expect(eq(sz, told.stored, MANY));
    cr_expect(told.in_order);
    cr_expect(eq(sz, fake.drafts, MANY));
    cr_expect(eq(sz, fake.requests, (MANY + 255) / 256));
    cr_expect(eq(sz, fake.largest, 256));
    buffer_done(&fake.heard);
}

Test(client, keeps_to_its_window)
{
    struct told told = {0};

    meet(fake_stores);
    require_ok(stream(&told, 100, 1000, NULL));
    part();

    cr_expect(eq(sz, told.stored, 1000));
    cr_expect(le(sz, told.most, 100));
    buffer_done(&fake.heard);
}

static bool
says_much(struct fake_daemon *self, const struct request *request,
          struct buffer *out)
{
    static char text[3500];

    (void)self;
    memset(text, 'x', sizeof text - 1);
    fake_outcomes(request, text, out);
    return true;
}

/* Each side's answer is far over what a socket holds: whoever only writes
 * waits for ever. */
Test(client, reads_while_it_writes, .timeout = 60)
{
    struct told told = {0};

    meet(says_much);
    require_ok(stream(&told, MANY, MANY, NULL));
    part();

    cr_expect(eq(sz, told.stored, MANY));
    buffer_done(&fake.heard);
}

static bool
stores_two_then_dies(struct fake_daemon *self, const struct request *request,
                     struct buffer *out)
{
    if (self->requests > 2)
        return false;
    fake_outcomes(request, "", out);
    return true;
}

Test(client, keeps_what_it_was_told_when_the_daemon_goes)
{
    struct told told = {0};
    struct cii_error err = {0};
    struct cii_event *event = make_event("good");

    meet(stores_two_then_dies);
    expect_code(stream(&told, 2000, 1000, &err), OFFLINE);

    cr_expect(eq(sz, told.stored, 512));
    expect_code(cii_submit(client, 1, event, NULL), OFFLINE);
    cii_event_destroy(&event);
    part();
    buffer_done(&fake.heard);
}

static bool
refuses_requests(struct fake_daemon *self, const struct request *request,
                 struct buffer *out)
{
    (void)self;
    fake_reply(out, &(struct reply){.tag = request->tag,
                                    .last = true,
                                    .code = CII_FULL,
                                    .text = "the disk is full"});
    return true;
}

Test(client, answers_for_each_event_of_a_refused_request)
{
    struct told told = {0};

    meet(refuses_requests);
    require_ok(stream(&told, 1000, 300, NULL));

    cr_expect(eq(sz, told.count, 300));
    cr_expect(told.in_order);
    expect_code(told.last_code, FULL);
    part();
    buffer_done(&fake.heard);
}

static bool
answers_another_line(struct fake_daemon *self, const struct request *request,
                     struct buffer *out)
{
    const struct outcome outcome = {.line = 77, .event_id = FAKE_ID};

    (void)self;
    fake_reply(out, &(struct reply){.tag = request->tag,
                                    .last = true,
                                    .outcome_count = 1,
                                    .outcome = &outcome});
    return true;
}

Test(client, believes_no_answer_that_was_not_asked)
{
    struct cii_outcome outcome;

    meet(answers_another_line);

    expect_code(send_type("good", &outcome, NULL), MALFORMED);
    part();
    buffer_done(&fake.heard);
}

static bool
says_nothing(struct fake_daemon *self, const struct request *request,
             struct buffer *out)
{
    (void)self;
    (void)request;
    (void)out;
    return true;
}

Test(client, gives_up_on_a_daemon_that_says_nothing)
{
    struct cii_outcome outcome;

    meet(says_nothing);
    client->patience = 20;

    expect_code(send_type("good", &outcome, NULL), OFFLINE);
    part();
    buffer_done(&fake.heard);
}

static bool
speaks_gibberish(struct fake_daemon *self, const struct request *request,
                 struct buffer *out)
{
    (void)self;
    (void)request;
    buffer_append(out, "\0\0\0\4\377\377\377\377", 8);
    return true;
}

Test(client, recognises_a_reply_that_is_none)
{
    struct cii_outcome outcome;

    meet(speaks_gibberish);

    expect_code(send_type("good", &outcome, NULL), MALFORMED);
    part();
    buffer_done(&fake.heard);
}

/* --- questions ---------------------------------------------------------- */

static bool
answers_rows(struct fake_daemon *self, const struct request *request,
             struct buffer *out)
{
    static const struct field field[] = {{"id", "one"}, {"type", "mesure"}};
    static const struct record record[] = {{"event", {2, field}},
                                           {"event", {1, field}},
                                           {"event", {0, NULL}}};

    (void)self;
    if (request->draft_count > 0) {
        fake_outcomes(request, "", out);
        return true;
    }
    fake_reply(out, &(struct reply){.tag = request->tag,
                                    .record_count = 2,
                                    .record = record});
    fake_reply(out, &(struct reply){.tag = request->tag,
                                    .last = true,
                                    .record_count = 1,
                                    .record = &record[2]});
    return false; /* as the reader does */
}

struct rows {
    size_t count;
    size_t typed;
    size_t enough;
};

static bool
count_row(void *context, const struct cii_record *record)
{
    struct rows *rows = context;

    rows->count++;
    rows->typed += strcmp(cii_record_get(record, "type"), "mesure") == 0;
    return rows->count != rows->enough;
}

Test(client, hands_over_rows_and_asks_again)
{
    struct rows rows = {0};
    struct cii_outcome outcome;
    const struct cii_field argument = {"case", "GE-1"};

    meet(answers_rows);
    require_ok(cii_ask(client, "query", &argument, 1, count_row, &rows, NULL));
    require_ok(cii_ask(client, "query", &argument, 1, count_row, &rows, NULL));
    require_ok(send_type("good", &outcome, NULL));
    part();

    cr_expect(eq(sz, rows.count, 6));
    cr_expect(eq(sz, rows.typed, 2));
    cr_expect(fake_heard(&fake, "query user=\ncase=GE-1\n"));
    buffer_done(&fake.heard);
}

Test(client, stops_when_the_caller_has_seen_enough)
{
    struct rows rows = {.enough = 2};

    meet(answers_rows);
    require_ok(cii_ask(client, "watch", NULL, 0, count_row, &rows, NULL));
    part();

    cr_expect(eq(sz, rows.count, 2));
    buffer_done(&fake.heard);
}

Test(client, passes_on_why_a_question_was_refused)
{
    struct cii_error err = {0};

    meet(refuses_requests);
    expect_code(cii_ask(client, "query", NULL, 0, NULL, NULL, &err), FULL);

    expect_text(err.text, "the disk is full");
    part();
    buffer_done(&fake.heard);
}

Test(client, waits_for_its_events_before_it_asks)
{
    struct told told = {0};
    struct cii_event *event = make_event("good");

    meet(answers_rows);
    require_ok(cii_stream(client, 100, tell, &told, NULL));
    require_ok(cii_submit(client, 1, event, NULL));
    require_ok(cii_ask(client, "status", NULL, 0, NULL, NULL, NULL));
    cr_expect(eq(sz, told.stored, 1));
    require_ok(cii_submit(client, 2, event, NULL));
    require_ok(cii_flush(client, NULL));

    cr_expect(eq(sz, told.stored, 2));
    cii_event_destroy(&event);
    part();
    buffer_done(&fake.heard);
}
