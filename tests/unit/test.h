/*
 * test: what every unit test has in common.
 *
 * A file includes the module under test and this, defines `static void cases(TCase *)`
 * and ends with TEST_MAIN("module"). Check's fork mode isolates crashes; CK_FORK=no for
 * debuggers and ThreadSanitizer.
 */
#ifndef TESTS_UNIT_TEST_H
#define TESTS_UNIT_TEST_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define TEST_MAIN(module)                            \
    int main(void)                                   \
    {                                                \
        Suite *suite = suite_create(module);         \
        TCase *tcase = tcase_create(module);         \
        tcase_set_timeout(tcase, 60);                \
        cases(tcase);                                \
        suite_add_tcase(suite, tcase);               \
        SRunner *runner = srunner_create(suite);     \
        srunner_set_tap(runner, "-");                \
        srunner_run_all(runner, CK_SILENT);          \
        int failed = srunner_ntests_failed(runner);  \
        srunner_free(runner);                        \
        return failed ? EXIT_FAILURE : EXIT_SUCCESS; \
    }

/* Equal bytes; `row` names the case. */
#define assert_str_eq(row, got, want)                                            \
    do {                                                                         \
        struct str got_ = (got), want_ = (want);                                 \
        ck_assert_msg(str_eq(got_, want_), "%s: got '%.*s', want '%.*s'", (row), \
                      STR_ARG(got_), STR_ARG(want_));                            \
    } while (0)

#define assert_ok(expr, e) \
    ck_assert_msg((expr) == ERR_OK, "%s: %s", (e)->where, (e)->line)

#endif
