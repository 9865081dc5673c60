#include "archive/page.h"

#include "archive/sorter.h"
#include "base/alloc.h"
#include "test.h"

static struct index_entry entry(struct buf *key, unsigned i)
{
    char text[16];
    snprintf(text, sizeof text, "%u", i);
    buf_clear(key);
    key_add_integer(key, str_of(text));
    return (struct index_entry){.key = buf_str(key),
                                .fingerprint = {(uint8_t)i},
                                .steady = i,
                                .member = i / 100,
                                .at = i % 100 * 11,
                                .size = 10,
                                .count = 1 + (i % 10 == 0) * i};
}

/* One page of entries 0 … n-1, whatever their boundaries. */
static struct page_info make(struct page_maker *p, unsigned n, bool *out_ended)
{
    BUF_SCOPED key = BUF_INIT;
    struct page_info info;
    *out_ended = false;
    for (unsigned i = 0; i < n && !*out_ended; i++) {
        struct index_entry en = entry(&key, i);
        *out_ended = page_maker_add(p, &en);
    }
    page_maker_end(p, &info);
    return info;
}

static enum err read_page(bool steady, struct str bytes, const struct page_info *info,
                          struct error *e)
{
    struct page_reader r;
    struct index_entry en;
    bool more = true;
    BUF_SCOPED key = BUF_INIT;
    page_reader_init(&r, steady);
    enum err code = page_reader_begin(&r, bytes, e);
    for (unsigned i = 0; code == ERR_OK && more; i++) {
        code = page_reader_next(&r, info, &en, &more, e);
        if (code != ERR_OK || !more)
            break;
        struct index_entry want = entry(&key, i);
        if (!str_eq(en.key, want.key) || en.member != want.member || en.at != want.at ||
            en.size != want.size || en.count != want.count ||
            en.steady != (steady ? want.steady : 0) ||
            memcmp(en.fingerprint, want.fingerprint, HASH_FINGERPRINT) != 0)
            code = err_set(e, ERR_SOFTWARE, "entry %u is another one", i);
    }
    page_reader_done(&r);
    return code;
}

START_TEST(round_trip)
{
    for (int steady = 0; steady < 2; steady++) {
        struct error e = ERROR_INIT;
        struct page_maker p;
        bool ended;
        page_maker_init(&p, steady);
        struct page_info info = make(&p, 5000, &ended);
        ck_assert(ended && info.records < 5000);
        assert_ok(read_page(steady, buf_str(&p.bytes), &info, &e), &e);
        page_maker_done(&p);
    }
}
END_TEST

START_TEST(boundaries)
{
    BUF_SCOPED key = BUF_INIT;
    unsigned n = 0, since = 0, longest = 0;
    for (unsigned i = 0; i < 50000; i++) {
        struct index_entry en = entry(&key, i);
        bool ends = page_ends_after(en.key);
        ck_assert(ends == ((hash64(en.key) & 0xff) == 0));
        n += ends;
        since = ends ? 0 : since + 1;
        longest = since > longest ? since : longest;
    }
    ck_assert_uint_gt(n, 120); /* 1 of 256 */
    ck_assert_uint_lt(n, 280);
    ck_assert_uint_lt(longest, PAGE_ENTRIES);
}
END_TEST

/* 4,096 entries end a page that has no boundary: a hash of 4,096 keys that are none. */
START_TEST(longest_page)
{
    struct error e = ERROR_INIT;
    struct page_maker p;
    page_maker_init(&p, false);
    BUF_SCOPED key = BUF_INIT;
    unsigned n = 0;
    bool ended = false;
    for (unsigned i = 0; !ended; i++) {
        struct index_entry en = entry(&key, i);
        if (page_ends_after(en.key))
            continue;
        ended = page_maker_add(&p, &en);
        n++;
    }
    ck_assert_uint_eq(n, PAGE_ENTRIES);
    struct page_info info;
    page_maker_end(&p, &info);
    struct page_reader r;
    struct index_entry en;
    bool more = true;
    page_reader_init(&r, false);
    assert_ok(page_reader_begin(&r, buf_str(&p.bytes), &e), &e);
    while (more)
        assert_ok(page_reader_next(&r, &info, &en, &more, &e), &e);
    BUF_SCOPED more_bytes = BUF_INIT;
    buf_add_varint(&more_bytes, PAGE_ENTRIES + 1);
    ck_assert_int_eq(page_reader_begin(&r, buf_str(&more_bytes), &e), ERR_DATA);
    page_reader_done(&r);
    page_maker_done(&p);
}
END_TEST

/* No page with a byte changed, cut or added reads as the same entries under its info.
 */
START_TEST(every_byte_counts)
{
    struct page_maker p;
    bool ended;
    page_maker_init(&p, true);
    struct page_info info = make(&p, 40, &ended);
    BUF_SCOPED bad = BUF_INIT;
    for (size_t i = 0; i < p.bytes.n; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            struct error e = ERROR_INIT;
            buf_clear(&bad);
            buf_add_str(&bad, buf_str(&p.bytes));
            bad.p[i] ^= (char)(1 << bit);
            /* ERR_SOFTWARE: the places were changed, which the CRC guards */
            ck_assert_int_ne(read_page(true, buf_str(&bad), &info, &e), ERR_OK);
        }
        struct error e = ERROR_INIT;
        ck_assert_int_eq(read_page(true, str_n(p.bytes.p, i), &info, &e), ERR_DATA);
    }
    struct error e = ERROR_INIT;
    buf_clear(&bad);
    buf_add_str(&bad, buf_str(&p.bytes));
    buf_add_char(&bad, 0);
    ck_assert_int_eq(read_page(true, buf_str(&bad), &info, &e), ERR_DATA);
    page_maker_done(&p);
}
END_TEST

/* Entry bytes by hand: shared, rest << 1 | counted, key, fingerprint, member, at, size.
 */
#define PRINT "123456789abc"
#define PAGE(bytes)                \
    {                              \
        (bytes), sizeof(bytes) - 1 \
    }
static const struct {
    const char *name;
    struct str page;
    const char *line; /* NULL: only the digest is wrong */
} pages[] = {
    {"sound", PAGE("\2\0\4ab" PRINT "\0\0\2\1\2c" PRINT "\0\0\2"), NULL},
    {"none", PAGE("\0"), "no or too many"},
    {"empty", PAGE(""), "no or too many"},
    {"no first key", PAGE("\1\0\0" PRINT "\0\0\2"), "out of order"},
    {"shares with nothing", PAGE("\1\1\4ab" PRINT "\0\0\2"), "impossible key"},
    {"descending", PAGE("\2\0\4ab" PRINT "\0\0\2\1\2a" PRINT "\0\0\2"), "out of order"},
    {"twice", PAGE("\2\0\4ab" PRINT "\0\0\2\2\0" PRINT "\0\0\2"), "out of order"},
    {"not shared", PAGE("\2\0\4ab" PRINT "\0\0\2\0\4ac" PRINT "\0\0\2"), "not packed"},
    {"key past the end",
     PAGE("\1\0\x7f"
          "ab"),
     "impossible key"},
    {"member -1", PAGE("\1\0\4ab" PRINT "\1\0\2"), "impossible place"},
    {"at -1", PAGE("\1\0\4ab" PRINT "\0\1\2"), "impossible place"},
    {"size 0", PAGE("\1\0\4ab" PRINT "\0\0\0"), "impossible place"},
    {"counted once", PAGE("\1\0\5ab" PRINT "\0\0\2\0"), "impossible place"},
    {"cut", PAGE("\1\0\4ab" PRINT "\0\0"), "cut off"},
    {"more", PAGE("\1\0\4ab" PRINT "\0\0\2x"), "bytes behind"},
    {"long varint", PAGE("\x81\0\0\4ab" PRINT "\0\0\2"), "no or too many"},
};

START_TEST(refused_pages)
{
    struct error e = ERROR_INIT;
    struct page_info info = {.first = STR("ab"), .records = 2};
    struct page_reader r;
    struct index_entry en;
    bool more = true;
    page_reader_init(&r, false);
    enum err code = page_reader_begin(&r, pages[_i].page, &e);
    while (code == ERR_OK && more)
        code = page_reader_next(&r, &info, &en, &more, &e);
    const char *want = pages[_i].line ? pages[_i].line : "the digest that the top says";
    ck_assert_msg(code == ERR_DATA && strstr(e.line, want), "%s: %s", pages[_i].name,
                  e.line);
    page_reader_done(&r);
}
END_TEST

START_TEST(tops)
{
    struct error e = ERROR_INIT;
    struct page_info a = {.first = STR("aa"), .records = 1, .size = 20, .crc = 7};
    struct page_info b = {.first = STR("ab"), .records = 4096, .size = PAGE_SIZE};
    BUF_SCOPED bytes = BUF_INIT;
    struct top t;
    a.digest[0] = 1;
    a.steady[31] = 2;
    top_add_head(&bytes, true);
    ck_assert_int_eq(top_read(buf_str(&bytes), &t, &e), ERR_DATA); /* no pages */
    top_add_page(&bytes, STR(""), &a, true);
    top_add_page(&bytes, a.first, &b, true);
    assert_ok(top_read(buf_str(&bytes), &t, &e), &e);
    ck_assert_uint_eq(t.n, 2);
    assert_str_eq("first", t.pages[0].first, a.first);
    assert_str_eq("second", t.pages[1].first, b.first);
    ck_assert(t.pages[0].crc == 7 && t.pages[0].digest[0] == 1 &&
              t.pages[0].steady[31] == 2);
    ck_assert_uint_eq(t.pages[1].records, 4096);
    top_free(&t);
    top_add_page(&bytes, b.first, &b, true);
    ck_assert(top_read(buf_str(&bytes), &t, &e) == ERR_DATA &&
              strstr(e.line, "out of order"));
    buf_clear(&bytes);
    top_add_head(&bytes, true);
    b.size++;
    top_add_page(&bytes, STR(""), &b, true);
    ck_assert(top_read(buf_str(&bytes), &t, &e) == ERR_DATA && strstr(e.line, "size"));
}
END_TEST

/* Random entries, runs of random length: always as qsort has it. */
static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void sort_some(unsigned n, unsigned range, unsigned spill, bool late)
{
    struct error e = ERROR_INIT;
    struct spool *spool = spool_new(NULL);
    struct sorter *s = sorter_new(true, late, spool);
    uint32_t *want = alloc_zero(n + 1, sizeof *want), seed = n * 31 + range;
    BUF_SCOPED key = BUF_INIT;
    for (unsigned i = 0; i < n; i++) {
        seed = seed * 1664525 + 1013904223;
        want[i] = (seed >> 8) % range;
        buf_clear(&key);
        buf_printf(&key, "%09u%s", want[i], i % 3 ? "" : "");
        struct entry en = {.key = buf_str(&key),
                           .steady = want[i],
                           .member = i,
                           .at = i,
                           .size = i + 1,
                           .arrival = i + 1};
        assert_ok(sorter_add(s, &en, &e), &e);
        if (spill && (seed >> 4) % spill == 0)
            assert_ok(sorter_spill(s, &e), &e);
    }
    qsort(want, n, sizeof *want, by_value);
    assert_ok(sorter_begin(s, 1, &e), &e);
    struct entry en, last = {0};
    bool more;
    for (unsigned i = 0;; i++) {
        assert_ok(sorter_next(s, &en, &more, &e), &e);
        ck_assert(more == (i < n));
        if (!more)
            break;
        ck_assert_uint_eq(en.steady, want[i]);
        ck_assert(en.size == en.at + 1 && en.arrival == en.size);
        if (i && want[i] == want[i - 1])
            ck_assert(late ? en.member < last.member : en.member > last.member);
        last = en;
    }
    free(want);
    sorter_free(s);
    spool_free(spool);
}

START_TEST(sorting)
{
    static const unsigned sizes[] = {0, 1, 2, 63, 64, 65, 1000, 5000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (unsigned late = 0; late < 2; late++) {
            sort_some(sizes[i], 1000000, 0, late);
            sort_some(sizes[i], 10, 0, late);
            sort_some(sizes[i], 1000000, 200, late);
            sort_some(sizes[i], 10, 200, late);
            sort_some(sizes[i], 1, 5000, late);
        }
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_test(t, round_trip);
    tcase_add_test(t, boundaries);
    tcase_add_test(t, longest_page);
    tcase_add_test(t, every_byte_counts);
    tcase_add_loop_test(t, refused_pages, 0, sizeof pages / sizeof pages[0]);
    tcase_add_test(t, tops);
    tcase_add_test(t, sorting);
}

TEST_MAIN("archive_page")
