#include "archive/medium.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"

enum err medium_size(struct medium m, uint64_t *out, struct error *e)
{
    if (m.spool) {
        *out = spool_size(m.spool);
        return ERR_OK;
    }
    struct stat st;
    if (fstat(m.fd, &st) < 0)
        return err_sys(e, ERR_IO, errno, "cannot look at the archive");
    if (!S_ISREG(st.st_mode))
        return err_set(e, ERR_DATA,
                       "an archive must be a regular file, not a pipe or "
                       "directory: copy it into one first");
    *out = (uint64_t)st.st_size;
    return ERR_OK;
}

enum err medium_read(struct medium m, uint64_t at, void *p, size_t n, struct error *e)
{
    size_t got = 0;
    if (!m.spool)
        TRY(file_read_at(m.fd, at, p, n, &got, e));
    else if (at <= spool_size(m.spool) && n <= spool_size(m.spool) - at)
        return spool_read(m.spool, at, p, n, e);
    if (got == n)
        return ERR_OK;
    err_set(e, ERR_DATA, "the file ends in the middle of a header or member");
    return err_at(e, at);
}

enum err medium_append(struct medium m, struct str bytes, struct error *e)
{
    uint64_t at;
    if (m.spool)
        return spool_add(m.spool, bytes, &at, e);
    return file_write_all(m.fd, bytes.p, bytes.n, "the snapshot", e);
}
