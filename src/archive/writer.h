/*
 * writer: members in, a snapshot archive out.
 *
 *     writer_new(&opts, fd, &w);
 *     writer_member(w, m) …              in the order in which they shall stand
 *     writer_file(w, "meta/schema.graphql", bytes) …
 *     writer_finish(w, manifest, &root)  index pages, manifests, manifest.json,
 * directory
 *
 * The layout is that of sandcast-snapshot(5). It only appends to `fd`, so a pipe will
 * do. Index entries are kept sorted in runs that spill into an encrypted spool once
 * they pass `memory`; directory and manifest lines spill after 256 KiB each. While
 * finishing, about half of `memory` is used once more. One thread.
 */
#ifndef ARCHIVE_WRITER_H
#define ARCHIVE_WRITER_H

#include "archive/medium.h"
#include "archive/member.h"
#include "base/err.h"
#include "base/str.h"
#include "deflate/deflate.h"

#define ROOT_SIZE SHA256_SIZE

#define WRITER_MEMORY (16u << 20) /* what options.memory = 0 means */

enum duplicates { DUPLICATES_FAIL, DUPLICATES_FIRST, DUPLICATES_LAST };

/* Makes the seal over the tag manifest's SHA-256, which covers every byte but
 * manifest.json; the keyed function is the caller's. */
typedef void writer_seal(void *ctx, const uint8_t tags[SHA256_SIZE],
                         uint8_t out[SHA256_SIZE]);

struct writer_options {
    enum duplicates duplicates;
    enum deflate_level level;
    size_t memory;     /* bytes for index entries before spilling; 0: WRITER_MEMORY */
    const char *temp;  /* for the spool; borrowed */
    writer_seal *seal; /* NULL: the snapshot is not sealed */
    void *seal_ctx;
};

struct writer_entity {
    struct str name;
    /* Equal records under one key are one record and counted as copies. records,
     * duplicates (losers) and copies are known after writer_finish(); before it,
     * records counts what came in. */
    uint64_t records, members, duplicates, copies;
};

/* A record among different ones under one key. */
struct writer_place {
    struct str entity;
    uint32_t member; /* ordinal of data/<Entity>/<nnnnnn>.ndjson */
    uint64_t record; /* ordinal in the entity, from 1, in arrival order */
};

struct writer;

/* Borrows fd. */
enum err writer_new(const struct writer_options *o, int fd, struct writer **out,
                    struct error *e) MUST_CHECK;
/* The same on any medium. */
enum err writer_new_on(const struct writer_options *o, struct medium medium,
                       struct writer **out, struct error *e) MUST_CHECK;
void writer_free(struct writer *w);
DEFINE_CLEANUP(struct writer, writer_free);

/* Writes a packed member as data/<Entity>/<nnnnnn>.ndjson and takes over its entries
 * (the member may be cleared afterwards). One that is stored has no line in the
 * payload manifest: such a snapshot is for this process alone. ERR_LIMIT for a member
 * past 1 GiB. */
enum err writer_member(struct writer *w, const struct member *m, struct error *e)
    MUST_CHECK;

/* A tag file (meta/…, evidence/…), compressed; listed in tagmanifest-sha256.txt. The
 * name is of letters, digits and ._-+ and may come once (else ERR_SOFTWARE). */
enum err writer_file(struct writer *w, const char *name, struct str bytes,
                     struct error *e) MUST_CHECK;

/* The same for a file that was packed before, in another thread perhaps. `bytes` is
 * borrowed until it is written. */
struct packed_file {
    struct str bytes;
    struct buf packed;
    uint32_t crc;
    uint8_t sha256[SHA256_SIZE];
};
enum err packed_file_make(struct packed_file *f, struct str bytes, struct deflater *d,
                          struct error *e) MUST_CHECK;
void packed_file_done(struct packed_file *f);
enum err writer_packed_file(struct writer *w, const char *name,
                            const struct packed_file *f, struct error *e) MUST_CHECK;

/* Index pages, bagit files, manifests, manifest.json, central directory. `manifest` is
 * the JSON text of members that the caller adds to manifest.json at its top level
 * ("rules", "key", … : a JSON object, or empty; canonicalised here). ERR_DATA for
 * different records under one key with DUPLICATES_FAIL; the message says entity, how
 * many and up to ten places, which writer_duplicate_at() repeats. */
enum err writer_finish(struct writer *w, struct str manifest, uint8_t root[ROOT_SIZE],
                       struct error *e) MUST_CHECK;

uint64_t writer_size(const struct writer *w);     /* bytes written so far */
size_t writer_n_entities(const struct writer *w); /* in order of names */
const struct writer_entity *writer_entity_at(const struct writer *w, size_t i);

/* After writer_finish(), also a failed one: places of duplicates, at most ten an
 * entity; NULL past the last. */
const struct writer_place *writer_duplicate_at(const struct writer *w, size_t i);

#endif
