/*
 * find: detectors inside a text.
 *
 * All detectors of the rule set are asked at once (match/multi), those that can match
 * are searched by PCRE2 and checked. What they find is replaced in place; where finds
 * overlap, one that covers the others wins, else the whole stretch is redacted, so that
 * no byte of a find stays. One thread per object.
 */
#ifndef SCRUB_FIND_H
#define SCRUB_FIND_H

#include "base/buf.h"
#include "base/err.h"
#include "scrub/act.h"
#include "scrub/rule.h"

/* Texts of up to so many bytes in which nothing was found are remembered, in so many
 * places: titles and states recur in every run. 128 KiB, which a core's second-level
 * cache holds. What is remembered is the text itself, so that a forged hash hides
 * nothing. */
#define FIND_SHORT  63
#define FIND_PLACES 2048u

struct find_clean {
    uint8_t n; /* bytes; 0: free */
    char text[FIND_SHORT];
};

struct multi_scratch;

struct find_hit {
    size_t from, to;
    uint16_t detector; /* place in rules->detectors */
    bool runaway;
};

struct finder {
    const struct ruleset *rules;
    struct multi_scratch *scratch;
    struct act_thread *act;
    struct find_hit *hits; /* of the last find_run: in order, no two overlap */
    size_t n_hits, cap_hits;
    struct find_clean *clean;
    uint64_t *counts; /* replacements per detector */
    bool tolerant;    /* blocking detectors only redact */
};

void find_init(struct finder *s, const struct ruleset *rules, struct act_thread *act);
void find_done(struct finder *s);

/* Finds; returns how many stretches are to be replaced. */
size_t find_run(struct finder *s, struct str text);

/* Adds the text with the finds of the last find_run() replaced. ERR_FOUND when a
 * blocking detector is among them. */
enum err find_replace(struct finder *s, struct str text, struct buf *out,
                      struct error *e) MUST_CHECK;

/* The detector whose find covers the whole text, or NULL. */
const struct rule *find_covers(const struct finder *s, struct str text);

#endif
