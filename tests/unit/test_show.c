#include "drift/show.h"

#include "archive/entry.h"
#include "random_json.h"
#include "test.h"
#include "json/number.h"

static const struct {
    const char *canonical, *shown;
} numbers[] = {
    {"0", "0"},
    {"7e0", "7"},
    {"-7e0", "-7"},
    {"1e1", "10"},
    {"1.25e1", "12.5"},
    {"-1.25e-1", "-0.125"},
    {"1.2e-3", "0.0012"},
    {"9.007199254740993e15", "9007199254740993"},
    {"1e39", "1000000000000000000000000000000000000000"},
    {"1e40", "1e40"},
    {"1e-40", "1e-40"},
    {"1e400", "1e400"},
    {"1e2147483648", "1e2147483648"},
    {"[1e0,{\"1e1\":2e1,\"a\\\"1e1\":[]}]", "[1,{\"1e1\":20,\"a\\\"1e1\":[]}]"},
    {"\"1e1\"", "\"1e1\""},
    {"{\"a\":null,\"b\":true}", "{\"a\":null,\"b\":true}"},
};

START_TEST(known_numbers)
{
    BUF_SCOPED out = BUF_INIT;
    show_canonical(&out, str_of(numbers[_i].canonical));
    assert_str_eq(numbers[_i].canonical, buf_str(&out), str_of(numbers[_i].shown));
}
END_TEST

/* What is shown is the same number, is JSON, and has no exponent where it is short. */
START_TEST(a_number_and_back)
{
    struct dice dice = {1};
    for (int i = 0; i < 2000; i++) {
        BUF_SCOPED number = BUF_INIT;
        BUF_SCOPED canonical = BUF_INIT;
        BUF_SCOPED shown = BUF_INIT;
        BUF_SCOPED back = BUF_INIT;
        struct error e = ERROR_INIT;
        random_number(&dice, &number);
        assert_ok(number_canonical(buf_str(&number), &canonical, &e), &e);
        show_canonical(&shown, buf_str(&canonical));
        const char *text = buf_cstr(&shown);
        ck_assert_msg(number_is(buf_str(&shown)), "%s", text);
        ck_assert_msg(shown.n <= 2 * SHOW_DIGITS + 3, "%s", text);
        assert_ok(number_canonical(buf_str(&shown), &back, &e), &e);
        assert_str_eq(text, buf_str(&back), buf_str(&canonical));
        const char *exponent = strchr(buf_cstr(&canonical), 'e');
        if (canonical.n < SHOW_DIGITS && exponent &&
            labs(atol(exponent + 1)) < SHOW_DIGITS)
            ck_assert_msg(!strchr(text, 'e'), "%s", text);
    }
}
END_TEST

/* A part of a key: an integer of up to 400 digits, or a text with NUL and the bytes
 * that stand for it; and how JSON writes it. */
static void random_part(struct dice *d, struct buf *key, struct buf *json)
{
    BUF_SCOPED text = BUF_INIT;
    if (roll(d, 2)) {
        if (roll(d, 2))
            buf_add_char(&text, '-');
        random_digits(d, &text, 1 + roll(d, roll(d, 10) ? 40 : 400));
        key_add_integer(key, buf_str(&text));
        buf_add_str(json, buf_str(&text));
        return;
    }
    buf_add_char(json, '"');
    for (unsigned n = roll(d, 8); n; n--) {
        bool nul = roll(d, 3) == 0;
        char c = (char)('a' + roll(d, 26));
        buf_add_char(&text, nul ? 0 : c);
        if (nul)
            buf_add_str(json, STR("\\u0000"));
        else
            buf_add_char(json, c);
    }
    buf_add_char(json, '"');
    key_add_string(key, buf_str(&text));
}

START_TEST(a_key_is_read_from_its_bytes)
{
    struct dice dice = {2};
    for (int i = 0; i < 2000; i++) {
        BUF_SCOPED key = BUF_INIT;
        BUF_SCOPED json = BUF_INIT;
        BUF_SCOPED shown = BUF_INIT;
        unsigned n = 1 + roll(&dice, SCHEMA_KEY_PARTS);
        buf_add_char(&json, '[');
        while (n--) {
            random_part(&dice, &key, &json);
            buf_add_char(&json, n ? ',' : ']');
        }
        show_key(&shown, buf_str(&key));
        assert_str_eq("key", buf_str(&shown), buf_str(&json));
    }
}
END_TEST

static const struct {
    const char *text, *json;
} keys[] = {
    {"0", "[0]"},
    {"-1", "[-1]"},
    {"255", "[255]"},
    {"256", "[256]"},
    {"-256", "[-256]"},
    {"-0", "[\"-0\"]"},
    {"", "[\"\"]"},
    {"01", "[\"01\"]"},
    {"1.0", "[\"1.0\"]"},
    {"caf\xc3\xa9", "[\"caf\xc3\xa9\"]"},
    {"\"\n", "[\"\\\"\\n\"]"},
    {"123456789012345678901234567890", "[123456789012345678901234567890]"},
};

START_TEST(known_keys)
{
    BUF_SCOPED key = BUF_INIT;
    BUF_SCOPED out = BUF_INIT;
    key_add(&key, NULL, str_of(keys[_i].text));
    show_key(&out, buf_str(&key));
    assert_str_eq(keys[_i].text, buf_str(&out), str_of(keys[_i].json));
}
END_TEST

/* Bytes that no key has are shown somehow, and nothing is read behind them. */
START_TEST(any_bytes)
{
    struct dice dice = {3};
    for (int i = 0; i < 5000; i++) {
        BUF_SCOPED out = BUF_INIT;
        size_t n = roll(&dice, 12);
        char *bytes = malloc(n + 1);
        for (size_t k = 0; k < n; k++)
            bytes[k] = (char)(roll(&dice, 2) ? roll(&dice, 256) : roll(&dice, 4));
        char *exact = malloc(n ? n : 1); /* what is read behind it is seen */
        memcpy(exact, bytes, n);
        show_key(&out, str_n(exact, n));
        ck_assert(out.n >= 2 && out.p[0] == '[' && out.p[out.n - 1] == ']');
        free(exact);
        free(bytes);
    }
}
END_TEST

START_TEST(fingerprints_and_masks)
{
    BUF_SCOPED out = BUF_INIT;
    show_key(&out, STR("\3\x01\xfe\x20"));
    assert_str_eq("fingerprint", buf_str(&out), STR("[\"01fe20\"]"));
    buf_clear(&out);
    show_masked(&out, STR("per\"son"));
    assert_str_eq("mask", buf_str(&out), STR("{\"masked\":\"per\\\"son\"}"));
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, known_numbers, 0, sizeof numbers / sizeof *numbers);
    tcase_add_test(t, a_number_and_back);
    tcase_add_test(t, a_key_is_read_from_its_bytes);
    tcase_add_loop_test(t, known_keys, 0, sizeof keys / sizeof *keys);
    tcase_add_test(t, any_bytes);
    tcase_add_test(t, fingerprints_and_masks);
}

TEST_MAIN("show")
