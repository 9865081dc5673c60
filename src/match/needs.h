/*
 * needs: which of many patterns a text has enough for.
 *
 * What patterns need (match/need) is turned around: for each number of digits, of
 * marks, of bytes, and each length of the longest run there is a set of the patterns
 * that are content with it. A text is counted once, in loops that compilers make
 * vectors of, and a few sets are intersected, whatever the number of patterns. Most
 * prose has too few digits for most numbers and too short words for most tokens, so
 * this is asked first.
 *
 * Immutable after needs_new(); any thread.
 */
#ifndef MATCH_NEEDS_H
#define MATCH_NEEDS_H

#include "base/str.h"
#include "match/pattern.h"

/* What a text has. */
struct needs_had {
    size_t length;
    unsigned digits, marks;
    unsigned run; /* no less than its longest run: 3, 7, 15, 31, or UINT_MAX */
};

#define NEEDS_RUN 32 /* from so many on runs are only told apart by needs_run() */

struct needs_had needs_count(struct str text);

/* The longest run itself, which takes longer. */
unsigned needs_run(struct str text);

struct needs;

/* Pattern i needs facts[i]. Gives. */
struct needs *needs_new(const struct pattern_facts *facts, size_t n);
void needs_free(struct needs *s);

/* Sets `bits` to the patterns that may have enough: a bit each, in n / 64 + 1 words.
 * False: none. */
bool needs_met(const struct needs *s, const struct needs_had *had, uint64_t *bits);

#endif
