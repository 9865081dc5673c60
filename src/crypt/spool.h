/*
 * spool: what does not fit in memory, on disk, unreadable to others.
 *
 * An unlinked private file (base/file, file_temp), AES-256-CTR under a random key that
 * lives only in locked memory; an area's bytes are encrypted by their offset, so any
 * range can be read back. Written once, append only: no byte of the key stream is ever
 * used twice, not even after a failed write. Not authenticated: who can write to this
 * process's open files could change it anyway. Any thread may add and read; one at a
 * time does. Files past RLIMIT_FSIZE raise SIGXFSZ,
 * which the program ignores so that spool_add() can say it.
 */
#ifndef CRYPT_SPOOL_H
#define CRYPT_SPOOL_H

#include "base/err.h"
#include "base/str.h"

struct spool;

/* The file is made at the first spool_add(); `dir` as in file_temp(), borrowed. */
struct spool *spool_new(const char *dir);
void spool_free(struct spool *s);
DEFINE_CLEANUP(struct spool, spool_free);

/* Appends; *out_offset is where the bytes begin. Disk full: ERR_IO. */
enum err spool_add(struct spool *s, struct str bytes, uint64_t *out_offset,
                   struct error *e) MUST_CHECK;

/* Reads exactly n bytes that were added before; a range beyond is ERR_SOFTWARE, a file
 * that lost its end ERR_IO. On an error the bytes at p are undefined. */
enum err spool_read(struct spool *s, uint64_t offset, void *p, size_t n,
                    struct error *e) MUST_CHECK;

/* Where the next bytes will begin, while no other thread adds. */
uint64_t spool_size(const struct spool *s);

#endif
