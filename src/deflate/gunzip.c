/* RFC 1952: the wrapper is read here, what is inside by a codec's stream. */
#include <stdlib.h>

#include "base/alloc.h"
#include "deflate/codec.h"
#include "deflate/deflate.h"

#define INPUT   (128u << 10) /* one read; larger ones gain nothing */
#define FIXED   10           /* bytes of the header that are always there */
#define TRAILER 8            /* CRC and size, little-endian */

#define FLAG_CHECK   2
#define FLAG_EXTRA   4
#define FLAG_NAME    8
#define FLAG_COMMENT 16
#define FLAGS        31 /* the first says text and means nothing; others are reserved */

/* In the order in which they come. */
enum place {
    BETWEEN,
    HEAD,
    EXTRA_SIZE,
    EXTRA,
    NAME,
    COMMENT,
    HEAD_CHECK,
    BODY,
    TAIL,
    PADDING,
    AT_END,
};

struct gunzip {
    const struct codec *codec;
    void *stream;
    gunzip_fill *fill;
    void *ctx;
    enum place place;
    bool any; /* one member was read */
    bool dry; /* fill has nothing left */
    struct window w;
    uint64_t filled;
    uint8_t part[FIXED]; /* of the header or trailer, until it is whole */
    size_t n_part;
    uint8_t flags;
    size_t extra;
    uint32_t head_crc, crc, size;
    uint8_t input[INPUT];
};

struct gunzip *gunzip_with(const struct codec *codec, gunzip_fill *fill, void *ctx)
{
    struct gunzip *g = NEW(struct gunzip);
    g->codec = codec;
    g->stream = codec->stream_new();
    g->fill = fill;
    g->ctx = ctx;
    return g;
}

void gunzip_free(struct gunzip *g)
{
    if (!g)
        return;
    g->codec->stream_free(g->stream);
    free(g);
}

static enum err wrong(const struct gunzip *g, const char *what, struct error *e)
{
    err_set(e, ERR_DATA, "%s", what);
    err_at(e, g->filled - g->w.n_in);
    return ERR_DATA;
}

static enum err damaged(const struct gunzip *g, struct error *e)
{
    return wrong(g, "the gzip data is damaged", e);
}

static enum err alien(const struct gunzip *g, struct error *e)
{
    return wrong(
        g, g->any ? "other bytes follow the gzip data" : "this is no gzip data", e);
}

static enum err refill(struct gunzip *g, struct error *e)
{
    size_t n = 0;
    TRY(g->fill(g->ctx, g->input, sizeof g->input, &n, e));
    g->dry = n == 0;
    g->w.in = g->input;
    g->w.n_in = n;
    g->filled += n;
    return ERR_OK;
}

static uint32_t le(const uint8_t *p, size_t n)
{
    uint32_t v = 0;
    while (n-- > 0)
        v = v << 8 | p[n];
    return v;
}

/* Goes on to the next field that the header has. */
static void next_field(struct gunzip *g)
{
    static const uint8_t needs[] = {[EXTRA_SIZE] = FLAG_EXTRA,
                                    [NAME] = FLAG_NAME,
                                    [COMMENT] = FLAG_COMMENT,
                                    [HEAD_CHECK] = FLAG_CHECK};
    do
        g->place++;
    while (g->place < BODY && !(needs[g->place] & g->flags));
    g->n_part = 0;
}

static enum err fixed_part(struct gunzip *g, struct error *e)
{
    const uint8_t *p = g->part;
    if (p[0] != 0x1f || (g->n_part > 1 && p[1] != 0x8b))
        return alien(g, e);
    if (g->n_part < FIXED)
        return ERR_OK;
    if (p[2] != 8 || (p[3] & ~FLAGS))
        return damaged(g, e);
    g->flags = p[3];
    next_field(g);
    return ERR_OK;
}

/* One byte of a header. */
static enum err head_byte(struct gunzip *g, uint8_t c, struct error *e)
{
    if (g->place != HEAD_CHECK)
        g->head_crc = crc32_of(g->head_crc, str_n((const char *)&c, 1));
    if (g->place == HEAD || g->place == EXTRA_SIZE || g->place == HEAD_CHECK)
        g->part[g->n_part++] = c;
    if (g->place == HEAD)
        return fixed_part(g, e);
    if (g->place == EXTRA_SIZE && g->n_part == 2) {
        g->extra = le(g->part, 2);
        g->place = EXTRA;
        if (g->extra == 0)
            next_field(g);
    } else if (g->place == EXTRA) {
        if (--g->extra == 0)
            next_field(g);
    } else if (g->place == NAME || g->place == COMMENT) {
        if (c == 0)
            next_field(g);
    } else if (g->place == HEAD_CHECK && g->n_part == 2) {
        if (le(g->part, 2) != (g->head_crc & 0xffff))
            return damaged(g, e);
        next_field(g);
    }
    return ERR_OK;
}

static enum err head(struct gunzip *g, struct error *e)
{
    while (g->w.n_in && g->place < BODY) {
        uint8_t c = *g->w.in++;
        g->w.n_in--;
        TRY(head_byte(g, c, e));
    }
    if (g->place == BODY) {
        g->crc = g->size = 0;
        g->codec->stream_reset(g->stream);
    }
    return ERR_OK;
}

static enum err tail(struct gunzip *g, struct error *e)
{
    while (g->w.n_in && g->n_part < TRAILER) {
        g->part[g->n_part++] = *g->w.in++;
        g->w.n_in--;
    }
    if (g->n_part < TRAILER)
        return ERR_OK;
    if (le(g->part, 4) != g->crc || le(g->part + 4, 4) != g->size)
        return damaged(g, e);
    g->any = true;
    g->place = BETWEEN;
    return ERR_OK;
}

static enum err body(struct gunzip *g, struct error *e)
{
    struct spare spare;
    struct window before = g->w;
    enum stream_step step = g->codec->stream_run(g->stream, &g->w, &spare);
    size_t made = before.n_out - g->w.n_out;
    g->crc = crc32_of(g->crc, str_n((const char *)before.out, made));
    g->size += (uint32_t)made;
    bool stuck = made == 0 && before.n_in == g->w.n_in;
    if (step == STREAM_DAMAGED || (step == STREAM_MORE && stuck && g->w.n_in))
        return damaged(g, e);
    if (step == STREAM_END) {
        memcpy(g->part, spare.p, spare.n);
        g->n_part = spare.n;
        g->place = TAIL;
    } else if (stuck && g->dry) {
        return wrong(g, "the gzip data ends early", e);
    }
    return ERR_OK;
}

/* Between members, with input: what comes next? */
static enum err between(struct gunzip *g, struct error *e)
{
    if (g->any && *g->w.in == 0)
        g->place = PADDING;
    while (g->place == PADDING && g->w.n_in && *g->w.in == 0) {
        g->w.in++;
        g->w.n_in--;
    }
    if (g->place == PADDING)
        return g->w.n_in ? alien(g, e) : ERR_OK;
    g->place = HEAD;
    g->n_part = 0;
    g->head_crc = 0;
    return ERR_OK;
}

/* One step with what is there; fill is asked first when nothing is. */
static enum err step(struct gunzip *g, struct error *e)
{
    if (g->w.n_in == 0 && !g->dry)
        TRY(refill(g, e));
    if (g->place == BODY)
        return body(g, e);
    if (g->w.n_in == 0 && g->dry) {
        if (!g->any || (g->place != BETWEEN && g->place != PADDING))
            return wrong(g, "the gzip data ends early", e);
        g->place = AT_END;
        return ERR_OK;
    }
    if (g->place == BETWEEN || g->place == PADDING)
        return between(g, e);
    return g->place == TAIL ? tail(g, e) : head(g, e);
}

enum err gunzip_read(struct gunzip *g, void *p, size_t n, size_t *out_n,
                     struct error *e)
{
    g->w.out = p;
    g->w.n_out = n;
    while (g->w.n_out && g->place != AT_END)
        TRY(step(g, e));
    *out_n = n - g->w.n_out;
    return ERR_OK;
}
