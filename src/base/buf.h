/*
 * buf: bytes that grow, with a limit.
 *
 * Invariant: n <= cap, and p is NULL only while cap is 0. Appends of what the program
 * decides (buf_add and friends) cannot fail, as alloc.h says; sizes that an input
 * decides go through buf_reserve() first, which returns ERR_LIMIT past `limit`
 * (0: no limit). One thread at a time.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/err.h"
#include "base/str.h"
#include <stdarg.h>

struct buf {
    char *p;
    size_t n, cap;
    size_t limit;
};

#define BUF_INIT \
    {            \
        0        \
    }

/* Room for `more` bytes behind n, or ERR_LIMIT when n + more passes the limit. */
enum err buf_reserve(struct buf *b, size_t more, struct error *e) MUST_CHECK;

/* Makes room for `more` bytes whatever the limit; returns the place to write to (the
 * caller adds to n). */
char *buf_room(struct buf *b, size_t more);

void buf_add(struct buf *b, const void *p, size_t n);
void buf_printf(struct buf *b, const char *format, ...) PRINTF(2, 3);
void buf_vprintf(struct buf *b, const char *format, va_list args) PRINTF(2, 0);

static inline void buf_add_str(struct buf *b, struct str s)
{
    buf_add(b, s.p, s.n);
}

static inline void buf_add_char(struct buf *b, char c)
{
    *buf_room(b, 1) = c;
    b->n++;
}

/* Little-endian, for formats of ours. */
void buf_add_u16(struct buf *b, uint16_t v);
void buf_add_u32(struct buf *b, uint32_t v);
void buf_add_u64(struct buf *b, uint64_t v);

/* LEB128: seven bits a byte, low first, at most 10 bytes. */
void buf_add_varint(struct buf *b, uint64_t v);

/* Reads a varint at *pos and moves it; false when it is cut, longer than 10 bytes, over
 * 64 bits or not the shortest form. */
bool str_varint(struct str s, size_t *pos, uint64_t *out);

/* Removes the first n bytes; the rest moves down. */
void buf_cut(struct buf *b, size_t n);

/* A NUL behind the bytes, not counted; returns p. */
const char *buf_cstr(struct buf *b);

static inline struct str buf_str(const struct buf *b)
{
    return str_n(b->p, b->n);
}

static inline void buf_clear(struct buf *b)
{
    b->n = 0;
}

/* Frees; as BUF_INIT again, the limit kept. */
void buf_done(struct buf *b);

#define BUF_SCOPED CLEANUP(buf_done) struct buf

#endif
