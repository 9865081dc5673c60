/*
 * zip_write: a ZIP archive, appended to a medium.
 *
 *     zip_writer_init(&z, medium, spool);
 *     zip_writer_begin(&z, &member, e); zip_writer_bytes(&z, packed, e); …
 *     zip_writer_end(&z, comment, e);
 *
 * Sizes and CRC are known before the header is written, so there are no data
 * descriptors. ZIP64 fields appear only where a limit needs them: in a local header
 * both sizes as soon as one of them does, in the directory the same and the offset by
 * itself. Directory records wait in a blob. One thread.
 */
#ifndef ARCHIVE_ZIP_WRITE_H
#define ARCHIVE_ZIP_WRITE_H

#include "archive/blob.h"
#include "archive/medium.h"
#include "archive/zip_format.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct zip_header {
    struct str name; /* borrowed */
    uint64_t packed, size;
    uint32_t crc;
    bool stored;
};

struct zip_writer {
    struct medium medium;
    struct zip_limits limits;
    struct buf out; /* not yet written */
    struct blob directory;
    uint64_t offset, n_members;
};

void zip_writer_init(struct zip_writer *z, struct medium medium,
                     struct spool *spool); /* borrows both */
void zip_writer_done(struct zip_writer *z);

/* A member's header; exactly h->packed bytes must follow. */
enum err zip_writer_begin(struct zip_writer *z, const struct zip_header *h,
                          struct error *e) MUST_CHECK;
enum err zip_writer_bytes(struct zip_writer *z, struct str s, struct error *e)
    MUST_CHECK;

/* Directory and end records; everything is written out. */
enum err zip_writer_end(struct zip_writer *z, struct str comment, struct error *e)
    MUST_CHECK;

/* Adds the local header as zip_writer_begin() writes it, with both sizes in ZIP64 if
 * `zip64`. The reader compares with it. */
void zip_local_header(const struct zip_header *h, bool zip64, struct buf *out);

#endif
