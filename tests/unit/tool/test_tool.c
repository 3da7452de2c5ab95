/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tool/table.h"
#include "client/tool/text.h"
#include "tests/unit/tool/harness.h"

/* --- the command line --------------------------------------------------- */

Test(tool, helps_on_every_command)
{
    for (size_t i = 0; i < command_count(); i++) {
        char first[32];
        char second[32] = "";
        cr_assert(sscanf(command_at(i)->name, "%31s %31s", first, second) >= 1);
        struct run run = *second ? run_cii(first, second, "--help", NULL)
                                 : run_cii(first, "--help", NULL);
        expect_status(run, DONE);
        expect_in(run.out, command_at(i)->summary);
        expect_in(run.out, "Exit status");
        run_done(&run);
    }
}

Test(tool, names_its_version)
{
    struct run run = run_cii("--version", NULL);

    expect_status(run, DONE);
    expect_text(run.out, "cii " TOOL_VERSION "\n");
    run_done(&run);
}

struct misuse {
    const char *word[4];
    const char *says;
};

static const struct misuse misuses[] = {
    {{"sned"}, "did you mean 'send'?"},
    {{"dossier", "opne"}, "did you mean 'dossier open'?"},
    {{"zzzzzzzz"}, "unknown command 'zzzzzzzz'"},
    {{"query", "--csae", "x"}, "did you mean --case?"},
    {{"query", "--case"}, "--case needs a value"},
    {{"send", "mesure", "--tset"}, "needs a value, or did you mean --test?"},
    {{"send", "mesure", "--phone"}, "--phone needs a value"},
    {{"query", "--json=yes"}, "--json takes no value"},
    {{"query", "word"}, "one word too many"},
    {{"show"}, "EVENT is missing"},
    {{"query", "-x"}, "two dashes"},
    {{"send"}, "give an event type"},
    {{"send", "mesure"}, "--on DAY is missing"},
    {{"send", "-", "--on", "2026-12-31"}, "--on belongs to one event"},
    {{"dossier", "open"}, "say whose dossier"},
    {{"request", "lisst"}, "did you mean 'request list'?"},
    {{"task", "close", "7"}, "a task is closed with a proof: missing: --proof"},
    {{"again", FAKE_ID}, "again: missing: --to"},
    {{"rules", "diff"}, "missing: --rules"},
};

Test(tool, says_how_it_is_used)
{
    for (size_t i = 0; i < sizeof misuses / sizeof misuses[0]; i++) {
        const char *const *word = misuses[i].word;
        struct run run = run_cii(word[0], word[1], word[2], word[3], NULL);
        expect_status(run, USAGE);
        expect_in(run.err, misuses[i].says);
        run_done(&run);
    }
}

Test(tool, looks_at_values_before_it_asks)
{
    struct run run = run_cii("query", "--avs", "756.1234.5678.90", NULL);
    expect_status(run, INPUT);
    expect_in(run.err, "--avs: the check digit");
    expect_not_in(run.err, "5678");
    run_done(&run);

    run = run_cii("query", "--from", "2026-02-30", NULL);
    expect_status(run, INPUT);
    expect_in(run.err, "--from: ");
    run_done(&run);

    run = run_cii("show", "123", NULL);
    expect_status(run, INPUT);
    run_done(&run);
}

Test(tool, says_that_the_daemon_is_not_there)
{
    struct run run = run_cii("status", NULL);
    expect_status(run, OFFLINE);
    expect_in(run.err, "no daemon listens at");
    run_done(&run);

    run = run_cii("status", "--json", NULL);
    expect_status(run, OFFLINE);
    expect_in(run.err, "{\"error\":\"OFFLINE\"");
    run_done(&run);
}

Test(tool, takes_its_own_flags_before_or_after_the_command)
{
    struct run run = run_cii("--run-dir", "/tmp/cii-elsewhere", "status", NULL);
    expect_in(run.err, "/tmp/cii-elsewhere");
    run_done(&run);

    run = run_cii("status", "--run-dir=/tmp/cii-elsewhere", NULL);
    expect_in(run.err, "/tmp/cii-elsewhere");
    run_done(&run);
}

Test(tool, refuses_a_role_that_is_none)
{
    struct run run = run_cii("status", "--role", "boss", NULL);

    expect_status(run, INPUT);
    expect_in(run.err, "role 'boss'");
    run_done(&run);
}

/* --- asking ------------------------------------------------------------- */

#define ROW(name)                                                         \
    {                                                                     \
#        name,                                                            \
        {                                                                 \
            sizeof(name##_fields) / sizeof(*name##_fields), name##_fields \
        }                                                                 \
    }

static const struct field event_fields[] = {
    {"id", FAKE_ID},
    {"issuer", "ge.orp"},
    {"type", "inscription-orp"},
    {"occurred_on", "2016-01-04"},
    {"issued_at", "2016-01-04T08:00:00.000Z"},
    {"case", "GE-2016-0815"},
    {"direction", "arrived"},
    {"identity.avs", "756.9217.0769.85"},
    {"identity.officialName", "B\xe2\x80\xae"
                              "m"},
    {"dates.startsOn", "2016-01-04"},
    {"proposal", FAKE_ID},
};
static const struct field verdict_fields[] = {
    {"partner", "ge.as.hg"},
    {"verdict", "refuse"},
    {"missing", "a consent for this case"},
    {"at", "2016-01-04T08:00:00.000Z"},
};
static const struct field judgement_fields[] = {
    {"partner", "ge.as.hg"},
    {"verdict", "transmit"},
    {"rule", "R01"},
    {"citation", "LACI 85f al. 1"},
    {"facets", "identity dates"},
    {"withheld", "sanction"},
};
static const struct field news_fields[] = {
    {"at", "2016-01-04T08:00:00.000Z"},
    {"what", "arrived"},
    {"event", FAKE_ID},
    {"type", "mesure"},
    {"issuer", "ge.orp"},
};
static const struct field verify_fields[] = {{"result", "ok"}};
static const struct field facet_fields[] = {{"name", "identity"},
                                            {"meaning", "who it is"}};
static const struct field field_fields[] = {{"facet", "identity"},
                                            {"name", "officialName"},
                                            {"form", "text"}};
static const struct field type_fields[] = {{"name", "mesure"},
                                           {"must", "identity"},
                                           {"may", "identity dates"}};
static const struct field status_fields[] = {{"institution", "ge.orp"},
                                             {"profile", "pilot"}};
static const struct field link_fields[] = {{"partner", "ge.oai"},
                                           {"state", "up"}};

static const struct record event_rows[] = {ROW(event)};
static const struct record show_rows[] = {ROW(event), ROW(verdict)};
static const struct record explain_rows[] = {ROW(verdict), ROW(judgement)};
static const struct record news_rows[] = {ROW(news)};
static const struct record verify_rows[] = {ROW(verify)};
static const struct record catalogue_rows[] = {ROW(facet), ROW(field),
                                               ROW(type)};
static const struct record status_rows[] = {ROW(status), ROW(link)};

static const struct answer {
    const char *verb;
    size_t count;
    const struct record *record;
} answers[] = {
    {"query", 1, event_rows},     {"show", 2, show_rows},
    {"explain", 2, explain_rows}, {"watch", 1, news_rows},
    {"verify", 1, verify_rows},   {"catalogue", 3, catalogue_rows},
    {"status", 2, status_rows},   {"dossier-list", 0, NULL},
};

static bool
answers_rows(struct fake_daemon *self, const struct request *request,
             struct buffer *out)
{
    struct reply reply = {.tag = request->tag,
                          .last = true,
                          .code = CII_UNKNOWN,
                          .text = "no such verb"};

    (void)self;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        if (!strcmp(answers[i].verb, request->verb)) {
            reply.code = CII_OK;
            reply.text = "";
            reply.record_count = answers[i].count;
            reply.record = answers[i].record;
        }
    fake_reply(out, &reply);
    return false;
}

static void
begin(void)
{
    setenv("TZ", "UTC", 1);
    daemon_start(answers_rows);
}

TestSuite(asking, .init = begin, .fini = daemon_stop);

Test(asking, shows_events_as_a_table)
{
    struct run run =
        run_cii("query", "--avs", "756.9217.0769.85", "--as", "a.r", NULL);

    expect_status(run, DONE);
    expect_in(run.out, "Issued            Type             Issuer");
    expect_in(run.out, "756.9217.0769.85 B?m");
    expect_in(run.out, "startsOn=2016-01-04");
    expect_in(run.out, "may be the same person as in " FAKE_ID);
    run_done(&run);
    cr_expect(fake_heard(&fake, "query user=a.r\navs=756.9217.0769.85\n"));
}

Test(asking, keeps_a_table_within_the_terminal_and_its_ids_whole)
{
    run_width = 90;
    struct run run = run_cii("query", NULL);

    expect_in(run.out, FAKE_ID);
    expect_not_in(run.out, "Content");
    char *rest = run.out;
    for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n"))
        cr_expect(text_width(line) <= 90, "%s", line);
    run_done(&run);
}

Test(asking, nests_facets_in_json)
{
    struct run run = run_cii("query", "--json", NULL);

    expect_status(run, DONE);
    expect_in(run.out, "{\"kind\":\"event\",\"id\":\"" FAKE_ID "\"");
    expect_in(run.out,
              "\"identity\":{\"avs\":\"756.9217.0769.85\",\"officialName\":"
              "\"B\xe2\x80\xaem\"}");
    run_done(&run);
}

Test(asking, shows_an_event_with_its_verdicts)
{
    struct run run = run_cii("show", FAKE_ID, NULL);

    expect_status(run, DONE);
    expect_in(run.out, "inscription-orp\n");
    expect_in(run.out, "Verdicts");
    expect_in(run.out, "a consent for this case");
    expect_in(run.err, "pilot: test events only; rules that nobody has signed "
                       "off count\n");
    run_done(&run);
}

Test(asking, explains_what_was_and_what_would_be_now)
{
    struct run run = run_cii("explain", FAKE_ID, "--to", "ge.as.hg", NULL);

    expect_status(run, DONE);
    expect_in(run.out, "To ge.as.hg, as recorded on 2016-01-04 08:00: refuse\n"
                       "  missing       a consent for this case\n");
    expect_in(run.out, "To ge.as.hg, as the law says now: transmit\n"
                       "  rule          R01\n"
                       "  law           LACI 85f al. 1\n"
                       "  goes          identity dates\n"
                       "  stays behind  sanction\n");
    run_done(&run);
    cr_expect(fake_heard(&fake, "event=" FAKE_ID "\nto=ge.as.hg\n"));

    run = run_cii("explain", FAKE_ID, "--json", NULL);
    expect_in(run.out, "\"profile\":\"pilot\"");
    expect_text(run.err, "");
    run_done(&run);
}

Test(asking, tells_news_one_a_line)
{
    struct run run = run_cii("watch", NULL);

    expect_status(run, DONE);
    expect_in(run.out, "2016-01-04 08:00  arrived  mesure from ge.orp "
                       "event=" FAKE_ID "\n");
    run_done(&run);
}

Test(asking, says_when_there_is_nothing)
{
    struct run run = run_cii("dossier", "list", NULL);

    expect_status(run, DONE);
    expect_text(run.out, "No dossier is open.\n");
    run_done(&run);
}

Test(asking, ends_with_the_status_of_the_refusal)
{
    struct run run = run_cii("partner", "list", NULL);

    expect_status(run, UNKNOWN);
    expect_in(run.err, "cii: no such verb");
    run_done(&run);
}

Test(asking, shows_types_and_their_fields)
{
    struct run run = run_cii("types", NULL);
    expect_in(run.out, "mesure");
    run_done(&run);

    run = run_cii("types", "mesure", NULL);
    expect_status(run, DONE);
    expect_in(run.out, "identity (must be there)");
    expect_in(run.out, "officialName");
    run_done(&run);

    run = run_cii("types", "measure", "--json", NULL);
    expect_status(run, UNKNOWN);
    run_done(&run);
}

Test(asking, shows_the_state_of_the_daemon)
{
    struct run run = run_cii("status", NULL);

    expect_status(run, DONE);
    expect_in(run.out, "profile  pilot");
    expect_in(run.out, "ge.oai   up");
    run_done(&run);
}

Test(asking, resolves_fields_of_a_dossiers_identity)
{
    struct run run = run_cii("dossier", "open", "--avs", "756.9217.0769.85",
                             "--official-name", "B", "--concerned", "ge.oai",
                             "--concerned", "ge.as.hg", NULL);

    expect_status(run, UNKNOWN);
    run_done(&run);
    cr_expect(fake_heard(&fake, "dossier-open user=\navs=756.9217.0769.85\n"
                                "concerned=ge.oai ge.as.hg\n"
                                "officialName=B\n"));
}

static bool
finds_damage(struct fake_daemon *self, const struct request *request,
             struct buffer *out)
{
    static const struct field field = {"result", "row 7 is missing"};
    static const struct record record = {"verify", {1, &field}};

    (void)self;
    fake_reply(out, &(struct reply){.tag = request->tag,
                                    .last = true,
                                    .record_count = 1,
                                    .record = &record});
    return false;
}

Test(asking, ends_with_one_when_a_check_finds_something)
{
    daemon_stop();
    fake_start(&fake, "administrator", answers_rows);
    struct run run = run_cii("verify", NULL);
    expect_status(run, DONE);
    run_done(&run);
    daemon_stop();

    fake_start(&fake, "administrator", finds_damage);
    run = run_cii("verify", NULL);
    expect_status(run, SOME);
    expect_in(run.out, "row 7");
    run_done(&run);
}
