#include "source/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "deflate/deflate.h"

/* Below this size no ratio is looked at: small files of one repeated record are honest.
 */
#define RATIO_FROM (64u << 20)

struct file_stream {
    struct stream base;
    int fd;
    bool regular;
    struct stat first;
    uint64_t have;
    _Atomic uint64_t *done;
};

struct feed_stream {
    struct stream base;
    const struct source_feed *feed;
};

struct peek_stream {
    struct stream base;
    struct stream *in;
    size_t n, at;
    char head[PEEK];
};

struct gunzip_stream {
    struct stream base;
    struct stream *in;
    struct gunzip *gunzip;
    struct ratio ratio;
};

enum err stream_full(struct stream *s, void *p, size_t n, size_t *out_n,
                     struct error *e)
{
    size_t have = 0;
    while (have < n) {
        size_t got = 0;
        TRY(s->read(s, (char *)p + have, n - have, &got, e));
        if (!got)
            break;
        have += got;
    }
    *out_n = have;
    return ERR_OK;
}

void stream_free(struct stream *s)
{
    if (s)
        s->close(s);
}

static enum err file_unchanged(const struct file_stream *f, struct error *e)
{
    struct stat now;
    if (!f->regular)
        return ERR_OK;
    if (fstat(f->fd, &now) < 0)
        return err_sys(e, ERR_IO, errno, "cannot look at the file");
    if (f->have != (uint64_t)f->first.st_size || now.st_size != f->first.st_size ||
        now.st_mtim.tv_sec != f->first.st_mtim.tv_sec ||
        now.st_mtim.tv_nsec != f->first.st_mtim.tv_nsec)
        return err_set(e, ERR_DATA, "changed while it was read; read a finished file");
    return ERR_OK;
}

static enum err file_stream_read(struct stream *s, void *p, size_t n, size_t *out_n,
                                 struct error *e)
{
    struct file_stream *f = (struct file_stream *)s;
    ssize_t got;
    do
        got = read(f->fd, p, n);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return err_sys(e, errno == EISDIR ? ERR_NOINPUT : ERR_IO, errno, "cannot read");
    if (got == 0 && n)
        TRY(file_unchanged(f, e));
    f->have += (uint64_t)got;
    if (f->regular && f->have > (uint64_t)f->first.st_size)
        return file_unchanged(f, e);
    atomic_fetch_add_explicit(f->done, (uint64_t)got, memory_order_relaxed);
    *out_n = (size_t)got;
    return ERR_OK;
}

static void file_stream_close(struct stream *s)
{
    struct file_stream *f = (struct file_stream *)s;
    if (f->fd >= 0)
        close(f->fd);
    free(f);
}

enum err stream_file(const char *path, _Atomic uint64_t *done, struct stream **out,
                     struct error *e)
{
    bool standard = strcmp(path, "-") == 0;
    struct file_stream *f = NEW(struct file_stream);
    f->base = (struct stream){file_stream_read, file_stream_close};
    f->done = done;
    CLEANUP(stream_freep) struct stream *owner = &f->base;
    f->fd = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (f->fd < 0 || fstat(f->fd, &f->first) < 0)
        return err_sys(e, ERR_NOINPUT, errno, "cannot open");
    if (S_ISDIR(f->first.st_mode))
        return err_set(e, ERR_NOINPUT, "is a folder where a file is expected");
    /* Standard input may be a regular file that somebody has read from already. */
    f->regular = S_ISREG(f->first.st_mode) && !standard;
    if (f->regular)
        posix_fadvise(f->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    *out = owner;
    owner = NULL;
    return ERR_OK;
}

static enum err feed_read(struct stream *s, void *p, size_t n, size_t *out_n,
                          struct error *e)
{
    const struct source_feed *feed = ((struct feed_stream *)s)->feed;
    return feed->read(feed->ctx, p, n, out_n, e);
}

static void feed_close(struct stream *s)
{
    free(s);
}

struct stream *stream_feed(const struct source_feed *feed)
{
    struct feed_stream *f = NEW(struct feed_stream);
    f->base = (struct stream){feed_read, feed_close};
    f->feed = feed;
    return &f->base;
}

static enum err peek_read(struct stream *s, void *p, size_t n, size_t *out_n,
                          struct error *e)
{
    struct peek_stream *k = (struct peek_stream *)s;
    if (k->at == k->n)
        return k->in->read(k->in, p, n, out_n, e);
    size_t rest = k->n - k->at;
    size_t take = rest < n ? rest : n;
    memcpy(p, k->head + k->at, take);
    k->at += take;
    *out_n = take;
    return ERR_OK;
}

static void peek_close(struct stream *s)
{
    stream_free(((struct peek_stream *)s)->in);
    free(s);
}

enum err stream_peek(struct stream *in, struct stream **out, struct str *out_head,
                     struct error *e)
{
    struct peek_stream *k = NEW(struct peek_stream);
    k->base = (struct stream){peek_read, peek_close};
    k->in = in;
    CLEANUP(stream_freep) struct stream *owner = &k->base;
    TRY(stream_full(in, k->head, PEEK, &k->n, e));
    *out_head = str_n(k->head, k->n);
    *out = owner;
    owner = NULL;
    return ERR_OK;
}

enum err ratio_check(const struct ratio *r, struct error *e)
{
    if (r->out > RATIO_FROM && r->out / SOURCE_RATIO > r->in)
        return err_set(e, ERR_LIMIT,
                       "grows more than %u-fold when unpacked; no export does",
                       SOURCE_RATIO);
    return ERR_OK;
}

static enum err gunzip_fill_in(void *ctx, void *p, size_t n, size_t *out_n,
                               struct error *e)
{
    struct gunzip_stream *g = ctx;
    TRY(stream_full(g->in, p, n, out_n, e));
    g->ratio.in += *out_n;
    return ERR_OK;
}

static enum err gunzip_stream_read(struct stream *s, void *p, size_t n, size_t *out_n,
                                   struct error *e)
{
    struct gunzip_stream *g = (struct gunzip_stream *)s;
    TRY(gunzip_read(g->gunzip, p, n, out_n, e));
    g->ratio.out += *out_n;
    return ratio_check(&g->ratio, e);
}

static void gunzip_stream_close(struct stream *s)
{
    struct gunzip_stream *g = (struct gunzip_stream *)s;
    gunzip_free(g->gunzip);
    stream_free(g->in);
    free(g);
}

struct stream *stream_gunzip(struct stream *in)
{
    struct gunzip_stream *g = NEW(struct gunzip_stream);
    g->base = (struct stream){gunzip_stream_read, gunzip_stream_close};
    g->in = in;
    g->gunzip = gunzip_new(gunzip_fill_in, g);
    return &g->base;
}
