/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TOOL_STATEMENT_H
#define CLIENT_TOOL_STATEMENT_H

/*
 * Commands that state something: one or several events, made of the command's
 * flags and sent together. What the user sees is what `cii send` would show.
 *
 *     statement_new(), statement_add() for each event, statement_send(),
 *     statement_destroy() in any case.
 */

#include "client/tool/glossary.h"
#include "client/tool/tool.h"

#define STATEMENT_EVENTS 128

struct stated {
    struct cii_event *event; /* owned */
    char id[37];
    char label[136]; /* shown behind the id; "" none */
};

struct statement {
    struct tool *tool;       /* borrowed */
    const struct args *args; /* borrowed */
    const char *day;         /* borrowed; when it happened */
    struct glossary glossary;
    size_t count;
    struct stated stated[STATEMENT_EVENTS];
    /* while it is sent: */
    size_t answered;
    enum tool_status refusal; /* DONE: none was refused */
    bool refused_alike;
};

/* Connects and asks what day it is. */
cii_must_check enum cii_code statement_new(struct statement **statement,
                                           struct tool *tool,
                                           const struct args *args,
                                           struct cii_error *err);
/* One more event of this type, with all that the command line says; the
 * command adds what it says besides. */
cii_must_check enum cii_code statement_add(struct statement *statement,
                                           const char *type,
                                           struct cii_event **event,
                                           struct cii_error *err);
/* Sends what was added and shows what became of each. */
enum tool_status statement_send(struct statement *statement);
void statement_destroy(struct statement **statement);

/* Sets what "facet.field" names, or with a bare name the event's own. */
cii_must_check enum cii_code event_set_at(struct cii_event *event,
                                          const char *name, const char *value,
                                          struct cii_error *err);

#endif
