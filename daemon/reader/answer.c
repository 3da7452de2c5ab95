/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "law/law.h"
#include "proto/date.h"
#include "reader/question.h"

#define LIMIT_DEFAULT 1000
#define LIMIT_MAX     1000000
#define ARENA_MAX     (256u << 20)

/* --- replies --------------------------------------------------------------*/

static bool
write_all(int fd, struct bytes bytes)
{
    while (bytes.size > 0) {
        const ssize_t sent = send(fd, bytes.data, bytes.size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        bytes.data += sent;
        bytes.size -= (size_t)sent;
    }
    return true;
}

static bool
write_reply(int fd, const struct reply *reply)
{
    cii_auto(buffer_done) struct buffer packed = {0};
    return reply_pack(reply, &packed) == CII_OK &&
           write_all(fd, buffer_view(&packed));
}

void
reader_refuse(int fd, uint64_t tag, enum cii_code code, const char *text)
{
    (void)write_reply(fd, &(struct reply){.tag = tag,
                                          .last = true,
                                          .code = code,
                                          .text = text});
}

enum cii_code
question_flush(struct question *question, bool last, struct cii_error *err)
{
    store_read_end(question->archive.store);
    if (question->rows.failed)
        return cii_fail(err, CII_TOO_LARGE,
                        "a page of the answer is too large");
    if (!write_reply(question->fd,
                     &(struct reply){.tag = question->request.tag,
                                     .last = last,
                                     .record_count = question->rows.count,
                                     .record = question->rows.record})) {
        question->gone = true;
        return cii_fail(err, CII_OFFLINE, "the client is gone");
    }
    arena_reset(question->arena);
    rows_init(&question->rows, question->arena);
    return last ? CII_OK : store_read_begin(question->archive.store, err);
}

const char *
question_argument(const struct question *question, const char *name)
{
    const char *value = request_argument(&question->request, name);
    return value && *value ? value : NULL;
}

enum cii_code
question_limit(const struct question *question, size_t *limit,
               struct cii_error *err)
{
    *limit = LIMIT_DEFAULT;
    const char *text = question_argument(question, "limit");
    if (!text)
        return CII_OK;
    char *end = NULL;
    const unsigned long value = strtoul(text, &end, 10);
    if (end == text || *end || value == 0 || value > LIMIT_MAX)
        return cii_fail(err, CII_INVALID, "limit is a number from 1 to %d",
                        LIMIT_MAX);
    *limit = value;
    return CII_OK;
}

bool
question_is(const struct question *question, const char *name,
            const char *value)
{
    const char *given = question_argument(question, name);
    return given && strcmp(given, value) == 0;
}

enum cii_code
question_check_one_of(const struct question *question, const char *name,
                      const char *const *allowed, struct cii_error *err)
{
    const char *given = question_argument(question, name);
    cii_auto(buffer_done) struct buffer list = {0};
    if (!given)
        return CII_OK;
    for (size_t i = 0; allowed[i]; i++) {
        if (strcmp(given, allowed[i]) == 0)
            return CII_OK;
        append_name(&list, allowed[i]);
    }
    return cii_fail(err, CII_INVALID, "%s is one of: %s", name,
                    buffer_text(&list));
}

enum cii_code
question_breathe(struct question *question, struct cii_error *err)
{
    store_read_end(question->archive.store);
    return store_read_begin(question->archive.store, err);
}

enum cii_code
question_now(struct question *question, int64_t *now, struct cii_error *err)
{
    struct bytes value = {0};
    int64_t offset = 0;
    const enum cii_code code =
        store_value_get(question->archive.store, "story-offset", &value, err);
    if (code != CII_UNKNOWN)
        CII_TRY(code);
    if (code == CII_OK && value.size == sizeof offset &&
        question->reader->config->profile == PROFILE_PILOT)
        memcpy(&offset, value.data, sizeof offset);
    *now = clock_now() + offset;
    return CII_OK;
}

enum cii_code
question_today(struct question *question, char text[11], struct cii_error *err)
{
    int64_t now = 0;
    CII_TRY(question_now(question, &now, err));
    day_print(now, text);
    return CII_OK;
}

bool
question_is_protocol(const struct question *question, const char *type)
{
    const struct catalogue *catalogue = question->reader->catalogue;
    const int number = catalogue_type(catalogue, type);
    return number >= 0 && catalogue->type[number].protocol;
}

/* --- fields -----------------------------------------------------------------*/

void
put_id(struct rows *rows, const char *name, const struct event_id *id)
{
    char text[EVENT_ID_TEXT];
    if (event_id_is_zero(id))
        return;
    event_id_print(id, text);
    rows_put(rows, name, text);
}

void
day_print(int64_t moment, char text[11])
{
    const struct date date = date_from_days(swiss_day(moment));
    date_print(&date, text);
}

void
put_day(struct rows *rows, const char *name, int64_t moment)
{
    char text[11];
    if (moment == 0)
        return;
    day_print(moment, text);
    rows_put(rows, name, text);
}

void
append_name(void *context, const char *name)
{
    struct buffer *text = context;
    buffer_append_format(text, "%s%s", text->size ? " " : "", name);
}

void
put_fields(struct question *question, const char *prefix,
           const struct content *content)
{
    for (size_t i = 0; i < content->field_count; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s.%s", prefix, content->field[i].name);
        const char *kept = arena_text(question->arena, name);
        rows_put(&question->rows, kept ? kept : "", content->field[i].value);
    }
}

/* --- the table ------------------------------------------------------------*/

static const struct {
    const char *verb;
    answer *answer;
} answers[] = {
    {"query", ask_query},           {"show", ask_show},
    {"dossier-list", ask_dossiers}, {"statements", ask_statements},
    {"consent", ask_consent},       {"requests", ask_requests},
    {"tasks", ask_tasks},           {"letter", ask_letter},
    {"rules-diff", ask_rules_diff}, {"matches", ask_matches},
    {"refusals", ask_refusals},     {"acts", ask_acts},
    {"verify", ask_verify},
};

static enum cii_code
open_question(struct question *question, struct cii_error *err)
{
    struct reader *reader = question->reader;
    struct store *store = NULL;
    CII_TRY(store_open_reader(&store, reader->config->state_dir, err));
    store_limit_time(store,
                     (int64_t)reader->config->limits.query_seconds * 1000);
    question->archive =
        (struct archive){.store = store,
                         .vault = reader->vault,
                         .institution = reader->config->institution};
    rows_init(&question->rows, question->arena);
    return store_read_begin(store, err);
}

static enum cii_code
dispatch(struct question *question, struct cii_error *err)
{
    CII_TRY(open_question(question, err));
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        if (strcmp(answers[i].verb, question->request.verb) == 0)
            return answers[i].answer(question, err);
    return cii_fail(err, CII_UNKNOWN, "no such question");
}

static void
question_done(struct question *question)
{
    archive_done(&question->archive);
    if (question->archive.store)
        store_close(&question->archive.store);
    arena_destroy(&question->arena);
    arena_destroy(&question->kept);
}

void
reader_answer(struct reader *reader, int fd, struct bytes bytes)
{
    cii_auto(question_done) struct question question = {.reader = reader,
                                                        .fd = fd};
    struct cii_error err;
    if (arena_new(&question.arena, ARENA_MAX, &err) != CII_OK ||
        arena_new(&question.kept, ARENA_MAX, &err) != CII_OK ||
        request_unpack(&question.request, bytes, question.kept, &err) !=
            CII_OK) {
        reader_refuse(fd, 0, err.code, err.text);
        return;
    }
    const enum cii_code code = dispatch(&question, &err);
    if (code != CII_OK && !question.gone)
        reader_refuse(fd, question.request.tag, code, err.text);
}
