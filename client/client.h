/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H

/*
 * What the files of libcii share; what the world sees is cii/client.h.
 */

#include "cii/client.h"
#include "client/channel.h"

#define CLIENT_USER_MAX  255
#define CLIENT_BATCH_MAX 256 /* drafts in one request */
#define CLIENT_BODY_MAX \
    ((size_t)4 * 1024 * 1024)        /* bytes before it is sealed */
#define CLIENT_PATIENCE (120 * 1000) /* for an answer to `send`, ms */

/* One request whose outcomes are not all there. */
struct asked {
    struct asked *next; /* owned */
    uint64_t tag;
    size_t count;
    size_t answered;
    uint64_t line[CLIENT_BATCH_MAX];
};

struct cii_client {
    struct sockaddr_un address;
    char user[CLIENT_USER_MAX + 1];
    int patience; /* in milliseconds */
    uint64_t tag; /* of the last request */
    struct channel channel;

    size_t window; /* 0: no stream */
    cii_outcome_seen *seen;
    void *context;         /* borrowed */
    struct asked *filling; /* owned; the request that grows, or NULL */
    struct buffer body;    /* owned; its bytes, without the length */
    struct buffer draft;   /* owned; one draft, packed */
    struct asked *oldest;  /* owned; list of those under way */
    struct asked *newest;  /* borrowed */
    size_t under_way;      /* events, those of `filling` included */
};

struct cii_event {
    struct arena *arena; /* owned; all text of the event */
    struct draft draft;
    const char *to[CONTROL_ADDRESSEES_MAX];
    struct draft_facet facet[CATALOGUE_FACETS_MAX];
    struct field *field[CATALOGUE_FACETS_MAX]; /* those of each facet */
    size_t payload;                            /* bytes of names and values */
};

/* UTF-8 without control characters but \n and \t: what the daemon reads. */
bool client_text_is_plain(const char *text);
/* Connects if the last answer closed the connection. */
cii_must_check enum cii_code client_ready(struct cii_client *client,
                                          struct cii_error *err);
/* Appends a request to what is going out. */
cii_must_check enum cii_code client_put(struct cii_client *client,
                                        const struct request *request,
                                        struct cii_error *err);
/* What the daemon says of the connection itself, not of a request (tag 0). */
cii_must_check enum cii_code client_heed(const struct reply *reply,
                                         struct cii_error *err);
/* Forgets the stream: after a failure nobody knows what became of it. */
void client_drop(struct cii_client *client);

#endif
