/* replay FOLDER…: runs a fuzz target over every file there, in the order of their
 * names, and prints TAP. A property that fails ends the program: the plan, printed
 * first, then shows what is missing. */
#include "fuzz.h"

#include <dirent.h>

#include "base/file.h"

static int visible(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

static int add_folder(const char *folder, char ***paths, int n)
{
    struct dirent **list;
    int files = scandir(folder, &list, visible, alphasort);
    if (files < 0) {
        perror(folder);
        exit(2);
    }
    *paths = realloc(*paths, (size_t)(n + files + 1) * sizeof **paths);
    if (!*paths)
        abort();
    for (int i = 0; i < files; i++) {
        if (asprintf(&(*paths)[n + i], "%s/%s", folder, list[i]->d_name) < 0)
            abort();
        free(list[i]);
    }
    free(list);
    return n + files;
}

int main(int argc, char **argv)
{
    char **paths = NULL;
    int n = 0, failed = 0;
    for (int i = 1; i < argc; i++)
        n = add_folder(argv[i], &paths, n);
    if (n == 0) {
        fprintf(stderr, "no file to replay\n");
        free(paths);
        return 2;
    }
    printf("1..%d\n", n);
    for (int i = 0; i < n; i++) {
        BUF_SCOPED bytes = BUF_INIT;
        struct error e = ERROR_INIT;
        bool ok = file_read(paths[i], &bytes, &e) == ERR_OK;
        if (ok)
            LLVMFuzzerTestOneInput((const uint8_t *)(bytes.p ? bytes.p : ""), bytes.n);
        failed += !ok;
        printf("%s %d - %s\n", ok ? "ok" : "not ok", i + 1, paths[i]);
        fflush(stdout);
        free(paths[i]);
    }
    free(paths);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
