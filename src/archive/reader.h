/*
 * reader: a snapshot archive, read with suspicion.
 *
 * reader_open() reads the directory and manifest.json and refuses everything that the
 * format does not allow (overlaps, gaps, names, sizes, local against central headers,
 * extra fields, bytes that belong to nothing …), each with its own message; it never
 * repairs. What is not a snapshot of ours is ERR_DATA; damage that keeps the format
 * recognisable is found by verify.h. Random access through pread; any number of threads
 * may read members of one reader.
 */
#ifndef ARCHIVE_READER_H
#define ARCHIVE_READER_H

#include "archive/writer.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct reader;
struct doc_node;

enum err reader_open(const char *path, struct reader **out, struct error *e) MUST_CHECK;
enum err reader_open_fd(int fd, const char *name, struct reader **out,
                        struct error *e) MUST_CHECK; /* takes fd */
void reader_free(struct reader *r);
DEFINE_CLEANUP(struct reader, reader_free);

struct reader_member {
    struct str name;
    uint64_t offset;      /* of its data */
    uint64_t packed, size; /* bytes */
    uint32_t crc;
    bool stored; /* not compressed */
};

size_t reader_n_members(const struct reader *r); /* in the order of the file */
const struct reader_member *reader_member_at(const struct reader *r, size_t i);
const struct reader_member *reader_find(const struct reader *r, struct str name);

/* Adds the content, checked against size and CRC. Any thread. */
enum err reader_read(const struct reader *r, const struct reader_member *m,
                     struct buf *out, struct error *e) MUST_CHECK;

const struct doc_node *reader_manifest(const struct reader *r); /* manifest.json */
void reader_root(const struct reader *r, uint8_t out[ROOT_SIZE]);

/* One record by its encoded key (schema/canon.h, key_add): reads the top page, one page
 * and one member. *out_found false when there is none; shadowed records are no records.
 * With multiplicity, the first. */
enum err reader_get(const struct reader *r, struct str entity, struct str key,
                    struct buf *out, bool *out_found, struct error *e) MUST_CHECK;

/* Walks all entries of an entity in key order. */
struct reader_entry {
    struct str key;
    uint8_t fingerprint[HASH_FINGERPRINT];
    uint64_t steady;
    uint32_t member; /* ordinal of data/<Entity>/<nnnnnn>.ndjson */
    uint32_t at, size;
    uint64_t count; /* multiplicity */
};
struct entry_cursor;
enum err entry_cursor_new(const struct reader *r, struct str entity,
                          struct entry_cursor **out, struct error *e) MUST_CHECK;
enum err entry_cursor_next(struct entry_cursor *c, struct reader_entry *out,
                           bool *out_more, struct error *e) MUST_CHECK;
void entry_cursor_free(struct entry_cursor *c);
DEFINE_CLEANUP(struct entry_cursor, entry_cursor_free);

/* Is the record of entity's member `ordinal` at byte `at` shadowed (a loser among
 * duplicates)? Cheap when the entity has no shadow file. */
bool reader_is_shadowed(const struct reader *r, struct str entity, uint32_t ordinal,
                        uint32_t at);

#endif
