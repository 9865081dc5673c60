/*
 * zip_format: the numbers of the ZIP format, and of the part of it that we write.
 *
 * Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3 to 4.5 (named beside each). Values
 * are little-endian. Any thread.
 */
#ifndef ARCHIVE_ZIP_FORMAT_H
#define ARCHIVE_ZIP_FORMAT_H

#include <stdint.h>

#define ZIP_LOCAL     0x04034b50u /* 4.3.7 local file header */
#define ZIP_CENTRAL   0x02014b50u /* 4.3.12 central directory header */
#define ZIP_END       0x06054b50u /* 4.3.16 end of central directory record */
#define ZIP_END64     0x06064b50u /* 4.3.14 ZIP64 end of central directory record */
#define ZIP_LOCATOR64 0x07064b50u /* 4.3.15 its locator */

#define ZIP_LOCAL_SIZE     30u /* without name and extra field */
#define ZIP_CENTRAL_SIZE   46u
#define ZIP_END_SIZE       22u /* without comment */
#define ZIP_END64_SIZE     56u /* without extensible data */
#define ZIP_LOCATOR64_SIZE 20u

#define ZIP_NO16 0xffffu /* "see ZIP64" in 16-bit and 32-bit fields (4.4.1.4) */
#define ZIP_NO32 0xffffffffu

#define ZIP_EXTRA64 0x0001u /* 4.5.3 */

#define ZIP_STORED   0 /* 4.4.5 */
#define ZIP_DEFLATED 8

/* General purpose bits (4.4.4) */
#define ZIP_FLAG_ENCRYPTED  0x0001u
#define ZIP_FLAG_DESCRIPTOR 0x0008u
#define ZIP_FLAG_PATCH      0x0020u
#define ZIP_FLAG_STRONG     0x0040u
#define ZIP_FLAG_MASKED     0x2000u

/* What our members carry: version 2.0, or 4.5 with ZIP64; made on Unix as a plain file
 * 0644 (external attributes, 4.4.15); 1980-01-01 00:00, the first date that DOS knows.
 */
#define ZIP_VERSION    20u
#define ZIP_VERSION64  45u
#define ZIP_UNIX       (3u << 8)
#define ZIP_ATTRIBUTES (0100644u << 16)
#define ZIP_DATE       0x0021u

/* DEFLATE cannot do better: 258 bytes from two bits (RFC 1951: length and distance code
 * of one bit each), 1032 to 1. What claims more is a bomb or damaged. */
#define ZIP_RATIO 1032u

/* The largest member that is inflated: one record may take an eighth of --memory, which
 * makes this the largest for 8 GiB. Writer and reader keep to it. */
#define ZIP_CONTENT (UINT64_C(1) << 30)

/* Bytes of a member's name: what file systems take for one step */
#define ZIP_NAME 255u

/* Bytes of the directory: ten million members of ours */
#define ZIP_DIRECTORY (UINT64_C(1) << 30)

/* From here on (and the value itself) sizes, offsets and counts go into ZIP64 fields.
 * Tests lower them. */
struct zip_limits {
    uint64_t bytes, members;
};
#define ZIP_LIMITS ((struct zip_limits){ZIP_NO32, ZIP_NO16})

static inline uint16_t zip_u16(const char *p)
{
    const uint8_t *b = (const uint8_t *)p;
    return (uint16_t)(b[0] | b[1] << 8);
}

static inline uint32_t zip_u32(const char *p)
{
    return zip_u16(p) | (uint32_t)zip_u16(p + 2) << 16;
}

static inline uint64_t zip_u64(const char *p)
{
    return zip_u32(p) | (uint64_t)zip_u32(p + 4) << 32;
}

#endif
