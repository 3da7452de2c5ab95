/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/rules_file.h"

#include <stdlib.h>
#include <string.h>

#include "conf/file.h"
#include "conf/schema.h"

#define ENTRIES_MAX  4096
#define TESTS_MAX    32
#define NAMES_MAX    256
#define PROSE_MAX    2000
#define DAYS_MAX     3660
#define CITATION_MAX 500

/* gcc 12's analyzer loses what is stored through an offset and calls it a
 * leak; LeakSanitizer watches this file in every test. */
#if defined __GNUC__ && !defined __clang__
#    pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

/* --- the tables ----------------------------------------------------------- */

struct rule_file {
    char *act;
    char *canton;
    struct rule_texts texts;
};

#define AT(structure, member) \
    .name = #member, .at = offsetof(struct structure, member)
#define TEXT(structure, member) AT(structure, member), .form = YAML_TEXT
#define NAMES(structure, member) \
    AT(structure, member), .form = YAML_TEXTS, .most = NAMES_MAX
#define YESNO(structure, member) \
    AT(structure, member), .form = YAML_YESNO, .fallback = "false"
#define HIDDEN(structure, member)                  \
    {                                              \
        AT(structure, member), .form = YAML_HIDDEN \
    }

/* clang-format off */
static const struct yaml_key test_keys[] = {
    {TEXT(test_text, field), .required = true,
     .meaning = "the field of the event, as in report.informedOn"},
    {TEXT(test_text, test), .required = true,
     .meaning = "what must be true of it, as in present"},
    {NAMES(test_text, value),
     .meaning = "what it is compared with"},
};

static const struct yaml_shape test_shape = {
    .name = "the test", YAML_KEYS(test_keys),
    .size = sizeof(struct test_text)};

static const struct yaml_key predicate_keys[] = {
    {TEXT(predicate_text, name), .required = true,
     .meaning = "the name that rules call it by"},
    {TEXT(predicate_text, citation), .required = true, .most = CITATION_MAX,
     .meaning = "where the law says so"},
    {TEXT(predicate_text, meaning), .required = true, .most = PROSE_MAX,
     .meaning = "what it says, in one sentence"},
    {TEXT(predicate_text, remedy), .required = true, .most = PROSE_MAX,
     .meaning = "what would make it true"},
    {AT(predicate_text, all), .form = YAML_PARTS, .most = TESTS_MAX,
     .count_at = offsetof(struct predicate_text, all_count),
     .shape = &test_shape,
     .meaning = "tests of which every one must hold"},
    {AT(predicate_text, any), .form = YAML_PARTS, .most = TESTS_MAX,
     .count_at = offsetof(struct predicate_text, any_count),
     .shape = &test_shape,
     .meaning = "tests of which one must hold"},
    {NAMES(predicate_text, statement),
     .meaning = "types of statements; it is true when one of them, in force, "
                "passes the tests"},
    {TEXT(predicate_text, by),
     .meaning = "who made the statement: any, sender, receiver, either or "
                "issuer"},
    {YESNO(predicate_text, same_case),
     .meaning = "true: the statement is of the event's own case"},
    {YESNO(predicate_text, answered),
     .meaning = "true: the event is the answer to the statement"},
    {YESNO(predicate_text, narrows),
     .meaning = "true: only the facets that the statement lists are opened"},
    {YESNO(predicate_text, none),
     .meaning = "true: that there is no such statement"},
    {YESNO(predicate_text, ended),
     .meaning = "true: a statement that has ended counts too"},
    {TEXT(predicate_text, fact),
     .meaning = "what the daemon itself knows: received-original, competent "
                "or told-by-issuer"},
    {TEXT(predicate_text, basis),
     .meaning = "the name of a cantonal basis that has to name the receiver"},
    {YESNO(predicate_text, stops),
     .meaning = "true: while it is true, a duty waits for a human and "
                "everything else stays"},
    {NAMES(predicate_text, stated),
     .meaning = "the event types that nobody states while it is not true"},
    {YESNO(predicate_text, concerns),
     .meaning = "true: while it is true, the receiver is concerned by the "
                "person"},
    {YESNO(predicate_text, owed),
     .meaning = "true: a matter of form; while only such predicates are "
                "missing, the duty stands"},
    HIDDEN(predicate_text, file),
};

static const struct yaml_shape predicate_shape = {
    .name = "the predicate", YAML_KEYS(predicate_keys),
    .size = sizeof(struct predicate_text),
    .line_at = offsetof(struct predicate_text, line)};

static const struct yaml_key rule_keys[] = {
    {TEXT(rule_text, id), .required = true,
     .meaning = "the rule's id, once in all files"},
    {NAMES(rule_text, from), .required = true,
     .meaning = "kinds of institution that disclose, or any"},
    {NAMES(rule_text, to), .required = true,
     .meaning = "kinds of institution that receive, or any"},
    {NAMES(rule_text, events), .required = true,
     .meaning = "event types, or any"},
    {TEXT(rule_text, lane), .required = true,
     .meaning = "duty, request, release, cii, consent, deny or off"},
    {NAMES(rule_text, facets), .fallback = "",
     .meaning = "facets that it opens"},
    {NAMES(rule_text, needs), .fallback = "",
     .meaning = "names of predicates that must all be true"},
    {TEXT(rule_text, citation), .required = true, .most = CITATION_MAX,
     .meaning = "where the law says so"},
    {TEXT(rule_text, inform),
     .meaning = "when the person is told: none, before, after, contact, "
                "consent or month"},
    {TEXT(rule_text, objection),
     .meaning = "none, veto, withdraw, or immune: nothing stops it"},
    {TEXT(rule_text, fallback),
     .meaning = "the id of the rule to try when this one fails"},
    {AT(rule_text, within), .form = YAML_NUMBER, .width = sizeof(uint32_t),
     .most = DAYS_MAX, .fallback = "0", .unit = "days",
     .meaning = "how long after the day of the event a duty may take"},
    {AT(rule_text, answer_within), .form = YAML_NUMBER,
     .width = sizeof(uint32_t), .most = DAYS_MAX, .fallback = "0",
     .unit = "days", .meaning = "how long the receiver has to act on it"},
    {NAMES(rule_text, answered_by),
     .meaning = "event types by which the receiver acts"},
    {TEXT(rule_text, valid_from),
     .meaning = "first day in force, YYYY-MM-DD"},
    {TEXT(rule_text, valid_to),
     .meaning = "last day in force, YYYY-MM-DD"},
    {TEXT(rule_text, checked_by),
     .meaning = "who has checked it; nobody: the verdict is hold"},
    {TEXT(rule_text, checked_on),
     .meaning = "when, YYYY-MM-DD"},
    {TEXT(rule_text, note), .most = PROSE_MAX,
     .meaning = "what a reader should know"},
    HIDDEN(rule_text, act),
    HIDDEN(rule_text, canton),
    HIDDEN(rule_text, file),
};

static const struct yaml_shape rule_shape = {
    .name = "the rule", YAML_KEYS(rule_keys),
    .size = sizeof(struct rule_text),
    .line_at = offsetof(struct rule_text, line)};

static const struct yaml_key denial_keys[] = {
    {NAMES(denial_text, facets), .required = true,
     .meaning = "facets that are never given"},
    {NAMES(denial_text, to), .required = true,
     .meaning = "kinds of institution that never get them, or any"},
    {NAMES(denial_text, except),
     .meaning = "kinds of institution that may"},
    {TEXT(denial_text, citation), .required = true, .most = CITATION_MAX,
     .meaning = "where the law says so"},
    HIDDEN(denial_text, file),
};

static const struct yaml_shape denial_shape = {
    .name = "the denial", YAML_KEYS(denial_keys),
    .size = sizeof(struct denial_text),
    .line_at = offsetof(struct denial_text, line)};

static const struct yaml_key basis_keys[] = {
    {TEXT(basis_text, name), .required = true,
     .meaning = "the name that predicates ask for"},
    {NAMES(basis_text, kinds), .required = true,
     .meaning = "kinds of institution that it binds"},
    {TEXT(basis_text, citation), .required = true, .most = CITATION_MAX,
     .meaning = "where the cantonal law says so"},
    {TEXT(basis_text, checked_by),
     .meaning = "who has checked it; nobody: it does not count"},
    {TEXT(basis_text, checked_on),
     .meaning = "when, YYYY-MM-DD"},
    {TEXT(basis_text, note), .most = PROSE_MAX,
     .meaning = "what a reader should know"},
    HIDDEN(basis_text, canton),
    HIDDEN(basis_text, file),
};

static const struct yaml_shape basis_shape = {
    .name = "the basis", YAML_KEYS(basis_keys),
    .size = sizeof(struct basis_text),
    .line_at = offsetof(struct basis_text, line)};

static const struct yaml_key rules_keys[] = {
    {TEXT(rule_file, act), .required = true,
     .meaning = "the act, or what else the file stands for"},
    {TEXT(rule_file, canton),
     .meaning = "the canton that it holds in; none: federal"},
    {.name = "rules", .form = YAML_PARTS, .most = ENTRIES_MAX,
     .at = offsetof(struct rule_file, texts.rule),
     .count_at = offsetof(struct rule_file, texts.rule_count),
     .shape = &rule_shape,
     .meaning = "the list of rules"},
    {.name = "predicates", .form = YAML_PARTS, .most = ENTRIES_MAX,
     .at = offsetof(struct rule_file, texts.predicate),
     .count_at = offsetof(struct rule_file, texts.predicate_count),
     .shape = &predicate_shape,
     .meaning = "the list of predicates over fields of the event"},
    {.name = "denials", .form = YAML_PARTS, .most = ENTRIES_MAX,
     .at = offsetof(struct rule_file, texts.denial),
     .count_at = offsetof(struct rule_file, texts.denial_count),
     .shape = &denial_shape,
     .meaning = "the list of facets that a kind never gets"},
    {.name = "bases", .form = YAML_PARTS, .most = ENTRIES_MAX,
     .at = offsetof(struct rule_file, texts.basis),
     .count_at = offsetof(struct rule_file, texts.basis_count),
     .shape = &basis_shape,
     .meaning = "the list of cantonal bases that predicates ask for"},
};
/* clang-format on */

const struct yaml_shape rules_shape = {.name = "the rule file",
                                       YAML_KEYS(rules_keys),
                                       .size = sizeof(struct rule_file)};

/* --- from file to list ---------------------------------------------------- */

static enum cii_code
copy(char **result, const char *text, struct cii_error *err)
{
    *result = text ? strdup(text) : NULL;
    return !text || *result ? CII_OK
                            : cii_fail(err, CII_MEMORY, "cannot load rules");
}

/* Each entry carries where it comes from. */
static enum cii_code
stamp(struct rule_file *file, const char *path, struct cii_error *err)
{
    struct rule_texts *texts = &file->texts;

    for (size_t i = 0; i < texts->rule_count; i++) {
        CII_TRY(copy(&texts->rule[i].act, file->act, err));
        CII_TRY(copy(&texts->rule[i].canton, file->canton, err));
        CII_TRY(copy(&texts->rule[i].file, path, err));
    }
    for (size_t i = 0; i < texts->predicate_count; i++)
        CII_TRY(copy(&texts->predicate[i].file, path, err));
    for (size_t i = 0; i < texts->denial_count; i++)
        CII_TRY(copy(&texts->denial[i].file, path, err));
    for (size_t i = 0; i < texts->basis_count; i++) {
        CII_TRY(copy(&texts->basis[i].canton, file->canton, err));
        CII_TRY(copy(&texts->basis[i].file, path, err));
        if (!file->canton)
            return cii_fail(err, CII_CONFIG,
                            "%s:%d: basis '%s' is no canton's: the file "
                            "needs canton:",
                            path, texts->basis[i].line, texts->basis[i].name);
    }
    return CII_OK;
}

/* Two arrays in one, the first grown; NULL: no memory. */
static void *
joined(void *first, size_t first_count, const void *second, size_t second_count,
       size_t size)
{
    char *grown = reallocarray(first, first_count + second_count + 1, size);

    if (!grown)
        return NULL;
    if (second_count > 0)
        memcpy(grown + first_count * size, second, second_count * size);
    return grown;
}

/* Moves the entries of one kind over and leaves their array empty. */
#define MOVE(to, from, what)                                                \
    __extension__({                                                         \
        void *grown_ = joined((to)->what, (to)->what##_count, (from)->what, \
                              (from)->what##_count, sizeof *(to)->what);    \
        if (grown_) {                                                       \
            (to)->what = grown_;                                            \
            (to)->what##_count += (from)->what##_count;                     \
            (from)->what##_count = 0;                                       \
        }                                                                   \
        grown_ != NULL;                                                     \
    })

static void
rule_file_done(struct rule_file *file)
{
    yaml_release(&rules_shape, file);
}

enum cii_code
rule_texts_add(struct rule_texts *texts, const char *path,
               struct cii_error *err)
{
    cii_auto(rule_file_done) struct rule_file file = {0};

    CII_TRY(yaml_load(&rules_shape, &file, path, err));
    CII_TRY(stamp(&file, path, err));
    if (MOVE(texts, &file.texts, rule) && MOVE(texts, &file.texts, predicate) &&
        MOVE(texts, &file.texts, denial) && MOVE(texts, &file.texts, basis))
        return CII_OK;
    return cii_fail(err, CII_MEMORY, "cannot load rules");
}

/* --- once in all files ---------------------------------------------------- */

/* Equal ids stay in the order of the files. */
static int
rule_compare(const void *a, const void *b)
{
    const struct rule_text *left = *(const struct rule_text *const *)a;
    const struct rule_text *right = *(const struct rule_text *const *)b;
    int order = strcmp(left->id, right->id);

    return order != 0 ? order : (left > right) - (left < right);
}

static enum cii_code
check_ids(const struct rule_texts *texts, struct cii_error *err)
{
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): of pointers indeed */
    const size_t each = sizeof(const struct rule_text *);
    const struct rule_text **sorted = calloc(texts->rule_count + 1, each);
    enum cii_code code = CII_OK;

    if (!sorted)
        return cii_fail(err, CII_MEMORY, "cannot load rules");
    for (size_t i = 0; i < texts->rule_count; i++)
        sorted[i] = &texts->rule[i];
    qsort(sorted, texts->rule_count, each, rule_compare);
    for (size_t i = 1; i < texts->rule_count && code == CII_OK; i++)
        if (strcmp(sorted[i - 1]->id, sorted[i]->id) == 0)
            code =
                cii_fail(err, CII_CONFIG,
                         "rule '%s' stands twice: %s:%d and %s:%d",
                         sorted[i]->id, sorted[i - 1]->file,
                         sorted[i - 1]->line, sorted[i]->file, sorted[i]->line);
    free(sorted);
    return code;
}

static enum cii_code
check_predicates(const struct rule_texts *texts, struct cii_error *err)
{
    const struct predicate_text *list = texts->predicate;

    for (size_t i = 0; i < texts->predicate_count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(list[i].name, list[j].name) == 0)
                return cii_fail(err, CII_CONFIG,
                                "predicate '%s' stands twice: %s:%d and "
                                "%s:%d",
                                list[i].name, list[j].file, list[j].line,
                                list[i].file, list[i].line);
    return CII_OK;
}

enum cii_code
rule_texts_load(struct rule_texts **result, const char *folder,
                struct cii_error *err)
{
    cii_auto(file_list_done) struct file_list files = {0};
    cii_auto(rule_texts_destroy) struct rule_texts *texts =
        calloc(1, sizeof *texts);

    if (!texts)
        return cii_fail(err, CII_MEMORY, "cannot load %s", folder);
    CII_TRY(file_list_load(&files, folder, true, err));
    if (files.count == 0)
        return cii_fail(err, CII_CONFIG,
                        "%s holds no rule file (*.yaml): without a rule "
                        "nothing may be disclosed",
                        folder);
    for (size_t i = 0; i < files.count; i++)
        CII_TRY(rule_texts_add(texts, files.path[i], err));
    CII_TRY(check_ids(texts, err));
    CII_TRY(check_predicates(texts, err));
    *result = cii_take(texts);
    return CII_OK;
}

void
rule_texts_destroy(struct rule_texts **texts)
{
    if (!*texts)
        return;
    for (size_t i = 0; i < (*texts)->rule_count; i++)
        yaml_release(&rule_shape, &(*texts)->rule[i]);
    for (size_t i = 0; i < (*texts)->predicate_count; i++)
        yaml_release(&predicate_shape, &(*texts)->predicate[i]);
    for (size_t i = 0; i < (*texts)->denial_count; i++)
        yaml_release(&denial_shape, &(*texts)->denial[i]);
    free((*texts)->rule);
    free((*texts)->predicate);
    free((*texts)->denial);
    for (size_t i = 0; i < (*texts)->basis_count; i++)
        yaml_release(&basis_shape, &(*texts)->basis[i]);
    free((*texts)->basis);
    free(*texts);
    *texts = NULL;
}
