#include "server/keyfile.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"

enum err keyfile_read(const char *path, struct buf *out, struct error *e)
{
    CLEANUP(file_closep)
    int fd = -1;
    TRY(file_open_secret(path, "", &fd, e));
    size_t n = 0;
    TRY(file_read_at(fd, 0, buf_room(out, KEYFILE_SIZE + 1), KEYFILE_SIZE + 1, &n, e));
    if (n > KEYFILE_SIZE)
        return err_set(e, ERR_LIMIT, "%s has more than %d bytes", path, KEYFILE_SIZE);
    out->n += n;
    return ERR_OK;
}

enum err keyfile_write(const char *path, struct str text, struct error *e)
{
    CLEANUP(file_out_freep) struct file_out *f = NULL;
    /* From the first moment on: who opens the empty file could read it later. */
    mode_t mask = umask(077);
    enum err opened = file_out_open(path, true, &f, e);
    umask(mask);
    TRY(opened);
    if (fchmod(file_out_fd(f), 0600) < 0)
        return err_sys(e, ERR_CANTCREATE, errno, "cannot protect %s", path);
    TRY(file_write_all(file_out_fd(f), text.p, text.n, path, e));
    struct file_out *whole = f;
    f = NULL;
    return file_out_commit(whole, e);
}

enum err keyfile_token(const char *path, struct buf *out, struct error *e)
{
    TRY(keyfile_read(path, out, e));
    while (out->n && (out->p[out->n - 1] == '\n' || out->p[out->n - 1] == '\r'))
        out->n--;
    for (size_t i = 0; i < out->n; i++)
        if (out->p[i] <= ' ' || out->p[i] > '~')
            return err_set(e, ERR_DATA, "%s holds no token: one line, without spaces",
                           path);
    if (out->n == 0)
        return err_set(e, ERR_DATA, "%s is empty; it must hold a token", path);
    return ERR_OK;
}
