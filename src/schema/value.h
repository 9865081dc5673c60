/*
 * value: scalars in their canonical form, by type. Private to schema/, but
 * for value_id() and value_datetime().
 *
 * Pure functions of a token; rules 3 and 4 of the canonical record. Any thread.
 */
#ifndef SCHEMA_VALUE_H
#define SCHEMA_VALUE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* Adds a JSON number in canonical form; short ones without going to json/number. */
enum err value_number(struct buf *out, struct str token, struct error *e) MUST_CHECK;

/* Adds a JSON number as the text of an id: 7, 7.0 and 70e-1 are 7. Integers of more
 * than VALUE_ID_DIGITS digits that are not written out, and fractions, in canonical
 * form. */
enum err value_id(struct buf *out, struct str token, struct error *e) MUST_CHECK;
#define VALUE_ID_DIGITS 64 /* more than any integer key has (2^128: 39) */

/* Adds `"YYYY-MM-DDTHH:MM:SS[.fraction]Z"` in UTC for a date and time of ISO 8601 with
 * T or a space, any length of fraction, and Z, +HH, +HHMM, +HH:MM or no zone (then
 * UTC). False, and nothing added, for anything else. */
bool value_datetime(struct buf *out, struct str text);

/* t, f, true, false in any case. */
bool value_boolean(struct str text, bool *out);

/* Upper case of the ASCII letters of a JSON string's content, in place; escapes stay.
 */
void value_upper(char *p, size_t n);

#endif
