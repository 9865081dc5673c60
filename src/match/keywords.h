/*
 * keywords: which of many keywords occur in a text, in one pass.
 *
 * Every keyword is looked for by a few bytes in a row, those that are rarest in prose:
 * three of them choose, by a hash, a byte of a table that the first-level cache
 * holds, and a bit of it says whether any keyword goes on with the next one. Only then
 * keywords are compared. What a keyword is a keyword of is a number, its owner.
 *
 * ASCII case is folded. Immutable after keywords_new(); any thread.
 */
#ifndef MATCH_KEYWORDS_H
#define MATCH_KEYWORDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Bytes that a keyword has at least: shorter ones stand in prose everywhere, and are
 * better asked by other means. */
#define KEYWORDS_LEAST 3u

struct keyword {
    struct str text;
    uint16_t owner;
};

struct keywords;

/* Shorter ones are left out. Nothing of `list` is kept. Gives. */
struct keywords *keywords_new(const struct keyword *list, size_t n);
void keywords_free(struct keywords *k);

/* Sets the bits of the owners of all keywords in the text. */
void keywords_run(const struct keywords *k, struct str text, uint64_t *bits);

#endif
