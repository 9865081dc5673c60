/*
 * member: about 128 KiB of records of one entity, packed.
 *
 * Workers fill a member record by record (text and index entry), pack it (compress,
 * digest, check) and hand it to the writer. The bytes of a packed member depend on its
 * records and the encoder only. One thread at a time; a member may pass between
 * threads.
 */
#ifndef ARCHIVE_MEMBER_H
#define ARCHIVE_MEMBER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "crypt/digest.h"
#include "deflate/deflate.h"
#include "schema/canon.h"
#include "schema/schema.h"

/* A member is cut at the first record end at or after this many bytes: small enough
 * that one record costs one inflate of it (0.1 ms), large enough that DEFLATE's window
 * is full
 * (+0.97 % over one stream, measured with 64 KiB). */
#define MEMBER_SIZE (128u << 10)

struct member {
    const struct entity *entity;
    struct buf text;    /* NDJSON: records, each followed by a newline */
    struct buf entries; /* packed index entries, member-relative; private to archive/ */
    size_t n_records;

    /* After member_pack() */
    struct buf packed; /* raw DEFLATE, or as it was (stored) */
    bool stored;       /* by member_store() */
    uint32_t crc;
    uint8_t sha256[SHA256_SIZE];
    uint64_t size; /* of text */
};

void member_init(struct member *m, const struct entity *entity);
void member_done(struct member *m);
void member_clear(struct member *m); /* keeps storage and entity */

/* Adds a record; `json` is without newline. */
void member_add(struct member *m, struct str json, const struct canon_record *r);

/* The same for a record that was written to the end of `text`, from byte `from` on. */
void member_added(struct member *m, size_t from, const struct canon_record *r);

/* Appends all records of `from` behind those of `to` (same entity); `from` is cleared.
 */
void member_join(struct member *to, struct member *from);

static inline bool member_is_full(const struct member *m)
{
    return m->text.n >= MEMBER_SIZE;
}

/* Compresses and digests: member_compress(), then member_digest(). `text` is empty
 * afterwards (its size stays in `size`); its storage is the caller's to use again or to
 * free. */
enum err member_pack(struct member *m, struct deflater *d, struct error *e) MUST_CHECK;
enum err member_compress(struct member *m, struct deflater *d, struct error *e)
    MUST_CHECK;
void member_digest(struct member *m);

/* Instead: neither compressed nor digested. For a snapshot in a spool, which is read by
 * the process that makes it and by nobody else: there, DEFLATE and its check would be a
 * third of all work. `text` is empty afterwards and has other storage. */
void member_store(struct member *m);

#endif
