/* The yauzl corpora: archives that a strict reader must accept or refuse. Each file is
 * a case; its name says why, and our message must say the same. TAP by hand, because
 * the corpora may be absent. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "archive/reader.h"
#include "archive/zip_read.h"
#include "base/file.h"

/* Begin of the file's name, part of our message; the first that fits. */
static const struct {
    const char *file, *line;
    bool ours; /* refused by ZIP_OURS only: `valid` holds the same archive */
} reasons[] = {
    {"End of central", "no end of central directory", false},
    {"Invalid comment length", "bytes follow the end", false},
    {"absolute path", "absolute", false},
    {"compressed uncompressed", "stored member has two different sizes", false},
    {"extra field length", "extra field is longer", false},
    {"file data overflows", "reaches past", false},
    {"invalid central directory", "wrong signature", false},
    {"invalid characters", "backslash", true},
    {"invalid code lengths", "", false}, /* the decoder's own words */
    {"invalid local file", "local header has a wrong signature", false},
    {"invalid relative path", "upward", false},
    {"invalid zip64 end", "ZIP64 end record", false},
    {"multi-disk", "several disks", false},
    {"not enough bytes", "than DEFLATE can make it", false},
    {"strong encryption", "strong encryption", false},
    {"too many bytes", "", false},
    {"too many length", "", false},
    {"unexpected EOF", "reaches past", false},
    {"unsupported compression", "method is not supported", false},
    {"zip64 extended", "ZIP64 field lacks", false},
};

/* Members of valid archives that zip_read() may refuse, and how. */
static const char *const unsupported[] = {"encrypted", "method is not supported"};

static enum err read_all(const char *path, enum zip_rules rules, struct error *e)
{
    CLEANUP(file_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct zip z;
    TRY(zip_open(medium_file(fd), rules, &z, e));
    enum err code = ERR_OK;
    for (size_t i = 0; i < z.n && code == ERR_OK; i++) {
        BUF_SCOPED content = BUF_INIT;
        code = zip_read(&z, &z.members[i], &content, e);
    }
    zip_done(&z);
    return code;
}

static bool is_snapshot(const char *path)
{
    struct error e = ERROR_INIT;
    struct reader *r = NULL;
    bool is = reader_open(path, &r, &e) == ERR_OK;
    reader_free(r);
    return is;
}

static bool accepts(const char *path, const char *name, struct error *e)
{
    enum err code = read_all(path, ZIP_ANY, e);
    bool excused = false;
    for (size_t i = 0; i < 2 && code != ERR_OK; i++)
        excused = excused || strstr(e->line, unsupported[i]);
    return (code == ERR_OK || excused) && !is_snapshot(path);
}

static bool refuses(const char *path, const char *name, struct error *e)
{
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (strncmp(name, reasons[i].file, strlen(reasons[i].file)) != 0)
            continue;
        enum err code = read_all(path, reasons[i].ours ? ZIP_OURS : ZIP_ANY, e);
        return code == ERR_DATA && strstr(e->line, reasons[i].line) &&
               !is_snapshot(path);
    }
    snprintf(e->line, sizeof e->line, "the table lacks this file");
    return false;
}

static int run(const char *corpora, const char *folder,
               bool check(const char *, const char *, struct error *), int *n)
{
    BUF_SCOPED path = BUF_INIT;
    int failed = 0;
    buf_printf(&path, "%s/zip/%s", corpora, folder);
    DIR *dir = opendir(buf_cstr(&path));
    if (!dir)
        return 0;
    for (struct dirent *d; (d = readdir(dir));) {
        if (!str_ends(str_of(d->d_name), STR(".zip")))
            continue;
        buf_clear(&path);
        buf_printf(&path, "%s/zip/%s/%s", corpora, folder, d->d_name);
        struct error e = ERROR_INIT;
        bool ok = check(buf_cstr(&path), d->d_name, &e);
        printf("%s %d - %s: %s\n", ok ? "ok" : "not ok", ++*n, folder, d->d_name);
        if (!ok || getenv("SHOW"))
            printf("# %s\n", e.line[0] ? e.line : "accepted");
        failed += !ok;
    }
    closedir(dir);
    return failed;
}

int main(void)
{
    const char *corpora = getenv("SANDCAST_CORPORA");
    if (!corpora)
        corpora = TEST_DATA "/../../../shared/data";
    int n = 0;
    int failed =
        run(corpora, "valid", accepts, &n) + run(corpora, "malformed", refuses, &n);
    if (n == 0)
        puts("1..0 # SKIP no ZIP corpora in SANDCAST_CORPORA");
    else
        printf("1..%d\n", n);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
