/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What other rules would have said: the verdicts of the last days are given
 * again, each with what was known at its time, under the office's present
 * rules and under those of a folder.
 *
 * Statements are known from the moment they were stored, and told from the
 * moment a verdict let them go. Whom the dossier named then is not kept; who
 * was concerned although the present rules find nothing that says so, was so
 * by the dossier.
 */
#include <stdlib.h>
#include <string.h>

#include "law/law.h"
#include "legal/inquiry.h"
#include "legal/rules.h"
#include "proto/date.h"
#include "reader/question.h"

#define DAYS_DEFAULT 30
#define DAYS_MAX     36500
#define ARENA_MAX    ((size_t)16 << 20) /* of one event */
#define TURN_MS      100                /* longer than storing and judging */

/* --- the verdicts ---------------------------------------------------------*/

struct given {
    int64_t event;
    int64_t at;
    const char *partner; /* kept */
    uint64_t facets;
    int verdict;
    int ground;
    bool arrival;
};

struct verdicts {
    struct arena *arena;
    struct given *list; /* owned */
    size_t count;
    size_t room;
    bool failed;
};

static void
verdicts_done(struct verdicts *verdicts)
{
    free(verdicts->list);
}

/* Makes room for one more. */
static bool
grow(struct verdicts *verdicts)
{
    if (verdicts->count < verdicts->room)
        return true;
    const size_t room = verdicts->room * 2 + 256;
    struct given *list = reallocarray(verdicts->list, room, sizeof *list);
    if (!list)
        return false;
    verdicts->list = list;
    verdicts->room = room;
    return true;
}

/* Verdicts of one event follow each other, and partners are few: a name that
 * was just seen is not kept again. */
static const char *
keep_partner(const struct verdicts *verdicts, const char *partner)
{
    const size_t count = verdicts->count;
    for (size_t i = 0; i < 16 && i < count; i++)
        if (strcmp(verdicts->list[count - 1 - i].partner, partner) == 0)
            return verdicts->list[count - 1 - i].partner;
    return arena_text(verdicts->arena, partner);
}

/* A duty that was missed is no judgement of the rules. */
static void
see_verdict(void *context, const struct verdict_row *row)
{
    struct verdicts *verdicts = context;
    const char *partner = keep_partner(verdicts, row->partner);
    if (row->verdict == VERDICT_LATE)
        return;
    if (!partner || !grow(verdicts)) {
        verdicts->failed = true;
        return;
    }
    verdicts->list[verdicts->count++] = (struct given){
        .event = row->event,
        .at = row->at,
        .partner = partner,
        .facets = row->facets,
        .verdict = row->verdict,
        .ground = row->ground,
        .arrival = row->arrival,
    };
}

/* --- a trial --------------------------------------------------------------*/

/* Everything that judging again needs. */
struct trial {
    struct question *question;
    struct law *present; /* owned, as all here but the question */
    struct law *other;
    struct competence *competence;
    struct book *book;
    struct book_rows statements;
    size_t known;          /* of these: that many stand in the book */
    struct arena *arena;   /* of the event in hand */
    struct arena *scratch; /* of a statement on its way into the book */
    int64_t number;        /* of the event in hand; 0: none */
    bool readable;         /* it is */
    struct stored_event stored;
    struct case_file file;
    int64_t judged;
    int64_t changed;
};

static void
trial_done(struct trial *trial)
{
    law_destroy(&trial->present);
    law_destroy(&trial->other);
    if (trial->competence)
        competence_destroy(&trial->competence);
    book_destroy(&trial->book);
    book_rows_done(&trial->statements);
    arena_destroy(&trial->arena);
    arena_destroy(&trial->scratch);
}

static enum cii_code
load_rules(struct trial *trial, struct cii_error *err)
{
    const struct question *question = trial->question;
    const struct config *config = question->reader->config;
    const bool pilot = config->profile == PROFILE_PILOT;
    const char *folder = question_argument(question, "rules");
    if (!folder || *folder != '/')
        return cii_fail(err, CII_INVALID,
                        "rules is a folder of rule files, by its whole path");
    CII_TRY(legal_load(&trial->other, folder, question->reader->catalogue,
                       pilot, err));
    return legal_load(&trial->present, config->rules,
                      question->reader->catalogue, pilot, err);
}

static enum cii_code
trial_open(struct trial *trial, struct cii_error *err)
{
    const struct question *question = trial->question;
    const struct reader *reader = question->reader;
    CII_TRY(load_rules(trial, err));
    CII_TRY(arena_new(&trial->arena, ARENA_MAX, err));
    CII_TRY(arena_new(&trial->scratch, ARENA_MAX, err));
    CII_TRY(
        competence_load(&trial->competence, reader->config->competence, err));
    CII_TRY(book_new(&trial->book, reader->catalogue,
                     reader->config->institution, err));
    return book_list(question->archive.store, reader->catalogue, BOOK_EVERYBODY,
                     &trial->statements, err);
}

/* The event of the verdict, opened once for all verdicts that follow each
 * other. */
static enum cii_code
take_event(struct trial *trial, int64_t number, struct cii_error *err)
{
    if (number == trial->number)
        return CII_OK;
    arena_reset(trial->arena);
    trial->number = number;
    trial->readable = false;
    const enum cii_code code = stored_get(&trial->question->archive, number,
                                          trial->arena, &trial->stored, err);
    if (stored_is_damaged(code))
        return CII_OK;
    CII_TRY(code);
    const struct event *event = &trial->stored.event;
    trial->readable =
        case_open(trial->question->reader->catalogue, &event->header,
                  event->facet, event->facet_count, trial->arena, &trial->file,
                  NULL) == CII_OK;
    return CII_OK;
}

/* --- what was known then --------------------------------------------------*/

/*
 * Statement and verdict of one millisecond: the one that came behind the
 * event was known only when the event had waited for it. What arrives is
 * judged before it is believed.
 */
static bool
was_known(const struct trial *trial, const struct given *given,
          int64_t statement, int64_t stored_at)
{
    if (statement == given->event)
        return !given->arrival;
    if (statement < given->event)
        return stored_at <= given->at;
    return stored_at < given->at ||
           (stored_at == given->at &&
            given->at - trial->stored.stored_at > TURN_MS);
}

struct telling {
    struct book *book;
    int64_t person;
    int64_t event;
    int64_t until;
    enum cii_code code;
    struct cii_error *err;
};

static void
see_told(void *context, const struct verdict_row *row)
{
    struct telling *telling = context;
    if (!row->arrival && row->verdict == VERDICT_TRANSMIT &&
        row->at <= telling->until && telling->code == CII_OK)
        telling->code = book_tell(telling->book, telling->person,
                                  telling->event, row->partner, telling->err);
}

static enum cii_code
add_statement(struct trial *trial, int64_t number, int64_t until,
              struct cii_error *err)
{
    struct archive *archive = &trial->question->archive;
    struct stored_event stored;
    arena_reset(trial->scratch);
    const enum cii_code code =
        stored_get(archive, number, trial->scratch, &stored, err);
    if (stored_is_damaged(code))
        return CII_OK;
    CII_TRY(code);
    CII_TRY(book_add_stored(trial->book, &stored, trial->scratch, err));
    struct telling telling = {.book = trial->book,
                              .person = stored.person,
                              .event = number,
                              .until = until,
                              .code = CII_OK,
                              .err = err};
    CII_TRY(store_verdict_each(archive->store, number, NULL, see_told, &telling,
                               err));
    return telling.code;
}

static enum cii_code
learn_until(struct trial *trial, const struct given *given,
            struct cii_error *err)
{
    for (; trial->known < trial->statements.count; trial->known++) {
        const int64_t number = trial->statements.number[trial->known];
        struct event_row row;
        CII_TRY(
            store_event_get(trial->question->archive.store, number, &row, err));
        if (!was_known(trial, given, number, row.stored_at))
            return CII_OK;
        CII_TRY(add_statement(trial, number, given->at, err));
        if (trial->known % PAGE == 0)
            CII_TRY(question_breathe(trial->question, err));
    }
    return CII_OK;
}

static enum cii_code
tell(const struct trial *trial, const struct given *given,
     struct cii_error *err)
{
    if (given->arrival || given->verdict != VERDICT_TRANSMIT)
        return CII_OK;
    return book_tell(trial->book, trial->stored.person, given->event,
                     given->partner, err);
}

/* --- judging twice --------------------------------------------------------*/

struct named {
    const char *partner;
    bool found;
};

static void
see_concern(void *context, const char *institution)
{
    struct named *named = context;
    if (strcmp(named->partner, institution) == 0)
        named->found = true;
}

/* Where the rules alone do not say who was concerned then, the verdict does;
 * where they do, the dossier as it is now. */
static enum cii_code
was_in_dossier(const struct trial *trial, const struct given *given,
               bool by_present, bool *concerned, struct cii_error *err)
{
    struct named named = {.partner = given->partner};
    *concerned = given->ground != GROUND_NOT_CONCERNED;
    if (!*concerned || !by_present || trial->stored.person == 0)
        return CII_OK;
    CII_TRY(store_concern_each(trial->question->archive.store,
                               trial->stored.person, see_concern, &named, err));
    *concerned = named.found;
    return CII_OK;
}

struct twice {
    struct law_question question; /* as the other rules were asked */
    struct law_question present;
    struct judgement was;
    struct judgement now;
};

static struct judgement
judge_under(const struct law *law, struct law_question *question,
            bool by_dossier)
{
    if (!question->arrival)
        question->concerned =
            by_dossier || question->competent || law_concerns(law, question);
    return judge(law, question);
}

/* The statements in both questions are the book's, until it is asked again. */
static enum cii_code
judge_twice(struct trial *trial, const struct given *given, struct twice *twice,
            struct cii_error *err)
{
    const struct reader *reader = trial->question->reader;
    const struct legal legal = {
        .catalogue = reader->catalogue,
        .law = trial->present,
        .competence = trial->competence,
        .book = trial->book,
        .store = trial->question->archive.store,
        .us = reader->config->institution,
    };
    const struct inquiry inquiry = {
        .file = &trial->file,
        .person = trial->stored.person,
        .issuer = trial->stored.event.header.issuer,
        .partner = given->partner,
        .arrival = given->arrival,
        .now = given->at,
    };
    CII_TRY(inquire(&legal, &inquiry, &twice->present, err));
    /* more facets may have come since */
    if (given->arrival)
        twice->present.facets &= given->facets;
    const bool by_present = twice->present.competent ||
                            law_concerns(trial->present, &twice->present);
    bool by_dossier = false;
    CII_TRY(was_in_dossier(trial, given, by_present, &by_dossier, err));
    twice->question = twice->present;
    twice->was = judge_under(trial->present, &twice->present, by_dossier);
    twice->now = judge_under(trial->other, &twice->question, by_dossier);
    return CII_OK;
}

/* --- what is different ----------------------------------------------------*/

static const char *
rule_of(const struct law *law, const struct judgement *judgement)
{
    return judgement->rule < 0 ? ""
                               : law_rule_at(law, (size_t)judgement->rule).id;
}

/* The rule counts where it is told to the partner as the ground. */
static bool
is_changed(const struct trial *trial, const struct twice *twice)
{
    if (twice->was.verdict != twice->now.verdict ||
        twice->was.facets != twice->now.facets)
        return true;
    return twice->was.verdict == VERDICT_TRANSMIT &&
           strcmp(rule_of(trial->present, &twice->was),
                  rule_of(trial->other, &twice->now)) != 0;
}

static void
append_facets(const struct trial *trial, const char *lead, uint64_t facets,
              struct buffer *text)
{
    char names[512];
    if (!facets)
        return;
    facet_set_print(trial->question->reader->catalogue, facets, names,
                    sizeof names);
    buffer_append_format(text, "%s%s %s", text->size ? "; " : "", lead, names);
}

/* What the rules that do not let it go find missing; or what else differs. */
static void
append_why(const struct trial *trial, const struct twice *twice,
           struct buffer *text)
{
    if (twice->now.verdict != VERDICT_TRANSMIT) {
        judgement_missing(trial->other, &twice->now, &twice->question, text);
        return;
    }
    if (twice->was.verdict != VERDICT_TRANSMIT) {
        buffer_append_text(text, "no longer missing: ");
        judgement_missing(trial->present, &twice->was, &twice->present, text);
        return;
    }
    append_facets(trial, "opens", twice->now.facets & ~twice->was.facets, text);
    append_facets(trial, "keeps back", twice->was.facets & ~twice->now.facets,
                  text);
    if (text->size == 0)
        buffer_append_text(text, "another rule carries it");
}

static void
put_facets(struct trial *trial, const char *name, uint64_t facets)
{
    char names[512];
    facet_set_print(trial->question->reader->catalogue, facets, names,
                    sizeof names);
    rows_put(&trial->question->rows, name, names);
}

static void
put_difference(struct trial *trial, const struct given *given,
               const struct twice *twice)
{
    const struct header *header = &trial->stored.event.header;
    cii_auto(buffer_done) struct buffer why = {0};
    struct rows *rows = &trial->question->rows;
    append_why(trial, twice, &why);
    rows_begin(rows, "difference");
    put_id(rows, "event", &header->event_id);
    rows_put(rows, "type", header->event_type);
    rows_put(rows, "issuer", header->issuer);
    rows_put(rows, "partner", given->partner);
    rows_put(rows, "arrival", given->arrival ? "yes" : "no");
    rows_put_moment(rows, "at", given->at);
    rows_put(rows, "was", verdict_name(twice->was.verdict));
    rows_put(rows, "now", verdict_name(twice->now.verdict));
    rows_put(rows, "was_rule", rule_of(trial->present, &twice->was));
    rows_put(rows, "now_rule", rule_of(trial->other, &twice->now));
    put_facets(trial, "was_facets", twice->was.facets);
    put_facets(trial, "now_facets", twice->now.facets);
    rows_put(rows, "why", buffer_text(&why));
}

static enum cii_code
try_verdict(struct trial *trial, const struct given *given,
            struct cii_error *err)
{
    struct twice twice;
    CII_TRY(take_event(trial, given->event, err));
    CII_TRY(learn_until(trial, given, err));
    if (!trial->readable)
        return CII_OK;
    CII_TRY(judge_twice(trial, given, &twice, err));
    trial->judged++;
    if (is_changed(trial, &twice)) {
        trial->changed++;
        put_difference(trial, given, &twice);
    }
    return tell(trial, given, err);
}

/* --- the answer -----------------------------------------------------------*/

static enum cii_code
days_of(const struct question *question, int64_t *days, struct cii_error *err)
{
    const char *text = question_argument(question, "days");
    char *end = NULL;
    *days = DAYS_DEFAULT;
    if (!text)
        return CII_OK;
    *days = strtoll(text, &end, 10);
    if (end == text || *end || *days <= 0 || *days > DAYS_MAX)
        return cii_fail(err, CII_INVALID, "days is a number from 1 to %d",
                        DAYS_MAX);
    return CII_OK;
}

static enum cii_code
list_verdicts(struct question *question, struct verdicts *verdicts,
              struct cii_error *err)
{
    int64_t days = 0;
    int64_t now = 0;
    CII_TRY(days_of(question, &days, err));
    CII_TRY(question_now(question, &now, err));
    CII_TRY(store_verdict_since(question->archive.store, now - days * DAY_MS,
                                see_verdict, verdicts, err));
    return verdicts->failed ? cii_fail(err, CII_MEMORY,
                                       "no memory for the verdicts of so "
                                       "many days; ask for fewer")
                            : question_breathe(question, err);
}

enum cii_code
ask_rules_diff(struct question *question, struct cii_error *err)
{
    cii_auto(trial_done) struct trial trial = {.question = question};
    cii_auto(verdicts_done) struct verdicts verdicts = {.arena =
                                                            question->kept};
    CII_TRY(trial_open(&trial, err));
    CII_TRY(list_verdicts(question, &verdicts, err));
    for (size_t i = 0; i < verdicts.count; i++) {
        CII_TRY(try_verdict(&trial, &verdicts.list[i], err));
        if (question->rows.count >= PAGE)
            CII_TRY(question_flush(question, false, err));
        if (i % PAGE == PAGE - 1)
            CII_TRY(question_breathe(question, err));
    }
    rows_begin(&question->rows, "differences");
    rows_put_number(&question->rows, "judged", trial.judged);
    rows_put_number(&question->rows, "changed", trial.changed);
    return question_flush(question, true, err);
}
