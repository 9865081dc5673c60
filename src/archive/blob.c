#include "archive/blob.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "deflate/deflate.h"

#define COPY_STEP (64u << 10)

void blob_init(struct blob *b, struct spool *spool)
{
    *b = (struct blob){.spool = spool, .digest = sha256_new()};
}

void blob_done(struct blob *b)
{
    buf_done(&b->memory);
    free(b->extents);
    sha256_free(b->digest);
    *b = (struct blob){0};
}

void blob_clear(struct blob *b)
{
    uint8_t unused[SHA256_SIZE];
    sha256_end(b->digest, unused);
    buf_clear(&b->memory);
    b->n_extents = 0;
    b->size = 0;
    b->crc = 0;
}

static enum err flush(struct blob *b, struct error *e)
{
    uint64_t at;
    TRY(spool_add(b->spool, buf_str(&b->memory), &at, e));
    assert(b->extents || !b->cap_extents);
    struct blob_extent *last = b->n_extents ? &b->extents[b->n_extents - 1] : NULL;
    if (last && last->offset + last->size == at)
        last->size += b->memory.n;
    else
        VEC_PUSH(b->extents, b->n_extents, b->cap_extents) =
            (struct blob_extent){at, b->memory.n};
    buf_clear(&b->memory);
    return ERR_OK;
}

enum err blob_add(struct blob *b, struct str s, struct error *e)
{
    if (!s.n)
        return ERR_OK;
    sha256_add(b->digest, s);
    b->crc = crc32_of(b->crc, s);
    b->size += s.n;
    buf_add_str(&b->memory, s);
    return b->memory.n >= BLOB_MEMORY ? flush(b, e) : ERR_OK;
}

void blob_sha256(struct blob *b, uint8_t out[SHA256_SIZE])
{
    sha256_end(b->digest, out);
}

enum err blob_copy(struct blob *b, blob_sink *sink, void *ctx, struct error *e)
{
    BUF_SCOPED piece = BUF_INIT;
    for (size_t i = 0; i < b->n_extents; i++) {
        struct blob_extent left = b->extents[i];
        while (left.size) {
            size_t n = left.size < COPY_STEP ? (size_t)left.size : COPY_STEP;
            buf_clear(&piece);
            TRY(spool_read(b->spool, left.offset, buf_room(&piece, n), n, e));
            TRY(sink(ctx, str_n(piece.p, n), e));
            left.offset += n;
            left.size -= n;
        }
    }
    return b->memory.n ? sink(ctx, buf_str(&b->memory), e) : ERR_OK;
}
