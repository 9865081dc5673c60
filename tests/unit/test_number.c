#include "json/number.h"

#include "test.h"

static const struct {
    const char *in, *out;
} canonical[] = {
    {"0", "0"},
    {"-0", "0"},
    {"0.000", "0"},
    {"-0e5", "0"},
    {"0e99999999999999999999", "0"},
    {"7", "7e0"},
    {"-7", "-7e0"},
    {"10", "1e1"},
    {"100", "1e2"},
    {"100.0", "1e2"},
    {"100e-2", "1e0"},
    {"12.50", "1.25e1"},
    {"-12.50", "-1.25e1"},
    {"120.5", "1.205e2"},
    {"0.1", "1e-1"},
    {"0.00120", "1.2e-3"},
    {"1e5", "1e5"},
    {"1E+05", "1e5"},
    {"10E-1", "1e0"},
    {"1.5e-10", "1.5e-10"},
    {"9007199254740993", "9.007199254740993e15"},
    {"0.30000000000000000000000000001", "3.0000000000000000000000000001e-1"},
    {"123456789.987654321", "1.23456789987654321e8"},
    {"1e2147483648", "1e2147483648"},
    {"1e-2147483648", "1e-2147483648"},
    {"10e2147483647", "1e2147483648"},
    {"0.1e2147483649", "1e2147483648"},
    {"1e0000000000000000000000000000000000007", "1e7"},
};

START_TEST(canonical_form)
{
    BUF_SCOPED out = BUF_INIT;
    struct error e = ERROR_INIT;
    buf_add_char(&out, '>');
    assert_ok(number_canonical(str_of(canonical[_i].in), &out, &e), &e);
    assert_str_eq(canonical[_i].in, str_from(buf_str(&out), 1),
                  str_of(canonical[_i].out));
    /* once more changes nothing */
    BUF_SCOPED again = BUF_INIT;
    assert_ok(number_canonical(str_of(canonical[_i].out), &again, &e), &e);
    assert_str_eq(canonical[_i].in, buf_str(&again), str_of(canonical[_i].out));
    ck_assert_int_eq(number_cmp(str_of(canonical[_i].in), str_of(canonical[_i].out)),
                     0);
}
END_TEST

START_TEST(limits)
{
    static const char *const over[] = {
        "1e2147483649",
        "-1e-2147483649",
        "10e2147483648",
        "0.1e-2147483648",
        "1e99999999999999999999999999999999999999",
        "1e-99999999999999999999999999999",
    };
    for (size_t i = 0; i < sizeof over / sizeof *over; i++) {
        BUF_SCOPED out = BUF_INIT;
        struct error e = ERROR_INIT;
        ck_assert_msg(number_canonical(str_of(over[i]), &out, &e) == ERR_LIMIT, "%s",
                      over[i]);
        ck_assert_uint_eq(out.n, 0);
    }
    for (size_t n = NUMBER_DIGITS; n <= NUMBER_DIGITS + 1; n++) {
        BUF_SCOPED in = BUF_INIT;
        BUF_SCOPED out = BUF_INIT;
        struct error e = ERROR_INIT;
        for (size_t i = 0; i < n; i++)
            buf_add_char(&in, (char)('1' + i % 9));
        buf_add_str(&in, STR("000"));
        enum err code = number_canonical(buf_str(&in), &out, &e);
        ck_assert_int_eq(code, n > NUMBER_DIGITS ? ERR_LIMIT : ERR_OK);
        ck_assert_uint_eq(out.n, n > NUMBER_DIGITS ? 0 : n + sizeof ".e4098" - 1);
    }
}
END_TEST

static const char *const numbers[] = {
    "0",    "-0",  "1",    "-1",       "10",
    "1.5",  "0.5", "-0.0", "1e9",      "1E+9",
    "1e-9", "120", "0e0",  "1.25e100", "9999999999999999999999"};
static const char *const no_numbers[] = {
    "",   "-",  "+1",  "01", "-01", "1.",    ".5",    "1e",  "1e+", "1.e1",
    " 1", "1 ", "0x1", "1a", "--1", "1.2.3", "1e1.5", "NaN", "e1"};

START_TEST(is_a_number)
{
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        ck_assert_msg(number_is(str_of(numbers[i])), "%s", numbers[i]);
    for (size_t i = 0; i < sizeof no_numbers / sizeof *no_numbers; i++)
        ck_assert_msg(!number_is(str_of(no_numbers[i])), "%s", no_numbers[i]);
}
END_TEST

START_TEST(is_an_integer)
{
    static const char *const yes[] = {"0",  "1",    "-1",
                                      "10", "-907", "123456789012345678901"};
    static const char *const no[] = {"",    "-",   "-0",  "00", "01",
                                     "-01", "1.0", "1e0", "+1", "1 "};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        ck_assert_msg(number_is_integer(str_of(yes[i])), "%s", yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        ck_assert_msg(!number_is_integer(str_of(no[i])), "%s", no[i]);
}
END_TEST

/* In ascending order; "=" before one equal to the one before it. */
static const char *const ordered[] = {
    "-1e99999999999999999999999999999999999999999999",
    "-1e99999999999999999999",
    "-123456",
    "=-1.23456e5",
    "-12.5",
    "-12",
    "-1e-5",
    "-1e-999999999999999999999999",
    "0",
    "=-0",
    "=0.00e999999999999999999999999999",
    "1e-1000000000000000000000001",
    "1e-1000000000000000000000000",
    "=10e-1000000000000000000000001",
    "=0.1e-999999999999999999999999",
    "2e-1000000000000000000000000",
    "0.00001",
    "0.1",
    "0.12",
    "=0.120",
    "=1.2e-1",
    "=12e-2",
    "0.1200000000000000000000000000000000001",
    "0.9",
    "1",
    "=1.0",
    "=10e-1",
    "1.0000000000000000000001",
    "9",
    "10",
    "=1e1",
    "12",
    "99999999999999999999",
    "100000000000000000000",
    "=1e20",
    "100000000000000000000.5",
    "1e1000",
    "9e999999999999999999",
    "1e1000000000000000000",
    "1e99999999999999999999",
    "=1e+0000099999999999999999999",
    "=100e99999999999999999997",
    "1e100000000000000000000",
};

START_TEST(order)
{
    size_t n = sizeof ordered / sizeof *ordered;
    for (size_t i = 0; i < n; i++) {
        bool same = true;
        for (size_t k = i; k < n; k++) {
            if (k > i && ordered[k][0] != '=')
                same = false;
            struct str a = str_of(ordered[i] + (ordered[i][0] == '='));
            struct str b = str_of(ordered[k] + (ordered[k][0] == '='));
            int want = same ? 0 : -1;
            ck_assert_msg(number_cmp(a, b) == want, "%s, %s", ordered[i], ordered[k]);
            ck_assert_msg(number_cmp(b, a) == -want, "%s, %s", ordered[k], ordered[i]);
        }
    }
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, canonical_form, 0, sizeof canonical / sizeof *canonical);
    tcase_add_test(t, limits);
    tcase_add_test(t, is_a_number);
    tcase_add_test(t, is_an_integer);
    tcase_add_test(t, order);
}

TEST_MAIN("number")
