/* Texts in Unicode's normal forms, which stay JSON. */
#include "drift/normal.h"

#include "drift/value.h"
#include "random_json.h"
#include "test.h"

static const struct {
    enum normal form;
    const char *json, *want;
} table[] = {
    {NORMAL_NFC, "\"plain\"", "\"plain\""},
    {NORMAL_NFC, "\"caf\xc3\xa9\"", "\"caf\xc3\xa9\""},
    {NORMAL_NFC, "\"cafe\xcc\x81\"", "\"caf\xc3\xa9\""},
    {NORMAL_NFC, "\"\\u0065\\u0301\"", "\"\xc3\xa9\""},
    {NORMAL_NFC, "[1.50, \"e\xcc\x81\" ,{\"e\xcc\x81\":null}]",
     "[1.50, \"\xc3\xa9\" ,{\"\xc3\xa9\":null}]"},
    /* An accent behind an escape is none of its letter. */
    {NORMAL_NFC, "\"\\n\xcc\x83\"", "\"\\n\xcc\x83\""},
    {NORMAL_NFC, "\"\\\\n\xcc\x83\"", "\"\\\\\xc3\xb1\""},
    {NORMAL_NFC, "\"\xef\xac\x81\"", "\"\xef\xac\x81\""},
    {NORMAL_NFKC, "\"\xef\xac\x81\"", "\"fi\""},
    {NORMAL_NFKC, "\"\xef\xbc\x82\xef\xbc\xbc\"", "\"\\\"\\\\\""}, /* " and \ */
    {NORMAL_NFC, "\"\xe2\x84\xaa\"", "\"K\""}, /* the sign of kelvin */
    {NORMAL_NFC, "\"\xea\xb0\x80\xe1\x86\xa8\"", "\"\xea\xb0\x81\""}, /* hangul */
    {NORMAL_NFC, "\"a\\u0000e\xcc\x81\"", "\"a\\u0000\xc3\xa9\""},
    {NORMAL_NFC, "\"\"", "\"\""},
};

/* Without tables every string stays what it is. */
START_TEST(forms)
{
    BUF_SCOPED out = BUF_INIT;
    struct error e = ERROR_INIT;
    assert_ok(normal_add(table[_i].form, str_of(table[_i].json), &out, &e), &e);
    if (normal_is_known())
        assert_str_eq(table[_i].json, buf_str(&out), str_of(table[_i].want));
    else
        ck_assert(buf_str(&out).n >= 2);
}
END_TEST

/* Of any JSON the normal form is JSON of the same shape, and its own normal form. */
START_TEST(any_json)
{
    struct dice dice = {1};
    struct arena arena = ARENA_INIT;
    struct value_reader reader;
    BUF_SCOPED json = BUF_INIT;
    BUF_SCOPED once = BUF_INIT;
    BUF_SCOPED twice = BUF_INIT;
    value_reader_init(&reader);
    for (int i = 0; i < 2000; i++) {
        struct error e = ERROR_INIT;
        struct value a, b;
        enum normal form = i % 2 ? NORMAL_NFC : NORMAL_NFKC;
        buf_clear(&json);
        buf_clear(&once);
        buf_clear(&twice);
        random_json(&dice, &json, 0);
        if (normal_add(form, buf_str(&json), &once, &e) != ERR_OK)
            continue; /* a lone surrogate */
        assert_ok(normal_add(form, buf_str(&once), &twice, &e), &e);
        assert_str_eq("twice", buf_str(&twice), buf_str(&once));
        assert_ok(value_read(&reader, buf_str(&json), &arena, &a, &e), &e);
        assert_ok(value_read(&reader, buf_str(&once), &arena, &b, &e), &e);
        ck_assert(a.kind == b.kind && a.n_items == b.n_items);
        arena_clear(&arena);
    }
    arena_done(&arena);
    value_reader_done(&reader);
}
END_TEST

START_TEST(a_string_that_is_too_long)
{
    BUF_SCOPED json = BUF_INIT;
    BUF_SCOPED out = BUF_INIT;
    struct error e = ERROR_INIT;
    buf_add_char(&json, '"');
    while (json.n < NORMAL_STRING + 2)
        buf_add_str(&json, STR("e\xcc\x81"));
    buf_add_char(&json, '"');
    assert_ok(normal_add(NORMAL_NFC, buf_str(&json), &out, &e), &e);
    assert_str_eq("as it is", buf_str(&out), buf_str(&json));
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, forms, 0, (int)(sizeof table / sizeof *table));
    tcase_add_test(t, any_json);
    tcase_add_test(t, a_string_that_is_too_long);
}

TEST_MAIN("normal")
