/*
 * prefix: which bytes the beginning of a match can have, place by place.
 *
 * The prefix of a pattern is put together from those of its parts: one part behind
 * another (prefix_then), alternatives (prefix_either), repetitions (prefix_times). All
 * sets are upper bounds: a text whose bytes lie outside of them cannot match there;
 * one whose bytes lie inside perhaps does.
 *
 * Pure; any thread.
 */
#ifndef MATCH_PREFIX_H
#define MATCH_PREFIX_H

#include "match/byteset.h"

#define PREFIX_BYTES 16 /* a MAC address has 17; most national numbers 9 to 15 */

struct prefix {
    struct byteset before; /* bytes that may stand in front of a match */
    struct byteset at[PREFIX_BYTES];
    uint32_t
        lengths; /* bit n: n bytes are possible; bit PREFIX_BYTES: as many or more */
    bool exact;  /* of ASCII, at[0] is the truth, not more than it */
    bool single; /* one character */
    bool edge;   /* has no bytes but stands at a border of words: \b */
};

/* A prefix of no length is none at all: what is made of it is not looked into. */
extern const struct prefix prefix_nothing;  /* no byte: the empty pattern */
extern const struct prefix prefix_anything; /* any bytes, also none */

/* One byte of the set, or, if `wide`, also one character of several bytes. */
struct prefix prefix_of(struct byteset set, bool wide);

/* One character: these bytes. */
struct prefix prefix_of_text(const char *bytes);

struct prefix prefix_then(const struct prefix *a, const struct prefix *b);
struct prefix prefix_either(const struct prefix *a, const struct prefix *b);
struct prefix prefix_times(const struct prefix *a, unsigned least, unsigned most);

/* As what stands in front: (?<=a) and (?<!a). */
struct prefix prefix_behind(const struct prefix *a, bool negative);

/* Must place i have a byte at all? */
static inline bool prefix_requires(const struct prefix *p, unsigned i)
{
    return (p->lengths & ((2u << i) - 1)) == 0;
}

#endif
