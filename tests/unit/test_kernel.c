#include "json/kernel.h"

#include "test.h"
#include "json/skip.h"

/* What the kernels must give, byte by byte. */

static size_t plain_reference(const char *p, size_t n)
{
    size_t i = 0;
    while (i < n && (uint8_t)p[i] >= 0x20 && (uint8_t)p[i] < 0x80 && p[i] != '"' &&
           p[i] != '\\')
        i++;
    return i;
}

static size_t space_reference(const char *p, size_t n)
{
    size_t i = 0;
    while (i < n && (p[i] == ' ' || p[i] == '\t' || p[i] == '\n' || p[i] == '\r'))
        i++;
    return i;
}

/* By the number each sequence stands for, unlike the program's by ranges. */
static size_t utf8_reference(const char *text, size_t n)
{
    const uint8_t *p = (const uint8_t *)text;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t i = 0;
    while (i < n) {
        size_t size = p[i] < 0x80           ? 1
                      : (p[i] >> 5) == 6    ? 2
                      : (p[i] >> 4) == 0xe  ? 3
                      : (p[i] >> 3) == 0x1e ? 4
                                            : 0;
        if (size == 0 || n - i < size)
            break;
        uint32_t v = size == 1 ? p[i] : p[i] & (0x7fu >> size);
        for (size_t k = 1; k < size; k++) {
            if (p[i + k] >> 6 != 2)
                return i;
            v = v << 6 | (p[i + k] & 0x3f);
        }
        if (v < least[size] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
            break;
        i += size;
    }
    return i;
}

static size_t skip_reference(const char *p, size_t n)
{
    int depth = 0;
    bool string = false;
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '\\')
            i++;
        else if (p[i] == '"')
            string = !string;
        else if (string)
            continue;
        else if (p[i] == '{' || p[i] == '[')
            depth++;
        else if (p[i] == '}' || p[i] == ']')
            if (--depth == 0)
                return i + 1;
    }
    return 0;
}

/* A small generator with a fixed seed: the same cases each time. */
static uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

enum flavour { PLAIN, SPACE, UTF8, STRUCTURE, ANY, N_FLAVOURS };

static void add_piece(struct buf *b, enum flavour flavour, uint64_t *state)
{
    static const char *const sequences[] = {
        "\xc2\x80",     "\xdf\xbf",         "\xe0\xa0\x80",     "\xed\x9f\xbf",
        "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "a",
        "bcd",          "\xed\xa0\x80",     "\xe2\x82",
    };
    static const char spaces[] = " \t\r\n";
    static const char structure[] = "{}[]\"\"\\,:a{[ ]}\"\xc3\x01";
    uint32_t r = next_random(state);
    switch (flavour) {
    case PLAIN: buf_add_char(b, (char)(r % 64 ? 0x20 + r % 0x5f : r >> 8)); break;
    case SPACE: buf_add_char(b, (char)(r % 64 ? (uint8_t)spaces[r % 4] : r)); break;
    case UTF8: {
        size_t n = sizeof sequences / sizeof *sequences;
        buf_add_str(
            b, str_of(sequences[r % 128 == 0 ? n - 1 - r / 128 % 2 : r % (n - 2)]));
        break;
    }
    case STRUCTURE: buf_add_char(b, structure[r % (sizeof structure - 1)]); break;
    case ANY:
    case N_FLAVOURS: buf_add_char(b, (char)r); break;
    }
}

static const struct scan_kernel *kernel_at(int i)
{
    return i == 0 ? kernel_scalar() : kernel_avx2();
}

START_TEST(same_as_the_reference)
{
    const struct scan_kernel *k = kernel_at(_i);
    if (!k)
        return;
    uint64_t state = 1;
    for (int round = 0; round < 20000; round++) {
        BUF_SCOPED b = BUF_INIT;
        size_t size = 1 + next_random(&state) % 200;
        while (b.n < size)
            add_piece(&b, (enum flavour)(round % N_FLAVOURS), &state);
        char *copy = malloc(b.n); /* its end is the end of a block, for ASan */
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, b.p, b.n);
        const char *end = copy + b.n;
        size_t from = next_random(&state) % (uint32_t)b.n;
        const char *p = copy + from;
        ck_assert_uint_eq((size_t)(k->plain_end(p, end) - p),
                          plain_reference(p, b.n - from));
        ck_assert_uint_eq((size_t)(k->space_end(p, end) - p),
                          space_reference(p, b.n - from));
        ck_assert_uint_eq(k->utf8_valid(p, end), utf8_reference(p, b.n - from));
        free(copy);
    }
}
END_TEST

START_TEST(structure_as_the_reference_at_every_cut)
{
    const struct scan_kernel *k = kernel_at(_i);
    if (!k)
        return;
    uint64_t state = 2;
    for (int round = 0; round < 2000; round++) {
        BUF_SCOPED b = BUF_INIT;
        size_t size = 1 + next_random(&state) % 200;
        buf_add_char(&b, round % 2 ? '{' : '[');
        while (b.n < size)
            add_piece(&b, next_random(&state) % 3 ? PLAIN : STRUCTURE, &state);
        size_t want = skip_reference(b.p, b.n);
        for (size_t cut = 0; cut <= b.n; cut++) {
            unsigned depth = 0, string = 0, escape = 0;
            const char *end = b.p + b.n;
            const char *q = k->structural(b.p, b.p + cut, &depth, &string, &escape);
            if (!q)
                q = k->structural(b.p + cut, end, &depth, &string, &escape);
            ck_assert_msg((q ? (size_t)(q - b.p) : 0) == want,
                          "%s: round %d, cut at %zu: %zu", k->name, round, cut,
                          q ? (size_t)(q - b.p) : 0);
        }
    }
}
END_TEST

/* All leads and second bytes; behind them the borders of the table's ranges. */
START_TEST(utf8_at_the_borders)
{
    static const char borders[] = "\x00\x7f\x80\xbf\xc0\xff";
    const struct scan_kernel *k = kernel_at(_i);
    if (!k)
        return;
    for (unsigned v = 0x8000; v < 0x10000; v++) {
        for (int i = 0; i < 36; i++) {
            char p[4] = {(char)(v >> 8), (char)v, borders[i / 6], borders[i % 6]};
            if (k->utf8_valid(p, p + 4) != utf8_reference(p, 4))
                ck_abort_msg("%04x, %d", v, i);
        }
    }
}
END_TEST

static const struct {
    const char *text;
    size_t n;
} values[] = {
    {"{}", 2},
    {"[]{}", 2},
    {"{\"a\":[1,2,{}]}\n{\"b\"", 14},
    {"[\"]\"]", 5},
    {"[\"\\\"]\"] ", 7},
    {"[\"\\\\\"]\"", 6},
    {"[", 0},
    {"{\"a\":\"}", 0},
    {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]x",
     84},
};

START_TEST(skip_values_at_every_cut)
{
    struct str text = str_of(values[_i].text);
    for (size_t cut = 0; cut <= text.n; cut++) {
        struct skip k = SKIP_INIT;
        size_t n = skip_value(&k, str_n(text.p, cut));
        if (!n) {
            n = skip_value(&k, str_from(text, cut));
            n = n ? n + cut : 0;
        }
        ck_assert_msg(n == values[_i].n, "%s cut at %zu: %zu", text.p, cut, n);
    }
    struct skip k = SKIP_INIT;
    ck_assert_uint_eq(skip_value(&k, str_n(NULL, 0)), 0);
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, same_as_the_reference, 0, 2);
    tcase_add_loop_test(t, structure_as_the_reference_at_every_cut, 0, 2);
    tcase_add_loop_test(t, utf8_at_the_borders, 0, 2);
    tcase_add_loop_test(t, skip_values_at_every_cut, 0, sizeof values / sizeof *values);
}

TEST_MAIN("kernel")
