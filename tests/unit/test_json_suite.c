/* JSONTestSuite: y_ is accepted, n_ refused, i_ does not crash, all of test_transform
 * is read; each whole and byte by byte, by every kernel. Prints TAP itself: a case is a
 * file of the corpus. */
#include <assert.h>
#include <dirent.h>

#include "base/file.h"
#include "scan_trace.h"
#include "test.h"

static int files_only(const struct dirent *d)
{
    size_t n = strlen(d->d_name);
    return n > 5 && strcmp(d->d_name + n - 5, ".json") == 0;
}

/* Did all scans accept it, or all refuse it, with the same trace? */
static bool agreed(struct str text, bool *accepted)
{
    const struct scan_kernel *kernels[] = {kernel_scalar(), kernel_avx2()};
    static const size_t steps[] = {SIZE_MAX, 1, 37};
    BUF_SCOPED want = BUF_INIT;
    BUF_SCOPED got = BUF_INIT;
    trace(text, (struct trace_options){kernels[0], false, SIZE_MAX, SIZE_MAX}, &want);
    for (int k = 0; k < 2 && kernels[k]; k++) {
        for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
            buf_clear(&got);
            trace(text, (struct trace_options){kernels[k], false, steps[i], steps[i]},
                  &got);
            if (!str_eq(buf_str(&got), buf_str(&want)))
                return false;
        }
    }
    assert(want.p && want.n > 0);
    size_t line = want.n - 1;
    while (line > 0 && want.p[line - 1] != '\n')
        line--;
    *accepted = str_starts(str_from(buf_str(&want), line), STR("end "));
    return true;
}

/* test_transform holds three files whose strings are surrogates as three bytes, which
 * is no UTF-8 (RFC 3629 §3): the right way to read them is to refuse them. */
static bool is_utf8_case(const char *name)
{
    return strncmp(name, "string_", 7) != 0 || !strstr(name, "_invalid_codepoint") ||
           strstr(name, "_escaped_");
}

static bool right(const char *name, bool transform, bool accepted)
{
    if (transform)
        return accepted == is_utf8_case(name);
    return name[0] == 'i' || accepted == (name[0] == 'y');
}

static int run(const char *corpora, const char *folder, int *n)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/json-test-suite/%s", corpora, folder);
    struct dirent **list;
    int files = scandir(path, &list, files_only, alphasort), failed = 0;
    for (int i = 0; i < files; i++) {
        BUF_SCOPED text = BUF_INIT;
        struct error e = ERROR_INIT;
        bool accepted = false;
        snprintf(path, sizeof path, "%s/json-test-suite/%s/%s", corpora, folder,
                 list[i]->d_name);
        bool ok =
            file_read(path, &text, &e) == ERR_OK && agreed(buf_str(&text), &accepted) &&
            right(list[i]->d_name, strcmp(folder, "test_transform") == 0, accepted);
        failed += !ok;
        printf("%s %d - %s: %s\n", ok ? "ok" : "not ok", ++*n, list[i]->d_name,
               accepted ? "accepted" : "refused");
        free(list[i]);
    }
    if (files >= 0)
        free(list);
    return failed;
}

int main(void)
{
    const char *corpora = getenv("SANDCAST_CORPORA");
    if (!corpora)
        corpora = TEST_DATA "/../../../shared/data";
    int n = 0;
    int failed = run(corpora, "test_parsing", &n) + run(corpora, "test_transform", &n);
    if (n == 0)
        puts("1..0 # SKIP no JSONTestSuite in SANDCAST_CORPORA");
    else
        printf("1..%d\n", n);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
