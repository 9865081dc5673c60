/*
 * keys: which members tell the records of an entity apart.
 *
 * Looks for the least sets of one to three members whose values are never null and
 * never the same twice, among the scalar members of at most KEYS_RECORDS records; of
 * more, the first ones, which is said. Sets that hold a smaller one are left out.
 * Volatile members are no part of a key. One thread; about 60 MiB at most.
 */
#ifndef DRIFT_KEYS_H
#define DRIFT_KEYS_H

#include "base/buf.h"
#include "base/err.h"
#include "drift/drift.h"

#define KEYS_RECORDS 100000u
#define KEYS_MEMBERS 64u /* of one entity; those that come later are not looked at */
#define KEYS_WIDEST  12u /* members with the most values, of which sets are tried */

/* Adds a line for each set, as `diff --key` takes it, entity by entity. */
enum err keys_discover(const struct drift_side *side, struct buf *out, struct error *e)
    MUST_CHECK;

#endif
