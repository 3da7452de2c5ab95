/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/tool/story.h"

static const struct field dates_on[] = {{"facet", "dates"}, {"name", "on"}};
static const struct field dates_from[] = {{"facet", "dates"}, {"name", "from"}};
static const struct field plan_goal[] = {{"facet", "plan"}, {"name", "goal"}};
static const struct field avs_field[] = {{"facet", "identity"},
                                         {"name", "avs"}};
static const struct field type_oral[] = {{"name", "echange-oral"},
                                         {"may", "identity dates plan"}};
static const struct record catalogue[] = {
    {"field", {2, dates_on}},  {"field", {2, dates_from}},
    {"field", {2, plan_goal}}, {"field", {2, avs_field}},
    {"type", {2, type_oral}},
};

#define OLDER   "0192d8a4-7c00-7000-8000-000000000201"
#define NEWER   "0192d8a4-7c00-7000-8000-000000000202"
#define ENDED   "0192d8a4-7c00-7000-8000-000000000203"
#define FOREIGN "0192d8a4-7c00-7000-8000-000000000204"

#define ATTESTED(name, event, by, how)                  \
    static const struct field name[] = {{"id", event},  \
                                        {"issuer", by}, \
                                        {"state", how}}

ATTESTED(older_fields, OLDER, "ge.orp", "holds");
ATTESTED(newer_fields, NEWER, "ge.orp", "holds");
ATTESTED(ended_fields, ENDED, "ge.orp", "ended");
ATTESTED(foreign_fields, FOREIGN, "ge.as.hg", "holds");
static const struct record attestations[] = {{"statement", {3, newer_fields}},
                                             {"statement", {3, older_fields}},
                                             {"statement", {3, ended_fields}},
                                             {"statement",
                                              {3, foreign_fields}}};

static const struct story_answer answers[] = {{"catalogue", 5, catalogue},
                                              {"statements", 4, attestations},
                                              {NULL, 0, NULL}};

static void
begin(void)
{
    setenv("TZ", "UTC", 1);
    story_answers = answers;
    daemon_start(story_script);
}

TestSuite(stating, .init = begin, .fini = daemon_stop);

/* --- one event ---------------------------------------------------------- */

#define WHO "--avs " STORY_AVS " "
#define IS  " identity.avs=" STORY_AVS

static const struct said {
    const char *line;
    const char *begins;
    const char *ends; /* to whom, and the fields */
} says[] = {
    {"consent withdraw C-1 " WHO, "1 retrait-consentement on=2016-08-31 id=0",
     " withdrawal.withdrawnOn=2016-08-31 withdrawal.withdrawnRef=C-1" IS "\n"},
    {"consent withdraw C-1 " WHO "--on 2016-08-30",
     "1 retrait-consentement on=2016-08-30 id=0",
     " withdrawal.withdrawnOn=2016-08-30 withdrawal.withdrawnRef=C-1" IS "\n"},
    {"attestation give " WHO "--since 2016-01-04 --to ge.as.hg --to ge.oai",
     "1 attestation-client on=2016-08-31 id=0",
     " to=ge.as.hg to=ge.oai" IS " attestation.clientSince=2016-01-04 "
     "attestation.clientUntil=2017-02-28\n"},
    {"attestation give " WHO "--since 2016-01-04 --until 2016-12-31",
     "1 attestation-client", "attestation.clientUntil=2016-12-31\n"},
    {"attestation end " WHO "--to ge.as.hg --case GE-1 --test",
     "1 fin-attestation on=2016-08-31 id=0",
     " case=GE-1 re=" NEWER " as_of= rel= test=1 dry=0 to=ge.as.hg" IS "\n"},
    {"attestation end --local-id orp:47:11", "1 fin-attestation",
     " identity.localPersonIdCategory=orp identity.localPersonId=47:11\n"},
    {"payer undetermined " WHO "--until 2016-12-31 --purpose measure "
     "--purpose claims --to ge.oai",
     "1 payeur-indetermine",
     " to=ge.oai" IS " state.payerUndeterminedUntil=2016-12-31 "
     "state.purpose=measure claims\n"},
    {"veto set " WHO "--reason protection --against ge.as.hg --against ge.pc "
     "--until 2016-12-31",
     "1 veto on=2016-08-31",
     IS " objection.objectionReason=protection "
        "objection.objectionAgainst=ge.as.hg ge.pc "
        "objection.objectionUntil=2016-12-31\n"},
    {"veto lift " FAKE_ID " " WHO, "1 levee-opposition",
     " re=" FAKE_ID " as_of= rel= test=0 dry=0" IS "\n"},
    {"objection record " WHO "--reason opposition-de-la-personne",
     "1 opposition on=2016-08-31",
     IS " objection.objectionReason=opposition-de-la-personne\n"},
    {"objection lift " FAKE_ID " " WHO, "1 levee-opposition",
     " re=" FAKE_ID " "},
    {"information record " WHO "--about after --on 2016-08-20 --how lettre "
     "--proof L-12",
     "1 information-donnee on=2016-08-20",
     "information.toldOn=2016-08-20 information.toldAbout=after "
     "information.toldHow=lettre information.proofRef=L-12" IS "\n"},
    {"record oral " WHO "--to ge.oai --on 2016-08-30 --goal emploi "
     "--dates.from 2016-09-01",
     "1 echange-oral on=2016-08-30",
     " to=ge.oai dates.on=2016-08-30 dates.from=2016-09-01" IS
     " plan.goal=emploi\n"},
    {"reciprocity publish --to ge.as.hg --sends mesure --sends fin-de-droits "
     "--from 2016-01-01 --until 2016-12-31",
     "1 reciprocite on=2016-08-31",
     " to=ge.as.hg reciprocity.grantedTo=ge.as.hg "
     "reciprocity.sends=mesure fin-de-droits "
     "reciprocity.reciprocityFrom=2016-01-01 "
     "reciprocity.reciprocityUntil=2016-12-31\n"},
    {"agreement publish --to ge.oai --kind convention-68bis --ref K-7 --from "
     "2016-01-01 --until 2017-12-31",
     "1 convention on=2016-08-31",
     " to=ge.oai agreement.agreementWith=ge.oai "
     "agreement.agreementKind=convention-68bis agreement.agreementRef=K-7 "
     "agreement.agreementFrom=2016-01-01 agreement.agreementUntil=2017-12-31"
     "\n"},
    {"avs-use publish --responsible direction --announced-on 2016-01-04 "
     "--basis 'LAVS 153c al. 1'",
     "1 usage-navs on=2016-08-31",
     " avs-use.responsible=direction avs-use.announcedOn=2016-01-04 "
     "avs-use.avsLegalBasis=LAVS 153c al. 1\n"},
    {"question ask --topic delai --expert oai --to ge.oai",
     "1 demande-conseil-cii on=2016-08-31",
     " to=ge.oai question.topic=delai question.expert=oai\n"},
};

Test(stating, makes_one_event_of_the_flags)
{
    for (size_t i = 0; i < sizeof says / sizeof says[0]; i++) {
        buffer_clear(&fake.heard);
        struct run run = run_line(says[i].line);
        expect_status(run, DONE);
        expect_in(run.out, "stored: 0");
        expect_in(buffer_text(&fake.heard), says[i].begins);
        expect_in(buffer_text(&fake.heard), says[i].ends);
        run_done(&run);
    }
}

Test(stating, says_nothing_of_the_person_in_a_question)
{
    struct run run = run_line("question ask --topic delai --expert oai --to "
                              "ge.oai --avs " STORY_AVS);

    expect_status(run, USAGE);
    expect_in(run.err, "unknown flag --avs");
    run_done(&run);
}

Test(stating, shows_the_outcome_as_send_does)
{
    struct run run =
        run_line("attestation give " WHO "--since 2016-01-04 --id " FAKE_ID);
    expect_status(run, DONE);
    expect_in(run.out, "stored: " FAKE_ID "\n");
    expect_in(run.out, "ge.as.hg  transmit  R19");
    expect_in(run.err, "pilot: test events only; rules that nobody has signed "
                       "off count\n");
    run_done(&run);

    run = run_line("attestation give " WHO "--since 2016-01-04 --json");
    expect_in(run.out, "\"result\":\"stored\"");
    expect_in(run.out, "\"profile\":\"pilot\"");
    expect_text(run.err, "");
    run_done(&run);
}

Test(stating, tries_out_without_an_id)
{
    struct run run = run_line("veto set " WHO "--reason protection --dry-run");

    expect_status(run, DONE);
    expect_in(run.out, "would be stored; nothing was\n");
    run_done(&run);
    expect_in(buffer_text(&fake.heard), "id= case= re= as_of= rel= test=0 "
                                        "dry=1");
}

Test(stating, says_nothing_of_a_pilot_where_there_is_none)
{
    story_profile = "production";
    struct run run = run_line("attestation end " WHO "--json");
    expect_not_in(run.out, "pilot");
    run_done(&run);

    run = run_line("attestation end " WHO);
    expect_not_in(run.err, "pilot");
    run_done(&run);
}

static bool
leaves_when_sent(struct fake_daemon *self, const struct request *request,
                 struct buffer *out)
{
    return strcmp(request->verb, "send") != 0 &&
           story_script(self, request, out);
}

Test(stating, names_the_id_to_look_for_when_nobody_knows)
{
    fake.script = leaves_when_sent;
    struct run run = run_line("attestation end " WHO "--id " FAKE_ID);

    expect_status(run, OFFLINE);
    expect_in(run.err, "`cii show " FAKE_ID "` tells");
    run_done(&run);
}

static bool
refuses_all(struct fake_daemon *self, const struct request *request,
            struct buffer *out)
{
    struct outcome outcome[8] = {0};

    if (strcmp(request->verb, "send") != 0)
        return story_script(self, request, out);
    for (size_t i = 0; i < request->draft_count && i < 8; i++)
        outcome[i] = (struct outcome){.line = request->draft[i].line,
                                      .event_id = "",
                                      .code = i == 1 ? CII_INVALID : CII_DENIED,
                                      .text = "not that",
                                      .field = ""};
    fake_reply(out, &(struct reply){.tag = request->tag,
                                    .last = true,
                                    .outcome_count = request->draft_count,
                                    .outcome = outcome});
    return true;
}

#define GRANT                                                           \
    "consent grant " WHO "--case GE-1 --purpose integration --purpose " \
    "claims --opens identity --opens plan --form signe --express "      \
    "--told-of-rights --on 2016-08-20 --until 2017-08-19 "

Test(stating, ends_as_the_events_ended)
{
    fake.script = refuses_all;
    struct run run = run_line("attestation end " WHO);
    expect_status(run, LAW);
    expect_in(run.err, "cii: not that\n");
    run_done(&run);

    run = run_line(GRANT "--among ge.orp --among ge.oai --among ge.cch");
    expect_status(run, SOME);
    run_done(&run);
}

Test(stating, ends_no_attestation_that_is_not_there)
{
    story_answers = NULL;
    struct run run = run_line("attestation end " WHO);

    expect_status(run, UNKNOWN);
    expect_in(run.err, "no attestation of ours holds");
    run_done(&run);
    cr_expect(eq(sz, fake.drafts, 0));
    cr_expect(fake_heard(&fake, "statements user=\ntype=attestation-client\n"
                                "avs=" STORY_AVS "\n"));
}

/* --- several ------------------------------------------------------------ */

Test(stating, grants_a_consent_to_every_pair)
{
    struct run run = run_line(GRANT "--ref C-1 --among ge.orp --among ge.as.hg "
                                    "--among ge.oai --between "
                                    "'ge.oai ge.orp'");

    expect_status(run, DONE);
    expect_in(run.out, "consent: C-1\n");
    expect_in(run.out, ", ge.orp and ge.as.hg\n");
    expect_in(run.out, ", ge.as.hg and ge.oai\n");
    run_done(&run);
    cr_expect(eq(sz, fake.drafts, 3), "no pair twice");
    const char *heard = buffer_text(&fake.heard);
    expect_in(heard, "1 consentement on=2016-08-20 id=0");
    expect_in(heard, "consent.between=ge.orp ge.as.hg ");
    expect_in(heard, "consent.between=ge.orp ge.oai ");
    expect_in(heard, "consent.between=ge.as.hg ge.oai ");
    expect_in(heard, "consent.consentRef=C-1 consent.obtainedBy=ge.orp");
    expect_in(heard, "consent.purposes=integration claims ");
    expect_in(heard, "consent.opens=identity plan ");
    expect_in(heard, "consent.express=yes consent.toldOfRights=yes");
    expect_in(heard, "consent.consentOn=2016-08-20");
}

Test(stating, makes_a_reference_that_all_pairs_share)
{
    struct run run = run_line(GRANT "--between 'ge.orp ge.oai' --between "
                                    "'ge.orp ge.cch' --json");
    const char key[] = "{\"kind\":\"consent\",\"ref\":\"";

    expect_status(run, DONE);
    expect_in(run.out, key);
    char ref[64];
    snprintf(ref, sizeof ref, "consent.consentRef=%.36s ",
             strstr(run.out, key) + strlen(key));
    run_done(&run);
    const char *first = strstr(buffer_text(&fake.heard), ref);
    cr_assert(first != NULL);
    cr_expect(strstr(first + 1, ref) != NULL);
}

Test(stating, admits_a_case_for_every_pair_of_the_team)
{
    struct run run =
        run_line("team admit " WHO "--case GE-1 --among ge.orp --among ge.oai "
                 "--among ge.as.hg --on 2016-08-20 --by 'chef de service'");

    expect_status(run, DONE);
    expect_not_in(run.out, "consent:");
    run_done(&run);
    cr_expect(eq(sz, fake.drafts, 3));
    const char *heard = buffer_text(&fake.heard);
    expect_in(heard, "1 admission-cas on=2016-08-20");
    expect_in(heard, "admission.admittedOn=2016-08-20 ");
    expect_in(heard, "admission.admittedBy=chef de service");
    expect_in(heard, "admission.teamPair=ge.oai ge.as.hg");
}

/* --- what is refused before anything leaves ----------------------------- */

static const struct refused {
    const char *line;
    enum tool_status status;
    const char *says;
} refusals[] = {
    {"consent grant " WHO, STATUS_USAGE,
     "until when it holds: missing: --case, --among or --between, --purpose, "
     "--opens, --form, --express, --told-of-rights, --on, --until\n"},
    {"consent grant", STATUS_USAGE, "missing: --avs or --local-id, --case"},
    {GRANT "--among ge.orp --among ge.oai --opens all", STATUS_USAGE,
     "missing: --opens ('all' names nothing)\n"},
    {GRANT "--among ge.orp --among * --purpose ANY", STATUS_USAGE,
     "missing: --among or --between ('*' names nothing), --purpose ('ANY' "
     "names nothing)\n"},
    {GRANT "--among ge.orp", STATUS_INPUT, "at least two institutions"},
    {GRANT "--among ge.orp --among ge.orp", STATUS_INPUT, "a pair is two"},
    {GRANT "--between ge.orp", STATUS_INPUT, "write two institutions"},
    {GRANT "--between 'ge.orp ge.oai ge.cch'", STATUS_INPUT,
     "write two institutions"},
    {GRANT "--among ge.orp --among ge.xyz", STATUS_INPUT, "--among: "},
    {"consent withdraw C-1", STATUS_USAGE, "missing: --avs or --local-id"},
    {"consent list", STATUS_USAGE, "missing: --avs"},
    {"consent letter C-1", STATUS_USAGE, "missing: --lang"},
    {"attestation give --local-id 4711 --since 2016-01-04", STATUS_INPUT,
     "--local-id: write CATEGORY:ID"},
    {"attestation give " WHO, STATUS_USAGE, "missing: --since\n"},
    {"payer undetermined", STATUS_USAGE,
     "missing: --avs or --local-id, "
     "--until, --purpose\n"},
    {"veto lift 12 " WHO, STATUS_INPUT, "cii: 12: an event id is a UUID"},
    {"veto set " WHO, STATUS_USAGE, "missing: --reason\n"},
    {"objection record", STATUS_USAGE, "an objection names"},
    {"information record " WHO, STATUS_USAGE,
     "missing: --about, --on, --how, --proof\n"},
    {"record oral " WHO, STATUS_USAGE, "missing: --to, --on\n"},
    {"record oral " WHO "--to ge.oai --on 2016-08-30 --gaol emploi",
     STATUS_INPUT, "did you mean --goal?"},
    {"team admit " WHO, STATUS_USAGE, "missing: --case, --among, --on, --by\n"},
    {"reciprocity publish", STATUS_USAGE,
     "missing: --to, --sends, --from, --until\n"},
    {"reciprocity publish --to ge.oai --sends * --from 2016-01-01 --until "
     "2016-12-31",
     STATUS_USAGE, "missing: --sends ('*' names nothing)\n"},
    {"agreement publish", STATUS_USAGE,
     "missing: --to, --kind, --ref, --from, --until\n"},
    {"avs-use publish", STATUS_USAGE,
     "missing: --responsible, --announced-on, --basis\n"},
    {"question ask", STATUS_USAGE, "missing: --topic, --expert, --to\n"},
};

Test(stating, names_all_that_is_missing_before_anything_leaves)
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
