/* What the reader refuses of the container: each malformation with its own message. */
#include "archive_rebuilt.h"

START_TEST(good_one)
{
    struct error e = ERROR_INIT;
    assert_ok(read_everything(good(), &e), &e);
}
END_TEST

/* The archive's bytes and where its records are. */
struct bytes {
    struct buf b;
    size_t *central, *local, n; /* of each member */
    size_t directory, end;
};

static void take_apart(struct bytes *x)
{
    CLEANUP(file_closep) int fd = good();
    struct zip z;
    struct error e = ERROR_INIT;
    assert_ok(zip_open(medium_file(fd), ZIP_OURS, &z, &e), &e);
    x->b = made_bytes(fd);
    x->n = z.n;
    x->central = alloc_zero(z.n, sizeof(size_t));
    x->local = alloc_zero(z.n, sizeof(size_t));
    x->directory = (size_t)z.directory_at;
    x->end = x->b.n - ZIP_END_SIZE - MANIFEST_COMMENT;
    size_t at = x->directory;
    for (size_t i = 0; i < z.n; i++) {
        x->central[i] = at;
        x->local[i] = (size_t)z.members[i].header;
        at += ZIP_CENTRAL_SIZE + z.members[i].name.n;
    }
    zip_done(&z);
}

static size_t member(const struct bytes *x, const char *name)
{
    for (size_t i = 0; i < x->n; i++)
        if (memcmp(x->b.p + x->central[i] + ZIP_CENTRAL_SIZE, name, strlen(name)) == 0)
            return i;
    ck_abort_msg("no member %s", name);
    return 0;
}

static void put(struct bytes *x, size_t at, uint64_t v, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        x->b.p[at + i] = (char)(v >> 8 * i);
}

static void insert(struct bytes *x, size_t at, const char *p, size_t n)
{
    buf_room(&x->b, n);
    memmove(x->b.p + at + n, x->b.p + at, x->b.n - at);
    memcpy(x->b.p + at, p, n);
    x->b.n += n;
    x->end += n;
}

static void rename_to(struct bytes *x, const char *from, const char *to)
{
    size_t i = member(x, from);
    memcpy(x->b.p + x->central[i] + ZIP_CENTRAL_SIZE, to, strlen(to));
    memcpy(x->b.p + x->local[i] + ZIP_LOCAL_SIZE, to, strlen(to));
}

static void twice(struct bytes *x)
{
    rename_to(x, "meta/xa", "meta/xb");
}
static void upward(struct bytes *x)
{
    rename_to(x, "meta/xa", "../meta");
}
static void upward_inside(struct bytes *x)
{
    rename_to(x, "meta/xa", "meta/..");
}
static void absolute(struct bytes *x)
{
    rename_to(x, "meta/xa", "/eta/xa");
}
static void drive(struct bytes *x)
{
    rename_to(x, "meta/xa", "C:ta/xa");
}
static void backslash(struct bytes *x)
{
    rename_to(x, "meta/xa", "meta\\xa");
}
static void null(struct bytes *x)
{
    x->b.p[x->central[member(x, "meta/xa")] + ZIP_CENTRAL_SIZE + 6] = 0;
}
static void not_ascii(struct bytes *x)
{
    rename_to(x, "meta/xa", "meta/\xc3\xa9");
}
static void dot(struct bytes *x)
{
    rename_to(x, "meta/xa", "meta/./");
}
static void foreign(struct bytes *x)
{
    rename_to(x, "meta/xa", "mexa/xa");
}
static void local_name(struct bytes *x)
{
    x->b.p[x->local[1] + ZIP_LOCAL_SIZE] = 'x';
}
static void local_crc(struct bytes *x)
{
    x->b.p[x->local[1] + 14] ^= 1;
}
static void local_sign(struct bytes *x)
{
    x->b.p[x->local[1]] ^= 1;
}
static void local_time(struct bytes *x)
{
    x->b.p[x->local[1] + 10] ^= 1;
}
static void central_sign(struct bytes *x)
{
    x->b.p[x->central[1]] ^= 1;
}
static void flags(struct bytes *x)
{
    x->b.p[x->central[1] + 8] = 8;
}
static void utf8_flag(struct bytes *x)
{
    x->b.p[x->central[1] + 9] = 8;
}
static void time_of(struct bytes *x)
{
    x->b.p[x->central[1] + 12] = 1;
}
static void version(struct bytes *x)
{
    x->b.p[x->central[1] + 6] = 45;
}
static void method(struct bytes *x)
{
    x->b.p[x->central[0] + 10] = 9;
}
static void attributes(struct bytes *x)
{
    x->b.p[x->central[1] + 38] = 1;
}
static void disk(struct bytes *x)
{
    x->b.p[x->central[1] + 34] = 1;
}
static void end_disk(struct bytes *x)
{
    x->b.p[x->end + 4] = 1;
}
static void end_count(struct bytes *x)
{
    x->b.p[x->end + 8]++;
}
static void end_size(struct bytes *x)
{
    x->b.p[x->end + 12]++;
}
static void fewer(struct bytes *x)
{
    x->b.p[x->end + 8]--;
    x->b.p[x->end + 10]--;
}
static void crc(struct bytes *x)
{
    x->b.p[x->local[1] + 14] ^= 1;
    x->b.p[x->central[1] + 16] ^= 1;
}
static void overlap(struct bytes *x)
{
    put(x, x->central[1] + 42, x->local[0], 4);
}
static void gap(struct bytes *x)
{
    size_t last = x->n - 1;
    insert(x, x->local[last], "abcd", 4);
    put(x, x->central[last] + 4 + 42, x->local[last] + 4, 4);
    put(x, x->end + 16, x->directory + 4, 4);
}
static void gap_before(struct bytes *x)
{
    insert(x, x->directory, "a", 1);
    put(x, x->end + 16, x->directory + 1, 4);
}
static void gap_behind(struct bytes *x)
{
    insert(x, x->end, "a", 1);
}
static void gap_first(struct bytes *x)
{
    insert(x, 0, "a", 1);
    for (size_t i = 0; i < x->n; i++)
        put(x, x->central[i] + 1 + 42, x->local[i] + 1, 4);
    put(x, x->end + 16, x->directory + 1, 4);
}
static void into_directory(struct bytes *x)
{
    size_t i = x->n - 1;
    size_t packed = zip_u32(x->b.p + x->central[i] + 20) + 1;
    put(x, x->central[i] + 20, packed, 4);
}
static void bomb(struct bytes *x)
{
    put(x, x->central[0] + 24, 0x7fffffff, 4);
}
static void beyond(struct bytes *x)
{
    put(x, x->central[0] + 20, 0x7fffffff, 4);
    put(x, x->central[0] + 24, 0x7fffffff, 4);
}
static void stored_sizes(struct bytes *x)
{
    put(x, x->central[member(x, "bagit.txt")] + 24, 1, 4);
}
static void longer(struct bytes *x)
{
    size_t size = zip_u32(x->b.p + x->central[0] + 24) - 1;
    put(x, x->central[0] + 24, size, 4);
    put(x, x->local[0] + 22, size, 4);
}
static void shorter(struct bytes *x)
{
    size_t size = zip_u32(x->b.p + x->central[0] + 24) + 1;
    put(x, x->central[0] + 24, size, 4);
    put(x, x->local[0] + 22, size, 4);
}
static void extra(struct bytes *x, const char *field, size_t n)
{
    size_t i = x->n - 1;
    insert(x, x->end, field, n);
    put(x, x->central[i] + 30, n, 2);
    x->b.p[x->central[i] + 4] = x->b.p[x->central[i] + 6] = 45;
    put(x, x->end + 12, zip_u32(x->b.p + x->end + 12) + n, 4);
}
static void foreign_extra(struct bytes *x)
{
    extra(x, "UT\0\0", 4);
}
static void idle_zip64(struct bytes *x)
{
    extra(x, "\1\0\0\0", 4);
}
static void cut_extra(struct bytes *x)
{
    extra(x, "\1\0", 2);
}
static void long_extra(struct bytes *x)
{
    extra(x, "\1\0\7\0", 4);
}
static void comment_text(struct bytes *x)
{
    x->b.p[x->end + ZIP_END_SIZE + 8] = '2';
}
static void comment_case(struct bytes *x)
{
    x->b.p[x->b.n - 16] = 'A';
}
static void comment_offset(struct bytes *x)
{
    x->b.p[x->b.n - 16] = 'a';
}
static void comment_longer(struct bytes *x)
{
    insert(x, x->b.n, "a", 1);
    x->end--;
    x->b.p[x->end + 20]++;
}
static void trailing(struct bytes *x)
{
    buf_add_char(&x->b, 'a');
}

static const struct {
    const char *name;
    void (*damage)(struct bytes *x);
    const char *line;
} damages[] = {
    {"name twice", twice, "two members have one name"},
    {"upward", upward, "leads upward"},
    {"upward inside", upward_inside, "leads upward"},
    {"absolute", absolute, "is absolute"},
    {"drive", drive, "is absolute (drive)"},
    {"backslash", backslash, "backslash"},
    {"NUL", null, "NUL"},
    {"not ASCII", not_ascii, "characters or steps"},
    {"dot", dot, "characters or steps"},
    {"foreign name", foreign, "belongs to no snapshot"},
    {"local name", local_name, "local header contradicts"},
    {"local CRC", local_crc, "local header contradicts"},
    {"local time", local_time, "local header contradicts"},
    {"local signature", local_sign, "local header has a wrong signature"},
    {"directory signature", central_sign, "directory record has a wrong signature"},
    {"descriptor flag", flags, "has flags"},
    {"UTF-8 flag", utf8_flag, "has flags"},
    {"time", time_of, "has a time"},
    {"version", version, "version is none of ours"},
    {"method", method, "method is none of ours"},
    {"attributes", attributes, "attributes"},
    {"disk", disk, "several disks"},
    {"end disk", end_disk, "several disks"},
    {"end count", end_count, "end record contradicts itself"},
    {"directory size", end_size, "the directory lies outside"},
    {"fewer members", fewer, "holds more than its records"},
    {"CRC", crc, "does not have its CRC"},
    {"overlap", overlap, "two members overlap"},
    {"gap", gap, "bytes between two members"},
    {"gap before the directory", gap_before, "bytes before the directory"},
    {"gap behind the directory", gap_behind, "bytes behind the directory"},
    {"gap at the beginning", gap_first, "bytes between two members"},
    {"into the directory", into_directory, "reaches past the directory"},
    {"bomb", bomb, "larger than DEFLATE can make it"},
    {"beyond the file", beyond, "reaches past the directory"},
    {"stored sizes", stored_sizes, "two different sizes"},
    {"longer than it says", longer, "longer than it says"},
    {"shorter than it says", shorter, "compressed block"},
    {"foreign extra field", foreign_extra, "extra field that no snapshot has"},
    {"ZIP64 without need", idle_zip64, "extra field that no snapshot has"},
    {"extra field cut off", cut_extra, "extra field is cut off"},
    {"extra field too long", long_extra, "extra field is longer"},
    {"comment", comment_text, "comment is none of ours"},
    {"comment in capitals", comment_case, "comment is none of ours"},
    {"comment's offset", comment_offset, "does not say where manifest.json begins"},
    {"longer comment", comment_longer, "no end record with a comment of ours"},
    {"bytes at the end", trailing, "no end record with a comment of ours"},
};

START_TEST(damaged_zip)
{
    struct bytes x = {0};
    take_apart(&x);
    damages[_i].damage(&x);
    refused(damages[_i].name, made_file(buf_str(&x.b)), damages[_i].line);
    buf_done(&x.b);
    free(x.central);
    free(x.local);
}
END_TEST

START_TEST(cut_anywhere)
{
    CLEANUP(file_closep) int fd = good();
    struct buf b = made_bytes(fd);
    for (size_t n = 0; n < b.n; n += n < b.n - 400 ? 97 : 1) {
        struct error e = ERROR_INIT;
        struct reader *r = NULL;
        enum err code = reader_open_fd(made_file(str_n(b.p, n)), "cut.zip", &r, &e);
        ck_assert_msg(code == ERR_DATA, "cut at %zu: %s", n, e.line);
    }
    buf_done(&b);
}
END_TEST

START_TEST(no_file)
{
    struct error e = ERROR_INIT;
    struct reader *r = NULL;
    ck_assert_int_eq(reader_open("/nowhere/x.zip", &r, &e), ERR_NOINPUT);
    ck_assert_int_eq(reader_open("/", &r, &e), ERR_DATA);
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_test(t, good_one);
    tcase_add_loop_test(t, damaged_zip, 0, sizeof damages / sizeof damages[0]);
    tcase_add_test(t, cut_anywhere);
    tcase_add_test(t, no_file);
}

TEST_MAIN("archive_damage")
