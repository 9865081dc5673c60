#include <stdio.h>
#include <unistd.h>

#include "server/core.h"

/* What a refused request may still send before its answer: so small a body is there
 * already, and the connection can go on. */
#define DRAIN (256u << 10)

bool server_request_ended(const struct server_request *r)
{
    return atomic_load_explicit(r->stopping, memory_order_relaxed) ||
           conn_microseconds() > r->deadline;
}

void *request_begin(void *front, const char *uri, struct MHD_Connection *handle)
{
    struct server *s = ((struct front *)front)->server;
    const union MHD_ConnectionInfo *info =
        s->mhd->MHD_get_connection_info(handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct conn *c = info->socket_context;
    c->request = (struct request){.begun = false};
    buf_clear(&c->in);
    buf_clear(&c->out);
    conn_phase(c, PHASE_HEADER);
    return c;
}

static enum MHD_Result first_turn(struct conn *c, const char *url, const char *method)
{
    struct request *r = &c->request;
    r->begun = true;
    r->started = conn_microseconds();
    atomic_fetch_add_explicit(&c->front->server->running, 1, memory_order_relaxed);
    conn_phase(c, PHASE_BODY);
    r->refused = !check_headers(c, url, method);
    if (r->refused && (r->reply.close || r->declared > DRAIN))
        return reply_send(c);
    return MHD_YES;
}

/* libmicrohttpd takes no response in the middle of a body. */
static enum MHD_Result break_off(struct conn *c)
{
    reply_raw(c);
    return MHD_NO;
}

static enum MHD_Result feed(struct conn *c, struct str piece)
{
    struct request *r = &c->request;
    atomic_store_explicit(&c->fed, conn_milliseconds(), memory_order_relaxed);
    server_count(c->front->server, COUNT_RECEIVED, piece.n);
    if (r->refused)
        return MHD_YES;
    if (buf_reserve(&c->in, piece.n, NULL) != ERR_OK) {
        reply_refuse(c, 413, "TOO_LARGE", "the body is larger than this sandbox takes");
        return break_off(c);
    }
    buf_add_str(&c->in, piece);
    return MHD_YES;
}

static enum MHD_Result see_parameter(void *ctx, enum MHD_ValueKind kind,
                                     const char *name, size_t name_n, const char *value,
                                     size_t value_n)
{
    struct server_request *r = ctx;
    struct str k = str_n(name, name_n), v = str_n(value ? value : "", value_n);
    if (str_eq(k, STR("query")))
        r->query = v;
    else if (str_eq(k, STR("operationName")))
        r->operation_name = v;
    else if (str_eq(k, STR("variables")))
        r->variables = v;
    else if (str_eq(k, STR("extensions")))
        r->extensions = v;
    return MHD_YES;
}

static void describe(struct conn *c, bool may_block)
{
    struct server *s = c->front->server;
    struct request *r = &c->request;
    r->asked = (struct server_request){
        .worker = server_worker(s),
        .may_block = may_block,
        .get = r->method != METHOD_POST,
        .mode = s->config->mode,
        .actor = c->memory.actor,
        .now = server_now(s),
        .body = buf_str(&c->in),
        .deadline = r->started + INT64_C(1000000) * SERVER_RUN,
        .stopping = &s->stopping,
    };
    if (r->asked.get)
        s->mhd->MHD_get_connection_values_n(c->handle, MHD_GET_ARGUMENT_KIND,
                                            see_parameter, &r->asked);
}

static void overrun(struct conn *c)
{
    if (atomic_load(&c->front->server->stopping)) {
        reply_errors(c, 503, "STOPPING", "the sandbox is stopping");
        return;
    }
    reply_errors(
        c, 502, "OVERRUN",
        "the request took too long or asks for too much; ask for less at once");
}

/* False: later. */
static bool run_handler(struct conn *c, bool may_block)
{
    const struct server_config *config = c->front->server->config;
    struct request *r = &c->request;
    describe(c, may_block);
    buf_clear(&c->out);
    enum server_answer answer =
        server_request_ended(&r->asked)
            ? ANSWER_OVERRUN
            : config->handler.answer(config->handler.ctx, &r->asked, &c->out);
    if (answer == ANSWER_LATER && !may_block)
        return false;
    bool own = config->mode == SERVER_SPEC && status_accepts_own(r->headers.accept);
    struct status_reply status = status_of(config->mode, answer, own);
    bool stopping = atomic_load(&c->front->server->stopping);
    if (answer == ANSWER_LATER ||
        (answer == ANSWER_OVERRUN && (c->out.n == 0 || stopping))) {
        overrun(c);
        return true;
    }
    reply_json(c, status.status);
    if (status.own_type)
        r->reply.type = "application/graphql-response+json; charset=utf-8";
    if (answer == ANSWER_BY_POST)
        r->reply.allow = "POST, OPTIONS";
    return true;
}

bool request_run(struct conn *c, bool may_block)
{
    const struct route *route = c->request.route;
    if (!route->run)
        return run_handler(c, may_block);
    route->run(c);
    return true;
}

static enum MHD_Result last_turn(struct conn *c)
{
    struct request *r = &c->request;
    const struct mhd *mhd = c->front->server->mhd;
    if (r->refused || r->answered)
        return reply_send(c);
    conn_phase(c, PHASE_RUN);
    if (c->in.n < SERVER_HEAVY_BODY && request_run(c, false))
        return reply_send(c);
    struct MHD_Connection *handle = c->handle;
    mhd->MHD_suspend_connection(handle);
    if (heavy_add(c)) /* and it is ours no more */
        return MHD_YES;
    reply_refuse(c, 503, "BUSY", "too many long requests wait");
    r->reply.retry_after = 1;
    r->answered = true;
    mhd->MHD_resume_connection(handle);
    return MHD_YES;
}

/* NOLINTNEXTLINE(readability-function-size): the parameters are libmicrohttpd's */
enum MHD_Result request_turn(void *front, struct MHD_Connection *handle,
                             const char *url, const char *method, const char *version,
                             const char *data, size_t *size, void **context)
{
    struct conn *c = *context;
    if (!c->request.begun)
        return first_turn(c, url, method);
    if (*size == 0)
        return last_turn(c);
    struct str piece = str_n(data, *size);
    *size = 0;
    return feed(c, piece);
}

/* What is said of a request: no text of it. */
static void write_log(const struct conn *c, uint64_t us)
{
    static const char *const methods[] = {"GET", "HEAD", "POST", "OPTIONS", "-"};
    const struct request *r = &c->request;
    char line[128];
    int n = snprintf(line, sizeof line, "%s %s %u %zu %zu %lluus\n", methods[r->method],
                     r->route ? r->route->path : "-", r->reply.status, c->in.n,
                     c->out.n, (unsigned long long)us);
    if (n > 0)
        (void)!write(c->front->server->log, line, (size_t)n);
}

/* Large buffers are given back, small ones serve the next request. */
static void settle(struct buf *b)
{
    size_t limit = b->limit;
    if (b->cap > CONN_KEEP)
        buf_done(b);
    buf_clear(b);
    b->limit = limit;
}

void request_end(void *front, struct MHD_Connection *handle, void **context,
                 enum MHD_RequestTerminationCode how)
{
    struct conn *c = *context;
    if (!c || !c->request.begun)
        return;
    struct server *s = c->front->server;
    const struct request *r = &c->request;
    uint64_t us = (uint64_t)(conn_microseconds() - r->started);
    unsigned status = r->reply.status;
    server_count(s, COUNT_REQUESTS, 1);
    if (status >= 200)
        server_count(s,
                     status < 400   ? COUNT_2XX
                     : status < 500 ? COUNT_4XX
                                    : COUNT_5XX,
                     1);
    server_count(s, COUNT_SENT, c->out.n);
    server_count(s, COUNT_MICROSECONDS, us);
    if (s->log >= 0)
        write_log(c, us);
    settle(&c->in);
    settle(&c->out);
    c->request.begun = false;
    atomic_fetch_sub_explicit(&s->running, 1, memory_order_release);
    conn_phase(c, PHASE_IDLE);
}
