/*
 * reader_private: how a reader looks to the files of this room.
 */
#ifndef ARCHIVE_READER_PRIVATE_H
#define ARCHIVE_READER_PRIVATE_H

#include <pthread.h>

#include "archive/manifest.h"
#include "archive/page.h"
#include "archive/reader.h"
#include "archive/zip_read.h"
#include "base/table.h"

#define NO_MEMBER SIZE_MAX

struct reader_files { /* the members of one entity, as places in the reader's */
    uint32_t *data, *pages;
    size_t n_data, n_pages;
    size_t top, shadow; /* or NO_MEMBER */
};

/* What is read when it is first asked for; the mutex guards the loading. */
struct reader_cache {
    pthread_mutex_t lock;
    bool has_top, has_shadow;
    struct top top;
    uint64_t *offsets; /* of each page in its file */
    struct reader_page *pages;
    struct buf shadow;
};

struct reader {
    struct medium medium;
    char *name;
    struct zip zip;
    struct reader_member *members;
    struct table by_name; /* value: member */
    struct manifest manifest;
    struct reader_entity *entities;
    struct reader_files *files;
    struct reader_cache *caches;
};

/* The place of the entity, or ERR_DATA when the snapshot has none of this name. */
enum err reader_entity_index(const struct reader *r, struct str name, size_t *out,
                             struct error *e) MUST_CHECK;

/* Loads the top unless it is; checks it against manifest.json. */
enum err reader_load_top(const struct reader *r, size_t entity, struct error *e)
    MUST_CHECK;
enum err reader_load_shadow(const struct reader *r, size_t entity, struct error *e)
    MUST_CHECK;

/* Reads one page's bytes (the top is loaded) and checks their CRC; replaces `out`. */
enum err reader_read_page(const struct reader *r, size_t entity, size_t page,
                          struct buf *out, struct error *e) MUST_CHECK;

#endif
