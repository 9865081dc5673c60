/*
 * identity: which record is which, when a refresh has given out new ids.
 *
 *     identity_new(left, right, …); identity_match(m, e)
 *     identity_rewrite(m, entity, record of the right side, &out, e)
 *
 * Entities are taken in the order of their references. Records are matched by the
 * natural key of the schema (`@entity(naturalKey:)`), with the ids in it translated by
 * what is matched already; where there is none, by all that they hold but their own id
 * and volatile members. What refers to something that is not matched yet (a cycle, a
 * record's own parent) is left open and refined in further rounds until nothing
 * changes.
 *
 * What one matched record refers to is what its counterpart refers to.
 *
 * What is left over: the same id on both sides, where most ids stayed; else, at most
 * IDENTITY_GUESSES records of an entity, by the greatest number of equal members, rare
 * ones counting more; these are marked as guessed. Records that agree with several, and
 * are not guessed, are ambiguous: matched by nothing and counted.
 *
 * Only entities whose key is one member have ids to be matched; keys made of references
 * follow. Memory: all ids of both sides (`memory` bytes at most, else ERR_LIMIT). One
 * thread.
 */
#ifndef DRIFT_IDENTITY_H
#define DRIFT_IDENTITY_H

#include "base/buf.h"
#include "base/err.h"
#include "drift/drift.h"

#define IDENTITY_GUESSES 10000u
#define IDENTITY_ROUNDS  8u

enum identity_how {
    IDENTITY_NATURAL,
    IDENTITY_CONTENT,
    IDENTITY_REFERENCE,
    IDENTITY_ID,
    IDENTITY_GUESSED
};
const char *identity_how(enum identity_how how); /* "natural", "content", … */

struct identity;

struct identity_counts {
    uint64_t matched, reassigned; /* pairs; those whose ids differ */
    uint64_t guessed, ambiguous;  /* ambiguous: records of the left side */
    uint64_t dangling[2];         /* references to records that their side lacks */
};

/* Borrows both sides. */
struct identity *identity_new(const struct drift_side *left,
                              const struct drift_side *right, size_t memory);
void identity_free(struct identity *m);
DEFINE_CLEANUP(struct identity, identity_free);

enum err identity_match(struct identity *m, struct error *e) MUST_CHECK;
const struct identity_counts *identity_counts(const struct identity *m);

/* Replaces `out` by a record of the right side with the ids that the left one has for
 * the same records. An id that only the right side has and the left one uses for
 * another record becomes "new:ID". */
enum err identity_rewrite(struct identity *m, const struct entity *entity,
                          struct str record, struct buf *out, struct error *e)
    MUST_CHECK;

/* Adds the map as CSV: entity,left,right,how; ids that stayed are in it, too. */
void identity_csv(const struct identity *m, struct buf *out);

#endif
