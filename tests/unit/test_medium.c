#include "archive/medium.h"

#include "archive/verify.h"
#include "archive_made.h"
#include "random_json.h"

/* The same records through any medium. */
static void put(struct made *s)
{
    for (unsigned i = 0; i < 5000; i++) {
        char json[64];
        snprintf(json, sizeof json, "{\"id\":%u,\"name\":\"n%u\"}", i * 7919 % 5000, i);
        made_record(s, "Part", json);
        snprintf(json, sizeof json, "{\"a\":%u}", i % 100);
        made_record(s, "Loose", json);
    }
    made_finish(s, "{\"a\":1}");
}

START_TEST(a_spool_holds_what_a_file_does)
{
    struct error e = ERROR_INIT;
    struct made file, in;
    CLEANUP(spool_freep) struct spool *spool = spool_new(NULL);
    const struct medium m = medium_spool(spool);
    const struct writer_options o = {.duplicates = DUPLICATES_FIRST};
    made_begin(&file, o);
    put(&file);
    made_begin(&in, o);
    writer_free(in.writer);
    in.writer = NULL;
    assert_ok(writer_new_on(&o, m, &in.writer, &e), &e);
    put(&in);
    ck_assert_mem_eq(in.root, file.root, ROOT_SIZE);

    struct buf want = made_bytes(file.fd), got = BUF_INIT;
    uint64_t size;
    assert_ok(medium_size(m, &size, &e), &e);
    ck_assert_uint_eq(size, want.n);
    assert_ok(medium_read(m, 0, buf_room(&got, want.n), want.n, &e), &e);
    ck_assert_mem_eq(got.p, want.p, want.n);
    buf_done(&want);
    buf_done(&got);

    CLEANUP(reader_freep) struct reader *r = NULL;
    struct verify_result v;
    assert_ok(reader_open_on(m, "spool", &r, &e), &e);
    assert_ok(verify_run(r, in.schema, 1, &v, &e), &e);
    ck_assert_msg(v.state == VERIFY_UNSIGNED && !v.n_findings, "%s",
                  v.n_findings ? v.findings[0] : "");
    ck_assert_uint_eq(v.records, 10000);
    verify_done(&v);
    made_done(&file);
    made_done(&in);
}
END_TEST

START_TEST(any_range)
{
    struct error e = ERROR_INIT;
    CLEANUP(spool_freep) struct spool *spool = spool_new(NULL);
    int fd = made_file(STR(""));
    const struct medium media[] = {medium_file(fd), medium_spool(spool)};
    struct dice dice = {1};
    BUF_SCOPED all = BUF_INIT;
    for (unsigned i = 0; i < 50; i++) {
        size_t from = all.n;
        random_digits(&dice, &all, 1 + roll(&dice, 5000));
        for (unsigned m = 0; m < 2; m++)
            assert_ok(medium_append(media[m], str_from(buf_str(&all), from), &e), &e);
    }
    for (unsigned i = 0; i < 500; i++) {
        size_t from = roll(&dice, (unsigned)all.n);
        size_t n = roll(&dice, (unsigned)(all.n - from) + 1);
        for (unsigned m = 0; m < 2; m++) {
            BUF_SCOPED part = BUF_INIT;
            assert_ok(medium_read(media[m], from, buf_room(&part, n + 1), n, &e), &e);
            ck_assert(memcmp(part.p, all.p + from, n) == 0);
        }
    }
    char c;
    for (unsigned m = 0; m < 2; m++)
        ck_assert_int_ne(medium_read(media[m], all.n, &c, 1, &e), ERR_OK);
    close(fd);
}
END_TEST

START_TEST(what_is_no_file)
{
    struct error e = ERROR_INIT;
    int ends[2];
    uint64_t size;
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(medium_size(medium_file(ends[0]), &size, &e), ERR_DATA);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_test(t, a_spool_holds_what_a_file_does);
    tcase_add_test(t, any_range);
    tcase_add_test(t, what_is_no_file);
}

TEST_MAIN("medium")
