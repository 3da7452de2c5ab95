/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ciid-law show: a rule or a predicate, in words.
 */
#include <string.h>

#include "jurist/json.h"
#include "jurist/jurist.h"
#include "jurist/screen.h"
#include "jurist/sources.h"
#include "jurist/words.h"

#define LABEL_COLUMN 18
#define NEED_COLUMN  (LABEL_COLUMN + 2)
#define WIDTH        79

struct showing {
    FILE *out;
    size_t width;
    const struct rule_texts *texts;
    const struct law *law;
    const struct catalogue *catalogue;
    struct json json;
};

/* --- lines ---------------------------------------------------------------- */

static void
label(const struct showing *show, const char *name)
{
    fprintf(show->out, "  %s", name);
    screen_pad(show->out, LABEL_COLUMN - 2 - strlen(name));
}

static void
line(const struct showing *show, const char *name, const char *text)
{
    label(show, name);
    screen_wrap(show->out, text, LABEL_COLUMN, show->width);
}

static void
line_of(const struct showing *show, const char *name, struct buffer *text)
{
    line(show, name, buffer_text(text));
    buffer_clear(text);
}

/* --- a predicate ---------------------------------------------------------- */

static void
show_tests(const struct showing *show, const char *name,
           const struct test_text *test, size_t count)
{
    cii_auto(buffer_done) struct buffer text = {0};

    for (size_t i = 0; i < count; i++) {
        test_print(&test[i], &text);
        line_of(show, i == 0 ? name : "", &text);
    }
}

static void
show_statement(const struct showing *show, const struct predicate_text *text)
{
    cii_auto(buffer_done) struct buffer what = {0};

    if (names_count(text->statement) == 0)
        return;
    buffer_append_text(&what, text->none ? "that there is none of " : "");
    names_print(text->statement, &what);
    if (text->by)
        buffer_append_format(&what, ", %s", maker_meaning(text->by));
    if (text->same_case)
        buffer_append_text(&what, ", of the event's own case");
    if (text->answered)
        buffer_append_text(&what, ", that the event answers");
    buffer_append_text(&what,
                       text->ended ? ", even when it has ended" : ", in force");
    line_of(show, "Rests on", &what);
}

static void
show_effects(const struct showing *show, const struct predicate_text *text)
{
    if (text->fact)
        line(show, "Rests on", fact_meaning(text->fact));
    if (text->basis)
        line(show, "Basis", text->basis);
    if (text->narrows)
        line(show, "Narrows", "what it does not list stays behind");
    if (text->stops)
        line(show, "Stops",
             "while it is true, a duty waits for a human and everything else "
             "stays");
    if (text->concerns)
        line(show, "Concerns",
             "while it is true, the receiver is concerned by the person");
}

static void
show_users(const struct showing *show, const char *name)
{
    cii_auto(buffer_done) struct buffer text = {0};

    for (size_t i = 0; i < show->texts->rule_count; i++)
        if (names_have(show->texts->rule[i].needs, name))
            buffer_append_format(&text, "%s ", show->texts->rule[i].id);
    line(show, "Needed by", text.size ? buffer_text(&text) : "no rule");
}

static void
show_place(const struct showing *show, const char *file, int number)
{
    cii_auto(buffer_done) struct buffer text = {0};

    buffer_append_format(&text, "%s:%d", file, number);
    line_of(show, "Written in", &text);
}

static void
show_predicate(const struct showing *show, const struct predicate_text *text)
{
    fprintf(show->out, "Predicate %s\n", text->name);
    line(show, "Says", text->meaning);
    line(show, "Law", text->citation);
    line(show, "Else", text->remedy);
    show_statement(show, text);
    show_effects(show, text);
    show_tests(show, "Every one of", text->all, text->all_count);
    show_tests(show, "One of", text->any, text->any_count);
    show_users(show, text->name);
    show_place(show, text->file, text->line);
}

/* --- a rule: who, what, why ----------------------------------------------- */

static void
show_kinds(const struct showing *show, const char *name, char *const *kinds)
{
    cii_auto(buffer_done) struct buffer text = {0};

    for (size_t i = 0; i < names_count(kinds); i++) {
        const enum institution_kind kind = kind_find(kinds[i]);
        buffer_append_format(&text, "%s%s", i ? ", " : "",
                             kind == KIND_COUNT ? "any institution" : kinds[i]);
        if (kind != KIND_COUNT)
            buffer_append_format(&text, " (%s)", kind_meaning((int)kind));
    }
    line_of(show, name, &text);
}

static void
show_events(const struct showing *show, char *const *events)
{
    cii_auto(buffer_done) struct buffer text = {0};

    for (size_t i = 0; i < names_count(events); i++) {
        const int type = catalogue_type(show->catalogue, events[i]);
        if (type < 0)
            buffer_append_text(&text, "any event");
        else
            buffer_append_format(&text, "%s: %s", events[i],
                                 show->catalogue->type[type].meaning);
        line_of(show, i == 0 ? "May tell" : "", &text);
    }
}

static void
show_lane(const struct showing *show, const struct rule_text *rule)
{
    cii_auto(buffer_done) struct buffer text = {0};
    const enum row row = row_find(rule->lane);

    buffer_append_format(&text, "%s: %s", row_name(row), row_meaning(row));
    line_of(show, "Lane", &text);
}

static void
show_need(const struct showing *show, const char *name, int predicate)
{
    cii_auto(buffer_done) struct buffer text = {0};

    screen_pad(show->out, LABEL_COLUMN);
    if (predicate < 0) {
        buffer_append_format(&text, "%s%s", name,
                             !strcmp(name, NEED_RETURN)
                                 ? ": the receiver issued the event itself"
                                 : ": nobody defines it, so it is never true");
        screen_wrap(show->out, buffer_text(&text), NEED_COLUMN, show->width);
        return;
    }
    const struct predicate_text *need = &show->texts->predicate[predicate];
    buffer_append_format(&text, "%s (%s)", name, need->citation);
    screen_wrap(show->out, buffer_text(&text), NEED_COLUMN, show->width);
    screen_pad(show->out, NEED_COLUMN);
    screen_wrap(show->out, need->meaning, NEED_COLUMN, show->width);
    screen_pad(show->out, NEED_COLUMN);
    buffer_clear(&text);
    buffer_append_format(&text, "Else: %s.", need->remedy);
    screen_wrap(show->out, buffer_text(&text), NEED_COLUMN, show->width);
}

static void
show_needs(const struct showing *show, size_t number)
{
    int predicate = -1;
    const char *name = law_rule_need(show->law, number, 0, &predicate);

    if (!name) {
        line(show, "Needs", "nothing more");
        return;
    }
    line(show, "Needs", "that each of these is true:");
    for (size_t i = 0;
         (name = law_rule_need(show->law, number, i, &predicate)) != NULL; i++)
        show_need(show, name, predicate);
}

/* --- a rule: what follows ------------------------------------------------- */

static void
show_deadlines(const struct showing *show, const struct rule_text *rule)
{
    cii_auto(buffer_done) struct buffer text = {0};

    if (rule->within) {
        buffer_append_format(&text, "%u days after the day of the event",
                             rule->within);
        line_of(show, "Deadline", &text);
    }
    if (rule->answer_within) {
        buffer_append_format(&text, "within %u days, by ", rule->answer_within);
        names_print(rule->answered_by, &text);
        line_of(show, "Receiver acts", &text);
    }
}

static void
show_follows(const struct showing *show, const struct rule_text *rule)
{
    cii_auto(buffer_done) struct buffer text = {0};

    line(show, "Person is told",
         inform_meaning(rule->inform ? rule->inform : "none"));
    line(show, "Objection",
         objection_meaning(rule->objection ? rule->objection : "none"));
    show_deadlines(show, rule);
    if (rule->fallback) {
        buffer_append_format(&text, "%s may be tried", rule->fallback);
        line_of(show, "If it fails", &text);
    } else if (row_find(rule->lane) != ROW_DENY) {
        line(show, "If it fails", "no later lane is tried");
    }
}

static void
show_validity(const struct showing *show, const struct rule_text *rule)
{
    cii_auto(buffer_done) struct buffer text = {0};

    if (!rule->valid_from && !rule->valid_to)
        buffer_append_text(&text, "without a bound");
    if (rule->valid_from)
        buffer_append_format(&text, "from %s ", rule->valid_from);
    if (rule->valid_to)
        buffer_append_format(&text, "to %s", rule->valid_to);
    line_of(show, "In force", &text);
    if (rule->canton) {
        buffer_append_text(&text, "canton ");
        canton_print(rule->canton, &text);
        line_of(show, "Where", &text);
    }
    if (rule->checked_by && *rule->checked_by)
        buffer_append_format(&text, "by %s%s%s", rule->checked_by,
                             rule->checked_on ? " on " : "",
                             rule->checked_on ? rule->checked_on : "");
    else
        buffer_append_text(&text,
                           "by nobody: in production a human decides (hold)");
    line_of(show, "Signed off", &text);
}

static void
show_rule(const struct showing *show, size_t number)
{
    cii_auto(buffer_done) struct buffer text = {0};
    const struct rule_text *rule = &show->texts->rule[number];
    const enum row row = row_find(rule->lane);

    fprintf(show->out, "Rule %s, of %s\n", rule->id, rule->act);
    show_kinds(show, "Who", rule->from);
    show_events(show, rule->events);
    show_kinds(show, "To whom", rule->to);
    show_lane(show, rule);
    line(show, "Law", rule->citation);
    if (row != ROW_DENY && row != ROW_OFF) {
        names_print(rule->facets, &text);
        line_of(show, "Opens", &text);
        show_needs(show, number);
        show_follows(show, rule);
    }
    show_validity(show, rule);
    if (rule->note)
        line(show, "Note", rule->note);
    show_place(show, rule->file, rule->line);
}

/* --- as JSON -------------------------------------------------------------- */

static void
put_names(struct json *json, const char *key, char *const *names)
{
    json_list(json, key);
    for (size_t i = 0; i < names_count(names); i++)
        json_text(json, NULL, names[i]);
    json_end_list(json);
}

static void
put_tests(struct json *json, const char *key, const struct test_text *test,
          size_t count)
{
    json_list(json, key);
    for (size_t i = 0; i < count; i++) {
        json_object(json, NULL);
        json_text(json, "field", test[i].field);
        json_text(json, "test", test[i].test);
        put_names(json, "value", test[i].value);
        json_end_object(json);
    }
    json_end_list(json);
}

static void
put_predicate(struct json *json, const struct predicate_text *text)
{
    json_object(json, NULL);
    json_text(json, "predicate", text->name);
    json_text(json, "meaning", text->meaning);
    json_text(json, "citation", text->citation);
    json_text(json, "remedy", text->remedy);
    put_names(json, "statement", text->statement);
    json_text(json, "by", text->by);
    json_bool(json, "same_case", text->same_case);
    json_bool(json, "answered", text->answered);
    json_bool(json, "narrows", text->narrows);
    json_bool(json, "none", text->none);
    json_bool(json, "ended", text->ended);
    json_text(json, "fact", text->fact);
    json_text(json, "basis", text->basis);
    json_bool(json, "stops", text->stops);
    json_bool(json, "concerns", text->concerns);
    put_tests(json, "all", text->all, text->all_count);
    put_tests(json, "any", text->any, text->any_count);
    json_text(json, "file", text->file);
    json_number(json, "line", text->line);
    json_end_object(json);
}

static void
put_needs(struct showing *show, size_t number)
{
    struct json *json = &show->json;
    const char *name = NULL;
    int predicate = -1;

    json_list(json, "needs");
    for (size_t i = 0;
         (name = law_rule_need(show->law, number, i, &predicate)) != NULL;
         i++) {
        const struct predicate_text *need =
            predicate < 0 ? NULL : &show->texts->predicate[predicate];
        json_object(json, NULL);
        json_text(json, "name", name);
        json_text(json, "meaning", need ? need->meaning : NULL);
        json_text(json, "citation", need ? need->citation : NULL);
        json_text(json, "remedy", need ? need->remedy : NULL);
        json_end_object(json);
    }
    json_end_list(json);
}

static void
put_rule(struct showing *show, size_t number)
{
    const struct rule_text *rule = &show->texts->rule[number];
    struct json *json = &show->json;

    json_object(json, NULL);
    json_text(json, "rule", rule->id);
    json_text(json, "act", rule->act);
    put_names(json, "from", rule->from);
    put_names(json, "to", rule->to);
    put_names(json, "events", rule->events);
    json_text(json, "lane", rule->lane);
    put_names(json, "facets", rule->facets);
    put_needs(show, number);
    json_text(json, "citation", rule->citation);
    json_text(json, "inform", rule->inform);
    json_text(json, "objection", rule->objection);
    json_text(json, "fallback", rule->fallback);
    json_number(json, "within", rule->within);
    json_number(json, "answer_within", rule->answer_within);
    put_names(json, "answered_by", rule->answered_by);
    json_text(json, "valid_from", rule->valid_from);
    json_text(json, "valid_to", rule->valid_to);
    json_text(json, "canton", rule->canton);
    json_text(json, "checked_by", rule->checked_by);
    json_text(json, "checked_on", rule->checked_on);
    json_text(json, "note", rule->note);
    json_text(json, "file", rule->file);
    json_number(json, "line", rule->line);
    json_end_object(json);
}

/* --- finding it ----------------------------------------------------------- */

static int
predicate_of(const struct showing *show, const char *name)
{
    for (size_t i = 0; i < show->texts->predicate_count; i++)
        if (!strcmp(show->texts->predicate[i].name, name))
            return (int)i;
    return -1;
}

static const char *
name_at(const void *context, size_t i)
{
    const struct rule_texts *texts = context;

    return i < texts->rule_count ? texts->rule[i].id
                                 : texts->predicate[i - texts->rule_count].name;
}

static enum outcome
unknown(const struct showing *show, const char *name)
{
    const char *near =
        nearest_name(name,
                     show->texts->rule_count + show->texts->predicate_count,
                     name_at, show->texts);

    return jurist_fail(OUTCOME_USAGE, "'%s' is no rule and no predicate%s%s%s",
                       name, near ? "; did you mean '" : "", near ? near : "",
                       near ? "'?" : "");
}

static enum outcome
show_one(struct showing *show, const char *name, bool json)
{
    const int rule = law_rule_find(show->law, name);
    const int predicate = predicate_of(show, name);

    if (rule < 0 && predicate < 0)
        return unknown(show, name);
    if (json && rule >= 0)
        put_rule(show, (size_t)rule);
    else if (json)
        put_predicate(&show->json, &show->texts->predicate[predicate]);
    else if (rule >= 0)
        show_rule(show, (size_t)rule);
    else
        show_predicate(show, &show->texts->predicate[predicate]);
    return OUTCOME_OK;
}

static enum outcome
show_all(struct showing *show, const struct options *options)
{
    enum outcome outcome = OUTCOME_OK;

    if (options->json)
        json_list(&show->json, NULL);
    for (size_t i = 0; i < options->operand_count && outcome == OUTCOME_OK;
         i++) {
        if (i > 0 && !options->json)
            fputc('\n', show->out);
        outcome = show_one(show, options->operand[i], options->json);
    }
    if (options->json)
        json_end_list(&show->json);
    return outcome;
}

enum outcome
jurist_show(const struct options *options)
{
    cii_auto(sources_done) struct sources sources = {0};
    struct showing show = {.out = options->out,
                           .width = screen_width(options->out, WIDTH),
                           .json = {.out = options->out}};
    struct cii_error err = {0};

    if (options->operand_count == 0)
        return jurist_fail(OUTCOME_USAGE, "show: which rule or predicate?");
    if (sources_open(&sources, options, NULL, &err) != CII_OK ||
        sources_texts(&sources, &show.texts, &err) != CII_OK ||
        sources_law(&sources, true, &show.law, &err) != CII_OK)
        return jurist_fail(OUTCOME_UNREAD, "%s", err.text);
    show.catalogue = sources.catalogue;
    return show_all(&show, options);
}
