/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "letter/letter.h"
#include "tests/support/expect.h"

static const struct letter_content told[] = {
    {"droit", "fin du droit", "31 décembre 2026"},
    {"droit", "indemnités restantes", "40"},
};

static const struct letter_disclosure disclosures[] = {
    {.type = "fin du droit",
     .day = "3 mars 2026",
     .partner = "Office AI",
     .partner_id = "ge.oai",
     .content = told,
     .content_count = 2},
    {.type = "mesure", .day = "5 mars 2026"},
};

static const struct letter_facts facts = {
    .office = "ORP de Genève",
    .person_first_name = "Anna",
    .partner = "Service social",
    .disclosure = disclosures,
    .disclosure_count = 2,
};

static enum cii_code
write_to(struct buffer *text, const char *template,
         const struct letter_facts *about, struct cii_error *err)
{
    const struct letter_template form = {"a.txt", bytes_of_text(template)};

    return letter_write(&form, about, text, err);
}

static void
expect_letter_of(const struct letter_facts *about, const char *template,
                 const char *want)
{
    cii_auto(buffer_done) struct buffer text = {0};
    struct cii_error err = {0};

    require_ok(write_to(&text, template, about, &err));
    expect_text(buffer_text(&text), want);
}

static void
expect_letter(const char *template, const char *want)
{
    expect_letter_of(&facts, template, want);
}

static void
expect_wrong(const char *template, const char *why)
{
    cii_auto(buffer_done) struct buffer text = {0};
    struct cii_error err = {0};

    expect_code(write_to(&text, template, &facts, &err), CONFIG);
    expect_text(err.text, why);
    cr_expect(eq(sz, text.size, 0));
}

/* --- values --------------------------------------------------------------- */

Test(letter, puts_a_value_where_its_name_stands)
{
    expect_letter("Chère {{person.firstName}}, {{office}} vous écrit.",
                  "Chère Anna, ORP de Genève vous écrit.");
}

Test(letter, offers_every_name_of_the_facts)
{
    expect_letter_of(
        &(struct letter_facts){.office = "a",
                               .office_id = "b",
                               .today = "c",
                               .person_official_name = "d",
                               .person_first_name = "e",
                               .person_avs = "f",
                               .person_date_of_birth = "g",
                               .case_ref = "h",
                               .counsellor = "i",
                               .partner = "j",
                               .partner_id = "k",
                               .citation = "l",
                               .rule = "m",
                               .due = "n"},
        "{{office}}{{office.id}}{{today}}{{person.officialName}}"
        "{{person.firstName}}{{person.avs}}{{person.dateOfBirth}}{{case}}"
        "{{counsellor}}{{partner}}{{partner.id}}{{citation}}{{rule}}{{due}}",
        "abcdefghijklmn");
}

Test(letter, offers_every_name_of_a_disclosure_and_of_a_consent)
{
    const struct letter_disclosure disclosure = {.type = "a",
                                                 .day = "b",
                                                 .direction = "c",
                                                 .form = "d",
                                                 .partner = "e",
                                                 .partner_id = "f",
                                                 .citation = "g",
                                                 .purpose = "h",
                                                 .facets = "i",
                                                 .content = told,
                                                 .content_count = 1};
    const struct letter_consent consent = {"j", "k", "l", "m"};

    expect_letter_of(
        &(struct letter_facts){.disclosure = &disclosure,
                               .disclosure_count = 1,
                               .consent = &consent,
                               .consent_count = 1},
        "{{#disclosure}}{{type}}{{day}}{{direction}}{{form}}{{partner}}"
        "{{partner.id}}{{citation}}{{purpose}}{{facets}}{{/disclosure}}"
        "{{#consent}}{{between}}{{purposes}}{{facets}}{{until}}{{/consent}}",
        "abcdefghijklm");
}

Test(letter, leaves_nothing_where_a_value_is_not_known)
{
    expect_letter("[{{case}}]", "[]");
    expect_letter_of(&(struct letter_facts){.case_ref = ""}, "[{{case}}]",
                     "[]");
}

Test(letter, never_reads_a_value_as_a_template)
{
    expect_letter_of(&(struct letter_facts){.office = "{{partner}} {{#x}}"},
                     "{{office}}", "{{partner}} {{#x}}");
}

Test(letter, replaces_what_could_break_a_line_or_turn_it_around)
{
    static const char *const unwelcome[] = {
        "\n",           "\r",           "\t",           "\x1b",
        "\x7f",         "\xc2\x85",     "\xc2\x9b",     "\xd8\x9c",
        "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xa8", "\xe2\x80\xa9",
        "\xe2\x80\xaa", "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa9",
    };

    for (size_t i = 0; i < sizeof unwelcome / sizeof *unwelcome; i++) {
        char name[16] = "";
        snprintf(name, sizeof name, "a%sb", unwelcome[i]);
        expect_letter_of(&(struct letter_facts){.office = name}, "{{office}}",
                         "a b");
    }
}

Test(letter, keeps_letters_of_every_script)
{
    static const char name[] = "Œuvre d'Łódź – ሰላም 😀 ’ é";

    expect_letter_of(&(struct letter_facts){.office = name}, "{{office}}",
                     name);
}

Test(letter, marks_bytes_that_are_no_utf8)
{
    expect_letter_of(&(struct letter_facts){.office = "a\xff"}, "{{office}}",
                     "a\xef\xbf\xbd");
}

/* --- sections ------------------------------------------------------------- */

Test(letter, prints_a_condition_when_the_value_is_known)
{
    expect_letter("{{?office}}yes {{office}}{{/office}}{{?case}}no{{/case}}",
                  "yes ORP de Genève");
}

Test(letter, prints_the_contrary_when_it_is_not)
{
    expect_letter("{{^office}}no{{/office}}{{^case}}none{{/case}}", "none");
}

Test(letter, asks_a_list_whether_it_is_empty)
{
    expect_letter("{{?disclosure}}some{{/disclosure}}"
                  "{{?consent}}no{{/consent}}{{^consent}}none{{/consent}}",
                  "somenone");
}

Test(letter, repeats_a_list_for_each_item)
{
    expect_letter("{{#disclosure}}{{type}};{{/disclosure}}",
                  "fin du droit;mesure;");
    expect_letter("a{{#consent}}{{until}}{{/consent}}b", "ab");
}

Test(letter, repeats_the_list_of_an_item)
{
    expect_letter("{{#disclosure}}<{{#content}}{{field}}={{value}},"
                  "{{/content}}{{^content}}none{{/content}}>{{/disclosure}}",
                  "<fin du droit=31 décembre 2026,indemnités restantes=40,>"
                  "<none>");
}

Test(letter, prefers_the_names_of_the_item_to_those_of_the_letter)
{
    expect_letter("{{#disclosure}}[{{partner}} {{office}}]{{/disclosure}}"
                  "[{{partner}}]",
                  "[Office AI ORP de Genève][ ORP de Genève]"
                  "[Service social]");
}

Test(letter, nests_conditions_of_the_same_name_as_a_list)
{
    expect_letter("{{?disclosure}}({{#disclosure}}.{{/disclosure}})"
                  "{{/disclosure}}",
                  "(..)");
}

Test(letter, prints_nothing_of_what_is_inside_a_section_left_out)
{
    expect_letter("{{?case}}{{?office}}{{#disclosure}}{{type}}{{/disclosure}}"
                  "{{office}}{{/office}}{{^case}}x{{/case}}{{/case}}",
                  "");
}

Test(letter, takes_an_item_pointer_that_is_null_for_an_empty_list)
{
    expect_letter_of(&(struct letter_facts){.disclosure_count = 3},
                     "{{#disclosure}}x{{/disclosure}}"
                     "{{^disclosure}}none{{/disclosure}}",
                     "none");
}

Test(letter, leaves_no_line_where_a_tag_stands_alone)
{
    expect_letter("a\n  {{?office}} \nb\n{{/office}}\r\n"
                  "{{#disclosure}}\n- {{type}}\n{{/disclosure}}\nc\n",
                  "a\nb\n- fin du droit\n- mesure\nc\n");
    expect_letter("{{?case}}\nx\n{{/case}}", "");
}

Test(letter, keeps_the_line_of_a_tag_that_has_company)
{
    expect_letter("a {{?office}}\nb{{/office}}\nc", "a \nb\nc");
    expect_letter("{{case}}\nc", "\nc");
}

Test(letter, appends_to_what_is_there)
{
    cii_auto(buffer_done) struct buffer text = {0};
    buffer_append_text(&text, "before ");

    require_ok(write_to(&text, "{{office}}", &facts, NULL));

    expect_text(buffer_text(&text), "before ORP de Genève");
}

Test(letter, of_an_empty_template_is_empty)
{
    expect_letter("", "");
}

/* --- what is wrong -------------------------------------------------------- */

Test(letter, names_the_line_and_the_nearest_name)
{
    expect_wrong("a\n\n{{ofice}}", "a.txt:3: \"ofice\" is not known here; did "
                                   "you mean \"office\"?");
    expect_wrong("{{?disclosures}}x{{/disclosures}}",
                 "a.txt:1: \"disclosures\" is not known here; did you mean "
                 "\"disclosure\"?");
    expect_wrong("{{#consents}}x{{/consents}}",
                 "a.txt:1: \"consents\" is not known here; did you mean "
                 "\"consent\"?");
}

Test(letter, lists_the_names_when_none_is_near)
{
    expect_wrong("{{#consent}}{{#somethingElse}}",
                 "a.txt:1: \"somethingElse\" is not known here; there are: "
                 "none");
    expect_wrong("{{#disclosure}}{{#somethingElse}}",
                 "a.txt:1: \"somethingElse\" is not known here; there are: "
                 "content");
    expect_wrong("{{somethingElse}}",
                 "a.txt:1: \"somethingElse\" is not known here; there are: "
                 "office office.id today person.officialName person.firstName "
                 "person.avs person.dateOfBirth case counsellor partner "
                 "partner.id citation rule due");
}

Test(letter, knows_the_names_of_an_item_only_inside_its_list)
{
    expect_wrong("{{#disclosure}}{{dai}}{{/disclosure}}",
                 "a.txt:1: \"dai\" is not known here; did you mean \"day\"?");
    expect_wrong("{{purpose}}",
                 "a.txt:1: \"purpose\" is not known here; there are: office "
                 "office.id today person.officialName person.firstName "
                 "person.avs person.dateOfBirth case counsellor partner "
                 "partner.id citation rule due");
    expect_wrong("{{#content}}{{/content}}",
                 "a.txt:1: \"content\" is not known here; did you mean "
                 "\"consent\"?");
    expect_wrong("{{#disclosure}}{{#consent}}{{/consent}}{{/disclosure}}",
                 "a.txt:1: \"consent\" is not known here; did you mean "
                 "\"content\"?");
}

Test(letter, checks_also_what_it_does_not_print)
{
    expect_wrong("{{?case}}\n{{ofice}}\n{{/case}}",
                 "a.txt:2: \"ofice\" is not known here; did you mean "
                 "\"office\"?");
    expect_wrong("{{#consent}}\n{{untill}}\n{{/consent}}",
                 "a.txt:2: \"untill\" is not known here; did you mean "
                 "\"until\"?");
}

Test(letter, counts_lines_right_behind_a_list)
{
    expect_wrong("{{#disclosure}}\n{{type}}\n{{/disclosure}}\n{{ofice}}",
                 "a.txt:4: \"ofice\" is not known here; did you mean "
                 "\"office\"?");
}

Test(letter, refuses_sections_that_cross_or_stay_open)
{
    expect_wrong("a\n{{?case}}b", "a.txt:2: \"case\" is never closed; write "
                                  "{{/case}}");
    expect_wrong("{{/case}}", "a.txt:1: {{/case}} closes nothing");
    expect_wrong("{{?case}}\n{{?office}}\n{{/case}}{{/office}}",
                 "a.txt:3: {{/case}} comes before \"office\" of line 2 is "
                 "closed");
}

Test(letter, refuses_tags_that_are_not_well_formed)
{
    static const char *const wrong[] = {
        "{{",
        "{{}}",
        "{{office",
        "{{office}",
        "{{ office}}",
        "{{office }}",
        "{{?}}",
        "{{of\nfice}}",
        "{{{office}}}",
        "{{!office}}",
        "{{offi\xc3\xa9}}",
        "{{aNameThatIsLongerThanThirtyOneBytes}}",
    };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        expect_wrong(wrong[i],
                     "a.txt:1: write {{name}}, {{?name}}, {{^name}}, "
                     "{{#list}} or {{/name}}; a name is of letters, digits "
                     "and dots, at most 31");
}

Test(letter, nests_sections_up_to_the_limit)
{
    cii_auto(buffer_done) struct buffer deep = {0};
    for (size_t i = 0; i < TEMPLATE_DEPTH; i++)
        buffer_append_text(&deep, "{{?office}}");
    buffer_append_text(&deep, "x");
    for (size_t i = 0; i < TEMPLATE_DEPTH; i++)
        buffer_append_text(&deep, "{{/office}}");

    expect_letter(buffer_text(&deep), "x");
}

Test(letter, refuses_sections_nested_too_deep)
{
    cii_auto(buffer_done) struct buffer deep = {0};
    for (size_t i = 0; i <= TEMPLATE_DEPTH; i++)
        buffer_append_text(&deep, "{{?case}}");

    expect_wrong(buffer_text(&deep), "a.txt:1: at most 8 sections in one "
                                     "another");
}

Test(letter, refuses_a_template_that_is_no_utf8_or_too_large)
{
    cii_auto(buffer_done) struct buffer large = {0};
    for (size_t i = 0; i <= TEMPLATE_SIZE_MAX; i++)
        buffer_append(&large, "x", 1);

    expect_wrong("\xff", "a.txt: write it in UTF-8");
    expect_wrong(buffer_text(&large), "a.txt: larger than 65536 bytes");
}

Test(letter, leaves_the_text_as_it_was_when_it_fails)
{
    cii_auto(buffer_done) struct buffer text = {0};
    buffer_append_text(&text, "before");

    expect_code(write_to(&text, "{{office}}{{/x}}", &facts, NULL), CONFIG);

    expect_text(buffer_text(&text), "before");
}

Test(letter, is_never_larger_than_its_cap)
{
    static char value[LETTER_SIZE_MAX + 2];
    memset(value, 'x', LETTER_SIZE_MAX);
    const struct letter_facts about = {.office = value};
    cii_auto(buffer_done) struct buffer text = {0};
    struct cii_error err = {0};

    require_ok(write_to(&text, "{{office}}", &about, &err));
    cr_expect(eq(sz, text.size, LETTER_SIZE_MAX));
    buffer_clear(&text);
    expect_code(write_to(&text, "{{office}}.", &about, &err), TOO_LARGE);

    expect_text(err.text, "the letter is larger than 262144 bytes; write "
                          "several");
    cr_expect(eq(sz, text.size, 0));
}

Test(letter, can_be_checked_without_facts)
{
    const struct letter_template good = {
        "a.txt", bytes_of_text("{{#disclosure}}{{day}}{{/disclosure}}")};
    const struct letter_template bad = {"a.txt", bytes_of_text("{{dya}}")};

    expect_code(letter_check(&good, NULL), OK);
    expect_code(letter_check(&bad, NULL), CONFIG);
}
