/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_JURIST_HARNESS_H
#define TESTS_UNIT_JURIST_HARNESS_H

/*
 * A folder of rules that a test writes, and ciid-law run on it in this
 * process, with the catalogue that ships.
 */

#include <stdlib.h>
#include <string.h>

#include <jurist/jurist.h>

#include "tests/unit/conf/files.h"

#define RUN_WORDS_MAX 16

struct run {
    int status;
    char *out; /* owned */
    size_t size;
};

__attribute__((unused)) static void
run_done(struct run *run)
{
    free(run->out);
}

/* The words of the command line, with the catalogue's behind them. */
__attribute__((unused)) static struct run
run_words(const char *const *words)
{
    char *argv[RUN_WORDS_MAX] = {(char *)(uintptr_t) "ciid-law"};
    int argc = 1;
    struct run run = {0};

    for (; *words; words++)
        argv[argc++] = (char *)(uintptr_t)*words;
    if (access("rules", F_OK) == 0) {
        argv[argc++] = (char *)(uintptr_t) "--facets=" CII_SOURCE_DIR
                                           "/config/facets.yaml";
        argv[argc++] = (char *)(uintptr_t) "--event-types=" CII_SOURCE_DIR
                                           "/config/event-types.yaml";
    }
    FILE *out = open_memstream(&run.out, &run.size);
    cr_assert(out != NULL);
    run.status = (int)jurist_run(argc, argv, out);
    cr_assert(fclose(out) == 0);
    return run;
}

#define RUN(...) run_words((const char *const[]){__VA_ARGS__, NULL})

__attribute__((unused)) static void
expect_says(const struct run *run, const char *words)
{
    cr_expect(strstr(run->out, words) != NULL, "'%s' is not in:\n%.2000s",
              words, run->out);
}

__attribute__((unused)) static void
expect_silent_of(const struct run *run, const char *words)
{
    cr_expect(strstr(run->out, words) == NULL, "'%s' is in:\n%.2000s", words,
              run->out);
}

/* rules/a.yaml with a head and these entries. */
__attribute__((unused)) static void
write_rules(const char *entries)
{
    char *text = NULL;

    if (access("rules", F_OK) != 0)
        make_folder("rules");
    cr_assert(asprintf(&text, "act: An act\n%s", entries) > 0);
    write_file("rules/a.yaml", text);
    free(text);
}

/* A rule that nothing is wrong with; `more` is indented by four. */
#define RULE(id, lane, more)          \
    "  - id: " id "\n"                \
    "    from: [orp]\n"               \
    "    to: [cch]\n"                 \
    "    events: [inscription-orp]\n" \
    "    lane: " lane "\n"            \
    "    facets: [identity, dates]\n" \
    "    citation: Art. 1\n"          \
    "    checked_by: A. Example\n"    \
    "    checked_on: \"2026-01-01\"\n" more

#define PREDICATE(name, more)  \
    "  - name: " name "\n"     \
    "    citation: Art. 2\n"   \
    "    meaning: It is so.\n" \
    "    remedy: make it so\n" more

#define BEGUN                       \
    PREDICATE("begun", "    all:\n" \
                       "      - {field: dates.from, test: before-sending}\n")

#endif
