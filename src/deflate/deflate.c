#include "deflate/deflate.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "config.h"
#include "deflate/codec.h"

#define N_LEVELS 3

/* Which library does what, best first. */
#if HAVE_LIBDEFLATE
#    define SMALL &codec_libdeflate
#else
#    define SMALL &codec_zlib
#endif
#if HAVE_ISAL
#    define FAST &codec_isal
#else
#    define FAST SMALL
#endif

const struct codec *const codecs[] = {
    &codec_zlib,
#if HAVE_LIBDEFLATE
    &codec_libdeflate,
#endif
#if HAVE_ISAL
    &codec_isal,
#endif
    NULL,
};

/* Weighed on the members of two scrubbed tenants, MB/s of one CPU and bytes against one
 * gzip -6 stream of all:
 *
 *     ISA-L 1       760-836  1.13-1.24      libdeflate 3  167-206  1.08-1.14
 *     ISA-L 2       697-803  1.12-1.22      libdeflate 4      194       1.11
 *     ISA-L 3       290-351  1.12-1.19      libdeflate 6  120-150  1.01-1.03
 *     libdeflate 1  270-315  1.09-1.18
 *
 * What ISA-L (2.30) makes of the last bytes of a small block depends, once in some
 * hundred processes, on where the loader has put the program: a promise of equal bytes
 * cannot stand on it. So it is for `fast` alone. Beside libdeflate 1, level 2 would
 * save an eighth of the whole run and cost three percent of an archive. */
static const struct choice {
    const struct codec *codec;
    int level;
} choices[N_LEVELS] = {
    [DEFLATE_FAST] = {FAST, 1},
    [DEFLATE_BALANCED] = {SMALL, 1},
    [DEFLATE_SMALL] = {SMALL, 6},
};

/* libdeflate and ISA-L inflate equally fast (about 1 GB/s), ISA-L's CRC takes a third
 * of the time of libdeflate's (28 and 10 GB/s). */
static const struct codec *const block_codec = HAVE_LIBDEFLATE ? SMALL : FAST;
static const struct codec *const crc_codec = FAST;

static char names[N_LEVELS][64];
static pthread_once_t names_once = PTHREAD_ONCE_INIT;

static void make_names(void)
{
    for (int i = 0; i < N_LEVELS; i++)
        snprintf(names[i], sizeof names[i], "%s %s level %d", choices[i].codec->name,
                 choices[i].codec->version(), choices[i].level);
}

const char *deflate_encoder(enum deflate_level level)
{
    pthread_once(&names_once, make_names);
    return names[level];
}

struct deflater {
    const struct codec *codec;
    void *encoder, *decoder;
    struct buf again; /* what was inflated to compare */
};

struct deflater *deflater_new(enum deflate_level level)
{
    struct deflater *d = NEW(struct deflater);
    d->codec = choices[level].codec;
    d->encoder = d->codec->encoder_new(choices[level].level);
    d->decoder = block_codec->decoder_new();
    return d;
}

void deflater_free(struct deflater *d)
{
    if (!d)
        return;
    d->codec->encoder_free(d->encoder);
    block_codec->decoder_free(d->decoder);
    buf_done(&d->again);
    free(d);
}

void deflater_trim(struct deflater *d)
{
    buf_done(&d->again);
}

/* Does the block inflate to these bytes? Comparing them costs less than a CRC of them
 * and proves more. */
static bool holds(struct deflater *d, struct str block, struct str in)
{
    struct decoded got;
    char *p = buf_room(&d->again, in.n + 1);
    return block_codec->decode(d->decoder, block, p, in.n + 1, &got) &&
           got.used == block.n && got.produced == in.n &&
           (!in.n || memcmp(p, in.p, in.n) == 0);
}

enum err deflater_block(struct deflater *d, struct str in, struct buf *out,
                        uint32_t *out_crc, struct error *e)
{
    if (in.n > DEFLATE_BLOCK)
        return err_set(e, ERR_LIMIT, "a block is at most %u bytes", DEFLATE_BLOCK);
    size_t before = out->n;
    if (!d->codec->encode(d->encoder, in, out) ||
        !holds(d, str_from(buf_str(out), before), in)) {
        out->n = before;
        return err_set(e, ERR_SOFTWARE,
                       "a compressed block does not hold what went in");
    }
    *out_crc = crc32_of(0, in);
    return ERR_OK;
}

enum err deflater_gzip(struct deflater *d, struct str in, struct buf *out,
                       struct error *e)
{
    /* RFC 1952, 2.3: magic, method 8, no flags, no time, no extra flags, system unknown
     */
    static const uint8_t header[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};
    size_t before = out->n;
    uint32_t crc = 0;
    buf_add(out, header, sizeof header);
    enum err code = deflater_block(d, in, out, &crc, e);
    if (code != ERR_OK) {
        out->n = before;
        return code;
    }
    buf_add_u32(out, crc);
    buf_add_u32(out, (uint32_t)in.n);
    return ERR_OK;
}

enum err inflate_block(struct str in, size_t size, struct buf *out, struct error *e)
{
    if (size > DEFLATE_BLOCK || in.n > DEFLATE_BLOCK)
        return err_set(e, ERR_LIMIT, "a block is at most %u bytes", DEFLATE_BLOCK);
    /* No memory for a size that so few bytes cannot make. */
    if (size / DEFLATE_RATIO > in.n)
        return err_set(e, ERR_DATA, "a compressed block is shorter than it says");
    TRY(buf_reserve(out, size, e));
    /* One byte more than asked tells a longer block from a damaged one. */
    char *p = buf_room(out, size + 1);
    struct decoded got = {0};
    void *decoder = block_codec->decoder_new();
    bool good = block_codec->decode(decoder, in, p, size + 1, &got);
    block_codec->decoder_free(decoder);
    if (!good)
        return err_set(e, ERR_DATA, "a compressed block is damaged");
    if (got.produced != size)
        return err_set(e, ERR_DATA, "a compressed block is %s than it says",
                       got.produced > size ? "longer" : "shorter");
    if (got.used != in.n)
        return err_set(e, ERR_DATA, "a compressed block has bytes after its end");
    out->n += size;
    return ERR_OK;
}

struct gunzip *gunzip_new(gunzip_fill *fill, void *ctx)
{
    return gunzip_with(HAVE_ISAL ? FAST : &codec_zlib, fill, ctx);
}

uint32_t crc32_of(uint32_t crc, struct str s)
{
    return s.n ? crc_codec->crc(crc, s) : crc;
}
