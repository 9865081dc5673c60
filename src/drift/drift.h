/*
 * drift: two tenants compared, as one stream of changes.
 *
 *     drift_run(left, right, &options, &sink, &counts, e)
 *
 * Both sides are snapshots (an export is made into one first). Entities are taken in
 * order of their names, records in order of their keys; what the index pages show to be
 * equal is never read (join.h), and of what differs each member is inflated once
 * (batch.h). Memory: `memory` bytes of records at a time, and one pair's trees. The
 * order and the values of changes depend on the two contents and the settings only. One
 * thread.
 */
#ifndef DRIFT_DRIFT_H
#define DRIFT_DRIFT_H

#include "archive/reader.h"
#include "base/err.h"
#include "drift/change.h"
#include "drift/settings.h"
#include "schema/schema.h"

struct drift_side {
    const struct reader *reader;
    struct schema *schema; /* what the side was made with */
};

struct drift_options {
    struct drift_side sides[2]; /* left, right; borrowed */
    const struct settings *settings;
    struct rescrub *rescrub; /* NULL, or what scrubs the records of the raw side */
    unsigned raw_side;       /* with it: 0 left, 1 right */
    bool scrubbed;           /* both sides are */
    bool other_key;          /* with two keys */
    size_t memory;
};

struct drift_counts {
    uint64_t records[2];
    uint64_t added, removed, changed; /* records */
    uint64_t by_class[CHANGES];
    uint64_t by_side[SIDES_OF_CHANGE];
    uint64_t by_scrub[SCRUBS];
    uint64_t by_reference[REFERENCES];
    uint64_t normalized;
    uint64_t failing;
    uint64_t volatile_only, duplicates[2], keyless[2];
    uint64_t pages, pages_read;     /* index pages of both sides */
    uint64_t members, members_read; /* data members */
    uint64_t bytes_read;            /* decoded bytes of those */
    bool equal_roots;               /* nothing else was looked at */
};

/* ERR_DATA for a damaged snapshot. *out is filled as far as it came. Whether there is
 * drift is the counts' to say. */
enum err drift_run(const struct drift_options *o, const struct change_sink *sink,
                   struct drift_counts *out, struct error *e) MUST_CHECK;

#endif
