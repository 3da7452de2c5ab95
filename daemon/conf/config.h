/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_CONFIG_H
#define CONF_CONFIG_H

/*
 * ciid.yaml and the files that it names, read whole or not at all. An unknown
 * key, a wrong value or a missing file is CONFIG, with file, line and the
 * nearest known name. Paths that are relative stand beside ciid.yaml.
 *
 * One schema drives loader, defaults and ciid.yaml(5).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cii/error.h"
#include "proto/catalogue.h"

enum profile {
    PROFILE_PRODUCTION,
    PROFILE_PILOT, /* takes test-flagged events only; unchecked rules count */
};

struct config_tls {
    char *certificate; /* PEM, leaf first */
    char *key;         /* PEM, mode 0600 or less */
    char *authority;   /* PEM of one or more CAs */
    char *revocation;  /* PEM of CRLs; NULL: none is checked */
};

/* What one partner, and everybody together, may make us hold. */
struct config_limits {
    uint32_t connections;       /* TCP, all together; 4096 */
    uint32_t handshakes;        /* not finished yet, all together; 256 */
    uint32_t handshake_seconds; /* until TLS and ZMTP stand; 10 */
    uint32_t silence_seconds;   /* of the peer's TCP; 30 */
    uint64_t untaken_bytes; /* of a link, that the core has not taken; 8 MiB */
    uint32_t window_events; /* delivered and not yet acked; 4096 */
    uint64_t window_bytes;  /* 4 MiB */
    uint32_t control_clients; /* per control socket; 64 */
    uint32_t queries;         /* at one time; 8 */
    uint32_t query_seconds;   /* then it is ended; 120 */
    uint32_t replay_days;     /* acked deliveries are kept; 30 */
};

/* Our right to use AVS numbers (LAVS 153c to 153f); without it our events
 * carry the local id instead. All NULL, or none. */
struct config_avs_use {
    char *responsible;  /* function of the person responsible */
    char *announced_on; /* to the Central Office, YYYY-MM-DD */
    char *legal_basis;
};

struct config {
    char *institution;
    char *name;
    enum profile profile;
    char *state_dir; /* holds ciid.db; mode 0700 */
    char *run_dir;   /* sockets; at most 40 bytes, so that paths fit */
    char *listen;    /* "127.0.0.1:7443"; NULL: only dials */
    struct config_tls tls;
    char *signing_key; /* PEM Ed25519, mode 0600 or less */
    char *master_key;  /* 32 random bytes, mode 0600 or less */
    char *facets;      /* facets.yaml */
    char *event_types; /* event-types.yaml */
    char *rules;       /* folder of rule files */
    char *partners;    /* folder of partner files */
    char *competence;  /* competence.yaml; NULL: no office is competent */
    char *letters;     /* folder of letters to the person */
    char **forwards;   /* event types that a bureau passes on to the team;
                             NULL-terminated; empty: none */
    struct config_avs_use avs_use;
    char **subscriptions; /* event types wanted; NULL-terminated; empty: all */
    uint32_t log_level;   /* 3..7; 6 */
    struct config_limits limits;
};

/* One file of the partners' folder. */
struct partner_config {
    char *id;
    char *name;
    char *address;      /* "host:port" to dial; NULL: they dial us */
    char **signing_key; /* "ed25519:" and 64 hex digits; one or more;
                           NULL-terminated */
    bool suspended;
};

struct partner_list {
    struct partner_config *partner; /* ascending by id */
    size_t count;
};

cii_must_check enum cii_code config_load(struct config **config,
                                         const char *path,
                                         struct cii_error *err);
void config_destroy(struct config **config);

cii_must_check enum cii_code partners_load(struct partner_list **partners,
                                           const struct config *config,
                                           struct cii_error *err);
void partners_destroy(struct partner_list **partners);
/* NULL when there is none. */
const struct partner_config *partner_find(const struct partner_list *partners,
                                          const char *id);

/* Which offices are competent for which communes. */
struct competence_entry {
    char **communes; /* eCH-0007 numbers, or "any" */
    char **offices;  /* institution ids */
};

struct competence {
    struct competence_entry *entry;
    size_t count;
};

/* path NULL: a table without entries. */
cii_must_check enum cii_code competence_load(struct competence **competence,
                                             const char *path,
                                             struct cii_error *err);
void competence_destroy(struct competence **competence);
/* Is this office competent for this commune? "" is an unknown commune, for
 * which only those are that are competent for any. */
bool is_competent(const struct competence *competence, const char *office,
                  const char *commune);
/* Does any entry name a commune, so that one has to be known? */
bool competence_asks_commune(const struct competence *competence);

/* Reads facets.yaml and event-types.yaml. */
cii_must_check enum cii_code catalogue_load(struct catalogue **catalogue,
                                            const char *facets,
                                            const char *event_types,
                                            struct cii_error *err);
void catalogue_destroy(struct catalogue **catalogue);

/*
 * A whole file of at most max bytes, owned, terminated behind its end. With
 * `secret`, CONFIG when others than its owner may read it.
 */
cii_must_check enum cii_code file_read(const char *path, size_t max,
                                       bool secret, char **data, size_t *size,
                                       struct cii_error *err);

#endif
