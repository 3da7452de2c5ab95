/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/support.h"

static struct store *reader;

static void
open_both(void)
{
    open_store();
    require_ok(store_open_reader(&reader, folder, &error));
}

static void
close_both(void)
{
    store_close(&reader);
    close_store();
}

TestSuite(reader, .init = open_both, .fini = close_both);

Test(no_reader, opens_without_a_store, .init = make_folder,
     .fini = remove_folder)
{
    struct store *none = NULL;

    expect_code(store_open_reader(&none, folder, &error), UNKNOWN);
    cr_expect(none == NULL);
}

Test(reader, sees_only_what_was_committed)
{
    struct event_row row = {0};

    require_ok(store_begin(store, &error));
    const int64_t number = add_event(event_of(1));
    expect_code(store_event_get(reader, number, &row, &error), UNKNOWN);
    require_ok(store_commit(store, &error));

    require_ok(store_event_get(reader, number, &row, &error));
    expect_text(row.issuer, ME);
    expect_text(row.type, "inscription-orp");
}

Test(reader, sees_one_moment_until_it_begins_again)
{
    struct store_figures figures = {0};
    require_ok(store_read_begin(reader, &error));
    require_ok(store_figures(reader, &figures, &error));

    require_ok(store_begin(store, &error));
    require_ok(store_commit(store, &error));

    require_ok(store_figures(reader, &figures, &error));
    cr_expect(eq(i64, figures.turn, 0));
    store_read_end(reader);
    require_ok(store_read_begin(reader, &error));
    require_ok(store_figures(reader, &figures, &error));
    cr_expect(eq(i64, figures.turn, 1));
}

Test(reader, learns_names_that_came_later)
{
    int64_t numbers[4] = {0};
    size_t count = 0;
    const struct event_filter filter = {.partner = OAI};
    require_ok(store_event_list(reader, &filter, numbers, 4, &count, &error));
    cr_expect(eq(sz, count, 0));

    require_ok(store_begin(store, &error));
    const int64_t number = add_event(arrived_of(1, OAI, OAI));
    require_ok(store_commit(store, &error));

    require_ok(store_event_list(reader, &filter, numbers, 4, &count, &error));
    cr_assert(eq(sz, count, 1));
    cr_expect(eq(i64, numbers[0], number));
}

Test(reader, cannot_write)
{
    struct event_row row = event_of(1);

    expect_code(store_event_add(reader, &row, &error), STORE);
    expect_code(store_value_set(reader, "a", bytes_of_text("b"), &error),
                STORE);
}

Test(reader, leaves_the_log_to_the_writer)
{
    struct store_figures before = {0};
    struct store_figures after = {0};
    require_ok(store_begin(store, &error));
    add_event(event_of(1));
    require_ok(store_commit(store, &error));
    require_ok(store_figures(store, &before, &error));

    store_close(&reader);

    require_ok(store_figures(store, &after, &error));
    cr_expect(eq(i64, after.file_bytes, before.file_bytes));
    cr_expect(eq(i64, after.log_bytes, before.log_bytes));
}

Test(reader, finds_a_whole_file_in_order)
{
    char finding[128];

    require_ok(store_verify(reader, finding, sizeof finding, &error));

    expect_text(finding, "ok");
}

Test(reader, ends_what_takes_too_long)
{
    int64_t numbers[4] = {0};
    size_t count = 0;
    require_ok(store_begin(store, &error));
    for (int i = 0; i < 20000; i++)
        add_event(event_of(i));
    require_ok(store_commit(store, &error));
    const struct event_filter none = {.from_day = "2999-01-01"};

    store_limit_time(reader, -1000);
    require_ok(store_event_list(reader, &none, numbers, 4, &count, &error));
    store_limit_time(reader, 1);
    enum cii_code code = CII_OK;
    for (int i = 0; i < 1000 && code == CII_OK; i++)
        code = store_event_list(reader, &none, numbers, 4, &count, &error);
    expect_code(code, BUSY);

    store_limit_time(reader, 0);
    expect_code(store_event_list(reader, &none, numbers, 4, &count, &error),
                OK);
}
