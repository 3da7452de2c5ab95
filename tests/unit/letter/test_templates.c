/* SPDX-License-Identifier: Apache-2.0 */
/* What ships in config/letters: whole in three languages, and readable. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "letter/letter.h"
#include "letter/words.h"
#include "proto/id.h"
#include "tests/support/expect.h"

static const char *const languages[] = {"fr", "de", "it"};
static const char *const letters[] = {"inform-after",  "inform-contact",
                                      "inform-month",  "inform-consent",
                                      "inform-before", "withdrawal"};

#define LANGUAGES (sizeof languages / sizeof *languages)
#define LETTERS   (sizeof letters / sizeof *letters)

static void
read_config(struct buffer *text, const char *name)
{
    char path[512] = "";
    snprintf(path, sizeof path, "%s/config/%s", CII_SOURCE_DIR, name);
    FILE *file = fopen(path, "re");
    cr_assert(file != NULL, "%s", path);
    for (int byte = fgetc(file); byte != EOF; byte = fgetc(file))
        buffer_append(text, &(char){(char)byte}, 1);
    fclose(file);
}

static struct words *
words_in(const char *language)
{
    cii_auto(buffer_done) struct buffer text = {0};
    char name[64] = "";
    struct words *words = NULL;
    struct cii_error err = {0};

    snprintf(name, sizeof name, "letters/words.%s.txt", language);
    read_config(&text, name);
    const enum cii_code code =
        words_parse(&words, name, buffer_view(&text), &err);
    cr_assert(eq(int, code, CII_OK), "%s", err.text);
    return words;
}

/* --- words ---------------------------------------------------------------- */

/* The labels of one language, asked for by what the YAML files name. */
struct asking {
    const struct words *words;
    const char *language;
    size_t asked;
};

static void
expect_label(struct asking *asking, const char *family, const char *name)
{
    char key[2 * WORDS_KEY_MAX] = "";

    snprintf(key, sizeof key, "%s.%s", family, name);
    cr_expect(words_find(asking->words, key) != NULL,
              "config/letters/words.%s.txt has no label for %s",
              asking->language, key);
    asking->asked++;
}

/* The name behind `      - name: `, or NULL. Cuts the line. */
static char *
name_behind(char *line, const char *lead)
{
    if (strncmp(line, lead, strlen(lead)) != 0)
        return NULL;
    char *name = line + strlen(lead);
    name[strcspn(name, " \r")] = '\0';
    return name;
}

/* [a, "b",\n  c]: asks for each; goes on over lines until the bracket. */
static void
ask_codes(struct asking *asking, const char *field, char *list)
{
    char family[WORDS_KEY_MAX] = "";
    char *rest = NULL;

    snprintf(family, sizeof family, "code.%s", field);
    list[strcspn(list, "]")] = '\0';
    for (char *code = strtok_r(list, " ,\"\n", &rest); code;
         code = strtok_r(NULL, " ,\"\n", &rest))
        expect_label(asking, family, code);
}

/* Does the facet whose name is just behind say so? */
static bool
facet_is_banned(const char *rest)
{
    const char *next = strstr(rest, "\n  - name: ");
    const char *banned = strstr(rest, "    banned: true");

    return banned && (!next || banned < next);
}

/* The line, cut off at its end; *rest is the next one, or NULL. A list of
 * codes that goes on over several lines is one line. */
static char *
take_line(char **rest)
{
    static const char codes[] = "        codes: [";
    char *line = *rest;
    char *end = line;

    if (!strncmp(line, codes, strlen(codes)))
        end = strchr(line, ']');
    end = strchr(end, '\n');
    *rest = end && end[1] ? end + 1 : NULL;
    if (end)
        *end = '\0';
    return line;
}

/* A plain walk over the lines of facets.yaml, by their indentation. */
static void
ask_facets(struct asking *asking, char *yaml)
{
    const char *field = "";
    bool banned = false;

    for (char *rest = yaml; rest;) {
        char *line = take_line(&rest);
        char *name = name_behind(line, "  - name: ");
        if (name)
            banned = rest && facet_is_banned(rest);
        if (banned)
            continue;
        if (name)
            expect_label(asking, "facet", name);
        name = name_behind(line, "      - name: ");
        if (name)
            expect_label(asking, "field", field = name);
        if (!strncmp(line, "        codes: [", 16))
            ask_codes(asking, field, line + 16);
    }
}

static void
ask_types(struct asking *asking, char *yaml)
{
    char *rest = NULL;

    for (char *line = strtok_r(yaml, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest)) {
        const char *name = name_behind(line, "  - name: ");
        if (name)
            expect_label(asking, "type", name);
    }
}

Test(words_files, have_a_label_for_every_facet_field_and_code_that_may_travel)
{
    for (size_t i = 0; i < LANGUAGES; i++) {
        cii_auto(buffer_done) struct buffer yaml = {0};
        cii_auto(words_close) struct words *words = words_in(languages[i]);
        struct asking asking = {words, languages[i], 0};
        read_config(&yaml, "facets.yaml");
        buffer_text(&yaml);
        ask_facets(&asking, (char *)yaml.data);
        cr_expect(gt(sz, asking.asked, 400));
    }
}

Test(words_files, have_a_label_for_every_type)
{
    for (size_t i = 0; i < LANGUAGES; i++) {
        cii_auto(buffer_done) struct buffer yaml = {0};
        cii_auto(words_close) struct words *words = words_in(languages[i]);
        struct asking asking = {words, languages[i], 0};
        read_config(&yaml, "event-types.yaml");
        buffer_text(&yaml);
        ask_types(&asking, (char *)yaml.data);
        cr_expect(gt(sz, asking.asked, 80));
    }
}

Test(words_files, have_a_label_for_every_kind_of_institution)
{
    for (size_t i = 0; i < LANGUAGES; i++) {
        cii_auto(words_close) struct words *words = words_in(languages[i]);
        struct asking asking = {words, languages[i], 0};
        for (int kind = 0; kind < KIND_COUNT; kind++)
            expect_label(&asking, "kind",
                         kind_name((enum institution_kind)kind));
        expect_label(&asking, "yesno", "yes");
        expect_label(&asking, "yesno", "no");
        expect_label(&asking, "direction", "sent");
        expect_label(&asking, "direction", "received");
        expect_label(&asking, "form", "oral");
    }
}

Test(words_files, write_days_as_offices_do)
{
    static const char *const last[] = {"31 décembre 2026", "31. Dezember 2026",
                                       "31 dicembre 2026"};
    static const char *const first[] = {"1er août 2026", "1. August 2026",
                                        "1° agosto 2026"};

    for (size_t i = 0; i < LANGUAGES; i++) {
        cii_auto(words_close) struct words *words = words_in(languages[i]);
        char day[WORDS_DAY_SIZE] = "";
        words_day(words, "2026-12-31", day);
        expect_text(day, last[i]);
        words_day(words, "2026-08-01", day);
        expect_text(day, first[i]);
    }
}

Test(words_files, cite_the_law_in_their_language)
{
    static const char *const want[] = {
        "LACI 85f al. 3-4; LSE 35a al. 1bis; LAI 68bis al. 2, 4",
        "AVIG 85f Abs. 3-4; AVG 35a Abs. 1bis; IVG 68bis Abs. 2, 4",
        "LADI 85f cpv. 3-4; LC 35a cpv. 1bis; LAI 68bis cpv. 2, 4"};

    for (size_t i = 0; i < LANGUAGES; i++) {
        cii_auto(words_close) struct words *words = words_in(languages[i]);
        cii_auto(buffer_done) struct buffer text = {0};
        words_append_citation(words, want[0], &text);
        expect_text(buffer_text(&text), want[i]);
    }
}

Test(words_files, are_swiss)
{
    cii_auto(buffer_done) struct buffer text = {0};

    read_config(&text, "letters/words.de.txt");
    for (size_t i = 0; i < LETTERS; i++) {
        char name[64] = "";
        snprintf(name, sizeof name, "letters/%s.de.txt", letters[i]);
        read_config(&text, name);
    }

    cr_expect(eq(ptr, (void *)strstr(buffer_text(&text), "ß"), NULL));
}

/* --- templates ------------------------------------------------------------ */

static const struct letter_content content[] = {
    {"Facet", "Field", "Value"},
};

static const struct letter_disclosure disclosures[] = {
    {.type = "Type",
     .day = "Day",
     .direction = "Direction",
     .partner = "Partner",
     .citation = "Citation",
     .purpose = "Purpose",
     .facets = "Facets",
     .content = content,
     .content_count = 1},
};

static const struct letter_consent consents[] = {
    {"Between", "Purposes", "Opened", "Until"},
};

static const struct letter_facts everything = {
    .office = "Office",
    .today = "Today",
    .person_official_name = "Name",
    .person_first_name = "First",
    .person_avs = "756.9217.0769.85",
    .person_date_of_birth = "Birth",
    .case_ref = "Case",
    .counsellor = "Counsellor",
    .partner = "Other",
    .disclosure = disclosures,
    .disclosure_count = 1,
    .consent = consents,
    .consent_count = 1,
};

static void
write_shipped(struct buffer *text, const char *letter, const char *language,
              const struct letter_facts *facts)
{
    cii_auto(buffer_done) struct buffer form = {0};
    char name[64] = "";
    struct cii_error err = {0};

    snprintf(name, sizeof name, "letters/%s.%s.txt", letter, language);
    read_config(&form, name);
    const struct letter_template template = {name, buffer_view(&form)};
    const enum cii_code code = letter_write(&template, facts, text, &err);
    cr_assert(eq(int, code, CII_OK), "%s", err.text);
}

static void
expect_holds(const char *letter, const char *const words[])
{
    for (size_t i = 0; i < LANGUAGES; i++) {
        cii_auto(buffer_done) struct buffer text = {0};
        write_shipped(&text, letter, languages[i], &everything);
        for (size_t j = 0; words[j]; j++)
            cr_expect(strstr(buffer_text(&text), words[j]) != NULL,
                      "%s.%s does not hold %s", letter, languages[i], words[j]);
    }
}

#define HOLDS(...)        \
    (const char *const[]) \
    {                     \
        __VA_ARGS__, NULL \
    }

Test(templates, say_who_writes_to_whom_and_when)
{
    for (size_t i = 0; i < LETTERS; i++)
        expect_holds(letters[i],
                     HOLDS("Office", "Today", "First Name", "Birth",
                           "756.9217.0769.85", "Case", "Counsellor"));
}

/* LACI 85f al. 4, LAI 68bis al. 4: "de l'échange de données et de son
 * contenu". */
Test(templates, of_inform_after_tell_the_exchange_and_its_content)
{
    expect_holds("inform-after",
                 HOLDS("85f", "68bis", "Day, Direction", "Partner", "Type",
                       "Citation", "Purpose", "Facet, Field", "Value"));
}

/* LAI 6a al. 2 */
Test(templates, of_inform_contact_tell_of_the_contact)
{
    expect_holds("inform-contact", HOLDS("6a", "Day, Direction", "Partner",
                                         "Citation", "Facets"));
}

/* LPD 19: controller, purpose, categories, origin, rights. */
Test(templates, of_inform_month_tell_what_came_from_whom_for_what)
{
    expect_holds("inform-month", HOLDS("19", "Office", "Day", "Partner",
                                       "Purpose", "Facets", "25"));
}

Test(templates, of_inform_consent_tell_what_was_consented_to)
{
    expect_holds("inform-consent",
                 HOLDS("Between", "Purposes", "Opened", "Until"));
}

/* LAI 3b al. 3 */
Test(templates, of_inform_before_tell_of_the_report_to_come)
{
    expect_holds("inform-before", HOLDS("3b", "(Other)", "Facets", "30"));
}

Test(templates, of_withdrawal_tell_what_is_withdrawn_and_who_knows)
{
    expect_holds("withdrawal",
                 HOLDS("Between", "Purposes", "Opened", "Partner, Day"));
}

Test(templates, tell_what_was_exchanged_only_where_the_law_asks_for_it)
{
    for (size_t i = 1; i < LETTERS; i++)
        for (size_t j = 0; j < LANGUAGES; j++) {
            cii_auto(buffer_done) struct buffer text = {0};
            write_shipped(&text, letters[i], languages[j], &everything);
            cr_expect(strstr(buffer_text(&text), "Value") == NULL);
        }
}

/* No mark, no blank at an end of line, no gap, for any amount of facts. */
static void
expect_tidy(const struct letter_facts *facts)
{
    for (size_t i = 0; i < LETTERS; i++)
        for (size_t j = 0; j < LANGUAGES; j++) {
            cii_auto(buffer_done) struct buffer text = {0};
            write_shipped(&text, letters[i], languages[j], facts);
            cr_expect(strstr(buffer_text(&text), "{{") == NULL);
            cr_expect(strstr(buffer_text(&text), "\n\n\n\n") == NULL,
                      "%s.%s has a gap", letters[i], languages[j]);
            cr_expect(strstr(buffer_text(&text), " \n") == NULL,
                      "%s.%s has a blank at the end of a line", letters[i],
                      languages[j]);
            cr_expect(strstr(buffer_text(&text), "\n-") == NULL ||
                      facts->disclosure_count + facts->consent_count > 0);
        }
}

Test(templates, are_tidy_with_every_fact_and_with_none)
{
    expect_tidy(&everything);
    expect_tidy(&(struct letter_facts){.office = "Office", .today = "Today"});
}
