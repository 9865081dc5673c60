#include "server/auth.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/hash.h"
#include "crypt/digest.h"
#include "crypt/secret.h"
#include "doc/doc.h"
#include "server/keyfile.h"
#include "server/throttle.h"
#include "json/emit.h"

struct auth {
    const struct server_config *config; /* borrowed */
    char *client_id, *client_secret;
    uint8_t secret[SHA256_SIZE];
    uint8_t bearer[SHA256_SIZE], admin[SHA256_SIZE];
    bool has_bearer, has_admin;
    struct throttle throttle;
    atomic_ulong refused;

    pthread_t maker; /* of the signing key */
    bool making;
    struct signer *signer;
    enum err made;
    struct error made_error;
};

static void *make_signer(void *p)
{
    struct auth *a = p;
    a->made = signer_new(a->config->environment, &a->signer, &a->made_error);
    return NULL;
}

static enum err make_key(struct auth *a, struct error *e)
{
    uint8_t id[6], secret[32];
    TRY(secret_random(id, sizeof id, e));
    TRY(secret_random(secret, sizeof secret, e));
    BUF_SCOPED text = BUF_INIT;
    buf_printf(&text, "sandcast-");
    hex_add(&text, id, sizeof id);
    a->client_id = alloc_str(buf_str(&text));
    buf_clear(&text);
    base64_add(&text, secret, sizeof secret);
    a->client_secret = alloc_str(buf_str(&text));
    explicit_bzero(secret, sizeof secret);
    explicit_bzero(text.p, text.n);
    return ERR_OK;
}

static enum err write_key(const struct auth *a, const char *path, struct error *e)
{
    BUF_SCOPED text = BUF_INIT;
    struct emit j;
    emit_init(&j, &text);
    emit_object(&j);
    emit_key_string(&j, "client_id", str_of(a->client_id));
    emit_key_string(&j, "client_secret", str_of(a->client_secret));
    emit_object_end(&j);
    buf_add_char(&text, '\n');
    enum err code = keyfile_write(path, buf_str(&text), e);
    explicit_bzero(text.p, text.n);
    return code;
}

static bool is_plain(const struct doc_node *n)
{
    if (!n || n->kind != DOC_STRING || n->text.n == 0 || n->text.n > 1024)
        return false;
    for (size_t i = 0; i < n->text.n; i++)
        if (n->text.p[i] <= ' ' || n->text.p[i] > '~')
            return false;
    return true;
}

static enum err read_key(struct auth *a, const char *path, struct error *e)
{
    BUF_SCOPED text = BUF_INIT;
    CLEANUP(doc_freep) struct doc *d = NULL;
    TRY(keyfile_read(path, &text, e));
    enum err code = doc_json(buf_str(&text), path, &d, NULL);
    explicit_bzero(text.p, text.n);
    const struct doc_node *root = code == ERR_OK ? doc_root(d) : NULL;
    const struct doc_node *id = doc_get(root, "client_id");
    const struct doc_node *secret = doc_get(root, "client_secret");
    if (!is_plain(id) || !is_plain(secret))
        return err_set(e, ERR_DATA,
                       "%s holds no API key: {\"client_id\": …, \"client_secret\": …}",
                       path);
    a->client_id = alloc_str(id->text);
    a->client_secret = alloc_str(secret->text);
    return ERR_OK;
}

static enum err first_key(struct auth *a, struct error *e)
{
    const char *path = a->config->api_key_file;
    if (path) {
        struct error why = ERROR_INIT;
        enum err code = read_key(a, path, &why);
        bool missing = code == ERR_NOINPUT && why.sys == ENOENT;
        if (code != ERR_OK && !missing) {
            *e = why;
            return code;
        }
        if (code == ERR_OK)
            return ERR_OK;
    }
    TRY(make_key(a, e));
    return path ? write_key(a, path, e) : ERR_OK;
}

static enum err fixed(const char *path, uint8_t out[SHA256_SIZE], bool *has,
                      struct error *e)
{
    BUF_SCOPED text = BUF_INIT;
    if (!path)
        return ERR_OK;
    TRY(keyfile_token(path, &text, e));
    sha256_of(buf_str(&text), out);
    explicit_bzero(text.p, text.n);
    *has = true;
    return ERR_OK;
}

enum err auth_new(const struct server_config *c, struct auth **out, struct error *e)
{
    CLEANUP(auth_freep) struct auth *a = NEW(struct auth);
    a->config = c;
    throttle_init(&a->throttle);
    TRY(first_key(a, e));
    sha256_of(str_of(a->client_secret), a->secret);
    TRY(fixed(c->token_file, a->bearer, &a->has_bearer, e));
    TRY(fixed(c->admin_token_file, a->admin, &a->has_admin, e));
    int sys = pthread_create(&a->maker, NULL, make_signer, a);
    if (sys)
        return err_sys(e, ERR_SOFTWARE, sys, "no thread can be made");
    a->making = true;
    *out = a;
    a = NULL;
    return ERR_OK;
}

enum err auth_ready(struct auth *a, struct error *e)
{
    if (a->making)
        pthread_join(a->maker, NULL);
    a->making = false;
    if (a->made != ERR_OK && e)
        *e = a->made_error;
    return a->made;
}

void auth_free(struct auth *a)
{
    if (!a)
        return;
    if (a->making)
        pthread_join(a->maker, NULL);
    if (a->client_secret)
        explicit_bzero(a->client_secret, strlen(a->client_secret));
    free(a->client_secret);
    free(a->client_id);
    signer_free(a->signer);
    throttle_done(&a->throttle);
    free(a);
}

const char *auth_client_id(const struct auth *a)
{
    return a->client_id;
}

const char *auth_client_secret(const struct auth *a)
{
    return a->client_secret;
}

const struct signer *auth_signer(const struct auth *a)
{
    return a->signer;
}

void auth_forget(struct auth_memory *m)
{
    if (m->header.p)
        explicit_bzero(m->header.p, m->header.cap);
    buf_done(&m->header);
    buf_done(&m->texts);
    *m = (struct auth_memory){.expires = 0};
}

/* Also what ION's public clients send: the token alone. */
static struct str bearer_of(struct str header)
{
    static const struct str schemes[] = {{"Bearer ", 7}, {"Token ", 6}};
    for (size_t i = 0; i < 2; i++)
        if (header.n >= schemes[i].n &&
            strncasecmp(header.p, schemes[i].p, schemes[i].n) == 0)
            header = str_from(header, schemes[i].n);
    while (header.n && (header.p[0] == ' ' || header.p[0] == '\t'))
        header = str_from(header, 1);
    while (header.n &&
           (header.p[header.n - 1] == ' ' || header.p[header.n - 1] == '\t'))
        header.n--;
    return header;
}

static bool is_fixed(bool has, const uint8_t digest[SHA256_SIZE], struct str token)
{
    uint8_t seen[SHA256_SIZE];
    if (!has)
        return false;
    sha256_of(token, seen);
    return secret_equal(seen, digest, SHA256_SIZE);
}

static void remember(struct auth_memory *m, struct str header, int64_t expires,
                     enum server_role role, struct str user)
{
    buf_clear(&m->header);
    buf_add_str(&m->header, header);
    m->expires = expires;
    m->actor.role = role;
    m->actor.user = user;
}

static enum auth_verdict refuse(struct auth *a, enum auth_verdict verdict,
                                uint64_t from, int64_t now)
{
    atomic_fetch_add_explicit(&a->refused, 1, memory_order_relaxed);
    return throttle_add(&a->throttle, from, now) > AUTH_FAILURES ? AUTH_SLOW : verdict;
}

enum auth_verdict auth_header(struct auth *a, struct str header, uint64_t from,
                              int64_t now, struct auth_memory *m)
{
    if (header.n && header.n == m->header.n && now < m->expires &&
        secret_equal(header.p, m->header.p, header.n))
        return AUTH_GOOD;
    struct str token = bearer_of(header);
    if (token.n == 0)
        return AUTH_NONE;
    if (token.n > TOKEN_SIZE)
        return refuse(a, AUTH_BAD, from, now);
    buf_clear(&m->header);
    if (is_fixed(a->has_bearer, a->bearer, token)) {
        const char *user = a->config->user;
        remember(m, header, INT64_MAX, a->config->role, str_of(user ? user : ""));
        return AUTH_GOOD;
    }
    struct claims c;
    switch (token_check(a->signer, token, now, &m->texts, &c)) {
    case TOKEN_GOOD: remember(m, header, c.expires, c.role, c.user); return AUTH_GOOD;
    case TOKEN_EXPIRED: /* by no guess */ return AUTH_OLD;
    case TOKEN_FOREIGN:
    case TOKEN_ELSEWHERE: break;
    }
    return refuse(a, AUTH_BAD, from, now);
}

static void claim(const struct auth *a, int64_t now, struct claims *out)
{
    const struct server_config *c = a->config;
    *out = (struct claims){.client = str_of(a->client_id),
                           .user = str_of(c->user ? c->user : ""),
                           .tenant = str_of(c->tenant),
                           .role = c->role,
                           .issued = now,
                           .expires = now + TOKEN_SECONDS};
}

enum auth_verdict auth_client(struct auth *a, struct str id, struct str secret,
                              uint64_t from, int64_t now, struct claims *out)
{
    uint8_t seen[SHA256_SIZE];
    bool known = str_eq(id, str_of(a->client_id));
    uint64_t who = from ^ (known ? hash64(id) : 0);
    sha256_of(secret, seen);
    bool same = secret_equal(seen, a->secret, SHA256_SIZE);
    if (throttle_count(&a->throttle, who, now) >= AUTH_FAILURES) {
        atomic_fetch_add_explicit(&a->refused, 1, memory_order_relaxed);
        return AUTH_SLOW;
    }
    if (!known || !same)
        return refuse(a, AUTH_BAD, who, now);
    claim(a, now, out);
    return AUTH_GOOD;
}

bool auth_is_admin(struct auth *a, struct str header)
{
    return !a->has_admin || is_fixed(true, a->admin, bearer_of(header));
}

enum err auth_token(struct auth *a, struct str issuer, int64_t now, struct buf *out,
                    struct error *e)
{
    struct claims c;
    claim(a, now, &c);
    c.issuer = issuer;
    return token_add(a->signer, &c, out, e);
}

uint64_t auth_refused(const struct auth *a)
{
    return atomic_load_explicit(&a->refused, memory_order_relaxed);
}
