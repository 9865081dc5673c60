/*
 * key: pseudonym keys, and HMAC-SHA-256 under them.
 *
 * A key has an id (32 hex digits, random, public: it goes into the evidence) and an
 * epoch
 * (`key rotate` makes the next one from the same secret). The secret is 32 bytes, lives
 * in locked pages (as far as RLIMIT_MEMLOCK allows) that core dumps leave out, and is
 * wiped by key_free(); it is never printed.
 *
 * File, text, mode 0600 or 0400 (anything wider is refused), at most KEY_FILE bytes:
 *     sandcast pseudonym key 1
 *     id: 8f…(32 hex)
 *     epoch: 0
 *     secret: …(64 hex)
 *
 * Every keyed action derives from
 *     HMAC-SHA-256(secret, le32 epoch ‖ le32 length ‖ namespace ‖ value)
 * (RFC 2104, FIPS 198-1), where length is the namespace's in bytes, so that no
 * (namespace, value) pair reads as another one. mac_derive() puts UINT32_MAX where the
 * length stands, which no namespace has.
 *
 * A `key` may be read by any number of threads; a `mac` belongs to one.
 */
#ifndef CRYPT_KEY_H
#define CRYPT_KEY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define KEY_FILE 4096 /* bytes; a key file has 150 */
#define KEY_ID   32   /* hex digits */

#define KEY_LAST_EPOCH 999999999u /* nine digits: one a second for thirty years */

struct key;

/* A random key, epoch 0. Gives. */
enum err key_random(struct key **out, struct error *e) MUST_CHECK;

/* Reads a key file. Missing or unreadable: ERR_NOINPUT; wide permissions, wrong or
 * short content: ERR_DATA; more than KEY_FILE bytes: ERR_LIMIT. Gives. */
enum err key_read(const char *path, struct key **out, struct error *e) MUST_CHECK;

/* Writes a key file, 0600, whole or not at all, never over an existing one unless
 * `force` (ERR_CANTCREATE). */
enum err key_write(const struct key *k, const char *path, bool force, struct error *e)
    MUST_CHECK;

void key_free(struct key *k);
DEFINE_CLEANUP(struct key, key_free);

const char *key_id(const struct key *k); /* KEY_ID digits and NUL */
uint32_t key_epoch(const struct key *k);
void key_rotate(struct key *k); /* the next epoch; it must be before KEY_LAST_EPOCH */

/* An HMAC context under a key: the padded key block is hashed once, each value then
 * costs a copy of that state, about 0.3 µs. One thread; make one per worker. */
struct mac;
struct mac *mac_new(const struct key *k); /* copies what it needs, the epoch too */
void mac_free(struct mac *m);
DEFINE_CLEANUP(struct mac, mac_free);

/* The 32 bytes for value in namespace, as above. */
void mac_value(struct mac *m, struct str namespace, struct str value, uint8_t out[32]);

/* 32 bytes for a purpose of ours (label), to key other algorithms (FF1, spools). */
void mac_derive(struct mac *m, struct str label, uint8_t out[32]);

#endif
