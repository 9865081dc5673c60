/*
 * source_kit: a little tenant in every form that source reads, and files to hold it.
 *
 * kit_begin() makes a folder that kit_end() removes; kit_* make forms of bytes, and
 * kit_read() says all records as lines "Entity {canonical record}". Check's fork mode
 * gives each case its own.
 */
#ifndef TESTS_UNIT_SOURCE_KIT_H
#define TESTS_UNIT_SOURCE_KIT_H

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "deflate/deflate.h"
#include "schema/canon.h"
#include "source/pack.h"
#include "source/private.h"
#include "test.h"

/* A slice of a literal where only a constant will do: in static tables. */
#define LIT(literal)                   \
    {                                  \
        (literal), sizeof(literal) - 1 \
    }

struct kit {
    char dir[64];
    struct schema *schema;
    struct canon *canon;
    struct source_options options;
    size_t chunk; /* 0: as it is */
    /* After kit_read() */
    uint64_t records, bytes, nothing;
    size_t chunks;
    struct buf findings, formats, places;
};

static struct kit *kit_begin(void)
{
    struct kit *k = calloc(1, sizeof *k);
    struct error e = ERROR_INIT;
    BUF_SCOPED sdl = BUF_INIT;
    assert_ok(file_read(TEST_DATA "/../../rules/ion.graphql", &sdl, &e), &e);
    assert_ok(schema_load(buf_str(&sdl), "ion.graphql", &k->schema, &e), &e);
    k->canon = canon_new();
    k->options.schema = k->schema;
    k->options.record_limit = 12u << 20;
    strcpy(k->dir, "/tmp/test-source-XXXXXX");
    ck_assert(mkdtemp(k->dir));
    return k;
}

static int kit_remove(const char *path, const struct stat *st, int flag,
                      struct FTW *ftw)
{
    (void)st, (void)flag, (void)ftw;
    return remove(path);
}

static void kit_end(struct kit *k)
{
    nftw(k->dir, kit_remove, 16, FTW_DEPTH | FTW_PHYS);
    schema_free(k->schema);
    canon_free(k->canon);
    buf_done(&k->findings);
    buf_done(&k->formats);
    buf_done(&k->places);
    free(k);
}

/* The path of a file in the folder; in a static buffer of four. */
static const char *kit_path(struct kit *k, const char *name)
{
    static char paths[4][256];
    static unsigned next;
    char *p = paths[next++ % 4];
    snprintf(p, sizeof paths[0], "%s/%s", k->dir, name);
    return p;
}

static const char *kit_write(struct kit *k, const char *name, struct str bytes)
{
    const char *path = kit_path(k, name);
    for (char *slash = strchr(path + strlen(k->dir) + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = 0;
        ck_assert(mkdir(path, 0700) == 0 || errno == EEXIST);
        *slash = '/';
    }
    FILE *f = fopen(path, "w");
    ck_assert(f && fwrite(bytes.p ? bytes.p : "", 1, bytes.n, f) == bytes.n);
    fclose(f);
    return path;
}

static inline void kit_gzip(struct str in, struct buf *out)
{
    struct error e = ERROR_INIT;
    struct deflater *d = deflater_new(DEFLATE_FAST);
    assert_ok(deflater_gzip(d, in, out, &e), &e);
    deflater_free(d);
}

static la_ssize_t kit_written(struct archive *a, void *ctx, const void *p, size_t n)
{
    (void)a;
    buf_add(ctx, p, n);
    return (la_ssize_t)n;
}

/* ARCHIVE_FILTER_ZSTD, …_BZIP2, …_XZ */
static inline void kit_filter(int code, struct str in, struct buf *out)
{
    struct archive *a = archive_write_new();
    ck_assert(archive_write_add_filter(a, code) == ARCHIVE_OK);
    archive_write_set_format_raw(a);
    archive_write_set_bytes_in_last_block(a, 1);
    ck_assert(archive_write_open(a, out, NULL, kit_written, NULL) == ARCHIVE_OK);
    struct archive_entry *x = archive_entry_new();
    archive_entry_set_filetype(x, AE_IFREG);
    ck_assert(archive_write_header(a, x) == ARCHIVE_OK);
    ck_assert(archive_write_data(a, in.p, in.n) == (la_ssize_t)in.n);
    archive_entry_free(x);
    ck_assert(archive_write_close(a) == ARCHIVE_OK);
    archive_write_free(a);
}

struct kit_member {
    const char *name;
    struct str bytes;
    const char *link;
};

static void kit_archive(bool zip, const struct kit_member *m, size_t n, struct buf *out)
{
    struct archive *a = archive_write_new();
    if (zip)
        archive_write_set_format_zip(a);
    else
        archive_write_set_format_pax_restricted(a);
    archive_write_set_bytes_in_last_block(a, 1);
    ck_assert(archive_write_open(a, out, NULL, kit_written, NULL) == ARCHIVE_OK);
    for (size_t i = 0; i < n; i++) {
        struct archive_entry *x = archive_entry_new();
        archive_entry_set_pathname(x, m[i].name);
        archive_entry_set_filetype(x, m[i].link ? AE_IFLNK : AE_IFREG);
        archive_entry_set_perm(x, 0644);
        if (m[i].link)
            archive_entry_set_symlink(x, m[i].link);
        archive_entry_set_size(x, (la_int64_t)m[i].bytes.n);
        ck_assert(archive_write_header(a, x) == ARCHIVE_OK);
        if (m[i].bytes.n)
            ck_assert(archive_write_data(a, m[i].bytes.p, m[i].bytes.n) ==
                      (la_ssize_t)m[i].bytes.n);
        archive_entry_free(x);
    }
    ck_assert(archive_write_close(a) == ARCHIVE_OK);
    archive_write_free(a);
}

static enum err kit_chunk(struct kit *k, struct source *s, const struct chunk *c,
                          struct buf *out, struct error *e)
{
    for (size_t i = 0; i < c->n_records; i++) {
        struct source_body body;
        struct canon_record record;
        switch (source_record(s, c, i, &body, e)) {
        case SOURCE_FAILED: return e->code;
        case SOURCE_NOTHING: k->nothing++; continue;
        case SOURCE_RECORD: break;
        }
        TRY(canon_record(k->canon, body.entity, body.json, &record, e));
        buf_printf(out, "%.*s %.*s\n", STR_ARG(body.entity->name),
                   STR_ARG(record.text));
        buf_printf(&k->places, "%llu ", (unsigned long long)body.offset);
        k->records++;
    }
    return ERR_OK;
}

static enum err kit_read(struct kit *k, const char *const *paths, size_t n,
                         struct buf *out, struct error *e)
{
    CLEANUP(source_freep) struct source *s = NULL;
    CLEANUP(chunk_done) struct chunk c = {0};
    k->records = k->bytes = k->nothing = k->chunks = 0;
    k->findings.n = k->formats.n = k->places.n = out->n = 0;
    *e = (struct error)ERROR_INIT;
    TRY(source_new(&k->options, &s, e));
    if (k->chunk)
        source_set_chunk(s, k->chunk);
    for (size_t i = 0; i < n; i++)
        TRY(source_add(s, paths[i], e));
    for (uint64_t sequence = 0, record = 1;; sequence++) {
        TRY(source_next(s, &c, e));
        if (!c.n_records)
            break;
        ck_assert_uint_eq(c.sequence, sequence);
        ck_assert(c.first_record == 1 || c.first_record == record);
        record = c.first_record + c.n_records;
        TRY(kit_chunk(k, s, &c, out, e));
        k->chunks++;
    }
    for (size_t i = 0; i < source_n_inputs(s); i++) {
        const struct source_input *in = source_input_at(s, i);
        buf_printf(&k->formats, "%.*s:%llu ", STR_ARG(in->format),
                   (unsigned long long)in->records);
        k->bytes += in->bytes;
    }
    for (size_t i = 0; i < source_n_findings(s); i++)
        buf_printf(&k->findings, "%s\n", source_finding_at(s, i));
    return ERR_OK;
}

static enum err kit_read_one(struct kit *k, const char *path, struct buf *out,
                             struct error *e)
{
    return kit_read(k, &path, 1, out, e);
}

#endif
