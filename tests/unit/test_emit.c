#include "json/emit.h"

#include <signal.h>

#include "test.h"

START_TEST(all_kinds)
{
    BUF_SCOPED out = BUF_INIT;
    struct emit j;
    emit_init(&j, &out);
    emit_object(&j);
    emit_key(&j, STR("a\"b"));
    emit_array(&j);
    emit_int(&j, INT64_MIN);
    emit_int(&j, -7);
    emit_int(&j, 0);
    emit_int(&j, INT64_MAX);
    emit_uint(&j, UINT64_MAX);
    emit_array(&j);
    emit_array_end(&j);
    emit_object(&j);
    emit_object_end(&j);
    emit_raw(&j, STR("[1, 2]"));
    emit_array_end(&j);
    emit_key(&j, STR("t"));
    emit_bool(&j, true);
    emit_key(&j, STR("f"));
    emit_bool(&j, false);
    emit_key(&j, STR(""));
    emit_null(&j);
    emit_key_string(&j, "s", STR("\n"));
    emit_key_uint(&j, "u", 12);
    emit_object_end(&j);
    buf_add_char(&out, '\n');
    emit_string(&j, STR("next"));
    assert_str_eq(
        "all", buf_str(&out),
        STR("{\"a\\\"b\":[-9223372036854775808,-7,0,9223372036854775807,"
            "18446744073709551615,[],{},[1, 2]],\"t\":true,\"f\":false,\"\":null,"
            "\"s\":\"\\n\",\"u\":12}\n\"next\""));
}
END_TEST

static void nest(struct emit *j, int n)
{
    for (int i = 0; i < n; i++) {
        if (i % 2) {
            emit_object(j);
            emit_key(j, STR("k"));
        } else {
            emit_array(j);
        }
    }
}

START_TEST(nesting_at_the_limit)
{
    BUF_SCOPED out = BUF_INIT;
    struct emit j;
    emit_init(&j, &out);
    nest(&j, SCAN_DEPTH);
    emit_null(&j);
    for (int i = SCAN_DEPTH - 1; i >= 0; i--) {
        if (i % 2)
            emit_object_end(&j);
        else
            emit_array_end(&j);
    }
    ck_assert_uint_eq(out.n, SCAN_DEPTH / 2 * 2 + SCAN_DEPTH / 2 * 6 + 4);
}
END_TEST

/* scanning and emitting again gives the same bytes */
START_TEST(emit_of_scan_is_identity)
{
    struct str text =
        STR("{\"a\":[1.50,\"\\n\xc3\xa9\",true,false,null,{},[]],\"\\\"\":{\"b\":-0}}");
    BUF_SCOPED out = BUF_INIT;
    BUF_SCOPED plain = BUF_INIT;
    struct error e = ERROR_INIT;
    struct emit j;
    struct scan s;
    emit_init(&j, &out);
    scan_init(&s);
    scan_feed(&s, text);
    scan_finish(&s);
    for (enum scan_event event; (event = scan_next(&s)) > SCAN_MORE;) {
        buf_clear(&plain);
        assert_ok(scan_unescape(s.token, &plain, &e), &e);
        switch (event) {
        case SCAN_OBJECT: emit_object(&j); break;
        case SCAN_OBJECT_END: emit_object_end(&j); break;
        case SCAN_ARRAY: emit_array(&j); break;
        case SCAN_ARRAY_END: emit_array_end(&j); break;
        case SCAN_KEY: emit_key(&j, buf_str(&plain)); break;
        case SCAN_STRING: emit_string(&j, buf_str(&plain)); break;
        case SCAN_NUMBER: emit_raw(&j, s.token); break;
        case SCAN_TRUE: emit_bool(&j, true); break;
        case SCAN_FALSE: emit_bool(&j, false); break;
        case SCAN_NULL: emit_null(&j); break;
        case SCAN_BAD:
        case SCAN_END:
        case SCAN_MORE: ck_abort();
        }
    }
    scan_done(&s);
    assert_str_eq("identity", buf_str(&out), text);
}
END_TEST

#ifndef NDEBUG
/* Misuse is a bug and ends the program. */
START_TEST(misuse_is_asserted)
{
    BUF_SCOPED out = BUF_INIT;
    struct emit j;
    if (!freopen("/dev/null", "w", stderr))
        ck_abort();
    emit_init(&j, &out);
    switch (_i) {
    case 0: emit_key(&j, STR("no object")); break;
    case 1:
        emit_object(&j);
        emit_null(&j); /* no key */
        break;
    case 2:
        emit_object(&j);
        emit_array_end(&j);
        break;
    case 3:
        emit_object(&j);
        emit_key(&j, STR("a"));
        emit_object_end(&j); /* no value */
        break;
    case 4: emit_array_end(&j); break;
    case 5: nest(&j, SCAN_DEPTH + 1); break;
    default: break;
    }
}
END_TEST
#endif

static void cases(TCase *t)
{
    tcase_add_test(t, all_kinds);
    tcase_add_test(t, nesting_at_the_limit);
    tcase_add_test(t, emit_of_scan_is_identity);
#ifndef NDEBUG
    const char *fork = getenv("CK_FORK");
    if (!fork || strcmp(fork, "no") != 0)
        tcase_add_loop_test_raise_signal(t, misuse_is_asserted, SIGABRT, 0, 6);
#endif
}

TEST_MAIN("emit")
