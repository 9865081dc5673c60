#include <errno.h>
#include <sys/mman.h>

#include "config.h"
#include "deflate/codec.h"
#include "deflate/deflate.h"
#include "test.h"

/* A fixed generator: the same inputs on every run. */
static uint64_t state = 88172645463325252u;

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

enum filling { ZEROS, TEXT, NOISE, MIXED, N_FILLINGS };

static void fill(struct buf *b, enum filling how, size_t n)
{
    static const char *const words[] = {
        "{\"id\":", "\"name\":\"", "torque", "},\n", "2024-05-06T07:08:09Z",
        "null",     "12.5",        "["};
    buf_clear(b);
    char *p = buf_room(b, n + 64);
    while (b->n < n) {
        bool noise = how == NOISE || (how == MIXED && (b->n >> 12) % 2);
        if (how == ZEROS) {
            memset(p + b->n, 0, n - b->n);
            b->n = n;
        } else if (noise) {
            uint64_t v = next();
            memcpy(p + b->n, &v, 8);
            b->n += 8;
        } else {
            struct str w = str_of(words[next() % 8]);
            memcpy(p + b->n, w.p, w.n);
            b->n += w.n;
            p[b->n++] = (char)('0' + next() % 10);
        }
    }
    b->n = n;
}

/* Twice: the object starts over, and bytes do not depend on what was before. */
static void encode_with(const struct codec *codec, struct str in, int level,
                        struct buf *block, const char *what)
{
    void *encoder = codec->encoder_new(level);
    ck_assert_msg(codec->encode(encoder, in, block), "%s: %s", what, codec->name);
    size_t n = block->n;
    ck_assert_msg(codec->encode(encoder, in, block), "%s: %s", what, codec->name);
    ck_assert_uint_eq(block->n, n * 2);
    ck_assert_mem_eq(block->p, block->p + n, n);
    block->n = n;
    codec->encoder_free(encoder);
    ck_assert_msg(n <= in.n + in.n / 1000 + 64, "%s: %s: %zu of %zu", what, codec->name,
                  n, in.n);
}

/* `block` has room behind its end, where other bytes stand. */
static void decode_with(const struct codec *codec, struct str block, struct str want,
                        const char *what)
{
    BUF_SCOPED again = BUF_INIT;
    struct decoded got = {0};
    void *decoder = codec->decoder_new();
    char *p = buf_room(&again, want.n + 1);
    struct str longer = str_n(block.p, block.n + 4);
    ck_assert_msg(codec->decode(decoder, longer, p, want.n + 1, &got), "%s: %s", what,
                  codec->name);
    ck_assert_msg(got.used == block.n && got.produced == want.n, "%s: %s", what,
                  codec->name);
    ck_assert_msg(str_eq(want, str_n(p, want.n)), "%s: %s", what, codec->name);
    if (want.n && want.n <= 1 << 20)
        ck_assert(!codec->decode(decoder, block, p, want.n - 1, &got));
    for (size_t cut = 1; cut < 4 && cut < block.n && want.n <= 1 << 20; cut++)
        ck_assert(!codec->decode(decoder, str_n(block.p, block.n - cut), p, want.n + 1,
                                 &got));
    codec->decoder_free(decoder);
}

/* The same as an encoder makes that has had other things before. */
static void encode_used(const struct codec *codec, struct str in, int level,
                        struct str want, const char *what)
{
    BUF_SCOPED other = BUF_INIT;
    BUF_SCOPED block = BUF_INIT;
    void *encoder = codec->encoder_new(level);
    for (enum filling how = 0; how < N_FILLINGS; how++) {
        fill(&other, how, in.n < 200000 ? in.n * 2 : 70000);
        ck_assert(codec->encode(encoder, buf_str(&other), &block));
        buf_clear(&block);
        ck_assert(codec->encode(encoder, in, &block));
        ck_assert_msg(str_eq(buf_str(&block), want), "%s: %s level %d", what,
                      codec->name, level);
        buf_clear(&block);
    }
    codec->encoder_free(encoder);
}

/* Every codec reads what every codec writes. */
static void across(struct str in, int level, const char *what)
{
    for (size_t i = 0; codecs[i]; i++) {
        BUF_SCOPED block = BUF_INIT;
        encode_with(codecs[i], in, level, &block, what);
        if (in.n <= 131073)
            encode_used(codecs[i], in, level, buf_str(&block), what);
        size_t n = block.n;
        buf_add_str(&block, STR("tail"));
        for (size_t j = 0; codecs[j]; j++)
            decode_with(codecs[j], str_n(block.p, n), in, what);
    }
}

static const size_t sizes[] = {0,      1,      2,      3,       255,     256,   257,
                               4095,   32767,  32768,  32769,   65535,   65536, 65537,
                               100000, 131072, 131073, 1 << 20, 16 << 20};

START_TEST(every_codec_reads_every_other)
{
    BUF_SCOPED in = BUF_INIT;
    size_t n = sizes[_i];
    for (enum filling how = 0; how < N_FILLINGS; how++) {
        if (n > 2 << 20 && how != NOISE && how != TEXT)
            continue;
        char what[40];
        snprintf(what, sizeof what, "filling %d, %zu bytes", (int)how, n);
        fill(&in, how, n);
        for (int level = 1; level <= (n > 1 << 20 ? 1 : 3); level++)
            across(buf_str(&in), level, what);
    }
}
END_TEST

START_TEST(crc_is_the_same_everywhere)
{
    ck_assert_uint_eq(crc32_of(0, STR("123456789")), 0xcbf43926u);
    ck_assert_uint_eq(crc32_of(7, str_n(NULL, 0)), 7);
    BUF_SCOPED in = BUF_INIT;
    fill(&in, NOISE, 5000);
    uint32_t want = crc32_of(0, buf_str(&in));
    for (size_t cut = 0; cut <= in.n; cut += 7)
        for (size_t i = 0; codecs[i]; i++) {
            uint32_t crc = codecs[i]->crc(0, str_n(in.p, cut));
            ck_assert_uint_eq(codecs[i]->crc(crc, str_from(buf_str(&in), cut)), want);
        }
}
END_TEST

START_TEST(blocks_round_trip)
{
    struct error e = ERROR_INIT;
    CLEANUP(deflater_freep) struct deflater *d = deflater_new((enum deflate_level)_i);
    BUF_SCOPED in = BUF_INIT;
    BUF_SCOPED out = BUF_INIT;
    BUF_SCOPED again = BUF_INIT;
    buf_add_str(&out, STR("before"));
    static const size_t some[] = {0, 1, 131072, 70000, 3, 1 << 20};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        fill(&in, TEXT, some[i]);
        size_t before = out.n;
        uint32_t crc = 1;
        assert_ok(deflater_block(d, buf_str(&in), &out, &crc, &e), &e);
        ck_assert_uint_eq(crc, crc32_of(0, buf_str(&in)));
        struct str block = str_from(buf_str(&out), before);
        if (some[i] > 1000)
            ck_assert_uint_lt(block.n, some[i] / 2);
        buf_clear(&again);
        assert_ok(inflate_block(block, in.n, &again, &e), &e);
        ck_assert(str_eq(buf_str(&again), buf_str(&in)));
    }
    assert_str_eq("kept", str_n(out.p, 6), STR("before"));
}
END_TEST

START_TEST(encoders_are_named)
{
    static const char *const ends[] = {" level 1", " level 1", " level 6"};
    const char *name = deflate_encoder((enum deflate_level)_i);
    ck_assert_msg(str_ends(str_of(name), str_of(ends[_i])), "%s", name);
    ck_assert_ptr_eq(name, deflate_encoder((enum deflate_level)_i));
    bool known = false;
    for (size_t i = 0; codecs[i]; i++)
        known |= str_starts(str_of(name), str_of(codecs[i]->name));
    ck_assert_msg(known, "%s", name);
}
END_TEST

static void make_block(struct str in, struct buf *out)
{
    struct error e = ERROR_INIT;
    uint32_t crc;
    CLEANUP(deflater_freep) struct deflater *d = deflater_new(DEFLATE_SMALL);
    assert_ok(deflater_block(d, in, out, &crc, &e), &e);
}

START_TEST(wrong_blocks_are_refused)
{
    struct error e = ERROR_INIT;
    BUF_SCOPED in = BUF_INIT;
    BUF_SCOPED block = BUF_INIT;
    BUF_SCOPED out = {.limit = 100000};
    fill(&in, TEXT, 10000);
    make_block(buf_str(&in), &block);
    struct str b = buf_str(&block);
    buf_add_str(&out, STR("x"));

    ck_assert_int_eq(inflate_block(b, in.n - 1, &out, &e), ERR_DATA);
    ck_assert_ptr_nonnull(strstr(e.line, "longer than it says"));
    ck_assert_int_eq(inflate_block(b, in.n + 1, &out, &e), ERR_DATA);
    ck_assert_ptr_nonnull(strstr(e.line, "shorter than it says"));
    ck_assert_int_eq(inflate_block(str_n(b.p, b.n - 1), in.n, &out, &e), ERR_DATA);
    ck_assert_ptr_nonnull(strstr(e.line, "damaged"));
    ck_assert_int_eq(inflate_block(str_n(NULL, 0), 0, &out, &e), ERR_DATA);
    ck_assert_ptr_nonnull(strstr(e.line, "damaged"));
    buf_add_char(&block, 0);
    ck_assert_int_eq(inflate_block(buf_str(&block), in.n, &out, &e), ERR_DATA);
    ck_assert_ptr_nonnull(strstr(e.line, "bytes after its end"));
    /* A block type that does not exist (RFC 1951, 3.2.3). */
    ck_assert_int_eq(inflate_block(STR("\x07"), 1, &out, &e), ERR_DATA);
    /* What no block of that size can hold costs nothing. */
    ck_assert_int_eq(inflate_block(STR("\x03\x00"), 1 << 20, &out, &e), ERR_DATA);
    ck_assert_ptr_nonnull(strstr(e.line, "shorter than it says"));
    assert_str_eq("untouched", buf_str(&out), STR("x"));
}
END_TEST

START_TEST(output_limit)
{
    struct error e = ERROR_INIT;
    BUF_SCOPED in = BUF_INIT;
    BUF_SCOPED block = BUF_INIT;
    fill(&in, TEXT, 10000);
    make_block(buf_str(&in), &block);
    BUF_SCOPED exact = {.limit = 10000};
    assert_ok(inflate_block(buf_str(&block), in.n, &exact, &e), &e);
    ck_assert(str_eq(buf_str(&exact), buf_str(&in)));
    BUF_SCOPED small = {.limit = 9999};
    ck_assert_int_eq(inflate_block(buf_str(&block), in.n, &small, &e), ERR_LIMIT);
}
END_TEST

START_TEST(block_limit)
{
    struct error e = ERROR_INIT;
    BUF_SCOPED out = BUF_INIT;
    uint32_t crc;
    char *p = mmap(NULL, (size_t)DEFLATE_BLOCK + 1, PROT_READ,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(p, MAP_FAILED);
    CLEANUP(deflater_freep) struct deflater *d = deflater_new(DEFLATE_FAST);
    assert_ok(deflater_block(d, str_n(p, DEFLATE_BLOCK), &out, &crc, &e), &e);
    ck_assert_uint_lt(out.n, DEFLATE_BLOCK / 50);
    struct str big = str_n(p, (size_t)DEFLATE_BLOCK + 1);
    ck_assert_int_eq(deflater_block(d, big, &out, &crc, &e), ERR_LIMIT);
    ck_assert_int_eq(deflater_gzip(d, big, &out, &e), ERR_LIMIT);
    size_t n = out.n;
    ck_assert_int_eq(inflate_block(buf_str(&out), big.n, &out, &e), ERR_LIMIT);
    ck_assert_uint_eq(out.n, n);
}
END_TEST

/* A source of a gunzip that hands out pieces of at most `step` bytes. */
struct feed {
    struct str rest;
    size_t step;
    size_t fail_after; /* calls; 0: never */
};

static enum err feed_fill(void *ctx, void *p, size_t n, size_t *out_n, struct error *e)
{
    struct feed *f = ctx;
    if (f->fail_after && --f->fail_after == 0)
        return err_sys(e, ERR_IO, EIO, "cannot read");
    size_t k = f->rest.n < n ? f->rest.n : n;
    if (f->step && k > f->step)
        k = f->step;
    if (k)
        memcpy(p, f->rest.p, k);
    f->rest = str_from(f->rest, k);
    *out_n = k;
    return ERR_OK;
}

static enum err unpack(const struct codec *codec, struct str in, size_t step,
                       size_t piece, struct buf *out, struct error *e)
{
    struct feed f = {.rest = in, .step = step};
    CLEANUP(gunzip_freep) struct gunzip *g = gunzip_with(codec, feed_fill, &f);
    buf_clear(out);
    for (;;) {
        size_t got = 0;
        char *p = buf_room(out, piece);
        TRY(gunzip_read(g, p, piece, &got, e));
        out->n += got;
        if (got < piece)
            return ERR_OK;
    }
}

/* All optional fields of RFC 1952, 2.3, the header's CRC too. */
static void rich_header(struct buf *b)
{
    size_t from = b->n;
    static const uint8_t start[10] = {0x1f, 0x8b, 8, 0x1e, 1, 2, 3, 4, 2, 3};
    buf_add(b, start, sizeof start);
    buf_add_u16(b, 300);
    for (int i = 0; i < 300; i++)
        buf_add_char(b, (char)i);
    buf_add(b, "name.json", 10);
    buf_add(b, "a comment", 10);
    buf_add_u16(b, (uint16_t)crc32_of(0, str_from(buf_str(b), from)));
}

/* Three members (one rich, one empty), `padding` zeros; `plain` is what they hold. */
static void make_gzip(struct buf *gz, struct buf *plain, size_t size, size_t padding)
{
    struct error e = ERROR_INIT;
    BUF_SCOPED in = BUF_INIT;
    CLEANUP(deflater_freep) struct deflater *d = deflater_new(DEFLATE_FAST);
    fill(&in, MIXED, size);
    buf_clear(gz);
    buf_clear(plain);
    assert_ok(deflater_gzip(d, buf_str(&in), gz, &e), &e);
    buf_add_str(plain, buf_str(&in));
    assert_ok(deflater_gzip(d, str_n(NULL, 0), gz, &e), &e);
    fill(&in, TEXT, size);
    rich_header(gz);
    uint32_t crc;
    assert_ok(deflater_block(d, buf_str(&in), gz, &crc, &e), &e);
    buf_add_u32(gz, crc);
    buf_add_u32(gz, (uint32_t)in.n);
    buf_add_str(plain, buf_str(&in));
    memset(buf_room(gz, padding), 0, padding);
    gz->n += padding;
}

START_TEST(gzip_in_any_pieces)
{
    static const struct {
        size_t size, padding, step, piece;
    } rows[] = {
        {0, 0, 0, 100},
        {1, 0, 1, 1},
        {1000, 0, 1, 1},
        {1000, 3, 1, 7},
        {5000, 0, 3, 100000},
        {5000, 512, 7, 13},
        {70000, 0, 1, 70000},
        {70000, 1, 4096, 1},
        {200000, 1000, 0, 1 << 20},
        {200000, 0, 777, 4096},
        {1 << 20, 300000, 0, 65536},
        /* The output ends exactly where a piece ends. */
        {50000, 0, 0, 50000},
        {50000, 0, 0, 100000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t c = 0; codecs[c]; c++) {
            if (!codecs[c]->stream_new)
                continue;
            struct error e = ERROR_INIT;
            BUF_SCOPED gz = BUF_INIT;
            BUF_SCOPED plain = BUF_INIT;
            BUF_SCOPED out = BUF_INIT;
            make_gzip(&gz, &plain, rows[i].size, rows[i].padding);
            enum err code =
                unpack(codecs[c], buf_str(&gz), rows[i].step, rows[i].piece, &out, &e);
            ck_assert_msg(code == ERR_OK, "row %zu, %s: %s", i, codecs[c]->name,
                          e.line);
            ck_assert_msg(str_eq(buf_str(&out), buf_str(&plain)), "row %zu, %s", i,
                          codecs[c]->name);
        }
}
END_TEST

START_TEST(gzip_in_random_pieces)
{
    BUF_SCOPED gz = BUF_INIT;
    BUF_SCOPED plain = BUF_INIT;
    BUF_SCOPED out = BUF_INIT;
    struct error e = ERROR_INIT;
    for (int round = 0; round < 150; round++) {
        make_gzip(&gz, &plain, next() % 3000, next() % 3);
        for (size_t c = 0; codecs[c]; c++)
            if (codecs[c]->stream_new) {
                assert_ok(unpack(codecs[c], buf_str(&gz), 1 + next() % 400,
                                 1 + next() % 400, &out, &e),
                          &e);
                ck_assert(str_eq(buf_str(&out), buf_str(&plain)));
            }
    }
}
END_TEST

START_TEST(cut_gzip_is_refused)
{
    BUF_SCOPED gz = BUF_INIT;
    BUF_SCOPED plain = BUF_INIT;
    BUF_SCOPED out = BUF_INIT;
    make_gzip(&gz, &plain, 600, 0);
    size_t whole = 0; /* cuts that leave whole members: behind the first and second */
    for (size_t c = 0; codecs[c]; c++) {
        if (!codecs[c]->stream_new)
            continue;
        whole = 0;
        for (size_t cut = 0; cut < gz.n; cut++) {
            struct error e = ERROR_INIT;
            enum err code = unpack(codecs[c], str_n(gz.p, cut), 50, 64, &out, &e);
            if (code == ERR_OK) {
                whole++;
                continue;
            }
            ck_assert_msg(code == ERR_DATA, "%s at %zu", codecs[c]->name, cut);
            ck_assert_msg(strcmp(e.line, "the gzip data ends early") == 0,
                          "%s at %zu: %s", codecs[c]->name, cut, e.line);
            ck_assert_uint_eq(e.offset, cut);
        }
        ck_assert_uint_eq(whole, 2);
    }
}
END_TEST

static void flip(struct buf *b, size_t at, int bit)
{
    b->p[at] = (char)((unsigned char)b->p[at] ^ (1u << bit));
}

START_TEST(wrong_gzip_is_refused)
{
    BUF_SCOPED gz = BUF_INIT;
    BUF_SCOPED plain = BUF_INIT;
    BUF_SCOPED out = BUF_INIT;
    make_gzip(&gz, &plain, 150, 2);
    for (size_t c = 0; codecs[c]; c++) {
        if (!codecs[c]->stream_new)
            continue;
        struct error e = ERROR_INIT;
        ck_assert_int_eq(unpack(codecs[c], STR("{\"a\":1}"), 0, 64, &out, &e),
                         ERR_DATA);
        ck_assert_str_eq(e.line, "this is no gzip data");
        for (size_t at = 0; at < gz.n; at++) {
            for (int bit = 0; bit < 8; bit++) {
                flip(&gz, at, bit);
                enum err code = unpack(codecs[c], buf_str(&gz), 0, 64, &out, NULL);
                flip(&gz, at, bit);
                /* Time, flags of no meaning and the system of a plain header are not
                 * covered by any sum; else what comes out is right or refused. */
                ck_assert_msg(code == ERR_DATA ||
                                  str_eq(buf_str(&out), buf_str(&plain)),
                              "%s: bit %d at %zu", codecs[c]->name, bit, at);
            }
        }
    }
}
END_TEST

static const struct {
    const char *name;
    struct str tail;
} tails[] = {
    {"a byte", {"x", 1}},
    {"a magic that is none", {"\x1fz", 2}},
    {"zeros, then a byte", {"\0\0\0x", 4}},
    {"zeros, then a member",
     {"\0\0\x1f\x8b\x08\0\0\0\0\0\0\xff\x03\0\0\0\0\0\0\0\0\0", 22}},
};

START_TEST(garbage_behind_gzip_is_refused)
{
    struct error e = ERROR_INIT;
    BUF_SCOPED gz = BUF_INIT;
    BUF_SCOPED plain = BUF_INIT;
    BUF_SCOPED out = BUF_INIT;
    make_gzip(&gz, &plain, 100, 0);
    size_t end = gz.n;
    buf_add_str(&gz, tails[_i].tail);
    for (size_t c = 0; codecs[c]; c++)
        for (size_t step = 0; step < 2; step++)
            if (codecs[c]->stream_new) {
                e = (struct error)ERROR_INIT;
                enum err code = unpack(codecs[c], buf_str(&gz), step, 64, &out, &e);
                ck_assert_msg(code == ERR_DATA, "%s", tails[_i].name);
                ck_assert_uint_ge(e.offset, end);
            }
}
END_TEST

START_TEST(a_failing_source_is_passed_on)
{
    BUF_SCOPED gz = BUF_INIT;
    BUF_SCOPED plain = BUF_INIT;
    make_gzip(&gz, &plain, 1000, 0);
    for (size_t k = 1; k < 6; k++) {
        struct error e = ERROR_INIT;
        struct feed f = {.rest = buf_str(&gz), .step = 100, .fail_after = k};
        CLEANUP(gunzip_freep) struct gunzip *g = gunzip_new(feed_fill, &f);
        char p[5000];
        size_t n;
        ck_assert_int_eq(gunzip_read(g, p, sizeof p, &n, &e), ERR_IO);
        ck_assert_int_eq(e.sys, EIO);
    }
    gunzip_free(NULL);
    deflater_free(NULL);
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, every_codec_reads_every_other, 0,
                        sizeof sizes / sizeof *sizes);
    tcase_add_test(t, crc_is_the_same_everywhere);
    tcase_add_loop_test(t, blocks_round_trip, 0, 3);
    tcase_add_loop_test(t, encoders_are_named, 0, 3);
    tcase_add_test(t, wrong_blocks_are_refused);
    tcase_add_test(t, output_limit);
    tcase_add_test(t, block_limit);
    tcase_add_test(t, gzip_in_any_pieces);
    tcase_add_test(t, gzip_in_random_pieces);
    tcase_add_test(t, cut_gzip_is_refused);
    tcase_add_test(t, wrong_gzip_is_refused);
    tcase_add_loop_test(t, garbage_behind_gzip_is_refused, 0,
                        sizeof tails / sizeof *tails);
    tcase_add_test(t, a_failing_source_is_passed_on);
}

TEST_MAIN("deflate")
