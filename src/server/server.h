/*
 * server: HTTP in front of a tenant: who may ask, what a request is, what its status
 * is.
 *
 *     struct server_config c = {.handler = {…}, .port = 4000, …};
 *     TRY(server_open(&c, &s, e));        both ports listen; requests are answered
 *     server_facts(s, &f) …               what readiness says
 *     server_wait(s);                     until server_stop(), which a signal may call
 *     server_close(s);                    ends what runs within SERVER_STOP seconds
 *
 * It knows neither GraphQL nor SQL: a handler answers the body of a request, and says
 * what became of it; from that and the mode the status follows (server/status.c).
 * Before the handler is asked, Host and Origin were looked at, the body is whole and
 * within its limit, its type is JSON, and the caller has shown a credential of this
 * environment.
 *
 * Threads: `jobs` of them wait for connections, each with its own epoll; SERVER_HEAVY
 * more run what is long. The handler is called from any of them, each with a number of
 * its own, so that it can keep something (a connection, an arena) for each.
 *
 * No byte of a request is ever in a message or in the log.
 */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <stdatomic.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "json/emit.h"

#define SERVER_JOBS  64u /* more threads than one machine's clients keep busy */
#define SERVER_HEAVY 2u  /* threads for long requests */
/* Numbers of threads are below this: http, https and a local socket have `jobs` each.
 */
#define SERVER_WORKERS(jobs) (3 * (jobs) + SERVER_HEAVY)

#define SERVER_BODY (8u << 20) /* bytes of a request's body */
#define SERVER_HEAVY_BODY                                               \
    (256u << 10)       /* from here on a request is a long one: parsing \
                        * it alone takes milliseconds */
#define SERVER_RUN  30 /* seconds a request may run: then 502 */
#define SERVER_STOP 5  /* seconds that running requests have to end */

enum server_mode { SERVER_ION, SERVER_SPEC };

enum server_role { ROLE_READ_ONLY, ROLE_MEMBER, ROLE_ADMIN };

/* Who asks. */
struct server_actor {
    enum server_role role;
    struct str user; /* as the key says: an id or an e-mail address; may be empty */
};

/* A request to /graphql. Everything is borrowed until the answer returns. */
struct server_request {
    unsigned worker; /* number of the calling thread, below SERVER_WORKERS(jobs) */
    bool may_block;  /* in a thread for long requests: ANSWER_LATER is no answer */
    bool get;        /* the parameters below are the request, else `body` is */
    enum server_mode mode;
    struct server_actor actor;
    int64_t now; /* µs since 1970, by the server's clock */

    struct str body; /* JSON text, not looked at; may be empty */

    /* Of a GET, decoded, not yet looked at; p is NULL where absent. Variables and
     * extensions are JSON text. */
    struct str query, operation_name, variables, extensions;

    /* For server_request_ended() */
    int64_t deadline; /* µs of CLOCK_MONOTONIC */
    const atomic_bool *stopping;
};

/* Has the time of the request ended, or is the server stopping? The handler asks at
 * least each few milliseconds of work, ends early, and returns ANSWER_OVERRUN. */
bool server_request_ended(const struct server_request *r);

/* What became of a request; `out` then holds the whole JSON response. */
enum server_answer {
    ANSWER_LATER,     /* it is long: nothing was done, ask again where it may block */
    ANSWER_EXECUTED,  /* execution began; there may be errors in it */
    ANSWER_INVALID,   /* well-formed, refused before execution: syntax, validation,
                       * variables */
    ANSWER_MALFORMED, /* no JSON, no query, wrong parameter, batch where none may be */
    ANSWER_BY_POST,   /* a GET of what is no query */
    ANSWER_OVERRUN,   /* past the deadline or a limit of objects or bytes; `out` may be
                       * empty: the server then says so itself */
};

/* What the server is put in front of. All functions are called from several threads at
 * once. */
struct server_handler {
    void *ctx;

    /* Answers a request behind what `out` holds (which is nothing). */
    enum server_answer (*answer)(void *ctx, const struct server_request *r,
                                 struct buf *out);

    /* Back to the starting state; `all`: flags, faults and such, too. Gives the number
     * of the new generation. Waits for no request; those that run end on the old one.
     * NULL: there is nothing to be reset. */
    enum err (*reset)(void *ctx, bool all, uint64_t *out_generation, struct error *e);

    /* server_request_ended() is true from now on for all requests: what does not ask it
     * often is to be ended. Called once; may be NULL. */
    void (*stop)(void *ctx);

    /* Members for the object of /_sandcast/health; may be NULL. */
    void (*health)(void *ctx, struct emit *j);

    /* Lines for /_sandcast/metrics in the text format of Prometheus; may be NULL. */
    void (*metrics)(void *ctx, struct buf *out);
};

struct server_names { /* borrowed NUL-terminated texts */
    const char *const *items;
    size_t n;
};

struct server_config {
    struct server_handler handler;
    enum server_mode mode;
    unsigned jobs; /* threads that wait for connections, 1 to SERVER_JOBS */

    const char *address; /* "127.0.0.1", "::1", "0.0.0.0"; NULL: loopback */
    uint16_t port;       /* 0: any */
    bool tls;
    uint16_t tls_port;
    const char *tls_dir; /* keeps the CA and the certificate; NULL: made anew */
    const char *socket;  /* a path; NULL: none */

    struct server_names hosts;   /* names besides localhost and loopback addresses */
    struct server_names origins; /* web pages that may call; none: no CORS header */

    const char *environment; /* name of this sandbox in tokens and refusals */
    const char *tenant;      /* name of the tenant in tokens */
    const char *user; /* whom the first key acts as; NULL: nobody in particular */
    enum server_role role;
    const char *api_key_file;     /* read, or made with mode 0600; NULL: none */
    const char *token_file;       /* a fixed bearer; NULL: none */
    const char *admin_token_file; /* guards /_sandcast/; NULL: open */
    const char *log;              /* access lines; "-" standard error; NULL: none */

    uint64_t body_limit;       /* 0: SERVER_BODY */
    int64_t (*now)(void *ctx); /* µs since 1970; NULL: the system's clock */
    void *now_ctx;
};

struct server;

/* Reads keys, listens and answers. A port or socket in use is ERR_IO, a file that
 * cannot be read ERR_NOINPUT. The config and what it points to are borrowed until
 * server_close(). Gives. */
enum err server_open(const struct server_config *c, struct server **out,
                     struct error *e) MUST_CHECK;

/* Texts for readiness; borrowed from the server. */
struct server_facts {
    const char *base_url;    /* http://127.0.0.1:4000 or https://localhost:4443 */
    const char *issuer;      /* BASE/realms/api-keys */
    const char *auth_server; /* HOST:PORT, as ION's clients want it */
    const char *client_id, *client_secret;
    const char *ca_file;     /* "" without TLS */
    const char *tls_url;     /* "" without TLS */
    uint16_t port, tls_port; /* tls_port: 0 without TLS */
};
void server_facts(const struct server *s, struct server_facts *out);

/* A bearer for a child of ours, valid an hour. */
enum err server_token(struct server *s, struct buf *out, struct error *e) MUST_CHECK;

/* Begins the end: no new connection, and server_wait() returns. Async-signal-safe, any
 * thread. */
void server_stop(struct server *s);

/* Until server_stop(). */
void server_wait(struct server *s);

/* Gives running requests SERVER_STOP seconds, closes, frees. NULL is fine. */
void server_close(struct server *s);
DEFINE_CLEANUP(struct server, server_close);

#endif
