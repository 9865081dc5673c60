/*
 * token: the bearers that this server gives out (JWT, RFC 7519; JWS with RS256).
 *
 * Only what this process signed is taken, and it writes one header: a token's header
 * must be that text, byte for byte. So there is no algorithm to be chosen by who asks,
 * no key to be fetched, no key id to be looked up. Then the signature is checked, and
 * only then is anything else of the token read.
 *
 * A signer may be used by any number of threads once it is made.
 */
#ifndef SERVER_TOKEN_H
#define SERVER_TOKEN_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "server/server.h"

#define TOKEN_SIZE    4096u /* bytes of a token; ours have about 800 */
#define TOKEN_SECONDS 3600

struct signer;

/* With a new key. Gives. */
enum err signer_new(const char *environment, struct signer **out, struct error *e)
    MUST_CHECK;
void signer_free(struct signer *s);
DEFINE_CLEANUP(struct signer, signer_free);

struct claims {
    struct str issuer, client, user, tenant;
    enum server_role role;
    int64_t issued, expires; /* seconds since 1970 */
};

/* Adds a token. */
enum err token_add(const struct signer *s, const struct claims *c, struct buf *out,
                   struct error *e) MUST_CHECK;

enum token_verdict {
    TOKEN_GOOD,
    TOKEN_FOREIGN, /* not signed by this process, or no token at all */
    TOKEN_EXPIRED,
    TOKEN_ELSEWHERE, /* ours, but of another environment */
};

/* What is it at `now` (seconds)? The claims point into `work`, which is cleared. */
enum token_verdict token_check(const struct signer *s, struct str token, int64_t now,
                               struct buf *work, struct claims *out);

/* Adds the public key as a JSON Web Key Set (RFC 7517). */
void token_keys(const struct signer *s, struct buf *out);

const char *role_name(enum server_role role);

#endif
