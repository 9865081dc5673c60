/*
 * join: one entity's index entries of two snapshots, side by side in key order.
 *
 * Pages whose digests are equal hold the same keys and fingerprints and are passed over
 * unread: pages are cut by their keys alone, so that after a difference both sides come
 * to a common border again (a prolly tree's leaves, as in Dolt and Noms). The cost
 * follows what differs. One thread.
 */
#ifndef DRIFT_JOIN_H
#define DRIFT_JOIN_H

#include "archive/reader.h"
#include "base/err.h"

struct join;

struct pair {
    const struct reader_entry *left, *right; /* NULL: not there; until the next call */
};

struct join_options {
    struct str entity;
    bool steady; /* differences in volatile members alone are none */
    bool all;    /* give equal pairs, too; no page is passed over */
};

struct join_counts {
    uint64_t pages, pages_read; /* of both sides */
    uint64_t volatile_only;     /* pairs that differ in volatile members alone */
};

/* A side without the entity is empty. Borrows the readers. */
enum err join_new(const struct reader *left, const struct reader *right,
                  const struct join_options *o, struct join **out, struct error *e)
    MUST_CHECK;
void join_free(struct join *j);
DEFINE_CLEANUP(struct join, join_free);

/* The next pair that differs: one side is missing, or fingerprint or count are not
 * equal. *out_more false at the end. */
enum err join_next(struct join *j, struct pair *out, bool *out_more, struct error *e)
    MUST_CHECK;

const struct join_counts *join_counts(const struct join *j);

#endif
