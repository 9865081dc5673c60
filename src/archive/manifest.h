/*
 * manifest: manifest.json, made and read.
 *
 * Canonical JSON (RFC 8785) of the members below and the caller's. Reading checks form
 * and version, that entities stand in order of their names, and that `root` is the
 * digest over them. One thread.
 */
#ifndef ARCHIVE_MANIFEST_H
#define ARCHIVE_MANIFEST_H

#include "archive/writer.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "crypt/digest.h"

#define MANIFEST_FORMAT  "sandcast-snapshot 1.0"
#define MANIFEST_COMMENT 26 /* "sandcast1 " and 16 hex digits */

struct manifest_entity {
    struct str name; /* borrowed */
    uint64_t records, members, pages, losers, copies;
    uint8_t digest[SHA256_SIZE], steady[SHA256_SIZE];
    bool has_steady;
};

struct manifest {
    struct doc *doc;
    struct manifest_entity *entities; /* by name */
    size_t n_entities;
    enum duplicates duplicates;
    uint8_t root[ROOT_SIZE], tags[SHA256_SIZE], seal[SHA256_SIZE];
    bool has_seal;
};

const char *duplicates_name(enum duplicates d); /* fail, first, last */

/* Over names and digests, in order of names. */
void manifest_root(const struct manifest_entity *entities, size_t n,
                   uint8_t out[ROOT_SIZE]);

/* Adds manifest.json; without `tags` what stands in meta/manifest.json. `caller` is a
 * JSON object, or empty; a member of ours in it is ERR_DATA. */
enum err manifest_make(const struct manifest *m, const char *encoder, struct str caller,
                       bool with_tags, struct buf *out, struct error *e) MUST_CHECK;

/* Gives; on failure `out` needs no manifest_done(). */
enum err manifest_read(struct str text, struct manifest *out, struct error *e)
    MUST_CHECK;
void manifest_done(struct manifest *m);

/* The ZIP comment, and back; false when it is none of ours. */
void manifest_comment(uint64_t offset, char out[MANIFEST_COMMENT + 1]);
bool manifest_comment_read(struct str comment, uint64_t *out_offset);

#endif
