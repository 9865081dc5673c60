#include <strings.h>

#include "server/core.h"
#include "server/host.h"

static bool is_called(struct str a, struct str b)
{
    return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

static bool take(struct str name, struct str wanted, struct str value, struct str *to,
                 unsigned *n)
{
    if (!is_called(name, wanted))
        return false;
    if (!to->p)
        *to = str_n(value.p ? value.p : "", value.n);
    ++*n;
    return true;
}

/* Each header by its length first: most are none of these. */
static enum MHD_Result see_header(void *ctx, enum MHD_ValueKind kind, const char *name,
                                  size_t name_n, const char *value, size_t value_n)
{
    struct headers *h = ctx;
    struct str k = str_n(name, name_n), v = str_n(value, value_n);
    unsigned any = 0;
    switch (name_n) {
    case 4: take(k, STR("Host"), v, &h->host, &h->n_host); break;
    case 6:
        if (!take(k, STR("Accept"), v, &h->accept, &any))
            take(k, STR("Origin"), v, &h->origin, &any);
        break;
    case 12: take(k, STR("Content-Type"), v, &h->type, &h->n_type); break;
    case 13:
        take(k, STR("Authorization"), v, &h->authorization, &h->n_authorization);
        break;
    case 14: take(k, STR("Content-Length"), v, &h->length, &h->n_length); break;
    case 16: take(k, STR("Content-Encoding"), v, &h->encoding, &any); break;
    case 17: take(k, STR("Transfer-Encoding"), v, &h->transfer, &h->n_transfer); break;
    case 29:
        take(k, STR("Access-Control-Request-Method"), v, &h->preflight, &any);
        break;
    default: break;
    }
    return MHD_YES;
}

static enum method method_of(const char *m)
{
    static const struct {
        const char *name;
        enum method method;
    } names[] = {{"POST", METHOD_POST},
                 {"GET", METHOD_GET},
                 {"HEAD", METHOD_HEAD},
                 {"OPTIONS", METHOD_OPTIONS}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(m, names[i].name) == 0)
            return names[i].method;
    return METHOD_OTHER;
}

static bool refuse(struct conn *c, unsigned status, const char *code,
                   const char *message)
{
    reply_refuse(c, status, code, message);
    return false;
}

/* Where two readers could disagree on where a request ends, the connection ends. */
static bool check_framing(struct conn *c)
{
    struct request *r = &c->request;
    const struct headers *h = &r->headers;
    bool bad = h->n_host != 1 || h->n_length > 1 || h->n_transfer > 1 ||
               (h->n_length && h->n_transfer) || h->n_type > 1 ||
               h->n_authorization > 1 ||
               (h->n_transfer && !is_called(h->transfer, STR("chunked")));
    r->declared = h->n_transfer ? UINT64_MAX : 0;
    for (size_t i = 0; i < h->length.n && !bad; i++) {
        char digit = h->length.p[i];
        bad = digit < '0' || digit > '9' || r->declared > UINT64_MAX / 20;
        r->declared = r->declared * 10 + (uint64_t)(digit - '0');
    }
    bad = bad || (h->n_length && h->length.n == 0);
    if (!bad)
        return true;
    r->reply.close = true;
    return refuse(c, 400, "BAD_REQUEST",
                  "one Host, and one of Content-Length (digits) and Transfer-Encoding "
                  "(chunked) must be given");
}

static bool check_caller(struct conn *c)
{
    struct request *r = &c->request;
    const struct server_config *config = c->front->server->config;
    const struct headers *h = &r->headers;
    if (c->front->unix_socket == false && !host_is_allowed(h->host, &config->hosts))
        return refuse(c, 421, "MISDIRECTED",
                      "this sandbox answers to localhost and loopback addresses; serve "
                      "--allow-host NAME adds a name");
    if (!h->origin.p || origin_is_same(h->origin, h->host, c->front->tls))
        return true;
    if (!origin_is_allowed(h->origin, &config->origins) ||
        (r->route && !r->route->cors))
        return refuse(c, 403, "FOREIGN_ORIGIN",
                      "a web page of another origin asks; serve --cors-origin ORIGIN "
                      "lets it call /graphql and the token endpoints");
    r->cors = h->origin.p; /* libmicrohttpd ends each value in NUL */
    return true;
}

static bool check_method(struct conn *c)
{
    struct request *r = &c->request;
    if (!r->route)
        return refuse(c, 404, "NOT_FOUND",
                      "nothing is here. GraphQL: /graphql; tokens: "
                      "/realms/api-keys/protocol/openid-connect/token; control: "
                      "/_sandcast/openapi.json");
    unsigned bit = r->method == METHOD_GET || r->method == METHOD_HEAD ? ROUTE_GET
                   : r->method == METHOD_POST                          ? ROUTE_POST
                                                                       : 0;
    if (r->method == METHOD_OPTIONS) {
        buf_clear(&c->out);
        r->reply.status = 204;
        r->reply.allow = r->route->allow;
        return false;
    }
    if (r->route->methods & bit)
        return true;
    r->reply.allow = r->route->allow;
    return refuse(c, 405, "METHOD_NOT_ALLOWED", "this path takes other methods");
}

/* The type without its parameters; a charset other than UTF-8 is another type. */
static bool is_type(struct str type, struct str wanted)
{
    const char *semicolon = type.n ? memchr(type.p, ';', type.n) : NULL;
    struct str name = semicolon ? str_n(type.p, (size_t)(semicolon - type.p)) : type;
    while (name.n && name.p[name.n - 1] == ' ')
        name.n--;
    if (!is_called(name, wanted))
        return false;
    for (size_t i = name.n; i + 8 <= type.n; i++)
        if (is_called(str_n(type.p + i, 8), STR("charset="))) {
            struct str set = str_from(type, i + 8);
            if (set.n && set.p[0] == '"')
                set = str_from(set, 1);
            return (set.n >= 5 && is_called(str_n(set.p, 5), STR("utf-8"))) ||
                   (set.n >= 4 && is_called(str_n(set.p, 4), STR("utf8")));
        }
    return true;
}

static bool check_body(struct conn *c)
{
    struct request *r = &c->request;
    const struct headers *h = &r->headers;
    if (r->declared != UINT64_MAX && r->declared > c->front->server->body_limit) {
        r->reply.close = true;
        return refuse(c, 413, "TOO_LARGE",
                      "the body is larger than this sandbox takes");
    }
    if (r->method != METHOD_POST)
        return true;
    if (h->encoding.p && !is_called(h->encoding, STR("identity")))
        return refuse(c, 415, "UNSUPPORTED_MEDIA_TYPE",
                      "the body must not be compressed");
    bool form = is_type(h->type, STR("application/x-www-form-urlencoded"));
    bool known = is_type(h->type, STR("application/json")) ||
                 (r->route->form == FORM_TOKEN && form) ||
                 (r->route->form == FORM_CONTROL && r->declared == 0);
    if (!known)
        return refuse(c, 415, "UNSUPPORTED_MEDIA_TYPE",
                      r->route->form == FORM_TOKEN
                          ? "the body must be application/json or "
                            "application/x-www-form-urlencoded"
                          : "the body must be application/json");
    return true;
}

static bool check_credential(struct conn *c)
{
    struct request *r = &c->request;
    struct server *s = c->front->server;
    if (!r->route->guarded)
        return true;
    int64_t now = server_now(s) / 1000000;
    struct str header = r->headers.authorization;
    if (r->route->form == FORM_CONTROL) {
        if (auth_is_admin(s->auth, header))
            return true;
        reply_error(c, 401, "UNAUTHENTICATED",
                    "the token of --admin-token-file is needed here");
        r->reply.authenticate = true;
        return false;
    }
    enum auth_verdict v = auth_header(s->auth, header, c->address, now, &c->memory);
    if (v == AUTH_GOOD)
        return true;
    server_count(s, COUNT_UNAUTHENTICATED, 1);
    reply_unauthenticated(c, v);
    return false;
}

bool check_headers(struct conn *c, const char *url, const char *method)
{
    struct request *r = &c->request;
    c->front->server->mhd->MHD_get_connection_values_n(c->handle, MHD_HEADER_KIND,
                                                       see_header, &r->headers);
    r->method = method_of(method);
    r->route = route_find(url);
    return check_framing(c) && check_caller(c) && check_method(c) && check_body(c) &&
           check_credential(c);
}
