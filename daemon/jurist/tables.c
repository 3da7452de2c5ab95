/* SPDX-License-Identifier: Apache-2.0 */
#include "jurist/tables.h"

#include <stdlib.h>
#include <string.h>

#include "proto/catalogue.h"
#include "proto/date.h"
#include "proto/id.h"

#define ENTRIES_MAX 4096
#define NAMES_MAX   64
#define PROSE_MAX   500

/* gcc 12's analyzer loses what is stored through an offset and calls it a
 * leak; LeakSanitizer watches this file in every test. */
#if defined __GNUC__ && !defined __clang__
#    pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

/* --- checks of single values ---------------------------------------------- */

static enum cii_code
check_day(const char *value, struct cii_error *err)
{
    struct date date = {0};

    return date_parse(&date, value, err);
}

static enum cii_code
check_word(const char *value, const char *const *words, const char *sentence,
           struct cii_error *err)
{
    for (; *words; words++)
        if (!strcmp(value, *words))
            return CII_OK;
    return cii_fail(err, CII_INVALID, "'%s': write %s", value, sentence);
}

static enum cii_code
check_yesno(const char *value, struct cii_error *err)
{
    static const char *const words[] = {"true", "false", NULL};

    return check_word(value, words, "true or false", err);
}

static enum cii_code
check_profile(const char *value, struct cii_error *err)
{
    static const char *const words[] = {"pilot", "production", NULL};

    return check_word(value, words, "pilot or production", err);
}

static enum cii_code
check_verdict(const char *value, struct cii_error *err)
{
    static const char *const words[] = {"transmit", "refuse", "hold", NULL};

    return check_word(value, words, "transmit, refuse or hold", err);
}

/* --- the keys ------------------------------------------------------------- */

#define AT(structure, key, member) \
    .name = (key), .at = offsetof(struct structure, member)
#define TEXT(structure, member) \
    AT(structure, #member, member), .form = YAML_TEXT
#define LIST(structure, member) \
    AT(structure, #member, member), .form = YAML_TEXTS, .most = NAMES_MAX

/* clang-format off */
static const struct yaml_key statement_keys[] = {
    {TEXT(statement_text, name), .required = true,
     .meaning = "the name that cases call it by"},
    {TEXT(statement_text, type), .required = true,
     .meaning = "its type, as in event-types.yaml"},
    {TEXT(statement_text, by), .required = true, .check = institution_check,
     .meaning = "who issued it"},
    {AT(statement_text, "case", case_ref), .form = YAML_TEXT,
     .meaning = "the case that it is of"},
    {LIST(statement_text, fields),
     .meaning = "what it says, as in consent.express=yes"},
    {AT(statement_text, "ended", ended), .form = YAML_YESNO, .fallback = "false",
     .meaning = "true: something has ended it"},
};

static const struct yaml_shape statement_shape = {
    .name = "the statement", YAML_KEYS(statement_keys),
    .size = sizeof(struct statement_text),
    .line_at = offsetof(struct statement_text, line)};

static const struct yaml_key case_keys[] = {
    {TEXT(case_text, name), .required = true,
     .meaning = "what it is about; once in all files"},
    {AT(case_text, "as", like), .form = YAML_TEXT,
     .meaning = "the case above that it is like, but for what it says"},
    {TEXT(case_text, rule),
     .meaning = "the rule that it is about"},
    {TEXT(case_text, citation), .most = PROSE_MAX,
     .meaning = "what of the law it shows"},
    {TEXT(case_text, from), .check = institution_check,
     .meaning = "who tells it"},
    {TEXT(case_text, issuer), .check = institution_check,
     .meaning = "whose event it is; else from"},
    {TEXT(case_text, to), .check = institution_check,
     .meaning = "to whom"},
    {TEXT(case_text, event),
     .meaning = "its type"},
    {TEXT(case_text, on), .check = check_day,
     .meaning = "the day of the event"},
    {AT(case_text, "case", case_ref), .form = YAML_TEXT,
     .meaning = "the reference of the case that it is of"},
    {TEXT(case_text, reply_to),
     .meaning = "the name of the statement that it answers"},
    {LIST(case_text, facets),
     .meaning = "what it says, as in identity.officialName=B."},
    {LIST(case_text, given),
     .meaning = "names of statements that both sides know, the newest first"},
    {LIST(case_text, original),
     .meaning = "facets that the receiver got of what this corrects"},
    {TEXT(case_text, competent), .check = check_yesno,
     .meaning = "the receiver is competent for the domicile; else false"},
    {TEXT(case_text, concerned), .check = check_yesno,
     .meaning = "the receiver is concerned by the person; else true"},
    {TEXT(case_text, arrival), .check = check_yesno,
     .meaning = "judged where it arrived; else, before it leaves"},
    {TEXT(case_text, test), .check = check_yesno,
     .meaning = "the event's test flag; else as the profile wants it"},
    {LIST(case_text, set),
     .meaning = "other values, as in dates.from=2026-01-01 of the event, or "
                "NAME: consent.express=no of a statement; none: left out"},
    {LIST(case_text, without),
     .meaning = "names of statements that are not given"},
    {TEXT(case_text, now), .check = check_day,
     .meaning = "the day of judging"},
    {TEXT(case_text, profile), .check = check_profile,
     .meaning = "pilot or production"},
    {TEXT(case_text, expect), .required = true, .check = check_verdict,
     .meaning = "transmit, refuse or hold"},
    {LIST(case_text, opens),
     .meaning = "facets that go, exactly these"},
    {TEXT(case_text, why), .most = PROSE_MAX,
     .meaning = "words that the explanation holds"},
    {TEXT(case_text, ground),
     .meaning = "the ground of the verdict"},
    {TEXT(case_text, fails),
     .meaning = "the one need of the rule that is not true"},
};

static const struct yaml_shape case_shape = {
    .name = "the case", YAML_KEYS(case_keys),
    .size = sizeof(struct case_text),
    .line_at = offsetof(struct case_text, line)};

static const struct yaml_key table_keys[] = {
    {TEXT(table, title), .required = true,
     .meaning = "what the table is about"},
    {TEXT(table, now), .required = true, .check = check_day,
     .meaning = "the day of judging"},
    {TEXT(table, profile), .fallback = "pilot", .check = check_profile,
     .meaning = "pilot or production"},
    {AT(table, "statements", statement), .form = YAML_PARTS,
     .most = ENTRIES_MAX, .count_at = offsetof(struct table, statement_count),
     .shape = &statement_shape,
     .meaning = "statements that the cases share"},
    {AT(table, "cases", entry), .form = YAML_PARTS, .required = true,
     .most = ENTRIES_MAX, .count_at = offsetof(struct table, entry_count),
     .shape = &case_shape,
     .meaning = "the cases"},
    {AT(table, "path", path), .form = YAML_HIDDEN},
};
/* clang-format on */

const struct yaml_shape table_shape = {.name = "the table",
                                       YAML_KEYS(table_keys),
                                       .size = sizeof(struct table)};

/* --- a file --------------------------------------------------------------- */

enum cii_code
table_load(struct table *table, const char *path, struct cii_error *err)
{
    CII_TRY(yaml_load(&table_shape, table, path, err));
    table->path = strdup(path);
    return table->path ? CII_OK : cii_fail(err, CII_MEMORY, "no memory");
}

void
table_done(struct table *table)
{
    yaml_release(&table_shape, table);
}

const struct statement_text *
table_statement(const struct table *table, const char *name)
{
    for (size_t i = 0; i < table->statement_count; i++)
        if (!strcmp(table->statement[i].name, name))
            return &table->statement[i];
    return NULL;
}

/* --- one like another ----------------------------------------------------- */

static const char *
case_name(const void *context, size_t i)
{
    return ((const struct table *)context)->entry[i].name;
}

static enum cii_code
find_above(const struct table *table, size_t *number, struct cii_error *err)
{
    const struct case_text *text = &table->entry[*number];

    for (size_t i = 0; i < *number; i++)
        if (!strcmp(table->entry[i].name, text->like)) {
            *number = i;
            return CII_OK;
        }
    const char *near = nearest_name(text->like, *number, case_name, table);
    return cii_fail(err, CII_CONFIG,
                    "%s:%d: as: no case '%s' stands above this one%s%s%s",
                    table->path, text->line, text->like,
                    near ? "; did you mean '" : "", near ? near : "",
                    near ? "'?" : "");
}

/* What the keys in hand do not say, the case below in the chain says. */
static void
take_over(struct case_text *text, const struct case_text *like)
{
#define TAKE(member)   \
    if (!text->member) \
    text->member = like->member
    TAKE(rule);
    TAKE(citation);
    TAKE(from);
    TAKE(issuer);
    TAKE(to);
    TAKE(event);
    TAKE(on);
    TAKE(case_ref);
    TAKE(reply_to);
    TAKE(facets);
    TAKE(given);
    TAKE(original);
    TAKE(competent);
    TAKE(concerned);
    TAKE(arrival);
    TAKE(test);
    TAKE(now);
    TAKE(profile);
#undef TAKE
}

static void
turn_round(const char *const **list, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        const char *const *kept = list[i];
        list[i] = list[count - 1 - i];
        list[count - 1 - i] = kept;
    }
}

enum cii_code
table_case(struct case_whole *whole, const struct table *table, size_t number,
           struct cii_error *err)
{
    const struct case_text *text = &table->entry[number];
    const int line = text->line;

    *whole = (struct case_whole){.table = table, .text = *text};
    for (;;) {
        whole->set[whole->depth] = (const char *const *)text->set;
        whole->without[whole->depth++] = (const char *const *)text->without;
        if (!text->like)
            break;
        if (whole->depth == TABLE_LIKE_MAX)
            return cii_fail(err, CII_CONFIG,
                            "%s:%d: as: more than %d cases are like one "
                            "another",
                            table->path, line, TABLE_LIKE_MAX);
        CII_TRY(find_above(table, &number, err));
        text = &table->entry[number];
        take_over(&whole->text, text);
    }
    turn_round(whole->set, whole->depth);
    return CII_OK;
}
