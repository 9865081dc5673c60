/*
 * pattern: one PCRE2 pattern, compiled at first use, run with limits.
 *
 * Patterns are UTF patterns; \C is refused, callouts do nothing; JIT where the CPU has
 * it (compiled under a lock at the first pattern_run(), because most patterns of a pack
 * are never run). A `pattern` is shared by threads; match data and the JIT stack belong
 * to a `matcher`, one per thread. A match that reaches a limit below is
 * PATTERN_RUNAWAY, which callers treat as "matches": fail closed.
 */
#ifndef MATCH_PATTERN_H
#define MATCH_PATTERN_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "match/need.h"

/* PCRE2's match limit (pcre2api(3), "The match limit"). The adversarial strings of
 * pattern_check() pass with a hundredth of it for every shipped pattern. */
#define PATTERN_MATCHES 1000000u
/* Backtracking points open at one time, and the heap they may take. They lie on the
 * heap, not on the stack; a repeated group opens one per round, so values of some 10
 * KiB must have room. Only the interpreter counts them: it runs where there is no JIT
 * and where the JIT's stack of PATTERN_STACK bytes is too small. */
#define PATTERN_DEPTH  100000u
#define PATTERN_HEAP   65536u /* KiB */
#define PATTERN_STACK  (512u << 10)
#define PATTERN_SIZE   8192u       /* bytes of a pattern's source */
#define PATTERN_GROUPS 32u         /* capturing groups */
#define PATTERN_OUTPUT (64u << 20) /* bytes of one substitution's result */

struct pattern;
struct matcher;

enum pattern_result { PATTERN_NO, PATTERN_YES, PATTERN_RUNAWAY };

struct pattern_hit {
    size_t from, to;               /* the whole match, bytes */
    size_t target_from, target_to; /* the group named `target`, else the whole match */
};

/* What is known of a pattern without running it. */
struct pattern_facts {
    uint32_t min_length; /* bytes that every match has at least: PCRE2_INFO_MINLENGTH */
    struct need need;
};

/* Syntax is checked now, compilation for matching waits for the first pattern_run().
 * ERR_DATA with PCRE2's message and the offset in the pattern. `source` is copied. */
enum err pattern_new(struct str source, struct pattern **out, struct error *e)
    MUST_CHECK;
void pattern_free(struct pattern *p);
DEFINE_CLEANUP(struct pattern, pattern_free);

/* A pattern that pattern_new() took in another run, under the same pattern_engine(),
 * with what pattern_facts() said there: compiled at first use. `source` is borrowed as
 * long as the pattern lives. Gives. */
struct pattern *pattern_known(struct str source, const struct pattern_facts *facts);

/* PCRE2's version: facts of another one may be wrong here. `out` is NUL-terminated. */
#define PATTERN_ENGINE 64
void pattern_engine(char out[PATTERN_ENGINE]);

const struct pattern_facts *pattern_facts(const struct pattern *p);

struct matcher *matcher_new(void);
void matcher_free(struct matcher *m);
DEFINE_CLEANUP(struct matcher, matcher_free);

/* Searches text (valid UTF-8) from byte `from`, a character's first, on. `out` is set
 * with PATTERN_YES (target empty where its group took no part) and with PATTERN_RUNAWAY
 * (all from `from` on). */
enum pattern_result pattern_run(struct pattern *p, struct matcher *m, struct str text,
                                size_t from, struct pattern_hit *out);

/* Is `replacement` right for pattern_substitute(): plain text, $$, $1, ${1}, ${name},
 * with groups that the pattern has? Not of a known pattern. */
bool pattern_replacement(const struct pattern *p, struct str replacement);

/* PCRE2 substitution of every match ($1, ${name}), added to out: PATTERN_NO adds the
 * text as it is, PATTERN_RUNAWAY (also past PATTERN_OUTPUT) adds nothing. */
enum pattern_result pattern_substitute(struct pattern *p, struct matcher *m,
                                       struct str text, struct str replacement,
                                       struct buf *out);

/* Runs the built-in adversarial strings; ERR_DATA when one of them makes it run away.
 */
enum err pattern_check(struct pattern *p, struct matcher *m, struct error *e)
    MUST_CHECK;

#endif
