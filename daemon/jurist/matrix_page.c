/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The matrix as one page, with nothing from elsewhere. Without its script it
 * is whole: the rules of the cells are links to the rules below.
 */
#include <string.h>

#include "jurist/html.h"
#include "jurist/matrix.h"
#include "jurist/page.h"
#include "jurist/words.h"

struct page {
    const struct matrix *matrix;
    FILE *out;
};

static const struct rule_text *
rule_at(const struct page *page, size_t rule)
{
    return &page->matrix->texts->rule[rule];
}

/* Calls for each rule that is shown, as they are tried. */
static void
each_rule(const struct page *page,
          void (*call)(const struct page *page, size_t rule))
{
    for (size_t i = 0; i < page->matrix->texts->rule_count; i++)
        if (matrix_shows(page->matrix, page->matrix->order[i]))
            call(page, page->matrix->order[i]);
}

/* --- the top -------------------------------------------------------------- */

static void
print_head(const struct page *page)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
          "<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\""
          "default-src 'none'; style-src 'unsafe-inline'; "
          "script-src 'unsafe-inline'; base-uri 'none'; "
          "form-action 'none'\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, "
          "initial-scale=1\">\n"
          "<meta name=\"referrer\" content=\"no-referrer\">\n"
          "<title>Who may tell whom</title>\n<style>\n",
          page->out);
    fputs(page_style, page->out);
    fputs("</style>\n</head>\n<body>\n", page->out);
}

static void
print_title(const struct page *page, const char *today)
{
    const struct rule_texts *texts = page->matrix->texts;
    size_t shown = 0;
    size_t unsigned_count = 0;

    for (size_t i = 0; i < texts->rule_count; i++) {
        const bool lane = law_rule_at(page->matrix->law, i).lane != LANE_COUNT;
        if (!matrix_shows(page->matrix, i))
            continue;
        shown++;
        unsigned_count +=
            lane && !(texts->rule[i].checked_by && *texts->rule[i].checked_by);
    }
    fputs("<header>\n<h1>Who may tell whom</h1>\n<p class=\"lede\">A row "
          "tells, a column is told. A cell holds the rules that speak of the "
          "two, in the order in which they are tried: the first whose needs "
          "are all true carries the event. Where no rule is left, nothing "
          "goes.</p>\n<p class=\"source\">",
          page->out);
    fprintf(page->out, "%zu rules of ", shown);
    html_element(page->out, "code", page->matrix->folder);
    fprintf(page->out, ", %zu of them signed off by nobody; drawn on %s",
            unsigned_count, today);
    if (page->matrix->type >= 0) {
        fputs("; only those of ", page->out);
        html_element(page->out, "code",
                     page->matrix->catalogue->type[page->matrix->type].name);
    }
    if (page->matrix->canton) {
        fputs("; federal rules and those of the canton ", page->out);
        html_element(page->out, "code", page->matrix->canton);
    }
    fputs("</p>\n", page->out);
}

static void
print_legend(const struct page *page)
{
    fputs("<ul class=\"legend\" aria-label=\"Lanes\">\n", page->out);
    for (unsigned int row = 0; row < ROW_COUNT; row++) {
        const char *name = row_name((enum row)row);
        fprintf(page->out,
                "<li class=\"%s\"><label><input type=\"checkbox\" "
                "value=\"%s\" checked><span class=\"chip %s\">%s</span>"
                "<span class=\"meaning\">",
                name, name, name, name);
        html_text(page->out, row_meaning((enum row)row));
        fputs("</span></label></li>\n", page->out);
    }
    fputs("</ul>\n", page->out);
}

/* --- filters -------------------------------------------------------------- */

static bool
is_spoken_of(const struct page *page, int type)
{
    for (size_t i = 0; i < page->matrix->texts->rule_count; i++)
        if (matrix_shows(page->matrix, i) &&
            rule_has_event(page->matrix, i, type))
            return true;
    return false;
}

static void
print_events(const struct page *page)
{
    const struct catalogue *catalogue = page->matrix->catalogue;

    fputs("<label>Event<select id=\"event\"><option value=\"\">every "
          "event</option>\n",
          page->out);
    for (size_t i = 0; i < catalogue->type_count; i++) {
        if (!is_spoken_of(page, (int)i))
            continue;
        fputs("<option>", page->out);
        html_text(page->out, catalogue->type[i].name);
        fputs("</option>\n", page->out);
    }
    fputs("</select></label>\n", page->out);
}

static bool
stands_before(const struct rule_texts *texts, size_t rule)
{
    for (size_t i = 0; i < rule; i++)
        if (texts->rule[i].canton &&
            !strcmp(texts->rule[i].canton, texts->rule[rule].canton))
            return true;
    return false;
}

static void
print_cantons(const struct page *page)
{
    const struct rule_texts *texts = page->matrix->texts;

    fputs("<label>Canton<select id=\"canton\"><option value=\"\">every "
          "canton</option>\n<option value=\"-\">federal law alone</option>\n",
          page->out);
    for (size_t i = 0; i < texts->rule_count; i++) {
        if (!texts->rule[i].canton || stands_before(texts, i))
            continue;
        fputs("<option value=\"", page->out);
        html_text(page->out, texts->rule[i].canton);
        fputs("\">federal law and ", page->out);
        html_text(page->out, texts->rule[i].canton);
        fputs("</option>\n", page->out);
    }
    fputs("</select></label>\n", page->out);
}

static void
print_filters(const struct page *page)
{
    fputs("<div class=\"filters needs-script\">\n", page->out);
    print_events(page);
    print_cantons(page);
    fputs("<button id=\"reset\" type=\"button\">Show all</button>\n"
          "<output id=\"count\"></output>\n</div>\n</header>\n",
          page->out);
}

/* --- the matrix ----------------------------------------------------------- */

static void
print_chip(const struct page *page, size_t number)
{
    const struct rule_text *rule = rule_at(page, number);

    fprintf(page->out, "<a class=\"chip %s\" href=\"#rule-",
            row_name(row_find(rule->lane)));
    html_address(page->out, rule->id);
    fputs("\" data-rule=\"", page->out);
    html_text(page->out, rule->id);
    fprintf(page->out, "\" title=\"%s: ", row_name(row_find(rule->lane)));
    html_text(page->out, rule->citation);
    fputs("\">", page->out);
    html_text(page->out, rule->id);
    fputs("</a>", page->out);
}

static void
print_cell(const struct page *page, int from, int to)
{
    const struct matrix *matrix = page->matrix;
    bool full = false;

    for (size_t i = 0; i < matrix->texts->rule_count && !full; i++)
        full = matrix_has(matrix, i, from, to);
    fprintf(page->out, "<td id=\"%s-%s\" class=\"%s%s\">",
            kind_name((enum institution_kind)from),
            kind_name((enum institution_kind)to), full ? "full" : "blank",
            from == to ? " same" : "");
    for (size_t i = 0; i < matrix->texts->rule_count; i++)
        if (matrix_has(matrix, matrix->order[i], from, to))
            print_chip(page, matrix->order[i]);
    fputs("</td>", page->out);
}

static void
print_kind(const struct page *page, const char *scope, int kind)
{
    fprintf(page->out, "<th scope=\"%s\"><b>%s</b><small>", scope,
            kind_name((enum institution_kind)kind));
    html_text(page->out, kind_meaning(kind));
    fputs("</small></th>", page->out);
}

static void
print_matrix(const struct page *page)
{
    fputs("<main>\n<div class=\"frame\" tabindex=\"0\" role=\"region\" "
          "aria-label=\"Who may tell whom\">\n<table class=\"matrix\">\n"
          "<thead><tr><th><b>tells \xe2\x86\x93 &nbsp; is told "
          "\xe2\x86\x92</b></th>",
          page->out);
    for (int to = 0; to < KIND_COUNT; to++)
        print_kind(page, "col", to);
    fputs("</tr></thead>\n<tbody>\n", page->out);
    for (int from = 0; from < KIND_COUNT; from++) {
        fputs("<tr>", page->out);
        print_kind(page, "row", from);
        for (int to = 0; to < KIND_COUNT; to++)
            print_cell(page, from, to);
        fputs("</tr>\n", page->out);
    }
    fputs("</tbody>\n</table>\n</div>\n", page->out);
}

static void
print_general_chip(const struct page *page, size_t rule)
{
    if (matrix_is_general(page->matrix, rule))
        print_chip(page, rule);
}

static void
print_general(const struct page *page)
{
    fputs("<section class=\"general\">\n<h2>Between everybody</h2>\n"
          "<p class=\"lede\">These speak of all institutions alike, and stand "
          "in no cell.</p>\n<p>",
          page->out);
    each_rule(page, print_general_chip);
    fputs("</p>\n</section>\n", page->out);
}

/* --- a rule --------------------------------------------------------------- */

static void
print_row(const struct page *page, const char *name, const char *text)
{
    html_element(page->out, "dt", name);
    html_element(page->out, "dd", text);
}

static void
print_tags(const struct page *page, const char *name, char *const *names)
{
    html_element(page->out, "dt", name);
    fputs("<dd>", page->out);
    for (size_t i = 0; i < names_count(names); i++) {
        const int type = catalogue_type(page->matrix->catalogue, names[i]);
        fputs("<span class=\"tag\" title=\"", page->out);
        if (type >= 0)
            html_text(page->out, page->matrix->catalogue->type[type].meaning);
        fputs("\">", page->out);
        html_text(page->out, names[i]);
        fputs("</span>", page->out);
    }
    fputs("</dd>", page->out);
}

static void
print_need(const struct page *page, const char *name, int predicate)
{
    fputs("<li>", page->out);
    html_element(page->out, "b", name);
    if (predicate < 0) {
        fputs(strcmp(name, NEED_RETURN) == 0
                  ? " The receiver issued the event itself."
                  : " <span class=\"warn\">Nobody defines it, so it is never "
                    "true.</span>",
              page->out);
    } else {
        const struct predicate_text *need =
            &page->matrix->texts->predicate[predicate];
        fputc(' ', page->out);
        html_element(page->out, "span class=\"law\"", need->citation);
        fputs("<br>", page->out);
        html_text(page->out, need->meaning);
        fputs("<br><span class=\"else\">Else: ", page->out);
        html_text(page->out, need->remedy);
        fputs("</span>", page->out);
    }
    fputs("</li>\n", page->out);
}

static void
print_needs(const struct page *page, size_t rule)
{
    const char *name = NULL;
    int predicate = -1;

    fputs("<dt>Needs</dt><dd><ul>\n", page->out);
    for (size_t i = 0;
         (name = law_rule_need(page->matrix->law, rule, i, &predicate)) != NULL;
         i++)
        print_need(page, name, predicate);
    if (names_count(rule_at(page, rule)->needs) == 0)
        fputs("<li>nothing more</li>\n", page->out);
    fputs("</ul></dd>\n", page->out);
}

static void
print_deadlines(const struct page *page, const struct rule_text *rule)
{
    cii_auto(buffer_done) struct buffer text = {0};

    if (rule->within > 0) {
        buffer_append_format(&text, "%u days after the day of the event",
                             rule->within);
        print_row(page, "Deadline", buffer_text(&text));
        buffer_clear(&text);
    }
    if (rule->answer_within > 0) {
        buffer_append_format(&text, "within %u days, by ", rule->answer_within);
        names_print(rule->answered_by, &text);
        print_row(page, "Receiver acts", buffer_text(&text));
    }
}

static void
print_fallback(const struct page *page, const struct rule_text *rule)
{
    fputs("<dt>If it fails</dt><dd>", page->out);
    if (rule->fallback) {
        fputs("<a href=\"#rule-", page->out);
        html_address(page->out, rule->fallback);
        fputs("\">", page->out);
        html_text(page->out, rule->fallback);
        fputs("</a> may be tried</dd>", page->out);
        return;
    }
    fputs("no later lane is tried</dd>", page->out);
}

static void
print_validity(const struct page *page, const struct rule_text *rule)
{
    cii_auto(buffer_done) struct buffer text = {0};

    if (rule->valid_from)
        buffer_append_format(&text, "from %s ", rule->valid_from);
    if (rule->valid_to)
        buffer_append_format(&text, "to %s", rule->valid_to);
    if (text.size > 0)
        print_row(page, "In force", buffer_text(&text));
    if (rule->canton)
        print_row(page, "Canton", rule->canton);
}

static void
print_signature(const struct page *page, const struct rule_text *rule)
{
    fputs("<dt>Signed off</dt><dd>", page->out);
    if (rule->checked_by && *rule->checked_by) {
        html_text(page->out, rule->checked_by);
        if (rule->checked_on) {
            fputs(", ", page->out);
            html_text(page->out, rule->checked_on);
        }
    } else {
        fputs("<span class=\"warn\">by nobody: in production a human "
              "decides</span>",
              page->out);
    }
    fputs("</dd>", page->out);
}

static void
print_follows(const struct page *page, size_t number)
{
    const struct rule_text *rule = rule_at(page, number);

    print_tags(page, "Opens", rule->facets);
    print_needs(page, number);
    print_row(page, "Person is told",
              inform_meaning(rule->inform ? rule->inform : "none"));
    print_row(page, "Objection",
              objection_meaning(rule->objection ? rule->objection : "none"));
    print_deadlines(page, rule);
    print_fallback(page, rule);
}

/* What the script looks for: every event by name, "any" too. */
static void
print_data(const struct page *page, size_t number)
{
    const struct catalogue *catalogue = page->matrix->catalogue;
    const struct rule_text *rule = rule_at(page, number);

    fputs(" data-rule=\"", page->out);
    html_text(page->out, rule->id);
    fprintf(page->out, "\" data-row=\"%s\" data-canton=\"",
            row_name(row_find(rule->lane)));
    html_text(page->out, rule->canton ? rule->canton : "");
    fputs("\" data-events=\"", page->out);
    for (size_t i = 0; i < catalogue->type_count; i++) {
        if (!rule_has_event(page->matrix, number, (int)i))
            continue;
        html_text(page->out, catalogue->type[i].name);
        fputc(' ', page->out);
    }
    fputs("\">\n", page->out);
}

static void
print_title_of(const struct page *page, const struct rule_text *rule)
{
    cii_auto(buffer_done) struct buffer pair = {0};
    const char *row = row_name(row_find(rule->lane));

    fputs("<h3>", page->out);
    html_text(page->out, rule->id);
    fprintf(page->out, " <span class=\"chip %s\">%s</span>", row, row);
    html_element(page->out, "span class=\"act\"", rule->act);
    fputs("</h3>\n", page->out);
    names_print(rule->from, &pair);
    buffer_append_text(&pair, " \xe2\x86\x92 ");
    names_print(rule->to, &pair);
    html_element(page->out, "p class=\"pair\"", buffer_text(&pair));
    html_element(page->out, "p class=\"cite\"", rule->citation);
}

static void
print_rule(const struct page *page, size_t number)
{
    const struct rule_text *rule = rule_at(page, number);
    const enum row row = row_find(rule->lane);

    fprintf(page->out, "<article class=\"rule %s\" id=\"rule-", row_name(row));
    html_text(page->out, rule->id);
    fputc('"', page->out);
    print_data(page, number);
    print_title_of(page, rule);
    fputs("<dl>\n", page->out);
    print_tags(page, "Events", rule->events);
    if (row != ROW_DENY && row != ROW_OFF)
        print_follows(page, number);
    print_validity(page, rule);
    if (row != ROW_DENY && row != ROW_OFF)
        print_signature(page, rule);
    if (rule->note)
        print_row(page, "Note", rule->note);
    fputs("<dt class=\"where\">Written in</dt><dd class=\"where\">", page->out);
    html_text(page->out, rule->file);
    fprintf(page->out, ":%d</dd>\n</dl>\n</article>\n", rule->line);
}

/* --- the whole ------------------------------------------------------------ */

void
matrix_print_page(const struct matrix *matrix, const char *today, FILE *out)
{
    const struct page page = {matrix, out};

    print_head(&page);
    print_title(&page, today);
    print_legend(&page);
    print_filters(&page);
    print_matrix(&page);
    print_general(&page);
    fputs("<section class=\"rules\">\n<h2>The rules</h2>\n"
          "<div class=\"cards\">\n",
          out);
    each_rule(&page, print_rule);
    fputs("</div>\n</section>\n</main>\n"
          "<aside class=\"panel\" id=\"panel\" hidden aria-label=\"The rules "
          "of a cell\">\n<header><div><h2></h2><p></p></div>"
          "<button type=\"button\">Close</button></header>\n"
          "<div class=\"cards\"></div>\n</aside>\n<script>\n",
          out);
    fputs(page_script, out);
    fputs("</script>\n</body>\n</html>\n", out);
}
