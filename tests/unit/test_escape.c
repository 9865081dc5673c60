#include "json/escape.h"

#include "test.h"
#include "json/scan.h"

/* text, its minimal spelling */
static const struct {
    struct str text;
    const char *spelling;
} pairs[] = {
    {{"", 0}, ""},
    {{"plain", 5}, "plain"},
    {{"\"\\/", 3}, "\\\"\\\\/"},
    {{"\b\f\n\r\t", 5}, "\\b\\f\\n\\r\\t"},
    {{"\0\x01\x1f\x0b\x7f", 5}, "\\u0000\\u0001\\u001f\\u000b\x7f"},
    {{"\xc3\xa9\"\xe2\x82\xac\n\xf0\x9f\x98\x80", 11},
     "\xc3\xa9\\\"\xe2\x82\xac\\n\xf0\x9f\x98\x80"},
    {{"a run of more than thirty-two plain bytes \"and\" what follows them, still plain",
      78},
     "a run of more than thirty-two plain bytes \\\"and\\\" what follows them, still plain"},
    {{"\"\"\"\"", 4}, "\\\"\\\"\\\"\\\""},
};

START_TEST(there_and_back)
{
    BUF_SCOPED spelt = BUF_INIT;
    BUF_SCOPED text = BUF_INIT;
    BUF_SCOPED quoted = BUF_INIT;
    struct error e = ERROR_INIT;
    struct str want = str_of(pairs[_i].spelling);
    escape_add(&spelt, pairs[_i].text);
    assert_str_eq("escaped", buf_str(&spelt), want);
    assert_ok(scan_unescape(buf_str(&spelt), &text, &e), &e);
    assert_str_eq("back", buf_str(&text), pairs[_i].text);
    escape_add_quoted(&quoted, pairs[_i].text);
    ck_assert_uint_eq(quoted.n, want.n + 2);
    assert_str_eq("quoted", str_n(quoted.p + 1, want.n), want);
    ck_assert(quoted.p[0] == '"' && quoted.p[quoted.n - 1] == '"');
    buf_clear(&text);
    assert_ok(escape_normal(&text, want, true, &e), &e);
    assert_str_eq("normal", buf_str(&text), want);
}
END_TEST

static const struct {
    const char *token, *text, *normal;
} tokens[] = {
    {"\\u0041\\u00e9\\u20AC", "A\xc3\xa9\xe2\x82\xac", "A\xc3\xa9\xe2\x82\xac"},
    {"\\uD83D\\uDE00!", "\xf0\x9f\x98\x80!", "\xf0\x9f\x98\x80!"},
    {"\\ud800\\udc00\\uDBFF\\uDFFF", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf",
     "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"},
    {"a\\/b", "a/b", "a/b"},
    {"\\u0022\\u005c\\u002f", "\"\\/", "\\\"\\\\/"},
    {"\\u000a\\u000A\\u001F", "\n\n\x1f", "\\n\\n\\u001f"},
    {"\\u07ff\\u0800\\uffff\\u0080", "\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xc2\x80",
     "\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xc2\x80"},
    {"\\\\u0041", "\\u0041", "\\\\u0041"},
};

START_TEST(tokens_as_written)
{
    BUF_SCOPED text = BUF_INIT;
    BUF_SCOPED normal = BUF_INIT;
    struct error e = ERROR_INIT;
    struct str token = str_of(tokens[_i].token);
    buf_add_char(&text, '>');
    assert_ok(scan_unescape(token, &text, &e), &e);
    assert_str_eq(tokens[_i].token, str_from(buf_str(&text), 1),
                  str_of(tokens[_i].text));
    assert_ok(escape_normal(&normal, token, true, &e), &e);
    assert_str_eq(tokens[_i].token, buf_str(&normal), str_of(tokens[_i].normal));
}
END_TEST

static const struct {
    const char *token, *line;
} refused[] = {
    {"a\\ud800", "lone surrogate"},
    {"a\\ud800b", "lone surrogate"},
    {"a\\udc00", "lone surrogate"},
    {"a\\ud800\\n", "lone surrogate"},
    {"a\\ud800\\u0041", "lone surrogate"},
    {"a\\ud800\\ud800", "lone surrogate"},
    {"a\\ud800\\u12", "lone surrogate"},
    {"a\\", "invalid escape in a string"},
    {"a\\q", "invalid escape in a string"},
    {"a\\u12", "invalid escape in a string"},
    {"a\\u12g4", "invalid escape in a string"},
};

START_TEST(refused_and_nothing_added)
{
    BUF_SCOPED out = BUF_INIT;
    struct error e = ERROR_INIT;
    struct str token = str_of(refused[_i].token);
    buf_add_char(&out, '>');
    ck_assert_int_eq(scan_unescape(token, &out, &e), ERR_DATA);
    ck_assert_str_eq(e.line, refused[_i].line);
    e = (struct error)ERROR_INIT;
    ck_assert_int_eq(escape_normal(&out, token, true, &e), ERR_DATA);
    ck_assert_str_eq(e.line, refused[_i].line);
    assert_str_eq(refused[_i].token, buf_str(&out), STR(">"));
}
END_TEST

START_TEST(every_point_there_and_back)
{
    BUF_SCOPED text = BUF_INIT;
    BUF_SCOPED written = BUF_INIT;
    struct error e = ERROR_INIT;
    for (uint32_t point = 0; point <= 0x10ffff; point++) {
        if (point >= 0xd800 && point <= 0xdfff)
            continue;
        char token[16];
        uint32_t rest = point - 0x10000;
        if (point < 0x10000)
            snprintf(token, sizeof token, "\\u%04x", point);
        else
            snprintf(token, sizeof token, "\\u%04X\\u%04x", 0xd800 + (rest >> 10),
                     0xdc00 + (rest & 0x3ff));
        buf_clear(&text);
        buf_clear(&written);
        if (scan_unescape(str_of(token), &text, &e) != ERR_OK)
            ck_abort_msg("%s", token);
        escape_add_utf8(&written, point);
        if (!str_eq(buf_str(&text), buf_str(&written)))
            ck_abort_msg("%s", token);
    }
}
END_TEST

START_TEST(without_backslash_it_is_copied)
{
    BUF_SCOPED out = BUF_INIT;
    ck_assert_int_eq(escape_normal(&out, STR("as it is"), false, NULL), ERR_OK);
    assert_str_eq("copy", buf_str(&out), STR("as it is"));
}
END_TEST

#define LOOP(t, test, table) \
    tcase_add_loop_test(t, test, 0, sizeof(table) / sizeof *(table))

static void cases(TCase *t)
{
    LOOP(t, there_and_back, pairs);
    LOOP(t, tokens_as_written, tokens);
    LOOP(t, refused_and_nothing_added, refused);
    tcase_add_test(t, every_point_there_and_back);
    tcase_add_test(t, without_backslash_it_is_copied);
}

TEST_MAIN("escape")
