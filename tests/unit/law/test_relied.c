/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/law/small_law.h"

/* What a verdict rests on is on record: nothing is opened by a statement that
 * could not be named. */

#define PERMISSION TYPES
#define OPENING    FACETS
#define MANY       (LAW_RELIED_MAX + 1)

/* The small catalogue, and a type of statement that lists facets: as many as
 * there are permissions. */
static const struct catalogue *
with_permission(void)
{
    static struct catalogue made;
    static struct field_def opens = {"opens", NULL, FIELD_NAMES,
                                     false,   200,  NULL};

    made = *small_catalogue();
    made.facet[OPENING] = (struct facet_def){"opening", NULL, false, &opens, 1};
    made.facet[OPENING + 1] = (struct facet_def){.name = "more"};
    made.facet_count = OPENING + 2;
    made.type[PERMISSION] = (struct type_def){.name = "permission",
                                              .line = "",
                                              .personal = true,
                                              .statement = true,
                                              .may = BIT(OPENING),
                                              .slots = 1};
    made.type_count = PERMISSION + 1;
    return &made;
}

static struct law *
law_of_permissions(const struct catalogue *catalogue)
{
    struct law *law = NULL;
    struct cii_error err = {0};

    require_ok(law_new(&law, catalogue, true, &err));
    add_predicate(law, .name = "permitted", .citation = "art. 2",
                  .statement = NAMES("permission"), .narrows = true,
                  .all = TESTS({"opening.opens", "present", NULL}),
                  .all_count = 1);
    add_rule(law, .id = "R1", .facets = NAMES("identity", "dates"),
             .needs = NAMES("permitted"), .checked_by = "a jurist",
             .checked_on = "2026-01-01");
    seal(law);
    return law;
}

struct permissions {
    struct field field[MANY];
    struct content content[MANY];
    struct law_statement made[MANY];
    const struct law_statement *all[MANY];
};

/* As many as there are names. */
static void
permit(const struct catalogue *catalogue, struct permissions *permissions,
       const char *const names[MANY])
{
    for (size_t i = 0; i < MANY; i++) {
        permissions->field[i] = (struct field){"opens", names[i]};
        permissions->content[i] = (struct content){1, &permissions->field[i]};
        permissions->made[i] =
            (struct law_statement){.type = PERMISSION,
                                   .issuer = "ge.orp",
                                   .case_ref = "",
                                   .event = (int64_t)i + 1,
                                   .part_count = 1,
                                   .part = {
                                       {OPENING, &permissions->content[i],
                                        law_listed(catalogue, OPENING,
                                                   &permissions->content[i])}}};
        permissions->all[i] = &permissions->made[i];
    }
}

/* An event with identity and dates, under these permissions. */
static struct judgement
judge_under(const char *const names[MANY])
{
    const struct catalogue *catalogue = with_permission();
    struct law *law = law_of_permissions(catalogue);
    struct permissions permissions;
    struct ask ask;

    permit(catalogue, &permissions, names);
    ask_init(&ask);
    put(&ask, IDENTITY, "avs", "7569217076985");
    put(&ask, DATES, "on", "2026-06-01");
    ask.question.statement = permissions.all;
    ask.question.statement_count = MANY;
    const struct judgement judgement = judge(law, &ask.question);
    expect_text(said(law, &judgement), "transmit rule R1");
    law_destroy(&law);
    return judgement;
}

Test(relied, no_statement_opens_what_it_is_not_named_for)
{
    static const char *const names[MANY] = {"identity", "state",    "outcome",
                                            "report",   "decision", "diagnosis",
                                            "opening",  "more",     "dates"};
    const struct judgement judgement = judge_under(names);

    cr_expect(eq(sz, judgement.relied_count, LAW_RELIED_MAX));
    cr_expect(judgement.facets == BIT(IDENTITY), "the dates rest on nothing");
}

/* However often it was said: it takes no place from another. */
Test(relied, a_statement_that_opens_nothing_more_is_not_named)
{
    static const char *const names[MANY] = {"identity", "identity", "identity",
                                            "identity", "identity", "identity",
                                            "identity", "identity", "dates"};
    const struct judgement judgement = judge_under(names);

    cr_expect(eq(sz, judgement.relied_count, 2));
    cr_expect(judgement.facets == (BIT(IDENTITY) | BIT(DATES)));
}
