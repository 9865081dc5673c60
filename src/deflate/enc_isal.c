#include <isa-l.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "deflate/codec.h"

#define TEXT_(n) #n
#define TEXT(n)  TEXT_(n)

/* The levels 1 to 3 differ in the tables that they ask for. */
static const uint32_t tables[] = {0, ISAL_DEF_LVL1_DEFAULT, ISAL_DEF_LVL2_DEFAULT,
                                  ISAL_DEF_LVL3_DEFAULT};
#define LEVEL_MOST ((int)(sizeof tables / sizeof *tables) - 1)

struct encoder {
    struct isal_zstream stream;
    uint8_t tables[];
};

static const char *version(void)
{
    return TEXT(ISAL_MAJOR_VERSION) "." TEXT(ISAL_MINOR_VERSION) "." TEXT(
        ISAL_PATCH_VERSION);
}

static void *encoder_new(int level)
{
    int known = level < 1 ? 1 : level > LEVEL_MOST ? LEVEL_MOST : level;
    struct encoder *c = alloc_zero(1, sizeof *c + tables[known]);
    isal_deflate_init(&c->stream);
    c->stream.level = (uint32_t)known;
    c->stream.level_buf = c->tables;
    c->stream.level_buf_size = tables[known];
    return c;
}

static bool encode(void *encoder, struct str in, struct buf *out)
{
    struct isal_zstream *z = &((struct encoder *)encoder)->stream;
    isal_deflate_reset(z);
    z->flush = NO_FLUSH;
    z->gzip_flag = IGZIP_DEFLATE;
    z->end_of_stream = 1;
    z->next_in = (uint8_t *)(in.n ? in.p : "");
    z->avail_in = (uint32_t)in.n;
    /* A function of in.n alone: how ISA-L cuts its blocks may depend on the room. */
    size_t step = in.n + in.n / 8 + 1024;
    while (z->internal_state.state != ZSTATE_END) {
        z->next_out = (uint8_t *)buf_room(out, step);
        z->avail_out = (uint32_t)step;
        if (isal_deflate(z) != COMP_OK || z->avail_out == step)
            return false;
        out->n += step - z->avail_out;
    }
    return z->avail_in == 0;
}

static void *decoder_new(void)
{
    return NEW(struct inflate_state);
}

static bool decode(void *decoder, struct str in, void *p, size_t room,
                   struct decoded *out)
{
    struct inflate_state *z = decoder;
    isal_inflate_init(z);
    z->next_in = (uint8_t *)(in.n ? in.p : "");
    z->avail_in = (uint32_t)in.n;
    z->next_out = p;
    z->avail_out = (uint32_t)room;
    if (isal_inflate_stateless(z) != ISAL_DECOMP_OK ||
        z->block_state != ISAL_BLOCK_FINISH)
        return false;
    *out =
        (struct decoded){.used = in.n - z->avail_in, .produced = room - z->avail_out};
    return true;
}

static uint32_t crc(uint32_t before, struct str s)
{
    return crc32_gzip_refl(before, (const unsigned char *)s.p, s.n);
}

static void stream_reset(void *stream)
{
    isal_inflate_reset(stream);
}

/* Raw streams only: gzip headers that come in pieces are refused by 2.30 though right.
 */
static void *stream_new(void)
{
    struct inflate_state *z = NEW(struct inflate_state);
    isal_inflate_init(z);
    return z;
}

static enum stream_step stream_run(void *stream, struct window *w, struct spare *spare)
{
    struct inflate_state *z = stream;
    uint32_t n_in = w->n_in > INT32_MAX ? INT32_MAX : (uint32_t)w->n_in;
    uint32_t n_out = w->n_out > INT32_MAX ? INT32_MAX : (uint32_t)w->n_out;
    z->next_in = (uint8_t *)w->in;
    z->avail_in = n_in;
    z->next_out = w->out;
    z->avail_out = n_out;
    int code = isal_inflate(z);
    w->in += n_in - z->avail_in;
    w->n_in -= n_in - z->avail_in;
    w->out += n_out - z->avail_out;
    w->n_out -= n_out - z->avail_out;
    if (code < 0 || code == ISAL_NEED_DICT)
        return STREAM_DAMAGED;
    if (z->block_state != ISAL_BLOCK_FINISH)
        return STREAM_MORE;
    /* Whole bytes left in the bit buffer, which may stem from an earlier piece. */
    spare->n = (size_t)z->read_in_length / 8;
    uint64_t bits = z->read_in >> (z->read_in_length % 8);
    for (size_t i = 0; i < spare->n; i++)
        spare->p[i] = (uint8_t)(bits >> (8 * i));
    return STREAM_END;
}

const struct codec codec_isal = {
    .name = "ISA-L",
    .version = version,
    .encoder_new = encoder_new,
    .encoder_free = free,
    .encode = encode,
    .decoder_new = decoder_new,
    .decoder_free = free,
    .decode = decode,
    .crc = crc,
    .stream_new = stream_new,
    .stream_free = free,
    .stream_reset = stream_reset,
    .stream_run = stream_run,
};
