#include "archive/zip_read.h"

#include <stdio.h>
#include <stdlib.h>

#include "archive/zip_write.h"
#include "base/alloc.h"
#include "deflate/deflate.h"

#define COMMENT_MAX 65535u

static enum err refuse(struct error *e, uint64_t at, const char *line)
{
    err_set(e, ERR_DATA, "%s", line);
    if (e)
        e->offset = at;
    return ERR_DATA;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '.' || c == '_' || c == '-' || c == '+' || c == ' ';
}

bool zip_name_is_plain(struct str name)
{
    if (!name.n || name.n > ZIP_NAME)
        return false;
    size_t begin = 0;
    for (size_t i = 0; i <= name.n; i++) {
        if (i < name.n && is_name_char(name.p[i]))
            continue;
        if (i < name.n && name.p[i] != '/')
            return false;
        struct str step = str_n(name.p + begin, i - begin);
        if (!step.n || str_eq(step, STR(".")) || str_eq(step, STR("..")))
            return false;
        begin = i + 1;
    }
    return true;
}

/* Names that lead out of the directory they are unpacked in are refused for any ZIP. */
static const char *name_fault(struct str name, enum zip_rules rules)
{
    if (rules == ZIP_OURS && memchr(name.p, 0, name.n))
        return "a member's name holds a NUL";
    if (name.n && (name.p[0] == '/' || name.p[0] == '\\'))
        return "a member's name is absolute";
    if (name.n > 1 && name.p[1] == ':')
        return "a member's name is absolute (drive)";
    for (size_t i = 0; i + 1 < name.n; i++) {
        bool begins = i == 0 || name.p[i - 1] == '/' || name.p[i - 1] == '\\';
        bool ends = i + 2 == name.n || name.p[i + 2] == '/' || name.p[i + 2] == '\\';
        if (begins && ends && name.p[i] == '.' && name.p[i + 1] == '.')
            return "a member's name leads upward (..)";
    }
    if (rules == ZIP_OURS && memchr(name.p, '\\', name.n))
        return "a member's name holds a backslash";
    if (rules == ZIP_OURS && !zip_name_is_plain(name))
        return "a member's name has characters or steps that no snapshot has";
    return NULL;
}

struct end {
    uint64_t at,
        records; /* offsets: of the end record, of the first end record (ZIP64) */
    uint64_t members, size, directory;
};

/* Finds the end record in the last bytes: the last signature whose comment ends with
 * the file. */
static enum err find_end(struct zip *z, struct end *end, struct error *e)
{
    size_t n = z->size < ZIP_END_SIZE + COMMENT_MAX ? (size_t)z->size
                                                    : ZIP_END_SIZE + COMMENT_MAX;
    if (z->rules == ZIP_OURS && n > ZIP_END_SIZE + 1024)
        n = ZIP_END_SIZE + 1024; /* ours is 26; a little more for the better message */
    uint64_t from = z->size - n;
    BUF_SCOPED tail = BUF_INIT;
    TRY(medium_read(z->medium, from, buf_room(&tail, n + 1), n, e));
    bool seen = false;
    for (size_t i = n < ZIP_END_SIZE ? 0 : n - ZIP_END_SIZE + 1; i-- > 0;) {
        const char *p = tail.p + i;
        if (zip_u32(p) != ZIP_END)
            continue;
        seen = true;
        size_t comment = zip_u16(p + 20);
        if (i + ZIP_END_SIZE + comment != n)
            continue;
        if (zip_u16(p + 4) || zip_u16(p + 6))
            return refuse(e, from + i, "archives of several disks are not supported");
        if (zip_u16(p + 8) != zip_u16(p + 10))
            return refuse(e, from + i, "the end record contradicts itself");
        *end = (struct end){from + i, from + i, zip_u16(p + 10), zip_u32(p + 12),
                            zip_u32(p + 16)};
        z->comment_n = comment < sizeof z->comment ? comment : sizeof z->comment;
        memcpy(z->comment, p + ZIP_END_SIZE, z->comment_n);
        return ERR_OK;
    }
    if (seen)
        return refuse(e, z->size,
                      "bytes follow the end of the archive, or its comment is "
                      "not as long as it says");
    return refuse(e, z->size,
                  "no end of central directory: not a ZIP file, or cut off");
}

/* The ZIP64 records stand before the end record when one of its fields is all ones. */
static enum err find_end64(struct zip *z, struct end *end, struct error *e)
{
    if (end->members != ZIP_NO16 && end->size != ZIP_NO32 && end->directory != ZIP_NO32)
        return ERR_OK;
    char p[ZIP_END64_SIZE];
    if (end->at < ZIP_LOCATOR64_SIZE + ZIP_END64_SIZE)
        return refuse(e, end->at, "the ZIP64 end record is missing");
    uint64_t locator = end->at - ZIP_LOCATOR64_SIZE;
    TRY(medium_read(z->medium, locator, p, ZIP_LOCATOR64_SIZE, e));
    if (zip_u32(p) != ZIP_LOCATOR64)
        return refuse(e, locator, "the ZIP64 end record's locator is missing");
    if (zip_u32(p + 4) || zip_u32(p + 16) > 1)
        return refuse(e, locator, "archives of several disks are not supported");
    uint64_t at = zip_u64(p + 8);
    if (at > locator - ZIP_END64_SIZE)
        return refuse(e, locator, "the ZIP64 end record lies outside the file");
    TRY(medium_read(z->medium, at, p, ZIP_END64_SIZE, e));
    if (zip_u32(p) != ZIP_END64)
        return refuse(e, at, "the ZIP64 end record has a wrong signature");
    if (zip_u32(p + 16) || zip_u32(p + 20))
        return refuse(e, at, "archives of several disks are not supported");
    if (zip_u64(p + 4) != locator - at - 12)
        return refuse(e, at, "the ZIP64 end record's size is wrong");
    if (z->rules == ZIP_OURS && locator != at + ZIP_END64_SIZE)
        return refuse(e, at, "the ZIP64 end record holds more than ours");
    uint64_t members = zip_u64(p + 32), size = zip_u64(p + 40), dir = zip_u64(p + 48);
    if (zip_u64(p + 24) != members ||
        (end->members != ZIP_NO16 && end->members != members) ||
        (end->size != ZIP_NO32 && end->size != size) ||
        (end->directory != ZIP_NO32 && end->directory != dir))
        return refuse(e, at, "the two end records contradict each other");
    *end = (struct end){end->at, at, members, size, dir};
    return ERR_OK;
}

/* Takes the ZIP64 values of the fields that are all ones; others may not stand there.
 */
static const char *zip64_field(struct str field, struct zip_member *m)
{
    size_t at = 0;
    bool wants_size = m->size == ZIP_NO32, wants_packed = m->packed == ZIP_NO32;
    if (wants_size) {
        if (field.n < at + 8)
            return "the ZIP64 field lacks the size";
        m->size = zip_u64(field.p + at);
        at += 8;
    }
    if (wants_packed) {
        if (field.n < at + 8)
            return "the ZIP64 field lacks the packed size";
        m->packed = zip_u64(field.p + at);
        at += 8;
    }
    m->zip64 = wants_size && wants_packed;
    if (m->header == ZIP_NO32) {
        if (field.n < at + 8)
            return "the ZIP64 field lacks the offset";
        m->header = zip_u64(field.p + at);
    }
    return NULL;
}

static const char *extra_fields(struct str extra, enum zip_rules rules,
                                struct zip_member *m)
{
    bool seen = false,
         ones = m->size == ZIP_NO32 || m->packed == ZIP_NO32 || m->header == ZIP_NO32;
    bool half = (m->size == ZIP_NO32) != (m->packed == ZIP_NO32);
    for (size_t at = 0; at < extra.n;) {
        if (extra.n - at < 4)
            return "an extra field is cut off";
        size_t n = zip_u16(extra.p + at + 2);
        if (extra.n - at - 4 < n)
            return "an extra field is longer than the room for it";
        bool is64 = zip_u16(extra.p + at) == ZIP_EXTRA64;
        if (rules == ZIP_OURS && (!is64 || !ones || half))
            return "an extra field that no snapshot has";
        if (is64 && seen)
            return "two ZIP64 fields";
        struct str field = str_n(extra.p + at + 4, n);
        size_t wants =
            (m->size == ZIP_NO32 ? 16u : 0) + (m->header == ZIP_NO32 ? 8u : 0);
        if (rules == ZIP_OURS && n != wants)
            return "the ZIP64 field has a wrong length";
        const char *fault = is64 ? zip64_field(field, m) : NULL;
        if (fault)
            return fault;
        seen = seen || is64;
        at += 4 + n;
    }
    return ones && !seen && rules == ZIP_OURS ? "the ZIP64 field is missing" : NULL;
}

/* What a directory record of ours has beside name, sizes, CRC and offset. */
static const char *record_is_ours(const char *p, uint16_t extra)
{
    uint16_t version = extra ? ZIP_VERSION64 : ZIP_VERSION;
    if (zip_u16(p + 4) != (ZIP_UNIX | version) || zip_u16(p + 6) != version)
        return "a member's version is none of ours";
    if (zip_u16(p + 8))
        return "a member has flags, which none of ours has";
    if (zip_u16(p + 12) || zip_u16(p + 14) != ZIP_DATE)
        return "a member has a time, which none of ours has";
    if (zip_u16(p + 32))
        return "a member has a comment, which none of ours has";
    if (zip_u16(p + 36) || zip_u32(p + 38) != ZIP_ATTRIBUTES)
        return "a member has attributes other than ours";
    return NULL;
}

static const char *member_fault(const struct zip *z, const struct zip_member *m)
{
    if (m->flags & (ZIP_FLAG_STRONG | ZIP_FLAG_MASKED))
        return "strong encryption is not supported";
    bool encrypted = m->flags & ZIP_FLAG_ENCRYPTED;
    if (m->method == ZIP_STORED && !encrypted && m->packed != m->size)
        return "a stored member has two different sizes";
    if (m->header > z->directory_at || m->packed > z->directory_at - m->header ||
        z->directory_at - m->header - m->packed < ZIP_LOCAL_SIZE + m->name.n)
        return "a member reaches past the directory";
    if (m->method == ZIP_DEFLATED && m->size > m->packed * ZIP_RATIO)
        return "a member claims to be larger than DEFLATE can make it";
    if (z->rules == ZIP_ANY)
        return NULL;
    if (m->method != ZIP_STORED && m->method != ZIP_DEFLATED)
        return "a member's compression method is none of ours";
    if (m->method == ZIP_DEFLATED && m->size > ZIP_CONTENT)
        return "a member is larger than the limit (1 GiB)";
    return NULL;
}

static enum err directory_record(struct zip *z, size_t *at, struct error *e)
{
    size_t left = z->directory.n - *at;
    const char *p = z->directory.p + *at;
    uint64_t offset = z->directory_at + *at;
    if (left < ZIP_CENTRAL_SIZE)
        return refuse(e, offset, "the directory ends in the middle of a record");
    if (zip_u32(p) != ZIP_CENTRAL)
        return refuse(e, offset, "a directory record has a wrong signature");
    uint16_t name = zip_u16(p + 28), extra = zip_u16(p + 30), comment = zip_u16(p + 32);
    size_t size = ZIP_CENTRAL_SIZE + (size_t)name + extra + comment;
    if (left < size)
        return refuse(e, offset, "the directory ends in the middle of a record");
    struct zip_member m = {
        .name = str_n(p + ZIP_CENTRAL_SIZE, name),
        .header = zip_u32(p + 42),
        .packed = zip_u32(p + 20),
        .size = zip_u32(p + 24),
        .crc = zip_u32(p + 16),
        .method = zip_u16(p + 10),
        .flags = zip_u16(p + 8),
    };
    const char *fault = name_fault(m.name, z->rules);
    if (!fault && zip_u16(p + 34))
        fault = "archives of several disks are not supported";
    if (!fault && z->rules == ZIP_OURS)
        fault = record_is_ours(p, extra);
    if (!fault)
        fault = extra_fields(str_n(p + ZIP_CENTRAL_SIZE + name, extra), z->rules, &m);
    if (!fault)
        fault = member_fault(z, &m);
    if (fault)
        return refuse(e, offset, fault);
    VEC_PUSH(z->members, z->n, z->cap) = m;
    *at += size;
    return ERR_OK;
}

static uint64_t local_size(const struct zip_member *m)
{
    return ZIP_LOCAL_SIZE + m->name.n + (m->zip64 ? 20 : 0);
}

/* With ZIP_OURS every byte belongs to exactly one thing. */
static enum err check_no_gaps(struct zip *z, struct error *e)
{
    uint64_t expected = 0;
    for (size_t i = 0; i < z->n; i++) {
        struct zip_member *m = &z->members[i];
        if (m->header < expected)
            return refuse(e, m->header, "two members overlap");
        if (m->header > expected)
            return refuse(e, expected, "bytes between two members belong to nothing");
        m->data = m->header + local_size(m);
        expected = m->data + m->packed;
    }
    if (expected > z->directory_at)
        return refuse(e, z->directory_at, "the last member overlaps the directory");
    if (expected < z->directory_at)
        return refuse(e, expected, "bytes before the directory belong to nothing");
    return ERR_OK;
}

static int by_header(const void *a, const void *b)
{
    uint64_t x = (*(const struct zip_member *const *)a)->header;
    uint64_t y = (*(const struct zip_member *const *)b)->header;
    return (x > y) - (x < y);
}

static enum err check_no_overlaps(const struct zip *z, struct error *e)
{
    const struct zip_member **sorted = alloc_zero(z->n + 1, sizeof(void *));
    for (size_t i = 0; i < z->n; i++)
        sorted[i] = &z->members[i];
    qsort(sorted, z->n, sizeof *sorted, by_header);
    enum err code = ERR_OK;
    for (size_t i = 0; i + 1 < z->n && code == ERR_OK; i++) {
        const struct zip_member *m = sorted[i];
        uint64_t end = m->header + ZIP_LOCAL_SIZE + m->name.n + m->packed;
        if (end > sorted[i + 1]->header)
            code = refuse(e, sorted[i + 1]->header, "two members overlap");
    }
    free(sorted);
    return code;
}

static enum err read_directory(struct zip *z, const struct end *end, struct error *e)
{
    if (end->directory > end->records || end->size > end->records - end->directory)
        return refuse(e, end->at, "the directory lies outside the file");
    if (end->size > ZIP_DIRECTORY)
        return err_set(e, ERR_LIMIT, "the directory is larger than the limit (1 GiB)");
    if (z->rules == ZIP_OURS && end->directory + end->size != end->records)
        return refuse(e, end->directory + end->size,
                      "bytes behind the directory belong to nothing");
    z->directory_at = end->directory;
    size_t n = (size_t)end->size;
    TRY(medium_read(z->medium, end->directory, buf_room(&z->directory, n + 1), n, e));
    z->directory.n = n;
    size_t at = 0;
    for (uint64_t i = 0; i < end->members; i++)
        TRY(directory_record(z, &at, e));
    if (at != n)
        return refuse(e, end->directory + at,
                      "the directory holds more than its records");
    return z->rules == ZIP_OURS ? check_no_gaps(z, e) : check_no_overlaps(z, e);
}

static enum err open_all(struct zip *z, struct error *e)
{
    TRY(medium_size(z->medium, &z->size, e));
    struct end end = {0};
    TRY(find_end(z, &end, e));
    TRY(find_end64(z, &end, e));
    return read_directory(z, &end, e);
}

enum err zip_open(struct medium medium, enum zip_rules rules, struct zip *out,
                  struct error *e)
{
    struct zip z = {.medium = medium, .rules = rules};
    enum err code = open_all(&z, e);
    if (code != ERR_OK)
        zip_done(&z);
    else
        *out = z;
    return code;
}

void zip_done(struct zip *z)
{
    buf_done(&z->directory);
    free(z->members);
    *z = (struct zip){.medium = {.fd = -1}};
}

/* Where the bytes begin, by a local header of any kind. Its name is left alone: tools
 * that rename members in the directory only are about. */
static enum err any_local(const struct zip *z, const struct zip_member *m,
                          uint64_t *out, struct error *e)
{
    char p[ZIP_LOCAL_SIZE];
    TRY(medium_read(z->medium, m->header, p, sizeof p, e));
    if (zip_u32(p) != ZIP_LOCAL)
        return refuse(e, m->header, "a local header has a wrong signature");
    uint16_t name = zip_u16(p + 26), extra = zip_u16(p + 28);
    bool later = m->flags & ZIP_FLAG_DESCRIPTOR;
    uint32_t packed = zip_u32(p + 18), size = zip_u32(p + 22);
    bool same = zip_u16(p + 6) == m->flags && zip_u16(p + 8) == m->method &&
                (later || (zip_u32(p + 14) == m->crc &&
                           (packed == ZIP_NO32 || packed == m->packed) &&
                           (size == ZIP_NO32 || size == m->size)));
    if (!same)
        return refuse(e, m->header, "a local header contradicts the directory");
    *out = m->header + ZIP_LOCAL_SIZE + name + extra;
    if (*out > z->directory_at || m->packed > z->directory_at - *out)
        return refuse(e, m->header, "a member reaches past the directory");
    return ERR_OK;
}

static enum err unpack(const struct zip_member *m, struct str packed, struct buf *out,
                       struct error *e)
{
    size_t before = out->n;
    if (m->method == ZIP_STORED) {
        TRY(buf_reserve(out, packed.n, e));
        buf_add_str(out, packed);
    } else {
        TRY(inflate_block(packed, (size_t)m->size, out, e));
    }
    if (crc32_of(0, str_from(buf_str(out), before)) == m->crc)
        return ERR_OK;
    out->n = before;
    return refuse(e, m->header, "a member's content does not have its CRC");
}

static enum err read_any(const struct zip *z, const struct zip_member *m,
                         struct buf *out, struct error *e)
{
    if (m->flags & ZIP_FLAG_ENCRYPTED)
        return refuse(e, m->header, "a member is encrypted");
    if (m->method != ZIP_STORED && m->method != ZIP_DEFLATED)
        return refuse(e, m->header, "a member's compression method is not supported");
    if (m->size > ZIP_CONTENT)
        return err_set(e, ERR_LIMIT, "a member is larger than the limit (1 GiB)");
    uint64_t at;
    TRY(any_local(z, m, &at, e));
    BUF_SCOPED packed = BUF_INIT;
    size_t n = (size_t)m->packed;
    TRY(medium_read(z->medium, at, buf_room(&packed, n + 1), n, e));
    return unpack(m, str_n(packed.p, n), out, e);
}

static enum err compare_local(const struct zip_member *m, struct str got,
                              struct error *e)
{
    struct zip_header h = {m->name, m->packed, m->size, m->crc,
                           m->method == ZIP_STORED};
    BUF_SCOPED want = BUF_INIT;
    zip_local_header(&h, m->zip64, &want);
    if (zip_u32(got.p) != ZIP_LOCAL)
        return refuse(e, m->header, "a local header has a wrong signature");
    if (!str_eq(got, buf_str(&want)))
        return refuse(e, m->header, "a local header contradicts the directory");
    return ERR_OK;
}

static enum err read_ours(const struct zip *z, const struct zip_member *m,
                          struct buf *out, struct error *e)
{
    if (m->size > ZIP_CONTENT)
        return err_set(e, ERR_LIMIT, "a member is larger than the limit (1 GiB)");
    size_t head = (size_t)local_size(m), n = head + (size_t)m->packed;
    BUF_SCOPED all = BUF_INIT;
    TRY(medium_read(z->medium, m->header, buf_room(&all, n), n, e));
    TRY(compare_local(m, str_n(all.p, head), e));
    return unpack(m, str_n(all.p + head, n - head), out, e);
}

static enum err named(const struct zip_member *m, enum err code, struct error *e)
{
    if (code != ERR_OK && e && !e->where[0] && zip_name_is_plain(m->name))
        snprintf(e->where, sizeof e->where, "%.*s", STR_ARG(m->name));
    return code;
}

enum err zip_read(const struct zip *z, const struct zip_member *m, struct buf *out,
                  struct error *e)
{
    return named(
        m, z->rules == ZIP_OURS ? read_ours(z, m, out, e) : read_any(z, m, out, e), e);
}

enum err zip_check_header(const struct zip *z, const struct zip_member *m,
                          struct error *e)
{
    BUF_SCOPED head = BUF_INIT;
    size_t n = (size_t)local_size(m);
    TRY(named(m, medium_read(z->medium, m->header, buf_room(&head, n), n, e), e));
    return named(m, compare_local(m, str_n(head.p, n), e), e);
}

enum err zip_read_part(const struct zip *z, const struct zip_member *m, uint64_t at,
                       size_t n, struct buf *out, struct error *e)
{
    if (m->method != ZIP_STORED || at > m->size || n > m->size - at)
        return named(m, refuse(e, m->header, "a part outside the member is asked for"),
                     e);
    TRY(buf_reserve(out, n, e));
    TRY(named(m, medium_read(z->medium, m->data + at, buf_room(out, n), n, e), e));
    out->n += n;
    return ERR_OK;
}

enum err zip_read_comment(struct medium medium, char out[26], struct error *e)
{
    uint64_t size;
    char tail[ZIP_END_SIZE + 26];
    enum err code = medium_size(medium, &size, e);
    if (code != ERR_OK && code != ERR_DATA)
        return code;
    if (code != ERR_OK || size < sizeof tail)
        return err_set(e, ERR_DATA, "not a snapshot: no ZIP file, or too short");
    TRY(medium_read(medium, size - sizeof tail, tail, sizeof tail, e));
    if (zip_u32(tail) != ZIP_END || zip_u16(tail + 20) != 26)
        return err_set(e, ERR_DATA,
                       "not a snapshot, or cut off: no end record with a "
                       "comment of ours at its end");
    memcpy(out, tail + ZIP_END_SIZE, 26);
    return ERR_OK;
}

enum err zip_read_last(struct medium medium, uint64_t offset, struct str name,
                       struct buf *out, struct error *e)
{
    char p[ZIP_LOCAL_SIZE];
    TRY(medium_read(medium, offset, p, sizeof p, e));
    struct zip_member m = {
        .name = name,
        .header = offset,
        .packed = zip_u32(p + 18),
        .size = zip_u32(p + 22),
        .crc = zip_u32(p + 14),
        .method = zip_u16(p + 8),
    };
    if (zip_u32(p) != ZIP_LOCAL)
        return refuse(e, offset, "a local header has a wrong signature");
    if (m.packed == ZIP_NO32 && m.size == ZIP_NO32) {
        char extra[20];
        TRY(medium_read(medium, offset + ZIP_LOCAL_SIZE + name.n, extra, sizeof extra,
                        e));
        m.size = zip_u64(extra + 4);
        m.packed = zip_u64(extra + 12);
        m.zip64 = true;
    }
    uint64_t size; /* nothing is allocated for what the file cannot hold */
    TRY(medium_size(medium, &size, e));
    if ((m.method != ZIP_STORED && m.method != ZIP_DEFLATED) ||
        m.size > m.packed * ZIP_RATIO || m.size > ZIP_CONTENT ||
        m.packed > ZIP_CONTENT || m.packed > size ||
        (m.method == ZIP_STORED && m.packed != m.size))
        return refuse(e, offset, "a local header has sizes that cannot be");
    struct zip z = {.medium = medium, .rules = ZIP_OURS};
    return zip_read(&z, &m, out, e);
}
