/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cii/client.h"
#include "proto/id.h"
#include "tests/support/expect.h"

static struct cii_event *event;

static void
begin(void)
{
    require_ok(cii_event_new(&event, "fin-de-droits", "2026-12-31", NULL));
}

static void
end(void)
{
    cii_event_destroy(&event);
}

TestSuite(event, .init = begin, .fini = end);

Test(event, is_not_made_on_a_day_that_is_none)
{
    struct cii_error err = {0};
    struct cii_event *none = NULL;

    expect_code(cii_event_new(&none, "fin-de-droits", "2026-02-30", &err),
                INVALID);

    cr_expect(none == NULL);
    cr_expect(strstr(err.text, "on: ") != NULL);
}

Test(event, takes_only_what_an_event_has)
{
    struct cii_error err = {0};

    require_ok(cii_event_set(event, NULL, "case", "GE-2016-0815", &err));
    require_ok(cii_event_set(event, NULL, "to", "ge.as.hg", &err));
    require_ok(cii_event_set(event, NULL, "test", "yes", &err));

    expect_code(cii_event_set(event, NULL, "casse", "x", &err), INVALID);
    expect_code(cii_event_set(event, NULL, "test", "true", &err), INVALID);
    expect_code(cii_event_set(event, NULL, "to", "geneva", &err), INVALID);
    expect_code(cii_event_set(event, NULL, "id", "12", &err), INVALID);
    expect_code(cii_event_set(event, NULL, "as_of", "soon", &err), INVALID);
    expect_code(cii_event_set(event, NULL, "reliability", "high", &err),
                INVALID);
    expect_code(cii_event_set(event, NULL, "case",
                              "0123456789012345678901234567890123456789"
                              "01234567890",
                              &err),
                TOO_LARGE);
}

Test(event, refuses_text_that_the_daemon_could_not_read)
{
    struct cii_error err = {0};

    expect_code(cii_event_set(event, "identity", "officialName", "", &err),
                INVALID);
    expect_code(cii_event_set(event, "identity", "officialName", "\xff", &err),
                INVALID);
    expect_code(cii_event_set(event, "identity", "officialName", "a\033[2J",
                              &err),
                INVALID);
    require_ok(
        cii_event_set(event, "identity", "officialName", "Müller", &err));
}

Test(event, may_be_set_again_without_end)
{
    struct cii_error err = {0};

    for (int i = 0; i < 300000; i++) {
        char value[16];
        snprintf(value, sizeof value, "%08d", i);
        require_ok(
            cii_event_set(event, "identity", "officialName", value, &err));
    }
}

Test(event, has_a_limit_on_its_facets)
{
    struct cii_error err = {0};
    char name[24];
    enum cii_code code = CII_OK;
    int count = 0;

    for (; count < 100 && code == CII_OK; count++) {
        snprintf(name, sizeof name, "facet%d", count);
        code = cii_event_set(event, name, "a", "b", &err);
    }

    expect_code(code, TOO_LARGE);
}

Test(event, gets_an_id_of_its_own)
{
    char first[37];
    char second[37];
    struct event_id id;

    require_ok(cii_event_id_new(first, NULL));
    require_ok(cii_event_id_new(second, NULL));

    require_ok(event_id_parse(&id, first, NULL));
    cr_expect(ne(str, first, second));
}
