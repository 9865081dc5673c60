/*
 * draw: numbers, letters and words drawn from the HMAC of one value.
 *
 * The first 32 bytes are HMAC(space, value); each 32 bytes more are HMAC(space ‖ NUL ‖
 * "more", those ‖ le32 ordinal). The same key, space and value give the same draws. One
 * thread at a time, as the `mac` in it.
 */
#ifndef SCRUB_DRAW_H
#define SCRUB_DRAW_H

#include "base/buf.h"
#include "base/str.h"
#include "scrub/act.h"
#include "scrub/words.h"

struct draw {
    struct act_thread *t;
    struct str space; /* borrowed */
    uint8_t first[32], block[32];
    unsigned used; /* bytes of block */
    uint32_t ordinal;
};

void draw_start(struct draw *d, struct act_thread *t, struct str space,
                struct str value);

/* 0 .. n-1, by 64 bits modulo n: what the remainder prefers is under n / 2^64. */
uint64_t draw_below(struct draw *d, uint64_t n);

/* `n` characters of a-z, 2-7 (RFC 4648's base32 in lower case), 5 bits each. */
void draw_base32(struct draw *d, size_t n, struct buf *out);

/* One of the given characters each time. */
void draw_chars(struct draw *d, struct str alphabet, size_t n, struct buf *out);

void draw_word(struct draw *d, enum words_section section, bool capital,
               struct buf *out);

#endif
