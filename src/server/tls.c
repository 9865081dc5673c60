#include "server/tls.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "server/keyfile.h"

static const char *path_in(const char *folder, const char *name, struct buf *work)
{
    buf_clear(work);
    buf_printf(work, "%s/%s", folder, name);
    return buf_cstr(work);
}

/* As it is kept, or false: something is missing, or it will soon be no longer valid. */
static bool read_kept(const char *folder, const char *names, struct cert_set *out)
{
    BUF_SCOPED path = BUF_INIT;
    return keyfile_read(path_in(folder, "ca.pem", &path), &out->ca, NULL) == ERR_OK &&
           keyfile_read(path_in(folder, "server.pem", &path), &out->certificate,
                        NULL) == ERR_OK &&
           keyfile_read(path_in(folder, "server.key", &path), &out->key, NULL) ==
               ERR_OK &&
           cert_is_current(buf_str(&out->certificate), names);
}

static enum err keep(const char *folder, const struct cert_set *c, struct error *e)
{
    BUF_SCOPED path = BUF_INIT;
    TRY(keyfile_write(path_in(folder, "server.key", &path), buf_str(&c->key), e));
    TRY(keyfile_write(path_in(folder, "server.pem", &path), buf_str(&c->certificate),
                      e));
    return keyfile_write(path_in(folder, "ca.pem", &path), buf_str(&c->ca), e);
}

static enum err make_folder(const char *folder, struct error *e)
{
    struct stat st;
    if (mkdir(folder, 0700) < 0 && errno != EEXIST)
        return err_sys(e, ERR_CANTCREATE, errno, "cannot make the folder %s", folder);
    if (stat(folder, &st) < 0 || !S_ISDIR(st.st_mode))
        return err_set(e, ERR_CANTCREATE, "%s is no folder", folder);
    if (st.st_mode & 077)
        return err_set(e, ERR_DATA,
                       "others could use the folder %s; it must have mode 0700",
                       folder);
    return ERR_OK;
}

static enum err own_folder(struct buf *out, struct error *e)
{
    const char *temp = getenv("TMPDIR");
    buf_printf(out, "%s/sandcast-tls-XXXXXX", temp && *temp ? temp : "/tmp");
    (void)buf_cstr(out);
    if (!mkdtemp(out->p)) {
        int sys = errno;
        buf_clear(out);
        return err_sys(e, ERR_CANTCREATE, sys, "cannot make a temporary folder");
    }
    return ERR_OK;
}

enum err tls_certificate(const char *folder, const char *names, struct cert_set *out,
                         struct buf *out_own, struct buf *out_ca_file, struct error *e)
{
    if (folder) {
        TRY(make_folder(folder, e));
        buf_printf(out_ca_file, "%s/ca.pem", folder);
        if (read_kept(folder, names, out))
            return ERR_OK;
        cert_done(out);
        TRY(cert_make(names, out, e));
        return keep(folder, out, e);
    }
    TRY(cert_make(names, out, e));
    TRY(own_folder(out_own, e));
    buf_printf(out_ca_file, "%s/ca.pem", out_own->p);
    return keyfile_write(buf_cstr(out_ca_file), buf_str(&out->ca), e);
}

void tls_forget(const char *own)
{
    BUF_SCOPED path = BUF_INIT;
    unlink(path_in(own, "ca.pem", &path));
    rmdir(own);
}
