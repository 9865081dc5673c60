/*
 * reader: a snapshot archive, read with suspicion.
 *
 * reader_open() reads the directory and manifest.json and refuses everything that the
 * format does not allow (overlaps, gaps, names, sizes, extra fields, comments, bytes
 * that belong to nothing, members that the manifest does not count …), each with its
 * own message; it never repairs. Local headers are compared with the directory when a
 * member is read, tops with the entity's digest and pages with the top's when they are.
 * What is not a snapshot of ours is ERR_DATA; damage that keeps the format recognisable
 * is found by verify.h. Random access through pread; any number of threads may use one
 * reader.
 */
#ifndef ARCHIVE_READER_H
#define ARCHIVE_READER_H

#include "archive/writer.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct reader;
struct doc_node;

/* A missing or unreadable file is ERR_NOINPUT. */
enum err reader_open(const char *path, struct reader **out, struct error *e) MUST_CHECK;
enum err reader_open_fd(int fd, const char *name, struct reader **out, struct error *e)
    MUST_CHECK; /* takes fd, also when it fails */
/* The same for an archive on any medium; a spool must outlive the reader. */
enum err reader_open_on(struct medium medium, const char *name, struct reader **out,
                        struct error *e) MUST_CHECK;
void reader_free(struct reader *r);
DEFINE_CLEANUP(struct reader, reader_free);

/* The root of a snapshot without reading its directory: the last bytes of the file,
 * then manifest.json (also given, unless `out_manifest` is NULL: its text is added).
 * Equal roots need no more than this to be told. */
enum err reader_peek_root(int fd, uint8_t out[ROOT_SIZE], struct buf *out_manifest,
                          struct error *e) MUST_CHECK;

struct reader_member {
    struct str name;
    uint64_t offset;       /* of its data */
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

/* Reads every local header: what a writer does again before it lets go of its output.
 */
enum err reader_check_headers(const struct reader *r, struct error *e) MUST_CHECK;

const struct doc_node *reader_manifest(const struct reader *r); /* manifest.json */
/* The seal over the tag manifest's SHA-256, and that digest; false when the snapshot
 * has none. That the rest is what the tag manifest says is verify's to find out. */
bool reader_seal(const struct reader *r, uint8_t tags[SHA256_SIZE],
                 uint8_t seal[SHA256_SIZE]);

void reader_root(const struct reader *r, uint8_t out[ROOT_SIZE]);

/* Entities in order of names, with the numbers of manifest.json. */
struct reader_entity {
    struct str name;
    uint64_t records; /* equal ones once */
    uint64_t members; /* data/<name>/000000.ndjson … */
    uint64_t pages;
    uint64_t duplicates, copies; /* losers; equal records beyond the first */
    uint8_t digest[SHA256_SIZE];
    uint8_t steady[SHA256_SIZE]; /* without volatile members, where the type has some */
    bool has_steady;
};
size_t reader_n_entities(const struct reader *r);
const struct reader_entity *reader_entity_at(const struct reader *r, size_t i);
const struct reader_entity *reader_entity(const struct reader *r, struct str name);

/* The member data/<entity>/<ordinal>, or NULL. */
const struct reader_member *reader_data(const struct reader *r, struct str entity,
                                        uint32_t ordinal);

/* One record by its encoded key (schema/canon.h, key_add): reads the top (once), one
 * page and one member. *out_found false when there is none; shadowed records are no
 * records. With multiplicity, the first (with duplicates `last`, the last). A record
 * without a key has the byte 3 and its fingerprint for one. */
enum err reader_get(const struct reader *r, struct str entity, struct str key,
                    struct buf *out, bool *out_found, struct error *e) MUST_CHECK;

/* The pages of an entity, from its top; borrowed until reader_free(). Equal digests
 * mean equal keys, fingerprints and counts, so that a comparison reads neither page. */
struct reader_page {
    struct str first; /* key of its first entry */
    uint64_t records;
    const uint8_t *digest; /* SHA256_SIZE */
    const uint8_t *steady; /* the same without volatile members, or NULL */
};
enum err reader_pages(const struct reader *r, struct str entity,
                      const struct reader_page **out, size_t *out_n, struct error *e)
    MUST_CHECK;

/* The page of those that holds the key if any does; false: it lies before the first. */
bool reader_find_page(const struct reader_page *pages, size_t n, struct str key,
                      size_t *out);

/* Walks all entries of an entity in key order. */
struct reader_entry {
    struct str key; /* borrowed until the next call */
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
/* For who only asks whether a key is there: pages are checked by their CRC, and not by
 * their digest, which costs more than all else. Before the first entry. */
void entry_cursor_plain(struct entry_cursor *c);
/* Goes on with the first entry of page `page`; past the last page: the end. */
void entry_cursor_seek(struct entry_cursor *c, size_t page);
/* The page of the entry given last; before the first, the page that comes. */
size_t entry_cursor_page(const struct entry_cursor *c);
void entry_cursor_free(struct entry_cursor *c);
DEFINE_CLEANUP(struct entry_cursor, entry_cursor_free);

/* What the shadow list says of the record of entity's member `ordinal` at byte `at`: a
 * loser among duplicates is no record and is left out by every reader; a copy equals
 * the record that stands and is counted there. Cheap when the entity has no shadow
 * file; else the list is read once (9 bytes a row). ERR_DATA when it is damaged. */
enum reader_shadow { READER_STANDS, READER_LOSER, READER_COPY };
enum err reader_shadow(const struct reader *r, struct str entity, uint32_t ordinal,
                       uint32_t at, enum reader_shadow *out, struct error *e)
    MUST_CHECK;

/* Is it a loser? A damaged list says no: ask reader_shadow() once before. */
bool reader_is_shadowed(const struct reader *r, struct str entity, uint32_t ordinal,
                        uint32_t at);

/* Reads data/<entity>/<ordinal> (there are reader_entity.members) and calls `record`
 * with each of its records that stands, without newline; with `copies` also with those
 * that are equal to one. `text` is scratch. Stops at the first error. */
struct reader_place {
    struct str entity;
    uint32_t ordinal;
    bool copies, losers;
};
typedef enum err reader_record(void *ctx, struct str json, struct error *e);
enum err reader_each(const struct reader *r, const struct reader_place *at,
                     struct buf *text, reader_record *record, void *ctx,
                     struct error *e) MUST_CHECK;

#endif
