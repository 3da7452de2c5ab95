/* SPDX-License-Identifier: Apache-2.0 */
#include "jurist/words.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

struct word {
    const char *name;
    const char *meaning;
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *
word_meaning(const struct word *words, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(words[i].name, name))
            return words[i].meaning;
    return NULL;
}

/* --- rows ----------------------------------------------------------------- */

static const struct {
    const char *name;
    char letter;
    const char *meaning;
} rows[] = {
    {"deny", 'X', "the law forbids it; no other row is tried"},
    {"duty", 'D', "the law obliges to tell"},
    {"request", 'Q',
     "the law obliges or allows to answer a written, reasoned request on one "
     "case"},
    {"release", 'R', "the law lifts secrecy; no consent is asked"},
    {"cii", 'C',
     "collaboration between institutions: consent, a client there, and "
     "reciprocity"},
    {"consent", 'P', "nothing but the person's consent carries it"},
    {"off", '-', "kept for the reader, never applied"},
};

static_assert(COUNT(rows) == ROW_COUNT, "every row has a name");

enum row
row_find(const char *lane)
{
    for (unsigned int i = 0; i < ROW_COUNT; i++)
        if (!strcmp(rows[i].name, lane))
            return (enum row)i;
    return ROW_OFF;
}

const char *
row_name(enum row row)
{
    return rows[row].name;
}

char
row_letter(enum row row)
{
    return rows[row].letter;
}

const char *
row_meaning(enum row row)
{
    return rows[row].meaning;
}

/* --- words of a row ------------------------------------------------------- */

const char *
kind_meaning(int kind)
{
    static const char *const meanings[] = {
#define KIND_MEANING(name, text, meaning) meaning,
        INSTITUTION_KINDS(KIND_MEANING)
#undef KIND_MEANING
    };

    assert(kind >= 0 && kind < KIND_COUNT);
    return meanings[kind];
}

const char *
inform_meaning(const char *inform)
{
    static const struct word words[] = {
        {"none", "not because of this rule"},
        {"before", "before it is sent"},
        {"after", "after it is sent, with what was told"},
        {"contact", "when the institution makes contact"},
        {"consent", "when the person consents"},
        {"month", "by the receiver, within a month of receipt (LPD 19 al. 5)"},
    };
    const char *meaning = word_meaning(words, COUNT(words), inform);

    return meaning ? meaning : inform;
}

const char *
objection_meaning(const char *objection)
{
    static const struct word words[] = {
        {"none", "no way of its own; a veto or an objection stops it as any"},
        {"veto", "an overriding private interest, or an objection, stops it"},
        {"withdraw", "the person withdraws the consent"},
        {"immune", "nothing stops it"},
    };
    const char *meaning = word_meaning(words, COUNT(words), objection);

    return meaning ? meaning : objection;
}

const char *
fact_meaning(const char *fact)
{
    static const struct word words[] = {
        {"received-original",
         "the daemon knows that the receiver got the event that this one "
         "names"},
        {"competent",
         "the table of competence says that the receiver is competent for the "
         "person's domicile"},
        {"told-by-issuer", "whoever tells the event is who issued it"},
    };
    const char *meaning = word_meaning(words, COUNT(words), fact);

    return meaning ? meaning : fact;
}

const char *
maker_meaning(const char *by)
{
    static const struct word words[] = {
        {"any", "made by anybody"},
        {"sender", "made by the sender"},
        {"receiver", "made by the receiver"},
        {"either", "made by the sender or the receiver"},
        {"issuer", "made by the issuer of the event"},
    };
    const char *meaning = word_meaning(words, COUNT(words), by);

    return meaning ? meaning : by;
}

/* --- tests ---------------------------------------------------------------- */

const char *
test_meaning(const char *test)
{
    static const struct word words[] = {
        {"present", "is filled in"},
        {"absent", "is not filled in"},
        {"equals", "is"},
        {"one-of", "is one of"},
        {"none-of", "is filled in, and none of"},
        {"contains", "contains one of"},
        {"before-sending", "is a day no later than the day of sending"},
        {"not-past", "is a day that is today or to come"},
        {"within-days", "is a day from today to so many days ahead:"},
        {"within-months", "is a day from today to so many months ahead:"},
        {"at-least", "is at least"},
        {"at-most", "is at most"},
        {"age-at-least", "gives an age, in completed years, of at least"},
        {"age-below", "gives an age, in completed years, below"},
        {"names-sender", "names the sender"},
        {"names-receiver", "names the receiver"},
        {"names-issuer", "names the issuer of the event"},
        {"names-both", "names the sender and the receiver"},
        {"is-pair", "names two institutions, no more and no less"},
        {"same-as", "is the same as, in the event,"},
        {"holds", "(a predicate) is true"},
    };

    return word_meaning(words, COUNT(words), test);
}

void
test_print(const struct test_text *test, struct buffer *text)
{
    const char *meaning = test_meaning(test->test);

    buffer_append_format(text, "%s %s", test->field,
                         meaning ? meaning : test->test);
    for (size_t i = 0; i < names_count(test->value); i++)
        buffer_append_format(text, "%s%s", i ? ", " : " ", test->value[i]);
}

/* --- lists ---------------------------------------------------------------- */

size_t
names_count(char *const *names)
{
    size_t count = 0;

    while (names && names[count])
        count++;
    return count;
}

bool
names_have(char *const *names, const char *name)
{
    for (; names && *names; names++)
        if (!strcmp(*names, name))
            return true;
    return false;
}

void
names_print(char *const *names, struct buffer *text)
{
    const size_t count = names_count(names);

    if (count == 0)
        buffer_append_text(text, "nothing");
    for (size_t i = 0; i < count; i++)
        buffer_append_format(text, "%s%s",
                             i == 0           ? ""
                             : i + 1 == count ? " and "
                                              : ", ",
                             names[i]);
}

void
canton_print(const char *canton, struct buffer *text)
{
    for (; *canton; canton++)
        buffer_append_format(text, "%c", toupper((unsigned char)*canton));
}
