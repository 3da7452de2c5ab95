/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GATE_INTERNAL_H
#define GATE_INTERNAL_H

/*
 * What the files of the gate know of one another: see gate.h.
 */

#include <netdb.h>
#include <sys/socket.h>

#include "base/log.h"
#include "gate/gate.h"
#include "gate/guard.h"
#include "gate/tls.h"

/* At most so much is moved for one link before the others have their turn,
 * and so much can wait in each direction. */
#define PIECE ((size_t)256 * 1024)

/* Bytes that one side did not take yet. */
struct pending {
    uint8_t *data; /* owned; NULL when there is nothing */
    size_t size;
    size_t at;
};

enum link_state {
    LINK_CONNECTING, /* TCP, dialled */
    LINK_HANDSHAKE,  /* TLS */
    LINK_PREAMBLE,   /* one byte each way */
    LINK_WAITING,    /* announced; the core has not connected */
    LINK_OPEN,
    LINK_ENDED, /* freed when the round is over */
};

struct link {
    struct gate *gate;       /* borrowed */
    struct partner *partner; /* borrowed; NULL until it is known */
    struct link *next;       /* in gate->links or gate->ended */
    struct link **place;
    struct link *next_again; /* in gate->again */
    bool is_again;
    enum link_state state;
    bool dialled;
    bool preamble_sent;
    bool preamble_received;
    int tcp;
    int local;
    int listener; /* for the core, until it has connected */
    struct loop_watch *tcp_watch;
    struct loop_watch *local_watch;
    struct loop_watch *listener_watch;
    struct loop_timer *deadline; /* until READY has passed */
    struct loop_timer *stall;    /* while bytes wait for the core */
    int64_t taken_at;            /* when the core last took some */
    int64_t up_at;
    struct ssl_st *session; /* owned */
    struct tls_notes notes;
    int64_t commands_since; /* when notes.commands was last set to 0 */
    uint32_t records;       /* sent under these keys */
    bool read_wants_write;
    bool write_wants_read;
    struct guard guard;
    struct pending to_core;
    struct pending to_partner;
    uint64_t number; /* 0 until announced */
    char from[64];   /* the other end's address */
};

struct partner {
    struct gate *gate;                   /* borrowed */
    const struct partner_config *config; /* borrowed */
    struct link *link;                   /* borrowed; the one that stands */
    struct link *dialling;               /* borrowed; not standing yet */
    struct link *greeting; /* borrowed; accepted, in its preamble */
    struct loop_timer *redial;
    int64_t backoff; /* milliseconds; doubles */
    unsigned int attempt;
    int64_t allowance;    /* links that it may still open, in thousandths */
    int64_t allowance_at; /* when that was counted */
    struct gaicb lookup;  /* of its name, while it is under way */
    struct addrinfo lookup_hints;
    char host[256];
    char port[8];
    bool looking_up;
};

/* Notices that the core has not taken yet. */
struct waiting_notice {
    struct waiting_notice *next; /* owned */
    size_t size;
    uint8_t data[NOTICE_SIZE];
};

struct gate {
    struct config *config;         /* owned */
    struct partner_list *partners; /* owned */
    struct partner *partner;       /* owned; as many, in the same order */
    struct tls *tls;               /* owned */
    struct loop *loop;             /* owned */
    int listener;                  /* -1: only dials */
    struct loop_watch *listener_watch;
    struct loop_timer *listener_pause;
    struct link *links; /* owned */
    struct link *ended; /* owned */
    struct link *again; /* borrowed */
    size_t link_count;
    size_t unfinished; /* accepted, before the end of their preamble */
    uint64_t next_number;
    uint8_t *piece; /* owned; PIECE bytes, for one call at a time */

    int core; /* -1: not connected */
    struct loop_watch *core_watch;
    struct loop_timer *core_retry;
    struct waiting_notice *first_notice; /* owned */
    struct waiting_notice **last_notice;
    size_t notice_count;
    bool core_failed;   /* to be dropped when the round is over */
    int64_t refused_at; /* the second in which refused_count counts */
    unsigned int refused_count;
    bool is_stopping;
};

/* --- gate.c */
/* Lets partners in, or not. */
void gate_open(struct gate *gate, bool open);

/* --- link.c */
void link_accept(struct gate *gate, int fd, const char *from);
/* A connect() under way. */
void link_dial(struct partner *partner, int fd, const char *to);
/* The link ends here: nothing of it may be used after this but its state. */
void link_end(struct link *link, enum log_level level, const char *reason);
/* Before it stood, and because of what the other end did. */
void link_refuse(struct link *link, const char *reason);
void link_interest(struct link *link);
void link_free(struct link *link);

/* --- splice.c */
/* Carries what is there, as far as it is taken. */
void splice_pump(struct link *link, bool to_core, bool to_partner);
/* The core has connected. */
void splice_begin(struct link *link);
void pending_free(struct pending *pending);

/* --- partner.c */
enum cii_code partners_start(struct gate *gate, struct cii_error *err);
void partners_stop(struct gate *gate);
struct partner *partner_of(struct gate *gate, const char *id);
/* Dials soon unless a link stands or it is not to be dialled. */
void partner_dial_soon(struct partner *partner);
/* The preamble is over. False: the link has ended. */
bool partner_admit(struct partner *partner, struct link *link);
/* A link of this partner, standing or not, has ended. */
void partner_lost(struct partner *partner, struct link *link);
/* "host:port", "[v6]:port". */
enum cii_code address_split(const char *address, char *host, size_t host_size,
                            char *port, size_t port_size,
                            struct cii_error *err);
void address_print(const struct sockaddr *address, socklen_t size, char *out,
                   size_t out_size);

/* --- core.c */
void core_connect(struct gate *gate);
void core_tell(struct gate *gate, const struct notice *notice);
/* Ends all links. */
void core_drop(struct gate *gate);

#endif
