/*
 * fill: the records of a snapshot, or of an export's cast, into a tenant's database.
 *
 * What the snapshot says of how it was made (manifest.json, meta/, evidence/) goes
 * along, so that the database can be compared as the snapshot can.
 */
#ifndef CLI_FILL_H
#define CLI_FILL_H

#include "archive/reader.h"
#include "base/err.h"
#include "cli/progress.h"
#include "schema/schema.h"
#include "store/layout.h"
#include "store/load.h"

struct fill_options {
    const struct reader *reader;
    struct schema *schema;
    const struct layout *layout; /* of this schema */
    int fd;                      /* an empty file: loader_options.fd */
    bool raw;                    /* a cast: nobody scrubbed it; its losers are kept */
    struct progress *progress;   /* NULL: none */
};

/* The loader is finished, for its report. Gives. */
enum err fill_run(const struct fill_options *o, struct loader **out, struct error *e)
    MUST_CHECK;

/* A line for each entity that has something to be told, the numbers first. */
void fill_text(const struct loader *l, struct buf *out);

struct emit;
/* The members "records", "rows", "unplaced", "dangling", "doubled", "entities". */
void fill_json(const struct loader *l, struct emit *j);

#endif
