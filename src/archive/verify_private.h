/*
 * verify_private: how a verification looks to the files of this room.
 */
#ifndef ARCHIVE_VERIFY_PRIVATE_H
#define ARCHIVE_VERIFY_PRIVATE_H

#include <pthread.h>

#include "archive/reader_private.h"
#include "archive/sorter.h"
#include "archive/verify.h"

struct verify_entity {
    const struct entity *entity;
    struct sorter *sorter;
    bool steady;
    bool damaged; /* a data member of it does not read: its index cannot be compared */
    uint64_t records, lines; /* whose entries were added; of its data members */
};

struct parked;

struct verify {
    const struct reader *r;
    struct verify_result *out;
    bool quick; /* bytes and digests; no entries are made of records */
    unsigned jobs;
    struct spool *spool;
    struct verify_entity *entities; /* as the reader's */
    struct sorter **sorters;        /* theirs */
    size_t *by_size;                /* their numbers, most records first */

    /* By member: what its manifest says */
    uint8_t (*digests)[SHA256_SIZE];
    uint8_t *n_listed;

    pthread_mutex_t lock;
    pthread_cond_t moved;
    size_t next, turn; /* to be taken; the member whose entries are to be added next */
    struct parked *parked; /* a ring: those between the turn and the ones being read */
    size_t n_parked;
    enum err fault; /* of the machine: everything stops */
    struct error fault_error;
};

/* Adds a finding: a line without data. Any thread. */
void verify_find(struct verify *v, enum verify_state state, const char *format, ...)
    PRINTF(3, 4);

/* ERR_DATA and ERR_LIMIT become a finding (ERR_OK is returned), the rest stays. */
enum err verify_or_find(struct verify *v, enum err code, struct error *e) MUST_CHECK;

/* Both manifests, and manifest.json against meta/manifest.json. */
enum err verify_lists(struct verify *v, struct error *e) MUST_CHECK;

/* The entries gathered make the pages, the pages the root. Any thread, each entity
 * once. */
enum err verify_index(struct verify *v, size_t entity, struct error *e) MUST_CHECK;

/* For --quick. An index file as it stands: its pages have their CRCs and digests, are
 * in order, and name places that there are. Any thread. */
enum err verify_pages(struct verify *v, size_t entity, uint32_t ordinal,
                      struct str bytes, struct error *e) MUST_CHECK;
/* The entity has as many lines as manifest.json says. */
void verify_lines(struct verify *v, size_t entity);

#endif
