/*
 * need: how many digits every match of a pattern holds, read from the pattern's source.
 *
 * PCRE2 tells the least length of a match and little more; most patterns of national
 * numbers differ from ordinary text by their many digits. Never more than the truth:
 * what is not understood counts as none (conditions, verbs, \Q, extended syntax make
 * the whole pattern 0). Source: pcre2pattern(3) and pcre2syntax(3) of 10.42 to 10.44.
 * Pure; any thread.
 */
#ifndef MATCH_NEED_H
#define MATCH_NEED_H

#include "base/str.h"

#define NEED_DIGITS 1000 /* more are counted as this many */

/* `pattern` is one that pattern_new() takes. */
unsigned need_digits(struct str pattern);

#endif
