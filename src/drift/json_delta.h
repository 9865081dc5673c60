/*
 * json_delta: what makes one JSON document of another, as RFC 6902 or RFC 7396 says it.
 *
 * Values are taken from the right document as it writes them; what is equal by value
 * (1 and 1.0) is no change. Limits as in json_tree.h. Any thread.
 */
#ifndef DRIFT_JSON_DELTA_H
#define DRIFT_JSON_DELTA_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* Adds a list of operations: members one by one; of lists what is equal at both ends is
 * passed over, what both have left is compared place by place, and the rest is removed
 * from the end or inserted in order. Each replace and remove has a test of the old
 * value before it, so that it applies to nothing else. */
enum err json_delta_patch(struct str left, struct str right, struct buf *out,
                          struct error *e) MUST_CHECK;

/* Adds a merge patch. It cannot set a member to null, because null removes: the paths
 * (RFC 6901) of such members are added to `missing`, each a JSON string with a comma
 * before it but for the first, and stay as they are on the left. `path` is where
 * the two stand in a larger document, for the paths, and "" for the whole. At that
 * whole null can be said; below it a null on the right adds no patch, only its path.
 * `left` may be absent (p is NULL). */
enum err json_delta_merge(struct str left, struct str right, struct str path,
                          struct buf *out, struct buf *missing, struct error *e)
    MUST_CHECK;

#endif
