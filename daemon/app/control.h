/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_CONTROL_H
#define APP_CONTROL_H

/*
 * The control sockets: one per role, in <run_dir>/control/.
 *
 * Requests are taken within the turn and answered after its commit. A client
 * that does not read its answers is not read from; one that goes over its
 * limits is told and cut. Nobody here makes the turn wait.
 */

#include "app/core.h"
#include "proto/control.h"

#define ROLES(X)                \
    X(OPERATOR, "operator")     \
    X(COUNSELLOR, "counsellor") \
    X(AUDITOR, "auditor")       \
    X(ADMINISTRATOR, "administrator")

enum role {
#define ROLE_ENUM(name, text) ROLE_##name,
    ROLES(ROLE_ENUM)
#undef ROLE_ENUM
    ROLE_COUNT
};

const char *role_name(enum role role);

struct client {
    struct core *core; /* borrowed */
    int fd;
    enum role role;
    uid_t uid;
    struct loop_watch *watch;
    struct buffer in;
    struct buffer out;  /* goes out now */
    struct buffer held; /* goes out after the commit */
    bool ended;         /* it will send nothing more */
    bool doomed;        /* to be closed after this turn */
    bool handed_over;   /* the reader answers `handed`, then it is closed */
    struct buffer handed;
    uint64_t handed_tag;
    bool watching;
    struct client *next;
};

cii_must_check enum cii_code control_open(struct core *core,
                                          struct cii_error *err);

/* Takes requests that have come, within the turn, up to a budget; *more when
 * some are left. FULL, STORE and MEMORY end the turn. */
cii_must_check enum cii_code control_take(struct core *core, bool *more,
                                          struct cii_error *err);
/* Anything to take? */
bool control_has_work(const struct core *core);

/* A reply, held until the commit. The client is doomed when memory is out or
 * it holds too much unread. */
void control_reply(struct client *client, const struct reply *reply);
void control_fail(struct client *client, uint64_t tag,
                  const struct cii_error *err);
/* Hands the connection to the reader, with the request as it came, when the
 * turn is committed. */
cii_must_check enum cii_code control_hand_over(struct client *client,
                                               uint64_t tag,
                                               struct bytes request,
                                               struct cii_error *err);
/* The turn is committed: write. Or undone: what was held is replaced by this
 * error for every request of the turn. */
void control_commit(struct core *core);
void control_undo(struct core *core, const struct cii_error *err);

/* --- verbs.c --------------------------------------------------------------*/

/* Answers one request; STORE and FULL end the turn. */
cii_must_check enum cii_code verb_answer(struct core *core,
                                         struct client *client,
                                         const struct request *request,
                                         struct bytes raw,
                                         struct cii_error *err);

#endif
