/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tool/outcome.h"

#include <inttypes.h>
#include <string.h>

#include "client/tool/rows.h"
#include "client/tool/table.h"
#include "client/tool/text.h"

const char *
outcome_result(enum cii_code code)
{
    if (code == CII_OK)
        return "stored";
    if (code == CII_DUPLICATE)
        return "known";
    return cii_code_class(code) == CII_FAULT ? "unknown" : "refused";
}

static json_t *
verdicts_to_json(const struct cii_outcome *outcome)
{
    json_t *array = json_array();

    for (size_t i = 0; i < outcome->verdict_count && array; i++) {
        const struct cii_verdict *verdict = &outcome->verdict[i];
        (void)json_array_append_new(
            array,
            json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "partner",
                      verdict->partner, "verdict", verdict->verdict, "lane",
                      verdict->lane, "rule", verdict->rule, "citation",
                      verdict->citation, "facets", verdict->facets, "withheld",
                      verdict->withheld, "missing", verdict->missing));
    }
    return array;
}

void
outcome_print_json(const struct tool *tool, const struct cii_outcome *outcome)
{
    json_t *object = json_object();

    if (object && outcome->line > 0)
        (void)json_object_set_new(object, "line",
                                  json_integer((json_int_t)outcome->line));
    if (object && *outcome->event_id)
        (void)json_object_set_new(object, "id", json_string(outcome->event_id));
    if (object) {
        (void)json_object_set_new(object, "result",
                                  json_string(outcome_result(outcome->code)));
        (void)json_object_set_new(object, "code",
                                  json_string(cii_code_name(outcome->code)));
    }
    if (object && *outcome->text)
        (void)json_object_set_new(object, "text", json_string(outcome->text));
    if (object && *outcome->field)
        (void)json_object_set_new(object, "field", json_string(outcome->field));
    if (object && outcome->verdict_count > 0)
        (void)json_object_set_new(object, "verdicts",
                                  verdicts_to_json(outcome));
    json_put_line(tool, object);
}

/* The sentence without the field's name at its front, which stands there. */
static const char *
sentence_of(const struct cii_outcome *outcome)
{
    const char *dot = strrchr(outcome->field, '.');
    const char *name = dot ? dot + 1 : outcome->field;
    const size_t length = strlen(name);

    if (*outcome->text == '\0')
        return cii_code_text(outcome->code);
    if (length > 0 && !strncmp(outcome->text, name, length) &&
        !strncmp(outcome->text + length, ": ", 2))
        return outcome->text + length + 2;
    return outcome->text;
}

void
outcome_print_refusal(const struct tool *tool,
                      const struct cii_outcome *outcome)
{
    fputs("cii: ", tool->err);
    if (outcome->line > 0)
        fprintf(tool->err, "line %" PRIu64, outcome->line);
    if (outcome->line > 0 && *outcome->field)
        fputs(", ", tool->err);
    text_put(tool->err, outcome->field, 0);
    if (outcome->line > 0 || *outcome->field)
        fputs(": ", tool->err);
    text_put(tool->err, sentence_of(outcome), 0);
    putc('\n', tool->err);
}

static enum cii_code
add_verdict(struct table *table, const struct cii_verdict *verdict,
            struct cii_error *err)
{
    char stays[1024];
    const bool both = *verdict->withheld && *verdict->missing;

    snprintf(stays, sizeof stays, "%.500s%s%.500s", verdict->withheld,
             both ? "; " : "", verdict->missing);
    const char *const cell[] = {verdict->partner, verdict->verdict,
                                verdict->rule,    verdict->citation,
                                verdict->facets,  stays};
    return table_add(table, cell, err);
}

enum cii_code
outcome_print_verdicts(const struct tool *tool,
                       const struct cii_outcome *outcome, struct cii_error *err)
{
    static const struct column columns[] = {
        {"Partner", NULL, COLUMN_TEXT, false},
        {"Verdict", NULL, COLUMN_VERDICT, false},
        {"Rule", NULL, COLUMN_TEXT, false},
        {"Law", NULL, COLUMN_TEXT, false},
        {"Goes", NULL, COLUMN_TEXT, false},
        {"Stays behind or is missing", NULL, COLUMN_TEXT, false},
        {NULL, NULL, COLUMN_TEXT, false},
    };
    cii_auto(table_destroy) struct table *table = NULL;

    CII_TRY(table_new(&table, tool, columns, err));
    for (size_t i = 0; i < outcome->verdict_count; i++)
        CII_TRY(add_verdict(table, &outcome->verdict[i], err));
    (void)table_end(table);
    return CII_OK;
}

static void
print_stored(const struct tool *tool, const struct cii_outcome *outcome,
             bool dry_run, const char *label)
{
    if (dry_run)
        fputs("would be stored; nothing was", tool->out);
    else
        fprintf(tool->out, "%s %s",
                outcome->code == CII_DUPLICATE ? "was stored before:"
                                               : "stored:",
                outcome->event_id);
    if (*label) {
        fputs(", ", tool->out);
        text_put(tool->out, label, 0);
    }
    putc('\n', tool->out);
}

enum cii_code
outcome_print(const struct tool *tool, const struct cii_outcome *outcome,
              bool dry_run, const char *label, struct cii_error *err)
{
    if (tool->json) {
        outcome_print_json(tool, outcome);
        return CII_OK;
    }
    if (cii_code_class(outcome->code) != CII_DONE) {
        outcome_print_refusal(tool, outcome);
        return CII_OK;
    }
    print_stored(tool, outcome, dry_run, label);
    if (outcome->verdict_count == 0)
        return CII_OK;
    return outcome_print_verdicts(tool, outcome, err);
}
