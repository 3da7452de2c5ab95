/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one verdict costs against the full rules, with the statements of many
 * other persons in the book; and what loading all rules costs.
 *
 *   judge CONFIG [ROUNDS]      prints one line of JSON
 *
 * A verdict is everything that the daemon does for one partner when the event
 * is open: the view of the book, whether the partner is concerned, judge().
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "conf/config.h"
#include "law/law.h"
#include "legal/book.h"
#include "legal/case_file.h"
#include "legal/rules.h"
#include "proto/date.h"

#define OTHER_PERSONS 1000
#define VERDICTS      100000
#define ROUNDS_MAX    101
/* 2026-06-15 12:00 UTC */
#define NOON INT64_C(1781524800000)

struct bench {
    struct catalogue *catalogue;
    struct law *law;
    struct book *book;
    int64_t events;
};

static void
must(enum cii_code code, const struct cii_error *err)
{
    if (code == CII_OK)
        return;
    fprintf(stderr, "judge: %s\n", err->text);
    exit(2);
}

static double
seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int
compare(const void *one, const void *other)
{
    const double *a = one;
    const double *b = other;

    return (*a > *b) - (*a < *b);
}

static double
median(double *value, size_t count)
{
    qsort(value, count, sizeof *value, compare);
    return value[count / 2];
}

/* --- events --------------------------------------------------------------*/

#define FIELDS_MAX 16

struct made {
    struct header header;
    struct case_file file;
    struct content content[CATALOGUE_FACETS_MAX];
    struct field field[FIELDS_MAX];
    size_t used;
};

static void
begin(const struct bench *bench, struct made *made, const char *type,
      const char *issuer)
{
    memset(made, 0, sizeof *made);
    made->header = (struct header){.issuer = issuer,
                                   .event_type = type,
                                   .occurred_on = "2026-06-01",
                                   .case_ref = "GE-2026-1",
                                   .as_of = "",
                                   .test = true};
    made->file.header = &made->header;
    made->file.type = catalogue_type(bench->catalogue, type);
}

/* The fields of one facet are put one after the other. */
static void
put(const struct bench *bench, struct made *made, const char *facet,
    const char *name, const char *value)
{
    const int number = catalogue_facet(bench->catalogue, facet);
    struct content *content = &made->content[number];

    if (!content->field)
        content->field = &made->field[made->used];
    made->field[made->used++] = (struct field){.name = name, .value = value};
    content->field_count++;
    made->file.facets |= UINT64_C(1) << number;
    made->file.by_number[number] = content;
}

static void
know(struct bench *bench, struct made *made, int64_t person)
{
    struct cii_error err = {0};

    bench->events++;
    memcpy(made->header.event_id.bytes, &bench->events, sizeof bench->events);
    const struct book_event event = {.person = person,
                                     .event = bench->events,
                                     .header = &made->header,
                                     .file = &made->file};
    must(book_add(bench->book, &event, &err), &err);
}

static void
know_consent(struct bench *bench, int64_t person, const char *ref,
             const char *between)
{
    struct made made;

    begin(bench, &made, "consentement", "ge.orp");
    put(bench, &made, "identity", "officialName", "Blanc");
    put(bench, &made, "consent", "consentRef", ref);
    put(bench, &made, "consent", "obtainedBy", "ge.orp");
    put(bench, &made, "consent", "between", between);
    put(bench, &made, "consent", "purposes", "integration");
    put(bench, &made, "consent", "opens",
        "identity contact dates state outcome entitlement plan employability "
        "function");
    put(bench, &made, "consent", "express", "yes");
    put(bench, &made, "consent", "consentForm", "signe");
    put(bench, &made, "consent", "consentOn", "2026-06-01");
    put(bench, &made, "consent", "consentUntil", "2027-05-31");
    put(bench, &made, "consent", "toldOfRights", "yes");
    know(bench, &made, person);
}

/* What the partner needs to be told by consent, too. */
static void
know_partner(struct bench *bench)
{
    struct made made;

    begin(bench, &made, "attestation-client", "ge.as.hg");
    put(bench, &made, "identity", "officialName", "Blanc");
    put(bench, &made, "attestation", "clientSince", "2026-06-01");
    put(bench, &made, "attestation", "clientUntil", "2026-11-30");
    know(bench, &made, 1);
    begin(bench, &made, "reciprocite", "ge.as.hg");
    put(bench, &made, "reciprocity", "grantedTo", "ge.orp");
    put(bench, &made, "reciprocity", "sends", "ouverture-as cloture-as");
    put(bench, &made, "reciprocity", "reciprocityFrom", "2026-01-01");
    put(bench, &made, "reciprocity", "reciprocityUntil", "2027-12-31");
    know(bench, &made, 0);
}

static void
fill_book(struct bench *bench)
{
    struct cii_error err = {0};
    char ref[32];

    must(book_new(&bench->book, bench->catalogue, "ge.orp", &err), &err);
    for (int64_t person = 2; person < 2 + OTHER_PERSONS; person++) {
        snprintf(ref, sizeof ref, "c-%" PRId64, person);
        know_consent(bench, person, ref, "ge.orp ge.as.hg");
    }
    know_consent(bench, 1, "c-1", "ge.orp ge.as.hg");
    know_consent(bench, 1, "c-1", "ge.orp ge.cch");
    know_consent(bench, 1, "c-1", "ge.orp ge.oai");
    know_partner(bench);
}

/* --- verdicts ------------------------------------------------------------*/

struct verdict_case {
    const char *name;
    const char *to;
    enum verdict wanted;
    struct made made;
};

static void
inscription(const struct bench *bench, struct made *made)
{
    begin(bench, made, "inscription-orp", "ge.orp");
    put(bench, made, "identity", "officialName", "Blanc");
    put(bench, made, "dates", "from", "2026-06-01");
    put(bench, made, "entitlement", "daysLeft", "400");
    put(bench, made, "sanction", "sanctionDays", "5");
}

static struct law_question
question_of(const struct verdict_case *asked)
{
    const struct made *made = &asked->made;

    return (struct law_question){.type = made->file.type,
                                 .facets = made->file.facets,
                                 .content = made->file.by_number,
                                 .issuer = "ge.orp",
                                 .discloser = "ge.orp",
                                 .to = asked->to,
                                 .case_ref = made->header.case_ref,
                                 .occurred_on = made->header.occurred_on,
                                 .test = true,
                                 .now = NOON};
}

static enum verdict
ask(struct bench *bench, const struct verdict_case *asked)
{
    struct cii_error err = {0};
    struct book_view view = {0};
    struct law_question question = question_of(asked);

    must(book_view(bench->book, 1, asked->to, false, &view, &err), &err);
    question.statement = view.statement;
    question.statement_count = view.count;
    question.concerned = law_concerns(bench->law, &question);
    return judge(bench->law, &question).verdict;
}

/* The median of the rounds, in nanoseconds for one. */
static double
time_verdicts(struct bench *bench, const struct verdict_case *asked,
              size_t rounds)
{
    double each[ROUNDS_MAX] = {0};

    for (size_t i = 0; i < rounds; i++) {
        const double before = seconds();
        for (size_t j = 0; j < VERDICTS; j++)
            if (ask(bench, asked) != asked->wanted) {
                fprintf(stderr, "judge: %s: not the verdict that is meant\n",
                        asked->name);
                exit(2);
            }
        each[i] = (seconds() - before) / VERDICTS * 1e9;
    }
    return median(each, rounds);
}

/* --- loading -------------------------------------------------------------*/

static void
load(struct bench *bench, const char *config)
{
    struct cii_error err = {0};
    char facets[512];
    char types[512];

    snprintf(facets, sizeof facets, "%s/facets.yaml", config);
    snprintf(types, sizeof types, "%s/event-types.yaml", config);
    must(catalogue_load(&bench->catalogue, facets, types, &err), &err);
}

/* In milliseconds; the last one stays. */
static double
time_loading(struct bench *bench, const char *config, size_t rounds)
{
    struct cii_error err = {0};
    double each[ROUNDS_MAX] = {0};
    char folder[512];

    snprintf(folder, sizeof folder, "%s/rules", config);
    for (size_t i = 0; i < rounds; i++) {
        law_destroy(&bench->law);
        const double before = seconds();
        must(legal_load(&bench->law, folder, bench->catalogue, true, &err),
             &err);
        each[i] = (seconds() - before) * 1e3;
    }
    return median(each, rounds);
}

int
main(int argc, char **argv)
{
    static struct bench bench;
    static struct verdict_case cases[] = {
        {.name = "consent_ns", .to = "ge.as.hg", .wanted = VERDICT_TRANSMIT},
        {.name = "refused_ns", .to = "ge.oai", .wanted = VERDICT_REFUSE},
        {.name = "release_ns", .to = "ge.cch", .wanted = VERDICT_TRANSMIT},
    };
    const size_t wanted = argc > 2 ? strtoul(argv[2], NULL, 10) : 5;
    const size_t rounds = wanted < 1            ? 1
                          : wanted > ROUNDS_MAX ? ROUNDS_MAX
                                                : wanted;

    if (argc < 2) {
        fputs("usage: judge CONFIG [ROUNDS]\n", stderr);
        return 2;
    }
    load(&bench, argv[1]);
    printf("{\"load_ms\": %.2f", time_loading(&bench, argv[1], rounds));
    fill_book(&bench);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        inscription(&bench, &cases[i].made);
        printf(", \"%s\": %.0f", cases[i].name,
               time_verdicts(&bench, &cases[i], rounds));
    }
    printf(", \"statements\": %zu}\n", book_size(bench.book));
    book_destroy(&bench.book);
    law_destroy(&bench.law);
    catalogue_destroy(&bench.catalogue);
    return 0;
}
