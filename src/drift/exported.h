/*
 * exported: which paths the records of a side have at all.
 *
 * An export that never carries a field says nothing about it: that is told once per
 * path (`not-exported`), not as drift of every record. Known from the snapshot's ledger
 * of paths, which is read when it is first asked for. One thread.
 */
#ifndef DRIFT_EXPORTED_H
#define DRIFT_EXPORTED_H

#include "archive/reader.h"
#include "base/err.h"

struct exported;

struct exported *exported_new(const struct reader *r); /* borrows */
void exported_free(struct exported *x);
DEFINE_CLEANUP(struct exported, exported_free);

/* Does any record have the path `Entity:steps[*].notes`, or something below it? True
 * where the ledger cannot tell. */
enum err exported_has(struct exported *x, struct str path, bool *out, struct error *e)
    MUST_CHECK;

#endif
