/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ciid-law test: tables of cases, judged by the engine itself.
 */
#include <stdlib.h>
#include <string.h>

#include "jurist/coverage.h"
#include "jurist/json.h"
#include "jurist/jurist.h"
#include "jurist/sources.h"

/* gcc 12's analyzer takes what a list keeps for a leak; LeakSanitizer watches
 * this file in every test. */
#if defined __GNUC__ && !defined __clang__
#    pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

/* A name may stand once in all files. */
struct name {
    char *text; /* owned */
    const char *path;
    int line;
};

struct run {
    const struct options *options;
    struct sources sources;
    struct scene *scene;
    struct trial trial;
    struct coverage coverage;
    struct json json;
    struct name *name; /* owned */
    size_t name_count;
    size_t cases;
    size_t wrong;
    size_t missing;
    size_t unread; /* files */
};

static void
run_done(struct run *run)
{
    for (size_t i = 0; i < run->name_count; i++)
        free(run->name[i].text);
    free(run->name);
    trial_done(&run->trial);
    coverage_done(&run->coverage);
    scene_destroy(&run->scene);
    sources_done(&run->sources);
}

/* --- what is said --------------------------------------------------------- */

static void
say_json(struct run *run, const struct table *table,
         const struct case_text *text, const char *wrong)
{
    struct json *json = &run->json;

    json_object(json, NULL);
    json_text(json, "file", table->path);
    json_number(json, "line", text->line);
    json_text(json, "case", text->name);
    json_text(json, "rule", run->scene->whole.text.rule);
    json_text(json, "citation", run->scene->whole.text.citation);
    json_text(json, "expect", text->expect);
    json_bool(json, "right", !*wrong);
    if (*wrong)
        json_text(json, "wrong", wrong);
    if (run->trial.law) {
        json_text(json, "verdict", verdict_name(run->trial.judgement.verdict));
        json_text(json, "ground", ground_name(run->trial.judgement.ground));
        json_text(json, "explanation", buffer_text(&run->trial.explanation));
    }
    json_end_object(json);
}

static void
say_case(struct run *run, const struct table *table,
         const struct case_text *text)
{
    cii_auto(buffer_done) struct buffer sentence = {0};

    trial_print_case(&run->trial, &sentence);
    fprintf(run->options->out, "%s:%d: %s%s%s: %s\n", table->path, text->line,
            run->scene->whole.text.rule ? run->scene->whole.text.rule : "",
            run->scene->whole.text.rule ? ", " : "", text->name,
            buffer_text(&sentence));
}

static void
say_wrong(struct run *run, const struct table *table,
          const struct case_text *text)
{
    fprintf(run->options->out, "%s:%d: %s: %s. Here: %s\n", table->path,
            text->line, text->name, buffer_text(&run->trial.wrong),
            *buffer_text(&run->trial.explanation)
                ? buffer_text(&run->trial.explanation)
                : "nothing to explain");
}

static void
say(struct run *run, const struct table *table, const struct case_text *text)
{
    if (!trial_is_right(&run->trial))
        run->wrong++;
    if (run->options->json)
        say_json(run, table, text, buffer_text(&run->trial.wrong));
    else if (!trial_is_right(&run->trial))
        say_wrong(run, table, text);
    else if (run->options->verbose)
        say_case(run, table, text);
}

/* A case that cannot be: the sentence begins with file and line. */
static void
say_impossible(struct run *run, const struct table *table,
               const struct case_text *text, const struct cii_error *why)
{
    run->wrong++;
    run->trial.law = NULL;
    if (run->options->json)
        say_json(run, table, text, why->text);
    else
        fprintf(run->options->out, "%s (%s)\n", why->text, text->name);
}

/* --- cases ---------------------------------------------------------------- */

static enum cii_code
check_name(const struct run *run, const struct table *table,
           const struct case_text *text, struct cii_error *err)
{
    for (size_t i = 0; i < run->name_count; i++)
        if (!strcmp(run->name[i].text, text->name))
            return cii_fail(err, CII_CONFIG,
                            "%s:%d: there is already a case of that name in "
                            "%s:%d",
                            table->path, text->line, run->name[i].path,
                            run->name[i].line);
    return CII_OK;
}

static void
keep_name(struct run *run, const char *path, const struct case_text *text)
{
    char *copy = strdup(text->name);
    struct name *grown =
        copy ? reallocarray(run->name, run->name_count + 1, sizeof *grown)
             : NULL;

    if (!grown) {
        free(copy);
        return;
    }
    run->name = grown;
    run->name[run->name_count++] = (struct name){copy, path, text->line};
}

static enum cii_code
judge_case(struct run *run, const struct table *table, size_t number,
           struct cii_error *err)
{
    const struct law *law = NULL;

    CII_TRY(check_name(run, table, &table->entry[number], err));
    CII_TRY(scene_set(run->scene, table, number, err));
    CII_TRY(sources_law(&run->sources, run->scene->pilot, &law, err));
    CII_TRY(trial_hold(&run->trial, law, run->scene, err));
    coverage_note(&run->coverage, &run->trial);
    return CII_OK;
}

static void
test_file(struct run *run, const char *path)
{
    cii_auto(table_done) struct table table = {0};
    struct cii_error err = {0};

    if (table_load(&table, path, &err) != CII_OK) {
        run->unread++;
        (void)jurist_fail(OUTCOME_UNREAD, "%s", err.text);
        return;
    }
    for (size_t i = 0; i < table.entry_count; i++) {
        run->cases++;
        if (judge_case(run, &table, i, &err) == CII_OK)
            say(run, &table, &table.entry[i]);
        else
            say_impossible(run, &table, &table.entry[i], &err);
        keep_name(run, path, &table.entry[i]);
    }
}

/* --- coverage ------------------------------------------------------------- */

static void
say_missing(void *context, const struct law_rule_view *rule, const char *what)
{
    struct run *run = context;

    if (!run->options->json) {
        fprintf(run->options->out, "%s:%d: rule %s (%s): %s\n", rule->file,
                rule->line, rule->id, rule->citation, what);
        return;
    }
    json_object(&run->json, NULL);
    json_text(&run->json, "rule", rule->id);
    json_text(&run->json, "file", rule->file);
    json_number(&run->json, "line", rule->line);
    json_text(&run->json, "what", what);
    json_end_object(&run->json);
}

static enum cii_code
report_coverage(struct run *run, struct cii_error *err)
{
    const struct law *law = NULL;

    if (!run->options->coverage)
        return CII_OK;
    CII_TRY(sources_law(&run->sources, true, &law, err));
    if (run->options->json)
        json_list(&run->json, "uncovered");
    run->missing = coverage_missing(&run->coverage, law, say_missing, run);
    if (run->options->json)
        json_end_list(&run->json);
    return CII_OK;
}

/* --- the whole ------------------------------------------------------------ */

static enum cii_code
prepare(struct run *run, struct cii_error *err)
{
    const struct law *law = NULL;

    CII_TRY(sources_open(&run->sources, run->options, NULL, err));
    CII_TRY(sources_law(&run->sources, true, &law, err));
    CII_TRY(coverage_init(&run->coverage, law, err));
    return scene_new(&run->scene, run->sources.catalogue, err);
}

static void
summarise(struct run *run)
{
    const size_t files = run->options->operand_count;

    if (run->options->json) {
        json_number(&run->json, "count", (int64_t)run->cases);
        json_number(&run->json, "failed", (int64_t)run->wrong);
        json_end_object(&run->json);
        return;
    }
    fprintf(run->options->out, "%zu case%s in %zu file%s: %zu as expected",
            run->cases, run->cases == 1 ? "" : "s", files,
            files == 1 ? "" : "s", run->cases - run->wrong);
    if (run->wrong)
        fprintf(run->options->out, ", %zu not", run->wrong);
    if (run->unread)
        fprintf(run->options->out, "; %zu could not be read", run->unread);
    if (run->options->coverage)
        fprintf(run->options->out, "; %zu thing%s that no case shows",
                run->missing, run->missing == 1 ? "" : "s");
    fputc('\n', run->options->out);
}

static void
test_files(struct run *run)
{
    if (run->options->json) {
        json_object(&run->json, NULL);
        json_list(&run->json, "cases");
    }
    for (size_t i = 0; i < run->options->operand_count; i++)
        test_file(run, run->options->operand[i]);
    if (run->options->json)
        json_end_list(&run->json);
}

enum outcome
jurist_test(const struct options *options)
{
    cii_auto(run_done) struct run run = {.options = options,
                                         .json = {.out = options->out}};
    struct cii_error err = {0};

    if (options->operand_count == 0)
        return jurist_fail(OUTCOME_USAGE, "test: which files?");
    if (prepare(&run, &err) != CII_OK)
        return jurist_fail(OUTCOME_UNREAD, "%s", err.text);
    test_files(&run);
    if (report_coverage(&run, &err) != CII_OK)
        return jurist_fail(OUTCOME_UNREAD, "%s", err.text);
    summarise(&run);
    if (run.unread)
        return OUTCOME_UNREAD;
    return run.wrong || run.missing ? OUTCOME_FOUND : OUTCOME_OK;
}
