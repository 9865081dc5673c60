/*
 * ff1: format-preserving encryption FF1, NIST SP 800-38G (2016), with AES by OpenSSL.
 *
 * A permutation of numeral strings of one length over one radix. The domain must have
 * at least 10^6 members (SP 800-38G Rev. 1); smaller is ERR_SOFTWARE, as is a radix or
 * a numeral out of range, because callers decide that before. More than FF1_NUMERALS or
 * FF1_TWEAK is ERR_LIMIT. Checked against the NIST sample vectors. One thread per
 * object.
 */
#ifndef CRYPT_FF1_H
#define CRYPT_FF1_H

#include "base/err.h"
#include "base/str.h"

#define FF1_NUMERALS \
    4096                 /* the longest string; a value longer than that is no serial */
#define FF1_TWEAK  65536 /* bytes; a namespace and a path are far shorter */
#define FF1_DOMAIN 1000000u

struct ff1;

/* AES-128, -192 or -256 by `key_size` (16, 24, 32). Gives. */
struct ff1 *ff1_new(const uint8_t *key, size_t key_size);
void ff1_free(struct ff1 *f);
DEFINE_CLEANUP(struct ff1, ff1_free);

/* Replaces the n numerals (each < radix, most significant first; 2 <= radix <= 65536)
 * by their encryption under the tweak. Deterministic. */
enum err ff1_encrypt(struct ff1 *f, uint32_t radix, struct str tweak,
                     uint16_t *numerals, size_t n, struct error *e) MUST_CHECK;
enum err ff1_decrypt(struct ff1 *f, uint32_t radix, struct str tweak,
                     uint16_t *numerals, size_t n, struct error *e) MUST_CHECK;

/* The same for short strings of bits (radix 2), several times faster: the string as two
 * numbers, its first bits / 2 bits and the rest. The tweak has whole blocks of 16
 * bytes. What all strings of one tweak and length share is computed once, into `out`;
 * it is as secret as the tweak's encryption. */
#define FF1_BITS_LEAST 20u  /* 2^20 > FF1_DOMAIN */
#define FF1_BITS       128u /* a half in a machine word */
#define FF1_HEAD       16   /* bytes */

void ff1_bits_head(struct ff1 *f, struct str tweak, unsigned bits,
                   uint8_t out[FF1_HEAD]);
void ff1_encrypt_bits(struct ff1 *f, const uint8_t head[FF1_HEAD], unsigned bits,
                      uint64_t half[2]);

/* Is radix^n >= FF1_DOMAIN? */
bool ff1_domain(uint32_t radix, size_t n);

#endif
