/* ZIP64: records where a limit needs them and nowhere else. The reader's other refusals
 * are in test_archive_damage.c, foreign archives in test_zip_suite.c. */
#include "archive/zip_read.h"

#include "archive_rebuilt.h"

static int forced(struct zip_limits limits)
{
    struct made s;
    made_begin(&s, (struct writer_options){.level = DEFLATE_BALANCED});
    writer_limits(s.writer, limits);
    for (unsigned i = 0; i < 3000; i++) {
        char json[64];
        snprintf(json, sizeof json, "{\"id\":%u,\"name\":\"n%u\"}", i, i);
        made_record(&s, "Part", json);
        if (i % 1000 == 0)
            made_cut(&s, "Part");
    }
    made_finish(&s, "");
    int fd = dup(s.fd);
    made_done(&s);
    return fd;
}

/* Occurrences of a signature. */
static size_t count(struct str s, uint32_t signature)
{
    size_t n = 0;
    for (size_t i = 0; i + 4 <= s.n; i++)
        n += zip_u32(s.p + i) == signature;
    return n;
}

#define NONE UINT64_MAX

static const struct {
    const char *name;
    struct zip_limits limits;
    bool end64;
} rows[] = {
    {"as it is", {ZIP_NO32, ZIP_NO16}, false},
    {"many members", {NONE, 3}, true},
    {"exactly as many", {NONE, 13}, true},
    {"one fewer than that", {NONE, 14}, false},
    {"everything", {0, 0}, true},
    {"sizes and offsets from 1000", {1000, NONE}, true},
    {"sizes and offsets from 20000", {20000, NONE}, true},
};

START_TEST(limits)
{
    struct error e = ERROR_INIT;
    int fd = forced(rows[_i].limits);
    struct buf bytes = made_bytes(fd);
    ck_assert_uint_eq(count(buf_str(&bytes), ZIP_END64), rows[_i].end64);
    ck_assert_uint_eq(count(buf_str(&bytes), ZIP_LOCATOR64), rows[_i].end64);
    uint8_t root[ROOT_SIZE], peek[ROOT_SIZE];
    assert_ok(reader_peek_root(fd, peek, NULL, &e), &e);
    struct zip z;
    assert_ok(zip_open(medium_file(fd), ZIP_ANY, &z, &e), &e);
    ck_assert_uint_eq(z.n, 13);
    for (size_t i = 0; i < z.n; i++) {
        BUF_SCOPED out = BUF_INIT;
        assert_ok(zip_read(&z, &z.members[i], &out, &e), &e);
        ck_assert_uint_eq(out.n, z.members[i].size);
    }
    zip_done(&z);
    CLEANUP(reader_freep) struct reader *r = NULL;
    assert_ok(reader_open_fd(fd, rows[_i].name, &r, &e), &e);
    reader_root(r, root);
    ck_assert_mem_eq(root, peek, ROOT_SIZE);
    assert_ok(reader_check_headers(r, &e), &e);
    BUF_SCOPED key = BUF_INIT;
    BUF_SCOPED out = BUF_INIT;
    bool found;
    key_add_integer(&key, STR("2999"));
    assert_ok(reader_get(r, STR("Part"), buf_str(&key), &out, &found, &e), &e);
    assert_str_eq(rows[_i].name, buf_str(&out),
                  STR("{\"id\":2999,\"name\":\"n2999\"}"));
    buf_done(&bytes);
}
END_TEST

/* Offsets from the end record backwards: locator -20, ZIP64 end record -76. */
static const struct {
    const char *name;
    int at;
    char flip;
    const char *line;
} damages[] = {
    {"locator's signature", -20, 1, "locator is missing"},
    {"locator's disk", -16, 1, "several disks"},
    {"locator's offset", -12, 0, "wrong signature"},
    {"locator's offset, far", -6, 1, "outside the file"},
    {"locator's disks", -4, 2, "several disks"},
    {"signature", -76, 1, "wrong signature"},
    {"size", -72, 1, "size is wrong"},
    {"disk", -60, 1, "several disks"},
    {"members here", -52, 1, "contradict each other"},
    {"members", -44, 1, "contradict each other"},
    {"directory's size", -36, 1, "bytes behind the directory"},
    {"directory's size, larger", -34, 1, "lies outside"},
    {"directory", -28, 1, ""},
};

START_TEST(damaged)
{
    struct error e = ERROR_INIT;
    int fd = forced((struct zip_limits){0, 0});
    struct buf bytes = made_bytes(fd);
    close(fd);
    size_t end = bytes.n - ZIP_END_SIZE - MANIFEST_COMMENT;
    char *p = bytes.p + end + damages[_i].at;
    if (!damages[_i].flip) { /* smaller, whatever it is */
        while (!*p)
            p++;
        *p = (char)(*p & (*p - 1));
    }
    *p ^= damages[_i].flip;
    struct reader *r = NULL;
    enum err code = reader_open_fd(made_file(buf_str(&bytes)), "bad", &r, &e);
    ck_assert_msg(code == ERR_DATA && strstr(e.line, damages[_i].line), "%s: %s",
                  damages[_i].name, e.line);
    buf_done(&bytes);
}
END_TEST

static const struct {
    const char *name;
    bool plain;
} names[] = {
    {"a", true},       {"a/b.c-d_e+f g", true}, {"", false},     {"/a", false},
    {"a/", false},     {"a//b", false},         {".", false},    {"..", false},
    {"a/../b", false}, {"a/..", false},         {"...", true},   {"a..b", true},
    {"a\\b", false},   {"a:b", false},          {"a\nb", false}, {"a*b", false},
};

START_TEST(plain_names)
{
    ck_assert_msg(zip_name_is_plain(str_of(names[_i].name)) == names[_i].plain, "%s",
                  names[_i].name);
}
END_TEST

START_TEST(longest_name)
{
    char name[300];
    memset(name, 'a', sizeof name);
    ck_assert(zip_name_is_plain(str_n(name, ZIP_NAME)));
    ck_assert(!zip_name_is_plain(str_n(name, ZIP_NAME + 1)));
}
END_TEST

/* The largest member that is inflated, and one byte more; sizes as a header has them.
 */
START_TEST(largest_member)
{
    for (int more = 0; more < 2; more++) {
        struct error e = ERROR_INIT;
        int fd = -1;
        assert_ok(file_temp(NULL, &fd, &e), &e);
        struct spool *spool = spool_new(NULL);
        struct zip_writer z;
        zip_writer_init(&z, medium_file(fd), spool);
        struct zip_header h = {STR("a"), 2 << 20, ZIP_CONTENT + (uint64_t)more, 0,
                               false};
        BUF_SCOPED zeros = BUF_INIT;
        memset(buf_room(&zeros, 2 << 20), 0, 2 << 20);
        assert_ok(zip_writer_begin(&z, &h, &e), &e);
        assert_ok(zip_writer_bytes(&z, str_n(zeros.p, 2 << 20), &e), &e);
        assert_ok(zip_writer_end(&z, STR(""), &e), &e);
        struct zip read;
        enum err code = zip_open(medium_file(fd), ZIP_OURS, &read, &e);
        ck_assert_int_eq(code, more ? ERR_DATA : ERR_OK);
        if (more)
            ck_assert(strstr(e.line, "larger than the limit"));
        else
            zip_done(&read);
        zip_writer_done(&z);
        spool_free(spool);
        close(fd);
    }
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, limits, 0, sizeof rows / sizeof rows[0]);
    tcase_add_loop_test(t, damaged, 0, sizeof damages / sizeof damages[0]);
    tcase_add_loop_test(t, plain_names, 0, sizeof names / sizeof names[0]);
    tcase_add_test(t, longest_name);
    tcase_add_test(t, largest_member);
}

TEST_MAIN("zip")
