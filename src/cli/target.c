#include "cli/target.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "archive/reader.h"
#include "cli/command.h"

#define STEP (1u << 20) /* bytes copied at a time */

enum err target_open(struct target *t, const char *output, bool force, const char *temp,
                     struct error *e)
{
    t->fd = -1;
    if (strcmp(output, "-") == 0)
        return file_temp(temp, &t->fd, e);
    return file_out_open(output, force, &t->file, e);
}

int target_fd(const struct target *t)
{
    return t->file ? file_out_fd(t->file) : t->fd;
}

void target_close(struct target *t)
{
    file_out_free(t->file);
    if (t->fd >= 0)
        close(t->fd);
}

static enum err copy_out(int fd, struct error *e)
{
    BUF_SCOPED b = BUF_INIT;
    for (uint64_t at = 0;; at += b.n) {
        b.n = 0;
        buf_room(&b, STEP);
        TRY(file_read_at(fd, at, b.p, STEP, &b.n, e));
        if (!b.n)
            return ERR_OK;
        TRY(command_print(buf_str(&b), e));
    }
}

enum err target_publish(struct target *t, struct error *e)
{
    struct reader *r = NULL;
    int again = dup(target_fd(t));
    if (again < 0)
        return err_sys(e, ERR_IO, errno, "cannot read the snapshot back");
    TRY(reader_open_fd(again, "the new snapshot", &r, e));
    enum err code = reader_check_headers(r, e);
    reader_free(r);
    TRY(code);
    if (!t->file)
        return copy_out(t->fd, e);
    struct file_out *file = t->file;
    t->file = NULL;
    return file_out_commit(file, e);
}
