/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/config.h"
#include "tests/unit/conf/files.h"

#define FACETS                                                          \
    "facets:\n"                                                         \
    "- name: identity\n"                                                \
    "  meaning: Who it is.\n"                                           \
    "  fields:\n"                                                       \
    "  - {name: vn, meaning: AVS number., form: avs, required: true}\n" \
    "  - {name: officialName, meaning: Name., max: 100}\n"              \
    "- name: outcome\n"                                                 \
    "  meaning: How it ended.\n"                                        \
    "  fields:\n"                                                       \
    "  - {name: cause, meaning: Why., form: code, codes: [quota, job]}\n"
#define DIAGNOSIS "- {name: diagnosis, meaning: Never., banned: true}\n"
#define TYPES                             \
    "types:\n"                            \
    "- name: fin-de-droits\n"             \
    "  meaning: Entitlement has ended.\n" \
    "  line: droits\n"                    \
    "  must: [identity]\n"                \
    "  may: [outcome]\n"                  \
    "- {name: catalogue, meaning: None., personal: false}\n"

static enum cii_code
load(struct catalogue **catalogue, const char *facets, const char *types,
     struct cii_error *err)
{
    cii_auto(folder_done) struct folder folder = folder_new();

    write_file("facets.yaml", facets);
    write_file("event-types.yaml", types);
    return catalogue_load(catalogue, "facets.yaml", "event-types.yaml", err);
}

static void
expect_refused(const char *facets, const char *types, const char *sentence)
{
    struct catalogue *catalogue = NULL;
    struct cii_error err = {0};

    expect_code(load(&catalogue, facets, types, &err), CONFIG);
    expect_text(err.text, sentence);
    cr_expect(catalogue == NULL);
}

Test(catalogue_file, facets_are_numbered_in_their_order)
{
    cii_auto(catalogue_destroy) struct catalogue *catalogue = NULL;

    require_ok(load(&catalogue, FACETS DIAGNOSIS, TYPES, NULL));

    cr_expect(eq(int, catalogue->identity, 0));
    cr_expect(eq(int, catalogue->outcome, 1));
    cr_expect(catalogue->facet[2].banned);
    const struct facet_def *identity = &catalogue->facet[0];
    cr_assert(eq(sz, identity->field_count, 2));
    cr_expect(eq(int, (int)identity->field[0].form, FIELD_AVS));
    cr_expect(identity->field[0].required);
    cr_expect(eq(u32, identity->field[1].max, 100));
    cr_expect(eq(u32, identity->field[0].max, 200));
    expect_text(catalogue->facet[1].field[0].codes[1], "job");
}

Test(catalogue_file, a_type_may_hold_what_it_must)
{
    cii_auto(catalogue_destroy) struct catalogue *catalogue = NULL;

    require_ok(load(&catalogue, FACETS, TYPES, NULL));

    cr_assert(eq(sz, catalogue->type_count, 2));
    const struct type_def *type = &catalogue->type[0];
    cr_expect(eq(u64, type->must, 1));
    cr_expect(eq(u64, type->may, 3));
    cr_expect(type->personal);
    cr_expect(type->protocol == false);
    expect_text(type->line, "droits");
    expect_text(catalogue->type[1].line, "");
    cr_expect(catalogue->type[1].personal == false);
}

Test(catalogue_file, a_type_has_four_slots_unless_it_needs_or_says_more)
{
    cii_auto(catalogue_destroy) struct catalogue *catalogue = NULL;

    require_ok(load(&catalogue, FACETS,
                    "types:\n"
                    "- {name: a, meaning: b, must: [identity]}\n"
                    "- {name: c, meaning: d, must: [identity], slots: 7}\n",
                    NULL));

    cr_expect(eq(u32, catalogue->type[0].slots, 4));
    cr_expect(eq(u32, catalogue->type[1].slots, 7));
}

Test(catalogue_file, a_type_needs_a_slot_for_each_facet)
{
    expect_refused(FACETS,
                   "types:\n- {name: a, meaning: b, must: [identity, "
                   "outcome], slots: 1}\n",
                   "event-types.yaml:2: type 'a' may hold 2 facets in 1 "
                   "slots; 16 are the most");
}

Test(catalogue_file, a_type_with_more_facets_than_slots_there_are_is_refused)
{
    char facets[4096] = FACETS;
    char types[1024] = "types:\n- {name: a, meaning: b, must: [identity], "
                       "may: [outcome";

    for (int i = 0; i < 15; i++) {
        snprintf(facets + strlen(facets), sizeof facets - strlen(facets),
                 "- {name: f%d, meaning: m, fields: [{name: a, meaning: "
                 "b}]}\n",
                 i);
        snprintf(types + strlen(types), sizeof types - strlen(types), ", f%d",
                 i);
    }
    strcat(types, "]}\n");

    expect_refused(facets, types,
                   "event-types.yaml:2: type 'a' may hold 17 facets in 17 "
                   "slots; 16 are the most");
}

Test(catalogue_file, an_unknown_facet_is_named_with_the_nearest)
{
    expect_refused(FACETS,
                   "types:\n- {name: a, meaning: b, must: "
                   "[identiy]}\n",
                   "event-types.yaml:2: unknown facet 'identiy'; did you "
                   "mean 'identity'?");
}

Test(catalogue_file, a_name_stands_once)
{
    expect_refused(
        FACETS FACETS, TYPES,
        "facets.yaml:11: facets: it stands twice in the facets file");
    expect_refused(FACETS "- {name: outcome, meaning: b, banned: true}\n",
                   TYPES,
                   "facets.yaml:11: facet 'outcome' stands twice; the first "
                   "is in line 7");
    expect_refused(FACETS "  - {name: cause, meaning: Why.}\n", TYPES,
                   "facets.yaml:11: field 'cause' stands twice; the first "
                   "is in line 10");
    expect_refused(FACETS,
                   TYPES "- {name: catalogue, meaning: b, personal: "
                         "false}\n",
                   "event-types.yaml:8: type 'catalogue' stands twice; the "
                   "first is in line 7");
}

Test(catalogue_file, identity_and_outcome_are_always_there)
{
    expect_refused("facets:\n- {name: identity, meaning: b, fields: [{name: "
                   "a, meaning: b}]}\n",
                   TYPES, "facets.yaml: lacks the facet 'outcome'");
}

Test(catalogue_file, an_event_about_a_person_must_say_who)
{
    expect_refused(FACETS,
                   "types:\n- {name: a, meaning: b, may: "
                   "[identity]}\n",
                   "event-types.yaml:2: type 'a' is about a person, so "
                   "'must' needs identity; or say personal: false");
}

Test(catalogue_file, a_type_that_must_hold_what_is_banned_is_refused)
{
    expect_refused(FACETS DIAGNOSIS,
                   "types:\n- {name: a, meaning: b, must: [identity, "
                   "diagnosis]}\n",
                   "event-types.yaml:2: type 'a' must hold 'diagnosis', "
                   "which is banned: it could never be sent");
}

Test(catalogue_file, codes_go_with_the_forms_that_have_them)
{
    expect_refused(FACETS "  - {name: b, meaning: c, form: code}\n", TYPES,
                   "facets.yaml:11: field 'b' lacks 'codes': the list of "
                   "what it may hold");
    expect_refused(FACETS "  - {name: b, meaning: c, codes: [d]}\n", TYPES,
                   "facets.yaml:11: field 'b' has codes, so its form must "
                   "be code or codes");
    expect_refused(FACETS "  - {name: b, meaning: c, form: date, max: 9}\n",
                   TYPES,
                   "facets.yaml:11: field 'b' has a max, so its form must "
                   "be text");
    expect_refused(FACETS "  - {name: b, meaning: c, form: cod}\n", TYPES,
                   "facets.yaml:11: form: 'cod' is not known; did you mean "
                   "'code'?");
    expect_refused(FACETS "  - {name: b, meaning: c, form: code, codes: "
                          "[a b]}\n",
                   TYPES,
                   "facets.yaml:11: codes: a code is one word, without "
                   "space or comma");
}

Test(catalogue_file, a_facet_that_is_not_banned_has_fields)
{
    expect_refused(FACETS "- {name: b, meaning: c}\n", TYPES,
                   "facets.yaml:11: facet 'b' lacks 'fields': the list of "
                   "what it may hold");
}
