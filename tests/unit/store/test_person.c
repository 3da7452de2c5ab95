/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/support.h"

TestSuite(person, .init = begin_turn, .fini = close_store);

static int64_t
add_named(int seed, int name)
{
    struct person_row row = {.lookup = digest_of(seed),
                             .name_lookup = digest_of(name),
                             .sealed_key = bytes_of_text("key"),
                             .sealed_identity = bytes_of_text("identity")};

    require_ok(store_person_add(store, &row, &error));
    return row.number;
}

Test(person, is_found_by_look_up_and_by_number)
{
    struct person_row row = {0};
    const struct digest lookup = digest_of(1);
    const struct digest name = digest_of(100);
    const int64_t number = add_named(1, 100);
    add_named(2, 100);

    require_ok(store_person_find(store, &lookup, &row, &error));
    cr_expect(eq(i64, row.number, number));
    cr_expect(digest_equal(&row.name_lookup, &name));
    cr_expect(bytes_equal(row.sealed_key, bytes_of_text("key")));
    cr_expect(bytes_equal(row.sealed_identity, bytes_of_text("identity")));
    row = (struct person_row){0};
    require_ok(store_person_get(store, number, &row, &error));
    cr_expect(digest_equal(&row.lookup, &lookup));
}

Test(person, is_unknown_when_nobody_added_them)
{
    struct person_row row = {0};
    const struct digest lookup = digest_of(1);

    expect_code(store_person_find(store, &lookup, &row, &error), UNKNOWN);
    expect_code(store_person_get(store, 1, &row, &error), UNKNOWN);
}

Test(person, is_added_once)
{
    struct person_row row = {.lookup = digest_of(1)};
    add_person(1);

    expect_code(store_person_add(store, &row, &error), STORE);
}

Test(person, has_the_namesakes_with_the_same_name_but_not_the_nameless)
{
    const struct digest name = digest_of(100);
    const struct digest none = {{0}};
    int64_t numbers[2] = {0};
    size_t count = 0;
    const int64_t first = add_named(1, 100);
    add_person(2);
    const int64_t third = add_named(3, 100);
    add_named(4, 101);
    const int64_t fifth = add_named(5, 100);
    add_named(6, 100);

    require_ok(store_person_namesakes(store, &name, first, numbers, 2, &count,
                                      &error));
    cr_assert(eq(sz, count, 2));
    cr_expect(eq(i64, numbers[0], third));
    cr_expect(eq(i64, numbers[1], fifth));
    require_ok(
        store_person_namesakes(store, &none, 0, numbers, 2, &count, &error));
    cr_expect(eq(sz, count, 0));
}

/* --- proposals ----------------------------------------------------------- */

static char seen_text[256];

static void
see_match(void *context, const struct match_row *row)
{
    const size_t used = strlen(seen_text);

    (void)context;
    snprintf(seen_text + used, sizeof seen_text - used, "%lld-%lld %s %lld;",
             (long long)row->a, (long long)row->b, row->reason,
             (long long)row->at);
}

Test(person, is_proposed_as_another_once)
{
    add_person(1);
    add_person(2);
    add_person(3);

    require_ok(store_match_add(store, 2, 1, "same-name", 10, &error));
    require_ok(store_match_add(store, 1, 2, "again", 11, &error));
    require_ok(store_match_add(store, 2, 3, "same-birth", 12, &error));

    require_ok(store_match_each(store, 0, 10, see_match, NULL, &error));
    expect_text(seen_text, "1-2 same-name 10;2-3 same-birth 12;");
    seen_text[0] = '\0';
    require_ok(store_match_each(store, 3, 10, see_match, NULL, &error));
    expect_text(seen_text, "2-3 same-birth 12;");
    seen_text[0] = '\0';
    require_ok(store_match_each(store, 2, 1, see_match, NULL, &error));
    expect_text(seen_text, "1-2 same-name 10;");
}

/* --- values and numbers -------------------------------------------------- */

Test(value, is_what_was_set_last, .init = begin_turn, .fini = close_store)
{
    struct bytes value = {0};

    expect_code(store_value_get(store, "epoch", &value, &error), UNKNOWN);
    require_ok(store_value_set(store, "epoch", bytes_of_text("one"), &error));
    require_ok(store_value_set(store, "epoch", bytes_of_text("two"), &error));
    require_ok(store_value_set(store, "none", (struct bytes){0}, &error));

    require_ok(store_value_get(store, "epoch", &value, &error));
    cr_expect(bytes_equal(value, bytes_of_text("two")));
    require_ok(store_value_get(store, "none", &value, &error));
    cr_expect(eq(sz, value.size, 0));
}

Test(number, stays_with_its_name, .init = begin_turn, .fini = close_store)
{
    int64_t numbers[200] = {0};
    char id[32];

    for (int i = 0; i < 200; i++) {
        snprintf(id, sizeof id, "vs.as.p%d", i);
        require_ok(store_institution(store, id, &numbers[i], &error));
    }
    require_ok(store_commit(store, &error));
    store_close(&store);
    require_ok(store_open(&store, folder, &error));
    require_ok(store_begin(store, &error));

    for (int i = 199; i >= 0; i--) {
        int64_t number = 0;
        snprintf(id, sizeof id, "vs.as.p%d", i);
        require_ok(store_institution(store, id, &number, &error));
        cr_expect(eq(i64, number, numbers[i]));
    }
}

Test(number, of_a_basis_is_of_rule_citation_and_lane, .init = begin_turn,
     .fini = close_store)
{
    int64_t a = 0;
    int64_t b = 0;
    int64_t c = 0;
    int64_t again = 0;

    require_ok(store_basis(store, "rule", "LACI 85f", "duty", &a, &error));
    require_ok(store_basis(store, "rule", "LACI 85f", "cii", &b, &error));
    require_ok(store_basis(store, "ruleLACI", " 85f", "duty", &c, &error));
    require_ok(store_basis(store, "rule", "LACI 85f", "duty", &again, &error));

    cr_expect(ne(i64, a, b));
    cr_expect(ne(i64, a, c));
    cr_expect(eq(i64, a, again));
}
