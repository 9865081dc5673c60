#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "crypt/spool.h"
#include "test.h"

static const char template[] = "/tmp/sandcast-spool-XXXXXX";
static char directory[sizeof template];

static void make_directory(void)
{
    memcpy(directory, template, sizeof template);
    ck_assert_ptr_nonnull(mkdtemp(directory));
}

static void remove_directory(void)
{
    ck_assert_int_eq(rmdir(directory), 0);
}

/* The spool's file has no name; the process still knows that it came from here. */
static int spool_file(void)
{
    DIR *d = opendir("/proc/self/fd");
    ck_assert_ptr_nonnull(d);
    int fd = -1;
    for (struct dirent *entry; (entry = readdir(d));) {
        char link[64], target[256] = "";
        snprintf(link, sizeof link, "/proc/self/fd/%.20s", entry->d_name);
        ssize_t n = readlink(link, target, sizeof target - 1);
        if (n > 0 && strncmp(target, directory, strlen(directory)) == 0)
            fd = (int)strtol(entry->d_name, NULL, 10);
    }
    closedir(d);
    return fd;
}

static uint8_t content(uint64_t at)
{
    return (uint8_t)(at * 31 + (at >> 8) * 17);
}

static void add(struct spool *s, size_t n)
{
    struct error e = ERROR_INIT;
    uint64_t at = UINT64_MAX, before = spool_size(s);
    BUF_SCOPED b = BUF_INIT;
    for (size_t i = 0; i < n; i++)
        buf_add_char(&b, (char)content(before + i));
    assert_ok(spool_add(s, buf_str(&b), &at, &e), &e);
    ck_assert_uint_eq(at, before);
    ck_assert_uint_eq(spool_size(s), before + n);
}

static void check(struct spool *s, uint64_t at, size_t n)
{
    struct error e = ERROR_INIT;
    BUF_SCOPED b = BUF_INIT;
    uint8_t *p = (uint8_t *)buf_room(&b, n + 1);
    p[n] = 0xa5;
    assert_ok(spool_read(s, at, p, n, &e), &e);
    size_t same = 0;
    while (same < n && p[same] == content(at + same))
        same++;
    ck_assert_msg(same == n && p[n] == 0xa5, "byte %zu of %zu at %llu", same, n,
                  (unsigned long long)at);
}

START_TEST(any_range_comes_back)
{
    static const size_t sizes[] = {1,     15,    16, 17, 0,      100,    65535,
                                   65536, 65537, 3,  7,  200000, 1 << 20};
    CLEANUP(spool_freep) struct spool *s = spool_new(directory);
    ck_assert_uint_eq(spool_size(s), 0);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        add(s, sizes[i]);
        check(s, 0, (size_t)spool_size(s)); /* reading does not disturb writing */
    }
    for (uint64_t at = 0; at < 70; at++)
        for (size_t n = 0; n < 70; n++)
            check(s, at, n);
    for (uint64_t at = 65500; at < 65600; at++)
        check(s, at, 65600);
    check(s, spool_size(s), 0);
    check(s, spool_size(s) - 1, 1);
}
END_TEST

START_TEST(the_disk_sees_no_plaintext)
{
    struct error e = ERROR_INIT;
    static const char secret[] = "ana.silva@acme.example ana.silva@acme.example";
    CLEANUP(spool_freep) struct spool *s = spool_new(directory);
    CLEANUP(spool_freep) struct spool *t = spool_new(directory);
    ck_assert_int_lt(spool_file(), 0); /* nothing before the first byte */
    uint64_t at;
    for (int i = 0; i < 2000; i++)
        assert_ok(spool_add(s, STR(secret), &at, &e), &e);
    int fd = spool_file();
    ck_assert_int_ge(fd, 0);
    struct stat st;
    ck_assert_int_eq(fstat(fd, &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, 0600);
    ck_assert_uint_eq(st.st_nlink, 0);
    ck_assert_uint_eq((uint64_t)st.st_size, spool_size(s));
    BUF_SCOPED raw = BUF_INIT;
    size_t n = 0, size = (size_t)st.st_size;
    assert_ok(file_read_at(fd, 0, buf_room(&raw, size), size, &n, &e), &e);
    ck_assert_uint_eq(n, size);
    for (size_t width = 5; width < 20; width += 7)
        ck_assert_ptr_null(memmem(raw.p, n, secret, width));
    /* No repetition shows: no sixteen bytes come twice next to where they should. */
    size_t period = sizeof secret - 1;
    size_t repeated = 0;
    for (size_t i = 0; i + period + 16 <= n; i++)
        repeated += memcmp(raw.p + i, raw.p + i + period, 16) == 0;
    ck_assert_uint_eq(repeated, 0);
    /* Another spool has another key. */
    char first[64];
    memcpy(first, raw.p, sizeof first);
    spool_free(s);
    s = NULL;
    for (int i = 0; i < 2; i++)
        assert_ok(spool_add(t, STR(secret), &at, &e), &e);
    assert_ok(file_read_at(spool_file(), 0, raw.p, 64, &n, &e), &e);
    ck_assert_mem_ne(raw.p, first, 64);
}
END_TEST

START_TEST(a_full_disk_is_said)
{
    struct error e = ERROR_INIT;
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit before, limit;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = 100000;
    CLEANUP(spool_freep) struct spool *s = spool_new(directory);
    add(s, 90000);
    static char more[20000];
    uint64_t at = 77;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    enum err code = spool_add(s, str_n(more, sizeof more), &at, &e);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    ck_assert_int_eq(code, ERR_IO);
    ck_assert_int_eq(e.sys, EFBIG);
    ck_assert_uint_eq(at, 77);
    check(s, 0, 90000);
    /* The key stream of what was tried is not used again. */
    ck_assert_uint_eq(spool_size(s), 110000);
    ck_assert_int_eq(spool_read(s, 90000, more, 20000, &e), ERR_IO);
}
END_TEST

START_TEST(what_cannot_be)
{
    struct error e = ERROR_INIT;
    char p[10];
    uint64_t at;
    CLEANUP(spool_freep) struct spool *s = spool_new(directory);
    ck_assert_int_eq(spool_read(s, 0, p, 1, &e), ERR_SOFTWARE);
    add(s, 5);
    ck_assert_int_eq(spool_read(s, 0, p, 6, &e), ERR_SOFTWARE);
    ck_assert_int_eq(spool_read(s, 6, p, 0, &e), ERR_SOFTWARE);
    ck_assert_int_eq(spool_read(s, UINT64_MAX, p, 6, &e), ERR_SOFTWARE);
    ck_assert_int_eq(ftruncate(spool_file(), 3), 0);
    ck_assert_int_eq(spool_read(s, 0, p, 5, &e), ERR_IO);
    CLEANUP(spool_freep) struct spool *nowhere = spool_new("/nonexistent/directory");
    ck_assert_int_eq(spool_add(nowhere, STR("x"), &at, &e), ERR_CANTCREATE);
    spool_free(NULL);
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_checked_fixture(t, make_directory, remove_directory);
    tcase_add_test(t, any_range_comes_back);
    tcase_add_test(t, the_disk_sees_no_plaintext);
    tcase_add_test(t, a_full_disk_is_said);
    tcase_add_test(t, what_cannot_be);
}

TEST_MAIN("spool")
