/*
 * patch: a file of keyed operations that makes one tenant of another.
 *
 * NDJSON. The first line is {"format":"sandcast-patch 1",…}, then one operation a line:
 *
 *     {"op":"create","entity":E,"key":[…],"value":RECORD}
 *     {"op":"update","entity":E,"key":[…],"changes":[{"path":P,"old":V,"value":V},…]}
 *     {"op":"delete","entity":E,"key":[…],"old":RECORD}
 *
 * Paths are RFC 6901; an absent `old` or `value` says that the member is not there.
 * `old` is a guard: where it is not what the record has, nothing is applied. A record
 * without a key has "fingerprint" in place of "key", and perhaps "count". Keys are
 * lists of integers and strings. Reversed, `old` and `value` change places, and so do
 * create and delete.
 *
 * Lines lie in a spool; in memory is where they are, found by entity and key. One
 * thread. Limits: PATCH_LINE, and as many operations as `memory` has room for.
 */
#ifndef DRIFT_PATCH_H
#define DRIFT_PATCH_H

#include "base/buf.h"
#include "base/err.h"
#include "drift/value.h"

#define PATCH_COUNT 1000000u    /* equal records of one operation */
#define PATCH_LINE  (64u << 20) /* bytes; an operation holds at most two records */

enum patch_op { PATCH_CREATE, PATCH_UPDATE, PATCH_DELETE };

struct patch;

struct patch_step {
    const struct patch *patch;
    enum patch_op op;
    struct str entity;
    struct str key;    /* as key_add() writes it; with the tag of fingerprints, one */
    uint64_t count;    /* records without a key: how many equal ones */
    uint64_t met;      /* the caller's: how many records it was applied to */
    uint64_t at, line; /* in the spool; number of the line, from 1 */
    uint32_t size;
};

/* `file` may be -; `name` is for errors. Reads to the end. Gives. */
enum err patch_read(const char *file, const char *temp, size_t memory, bool reverse,
                    struct patch **out, struct error *e) MUST_CHECK;
void patch_free(struct patch *p);
DEFINE_CLEANUP(struct patch, patch_free);

/* What is to be done with the record of this key, or NULL. */
struct patch_step *patch_find(const struct patch *p, struct str entity, struct str key);
bool patch_is_reversed(const struct patch *p);
bool patch_touches(const struct patch *p, struct str entity);

/* In the order of the file; NULL past the end. */
struct patch_step *patch_step_at(const struct patch *p, size_t i);

/* The operation itself; texts borrow from `line`, nodes from the arena. `old` and
 * `value` are of a create or delete, `changes` of an update; reversed already. */
struct patch_body {
    struct value root;
    const struct value *old, *value, *changes;
};
enum err patch_body(const struct patch_step *s, struct value_reader *reader,
                    struct arena *a, struct buf *line, struct patch_body *out,
                    struct error *e) MUST_CHECK;

/* Says which line an error is about. */
enum err patch_at(const struct patch *p, const struct patch_step *s, struct error *e);

#endif
