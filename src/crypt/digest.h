/*
 * digest: SHA-256 (FIPS 180-4) by OpenSSL, with SHA-NI where the CPU has it.
 * A `sha256` belongs to one thread, and starts over after each sha256_end(). Nothing
 * here fails: without memory the process ends, as base/alloc.h says.
 */
#ifndef CRYPT_DIGEST_H
#define CRYPT_DIGEST_H

#include "base/buf.h"
#include "base/str.h"

#define SHA256_SIZE 32

struct sha256;
struct sha256 *sha256_new(void);
void sha256_free(struct sha256 *d);
DEFINE_CLEANUP(struct sha256, sha256_free);

void sha256_add(struct sha256 *d, struct str s);
/* The digest of what was added; the object starts over. */
void sha256_end(struct sha256 *d, uint8_t out[SHA256_SIZE]);

/* One shot. Any thread. */
void sha256_of(struct str s, uint8_t out[SHA256_SIZE]);

/* Adds n bytes as lower-case hex digits. */
void hex_add(struct buf *out, const uint8_t *p, size_t n);
/* false unless s is exactly 2n hex digits (either case); `out` is then undefined. */
bool hex_read(struct str s, uint8_t *out, size_t n);

#endif
