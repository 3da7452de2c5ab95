/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tool/progress.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "client/tool/rows.h"
#include "proto/bytes.h"

#define SHOWN_EVERY 100 /* milliseconds */
#define RANGES_MAX  40  /* for people; --json names all */

static const struct {
    const char *key;
    const char *words;
} states[] = {
    [LINE_EMPTY] = {"empty", "empty"},
    [LINE_HELD] = {"not_stored", "not stored"},
    [LINE_ASKED] = {"unknown", "of which nobody knows"},
    [LINE_STORED] = {"stored", "stored"},
    [LINE_KNOWN] = {"known", "stored before"},
    [LINE_REFUSED] = {"refused", "refused"},
};

static_assert(sizeof states / sizeof states[0] == LINE_STATES,
              "every state has its words");

enum cii_code
progress_add(struct progress *progress, uint64_t line, enum line_state state,
             struct cii_error *err)
{
    assert(line == progress->last + 1);

    if (line >= progress->room) {
        const size_t room = progress->room ? 2 * progress->room : 4096;
        uint8_t *grown = realloc(progress->state, room);
        if (!grown)
            return cii_fail(err, CII_MEMORY, "no memory for so many lines");
        progress->state = grown;
        progress->room = room;
    }
    progress->last = line;
    progress->state[line] = (uint8_t)state;
    progress->count[state]++;
    return CII_OK;
}

void
progress_set(struct progress *progress, uint64_t line, enum line_state state)
{
    if (line == 0 || line > progress->last)
        return;
    progress->count[progress->state[line]]--;
    progress->state[line] = (uint8_t)state;
    progress->count[state]++;
}

void
progress_done(struct progress *progress)
{
    free(progress->state);
    *progress = (struct progress){0};
}

/* --- on the terminal ---------------------------------------------------- */

static int64_t
now_ms(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void
progress_show(struct progress *progress, const struct tool *tool)
{
    if (!tool->progress || tool->json)
        return;
    const int64_t now = now_ms();
    if (now - progress->shown < SHOWN_EVERY)
        return;
    progress->shown = now;
    fprintf(tool->err,
            "\r\033[K%" PRIu64 " lines read, %" PRIu64 " stored, %" PRIu64
            " refused",
            progress->last,
            progress->count[LINE_STORED] + progress->count[LINE_KNOWN],
            progress->count[LINE_REFUSED]);
    fflush(tool->err);
}

void
progress_clear(const struct progress *progress, const struct tool *tool)
{
    if (progress->shown > 0)
        fputs("\r\033[K", tool->err);
}

/* --- which lines -------------------------------------------------------- */

/* The next run of lines in this state, from *first on. */
static bool
next_range(const struct progress *progress, enum line_state state,
           uint64_t *first, uint64_t *last)
{
    while (*first <= progress->last && progress->state[*first] != state)
        ++*first;
    if (*first > progress->last)
        return false;
    *last = *first;
    while (*last < progress->last && progress->state[*last + 1] == state)
        ++*last;
    return true;
}

static void
print_ranges(const struct progress *progress, const struct tool *tool,
             enum line_state state)
{
    uint64_t first = 1;
    uint64_t last = 0;
    size_t count = 0;

    fprintf(tool->err, "%s: ", states[state].words);
    while (next_range(progress, state, &first, &last)) {
        if (count++ == RANGES_MAX) {
            fputs(" and more; --json names all", tool->err);
            break;
        }
        fprintf(tool->err, "%s%" PRIu64, count > 1 ? ", " : "lines ", first);
        if (last > first)
            fprintf(tool->err, "-%" PRIu64, last);
        first = last + 1;
    }
    putc('\n', tool->err);
}

static json_t *
ranges_to_json(const struct progress *progress, enum line_state state)
{
    json_t *array = json_array();
    uint64_t first = 1;
    uint64_t last = 0;

    while (array && next_range(progress, state, &first, &last)) {
        (void)json_array_append_new(array, json_pack("[I,I]", (json_int_t)first,
                                                     (json_int_t)last));
        first = last + 1;
    }
    return array;
}

static void
print_summary_json(const struct progress *progress, const struct tool *tool,
                   bool whole)
{
    json_t *summary = json_pack("{s:I}", "lines", (json_int_t)progress->last);

    for (unsigned int i = 0; i < LINE_STATES && summary; i++)
        (void)json_object_set_new(summary, states[i].key,
                                  json_integer((json_int_t)progress->count[i]));
    for (unsigned int i = LINE_HELD; i < LINE_STATES && summary && !whole;
         i++) {
        char key[32];
        snprintf(key, sizeof key, "%s_lines", states[i].key);
        (void)json_object_set_new(summary, key,
                                  ranges_to_json(progress, (enum line_state)i));
    }
    json_put_line(tool,
                  summary ? json_pack("{s:o}", "summary", summary) : NULL);
}

void
progress_summary(const struct progress *progress, const struct tool *tool,
                 bool whole)
{
    static const enum line_state order[] = {LINE_STORED, LINE_KNOWN,
                                            LINE_REFUSED, LINE_ASKED,
                                            LINE_HELD};

    const uint64_t lines = progress->last - progress->count[LINE_EMPTY];

    if (tool->json) {
        print_summary_json(progress, tool, whole);
        return;
    }
    fprintf(tool->err, "%" PRIu64 " line%s", lines, lines == 1 ? "" : "s");
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        if (progress->count[order[i]] > 0 || order[i] == LINE_STORED)
            fprintf(tool->err, "%s %" PRIu64 " %s", i == 0 ? ":" : ",",
                    progress->count[order[i]], states[order[i]].words);
    putc('\n', tool->err);
    for (size_t i = 0; i < sizeof order / sizeof order[0] && !whole; i++)
        if (progress->count[order[i]] > 0)
            print_ranges(progress, tool, order[i]);
    if (!whole)
        fprintf(tool->err, "not read: what follows line %" PRIu64 "\n",
                progress->last);
}
