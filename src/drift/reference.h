/*
 * reference: has a side the record that one of its values names?
 *
 * A value of a field that an @reference(by:) of its type names is the key of another
 * record. It is looked up in the index of its own side: keys and what holds them are
 * scrubbed alike. A page of the index is read when a key of it is first asked for, and
 * kept as its keys alone; when all that is kept outgrows `memory`, all of it is
 * dropped.
 *
 * Nothing is known, and nothing is said, of a target that neither side has records of
 * (an export that leaves an entity out), whose key is not one member, or whose records
 * are matched by members of the user's choice (schema/key_spec.h): the index is not in
 * the order of their ids then. One thread.
 */
#ifndef DRIFT_REFERENCE_H
#define DRIFT_REFERENCE_H

#include "base/err.h"
#include "drift/drift.h"
#include "drift/value.h"

struct references;

/* Borrows what the sides point to. */
struct references *references_new(const struct drift_side sides[2], size_t memory);
void references_free(struct references *r);
DEFINE_CLEANUP(struct references, references_free);

enum reference_target {
    TARGET_UNKNOWN, /* or the value is null, absent, or no reference */
    TARGET_THERE,
    TARGET_LACKING,
};

/* What a canonical value of field `f`, by the side's schema, names on that side. Both
 * may be NULL. ERR_DATA for a damaged index. */
enum err references_look(struct references *r, unsigned side, const struct field *f,
                         const struct value *v, enum reference_target *out,
                         struct error *e) MUST_CHECK;

/* May values of this field be looked up? */
bool reference_is(const struct field *f);

#endif
