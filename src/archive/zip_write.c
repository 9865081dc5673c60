#include "archive/zip_write.h"

#include <assert.h>

#define WRITE_STEP (256u << 10) /* gathered before one write */

void zip_writer_init(struct zip_writer *z, struct medium medium, struct spool *spool)
{
    *z = (struct zip_writer){.medium = medium, .limits = ZIP_LIMITS};
    blob_init(&z->directory, spool);
}

void zip_writer_done(struct zip_writer *z)
{
    buf_done(&z->out);
    blob_done(&z->directory);
}

static void add_versions(struct buf *out, bool zip64, bool stored)
{
    buf_add_u16(out, zip64 ? ZIP_VERSION64 : ZIP_VERSION);
    buf_add_u16(out, 0); /* flags */
    buf_add_u16(out, stored ? ZIP_STORED : ZIP_DEFLATED);
    buf_add_u16(out, 0); /* time */
    buf_add_u16(out, ZIP_DATE);
}

static void add_sizes(struct buf *out, const struct zip_header *h, bool zip64)
{
    buf_add_u32(out, h->crc);
    buf_add_u32(out, zip64 ? ZIP_NO32 : (uint32_t)h->packed);
    buf_add_u32(out, zip64 ? ZIP_NO32 : (uint32_t)h->size);
    buf_add_u16(out, (uint16_t)h->name.n);
}

void zip_local_header(const struct zip_header *h, bool zip64, struct buf *out)
{
    buf_add_u32(out, ZIP_LOCAL);
    add_versions(out, zip64, h->stored);
    add_sizes(out, h, zip64);
    buf_add_u16(out, zip64 ? 20 : 0);
    buf_add_str(out, h->name);
    if (zip64) {
        buf_add_u16(out, ZIP_EXTRA64);
        buf_add_u16(out, 16);
        buf_add_u64(out, h->size);
        buf_add_u64(out, h->packed);
    }
}

static void directory_record(const struct zip_writer *z, const struct zip_header *h,
                             bool sizes64, struct buf *out)
{
    bool offset64 = z->offset >= z->limits.bytes;
    uint16_t extra = (uint16_t)((sizes64 ? 16 : 0) + (offset64 ? 8 : 0));
    buf_add_u32(out, ZIP_CENTRAL);
    buf_add_u16(out, ZIP_UNIX | (extra ? ZIP_VERSION64 : ZIP_VERSION));
    add_versions(out, extra != 0, h->stored);
    add_sizes(out, h, sizes64);
    buf_add_u16(out, extra ? (uint16_t)(extra + 4) : 0);
    buf_add_u16(out, 0); /* comment */
    buf_add_u16(out, 0); /* disk */
    buf_add_u16(out, 0); /* internal attributes */
    buf_add_u32(out, ZIP_ATTRIBUTES);
    buf_add_u32(out, offset64 ? ZIP_NO32 : (uint32_t)z->offset);
    buf_add_str(out, h->name);
    if (!extra)
        return;
    buf_add_u16(out, ZIP_EXTRA64);
    buf_add_u16(out, extra);
    if (sizes64) {
        buf_add_u64(out, h->size);
        buf_add_u64(out, h->packed);
    }
    if (offset64)
        buf_add_u64(out, z->offset);
}

static enum err flush(struct zip_writer *z, struct error *e)
{
    TRY(medium_append(z->medium, buf_str(&z->out), e));
    buf_clear(&z->out);
    return ERR_OK;
}

enum err zip_writer_begin(struct zip_writer *z, const struct zip_header *h,
                          struct error *e)
{
    assert(h->name.n && h->name.n <= ZIP_NAME);
    bool zip64 = h->size >= z->limits.bytes || h->packed >= z->limits.bytes;
    BUF_SCOPED record = BUF_INIT;
    directory_record(z, h, zip64, &record);
    TRY(blob_add(&z->directory, buf_str(&record), e));
    z->n_members++;
    buf_clear(&record);
    zip_local_header(h, zip64, &record);
    return zip_writer_bytes(z, buf_str(&record), e);
}

enum err zip_writer_bytes(struct zip_writer *z, struct str s, struct error *e)
{
    buf_add_str(&z->out, s);
    z->offset += s.n;
    return z->out.n >= WRITE_STEP ? flush(z, e) : ERR_OK;
}

static enum err copy_piece(void *ctx, struct str piece, struct error *e)
{
    return zip_writer_bytes(ctx, piece, e);
}

static void end_records64(const struct zip_writer *z, uint64_t directory,
                          struct buf *out)
{
    buf_add_u32(out, ZIP_END64);
    buf_add_u64(out, ZIP_END64_SIZE - 12); /* what follows (4.3.14.1) */
    buf_add_u16(out, ZIP_UNIX | ZIP_VERSION64);
    buf_add_u16(out, ZIP_VERSION64);
    buf_add_u32(out, 0); /* this disk, that of the directory */
    buf_add_u32(out, 0);
    buf_add_u64(out, z->n_members); /* on this disk, in all */
    buf_add_u64(out, z->n_members);
    buf_add_u64(out, z->directory.size);
    buf_add_u64(out, directory);
    buf_add_u32(out, ZIP_LOCATOR64);
    buf_add_u32(out, 0); /* disk of the record */
    buf_add_u64(out, directory + z->directory.size);
    buf_add_u32(out, 1); /* disks in all */
}

enum err zip_writer_end(struct zip_writer *z, struct str comment, struct error *e)
{
    uint64_t directory = z->offset, size = z->directory.size;
    TRY(blob_copy(&z->directory, copy_piece, z, e));
    bool many = z->n_members >= z->limits.members;
    bool long64 = size >= z->limits.bytes, far64 = directory >= z->limits.bytes;
    BUF_SCOPED end = BUF_INIT;
    if (many || long64 || far64)
        end_records64(z, directory, &end);
    buf_add_u32(&end, ZIP_END);
    buf_add_u32(&end, 0); /* disks */
    buf_add_u16(&end, many ? ZIP_NO16 : (uint16_t)z->n_members);
    buf_add_u16(&end, many ? ZIP_NO16 : (uint16_t)z->n_members);
    buf_add_u32(&end, long64 ? ZIP_NO32 : (uint32_t)size);
    buf_add_u32(&end, far64 ? ZIP_NO32 : (uint32_t)directory);
    buf_add_u16(&end, (uint16_t)comment.n);
    buf_add_str(&end, comment);
    TRY(zip_writer_bytes(z, buf_str(&end), e));
    return flush(z, e);
}
