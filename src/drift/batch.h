/*
 * batch: the records behind index entries, fetched many at a time.
 *
 * Pairs come in key order, records lie in the order of arrival. A batch gathers the
 * places of many pairs and then reads each member that is named once, so that records
 * in any order cost at most one inflate of a member per batch. One thread.
 */
#ifndef DRIFT_BATCH_H
#define DRIFT_BATCH_H

#include "archive/reader.h"
#include "base/arena.h"
#include "base/err.h"
#include "drift/join.h"

#define BATCH_PAIRS 65536u /* about 7 MiB of places */

enum { LEFT, RIGHT, SIDES };

struct batch_item {
    struct str key;
    struct str record[SIDES]; /* p is NULL: not there; after batch_fetch() */
    uint64_t count[SIDES];    /* equal records */
    uint32_t member[SIDES], at[SIDES], size[SIDES];
};

struct batch_counts {
    uint64_t members, bytes; /* read, and their decoded bytes */
};

struct batch {
    const struct reader *readers[SIDES];
    struct str entity;
    struct arena arena; /* keys and records */
    struct batch_item *items;
    size_t n, cap;
    size_t bytes, limit; /* of records */
    uint32_t *order;
    size_t cap_order;
    struct buf text;
    struct batch_counts counts;
};

/* `limit`: bytes of records in one batch; a single pair may be larger. */
void batch_init(struct batch *b, const struct reader *left, const struct reader *right,
                size_t limit);
void batch_done(struct batch *b);

/* Empty, for pairs of this entity (borrowed). */
void batch_begin(struct batch *b, struct str entity);

void batch_add(struct batch *b, const struct pair *p);
bool batch_is_full(const struct batch *b);

/* Reads the records of all items. */
enum err batch_fetch(struct batch *b, struct error *e) MUST_CHECK;

#endif
