/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/tool/story.h"

/* --- the rows of the daemon --------------------------------------------- */

static const struct field consent_fields[] = {
    {"ref", "C-1"},
    {"case", "GE-1"},
    {"state", "withdrawn"},
};
static const struct field pair_fields[] = {
    {"event", FAKE_ID},
    {"between", "ge.orp ge.oai"},
    {"told", "ge.oai"},
};
static const struct field withdrawal_fields[] = {
    {"partner", "ge.oai"},
    {"state", "accepted"},
    {"at", "2016-08-31T08:00:00.000Z"},
};
static const struct field statement_fields[] = {
    {"id", FAKE_ID},
    {"type", "consentement"},
    {"issuer", "ge.orp"},
    {"state", "holds"},
    {"consent.consentRef", "C-1"},
    {"consent.between", "ge.orp ge.oai"},
    {"attestation.clientSince", "2016-01-04"},
};
static const struct field task_fields[] = {
    {"number", "7"},
    {"what", "inform-after"},
    {"partner", "ge.oai"},
    {"due", "2016-09-30"},
    {"citation", "LACI 85f al. 4"},
    {"identity.avs", STORY_AVS},
};
static const struct field task_event_fields[] = {
    {"event", FAKE_ID},
    {"type", "mesure"},
    {"facets", "identity plan"},
};
static const struct field letter_fields[] = {
    {"lang", "fr"},
    {"text", "Monsieur,\n\nNous avons \xe2\x80\xaetransmis.\n"},
};
static const struct field judgement_fields[] = {
    {"partner", "ge.oai"},
    {"verdict", "refuse"},
    {"rule", "R12"},
    {"missing", "a consent for this case"},
};
static const struct field rules_fields[] = {
    {"rules", "61"},
    {"predicates", "140"},
    {"folder", "/etc/ciid/rules"},
};
static const struct field difference_fields[] = {
    {"event", FAKE_ID}, {"type", "mesure"},  {"partner", "ge.oai"},
    {"was", "refuse"},  {"now", "transmit"}, {"why", "R12: consent"},
};
static const struct field differences_fields[] = {{"judged", "40"},
                                                  {"changed", "1"}};
static const struct field dossier_fields[] = {{"case", "GE-1"}};

static const struct record consent_rows[] = {ROW(consent), ROW(pair),
                                             ROW(withdrawal)};
static const struct record statement_rows[] = {ROW(statement)};
static const struct record task_rows[] = {ROW(task), ROW(task_event)};
static const struct record closed_rows[] = {ROW(task)};
static const struct record letter_rows[] = {ROW(letter)};
static const struct record judgement_rows[] = {ROW(judgement)};
static const struct record rules_rows[] = {ROW(rules)};
static const struct record diff_rows[] = {ROW(difference), ROW(differences)};
static const struct record dossier_rows[] = {ROW(dossier)};

static const struct story_answer answers[] = {
    {"consent", 3, consent_rows},
    {"statements", 1, statement_rows},
    {"tasks", 2, task_rows},
    {"task-close", 1, closed_rows},
    {"letter", 1, letter_rows},
    {"again", 1, judgement_rows},
    {"forward", 1, judgement_rows},
    {"rules-reload", 1, rules_rows},
    {"rules-diff", 2, diff_rows},
    {"dossier-open", 1, dossier_rows},
    {NULL, 0, NULL},
};

static void
begin(void)
{
    setenv("TZ", "UTC", 1);
    story_answers = answers;
    daemon_start(story_script);
}

static void
begin_as_administrator(void)
{
    story_answers = answers;
    fake_start(&fake, "administrator", story_script);
    snprintf(run_dir, sizeof run_dir, "%s", fake.dir);
}

TestSuite(duties, .init = begin, .fini = daemon_stop);
TestSuite(rules_of_daemon, .init = begin_as_administrator, .fini = daemon_stop);

/* --- consents and statements -------------------------------------------- */

Test(duties, show_who_was_told_of_a_consent_and_who_answered)
{
    struct run run = run_line("consent show C-1");

    expect_status(run, DONE);
    expect_in(run.out, "Consent C-1\n");
    expect_in(run.out, "withdrawn");
    expect_in(run.out, "ge.orp ge.oai  ge.oai  " FAKE_ID);
    expect_in(run.out, "ge.oai   accepted  2016-08-31 08:00");
    run_done(&run);
    cr_expect(fake_heard(&fake, "consent user=\nref=C-1\n"));
}

Test(duties, say_that_a_consent_is_not_known)
{
    story_answers = NULL;
    struct run run = run_line("consent show C-2");

    expect_status(run, UNKNOWN);
    expect_in(run.err, "no such consent here");
    run_done(&run);
}

static const struct listing {
    const char *line;
    const char *heard;
    const char *shows;
} listings[] = {
    {"consent list --avs " STORY_AVS,
     "statements user=\ntype=consentement\navs=" STORY_AVS "\n",
     "C-1        ge.orp ge.oai"},
    {"attestation list --avs " STORY_AVS " --ended",
     "statements user=\ntype=attestation-client\navs=" STORY_AVS
     "\nended=yes\n",
     "2016-01-04"},
    {"statement list", "statements user=\n", "consentement  ge.orp  holds"},
    {"statement list --type veto --ended",
     "statements user=\ntype=veto\nended=yes\n", "consentement"},
    {"task list --kind duty --late --all --avs " STORY_AVS,
     "tasks user=\nkind=duty\nlate=yes\nall=yes\navs=" STORY_AVS "\n",
     "7   inform-after  " STORY_AVS "  ge.oai"},
    {"task show 7", "tasks user=\ntask=7\n", "mesure  " FAKE_ID},
    {"task close 7 --proof L-12", "task-close user=\ntask=7\nproof=L-12\n",
     "inform-after"},
    {"dossier open --avs " STORY_AVS " --commune 6621",
     "dossier-open user=\navs=" STORY_AVS "\ncommune=6621\n", "GE-1"},
};

Test(duties, ask_and_show_rows)
{
    for (size_t i = 0; i < sizeof listings / sizeof listings[0]; i++) {
        buffer_clear(&fake.heard);
        struct run run = run_line(listings[i].line);
        expect_status(run, DONE);
        expect_in(run.out, listings[i].shows);
        expect_in(buffer_text(&fake.heard), listings[i].heard);
        expect_not_in(run.err, "pilot");
        run_done(&run);
    }
}

Test(duties, say_when_there_are_none)
{
    story_answers = NULL;
    struct run run = run_line("task list");
    expect_text(run.out, "Nothing is to be done.\n");
    run_done(&run);

    run = run_line("task show 9");
    expect_status(run, UNKNOWN);
    expect_in(run.err, "no such task here");
    run_done(&run);

    run = run_line("task show x");
    expect_status(run, INPUT);
    run_done(&run);
}

/* --- letters ------------------------------------------------------------ */

Test(duties, print_a_letter_line_by_line_and_nothing_that_a_terminal_obeys)
{
    struct run run = run_line("task letter 7 --lang fr");
    expect_status(run, DONE);
    expect_text(run.out, "Monsieur,\n\nNous avons ?transmis.\n");
    run_done(&run);

    run = run_line("consent letter C-1 --lang de --json");
    expect_in(run.out, "\"text\":\"Monsieur,\\n");
    run_done(&run);
    cr_expect(fake_heard(&fake, "letter user=\ntask=7\nlang=fr\n"));
    cr_expect(fake_heard(&fake, "letter user=\nconsent=C-1\nlang=de\n"));
}

/* --- judged again ------------------------------------------------------- */

Test(duties, judge_again_and_forward)
{
    struct run run = run_line("again " FAKE_ID " --to ge.oai");
    expect_status(run, DONE);
    expect_in(run.out, "ge.oai   refuse   R12");
    expect_in(run.err, "pilot: test events only");
    run_done(&run);

    run = run_line("forward " FAKE_ID " --to ge.oai --json");
    expect_in(run.out, "\"verdict\":\"refuse\"");
    expect_in(run.out, "\"profile\":\"pilot\"");
    run_done(&run);
    cr_expect(fake_heard(&fake, "again user=\nevent=" FAKE_ID "\nto=ge.oai\n"));
    cr_expect(
        fake_heard(&fake, "forward user=\nevent=" FAKE_ID "\nto=ge.oai\n"));
}

/* --- rules -------------------------------------------------------------- */

Test(rules_of_daemon, are_read_again)
{
    struct run run = run_line("rules reload");

    expect_status(run, DONE);
    expect_in(run.out, "61     140         /etc/ciid/rules");
    run_done(&run);
    cr_expect(fake_heard(&fake, "rules-reload user=\n"));
}

Test(rules_of_daemon, end_with_one_where_a_verdict_would_change)
{
    struct run run = run_line("rules diff --rules /etc/other --days 7");
    expect_status(run, SOME);
    expect_in(run.out, "Verdicts that would change\n");
    expect_in(run.out, "refuse  transmit");
    expect_in(run.out, "R12: consent");
    expect_in(run.out, "40 verdicts judged again, 1 would change\n");
    expect_in(run.err, "pilot: test events only");
    run_done(&run);
    cr_expect(fake_heard(&fake, "rules-diff user=\nrules=/etc/other\n"
                                "days=7\n"));

    run = run_line("rules diff --rules /etc/other --json");
    expect_status(run, SOME);
    expect_in(run.out, "\"profile\":\"pilot\"");
    run_done(&run);
}

Test(rules_of_daemon, end_with_nought_where_none_would)
{
    static const struct record none[] = {ROW(differences)};
    static const struct story_answer same[] = {{"rules-diff", 1, none},
                                               {NULL, 0, NULL}};

    story_answers = same;
    struct run run = run_line("rules diff --rules /etc/other");
    expect_status(run, DONE);
    expect_not_in(run.out, "Verdicts that would change");
    run_done(&run);
}
