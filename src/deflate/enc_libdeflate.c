#include <libdeflate.h>

#include "base/alloc.h"
#include "deflate/codec.h"

static const char *version(void)
{
    return LIBDEFLATE_VERSION_STRING;
}

static void *encoder_new(int level)
{
    void *encoder = libdeflate_alloc_compressor(level);
    if (!encoder)
        alloc_fail();
    return encoder;
}

static void encoder_free(void *encoder)
{
    libdeflate_free_compressor(encoder);
}

static bool encode(void *encoder, struct str in, struct buf *out)
{
    size_t room = libdeflate_deflate_compress_bound(encoder, in.n);
    char *p = buf_room(out, room);
    size_t n = libdeflate_deflate_compress(encoder, in.n ? in.p : "", in.n, p, room);
    out->n += n;
    return n > 0;
}

static void *decoder_new(void)
{
    void *decoder = libdeflate_alloc_decompressor();
    if (!decoder)
        alloc_fail();
    return decoder;
}

static void decoder_free(void *decoder)
{
    libdeflate_free_decompressor(decoder);
}

static bool decode(void *decoder, struct str in, void *p, size_t room,
                   struct decoded *out)
{
    return libdeflate_deflate_decompress_ex(decoder, in.n ? in.p : "", in.n, p, room,
                                            &out->used,
                                            &out->produced) == LIBDEFLATE_SUCCESS;
}

static uint32_t crc(uint32_t before, struct str s)
{
    return libdeflate_crc32(before, s.p, s.n);
}

const struct codec codec_libdeflate = {
    .name = "libdeflate",
    .version = version,
    .encoder_new = encoder_new,
    .encoder_free = encoder_free,
    .encode = encode,
    .decoder_new = decoder_new,
    .decoder_free = decoder_free,
    .decode = decode,
    .crc = crc,
};
