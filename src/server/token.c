#include "server/token.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "crypt/digest.h"
#include "crypt/rsa.h"
#include "crypt/secret.h"
#include "doc/doc.h"

struct signer {
    struct rsa_key *key;
    char *environment;
    struct buf kid;    /* RFC 7638: the key's thumbprint */
    struct buf head;   /* what each token begins with: its header and the point */
    struct buf public; /* the key as JWK members e, kty, n */
};

static const char *const roles[] = {
    [ROLE_READ_ONLY] = "read-only", [ROLE_MEMBER] = "member", [ROLE_ADMIN] = "admin"};

const char *role_name(enum server_role role)
{
    return roles[role];
}

enum err signer_new(const char *environment, struct signer **out, struct error *e)
{
    CLEANUP(signer_freep) struct signer *s = NEW(struct signer);
    TRY(rsa_new(&s->key, e));
    s->environment = alloc_str(str_of(environment));
    BUF_SCOPED modulus = BUF_INIT, exponent = BUF_INIT, json = BUF_INIT;
    rsa_public(s->key, &modulus, &exponent);
    buf_printf(&s->public, "\"e\":\"");
    base64_add(&s->public, exponent.p, exponent.n);
    buf_printf(&s->public, "\",\"kty\":\"RSA\",\"n\":\"");
    base64_add(&s->public, modulus.p, modulus.n);
    buf_printf(&s->public, "\"");
    buf_printf(&json, "{%.*s}", STR_ARG(buf_str(&s->public)));
    uint8_t print[SHA256_SIZE];
    sha256_of(buf_str(&json), print);
    base64_add(&s->kid, print, sizeof print);
    buf_clear(&json);
    buf_printf(&json, "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"%.*s\"}",
               STR_ARG(buf_str(&s->kid)));
    base64_add(&s->head, json.p, json.n);
    buf_add_char(&s->head, '.');
    *out = s;
    s = NULL;
    return ERR_OK;
}

void signer_free(struct signer *s)
{
    if (!s)
        return;
    rsa_free(s->key);
    free(s->environment);
    buf_done(&s->kid);
    buf_done(&s->head);
    buf_done(&s->public);
    free(s);
}

static enum err add_id(struct emit *j, struct error *e)
{
    uint8_t id[16];
    TRY(secret_random(id, sizeof id, e));
    BUF_SCOPED hex = BUF_INIT;
    hex_add(&hex, id, sizeof id);
    emit_key_string(j, "jti", buf_str(&hex));
    return ERR_OK;
}

static enum err add_claims(const struct signer *s, const struct claims *c,
                           struct buf *out, struct error *e)
{
    struct emit j;
    emit_init(&j, out);
    emit_object(&j);
    emit_key_string(&j, "iss", c->issuer);
    emit_key_string(&j, "sub", c->client);
    emit_key_string(&j, "azp", c->client);
    emit_key_string(&j, "typ", STR("Bearer"));
    emit_key_string(&j, "scope", STR("profile email"));
    emit_key(&j, STR("iat"));
    emit_int(&j, c->issued);
    emit_key(&j, STR("exp"));
    emit_int(&j, c->expires);
    TRY(add_id(&j, e));
    emit_key_string(&j, "environment", str_of(s->environment));
    emit_key_string(&j, "tenant", c->tenant);
    emit_key_string(&j, "user", c->user);
    emit_key_string(&j, "role", str_of(roles[c->role]));
    emit_object_end(&j);
    return ERR_OK;
}

enum err token_add(const struct signer *s, const struct claims *c, struct buf *out,
                   struct error *e)
{
    BUF_SCOPED json = BUF_INIT, token = BUF_INIT;
    uint8_t signature[RSA_SIGNATURE];
    TRY(add_claims(s, c, &json, e));
    buf_add_str(&token, buf_str(&s->head));
    base64_add(&token, json.p, json.n);
    TRY(rsa_sign(s->key, buf_str(&token), signature, e));
    buf_add_char(&token, '.');
    base64_add(&token, signature, sizeof signature);
    buf_add_str(out, buf_str(&token));
    return ERR_OK;
}

/* Signed by us: it need not be suspected, but it may be of another time or place. Each
 * text is moved to the front of `work`, behind each other. */
static bool read_claims(const struct doc_node *n, struct buf *work, struct claims *out)
{
    const char *names[] = {"iss", "azp", "user", "tenant"};
    struct str *to[] = {&out->issuer, &out->client, &out->user, &out->tenant};
    for (size_t i = 0; i < 4; i++) {
        const struct doc_node *text = doc_get(n, names[i]);
        if (!text || text->kind != DOC_STRING)
            return false;
        to[i]->n = text->text.n;
        buf_add_str(work, text->text);
    }
    size_t at = 0;
    for (size_t i = 0; i < 4; at += to[i]->n, i++)
        to[i]->p = work->p + at;
    uint64_t issued, expires;
    const struct doc_node *role = doc_get(n, "role");
    if (!role || !doc_uint(doc_get(n, "iat"), &issued) ||
        !doc_uint(doc_get(n, "exp"), &expires))
        return false;
    out->issued = (int64_t)issued;
    out->expires = (int64_t)expires;
    for (out->role = ROLE_READ_ONLY; out->role < ROLE_ADMIN; out->role++)
        if (str_eq(role->text, str_of(roles[out->role])))
            break;
    return str_eq(role->text, str_of(roles[out->role]));
}

/* The point behind the claims; NULL for what is not begun as our tokens are. */
static const char *second_point(const struct signer *s, struct str token)
{
    if (token.n > TOKEN_SIZE || !str_starts(token, buf_str(&s->head)))
        return NULL;
    const char *from = token.p + s->head.n;
    return memchr(from, '.', token.n - s->head.n);
}

enum token_verdict token_check(const struct signer *s, struct str token, int64_t now,
                               struct buf *work, struct claims *out)
{
    const char *point = second_point(s, token);
    buf_clear(work);
    if (!point)
        return TOKEN_FOREIGN;
    struct str signature = str_n(point + 1, token.n - (size_t)(point + 1 - token.p));
    struct str message = str_n(token.p, (size_t)(point - token.p));
    if (!base64_read(signature, work) || !rsa_is_signed(s->key, message, buf_str(work)))
        return TOKEN_FOREIGN;
    buf_clear(work);
    CLEANUP(doc_freep) struct doc *d = NULL;
    if (!base64_read(str_from(message, s->head.n), work) ||
        doc_json(buf_str(work), "token", &d, NULL) != ERR_OK)
        return TOKEN_FOREIGN;
    buf_clear(work);
    const struct doc_node *root = doc_root(d);
    const struct doc_node *environment = doc_get(root, "environment");
    if (!read_claims(root, work, out))
        return TOKEN_FOREIGN;
    if (!environment || !str_eq(environment->text, str_of(s->environment)))
        return TOKEN_ELSEWHERE;
    return out->expires <= now ? TOKEN_EXPIRED : TOKEN_GOOD;
}

void token_keys(const struct signer *s, struct buf *out)
{
    buf_printf(out,
               "{\"keys\":[{\"kid\":\"%.*s\",\"alg\":\"RS256\",\"use\":\"sig\",%.*s}]}",
               STR_ARG(buf_str(&s->kid)), STR_ARG(buf_str(&s->public)));
}
