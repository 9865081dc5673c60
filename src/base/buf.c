#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"

#define BUF_LARGE (1u << 20)

/* Doubles while small; large ones grow by a quarter, or one record near the memory's
 * limit would take twice its size wherever it is held. */
static void grow(struct buf *b, size_t need)
{
    size_t cap = b->cap ? b->cap : 64;
    while (cap < need && cap < BUF_LARGE)
        cap *= 2;
    if (cap < need && __builtin_add_overflow(need, need / 4, &cap))
        alloc_fail();
    b->p = alloc_resize(b->p, cap, 1);
    b->cap = cap;
}

char *buf_room(struct buf *b, size_t more)
{
    size_t need;
    if (__builtin_add_overflow(b->n, more, &need))
        alloc_fail();
    if (need > b->cap)
        grow(b, need);
    return b->p ? b->p + b->n : NULL; /* an offset to NULL, even 0, is undefined */
}

enum err buf_reserve(struct buf *b, size_t more, struct error *e)
{
    size_t need;
    if (__builtin_add_overflow(b->n, more, &need) || (b->limit && need > b->limit))
        return err_set(e, ERR_LIMIT, "more than %zu bytes", b->limit);
    buf_room(b, more);
    return ERR_OK;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
    if (!n)
        return;
    memcpy(buf_room(b, n), p, n);
    b->n += n;
}

void buf_vprintf(struct buf *b, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    char probe[1];
    int n = vsnprintf(probe, sizeof probe, format, args);
    if (n > 0) {
        vsnprintf(buf_room(b, (size_t)n + 1), (size_t)n + 1, format, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_vprintf(b, format, args);
    va_end(args);
}

static void add_le(struct buf *b, uint64_t v, unsigned bytes)
{
    char *p = buf_room(b, bytes);
    for (unsigned i = 0; i < bytes; i++)
        p[i] = (char)(v >> (8 * i));
    b->n += bytes;
}

void buf_add_u16(struct buf *b, uint16_t v)
{
    add_le(b, v, 2);
}

void buf_add_u32(struct buf *b, uint32_t v)
{
    add_le(b, v, 4);
}

void buf_add_u64(struct buf *b, uint64_t v)
{
    add_le(b, v, 8);
}

void buf_add_varint(struct buf *b, uint64_t v)
{
    char *p = buf_room(b, 10);
    unsigned n = 0;
    for (; v >= 0x80; v >>= 7)
        p[n++] = (char)(v | 0x80);
    p[n++] = (char)v;
    b->n += n;
}

bool str_varint(struct str s, size_t *pos, uint64_t *out)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < 10 && *pos + i < s.n; i++) {
        uint8_t c = (uint8_t)s.p[*pos + i];
        if (i == 9 && c > 1)
            return false;
        v |= (uint64_t)(c & 0x7f) << (7 * i);
        if (c & 0x80)
            continue;
        if (c == 0 && i > 0)
            return false;
        *pos += i + 1;
        *out = v;
        return true;
    }
    return false;
}

void buf_cut(struct buf *b, size_t n)
{
    if (n < b->n)
        memmove(b->p, b->p + n, b->n - n);
    b->n -= n;
}

const char *buf_cstr(struct buf *b)
{
    *buf_room(b, 1) = 0;
    return b->p;
}

void buf_done(struct buf *b)
{
    free(b->p);
    *b = (struct buf){.limit = b->limit};
}
