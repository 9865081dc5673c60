/*
 * auth: who may ask, and the keys that say so.
 *
 * Keys (client id and secret) are kept as SHA-256 of the secret: secrets are 256 random
 * bits of ours, or a file's, for which no slower hash is needed. A bearer is a token of
 * server/token.h or the text of a token file. What was good is remembered by its
 * connection, so that the next request costs a comparison instead of a signature.
 *
 * Failures are counted by address and client: AUTH_FAILURES in a minute, then each
 * further one is told to wait. Good bearers are never refused for that, since no guess
 * makes one; a client's secret is, for that client.
 *
 * Any thread, once it is made.
 */
#ifndef SERVER_AUTH_H
#define SERVER_AUTH_H

#include "base/buf.h"
#include "base/err.h"
#include "server/server.h"
#include "server/token.h"

#define AUTH_FAILURES 20u /* a minute */

struct auth;

/* Reads or makes the first key as the config says; begins to make the signing key in a
 * thread. Gives. */
enum err auth_new(const struct server_config *c, struct auth **out, struct error *e)
    MUST_CHECK;
void auth_free(struct auth *a);
DEFINE_CLEANUP(struct auth, auth_free);

/* Waits for the signing key. */
enum err auth_ready(struct auth *a, struct error *e) MUST_CHECK;

const char *auth_client_id(const struct auth *a);
const char *auth_client_secret(const struct auth *a);
const struct signer *auth_signer(const struct auth *a);

enum auth_verdict {
    AUTH_GOOD,
    AUTH_NONE, /* no credential at all */
    AUTH_BAD,  /* one that nobody gave out, or of another environment */
    AUTH_OLD,  /* expired */
    AUTH_SLOW, /* bad, and too many of them */
};

/* Remembered by a connection, so that its next request costs a comparison. */
struct auth_memory {
    struct buf header; /* the value of the header that was good */
    int64_t expires;   /* seconds */
    struct server_actor actor;
    struct buf texts;
};
void auth_forget(struct auth_memory *m); /* frees */

/* The value of an Authorization header: `Bearer X`, `Token X` or `X`. `from` stands for
 * the client's address. The actor is borrowed from `m`, whose next call may change it.
 */
enum auth_verdict auth_header(struct auth *a, struct str header, uint64_t from,
                              int64_t now, struct auth_memory *m);

/* A client's id and secret: does it get a token? The claims' texts are borrowed from
 * `a`. */
enum auth_verdict auth_client(struct auth *a, struct str id, struct str secret,
                              uint64_t from, int64_t now, struct claims *out);

/* Is it the text of --admin-token-file? Always, where there is none. */
bool auth_is_admin(struct auth *a, struct str header);

/* Adds a token for the first key. */
enum err auth_token(struct auth *a, struct str issuer, int64_t now, struct buf *out,
                    struct error *e) MUST_CHECK;

/* How many were refused since the start. */
uint64_t auth_refused(const struct auth *a);

#endif
