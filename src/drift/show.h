/*
 * show: values as changes tell them: as written, or masked, and a key out of its bytes.
 *
 * Any thread.
 */
#ifndef DRIFT_SHOW_H
#define DRIFT_SHOW_H

#include "base/buf.h"
#include "base/str.h"
#include "drift/value.h"
#include "schema/schema.h"

/* Adds the text of a canonical value with numbers as people write them: 1.25e1 is 12.5.
 * Numbers of more than SHOW_DIGITS places keep their exponent. */
#define SHOW_DIGITS 40
void show_canonical(struct buf *out, struct str text);

/* Adds {"masked":"person"}. */
void show_masked(struct buf *out, struct str class);

/* Adds a record's value, with the values of sensitive fields in it masked. `type` is
 * what is known of an object, `other` what another schema says of it; or NULL. */
void show_value(struct buf *out, const struct value *v, const struct type *type,
                const struct type *other);

/* Adds the key as a JSON list: integers, strings; for a record without a key the hex
 * form of its fingerprint. */
void show_key(struct buf *out, struct str key);

#endif
