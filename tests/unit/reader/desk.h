/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_READER_DESK_H
#define TESTS_UNIT_READER_DESK_H

/*
 * The reader of the office ge.orp, over a store that the test fills: a
 * question goes in, the rows of its answer come out as text, a line each.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/person.h"
#include "archive/stored.h"
#include "base/clock.h"
#include "law/law.h"
#include "proto/control.h"
#include "proto/date.h"
#include "reader/reader.h"
#include "tests/support/expect.h"

#define US   "ge.orp"
#define CCH  "ge.cch"
#define OAI  "ge.oai"
#define AS   "ge.as"
#define ANNA "7569217076985"

static char folder[64];
static struct reader *reader;
static struct store *store;
static struct archive archive;
static struct arena *arena;
static struct cii_error error;
static struct buffer answer_text;

static inline void
write_text(const char *name, const char *text)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    const int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    cr_assert(fd >= 0);
    cr_assert(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

static inline void
make_folder(const char *name)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    cr_assert(mkdir(path, 0700) == 0);
}

static inline void
write_config(void)
{
    char text[2048];
    snprintf(text, sizeof text,
             "institution: " US "\n"
             "name: ORP de Genève\n"
             "profile: pilot\n"
             "state_dir: %s/state\n"
             "run_dir: %s\n"
             "master_key: %s/master\n"
             "facets: " CII_SOURCE_DIR "/config/facets.yaml\n"
             "event_types: " CII_SOURCE_DIR "/config/event-types.yaml\n"
             "letters: " CII_SOURCE_DIR "/config/letters\n"
             "rules: %s/rules\n"
             "partners: %s/partners\n",
             folder, folder, folder, folder, folder);
    write_text("ciid.yaml", text);
    write_text("master", "0123456789abcdef0123456789abcdef");
    write_text("partners/" OAI ".yaml",
               "id: " OAI "\nname: Office AI de Genève\nsigning_key: "
               "[\"ed25519:3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd"
               "55f12af4660c\"]\n");
}

static inline void
open_desk(void)
{
    char path[160];
    snprintf(folder, sizeof folder, "/tmp/ciid-reader-XXXXXX");
    cr_assert(mkdtemp(folder) != NULL);
    make_folder("state");
    make_folder("partners");
    make_folder("rules");
    write_config();
    snprintf(path, sizeof path, "%s/ciid.yaml", folder);
    require_ok(reader_new(&reader, path, &error));
    snprintf(path, sizeof path, "%s/state", folder);
    require_ok(store_open(&store, path, &error));
    require_ok(arena_new(&arena, (size_t)16 << 20, &error));
    archive = (struct archive){.store = store,
                               .vault = reader->vault,
                               .institution = US};
    require_ok(store_begin(store, &error));
}

static inline void
close_desk(void)
{
    char command[128];
    archive_done(&archive);
    store_close(&store);
    arena_destroy(&arena);
    buffer_done(&answer_text);
    config_destroy(&reader->config);
    catalogue_destroy(&reader->catalogue);
    vault_destroy(&reader->vault);
    free(reader);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    cr_assert(system(command) == 0); /* NOLINT: a folder that we have made */
}

/* --- filling the store ----------------------------------------------------*/

/* One field of a facet; NULL behind the last. Fields of a facet follow each
 * other. */
struct said {
    const char *facet;
    const char *field;
    const char *value;
};

struct saying {
    const char *issuer;
    const char *type;
    uint8_t id;
    uint8_t in_reply_to; /* 0: none */
    const char *day;     /* NULL: 2026-01-05 */
    const char *case_ref;
    int64_t stored_at; /* 0: now */
    const struct said *said;
};

static inline struct event_id
id_of(uint8_t id)
{
    return (struct event_id){
        .bytes = {1, 2, 3, 4, 5, 6, 0x70, 0, 0x80, [15] = id}};
}

static inline void
add_facet(struct event *event, const char *kind, const struct field *field,
          size_t count)
{
    cii_auto(buffer_done) struct buffer packed = {0};
    const uint32_t slot = (uint32_t)event->facet_count;
    require_ok(content_pack(&(struct content){count, field}, &packed));
    event->facet[event->facet_count++] =
        (struct facet){.slot = slot,
                       .kind = kind,
                       .salt = {9},
                       .content = arena_bytes(arena, buffer_view(&packed))};
}

static inline void
add_facets(struct event *event, const struct said *said)
{
    while (said && said->facet) {
        struct field field[16];
        const char *kind = said->facet;
        size_t count = 0;
        for (; said->facet && strcmp(said->facet, kind) == 0; said++)
            field[count++] = (struct field){said->field, said->value};
        add_facet(event, kind, field, count);
    }
}

static inline int64_t
person_of(const struct saying *saying, struct person *person)
{
    struct field field[16];
    struct content identity = {.field = field};
    *person = (struct person){.key = *vault_common_key(reader->vault)};
    for (const struct said *said = saying->said; said->facet; said++)
        if (strcmp(said->facet, "identity") == 0)
            field[identity.field_count++] =
                (struct field){said->field, said->value};
    if (identity.field_count > 0)
        require_ok(person_obtain(&archive, &identity, saying->issuer, 1, arena,
                                 person, &error));
    return person->number;
}

/* Stores the event as the core would; its number. */
static inline int64_t
say(struct saying saying)
{
    cii_auto(buffer_done) struct buffer header = {0};
    cii_auto(buffer_done) struct buffer proof = {0};
    cii_auto(buffer_done) struct buffer sealed = {0};
    const bool ours = strcmp(saying.issuer, US) == 0;
    struct event event = {
        .header = {
            .event_id = id_of(saying.id),
            .issuer = saying.issuer,
            .event_type = saying.type,
            .occurred_on = saying.day ? saying.day : "2026-01-05",
            .issued_at = 1767600000000,
            .case_ref = saying.case_ref ? saying.case_ref : "",
            .as_of = "",
            .test = true,
            .digest_count = 8,
        }};
    struct person person;
    event.proof.size = 1;
    if (saying.in_reply_to)
        event.header.in_reply_to = id_of(saying.in_reply_to);
    add_facets(&event, saying.said);
    (void)person_of(&saying, &person);
    require_ok(header_pack(&event.header, &header));
    require_ok(proof_pack(&event.proof, &proof));
    require_ok(facets_seal(&archive, &person.key, saying.issuer,
                           &event.header.event_id, event.facet,
                           event.facet_count, &sealed, &error));
    struct event_row row = {
        .issuer = saying.issuer,
        .discloser = saying.issuer,
        .event_id = event.header.event_id,
        .digest = {{saying.id}},
        .header = buffer_view(&header),
        .proof = buffer_view(&proof),
        .sealed = buffer_view(&sealed),
        .type = saying.type,
        .case_ref = event.header.case_ref,
        .occurred_on = event.header.occurred_on,
        .in_reply_to = event.header.in_reply_to,
        .person = person.number,
        .origin = ours ? ORIGIN_OURS : ORIGIN_ARRIVED,
        .stored_at = saying.stored_at ? saying.stored_at : clock_now(),
        .test = true,
    };
    require_ok(store_event_add(store, &row, &error));
    return row.number;
}

static inline uint64_t
facets_of(const char *names)
{
    uint64_t facets = 0;
    for (size_t i = 0; i < reader->catalogue->facet_count; i++)
        if (names_hold(names, reader->catalogue->facet[i].name))
            facets |= UINT64_C(1) << i;
    return facets;
}

struct ruling {
    int64_t event;
    const char *partner;
    bool arrival;
    enum verdict verdict;
    enum ground ground;
    const char *citation;
    const char *facets;
    int64_t at;
};

static inline void
rule(struct ruling ruling)
{
    struct verdict_row row = {.event = ruling.event,
                              .partner = ruling.partner,
                              .arrival = ruling.arrival,
                              .verdict = (int)ruling.verdict,
                              .ground = (int)ruling.ground,
                              .facets = facets_of(ruling.facets),
                              .missing = "",
                              .at = ruling.at};
    if (ruling.citation)
        require_ok(store_basis(store, "R1", ruling.citation, "duty", &row.basis,
                               &error));
    require_ok(store_verdict_add(store, &row, &error));
}

/* Puts it into our stream to the partner, at this place. */
static inline void
deliver(int64_t event, const char *partner, uint64_t seq)
{
    struct out_stream out;
    require_ok(store_out_load(store, partner, &out, &error));
    out.stream = (struct stream_id){.bytes = {7, (uint8_t)partner[3]}};
    out.head = seq;
    require_ok(store_out_save(store, partner, &out, &error));
    const struct outbox_row row = {.seq = seq, .event = event, .at = 1};
    require_ok(store_outbox_append(store, partner, &row, &error));
}

/* --- asking ---------------------------------------------------------------*/

static inline void
print_rows(const struct reply *reply)
{
    for (size_t i = 0; i < reply->record_count; i++) {
        const struct record *record = &reply->record[i];
        buffer_append_text(&answer_text, record->kind);
        for (size_t j = 0; j < record->content.field_count; j++)
            buffer_append_format(&answer_text, " %s=%s",
                                 record->content.field[j].name,
                                 record->content.field[j].value);
        buffer_append_text(&answer_text, "\n");
    }
    if (reply->code != CII_OK)
        buffer_append_format(&answer_text, "%s: %s\n",
                             cii_code_name(reply->code), reply->text);
}

static inline void
read_answer(int fd)
{
    cii_auto(buffer_done) struct buffer came = {0};
    uint8_t bytes[4096];
    for (ssize_t got = read(fd, bytes, sizeof bytes); got > 0;
         got = read(fd, bytes, sizeof bytes))
        buffer_append(&came, bytes, (size_t)got);
    bool last = false;
    while (came.size > 0 && !last) {
        size_t length = 0;
        struct reply reply;
        require_ok(
            control_next(buffer_view(&came), CONTROL_REPLY_MAX, &length));
        cr_assert(length > 4, "half a reply");
        require_ok(reply_unpack(&reply,
                                (struct bytes){came.data + 4, length - 4},
                                arena, &error));
        print_rows(&reply);
        last = reply.last;
        buffer_consume(&came, length);
    }
    cr_assert(last, "the answer does not end");
}

/* The rows, "kind field=value field=value" each. Commits what was stored. */
static inline const char *
ask(const char *verb, const struct field *argument, size_t count)
{
    cii_auto(buffer_done) struct buffer packed = {0};
    const struct request request = {.tag = 1,
                                    .verb = verb,
                                    .acting_user = "",
                                    .argument = {count, argument}};
    int pair[2];
    require_ok(store_commit(store, &error));
    require_ok(store_begin(store, &error));
    cr_assert(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    require_ok(request_pack(&request, &packed));
    reader_answer(reader, pair[0],
                  (struct bytes){packed.data + 4, packed.size - 4});
    close(pair[0]);
    buffer_clear(&answer_text);
    read_answer(pair[1]);
    close(pair[1]);
    return buffer_text(&answer_text);
}

#define ASK(verb, ...)                             \
    ask(verb, (const struct field[]){__VA_ARGS__}, \
        sizeof((const struct field[]){__VA_ARGS__}) / sizeof(struct field))

#define expect_row(text)                                       \
    cr_expect(strstr(buffer_text(&answer_text), text) != NULL, \
              "no \"%s\" in:\n%s", text, buffer_text(&answer_text))
#define expect_no_row(text)                                    \
    cr_expect(strstr(buffer_text(&answer_text), text) == NULL, \
              "\"%s\" in:\n%s", text, buffer_text(&answer_text))

#define ID(n) "01020304-0506-7000-8000-0000000000" n

#define IDENTITY                                                       \
    {"identity", "avs", ANNA}, {"identity", "officialName", "Muster"}, \
    {                                                                  \
        "identity", "firstName", "Anna"                                \
    }

#endif
