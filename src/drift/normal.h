/*
 * normal: Unicode's normal forms, for telling whether two texts are one.
 *
 * `é` may be one character or two; NFC makes it one. NFKC also takes for one what looks
 * different but means the same: `ﬁ` and fi, full-width and ordinary letters. The tables
 * are libutf8proc's; a build without it has none (normal_none.c). Any thread.
 */
#ifndef DRIFT_NORMAL_H
#define DRIFT_NORMAL_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum normal { NORMAL_OFF, NORMAL_NFC, NORMAL_NFKC };

/* A longer string is compared as it is: the library takes 4 bytes for each character,
 * and up to 18 characters for one, while a record may be as large as memory. */
#define NORMAL_STRING (1u << 20)

/* False: this build has no tables, and normal_add() nothing to offer. */
bool normal_is_known(void);

/* Adds a JSON text with each of its strings in the normal form; other spellings of
 * numbers and space stay. `json` is whole and valid. */
enum err normal_add(enum normal form, struct str json, struct buf *out, struct error *e)
    MUST_CHECK;

/* Private to the room: adds a decoded string in the normal form; as it is where it has
 * none. */
void normal_string(enum normal form, struct str text, struct buf *out);

#endif
