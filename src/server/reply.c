#include "base/file.h"
#include "server/core.h"

#include <stdio.h>
#include <sys/socket.h>

#define JSON "application/json"

static struct emit begin(struct conn *c, unsigned status)
{
    struct emit j;
    reply_json(c, status);
    buf_clear(&c->out);
    emit_init(&j, &c->out);
    emit_object(&j);
    return j;
}

void reply_json(struct conn *c, unsigned status)
{
    c->request.reply.status = status;
    c->request.reply.type = JSON;
}

static void errors(struct conn *c, unsigned status, const char *code,
                   const char *environment, const char *message)
{
    struct emit j = begin(c, status);
    emit_key(&j, STR("errors"));
    emit_array(&j);
    emit_object(&j);
    emit_key_string(&j, "message", str_of(message));
    if (code) {
        emit_key(&j, STR("extensions"));
        emit_object(&j);
        emit_key_string(&j, "code", str_of(code));
        if (environment)
            emit_key_string(&j, "environment", str_of(environment));
        emit_object_end(&j);
    }
    emit_object_end(&j);
    emit_array_end(&j);
    emit_object_end(&j);
}

void reply_errors(struct conn *c, unsigned status, const char *code,
                  const char *message)
{
    errors(c, status, code, NULL, message);
}

void reply_error(struct conn *c, unsigned status, const char *code, const char *message)
{
    struct emit j = begin(c, status);
    emit_key(&j, STR("error"));
    emit_object(&j);
    emit_key_string(&j, "code", str_of(code));
    emit_key_string(&j, "message", str_of(message));
    emit_object_end(&j);
    emit_object_end(&j);
}

static void oauth(struct conn *c, unsigned status, const char *code,
                  const char *message)
{
    struct emit j = begin(c, status);
    emit_key_string(&j, "error", str_of(code));
    emit_key_string(&j, "error_description", str_of(message));
    emit_object_end(&j);
    c->request.reply.no_store = true;
}

void reply_refuse(struct conn *c, unsigned status, const char *code,
                  const char *message)
{
    switch (c->request.route ? c->request.route->form : FORM_PLAIN) {
    case FORM_GRAPHQL: reply_errors(c, status, code, message); return;
    case FORM_TOKEN: oauth(c, status, "invalid_request", message); return;
    case FORM_CONTROL:
    case FORM_PLAIN: reply_error(c, status, code, message); return;
    }
}

void reply_unauthenticated(struct conn *c, enum auth_verdict verdict)
{
    const struct server *s = c->front->server;
    const char *environment = s->config->environment;
    if (verdict == AUTH_SLOW) {
        errors(c, 429, "THROTTLED", environment,
               "too many refused credentials; wait a minute");
        c->request.reply.retry_after = 60;
        return;
    }
    BUF_SCOPED text = BUF_INIT;
    buf_printf(
        &text,
        "%s. This is the sandbox \"%s\", which takes only tokens of its own: POST "
        "client_id and client_secret of its readiness line, grant_type "
        "client_credentials, to %.*s/protocol/openid-connect/token",
        verdict == AUTH_NONE  ? "no token: the Authorization header is missing"
        : verdict == AUTH_OLD ? "the token has expired"
                              : "the token is not valid here",
        environment, STR_ARG(buf_str(&s->issuer)));
    errors(c, 401, "UNAUTHENTICATED", environment, buf_cstr(&text));
    c->request.reply.authenticate = true;
}

static const char *type_of(const struct conn *c)
{
    const struct reply *r = &c->request.reply;
    /* The specification asks for it where the type is not its own; ION sends none. */
    if (c->front->server->config->mode == SERVER_SPEC && strcmp(r->type, JSON) == 0)
        return JSON "; charset=utf-8";
    return r->type;
}

/* Calls `add` for each header. */
static void each_header(const struct conn *c,
                        void (*add)(void *ctx, const char *name, const char *value),
                        void *ctx)
{
    const struct reply *r = &c->request.reply;
    if (r->type)
        add(ctx, "Content-Type", type_of(c));
    if (r->allow)
        add(ctx, "Allow", r->allow);
    if (r->authenticate)
        add(ctx, "WWW-Authenticate", "Bearer");
    if (r->no_store)
        add(ctx, "Cache-Control", "no-store");
    if (r->retry_after) {
        char seconds[16];
        snprintf(seconds, sizeof seconds, "%u", r->retry_after);
        add(ctx, "Retry-After", seconds);
    }
    if (c->request.cors) {
        add(ctx, "Access-Control-Allow-Origin", c->request.cors);
        add(ctx, "Vary", "Origin");
        if (c->request.headers.preflight.p) {
            add(ctx, "Access-Control-Allow-Methods", "GET, POST");
            add(ctx, "Access-Control-Allow-Headers", "authorization, content-type");
            add(ctx, "Access-Control-Max-Age", "600");
        }
    }
    if (r->close || atomic_load(&c->front->server->closing))
        add(ctx, "Connection", "close");
}

struct target {
    const struct mhd *mhd;
    struct MHD_Response *response;
};

static void add_header(void *ctx, const char *name, const char *value)
{
    struct target *t = ctx;
    /* No only for text that cannot be a header, which none of these is. */
    (void)t->mhd->MHD_add_response_header(t->response, name, value);
}

enum MHD_Result reply_send(struct conn *c)
{
    const struct mhd *mhd = c->front->server->mhd;
    struct target t = {mhd, mhd->MHD_create_response_from_buffer(
                                c->out.n, c->out.p, MHD_RESPMEM_PERSISTENT)};
    if (!t.response)
        return MHD_NO;
    each_header(c, add_header, &t);
    conn_phase(c, PHASE_SEND);
    enum MHD_Result queued =
        mhd->MHD_queue_response(c->handle, c->request.reply.status, t.response);
    mhd->MHD_destroy_response(t.response);
    return queued;
}

static void add_line(void *ctx, const char *name, const char *value)
{
    buf_printf(ctx, "%s: %s\r\n", name, value);
}

void reply_raw(struct conn *c)
{
    if (c->front->tls) /* bytes would have to be encrypted: the connection just ends */
        return;
    BUF_SCOPED text = BUF_INIT;
    c->request.reply.close = true;
    buf_printf(&text, "HTTP/1.1 %u Refused\r\nContent-Length: %zu\r\n",
               c->request.reply.status, c->out.n);
    each_header(c, add_line, &text);
    buf_printf(&text, "\r\n%.*s", STR_ARG(buf_str(&c->out)));
    /* Some hundred bytes into an empty socket; who does not take them gets none. */
    (void)!send(c->fd, text.p, text.n, MSG_DONTWAIT | MSG_NOSIGNAL);
}
