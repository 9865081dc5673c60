/*
 * coverage: which paths the records of a side have, and what was done to them.
 *
 * An export that never carries a field says nothing about it: that is told once per
 * path (`not-exported`), not as drift of every record. And a value that two keys have
 * made cannot be compared. Both stand in evidence/coverage.json, which is read when it
 * is first asked for. Paths as the ledger writes them, `Run:steps[*].notes`. One
 * thread.
 */
#ifndef DRIFT_COVERAGE_H
#define DRIFT_COVERAGE_H

#include "archive/reader.h"
#include "base/err.h"

struct coverage;

struct coverage *coverage_new(const struct reader *r); /* borrows */
void coverage_free(struct coverage *c);
DEFINE_CLEANUP(struct coverage, coverage_free);

/* Does any record have the path, or something below it? True where it is not known. */
enum err coverage_has(struct coverage *c, struct str path, bool *out, struct error *e)
    MUST_CHECK;

enum coverage_act {
    COVERAGE_KEPT,    /* or not known */
    COVERAGE_CHANGED, /* by rules whose result is the same for every key */
    COVERAGE_KEYED,   /* some values by rules, or by detectors in them, that use the key
                       */
};
enum err coverage_act(struct coverage *c, struct str path, enum coverage_act *out,
                      struct error *e) MUST_CHECK;

#endif
