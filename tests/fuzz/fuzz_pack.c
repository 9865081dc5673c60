/*
 * Exports in archives that are whole: the same members give the same records whether
 * they come in a tar or a zip, compressed or not, and however they are read.
 *
 * Byte 0 chooses container and compression, byte 1 the chunk. The rest is members, each
 * a name, US (0x1f) and content, with RS (0x1e) between them. Damaged archives are
 * fuzz_source_any's.
 */
#include <archive.h>
#include <archive_entry.h>

#include "source_read.h"

#define MEMBERS 12
#define ROOM    (256u << 10)

struct part {
    char name[48];
    struct str content;
};

/* A name that no container reads in its own way: no root, no folder above, no folder.
 */
static void make_name(struct part *p, struct str name, size_t i)
{
    size_t n = 0;
    for (size_t k = 0; k < name.n && n < sizeof p->name - 1; k++) {
        char c = name.p[k];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
                     c == '-' || (c == '.' && n && p->name[n - 1] != '.') ||
                     (c == '/' && n && p->name[n - 1] != '/' && p->name[n - 1] != '.');
        if (plain)
            p->name[n++] = c;
    }
    p->name[n] = '\0';
    if (n == 0 || p->name[n - 1] == '/' || p->name[n - 1] == '.')
        snprintf(p->name, sizeof p->name, "member%zu.jsonl", i);
}

static size_t split(struct str s, struct part parts[MEMBERS])
{
    size_t n = 0;
    while (s.n && n < MEMBERS) {
        const char *end = memchr(s.p, 0x1e, s.n);
        struct str one = str_n(s.p, end ? (size_t)(end - s.p) : s.n);
        const char *unit = one.n ? memchr(one.p, 0x1f, one.n) : NULL;
        size_t name = unit ? (size_t)(unit - one.p) : 0;
        make_name(&parts[n], str_n(one.p, name), n);
        parts[n++].content = unit ? str_from(one, name + 1) : one;
        s = str_from(s, one.n + (end != NULL));
    }
    return n;
}

static void filter(struct archive *a, unsigned which)
{
    int code = ARCHIVE_OK;
    if (which == 1)
        code = archive_write_add_filter_gzip(a);
    else if (which == 2)
        code = archive_write_add_filter_bzip2(a);
    else if (which == 3)
        code = archive_write_add_filter_xz(a);
    FUZZ_ASSERT(code == ARCHIVE_OK);
}

/* Bits 0, 1 of `how`: ustar, pax, zip stored, zip packed; 2, 3 and 4, 5: filters. */
static void pack(const struct part *parts, size_t n, unsigned how, struct buf *out)
{
    struct archive *a = archive_write_new();
    size_t used = 0;
    FUZZ_ASSERT(a);
    if (how & 2)
        archive_write_set_format_zip(a);
    else if (how & 1)
        archive_write_set_format_pax(a);
    else
        archive_write_set_format_ustar(a);
    if ((how & 3) == 2)
        archive_write_zip_set_compression_store(a);
    filter(a, how >> 2 & 3);
    filter(a, how >> 4 & 3);
    char *room = buf_room(out, ROOM);
    FUZZ_ASSERT(archive_write_open_memory(a, room, ROOM, &used) == ARCHIVE_OK);
    for (size_t i = 0; i < n; i++) {
        struct archive_entry *entry = archive_entry_new();
        archive_entry_set_pathname(entry, parts[i].name);
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0600);
        archive_entry_set_size(entry, (int64_t)parts[i].content.n);
        FUZZ_ASSERT(archive_write_header(a, entry) == ARCHIVE_OK);
        FUZZ_ASSERT(!parts[i].content.n ||
                    archive_write_data(a, parts[i].content.p, parts[i].content.n) ==
                        (ssize_t)parts[i].content.n);
        archive_entry_free(entry);
    }
    FUZZ_ASSERT(archive_write_close(a) == ARCHIVE_OK);
    archive_write_free(a);
    out->n += used;
}

static enum err read_packed(const struct part *parts, size_t n, unsigned how,
                            struct source_way way, struct buf *out)
{
    struct source_file f;
    BUF_SCOPED bytes = BUF_INIT;
    pack(parts, n, how, &bytes);
    source_file_open(&f, "tables", buf_str(&bytes));
    enum err code = source_read_all(f.path, way, STR(""), out);
    source_file_close(&f);
    return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct part parts[MEMBERS];
    if (size < 2 || size > ROOM / 2)
        return 0;
    if (!source_schema)
        source_enter();
    size_t n = split(str_n((const char *)data + 2, size - 2), parts);
    if (!n) /* a tar without members is nothing but zeros, which could be anything */
        return 0;
    struct fuzz_dice dice = {(uint64_t)data[0] << 8 | data[1]};
    struct source_way plain = {.chunk = SOURCE_CHUNK, .allow_partial = data[0] >> 7};
    struct source_way cut = plain;
    cut.chunk = (size_t)data[1] + 1;
    cut.dice = &dice;
    BUF_SCOPED want = BUF_INIT;
    BUF_SCOPED got = BUF_INIT;
    enum err code = read_packed(parts, n, 0, plain, &want);
    enum err again = read_packed(parts, n, data[0] & 63, cut, &got);
    FUZZ_ASSERT((code == ERR_OK) == (again == ERR_OK));
    FUZZ_ASSERT(code != ERR_OK || str_eq(buf_str(&want), buf_str(&got)));
    return 0;
}
