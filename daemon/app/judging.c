/* SPDX-License-Identifier: Apache-2.0 */
#include "app/judging.h"

#include <string.h>

#include "app/watch.h"

/* --- asking ---------------------------------------------------------------*/

/* The book shows its statements until it is asked again: they are kept, with
 * which of them may be relied on. */
static enum cii_code
keep_statements(struct law_question *question, const char *partner,
                enum reliable reliable, struct arena *arena, bool **usable,
                struct cii_error *err)
{
    const size_t count = question->statement_count;
    if (count == 0)
        return CII_OK;
    const struct law_statement **kept =
        arena_take(arena, count * sizeof(struct law_statement *));
    *usable = arena_take(arena, count * sizeof **usable);
    if (!kept || !*usable)
        return cii_fail(err, CII_MEMORY, "no memory for statements");
    for (size_t i = 0; i < count; i++) {
        kept[i] = question->statement[i];
        (*usable)[i] =
            reliable == RELY_ON_ALL || statement_is_known_to(kept[i], partner);
    }
    question->statement = kept;
    question->usable = *usable;
    return CII_OK;
}

static enum cii_code
ask(const struct core *core, const struct inquiry *inquiry,
    struct judged *judged, struct cii_error *err)
{
    const struct legal legal = core_legal(core);

    judged->inquiry = *inquiry;
    judged->inquiry.now = core_now(core);
    return inquire(&legal, &judged->inquiry, &judged->question, err);
}

enum cii_code
judge_sending(const struct core *core, const struct inquiry *inquiry,
              enum reliable reliable, struct arena *arena,
              struct judged *judged, struct cii_error *err)
{
    bool *usable = NULL;

    CII_TRY(ask(core, inquiry, judged, err));
    CII_TRY(keep_statements(&judged->question, inquiry->partner, reliable,
                            arena, &usable, err));
    judged->judgement = judge(core->law, &judged->question);
    return CII_OK;
}

void
judge_without(const struct core *core, struct judged *judged, int64_t statement)
{
    struct law_question *question = &judged->question;
    /* kept by judge_sending(): ours to change */
    bool *usable = (bool *)(uintptr_t)question->usable;

    for (size_t i = 0; i < question->statement_count; i++)
        if (question->statement[i]->event == statement)
            usable[i] = false;
    judged->judgement = judge(core->law, question);
}

enum cii_code
judge_arrival(const struct core *core, const struct inquiry *inquiry,
              struct judged *judged, struct cii_error *err)
{
    struct inquiry arrival = *inquiry;
    arrival.arrival = true;
    CII_TRY(ask(core, &arrival, judged, err));
    judged->judgement = judge(core->law, &judged->question);
    return CII_OK;
}

/* --- words ----------------------------------------------------------------*/

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
verdict_words(struct core *core, const struct judged *judged,
              struct verdict_line *line, struct cii_error *err)
{
    const struct judgement *judgement = &judged->judgement;
    cii_auto(buffer_done) struct buffer missing = {0};
    judgement_missing(core->law, judgement, &judged->question, &missing);

    *line = (struct verdict_line){
        .partner = judged->inquiry.partner,
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

static enum cii_code
record_reliance(struct core *core, int64_t event, const struct judged *judged,
                struct cii_error *err)
{
    const struct judgement *judgement = &judged->judgement;
    for (size_t i = 0; i < judgement->relied_count; i++)
        CII_TRY(store_reliance_add(core->store,
                                   &(struct reliance_row){
                                       .event = event,
                                       .statement = judgement->relied[i]->event,
                                       .partner = judged->inquiry.partner,
                                       .arrival = judged->inquiry.arrival,
                                   },
                                   err));
    return CII_OK;
}

enum cii_code
record_verdict(struct core *core, int64_t event, const struct judged *judged,
               struct cii_error *err)
{
    const struct judgement *judgement = &judged->judgement;
    struct verdict_row row = {
        .event = event,
        .partner = judged->inquiry.partner,
        .arrival = judged->inquiry.arrival,
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
        CII_TRY(verdict_words(core, judged, &line, err));
        row.missing = line.missing;
    }
    CII_TRY(store_verdict_add(core->store, &row, err));
    CII_TRY(record_reliance(core, event, judged, err));
    watch_verdict(core, judged->inquiry.file, row.partner, row.arrival,
                  judgement, row.missing);
    return CII_OK;
}
