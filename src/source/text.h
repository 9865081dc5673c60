/*
 * text: a window on decoded bytes that can grow and be handed on.
 *
 * text_fill() moves what is left to the front and reads until `want` bytes are there,
 * so that what a cutter sees depends on the content and never on what read() returned.
 * One thread at a time.
 */
#ifndef SOURCE_TEXT_H
#define SOURCE_TEXT_H

#include "base/buf.h"
#include "source/stream.h"

struct text {
    struct stream *in; /* owned */
    struct buf data;
    size_t pos;                /* what comes next in data */
    uint64_t offset;           /* of data.p[pos] in the decoded member */
    struct stage_clock *clock; /* NULL, or who wants to know how long reading takes */
    bool end;                  /* nothing follows what is in data */
};

/* Takes `in`; storage of an earlier use is kept. */
void text_open(struct text *t, struct stream *in);
void text_close(struct text *t); /* the stream only */
void text_done(struct text *t);

/* At least `want` bytes are left in the window, or all there are. */
enum err text_fill(struct text *t, size_t want, struct error *e) MUST_CHECK;

static inline struct str text_rest(const struct text *t)
{
    return str_from(buf_str(&t->data), t->pos);
}

static inline void text_eat(struct text *t, size_t n)
{
    t->pos += n;
    t->offset += n;
}

/* Puts the next n bytes in place of what `out` holds; the two change storage. */
void text_take(struct text *t, size_t n, struct buf *out);

#endif
