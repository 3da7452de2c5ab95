/* SPDX-License-Identifier: Apache-2.0 */
#include "archive/person.h"
#include "tests/unit/app/office.h"

static int64_t task;

/* An answer that we owe about Monsieur B. */
static void
open_with_task(void)
{
    const struct field field[] = {{"avs", "7569217076985"}};
    const struct content identity = {1, field};
    struct person person;
    open_office();
    begin_turn();
    require_ok(person_obtain(&core->archive, &identity, US, core_now(core),
                             core->turn_arena, &person, &error));
    struct task_row row = {.kind = "answer",
                           .person = person.number,
                           .partner = PARTNER,
                           .opened_at = core_now(core),
                           .due_at = INT64_C(1767600000000)};
    require_ok(store_task_open(core->store, &row, &error));
    task = row.number;
}

static void
close_with_task(void)
{
    store_rollback(core->store);
    close_office();
}

TestSuite(verbs_task, .init = open_with_task, .fini = close_with_task);

static struct client client;
static struct reply reply;

static const char *
asked_as(enum role role, const char *number, const char *proof)
{
    const struct field field[] = {{"task", number}, {"proof", proof}};
    const struct request request = {.tag = 1,
                                    .verb = "task-close",
                                    .acting_user = "",
                                    .argument = {proof ? 2 : 1, field}};
    client = (struct client){.core = core, .fd = -1, .role = role};
    require_ok(
        verb_answer(core, &client, &request, (struct bytes){NULL, 0}, &error));
    cr_assert(client.held.size > 4, "there is no answer");
    require_ok(
        reply_unpack(&reply,
                     (struct bytes){client.held.data + 4, client.held.size - 4},
                     core->turn_arena, &error));
    buffer_done(&client.held);
    return cii_code_name(reply.code);
}

static const char *
asked(const char *number, const char *proof)
{
    return asked_as(ROLE_COUNSELLOR, number, proof);
}

static const char *
answered(const char *name)
{
    cr_assert(reply.record_count == 1);
    const char *value = content_find(&reply.record[0].content, name);
    return value ? value : "";
}

static bool
is_open(void)
{
    struct task_row row;
    require_ok(store_task_get(core->store, task, &row, &error));
    return row.closed_at == 0;
}

Test(verbs_task, closes_with_its_proof_and_shows_the_task)
{
    expect_text(asked("1", "letter of 5 May, page 2"), "OK");

    cr_expect(is_open() == false);
    expect_text(answered("proof"), "letter of 5 May, page 2");
    expect_text(answered("what"), "answer");
    expect_text(answered("partner"), PARTNER);
    expect_text(answered("due"), "2026-01-05");
    expect_text(answered("identity.avs"), "7569217076985");
}

Test(verbs_task, that_is_not_there_is_unknown)
{
    expect_text(asked("2", "a letter"), "UNKNOWN");
    expect_text(asked("1x", "a letter"), "INVALID");
    expect_text(asked("-1", "a letter"), "INVALID");
    expect_text(asked("", "a letter"), "INVALID");
}

Test(verbs_task, that_is_closed_keeps_its_first_proof)
{
    expect_text(asked("1", "the first"), "OK");
    expect_text(asked("1", "the first"), "OK");
    expect_text(asked("1", "the second"), "CONFLICT");

    struct task_row row;
    require_ok(store_task_get(core->store, task, &row, &error));
    expect_text(row.proof, "the first");
}

Test(verbs_task, stays_open_without_a_proof_that_may_be_kept)
{
    char longest[202] = "";
    memset(longest, 'x', 201);

    expect_text(asked("1", NULL), "INVALID");
    expect_text(asked("1", ""), "INVALID");
    expect_text(asked("1", longest), "INVALID");
    expect_text(asked("1", "letter to 756.9217.0769.85 of May"), "INVALID");
    cr_expect(is_open());
    longest[200] = '\0';
    expect_text(asked("1", longest), "OK");
}

Test(verbs_task, is_closed_by_who_works_on_it)
{
    expect_text(asked_as(ROLE_AUDITOR, "1", "a letter"), "FORBIDDEN");
    expect_text(asked_as(ROLE_ADMINISTRATOR, "1", "a letter"), "FORBIDDEN");
    expect_text(asked_as(ROLE_OPERATOR, "1", "a letter"), "OK");
}
