/*
 * ledger: what was decided, over all workers: every path, its counts and its rules.
 *
 * Made at the end out of the workers' trees, which are empty then; the walkers must
 * live as long as the ledger. Lines are in order of their paths and do not depend on
 * how the work was divided: who saw which names of an open map first, or how a name was
 * spelled. Paths that may be data show as shapes (tree.h, node_path).
 *
 * The ledger of a snapshot is read back (ledger_read) when the snapshot is an input, so
 * that a leaf which the same program decided before is taken over unchanged.
 */
#ifndef SCRUB_LEDGER_H
#define SCRUB_LEDGER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/table.h"
#include "scrub/tree.h"
#include "scrub/walk.h"

struct ledger_line {
    struct str path;
    const struct node *node; /* one of those behind this line */
    uint64_t leaves[4], undecided[4];
    uint64_t containers, found, skipped;
    struct candidate *candidates; /* with counts over all workers */
    size_t n_candidates;
    char program[33];       /* hex */
    char shape[TREE_SHAPE]; /* an example's, or empty */
};

struct ledger_entity {
    struct str name;
    uint64_t records; /* read, duplicates counted */
};

struct ledger {
    struct arena arena;
    struct table by_path;
    struct ledger_line **lines;
    size_t n_lines, cap_lines;
    struct node **raw, **stored; /* roots by entity index, taken from the trees */
    size_t n_roots;
    const struct ruleset *rules;
    struct walk_counts counts;      /* summed */
    uint64_t *detections;           /* per detector */
    uint64_t *decisions;            /* per rule, by its order */
    struct ledger_entity *entities; /* in order of names */
    size_t n_entities, cap_entities;
};

/* ERR_LIMIT when the paths of all workers together pass TREE_PATHS. */
enum err ledger_init(struct ledger *l, struct walker *const *walkers, size_t n,
                     const struct ruleset *rules, const struct program_context *context,
                     struct error *e) MUST_CHECK;
void ledger_done(struct ledger *l);

uint64_t ledger_undecided(const struct ledger_line *line);

/* meta/ledger.json: path, program, action, rule, namespace. Canonical JSON. */
void ledger_write(const struct ledger *l, struct buf *out);

/* evidence/coverage.json: path, counts by type, deciding rules, action. Canonical JSON.
 */
void ledger_coverage(const struct ledger *l, struct buf *out);

/* A rule that would decide the line, as YAML to be copied into a pack. */
void ledger_suggest(const struct ledger_line *line, struct buf *out);

/* The ledger of a snapshot: paths and the programs that decided them. */
struct ledger_past;
enum err ledger_read(struct str json, struct ledger_past **out, struct error *e)
    MUST_CHECK;
void ledger_past_free(struct ledger_past *p);
DEFINE_CLEANUP(struct ledger_past, ledger_past_free);

/* For walk_options.previous: ctx is this, with the context of the run. */
struct ledger_compare {
    const struct ledger_past *past;
    const struct ruleset *rules;
    struct program_context context;
};
bool ledger_was_decided(void *ctx, const struct node *n);

#endif
