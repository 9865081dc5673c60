/*
 * rescrub: what the rules make of a raw record, to compare it with a scrubbed one.
 *
 * With the key that the other side was scrubbed with, every rule gives the same result
 * again, and a value that differs is drift. Without it (`other_key`), and where a rule
 * draws anew for each snapshot, what it has changed cannot be told by its value: then
 * presence, type and null-ness must agree, and equal raw values of a path must stay
 * equal, unless the rule looks at a sibling, too; a raw value on the other side is a
 * leak if it is long enough not to have come out by chance. One thread.
 */
#ifndef DRIFT_RESCRUB_H
#define DRIFT_RESCRUB_H

#include "base/buf.h"
#include "base/err.h"
#include "drift/change.h"
#include "drift/value.h"
#include "scrub/walk.h"

struct rescrub_options {
    const struct ruleset *rules; /* borrowed, ready */
    struct schema *schema;       /* borrowed */
    const struct key *key;       /* borrowed */
    bool other_key;
};

struct rescrub;

struct rescrub *rescrub_new(const struct rescrub_options *o);
void rescrub_free(struct rescrub *r);
DEFINE_CLEANUP(struct rescrub, rescrub_free);

/* Replaces `out` by the scrubbed form. */
enum err rescrub_record(struct rescrub *r, const struct entity *entity,
                        struct str record, struct buf *out, struct error *e) MUST_CHECK;

/* What the rules have done at a path so far: did a value lack a rule, was one changed
 * by the key? Names are the schema's, elements have none. */
struct rescrub_place {
    bool undecided, keyed;
    bool salted;     /* by a rule whose result is another one in each snapshot */
    bool by_sibling; /* by one that looks at a sibling: equal values may differ */
    bool changes;    /* some value here was changed, by a rule or by a detector in it */
};
struct rescrub_place rescrub_place(struct rescrub *r, const struct entity *entity,
                                   const struct str *steps, size_t n);

/* Of a value that is not equal to what the rules made of the raw one. Canonical forms;
 * NULL: not there. */
struct rescrub_values {
    const struct value *raw, *scrubbed, *other;
    struct str entity, path;
    struct rescrub_place place;
};
enum change_scrub rescrub_verdict(struct rescrub *r, const struct rescrub_values *v);

#endif
