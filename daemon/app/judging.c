/* SPDX-License-Identifier: Apache-2.0 */
#include "app/judging.h"

#include <string.h>

#include "app/watch.h"

static struct law_question
question_of(const struct core *core, const struct case_file *file,
            const char *issuer, const char *discloser, const char *to)
{
    return (struct law_question){
        .type = file->type,
        .facets = file->facets,
        .content = file->by_number,
        .issuer = issuer,
        .discloser = discloser,
        .to = to,
        .test = file->header->test,
        .now = core_now(core),
    };
}

struct concern_asked {
    const char *partner;
    bool found;
};

static void
match_concern(void *context, const char *institution)
{
    struct concern_asked *asked = context;
    if (strcmp(asked->partner, institution) == 0)
        asked->found = true;
}

enum cii_code
dossier_concerns(const struct core *core, int64_t person, const char *partner,
                 bool *concerned, struct cii_error *err)
{
    struct concern_asked asked = {.partner = partner};
    if (person != 0)
        CII_TRY(store_concern_each(core->store, person, match_concern, &asked,
                                   err));
    *concerned = asked.found;
    return CII_OK;
}

struct judgement
judge_sending(const struct core *core, const struct case_file *file,
              const char *issuer, const char *partner, bool concerned)
{
    struct law_question question =
        question_of(core, file, issuer, core->config->institution, partner);
    question.concerned = concerned;
    return judge(core->law, &question);
}

/*
 * Whether this person concerns us is what our own dossiers say; the sender
 * could only name us because it concerns us, and says so by sending.
 */
struct judgement
judge_arrival(const struct core *core, const struct case_file *file,
              const char *issuer, const char *partner)
{
    struct law_question question =
        question_of(core, file, issuer, partner, core->config->institution);
    question.concerned = true;
    question.arrival = true;
    return judge(core->law, &question);
}

static char *
facet_words(struct core *core, uint64_t facets)
{
    char text[512];
    facet_set_print(core->catalogue, facets, text, sizeof text);
    return arena_text(core->turn_arena, text);
}

#define MISSING_MAX 4000 /* of what is missing; a client takes no more */

/* In the turn's arena, cut between two characters when it is too long. */
static char *
missing_text(struct core *core, struct buffer *missing)
{
    char *text = arena_text(core->turn_arena, buffer_text(missing));
    if (!text || missing->size <= MISSING_MAX)
        return text;
    size_t end = MISSING_MAX;
    while (end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80)
        end--;
    memcpy(text + end, "...", 4);
    return text;
}

enum cii_code
verdict_words(struct core *core, const struct case_file *file,
              const char *partner, bool arrival, bool concerned,
              const struct judgement *judgement, struct verdict_line *line,
              struct cii_error *err)
{
    const char *us = core->config->institution;
    struct law_question question =
        question_of(core, file, file->header->issuer, arrival ? partner : us,
                    arrival ? us : partner);
    question.concerned = concerned;
    question.arrival = arrival;
    cii_auto(buffer_done) struct buffer missing = {0};
    if (judgement->verdict != VERDICT_TRANSMIT)
        judgement_missing(core->law, judgement, &question, &missing);

    *line = (struct verdict_line){
        .partner = partner,
        .verdict = verdict_name(judgement->verdict),
        .lane = "",
        .rule = "",
        .citation = "",
        .facets = facet_words(core, judgement->facets),
        .withheld = facet_words(core, judgement->withheld),
        .missing = missing.size ? missing_text(core, &missing) : "",
    };
    if (judgement->rule >= 0) {
        const struct law_rule_view rule =
            law_rule_at(core->law, (size_t)judgement->rule);
        line->lane = lane_name(rule.lane);
        line->rule = rule.id;
        line->citation = rule.citation ? rule.citation : "";
    }
    if (missing.failed || !line->facets || !line->withheld || !line->missing)
        return cii_fail(err, CII_MEMORY, "no memory for a verdict");
    return CII_OK;
}

static enum cii_code
basis_of(struct core *core, int rule, int64_t *basis, struct cii_error *err)
{
    *basis = 0;
    if (rule < 0)
        return CII_OK;
    const struct law_rule_view view = law_rule_at(core->law, (size_t)rule);
    return store_basis(core->store, view.id, view.citation,
                       lane_name(view.lane), basis, err);
}

enum cii_code
record_verdict(struct core *core, int64_t event, const struct case_file *file,
               const char *partner, bool arrival, bool concerned,
               const struct judgement *judgement, struct cii_error *err)
{
    struct verdict_row row = {
        .event = event,
        .partner = partner,
        .arrival = arrival,
        .verdict = (int)judgement->verdict,
        .ground = (int)judgement->ground,
        .facets = judgement->facets,
        .withheld = judgement->withheld,
        .missing = "",
        .at = core_now(core),
    };
    CII_TRY(basis_of(core, judgement->rule, &row.basis, err));
    if (judgement->verdict != VERDICT_TRANSMIT) {
        struct verdict_line line;
        CII_TRY(verdict_words(core, file, partner, arrival, concerned,
                              judgement, &line, err));
        row.missing = line.missing;
    }
    CII_TRY(store_verdict_add(core->store, &row, err));
    watch_verdict(core, file, partner, arrival, judgement, row.missing);
    return CII_OK;
}
