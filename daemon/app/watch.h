/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_WATCH_H
#define APP_WATCH_H

/*
 * News for those who watch: queued within the turn, sent after its commit.
 * Who reads too slowly is told so and loses the rest; nobody waits for it.
 */

#include "app/judging.h"

struct client;

cii_must_check enum cii_code watch_new(struct watch **watch,
                                       struct cii_error *err);
void watch_destroy(struct watch **watch);

/* The client gets every news from now on, as replies to its tag. Filters may
 * be NULL. BUSY when too many watch. */
cii_must_check enum cii_code watch_add(struct core *core, struct client *client,
                                       uint64_t tag, const char *partner,
                                       const char *type, struct cii_error *err);
void watch_remove(struct core *core, const struct client *client);

/* What is told. All text is copied. */
struct news {
    const char *what; /* "issued", "arrived", "refused", "link", "alert"... */
    const char *event;
    const char *type;
    const char *issuer;
    const char *partner;
    const char *verdict;
    const char *rule;
    const char *citation;
    const char *facets;
    const char *reason;
};

void watch_tell(struct core *core, const struct news *news);
void watch_verdict(struct core *core, const struct case_file *file,
                   const char *partner, bool arrival,
                   const struct judgement *judgement, const char *missing);

/* The turn is committed: send. Or undone: forget. */
void watch_flush(struct core *core);
void watch_forget(struct core *core);

#endif
