#include "json/scan.h"

#include "scan_trace.h"
#include "test.h"

#define NEST10   "[[[[[[[[[["
#define UNNEST10 "]]]]]]]]]]"
#define LONG20   "abcdefghijklmnopqrst"

/* Accepted, one document */
static const char *const good[] = {
    "{}",
    "[]",
    " [ ] \r\n\t",
    "0",
    "-0",
    "-12.50e+07",
    "1E5",
    "true",
    "false",
    "null",
    "\"\"",
    "\xef\xbb\xbf{\"bom\":1}",
    "{\"a\":1,\"b\":[true,false,null],\"c\":{\"d\":\"e\"}}",
    " { \"a\" : [ 1 , 2 ] , \"b\" : { } } ",
    "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\"]",
    "[\"\\ud800\"]", /* grammar only: a lone surrogate is scan_unescape()'s business */
    "{\"k\xc3\xa9y\":\"\xe2\x82\xac \xf0\x9f\x98\x80 \xed\x9f\xbf \xee\x80\x80\"}",
    "{\"" LONG20 LONG20 "\":\"" LONG20 LONG20 LONG20 "\xc3\xa9" LONG20 "\\n" LONG20
    "\"}",
    "[123456789012345678901234567890.123456789012345678901234567890e-123456789012]",
    "                                                                        [1]",
    NEST10 NEST10 NEST10 "{}" UNNEST10 UNNEST10 UNNEST10,
    "{\"id\":1,\"_etag\":\"773afe02f4ef6142b72fac4a79a5fd62\",\"cost\":7404.8,\"u\":null}\n",
    "\"\x7f\"",
};

static const struct {
    const char *text;
    const char *line;
    uint64_t offset;
} wrong[] = {
    {"", "the text holds no value", 0},
    {"  ", "the text holds no value", 2},
    {"\xef\xbb\xbf", "the text holds no value", 3},
    {"\xef\xbb{}", "a value is expected here", 0},
    {"\xef\xbb", "a value is expected here", 0},
    {" \xef\xbb\xbf{}", "a value is expected here", 1},
    {"[1,]", "a value is expected here", 3},
    {"[,1]", "a value or ] is expected here", 1},
    {"[1 2]", "a comma or ] is expected here", 3},
    {"[1}", "a comma or ] is expected here", 2},
    {"{\"a\":}", "a value is expected here", 5},
    {"{\"a\" 1}", "a colon is expected here", 5},
    {"{\"a\":1,}", "a key is expected here", 7},
    {"{,}", "a key or } is expected here", 1},
    {"{1:2}", "a key or } is expected here", 1},
    {"{\"a\":1 \"b\":2}", "a comma or } is expected here", 7},
    {"{\"a\":1]", "a comma or } is expected here", 6},
    {"{} {}", "only space may follow the value", 3},
    {"1 2", "only space may follow the value", 2},
    {"truex", "only space may follow the value", 4},
    {"]", "a value is expected here", 0},
    {"[1\v]", "a comma or ] is expected here", 2},
    {"[01]", "a comma or ] is expected here", 2},
    {"[-01]", "a comma or ] is expected here", 3},
    {"[+1]", "a value or ] is expected here", 1},
    {"[.5]", "a value or ] is expected here", 1},
    {"[-]", "a digit is expected here", 2},
    {"[-a]", "a digit is expected here", 2},
    {"[1.]", "a digit is expected here", 3},
    {"[1.e1]", "a digit is expected here", 3},
    {"[1e]", "a digit is expected here", 3},
    {"[1e+]", "a digit is expected here", 4},
    {"[1.2.3]", "a comma or ] is expected here", 4},
    {"[0x1]", "a comma or ] is expected here", 2},
    {"[NaN]", "a value or ] is expected here", 1},
    {"[nul]", "true, false or null is misspelt here", 4},
    {"[tRue ]", "true, false or null is misspelt here", 2},
    {"fals", "the text ends inside a literal", 4},
    {"-", "the text ends inside a number", 1},
    {"12.", "the text ends inside a number", 3},
    {"12e", "the text ends inside a number", 3},
    {"[", "the text ends inside an array", 1},
    {"[1", "the text ends inside an array", 2},
    {"[1,", "the text ends inside an array", 3},
    {"{\"a\":[]", "the text ends inside an object", 7},
    {"{\"a\"", "the text ends inside an object", 4},
    {"[{}", "the text ends inside an array", 3},
    {"\"abc", "the text ends inside a string", 4},
    {"\"abc\\", "the text ends inside a string", 5},
    {"\"abc\\u12", "the text ends inside a string", 8},
    {"\"abc\xe2\x82", "the text ends inside a string", 6},
    {"\"abc\\\"", "the text ends inside a string", 6},
    {"[\"a\nb\"]", "control character in a string", 3},
    {"[\"" LONG20 LONG20 "\x1f\"]", "control character in a string", 42},
    {"[\"\\x41\"]", "invalid escape in a string", 3},
    {"[\"\\u12g4\"]", "a hexadecimal digit is expected here", 6},
    {"[\"\\u\"]", "a hexadecimal digit is expected here", 4},
    {"[\"\\u123\"]", "a hexadecimal digit is expected here", 7},
    {"[\"\\u123g\"]", "a hexadecimal digit is expected here", 7},
    {"[\"a\x80\"]", "invalid UTF-8", 3},
    {"[\"a\xc1\x81\"]", "invalid UTF-8", 3},
    {"[\"a\xe0\x9f\xbf\"]", "invalid UTF-8", 3},
    {"[\"a\xed\xa0\x80\"]", "invalid UTF-8", 3},
    {"[\"a\xf0\x8f\xbf\xbf\"]", "invalid UTF-8", 3},
    {"[\"a\xf4\x90\x80\x80\"]", "invalid UTF-8", 3},
    {"[\"a\xf5\x80\x80\x80\"]", "invalid UTF-8", 3},
    {"[\"a\xe2\x82\"]", "invalid UTF-8", 3},
    {"[\"\xc3\"]", "invalid UTF-8", 2},
    {"[\"" LONG20 LONG20 "\xe2\x82" LONG20 "\\q\"]", "invalid UTF-8", 42},
    {"{\"\xff\":1}", "invalid UTF-8", 2},
    {"[\"\xc3\xa9\xff\x01\"]", "invalid UTF-8", 4},
    {"[1,\xc3\xa9]", "a value is expected here", 3},
};

static const char *const several[] = {
    "",
    "  ",
    "1 2 3",
    "{}{}[]\n\"a\"\"b\" null true",
    "\xef\xbb\xbf",
    "1{\"a\":2}",
    "null[]",
    "{\"a\":1}\n{\"a\":2}\n",
    "1\"a\"",
};

static const struct scan_kernel *const *kernels(void)
{
    static const struct scan_kernel *list[3];
    list[0] = kernel_scalar();
    list[1] = kernel_avx2();
    return list;
}

/* Gives the trace of the whole text in one window by the scalar kernel in `want`,
 * having found it the same for every kernel, every first cut with every small step
 * after it. */
static void same_for_all_cuts(const char *row, struct str text, bool multi,
                              struct buf *want)
{
    static const size_t steps[] = {SIZE_MAX, 1, 2, 7, 33, 64};
    trace(text, (struct trace_options){kernel_scalar(), multi, SIZE_MAX, SIZE_MAX},
          want);
    BUF_SCOPED got = BUF_INIT;
    for (const struct scan_kernel *const *k = kernels(); *k; k++) {
        for (size_t first = 0; first <= text.n; first++) {
            for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
                buf_clear(&got);
                trace(text, (struct trace_options){*k, multi, first, steps[i]}, &got);
                ck_assert_msg(str_eq(buf_str(&got), buf_str(want)),
                              "%s, %s, cut at %zu, then every %zu:\n%.*s, not\n%.*s",
                              row, (*k)->name, first, steps[i], STR_ARG(buf_str(&got)),
                              STR_ARG(buf_str(want)));
            }
        }
    }
}

static void ends_with(const char *row, const struct buf *trace, const char *tail)
{
    ck_assert_msg(str_ends(buf_str(trace), str_of(tail)),
                  "%s:\n%.*s does not end with %s", row, STR_ARG(buf_str(trace)), tail);
}

START_TEST(good_documents)
{
    BUF_SCOPED want = BUF_INIT;
    struct str text = str_of(good[_i]);
    same_for_all_cuts(good[_i], text, false, &want);
    ck_assert_msg(memmem(want.p, want.n, "end ", 4) &&
                      !memmem(want.p, want.n, "bad ", 4),
                  "%s:\n%.*s", good[_i], STR_ARG(buf_str(&want)));
}
END_TEST

START_TEST(wrong_documents)
{
    BUF_SCOPED want = BUF_INIT;
    char tail[200];
    same_for_all_cuts(wrong[_i].text, str_of(wrong[_i].text), false, &want);
    snprintf(tail, sizeof tail, "%" PRIu64 " %d %s\n", wrong[_i].offset, (int)ERR_DATA,
             wrong[_i].line);
    ends_with(wrong[_i].text, &want, tail);
}
END_TEST

START_TEST(several_documents)
{
    BUF_SCOPED want = BUF_INIT;
    same_for_all_cuts(several[_i], str_of(several[_i]), true, &want);
    ck_assert_msg(!memmem(want.p, want.n, "bad ", 4), "%s", several[_i]);
}
END_TEST

START_TEST(several_need_something_between)
{
    static const char *const texts[] = {"1true", "nullnull", "true1",
                                        "1-1",   "01",       "1,2"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        BUF_SCOPED want = BUF_INIT;
        same_for_all_cuts(texts[i], str_of(texts[i]), true, &want);
        ends_with(texts[i], &want, "space is expected between values\n");
    }
}
END_TEST

START_TEST(events_in_full)
{
    BUF_SCOPED want = BUF_INIT;
    same_for_all_cuts("full", STR("{\"a\":[1.5,\"\\n\xc3\xa9\",true],\"\":{}} "), false,
                      &want);
    assert_str_eq("full", buf_str(&want),
                  STR("{ 0 1 \n"
                      "key 1 1 -a a\n"
                      "[ 5 2 \n"
                      "number 6 2 1.5\n"
                      "string 10 2 e- \\n\xc3\xa9\n"
                      "true 17 2 \n"
                      "] 21 1 \n"
                      "key 23 1 -a \n"
                      "{ 26 2 \n"
                      "} 27 1 \n"
                      "} 28 0 \n"
                      "end 28 0 \n"));
}
END_TEST

START_TEST(a_nul_byte_is_no_space)
{
    static const struct {
        struct str text;
        const char *line;
    } rows[] = {
        {{"[\0]", 3}, "a value or ] is expected here\n"},
        {{"[\"\0\"]", 5}, "control character in a string\n"},
        {{"[\"\\\0\"]", 6}, "invalid escape in a string\n"},
        {{"[\"\\u00\0\0\"]", 10}, "a hexadecimal digit is expected here\n"},
        {{"1\0", 2}, "only space may follow the value\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        BUF_SCOPED want = BUF_INIT;
        same_for_all_cuts(rows[i].line, rows[i].text, false, &want);
        ends_with(rows[i].line, &want, rows[i].line);
    }
}
END_TEST

static void same_for_early_cuts(struct str text)
{
    struct trace_options o = {kernel_scalar(), false, SIZE_MAX, SIZE_MAX};
    BUF_SCOPED want = BUF_INIT;
    BUF_SCOPED got = BUF_INIT;
    trace(text, o, &want);
    for (const struct scan_kernel *const *k = kernels(); *k; k++) {
        for (size_t first = 3; first < 6; first++) {
            o = (struct trace_options){*k, false, first, SIZE_MAX};
            buf_clear(&got);
            trace(text, o, &got);
            assert_str_eq((*k)->name, buf_str(&got), buf_str(&want));
        }
        buf_clear(&got);
        o = (struct trace_options){*k, false, SIZE_MAX, SIZE_MAX};
        trace(text, o, &got);
        assert_str_eq((*k)->name, buf_str(&got), buf_str(&want));
    }
}

/* In and out of the last 32 bytes; what follows is one of each class of bytes. */
START_TEST(every_byte_and_what_follows)
{
    static const char follows[] =
        "\x00\x1f\x20\"\\anu\x7f\x80\x8f\x90\x9f\xa0\xbf\xc2\xff";
    char text[] = "[\"??" LONG20 LONG20 "??\"]";
    size_t n = sizeof text - 1;
    for (int a = 0; a < 256; a++) {
        for (size_t b = 0; b < sizeof follows - 1; b++) {
            text[2] = text[n - 4] = (char)a;
            text[3] = text[n - 3] = follows[b];
            same_for_early_cuts(str_n(text, n));
        }
    }
}
END_TEST

START_TEST(nesting_at_the_limit)
{
    for (size_t over = 0; over <= 1; over++) {
        BUF_SCOPED text = BUF_INIT;
        BUF_SCOPED got = BUF_INIT;
        for (size_t i = 0; i < SCAN_DEPTH + over; i++) /* arrays and objects in turn */
            buf_add_str(&text, i % 2 ? STR("{\"a\":") : STR("["));
        buf_add_char(&text, '0');
        for (size_t i = SCAN_DEPTH + over; i-- > 0;)
            buf_add_char(&text, i % 2 ? '}' : ']');
        char tail[60];
        if (over)
            snprintf(tail, sizeof tail, "%d %d nesting deeper than 512\n",
                     SCAN_DEPTH * 3, (int)ERR_LIMIT);
        else
            snprintf(tail, sizeof tail, "] %zu 0 \nend %zu 0 \n", text.n - 1,
                     text.n - 1);
        for (const struct scan_kernel *const *k = kernels(); *k; k++) {
            for (size_t step = 1; step < 4000; step = step * 3) {
                buf_clear(&got);
                trace(buf_str(&text), (struct trace_options){*k, false, step, step},
                      &got);
                ends_with((*k)->name, &got, tail);
            }
        }
    }
}
END_TEST

START_TEST(token_limit_when_it_crosses_windows)
{
    for (size_t n = 8; n <= 9; n++) {
        struct scan s;
        scan_init(&s);
        s.limit = 8;
        char text[20];
        snprintf(text, sizeof text, "[\"%.*s\"]", (int)n, "abcdefghi");
        scan_feed(&s, str_n(text, 5));
        ck_assert_int_eq(scan_next(&s), SCAN_ARRAY);
        ck_assert_int_eq(scan_next(&s), SCAN_MORE);
        scan_feed(&s, str_of(text + 5));
        if (n == 8) {
            ck_assert_int_eq(scan_next(&s), SCAN_STRING);
            assert_str_eq("side", s.token, STR("abcdefgh"));
        } else {
            ck_assert_int_eq(scan_next(&s), SCAN_BAD);
            ck_assert_int_eq(s.error.code, ERR_LIMIT);
            ck_assert_str_eq(s.error.line, "a token longer than 8 bytes");
            ck_assert_uint_eq(s.error.offset, 1);
            ck_assert_int_eq(scan_next(&s), SCAN_BAD);
        }
        scan_done(&s);
    }
}
END_TEST

START_TEST(reset_is_a_new_document)
{
    struct scan s;
    scan_init(&s);
    scan_feed(&s, STR("[1,[\"cut"));
    while (scan_next(&s) > SCAN_MORE)
        ;
    scan_reset(&s, 100);
    scan_feed(&s, STR("{\"a\":!"));
    scan_finish(&s);
    ck_assert_int_eq(scan_next(&s), SCAN_OBJECT);
    ck_assert_uint_eq(s.offset, 100);
    ck_assert_uint_eq(s.depth, 1);
    ck_assert_int_eq(scan_next(&s), SCAN_KEY);
    ck_assert_int_eq(scan_next(&s), SCAN_BAD);
    ck_assert_uint_eq(s.error.offset, 105);
    scan_reset(&s, 7);
    ck_assert_int_eq(s.error.code, ERR_OK);
    scan_feed(&s, STR("3"));
    scan_finish(&s);
    ck_assert_int_eq(scan_next(&s), SCAN_NUMBER);
    assert_str_eq("number", s.token, STR("3"));
    ck_assert_int_eq(scan_next(&s), SCAN_END);
    ck_assert_int_eq(scan_next(&s), SCAN_END);
    scan_done(&s);
}
END_TEST

START_TEST(messages_hold_no_input)
{
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        for (const char *p = wrong[i].line; *p; p++)
            ck_assert_msg(*p >= ' ' && *p < 0x7f, "%s", wrong[i].line);
    }
    /* the same error for two different secrets */
    BUF_SCOPED a = BUF_INIT;
    BUF_SCOPED b = BUF_INIT;
    struct trace_options o = {kernel_best(), false, SIZE_MAX, SIZE_MAX};
    trace(STR("\"s3cret\x01"), o, &a);
    trace(STR("\"hidden\x02"), o, &b);
    assert_str_eq("secrets", buf_str(&a), buf_str(&b));
}
END_TEST

#define LOOP(t, test, table) \
    tcase_add_loop_test(t, test, 0, sizeof(table) / sizeof *(table))

static void cases(TCase *t)
{
    LOOP(t, good_documents, good);
    LOOP(t, wrong_documents, wrong);
    LOOP(t, several_documents, several);
    tcase_add_test(t, several_need_something_between);
    tcase_add_test(t, events_in_full);
    tcase_add_test(t, a_nul_byte_is_no_space);
    tcase_add_test(t, every_byte_and_what_follows);
    tcase_add_test(t, nesting_at_the_limit);
    tcase_add_test(t, token_limit_when_it_crosses_windows);
    tcase_add_test(t, reset_is_a_new_document);
    tcase_add_test(t, messages_hold_no_input);
}

TEST_MAIN("scan")
