/*
 * core: what the files of this room share. Private to server/.
 *
 * front    a listening socket and libmicrohttpd's threads behind it
 * conn     a client's connection, made when it is accepted; holds its request
 * request  one turn of it: headers looked at once, a body gathered, an answer
 *
 * A connection belongs to one thread of libmicrohttpd, or, while it is suspended, to
 * one for long requests. The keeper (server/conn.c) only reads `phase` and `since` of
 * it and shuts its socket down; that thread then finds it closed.
 */
#ifndef SERVER_CORE_H
#define SERVER_CORE_H

#include <pthread.h>
#include <stdatomic.h>

#include "server/auth.h"
#include "server/mhd.h"
#include "server/server.h"

#define CONN_MEMORY                                                             \
    (32u << 10)           /* bytes for request line and headers: cookies of all \
                           * programs on this machine come along */
#define CONN_ADDRESS 512u /* connections of one address */
#define CONN_TOTAL   2048u
#define CONN_KEEP    (64u << 10) /* bytes of a buffer that an idle connection keeps */

/* Seconds. A phase that lasts longer ends the connection. */
#define CONN_HEADER    INT64_C(5)  /* until the headers are there */
#define CONN_BODY      INT64_C(60) /* until the body is there */
#define CONN_BODY_IDLE INT64_C(10) /* without a byte of the body */
#define CONN_IDLE      INT64_C(75) /* between requests */
#define CONN_SEND      INT64_C(60) /* until an answer is taken */

enum phase { PHASE_HEADER, PHASE_BODY, PHASE_RUN, PHASE_SEND, PHASE_IDLE, PHASE_GONE };

/* What the headers of a request say, borrowed from the connection. p is NULL where
 * absent. */
struct headers {
    struct str host, origin, type, encoding, authorization, accept, length, transfer;
    struct str preflight; /* Access-Control-Request-Method */
    unsigned n_host, n_length, n_transfer, n_type, n_authorization;
};

enum method { METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_OPTIONS, METHOD_OTHER };

struct reply {
    unsigned status;
    const char *type;     /* of the body, which is the connection's `out` */
    const char *allow;    /* or NULL */
    unsigned retry_after; /* seconds; 0: none */
    bool authenticate, no_store, close;
};

struct route;

struct request {
    bool begun, refused, answered;
    enum method method;
    const struct route *route;
    struct headers headers;
    struct reply reply;
    const char *cors;  /* the value of Access-Control-Allow-Origin, or NULL */
    int64_t started;   /* µs of CLOCK_MONOTONIC */
    uint64_t declared; /* bytes of the body, UINT64_MAX when it is chunked */
    struct server_request asked;
};

struct front {
    struct server *server;
    struct MHD_Daemon *daemon;
    int socket;
    bool tls, unix_socket;
};

struct conn {
    struct conn *next, *prev; /* under server->lock */
    struct conn *job;         /* the next in the queue of long requests */
    struct front *front;
    struct MHD_Connection *handle;
    int fd;
    bool gone;        /* shut down by the keeper: counted no more */
    uint64_t address; /* a hash of it without the port */
    _Atomic(enum phase) phase;
    _Atomic(int64_t) since; /* ms of CLOCK_MONOTONIC when it began */
    _Atomic(int64_t) fed;   /* when the last byte of a body came */

    struct buf in, out; /* of the request */
    struct request request;
    struct auth_memory memory;
};

/* Counted by each thread for itself. */
enum count {
    COUNT_REQUESTS,
    COUNT_2XX,
    COUNT_4XX,
    COUNT_5XX,
    COUNT_UNAUTHENTICATED,
    COUNT_RECEIVED, /* bytes of bodies */
    COUNT_SENT,
    COUNT_MICROSECONDS,
    COUNTS
};

struct worker {
    _Atomic(uint64_t) counts[COUNTS];
    char apart[64]; /* of the next one's cache line */
};

struct server {
    const struct server_config *config; /* borrowed */
    const struct mhd *mhd;
    struct auth *auth;
    struct front fronts[3]; /* http, https, a local socket */
    unsigned n_fronts;
    struct buf base_url, tls_url, issuer, authority, ca_file;
    struct buf ca_folder; /* of our own, removed at the end; may be empty */
    uint16_t port, tls_port;
    uint64_t body_limit;
    int log; /* -1: none */
    int64_t started;

    struct worker workers[SERVER_WORKERS(SERVER_JOBS)];
    atomic_uint n_workers; /* numbers given out */
    atomic_uint running;   /* requests that were begun and not yet answered */
    atomic_uint n_conns;   /* also under lock, when written */
    atomic_bool stopping;  /* running requests are to end */

    pthread_mutex_t lock;
    struct conn *conns;
    atomic_bool closing;
    pthread_t keeper;
    bool keeping;
    int wake[2]; /* a pipe: server_stop() writes, server_wait() reads */

    struct { /* long requests: server/heavy.c */
        pthread_mutex_t lock;
        pthread_cond_t more;
        struct conn *first, *last;
        unsigned n;
        bool end;
        pthread_t threads[SERVER_HEAVY];
        unsigned n_threads;
    } heavy;
};

/* conn.c: libmicrohttpd tells of connections; the keeper ends what takes too long. */
enum MHD_Result conn_accept(void *front, const struct sockaddr *address,
                            socklen_t size);
void conn_notify(void *front, struct MHD_Connection *handle, void **context,
                 enum MHD_ConnectionNotificationCode what);
void conn_phase(struct conn *c, enum phase phase);
void conn_keep(struct server *s); /* the keeper's look at all of them */
int64_t conn_milliseconds(void);  /* of CLOCK_MONOTONIC */
int64_t conn_microseconds(void);

/* request.c: libmicrohttpd's calls for a request */
void *request_begin(void *front, const char *uri, struct MHD_Connection *handle);
enum MHD_Result request_turn(void *front, struct MHD_Connection *handle,
                             const char *url, const char *method, const char *version,
                             const char *data, size_t *size, void **context);
void request_end(void *front, struct MHD_Connection *handle, void **context,
                 enum MHD_RequestTerminationCode how);
/* Runs what the route says; for a long one from a thread that may block. False: it is
 * long and this thread may not. */
bool request_run(struct conn *c, bool may_block);

/* check.c: may it be answered at all? False after a reply was made. */
bool check_headers(struct conn *c, const char *url, const char *method);

/* reply.c: what is answered when it is no answer of the handler's. */
void reply_json(struct conn *c, unsigned status);
/* {"errors":[{"message"}]}, with extensions where a code is given */
void reply_errors(struct conn *c, unsigned status, const char *code,
                  const char *message);
/* {"error":{"code","message"}} */
void reply_error(struct conn *c, unsigned status, const char *code,
                 const char *message);
/* In the form that the request's route has. */
void reply_refuse(struct conn *c, unsigned status, const char *code,
                  const char *message);
void reply_unauthenticated(struct conn *c, enum auth_verdict verdict);
enum MHD_Result reply_send(struct conn *c);
/* A whole response as bytes, for where libmicrohttpd takes none. */
void reply_raw(struct conn *c);

/* heavy.c: threads for long requests */
enum err heavy_start(struct server *s, struct error *e) MUST_CHECK;
bool heavy_add(struct conn *c); /* false: too many wait */
void heavy_stop(struct server *s);

/* route.c */
enum form { FORM_GRAPHQL, FORM_CONTROL, FORM_TOKEN, FORM_PLAIN };
#define ROUTE_GET  1u
#define ROUTE_POST 2u
struct route {
    const char *path;
    enum form form;              /* of its refusals */
    unsigned methods;            /* GET stands for HEAD, too */
    const char *allow;           /* the same for the header */
    bool guarded;                /* by a bearer */
    bool cors;                   /* pages that the user named may call it */
    void (*run)(struct conn *c); /* NULL: the handler */
};
/* NULL for a path that is none. */
const struct route *route_find(const char *url);

/* oidc.c, control.c: what routes run */
void oidc_token(struct conn *c);
void oidc_discovery(struct conn *c);
void oidc_keys(struct conn *c);
void control_health(struct conn *c);
void control_reset(struct conn *c);
void control_metrics(struct conn *c);
void control_describe(struct conn *c);

/* status.c */
struct status_reply {
    unsigned status;
    bool own_type; /* application/graphql-response+json */
};
struct status_reply status_of(enum server_mode mode, enum server_answer answer,
                              bool accepts_own);
/* Does the Accept header put application/graphql-response+json first? */
bool status_accepts_own(struct str accept);

/* server.c */
unsigned server_worker(struct server *s); /* the calling thread's number */
void server_count(struct server *s, enum count what, uint64_t n);
int64_t server_now(const struct server *s); /* µs since 1970 */
/* Adds scheme://HOST as the request has it. */
void server_origin(const struct conn *c, struct buf *out);

#endif
