/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/tool/story.h"

#define ASK                                                               \
    "request --avs " STORY_AVS " --to ge.oai --purpose fixer --reason "   \
    "nouvelle-demande --basis 'LACI 97a al. 1' --asks plan --asks dates " \
    "--by 2016-09-30 "

static const char *asker = "ge.as.hg";

/* --- the rows of the daemon --------------------------------------------- */

static const struct field from_plan[] = {{"facet", "plan"}, {"name", "goal"}};
static const struct field from_dates[] = {{"facet", "dates"}, {"name", "from"}};
static const struct field as_fields[] = {{"name", "reponse-demande-as"},
                                         {"may", "identity dates"}};
static const struct field ai_fields[] = {{"name", "reponse-demande-ai"},
                                         {"may", "identity plan dates"}};
static const struct field mig_fields[] = {{"name", "reponse-demande-migration"},
                                          {"may", "identity dates"}};
static const struct field other_fields[] = {
    {"name", "reponse-demande-assurance"},
    {"may", "identity dates"},
};
static const struct record catalogue[] = {
    {"field", {2, from_plan}}, {"field", {2, from_dates}},
    {"type", {2, as_fields}},  {"type", {2, ai_fields}},
    {"type", {2, mig_fields}}, {"type", {2, other_fields}},
};

static void
reply_requests(const struct request *request, struct buffer *out)
{
    const struct field arrived[] = {
        {"id", STORY_REQUEST},
        {"direction", "arrived"},
        {"partner", asker},
        {"asks", "dates"},
        {"answer_by", "2016-09-30"},
        {"state", "open"},
        {"identity.avs", STORY_AVS},
        {"identity.officialName", "B"},
        {"at", "2016-08-20T08:00:00"},
    };
    const struct field ours[] = {
        {"id", STORY_OURS},
        {"direction", "ours"},
        {"partner", "ge.oai"},
        {"state", "answered"},
    };
    const struct record rows[] = {{"request", {9, arrived}},
                                  {"request", {4, ours}}};

    story_reply(request, rows, 2, out);
}

static void
reply_questions(const struct request *request, struct buffer *out)
{
    static const struct field asked[] = {
        {"id", STORY_ASKED}, {"direction", "arrived"}, {"partner", "ge.oai"},
        {"topic", "delai"},  {"expert", "orp"},        {"state", "answered"},
        {"days", "3"},
    };
    static const struct record row = {"request", {7, asked}};

    story_reply(request, &row, 1, out);
}

static bool
answers_requests(struct fake_daemon *self, const struct request *request,
                 struct buffer *out)
{
    const bool questions =
        request->argument.field_count > 0 &&
        !strcmp(request->argument.field[0].name, "questions");

    if (strcmp(request->verb, "requests") != 0)
        return story_script(self, request, out);
    if (questions)
        reply_questions(request, out);
    else
        reply_requests(request, out);
    return true;
}

static const struct story_answer answers[] = {{"catalogue", 6, catalogue},
                                              {NULL, 0, NULL}};

static void
begin(void)
{
    setenv("TZ", "UTC", 1);
    story_answers = answers;
    daemon_start(answers_requests);
}

TestSuite(requesting, .init = begin, .fini = daemon_stop);

/* --- asking ------------------------------------------------------------- */

Test(requesting, asks_one_institution_about_one_person)
{
    struct run run = run_line(ASK "--claim-filed-on 2016-07-01");

    expect_status(run, DONE);
    expect_in(run.out, "stored: 0");
    expect_in(run.err, "pilot: test events only");
    run_done(&run);
    cr_expect(eq(sz, fake.drafts, 1));
    const char *heard = buffer_text(&fake.heard);
    expect_in(heard, "1 demande-renseignements on=2016-08-31 id=0");
    expect_in(heard, " to=ge.oai identity.avs=" STORY_AVS
                     " request.requestTo=ge.oai request.requestPurpose=fixer "
                     "request.requestReason=nouvelle-demande "
                     "request.legalBasis=LACI 97a al. 1 "
                     "request.answerBy=2016-09-30 "
                     "request.claimFiledOn=2016-07-01 "
                     "request.asks=identity plan dates\n");
}

static const struct refused {
    const char *line;
    enum tool_status status;
    const char *says;
} refusals[] = {
    {"request", STATUS_USAGE,
     "missing: --avs or --local-id, --to, --purpose, --reason, --basis, "
     "--asks, --by\n"},
    {ASK "--to ge.as.hg", STATUS_USAGE, "nothing is asked in bulk"},
    {ASK "--avs 756.1234.5678.97", STATUS_USAGE, "nothing is asked in bulk"},
    {ASK "--local-id orp:12", STATUS_USAGE, "nothing is asked in bulk"},
    {ASK "--asks all", STATUS_USAGE, "missing: --asks ('all' names nothing)\n"},
    {"request decline " STORY_REQUEST, STATUS_USAGE, "missing: --reason\n"},
    {"request decline 12 --reason autre-organe", STATUS_INPUT,
     "cii: 12: an event id is a UUID"},
    {"request answer " FAKE_ID, STATUS_UNKNOWN,
     "no request with this id arrived here"},
    {"request answer " STORY_OURS, STATUS_INPUT, "that one is ours"},
    {"request decline " STORY_ASKED " --reason autre-organe", STATUS_UNKNOWN,
     "no request with this id"},
    {"question answer " STORY_REQUEST " --advice oui", STATUS_UNKNOWN,
     "no question with this id arrived here"},
    {"question answer " STORY_ASKED, STATUS_USAGE, "missing: --advice\n"},
};

Test(requesting, refuses_what_is_no_request_before_it_leaves)
{
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct run run = run_line(refusals[i].line);
        cr_expect(run.status == refusals[i].status, "%s: %d: %s",
                  refusals[i].line, (int)run.status, run.err);
        expect_in(run.err, refusals[i].says);
        run_done(&run);
    }
    cr_expect(eq(sz, fake.drafts, 0));
}

/* --- answering ---------------------------------------------------------- */

Test(requesting, answers_in_the_type_that_is_for_who_asked)
{
    static const char *const types[][2] = {
        {"ge.as.hg", "1 reponse-demande-as "},
        {"ge.oai", "1 reponse-demande-ai "},
        {"ge.migaut", "1 reponse-demande-migration "},
        {"ge.suva", "1 reponse-demande-assurance "},
        {"ge.orp.nord", "1 reponse-demande-assurance "},
    };

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        asker = types[i][0];
        buffer_clear(&fake.heard);
        struct run run = run_line("request answer " STORY_REQUEST
                                  " --dates.from 2016-01-04");
        expect_status(run, DONE);
        run_done(&run);
        char to[64];
        snprintf(to, sizeof to, " to=%s dates.from=2016-01-04 ", asker);
        expect_in(buffer_text(&fake.heard), types[i][1]);
        expect_in(buffer_text(&fake.heard), " re=" STORY_REQUEST " ");
        expect_in(buffer_text(&fake.heard), to);
        expect_in(buffer_text(&fake.heard),
                  " identity.avs=" STORY_AVS " identity.officialName=B\n");
    }
}

Test(requesting, takes_another_type_where_one_is_named)
{
    struct run run = run_line("request answer " STORY_REQUEST
                              " --type reponse-demande-ai --goal emploi");

    expect_status(run, DONE);
    run_done(&run);
    expect_in(buffer_text(&fake.heard), "1 reponse-demande-ai ");
    expect_in(buffer_text(&fake.heard), "plan.goal=emploi");
}

Test(requesting, declines_with_a_reason)
{
    struct run run = run_line("request decline " STORY_REQUEST
                              " --reason demande-trop-large --test");

    expect_status(run, DONE);
    run_done(&run);
    const char *heard = buffer_text(&fake.heard);
    expect_in(heard, "1 refus-renseignements on=2016-08-31");
    expect_in(heard, " re=" STORY_REQUEST " as_of= rel= test=1 dry=0 "
                     "to=ge.as.hg "
                     "declined.declineReason=demande-trop-large "
                     "identity.avs=" STORY_AVS);
}

Test(requesting, answers_a_question_about_nobody)
{
    struct run run = run_line("question answer " STORY_ASKED
                              " --advice appeler --call-back 0225461111");

    expect_status(run, DONE);
    run_done(&run);
    const char *heard = buffer_text(&fake.heard);
    expect_in(heard, "requests user=\nquestions=yes\n");
    expect_in(heard, "1 reponse-conseil-cii on=2016-08-31");
    expect_in(heard, " re=" STORY_ASKED " ");
    expect_in(heard, " to=ge.oai question.adviceGiven=appeler "
                     "question.callBack=0225461111\n");
    expect_not_in(heard, "identity");
}

/* --- listing ------------------------------------------------------------ */

Test(requesting, lists_requests_and_questions)
{
    struct run run = run_line("request list --open --direction arrived");
    expect_status(run, DONE);
    expect_in(run.out, STORY_REQUEST "  arrived    ge.as.hg  " STORY_AVS " B");
    expect_in(run.out, "2016-09-30  open");
    run_done(&run);

    run = run_line("question list --json");
    expect_in(run.out, "\"topic\":\"delai\"");
    expect_in(run.out, "\"days\":\"3\"");
    run_done(&run);
    const char *heard = buffer_text(&fake.heard);
    expect_in(heard, "requests user=\nopen=yes\ndirection=arrived\n");
    expect_in(heard, "requests user=\nquestions=yes\n");
}
