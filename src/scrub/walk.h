/*
 * walk: one record in, its scrubbed form out.
 *
 * A walker is one worker's: it scans a record, finds each value's node in its tree
 * (tree.h), lets the node's rules decide, acts, writes the record compactly with the
 * schema's names, and feeds the canonical form beside it.
 *
 *     walk_record(w, &input, &out, canon, e)
 *
 * Every leaf ends in one decision: keep, transform, drop, block. What no rule decided
 * is undecided: counted at its node and treated as `undecided` says. A blocking rule
 * ends the run with ERR_FOUND. The result is a function of record, rules, key and
 * options.
 *
 * Nothing is allocated after it has warmed up. One thread per walker.
 */
#ifndef SCRUB_WALK_H
#define SCRUB_WALK_H

#include "base/buf.h"
#include "base/err.h"
#include "base/stage.h"
#include "scrub/rule.h"
#include "scrub/tree.h"

struct canon;
struct key;
struct walker;

enum undecided { UNDECIDED_FAIL, UNDECIDED_DROP, UNDECIDED_REDACT, UNDECIDED_KEEP };

struct walk_options {
    const struct ruleset *rules; /* borrowed, ready */
    struct schema *schema;       /* borrowed */
    const struct key *key;       /* borrowed */
    enum undecided undecided;
    bool tolerant;             /* blocking rules only redact: to look, not to write */
    bool shapes;               /* keep an example shape of each path (inspect) */
    uint8_t snapshot_salt[16]; /* the same for all workers of a run */
    tree_previous *previous;   /* for snapshots as inputs; may be NULL */
    void *previous_ctx;
};

struct walk_counts {
    uint64_t records, leaves, changed, undecided, already;
    uint64_t found; /* replacements by detectors inside values */
};

struct walker *walker_new(const struct walk_options *o);
void walker_free(struct walker *w);
DEFINE_CLEANUP(struct walker, walker_free);

struct walk_input {
    const struct entity *entity;
    bool stored;               /* the record comes out of a snapshot of ours */
    struct str json;           /* its object */
    struct stage_clock *clock; /* NULL, or the stages of this record are timed */
};

/* Scrubs a record; the result is added to `out`. `canon` may be NULL; else the caller
 * has begun it and will end it. Offsets in errors count from json.p[0]; an error leaves
 * `out` with part of the record. */
enum err walk_record(struct walker *w, const struct walk_input *in, struct buf *out,
                     struct canon *canon, struct error *e) MUST_CHECK;

/* Gives back what a large record took. */
void walker_trim(struct walker *w);

const struct walk_counts *walker_counts(const struct walker *w);
struct tree *walker_tree(struct walker *w);

/* How often each detector replaced something, by its place in rules->detectors. */
const uint64_t *walker_detections(const struct walker *w);

/* The coarse shape of a text: letters as a, digits as 9, with how many in classes (one,
 * 2-4 as {4}, 5-8 as {8}, more as +), other ASCII as it is; cut to size - 1 bytes. It
 * tells kinds apart without giving a value away. Free text gives "text". */
void walk_shape(struct str text, char *out, size_t size);

#endif
