/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/support.h"

static char seen[512];

static void
see_verdict(void *context, const struct verdict_row *row)
{
    const size_t used = strlen(seen);

    (void)context;
    snprintf(seen + used, sizeof seen - used, "%lld %s %d/%d %s:%s:%s;",
             (long long)row->event, row->partner, row->verdict, row->ground,
             row->rule, row->citation, row->lane);
}

static void
see_last_verdict(void *context, const struct verdict_row *row)
{
    struct verdict_row *last = context;

    *last = *row;
    last->partner = NULL;
    last->missing = strcmp(row->missing, "consent") == 0 ? "consent" : "other";
}

TestSuite(verdict, .init = begin_turn, .fini = close_store);

Test(verdict, stands_beside_the_earlier_ones_in_their_order)
{
    int64_t basis = 0;
    const int64_t event = add_event(event_of(1));
    const int64_t other = add_event(event_of(2));
    require_ok(store_basis(store, "r1", "LACI 85f", "duty", &basis, &error));
    struct verdict_row row = {.event = event,
                              .partner = OAI,
                              .verdict = 2,
                              .ground = 4};

    require_ok(store_verdict_add(store, &row, &error));
    row.partner = ORP;
    require_ok(store_verdict_add(store, &row, &error));
    row = (struct verdict_row){.event = event, .partner = OAI, .basis = basis};
    require_ok(store_verdict_add(store, &row, &error));
    row.event = other;
    require_ok(store_verdict_add(store, &row, &error));

    require_ok(
        store_verdict_each(store, event, NULL, see_verdict, NULL, &error));
    expect_text(seen, "1 vs.oai 2/4 ::;1 vs.orp.sion 2/4 ::;"
                      "1 vs.oai 0/0 r1:LACI 85f:duty;");
    seen[0] = '\0';
    require_ok(
        store_verdict_each(store, event, OAI, see_verdict, NULL, &error));
    expect_text(seen, "1 vs.oai 2/4 ::;1 vs.oai 0/0 r1:LACI 85f:duty;");
}

Test(verdict, comes_back_as_it_was_given)
{
    struct verdict_row got = {0};
    const struct verdict_row row = {
        .event = add_event(event_of(1)),
        .partner = OAI,
        .arrival = true,
        .verdict = 1,
        .ground = 7,
        .facets = UINT64_MAX,
        .withheld = (uint64_t)1 << 63,
        .missing = "consent",
        .at = 1700000000000,
    };

    require_ok(store_verdict_add(store, &row, &error));

    require_ok(store_verdict_each(store, row.event, OAI, see_last_verdict, &got,
                                  &error));
    cr_expect(got.arrival);
    cr_expect(eq(int, got.verdict, 1));
    cr_expect(eq(int, got.ground, 7));
    cr_expect(eq(u64, got.facets, UINT64_MAX));
    cr_expect(eq(u64, got.withheld, (uint64_t)1 << 63));
    expect_text(got.missing, "consent");
    cr_expect(eq(i64, got.at, 1700000000000));
}

Test(verdict, keeps_its_order_after_a_restart)
{
    const int64_t event = add_event(event_of(1));
    judge_for(event, OAI);
    judge_for(event, ORP);
    require_ok(store_commit(store, &error));
    store_close(&store);
    require_ok(store_open(&store, folder, &error));
    require_ok(store_begin(store, &error));

    judge_for(event, OAI);

    require_ok(
        store_verdict_each(store, event, NULL, see_verdict, NULL, &error));
    expect_text(seen, "1 vs.oai 0/0 ::;1 vs.orp.sion 0/0 ::;1 vs.oai 0/0 ::;");
}

Test(verdict, may_be_followed_into_the_event_while_they_are_seen)
{
    judge_for(add_event(event_of(1)), OAI);
    judge_for(1, ORP);
    struct verdict_row got = {0};
    struct event_row row = {0};

    require_ok(store_event_get(store, 1, &row, &error));
    require_ok(
        store_verdict_each(store, 1, NULL, see_last_verdict, &got, &error));

    cr_expect(eq(i64, got.event, 1));
}

Test(verdict, that_came_last_is_found_by_event_partner_and_time)
{
    struct verdict_row got = {0};
    struct verdict_row row = {.event = add_event(event_of(1)),
                              .partner = OAI,
                              .verdict = 2,
                              .ground = 4,
                              .missing = "consent",
                              .at = 5};
    add_event(event_of(2));
    require_ok(
        store_basis(store, "r1", "LACI 85f", "duty", &row.basis, &error));
    require_ok(store_verdict_add(store, &row, &error));
    row.verdict = 1;
    row.facets = UINT64_MAX;
    row.withheld = (uint64_t)1 << 63;
    row.at = 4;
    require_ok(store_verdict_add(store, &row, &error));
    row.verdict = 3;
    row.arrival = true;
    require_ok(store_verdict_add(store, &row, &error));
    judge_for(1, ORP);

    require_ok(store_verdict_last(store, 1, OAI, false, &got, &error));
    cr_expect(eq(i64, got.event, 1));
    expect_text(got.partner, OAI);
    cr_expect(eq(int, got.arrival, false));
    cr_expect(eq(int, got.verdict, 1));
    cr_expect(eq(int, got.ground, 4));
    cr_expect(eq(i64, got.basis, row.basis));
    cr_expect(eq(u64, got.facets, UINT64_MAX));
    cr_expect(eq(u64, got.withheld, (uint64_t)1 << 63));
    expect_text(got.missing, "consent");
    cr_expect(eq(i64, got.at, 4));
    require_ok(store_verdict_last(store, 1, OAI, true, &got, &error));
    cr_expect(eq(int, got.verdict, 3));
    cr_expect(got.arrival);
}

Test(verdict, that_came_last_is_unknown_when_there_is_none)
{
    struct verdict_row got = {0};
    judge_for(add_event(event_of(1)), OAI);
    add_event(event_of(2));

    expect_code(store_verdict_last(store, 2, OAI, false, &got, &error),
                UNKNOWN);
    expect_code(store_verdict_last(store, 1, OAI, true, &got, &error), UNKNOWN);
    expect_code(store_verdict_last(store, 1, ORP, false, &got, &error),
                UNKNOWN);
}

Test(verdict, since_a_moment_are_seen_of_all_events_in_their_order)
{
    struct verdict_row row = {.event = add_event(event_of(1)),
                              .partner = ORP,
                              .missing = "",
                              .at = 10};
    const int64_t other = add_event(event_of(2));
    require_ok(
        store_basis(store, "r1", "LACI 85f", "duty", &row.basis, &error));
    require_ok(store_verdict_add(store, &row, &error));
    row.event = other;
    row.at = 20;
    require_ok(store_verdict_add(store, &row, &error));
    row = (struct verdict_row){.event = 1, .partner = OAI, .at = 30};
    require_ok(store_verdict_add(store, &row, &error));

    require_ok(store_verdict_since(store, 20, see_verdict, NULL, &error));

    expect_text(seen, "2 vs.orp.sion 0/0 r1:LACI 85f:duty;"
                      "1 vs.oai 0/0 ::;");
}

/* --- refusals ------------------------------------------------------------ */

static void
see_refusal(void *context, const struct refusal_row *row)
{
    const size_t used = strlen(seen);
    struct digest digest = digest_of(3);

    (void)context;
    snprintf(seen + used, sizeof seen - used, "%s %s %s %s %s %lld %d;",
             row->issuer, row->discloser, row->reason, row->rule, row->detail,
             (long long)row->at, digest_equal(&row->digest, &digest));
}

Test(refusal, is_kept_without_content_newest_first, .init = begin_turn,
     .fini = close_store)
{
    const struct event_id id = id_of(1);
    struct refusal_row row = {
        .issuer = "",
        .discloser = ORP,
        .event_id = id_of(1),
        .digest = digest_of(3),
        .reason = "DENIED",
        .rule = "r1",
        .detail = "no rule",
        .at = 5,
    };

    require_ok(store_refusal_add(store, &row, &error));
    row.event_id = id_of(2);
    row.issuer = OAI;
    row.at = 6;
    require_ok(store_refusal_add(store, &row, &error));

    require_ok(store_refusal_each(store, NULL, 10, see_refusal, NULL, &error));
    expect_text(seen, "vs.oai vs.orp.sion DENIED r1 no rule 6 1;"
                      " vs.orp.sion DENIED r1 no rule 5 1;");
    seen[0] = '\0';
    require_ok(store_refusal_each(store, &id, 10, see_refusal, NULL, &error));
    expect_text(seen, " vs.orp.sion DENIED r1 no rule 5 1;");
    seen[0] = '\0';
    require_ok(store_refusal_each(store, NULL, 1, see_refusal, NULL, &error));
    expect_text(seen, "vs.oai vs.orp.sion DENIED r1 no rule 6 1;");
}
