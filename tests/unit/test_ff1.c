#include "base/file.h"
#include "crypt/digest.h"
#include "crypt/ff1.h"
#include "crypt/ff1_paths.h"
#include "doc/doc.h"
#include "test.h"

static const char alphabet[] = "0123456789abcdefghijklmnopqrstuvwxyz";

static uint64_t state = 88172645463325252u;

static uint32_t next(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)((state >> 16) % below);
}

struct vector {
    uint32_t radix;
    const char *key, *tweak; /* hex */
    const char *plain, *cipher;
};

/* From NIST's examples of FF1: samples 1, 3 and 8. */
static const struct vector samples[] = {
    {10, "2B7E151628AED2A6ABF7158809CF4F3C", "", "0123456789", "2433477484"},
    {36, "2B7E151628AED2A6ABF7158809CF4F3C", "3737373770717273373737",
     "0123456789abcdefghi", "a9tv40mll9kdu509eum"},
    {10, "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94",
     "39383736353433323130", "0123456789", "1001623463"},
};

static void to_numerals(const char *s, uint16_t *out)
{
    for (; *s; s++)
        *out++ = (uint16_t)(strchr(alphabet, *s) - alphabet);
}

static void check_vector(const struct vector *v, bool only_long)
{
    struct error e = ERROR_INIT;
    uint8_t key[32] = {0}, tweak[64] = {0};
    uint16_t plain[64] = {0}, cipher[64] = {0}, x[64];
    size_t key_size = strlen(v->key) / 2, n = strlen(v->plain);
    struct str t = str_n((const char *)tweak, strlen(v->tweak) / 2);
    ck_assert(n <= 64 && n == strlen(v->cipher) && key_size <= 32 && t.n <= 64);
    ck_assert(hex_read(str_of(v->key), key, key_size));
    ck_assert(hex_read(str_of(v->tweak), tweak, t.n));
    CLEANUP(ff1_freep) struct ff1 *f = ff1_new(key, key_size);
    if (only_long)
        ff1_only_long(f);
    to_numerals(v->plain, plain);
    to_numerals(v->cipher, cipher);
    memcpy(x, plain, sizeof *x * n);
    assert_ok(ff1_encrypt(f, v->radix, t, x, n, &e), &e);
    ck_assert_mem_eq(x, cipher, sizeof *x * n);
    assert_ok(ff1_decrypt(f, v->radix, t, x, n, &e), &e);
    ck_assert_mem_eq(x, plain, sizeof *x * n);
}

START_TEST(published_samples)
{
    check_vector(&samples[_i / 2], _i % 2);
}
END_TEST

static const char *text_of(const struct doc_node *n, const char *key, struct buf *b)
{
    const struct doc_node *text = doc_get(n, key);
    ck_assert_ptr_nonnull(text);
    buf_clear(b);
    buf_add_str(b, text->text);
    return buf_cstr(b);
}

START_TEST(all_published_samples)
{
    struct error e = ERROR_INIT;
    BUF_SCOPED path = BUF_INIT;
    BUF_SCOPED text = {.limit = 1 << 20};
    CLEANUP(doc_freep) struct doc *d = NULL;
    const char *corpora = getenv("SANDCAST_CORPORA");
    buf_printf(&path, "%s/ff1-nist.json",
               corpora ? corpora : TEST_DATA "/../../../shared/data");
    if (file_read(buf_cstr(&path), &text, &e) != ERR_OK) {
        puts("# skipped: no ff1-nist.json in SANDCAST_CORPORA");
        fflush(stdout);
        return;
    }
    assert_ok(doc_json(buf_str(&text), "ff1-nist.json", &d, &e), &e);
    const struct doc_node *list = doc_root(d);
    ck_assert_uint_ge(list->n_items, 9);
    for (size_t i = 0; i < list->n_items; i++) {
        const struct doc_node *n = list->items[i];
        uint64_t radix = 0;
        ck_assert(doc_uint(doc_get(n, "radix"), &radix));
        BUF_SCOPED key = BUF_INIT;
        BUF_SCOPED tweak = BUF_INIT;
        BUF_SCOPED plain = BUF_INIT;
        BUF_SCOPED cipher = BUF_INIT;
        struct vector v = {(uint32_t)radix, text_of(n, "key", &key),
                           text_of(n, "tweak", &tweak), text_of(n, "plaintext", &plain),
                           text_of(n, "ciphertext", &cipher)};
        check_vector(&v, false);
        check_vector(&v, true);
    }
}
END_TEST

static const struct {
    uint32_t radix;
    size_t least; /* with 10^6 values or more */
} radices[] = {{2, 20},   {3, 13},   {7, 8},     {10, 6},    {16, 5},   {26, 5},
               {36, 4},   {62, 4},   {100, 3},   {255, 3},   {256, 3},  {257, 3},
               {1000, 2}, {4096, 2}, {10007, 2}, {65535, 2}, {65536, 2}};

static const uint8_t a_key[32] = {1, 2, 3, 4, 5, 6, 7, 8, 9};

/* Encrypts by both paths, compares, goes back by both, compares. */
static void round_trip(struct ff1 *fast, struct ff1 *slow, uint32_t radix, size_t n,
                       struct str tweak)
{
    struct error e = ERROR_INIT;
    static uint16_t plain[FF1_NUMERALS], a[FF1_NUMERALS], b[FF1_NUMERALS];
    size_t size = n * sizeof *a;
    /* Mostly random, sometimes the ends of the domain. */
    uint32_t how = next(8);
    for (size_t i = 0; i < n; i++)
        plain[i] = (uint16_t)(how == 0 ? 0 : how == 1 ? radix - 1 : next(radix));
    memcpy(a, plain, size);
    memcpy(b, plain, size);
    /* Few assertions: each is a message to the parent process. */
    enum err code = ff1_encrypt(fast, radix, tweak, a, n, &e);
    code |= ff1_encrypt(slow, radix, tweak, b, n, &e);
    bool same = memcmp(a, b, size) == 0, in_range = true;
    for (size_t i = 0; i < n; i++)
        in_range &= a[i] < radix;
    code |= ff1_decrypt(fast, radix, tweak, a, n, &e);
    code |= ff1_decrypt(slow, radix, tweak, b, n, &e);
    bool back = memcmp(a, plain, size) == 0 && memcmp(b, plain, size) == 0;
    ck_assert_msg(code == ERR_OK && same && in_range && back,
                  "radix %u, n %zu: %d, paths agree %d, in range %d, back %d", radix, n,
                  code, same, in_range, back);
}

START_TEST(decrypts_what_it_encrypts)
{
    static const size_t sizes[] = {16, 24, 32};
    char tweak[100];
    for (size_t i = 0; i < sizeof tweak; i++)
        tweak[i] = (char)next(256);
    for (size_t k = 0; k < 3; k++) {
        CLEANUP(ff1_freep) struct ff1 *fast = ff1_new(a_key, sizes[k]);
        CLEANUP(ff1_freep) struct ff1 *slow = ff1_new(a_key, sizes[k]);
        ff1_only_long(slow);
        for (size_t n = radices[_i].least; n < 140; n += n < 40 ? 1 : 9)
            for (int times = 0; times < 3; times++)
                round_trip(fast, slow, radices[_i].radix, n, str_n(tweak, next(100)));
    }
}
END_TEST

/* Bits as numbers against bits as numerals: every length, every number of blocks. */
START_TEST(bits_agree_with_numerals)
{
    struct error e = ERROR_INIT;
    char tweak[64];
    uint32_t faults = 0;
    CLEANUP(ff1_freep) struct ff1 *f = ff1_new(a_key, 32);
    for (size_t i = 0; i < sizeof tweak; i++)
        tweak[i] = (char)next(256);
    for (unsigned bits = FF1_BITS_LEAST; bits <= FF1_BITS; bits++)
        for (size_t blocks = 0; blocks <= 4; blocks++)
            for (int times = 0; times < 20; times++) {
                uint16_t x[FF1_BITS];
                uint64_t half[2] = {0, 0}, want[2] = {0, 0};
                uint8_t head[FF1_HEAD];
                struct str t = str_n(tweak, 16 * blocks);
                for (unsigned i = 0; i < bits; i++) {
                    x[i] = (uint16_t)(times < 2 ? (uint32_t)times : next(2));
                    half[i >= bits / 2] = half[i >= bits / 2] << 1 | x[i];
                }
                ff1_bits_head(f, t, bits, head);
                ff1_encrypt_bits(f, head, bits, half);
                faults += ff1_encrypt(f, 2, t, x, bits, &e) != ERR_OK;
                for (unsigned i = 0; i < bits; i++)
                    want[i >= bits / 2] = want[i >= bits / 2] << 1 | x[i];
                faults += half[0] != want[0] || half[1] != want[1];
            }
    ck_assert_uint_eq(faults, 0);
}
END_TEST

START_TEST(long_strings)
{
    CLEANUP(ff1_freep) struct ff1 *f = ff1_new(a_key, 32);
    static const size_t sizes[] = {255, 256, 257, 511, 1000, 2047, 4095, FF1_NUMERALS};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        round_trip(f, f, radices[_i].radix, sizes[i], STR("tweak"));
}
END_TEST

START_TEST(limits)
{
    struct error e = ERROR_INIT;
    static uint16_t x[FF1_NUMERALS + 1];
    static char tweak[FF1_TWEAK + 1];
    CLEANUP(ff1_freep) struct ff1 *f = ff1_new(a_key, 16);
    struct str none = str_n(NULL, 0);
    assert_ok(ff1_encrypt(f, 10, none, x, FF1_NUMERALS, &e), &e);
    ck_assert_int_eq(ff1_encrypt(f, 10, none, x, FF1_NUMERALS + 1, &e), ERR_LIMIT);
    ck_assert_int_eq(ff1_decrypt(f, 10, none, x, FF1_NUMERALS + 1, &e), ERR_LIMIT);
    assert_ok(ff1_encrypt(f, 10, str_n(tweak, FF1_TWEAK), x, 6, &e), &e);
    ck_assert_int_eq(ff1_encrypt(f, 10, str_n(tweak, FF1_TWEAK + 1), x, 6, &e),
                     ERR_LIMIT);
    ck_assert_int_eq(ff1_encrypt(f, 10, none, x, 5, &e), ERR_SOFTWARE);
    ck_assert_int_eq(ff1_encrypt(f, 10, none, x, 0, &e), ERR_SOFTWARE);
    ck_assert_int_eq(ff1_encrypt(f, 1, none, x, 100, &e), ERR_SOFTWARE);
    ck_assert_int_eq(ff1_encrypt(f, 65537, none, x, 100, &e), ERR_SOFTWARE);
    x[5] = 10;
    ck_assert_int_eq(ff1_encrypt(f, 10, none, x, 6, &e), ERR_SOFTWARE);
    ck_assert_uint_eq(x[5], 10);
    ff1_free(NULL);
}
END_TEST

START_TEST(domains)
{
    for (size_t i = 0; i < sizeof radices / sizeof *radices; i++) {
        ck_assert(ff1_domain(radices[i].radix, radices[i].least));
        ck_assert(!ff1_domain(radices[i].radix, radices[i].least - 1));
        ck_assert(ff1_domain(radices[i].radix, SIZE_MAX));
    }
    ck_assert(!ff1_domain(0, SIZE_MAX) && !ff1_domain(1, SIZE_MAX));
}
END_TEST

/* All of 10^6 values: every one is hit once. */
START_TEST(a_permutation)
{
    struct error e = ERROR_INIT;
    CLEANUP(ff1_freep) struct ff1 *f = ff1_new(a_key, 32);
    static uint8_t hit[1000000];
    uint32_t faults = 0; /* counted: an assertion a million times takes minutes */
    for (uint32_t v = 0; v < 1000000; v++) {
        uint16_t x[6];
        uint32_t rest = v;
        for (int i = 6; i-- > 0; rest /= 10)
            x[i] = (uint16_t)(rest % 10);
        faults += ff1_encrypt(f, 10, STR("part"), x, 6, &e) != ERR_OK;
        uint32_t w = 0;
        for (int i = 0; i < 6; i++)
            w = w * 10 + x[i];
        faults += w >= 1000000 || hit[w]++;
    }
    ck_assert_uint_eq(faults, 0);
}
END_TEST

START_TEST(tweaks_and_keys_matter)
{
    struct error e = ERROR_INIT;
    static const uint8_t other_key[32] = {9};
    CLEANUP(ff1_freep) struct ff1 *f = ff1_new(a_key, 32);
    CLEANUP(ff1_freep) struct ff1 *g = ff1_new(other_key, 32);
    char tweak[40] = {0};
    uint16_t first[12] = {0};
    assert_ok(ff1_encrypt(f, 10, str_n(tweak, 40), first, 12, &e), &e);
    for (size_t i = 0; i < 40; i++) { /* each byte of it, and its length */
        uint16_t x[12] = {0}, y[12] = {0};
        tweak[i] = 1;
        assert_ok(ff1_encrypt(f, 10, str_n(tweak, 40), x, 12, &e), &e);
        tweak[i] = 0;
        assert_ok(ff1_encrypt(f, 10, str_n(tweak, i), y, 12, &e), &e);
        ck_assert_mem_ne(x, first, sizeof x);
        ck_assert_mem_ne(y, first, sizeof y);
    }
    uint16_t z[12] = {0};
    assert_ok(ff1_encrypt(g, 10, str_n(tweak, 40), z, 12, &e), &e);
    ck_assert_mem_ne(z, first, sizeof z);
}
END_TEST

static void cases(TCase *t)
{
    int n = sizeof radices / sizeof *radices;
    tcase_add_loop_test(t, published_samples, 0, 2 * sizeof samples / sizeof *samples);
    tcase_add_test(t, all_published_samples);
    tcase_add_loop_test(t, decrypts_what_it_encrypts, 0, n);
    tcase_add_test(t, bits_agree_with_numerals);
    tcase_add_loop_test(t, long_strings, 0, n);
    tcase_add_test(t, limits);
    tcase_add_test(t, domains);
    tcase_add_test(t, a_permutation);
    tcase_add_test(t, tweaks_and_keys_matter);
}

TEST_MAIN("ff1")
