/*
 * blob: bytes that are made piece by piece and written as one member later.
 *
 * Grows in memory up to BLOB_MEMORY, then in the spool; its CRC and SHA-256 are kept on
 * the way, so that a header can be written before the bytes. One thread.
 */
#ifndef ARCHIVE_BLOB_H
#define ARCHIVE_BLOB_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "crypt/digest.h"
#include "crypt/spool.h"

#define BLOB_MEMORY (256u << 10) /* small against --memory, large for one write */

struct blob_extent {
    uint64_t offset, size;
};

struct blob {
    struct spool *spool; /* borrowed */
    struct buf memory;   /* the last bytes */
    struct blob_extent *extents;
    size_t n_extents, cap_extents;
    struct sha256 *digest;
    uint64_t size;
    uint32_t crc;
};

void blob_init(struct blob *b, struct spool *spool);
void blob_done(struct blob *b);
void blob_clear(struct blob *b); /* empty, keeps storage */

enum err blob_add(struct blob *b, struct str s, struct error *e) MUST_CHECK;

/* The digest of all bytes; nothing may be added afterwards. */
void blob_sha256(struct blob *b, uint8_t out[SHA256_SIZE]);

/* Hands over the bytes in order, in pieces. */
typedef enum err blob_sink(void *ctx, struct str piece, struct error *e);
enum err blob_copy(struct blob *b, blob_sink *sink, void *ctx, struct error *e)
    MUST_CHECK;

#endif
