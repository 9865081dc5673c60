/*
 * source_read: what the targets that read exports share: a schema, a file of any bytes
 * under a name, and all records of it as lines "offset Entity {record}".
 */
#ifndef TESTS_FUZZ_SOURCE_READ_H
#define TESTS_FUZZ_SOURCE_READ_H

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "short_reads.h"
#include "source/source.h"
#include "json/scan.h"

/* Of source/private.h, whose other names are also archive's. */
void source_set_chunk(struct source *s, size_t size);

#define RECORD (1u << 20) /* bytes of a record */

static const char source_sdl[] =
    "type Part @entity(table: \"parts\", single: \"part\", list: \"parts\", std: false,\n"
    "  by: false) { id: Int! partNumber: String cost: Float ok: Boolean tags: [String]\n"
    "  any: Any }\n"
    "type Run @entity(table: \"runs\", single: \"run\", list: \"runs\", std: false,\n"
    "  by: false) { id: Int! parts: [Part] }\n"
    "scalar Any\n";

static struct schema *source_schema;
static char source_dir[] = "/tmp/fuzz-source-XXXXXX";

static inline void source_leave(void)
{
    rmdir(source_dir);
    schema_free(source_schema);
}

static inline void source_enter(void)
{
    struct error e = ERROR_INIT;
    enum err code = schema_load(STR(source_sdl), "fuzz", &source_schema, &e);
    if (code != ERR_OK)
        fprintf(stderr, "%s\n", e.line);
    FUZZ_ASSERT(code == ERR_OK && mkdtemp(source_dir));
    atexit(source_leave);
}

/* A file of these bytes in memory, which a symbolic link gives its name. */
struct source_file {
    int fd;
    char path[96];
};

static inline void source_file_open(struct source_file *f, const char *name,
                                    struct str bytes)
{
    char target[32];
    f->fd = memfd_create("source", MFD_CLOEXEC);
    FUZZ_ASSERT(f->fd >= 0);
    FUZZ_ASSERT(!bytes.n || pwrite(f->fd, bytes.p, bytes.n, 0) == (ssize_t)bytes.n);
    snprintf(target, sizeof target, "/proc/self/fd/%d", f->fd);
    snprintf(f->path, sizeof f->path, "%s/%s", source_dir, name);
    FUZZ_ASSERT(symlink(target, f->path) == 0);
}

static inline void source_file_close(const struct source_file *f)
{
    unlink(f->path);
    close(f->fd);
}

/* What a worker does: a record's inside is its business. */
static inline bool source_is_valid(struct str json)
{
    CLEANUP(scan_done) struct scan scan;
    enum scan_event ev;
    scan_init(&scan);
    scan_feed(&scan, json);
    scan_finish(&scan);
    while ((ev = scan_next(&scan)) > SCAN_MORE)
        continue;
    return ev == SCAN_END;
}

/* Bytes that no decoder made stand where the record says they do. */
static inline void source_check_place(const struct source_body *b, struct str file)
{
    FUZZ_ASSERT(b->offset + b->json.n <= file.n);
    FUZZ_ASSERT(memcmp(file.p + b->offset, b->json.p, b->json.n) == 0);
}

/* Adds the lines of a chunk. `file` as below. */
static inline enum err source_lines(struct source *s, const struct chunk *c,
                                    struct str file, struct buf *out, struct error *e)
{
    for (size_t i = 0; i < c->n_records; i++) {
        struct source_body b;
        enum source_outcome outcome = source_record(s, c, i, &b, e);
        if (outcome == SOURCE_FAILED)
            return e->code;
        if (outcome == SOURCE_NOTHING)
            continue;
        FUZZ_ASSERT(b.json.n && b.json.p[0] == '{' && b.entity);
        if (!source_is_valid(b.json))
            return err_set(e, ERR_DATA, "a record is not valid");
        if (file.n && !str_eq(c->origin->format, STR("csv")))
            source_check_place(&b, file);
        buf_printf(out, "%llu %.*s ", (unsigned long long)b.offset,
                   STR_ARG(b.entity->name));
        buf_add_str(out, b.json);
        buf_add_char(out, '\n');
    }
    return ERR_OK;
}

/* All that is left in the source, and what it found besides. `file`: its bytes where
 * records are slices of them, else empty. */
static inline enum err source_drain(struct source *s, struct str file, struct buf *out,
                                    struct error *e)
{
    CLEANUP(chunk_done) struct chunk c = {0};
    for (uint64_t sequence = 0;; sequence++) {
        TRY(source_next(s, &c, e));
        if (!c.n_records)
            break;
        FUZZ_ASSERT(c.sequence == sequence);
        /* A chunk, a record that just fits, and how buffers grow. */
        FUZZ_ASSERT(c.data.cap <= 2 * (SOURCE_CHUNK + RECORD));
        TRY(source_lines(s, &c, file, out, e));
    }
    for (size_t i = 0; i < source_n_findings(s); i++) {
        FUZZ_ASSERT(!strstr(source_finding_bare(s, i), FUZZ_CANARY));
        FUZZ_ASSERT(!strstr(source_finding_bare(s, i), FUZZ_CANARY_DIGITS));
        buf_printf(out, "%s\n", source_finding_at(s, i));
    }
    return ERR_OK;
}

struct source_way {
    size_t chunk;
    struct fuzz_dice *dice; /* of short reads, or NULL */
    bool allow_partial;
};

static inline enum err source_read_all(const char *path, struct source_way way,
                                       struct str file, struct buf *out)
{
    CLEANUP(source_freep) struct source *s = NULL;
    struct error e = ERROR_INIT;
    struct source_options o = {.schema = source_schema,
                               .record_limit = RECORD,
                               .allow_partial = way.allow_partial};
    FUZZ_ASSERT(source_new(&o, &s, &e) == ERR_OK);
    source_set_chunk(s, way.chunk);
    FUZZ_ASSERT(source_add(s, path, &e) == ERR_OK);
    short_reads(way.dice);
    enum err code = source_drain(s, file, out, &e);
    short_reads(NULL);
    if (code != ERR_OK)
        fuzz_refused(&e);
    return code;
}

#endif
