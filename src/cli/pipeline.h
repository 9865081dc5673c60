/*
 * pipeline: source → walk → members → writer, on all cores, in bounded memory.
 *
 * One thread (the caller's) reads chunks, hands them to workers, and writes what comes
 * back in the order of the input, so that the result depends on input and options,
 * never on the number of workers or their speed. A worker does everything for a chunk
 * while it is in cache; what is left of an entity at the end of a chunk is joined with
 * the next chunk's and packed by a job of its own.
 *
 * Memory: a fixed number of chunks in flight (about PIPELINE_FLIGHT bytes each), at
 * most PIPELINE_CARRY of unpacked rests. A chunk of one large record is in flight
 * alone. Where the data has so many paths that the workers' trees of them pass a part
 * of the memory, one worker goes on alone.
 */
#ifndef CLI_PIPELINE_H
#define CLI_PIPELINE_H

#include "archive/writer.h"
#include "base/err.h"
#include "cli/profile.h"
#include "cli/progress.h"
#include "crypt/key.h"
#include "scrub/walk.h"
#include "source/source.h"

#define PIPELINE_MEMORY     (96ull << 20)
#define PIPELINE_MEMORY_MIN (48ull << 20)
#define PIPELINE_FLIGHT     (6u << 20) /* input, output and packed members of one chunk */
#define PIPELINE_FIXED      (40u << 20) /* program, libraries, schema, rules, tables */
#define PIPELINE_CARRY      (8u << 20)
#define PIPELINE_RECORD     8 /* a record may take this part of the memory */
#define PIPELINE_TREES      8 /* and the trees of several workers this one */
#define PIPELINE_TREE       3 /* and one tree this one */

struct pipeline_options {
    struct walk_options walk;
    enum deflate_level level;
    unsigned jobs; /* 0: the CPUs */
    uint64_t memory;
    bool profile; /* see pipeline_profile() */
    /* Members hold the records as these rules leave them, while the index is over what
     * `walk.rules` makes of them: to compare a raw tenant with a scrubbed one. NULL:
     * one set of rules for both. Borrowed, ready. */
    const struct ruleset *kept;
    /* So many bytes of members stay as they are (member_store()): for a spool. */
    uint64_t stored;
    bool dry_run; /* no canonical form, no members, no writer */
};

struct pipeline;

enum err pipeline_new(const struct pipeline_options *o, struct pipeline **out,
                      struct error *e) MUST_CHECK;
void pipeline_free(struct pipeline *s);
DEFINE_CLEANUP(struct pipeline, pipeline_free);

/* Everything from source to writer (NULL in a dry run). Errors name file, byte and
 * record. */
enum err pipeline_run(struct pipeline *s, struct source *source, struct writer *writer,
                      struct progress *progress, struct error *e) MUST_CHECK;

/* The workers' walkers, for the ledger; they live as long as the stream. */
struct walker *const *pipeline_walkers(const struct pipeline *s, size_t *n);

/* Where the time went since pipeline_run() began, once it has ended; what has passed
 * since then counts as writing. False without `profile` in the options, or when it has
 * not begun. */
bool pipeline_profile(struct pipeline *s, struct profile *out);

uint64_t pipeline_bytes(const struct pipeline *s); /* decoded */
unsigned pipeline_jobs(const struct pipeline *s);  /* used */

#endif
