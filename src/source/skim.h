/*
 * skim: the members of one object, one level, without looking into their values.
 *
 *     struct skim k = skim_of(text);        text begins with '{'
 *     while ((ev = skim_next(&k, &member)) == SKIM_MEMBER) …
 *     ev == SKIM_END: k.at is behind the closing bracket
 *
 * It checks only the structure that it walks over; who reads the values checks them.
 * Any thread, one object each.
 */
#ifndef SOURCE_SKIM_H
#define SOURCE_SKIM_H

#include "base/str.h"

struct skim {
    struct str text;
    size_t at;
};

struct skim_member {
    struct str key;   /* between its quotes, as written */
    struct str value; /* the whole value, strings with quotes */
};

enum skim_event { SKIM_MEMBER, SKIM_END, SKIM_BAD };

static inline struct skim skim_of(struct str text)
{
    return (struct skim){text, 0};
}

enum skim_event skim_next(struct skim *k, struct skim_member *out);

/* Is the key this name? Escapes are seen through. */
bool skim_is(const struct skim_member *m, const char *name);

/* The text between a string value's quotes; false when it is no string without escapes.
 */
bool skim_plain(struct str value, struct str *out);

#endif
