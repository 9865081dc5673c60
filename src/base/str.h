/*
 * str: a borrowed slice of bytes, passed by value.
 *
 * It owns nothing and is not NUL-terminated; how long the bytes live is said by whoever
 * hands it out. Bytes may be anything, text is UTF-8 where a header says so.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *p; /* may be NULL when n is 0 */
    size_t n;
};

/* A slice of a string literal, and one of its printf arguments: printf("%.*s",
 * STR_ARG(s))
 */
#define STR(literal) \
    (__extension__(struct str){.p = (literal), .n = sizeof(literal) - 1})
#define STR_ARG(s) (int)(s).n, (s).p

static inline struct str str_of(const char *c)
{
    return (struct str){.p = c, .n = strlen(c)};
}

static inline struct str str_n(const char *p, size_t n)
{
    return (struct str){.p = p, .n = n};
}

static inline bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Order of the bytes, as memcmp, shorter first. */
static inline int str_cmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

static inline bool str_starts(struct str s, struct str prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

static inline bool str_ends(struct str s, struct str suffix)
{
    return s.n >= suffix.n &&
           (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

/* From byte `from` on; empty past the end. */
static inline struct str str_from(struct str s, size_t from)
{
    if (s.n == 0) /* p may be NULL, which takes no offset, not even 0 */
        return s;
    return from >= s.n ? str_n(s.p + s.n, 0) : str_n(s.p + from, s.n - from);
}

#endif
