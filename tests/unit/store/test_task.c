/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/support.h"

static char seen[1024];
static int64_t basis;

static void
begin_tasks(void)
{
    begin_turn();
    for (int i = 1; i <= 3; i++) {
        add_person(i);
        add_event(event_of(i));
    }
    require_ok(store_basis(store, "r1", "LAI 3b", "duty", &basis, &error));
}

static struct task_row
task_of(const char *kind, int64_t person, const char *partner)
{
    return (struct task_row){.kind = kind,
                             .person = person,
                             .partner = partner,
                             .opened_at = 10};
}

static int64_t
open_task(struct task_row row)
{
    require_ok(store_task_open(store, &row, &error));
    return row.number;
}

static void
see_task(void *context, const struct task_row *row)
{
    const size_t used = strlen(seen);

    (void)context;
    snprintf(seen + used, sizeof seen - used, "%s%lld", used ? " " : "",
             (long long)row->number);
}

static const char *
found_by(const struct task_filter *filter)
{
    seen[0] = '\0';
    require_ok(store_task_each(store, filter, 10, see_task, NULL, &error));
    return seen;
}

static void
see_event(void *context, int64_t event)
{
    const size_t used = strlen(seen);

    (void)context;
    snprintf(seen + used, sizeof seen - used, "%lld;", (long long)event);
}

static const char *
events_of(int64_t task)
{
    seen[0] = '\0';
    require_ok(store_task_events(store, task, see_event, NULL, &error));
    return seen;
}

TestSuite(task, .init = begin_tasks, .fini = close_store);

Test(task, comes_back_as_it_was_opened)
{
    struct task_row row = task_of("duty", 2, OAI);
    row.basis = basis;
    row.due_at = 99;
    const int64_t number = open_task(row);

    require_ok(store_task_get(store, number, &row, &error));

    cr_expect(eq(i64, row.number, number));
    expect_text(row.kind, "duty");
    cr_expect(eq(i64, row.person, 2));
    expect_text(row.partner, OAI);
    cr_expect(eq(i64, row.basis, basis));
    expect_text(row.rule, "r1");
    expect_text(row.citation, "LAI 3b");
    cr_expect(eq(i64, row.opened_at, 10));
    cr_expect(eq(i64, row.due_at, 99));
    cr_expect(eq(i64, row.late_at, 0));
    cr_expect(eq(i64, row.closed_at, 0));
    expect_text(row.proof, "");
}

Test(task, may_be_about_nobody_and_for_nobody)
{
    struct task_row row = {0};
    const int64_t number = open_task(task_of("duty", 0, NULL));

    require_ok(store_task_get(store, number, &row, &error));

    cr_expect(eq(i64, row.person, 0));
    expect_text(row.partner, "");
    cr_expect(eq(i64, row.basis, 0));
    expect_text(row.rule, "");
    expect_text(row.citation, "");
}

Test(task, is_unknown_when_nobody_opened_it)
{
    struct task_row row = {0};
    struct task_row stranger = task_of("duty", 4, "");

    expect_code(store_task_get(store, 1, &row, &error), UNKNOWN);
    expect_code(store_task_close(store, 1, "", 20, &error), UNKNOWN);
    expect_code(store_task_late(store, 1, 20, &error), UNKNOWN);
    expect_code(store_task_add(store, 1, 1, &error), UNKNOWN);
    expect_code(store_task_open(store, &stranger, &error), UNKNOWN);
    expect_text(found_by(&(struct task_filter){0}), "");
}

Test(task, is_open_once_for_kind_person_partner_and_basis)
{
    struct task_row again = task_of("duty", 1, OAI);
    struct task_row got = {0};
    const int64_t first = open_task(again);
    again.due_at = 77;
    again.opened_at = 11;

    expect_code(store_task_open(store, &again, &error), DUPLICATE);

    cr_expect(eq(i64, again.number, first));
    require_ok(store_task_get(store, first, &got, &error));
    cr_expect(eq(i64, got.due_at, 0));
    cr_expect(eq(i64, got.opened_at, 10));
    open_task(task_of("answer", 1, OAI));
    open_task(task_of("duty", 2, OAI));
    open_task(task_of("duty", 1, ORP));
    open_task(task_of("duty", 1, ""));
    again.basis = basis;
    open_task(again);
    expect_text(found_by(&(struct task_filter){0}), "1 2 3 4 5 6");
}

Test(task, may_be_opened_again_when_it_was_closed)
{
    const int64_t first = open_task(task_of("duty", 1, OAI));
    require_ok(store_task_close(store, first, "letter", 20, &error));

    const int64_t second = open_task(task_of("duty", 1, OAI));

    cr_expect(ne(i64, second, first));
    expect_text(found_by(&(struct task_filter){.open = true}), "2");
}

Test(task, is_closed_once_and_keeps_its_proof)
{
    struct task_row row = {0};
    const int64_t number = open_task(task_of("duty", 1, OAI));

    require_ok(store_task_close(store, number, "letter", 20, &error));
    expect_code(store_task_close(store, number, "other", 21, &error),
                DUPLICATE);

    require_ok(store_task_get(store, number, &row, &error));
    cr_expect(eq(i64, row.closed_at, 20));
    expect_text(row.proof, "letter");
}

Test(task, is_found_overdue_once)
{
    struct task_row row = {0};
    const int64_t number = open_task(task_of("duty", 1, OAI));

    require_ok(store_task_late(store, number, 30, &error));
    require_ok(store_task_late(store, number, 31, &error));

    require_ok(store_task_get(store, number, &row, &error));
    cr_expect(eq(i64, row.late_at, 30));
}

Test(task, is_about_each_event_once)
{
    const int64_t one = open_task(task_of("duty", 1, OAI));
    const int64_t two = open_task(task_of("duty", 2, OAI));

    require_ok(store_task_add(store, one, 3, &error));
    require_ok(store_task_add(store, one, 1, &error));
    require_ok(store_task_add(store, one, 3, &error));
    require_ok(store_task_add(store, two, 3, &error));

    expect_text(events_of(one), "1;3;");
    expect_text(events_of(two), "3;");
    expect_text(found_by(&(struct task_filter){.event = 3}), "1 2");
    expect_text(found_by(&(struct task_filter){.event = 1}), "1");
    expect_text(found_by(&(struct task_filter){.event = 2}), "");
    expect_code(store_task_add(store, one, 4, &error), UNKNOWN);
}

Test(task, is_there_after_a_restart)
{
    const int64_t number = open_task(task_of("duty", 1, OAI));
    require_ok(store_task_add(store, number, 3, &error));
    require_ok(store_commit(store, &error));
    store_close(&store);
    require_ok(store_open(&store, folder, &error));

    expect_text(found_by(&(struct task_filter){.partner = OAI}), "1");
    expect_text(events_of(number), "3;");
}

static void
find_late(void *context, const struct task_row *row)
{
    see_task(context, row);
    require_ok(store_task_late(store, row->number, 60, &error));
}

Test(task, may_be_changed_while_it_is_seen)
{
    for (int64_t person = 1; person <= 3; person++) {
        struct task_row row = task_of("duty", person, OAI);
        row.due_at = 50 - person;
        open_task(row);
    }
    const struct task_filter due = {.due_before = 60};

    seen[0] = '\0';
    require_ok(store_task_each(store, &due, 10, find_late, NULL, &error));

    expect_text(seen, "1 2 3");
    expect_text(found_by(&due), "");
}

/* --- lists --------------------------------------------------------------- */

/*
 * 1 duty   person 1 OAI due 50  event 1       5 answer person 1 ORP closed
 * 2 inform person 1     due 40                6 duty   person 3 OAI late 45,
 * 3 duty   person 2 ORP due 30, closed          due 44, event 1
 * 4 duty   nobody   OAI not due event 1       7 inform person 2 due 60
 */
static const struct task_row tasks[] = {
    {1, "duty", 1, OAI, .due_at = 50},
    {2, "inform", 1, "", .due_at = 40},
    {3, "duty", 2, ORP, .due_at = 30, .closed_at = 35},
    {4, "duty", 0, OAI, .due_at = 0},
    {5, "answer", 1, ORP, .closed_at = 36},
    {6, "duty", 3, OAI, .due_at = 44, .late_at = 45},
    {7, "inform", 2, "", .due_at = 60},
};
static const bool about_first[] = {true,  false, false, true,
                                   false, true,  false};
#define TASKS (sizeof tasks / sizeof tasks[0])

static void
open_seven(void)
{
    begin_tasks();
    for (size_t i = 0; i < TASKS; i++) {
        const int64_t number = open_task(tasks[i]);
        if (about_first[i])
            require_ok(store_task_add(store, number, 1, &error));
        if (tasks[i].late_at)
            require_ok(
                store_task_late(store, number, tasks[i].late_at, &error));
        if (tasks[i].closed_at)
            require_ok(store_task_close(store, number, "", tasks[i].closed_at,
                                        &error));
    }
}

TestSuite(tasks, .init = open_seven, .fini = close_store);

Test(tasks, are_found_by_each_thing_that_is_asked)
{
    expect_text(found_by(&(struct task_filter){0}), "1 2 3 4 5 6 7");
    expect_text(found_by(&(struct task_filter){.person = 1}), "1 2 5");
    expect_text(found_by(&(struct task_filter){.event = 1}), "1 4 6");
    expect_text(found_by(&(struct task_filter){.kind = "duty"}), "1 3 4 6");
    expect_text(found_by(&(struct task_filter){.partner = OAI}), "1 4 6");
    expect_text(found_by(&(struct task_filter){.partner = "ge.oai"}), "");
    expect_text(found_by(&(struct task_filter){.open = true}), "1 2 4 6 7");
    expect_text(found_by(&(struct task_filter){.late = true}), "6");
    expect_text(found_by(&(struct task_filter){.due_before = 50}), "2");
    expect_text(found_by(&(struct task_filter){.due_before = 51}), "1 2");
    expect_text(found_by(&(struct task_filter){.after = 5}), "6 7");
}

/* What the list should be, the slow way. */
static bool
fits(const struct task_filter *filter, size_t i)
{
    const struct task_row *row = &tasks[i];
    const bool due = row->due_at && !row->closed_at && !row->late_at &&
                     row->due_at < filter->due_before;

    return row->number > filter->after &&
           (!filter->person || row->person == filter->person) &&
           (!filter->event || about_first[i]) &&
           (!filter->kind || strcmp(row->kind, filter->kind) == 0) &&
           (!filter->partner || strcmp(row->partner, filter->partner) == 0) &&
           (!filter->open || !row->closed_at) &&
           (!filter->late || row->late_at) && (!filter->due_before || due);
}

static struct task_filter
filter_of(unsigned int bits)
{
    return (struct task_filter){
        .person = bits & 1 ? 1 : 0,
        .event = bits & 2 ? 1 : 0,
        .kind = bits & 4 ? "duty" : NULL,
        .partner = bits & 8 ? (bits & 16 ? OAI : ORP) : NULL,
        .open = (bits & 32) != 0,
        .late = (bits & 64) != 0,
        .due_before = bits & 128 ? 51 : 0,
        .after = bits & 256 ? 1 : 0,
    };
}

Test(tasks, are_found_by_every_combination)
{
    for (unsigned int bits = 0; bits < 512; bits++) {
        const struct task_filter filter = filter_of(bits);
        char wanted[64] = "";
        for (size_t i = 0; i < TASKS; i++)
            if (fits(&filter, i))
                snprintf(wanted + strlen(wanted),
                         sizeof wanted - strlen(wanted), "%s%zu",
                         wanted[0] ? " " : "", i + 1);

        const char *got = found_by(&filter);

        cr_expect(eq(str, (char *)got, wanted), "combination %u", bits);
    }
}

Test(tasks, come_in_pages)
{
    seen[0] = '\0';

    require_ok(store_task_each(store, &(struct task_filter){.after = 1}, 2,
                               see_task, NULL, &error));

    expect_text(seen, "2 3");
}
