/* SPDX-License-Identifier: Apache-2.0 */
#include "app/rejudge.h"

#include <string.h>

#include "base/log.h"

#define PAGE      256
#define LINES_MAX CATALOGUE_TYPES_MAX
#define PERSONS   32 /* of whom everything is judged again, a look */

/* --- what the partner has -------------------------------------------------*/

struct had {
    const char *partner;
    bool judged;     /* at all, before it left */
    bool told;       /* it is in a stream to the partner */
    bool refused;    /* there, as far as its receipts say */
    uint64_t facets; /* that went */
};

static void
see_verdict(void *context, const struct verdict_row *row)
{
    struct had *had = context;

    if (row->arrival)
        return;
    had->judged = true;
    if (row->verdict == VERDICT_TRANSMIT)
        had->facets |= row->facets;
}

static void
see_holder(void *context, const char *partner)
{
    struct had *had = context;

    if (strcmp(partner, had->partner) == 0)
        had->told = true;
}

static void
see_receipt(void *context, const struct receipt_row *row)
{
    struct had *had = context;

    if (strcmp(row->partner, had->partner) != 0)
        return;
    if (strcmp(row->state, "refused") == 0)
        had->refused = true;
    else if (strcmp(row->state, "accepted") == 0)
        had->refused = false;
}

static enum cii_code
find_had(struct core *core, int64_t event, struct had *had,
         struct cii_error *err)
{
    CII_TRY(store_delivery_each(core->store, event, see_holder, had, err));
    CII_TRY(store_verdict_each(core->store, event, had->partner, see_verdict,
                               had, err));
    if (had->told)
        CII_TRY(store_receipt_each(core->store, event, see_receipt, had, err));
    if (!had->told || had->refused)
        had->facets = 0;
    return CII_OK;
}

/* --- one event for one partner --------------------------------------------*/

/* Did the law say the same the last time? */
static enum cii_code
says_the_same(struct core *core, int64_t event, const struct judged *judged,
              bool *same, struct cii_error *err)
{
    const struct judgement *judgement = &judged->judgement;
    struct verdict_row last;
    const enum cii_code code =
        store_verdict_last(core->store, event, judged->inquiry.partner, false,
                           &last, err);

    *same = false;
    if (code == CII_UNKNOWN)
        return CII_OK;
    CII_TRY(code);
    *same = last.verdict == (int)judgement->verdict &&
            last.ground == (int)judgement->ground &&
            last.facets == judgement->facets;
    return CII_OK;
}

/* Tells what may be told and was not; notes a verdict that changed. */
static enum cii_code
settle(struct core *core, const struct telling *telling,
       const struct judged *judged, const struct had *had,
       struct cii_error *err)
{
    const struct judgement *judgement = &judged->judgement;
    bool same = false;

    if (judgement->verdict == VERDICT_TRANSMIT)
        return judgement->facets & ~had->facets
                   ? telling_make(core, telling, judged, err)
                   : CII_OK;
    if (had->told)
        return CII_OK;
    CII_TRY(says_the_same(core, telling->event, judged, &same, err));
    return same ? CII_OK : telling_make(core, telling, judged, err);
}

static struct telling
telling_of(const struct told_event *event, struct peer *to, bool in_dossier)
{
    return (struct telling){.file = &event->file,
                            .event = event->stored.number,
                            .person = event->stored.person,
                            .issuer = event->stored.event.header.issuer,
                            .digest = &event->stored.digest,
                            .to = to,
                            .in_dossier = in_dossier};
}

enum cii_code
rejudge_event(struct core *core, const struct told_event *event,
              struct peer *to, struct judged *judged, struct cii_error *err)
{
    const struct telling telling = telling_of(event, to, false);
    struct had had = {.partner = to->config->id};

    CII_TRY(find_had(core, event->stored.number, &had, err));
    CII_TRY(telling_judge(core, &telling, judged, err));
    return settle(core, &telling, judged, &had, err);
}

/* --- one event ------------------------------------------------------------*/

static enum cii_code
look_at(struct core *core, const struct told_event *event, struct peer *to,
        bool in_dossier, bool narrow, struct cii_error *err)
{
    const struct telling telling = telling_of(event, to, in_dossier);
    struct had had = {.partner = to->config->id};
    struct judged judged;

    CII_TRY(find_had(core, event->stored.number, &had, err));
    if (narrow && !had.judged)
        return CII_OK;
    CII_TRY(telling_judge(core, &telling, &judged, err));
    return settle(core, &telling, &judged, &had, err);
}

/* partner NULL: for everybody that it may concern. */
static enum cii_code
look_at_event(struct core *core, int64_t number, const struct peer *partner,
              struct cii_error *err)
{
    struct told_event *event = arena_take(core->turn_arena, sizeof *event);
    struct telling_round round;
    struct cii_error why;
    bool narrow = false;

    if (!event)
        return cii_fail(err, CII_MEMORY, "no memory for an event");
    const enum cii_code code = told_event_open(core, number, event, &why);
    if (code == CII_UNKNOWN)
        return CII_OK; /* what cannot be read is not told */
    if (code != CII_OK) {
        *err = why;
        return code;
    }
    CII_TRY(store_event_is_narrow(core->store, number, &narrow, err));
    CII_TRY(telling_collect(core, &event->file, event->stored.person,
                            event->stored.event.header.issuer, &round, err));
    for (size_t i = 0; i < round.count; i++)
        if ((!partner || round.peer[i] == partner) &&
            strcmp(round.peer[i]->config->id, event->stored.discloser) != 0)
            CII_TRY(look_at(core, event, round.peer[i], round.in_dossier[i],
                            narrow, err));
    return CII_OK;
}

/* --- one person -----------------------------------------------------------*/

/* The newest event of each line of state. */
struct lines {
    size_t count;

    struct line {
        const char *name; /* the catalogue's */
        int64_t event;
        char day[11]; /* occurred_on */
    } line[LINES_MAX];
};

static void
keep_newest(struct lines *lines, const char *name, const struct event_row *row)
{
    size_t i = 0;
    while (i < lines->count && strcmp(lines->line[i].name, name) != 0)
        i++;
    struct line *line = &lines->line[i];
    if (i == lines->count)
        lines->line[lines->count++] = (struct line){.name = name};
    if (strcmp(row->occurred_on, line->day) < 0)
        return;
    line->event = row->number;
    strncpy(line->day, row->occurred_on, sizeof line->day - 1);
}

static enum cii_code
sort_in(struct core *core, int64_t number, struct lines *lines,
        struct cii_error *err)
{
    struct event_row row;

    CII_TRY(store_event_get(core->store, number, &row, err));
    const int type = catalogue_type(core->catalogue, row.type);
    if (type < 0)
        return CII_OK;
    const struct type_def *def = &core->catalogue->type[type];
    if (!*def->line || def->kept || def->local || def->protocol ||
        (row.origin != ORIGIN_OURS && !telling_is_forwarded(core, row.type)))
        return CII_OK;
    keep_newest(lines, def->line, &row);
    return CII_OK;
}

static enum cii_code
find_lines(struct core *core, int64_t person, struct lines *lines,
           struct cii_error *err)
{
    const bool forwards = core->config->forwards && *core->config->forwards;
    struct event_filter filter = {.person = person,
                                  .direction = forwards ? 0 : 1};
    int64_t number[PAGE];
    size_t count = PAGE;

    lines->count = 0;
    while (count == PAGE) {
        CII_TRY(
            store_event_list(core->store, &filter, number, PAGE, &count, err));
        for (size_t i = 0; i < count; i++)
            CII_TRY(sort_in(core, number[i], lines, err));
        if (count > 0)
            filter.after = number[count - 1];
    }
    return CII_OK;
}

static enum cii_code
look_at_person(struct core *core, int64_t person, const struct peer *partner,
               struct cii_error *err)
{
    struct lines *lines = arena_take(core->turn_arena, sizeof *lines);

    if (!lines)
        return cii_fail(err, CII_MEMORY, "no memory for lines of state");
    CII_TRY(find_lines(core, person, lines, err));
    for (size_t i = 0; i < lines->count; i++)
        CII_TRY(look_at_event(core, lines->line[i].event, partner, err));
    return CII_OK;
}

/* --- the work -------------------------------------------------------------*/

/* Everybody, for one partner; as far as the budget goes. */
static enum cii_code
look_at_all(struct core *core, const struct rejudge_row *work,
            const struct peer *partner, size_t *persons, struct cii_error *err)
{
    int64_t number[PERSONS];
    const size_t most = *persons < PERSONS ? *persons : PERSONS;
    size_t count = 0;

    CII_TRY(
        store_person_list(core->store, work->after, number, most, &count, err));
    for (size_t i = 0; i < count; i++)
        CII_TRY(look_at_person(core, number[i], partner, err));
    *persons -= count;
    return count < most ? store_rejudge_done(core->store, work->number, err)
                        : store_rejudge_move(core->store, work->number,
                                             number[count - 1], err);
}

static enum cii_code
look_at_work(struct core *core, const struct rejudge_row *work, size_t *persons,
             struct cii_error *err)
{
    const struct peer *partner =
        *work->partner ? core_peer(core, work->partner) : NULL;
    const struct rejudge_row kept = {.number = work->number,
                                     .person = work->person,
                                     .after = work->after};

    if (*work->partner && !partner) /* no partner of ours any more */
        return store_rejudge_done(core->store, kept.number, err);
    if (kept.person == 0)
        return look_at_all(core, &kept, partner, persons, err);
    CII_TRY(look_at_person(core, kept.person, partner, err));
    (*persons)--;
    return store_rejudge_done(core->store, kept.number, err);
}

enum cii_code
rejudge_work(struct core *core, size_t persons, bool *more,
             struct cii_error *err)
{
    while (core->rejudge_due && persons > 0) {
        struct rejudge_row work;
        const enum cii_code code = store_rejudge_next(core->store, &work, err);
        if (code == CII_UNKNOWN) {
            core->rejudge_due = false;
            return CII_OK;
        }
        CII_TRY(code);
        CII_TRY(look_at_work(core, &work, &persons, err));
    }
    if (core->rejudge_due)
        *more = true;
    return CII_OK;
}
