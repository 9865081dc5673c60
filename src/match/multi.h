/*
 * multi: which of many patterns can match a text, in one pass.
 *
 * A prefilter: it may say "perhaps" for a pattern that does not match, never "no" for one
 * that does; PCRE2 has the last word, so results are the same with and without it. Built
 * on Vectorscan or Hyperscan (HS_FLAG_PREFILTER) where built in; else on the patterns'
 * keywords and minimum lengths alone. Immutable after multi_new(); a `multi_scratch` is
 * one thread's.
 */
#ifndef MATCH_MULTI_H
#define MATCH_MULTI_H

#include "base/err.h"
#include "base/str.h"

struct multi_rule {
    struct str pattern;
    const struct str *keywords; /* any of them must occur, ASCII case folded; 0: none known */
    size_t n_keywords;
    size_t min_length;
};

struct multi;
struct multi_scratch;

/* Rule i is bit i of results. Gives. */
enum err multi_new(const struct multi_rule *rules, size_t n, struct multi **out,
                   struct error *e) MUST_CHECK;
void multi_free(struct multi *m);
DEFINE_CLEANUP(struct multi, multi_free);

struct multi_scratch *multi_scratch_new(const struct multi *m);
void multi_scratch_free(struct multi_scratch *s);
DEFINE_CLEANUP(struct multi_scratch, multi_scratch_free);

/* The rules that can match, ascending, borrowed until the next call. Returns how many. */
size_t multi_run(const struct multi *m, struct multi_scratch *s, struct str text,
                 const uint16_t **out_rules);

/* "vectorscan 5.4.9", "keywords" */
const char *multi_engine(void);

#endif
