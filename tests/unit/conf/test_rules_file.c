/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/rules_file.h"
#include "tests/unit/conf/files.h"

#define RULE(id)                    \
    "- id: " id "\n"                \
    "  from: [orp, cch]\n"          \
    "  to: [as]\n"                  \
    "  events: [any]\n"             \
    "  lane: cii\n"                 \
    "  facets: [identity, dates]\n" \
    "  needs: [informed]\n"         \
    "  citation: LACI 85f al.2\n"

#define PREDICATE(name)                                        \
    "- name: " name "\n"                                       \
    "  citation: LAI 3b al.1\n"                                \
    "  meaning: >\n"                                           \
    "    The person was told\n"                                \
    "    before.\n"                                            \
    "  remedy: Tell the person.\n"                             \
    "  all:\n"                                                 \
    "  - {field: report.informedOn, test: before-sending}\n"   \
    "  any:\n"                                                 \
    "  - {field: report.cause, test: one-of, value: [a, b]}\n" \
    "  - {field: report.age, test: present}\n"

#define DENIAL               \
    "- facets: [sanction]\n" \
    "  to: [any]\n"          \
    "  except: [orp, cch]\n" \
    "  citation: LPGA 33\n"

static void
expect_refused(const char *sentence)
{
    struct rule_texts *texts = NULL;
    struct cii_error err = {0};

    expect_code(rule_texts_load(&texts, "rules", &err), CONFIG);
    expect_text(err.text, sentence);
    cr_expect(texts == NULL);
}

Test(rules_file, a_rule_keeps_its_words_its_act_and_its_place)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    cii_auto(rule_texts_destroy) struct rule_texts *texts = NULL;

    make_folder("rules");
    make_folder("rules/cantons");
    write_file("rules/cantons/VS.yaml",
               "act: LCIAS\ncanton: vs\nrules:\n" RULE("V1") RULE(
                   "V2") "  checked_by: A. Jurist\n  checked_on: 2025-01-31\n");
    require_ok(rule_texts_load(&texts, "rules", NULL));

    cr_assert(eq(sz, texts->rule_count, 2));
    const struct rule_text *rule = &texts->rule[1];
    expect_text(rule->id, "V2");
    expect_text(rule->from[1], "cch");
    cr_expect(rule->from[2] == NULL);
    expect_text(rule->needs[0], "informed");
    expect_text(rule->act, "LCIAS");
    expect_text(rule->canton, "vs");
    expect_text(rule->checked_by, "A. Jurist");
    expect_text(rule->checked_on, "2025-01-31");
    expect_text(rule->file, "rules/cantons/VS.yaml");
    cr_expect(eq(int, rule->line, 12));
    cr_expect(rule->valid_to == NULL && texts->rule[0].checked_by == NULL);
}

Test(rules_file, a_rule_that_opens_nothing_has_empty_lists)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    cii_auto(rule_texts_destroy) struct rule_texts *texts = NULL;

    make_folder("rules");
    write_file("rules/a.yaml",
               "act: x\nrules:\n- {id: D, from: [any], to: [any], events: "
               "[any], lane: deny, citation: none}\n");
    require_ok(rule_texts_load(&texts, "rules", NULL));

    cr_expect(texts->rule[0].facets && !texts->rule[0].facets[0]);
    cr_expect(texts->rule[0].needs && !texts->rule[0].needs[0]);
}

Test(rules_file, a_predicate_keeps_its_tests)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    cii_auto(rule_texts_destroy) struct rule_texts *texts = NULL;

    make_folder("rules");
    write_file("rules/a.yaml", "act: LAI\npredicates:\n" PREDICATE("informed"));
    require_ok(rule_texts_load(&texts, "rules", NULL));

    cr_assert(eq(sz, texts->predicate_count, 1));
    const struct predicate_text *predicate = &texts->predicate[0];
    expect_text(predicate->meaning, "The person was told before.");
    cr_assert(eq(sz, predicate->all_count, 1));
    cr_assert(eq(sz, predicate->any_count, 2));
    expect_text(predicate->all[0].field, "report.informedOn");
    cr_expect(predicate->all[0].value == NULL);
    expect_text(predicate->any[0].value[1], "b");
    cr_expect(predicate->any[0].value[2] == NULL);
    cr_expect(eq(int, predicate->line, 3));
    expect_text(predicate->file, "rules/a.yaml");
}

Test(rules_file, a_denial_keeps_its_kinds)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    cii_auto(rule_texts_destroy) struct rule_texts *texts = NULL;

    make_folder("rules");
    write_file("rules/a.yaml",
               "act: LPGA\ndenials:\n" DENIAL
               "- {facets: [amounts], to: [opuc], citation: x}\n");
    require_ok(rule_texts_load(&texts, "rules", NULL));

    cr_assert(eq(sz, texts->denial_count, 2));
    expect_text(texts->denial[0].except[1], "cch");
    cr_expect(texts->denial[1].except == NULL);
    cr_expect(eq(int, texts->denial[1].line, 7));
}

Test(rules_file, files_follow_the_order_of_their_names)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    cii_auto(rule_texts_destroy) struct rule_texts *texts = NULL;

    make_folder("rules");
    make_folder("rules/b");
    write_file("rules/c.yaml", "act: c\nrules:\n" RULE("C"));
    write_file("rules/b/z.yaml", "act: b\nrules:\n" RULE("B"));
    write_file("rules/a.yaml", "act: a\nrules:\n" RULE("A"));
    require_ok(rule_texts_load(&texts, "rules", NULL));

    cr_assert(eq(sz, texts->rule_count, 3));
    expect_text(texts->rule[0].id, "A");
    expect_text(texts->rule[1].id, "B");
    expect_text(texts->rule[2].id, "C");
}

Test(rules_file, the_same_id_in_two_files_is_refused_with_both)
{
    cii_auto(folder_done) struct folder folder = folder_new();

    make_folder("rules");
    write_file("rules/a.yaml", "act: a\nrules:\n" RULE("R1") RULE("R2"));
    write_file("rules/b.yaml", "act: b\nrules:\n" RULE("R2"));
    expect_refused("rule 'R2' stands twice: rules/a.yaml:11 and "
                   "rules/b.yaml:3");

    write_file("rules/a.yaml", "act: a\npredicates:\n" PREDICATE("p"));
    write_file("rules/b.yaml", "act: b\npredicates:\n" PREDICATE("p"));
    expect_refused("predicate 'p' stands twice: rules/a.yaml:3 and "
                   "rules/b.yaml:3");
}

Test(rules_file, one_bad_file_spoils_all)
{
    cii_auto(folder_done) struct folder folder = folder_new();

    make_folder("rules");
    write_file("rules/a.yaml", "act: a\nrules:\n" RULE("R1"));
    write_file("rules/b.yaml", "act: b\nrules:\n" RULE("R2") "  lan: x\n");
    expect_refused("rules/b.yaml:11: unknown key 'lan' in the rule; did you "
                   "mean 'lane'?");
    write_file("rules/b.yaml",
               "act: b\npredicates:\n" PREDICATE("p") "    tset: x\n");
    expect_refused("rules/b.yaml:14: did not find expected key");
    write_file("rules/b.yaml", "act: b\nrules:\n- id: R2\n");
    expect_refused("rules/b.yaml:3: the rule lacks 'from': kinds of "
                   "institution that disclose, or any");
}

Test(rules_file, what_is_ours_to_say_is_no_key)
{
    cii_auto(folder_done) struct folder folder = folder_new();

    make_folder("rules");
    write_file("rules/a.yaml", "act: a\nrules:\n" RULE("R1") "  file: x\n");
    expect_refused("rules/a.yaml:11: unknown key 'file' in the rule");
}

Test(rules_file, a_folder_without_rules_is_refused)
{
    cii_auto(folder_done) struct folder folder = folder_new();

    make_folder("rules");
    expect_refused("rules holds no rule file (*.yaml): without a rule "
                   "nothing may be disclosed");
}
