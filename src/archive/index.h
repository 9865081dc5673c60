/*
 * index: sorted entries into pages, duplicates decided on the way.
 *
 * Entries under one key: equal fingerprints are one entry, counted; different ones are
 * duplicates, of which the first or the last (in arrival order) stands and the others
 * lose. Copies and losers are listed as shadow rows, by place. The sink gets the pages
 * in key order, then the shadow rows in order of place. One thread.
 */
#ifndef ARCHIVE_INDEX_H
#define ARCHIVE_INDEX_H

#include "archive/page.h"
#include "archive/sorter.h"

/* A shadow row: member (4 bytes), offset (4), both big-endian, kind (1). */
#define SHADOW_ROW   9
#define SHADOW_LOSER 1 /* another record stands under its key */
#define SHADOW_COPY  2 /* equal to the record that stands, and counted there */

#define INDEX_PLACES 10 /* places that an error about duplicates names */

struct index_place {
    uint32_t member;
    uint64_t record; /* ordinal in the entity, from 1 */
};

struct index_result {
    uint64_t records, pages, losers, copies;
    uint8_t digest[SHA256_SIZE], steady[SHA256_SIZE];
    struct index_place places[INDEX_PLACES]; /* of duplicates: those that stand, too */
    size_t n_places;
};

struct index_sink {
    void *ctx;
    enum err (*page)(void *ctx, const struct page_info *info, struct str bytes,
                     struct error *e);
    enum err (*shadow)(void *ctx, struct str row, struct error *e);
};

struct index_options {
    bool steady;
    bool last;     /* the last of duplicates stands; the sorter must be late_first */
    size_t memory; /* bytes for reading back and for shadow rows */
    struct spool *spool;
};

/* Ends the sorter's input. */
enum err index_build(struct sorter *s, const struct index_options *o,
                     const struct index_sink *sink, struct index_result *out,
                     struct error *e) MUST_CHECK;

#endif
