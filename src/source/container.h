/*
 * container: tar and zip members, and the decoders that libarchive has.
 *
 * Read once from front to back, so that a pipe will do. Damage, an early end, encrypted
 * members and names that lead out of the container ("..", absolute) are ERR_DATA. A tar
 * must end in zero blocks and a zip in its directory with as many entries as were met:
 * without them something may be missing. A zip tells only there which members are
 * links, so one looks like a file that holds its target's name. One thread at a time.
 */
#ifndef SOURCE_CONTAINER_H
#define SOURCE_CONTAINER_H

#include "base/err.h"
#include "base/str.h"
#include "source/stream.h"

enum container_kind { CONTAINER_TAR, CONTAINER_ZIP };

enum entry_kind {
    ENTRY_FILE,
    ENTRY_FOLDER,
    ENTRY_OTHER, /* links, devices: nothing to read */
};

struct entry {
    struct str name; /* until the next container_next */
    enum entry_kind kind;
    uint64_t size; /* 0 when not known yet */
};

struct container;

/* Takes `in`, also when it fails. Gives. */
enum err container_open(struct stream *in, enum container_kind kind,
                        struct container **out, struct error *e) MUST_CHECK;
void container_free(struct container *c);

/* Moves to the next member; *out_more false at the checked end. */
enum err container_next(struct container *c, struct entry *out, bool *out_more,
                        struct error *e) MUST_CHECK;

/* The current member's bytes; usable until the next container_next. Gives. */
struct stream *container_entry(struct container *c);

/* Zstandard, bzip2 or xz, as the bytes say. Takes `in`, also when it fails. Gives. */
enum err stream_filter(struct stream *in, struct stream **out, struct error *e)
    MUST_CHECK;

#endif
