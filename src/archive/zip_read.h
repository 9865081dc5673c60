/*
 * zip_read: the directory of a ZIP archive, read strictly.
 *
 *     zip_open(medium, ZIP_OURS, &z, e);  z.members[i] …  zip_read(&z, m, &out, e);
 *
 * ZIP_ANY takes whatever APPNOTE allows and can be understood without doubt: prefixes,
 * extra fields, comments, data descriptors, methods that are not ours (zip_read refuses
 * those). ZIP_OURS takes the one shape that zip_write makes: members without gap or
 * overlap from byte 0, no flags, the fixed time, plain names, no extra fields but
 * ZIP64, end records at the end. Each refusal has its own message (ERR_DATA) with an
 * offset. Local headers are compared when a member is read. Limits: ZIP_DIRECTORY,
 * ZIP_CONTENT. zip_read: any thread.
 */
#ifndef ARCHIVE_ZIP_READ_H
#define ARCHIVE_ZIP_READ_H

#include "archive/medium.h"
#include "archive/zip_format.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum zip_rules { ZIP_ANY, ZIP_OURS };

struct zip_member {
    struct str name;       /* borrows from the directory */
    uint64_t header;       /* offset of the local header */
    uint64_t data;         /* of the bytes; 0 with ZIP_ANY */
    uint64_t packed, size; /* bytes */
    uint32_t crc;
    uint16_t method, flags;
    bool zip64; /* both sizes stand in ZIP64 fields */
};

struct zip {
    struct medium medium;
    enum zip_rules rules;
    uint64_t size; /* of the file */
    uint64_t directory_at;
    struct buf directory;       /* its records */
    struct zip_member *members; /* in the order of the directory */
    size_t n, cap;
    char comment[64]; /* the first bytes */
    size_t comment_n;
};

/* On failure `out` needs no zip_done(). */
enum err zip_open(struct medium medium, enum zip_rules rules, struct zip *out,
                  struct error *e) MUST_CHECK;
void zip_done(struct zip *z);

/* Adds the content: local header against directory, size and CRC are checked. */
enum err zip_read(const struct zip *z, const struct zip_member *m, struct buf *out,
                  struct error *e) MUST_CHECK;

/* The local header of a member of ZIP_OURS alone. */
enum err zip_check_header(const struct zip *z, const struct zip_member *m,
                          struct error *e) MUST_CHECK;

/* Adds bytes [at, at + n) of a stored member of ZIP_OURS; nothing is checked but the
 * range. */
enum err zip_read_part(const struct zip *z, const struct zip_member *m, uint64_t at,
                       size_t n, struct buf *out, struct error *e) MUST_CHECK;

/* The one member of an archive of ours whose local header begins at `offset` and which
 * nothing but the directory follows: read without the directory. */
enum err zip_read_last(struct medium medium, uint64_t offset, struct str name,
                       struct buf *out, struct error *e) MUST_CHECK;

/* The end record's comment alone (26 bytes as ours); ERR_DATA when it is no ZIP file
 * with such a comment. */
enum err zip_read_comment(struct medium medium, char out[26], struct error *e)
    MUST_CHECK;

/* Is the name one that we would write: steps of letters, digits and ._-+ and space, no
 * leading slash, no `.` or `..` or empty step, at most ZIP_NAME bytes? */
bool zip_name_is_plain(struct str name);

#endif
