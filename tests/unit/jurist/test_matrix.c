/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/jurist/harness.h"

static void
write_example(void)
{
    write_rules("rules:\n" RULE("A2", "duty", "") RULE("A1", "cii", "")
                    RULE("A0", "off", "") "  - id: A3\n"
                                          "    from: [any]\n"
                                          "    to: [any]\n"
                                          "    events: [mesure]\n"
                                          "    lane: release\n"
                                          "    facets: [identity]\n"
                                          "    citation: Art. 3\n");
    write_file("rules/vs.yaml", "act: VS\ncanton: vs\nrules:\n"
                                "  - id: A4\n"
                                "    from: [as]\n"
                                "    to: [orp]\n"
                                "    events: [mesure]\n"
                                "    lane: release\n"
                                "    facets: [identity]\n"
                                "    citation: Art. 4\n");
}

/* A row of a cell in the JSON. */
static void
expect_cell(const struct run *run, const char *from, const char *to,
            const char *rules)
{
    char words[256];

    snprintf(words, sizeof words,
             "      \"from\": \"%s\",\n      \"to\": \"%s\",\n"
             "      \"rules\": [\n%s      ]",
             from, to, rules);
    expect_says(run, words);
}

Test(matrix, holds_the_rules_of_each_pair_as_they_are_tried)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    write_example();

    cii_auto(run_done) struct run run =
        RUN("matrix", "--json", "--rules", "rules");

    cr_expect(eq(int, run.status, OUTCOME_OK));
    expect_cell(&run, "orp", "cch",
                "        \"A2\",\n        \"A1\",\n        \"A0\"\n");
    expect_cell(&run, "as", "orp", "        \"A4\"\n");
    expect_says(&run, "\"everybody\": [\n    \"A3\"\n  ]");
    expect_says(&run, "\"signed_off\": false");
}

Test(matrix, is_narrowed_by_event_and_canton)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    write_example();

    cii_auto(run_done) struct run event =
        RUN("matrix", "--json", "--rules", "rules", "--event",
            "inscription-orp");
    cii_auto(run_done) struct run canton =
        RUN("matrix", "--json", "--rules", "rules", "--canton", "ge");
    cii_auto(run_done) struct run none =
        RUN("matrix", "--rules", "rules", "--event", "inscription-opr");
    cii_auto(run_done) struct run nowhere =
        RUN("matrix", "--rules", "rules", "--canton", "xx");

    expect_says(&event, "\"A1\"");
    expect_silent_of(&event, "\"A4\"");
    expect_silent_of(&event, "\"A3\"");
    expect_says(&canton, "\"A3\"");
    expect_silent_of(&canton, "\"A4\"");
    cr_expect(eq(int, none.status, OUTCOME_USAGE));
    cr_expect(eq(int, nowhere.status, OUTCOME_USAGE));
}

Test(matrix, is_a_table_with_a_letter_for_each_lane)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    write_example();
    cr_assert(setenv("COLUMNS", "130", 1) == 0);

    cii_auto(run_done) struct run run =
        RUN("matrix", "--rules", "rules", "--verbose");

    expect_says(&run, "\norp     .      DC     . ");
    expect_says(&run, "\nas      R      .      . ");
    expect_says(&run, "\norp -> cch        duty A2; cii A1; off A0\n");
    expect_says(&run, "\nas -> orp         release A4/VS\n");
    expect_says(&run, "Between everybody");
    expect_says(&run, "\n  release A3\n");
    expect_silent_of(&run, "\033");
}

Test(matrix, comes_in_pieces_that_a_narrow_terminal_holds)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    write_example();
    cr_assert(setenv("COLUMNS", "60", 1) == 0);

    cii_auto(run_done) struct run run = RUN("matrix", "--rules", "rules");

    for (const char *line = run.out; *line; line += strcspn(line, "\n") + 1)
        cr_expect(strcspn(line, "\n") <= 60, "%.*s", (int)strcspn(line, "\n"),
                  line);
    expect_says(&run, "\norp     .      DC     . ");
    expect_says(&run, "bureau");
}

/* The whole page; the caller frees. */
static char *
read_page(void)
{
    char *text = calloc(1, 1U << 20);
    FILE *file = fopen("m.html", "r");

    cr_assert(file != NULL && text != NULL);
    cr_assert(fread(text, 1, (1U << 20) - 1, file) > 0);
    fclose(file);
    return text;
}

Test(page, is_whole_and_needs_nothing_from_elsewhere)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    write_example();

    cii_auto(run_done) struct run run =
        RUN("matrix", "--rules", "rules", "--html", "m.html");
    struct run page = {.out = read_page()};

    cr_expect(eq(int, run.status, OUTCOME_OK));
    expect_text(run.out, "");
    expect_says(&page, "<td id=\"orp-cch\" class=\"full\"><a class=\"chip "
                       "duty\" href=\"#rule-A2\" data-rule=\"A2\" "
                       "title=\"duty: Art. 1\">A2</a><a class=\"chip cii\"");
    expect_says(&page, "<article class=\"rule duty\" id=\"rule-A2\"");
    expect_says(&page, "data-events=\"inscription-orp \"");
    expect_says(&page, "<option value=\"vs\">");
    expect_silent_of(&page, "://");
    expect_silent_of(&page, "src=");
    expect_silent_of(&page, "url(");
    expect_silent_of(&page, "@import");
    run_done(&page);
}

Test(page, takes_nothing_of_a_rule_file_for_markup)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    write_rules("rules:\n  - id: '<i>\"&'\n"
                "    from: [orp]\n"
                "    to: [cch]\n"
                "    events: [inscription-orp]\n"
                "    lane: duty\n"
                "    facets: [identity]\n"
                "    citation: '\"><script>alert(1)</script>'\n"
                "    checked_by: <b>\n"
                "    note: '<img onerror=x>'\n"
                "    needs: ['</dl><script>']\n");

    cii_auto(run_done) struct run run =
        RUN("matrix", "--rules", "rules", "--html", "m.html");
    struct run page = {.out = read_page()};

    cr_expect(eq(int, run.status, OUTCOME_OK));
    expect_silent_of(&page, "<script>alert");
    expect_silent_of(&page, "<i>");
    expect_silent_of(&page, "<img");
    expect_silent_of(&page, "<b></dl>");
    expect_says(&page, "href=\"#rule-%3Ci%3E%22%26\"");
    expect_says(&page, "&lt;i&gt;&quot;&amp;");
    expect_says(&page, "&lt;img onerror=x&gt;");
    run_done(&page);
}

Test(page, says_when_it_cannot_be_written)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    write_example();

    cii_auto(run_done) struct run run =
        RUN("matrix", "--rules", "rules", "--html", "nowhere/m.html");
    cii_auto(run_done) struct run full =
        RUN("matrix", "--rules", "rules", "--html", "/dev/full");

    cr_expect(eq(int, run.status, OUTCOME_UNREAD));
    cr_expect(eq(int, full.status, OUTCOME_UNREAD));
}
