/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_STORE_SUPPORT_H
#define TESTS_UNIT_STORE_SUPPORT_H

/*
 * A store in a folder of its own for each test, and rows that need only what
 * the test is about.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/store.h"
#include "tests/support/expect.h"

#define ME          "vs.as.sion"
#define ORP         "vs.orp.sion"
#define OAI         "vs.oai"
#define NUMBERS_MAX 64

static char folder[64];
static struct store *store;
static struct cii_error error;

static inline void
make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/ciid-store-XXXXXX");
    cr_assert(mkdtemp(folder) != NULL);
}

static inline void
remove_folder(void)
{
    static const char *const names[] = {"ciid.db", "ciid.db-wal", "ciid.db-shm",
                                        "ciid.lock"};
    char path[128];

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}

static inline void
open_store(void)
{
    make_folder();
    require_ok(store_open(&store, folder, &error));
}

static inline void
begin_turn(void)
{
    open_store();
    require_ok(store_begin(store, &error));
}

static inline void
close_store(void)
{
    store_close(&store);
    remove_folder();
}

static inline struct digest
digest_of(int seed)
{
    struct digest digest = {0};

    memset(digest.bytes, 0x11, sizeof digest.bytes);
    memcpy(digest.bytes, &seed, sizeof seed);
    return digest;
}

static inline struct event_id
id_of(int seed)
{
    uint8_t random[10] = {0};

    memcpy(random, &seed, sizeof seed);
    return event_id_make(1700000000000 + seed, random);
}

static inline struct stream_id
stream_of(uint8_t seed)
{
    struct stream_id stream = {{0}};

    memset(stream.bytes, seed, sizeof stream.bytes);
    return stream;
}

static inline struct event_row
event_of(int seed)
{
    return (struct event_row){
        .issuer = ME,
        .discloser = ME,
        .event_id = id_of(seed),
        .digest = digest_of(seed),
        .header = bytes_of_text("header"),
        .proof = bytes_of_text("proof"),
        .sealed = bytes_of_text("sealed"),
        .type = "inscription-orp",
        .case_ref = "",
        .occurred_on = "2025-03-14",
        .origin = ORIGIN_OURS,
        .stored_at = 1000 + seed,
    };
}

static inline struct event_row
arrived_of(int seed, const char *issuer, const char *discloser)
{
    struct event_row row = event_of(seed);

    row.issuer = issuer;
    row.discloser = discloser;
    row.origin = ORIGIN_ARRIVED;
    return row;
}

/* Adds and returns the number. */
static inline int64_t
add_event(struct event_row row)
{
    require_ok(store_event_add(store, &row, &error));
    return row.number;
}

static inline int64_t
add_person(int seed)
{
    struct person_row row = {.lookup = digest_of(seed),
                             .sealed_key = bytes_of_text("key"),
                             .sealed_identity = bytes_of_text("identity")};

    require_ok(store_person_add(store, &row, &error));
    return row.number;
}

static inline void
judge_for(int64_t event, const char *partner)
{
    const struct verdict_row row = {.event = event,
                                    .partner = partner,
                                    .missing = "",
                                    .at = 1};

    require_ok(store_verdict_add(store, &row, &error));
}

/* "1 3 7": what a filter finds. */
static inline const char *
list(const struct event_filter *filter)
{
    static char text[1024];
    int64_t numbers[NUMBERS_MAX] = {0};
    size_t count = 0;
    size_t used = 0;

    require_ok(
        store_event_list(store, filter, numbers, NUMBERS_MAX, &count, &error));
    text[0] = '\0';
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%lld",
                                 i > 0 ? " " : "", (long long)numbers[i]);
    return text;
}

#endif
