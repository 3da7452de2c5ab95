/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tool/batch.h"
#include "tests/unit/tool/harness.h"

#define GOOD     "{\"type\":\"mesure\",\"on\":\"2026-12-31\"}\n"
#define OF(type) "{\"type\":\"" type "\",\"on\":\"2026-12-31\"}\n"

static char state[64];

static const struct field identity_avs[] = {{"facet", "identity"},
                                            {"name", "avs"}};
static const struct field identity_name[] = {{"facet", "identity"},
                                             {"name", "officialName"}};
static const struct field dates_ends[] = {{"facet", "dates"},
                                          {"name", "endsOn"}};
static const struct field plan_ends[] = {{"facet", "plan"}, {"name", "endsOn"}};
static const struct field entitlement_cause[] = {{"facet", "entitlement"},
                                                 {"name", "cause"}};
static const struct field type_mesure[] = {{"name", "mesure"},
                                           {"may", "identity dates plan"}};
static const struct field type_end[] = {{"name", "fin-de-droits"},
                                        {"may", "identity dates entitlement"}};
static const struct field facet_entitlement[] = {{"name", "entitlement"}};
static const struct record catalogue[] = {
    {"facet", {1, facet_entitlement}}, {"field", {2, identity_avs}},
    {"field", {2, identity_name}},     {"field", {2, dates_ends}},
    {"field", {2, plan_ends}},         {"field", {2, entitlement_cause}},
    {"type", {2, type_mesure}},        {"type", {2, type_end}},
};

static bool
stores(struct fake_daemon *self, const struct request *request,
       struct buffer *out)
{
    (void)self;
    if (!strcmp(request->verb, "send"))
        fake_outcomes(request, "", out);
    else
        fake_reply(out, &(struct reply){.tag = request->tag,
                                        .last = true,
                                        .record_count = sizeof catalogue /
                                                        sizeof *catalogue,
                                        .record = catalogue});
    return true;
}

static void
begin(void)
{
    snprintf(state, sizeof state, "/tmp/cii-state-%d", getpid());
    setenv("XDG_STATE_HOME", state, 1);
    daemon_start(stores);
}

static void
finish(void)
{
    char folder[96];

    daemon_stop();
    snprintf(folder, sizeof folder, "rm -rf %s", state);
    (void)!system(folder);
}

TestSuite(sending, .init = begin, .fini = finish);

/* Files in the state directory. */
static int
count_journals(void)
{
    char command[128];
    int count = -1;

    snprintf(command, sizeof command, "ls %s/cii 2>/dev/null | wc -l", state);
    FILE *pipe = popen(command, "r");
    cr_assert(fscanf(pipe, "%d", &count) == 1);
    pclose(pipe);
    return count;
}

/* --- one event ---------------------------------------------------------- */

Test(sending, reads_like_a_sentence)
{
    struct run run =
        run_cii("send", "fin-de-droits", "--avs", "756.1234.5678.97", "--on",
                "2026-12-31", "--cause", "quota", "--Ends-On", "2026-12-30",
                "--identity.official-name", "Rochat", "--to", "ge.oai", "--to",
                "ge.as.hg", "--case", "GE-1", "--test", NULL);

    expect_status(run, DONE);
    expect_in(run.out, "stored: 0");
    expect_in(run.out, "ge.as.hg  transmit  R19");
    run_done(&run);
    cr_expect(fake_heard(&fake, "1 fin-de-droits on=2026-12-31 id=0"));
    cr_expect(fake_heard(&fake,
                         "case=GE-1 re= as_of= rel= test=1 dry=0 to=ge.oai "
                         "to=ge.as.hg identity.avs=756.1234.5678.97 "
                         "identity.officialName=Rochat entitlement.cause=quota "
                         "dates.endsOn=2026-12-30\n"));
}

Test(sending, asks_which_facet_was_meant)
{
    struct run run = run_cii("send", "mesure", "--on", "2026-12-31", "--endsOn",
                             "2026-12-31", NULL);

    expect_status(run, INPUT);
    expect_in(run.err, "--dates.endsOn or --plan.endsOn");
    run_done(&run);
    cr_expect(eq(sz, fake.drafts, 0));
}

Test(sending, names_the_nearest_flag_field_and_type)
{
    struct run run = run_cii("send", "fin-de-droits", "--on", "2026-12-31",
                             "--cuase", "quota", NULL);
    expect_status(run, INPUT);
    expect_in(run.err, "did you mean --cause?");
    run_done(&run);

    run = run_cii("send", "fin-de-droits", "--on", "2026-12-31",
                  "--entitlment.cause", "quota", NULL);
    expect_in(run.err, "did you mean --entitlement.cause?");
    run_done(&run);

    run = run_cii("send", "fin-de-droit", "--on", "2026-12-31", "--cause",
                  "quota", NULL);
    expect_status(run, INPUT);
    expect_in(run.err, "did you mean 'fin-de-droits'?");
    run_done(&run);
}

Test(sending, tries_out_without_an_id)
{
    struct run run =
        run_cii("send", "mesure", "--on", "2026-12-31", "--dry-run", NULL);

    expect_status(run, DONE);
    expect_in(run.out, "would be stored; nothing was");
    run_done(&run);
    cr_expect(fake_heard(&fake, "id= case= re= as_of= rel= test=0 dry=1"));
}

struct ending {
    const char *type;
    enum tool_status status;
};

Test(sending, ends_as_the_event_ended)
{
    static const struct ending endings[] = {{"mesure", STATUS_DONE},
                                            {"known", STATUS_DONE},
                                            {"refused", STATUS_INPUT},
                                            {"unlawful", STATUS_LAW},
                                            {"full", STATUS_BUSY},
                                            {"conflict", STATUS_CONFLICT}};

    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        struct run run =
            run_cii("send", endings[i].type, "--on", "2026-12-31", NULL);
        cr_expect(run.status == endings[i].status, "%s: %d", endings[i].type,
                  (int)run.status);
        run_done(&run);
    }
}

Test(sending, says_what_became_of_it_in_json)
{
    struct run run =
        run_cii("send", "refused", "--on", "2026-12-31", "--json", NULL);

    expect_in(run.out, "\"result\":\"refused\",\"code\":\"INVALID\","
                       "\"text\":\"the check digit is wrong\",\"field\":"
                       "\"identity.avs\"");
    run_done(&run);
}

static bool
dies(struct fake_daemon *self, const struct request *request,
     struct buffer *out)
{
    if (strcmp(request->verb, "send") != 0)
        return stores(self, request, out);
    if (self->drafts <= self->limit) {
        fake_outcomes(request, "", out);
        return true;
    }
    return false;
}

Test(sending, names_the_id_to_use_when_nobody_knows)
{
    fake.script = dies;
    struct run run = run_cii("send", "mesure", "--on", "2026-12-31", NULL);

    expect_status(run, OFFLINE);
    expect_in(run.err, "send it again with --id 0");
    run_done(&run);
}

/* --- many --------------------------------------------------------------- */

Test(sending, lets_each_line_stand_by_itself)
{
    char input[] = GOOD "\n" OF("refused") "{\"type\":\n" OF("known") GOOD;

    run_input = input;
    struct run run = run_cii("send", "-", NULL);

    expect_status(run, INPUT);
    expect_in(run.err, "cii: line 3, identity.avs: the check digit");
    expect_in(run.err, "cii: line 4: not JSON at character");
    expect_in(run.err, "5 lines: 2 stored, 1 stored before, 2 refused\n");
    run_done(&run);
    cr_expect(eq(sz, fake.drafts, 4));
}

Test(sending, ends_with_one_when_lines_failed_for_several_reasons)
{
    char input[] = GOOD OF("refused") OF("conflict");

    run_input = input;
    struct run run = run_cii("send", "-", NULL);

    expect_status(run, SOME);
    run_done(&run);
}

Test(sending, keeps_ids_only_while_something_is_not_stored)
{
    char good[] = GOOD;
    char bad[] = GOOD OF("refused");

    run_input = good;
    struct run run = run_cii("send", "-", NULL);
    run_done(&run);
    cr_expect(eq(int, count_journals(), 0));

    run_input = bad;
    run = run_cii("send", "-", NULL);
    expect_in(run.err, "The ids are kept in");
    run_done(&run);
    cr_expect(eq(int, count_journals(), 1));
}

/* The ids that the daemon heard for lines 1 to 3, in the order it did. */
static void
heard_ids(char ids[3][37])
{
    const char *at = buffer_text(&fake.heard);

    for (int i = 0; i < 3; i++) {
        at = strstr(at, " id=");
        cr_assert(at != NULL);
        snprintf(ids[i], 37, "%s", at + 4);
        at += 4;
    }
}

Test(sending, gives_the_same_input_the_same_ids_again)
{
    char input[] = GOOD GOOD OF("refused");
    char first[3][37];
    char second[3][37];

    run_input = input;
    struct run run = run_cii("send", "-", NULL);
    run_done(&run);
    heard_ids(first);
    buffer_clear(&fake.heard);
    run = run_cii("send", "-", NULL);
    run_done(&run);
    heard_ids(second);

    for (int i = 0; i < 3; i++)
        expect_text(second[i], first[i]);
    cr_expect(ne(str, first[0], first[1]));
}

Test(sending, needs_no_journal_for_lines_with_ids)
{
    char input[] = "{\"type\":\"refused\",\"on\":\"2026-12-31\",\"id\":"
                   "\"" FAKE_ID "\"}\n";

    run_input = input;
    struct run run = run_cii("send", "-", NULL);

    expect_status(run, INPUT);
    cr_expect(eq(int, count_journals(), 0));
    run_done(&run);
    cr_expect(fake_heard(&fake, "id=" FAKE_ID));
}

static char *
many_lines(size_t count)
{
    char *text = malloc(count * sizeof GOOD + 1);
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        memcpy(text + used, GOOD, sizeof GOOD - 1);
        used += sizeof GOOD - 1;
    }
    text[used] = '\0';
    return text;
}

Test(sending, says_which_lines_are_stored_when_the_daemon_stops)
{
    fake.script = dies;
    fake.limit = 512;
    run_input = many_lines(1000);
    struct run run = run_cii("send", "-", NULL);

    expect_status(run, OFFLINE);
    expect_in(run.err, " lines: 512 stored, ");
    expect_in(run.err, "stored: lines 1-512\n");
    expect_in(run.err, "of which nobody knows: lines 513-");
    expect_in(run.err, "not read: what follows line ");
    expect_in(run.err, "The ids are kept in");
    cr_expect(eq(int, count_journals(), 1));
    run_done(&run);

    fake.script = stores;
    run = run_cii("send", "-", NULL);
    expect_status(run, DONE);
    cr_expect(eq(int, count_journals(), 0));
    run_done(&run);
    free(run_input);
}

Test(sending, stops_when_there_is_no_space)
{
    char input[] = GOOD OF("full") GOOD;

    run_input = input;
    struct run run = run_cii("send", "-", "--json", NULL);

    expect_status(run, BUSY);
    expect_in(run.out, "\"not_stored_lines\":[[2,2]]");
    expect_in(run.out, "\"stored\":2");
    run_done(&run);
}

Test(sending, takes_a_hundred_thousand_lines, .timeout = 240)
{
    run_input = many_lines(100000);
    struct run run = run_cii("send", "-", NULL);

    expect_status(run, DONE);
    expect_text(run.err, "100000 lines: 100000 stored\n");
    run_done(&run);
    free(run_input);
    cr_expect(eq(sz, fake.drafts, 100000));
}

Test(sending, keeps_the_journal_of_a_file_beside_it)
{
    char file[64];
    char journal[96];

    snprintf(file, sizeof file, "/tmp/cii-lines-%d", getpid());
    snprintf(journal, sizeof journal, "%s.cii-journal", file);
    FILE *lines = fopen(file, "w");
    fputs(GOOD OF("refused"), lines);
    fclose(lines);

    struct run run = run_cii("send", file, NULL);

    expect_status(run, INPUT);
    cr_expect(access(journal, F_OK) == 0);
    run_done(&run);
    unlink(journal);
    unlink(file);
}

Test(sending, refuses_a_line_over_the_limit_with_its_size)
{
    const size_t size = 1024 * 1024 + 7;

    run_input = malloc(size + sizeof GOOD + 1);
    memset(run_input, 'x', size);
    snprintf(run_input + size, sizeof GOOD + 1, "\n%s", GOOD);
    struct run run = run_cii("send", "-", NULL);

    expect_status(run, INPUT);
    expect_in(run.err, "line 1: the line has 1048583 bytes and may have "
                       "1048576");
    expect_in(run.err, "2 lines: 1 stored, 1 refused");
    run_done(&run);
    free(run_input);
}

Test(sending, passes_a_payload_on_for_the_daemon_to_refuse)
{
    static const char begin_of[] = "{\"type\":\"refused\",\"on\":"
                                   "\"2026-12-31\",\"facets\":{\"plan\":"
                                   "{\"text\":\"";
    const size_t size = 300 * 1024;
    char *text = malloc(size + 256);

    const int used = snprintf(text, 128, "%s", begin_of);
    memset(text + used, 'x', size);
    snprintf(text + (size_t)used + size, 16, "\"}}}\n");
    run_input = text;
    struct run run = run_cii("send", "-", NULL);

    expect_status(run, INPUT);
    cr_expect(eq(sz, fake.drafts, 1));
    run_done(&run);
    free(text);
}

Test(sending, asks_for_dossiers_in_their_order)
{
    char input[] = GOOD "{\"dossier\":\"open\",\"identity\":{\"avs\":"
                        "\"756.1234.5678.97\"}}\n" GOOD;

    run_input = input;
    struct run run = run_cii("send", "-", NULL);

    expect_status(run, DONE);
    expect_in(run.err, "3 lines: 3 stored");
    run_done(&run);
    const char *heard = buffer_text(&fake.heard);
    const char *dossier = strstr(heard, "dossier-open");
    cr_assert(dossier != NULL);
    cr_expect(strstr(heard, "1 mesure") < dossier);
    cr_expect(strstr(heard, "3 mesure") > dossier);
}

Test(sending, tries_lines_out_and_keeps_no_ids)
{
    char input[] = GOOD;

    run_input = input;
    struct run run = run_cii("send", "-", "--dry-run", NULL);

    expect_status(run, DONE);
    expect_in(run.out, "line 1: would be stored\n");
    expect_in(run.out, "transmit");
    cr_expect(eq(int, count_journals(), 0));
    run_done(&run);
    cr_expect(fake_heard(&fake, "dry=1"));
}
