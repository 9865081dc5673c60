/*
 * need_private: a pattern being read, for the two files that do it.
 *
 * need.c reads groups, alternatives and quantifiers, need_set.c what stands for one
 * character: escapes and classes.
 */
#ifndef MATCH_NEED_PRIVATE_H
#define MATCH_NEED_PRIVATE_H

#include <string.h>

#include "base/str.h"
#include "match/byteset.h"

struct reader {
    struct str s;
    size_t i;
    unsigned depth;
    bool lost;     /* something was not understood */
    bool begins;   /* prefixes are asked for */
    bool caseless; /* here */
    bool loose;    /* the class being read has more than is in it */
};

/* One character: an ASCII one of the set or, if `wide`, one beyond. */
struct set {
    struct byteset ascii;
    bool wide;
};

/* \d and \s, without UCP; all of ASCII. */
extern const struct byteset set_digits, set_spaces, set_ascii;

void set_add(struct set *s, char c);

/* The other cases of letters. Beyond ASCII that is K the Kelvin sign and S the long s,
 * which only the caller can add. */
void set_fold(struct set *s);

/* Behind a backslash: a set of characters; false: something else was skipped. */
bool need_escape(struct reader *r, struct set *out);

/* Behind the [ of a class; *out_loose: more is in the set than in the class. false: it
 * has no end, and the reader is lost. */
bool need_class(struct reader *r, struct set *out, bool *out_loose);

/* Past the next such character; lost when there is none. */
void need_skip_past(struct reader *r, char end);
void need_skip_quoted(struct reader *r);

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The character at i + ahead, 0 past the end. */
static inline char peek(const struct reader *r, size_t ahead)
{
    if (r->i + ahead >= r->s.n)
        return 0;
    return r->s.p[r->i + ahead];
}

/* Past the next character, if there is one. */
static inline void pass(struct reader *r)
{
    r->i += r->i < r->s.n;
}

static inline bool skip(struct reader *r, const char *text)
{
    size_t n = strlen(text);
    if (r->s.n - r->i < n || memcmp(r->s.p + r->i, text, n) != 0)
        return false;
    r->i += n;
    return true;
}

#endif
