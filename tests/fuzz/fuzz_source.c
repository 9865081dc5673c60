/* Reading an export: the records and where they stood do not depend on the size of
 * chunks, and an uncompressed record is found at its offset. Byte 0 chooses the file's
 * name, byte 1 the chunk. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "fuzz.h"
#include "source/private.h"
#include "json/scan.h"

static const char sdl[] =
    "type Part @entity(table: \"parts\", single: \"part\", list: \"parts\", std: false, by: "
    "false) { id: Int! partNumber: String cost: Float ok: Boolean tags: [String] any: Any }\n"
    "type Run @entity(table: \"runs\", single: \"run\", list: \"runs\", std: false, by: false)"
    " { id: Int! parts: [Part] }\n"
    "scalar Any\n";

static const char *const names[] = {"parts.json", "parts.csv", "other",
                                    "runs.jsonl.gz"};
#define NAMES (sizeof names / sizeof *names)

static struct schema *schema;
static int fd = -1;
static char dir[] = "/tmp/fuzz-source-XXXXXX";
static char paths[NAMES][64];

static void leave(void)
{
    for (size_t i = 0; i < NAMES; i++)
        unlink(paths[i]);
    rmdir(dir);
    schema_free(schema);
}

static void enter(void)
{
    char target[32];
    struct error e = ERROR_INIT;
    enum err code = schema_load(str_of(sdl), "fuzz", &schema, &e);
    if (code != ERR_OK)
        fprintf(stderr, "%s\n", e.line);
    FUZZ_ASSERT(code == ERR_OK);
    fd = memfd_create("source", MFD_CLOEXEC);
    FUZZ_ASSERT(fd >= 0 && mkdtemp(dir));
    snprintf(target, sizeof target, "/proc/self/fd/%d", fd);
    for (size_t i = 0; i < NAMES; i++) {
        snprintf(paths[i], sizeof paths[i], "%s/%s", dir, names[i]);
        FUZZ_ASSERT(symlink(target, paths[i]) == 0);
    }
    atexit(leave);
}

static void check_place(const struct source_body *b, const char *format,
                        struct str file)
{
    FUZZ_ASSERT(b->json.n && b->json.p[0] == '{');
    FUZZ_ASSERT(b->entity);
    /* Not so where bytes were unpacked or made; a byte-order mark is part of the file.
     */
    if (strcmp(format, "csv") == 0 || !file.n || !memchr("{[\xef \t\r\n", file.p[0], 7))
        return;
    FUZZ_ASSERT(b->offset + b->json.n <= file.n);
    FUZZ_ASSERT(memcmp(file.p + b->offset, b->json.p, b->json.n) == 0);
}

/* What a worker does: a record's inside is its business. */
static bool is_valid(struct str json)
{
    CLEANUP(scan_done) struct scan scan;
    scan_init(&scan);
    scan_feed(&scan, json);
    scan_finish(&scan);
    enum scan_event ev;
    while ((ev = scan_next(&scan)) > SCAN_MORE)
        continue;
    return ev == SCAN_END;
}

static enum err read_all(const char *path, size_t chunk, struct str file,
                         struct buf *out)
{
    CLEANUP(source_freep) struct source *s = NULL;
    CLEANUP(chunk_done) struct chunk c = {0};
    struct error e = ERROR_INIT;
    struct source_options o = {.schema = schema, .record_limit = 1 << 20};
    TRY(source_new(&o, &s, &e));
    source_set_chunk(s, chunk);
    TRY(source_add(s, path, &e));
    for (;;) {
        TRY(source_next(s, &c, &e));
        if (!c.n_records)
            return ERR_OK;
        for (size_t i = 0; i < c.n_records; i++) {
            struct source_body b;
            enum source_outcome outcome = source_record(s, &c, i, &b, &e);
            if (outcome == SOURCE_FAILED)
                return e.code;
            if (outcome == SOURCE_NOTHING)
                continue;
            if (!is_valid(b.json))
                return ERR_DATA;
            check_place(&b, c.origin->format.p, file);
            buf_printf(out, "%llu %.*s ", (unsigned long long)b.offset,
                       STR_ARG(b.entity->name));
            buf_add_str(out, b.json);
            buf_add_char(out, '\n');
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    if (fd < 0)
        enter();
    const char *path = paths[data[0] % NAMES];
    size_t chunk = (size_t)data[1] + 1;
    struct str file = str_n((const char *)data + 2, size - 2);
    FUZZ_ASSERT(ftruncate(fd, 0) == 0);
    FUZZ_ASSERT(pwrite(fd, file.p, file.n, 0) == (ssize_t)file.n);
    BUF_SCOPED want = BUF_INIT;
    BUF_SCOPED got = BUF_INIT;
    enum err code = read_all(path, SOURCE_CHUNK, file, &want);
    enum err again = read_all(path, chunk, file, &got);
    FUZZ_ASSERT((code == ERR_OK) == (again == ERR_OK));
    FUZZ_ASSERT(code != ERR_OK || str_eq(buf_str(&want), buf_str(&got)));
    return 0;
}
