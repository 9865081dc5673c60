/*
 * writer: members in, a snapshot archive out.
 *
 *     writer_new(&opts, fd, &w);
 *     writer_member(w, m) …              in the order in which they shall stand
 *     writer_file(w, "meta/schema.graphql", bytes) …
 *     writer_finish(w, manifest, &root)  index pages, manifests, manifest.json, directory
 *
 * The layout is that of sandcast-snapshot(5). It only appends to `fd`, so a pipe will do.
 * Index entries are kept sorted in runs that spill into an encrypted spool once they pass
 * `memory`; so do the directory and the manifest lines. One thread.
 */
#ifndef ARCHIVE_WRITER_H
#define ARCHIVE_WRITER_H

#include "archive/member.h"
#include "base/err.h"
#include "base/str.h"

#define ROOT_SIZE SHA256_SIZE

enum duplicates { DUPLICATES_FAIL, DUPLICATES_FIRST, DUPLICATES_LAST };

struct writer_options {
    enum duplicates duplicates;
    enum deflate_level level;
    size_t memory;    /* bytes for entries, directory and manifest lines before spilling */
    const char *temp; /* for the spool */
};

struct writer_entity {
    struct str name;
    uint64_t records, members, duplicates; /* equal records counted once */
};

struct writer;

enum err writer_new(const struct writer_options *o, int fd, struct writer **out,
                    struct error *e) MUST_CHECK;
void writer_free(struct writer *w);
DEFINE_CLEANUP(struct writer, writer_free);

/* Writes a packed member as data/<Entity>/<nnnnnn>.ndjson and takes over its entries (the
 * member may be cleared afterwards). */
enum err writer_member(struct writer *w, const struct member *m,
                       struct error *e) MUST_CHECK;

/* A tag file (meta/…, evidence/…), compressed; listed in tagmanifest-sha256.txt. */
enum err writer_file(struct writer *w, const char *name, struct str bytes,
                     struct error *e) MUST_CHECK;

/* Index pages, bagit files, manifests, manifest.json, central directory. `manifest` is
 * the JSON text of members that the caller adds to manifest.json at its top level
 * ("rules", "key", … : a JSON object; canonicalised here). ERR_DATA for different records
 * under one key with DUPLICATES_FAIL; the message says entity and how many, and
 * writer_duplicate_at() where. */
enum err writer_finish(struct writer *w, struct str manifest, uint8_t root[ROOT_SIZE],
                       struct error *e) MUST_CHECK;

uint64_t writer_size(const struct writer *w); /* bytes written so far */
size_t writer_n_entities(const struct writer *w); /* in order of names */
const struct writer_entity *writer_entity_at(const struct writer *w, size_t i);

#endif
