/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CII_CLIENT_H
#define CII_CLIENT_H

/*
 * libcii: what `cii` does, for C programs.
 *
 * A client is one connection to the daemon of this machine. Calls block, one
 * thread at a time. What is read by pointer is valid until the next call on
 * the same client.
 *
 *     struct cii_client *client;
 *     cii_connect(&client, "/run/ciid", "operator", &err);
 *     struct cii_event *event;
 *     cii_event_new(&event, "fin-de-droits", "2026-12-31", &err);
 *     cii_event_set(event, "identity", "avs", "756.1234.5678.97", &err);
 *     cii_send(client, event, &outcome, &err);
 *
 * An event that cii_send() reports as stored survives power loss; with an id
 * of its own, sending it again doubles nothing.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cii/error.h"

#ifdef __cplusplus
extern "C" {
#endif

struct cii_client;
struct cii_event;

/* run_dir as in ciid.yaml; role: "operator", "counsellor", "auditor" or
 * "administrator". OFFLINE when no daemon listens there; FORBIDDEN when this
 * user may not. */
cii_must_check enum cii_code cii_connect(struct cii_client **client,
                                         const char *run_dir, const char *role,
                                         struct cii_error *err);
void cii_disconnect(struct cii_client **client);
/* The user for whom a service account acts; recorded beside its uid. */
cii_must_check enum cii_code cii_act_as(struct cii_client *client,
                                        const char *user,
                                        struct cii_error *err);

cii_must_check enum cii_code cii_event_new(struct cii_event **event,
                                           const char *type,
                                           const char *occurred_on,
                                           struct cii_error *err);
void cii_event_destroy(struct cii_event **event);
/* A field of a facet ("identity", "avs"), or with facet NULL of the event
 * itself: "id", "case", "in_reply_to", "as_of", "reliability", "test" (yes or
 * no), "to" (an institution; may be set several times), "dry_run". */
cii_must_check enum cii_code cii_event_set(struct cii_event *event,
                                           const char *facet, const char *field,
                                           const char *value,
                                           struct cii_error *err);

struct cii_verdict {
    const char *partner;
    const char *verdict; /* "transmit", "refuse", "hold", "late" */
    const char *lane;
    const char *rule;
    const char *citation;
    const char *facets;
    const char *withheld;
    const char *missing;
};

struct cii_outcome {
    uint64_t line; /* as the event was numbered */
    const char *event_id;
    enum cii_code code; /* OK stored; DUPLICATE stored before */
    const char *text;
    const char *field;
    size_t verdict_count;
    const struct cii_verdict *verdict;
};

/* Sends one and waits until it is stored. The result is that of the event:
 * CII_OK also for a DUPLICATE; the outcome is written in either case. */
cii_must_check enum cii_code cii_send(struct cii_client *client,
                                      const struct cii_event *event,
                                      struct cii_outcome *outcome,
                                      struct cii_error *err);

/*
 * Many: cii_submit() queues events (each with a line number of the caller's),
 * in requests of up to 256, and calls seen() for every outcome, in order, as
 * they come; up to `window` events are under way. cii_flush() waits for the
 * rest. When either fails, outcomes seen so far hold; all others are unknown.
 */
typedef void cii_outcome_seen(void *context, const struct cii_outcome *outcome);
cii_must_check enum cii_code cii_stream(struct cii_client *client,
                                        size_t window, cii_outcome_seen *seen,
                                        void *context, struct cii_error *err);
cii_must_check enum cii_code cii_submit(struct cii_client *client,
                                        uint64_t line,
                                        const struct cii_event *event,
                                        struct cii_error *err);
cii_must_check enum cii_code cii_flush(struct cii_client *client,
                                       struct cii_error *err);

/* A row of an answer; names and values as cii-protocol(7) lists them. */
struct cii_field {
    const char *name;
    const char *value;
};

struct cii_record {
    const char *kind;
    size_t field_count;
    const struct cii_field *field;
};

/* Return false to stop (watch). */
typedef bool cii_record_seen(void *context, const struct cii_record *record);

/* Any other verb, with its arguments; seen() for each row. */
cii_must_check enum cii_code cii_ask(struct cii_client *client,
                                     const char *verb,
                                     const struct cii_field *argument,
                                     size_t argument_count,
                                     cii_record_seen *seen, void *context,
                                     struct cii_error *err);
/* The value of a field, or "". */
const char *cii_record_get(const struct cii_record *record, const char *name);

/* A new event id (UUIDv7) as text; text holds 37. */
cii_must_check enum cii_code cii_event_id_new(char text[37],
                                              struct cii_error *err);

#ifdef __cplusplus
}
#endif

#endif
