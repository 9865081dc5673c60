/*
 * medium: what an archive lies on: a file, or a spool that nobody else can read.
 *
 * A snapshot that is only made to be compared holds raw values and must not lie on a
 * disk as it is; in a spool (crypt/spool) it is encrypted and gone with the process. A
 * medium is passed by value and borrows what it names. A file may be read by any
 * thread, a spool by one at a time.
 */
#ifndef ARCHIVE_MEDIUM_H
#define ARCHIVE_MEDIUM_H

#include "base/err.h"
#include "base/str.h"
#include "crypt/spool.h"

struct medium {
    int fd;              /* or -1 */
    struct spool *spool; /* or NULL */
};

static inline struct medium medium_file(int fd)
{
    return (struct medium){.fd = fd};
}

static inline struct medium medium_spool(struct spool *spool)
{
    return (struct medium){.fd = -1, .spool = spool};
}

/* Bytes; what is no regular file is ERR_DATA: an archive is read from its end. */
enum err medium_size(struct medium m, uint64_t *out, struct error *e) MUST_CHECK;

/* Reads exactly n bytes; a medium that ends before is ERR_DATA. */
enum err medium_read(struct medium m, uint64_t at, void *p, size_t n, struct error *e)
    MUST_CHECK;

/* A file is written where it stands, so that a pipe will do. */
enum err medium_append(struct medium m, struct str bytes, struct error *e) MUST_CHECK;

#endif
