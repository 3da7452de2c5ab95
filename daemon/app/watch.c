/* SPDX-License-Identifier: Apache-2.0 */
#include "app/watch.h"

#include <stdlib.h>
#include <string.h>

#include "app/control.h"
#include "proto/date.h"

#define WATCHERS_MAX   32
#define NEWS_MAX       8192       /* of one turn: more than it has events */
#define UNREAD_MAX     (8u << 20) /* bytes that a watcher has not read */
#define NEWS_FIELD_MAX 12

struct watcher {
    struct client *client; /* NULL: free */
    uint64_t tag;
    char partner[INSTITUTION_MAX + 1];
    char type[EVENT_TYPE_MAX + 1];
    bool lagged;
};

struct watch {
    struct watcher watcher[WATCHERS_MAX];
    size_t watcher_count;
    struct news news[NEWS_MAX]; /* text in the arena */
    char at[NEWS_MAX][25];
    size_t news_count;
    size_t left_out;
    struct arena *arena;
};

enum cii_code
watch_new(struct watch **result, struct cii_error *err)
{
    cii_auto(watch_destroy) struct watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return cii_fail(err, CII_MEMORY, "no memory for watchers");
    CII_TRY(arena_new(&watch->arena, 64u << 20, err));
    *result = cii_take(watch);
    return CII_OK;
}

void
watch_destroy(struct watch **watch)
{
    if (!*watch)
        return;
    arena_destroy(&(*watch)->arena);
    free(*watch);
    *watch = NULL;
}

enum cii_code
watch_add(struct core *core, struct client *client, uint64_t tag,
          const char *partner, const char *type, struct cii_error *err)
{
    struct watch *watch = core->watch;
    for (size_t i = 0; i < WATCHERS_MAX; i++) {
        struct watcher *free_one = &watch->watcher[i];
        if (free_one->client)
            continue;
        *free_one = (struct watcher){.client = client, .tag = tag};
        strncpy(free_one->partner, partner ? partner : "", INSTITUTION_MAX);
        strncpy(free_one->type, type ? type : "", EVENT_TYPE_MAX);
        client->watching = true;
        watch->watcher_count++;
        return CII_OK;
    }
    return cii_fail(err, CII_BUSY, "%d clients watch already; end one",
                    WATCHERS_MAX);
}

void
watch_remove(struct core *core, const struct client *client)
{
    for (size_t i = 0; i < WATCHERS_MAX; i++)
        if (core->watch->watcher[i].client == client) {
            core->watch->watcher[i].client = NULL;
            core->watch->watcher_count--;
        }
}

static const char *
keep(struct watch *watch, const char *text)
{
    const char *kept = text ? arena_text(watch->arena, text) : "";
    return kept ? kept : "";
}

void
watch_tell(struct core *core, const struct news *news)
{
    struct watch *watch = core->watch;
    if (watch->watcher_count == 0)
        return;
    if (watch->news_count == NEWS_MAX) {
        watch->left_out++;
        return;
    }
    moment_print(core_now(core), watch->at[watch->news_count]);
    watch->news[watch->news_count++] = (struct news){
        .what = news->what,
        .event = keep(watch, news->event),
        .type = keep(watch, news->type),
        .issuer = keep(watch, news->issuer),
        .partner = keep(watch, news->partner),
        .verdict = keep(watch, news->verdict),
        .rule = keep(watch, news->rule),
        .citation = keep(watch, news->citation),
        .facets = keep(watch, news->facets),
        .reason = keep(watch, news->reason),
    };
}

void
watch_verdict(struct core *core, const struct case_file *file,
              const char *partner, bool arrival,
              const struct judgement *judgement, const char *missing)
{
    if (core->watch->watcher_count == 0)
        return;
    char id[EVENT_ID_TEXT];
    event_id_print(&file->header->event_id, id);
    char facets[512];
    facet_set_print(core->catalogue, judgement->facets, facets, sizeof facets);
    struct law_rule_view rule = {.id = "", .citation = ""};
    if (judgement->rule >= 0)
        rule = law_rule_at(core->law, (size_t)judgement->rule);
    watch_tell(core, &(struct news){
                         .what = arrival ? "judged" : "verdict",
                         .event = id,
                         .type = file->header->event_type,
                         .issuer = file->header->issuer,
                         .partner = partner,
                         .verdict = verdict_name(judgement->verdict),
                         .rule = rule.id,
                         .citation = rule.citation,
                         .facets = facets,
                         .reason = missing,
                     });
}

/* Receipts come and go all the time: who wants them asks for them. */
static bool
is_receipt(const struct news *news)
{
    return strcmp(news->type, RECEIPT_TYPE) == 0 &&
           strcmp(news->what, "refused") != 0;
}

static bool
wanted(const struct watcher *watcher, const struct news *news)
{
    if (!*watcher->type && is_receipt(news))
        return false;
    return (!*watcher->partner ||
            strcmp(watcher->partner, news->partner) == 0 ||
            strcmp(watcher->partner, news->issuer) == 0) &&
           (!*watcher->type || strcmp(watcher->type, news->type) == 0);
}

static size_t
put(struct field *field, size_t count, const char *name, const char *value)
{
    if (!value || !*value)
        return count;
    field[count] = (struct field){name, value};
    return count + 1;
}

static size_t
fields_of(const struct news *news, const char *at, struct field *field)
{
    size_t count = 0;
    count = put(field, count, "at", at);
    count = put(field, count, "what", news->what);
    count = put(field, count, "event", news->event);
    count = put(field, count, "type", news->type);
    count = put(field, count, "issuer", news->issuer);
    count = put(field, count, "partner", news->partner);
    count = put(field, count, "verdict", news->verdict);
    count = put(field, count, "rule", news->rule);
    count = put(field, count, "citation", news->citation);
    count = put(field, count, "facets", news->facets);
    return put(field, count, "reason", news->reason);
}

static void
send_one(struct watcher *watcher, const struct news *news, const char *at)
{
    struct field field[NEWS_FIELD_MAX];
    const struct record record = {
        .kind = "news",
        .content = {.field_count = fields_of(news, at, field), .field = field},
    };
    control_reply(watcher->client, &(struct reply){.tag = watcher->tag,
                                                   .record_count = 1,
                                                   .record = &record});
}

static void
send_to(const struct watch *watch, struct watcher *watcher)
{
    if (watcher->client->out.size + watcher->client->held.size > UNREAD_MAX) {
        watcher->lagged = true;
        return;
    }
    if (watcher->lagged || watch->left_out > 0) {
        watcher->lagged = false;
        send_one(watcher,
                 &(struct news){.what = "lagged",
                                .reason = "news were left out: read faster"},
                 watch->news_count ? watch->at[0] : "");
    }
    for (size_t i = 0; i < watch->news_count; i++)
        if (wanted(watcher, &watch->news[i]))
            send_one(watcher, &watch->news[i], watch->at[i]);
}

void
watch_flush(struct core *core)
{
    struct watch *watch = core->watch;
    if (watch->news_count == 0)
        return;
    for (size_t i = 0; i < WATCHERS_MAX; i++)
        if (watch->watcher[i].client)
            send_to(watch, &watch->watcher[i]);
    watch_forget(core);
}

void
watch_forget(struct core *core)
{
    core->watch->news_count = 0;
    core->watch->left_out = 0;
    arena_reset(core->watch->arena);
}
