/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/support.h"

/* What follows from statements: who relied on them, what they hide, what has
 * to be judged again. */

static char seen[512];

static void
restart(void)
{
    require_ok(store_commit(store, &error));
    store_close(&store);
    require_ok(store_open(&store, folder, &error));
    require_ok(store_begin(store, &error));
}

/* --- reliance ------------------------------------------------------------ */

static void
see_reliance(void *context, const struct reliance_row *row)
{
    const size_t used = strlen(seen);

    (void)context;
    snprintf(seen + used, sizeof seen - used, "%lld<%lld %s%s;",
             (long long)row->event, (long long)row->statement, row->partner,
             row->arrival ? " arrived" : "");
}

static const char *
reliances(int64_t event, int64_t statement)
{
    seen[0] = '\0';
    require_ok(store_reliance_each(store, event, statement, see_reliance, NULL,
                                   &error));
    return seen;
}

static enum cii_code
rely(int64_t event, int64_t statement, const char *partner, bool arrival)
{
    const struct reliance_row row = {event, statement, partner, arrival};

    return store_reliance_add(store, &row, &error);
}

static void
add_four_events(void)
{
    begin_turn();
    for (int i = 1; i <= 4; i++)
        add_event(event_of(i));
}

TestSuite(reliance, .init = add_four_events, .fini = close_store);

Test(reliance, is_found_by_what_was_told_and_by_what_allowed_it)
{
    require_ok(rely(3, 1, OAI, false));
    require_ok(rely(3, 2, OAI, false));
    require_ok(rely(4, 1, ORP, false));
    require_ok(rely(4, 1, ORP, true));

    expect_text(reliances(3, 0), "3<1 vs.oai;3<2 vs.oai;");
    expect_text(reliances(4, 0), "4<1 vs.orp.sion;4<1 vs.orp.sion arrived;");
    expect_text(reliances(0, 1), "3<1 vs.oai;4<1 vs.orp.sion;"
                                 "4<1 vs.orp.sion arrived;");
    expect_text(reliances(0, 2), "3<2 vs.oai;");
    expect_text(reliances(3, 2), "3<2 vs.oai;");
    expect_text(reliances(1, 0), "");
    expect_text(reliances(0, 3), "");
}

Test(reliance, is_kept_once)
{
    require_ok(rely(3, 1, OAI, false));
    require_ok(rely(3, 1, OAI, false));

    expect_text(reliances(3, 0), "3<1 vs.oai;");
    expect_text(reliances(0, 1), "3<1 vs.oai;");
}

Test(reliance, is_of_events_that_are_known)
{
    expect_code(rely(5, 1, OAI, false), UNKNOWN);
    expect_code(rely(1, 5, OAI, false), UNKNOWN);
    expect_text(reliances(0, 1), "");
}

Test(reliance, is_found_among_very_many)
{
    for (int i = 5; i < 66000; i++)
        add_event(event_of(i));
    require_ok(rely(2, 1, OAI, false));
    require_ok(rely(65999, 1, OAI, false));

    expect_text(reliances(0, 1), "2<1 vs.oai;65999<1 vs.oai;");
}

static void
rely_more(void *context, const struct reliance_row *row)
{
    see_reliance(context, row);
    require_ok(store_event_hide(store, row->event, row->statement, 5, &error));
}

Test(reliance, may_be_followed_by_hiding_what_it_allowed)
{
    require_ok(rely(3, 1, OAI, false));
    require_ok(rely(4, 1, OAI, false));

    require_ok(store_reliance_each(store, 0, 1, rely_more, NULL, &error));

    expect_text(seen, "3<1 vs.oai;4<1 vs.oai;");
    expect_text(list(&(struct event_filter){0}), "1 2");
}

/* --- hiding -------------------------------------------------------------- */

static bool
is_hidden(int64_t event)
{
    bool hidden = false;

    require_ok(store_event_is_hidden(store, event, &hidden, &error));
    return hidden;
}

TestSuite(hiding, .init = add_four_events, .fini = close_store);

Test(hiding, takes_an_event_out_of_lists_and_nothing_else)
{
    struct event_row row = {0};
    const struct event_id id = id_of(2);

    require_ok(store_event_hide(store, 2, 4, 50, &error));
    restart();

    cr_expect(eq(int, is_hidden(2), true));
    cr_expect(eq(int, is_hidden(4), false));
    expect_text(list(&(struct event_filter){0}), "1 3 4");
    expect_text(list(&(struct event_filter){.hidden = true}), "1 2 3 4");
    require_ok(store_event_get(store, 2, &row, &error));
    require_ok(store_event_find(store, ME, &id, &row, &error));
}

Test(hiding, twice_does_nothing_and_showing_again_undoes_it)
{
    require_ok(store_event_hide(store, 2, 4, 50, &error));
    require_ok(store_event_hide(store, 2, 3, 51, &error));
    expect_text(list(&(struct event_filter){0}), "1 3 4");

    require_ok(store_event_unhide(store, 2, &error));
    require_ok(store_event_unhide(store, 2, &error));

    cr_expect(eq(int, is_hidden(2), false));
    expect_text(list(&(struct event_filter){0}), "1 2 3 4");
}

Test(hiding, is_of_events_that_are_known)
{
    bool hidden = true;

    expect_code(store_event_hide(store, 5, 1, 50, &error), UNKNOWN);
    expect_code(store_event_hide(store, 1, 5, 50, &error), UNKNOWN);
    expect_code(store_event_unhide(store, 5, &error), UNKNOWN);
    require_ok(store_event_is_hidden(store, 1, &hidden, &error));
    cr_expect(eq(int, hidden, false));
}

/* --- judging again ------------------------------------------------------- */

static const char *
next_work(void)
{
    struct rejudge_row row = {0};

    const enum cii_code code = store_rejudge_next(store, &row, &error);
    if (code == CII_UNKNOWN)
        return "none";
    require_ok(code);
    snprintf(seen, sizeof seen, "%lld %lld [%s] %lld", (long long)row.number,
             (long long)row.person, row.partner, (long long)row.after);
    return seen;
}

static void
add_two_persons(void)
{
    begin_turn();
    add_person(1);
    add_person(2);
}

TestSuite(rejudge, .init = add_two_persons, .fini = close_store);

Test(rejudge, gives_the_oldest_until_it_is_done)
{
    expect_text(next_work(), "none");
    require_ok(store_rejudge_add(store, 2, "", &error));
    require_ok(store_rejudge_add(store, 0, OAI, &error));
    require_ok(store_rejudge_add(store, 1, NULL, &error));

    expect_text(next_work(), "1 2 [] 0");
    expect_text(next_work(), "1 2 [] 0");
    require_ok(store_rejudge_done(store, 1, &error));
    expect_text(next_work(), "2 0 [vs.oai] 0");
    require_ok(store_rejudge_done(store, 2, &error));
    expect_text(next_work(), "3 1 [] 0");
    require_ok(store_rejudge_done(store, 3, &error));
    expect_text(next_work(), "none");
}

Test(rejudge, goes_on_where_it_was_after_a_restart)
{
    require_ok(store_rejudge_add(store, 0, OAI, &error));
    require_ok(store_rejudge_add(store, 0, ORP, &error));
    require_ok(store_rejudge_move(store, 1, 77, &error));

    restart();

    expect_text(next_work(), "1 0 [vs.oai] 77");
    require_ok(store_rejudge_done(store, 1, &error));
    expect_text(next_work(), "2 0 [vs.orp.sion] 0");
}

Test(rejudge, of_the_same_again_stands_beside_it)
{
    require_ok(store_rejudge_add(store, 1, OAI, &error));
    require_ok(store_rejudge_add(store, 1, OAI, &error));

    require_ok(store_rejudge_done(store, 1, &error));

    expect_text(next_work(), "2 1 [vs.oai] 0");
}

Test(rejudge, is_of_what_is_known)
{
    expect_code(store_rejudge_add(store, 3, "", &error), UNKNOWN);
    expect_code(store_rejudge_move(store, 1, 5, &error), UNKNOWN);
    expect_code(store_rejudge_done(store, 1, &error), UNKNOWN);
}

/* --- persons to judge again ---------------------------------------------- */

static const char *
persons(int64_t after, size_t max)
{
    int64_t numbers[8] = {0};
    size_t count = 0;
    size_t used = 0;

    cr_assert(le(sz, max, 8));
    require_ok(store_person_list(store, after, numbers, max, &count, &error));
    seen[0] = '\0';
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(seen + used, sizeof seen - used, "%lld;",
                                 (long long)numbers[i]);
    return seen;
}

Test(persons, are_those_of_whom_we_issued_events, .init = begin_turn,
     .fini = close_store)
{
    static const int64_t about[] = {4, 2, 4, 5};
    expect_text(persons(0, 8), "");
    for (int i = 1; i <= 5; i++)
        add_person(i);
    expect_text(persons(0, 8), "");
    for (int i = 0; i < 4; i++) {
        struct event_row row = event_of(i);
        row.person = about[i];
        add_event(row);
    }
    struct event_row row = arrived_of(9, ORP, ORP);
    row.person = 3;
    add_event(row);
    add_event(event_of(10));

    expect_text(persons(0, 8), "2;4;5;");
    expect_text(persons(2, 8), "4;5;");
    expect_text(persons(0, 2), "2;4;");
    expect_text(persons(5, 8), "");
}

Test(persons, are_found_among_very_many_events, .init = begin_turn,
     .fini = close_store)
{
    add_person(1);
    add_person(2);
    for (int i = 1; i < 66000; i++)
        add_event(event_of(i));
    struct event_row row = event_of(66000);
    row.person = 2;
    add_event(row);

    expect_text(persons(0, 8), "2;");
}
