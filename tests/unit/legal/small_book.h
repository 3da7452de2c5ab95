/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_LEGAL_SMALL_BOOK_H
#define TESTS_UNIT_LEGAL_SMALL_BOOK_H

/*
 * A book of ge.orp over the shipped catalogue, and short ways to put
 * statements into it.
 */

#include <stdio.h>
#include <string.h>

#include "conf/config.h"
#include "legal/book.h"
#include "tests/support/expect.h"

#define US  "ge.orp"
#define HIM 7 /* a person */

static inline const struct catalogue *
shipped_catalogue(void)
{
    static struct catalogue *catalogue;
    struct cii_error err = {0};

    if (!catalogue)
        require_ok(
            catalogue_load(&catalogue, CII_SOURCE_DIR "/config/facets.yaml",
                           CII_SOURCE_DIR "/config/event-types.yaml", &err));
    return catalogue;
}

/* type, by whom, on which day; what it names in its one field. */
struct said {
    const char *type;
    const char *by;
    const char *on;
    int64_t event;
    int64_t answers; /* number of the event that it names; 0: none */
    int64_t person;
    const char *facet;
    const char *field;
    const char *value;
};

static inline struct event_id
id_of(int64_t number)
{
    struct event_id id = {{0}};

    memcpy(id.bytes, &number, sizeof number);
    return id;
}

static inline struct book *
new_book(void)
{
    struct cii_error err = {0};
    struct book *book = NULL;

    require_ok(book_new(&book, shipped_catalogue(), US, &err));
    return book;
}

static inline void
say(struct book *book, struct said said)
{
    const struct catalogue *catalogue = shipped_catalogue();
    const struct field field = {.name = said.field, .value = said.value};
    const struct content content = {.field_count = 1, .field = &field};
    const struct header header = {.event_id = id_of(said.event),
                                  .issuer = said.by,
                                  .event_type = said.type,
                                  .occurred_on = said.on,
                                  .case_ref = "",
                                  .in_reply_to = id_of(said.answers),
                                  .as_of = ""};
    struct case_file file = {.header = &header,
                             .type = catalogue_type(catalogue, said.type)};
    struct cii_error err = {0};

    if (said.facet) {
        const int number = catalogue_facet(catalogue, said.facet);
        file.facets = UINT64_C(1) << number;
        file.by_number[number] = &content;
    }
    const struct book_event event = {.person = said.person,
                                     .event = said.event,
                                     .header = &header,
                                     .file = &file};
    require_ok(book_add(book, &event, &err));
}

/* Those in force that a partner's question would see, newest first:
 * "3 1 ". */
static inline const char *
in_force(struct book *book, int64_t person, const char *partner, bool arrival)
{
    static char text[256];
    struct book_view view = {0};
    struct cii_error err = {0};

    text[0] = '\0';
    require_ok(book_view(book, person, partner, arrival, &view, &err));
    for (size_t i = 0; i < view.count; i++)
        if (!view.statement[i]->ended)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%d ",
                     (int)view.statement[i]->event);
    return text;
}

#define expect_in_force(book, want) \
    expect_text(in_force(book, HIM, "ge.as.hg", false), want)

#define CONSENT(number, ref)               \
    ((struct said){.type = "consentement", \
                   .by = US,               \
                   .on = "2026-06-01",     \
                   .event = (number),      \
                   .person = HIM,          \
                   .facet = "consent",     \
                   .field = "consentRef",  \
                   .value = (ref)})
#define WITHDRAWAL(number, ref)                    \
    ((struct said){.type = "retrait-consentement", \
                   .by = US,                       \
                   .on = "2026-06-02",             \
                   .event = (number),              \
                   .person = HIM,                  \
                   .facet = "withdrawal",          \
                   .field = "withdrawnRef",        \
                   .value = (ref)})
#define ATTESTATION(number, issuer, day)         \
    ((struct said){.type = "attestation-client", \
                   .by = (issuer),               \
                   .on = (day),                  \
                   .event = (number),            \
                   .person = HIM,                \
                   .facet = "attestation",       \
                   .field = "clientSince",       \
                   .value = "2026-01-01"})
#define PLAIN(kind, number, issuer, day, named) \
    ((struct said){.type = (kind),              \
                   .by = (issuer),              \
                   .on = (day),                 \
                   .event = (number),           \
                   .answers = (named),          \
                   .person = HIM})

#endif
