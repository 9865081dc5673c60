/*
 * starts: which of many patterns can begin somewhere in a text.
 *
 * Patterns without keywords are those of numbers: they differ from prose by the bytes
 * at each place of their beginning and by the one in front of it. A table per place
 * gives, for a byte, the patterns that may have it there, a bit each; a candidate is
 * what is left after all places (the idea of the shift-and automaton and of Hyperscan's
 * FDR, without the shift). A bitmap of the pairs of bytes that can begin anything lets
 * most places go with one look.
 *
 * Immutable after starts_new(); any thread.
 */
#ifndef MATCH_STARTS_H
#define MATCH_STARTS_H

#include <stddef.h>

#include "base/str.h"
#include "match/prefix.h"

struct starts;

/* Tells a pattern of this prefix apart from prose? Others are better asked by other
 * means. */
bool starts_tell(const struct prefix *p);

struct start {
    struct prefix prefix;
    uint16_t id;
    bool rare; /* few texts have what the pattern needs besides */
};

/* Nothing of `list` is kept. Gives. */
struct starts *starts_new(const struct start *list, size_t n);
void starts_free(struct starts *s);

/* Sets the bits of the patterns that can begin in the text; `possible` are those that
 * are asked for, others may be missing. */
void starts_run(const struct starts *s, struct str text, const uint64_t *possible,
                uint64_t *bits);

#endif
