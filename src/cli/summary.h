/*
 * summary: what a run did, for machines (--json) and for people.
 *
 * The members of the JSON object are those of sandcast(1), "SUMMARY"; they are only
 * added to, never changed.
 */
#ifndef CLI_SUMMARY_H
#define CLI_SUMMARY_H

#include "archive/writer.h"
#include "base/err.h"
#include "cli/pipeline.h"
#include "cli/setup.h"
#include "scrub/ledger.h"

struct summary {
    const char *command, *status;  /* "done", "undecided", "failed", … */
    const struct setup *setup;     /* may have only some of its parts */
    const struct pipeline *stream; /* NULL: did not come so far */
    const struct ledger *ledger;   /* NULL */
    const struct writer *writer;   /* NULL: dry run */
    const uint8_t *root;           /* NULL */
    const struct error *error;     /* NULL */
    const struct profile *profile; /* NULL */
    const char *level;
    uint64_t bytes_out;
    double seconds;
};

void summary_json(const struct summary *s, struct buf *out);

/* Writes it to `file`, or to standard output when `file` is "". */
enum err summary_write(const struct summary *s, const char *file, struct error *e)
    MUST_CHECK;

/* A few lines for a terminal: records, entities, what was changed, where it is. */
void summary_text(const struct summary *s, const char *output, struct buf *out);

/* Undecided paths, each once with a suggested rule; at most SUMMARY_PATHS, then
 * counted. */
#define SUMMARY_PATHS 40
void summary_undecided(const struct ledger *l, struct buf *out);

#endif
