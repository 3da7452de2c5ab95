/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "law/parts.h"
#include "proto/date.h"

#define FORM(name) (1U << FIELD_##name)
#define ANY_FORM   0x7ffU
#define OFFICES    (FORM(INSTITUTION) | FORM(INSTITUTIONS))
#define LISTS      (FORM(CODES) | FORM(INSTITUTIONS) | FORM(NAMES))
#define DAYS       (FORM(DATE))
#define MANY       64U

static enum answer
answer_of(bool holds)
{
    return holds ? ANSWER_TRUE : ANSWER_FALSE;
}

/* --- words --------------------------------------------------------------- */

static bool
is_one_of(const struct test *test, const char *value)
{
    for (size_t i = 0; i < test->value_count; i++)
        if (!strcmp(test->value[i], value))
            return true;
    return false;
}

/* Is the word among those that spaces separate? */
static bool
has_word(const char *words, const char *word)
{
    const size_t length = strlen(word);

    while (*words) {
        words += strspn(words, " ");
        const size_t here = strcspn(words, " ");
        if (here == length && !memcmp(words, word, length))
            return true;
        words += here;
    }
    return false;
}

static bool
has_one_of(const struct test *test, const char *words)
{
    for (size_t i = 0; i < test->value_count; i++)
        if (has_word(words, test->value[i]))
            return true;
    return false;
}

static enum answer
answer_one_of(const struct asking *asking, const struct test *test,
              const char *value)
{
    (void)asking;
    return answer_of(is_one_of(test, value));
}

static enum answer
answer_none_of(const struct asking *asking, const struct test *test,
               const char *value)
{
    (void)asking;
    return answer_of(!is_one_of(test, value) && !has_one_of(test, value));
}

static enum answer
answer_contains(const struct asking *asking, const struct test *test,
                const char *value)
{
    (void)asking;
    return answer_of(has_one_of(test, value));
}

static bool
is_unemployment_insurance(enum institution_kind kind)
{
    return kind == KIND_ORP || kind == KIND_CCH || kind == KIND_LMMT;
}

/* By its id, by its kind, or as one of the unemployment insurance ("ac"). */
static enum answer
answer_names_receiver(const struct asking *asking, const struct test *test,
                      const char *value)
{
    (void)test;
    if (has_word(value, asking->question->to) ||
        has_word(value, kind_name(asking->to)))
        return ANSWER_TRUE;
    return answer_of(is_unemployment_insurance(asking->to) &&
                     has_word(value, "ac"));
}

static enum answer
answer_names_sender(const struct asking *asking, const struct test *test,
                    const char *value)
{
    (void)test;
    return answer_of(has_word(value, asking->question->discloser));
}

static enum answer
answer_names_issuer(const struct asking *asking, const struct test *test,
                    const char *value)
{
    (void)test;
    return answer_of(has_word(value, asking->question->issuer));
}

/* Sender and receiver: the pair of which a consent speaks. */
static enum answer
answer_names_both(const struct asking *asking, const struct test *test,
                  const char *value)
{
    (void)test;
    return answer_of(has_word(value, asking->question->discloser) &&
                     has_word(value, asking->question->to));
}

/* "ge.orp ge.as.hg": two, each once, as the form has seen to. */
static enum answer
answer_is_pair(const struct asking *asking, const struct test *test,
               const char *value)
{
    struct name_part part;
    size_t count = 0;

    (void)asking;
    (void)test;
    while (names_next(&value, &part))
        count++;
    return answer_of(count == 2);
}

static const struct content *event_content(const struct asking *asking,
                                           int facet);

/* As a field of the event says it. */
static enum answer
answer_same_as(const struct asking *asking, const struct test *test,
               const char *value)
{
    const struct content *content = event_content(asking, test->other_facet);
    const char *other =
        content ? content_find(content, test->other_field) : NULL;

    return other ? answer_of(!strcmp(value, other)) : ANSWER_UNKNOWN;
}

/* --- days ---------------------------------------------------------------- */

/* False when the text is no whole day. */
static bool
read_day(const char *value, int64_t *day)
{
    struct date date = {0};

    if (date_parse(&date, value, NULL) != CII_OK)
        return false;
    *day = date_to_days(&date);
    return true;
}

/*
 * LAI 3b al. 3: "informed beforehand". What is written down is a day, so the
 * day of sending itself is as much as it can prove.
 */
static enum answer
answer_before_sending(const struct asking *asking, const struct test *test,
                      const char *value)
{
    int64_t day = 0;

    (void)test;
    if (!read_day(value, &day))
        return ANSWER_UNKNOWN;
    return answer_of(day <= asking->day);
}

static enum answer
answer_not_past(const struct asking *asking, const struct test *test,
                const char *value)
{
    int64_t day = 0;

    (void)test;
    if (!read_day(value, &day))
        return ANSWER_UNKNOWN;
    return answer_of(day >= asking->day);
}

static enum answer
answer_within_days(const struct asking *asking, const struct test *test,
                   const char *value)
{
    int64_t day = 0;

    if (!read_day(value, &day))
        return ANSWER_UNKNOWN;
    return answer_of(day >= asking->day && day - asking->day <= test->number);
}

/* The first day of the month that lies so many months later. */
static int64_t
month_later(const struct date *date, int64_t months)
{
    const int64_t month = (int64_t)date->year * 12 + date->month - 1 + months;
    const struct date first = {.year = (int)(month / 12),
                               .month = (int)(month % 12 + 1),
                               .day = 1};

    return date_to_days(&first);
}

/* The same day of the month so many months later, or that month's last. */
static int64_t
months_later(int64_t day, int64_t months)
{
    const struct date date = date_from_days(day);
    const int64_t first = month_later(&date, months);
    const int64_t length = month_later(&date, months + 1) - first;

    return first + (date.day <= length ? date.day : length) - 1;
}

static enum answer
answer_within_months(const struct asking *asking, const struct test *test,
                     const char *value)
{
    int64_t day = 0;
    int64_t occurred = 0;

    if (!asking->question->occurred_on || !read_day(value, &day) ||
        !read_day(asking->question->occurred_on, &occurred))
        return ANSWER_UNKNOWN;
    return answer_of(day <= months_later(occurred, test->number));
}

/* --- numbers ------------------------------------------------------------- */

static bool
read_number(const char *value, int64_t *number)
{
    char *end = NULL;

    if (value[strspn(value, "0123456789")] != '\0' || !*value)
        return false;
    *number = strtoll(value, &end, 10);
    return *end == '\0';
}

static enum answer
answer_at_least(const struct asking *asking, const struct test *test,
                const char *value)
{
    int64_t number = 0;

    (void)asking;
    if (!read_number(value, &number))
        return ANSWER_UNKNOWN;
    return answer_of(number >= test->number);
}

static enum answer
answer_at_most(const struct asking *asking, const struct test *test,
               const char *value)
{
    int64_t number = 0;

    (void)asking;
    if (!read_number(value, &number))
        return ANSWER_UNKNOWN;
    return answer_of(number <= test->number);
}

/* --- ages ---------------------------------------------------------------- */

/* Years completed on that day by who was born on a whole day. */
static int
age_on(const struct date *today, int year, int month, int day)
{
    const bool birthday_passed =
        today->month > month || (today->month == month && today->day >= day);

    return today->year - year - (birthday_passed ? 0 : 1);
}

/* A partial birth date leaves an age between two; false when it is none. */
static bool
read_ages(const struct asking *asking, const char *value, int *least, int *most)
{
    const struct date today = date_from_days(asking->day);
    struct date born = {0};

    if (date_parse_partial(&born, value, NULL) != CII_OK)
        return false;
    *most = age_on(&today, born.year, born.month ? born.month : 1,
                   born.day ? born.day : 1);
    *least = age_on(&today, born.year, born.month ? born.month : 12,
                    born.day ? born.day : 31);
    return true;
}

static enum answer
answer_age_at_least(const struct asking *asking, const struct test *test,
                    const char *value)
{
    int least = 0;
    int most = 0;

    if (!read_ages(asking, value, &least, &most))
        return ANSWER_UNKNOWN;
    if (least >= test->number)
        return ANSWER_TRUE;
    return most < test->number ? ANSWER_FALSE : ANSWER_OPEN;
}

static enum answer
answer_age_below(const struct asking *asking, const struct test *test,
                 const char *value)
{
    int least = 0;
    int most = 0;

    if (!read_ages(asking, value, &least, &most))
        return ANSWER_UNKNOWN;
    if (most < test->number)
        return ANSWER_TRUE;
    return least >= test->number ? ANSWER_FALSE : ANSWER_OPEN;
}

/* --- the words of a rule file -------------------------------------------- */

/* clang-format off */
static const struct test_def tests[] = {
    {.name = "present", .target = TARGET_PRESENCE, .forms = ANY_FORM,
     .sought = "to be given"},
    {.name = "absent", .target = TARGET_PRESENCE, .forms = ANY_FORM,
     .sought = "to be left out"},
    {.name = "equals", .forms = ANY_FORM & ~LISTS, .least = 1, .most = 1,
     .answer = answer_one_of, .sought = "to be "},
    {.name = "one-of", .forms = ANY_FORM & ~LISTS, .least = 1,
     .most = MANY, .answer = answer_one_of, .sought = "to be one of "},
    {.name = "none-of", .forms = ANY_FORM, .least = 1, .most = MANY,
     .answer = answer_none_of, .sought = "to be none of "},
    {.name = "contains", .forms = LISTS, .least = 1, .most = MANY,
     .answer = answer_contains, .sought = "to name one of "},
    {.name = "before-sending", .forms = DAYS,
     .answer = answer_before_sending,
     .sought = "to be no later than the day of sending"},
    {.name = "not-past", .forms = DAYS, .answer = answer_not_past,
     .sought = "to be today or later"},
    {.name = "within-days", .forms = DAYS, .least = 1, .most = 1,
     .takes_number = true, .answer = answer_within_days,
     .sought = "to be today or in the next ", .behind = " days"},
    {.name = "at-least", .forms = FORM(NUMBER), .least = 1, .most = 1,
     .takes_number = true, .answer = answer_at_least,
     .sought = "to be at least "},
    {.name = "at-most", .forms = FORM(NUMBER), .least = 1, .most = 1,
     .takes_number = true, .answer = answer_at_most,
     .sought = "to be at most "},
    {.name = "age-at-least", .forms = FORM(DATE) | FORM(PARTIAL_DATE),
     .least = 1, .most = 1, .takes_number = true,
     .answer = answer_age_at_least, .sought = "to give an age of at least "},
    {.name = "age-below", .forms = FORM(DATE) | FORM(PARTIAL_DATE),
     .least = 1, .most = 1, .takes_number = true,
     .answer = answer_age_below, .sought = "to give an age below "},
    {.name = "within-months", .forms = DAYS, .least = 1, .most = 1,
     .takes_number = true, .answer = answer_within_months,
     .sought = "to be at most ",
     .behind = " months after the day of the event"},
    {.name = "names-receiver",
     .forms = FORM(CODE) | FORM(CODES) | OFFICES,
     .answer = answer_names_receiver, .sought = "to name the receiver"},
    {.name = "names-sender", .forms = OFFICES, .answer = answer_names_sender,
     .sought = "to name the sender"},
    {.name = "names-issuer", .forms = OFFICES, .answer = answer_names_issuer,
     .sought = "to name the event's issuer"},
    {.name = "names-both", .forms = FORM(INSTITUTIONS),
     .answer = answer_names_both,
     .sought = "to name both sender and receiver"},
    {.name = "is-pair", .forms = FORM(INSTITUTIONS),
     .answer = answer_is_pair, .sought = "to name two institutions"},
    {.name = "same-as", .forms = ANY_FORM, .least = 1, .most = 1,
     .takes_field = true, .answer = answer_same_as,
     .sought = "to be the same as "},
    {.name = "holds", .target = TARGET_PREDICATE, .sought = "to hold"},
};
/* clang-format on */

#define TEST_COUNT (sizeof tests / sizeof tests[0])

static const char *
test_at(const void *context, size_t i)
{
    (void)context;
    return tests[i].name;
}

const struct test_def *
test_find(const char *name)
{
    for (size_t i = 0; i < TEST_COUNT; i++)
        if (!strcmp(tests[i].name, name))
            return &tests[i];
    return NULL;
}

const char *
test_nearest(const char *name)
{
    return nearest_name(name, TEST_COUNT, test_at, NULL);
}

/* --- answers ------------------------------------------------------------- */

/* What the event's facet says; NULL when it is not at hand. */
static const struct content *
event_content(const struct asking *asking, int facet)
{
    const struct law_question *question = asking->question;

    if (!question->content || !(question->facets >> facet & 1))
        return NULL;
    return question->content[facet];
}

static const struct content *
content_at_hand(const struct asking *asking, const struct test *test)
{
    if (asking->statement)
        return statement_content(asking->statement, test->facet);
    return event_content(asking, test->facet);
}

/* What is not told cannot be too much. */
static bool
is_left_out(const struct asking *asking, const struct test *test)
{
    return !asking->statement && test->def->target == TARGET_PRESENCE &&
           !(asking->question->facets >> test->facet & 1);
}

static bool
is_presence_wanted(const struct test *test)
{
    return !strcmp(test->def->name, "present");
}

enum answer
answer_test(const struct asking *asking, const struct test *test)
{
    if (test->def->target == TARGET_PREDICATE)
        return answer_predicate(asking,
                                &asking->law->predicate[test->predicate]);

    const struct content *content = content_at_hand(asking, test);
    if (is_left_out(asking, test) && !is_presence_wanted(test))
        return ANSWER_TRUE;
    if (!content)
        return ANSWER_UNKNOWN;
    const char *value = content_find(content, test->field);
    if (test->def->target == TARGET_PRESENCE)
        return answer_of((value != NULL) == is_presence_wanted(test));
    return value ? test->def->answer(asking, test, value) : ANSWER_UNKNOWN;
}

/* Every one of `all`, and one of `any` where there are some. */
enum answer
answer_tests(const struct asking *asking, const struct predicate *predicate)
{
    enum answer all = ANSWER_TRUE;
    enum answer any = predicate->any_count ? ANSWER_FALSE : ANSWER_TRUE;

    for (size_t i = 0; i < predicate->all_count && all; i++) {
        const enum answer answer = answer_test(asking, &predicate->all[i]);
        all = answer < all ? answer : all;
    }
    for (size_t i = 0; i < predicate->any_count && any != ANSWER_TRUE; i++) {
        const enum answer answer = answer_test(asking, &predicate->any[i]);
        any = answer > any ? answer : any;
    }
    return all < any ? all : any;
}

enum answer
answer_predicate(const struct asking *asking, const struct predicate *predicate)
{
    if (predicate->of_statements)
        return answer_statements(asking, predicate);
    if (predicate->fact != FACT_NONE)
        return answer_fact(asking, predicate);
    if (predicate->basis)
        return answer_basis(asking, predicate);
    return answer_tests(asking, predicate);
}

enum answer
answer_need(const struct asking *asking, const struct need *need)
{
    if (need->predicate < 0)
        return ANSWER_UNKNOWN;
    return answer_predicate(asking, &asking->law->predicate[need->predicate]);
}
