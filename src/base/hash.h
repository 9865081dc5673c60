/*
 * hash: XXH3, the one fast fingerprint, and the only file that knows xxhash.
 *
 * Not a defence: XXH3 is not keyed and can be forged; what must prove something uses
 * SHA-256 (crypt/digest). Source: xxHash 0.8, XXH3, seed 0. Any thread.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/str.h"

#define HASH_FINGERPRINT 12 /* bytes of a record's fingerprint */

uint64_t hash64(struct str s);

/* The first 12 bytes of XXH3-128 in its canonical (big-endian) form. */
void hash_fingerprint(struct str s, uint8_t out[HASH_FINGERPRINT]);

/* XXH3-64 over several pieces as if they were one. */
uint64_t hash64_pieces(const struct str *pieces, size_t n);

#endif
