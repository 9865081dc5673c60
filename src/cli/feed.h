/*
 * feed: a snapshot as an input: its data members, in order, as a source reads them.
 *
 * Records that lost against another under the same key (shadowed) are left out. One
 * thread.
 */
#ifndef CLI_FEED_H
#define CLI_FEED_H

#include "base/err.h"
#include "scrub/ledger.h"
#include "source/source.h"

struct feed;
enum err feed_open(const char *path, struct feed **out, struct error *e) MUST_CHECK;
void feed_free(struct feed *f);
const struct source_feed *feed_source(struct feed *f);

/* What was decided when the snapshot was made. */
enum err feed_ledger(struct feed *f, struct ledger_past **out, struct error *e)
    MUST_CHECK;

#endif
