#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/table.h"
#include "test.h"

static const struct {
    const char *name;
    uint64_t value;
    size_t size;
} varints[] = {
    {"zero", 0, 1},
    {"one byte", 127, 1},
    {"two bytes", 128, 2},
    {"32 bits", UINT32_MAX, 5},
    {"all bits", UINT64_MAX, 10},
};

START_TEST(varint_round_trip)
{
    BUF_SCOPED b = BUF_INIT;
    buf_add_varint(&b, varints[_i].value);
    ck_assert_msg(b.n == varints[_i].size, "%s: %zu bytes", varints[_i].name, b.n);
    for (size_t cut = 0; cut < b.n; cut++) {
        size_t pos = 0;
        uint64_t v;
        ck_assert_msg(!str_varint(str_n(b.p, cut), &pos, &v), "%s cut at %zu",
                      varints[_i].name, cut);
    }
    size_t pos = 0;
    uint64_t v = 1;
    ck_assert(str_varint(buf_str(&b), &pos, &v));
    ck_assert_uint_eq(v, varints[_i].value);
    ck_assert_uint_eq(pos, b.n);
}
END_TEST

START_TEST(varint_refuses_long_forms)
{
    size_t pos = 0;
    uint64_t v;
    ck_assert(!str_varint(STR("\x80\x00"), &pos, &v));
    ck_assert(!str_varint(STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), &pos, &v));
    ck_assert(
        !str_varint(STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), &pos, &v));
}
END_TEST

START_TEST(buf_limit)
{
    BUF_SCOPED b = {.limit = 8};
    struct error e = ERROR_INIT;
    ck_assert_int_eq(buf_reserve(&b, 8, &e), ERR_OK);
    buf_add(&b, "12345678", 8);
    ck_assert_int_eq(buf_reserve(&b, 1, &e), ERR_LIMIT);
    ck_assert_int_eq(buf_reserve(&b, SIZE_MAX, &e), ERR_LIMIT);
    buf_cut(&b, 3);
    assert_str_eq("cut", buf_str(&b), STR("45678"));
}
END_TEST

START_TEST(arena_keeps_its_blocks)
{
    static const char zeros[300 * 7];
    struct arena a = ARENA_INIT;
    size_t after_first = 0;
    for (int round = 0; round < 100; round++) {
        for (int i = 1; i < 300; i++) {
            char *p = arena_get(&a, (size_t)i * 7);
            ck_assert_uint_eq((uintptr_t)p % 16, 0);
            ck_assert_mem_eq(p, zeros, (size_t)i * 7);
            memset(p, 0xee, (size_t)i * 7);
        }
        if (round == 0)
            after_first = a.blocks;
        arena_clear(&a);
    }
    ck_assert_uint_eq(a.blocks, after_first);
    arena_done(&a);
}
END_TEST

START_TEST(table_many_keys)
{
    struct table t = TABLE_INIT;
    static char names[2000][8];
    ck_assert_ptr_null(table_get(&t, STR("none")));
    for (int i = 0; i < 2000; i++) {
        snprintf(names[i], sizeof names[i], "k%d", i);
        ck_assert_ptr_null(table_put(&t, str_of(names[i]), names[i]));
    }
    for (int i = 0; i < 2000; i++)
        ck_assert_ptr_eq(table_get(&t, str_of(names[i])), names[i]);
    ck_assert_ptr_eq(table_put(&t, STR("k7"), names[8]), names[7]);
    ck_assert_ptr_eq(table_get(&t, STR("k7")), names[8]);
    ck_assert_ptr_null(table_get(&t, STR("k2000")));
    ck_assert_uint_eq(t.n, 2000);
    table_done(&t);
}
END_TEST

START_TEST(fingerprint_is_canonical_xxh3)
{
    /* XXH3-128 of no bytes, from the XXH128 test vectors:
     * 99aa06d3014798d86001c324468d497f */
    static const uint8_t want[HASH_FINGERPRINT] = {0x99, 0xaa, 0x06, 0xd3, 0x01, 0x47,
                                                   0x98, 0xd8, 0x60, 0x01, 0xc3, 0x24};
    uint8_t got[HASH_FINGERPRINT];
    hash_fingerprint(str_n("", 0), got);
    ck_assert_mem_eq(got, want, sizeof got);
    struct str pieces[] = {STR("ab"), STR(""), STR("cdef")};
    ck_assert_uint_eq(hash64_pieces(pieces, 3), hash64(STR("abcdef")));
}
END_TEST

static const char template[] = "/tmp/sandcast-test-XXXXXX";
static char directory[sizeof template];

static int files_in(const char *path)
{
    char command[100];
    snprintf(command, sizeof command, "ls -A %s | wc -l", path);
    FILE *p = popen(command, "r"); /* NOLINT: a fixed command of the test */
    int n = -1;
    if (p && fscanf(p, "%d", &n) != 1)
        n = -1;
    if (p)
        pclose(p);
    return n;
}

START_TEST(output_appears_whole_or_not_at_all)
{
    char path[100];
    struct error e = ERROR_INIT;
    struct file_out *f = NULL;
    memcpy(directory, template, sizeof template);
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/out", directory);

    assert_ok(file_out_open(path, false, &f, &e), &e);
    assert_ok(file_write_all(file_out_fd(f), "one", 3, "out", &e), &e);
    ck_assert_int_ne(access(path, F_OK), 0);
    file_out_free(f);
    ck_assert_int_eq(files_in(directory), 0);

    assert_ok(file_out_open(path, false, &f, &e), &e);
    assert_ok(file_write_all(file_out_fd(f), "one", 3, "out", &e), &e);
    assert_ok(file_out_commit(f, &e), &e);
    ck_assert_int_eq(files_in(directory), 1);

    ck_assert_int_eq(file_out_open(path, false, &f, &e), ERR_CANTCREATE);
    assert_ok(file_out_open(path, true, &f, &e), &e);
    assert_ok(file_write_all(file_out_fd(f), "two", 3, "out", &e), &e);
    file_abandon_all();
    ck_assert_int_eq(files_in(directory), 1);
    file_out_free(f);

    BUF_SCOPED b = {.limit = 3};
    assert_ok(file_read(path, &b, &e), &e);
    assert_str_eq("kept", buf_str(&b), STR("one"));
    BUF_SCOPED small = {.limit = 2};
    ck_assert_int_eq(file_read(path, &small, &e), ERR_LIMIT);
    unlink(path);
    rmdir(directory);
}
END_TEST

START_TEST(an_output_that_appears_meanwhile_is_kept)
{
    char path[100];
    struct error e = ERROR_INIT;
    struct file_out *f = NULL;
    memcpy(directory, template, sizeof template);
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/out", directory);
    assert_ok(file_out_open(path, false, &f, &e), &e);
    int other = open(path, O_CREAT | O_WRONLY, 0600);
    ck_assert_int_ge(other, 0);
    close(other);
    ck_assert_int_eq(file_out_commit(f, &e), ERR_CANTCREATE);
    ck_assert_int_eq(files_in(directory), 1);
    unlink(path);
    rmdir(directory);
}
END_TEST

START_TEST(error_text_says_where)
{
    struct error e = ERROR_INIT;
    char line[512];
    ck_assert_int_eq(err_set(&e, ERR_DATA, "bad %s", "number"), ERR_DATA);
    err_at(&e, 12);
    err_at(&e, 99);
    err_in(&e, "parts.ndjson");
    e.record = 3;
    err_text(&e, line, sizeof line);
    ck_assert_str_eq(line, "parts.ndjson: byte 12: record 3: bad number");
    ck_assert_int_eq(err_status(ERR_DATA), 65);
    char small[10];
    err_text(&e, small, sizeof small);
    ck_assert_str_eq(small, "parts.ndj");
}
END_TEST

/* Some causes are the same wherever they happen: a full disk, no memory. */
START_TEST(a_cause_decides_the_code)
{
    static const struct {
        int sys;
        enum err code;
    } rows[] = {{EACCES, ERR_NOINPUT}, {ENOSPC, ERR_IO},   {EDQUOT, ERR_IO},
                {EFBIG, ERR_IO},       {EIO, ERR_NOINPUT}, {ENOMEM, ERR_SOFTWARE}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error e = ERROR_INIT;
        ck_assert_int_eq(err_sys(&e, ERR_NOINPUT, rows[i].sys, "no"), rows[i].code);
        ck_assert_int_eq(e.code, rows[i].code);
        ck_assert_int_eq(e.sys, rows[i].sys);
    }
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, varint_round_trip, 0, sizeof varints / sizeof *varints);
    tcase_add_test(t, varint_refuses_long_forms);
    tcase_add_test(t, buf_limit);
    tcase_add_test(t, arena_keeps_its_blocks);
    tcase_add_test(t, table_many_keys);
    tcase_add_test(t, fingerprint_is_canonical_xxh3);
    tcase_add_test(t, output_appears_whole_or_not_at_all);
    tcase_add_test(t, an_output_that_appears_meanwhile_is_kept);
    tcase_add_test(t, error_text_says_where);
    tcase_add_test(t, a_cause_decides_the_code);
}

TEST_MAIN("base")
