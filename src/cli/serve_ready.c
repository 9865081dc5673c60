#include "cli/serve_ready.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "config.h"
#include "json/emit.h"

static void add_url(struct emit *j, const char *key, const char *base, const char *path)
{
    BUF_SCOPED url = BUF_INIT;
    buf_printf(&url, "%s%s", base, path);
    emit_key_string(j, key, buf_str(&url));
}

static void add_text(struct emit *j, const char *key, const char *text)
{
    emit_key(j, str_of(key));
    if (*text)
        emit_string(j, str_of(text));
    else
        emit_null(j);
}

void serve_ready_line(const struct serve_ready *r, struct str access_token,
                      struct buf *out)
{
    struct server_facts f;
    struct emit j;
    BUF_SCOPED root = BUF_INIT;
    server_facts(r->server, &f);
    buf_add_str(&root, buf_str(&r->tenant->root));
    emit_init(&j, out);
    emit_object(&j);
    emit_key(&j, STR("ready"));
    emit_bool(&j, true);
    emit_key_string(&j, "base_url", str_of(f.base_url));
    add_text(&j, "tls_url", f.tls_url);
    add_url(&j, "graphql", f.base_url, "/graphql");
    add_url(&j, "token", f.issuer, "/protocol/openid-connect/token");
    emit_key_string(&j, "issuer", str_of(f.issuer));
    emit_key_string(&j, "auth_server", str_of(f.auth_server));
    emit_key(&j, STR("console")); /* there is none yet */
    emit_null(&j);
    add_url(&j, "control", f.base_url, "/_sandcast");
    emit_key_string(&j, "client_id", str_of(f.client_id));
    emit_key_string(&j, "client_secret", str_of(f.client_secret));
    emit_key_string(&j, "access_token", access_token);
    emit_key_string(&j, "tenant", buf_str(&r->tenant->name));
    add_text(&j, "root", buf_cstr(&root));
    emit_key_string(&j, "state", str_of(r->tenant->state));
    emit_key_string(&j, "persistence", str_of(r->tenant->persistence));
    emit_key_string(&j, "environment", str_of(r->environment));
    add_text(&j, "ca_file", f.ca_file);
    emit_key_uint(&j, "pid", (uint64_t)getpid());
    emit_key_string(&j, "version", STR(SANDCAST_VERSION));
    emit_object_end(&j);
    buf_add_char(out, '\n');
}

struct variable {
    const char *name, *base, *path;
};

struct variables {
    char **items;
    size_t n, cap;
};

static bool is_called(const char *item, const char *name)
{
    size_t n = strlen(name);
    return strncmp(item, name, n) == 0 && item[n] == '=';
}

static void set(struct variables *v, const struct variable *variable)
{
    BUF_SCOPED text = BUF_INIT;
    buf_printf(&text, "%s=%s%s", variable->name, variable->base, variable->path);
    char *item = alloc_str(buf_str(&text));
    for (size_t i = 0; i < v->n; i++)
        if (is_called(v->items[i], variable->name)) {
            free(v->items[i]);
            v->items[i] = item;
            return;
        }
    VEC_PUSH(v->items, v->n, v->cap) = item;
}

char **serve_environment(const struct serve_ready *r, const char *token)
{
    struct variables v = {NULL, 0, 0};
    struct server_facts f;
    server_facts(r->server, &f);
    const struct variable variables[] = {
        {"ION_BASE_URL", f.base_url, ""},
        {"ION_API_URI", f.base_url, "/graphql"},
        {"ION_TOKEN", token, ""},
        {"ION_CLIENT_ID", f.client_id, ""},
        {"ION_CLIENT_SECRET", f.client_secret, ""},
        {"ION_AUTH_SERVER", f.auth_server, ""},
        {"REQUESTS_CA_BUNDLE", f.ca_file, ""},
        {"NODE_EXTRA_CA_CERTS", f.ca_file, ""},
    };
    for (char **p = environ; *p; p++)
        VEC_PUSH(v.items, v.n, v.cap) = alloc_str(str_of(*p));
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        if (*variables[i].base) /* without TLS there is nothing to be trusted */
            set(&v, &variables[i]);
    VEC_PUSH(v.items, v.n, v.cap) = NULL;
    return v.items;
}

void serve_environment_free(char **environment)
{
    for (char **p = environment; p && *p; p++)
        free(*p);
    free(environment);
}
