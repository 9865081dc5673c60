#include "source/pack.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/file.h"
#include "source/libarchive.h"

struct packer {
    const struct libarchive *lib;
    struct archive *archive;
    int fd;
    char *what;
    uint64_t rest;  /* of the member that is open */
    bool abandoned; /* nothing more is written */
    struct error error;
};

/* A failed write is kept in p->error and not told: libarchive frees the buffers of an
 * output that has failed only in a close that it then refuses. */
static la_ssize_t write_callback(struct archive *a, void *ctx, const void *bytes,
                                 size_t n)
{
    struct packer *p = ctx;
    (void)a;
    if (p->error.code == ERR_OK && !p->abandoned)
        (void)!file_write_all(p->fd, bytes, n, p->what, &p->error);
    return (la_ssize_t)n;
}

static enum err failed(struct packer *p, struct error *e)
{
    /* Without memory it often names no cause, and nothing else does that: what it is
     * asked for is valid, and what is written is not its concern. */
    int cause = p->archive ? p->lib->archive_errno(p->archive) : 0;
    if (p->error.code == ERR_OK && (cause == ENOMEM || cause == 0))
        alloc_fail();
    if (p->error.code == ERR_OK)
        err_set(&p->error, ERR_SOFTWARE, "%s: a tar member could not be written",
                p->what);
    if (e)
        *e = p->error;
    return p->error.code;
}

/* What a call of libarchive came to. */
static enum err outcome(struct packer *p, int r, struct error *e)
{
    return r == ARCHIVE_OK && p->error.code == ERR_OK ? ERR_OK : failed(p, e);
}

enum err packer_new(int fd, const char *what, struct packer **out, struct error *e)
{
    CLEANUP(packer_freep) struct packer *p = NEW(struct packer);
    p->fd = fd;
    p->what = alloc_str(str_of(what));
    p->error = (struct error)ERROR_INIT;
    TRY(libarchive_load(&p->lib, e));
    p->archive = p->lib->archive_write_new();
    if (!p->archive)
        alloc_fail();
    /* "restricted": pax records only where ustar has no room. */
    if (p->lib->archive_write_set_format_pax_restricted(p->archive) != ARCHIVE_OK ||
        p->lib->archive_write_set_bytes_in_last_block(p->archive, 1) != ARCHIVE_OK ||
        p->lib->archive_write_open(p->archive, p, NULL, write_callback, NULL) !=
            ARCHIVE_OK)
        return failed(p, e);
    *out = p;
    p = NULL;
    return ERR_OK;
}

enum err packer_begin(struct packer *p, struct str name, uint64_t size, struct error *e)
{
    if (p->error.code != ERR_OK)
        return failed(p, e);
    struct archive_entry *entry = p->lib->archive_entry_new2(p->archive);
    if (!entry)
        alloc_fail();
    char *path = alloc_str(name);
    p->lib->archive_entry_set_pathname(entry, path);
    p->lib->archive_entry_update_pathname_utf8(entry, path);
    p->lib->archive_entry_set_filetype(entry, AE_IFREG);
    p->lib->archive_entry_set_perm(entry, 0644);
    p->lib->archive_entry_set_size(entry, (la_int64_t)size);
    p->lib->archive_entry_set_mtime(entry, 0, 0);
    int r = p->lib->archive_write_header(p->archive, entry);
    p->lib->archive_entry_free(entry);
    free(path);
    p->rest = size;
    return outcome(p, r, e);
}

enum err packer_add(struct packer *p, struct str piece, struct error *e)
{
    if (p->error.code != ERR_OK)
        return failed(p, e);
    if (piece.n > p->rest)
        return err_set(e, ERR_SOFTWARE, "a tar member is longer than was said");
    p->rest -= piece.n;
    while (piece.n) {
        la_ssize_t put = p->lib->archive_write_data(p->archive, piece.p, piece.n);
        if (put <= 0)
            return failed(p, e);
        piece = str_from(piece, (size_t)put);
    }
    return outcome(p, ARCHIVE_OK, e);
}

enum err packer_end(struct packer *p, struct error *e)
{
    if (p->error.code != ERR_OK)
        return failed(p, e);
    if (p->rest)
        return err_set(e, ERR_SOFTWARE, "a tar member is shorter than was said");
    return outcome(p, p->lib->archive_write_finish_entry(p->archive), e);
}

enum err packer_member(struct packer *p, struct str name, struct str content,
                       struct error *e)
{
    TRY(packer_begin(p, name, content.n, e));
    TRY(packer_add(p, content, e));
    return packer_end(p, e);
}

enum err packer_finish(struct packer *p, struct error *e)
{
    if (p->error.code != ERR_OK)
        return failed(p, e);
    return outcome(p, p->lib->archive_write_close(p->archive), e);
}

void packer_free(struct packer *p)
{
    if (!p)
        return;
    /* Without packer_finish() nothing more is written. */
    if (p->archive) {
        p->abandoned = true;
        p->lib->archive_write_fail(p->archive);
        p->lib->archive_write_close(p->archive);
        p->lib->archive_write_free(p->archive);
    }
    free(p->what);
    free(p);
}
