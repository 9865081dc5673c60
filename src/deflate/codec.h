/*
 * codec: what one compression library offers, as a table; private to this room.
 *
 * One file per library, listed in meson.build where it was found, so that nothing else
 * needs to know which there are. Objects behind `void *` belong to one thread.
 */
#ifndef DEFLATE_CODEC_H
#define DEFLATE_CODEC_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct decoded {
    size_t used;     /* of the input, up to the end of the block */
    size_t produced; /* at p */
};

/* A stretch of input and room for output; both move forward. */
struct window {
    const uint8_t *in;
    size_t n_in;
    uint8_t *out;
    size_t n_out;
};

enum stream_step {
    STREAM_MORE, /* give more input or more room */
    STREAM_END,
    STREAM_DAMAGED,
};

/* Bytes that a stream took from its input beyond the end of the DEFLATE data: less than
 * the gzip trailer has, so they are always a part of it. */
struct spare {
    uint8_t p[8];
    size_t n;
};

struct codec {
    const char *name;
    const char *(*version)(void);

    /* One block of raw DEFLATE. `in` has at most DEFLATE_BLOCK bytes. encode() adds to
     * `out` and is false on a fault of the library; decode() is false when the block is
     * damaged, cut or longer than `room`. */
    void *(*encoder_new)(int level);
    void (*encoder_free)(void *encoder);
    bool (*encode)(void *encoder, struct str in, struct buf *out);
    void *(*decoder_new)(void);
    void (*decoder_free)(void *decoder);
    bool (*decode)(void *decoder, struct str in, void *p, size_t room,
                   struct decoded *out);
    uint32_t (*crc)(uint32_t crc, struct str s);

    /* Raw DEFLATE in any pieces. NULL where the library has no streams. stream_run()
     * sets *spare when it returns STREAM_END. */
    void *(*stream_new)(void);
    void (*stream_free)(void *stream);
    void (*stream_reset)(void *stream); /* before every further one */
    enum stream_step (*stream_run)(void *stream, struct window *w, struct spare *spare);
};

extern const struct codec codec_zlib, codec_libdeflate, codec_isal;

/* Those built in, for tests; ends with NULL. */
extern const struct codec *const codecs[];

/* gunzip_new() with a given codec. */
struct gunzip *gunzip_with(const struct codec *codec,
                           enum err (*fill)(void *, void *, size_t, size_t *,
                                            struct error *),
                           void *ctx);

/* The largest bytes of output that a byte of DEFLATE can make: a match of 258 in two
 * bits (RFC 1951, 3.2.5). */
#define DEFLATE_RATIO 1032

#endif
