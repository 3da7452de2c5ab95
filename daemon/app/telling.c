/* SPDX-License-Identifier: Apache-2.0 */
#include "app/telling.h"

#include <string.h>

#include "app/duty.h"

/* --- what is stored -------------------------------------------------------*/

enum cii_code
told_event_open(struct core *core, int64_t number, struct told_event *event,
                struct cii_error *err)
{
    const enum cii_code code =
        stored_get(&core->archive, number, core->turn_arena, &event->stored,
                   err);
    bool hidden = false;
    if (stored_is_damaged(code))
        return cii_fail(err, CII_UNKNOWN, "what is stored does not open");
    CII_TRY(code);
    CII_TRY(store_event_is_hidden(core->store, number, &hidden, err));
    if (hidden)
        return cii_fail(err, CII_UNKNOWN,
                        "the consent by which it came was withdrawn");
    const struct event *stored = &event->stored.event;
    if (case_open(core->catalogue, &stored->header, stored->facet,
                  stored->facet_count, core->turn_arena, &event->file,
                  NULL) != CII_OK)
        return cii_fail(err, CII_UNKNOWN, "the catalogue does not know it");
    return CII_OK;
}

static const struct type_def *
type_of(const struct core *core, const struct case_file *file)
{
    return &core->catalogue->type[file->type];
}

/* --- judging --------------------------------------------------------------*/

static enum cii_code
judge_once(const struct core *core, const struct telling *telling,
           struct judged *judged, struct cii_error *err)
{
    const struct inquiry inquiry = {
        .file = telling->file,
        .person = telling->person,
        .issuer = telling->issuer,
        .partner = telling->to->config->id,
        .in_dossier = telling->in_dossier,
    };
    return judge_sending(core, &inquiry, RELY_ON_ALL, core->turn_arena, judged,
                         err);
}

/* A statement as a thing to tell. UNKNOWN when it cannot be read. */
static enum cii_code
open_statement(struct core *core, int64_t number, struct peer *to,
               struct told_event *event, struct telling *telling,
               struct cii_error *err)
{
    CII_TRY(told_event_open(core, number, event, err));
    *telling = (struct telling){.file = &event->file,
                                .event = number,
                                .person = event->stored.person,
                                .issuer = event->stored.event.header.issuer,
                                .digest = &event->stored.digest,
                                .to = to};
    return CII_OK;
}

/* May the partner have this statement? */
static enum cii_code
judge_statement(struct core *core, int64_t number, struct peer *to,
                struct told_event *event, struct telling *telling,
                struct judged *judged, bool *may, struct cii_error *err)
{
    struct cii_error why;
    const enum cii_code code =
        open_statement(core, number, to, event, telling, &why);

    *may = false;
    if (code == CII_UNKNOWN)
        return CII_OK;
    if (code != CII_OK) {
        *err = why;
        return code;
    }
    if (type_of(core, telling->file)->local)
        return CII_OK;
    CII_TRY(judge_once(core, telling, judged, err));
    *may = judged->judgement.verdict == VERDICT_TRANSMIT;
    return CII_OK;
}

/* The first that the verdict rests on and the partner may not have; 0: none.
 * What it must be told first is not told here. */
static enum cii_code
find_unfit(struct core *core, const struct telling *telling,
           const struct judged *judged, int64_t *unfit, struct cii_error *err)
{
    const struct judgement *judgement = &judged->judgement;

    *unfit = 0;
    for (size_t i = 0; i < judgement->relied_count && *unfit == 0; i++) {
        const struct law_statement *statement = judgement->relied[i];
        struct told_event event;
        struct telling first;
        struct judged answer;
        bool may = true;
        if (!statement_is_known_to(statement, telling->to->config->id))
            CII_TRY(judge_statement(core, statement->event, telling->to, &event,
                                    &first, &answer, &may, err));
        if (!may)
            *unfit = statement->event;
    }
    return CII_OK;
}

enum cii_code
telling_judge(struct core *core, const struct telling *telling,
              struct judged *judged, struct cii_error *err)
{
    int64_t unfit = 0;

    CII_TRY(judge_once(core, telling, judged, err));
    do {
        CII_TRY(find_unfit(core, telling, judged, &unfit, err));
        if (unfit != 0)
            judge_without(core, judged, unfit);
    } while (unfit != 0);
    return CII_OK;
}

/* --- telling --------------------------------------------------------------*/

static enum cii_code
put(struct core *core, const struct telling *telling,
    const struct judged *judged, struct cii_error *err)
{
    CII_TRY(record_verdict(core, telling->event, judged, err));
    if (judged->judgement.verdict != VERDICT_TRANSMIT)
        return CII_OK;
    CII_TRY(peer_append(telling->to, telling->event, telling->digest, err));
    return book_tell(core->book, telling->person, telling->event,
                     telling->to->config->id, err);
}

/* Told, if the partner may have it and does not. */
static enum cii_code
tell_plainly(struct core *core, const struct law_statement *statement,
             struct peer *to, struct cii_error *err)
{
    struct told_event event;
    struct telling telling;
    struct judged judged;
    bool may = false;

    if (statement_is_known_to(statement, to->config->id))
        return CII_OK;
    CII_TRY(judge_statement(core, statement->event, to, &event, &telling,
                            &judged, &may, err));
    return may ? put(core, &telling, &judged, err) : CII_OK;
}

/* Likewise, behind what it rests on itself: an admission on a consent. */
static enum cii_code
tell_first(struct core *core, const struct law_statement *statement,
           struct peer *to, struct cii_error *err)
{
    struct told_event event;
    struct telling telling;
    struct judged judged;
    bool may = false;

    if (statement_is_known_to(statement, to->config->id))
        return CII_OK;
    CII_TRY(judge_statement(core, statement->event, to, &event, &telling,
                            &judged, &may, err));
    if (!may)
        return CII_OK;
    for (size_t i = 0; i < judged.judgement.relied_count; i++)
        CII_TRY(tell_plainly(core, judged.judgement.relied[i], to, err));
    return put(core, &telling, &judged, err);
}

static bool
is_kept_for(const struct core *core, const struct telling *telling,
            const struct law_statement *statement)
{
    const char *case_ref = telling->file->header->case_ref;

    return core->catalogue->type[statement->type].kept && !statement->ended &&
           statement->event != telling->event && *case_ref &&
           strcmp(case_ref, statement->case_ref) == 0;
}

/* The consents and admissions of this case that name the partner: with them
 * it may answer. */
static enum cii_code
tell_kept(struct core *core, const struct telling *telling,
          struct cii_error *err)
{
    struct book_view view = {0};
    const struct law_statement **kept = NULL;
    size_t count = 0;

    if (!book_knows(core->book, telling->person))
        return CII_OK;
    CII_TRY(book_all(core->book, telling->person, &view, err));
    kept = arena_take(core->turn_arena,
                      (view.count + 1) * sizeof(struct law_statement *));
    if (!kept)
        return cii_fail(err, CII_MEMORY, "no memory for statements");
    for (size_t i = 0; i < view.count; i++)
        if (is_kept_for(core, telling, view.statement[i]))
            kept[count++] = view.statement[i];
    for (size_t i = 0; i < count; i++)
        CII_TRY(tell_first(core, kept[i], telling->to, err));
    return CII_OK;
}

enum cii_code
telling_make(struct core *core, const struct telling *telling,
             const struct judged *judged, struct cii_error *err)
{
    const struct judgement *judgement = &judged->judgement;

    if (judgement->verdict == VERDICT_TRANSMIT) {
        for (size_t i = 0; i < judgement->relied_count; i++)
            CII_TRY(tell_first(core, judgement->relied[i], telling->to, err));
        CII_TRY(tell_kept(core, telling, err));
    }
    CII_TRY(put(core, telling, judged, err));
    return duty_told(core, telling->event, telling->file, telling->person,
                     telling->to->config->id, judgement, err);
}

/* --- whom it concerns -----------------------------------------------------*/

struct concern {
    struct core *core;
    telling_seen *seen;
    void *context;
    bool *found; /* by place of the peer */
    enum cii_code code;
    struct cii_error *err;
};

static size_t
place_of(const struct core *core, const struct peer *peer)
{
    size_t place = 0;
    while (core->peer[place] != peer)
        place++;
    return place;
}

static void
see_dossier(void *context, const char *institution)
{
    struct concern *concern = context;
    struct peer *peer = core_peer(concern->core, institution);

    if (!peer || concern->code != CII_OK)
        return;
    if (concern->found)
        concern->found[place_of(concern->core, peer)] = true;
    concern->code = concern->seen(concern->context, peer, true, concern->err);
}

/* Can anybody but those of the dossier be concerned? Mostly not. */
static bool
others_may_be(const struct core *core, const struct case_file *file,
              int64_t person)
{
    return core->competence->count > 0 || book_knows(core->book, person) ||
           !event_id_is_zero(&file->header->in_reply_to);
}

static enum cii_code
see_others(struct concern *concern, const struct case_file *file,
           int64_t person, const char *issuer, struct cii_error *err)
{
    struct core *core = concern->core;
    const struct legal legal = core_legal(core);

    for (size_t i = 0; i < core->peer_count; i++) {
        struct law_question question;
        const struct inquiry inquiry = {.file = file,
                                        .person = person,
                                        .issuer = issuer,
                                        .partner = core->peer[i]->config->id,
                                        .now = core_now(core)};
        if (concern->found[i])
            continue;
        CII_TRY(inquire(&legal, &inquiry, &question, err));
        if (question.concerned)
            CII_TRY(concern->seen(concern->context, core->peer[i], false, err));
    }
    return CII_OK;
}

static enum cii_code
of_person(struct concern *concern, const struct case_file *file, int64_t person,
          const char *issuer, struct cii_error *err)
{
    struct core *core = concern->core;

    if (others_may_be(core, file, person)) {
        concern->found = arena_take(core->turn_arena, core->peer_count + 1);
        if (!concern->found)
            return cii_fail(err, CII_MEMORY, "no memory for partners");
    }
    CII_TRY(store_concern_each(core->store, person, see_dossier, concern, err));
    CII_TRY(concern->code);
    return concern->found ? see_others(concern, file, person, issuer, err)
                          : CII_OK;
}

/* A statement about nobody goes to whom it names, and to all when it names
 * none; what is no statement goes to whom somebody names. */
static enum cii_code
of_nobody(struct concern *concern, const struct case_file *file,
          struct cii_error *err)
{
    struct core *core = concern->core;

    if (!type_of(core, file)->statement)
        return CII_OK;
    const char *named = case_names(core->catalogue, file);
    for (size_t i = 0; i < core->peer_count; i++)
        if (!*named || strcmp(named, core->peer[i]->config->id) == 0)
            CII_TRY(concern->seen(concern->context, core->peer[i], false, err));
    return CII_OK;
}

enum cii_code
telling_concerned(struct core *core, const struct case_file *file,
                  int64_t person, const char *issuer, telling_seen *seen,
                  void *context, struct cii_error *err)
{
    struct concern concern = {.core = core,
                              .seen = seen,
                              .context = context,
                              .code = CII_OK,
                              .err = err};

    if (type_of(core, file)->local)
        return CII_OK;
    if (type_of(core, file)->personal)
        return person ? of_person(&concern, file, person, issuer, err) : CII_OK;
    return of_nobody(&concern, file, err);
}

static enum cii_code
round_add(void *context, struct peer *peer, bool in_dossier,
          struct cii_error *err)
{
    struct telling_round *round = context;

    (void)err;
    round->in_dossier[round->count] = in_dossier;
    round->peer[round->count++] = peer;
    return CII_OK;
}

enum cii_code
telling_collect(struct core *core, const struct case_file *file, int64_t person,
                const char *issuer, struct telling_round *round,
                struct cii_error *err)
{
    *round = (struct telling_round){
        .peer = arena_take(core->turn_arena,
                           (core->peer_count + 1) * sizeof(struct peer *)),
        .in_dossier = arena_take(core->turn_arena, core->peer_count + 1),
    };
    if (!round->peer || !round->in_dossier)
        return cii_fail(err, CII_MEMORY, "no memory for partners");
    return telling_concerned(core, file, person, issuer, round_add, round, err);
}

bool
telling_is_forwarded(const struct core *core, const char *type)
{
    char **name = core->config->forwards;

    while (name && *name && strcmp(*name, type) != 0)
        name++;
    return name && *name;
}
