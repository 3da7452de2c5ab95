/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "proto/id.h"
#include "tests/support/expect.h"

Test(institution, is_canton_kind_and_maybe_a_place)
{
    static const char *const valid[] = {"vs.orp.sion",
                                        "ge.oai",
                                        "ge.as.hg",
                                        "zh.suva",
                                        "ju.bureau.le-noirmont-2",
                                        "ti.migaut.x"};

    for (size_t i = 0; i < sizeof valid / sizeof valid[0]; i++)
        cr_expect(institution_check(valid[i], NULL) == CII_OK, "%s", valid[i]);
}

Test(institution, is_nothing_else)
{
    static const char *const invalid[] = {
        "",
        "ge",
        "ge.",
        ".orp",
        "xx.orp",
        "GE.orp",
        "ge.ORP",
        "ge.orps",
        "ge.or",
        "ge.orp.",
        "ge.orp.Sion",
        "ge.orp.a.b",
        "ge.orp.a_b",
        "ge.orp.a b",
        "ge..sion",
        "gex.orp",
        "ge-orp",
        "ge.orp.é",
        " ge.orp",
        "ge.orp ",
        "ge.orp.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};

    for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; i++)
        cr_expect(institution_check(invalid[i], NULL) == CII_INVALID, "%s",
                  invalid[i]);
}

Test(institution, error_names_the_part_that_is_wrong)
{
    static const struct {
        const char *id;
        const char *word;
    } cases[] = {{"sv.orp.sion", "canton"},
                 {"vs.opr.sion", "kind"},
                 {"vs.orp.Sion", "place"}};

    for (size_t i = 0; i < 3; i++) {
        struct cii_error err = {0};
        expect_code(institution_check(cases[i].id, &err), INVALID);
        cr_expect(strstr(err.text, cases[i].word) != NULL, "%s", err.text);
    }
}

Test(institution, of_63_characters_is_the_longest)
{
    char id[65] = "ge.orp.";
    memset(id + 7, 'a', 63 - 7);

    require_ok(institution_check(id, NULL));
    id[63] = 'a';
    expect_code(institution_check(id, NULL), INVALID);
}

Test(kinds, have_names_that_find_them_again)
{
    for (unsigned int kind = 0; kind < KIND_COUNT; kind++) {
        char id[64];
        const char *name = kind_name((enum institution_kind)kind);
        cr_expect(kind_find(name) == kind);
        snprintf(id, sizeof id, "ne.%s", name);
        cr_expect(institution_kind_of(id) == kind);
        snprintf(id, sizeof id, "ne.%s.place", name);
        cr_expect(institution_kind_of(id) == kind);
    }
    cr_expect(kind_find("nobody") == KIND_COUNT);
    cr_expect(kind_find("") == KIND_COUNT);
    expect_text(kind_name(KIND_COUNT), "");
}

/* --- events ------------------------------------------------------------- */

static const uint8_t random_bytes[10] = {0xff, 0xff, 0xff, 0xff, 0xff,
                                         0xff, 0xff, 0xff, 0xff, 0xff};

Test(event_id, is_a_uuid_of_version_7)
{
    char text[EVENT_ID_TEXT];

    const struct event_id id =
        event_id_make(INT64_C(0x0123456789ab), random_bytes);

    event_id_print(&id, text);
    expect_text(text, "01234567-89ab-7fff-bfff-ffffffffffff");
    cr_expect(event_id_is_valid(&id));
}

Test(event_id, is_read_as_it_was_printed_in_either_case)
{
    const struct event_id id = event_id_make(1790000000000, random_bytes);
    struct event_id back;
    char text[EVENT_ID_TEXT];
    event_id_print(&id, text);

    require_ok(event_id_parse(&back, text, NULL));
    cr_expect(event_id_equal(&id, &back));
    for (char *c = text; *c; c++)
        *c = (char)(*c >= 'a' && *c <= 'f' ? *c - 'a' + 'A' : *c);
    require_ok(event_id_parse(&back, text, NULL));
    cr_expect(event_id_equal(&id, &back));
}

Test(event_id, orders_by_time)
{
    const struct event_id early = event_id_make(1000, random_bytes);
    const struct event_id late = event_id_make(1001, (uint8_t[10]){0});

    cr_expect(memcmp(early.bytes, late.bytes, EVENT_ID_SIZE) < 0);
}

Test(event_id, is_nothing_else)
{
    static const char *const invalid[] = {
        "",
        "01234567-89ab-7fff-bfff-fffffffffff",
        "01234567-89ab-7fff-bfff-fffffffffffff",
        "01234567089ab-7fff-bfff-ffffffffffff",
        "0123456-789ab-7fff-bfff-ffffffffffff",
        "0123456789ab7fffbfffffffffffffffffff",
        "01234567-89ab-4fff-bfff-ffffffffffff",
        "01234567-89ab-7fff-7fff-ffffffffffff",
        "01234567-89ab-7fff-cfff-ffffffffffff",
        "0123456g-89ab-7fff-bfff-ffffffffffff",
        "{1234567-89ab-7fff-bfff-ffffffffff}f",
        "00000000-0000-0000-0000-000000000000",
    };

    for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; i++) {
        struct event_id id;
        cr_expect(event_id_parse(&id, invalid[i], NULL) == CII_INVALID, "%s",
                  invalid[i]);
    }
}

Test(event_id, of_zeroes_is_none)
{
    struct event_id id = {{0}};

    cr_expect(event_id_is_zero(&id));
    cr_expect(event_id_is_valid(&id) == false);
    id.bytes[15] = 1;
    cr_expect(event_id_is_zero(&id) == false);
}
