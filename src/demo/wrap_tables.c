/* A data snapshot: one gzipped table per entity in a tar. A tar says a member's size
 * first, so each table is spooled into a private temporary file. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "deflate/deflate.h"
#include "demo/wrap.h"
#include "source/pack.h"

struct wrap_tables {
    struct packer *packer;
    struct deflater *deflater;
    struct buf packed;
    int spool;
    uint64_t spooled; /* bytes in it */
};

static enum err tar_open(struct wrap *o, struct error *e)
{
    struct wrap_tables *t = NEW(struct wrap_tables);

    o->tables = t;
    t->spool = -1;
    t->deflater = deflater_new(DEFLATE_BALANCED);
    TRY(file_temp(o->options->temp, &t->spool, e));
    return packer_new(o->fd, o->what, &t->packer, e);
}

static enum err tar_entity(struct wrap *o, struct error *e)
{
    struct wrap_tables *t = o->tables;

    t->spooled = 0;
    if (lseek(t->spool, 0, SEEK_SET) < 0 || ftruncate(t->spool, 0) < 0)
        return err_sys(e, ERR_IO, errno, "cannot rewind a temporary file");
    return ERR_OK;
}

static void tar_before(struct wrap *o)
{
    (void)o;
}

static void tar_after(struct wrap *o)
{
    buf_add_char(&o->buf, '\n');
}

/* One gzip member; concatenated ones are one file (RFC 1952, 2.2). */
static enum err tar_piece(struct wrap *o, struct error *e)
{
    struct wrap_tables *t = o->tables;

    if (o->buf.n == 0)
        return ERR_OK;
    buf_clear(&t->packed);
    TRY(deflater_gzip(t->deflater, buf_str(&o->buf), &t->packed, e));
    o->bytes += o->buf.n;
    buf_clear(&o->buf);
    t->spooled += t->packed.n;
    return file_write_all(t->spool, t->packed.p, t->packed.n, "temporary file", e);
}

static enum err tar_entity_end(struct wrap *o, struct error *e)
{
    struct wrap_tables *t = o->tables;
    BUF_SCOPED name = BUF_INIT;

    TRY(tar_piece(o, e));
    buf_printf(&name, "%.*s%s", STR_ARG(o->type->table),
               o->options->csv ? ".csv.gz" : ".jsonl.gz");
    TRY(packer_begin(t->packer, buf_str(&name), t->spooled, e));
    for (uint64_t at = 0; at < t->spooled;) {
        size_t n = 0;
        buf_clear(&t->packed);
        TRY(file_read_at(t->spool, at, buf_room(&t->packed, WRAP_PIECE), WRAP_PIECE, &n,
                         e));
        if (n == 0)
            return err_set(e, ERR_IO, "a temporary file became shorter");
        TRY(packer_add(t->packer, str_n(t->packed.p, n), e));
        at += n;
    }
    return packer_end(t->packer, e);
}

static enum err tar_finish(struct wrap *o, struct error *e)
{
    return packer_finish(o->tables->packer, e);
}

static void tar_close(struct wrap *o)
{
    struct wrap_tables *t = o->tables;

    if (!t)
        return;
    packer_free(t->packer);
    deflater_free(t->deflater);
    buf_done(&t->packed);
    file_closep(&t->spool);
    free(t);
    o->tables = NULL;
}

const struct wrap_form wrap_tar = {
    .dialect = SCRIBE_TABLE,
    .csv_dialect = SCRIBE_CSV,
    .open = tar_open,
    .entity = tar_entity,
    .before = tar_before,
    .after = tar_after,
    .piece = tar_piece,
    .entity_end = tar_entity_end,
    .finish = tar_finish,
    .close = tar_close,
};
