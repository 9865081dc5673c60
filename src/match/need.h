/*
 * need: what every match of a pattern holds and how it can begin, read from the
 * pattern's source.
 *
 * PCRE2 tells the least length of a match and little more; most patterns of national
 * numbers differ from ordinary text by their many digits, their marks (12:34:56), by
 * one long run of letters and digits, and by how they begin. Never more than the truth:
 * what is not understood counts as none and begins with anything (conditions, verbs,
 * \Q, extended syntax make the whole pattern so).
 * Source: pcre2pattern(3) and pcre2syntax(3) of 10.42 to 10.44. Pure; any thread.
 */
#ifndef MATCH_NEED_H
#define MATCH_NEED_H

#include "base/str.h"
#include "match/prefix.h"

#define NEED_MOST 1000 /* more is counted as this many */

struct need {
    unsigned digits; /* 0-9 */
    unsigned marks;  /* other visible ASCII characters than letters, digits and _ */
    /* Bytes of the longest run of letters, digits, _ and bytes of 0x80 and above: a
     * caseless letter may match one outside ASCII (k the Kelvin sign). */
    unsigned run;
};

/* `pattern` is one that pattern_new() takes. */
struct need need_of(struct str pattern);

/* How its matches can begin; some microseconds of work. */
struct prefix need_prefix(struct str pattern);

#endif
