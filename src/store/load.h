/*
 * load: records into a tenant's database, in bulk.
 *
 *     loader_new(&options, &l, e);
 *     loader_record(l, entity, json, e) …       entity by entity is fastest
 *     loader_finish(l, e);
 *     loader_report_at(l, i) …; loader_free(l);
 *
 * Everything is one transaction without a journal, in a file that nobody else sees yet:
 * what fails leaves a file that is thrown away. Indexes are made after the rows,
 * ANALYZE at the end. Every record is kept: as a row, with what its columns cannot hold
 * exactly in _more; or, where there can be no row, as its text in sandcast_unplaced.
 * What comes out again (dump.h) has the same canonical form; a record whose row would
 * not say the same is unplaced, too.
 *
 * Records are those of a snapshot. Another thread makes rows of them while the caller's
 * writes. One thread at a time.
 */
#ifndef STORE_LOAD_H
#define STORE_LOAD_H

#include "base/err.h"
#include "schema/schema.h"
#include "store/layout.h"

struct loader;

/* Why a record is no row; the number's text stands in sandcast_unplaced.reason. */
#define UNPLACED_LIST(X)                                       \
    X(UNPLACED_ENTITY, "the schema does not know this entity") \
    X(UNPLACED_KEY, "the key is missing or of another type")   \
    X(UNPLACED_TWICE, "another record has this key")           \
    X(UNPLACED_EXACT, "a row of the table would not say the same")

enum unplaced {
#define X(name, text) name,
    UNPLACED_LIST(X)
#undef X
        UNPLACED_REASONS
};
const char *unplaced_text(enum unplaced reason);

struct loader_options {
    int fd; /* an open file of size 0 (file_out_fd, tenant_image_fd); borrowed */
    struct schema *schema;       /* borrowed */
    const struct layout *layout; /* borrowed, of this schema */
};

enum err loader_new(const struct loader_options *o, struct loader **out,
                    struct error *e) MUST_CHECK;
void loader_free(struct loader *l);
DEFINE_CLEANUP(struct loader, loader_free);

/* A row of sandcast_meta: root, manifest, state … (format and schema are written by
 * the loader). */
enum err loader_meta(struct loader *l, const char *key, struct str value,
                     struct error *e) MUST_CHECK;

/* One record as a snapshot stores it; only read during the call. */
enum err loader_record(struct loader *l, const struct entity *entity, struct str json,
                       struct error *e) MUST_CHECK;

/* Indexes, checks, ANALYZE, commit. The file is whole, not synced. */
enum err loader_finish(struct loader *l, struct error *e) MUST_CHECK;

/* What there is to say of an entity; in order of names, after loader_finish(). */
struct loader_report {
    struct str entity;
    uint64_t records; /* loaded: rows and unplaced */
    uint64_t rows;
    uint64_t unplaced[UNPLACED_REASONS];
    uint64_t more;     /* rows with something in _more */
    uint64_t dangling; /* references to rows that are not there, all fields together */
    uint64_t doubled;  /* rows whose natural key another row has, too */
    struct str *dangling_fields; /* the fields' names, in the order of the SDL */
    uint64_t *dangling_counts;
    size_t n_dangling;
    struct str *more_fields; /* members kept in _more, most first; names that the */
    uint64_t *more_counts;   /* schema knows, and "" for all others together */
    size_t n_more;
};
const struct loader_report *loader_report_at(const struct loader *l, size_t i);

#endif
