/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Predicates that rest on what somebody stated, on what the daemon itself
 * knows, or on a canton's law.
 */
#include <assert.h>
#include <string.h>

#include "law/parts.h"

uint64_t
law_listed(const struct catalogue *catalogue, int facet,
           const struct content *content)
{
    const struct facet_def *def = &catalogue->facet[facet];
    uint64_t listed = 0;

    for (size_t i = 0; i < def->field_count; i++) {
        if (def->field[i].form != FIELD_NAMES)
            continue;
        const char *at = content_find(content, def->field[i].name);
        for (size_t j = 0; at && j < catalogue->facet_count; j++)
            if (names_hold(at, catalogue->facet[j].name))
                listed |= UINT64_C(1) << j;
    }
    return listed;
}

const struct content *
statement_content(const struct law_statement *statement, int facet)
{
    for (size_t i = 0; i < statement->part_count; i++)
        if (statement->part[i].facet == facet)
            return statement->part[i].content;
    return NULL;
}

/* --- which statements ---------------------------------------------------- */

static bool
is_made_by(const struct asking *asking, enum maker by, const char *issuer)
{
    const struct law_question *question = asking->question;

    switch (by) {
    case MAKER_SENDER:
        return !strcmp(issuer, question->discloser);
    case MAKER_RECEIVER:
        return !strcmp(issuer, question->to);
    case MAKER_EITHER:
        return !strcmp(issuer, question->discloser) ||
               !strcmp(issuer, question->to);
    case MAKER_ISSUER:
        return !strcmp(issuer, question->issuer);
    case MAKER_ANY:
        break;
    }
    return true;
}

/* A case without a reference is no case: nothing is of it. */
static bool
is_of_case(const struct asking *asking, const struct law_statement *statement)
{
    const char *asked = asking->question->case_ref;

    return asked && *asked && statement->case_ref &&
           !strcmp(asked, statement->case_ref);
}

bool
statement_is_meant(const struct asking *asking,
                   const struct predicate *predicate,
                   const struct law_statement *statement)
{
    const int type = statement->type;
    const struct event_id *answered = asking->question->in_reply_to;

    if (type < 0 || !(predicate->type[type / 64] >> type % 64 & 1))
        return false;
    if (statement->ended && !predicate->ended)
        return false;
    if (!is_made_by(asking, predicate->by, statement->issuer))
        return false;
    if (predicate->answered &&
        !(answered && event_id_equal(answered, &statement->id)))
        return false;
    return !predicate->same_case || is_of_case(asking, statement);
}

/* What one side does not have, telling cannot rest on; against telling it
 * speaks all the same. */
bool
statement_is_usable(const struct asking *asking,
                    const struct predicate *predicate, size_t nth)
{
    const bool *usable = asking->question->usable;

    return !usable || usable[nth] || predicate->none || predicate->stops;
}

/* --- what rests on them -------------------------------------------------- */

/* False when there is no room to name it: nothing rests on what is not on
 * record, or its end would undo nothing. */
static bool
rely_on(struct support *support, const struct law_statement *statement)
{
    for (size_t i = 0; i < support->relied_count; i++)
        if (support->relied[i] == statement)
            return true;
    if (support->relied_count == LAW_RELIED_MAX)
        return false;
    support->relied[support->relied_count++] = statement;
    return true;
}

static uint64_t
listed_by(const struct law_statement *statement)
{
    uint64_t listed = 0;

    for (size_t i = 0; i < statement->part_count; i++)
        listed |= statement->part[i].listed;
    return listed;
}

static bool
passes(const struct asking *asking, const struct predicate *predicate,
       const struct law_statement *statement)
{
    struct asking about = *asking;

    about.statement = statement;
    about.support = NULL;
    return statement_is_meant(asking, predicate, statement) &&
           answer_tests(&about, predicate) == ANSWER_TRUE;
}

/* Most predicates ask for what nobody has stated. */
static bool
is_any_present(const struct asking *asking, const struct predicate *predicate)
{
    const size_t words = (asking->law->catalogue->type_count + 63) / 64;

    for (size_t i = 0; i < words; i++)
        if (asking->present[i] & predicate->type[i])
            return true;
    return false;
}

/*
 * The first that passes is enough, but where statements narrow: what any of
 * them opens is open, and those that open nothing more are not needed.
 */
enum answer
answer_statements(const struct asking *asking,
                  const struct predicate *predicate)
{
    const struct law_question *question = asking->question;
    /* that there was a consent is no basis of its withdrawal */
    struct support *support =
        predicate->none || predicate->ended ? NULL : asking->support;
    uint64_t opened = 0;
    bool found = false;

    if (!is_any_present(asking, predicate))
        return predicate->none ? ANSWER_TRUE : ANSWER_FALSE;
    for (size_t i = 0; i < question->statement_count; i++) {
        const struct law_statement *statement = question->statement[i];
        if (!statement_is_usable(asking, predicate, i) ||
            !passes(asking, predicate, statement))
            continue;
        const uint64_t more = listed_by(statement) & ~opened;
        if ((found && !more) || (support && !rely_on(support, statement)))
            continue;
        found = true;
        opened |= more;
        if (!predicate->narrows)
            break;
    }
    if (found && support && predicate->narrows)
        support->opened &= opened;
    return found != predicate->none ? ANSWER_TRUE : ANSWER_FALSE;
}

/* --- facts and bases ----------------------------------------------------- */

enum answer
answer_fact(const struct asking *asking, const struct predicate *predicate)
{
    const struct law_question *question = asking->question;

    if (predicate->fact == FACT_COMPETENT)
        return question->competent ? ANSWER_TRUE : ANSWER_FALSE;
    if (predicate->fact == FACT_OWN)
        return strcmp(question->issuer, question->discloser) == 0
                   ? ANSWER_TRUE
                   : ANSWER_FALSE;
    if (!question->original)
        return ANSWER_FALSE;
    if (predicate->narrows && asking->support)
        asking->support->opened &= question->original;
    return ANSWER_TRUE;
}

enum answer
answer_basis(const struct asking *asking, const struct predicate *predicate)
{
    const struct law *law = asking->law;

    if (asking->to == KIND_COUNT)
        return ANSWER_FALSE;
    for (size_t i = 0; i < law->basis_count; i++) {
        const struct basis *basis = &law->basis[i];
        if ((basis->checked || law->pilot) && basis->kinds >> asking->to & 1 &&
            !strncmp(basis->canton, asking->question->to, 2) &&
            !strcmp(basis->name, predicate->basis))
            return ANSWER_TRUE;
    }
    return ANSWER_FALSE;
}
