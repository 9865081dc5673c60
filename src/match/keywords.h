/*
 * keywords: which of many keywords occur in a text, in one pass.
 *
 * Every keyword is looked for by a few bytes in a row, those that are rarest in prose:
 * two or three of them choose, by a hash, a byte of a table that the first-level cache
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

/* Bytes that every keyword of a set has at least. Those of two bytes stand in prose
 * everywhere: they are a set of their own, that is not always asked. */
enum keyword_length { KEYWORDS_SHORT = 2, KEYWORDS_LONG = 3 };

struct keyword {
    struct str text;
    uint16_t owner;
};

struct keywords;

/* Keywords shorter than `least` are not taken. Nothing of `list` is kept. Gives. */
struct keywords *keywords_new(const struct keyword *list, size_t n,
                              enum keyword_length least);
void keywords_free(struct keywords *k);

/* Sets the bits of the owners of all keywords in the text. */
void keywords_run(const struct keywords *k, struct str text, uint64_t *bits);

#endif
