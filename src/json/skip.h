/*
 * skip: where a value ends, without looking at what is in it.
 *
 * For cutting a stream into records: the record is validated later, by the scanner, on
 * another core. Give the bytes from the value's first byte on; it can be cut anywhere.
 *
 *     struct skip k = SKIP_INIT;
 *     n = skip_value(&k, piece);       0: all of the piece belongs to it, more follows
 *                                      else the value ends before piece.p[n]
 *
 * The value must be an object or array (its first byte is the bracket). Brackets in
 * strings do not count. One thread at a time.
 */
#ifndef JSON_SKIP_H
#define JSON_SKIP_H

#include "base/str.h"

struct skip {
    unsigned depth, in_string, escape;
};

#define SKIP_INIT \
    {             \
        0         \
    }

size_t skip_value(struct skip *k, struct str piece);

#endif
