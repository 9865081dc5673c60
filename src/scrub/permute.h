/*
 * permute: a keyed permutation of numbers written in mixed radix.
 *
 * A value with n variable positions, position i one of radix[i] symbols, is a number
 * below N, the product of the radices. From N = FF1_DOMAIN on it is encrypted as a bit
 * string of ceil(log2 N) bits by FF1, again and again until the result is below N
 * (cycle walking, under two rounds on average): one-to-one among values of one tweak.
 * Below that, and where the number has more than PERMUTE_BITS bits, digits are drawn
 * from the HMAC: small ones may coincide, long ones will not in practice (N >= 2^4096).
 * Up to FF1_BITS bits, where nearly all values lie, is a way of its own.
 */
#ifndef SCRUB_PERMUTE_H
#define SCRUB_PERMUTE_H

#include "base/err.h"
#include "base/str.h"
#include "scrub/act.h"

#define PERMUTE_BITS   4096u /* FF1_NUMERALS of radix 2 */
#define PERMUTE_DIGITS 4096u /* positions of at least one bit each */

struct digits {     /* borrowed */
    uint8_t *radix; /* 2 to 64 each */
    uint8_t *digit;
    size_t n; /* up to PERMUTE_DIGITS */
};

/* Replaces the digits. `shape` is what of the value stays; it becomes the tweak, so
 * that values of different shapes are permuted apart. It may lie in t->scratch, which
 * is used. */
enum err permute(struct act_thread *t, struct str space, struct str shape,
                 struct digits *d, struct error *e) MUST_CHECK;

#endif
