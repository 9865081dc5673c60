/*
 * stream: bytes one after another, in layers.
 *
 * A stream is a file, standard input, a feed, or a decoder on top of another stream,
 * which it takes. read() puts at most n bytes and may put fewer; 0 bytes mean the end,
 * which is only said when the layer has checked its own trailer. One thread at a time.
 */
#ifndef SOURCE_STREAM_H
#define SOURCE_STREAM_H

#include <stdatomic.h>

#include "base/err.h"
#include "base/str.h"
#include "source/source.h"

struct stream {
    enum err (*read)(struct stream *s, void *p, size_t n, size_t *out_n,
                     struct error *e);
    void (*close)(struct stream *s); /* frees */
};

/* Reads until n bytes are there; *out_n < n only at the end. */
enum err stream_full(struct stream *s, void *p, size_t n, size_t *out_n,
                     struct error *e) MUST_CHECK;

void stream_free(struct stream *s);
DEFINE_CLEANUP(struct stream, stream_free);

/* A file ("-": standard input). `done` is raised by what is read. A regular file that
 * is not as long as it was, or was written to meanwhile, is ERR_DATA at its end. Gives.
 */
enum err stream_file(const char *path, _Atomic uint64_t *done, struct stream **out,
                     struct error *e) MUST_CHECK;

/* The current member of a feed; borrows it. Gives. */
struct stream *stream_feed(const struct source_feed *feed);

/* Takes `in`; its first bytes, at most PEEK, can be looked at before they are read. */
#define PEEK 1024
enum err stream_peek(struct stream *in, struct stream **out, struct str *out_head,
                     struct error *e) MUST_CHECK;

/* gzip, any number of members. Takes `in`. */
struct stream *stream_gunzip(struct stream *in);

/* What one decoder took in and gave out. */
struct ratio {
    uint64_t in, out;
};

/* ERR_LIMIT past SOURCE_RATIO. */
enum err ratio_check(const struct ratio *r, struct error *e) MUST_CHECK;

#endif
