/*
 * decimal: numbers as they are written, in exact decimal arithmetic.
 *
 * mantissa * 10^-places, with an exponent that is carried along as text. Pure; any
 * thread.
 */
#ifndef SCRUB_DECIMAL_H
#define SCRUB_DECIMAL_H

#include "base/buf.h"
#include "base/str.h"

#define DECIMAL_DIGITS 17             /* 10^17, doubled by noise, is under 2^63 */
#define DECIMAL_LEAST  20             /* zeros to fill up with */
#define DECIMAL_UNIT   1000000000000u /* 10^12: the largest unit to round to */

__extension__ typedef __int128 wide; /* products; ISO C has no name for it */

struct decimal {
    int64_t mantissa;
    unsigned places;     /* digits behind the point */
    struct str exponent; /* "e-3" as written; borrowed */
};

enum decimal_mode { DECIMAL_NEAREST, DECIMAL_DOWN };

/* By JSON's grammar; false when it is no number or has more digits. */
bool decimal_read(struct str s, struct decimal *out);

/* To a multiple of unit (> 0); DOWN is towards minus infinity. false with an exponent,
 * or when the result has too many digits. */
bool decimal_round(struct decimal *d, uint64_t unit, enum decimal_mode mode);

/* With the same places and exponent as it was read. */
void decimal_write(const struct decimal *d, struct buf *out);

/* A number's digits, zeros before them up to `least` <= DECIMAL_LEAST characters. */
void decimal_digits(uint64_t v, unsigned least, struct buf *out);

#endif
