/* SPDX-License-Identifier: Apache-2.0 */
#include "app/duty.h"
#include "archive/person.h"
#include "base/clock.h"
#include "proto/date.h"
#include "tests/unit/app/office.h"

/*
 * The shipped rules, and events of Monsieur B. that are stored without being
 * sent: each test says what was told to whom, and reads the tasks.
 */

#define LINES(...) ((const struct line[]){__VA_ARGS__, {0}})
#define TOLD       "2026-01-30"

struct line {
    const char *facet;
    const char *field;
    const char *value;
};

struct sample {
    struct header header;
    struct case_file file;
    int64_t number;
};

static int64_t monsieur_b;
static struct sample sample[8];
static size_t sample_count;

static void
set_day(const char *day)
{
    struct date date;
    require_ok(date_parse(&date, day, &error));
    core->story_offset =
        date_to_days(&date) * DAY_MS + DAY_MS / 2 - clock_now();
}

/* The office of the fixture, as another one. */
static void
be(const char *institution)
{
    free(core->config->institution);
    core->config->institution = strdup(institution);
    cr_assert(core->config->institution != NULL);
}

static void
open_case(void)
{
    const struct field field[] = {{"avs", "7569217076985"}};
    const struct content identity = {1, field};
    struct person person;
    open_office();
    set_day("2026-01-10");
    begin_turn();
    require_ok(person_obtain(&core->archive, &identity, US, core_now(core),
                             core->turn_arena, &person, &error));
    monsieur_b = person.number;
    sample_count = 0;
}

static void
close_case(void)
{
    store_rollback(core->store);
    close_office();
}

TestSuite(duty, .init = open_case, .fini = close_case);

/* --- events ---------------------------------------------------------------*/

static void
put_line(struct case_file *file, const struct line *line)
{
    static struct field field[8][EVENT_FACETS_MAX][16];
    const int facet = catalogue_facet(core->catalogue, line->facet);
    cr_assert(facet >= 0, "%s", line->facet);
    size_t at = 0;
    while (file->by_number[facet] &&
           file->by_number[facet] != &file->content[at])
        at++;
    while (!file->by_number[facet] && file->content[at].field_count > 0)
        at++;
    struct content *content = &file->content[at];
    struct field *fields = field[sample_count][at];
    cr_assert(content->field_count < 16);
    fields[content->field_count++] = (struct field){line->field, line->value};
    content->field = fields;
    file->by_number[facet] = content;
    file->facets |= UINT64_C(1) << facet;
}

static void
store_sample(struct sample *event)
{
    const struct header *header = &event->header;
    const struct bytes some = {(const uint8_t *)"x", 1};
    struct event_row row = {
        .issuer = header->issuer,
        .discloser = header->issuer,
        .event_id = header->event_id,
        .digest.bytes = {header->event_id.bytes[15]},
        .header = some,
        .proof = some,
        .sealed = some,
        .type = header->event_type,
        .case_ref = "",
        .occurred_on = header->occurred_on,
        .in_reply_to = header->in_reply_to,
        .person = monsieur_b,
        .origin = strcmp(header->issuer, core->config->institution) == 0
                      ? ORIGIN_OURS
                      : ORIGIN_ARRIVED,
        .stored_at = core_now(core),
        .test = true,
    };
    require_ok(store_event_add(core->store, &row, &error));
    event->number = row.number;
}

static struct sample *
event_of(const char *issuer, const char *type, const struct sample *reply_to,
         const struct line *line)
{
    struct sample *event = &sample[sample_count];
    cr_assert(sample_count < sizeof sample / sizeof sample[0]);
    memset(event, 0, sizeof *event);
    event->header = (struct header){
        .event_id.bytes = {1, 2, 3, 4, 5, 6, 0x70, 0,
                           0x80, [15] = (uint8_t)++sample_count},
        .issuer = issuer,
        .event_type = type,
        .occurred_on = "2026-01-10",
        .case_ref = "",
        .as_of = "",
        .test = true,
    };
    sample_count--;
    if (reply_to)
        event->header.in_reply_to = reply_to->header.event_id;
    event->file.header = &event->header;
    event->file.type = catalogue_type(core->catalogue, type);
    cr_assert(event->file.type >= 0, "%s", type);
    for (; line && line->facet; line++)
        put_line(&event->file, line);
    sample_count++;
    store_sample(event);
    return event;
}

static struct sample *
ours(const char *type, const struct line *line)
{
    return event_of(core->config->institution, type, NULL, line);
}

/* --- what is said of them -------------------------------------------------*/

static struct judgement
by_rule(const char *rule)
{
    const int number = law_rule_find(core->law, rule);
    cr_assert(number >= 0, "%s", rule);
    return (struct judgement){.verdict = VERDICT_TRANSMIT,
                              .rule = number,
                              .owed = -1};
}

static void
tell(const struct sample *event, const char *to,
     const struct judgement *judgement)
{
    const struct verdict_row row = {
        .event = event->number,
        .partner = to,
        .verdict = (int)judgement->verdict,
        .ground = (int)judgement->ground,
        .missing = "",
        .at = core_now(core),
    };
    require_ok(store_verdict_add(core->store, &row, &error));
    require_ok(duty_told(core, event->number, &event->file, monsieur_b, to,
                         judgement, &error));
}

static void
tell_by(const struct sample *event, const char *to, const char *rule)
{
    const struct judgement judgement = by_rule(rule);
    tell(event, to, &judgement);
}

/* As the law says; without statements. */
static void
judged(const struct sample *event, const char *to, const char *want)
{
    const struct law_question question = {
        .type = event->file.type,
        .facets = event->file.facets,
        .content = event->file.by_number,
        .issuer = event->header.issuer,
        .discloser = core->config->institution,
        .to = to,
        .occurred_on = event->header.occurred_on,
        .concerned = true,
        .test = true,
        .now = core_now(core),
    };
    const struct judgement judgement = judge(core->law, &question);
    cr_assert(judgement.rule >= 0, "no rule speaks of it");
    char said[80];
    snprintf(said, sizeof said, "%s %s", verdict_name(judgement.verdict),
             law_rule_at(core->law, (size_t)judgement.rule).id);
    expect_text(said, want);
    tell(event, to, &judgement);
}

static void
issued(const struct sample *event)
{
    require_ok(
        duty_issued(core, event->number, &event->file, monsieur_b, &error));
}

static struct sample *
arrived(const char *from, const char *type, const char *rule,
        const struct line *line)
{
    struct sample *event = event_of(from, type, NULL, line);
    const struct judgement judgement = by_rule(rule);
    require_ok(duty_arrived(core, event->number, &event->file, monsieur_b, from,
                            &judgement, &error));
    return event;
}

/* --- the tasks ------------------------------------------------------------*/

static void
count_event(void *context, int64_t event)
{
    size_t *count = context;
    (void)event;
    ++*count;
}

static void
see_task(void *context, const struct task_row *row)
{
    struct buffer *text = context;
    char due[11] = "-";
    if (row->due_at) {
        const struct date date = date_from_days(swiss_day(row->due_at));
        date_print(&date, due);
    }
    buffer_append_format(text, "%s%s %s %s due %s%s%s%s",
                         text->size ? "; " : "", row->kind,
                         row->rule && *row->rule ? row->rule : "-",
                         row->partner && *row->partner ? row->partner : "-",
                         due, row->late_at ? " late" : "",
                         row->closed_at ? " closed " : "",
                         row->closed_at ? row->proof : "");
}

static const char *
tasks(void)
{
    static struct buffer text;
    const struct task_filter filter = {.person = monsieur_b};
    buffer_clear(&text);
    require_ok(
        store_task_each(core->store, &filter, 100, see_task, &text, &error));
    return buffer_text(&text);
}

static size_t
events_of(int64_t task)
{
    size_t count = 0;
    require_ok(
        store_task_events(core->store, task, count_event, &count, &error));
    return count;
}

static const char *
id_of(const struct sample *event)
{
    static char text[EVENT_ID_TEXT];
    event_id_print(&event->header.event_id, text);
    return text;
}

static void
expect_closed_by(const char *task, const struct sample *event)
{
    char want[200];
    snprintf(want, sizeof want, "%s closed %s", task, id_of(event));
    expect_text(tasks(), want);
}

/* --- informing afterwards -------------------------------------------------*/

Test(duty, one_letter_tells_of_all_that_went_under_a_rule)
{
    const struct sample *registration = ours("inscription-orp", NULL);
    const struct sample *measure = ours("mesure", NULL);

    tell_by(registration, "ge.oai", "R12");
    set_day("2026-01-25");
    tell_by(measure, "ge.oai", "R12");

    expect_text(tasks(), "inform-after R12 - due 2026-02-09");
    cr_expect(eq(sz, events_of(1), 2));
}

Test(duty, nobody_is_told_of_what_stays_inside)
{
    tell_by(ours("mesure", NULL), "ge.cch", "R00");

    expect_text(tasks(), "");
}

Test(duty, who_was_told_of_the_first_is_told_of_the_next)
{
    const struct sample *told =
        event_of(US, "information-donnee", NULL,
                 LINES({"information", "toldAbout", "after"},
                       {"information", "proofRef", "letter 12"}));
    tell_by(ours("inscription-orp", NULL), "ge.oai", "R12");
    arrived("ge.as", "annonce-rap", "R08", NULL);
    issued(told);
    tell_by(ours("mesure", NULL), "ge.oai", "R12");

    expect_text(tasks(), "inform-after R12 - due 2026-02-09 closed letter 12; "
                         "inform-month R08 - due 2026-02-10; "
                         "inform-after R12 - due 2026-02-09");
}

Test(duty, a_proof_that_names_the_person_stays_in_its_event)
{
    const struct sample *told =
        ours("information-donnee",
             LINES({"information", "toldAbout", "after"},
                   {"information", "proofRef", "756.9217.0769.85, page 1"}));
    tell_by(ours("mesure", NULL), "ge.oai", "R12");
    issued(told);

    expect_closed_by("inform-after R12 - due 2026-02-09", told);
}

/* --- informing before -----------------------------------------------------*/

#define UNABLE                             \
    {                                      \
        "report", "incapableOfWork", "yes" \
    }

Test(duty, whoever_was_not_told_of_a_report_is_told_first)
{
    judged(ours("detection-precoce", LINES(UNABLE)), "ge.oai", "refuse R11");
    expect_text(tasks(), "inform-before R11 - due -");

    const struct sample *again =
        ours("detection-precoce",
             LINES(UNABLE, {"report", "informedOn", "2026-01-09"}));
    judged(again, "ge.oai", "transmit R11");
    expect_closed_by("inform-before R11 - due -", again);
}

Test(duty, telling_is_no_task_where_more_is_missing)
{
    judged(ours("detection-precoce", LINES({"report", "longThreat", "no"})),
           "ge.oai", "refuse R11");

    expect_text(tasks(), "");
}

Test(duty, telling_first_is_done_by_saying_so)
{
    judged(ours("detection-precoce", LINES(UNABLE)), "ge.oai", "refuse R11");
    issued(ours("information-donnee",
                LINES({"information", "toldAbout", "contact"},
                      {"information", "proofRef", "a"})));
    expect_text(tasks(), "inform-before R11 - due -");

    issued(ours("information-donnee",
                LINES({"information", "toldAbout", "before"},
                      {"information", "proofRef", "talk of 10 January"})));
    expect_text(tasks(), "inform-before R11 - due - closed talk of 10 January");
}

/* --- informing at consent -------------------------------------------------*/

#define CONSENT(...) ours("consentement", LINES(__VA_ARGS__))
#define TOLD_OF_RIGHTS(told)            \
    {                                   \
        "consent", "toldOfRights", told \
    }

Test(duty, a_consent_that_says_what_was_signed_is_its_own_proof)
{
    issued(CONSENT(TOLD_OF_RIGHTS("yes"), {"consent", "textVersion", "CII 3"}));
    issued(CONSENT(TOLD_OF_RIGHTS("yes"), {"consent", "textVersion", "CII 3"}));

    expect_text(tasks(), "inform-consent S01 - due 2026-01-10 closed CII 3");
    cr_expect(eq(sz, events_of(1), 2), "the pairs of one consent are one");
}

Test(duty, a_consent_that_does_not_asks_for_the_proof)
{
    issued(CONSENT(TOLD_OF_RIGHTS("yes")));
    issued(CONSENT(TOLD_OF_RIGHTS("no"), {"consent", "textVersion", "CII 3"}));
    issued(ours("mesure", NULL));

    expect_text(tasks(), "inform-consent S01 - due 2026-01-10");
}

/* --- arrivals -------------------------------------------------------------*/

Test(duty, a_person_learns_within_a_month_of_what_came)
{
    set_day("2026-01-31");
    arrived("ge.as", "annonce-rap", "R08", NULL);
    arrived("ge.cch", "fin-de-droits", "R00", NULL);

    expect_text(tasks(), "inform-month R08 - due 2026-02-28");
}

Test(duty, a_person_learns_of_the_contact_at_the_office_that_asked)
{
    be("ge.oai");
    arrived("ge.orp", "reponse-demande-ai", "R13", NULL);

    expect_text(tasks(), "inform-contact R13 - due 2026-02-09");
}

Test(duty, a_report_is_answered_within_thirty_days)
{
    be("ge.oai");
    arrived("ge.orp", "detection-precoce", "R11", NULL);
    expect_text(tasks(), "answer R11 ge.orp due 2026-02-09");
    issued(ours("mesure-ai", NULL));
    expect_text(tasks(), "answer R11 ge.orp due 2026-02-09");

    const struct sample *answer = ours("etat-procedure", NULL);
    issued(answer);
    expect_closed_by("answer R11 ge.orp due 2026-02-09", answer);
}

/* --- requests -------------------------------------------------------------*/

#define ASKED LINES({"request", "answerBy", "2026-02-01"})

Test(duty, a_request_is_answered_by_what_reaches_who_asked)
{
    const struct sample *request =
        arrived("ge.as", "demande-renseignements", "S06", ASKED);
    const struct sample *answer =
        event_of(US, "reponse-demande-as", request, NULL);
    judged(answer, "ge.as", "refuse R02");
    tell_by(answer, "ge.cch", "R00");
    tell_by(ours("mesure", NULL), "ge.as", "R02");
    expect_text(tasks(), "request S06 ge.as due 2026-02-01");

    tell_by(answer, "ge.as", "R02");
    expect_closed_by("request S06 ge.as due 2026-02-01", answer);
}

Test(duty, a_request_is_answered_by_declining_it)
{
    const struct sample *request =
        arrived("ge.as", "demande-renseignements", "S06", ASKED);
    const struct sample *declined =
        event_of(US, "refus-renseignements", request, NULL);
    issued(declined);

    expect_closed_by("request S06 ge.as due 2026-02-01", declined);
}

Test(duty, two_requests_want_two_answers)
{
    const struct sample *first =
        arrived("ge.as", "demande-renseignements", "S06", ASKED);
    const struct sample *second =
        arrived("ge.as", "demande-renseignements", "S06", ASKED);
    tell_by(event_of(US, "reponse-demande-as", second, NULL), "ge.as", "R02");
    expect_text(tasks(), "request S06 ge.as due 2026-02-01");

    const struct sample *last =
        event_of(US, "refus-renseignements", first, NULL);
    issued(last);
    expect_closed_by("request S06 ge.as due 2026-02-01", last);
}

/* --- duties ---------------------------------------------------------------*/

#define DECISION(...)   \
    ours("decision-ai", \
         LINES({"identity", "avs", "7569217076985"}, __VA_ARGS__))
#define TOUCHES(kinds)               \
    {                                \
        "decision", "touches", kinds \
    }

Test(duty, a_copy_is_owed_until_it_is_sent)
{
    be("ge.oai");
    judged(DECISION(TOUCHES("as")), "ge.as", "refuse R19");
    expect_text(tasks(), "duty R19 ge.as due 2026-02-09");

    const struct sample *copy =
        DECISION(TOUCHES("as"),
                 {"decision", "copy", "The degree is 30 percent."},
                 {"decision", "withoutMedicalReasons", "yes"});
    judged(copy, "ge.jeunes", "refuse R19");
    expect_text(tasks(), "duty R19 ge.as due 2026-02-09");
    judged(copy, "ge.as", "transmit R19");
    expect_closed_by("duty R19 ge.as due 2026-02-09", copy);
}

Test(duty, a_copy_with_medical_reasons_is_owed_to_the_fund_too)
{
    be("ge.oai");
    judged(DECISION(TOUCHES("cch"), {"decision", "copy", "A copy."}), "ge.cch",
           "refuse R16");

    expect_text(tasks(), "duty R16 ge.cch due 2026-02-09");
}

Test(duty, what_a_human_has_closed_is_not_asked_for_again)
{
    be("ge.oai");
    const struct sample *decision = DECISION(TOUCHES("as"));
    judged(decision, "ge.as", "refuse R19");
    require_ok(store_task_close(core->store, 1, "by post", 1, &error));
    judged(decision, "ge.as", "refuse R19");
    expect_text(tasks(), "duty R19 ge.as due 2026-02-09 closed by post");

    judged(DECISION(TOUCHES("as")), "ge.as", "refuse R19"); /* another one */
    expect_text(tasks(), "duty R19 ge.as due 2026-02-09 closed by post; "
                         "duty R19 ge.as due 2026-02-09");
}

Test(duty, nothing_is_owed_to_whom_a_decision_does_not_touch)
{
    be("ge.oai");
    judged(DECISION(TOUCHES("cch")), "ge.as", "refuse R52");

    expect_text(tasks(), "");
}

#define PAID(...)                                         \
    ours("versement-pc-etranger",                         \
         LINES({"identity", "officialName", "Exemple"},   \
               {"identity", "firstName", "A"},            \
               {"identity", "dateOfBirth", "1990-03-14"}, \
               {"identity", "nationality", "PT"},         \
               {"amounts", "benefit", "pc-annuelle"}, __VA_ARGS__))

Test(duty, benefits_to_foreigners_are_told_in_twenty_days)
{
    be("ge.pc");
    judged(PAID({"identity", "avs", "7569217076985"}), "ge.migaut",
           "refuse R27");
    expect_text(tasks(), "duty R27 ge.migaut due 2026-01-30");

    const struct sample *paid = PAID({"address", "town", "Geneva"});
    judged(paid, "ge.migaut", "transmit R27");
    expect_closed_by("duty R27 ge.migaut due 2026-01-30", paid);
}

Test(duty, what_is_met_in_time_needs_no_task)
{
    be("ge.pc");
    set_day(TOLD); /* the last day */
    judged(PAID({"address", "town", "Geneva"}), "ge.migaut", "transmit R27");

    expect_text(tasks(), "");
}

Test(duty, what_is_met_late_stays_on_record_once)
{
    be("ge.pc");
    set_day("2026-01-31");
    const struct sample *paid = PAID({"address", "town", "Geneva"});
    judged(paid, "ge.migaut", "transmit R27");
    judged(paid, "ge.migaut", "transmit R27");

    expect_closed_by("duty R27 ge.migaut due 2026-01-30 late", paid);
}

/* --- nobody is concerned --------------------------------------------------*/

#define REFUGEE(positive)                                              \
    ours("annonce-rap", LINES({"permit", "status", "refugie-reconnu"}, \
                              {"employability", "withoutWork", "yes"}, \
                              {"employability", "assessed", "yes"},    \
                              {"employability", "positive", positive}))

Test(duty, what_nobody_is_named_for_is_owed_to_somebody)
{
    be("ge.as");
    const struct sample *report = REFUGEE("yes");
    issued(report);
    expect_text(tasks(), "duty R08 - due 2026-02-09");

    judged(report, "ge.orp", "transmit R08"); /* who is named at last */
    expect_closed_by("duty R08 - due 2026-02-09", report);
}

Test(duty, nothing_is_owed_where_the_event_is_no_case_of_it)
{
    be("ge.as");
    issued(REFUGEE("no"));
    issued(ours("ouverture-as", NULL));
    const struct sample *report = REFUGEE("yes");
    judged(report, "ge.orp", "transmit R08");
    issued(report);

    expect_text(tasks(), "");
}

Test(duty, a_correction_that_nobody_needs_is_owed_to_nobody)
{
    issued(ours("rectification", LINES({"dates", "from", "2026-01-05"})));

    expect_text(tasks(), "");
}

Test(duty, events_about_nobody_are_no_tasks)
{
    const struct sample *report = REFUGEE("yes");
    be("ge.as");
    const struct judgement judgement = by_rule("R08");
    require_ok(duty_issued(core, report->number, &report->file, 0, &error));
    require_ok(duty_arrived(core, report->number, &report->file, 0, "ge.as",
                            &judgement, &error));
    require_ok(duty_told(core, report->number, &report->file, 0, "ge.orp",
                         &judgement, &error));
    static struct buffer text;
    require_ok(store_task_each(core->store, &(struct task_filter){0}, 100,
                               see_task, &text, &error));
    cr_expect(eq(sz, text.size, 0));
}

/* --- what falls due -------------------------------------------------------*/

static void
see_verdict(void *context, const struct verdict_row *row)
{
    struct buffer *text = context;
    buffer_append_format(text, "[%s %s %s]",
                         verdict_name((enum verdict)row->verdict),
                         row->rule ? row->rule : "", row->missing);
}

static const char *
verdicts(const struct sample *event)
{
    static struct buffer text;
    buffer_clear(&text);
    require_ok(store_verdict_each(core->store, event->number, NULL, see_verdict,
                                  &text, &error));
    return buffer_text(&text);
}

static void
tick(void)
{
    bool more = true;
    require_ok(duty_tick(core, &more, &error));
    cr_expect(more == false);
}

Test(duty, what_falls_due_is_found_late_once)
{
    be("ge.oai");
    const struct sample *decision = DECISION(TOUCHES("as"));
    judged(decision, "ge.as", "refuse R19");
    set_day("2026-02-09");
    tick();
    expect_text(tasks(), "duty R19 ge.as due 2026-02-09");

    set_day("2026-02-10");
    tick();
    tick();
    expect_text(tasks(), "duty R19 ge.as due 2026-02-09 late");
    expect_text(verdicts(decision),
                "[refuse  ][late R19 due 2026-02-09, not sent]");
}

Test(duty, what_is_late_and_no_duty_gets_no_verdict)
{
    const struct sample *measure = ours("mesure", NULL);
    tell_by(measure, "ge.oai", "R12");
    set_day("2026-02-10");
    tick();

    expect_text(tasks(), "inform-after R12 - due 2026-02-09 late");
    expect_text(verdicts(measure), "[transmit  ]");
}

Test(duty, many_that_fell_due_are_found_in_several_calls)
{
    bool more = false;
    for (size_t i = 0; i < DUTY_TICK_TASKS + 1; i++) {
        char asker[32];
        snprintf(asker, sizeof asker, "ge.as.n%zu", i);
        struct task_row row = {.kind = "answer",
                               .person = monsieur_b,
                               .partner = asker,
                               .due_at = 1};
        require_ok(store_task_open(core->store, &row, &error));
    }
    require_ok(duty_tick(core, &more, &error));
    cr_expect(more);
    tick();
}
