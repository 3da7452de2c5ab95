/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/support.h"

TestSuite(event, .init = begin_turn, .fini = close_store);

static bool
is_text(struct bytes bytes, const char *text)
{
    return bytes_equal(bytes, bytes_of_text(text));
}

Test(event, comes_back_as_it_was_added)
{
    struct event_row row = {0};
    struct event_row added = arrived_of(1, ORP, OAI);
    added.person = add_person(1);
    added.case_ref = "case-7";
    added.in_reply_to = id_of(9);
    added.test = true;

    require_ok(store_event_add(store, &added, &error));

    require_ok(store_event_get(store, added.number, &row, &error));
    cr_expect(eq(i64, row.number, added.number));
    expect_text(row.issuer, ORP);
    expect_text(row.discloser, OAI);
    expect_text(row.type, "inscription-orp");
    expect_text(row.case_ref, "case-7");
    expect_text(row.occurred_on, "2025-03-14");
    cr_expect(event_id_equal(&row.event_id, &added.event_id));
    cr_expect(event_id_equal(&row.in_reply_to, &added.in_reply_to));
    cr_expect(digest_equal(&row.digest, &added.digest));
    cr_expect(is_text(row.header, "header"));
    cr_expect(is_text(row.proof, "proof"));
    cr_expect(is_text(row.sealed, "sealed"));
    cr_expect(eq(i64, row.person, added.person));
    cr_expect(eq(int, row.origin, ORIGIN_ARRIVED));
    cr_expect(eq(i64, row.stored_at, 1001));
    cr_expect(row.test);
}

Test(event, may_be_about_nobody_and_hold_nothing)
{
    struct event_row row = {0};
    struct event_row added = event_of(1);
    added.proof = (struct bytes){NULL, 0};
    added.sealed = (struct bytes){NULL, 0};

    require_ok(store_event_add(store, &added, &error));

    require_ok(store_event_get(store, added.number, &row, &error));
    cr_expect(eq(i64, row.person, 0));
    cr_expect(event_id_is_zero(&row.in_reply_to));
    cr_expect(eq(sz, row.proof.size, 0));
    cr_expect(eq(sz, row.sealed.size, 0));
    cr_expect(eq(int, row.origin, ORIGIN_OURS));
}

Test(event, is_known_when_it_comes_again)
{
    struct event_row again = event_of(1);
    const int64_t number = add_event(event_of(1));
    add_event(event_of(2));

    expect_code(store_event_add(store, &again, &error), DUPLICATE);

    cr_expect(eq(i64, again.number, number));
    expect_text(list(&(struct event_filter){0}), "1 2");
}

Test(event, conflicts_under_the_same_id_with_other_content)
{
    struct event_row other = event_of(1);
    add_event(event_of(1));
    other.digest = digest_of(2);

    expect_code(store_event_add(store, &other, &error), CONFLICT);

    expect_text(list(&(struct event_filter){0}), "1");
}

Test(event, of_another_issuer_may_have_the_same_id)
{
    struct event_row row = {0};
    const struct event_id id = id_of(1);
    const int64_t first = add_event(event_of(1));
    const int64_t second = add_event(arrived_of(1, ORP, ORP));

    require_ok(store_event_find(store, ORP, &id, &row, &error));
    cr_expect(eq(i64, row.number, second));
    require_ok(store_event_find(store, ME, &id, &row, &error));
    cr_expect(eq(i64, row.number, first));
    require_ok(store_event_find(store, NULL, &id, &row, &error));
    cr_expect(eq(i64, row.number, first));
}

Test(event, is_unknown_when_nobody_added_it)
{
    struct event_row row = {0};
    const struct event_id id = id_of(1);

    expect_code(store_event_get(store, 1, &row, &error), UNKNOWN);
    expect_code(store_event_find(store, ME, &id, &row, &error), UNKNOWN);
    expect_code(store_event_find(store, NULL, &id, &row, &error), UNKNOWN);
    expect_code(store_event_reseal(store, 1, bytes_of_text("x"), &error),
                UNKNOWN);
}

Test(event, is_proved_after_it_was_added)
{
    struct event_row row = {0};
    struct event_row added = event_of(1);
    added.proof = (struct bytes){NULL, 0};
    require_ok(store_event_add(store, &added, &error));

    require_ok(store_event_prove(store, added.number, bytes_of_text("signed"),
                                 &error));

    require_ok(store_event_get(store, added.number, &row, &error));
    cr_expect(is_text(row.proof, "signed"));
}

Test(event, takes_more_facets)
{
    struct event_row row = {0};
    const int64_t number = add_event(event_of(1));

    require_ok(
        store_event_reseal(store, number, bytes_of_text("more"), &error));

    require_ok(store_event_get(store, number, &row, &error));
    cr_expect(is_text(row.sealed, "more"));
    cr_expect(is_text(row.header, "header"));
}

Test(event, needs_a_person_that_is_known)
{
    struct event_row row = event_of(1);
    add_person(1);
    row.person = 2;

    expect_code(store_event_add(store, &row, &error), UNKNOWN);
}

Test(event, of_an_issuer_is_given_back_page_by_page)
{
    int64_t numbers[2] = {0};
    size_t count = 0;
    add_event(event_of(1));
    add_event(arrived_of(2, ORP, ORP));
    add_event(arrived_of(3, ORP, OAI)); /* came through another */
    add_event(arrived_of(4, OAI, OAI));
    add_event(arrived_of(5, ORP, ORP));
    add_event(arrived_of(6, ORP, ORP));

    require_ok(
        store_event_of_issuer(store, ORP, 0, 0, numbers, 2, &count, &error));
    cr_assert(eq(sz, count, 2));
    cr_expect(eq(i64, numbers[0], 2));
    cr_expect(eq(i64, numbers[1], 5));
    require_ok(
        store_event_of_issuer(store, ORP, 0, 5, numbers, 2, &count, &error));
    cr_assert(eq(sz, count, 1));
    cr_expect(eq(i64, numbers[0], 6));
    require_ok(
        store_event_of_issuer(store, ORP, 1006, 0, numbers, 2, &count, &error));
    cr_assert(eq(sz, count, 1));
    cr_expect(eq(i64, numbers[0], 6));
    require_ok(store_event_of_issuer(store, "ge.oai", 0, 0, numbers, 2, &count,
                                     &error));
    cr_expect(eq(sz, count, 0));
}

/* --- lists --------------------------------------------------------------- */

/*
 * 1 ours, person 1, judged for ORP     4 arrived ORP through OAI, case A
 * 2 ours, nobody, case A               5 arrived OAI, person 2, other type
 * 3 arrived ORP, person 1, 2025-04-01  6 ours, person 1, case A, for OAI
 */
static void
add_six(void)
{
    begin_turn();
    const int64_t one = add_person(1);
    const int64_t two = add_person(2);
    struct event_row row = event_of(1);
    row.person = one;
    judge_for(add_event(row), ORP);
    row = event_of(2);
    row.case_ref = "A";
    add_event(row);
    row = arrived_of(3, ORP, ORP);
    row.person = one;
    row.occurred_on = "2025-04-01";
    add_event(row);
    row = arrived_of(4, ORP, OAI);
    row.case_ref = "A";
    judge_for(add_event(row), OAI);
    row = arrived_of(5, OAI, OAI);
    row.person = two;
    row.type = "decision-ai";
    add_event(row);
    row = event_of(6);
    row.person = one;
    row.case_ref = "A";
    const int64_t six = add_event(row);
    judge_for(six, OAI);
    judge_for(six, OAI);
}

TestSuite(events, .init = add_six, .fini = close_store);

Test(events, are_found_by_each_thing_that_is_asked)
{
    expect_text(list(&(struct event_filter){0}), "1 2 3 4 5 6");
    expect_text(list(&(struct event_filter){.after = 4}), "5 6");
    expect_text(list(&(struct event_filter){.person = 1}), "1 3 6");
    expect_text(list(&(struct event_filter){.case_ref = "A"}), "2 4 6");
    expect_text(list(&(struct event_filter){.type = "decision-ai"}), "5");
    expect_text(list(&(struct event_filter){.type = "nothing"}), "");
    expect_text(list(&(struct event_filter){.partner = ORP}), "1 3 4");
    expect_text(list(&(struct event_filter){.partner = OAI}), "4 5 6");
    expect_text(list(&(struct event_filter){.partner = "ge.oai"}), "");
    expect_text(list(&(struct event_filter){.direction = 1}), "1 2 6");
    expect_text(list(&(struct event_filter){.direction = 2}), "3 4 5");
    expect_text(list(&(struct event_filter){.from_day = "2025-03-15"}), "3");
    expect_text(list(&(struct event_filter){.to_day = "2025-03-14"}),
                "1 2 4 5 6");
}

/* What the list should be, the slow way: one event after the other. */
static bool
fits(const struct event_filter *filter, const struct event_row *row)
{
    static const char *const judged[] = {"", ORP, "", "", "", "", OAI};
    const bool ours = row->origin == ORIGIN_OURS;

    if (row->number <= filter->after ||
        (filter->person && row->person != filter->person) ||
        (filter->case_ref && strcmp(row->case_ref, filter->case_ref) != 0) ||
        (filter->type && strcmp(row->type, filter->type) != 0) ||
        (filter->from_day && strcmp(row->occurred_on, filter->from_day) < 0) ||
        (filter->to_day && strcmp(row->occurred_on, filter->to_day) > 0) ||
        (filter->direction == 1 && !ours) || (filter->direction == 2 && ours))
        return false;
    if (!filter->partner)
        return true;
    if (ours)
        return strcmp(judged[row->number], filter->partner) == 0;
    return strcmp(row->issuer, filter->partner) == 0 ||
           strcmp(row->discloser, filter->partner) == 0;
}

static struct event_filter
filter_of(unsigned int bits)
{
    return (struct event_filter){
        .person = bits & 1 ? 1 : 0,
        .case_ref = bits & 2 ? "A" : NULL,
        .type = bits & 4 ? "inscription-orp" : NULL,
        .partner = bits & 8 ? (bits & 16 ? OAI : ORP) : NULL,
        .from_day = bits & 32 ? "2025-03-14" : NULL,
        .to_day = bits & 64 ? "2025-03-31" : NULL,
        .direction = bits & 128   ? 1
                     : bits & 256 ? 2
                                  : 0,
        .after = bits & 512 ? 2 : 0,
        .hidden = (bits & 1024) != 0,
    };
}

/* Which of the six are hidden: bit N of event N. */
static void
expect_every_combination(unsigned int hidden)
{
    for (unsigned int bits = 0; bits < 2048; bits++) {
        const struct event_filter filter = filter_of(bits);
        char wanted[64] = "";
        for (int64_t number = 1; number <= 6; number++) {
            struct event_row row = {0};
            require_ok(store_event_get(store, number, &row, &error));
            if (!fits(&filter, &row) ||
                (!filter.hidden && (hidden >> number & 1)))
                continue;
            snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted),
                     "%s%lld", wanted[0] ? " " : "", (long long)number);
        }

        const char *got = list(&filter);

        cr_expect(eq(str, (char *)got, wanted), "combination %u", bits);
    }
}

Test(events, are_found_by_every_combination)
{
    expect_every_combination(0);
}

Test(events, that_are_hidden_are_in_no_list_that_does_not_ask_for_them)
{
    require_ok(store_event_hide(store, 3, 2, 50, &error));
    require_ok(store_event_hide(store, 4, 2, 50, &error));
    require_ok(store_event_hide(store, 6, 2, 50, &error));

    expect_every_combination(1U << 3 | 1U << 4 | 1U << 6);
}

Test(events, of_one_person_are_found_among_very_many)
{
    for (int i = 100; i < 70000; i++)
        add_event(event_of(i));
    struct event_row row = event_of(70000);
    row.person = 1;
    const int64_t last = add_event(row);
    cr_assert(gt(i64, last, 65536));
    char wanted[64];
    snprintf(wanted, sizeof wanted, "1 3 6 %lld", (long long)last);

    expect_text(list(&(struct event_filter){.person = 1}), wanted);
    expect_text(list(&(struct event_filter){.person = 1, .after = 3}),
                wanted + 4);
    expect_text(list(&(struct event_filter){.person = 1, .after = last}), "");
}

Test(events, come_in_pages)
{
    int64_t numbers[2] = {0};
    size_t count = 0;
    const struct event_filter filter = {.partner = OAI};

    require_ok(store_event_list(store, &filter, numbers, 2, &count, &error));

    cr_assert(eq(sz, count, 2));
    cr_expect(eq(i64, numbers[0], 4));
    cr_expect(eq(i64, numbers[1], 5));
}
