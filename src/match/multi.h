/*
 * multi: which of many patterns can match a text, in one pass.
 *
 * A prefilter: it may say "perhaps" for a rule that does not match, never "no" for one
 * that does; PCRE2 has the last word. A rule whose keywords are missing does not match,
 * whatever its pattern says: that is what keywords mean. Beyond them it looks at the
 * least length, the least number of digits (match/need) and, for rules without
 * keywords, at the bytes that a match can begin with (match/starts).
 *
 * It stands in for Vectorscan: version 5.4.9 in prefilter mode took 4 s to compile the
 * 36 shipped patterns without keywords, refused several others as too large, and 1.3 µs
 * a text of 70 bytes.
 *
 * Immutable after multi_new(); a `multi_scratch` is one thread's.
 */
#ifndef MATCH_MULTI_H
#define MATCH_MULTI_H

#include "base/err.h"
#include "base/str.h"
#include "match/pattern.h"

#define MULTI_RULES 65536u /* results are 16-bit numbers */

struct multi_rule {
    struct str pattern; /* one that pattern_new() takes */
    const struct str
        *keywords; /* any of them must occur, ASCII case folded; 0: none known */
    size_t n_keywords;
    struct pattern_facts facts; /* pattern_facts(); zero: nothing is known */
};

struct multi;
struct multi_scratch;

/* Rule i is result i. Nothing of `rules` is kept. ERR_DATA for an empty keyword.
 * Gives. */
enum err multi_new(const struct multi_rule *rules, size_t n, struct multi **out,
                   struct error *e) MUST_CHECK;
void multi_free(struct multi *m);
DEFINE_CLEANUP(struct multi, multi_free);

struct multi_scratch *multi_scratch_new(const struct multi *m);
void multi_scratch_free(struct multi_scratch *s);
DEFINE_CLEANUP(struct multi_scratch, multi_scratch_free);

/* The rules that can match, ascending, borrowed until the next call. Returns how many.
 */
size_t multi_run(const struct multi *m, struct multi_scratch *s, struct str text,
                 const uint16_t **out_rules);

#endif
