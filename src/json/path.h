/*
 * path: all path patterns of a rule set as one automaton, run as a scan moves.
 *
 * Grammar of a pattern (sandcast-rules(5), "PATHS"):
 *     pattern = [ head ":" ] steps          head: anchored at records of entity `head`
 *             | head "." steps              typed: anywhere the schema types a value as
 * `head` | "**" …                      any record steps   = step { "." step } step    =
 * ( name | "*" | "**" ) { "[*]" } A name holds letters, digits, `_`, `-`; other
 * characters stand between backquotes.
 * `*` is one named step, `[*]` one list index, `**` any number of either, also none.
 * A pattern that addresses a list addresses its elements too.
 *
 * A caller that walks a document keeps one `path_states` per open container and derives
 * the child's from it. Whoever remembers the states of each distinct path has a lazily
 * built deterministic automaton, whose cost per value does not grow with the number of
 * patterns. path_set is immutable once patterns are added; any number of readers.
 *
 * Limits: PATH_STEPS steps of a pattern, PATH_PATTERNS patterns of a set.
 */
#ifndef JSON_PATH_H
#define JSON_PATH_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define PATH_STEPS    64
#define PATH_PATTERNS 65536u /* a decision for each of the distinct paths */

struct path_set;

/* Sorted positions in the automaton; borrowed from the arena they were made in. */
struct path_states {
    const uint32_t *items;
    size_t n;
};

/* Order of patterns: anchored before typed before any, then more literal steps, then
 * fewer wildcards. Greater is stronger. */
typedef uint32_t path_rank;

struct path_set *path_set_new(void);
void path_set_free(struct path_set *s);
DEFINE_CLEANUP(struct path_set, path_set_free);

/* Adds a pattern under a number of the caller's. ERR_DATA says what is wrong with it.
 */
enum err path_set_add(struct path_set *s, struct str pattern, uint32_t id,
                      path_rank *out_rank, struct error *e) MUST_CHECK;

/* A record of this entity begins. */
struct path_states path_record(const struct path_set *s, struct str entity,
                               struct arena *a);

/* The value that has these states is of this type: typed patterns begin here. */
struct path_states path_typed(const struct path_set *s, struct path_states from,
                              struct str type, struct arena *a);

struct path_states path_member(const struct path_set *s, struct path_states from,
                               struct str name, struct arena *a);
struct path_states path_element(const struct path_set *s, struct path_states from,
                                struct arena *a);

/* Calls `hit` for each pattern that ends here. */
void path_ends(const struct path_set *s, struct path_states at,
               void (*hit)(void *ctx, uint32_t id), void *ctx);

/* Does the pattern end in `**`, so that it reaches leaves but names no container? `id`
 * as given to path_set_add, which must have been counted up from 0. */
bool path_is_deep(const struct path_set *s, uint32_t id);

/* Calls `hit` for each pattern that can still go on below here. */
void path_open(const struct path_set *s, struct path_states at,
               void (*hit)(void *ctx, uint32_t id), void *ctx);

/* Is a member of this name named by a pattern here, not only covered by a wildcard? */
bool path_names(const struct path_set *s, struct path_states at, struct str name);

#endif
