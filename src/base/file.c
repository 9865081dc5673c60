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

/* Names tried for a file that replaces another: each taken one is left of a run that
 * was killed in that very moment and had this process's number. */
#define HIDDEN_TRIES 100

static const char *_Atomic unfinished[MAX_OUTPUTS];

struct file_out {
    char *path, *directory;
    char *hidden; /* NULL: no name yet, or the final one */
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
        char probe; /* the limit is passed only if another byte really follows */
        size_t rest = out->limit ? out->limit - out->n : READ_STEP;
        size_t room = rest < READ_STEP ? rest : READ_STEP;
        char *to = room ? buf_room(out, room) : &probe;
        ssize_t got = read(fd, to, room ? room : 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_sys(e, ERR_NOINPUT, errno, "cannot read %s", path);
        if (got == 0)
            return ERR_OK;
        if (!room)
            return err_set(e, ERR_LIMIT, "%s is larger than %zu bytes", path,
                           out->limit);
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

/* A file without a name in `dir`; *out_fd < 0 where there are none. */
static enum err unnamed(const char *dir, int flags, mode_t mode, int *out_fd)
{
    *out_fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC | flags, mode);
    bool unknown =
        errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL || errno == ENOENT;
    return *out_fd >= 0 || unknown ? ERR_OK : ERR_CANTCREATE;
}

static enum err check_secret(int fd, const char *path, const char *what,
                             struct error *e)
{
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return err_sys(e, ERR_NOINPUT, errno, "cannot open %s%s", what, path);
    if (!S_ISREG(st.st_mode))
        return err_set(e, ERR_DATA, "%s%s is not a regular file", what, path);
    if (st.st_mode & 07777 & ~0600)
        return err_set(e, ERR_DATA,
                       "others could read %s%s; it must have mode 0600 or 0400", what,
                       path);
    return ERR_OK;
}

enum err file_open_secret(const char *path, const char *what, int *out_fd,
                          struct error *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    enum err code = check_secret(fd, path, what, e);
    if (code == ERR_OK)
        *out_fd = fd;
    else
        file_closep(&fd);
    return code;
}

enum err file_temp(const char *dir, int *out_fd, struct error *e)
{
    if (!dir)
        dir = getenv("TMPDIR");
    if (!dir || !*dir)
        dir = "/tmp";
    int fd;
    if (unnamed(dir, O_EXCL, 0600, &fd) == ERR_OK && fd < 0) {
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

static void forget(struct file_out *f)
{
    if (f->slot >= 0)
        atomic_store(&unfinished[f->slot], NULL);
    f->slot = -1;
    free(f->hidden);
    f->hidden = NULL;
}

/* "DIRECTORY/.NAME." and the suffix. */
static char *hidden_name(const struct file_out *f, const char *suffix)
{
    const char *base = strrchr(f->path, '/');
    BUF_SCOPED name = BUF_INIT;
    buf_printf(&name, "%s/.%s.%s", f->directory, base ? base + 1 : f->path, suffix);
    return alloc_str(buf_str(&name));
}

/* The name that linkat() takes for a file without one. */
struct proc {
    char path[32];
};

static struct proc proc_of(int fd)
{
    struct proc p;
    snprintf(p.path, sizeof p.path, "/proc/self/fd/%d", fd);
    return p;
}

static enum err open_out(struct file_out *f, struct error *e)
{
    if (unnamed(f->directory, 0, 0666, &f->fd) != ERR_OK)
        return err_sys(e, ERR_CANTCREATE, errno, "cannot make %s", f->path);
    if (f->fd >= 0 && access(proc_of(f->fd).path, F_OK) == 0)
        return ERR_OK;
    file_closep(&f->fd); /* without /proc it could not get its name */
    f->hidden = hidden_name(f, "XXXXXX");
    f->fd = mkostemp(f->hidden, O_CLOEXEC);
    if (f->fd < 0) {
        int sys = errno;
        forget(f);
        return err_sys(e, ERR_CANTCREATE, sys, "cannot make %s", f->path);
    }
    f->slot = remember(f->hidden);
    /* mkostemp makes 0600; a snapshot is meant to be handed on, as any new file. */
    mode_t mask = umask(0);
    umask(mask);
    if (fchmod(f->fd, 0666 & ~mask) < 0)
        return err_sys(e, ERR_CANTCREATE, errno, "cannot make %s", f->path);
    return ERR_OK;
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
    TRY(open_out(f, e));
    *out = f;
    f = NULL;
    return ERR_OK;
}

int file_out_fd(const struct file_out *f)
{
    return f->fd;
}

/* Gives a file without a name a hidden one, from which it can replace another. */
static int link_hidden(struct file_out *f)
{
    for (unsigned i = 0;; i++) {
        char suffix[48];
        snprintf(suffix, sizeof suffix, "%ld-%u", (long)getpid(), i);
        f->hidden = hidden_name(f, suffix);
        f->slot = remember(f->hidden);
        if (linkat(AT_FDCWD, proc_of(f->fd).path, AT_FDCWD, f->hidden,
                   AT_SYMLINK_FOLLOW) == 0)
            return 0;
        int sys = errno;
        forget(f); /* what has this name is another's, or an old one */
        errno = sys;
        if (sys != EEXIST || i == HIDDEN_TRIES)
            return -1;
    }
}

/* Takes the final name only if nothing has it; errno is EEXIST then. */
static int name_new(struct file_out *f)
{
    if (!f->hidden)
        return linkat(AT_FDCWD, proc_of(f->fd).path, AT_FDCWD, f->path,
                      AT_SYMLINK_FOLLOW);
    int got = renameat2(AT_FDCWD, f->hidden, AT_FDCWD, f->path, RENAME_NOREPLACE);
    if (got == 0 || (errno != EINVAL && errno != ENOSYS))
        return got;
    /* Not every file system can; link() refuses an existing name in one step, too. */
    if (link(f->hidden, f->path) == 0)
        return unlink(f->hidden);
    return errno == EEXIST ? -1 : rename(f->hidden, f->path);
}

static int name_over(struct file_out *f)
{
    if (!f->hidden && link_hidden(f) < 0)
        return -1;
    return rename(f->hidden, f->path);
}

static enum err sync_directory(const struct file_out *f, struct error *e)
{
    static const char what[] = "%s is there, whole, but its directory cannot be synced";
    CLEANUP(file_closep)
    int dir = open(f->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0 && errno == EACCES) /* it may be written to, but not read */
        return ERR_OK;
    if (dir < 0 || (fsync(dir) < 0 && errno != EINVAL && errno != EROFS))
        return err_sys(e, ERR_IO, errno, what, f->path);
    return ERR_OK;
}

static enum err publish(struct file_out *f, struct error *e)
{
    if (fsync(f->fd) < 0)
        return err_sys(e, ERR_IO, errno, "cannot sync %s", f->path);
    if ((f->force ? name_over(f) : name_new(f)) < 0) {
        if (errno == EEXIST && !f->force)
            return err_set(e, ERR_CANTCREATE, "%s appeared meanwhile; it is kept",
                           f->path);
        return err_sys(e, ERR_CANTCREATE, errno, "cannot make %s", f->path);
    }
    forget(f);
    return sync_directory(f, e);
}

enum err file_out_commit(struct file_out *f, struct error *e)
{
    enum err code = publish(f, e);
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
    forget(f);
    free(f->path);
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
