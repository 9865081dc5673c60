/*
 * byteset: a set of byte values. Plain data, copied by value.
 */
#ifndef MATCH_BYTESET_H
#define MATCH_BYTESET_H

#include <stdbool.h>
#include <stdint.h>

struct byteset {
    uint64_t w[4]; /* bit b % 64 of word b / 64 */
};

#define BYTESET_ALL ((struct byteset){{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}})

/* \w without UCP; the bytes of characters beyond ASCII. */
static const struct byteset byteset_words = {
    {UINT64_C(0x03ff000000000000), UINT64_C(0x07fffffe87fffffe), 0, 0}};
static const struct byteset byteset_high = {{0, 0, UINT64_MAX, UINT64_MAX}};

static inline void byteset_add(struct byteset *s, uint8_t b)
{
    s->w[b / 64] |= UINT64_C(1) << b % 64;
}

static inline bool byteset_has(const struct byteset *s, uint8_t b)
{
    return s->w[b / 64] >> b % 64 & 1;
}

/* Both ends included; nothing when `to` lies before `from`. */
static inline void byteset_add_range(struct byteset *s, unsigned from, unsigned to)
{
    for (unsigned b = from; b <= to && b < 256; b++)
        byteset_add(s, (uint8_t)b);
}

static inline struct byteset byteset_or(struct byteset a, struct byteset b)
{
    return (struct byteset){
        {a.w[0] | b.w[0], a.w[1] | b.w[1], a.w[2] | b.w[2], a.w[3] | b.w[3]}};
}

static inline struct byteset byteset_and(struct byteset a, struct byteset b)
{
    return (struct byteset){
        {a.w[0] & b.w[0], a.w[1] & b.w[1], a.w[2] & b.w[2], a.w[3] & b.w[3]}};
}

static inline struct byteset byteset_not(struct byteset a)
{
    return (struct byteset){{~a.w[0], ~a.w[1], ~a.w[2], ~a.w[3]}};
}

static inline bool byteset_empty(const struct byteset *s)
{
    return (s->w[0] | s->w[1] | s->w[2] | s->w[3]) == 0;
}

/* Is every byte of `a` in `b`? */
static inline bool byteset_within(struct byteset a, struct byteset b)
{
    struct byteset rest = byteset_and(a, byteset_not(b));
    return byteset_empty(&rest);
}

static inline unsigned byteset_count(const struct byteset *s)
{
    unsigned n = 0;
    for (int i = 0; i < 4; i++)
        n += (unsigned)__builtin_popcountll(s->w[i]);
    return n;
}

#endif
