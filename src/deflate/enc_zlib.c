#include <stdlib.h>
#include <zlib.h>

#include "base/alloc.h"
#include "deflate/codec.h"

#define RAW    (-15) /* windowBits: 32 KiB, no wrapper */
#define MEMORY 9     /* memLevel: the largest hash, as fast as it gets */

static const char *version(void)
{
    return zlibVersion();
}

static void *encoder_new(int level)
{
    z_stream *z = NEW(z_stream);
    if (deflateInit2(z, level, Z_DEFLATED, RAW, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        alloc_fail();
    return z;
}

static void encoder_free(void *encoder)
{
    deflateEnd(encoder);
    free(encoder);
}

static bool encode(void *encoder, struct str in, struct buf *out)
{
    z_stream *z = encoder;
    if (deflateReset(z) != Z_OK)
        return false;
    size_t room = deflateBound(z, in.n);
    z->next_in = (Bytef *)(in.n ? in.p : "");
    z->avail_in = (uInt)in.n;
    z->next_out = (Bytef *)buf_room(out, room);
    z->avail_out = (uInt)room;
    if (deflate(z, Z_FINISH) != Z_STREAM_END)
        return false;
    out->n += room - z->avail_out;
    return true;
}

static void *decoder_new(void)
{
    z_stream *z = NEW(z_stream);
    if (inflateInit2(z, RAW) != Z_OK)
        alloc_fail();
    return z;
}

static void decoder_free(void *decoder)
{
    inflateEnd(decoder);
    free(decoder);
}

static bool decode(void *decoder, struct str in, void *p, size_t room,
                   struct decoded *out)
{
    z_stream *z = decoder;
    if (inflateReset(z) != Z_OK)
        return false;
    z->next_in = (Bytef *)(in.n ? in.p : "");
    z->avail_in = (uInt)in.n;
    z->next_out = p;
    z->avail_out = (uInt)room;
    if (inflate(z, Z_FINISH) != Z_STREAM_END)
        return false;
    *out =
        (struct decoded){.used = in.n - z->avail_in, .produced = room - z->avail_out};
    return true;
}

static uint32_t crc(uint32_t before, struct str s)
{
    return (uint32_t)crc32_z(before, (const Bytef *)s.p, s.n);
}

static void stream_reset(void *stream)
{
    inflateReset(stream);
}

static enum stream_step stream_run(void *stream, struct window *w, struct spare *spare)
{
    z_stream *z = stream;
    uInt n_in = w->n_in > UINT32_MAX ? UINT32_MAX : (uInt)w->n_in;
    uInt n_out = w->n_out > UINT32_MAX ? UINT32_MAX : (uInt)w->n_out;
    z->next_in = (Bytef *)w->in;
    z->avail_in = n_in;
    z->next_out = w->out;
    z->avail_out = n_out;
    int code = inflate(z, Z_NO_FLUSH);
    w->in += n_in - z->avail_in;
    w->n_in -= n_in - z->avail_in;
    w->out += n_out - z->avail_out;
    w->n_out -= n_out - z->avail_out;
    spare->n = 0;
    if (code == Z_STREAM_END)
        return STREAM_END;
    if (code == Z_OK || code == Z_BUF_ERROR)
        return STREAM_MORE;
    if (code == Z_MEM_ERROR)
        alloc_fail();
    return STREAM_DAMAGED;
}

const struct codec codec_zlib = {
    .name = "zlib",
    .version = version,
    .encoder_new = encoder_new,
    .encoder_free = encoder_free,
    .encode = encode,
    .decoder_new = decoder_new,
    .decoder_free = decoder_free,
    .decode = decode,
    .crc = crc,
    .stream_new = decoder_new,
    .stream_free = decoder_free,
    .stream_reset = stream_reset,
    .stream_run = stream_run,
};
