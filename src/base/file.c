#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

#define READ_STEP (64u << 10)
#define MAX_OUTPUTS \
    8 /* outputs of one run at the same time: snapshot, summary, truth … */

static const char *_Atomic unfinished[MAX_OUTPUTS];

struct file_out {
    char *path, *hidden, *directory;
    int fd;
    int slot;
    bool force;
};

enum err file_read(const char *path, struct buf *out, struct error *e)
{
    bool standard = strcmp(path, "-") == 0;
    CLEANUP(file_closep)
    int fd = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_sys(e, ERR_NOINPUT, errno, "cannot open %s", path);
    for (;;) {
        if (buf_reserve(out, READ_STEP, e) != ERR_OK) {
            /* The limit is passed only if another byte really follows. */
            char probe;
            if (out->limit == out->n && read(fd, &probe, 1) == 0)
                return ERR_OK;
            size_t rest = out->limit - out->n;
            ssize_t got = rest ? read(fd, buf_room(out, rest), rest) : -1;
            if (got < 0 && rest == 0)
                return err_set(e, ERR_LIMIT, "%s is larger than %zu bytes", path,
                               out->limit);
            if (got <= 0)
                return got == 0
                           ? ERR_OK
                           : err_sys(e, ERR_NOINPUT, errno, "cannot read %s", path);
            out->n += (size_t)got;
            continue;
        }
        ssize_t got = read(fd, out->p + out->n, READ_STEP);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_sys(e, ERR_NOINPUT, errno, "cannot read %s", path);
        if (got == 0)
            return ERR_OK;
        out->n += (size_t)got;
    }
}

enum err file_write_all(int fd, const void *p, size_t n, const char *what,
                        struct error *e)
{
    const char *at = p;
    while (n) {
        ssize_t put = write(fd, at, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0 && errno == EPIPE) {
            err_set(e, ERR_SIGNAL, "%s: nobody reads any more", what);
            if (e)
                e->sys = SIGPIPE;
            return ERR_SIGNAL;
        }
        if (put < 0)
            return err_sys(e, ERR_IO, errno, "cannot write %s", what);
        at += put;
        n -= (size_t)put;
    }
    return ERR_OK;
}

enum err file_read_at(int fd, uint64_t offset, void *p, size_t n, size_t *out_n,
                      struct error *e)
{
    size_t have = 0;
    while (have < n) {
        ssize_t got = pread(fd, (char *)p + have, n - have, (off_t)(offset + have));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_sys(e, ERR_IO, errno, "cannot read");
        if (got == 0)
            break;
        have += (size_t)got;
    }
    *out_n = have;
    return ERR_OK;
}

enum err file_temp(const char *dir, int *out_fd, struct error *e)
{
    if (!dir)
        dir = getenv("TMPDIR");
    if (!dir || !*dir)
        dir = "/tmp";
    int fd = open(dir, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT)) {
        BUF_SCOPED name = BUF_INIT;
        buf_printf(&name, "%s/.sandcast-XXXXXX", dir);
        buf_cstr(&name);
        fd = mkostemp(name.p, O_CLOEXEC);
        if (fd >= 0)
            unlink(name.p);
    }
    if (fd < 0)
        return err_sys(e, ERR_CANTCREATE, errno, "no temporary file in %s", dir);
    *out_fd = fd;
    return ERR_OK;
}

static char *directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return alloc_str(STR("."));
    return alloc_str(str_n(path, slash == path ? 1 : (size_t)(slash - path)));
}

bool file_is_same(const char *a, const char *b)
{
    struct stat x, y;
    bool has_a = stat(a, &x) == 0, has_b = stat(b, &y) == 0;
    if (has_a != has_b)
        return false;
    if (has_a)
        return x.st_dev == y.st_dev && x.st_ino == y.st_ino;
    const char *base_a = strrchr(a, '/'), *base_b = strrchr(b, '/');
    if (strcmp(base_a ? base_a + 1 : a, base_b ? base_b + 1 : b) != 0)
        return false;
    char *in_a = directory_of(a), *in_b = directory_of(b);
    bool same = stat(in_a, &x) == 0 && stat(in_b, &y) == 0 && x.st_dev == y.st_dev &&
                x.st_ino == y.st_ino;
    free(in_a);
    free(in_b);
    return same;
}

static int remember(const char *hidden)
{
    for (int i = 0; i < MAX_OUTPUTS; i++) {
        const char *none = NULL;
        if (atomic_compare_exchange_strong(&unfinished[i], &none, hidden))
            return i;
    }
    return -1;
}

enum err file_out_open(const char *path, bool force, struct file_out **out,
                       struct error *e)
{
    struct stat st;
    if (stat(path, &st) == 0) {
        if (!S_ISREG(st.st_mode))
            return err_set(e, ERR_CANTCREATE, "%s is not a regular file", path);
        if (!force)
            return err_set(e, ERR_CANTCREATE,
                           "%s exists; it is kept (use --force to replace it)", path);
    } else if (!force && lstat(path, &st) == 0) {
        return err_set(e, ERR_CANTCREATE, "%s is a link to nothing; it is kept", path);
    }
    CLEANUP(file_out_freep) struct file_out *f = NEW(struct file_out);
    f->fd = f->slot = -1;
    f->force = force;
    f->path = alloc_str(str_of(path));
    f->directory = directory_of(path);
    const char *base = strrchr(path, '/');
    BUF_SCOPED name = BUF_INIT;
    buf_printf(&name, "%s/.%s.XXXXXX", f->directory, base ? base + 1 : path);
    buf_cstr(&name);
    f->fd = mkostemp(name.p, O_CLOEXEC);
    if (f->fd < 0)
        return err_sys(e, ERR_CANTCREATE, errno, "cannot make %s", path);
    f->hidden = alloc_str(buf_str(&name));
    f->slot = remember(f->hidden);
    /* mkostemp makes 0600; a snapshot is meant to be handed on, as any new file. */
    mode_t mask = umask(0);
    umask(mask);
    if (fchmod(f->fd, 0666 & ~mask) < 0)
        return err_sys(e, ERR_CANTCREATE, errno, "cannot make %s", path);
    *out = f;
    f = NULL;
    return ERR_OK;
}

int file_out_fd(const struct file_out *f)
{
    return f->fd;
}

static enum err publish(struct file_out *f, struct error *e)
{
    if (fsync(f->fd) < 0)
        return err_sys(e, ERR_IO, errno, "cannot sync %s", f->path);
    if (!f->force) {
        /* link() refuses an existing name in one step, rename() would replace it. */
        if (link(f->hidden, f->path) < 0) {
            if (errno == EEXIST)
                return err_set(e, ERR_CANTCREATE, "%s appeared meanwhile; it is kept",
                               f->path);
            if (rename(f->hidden, f->path) < 0)
                return err_sys(e, ERR_CANTCREATE, errno, "cannot make %s", f->path);
        } else {
            unlink(f->hidden);
        }
    } else if (rename(f->hidden, f->path) < 0) {
        return err_sys(e, ERR_CANTCREATE, errno, "cannot make %s", f->path);
    }
    CLEANUP(file_closep)
    int dir = open(f->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir >= 0 && fsync(dir) < 0 && errno != EINVAL && errno != EROFS)
        return err_sys(e, ERR_IO, errno, "cannot sync the directory of %s", f->path);
    return ERR_OK;
}

enum err file_out_commit(struct file_out *f, struct error *e)
{
    enum err code = publish(f, e);
    if (code == ERR_OK && f->hidden) {
        if (f->slot >= 0)
            atomic_store(&unfinished[f->slot], NULL);
        f->slot = -1;
        free(f->hidden);
        f->hidden = NULL;
    }
    file_out_free(f);
    return code;
}

void file_out_free(struct file_out *f)
{
    if (!f)
        return;
    if (f->fd >= 0)
        close(f->fd);
    if (f->hidden)
        unlink(f->hidden);
    if (f->slot >= 0)
        atomic_store(&unfinished[f->slot], NULL);
    free(f->path);
    free(f->hidden);
    free(f->directory);
    free(f);
}

void file_abandon_all(void)
{
    for (int i = 0; i < MAX_OUTPUTS; i++) {
        const char *hidden = atomic_load(&unfinished[i]);
        if (hidden)
            unlink(hidden);
    }
}
