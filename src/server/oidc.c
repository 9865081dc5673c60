#include <strings.h>

#include "base/base64.h"
#include "doc/doc.h"
#include "server/core.h"

/* What a client may send to get a token. */
struct grant {
    struct buf type, id, secret; /* `has` tells empty from absent */
    bool has_type, has_id, has_secret;
};

static void grant_done(struct grant *g)
{
    if (g->secret.p)
        explicit_bzero(g->secret.p, g->secret.cap);
    buf_done(&g->type);
    buf_done(&g->id);
    buf_done(&g->secret);
}

static void take(struct grant *g, struct str name, struct str value)
{
    struct {
        struct str name;
        struct buf *to;
        bool *has;
    } members[] = {{STR("grant_type"), &g->type, &g->has_type},
                   {STR("client_id"), &g->id, &g->has_id},
                   {STR("client_secret"), &g->secret, &g->has_secret}};
    for (size_t i = 0; i < 3; i++)
        if (str_eq(name, members[i].name)) {
            buf_clear(members[i].to);
            buf_add_str(members[i].to, value);
            *members[i].has = true;
        }
}

static int hex_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* application/x-www-form-urlencoded; false for a % that stands for nothing. */
static bool decode(struct str s, struct buf *out)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '%') {
            buf_add_char(out, (char)(s.p[i] == '+' ? ' ' : s.p[i]));
            continue;
        }
        int high = i + 2 < s.n ? hex_of(s.p[i + 1]) : -1;
        int low = i + 2 < s.n ? hex_of(s.p[i + 2]) : -1;
        if (high < 0 || low < 0)
            return false;
        buf_add_char(out, (char)(high << 4 | low));
        i += 2;
    }
    return true;
}

static bool read_form(struct str body, struct grant *g)
{
    BUF_SCOPED name = BUF_INIT, value = BUF_INIT;
    while (body.n) {
        const char *amp = memchr(body.p, '&', body.n);
        size_t n = amp ? (size_t)(amp - body.p) : body.n;
        const char *equals = memchr(body.p, '=', n);
        size_t at = equals ? (size_t)(equals - body.p) : n;
        buf_clear(&name);
        buf_clear(&value);
        if (!decode(str_n(body.p, at), &name) ||
            !decode(str_n(body.p + at + (equals != NULL), n - at - (equals != NULL)),
                    &value))
            return false;
        take(g, buf_str(&name), buf_str(&value));
        body = str_from(body, n + (amp != NULL));
    }
    return true;
}

static bool read_json(struct str body, struct grant *g)
{
    CLEANUP(doc_freep) struct doc *d = NULL;
    if (doc_json(body, "request", &d, NULL) != ERR_OK)
        return false;
    const struct doc_node *root = doc_root(d);
    if (root->kind != DOC_MAP)
        return false;
    for (size_t i = 0; i < root->n_items; i++)
        if (root->items[i]->kind == DOC_STRING)
            take(g, root->items[i]->key, root->items[i]->text);
    return true;
}

/* RFC 6749 §2.3.1: both parts are form-encoded. */
static bool read_basic(struct str header, struct grant *g)
{
    BUF_SCOPED text = BUF_INIT, id = BUF_INIT, secret = BUF_INIT;
    if (header.n < 6 || strncasecmp(header.p, "Basic ", 6) != 0)
        return true; /* another header, of which nothing is wanted */
    struct str pair = str_from(header, 6);
    while (pair.n && pair.p[0] == ' ')
        pair = str_from(pair, 1);
    const char *colon = NULL;
    if (base64_read(pair, &text) && text.n)
        colon = memchr(text.p, ':', text.n);
    if (!colon)
        return false;
    size_t at = (size_t)(colon - text.p);
    bool read = decode(str_n(text.p, at), &id) &&
                decode(str_n(colon + 1, text.n - at - 1), &secret);
    take(g, STR("client_id"), buf_str(&id));
    take(g, STR("client_secret"), buf_str(&secret));
    explicit_bzero(text.p, text.n);
    if (secret.p)
        explicit_bzero(secret.p, secret.n);
    return read;
}

static void fail(struct conn *c, unsigned status, const char *code, const char *message)
{
    struct emit j;
    buf_clear(&c->out);
    emit_init(&j, &c->out);
    emit_object(&j);
    emit_key_string(&j, "error", str_of(code));
    emit_key_string(&j, "error_description", str_of(message));
    emit_object_end(&j);
    reply_json(c, status);
    c->request.reply.no_store = true;
}

/* The issuer is the address that the client used, as discovery requires. */
static void add_issuer(const struct conn *c, struct buf *out)
{
    bool auth = strncmp(c->request.route->path, "/auth/", 6) == 0;
    server_origin(c, out);
    buf_printf(out, "%s/realms/api-keys", auth ? "/auth" : "");
}

static void give(struct conn *c, struct claims *claims)
{
    BUF_SCOPED issuer = BUF_INIT, token = BUF_INIT;
    add_issuer(c, &issuer);
    claims->issuer = buf_str(&issuer);
    const struct signer *signer = auth_signer(c->front->server->auth);
    if (token_add(signer, claims, &token, NULL) != ERR_OK) {
        fail(c, 500, "server_error", "no token could be signed");
        return;
    }
    buf_clear(&c->out);
    buf_printf(&c->out,
               "{\"access_token\":\"%.*s\",\"expires_in\":%d,\"refresh_expires_in\":0,"
               "\"token_type\":\"Bearer\",\"not-before-policy\":0,"
               "\"scope\":\"profile email\"}",
               STR_ARG(buf_str(&token)), TOKEN_SECONDS);
    reply_json(c, 200);
    c->request.reply.no_store = true;
}

static void judge(struct conn *c, struct str id, struct str secret)
{
    struct server *s = c->front->server;
    struct claims claims;
    switch (auth_client(s->auth, id, secret, c->address, server_now(s) / 1000000,
                        &claims)) {
    case AUTH_GOOD: give(c, &claims); return;
    case AUTH_SLOW:
        fail(c, 429, "invalid_client", "too many refused attempts; wait a minute");
        c->request.reply.retry_after = 60;
        return;
    case AUTH_NONE:
    case AUTH_BAD:
    case AUTH_OLD: break;
    }
    fail(c, 401, "invalid_client", "Invalid client or Invalid client credentials");
    c->request.reply.authenticate = true;
}

void oidc_token(struct conn *c)
{
    const struct headers *h = &c->request.headers;
    CLEANUP(grant_done) struct grant g = {.has_id = false};
    bool json = h->type.n >= 16 && strncasecmp(h->type.p, "application/json", 16) == 0;
    struct str body = buf_str(&c->in);
    if (!(json ? read_json(body, &g) : read_form(body, &g)) ||
        !read_basic(h->authorization, &g)) {
        fail(c, 400, "invalid_request", "the request cannot be read");
        return;
    }
    if (!g.has_type) {
        fail(c, 400, "invalid_request", "Missing form parameter: grant_type");
        return;
    }
    if (!str_eq(buf_str(&g.type), STR("client_credentials"))) {
        fail(c, 400, "unsupported_grant_type", "Unsupported grant_type");
        return;
    }
    judge(c, buf_str(&g.id), buf_str(&g.secret));
}

void oidc_discovery(struct conn *c)
{
    BUF_SCOPED issuer = BUF_INIT;
    add_issuer(c, &issuer);
    struct str i = buf_str(&issuer);
    buf_clear(&c->out);
    buf_printf(
        &c->out,
        "{\"issuer\":\"%.*s\","
        "\"token_endpoint\":\"%.*s/protocol/openid-connect/token\","
        "\"jwks_uri\":\"%.*s/protocol/openid-connect/certs\","
        "\"grant_types_supported\":[\"client_credentials\"],"
        "\"response_types_supported\":[],\"subject_types_supported\":[\"public\"],"
        "\"id_token_signing_alg_values_supported\":[\"RS256\"],"
        "\"token_endpoint_auth_methods_supported\":"
        "[\"client_secret_basic\",\"client_secret_post\"],"
        "\"scopes_supported\":[\"profile\",\"email\"]}",
        STR_ARG(i), STR_ARG(i), STR_ARG(i));
    reply_json(c, 200);
}

void oidc_keys(struct conn *c)
{
    buf_clear(&c->out);
    token_keys(auth_signer(c->front->server->auth), &c->out);
    reply_json(c, 200);
}
