/*
 * file: reading whole small files, and outputs that appear whole or not at all.
 *
 * An output is written beside its place, without a name (O_TMPFILE), so that nothing is
 * left of a run that is killed. When it is whole it is synced, given its name, and its
 * directory synced; to replace a file it first gets a hidden name, .NAME and a suffix,
 * and is renamed. Where the file system knows no files without a name it has the hidden
 * one from the beginning, which only SIGKILL or a crash leaves behind. A private
 * temporary file has no name either (or is unlinked at once), mode 0600.
 * One thread at a time per object.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <unistd.h>

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/* Reads all of `path` ("-": standard input) behind what `out` holds, up to its limit.
 */
enum err file_read(const char *path, struct buf *out, struct error *e) MUST_CHECK;

/* Writes all bytes, over short writes and EINTR. `what` names it in the error. A closed
 * pipe is ERR_SIGNAL with sys = SIGPIPE. */
enum err file_write_all(int fd, const void *p, size_t n, const char *what,
                        struct error *e) MUST_CHECK;

/* Reads up to n bytes at `offset`, over short reads; *out_n < n only at the end. */
enum err file_read_at(int fd, uint64_t offset, void *p, size_t n, size_t *out_n,
                      struct error *e) MUST_CHECK;

/* Gives a descriptor, for reading, of a regular file that nobody but its owner may
 * touch: mode 0600 or 0400. `what` stands before its name in errors ("the key file ").
 */
enum err file_open_secret(const char *path, const char *what, int *out_fd,
                          struct error *e) MUST_CHECK;

/* Gives a descriptor of a private temporary file in directory `dir` (NULL: $TMPDIR or
 * /tmp). */
enum err file_temp(const char *dir, int *out_fd, struct error *e) MUST_CHECK;

/* Do two paths name one file, or would they when it is made? Links are followed. */
bool file_is_same(const char *a, const char *b);

struct file_out; /* an output that is not there yet */

/* Begins an output at `path`. An existing file is ERR_CANTCREATE unless `force`; what
 * is no regular file (a device, a pipe) is refused. Interrupted runs remove what has a
 * hidden name through file_abandon_all(). */
enum err file_out_open(const char *path, bool force, struct file_out **out,
                       struct error *e) MUST_CHECK;

/* Borrowed until commit or free; opened for reading and writing. */
int file_out_fd(const struct file_out *f);

/* Syncs, names, syncs the directory. Without `force` an output that appeared meanwhile
 * is ERR_CANTCREATE. When only the directory cannot be synced the output is there,
 * whole, and the error says so. Frees `f` in either case. */
enum err file_out_commit(struct file_out *f, struct error *e) MUST_CHECK;

/* Without commit nothing is left; NULL is fine. */
void file_out_free(struct file_out *f);
DEFINE_CLEANUP(struct file_out, file_out_free);

/* Unlinks every hidden file; async-signal-safe. */
void file_abandon_all(void);

/* For `CLEANUP(file_closep) int fd = -1;` */
static inline void file_closep(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

#endif
