/*
 * names: spelling of names: cases, plurals. Private to schema/; what others need of it
 * is in schema.h. Any thread.
 */
#ifndef SCHEMA_NAMES_H
#define SCHEMA_NAMES_H

#include "base/arena.h"
#include "base/str.h"

/* An ASCII letter in lower case, anything else as it is. */
static inline char name_lower(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return c;
}

/* PartInventory -> partInventory, MBom -> mBom. In the arena. */
struct str name_lower_first(struct arena *a, struct str name);

/* Simple English: y after a consonant -> ies; s, x, z, ch, sh -> es; else s. In the
 * arena. */
struct str name_plural(struct arena *a, struct str name);

/* ASCII letters in lower case; in the arena. */
struct str name_fold(struct arena *a, struct str name);

/* first and then second, in the arena. */
struct str name_join(struct arena *a, struct str first, struct str second);

#endif
