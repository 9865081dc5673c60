#include "source/container.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "source/libarchive.h"

#define STEP (128u << 10)

/* The last bytes of a zip in which its end record must begin: 22 bytes and a comment.
 */
#define ZIP_TAIL (22 + 65535)

struct container {
    const struct libarchive *lib;
    struct archive *archive;
    struct archive_entry *entry;
    struct stream *in;
    enum container_kind kind;
    struct ratio ratio;
    bool ended;         /* `in` is at its end */
    struct error error; /* of `in` */
    uint64_t entries;
    uint64_t zeros; /* zero bytes at the end of what was read */
    struct buf tail;
    char step[STEP];
};

struct entry_stream {
    struct stream base;
    struct container *c;
    bool owner;
};

static void keep_tail(struct container *c, const char *p, size_t n)
{
    size_t zeros = 0;
    while (zeros < n && p[n - 1 - zeros] == 0)
        zeros++;
    c->zeros = zeros == n ? c->zeros + n : zeros;
    if (c->kind != CONTAINER_ZIP)
        return;
    if (n > ZIP_TAIL) {
        p += n - ZIP_TAIL;
        n = ZIP_TAIL;
    }
    if (c->tail.n + n > ZIP_TAIL)
        buf_cut(&c->tail, c->tail.n + n - ZIP_TAIL);
    buf_add(&c->tail, p, n);
}

static enum err take(struct container *c, size_t *out_n, struct error *e)
{
    TRY(stream_full(c->in, c->step, STEP, out_n, e));
    c->ended = *out_n < STEP;
    c->ratio.in += *out_n;
    keep_tail(c, c->step, *out_n);
    return ERR_OK;
}

static la_ssize_t read_callback(struct archive *a, void *ctx, const void **out)
{
    struct container *c = ctx;
    size_t n = 0;
    if (c->ended)
        return 0;
    if (take(c, &n, &c->error) != ERR_OK) {
        c->lib->archive_set_error(a, EIO, "input");
        return -1;
    }
    *out = c->step;
    return (la_ssize_t)n;
}

/* libarchive's own text may hold names, so ours is given. */
static enum err broken(struct container *c, const char *what, struct error *e)
{
    if (c->error.code != ERR_OK) {
        if (e)
            *e = c->error;
        return c->error.code;
    }
    if (c->lib->archive_errno(c->archive) == ENOMEM)
        alloc_fail();
    return err_set(e, ERR_DATA,
                   c->ended ? "%s ends too early or is damaged" : "%s is damaged",
                   what);
}

static const char *kind_name(const struct container *c)
{
    return c->kind == CONTAINER_TAR ? "the tar archive" : "the zip archive";
}

void container_free(struct container *c)
{
    if (!c)
        return;
    if (c->archive)
        c->lib->archive_read_free(c->archive);
    stream_free(c->in);
    buf_done(&c->tail);
    free(c);
}
DEFINE_CLEANUP(struct container, container_free);

/* Takes `in`, also when it fails. */
static enum err make(struct stream *in, struct container **out, struct error *e)
{
    CLEANUP(container_freep) struct container *c = NEW(struct container);
    c->in = in;
    c->error = (struct error)ERROR_INIT;
    TRY(libarchive_load(&c->lib, e));
    c->archive = c->lib->archive_read_new();
    if (!c->archive)
        alloc_fail();
    *out = c;
    c = NULL;
    return ERR_OK;
}

enum err container_open(struct stream *in, enum container_kind kind,
                        struct container **out, struct error *e)
{
    CLEANUP(container_freep) struct container *c = NULL;
    TRY(make(in, &c, e));
    c->kind = kind;
    if (kind == CONTAINER_TAR) {
        c->lib->archive_read_support_format_tar(c->archive);
        /* Several tars one after another are read to the end of the last. */
        c->lib->archive_read_set_format_option(c->archive, "tar",
                                               "read_concatenated_archives", "1");
    } else {
        c->lib->archive_read_support_format_zip_streamable(c->archive);
    }
    if (c->lib->archive_read_open(c->archive, c, NULL, read_callback, NULL) !=
        ARCHIVE_OK)
        return broken(c, kind_name(c), e);
    *out = c;
    c = NULL;
    return ERR_OK;
}

static bool leads_out(struct str name)
{
    if (name.n && (name.p[0] == '/' || name.p[0] == '\\'))
        return true;
    for (size_t i = 0; i < name.n;) {
        size_t n = 0;
        while (i + n < name.n && name.p[i + n] != '/' && name.p[i + n] != '\\')
            n++;
        if (n == 2 && name.p[i] == '.' && name.p[i + 1] == '.')
            return true;
        i += n + 1;
    }
    return false;
}

static unsigned le16(const char *p)
{
    return (unsigned)(uint8_t)p[0] | (unsigned)(uint8_t)p[1] << 8;
}

/* The end record's number of entries, or -1 when there is none at the very end. */
static long zip_entries(struct str tail)
{
    for (size_t at = tail.n >= 22 ? tail.n - 22 + 1 : 0; at-- > 0;) {
        const char *p = tail.p + at;
        if (memcmp(p, "PK\5\6", 4) == 0 && le16(p + 20) == tail.n - at - 22)
            return (long)le16(p + 10);
    }
    return -1;
}

static enum err check_end(struct container *c, struct error *e)
{
    size_t n;
    /* Also lets the layers below check their trailers. */
    while (!c->ended)
        TRY(take(c, &n, e));
    if (c->kind == CONTAINER_TAR)
        return c->zeros >= 512 ? ERR_OK
                               : err_set(e, ERR_DATA,
                                         "the tar archive ends without its end mark: "
                                         "something may be missing");
    long entries = zip_entries(buf_str(&c->tail));
    if (entries < 0)
        return err_set(e, ERR_DATA, "the zip archive ends without its directory");
    /* 65535 stands for "see the ZIP64 record". */
    if (entries != 65535 && (uint64_t)entries != c->entries)
        return err_set(e, ERR_DATA,
                       "the zip archive's directory lists other members than it has");
    return ERR_OK;
}

static enum err describe(struct container *c, struct entry *out, struct error *e)
{
    const char *name = c->lib->archive_entry_pathname_utf8(c->entry);
    if (!name)
        name = c->lib->archive_entry_pathname(c->entry);
    if (!name)
        return err_set(e, ERR_DATA, "a member's name cannot be read");
    out->name = str_of(name);
    if (leads_out(out->name))
        return err_set(e, ERR_DATA, "a member's name leads out of the archive");
    if (c->lib->archive_entry_is_encrypted(c->entry))
        return err_set(e, ERR_DATA, "a member is encrypted; unpack it first");
    out->size = c->lib->archive_entry_size_is_set(c->entry)
                    ? (uint64_t)c->lib->archive_entry_size(c->entry)
                    : 0;
    out->kind = ENTRY_OTHER;
    if (c->lib->archive_entry_hardlink(c->entry))
        return ERR_OK;
    if (c->lib->archive_entry_filetype(c->entry) == AE_IFREG)
        out->kind = ENTRY_FILE;
    else if (c->lib->archive_entry_filetype(c->entry) == AE_IFDIR)
        out->kind = ENTRY_FOLDER;
    return ERR_OK;
}

enum err container_next(struct container *c, struct entry *out, bool *out_more,
                        struct error *e)
{
    int r = c->lib->archive_read_next_header(c->archive, &c->entry);
    if (r == ARCHIVE_EOF) {
        *out_more = false;
        return check_end(c, e);
    }
    /* A warning is about a name in another character set. */
    if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
        return broken(c, kind_name(c), e);
    c->entries++;
    if (c->entries > SOURCE_FILES)
        return err_set(e, ERR_LIMIT, "more than %u members", SOURCE_FILES);
    *out_more = true;
    return describe(c, out, e);
}

static enum err entry_read(struct stream *s, void *p, size_t n, size_t *out_n,
                           struct error *e)
{
    struct entry_stream *x = (struct entry_stream *)s;
    struct container *c = x->c;
    la_ssize_t got = c->lib->archive_read_data(c->archive, p, n);
    if (got < 0)
        return broken(c, x->owner ? "the compressed file" : kind_name(c), e);
    if (got == 0 && x->owner) {
        size_t more;
        while (!c->ended)
            TRY(take(c, &more, e));
        /* What libarchive did not take is no frame, and would be lost. */
        if ((uint64_t)c->lib->archive_filter_bytes(c->archive, -1) != c->ratio.in)
            return err_set(e, ERR_DATA, "bytes after the end of the compressed data");
    }
    c->ratio.out += (uint64_t)got;
    *out_n = (size_t)got;
    return ratio_check(&c->ratio, e);
}

static void entry_close(struct stream *s)
{
    struct entry_stream *x = (struct entry_stream *)s;
    if (x->owner)
        container_free(x->c);
    free(x);
}

static struct stream *entry_of(struct container *c, bool owner)
{
    struct entry_stream *x = NEW(struct entry_stream);
    x->base = (struct stream){entry_read, entry_close};
    x->c = c;
    x->owner = owner;
    return &x->base;
}

struct stream *container_entry(struct container *c)
{
    return entry_of(c, false);
}

enum err stream_filter(struct stream *in, struct stream **out, struct error *e)
{
    CLEANUP(container_freep) struct container *c = NULL;
    TRY(make(in, &c, e));
    if (c->lib->archive_read_support_filter_zstd(c->archive) != ARCHIVE_OK ||
        c->lib->archive_read_support_filter_bzip2(c->archive) != ARCHIVE_OK ||
        c->lib->archive_read_support_filter_xz(c->archive) != ARCHIVE_OK)
        return err_set(e, ERR_SOFTWARE, "libarchive was built without its decoders");
    c->lib->archive_read_support_format_raw(c->archive);
    c->lib->archive_read_support_format_empty(c->archive);
    if (c->lib->archive_read_open(c->archive, c, NULL, read_callback, NULL) !=
        ARCHIVE_OK)
        return broken(c, "the compressed file", e);
    int r = c->lib->archive_read_next_header(c->archive, &c->entry);
    if (r != ARCHIVE_OK && r != ARCHIVE_EOF)
        return broken(c, "the compressed file", e);
    /* Too short to be told by its decoder, it would come through as it is. */
    if (c->lib->archive_filter_code(c->archive, 0) == ARCHIVE_FILTER_NONE)
        return broken(c, "the compressed file", e);
    *out = entry_of(c, true);
    c = NULL;
    return ERR_OK;
}
