/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ciid-law lint: what is wrong with a folder of rules.
 */
#include <time.h>

#include "jurist/json.h"
#include "jurist/jurist.h"
#include "jurist/lint.h"
#include "jurist/sources.h"

#define DAY_SECONDS 86400

static void
print_findings(const struct findings *findings, FILE *out)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->item[i];
        fputs(finding->file, out);
        if (finding->line > 0)
            fprintf(out, ":%d", finding->line);
        fprintf(out, ": %s%s\n",
                finding->error ? "" : "warning: ", finding->what);
    }
}

static const char *
plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static void
print_text(const struct lint *lint, FILE *out)
{
    const size_t errors = lint->findings.error_count;
    const size_t warnings = lint->findings.count - errors;

    print_findings(&lint->findings, out);
    fprintf(out, "%zu rule%s and %zu predicate%s in %zu file%s: ",
            lint->texts->rule_count, plural(lint->texts->rule_count),
            lint->texts->predicate_count, plural(lint->texts->predicate_count),
            lint->file_count, plural(lint->file_count));
    if (errors > 0)
        fprintf(out, "%zu error%s; nothing is loaded until %s mended\n", errors,
                plural(errors), errors == 1 ? "it is" : "they are");
    else
        fprintf(out, "no error, %zu warning%s\n", warnings, plural(warnings));
}

static void
print_json(const struct lint *lint, const char *folder, FILE *out)
{
    struct json json = {.out = out};

    json_object(&json, NULL);
    json_text(&json, "folder", folder);
    json_number(&json, "files", (int64_t)lint->file_count);
    json_number(&json, "rules", (int64_t)lint->texts->rule_count);
    json_number(&json, "predicates", (int64_t)lint->texts->predicate_count);
    json_list(&json, "findings");
    for (size_t i = 0; i < lint->findings.count; i++) {
        const struct finding *finding = &lint->findings.item[i];
        json_object(&json, NULL);
        json_text(&json, "file", finding->file);
        json_number(&json, "line", finding->line);
        json_text(&json, "level", finding->error ? "error" : "warning");
        json_text(&json, "what", finding->what);
        json_end_object(&json);
    }
    json_end_list(&json);
    json_number(&json, "errors", (int64_t)lint->findings.error_count);
    json_number(&json, "warnings",
                (int64_t)(lint->findings.count - lint->findings.error_count));
    json_end_object(&json);
}

enum outcome
jurist_lint(const struct options *options)
{
    cii_auto(sources_done) struct sources sources = {0};
    cii_auto(lint_done) struct lint lint = {0};
    struct cii_error err = {0};

    if (options->operand_count > 1)
        return jurist_fail(OUTCOME_USAGE, "lint: one folder at a time");
    if (sources_open(&sources, options,
                     options->operand_count ? options->operand[0] : NULL,
                     &err) != CII_OK)
        return jurist_fail(OUTCOME_UNREAD, "%s", err.text);
    lint.catalogue = sources.catalogue;
    lint.today = (int64_t)time(NULL) / DAY_SECONDS;
    if (lint_folder(&lint, sources.rules, &err) != CII_OK)
        return jurist_fail(OUTCOME_UNREAD, "%s", err.text);
    if (options->json)
        print_json(&lint, sources.rules, options->out);
    else
        print_text(&lint, options->out);
    return lint.findings.error_count > 0 ||
                   (options->strict && lint.findings.count > 0)
               ? OUTCOME_FOUND
               : OUTCOME_OK;
}
