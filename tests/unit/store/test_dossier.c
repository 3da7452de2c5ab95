/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/support.h"

static char seen[512];

static void
note(const char *text)
{
    snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s;", text);
}

static void
see_concern(void *context, const char *institution)
{
    (void)context;
    note(institution);
}

static void
see_dossier(void *context, const struct dossier_row *row)
{
    char text[128];

    (void)context;
    snprintf(text, sizeof text, "%lld %lld %s %s %lld-%lld",
             (long long)row->number, (long long)row->person, row->case_ref,
             row->counsellor, (long long)row->opened_at,
             (long long)row->closed_at);
    note(text);
}

static const char *
concerned(int64_t person)
{
    seen[0] = '\0';
    require_ok(store_concern_each(store, person, see_concern, NULL, &error));
    return seen;
}

static enum cii_code
open_dossier(int64_t person, int64_t at)
{
    struct dossier_row row = {.person = person,
                              .case_ref = "C",
                              .counsellor = "u7",
                              .opened_at = at};

    return store_dossier_open(store, &row, &error);
}

static void
add_two_persons(void)
{
    begin_turn();
    add_person(1);
    add_person(2);
}

TestSuite(dossier, .init = add_two_persons, .fini = close_store);

Test(dossier, is_open_once_for_a_person)
{
    struct dossier_row again = {.person = 1, .case_ref = "", .counsellor = ""};
    require_ok(open_dossier(1, 10));
    require_ok(open_dossier(2, 11));

    expect_code(store_dossier_open(store, &again, &error), DUPLICATE);

    cr_expect(eq(i64, again.number, 1));
}

Test(dossier, can_be_opened_again_when_it_was_closed)
{
    require_ok(open_dossier(1, 10));
    require_ok(store_dossier_close(store, 1, 20, &error));
    expect_code(store_dossier_close(store, 1, 21, &error), UNKNOWN);
    require_ok(open_dossier(1, 30));

    require_ok(store_dossier_each(store, 0, 10, see_dossier, NULL, &error));
    expect_text(seen, "1 1 C u7 10-20;2 1 C u7 30-0;");
    seen[0] = '\0';
    require_ok(store_dossier_each(store, 1, 1, see_dossier, NULL, &error));
    expect_text(seen, "2 1 C u7 30-0;");
}

Test(dossier, names_the_offices_that_are_concerned)
{
    require_ok(open_dossier(1, 10));
    require_ok(open_dossier(2, 10));

    require_ok(store_concern_set(store, 1, ORP, true, 11, &error));
    require_ok(store_concern_set(store, 1, OAI, true, 11, &error));
    require_ok(store_concern_set(store, 1, OAI, true, 12, &error));
    expect_text(concerned(1), "vs.oai;vs.orp.sion;");
    expect_text(concerned(2), "");

    require_ok(store_concern_set(store, 1, OAI, false, 13, &error));
    require_ok(store_concern_set(store, 1, "ge.oai", false, 13, &error));
    expect_text(concerned(1), "vs.orp.sion;");
    require_ok(store_concern_set(store, 1, OAI, true, 14, &error));
    expect_text(concerned(1), "vs.oai;vs.orp.sion;");
}

Test(dossier, that_is_closed_concerns_nobody)
{
    require_ok(open_dossier(1, 10));
    require_ok(store_concern_set(store, 1, ORP, true, 11, &error));
    require_ok(store_dossier_close(store, 1, 20, &error));

    expect_text(concerned(1), "");
    expect_code(store_concern_set(store, 1, ORP, true, 21, &error), UNKNOWN);
    require_ok(open_dossier(1, 30));
    expect_text(concerned(1), "");
}

Test(dossier, is_given_as_it_is_open)
{
    struct dossier_row row = {.person = 1,
                              .case_ref = "C",
                              .counsellor = "u7",
                              .commune = "6266",
                              .opened_at = 10};
    require_ok(store_dossier_open(store, &row, &error));
    require_ok(open_dossier(2, 11));

    require_ok(store_dossier_get(store, 1, &row, &error));
    cr_expect(eq(i64, row.number, 1));
    cr_expect(eq(i64, row.person, 1));
    expect_text(row.case_ref, "C");
    expect_text(row.counsellor, "u7");
    expect_text(row.commune, "6266");
    cr_expect(eq(i64, row.opened_at, 10));
    cr_expect(eq(i64, row.closed_at, 0));
    require_ok(store_dossier_get(store, 2, &row, &error));
    expect_text(row.commune, "");
    require_ok(store_dossier_close(store, 1, 20, &error));
    expect_code(store_dossier_get(store, 1, &row, &error), UNKNOWN);
}

Test(dossier, changes_only_in_what_is_said_anew)
{
    struct dossier_row row = {0};
    require_ok(open_dossier(1, 10));
    require_ok(open_dossier(2, 11));

    require_ok(store_dossier_change(store, 1, NULL, NULL, "6266", &error));
    require_ok(store_dossier_get(store, 1, &row, &error));
    expect_text(row.case_ref, "C");
    expect_text(row.counsellor, "u7");
    expect_text(row.commune, "6266");
    require_ok(store_dossier_change(store, 1, "D", "u8", NULL, &error));
    require_ok(store_dossier_get(store, 1, &row, &error));
    expect_text(row.case_ref, "D");
    expect_text(row.counsellor, "u8");
    expect_text(row.commune, "6266");
    require_ok(store_dossier_change(store, 1, "", NULL, "", &error));
    require_ok(store_dossier_get(store, 1, &row, &error));
    expect_text(row.case_ref, "");
    expect_text(row.commune, "");
    require_ok(store_dossier_get(store, 2, &row, &error));
    expect_text(row.case_ref, "C");
}

Test(dossier, that_is_closed_does_not_change)
{
    require_ok(open_dossier(1, 10));
    require_ok(store_dossier_close(store, 1, 20, &error));

    expect_code(store_dossier_change(store, 1, "D", NULL, NULL, &error),
                UNKNOWN);
    require_ok(open_dossier(1, 30));
    require_ok(store_dossier_change(store, 1, "E", NULL, NULL, &error));
    require_ok(store_dossier_each(store, 0, 10, see_dossier, NULL, &error));
    expect_text(seen, "1 1 C u7 10-20;2 1 E u7 30-0;");
}

/* --- acts ---------------------------------------------------------------- */

static void
see_act(void *context, const struct act_row *row)
{
    char text[128];

    (void)context;
    snprintf(text, sizeof text, "%lld %lld %u %s %s %s %s %lld %s",
             (long long)row->number, (long long)row->at, row->uid, row->role,
             row->user, row->verb, row->subject, (long long)row->person,
             row->result);
    note(text);
}

Test(act, is_kept_and_shown_newest_first, .init = begin_turn,
     .fini = close_store)
{
    struct act_row row = {.at = 5,
                          .uid = UINT32_MAX,
                          .role = "auditor",
                          .user = "",
                          .verb = "show",
                          .subject = "e-1",
                          .person = 3,
                          .result = "OK"};

    require_ok(store_act_add(store, &row, &error));
    row.at = 4;
    row.uid = 1000;
    row.user = "u7";
    row.person = 0;
    require_ok(store_act_add(store, &row, &error));
    row.at = 6;
    require_ok(store_act_add(store, &row, &error));

    require_ok(store_act_each(store, 0, 2, see_act, NULL, &error));
    expect_text(seen, "3 6 1000 auditor u7 show e-1 0 OK;"
                      "2 4 1000 auditor u7 show e-1 0 OK;");
    seen[0] = '\0';
    require_ok(store_act_each(store, 2, 2, see_act, NULL, &error));
    expect_text(seen, "1 5 4294967295 auditor  show e-1 3 OK;");
}
