#include "source/walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "source/private.h"

struct names {
    char **items;
    size_t n, cap;
};

static void names_done(struct names *v)
{
    for (size_t i = 0; i < v->n; i++)
        free(v->items[i]);
    free(v->items);
}

static void dir_closep(DIR **d)
{
    if (*d)
        closedir(*d);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum err list(const char *path, struct names *out, struct error *e)
{
    CLEANUP(dir_closep) DIR *d = opendir(path);
    if (!d)
        return err_sys(e, ERR_NOINPUT, errno, "cannot open the folder %s", path);
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(d);
        if (!entry && errno)
            return err_sys(e, ERR_NOINPUT, errno, "cannot read the folder %s", path);
        if (!entry)
            break;
        if (entry->d_name[0] == '.')
            continue;
        if (out->n == SOURCE_FILES)
            return err_set(e, ERR_LIMIT, "%s: more than %u files", path, SOURCE_FILES);
        VEC_PUSH(out->items, out->n, out->cap) = alloc_str(str_of(entry->d_name));
    }
    if (out->n)
        qsort(out->items, out->n, sizeof *out->items, compare);
    return ERR_OK;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as SOURCE_FOLDERS */
static enum err walk_in(const char *path, unsigned depth, const struct walk_sink *sink,
                        struct error *e)
{
    if (depth > SOURCE_FOLDERS)
        return err_set(e, ERR_LIMIT, "%s: folders nest more than %u deep", path,
                       SOURCE_FOLDERS);
    CLEANUP(names_done) struct names names = {0};
    TRY(list(path, &names, e));
    for (size_t i = 0; i < names.n; i++) {
        BUF_SCOPED child = BUF_INIT;
        bool slash = path[strlen(path) - 1] == '/';
        buf_printf(&child, "%s%s%s", path, slash ? "" : "/", names.items[i]);
        buf_cstr(&child);
        struct stat st;
        if (lstat(child.p, &st) < 0)
            return err_sys(e, ERR_NOINPUT, errno, "cannot look at %s", child.p);
        if (S_ISDIR(st.st_mode))
            TRY(walk_in(child.p, depth + 1, sink, e));
        else if (S_ISREG(st.st_mode))
            TRY(sink->file(sink->ctx, child.p, (uint64_t)st.st_size, e));
        else
            sink->other(sink->ctx);
    }
    return ERR_OK;
}

enum err walk(const char *path, const struct walk_sink *sink, struct error *e)
{
    return walk_in(path, 1, sink, e);
}
