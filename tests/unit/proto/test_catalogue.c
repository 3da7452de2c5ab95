/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "proto/catalogue.h"
#include "tests/support/expect.h"

static char *
copy(const char *text)
{
    char *made = strdup(text);

    cr_assert(made != NULL);
    return made;
}

static void
add_facet(struct catalogue *catalogue, const char *name)
{
    struct facet_def *facet = &catalogue->facet[catalogue->facet_count++];

    facet->name = copy(name);
    facet->meaning = copy("a facet");
    facet->field = calloc(2, sizeof *facet->field);
    cr_assert(facet->field != NULL);
    facet->field_count = 2;
    facet->field[0].name = copy("officialName");
    facet->field[1].name = copy("sex");
    facet->field[1].meaning = copy("1 man, 2 woman, 3 not known");
    facet->field[1].codes = calloc(3, sizeof *facet->field[1].codes);
    cr_assert(facet->field[1].codes != NULL);
    facet->field[1].codes[0] = copy("1");
    facet->field[1].codes[1] = copy("2");
}

static void
add_type(struct catalogue *catalogue, const char *name)
{
    struct type_def *type = &catalogue->type[catalogue->type_count++];

    type->name = copy(name);
    type->line = copy("");
}

static struct catalogue *
catalogue_of_three(void)
{
    static struct catalogue catalogue;

    add_facet(&catalogue, "identity");
    add_facet(&catalogue, "contact");
    add_facet(&catalogue, "dates");
    add_type(&catalogue, "fin-de-droits");
    add_type(&catalogue, "preavis-fin-de-droits");
    return &catalogue;
}

Test(catalogue, finds_by_name)
{
    struct catalogue *catalogue = catalogue_of_three();

    cr_expect(catalogue_facet(catalogue, "dates") == 2);
    cr_expect(catalogue_facet(catalogue, "date") == -1);
    cr_expect(catalogue_type(catalogue, "preavis-fin-de-droits") == 1);
    cr_expect(catalogue_type(catalogue, "") == -1);
    cr_expect(facet_field(&catalogue->facet[0], "sex") == 1);
    cr_expect(facet_field(&catalogue->facet[0], "Sex") == -1);
    catalogue_done(catalogue);
    cr_expect(catalogue->facet_count == 0);
}

Test(catalogue, proposes_the_nearest_name)
{
    struct catalogue *catalogue = catalogue_of_three();

    expect_text(catalogue_nearest_facet(catalogue, "idnetity"), "identity");
    expect_text(catalogue_nearest_facet(catalogue, "date"), "dates");
    expect_text(catalogue_nearest_type(catalogue, "fin-de-droit"),
                "fin-de-droits");
    expect_text(facet_nearest_field(&catalogue->facet[0], "officalNmae"),
                "officialName");
    cr_expect(catalogue_nearest_facet(catalogue, "employability") == NULL);
    catalogue_done(catalogue);
}

static const char *
listed(const void *context, size_t i)
{
    return ((const char *const *)context)[i];
}

Test(nearest_name, counts_a_swap_as_one_edit)
{
    static const char *const names[] = {"abcd", "badc"};

    /* two swaps to the second, one to the first */
    expect_text(nearest_name("bacd", 1, listed, names), "abcd");
    expect_text(nearest_name("abdc", 2, listed, names), "abcd");
}

Test(nearest_name, stays_silent_past_three_edits)
{
    static const char *const names[] = {"entitlement"};

    expect_text(nearest_name("entitlemxyz", 1, listed, names), "entitlement");
    cr_expect(nearest_name("entitlewxyz", 1, listed, names) == NULL);
    cr_expect(nearest_name("entitlement12345", 1, listed, names) == NULL);
}

Test(nearest_name, does_not_propose_what_shares_little)
{
    static const char *const names[] = {"oai", "as"};
    static const char *const other[] = {"case"};

    cr_expect(nearest_name("xyz", 2, listed, names) == NULL);
    cr_expect(nearest_name("avs", 1, listed, other) == NULL);
    cr_expect(nearest_name("", 2, listed, names) == NULL);
    cr_expect(nearest_name("oai", 0, listed, names) == NULL);
}

Test(nearest_name, survives_names_of_any_length)
{
    char longest[300];
    const char *const names[] = {longest, "identity"};
    memset(longest, 'i', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';

    expect_text(nearest_name("identit", 2, listed, names), "identity");
    cr_expect(nearest_name(longest, 2, listed, names) == NULL);
}

/* --- fields ------------------------------------------------------------- */

static char *codes[] = {"orp", "oai", "as", NULL};

struct value_case {
    enum field_form form;
    const char *value;
    bool valid;
};

static const struct value_case values[] = {
    {FIELD_TEXT, "Müller", true},
    {FIELD_TEXT, "0123456789", true},
    {FIELD_TEXT, "01234567890", false},
    {FIELD_TEXT, "", false},
    {FIELD_TEXT, "M\xfcller", false},
    {FIELD_CODE, "oai", true},
    {FIELD_CODE, "OAI", false},
    {FIELD_CODE, "oa", false},
    {FIELD_CODE, "orp oai", false},
    {FIELD_CODES, "oai", true},
    {FIELD_CODES, "orp as oai", true},
    {FIELD_CODES, "orp  as", false},
    {FIELD_CODES, "orp ", false},
    {FIELD_CODES, " orp", false},
    {FIELD_CODES, "orp pc", false},
    {FIELD_CODES, "orp as orp", false},
    {FIELD_DATE, "2026-12-31", true},
    {FIELD_DATE, "2026-12", false},
    {FIELD_DATE, "2026-02-29", false},
    {FIELD_PARTIAL_DATE, "1971", true},
    {FIELD_PARTIAL_DATE, "1971-04", true},
    {FIELD_PARTIAL_DATE, "1971-04-30", true},
    {FIELD_PARTIAL_DATE, "1971-04-31", false},
    {FIELD_NUMBER, "0", true},
    {FIELD_NUMBER, "123456789012", true},
    {FIELD_NUMBER, "1234567890123", false},
    {FIELD_NUMBER, "-1", false},
    {FIELD_NUMBER, "1.5", false},
    {FIELD_NUMBER, "1 ", false},
    {FIELD_YESNO, "yes", true},
    {FIELD_YESNO, "no", true},
    {FIELD_YESNO, "Yes", false},
    {FIELD_YESNO, "true", false},
    {FIELD_AVS, "7569217076985", true},
    {FIELD_AVS, "756.9217.0769.85", false},
    {FIELD_AVS, "7569217076984", false},
    {FIELD_INSTITUTION, "ge.as.hg", true},
    {FIELD_INSTITUTION, "ge.hg", false},
    {FIELD_INSTITUTIONS, "ge.orp ge.as.hg", true},
    {FIELD_INSTITUTIONS, "ge.orp", true},
    {FIELD_INSTITUTIONS, "ge.orp ge.orp", false},
    {FIELD_INSTITUTIONS, "ge.orp  ge.cch", false},
    {FIELD_INSTITUTIONS, "ge.orp *", false},
    {FIELD_NAMES, "identity avs-use", true},
    {FIELD_NAMES, "identity identity", false},
    {FIELD_NAMES, "identity ", false},
    {FIELD_NAMES, "*", false},
};

Test(field, takes_values_of_its_form_alone)
{
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        const struct field_def field = {.name = "f",
                                        .form = values[i].form,
                                        .max = 10,
                                        .codes = codes};
        struct cii_error err = {0};
        const enum cii_code got = field_check(&field, values[i].value, &err);
        cr_expect(got == (values[i].valid ? CII_OK : CII_INVALID),
                  "form %d, value '%s': %s", (int)values[i].form,
                  values[i].value, err.text);
    }
}

Test(field, error_names_field_and_remedy_but_not_the_value)
{
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        const struct field_def field = {.name = "theField",
                                        .form = values[i].form,
                                        .max = 10,
                                        .codes = codes};
        struct cii_error err = {0};
        if (field_check(&field, values[i].value, &err) == CII_OK)
            continue;
        cr_expect(strncmp(err.text, "theField: ", 10) == 0, "%s", err.text);
        /* what lists the codes may well list what was written */
        if (strlen(values[i].value) > 3 && values[i].form != FIELD_CODES)
            cr_expect(strstr(err.text, values[i].value) == NULL, "%s",
                      err.text);
    }
}

Test(field, error_lists_the_codes)
{
    const struct field_def field = {.name = "kind",
                                    .form = FIELD_CODE,
                                    .codes = codes};
    struct cii_error err = {0};

    expect_code(field_check(&field, "x", &err), INVALID);

    expect_text(err.text, "kind: write one of orp, oai, as");
}

Test(field, without_codes_takes_no_code)
{
    const struct field_def field = {.name = "kind", .form = FIELD_CODES};

    expect_code(field_check(&field, "x", NULL), INVALID);
}

/* --- sets --------------------------------------------------------------- */

Test(facet_set, prints_names_and_never_half_a_name)
{
    struct catalogue *catalogue = catalogue_of_three();
    char text[64];

    facet_set_print(catalogue, 5, text, sizeof text);
    expect_text(text, "identity dates");
    facet_set_print(catalogue, 0, text, sizeof text);
    expect_text(text, "");
    facet_set_print(catalogue, 7, text, 17);
    expect_text(text, "identity contact");
    facet_set_print(catalogue, 7, text, 16);
    expect_text(text, "identity");
    facet_set_print(catalogue, 7, text, 1);
    expect_text(text, "");
    catalogue_done(catalogue);
}
