#include "source/text.h"

#define TEXT_KEEP (8u << 20) /* bytes that are kept: a few chunks */

void text_open(struct text *t, struct stream *in)
{
    text_close(t);
    t->in = in;
    t->data.n = t->pos = 0;
    t->offset = 0;
    t->end = false;
}

void text_close(struct text *t)
{
    stream_free(t->in);
    t->in = NULL;
}

void text_done(struct text *t)
{
    text_close(t);
    buf_done(&t->data);
}

enum err text_fill(struct text *t, size_t want, struct error *e)
{
    if (t->data.n - t->pos >= want || t->end)
        return ERR_OK;
    buf_cut(&t->data, t->pos);
    t->pos = 0;
    if (t->data.cap > TEXT_KEEP && want <= TEXT_KEEP / 2) {
        struct buf less = BUF_INIT; /* a large record has passed */
        buf_add_str(&less, buf_str(&t->data));
        buf_done(&t->data);
        t->data = less;
    }
    size_t missing = want - t->data.n, got = 0;
    buf_room(&t->data, missing);
    enum stage before = stage_enter(t->clock, STAGE_READ);
    enum err code = stream_full(t->in, t->data.p + t->data.n, missing, &got, e);
    stage_enter(t->clock, before);
    TRY(code);
    t->data.n += got;
    t->end = got < missing;
    return ERR_OK;
}

void text_take(struct text *t, size_t n, struct buf *out)
{
    buf_cut(&t->data, t->pos);
    struct buf old = *out;
    *out = t->data;
    t->data = old;
    t->data.n = t->pos = 0;
    buf_add(&t->data, out->p + n, out->n - n);
    out->n = n;
    t->offset += n;
}
