/*
 * key_spec: a key of the user's choice for the records of an entity.
 *
 * `Part=partNumber,revision`: each part a path of members in the canonical record
 * (`part.partNumber`), with `/i` behind it where case does not count (ASCII letters). A
 * record that lacks a part, or has null or no scalar there, has no key. Set before the
 * first record is read; then any thread.
 */
#ifndef SCHEMA_KEY_SPEC_H
#define SCHEMA_KEY_SPEC_H

#include "base/buf.h"
#include "base/err.h"
#include "schema/schema.h"

#define KEY_STEPS 16 /* of one part */

struct key_path {
    struct str steps[KEY_STEPS]; /* as names stand in a canonical record */
    size_t n;
    bool fold;
};

struct key_spec {
    struct key_path parts[SCHEMA_KEY_PARTS];
    size_t n;
};

/* Reads a spec and sets it for its entity; ERR_USAGE says what is wrong. */
enum err schema_set_key(struct schema *s, const char *text, struct error *e) MUST_CHECK;

/* The same out of fields of the type. */
void schema_set_key_fields(struct schema *s, const struct entity *entity,
                           const struct field *const *fields, size_t n);

/* Adds the key of a canonical record; nothing when it has none. ERR_LIMIT past
 * CANON_KEY. */
enum err key_spec_make(const struct key_spec *spec, struct str record, struct buf *key,
                       struct error *e) MUST_CHECK;

#endif
