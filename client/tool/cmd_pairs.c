/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What holds between institutions, two by two: a consent, and a case that was
 * admitted. One event for each pair, all with the same words.
 */

#include <stdlib.h>
#include <string.h>

#include "client/tool/rows.h"
#include "client/tool/statement.h"
#include "proto/id.h"

#define PAIRS_MAX STATEMENT_EVENTS

struct pair {
    char one[INSTITUTION_MAX + 1];
    char other[INSTITUTION_MAX + 1];
};

struct pairs {
    size_t count;
    struct pair pair[PAIRS_MAX];
};

/* --- which pairs -------------------------------------------------------- */

static bool
has_pair(const struct pairs *pairs, const char *one, const char *other)
{
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = &pairs->pair[i];
        if ((!strcmp(pair->one, one) && !strcmp(pair->other, other)) ||
            (!strcmp(pair->one, other) && !strcmp(pair->other, one)))
            return true;
    }
    return false;
}

static enum cii_code
check_member(const char *flag, const char *id, struct cii_error *err)
{
    struct cii_error why = {0};

    if (institution_check(id, &why) == CII_OK)
        return CII_OK;
    return cii_fail(err, CII_INVALID, "--%s: %s", flag, why.text);
}

static enum cii_code
add_pair(struct pairs *pairs, const char *flag, const char *one,
         const char *other, struct cii_error *err)
{
    CII_TRY(check_member(flag, one, err));
    CII_TRY(check_member(flag, other, err));
    if (!strcmp(one, other))
        return cii_fail(err, CII_INVALID,
                        "--%s: %s stands there twice: a pair is two", flag,
                        one);
    if (has_pair(pairs, one, other))
        return CII_OK;
    if (pairs->count == PAIRS_MAX)
        return cii_fail(err, CII_INVALID, "at most %d pairs at once",
                        PAIRS_MAX);
    struct pair *pair = &pairs->pair[pairs->count++];
    snprintf(pair->one, sizeof pair->one, "%s", one);
    snprintf(pair->other, sizeof pair->other, "%s", other);
    return CII_OK;
}

/* "ge.orp ge.as.hg" */
static enum cii_code
add_between(struct pairs *pairs, const char *value, struct cii_error *err)
{
    char one[INSTITUTION_MAX + 2];
    char other[INSTITUTION_MAX + 2];
    char rest = '\0';

    if (sscanf(value, " %64[^ ,]%*[ ,]%64[^ ,] %c", one, other, &rest) != 2)
        return cii_fail(err, CII_INVALID,
                        "--between: write two institutions, as in \"ge.orp "
                        "ge.oai\"");
    return add_pair(pairs, "between", one, other, err);
}

/* Everyone with everyone. */
static enum cii_code
add_among(struct pairs *pairs, const struct args *args, struct cii_error *err)
{
    if (args_count(args, "among") == 1)
        return cii_fail(err, CII_INVALID,
                        "--among: name at least two institutions, each with a "
                        "flag of its own");
    for (size_t i = 0; i < args->given_count; i++)
        for (size_t j = i + 1; j < args->given_count; j++)
            if (!strcmp(args->given[i].name, "among") &&
                !strcmp(args->given[j].name, "among"))
                CII_TRY(add_pair(pairs, "among", args->given[i].value,
                                 args->given[j].value, err));
    return CII_OK;
}

static enum cii_code
read_pairs(struct pairs *pairs, const struct args *args, struct cii_error *err)
{
    CII_TRY(add_among(pairs, args, err));
    for (size_t i = 0; i < args->given_count; i++)
        if (!strcmp(args->given[i].name, "between"))
            CII_TRY(add_between(pairs, args->given[i].value, err));
    return CII_OK;
}

/* --- what they have in common ------------------------------------------- */

struct pairing {
    struct statement *statement; /* owned */
    struct pairs pairs;
    char ref[37]; /* of a consent; "" of anything else */
};

static bool
is_consent(const struct tool *tool)
{
    return !strcmp(tool->command->type, "consentement");
}

/* One reference for all pairs: it is what will be withdrawn. */
static enum cii_code
choose_ref(struct pairing *pairing, struct cii_error *err)
{
    const char *ref = args_get(pairing->statement->args, "ref");

    if (!ref)
        return cii_event_id_new(pairing->ref, err);
    if (strlen(ref) >= sizeof pairing->ref)
        return cii_fail(err, CII_INVALID,
                        "--ref: a reference has at most %zu characters",
                        sizeof pairing->ref - 1);
    snprintf(pairing->ref, sizeof pairing->ref, "%s", ref);
    return CII_OK;
}

static enum cii_code
set_consent(const struct pairing *pairing, struct cii_event *event,
            struct cii_error *err)
{
    CII_TRY(cii_event_set(event, "consent", "consentRef", pairing->ref, err));
    return cii_event_set(event, "consent", "obtainedBy",
                         pairing->statement->tool->home.institution, err);
}

static enum cii_code
add_event(struct pairing *pairing, const struct pair *pair,
          struct cii_error *err)
{
    struct statement *statement = pairing->statement;
    const bool consent = is_consent(statement->tool);
    struct cii_event *event = NULL;
    char text[2 * INSTITUTION_MAX + 2];

    snprintf(text, sizeof text, "%s %s", pair->one, pair->other);
    CII_TRY(
        statement_add(statement, statement->tool->command->type, &event, err));
    snprintf(statement->stated[statement->count - 1].label,
             sizeof statement->stated[0].label, "%s and %s", pair->one,
             pair->other);
    if (!consent)
        return cii_event_set(event, "admission", "teamPair", text, err);
    CII_TRY(cii_event_set(event, "consent", "between", text, err));
    return set_consent(pairing, event, err);
}

static enum cii_code
add_events(struct pairing *pairing, struct tool *tool, const struct args *args,
           struct cii_error *err)
{
    CII_TRY(read_pairs(&pairing->pairs, args, err));
    CII_TRY(statement_new(&pairing->statement, tool, args, err));
    if (is_consent(tool))
        CII_TRY(choose_ref(pairing, err));
    for (size_t i = 0; i < pairing->pairs.count; i++)
        CII_TRY(add_event(pairing, &pairing->pairs.pair[i], err));
    return CII_OK;
}

/* Whoever withdraws it needs the reference. */
static void
print_ref(const struct pairing *pairing, const struct tool *tool)
{
    const struct cii_field field = {"ref", pairing->ref};
    const struct cii_record record = {"consent", 1, &field};

    if (pairing->ref[0] == '\0')
        return;
    if (tool->json)
        json_put_line(tool, record_to_json(&record));
    else
        fprintf(tool->out, "consent: %s\n", pairing->ref);
}

enum tool_status
cmd_pairs(struct tool *tool, const struct args *args)
{
    struct pairing *pairing = calloc(1, sizeof *pairing);
    struct cii_error err = {0};
    enum tool_status status = STATUS_DONE;

    if (!pairing) {
        (void)cii_fail(&err, CII_MEMORY, "no memory for the pairs");
        return tool_fail(tool, &err);
    }
    if (add_events(pairing, tool, args, &err) != CII_OK) {
        status = tool_fail(tool, &err);
    } else {
        status = statement_send(pairing->statement);
        if (status == STATUS_DONE)
            print_ref(pairing, tool);
    }
    statement_destroy(&pairing->statement);
    free(pairing);
    return status;
}
