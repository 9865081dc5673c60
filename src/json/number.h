/*
 * number: exact decimals, never through a double.
 *
 * Canonical form: `0`, or sign, digits without leading or trailing zeros with one digit
 * before the point, `e`, exponent: 12.50 -> 1.25e1, -0 -> 0, 100 -> 1e2, 7 -> 7e0.
 * Never expanded. Limits of the canonical form: NUMBER_DIGITS digits in it, exponent
 * within ±NUMBER_EXPONENT; beyond is ERR_LIMIT (zero is 0 whatever its exponent). They
 * bound what an index key can take and let an exponent be an int64 everywhere. Input is
 * a number as the scanner gives it (RFC 8259 §6), which is asserted. Any thread.
 */
#ifndef JSON_NUMBER_H
#define JSON_NUMBER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define NUMBER_DIGITS   4096
#define NUMBER_EXPONENT ((int64_t)1 << 31)

/* Adds the canonical form; nothing on an error. */
enum err number_canonical(struct str token, struct buf *out, struct error *e)
    MUST_CHECK;

/* Is the text a JSON number? */
bool number_is(struct str text);

/* Is the text a decimal integer without sign fuss: 0 or -?[1-9][0-9]*? */
bool number_is_integer(struct str text);

/* Order of two numbers by value, of any size: -1, 0, 1. Linear in their lengths. */
int number_cmp(struct str a, struct str b);

#endif
